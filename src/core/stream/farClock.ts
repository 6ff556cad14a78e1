import { MAX_EXACT } from '../bytes/farTime';
import type { Nanoseconds, StreamIndex } from '../bytes/units';
import type { SegmentAnalysis } from '../analysis/segmentAnalysis';

const BLOCK_SHIFT = 10;
const BLOCK_STREAMS = 1 << BLOCK_SHIFT;
/** Per stream, each but the first with its rest behind it: moves + 1 (0: none), anchor, start, latest. */
const ENTRY = 7;
const MOVES = 0;
const ANCHOR = 1;
const START = 3;
const LATEST = 5;
/** How often a stream's anchor moves: a clock that jumps for ever is followed no more. */
const MOST_MOVES = 16;

/**
 * Streams with times so far from the capture's base that they are no exact doubles. Their state counts from an anchor of their own,
 * so that differences of neighbours are exact; across a jump of more than 104 days they are the nearest double.
 */
export class FarClock {
  /** The anchor has moved by this since the stream's state was written; 0 when it has not. */
  moved: Nanoseconds = 0;
  private readonly blocks: Float64Array[] = [];

  /** Whether the stream counts from an anchor of its own, or must from this time on. */
  takes(stream: StreamIndex, time: Nanoseconds): boolean {
    return Math.abs(time) > MAX_EXACT || (this.blocks[stream >>> BLOCK_SHIFT]?.[(stream & (BLOCK_STREAMS - 1)) * ENTRY + MOVES] ?? 0) !== 0;
  }

  /** A time of the stream, from its anchor. `start` and `latest` are what its state says, for one that had no anchor before. */
  local(stream: StreamIndex, isNew: boolean, time: Nanoseconds, rest: number, start: Nanoseconds, latest: Nanoseconds): Nanoseconds {
    const block = (this.blocks[stream >>> BLOCK_SHIFT] ??= new Float64Array(BLOCK_STREAMS * ENTRY));
    const e = (stream & (BLOCK_STREAMS - 1)) * ENTRY;
    this.moved = 0;
    if (isNew || block[e + MOVES] === 0) {
      block.fill(0, e, e + ENTRY);
      block[e + MOVES] = 1;
      block[e + START] = isNew ? time : start;
      block[e + START + 1] = isNew ? rest : 0;
      block[e + LATEST] = isNew ? NaN : latest;
      if (isNew) this.setAnchor(block, e, time, rest);
    }
    const local = time - block[e + ANCHOR]! + (rest - block[e + ANCHOR + 1]!);
    if (Math.abs(local) <= MAX_EXACT || block[e + MOVES]! > MOST_MOVES) return local;
    block[e + MOVES]!++;
    this.setAnchor(block, e, time, rest);
    this.moved = local;
    return 0;
  }

  /** Puts the stream's first and previous time, as the capture counts them, into `out`, and notes the present one. */
  tell(stream: StreamIndex, time: Nanoseconds, rest: number, out: SegmentAnalysis): void {
    const block = this.blocks[stream >>> BLOCK_SHIFT]!;
    const e = (stream & (BLOCK_STREAMS - 1)) * ENTRY;
    out.streamTime = block[e + START]!;
    out.streamTimeRest = block[e + START + 1]!;
    out.previousTime = block[e + LATEST]!;
    out.previousTimeRest = block[e + LATEST + 1]!;
    block[e + LATEST] = time;
    block[e + LATEST + 1] = rest;
  }

  private setAnchor(block: Float64Array, e: number, time: Nanoseconds, rest: number): void {
    block[e + ANCHOR] = time;
    block[e + ANCHOR + 1] = rest;
  }
}
