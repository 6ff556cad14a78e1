import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { intervalsOf, retriesBehind, retriesTimeout, synPattern, timerRange } from '../../../../src/core/analysis/retryTimers';
import type { StreamParameter } from '../../../../src/core/engineApi';
import { PARAMETER_IDS } from '../../../../src/core/explain/parameterCards';
import { findSysctl } from '../../../../src/core/knowledge/sysctls';
import { openCapture } from '../../../support/openCapture';
import { tcpCapture, type TestSegment } from '../../../support/pcapWriter';

const S = 1e9;
const waits = (...seconds: number[]): number[] => seconds.map((s) => s * S);

async function parametersOf(sample: string, stream = 0, folder = 'media/samples'): Promise<readonly StreamParameter[]> {
  const capture = await openCapture(readFileSync(`${folder}/${sample}`));
  return await capture.ask('parameters', { stream });
}

const told = (list: readonly StreamParameter[], id: string, end: 'client' | 'server' = 'client'): StreamParameter | undefined => list.find((p) => p.id === id && p.end === end);

describe('timers of Linux', () => {
  it('tells linear SYN timeouts from doubling ones', () => {
    assert.deepEqual(synPattern(waits(1, 1, 1, 1, 1, 2, 4)).linear, [4, 4]);
    assert.deepEqual(synPattern(waits(1.02, 2.05, 4.1, 8.3)).linear, [0, 0]);
    assert.deepEqual(synPattern(waits(1, 1, 1)).linear, [2, 127]);
    assert.equal(synPattern(waits(1)).linear, null);
    assert.equal(synPattern(waits(1, 2, 4)).next, 8 * S);
    assert.deepEqual(intervalsOf([0, 1, 3]), [1, 2]);
  });

  it('knows how long tcp_retries2 tries: 924.6 s with 15, at least 100 s with 8', () => {
    assert.equal(retriesTimeout(15) / S, 924.6);
    assert.ok(retriesTimeout(8) / S > 100 && retriesTimeout(7) / S < 100);
    assert.deepEqual(retriesBehind(50 * S, 103 * S), [7, 8]);
    assert.deepEqual(retriesBehind(50 * S, Infinity), [7, 255]);
    assert.equal(retriesBehind(200_000 * S, 200_001 * S), null);
  });

  it('finds the whole seconds that a late timer was set to', () => {
    assert.deepEqual(timerRange([3.03 * S], 0.06 * S, 1.13), [3, 3]);
    assert.deepEqual(timerRange([2.02 * S, 2.2 * S], 0.06 * S, 1.13), [2, 2]);
    assert.equal(timerRange([2 * S, 9 * S], 0.06 * S, 1.13), null);
    assert.equal(timerRange([], 0, 1), null);
    assert.deepEqual(timerRange([7200 * S], 0.06 * S, 1.13), [6372, 7200]);
  });
});

