import assert from 'node:assert/strict';
import { NO_PACKET } from '../../../../src/core/bytes/units';
import { CLOSED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, LAST_ACK, STATE_NAMES, TIME_WAIT } from '../../../../src/core/stream/endpointStates';
import * as api from '../../../../src/core/timelineApi';
import { openCapture } from '../../../support/openCapture';
import { SHORT_CONNECTION, tcpCapture, type TestSegment } from '../../../support/pcapWriter';

const ACK = 16, PSH = 8, RST = 4;
const DATA = 'x'.repeat(100);
const handshake = SHORT_CONNECTION.slice(0, 3);
const sack = (left: number, right: number): readonly number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(left, 0);
  bytes.writeUInt32BE(right, 4);
  return [1, 1, 5, 10, ...bytes];
};

/** Three data segments, the first of which is lost, SACKed around and sent twice more; then a closed window, and a reset. */
const LOSS: readonly TestSegment[] = [
  ...handshake.map((s, i) => ({ ...s, time: i * 0.01 })),
  { from: 'client', flags: PSH | ACK, seq: 1001, ack: 5001, window: 502, payload: DATA, time: 0.03 },
  { from: 'client', flags: PSH | ACK, seq: 1101, ack: 5001, window: 502, payload: DATA, time: 0.031 },
  { from: 'server', flags: ACK, seq: 5001, ack: 1001, window: 128, options: sack(1101, 1201), time: 0.04 },
  { from: 'client', flags: PSH | ACK, seq: 1001, ack: 5001, window: 502, payload: DATA, time: 0.5 },
  { from: 'client', flags: PSH | ACK, seq: 1001, ack: 5001, window: 502, payload: DATA, time: 1.3 },
  { from: 'server', flags: ACK, seq: 5001, ack: 1201, window: 0, time: 1.31 },
  { from: 'client', flags: ACK, seq: 1201, ack: 5001, window: 502, time: 1.32 },
  { from: 'server', flags: ACK, seq: 5001, ack: 1201, window: 128, time: 1.33 },
  { from: 'client', flags: RST | ACK, seq: 1201, ack: 5001, window: 0, time: 1.34 },
];

const ranks = (column: Uint32Array): (number | null)[] => Array.from(column, (rank) => (rank === NO_PACKET ? null : rank));
const sets = (marks: Uint8Array, bit: number): number[] => Array.from(marks.keys()).filter((i) => marks[i]! & bit);

