import { seqDiff } from '../bytes/seq';

/** Which segment sent which bytes first, and which sent them last: sequence space of one direction, unwrapped. */
export class SentRanges {
  /** Segments that went beyond everything before them: where they begin and end (offsets, ascending) and their ranks. */
  private starts = new Float64Array(64);
  private ends = new Float64Array(64);
  private ranks = new Uint32Array(64);
  private count = 0;
  /** Raw sequence number after the highest byte, and its offset. */
  private highRaw = NaN;
  private high = 0;
  /** Last repetition by the offset where it begins. */
  private readonly repeated = new Map<number, number>();

  /** Notes a segment with `span` numbers from `seq`. */
  add(seq: number, span: number, rank: number): void {
    if (Number.isNaN(this.highRaw)) this.highRaw = seq;
    const start = this.offset(seq);
    const end = start + span;
    if (end <= this.high) return;
    if (this.count === this.ranks.length) this.grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.ranks[this.count++] = rank;
    this.high = end;
    this.highRaw = (seq + span) >>> 0;
  }

  /** Rank of the segment that sent the first of these bytes before this one; -1 when the capture does not hold it. */
  repeat(seq: number, span: number, rank: number): number {
    if (Number.isNaN(this.highRaw)) {
      this.add(seq, span, rank);
      return -1;
    }
    const start = this.offset(seq);
    const last = this.repeated.get(start);
    this.repeated.set(start, rank);
    const found = last ?? this.first(start);
    this.add(seq, span, rank);
    return found;
  }

  private first(start: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle]! <= start) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.starts[low]! <= start ? this.ranks[low]! : -1;
  }

  /** Offset of a raw number: the one nearest to the highest byte so far. */
  private offset(seq: number): number {
    return this.high + (seqDiff(seq, this.highRaw) | 0);
  }

  private grow(): void {
    const size = this.count * 2;
    const starts = new Float64Array(size);
    starts.set(this.starts);
    this.starts = starts;
    const ends = new Float64Array(size);
    ends.set(this.ends);
    this.ends = ends;
    const ranks = new Uint32Array(size);
    ranks.set(this.ranks);
    this.ranks = ranks;
  }
}
