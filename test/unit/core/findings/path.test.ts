import assert from 'node:assert/strict';
import { SHORT_CONNECTION, tcpCapture, type TestSegment } from '../../../support/pcapWriter';
import { findingLines } from '../../../support/study';

const SYN = 2, ACK = 16, ECE = 64, CWR = 128;
const START = SHORT_CONNECTION.slice(0, 6);
const ids = async (segments: readonly TestSegment[], prefix: RegExp): Promise<string[]> => (await findingLines(tcpCapture(segments))).filter((line) => prefix.test(line.split(' ')[1]!));
const big = (time: number, seq = 1007, bytes = 1400): TestSegment => ({ from: 'client', flags: ACK, seq, ack: 5008, window: 502, payload: 'x'.repeat(bytes), time });
const sack = (ack: number, left: number, right: number, time: number): TestSegment => ({
  from: 'server', flags: ACK, seq: 5008, ack, window: 128, time,
  options: [5, 10, ...[left, right].flatMap((n) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])],
});

describe('path MTU findings', () => {
  it('finds large segments that vanish while small ones arrive', async () => {
    const hole = [...START, big(1), big(1.001, 2407, 200), sack(1007, 2407, 2607, 1.02), big(1.3), big(1.9), big(3.1), big(5.5)];
    assert.deepEqual(await ids(hole, /^mtu/), ['0 mtu.black-hole error likely 10,11,12,13']);
  });

  it('does not take a peer that is gone for a black hole', async () => {
    assert.deepEqual(await ids([...START, big(1), big(1.3), big(1.9), big(3.1), big(5.5)], /^mtu/), []);
  });

  it('does not take loss for a black hole when segments of that size have passed', async () => {
    const lossy = [...START, big(1), { from: 'server', flags: ACK, seq: 5008, ack: 2407, window: 128, time: 1.02 } as const, big(1.1, 2407), big(1.101, 3807, 200), sack(2407, 3807, 4007, 1.12), big(1.4, 2407), big(2, 2407), big(3.2, 2407)];
    assert.deepEqual(await ids(lossy, /^mtu/), []);
  });

  it('does not take joined small segments for one large', async () => {
    const joined = [...START, big(1, 1007, 200), big(1.0001, 1207, 900), sack(1007, 1207, 2107, 1.02), big(1.3, 1007, 1100), big(1.9, 1007, 1100), big(3.1, 1007, 1100), big(5.5, 1007, 1100)];
    assert.deepEqual(await ids(joined, /^mtu/), []);
  });

  it('notes an MSS below what Ethernet carries', async () => {
    const small = SHORT_CONNECTION.map((s) => (s.flags === (SYN | ACK) ? { ...s, options: [2, 4, 5, 0x50] } : s));
    assert.deepEqual(await ids(small, /^mtu/), ['0 mtu.reduced info certain 2']);
    assert.deepEqual(await ids(SHORT_CONNECTION, /^mtu/), []);
  });
});

describe('ECN findings', () => {
  const withFlags = (syn: number, synAck: number): TestSegment[] => SHORT_CONNECTION.slice(0, 6).map((s, i) => (i === 0 ? { ...s, flags: syn } : i === 1 ? { ...s, flags: synAck } : { ...s, ecn: 2 }));
  const data = (count: number, ecn: number): TestSegment[] => Array.from({ length: count }, (_, i) => ({ ...big(1 + i / 100, 1007 + i * 10, 10), ecn }));

  it('says that an offer was not taken up', async () => {
    assert.deepEqual(await ids(withFlags(SYN | ECE | CWR, SYN | ACK), /^ecn/), ['0 ecn.refused info certain 1,2']);
  });

  it('reads ECE and CWR after the handshake as congestion, and not on it', async () => {
    const agreed = withFlags(SYN | ECE | CWR, SYN | ACK | ECE);
    assert.deepEqual(await ids(agreed, /^ecn/), []);
    const marked = [...agreed, { ...big(1, 1007, 10), ecn: 3 }, { from: 'server', flags: ACK | ECE, seq: 5008, ack: 1017, window: 128, time: 1.01 } as const, { ...big(1.02, 1017, 10), ecn: 2, flags: ACK | CWR }];
    assert.deepEqual(await ids(marked, /^ecn/), ['0 ecn.marked info certain 7']);
  });

  it('misses the mark on data only where ECN was agreed', async () => {
    const agreed = withFlags(SYN | ECE | CWR, SYN | ACK | ECE).map((s) => ({ ...s, ecn: 0 }));
    assert.deepEqual(await ids([...agreed, ...data(12, 0)], /^ecn/), ['0 ecn.bleached info likely 1,2']);
    assert.deepEqual(await ids([...agreed, ...data(12, 2)], /^ecn/), []);
    assert.deepEqual(await ids([...START, ...data(12, 0)], /^ecn/), []);
  });
});

describe('checksum findings', () => {
  const data = (count: number, checksum: (i: number) => TestSegment['checksum']): TestSegment[] =>
    Array.from({ length: count }, (_, i) => ({ ...big(1 + i / 100, 1007 + i * 10, 10), checksum: checksum(i) ?? 'good' }));

  it('finds a damaged segment among good ones', async () => {
    assert.deepEqual(await ids([...START, ...data(10, (i) => (i === 4 ? 'wrong' : 'good'))], /checksum/), ['0 checksum.wrong warning likely 11']);
  });

  it('does not call offloaded checksums, or those of a tool that writes none, damage', async () => {
    assert.deepEqual(await ids([...START, ...data(10, () => 'offloaded')], /checksum/), ['- capture.checksum-offload info certain 7,8,9,10,11,12,13,14,15,16']);
    assert.deepEqual(await ids([...START, ...data(10, (i) => (i === 4 ? 'wrong' : 'offloaded'))], /checksum\.wrong/), []);
    assert.deepEqual(await ids([...START, ...data(40, () => 'wrong')], /checksum\.wrong/), []);
  });
});