describe('the timeline of a stream', () => {
  it('joins what was sent again with what was taken for lost', async () => {
    const { ask } = await openCapture(tcpCapture(LOSS));
    const { segments } = await ask('timelinePage', { stream: 0, start: 0, count: 100 });
    assert.deepEqual(ranks(segments.sentBefore), [null, null, null, null, null, null, 3, 6, null, null, null, null]);
    assert.deepEqual(ranks(segments.sentAgain), [null, null, null, 6, null, null, 7, null, null, null, null, null]);
    assert.deepEqual(sets(segments.marks, api.MARK_LOST), [3, 6]);
    assert.deepEqual([...segments.sacks], [5, 1101, 1201]);
    assert.equal(segments.ackRelative[5], 1);
    assert.equal(segments.seqRelative[4], 101);
  });

  it('tells when the receive window of an end is closed', async () => {
    const { ask } = await openCapture(tcpCapture(LOSS));
    const { segments } = await ask('timelinePage', { stream: 0, start: 0, count: 100 });
    assert.deepEqual(sets(segments.marks, api.MARK_CLOSED_SERVER), [8, 9]);
    assert.deepEqual(sets(segments.marks, api.MARK_CLOSED_CLIENT), []);
  });

  it('marks silences of 200 ms and more', async () => {
    const { ask } = await openCapture(tcpCapture(LOSS));
    const head = await ask('timelineHead', { stream: 0 });
    assert.equal(head.total, LOSS.length);
    assert.equal(head.idle, 200_000_000);
    assert.deepEqual([...head.gaps], [6, 7]);
    assert.deepEqual(Array.from(head.gapLengths, (n) => Math.round(n / 1e6)), [460, 800]);
    assert.equal(head.end - head.start, 1_340_000_000);
  });

  it('gives states of both ends after each segment, and the changes that led there', async () => {
    const { ask } = await openCapture(tcpCapture(SHORT_CONNECTION));
    const page = await ask('timelinePage', { stream: 0, start: 0, count: 100 });
    const after = (i: number): string => `${STATE_NAMES[page.segments.states[i]! & 15]!}/${STATE_NAMES[page.segments.states[i]! >> 4]!}`;
    assert.equal(after(0), 'SYN-SENT/SYN-RECEIVED');
    assert.equal(after(2), 'ESTABLISHED/ESTABLISHED');
    assert.equal(after(6), 'FIN-WAIT-1/CLOSE-WAIT');
    assert.equal(after(8), 'TIME-WAIT/CLOSED');
    const last = page.changes.slice(-2);
    assert.deepEqual(page.changes.filter((c) => c.rank === 7).map((c) => ({ end: c.end, path: c.path, observed: c.observed })), [
      { end: 'client', path: [FIN_WAIT_1, FIN_WAIT_2, TIME_WAIT], observed: false },
      { end: 'server', path: [9, LAST_ACK], observed: true },
    ].sort((a, b) => a.end.localeCompare(b.end)));
    assert.deepEqual(last.at(-1)!.path, [LAST_ACK, CLOSED]);
  });

  it('gives the changes in force before a page, and nothing beyond the end', async () => {
    const { ask } = await openCapture(tcpCapture(SHORT_CONNECTION));
    const page = await ask('timelinePage', { stream: 0, start: 4, count: 2 });
    assert.equal(page.segments.start, 4);
    assert.deepEqual([...page.segments.packet], [4, 5]);
    assert.deepEqual(page.changes.map((c) => [c.end, c.rank, c.path.at(-1)]), [['client', 1, ESTABLISHED], ['server', 2, ESTABLISHED]]);
    const beyond = await ask('timelinePage', { stream: 0, start: 400, count: 2 });
    assert.equal(beyond.segments.packet.length, 0);
    await assert.rejects(ask('timelinePage', { stream: 7, start: 0, count: 1 }), /bad-request/);
  });

  it('sums a part in equal steps of rank and of time without losing a segment', async () => {
    const { ask } = await openCapture(tcpCapture(LOSS));
    const head = await ask('timelineHead', { stream: 0 });
    for (const [by, from, to] of [['rank', 0, head.total], ['time', head.start, head.end + 1]] as const) {
      for (const count of [1, 3, 7, 64]) {
        const b = await ask('timelineBuckets', { stream: 0, by, from, to, count });
        assert.deepEqual([b.first, b.last], [0, LOSS.length], by);
        const sum = (column: ArrayLike<number>): number => Array.from(column).reduce((total, n) => total + n, 0);
        assert.equal(sum(b.clientSegments) + sum(b.serverSegments), LOSS.length, `${by} ${count}`);
        assert.equal(sum(b.clientBytes), 400);
        assert.equal(b.states.at(-1), 0);
        assert.equal(b.flags.reduce((all, f) => all | f, 0) & RST, RST);
      }
    }
  });

  it('counts only what lies in the part asked for', async () => {
    const { ask } = await openCapture(tcpCapture(LOSS));
    const b = await ask('timelineBuckets', { stream: 0, by: 'time', from: 1_300_000_000, to: 1_320_000_000, count: 2 });
    assert.deepEqual([b.first, b.last], [7, 9]);
    assert.deepEqual([...b.clientSegments], [1, 0]);
    assert.deepEqual([...b.serverSegments], [0, 1]);
  });
});
