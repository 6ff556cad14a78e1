import assert from 'node:assert/strict';
import { NO_PACKET } from '../../../../src/core/bytes/units';
import * as api from '../../../../src/core/timelineApi';
import { closedSpans, ladderColumns, linksOf, namedRuns, placeSegments, stateRuns, stepsOf } from '../../../../src/webview/timeline/layout';
import { lineParts, segmentWords } from '../../../../src/webview/timeline/segmentWords';

/** Segments of which only some columns matter. */
function columns(n: number, set: Partial<Record<'marks' | 'states' | 'sentBefore' | 'sentAgain' | 'known' | 'flags' | 'seqRelative' | 'seq' | 'ack' | 'ackRelative' | 'length' | 'window' | 'labels' | 'verdicts', readonly number[]>>, sacks: readonly number[] = []): api.TimelineSegments {
  const u32 = (name: keyof typeof set, fill = 0): Uint32Array => Uint32Array.from({ length: n }, (_, i) => set[name]?.[i] ?? fill);
  return {
    start: 0, packet: Uint32Array.from({ length: n }, (_, i) => i), time: new Float64Array(n), place: new Float64Array(n),
    known: Uint16Array.from(u32('known')), flags: Uint16Array.from(u32('flags')), seq: u32('seq'), seqRelative: u32('seqRelative'), ack: u32('ack'), ackRelative: u32('ackRelative'),
    length: u32('length'), window: u32('window'), labels: Uint16Array.from(u32('labels')), verdicts: Uint16Array.from(u32('verdicts')), marks: Uint8Array.from(u32('marks')), states: Uint8Array.from(u32('states')),
    sentBefore: u32('sentBefore', NO_PACKET), sentAgain: u32('sentAgain', NO_PACKET), sacks: Uint32Array.from(sacks),
  };
}

const draw = (c: api.TimelineSegments, pitch: number, always: number | null = null) => placeSegments(0, c.packet.length, (i) => ({ columns: c, i }), (rank) => rank * pitch, always);

describe('the timeline\'s layout', () => {
  it('writes words only where they have room, and always at the selected segment', () => {
    const c = columns(4, {});
    assert.deepEqual(draw(c, 20).map((s) => s.words), [true, true, true, true]);
    assert.deepEqual(draw(c, 5).map((s) => s.words), [true, false, false, false]);
    assert.deepEqual(draw(c, 5, 2).map((s) => s.words), [true, false, true, false]);
  });

  it('runs a state until the next one, and splits where it becomes known', () => {
    const c = columns(4, { states: [0x22, 0x24, 0x44, 0x44], marks: [api.MARK_OBSERVED_CLIENT, 0, 0, api.MARK_OBSERVED_CLIENT] });
    const runs = stateRuns(stepsOf(draw(c, 10)), null, 0, 100).filter((run) => run.end === 'client');
    assert.deepEqual(runs.map(({ state, observed, top, bottom, begins }) => [state, observed, top, bottom, begins]), [[2, true, 0, 10, true], [4, false, 10, 30, true], [4, true, 30, 100, false]]);
  });

  it('names a state once, where it has room', () => {
    const c = columns(5, { states: [0x22, 0x24, 0x24, 0x24, 0x24], marks: [api.MARK_OBSERVED_CLIENT, 0, api.MARK_OBSERVED_CLIENT, 0, 0] });
    const y = [0, 30, 32, 80, 90];
    const runs = stateRuns(stepsOf(draw(c, 10).map((s, i) => ({ ...s, y: y[i]! }))), null, 0, 100).filter((run) => run.end === 'client');
    assert.deepEqual([...namedRuns(runs, 14)].map(({ state, top }) => [state, top]), [[2, 0], [4, 32]]);
  });

  it('carries on the state from above the screen', () => {
    const c = columns(1, { states: [0x44] });
    const runs = stateRuns(stepsOf(draw(c, 10).map((s) => ({ ...s, y: 50 }))), { y: 0, states: 0x24, marks: 0, rank: 7 }, 0, 100);
    assert.deepEqual(runs.map(({ end, state, top, bottom, rank }) => [end, state, top, bottom, rank]), [['client', 4, 0, 100, 7], ['server', 2, 0, 50, 7], ['server', 4, 50, 100, 0]]);
  });

  it('spans a closed window from the segment that closed it to the one that opened it', () => {
    const closed = api.MARK_CLOSED_SERVER;
    const c = columns(5, { marks: [0, closed, closed, 0, closed] });
    assert.deepEqual(closedSpans(stepsOf(draw(c, 10)), null, 0, 90), [{ end: 'server', top: 10, bottom: 30 }, { end: 'server', top: 40, bottom: 90 }]);
  });

  it('joins sendings of the same bytes, also beyond the edges, side by side', () => {
    const c = columns(4, { sentBefore: [NO_PACKET, 0, NO_PACKET, 99], sentAgain: [1, NO_PACKET, 50, NO_PACKET] });
    const links = linksOf(draw(c, 10), (rank) => rank * 10);
    assert.deepEqual(links.map((l) => [l.from, l.to, l.fromSeen, l.toSeen, l.lane]), [[99, 3, false, true, 0], [0, 1, true, true, 1], [2, 50, true, false, 1]]);
  });

  it('keeps lanes apart and inside, in any width', () => {
    for (const width of [250, 400, 600, 900, 2000]) {
      const k = ladderColumns(width, 70, 40);
      assert.ok(k.timeEnd < k.clientBand && k.clientBand + k.bandWidth < k.clientLane && k.clientLane + 20 < k.serverLane && k.serverLane < k.serverBand, String(width));
      if (width >= 400) assert.ok(k.serverBand + k.bandWidth <= width, String(width));
    }
  });

  it('writes a number from the start of the connection where what was sent is not known', () => {
    const all = api.TIMELINE_FLAGS | api.TIMELINE_SEQ | api.TIMELINE_ACK | api.TIMELINE_SEQ_RELATIVE | api.TIMELINE_ACK_RELATIVE;
    const c = columns(2, { known: [all, all | api.TIMELINE_SEQ_NOT_RAW | api.TIMELINE_ACK_NOT_RAW], seq: [5001, 1], seqRelative: [1, 1], ack: [9001, 1], ackRelative: [1, 1] });
    assert.deepEqual([0, 1].map((i) => lineParts(segmentWords({ columns: c, i }, 'raw')).slice(0, 2)), [['seq 5001', 'ack 9001'], ['seq 1', 'ack 1']]);
  });

  it('says of a segment only what the capture shows', () => {
    const all = api.TIMELINE_FLAGS | api.TIMELINE_SEQ | api.TIMELINE_ACK | api.TIMELINE_LENGTH | api.TIMELINE_WINDOW | api.TIMELINE_ACK_RELATIVE;
    const c = columns(3, { known: [all, all & ~api.TIMELINE_SEQ, 0], flags: [0x18, 0x10, 0x10], seqRelative: [1, 1, 1], ack: [1005, 0, 0], ackRelative: [5, 5, 5], length: [100, 0, 0], window: [7, 7, 7] }, [0, 1011, 1021]);
    const words = [0, 1, 2].map((i) => segmentWords({ columns: c, i }, 'relative'));
    assert.deepEqual([words[0]!.flags, words[0]!.seq, words[0]!.ack, words[0]!.length, words[0]!.sack], ['PSH,ACK', 'seq 1–100', 'ack 5', 'len 100', 'SACK 11–20']);
    assert.deepEqual([words[1]!.seq, words[1]!.length], ['', '']);
    assert.deepEqual([words[2]!.flags, words[2]!.ack, words[2]!.window], ['', '', '']);
  });
});