describe('kernel parameters', () => {
  it('reads SYN retries and their linear part from a SYN without answer', async () => {
    const modern = await parametersOf('syn-timeout.pcap');
    assert.deepEqual(told(modern, 'syn-linear-timeouts')?.range, [4, 4]);
    assert.equal(told(modern, 'syn-retries')?.range?.[0], 6);
    const old = await parametersOf('syn-timeout-old-kernel.pcap');
    assert.deepEqual(told(old, 'syn-linear-timeouts')?.range, [0, 0]);
    assert.equal(told(old, 'syn-retries')?.range?.[0], 5);
  });

  it('reads idle time, interval and number of keepalive probes', async () => {
    const dead = await parametersOf('keepalive-dead.pcap');
    assert.deepEqual(told(dead, 'keepalive-time')?.range, [3, 3]);
    assert.deepEqual(told(dead, 'keepalive-interval')?.range, [2, 2]);
    assert.deepEqual(told(dead, 'keepalive-probes')?.range, [3, 3]);
    assert.equal(told(await parametersOf('keepalive-alive.pcap'), 'keepalive-time')?.range?.[0], 2);
    assert.equal(told(await parametersOf('zero-window.pcap'), 'keepalive-time'), undefined, 'probes of a closed window are no keepalive');
  });

  it('reads what the SYNs offer, and leaves open what they do not tell', async () => {
    const list = await parametersOf('ecn.pcap');
    assert.deepEqual(told(list, 'ecn')?.values, [1, 4]);
    assert.deepEqual(told(list, 'ecn', 'server')?.values, [1, 2, 3, 4, 5]);
    assert.deepEqual(told(list, 'sack')?.values, [1]);
    assert.deepEqual(told(list, 'timestamps', 'server')?.values, [1, 2]);
    assert.equal(told(list, 'receive-buffer')?.range?.[0], 2 ** 25);
    assert.ok(Math.abs((told(list, 'timestamp-clock')?.figure ?? 0) - 1000) < 20);
    assert.deepEqual(told(await parametersOf('fast-open.pcap'), 'fast-open')?.text, 'bit 1 set');
  });

  it('counts repetitions of SYN/ACK only where no SYN asked for them', async () => {
    const capture = await openCapture(readFileSync('media/samples/accept-queue-overflow.pcap'));
    const { streams } = await capture.ask('state', null);
    const found: (number | undefined)[] = [];
    for (let stream = 0; stream < streams; stream++) found.push(told(await capture.ask('parameters', { stream }), 'synack-retries', 'server')?.range?.[0]);
    assert.deepEqual(found.filter((n) => n !== undefined), [3]);
  });

  it('tells apart what ended a sender as far as the wire does', async () => {
    const holds = (p: StreamParameter | undefined, truth: number): boolean => p?.range !== undefined && p.range !== null && truth >= p.range[0] && truth <= p.range[1];
    const folder = 'test/fixtures/parameters';
    assert.ok(holds(told(await parametersOf('give-up.pcap', 0, folder), 'user-timeout'), 2500));
    const retries = await parametersOf('give-up.pcap', 2, folder);
    assert.deepEqual(told(retries, 'data-retries')?.range, [4, 4]);
    assert.ok(told(retries, 'user-timeout'), 'a user timeout would look the same');
    const stalled = await parametersOf('stalled.pcap', 0, folder);
    assert.ok(holds(told(stalled, 'user-timeout'), 3000));
    assert.equal(told(stalled, 'data-retries'), undefined, 'answered probes do not count for tcp_retries2');
    assert.equal(told(await parametersOf('zero-window.pcap'), 'user-timeout'), undefined);
  });

  it('reads the reuse of TIME-WAIT by the end that closed first, and the first timeout', async () => {
    assert.equal(told(await parametersOf('port-reuse.pcap'), 'time-wait-reuse'), undefined);
    const again = told(await parametersOf('port-reuse.pcap', 1), 'time-wait-reuse');
    assert.deepEqual([again?.values, again?.sysctl, again?.packets], [[1], 'net.ipv4.tcp_tw_reuse', [7, 8]]);
    const first = told(await parametersOf('syn-timeout.pcap'), 'initial-rto')?.figure ?? 0;
    assert.ok(first > 0.99 * S && first < 1.1 * S, String(first));
  });

  it('reads D-SACK from the answers to data that came twice', async () => {
    const SYN = 2, ACK = 16;
    const [offers, stamps] = [[2, 4, 5, 0xb4, 4, 2, 1, 1], [1, 1, 5, 10, 0, 0, 0x03, 0xe9, 0, 0, 0x03, 0xed]];
    const segments = (report: boolean): TestSegment[] => [
      { from: 'client', flags: SYN, seq: 1000, options: offers },
      { from: 'server', flags: SYN | ACK, seq: 5000, ack: 1001, options: offers },
      { from: 'client', flags: ACK, seq: 1001, ack: 5001 },
      ...[1, 2, 3].flatMap((n): TestSegment[] => [
        ...(n === 1 ? [{ from: 'client', flags: ACK, seq: 1001, ack: 5001, payload: 'data', time: 0.1 }, { from: 'server', flags: ACK, seq: 5001, ack: 1005, time: 0.11 }] as const : []),
        { from: 'client', flags: ACK, seq: 1001, ack: 5001, payload: 'data', time: n },
        ...[1, 2, 3, 4].map((i): TestSegment => ({ from: 'server', flags: ACK, seq: 5001, ack: 1005, time: n + i / 100, ...(report && i === 1 ? { options: stamps } : {}) })),
      ]),
    ];
    const of = async (report: boolean): Promise<StreamParameter | undefined> => told(await (await openCapture(tcpCapture(segments(report)))).ask('parameters', { stream: 0 }), 'dsack', 'server');
    const on = await of(true);
    assert.deepEqual([on?.values, on?.confidence], [[1], 'certain']);
    const off = await of(false);
    assert.deepEqual([off?.values, off?.confidence], [[0], 'likely']);
  });

  it('gives each its card: how it was found, the packets, what governs it', async () => {
    const seen = new Set<string>();
    for (const sample of ['syn-timeout.pcap', 'keepalive-dead.pcap', 'ecn.pcap', 'fast-open.pcap', 'nagle-stall.pcap', 'mtu-black-hole.pcap', 'zero-window.pcap']) {
      for (const p of await parametersOf(sample)) {
        seen.add(p.id);
        assert.ok(PARAMETER_IDS.includes(p.id as (typeof PARAMETER_IDS)[number]));
        assert.ok(p.card.headline.length > 0 && p.card.here.length >= 2 && p.card.story.length > 0 && p.card.sources.length > 0, p.id);
        assert.ok(p.packets.length <= 8 && p.text !== '', p.id);
        assert.ok(p.sysctl === '' || findSysctl(p.sysctl), p.sysctl);
      }
    }
    assert.ok(seen.size >= 12, [...seen].join(' '));
  });
});
