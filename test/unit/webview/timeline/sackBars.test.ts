import assert from 'node:assert/strict';
import { MARK_SERVER, TIMELINE_ACK, type TimelineSegments } from '../../../../src/core/timelineApi';
import type { DrawnSegment } from '../../../../src/webview/timeline/layout';
import { sackReports } from '../../../../src/webview/timeline/sackBars';

/** Acknowledgments of the server with their SACK blocks, near the end of the sequence space. */
function segments(acks: readonly { readonly ack: number; readonly blocks: readonly (readonly [number, number])[] }[]): DrawnSegment[] {
  const columns = {
    known: Uint16Array.from(acks, () => TIMELINE_ACK),
    marks: Uint8Array.from(acks, () => MARK_SERVER),
    ack: Uint32Array.from(acks, ({ ack }) => ack),
    sacks: Uint32Array.from(acks.flatMap(({ blocks }, i) => blocks.flatMap(([left, right]) => [i, left, right]))),
  } as unknown as TimelineSegments;
  return acks.map((_, i) => ({ rank: i, y: i * 30, ref: { columns, i }, words: true }));
}

const START = 0xffff_ff00;
const seq = (n: number): number => (START + n) >>> 0;

describe('SACK blocks in the ladder', () => {
  it('share one scale, across the end of the sequence space', () => {
    const reports = sackReports(segments([
      { ack: seq(0), blocks: [[seq(100), seq(200)]] },
      { ack: seq(0), blocks: [[seq(100), seq(300)]] },
      { ack: seq(0), blocks: [[seq(350), seq(400)], [seq(100), seq(300)]] },
      { ack: seq(400), blocks: [] },
    ]));
    assert.deepEqual(reports.map(({ y, server, ack, blocks }) => [y, server, ack, blocks.map(({ from, to }) => [from, to])]), [
      [0, true, 0, [[0.25, 0.5]]],
      [30, true, 0, [[0.25, 0.75]]],
      [60, true, 0, [[0.875, 1], [0.25, 0.75]]],
    ]);
  });

  it('tell what was received twice from what was received early', () => {
    const [report] = sackReports(segments([{ ack: seq(200), blocks: [[seq(0), seq(100)], [seq(300), seq(400)]] }]));
    assert.deepEqual(report!.blocks.map(({ again }) => again), [true, false]);
    assert.equal(report!.ack, 0.5);
  });

  it('leave out blocks that end before they begin', () => {
    const [report] = sackReports(segments([{ ack: seq(0), blocks: [[seq(200), seq(100)]] }]));
    assert.deepEqual(report!.blocks, []);
  });
});
