import assert from 'node:assert/strict';
import { SHORT_CONNECTION, tcpCapture, type TestSegment } from '../../../support/pcapWriter';
import { findingLines } from '../../../support/study';

const SYN = 2, ACK = 16, URG = 32;
const ids = async (segments: readonly TestSegment[], wanted: RegExp): Promise<string[]> => (await findingLines(tcpCapture(segments))).filter((line) => wanted.test(line));
const ts = (value: number): number[] => [1, 1, 8, 10, ...[value, 1].flatMap((n) => [(n >>> 24) & 255, (n >>> 16) & 255, (n >>> 8) & 255, n & 255])];
const stamped: TestSegment[] = SHORT_CONNECTION.slice(0, 6).map((s, i) => ({ ...s, options: [...(s.options ?? []), ...ts(1000 + i)] }));
const data = (seq: number, value: number, time: number): TestSegment => ({ from: 'client', flags: ACK, seq, ack: 5008, window: 502, payload: '0123456789', time, options: ts(value) });
const ack = (n: number, time: number): TestSegment => ({ from: 'server', flags: ACK, seq: 5008, ack: n, window: 128, time, options: ts(2000) });

describe('findings about numbers', () => {
  it('finds new data that PAWS throws away', async () => {
    assert.deepEqual(await ids([...stamped, data(1007, 900, 1), ack(1007, 1.01)], /paws/), ['0 paws.rejected warning likely 7']);
  });

  it('leaves old timestamps alone that the receiver takes, and those of late segments', async () => {
    assert.deepEqual(await ids([...stamped, data(1007, 900, 1), ack(1017, 1.01)], /paws/), []);
    assert.deepEqual(await ids([...stamped, data(1017, 1020, 1), data(1007, 1010, 1.001), ack(1007, 1.01)], /paws/), []);
  });

  it('notes a wrap of the sequence numbers', async () => {
    const high = SHORT_CONNECTION.slice(0, 6).map((s) => (s.from === 'client' ? { ...s, seq: (s.seq + 0xffffffff - 1003) >>> 0 } : { ...s, ack: s.ack === undefined ? 0 : (s.ack + 0xffffffff - 1003) >>> 0 }));
    assert.deepEqual(await ids(high, /wrap/), ['0 wrap.sequence info certain 4']);
    assert.deepEqual(await ids(SHORT_CONNECTION, /wrap/), []);
  });

  it('notes urgent data, and no urgent pointer without the flag', async () => {
    const urgent = { ...data(1007, 1010, 1), urgentPointer: 3 };
    assert.deepEqual(await ids([...stamped, { ...urgent, flags: ACK | URG }], /urgent/), ['0 urgent.data info certain 7']);
    assert.deepEqual(await ids([...stamped, urgent], /urgent/), []);
  });

  it('names signed connections', async () => {
    const signed = SHORT_CONNECTION.map((s) => ({ ...s, options: [19, 18, ...Array<number>(16).fill(7), ...(s.flags & SYN ? [2, 4, 5, 0xb4] : [])] }));
    assert.deepEqual(await ids(signed, /md5|ao /), ['0 md5 info certain 1,2,3,4,5,6,7,8,9']);
  });
});

describe('findings about the capture', () => {
  const hygiene = async (segments: readonly TestSegment[]): Promise<string[]> => ids(segments, /capture\./);
  const plain = (seq: number, time: number, bytes = 10): TestSegment => ({ from: 'client', flags: ACK, seq, ack: 5008, window: 502, payload: 'x'.repeat(bytes), time });
  const back = (n: number, time: number): TestSegment => ({ from: 'server', flags: ACK, seq: 5008, ack: n, window: 128, time });
  const start = SHORT_CONNECTION.slice(0, 6);

  it('has nothing to say of a whole connection', async () => {
    assert.deepEqual(await hygiene(SHORT_CONNECTION), []);
  });

  it('sees that the capture lost what a receiver acknowledges', async () => {
    assert.deepEqual(await hygiene([...start, plain(1007, 1), back(1517, 1.01), plain(1517, 1.02), back(1527, 1.03)]), ['- capture.dropped info likely 8']);
  });

  it('takes data that comes right after its acknowledgment for captured in the wrong order', async () => {
    assert.deepEqual(await hygiene([...start, back(1017, 1), plain(1007, 1.0001), plain(1017, 1.2)]), []);
  });

  it('sees a capture that begins late, or shows one side', async () => {
    assert.deepEqual(await hygiene(start.slice(3)), ['0 capture.starts-mid-stream info certain 1']);
    const oneSide = [plain(1007, 1), plain(1017, 2), plain(1027, 3), plain(1037, 4), plain(1047, 5), plain(1057, 6)];
    assert.deepEqual(await hygiene(oneSide), ['0 capture.starts-mid-stream info certain 1', '0 capture.one-direction info likely 1,6']);
  });

  it('sees a file that ends inside a record', async () => {
    const cut = tcpCapture(start).subarray(0, -3);
    assert.deepEqual((await findingLines(cut)).filter((l) => l.includes('capture.')), ['- capture.truncated info certain 5']);
  });

  it('sees segments larger than the MSS, and a clock that steps back', async () => {
    assert.deepEqual(await hygiene([...start, plain(1007, 1, 2920)]), ['- capture.offload info certain 7']);
    assert.deepEqual(await hygiene([...start, plain(1007, 1), plain(1017, 0.9)]), ['- capture.clock-backwards info certain 8']);
  });
});
