import { seqAfter, seqDiff } from '../bytes/seq';
import type { Nanoseconds } from '../bytes/units';

/** A flow remembers at most this many unacknowledged segments, as tshark does. */
export const UNACKED_MAX = 10_000;

/** Entries of a sorted list lie within this span, far from where sequence comparison turns round. */
const WINDOW = 0x40000000;
const WORDS = 3;
const FRAME = 0;
const SEQ = 1;
const END = 2;
const SMALLEST_CLASS = 2;
const LARGEST_CLASS = 14;
/** Entries of a chunk from which small lists are cut. */
const CHUNK = 1024;

/** A ring of {frame, seq, end, time} in a shared chunk. Sequence numbers in fields are kept as signed 32 bits: those need no heap number. */
class UnackedList {
  /** First entry in the chunk; entries as power of two. */
  head = 0;
  count = 0;
  /** seq and end never fall from entry to entry, and all lie within WINDOW. */
  sorted = true;
  /** Lowest seq and highest end relative to `base`, where `spanKnown`. */
  spanKnown = false;
  base = 0;
  lowest = 0;
  highest = 0;
  /** The first `walked` entries were last checked against this ACK: doing it again would change nothing. */
  walkedAck = 0;
  walked = 0;

  constructor(
    readonly sizeClass: number,
    readonly words: Uint32Array,
    readonly times: Float64Array,
    readonly at: number,
  ) {}
}

/**
 * The lists of segments that were sent and not yet acknowledged, of all flows. Id 0 is the empty list, which costs nothing;
 * emptied lists go back to a pool by size, so a steady capture allocates nothing.
 *
 * Cost: with entries in order, an ACK costs O(1) amortised and a span O(1). Out of order (after a retransmission, until it is
 * acknowledged) a segment whose ACK field differs from the previous one walks the list: at most UNACKED_MAX entries a segment.
 */
export class UnackedPool {
  /** What the last `acknowledge` found: the oldest entry that ends at the ACK; frame 0 when none does. */
  matchedFrame = 0;
  matchedTime: Nanoseconds = NaN;
  private readonly lists: UnackedList[] = [new UnackedList(0, new Uint32Array(0), new Float64Array(0), 0)];
  private readonly free: number[][] = Array.from({ length: LARGEST_CLASS + 1 }, () => []);
  private readonly chunkWords: Uint32Array[] = [];
  private readonly chunkTimes: Float64Array[] = [];
  private readonly chunkUsed: number[] = [];

  count(id: number): number {
    return this.lists[id]!.count;
  }

  /** Frame and time of the entry that was appended first. The list must not be empty. */
  oldestFrame(id: number): number {
    const l = this.lists[id]!;
    return l.words[(l.at + l.head) * WORDS + FRAME]!;
  }
  oldestTime(id: number): Nanoseconds {
    const l = this.lists[id]!;
    return l.times[l.at + l.head]!;
  }

  /** All times of a list count from a point that is later by this. */
  moveTimes(id: number, by: Nanoseconds): void {
    const l = this.lists[id]!;
    const mask = (1 << l.sizeClass) - 1;
    for (let i = 0; i < l.count; i++) l.times[l.at + ((l.head + i) & mask)]! -= by;
  }

  /** Adds a segment [seq, end) and returns the list's id, which may change. The caller keeps to UNACKED_MAX. */
  append(id: number, frame: number, seq: number, end: number, time: Nanoseconds): number {
    if (id === 0) id = this.acquire(SMALLEST_CLASS);
    let l = this.lists[id]!;
    if (l.count === 1 << l.sizeClass) {
      id = this.grow(id, l);
      l = this.lists[id]!;
    }
    const mask = (1 << l.sizeClass) - 1;
    const n = l.at + ((l.head + l.count) & mask);
    const w = l.words;
    if (l.sorted) l.sorted = l.count === 0 ? seqDiff(end, seq) < WINDOW : this.follows(l, l.count - 1, seq, end);
    if (l.spanKnown) {
      const low = seqDiff(seq, l.base);
      const high = seqDiff(end, l.base);
      if (low < l.lowest >>> 0) l.lowest = low | 0;
      if (high > l.highest >>> 0) l.highest = high | 0;
    }
    w[n * WORDS + FRAME] = frame;
    w[n * WORDS + SEQ] = seq;
    w[n * WORDS + END] = end;
    l.times[n] = time;
    l.count++;
    return id;
  }

  /**
   * Removes what `ack` acknowledges, cuts what it acknowledges in part, and notes the oldest entry that ends at it.
   * Returns the list's id, 0 when it is empty now.
   */
  acknowledge(id: number, ack: number): number {
    this.matchedFrame = 0;
    const l = this.lists[id]!;
    if (l.sorted) {
      const distance = seqDiff(ack, l.words[(l.at + l.head) * WORDS + SEQ]!);
      // At or a little before the oldest: nothing to do. Beyond the middle of the number space the slow way decides.
      if (distance === 0 || distance >= 3 * WINDOW) return id;
      if (distance < 2 * WINDOW) return this.trim(id, l, ack);
    }
    return this.walk(id, l, ack);
  }

  /** Highest end minus lowest seq, both relative to `base` as unsigned numbers, modulo 2^32. The list must not be empty. */
  span(id: number, base: number): number {
    const l = this.lists[id]!;
    const mask = (1 << l.sizeClass) - 1;
    const w = l.words;
    if (l.sorted) {
      const low = seqDiff(w[(l.at + l.head) * WORDS + SEQ]!, base);
      const high = seqDiff(w[(l.at + ((l.head + l.count - 1) & mask)) * WORDS + END]!, base);
      if (high >= low) return high - low;
    }
    if (!l.spanKnown || l.base !== (base | 0)) {
      let lowest = 0xffffffff;
      let highest = 0;
      for (let i = 0; i < l.count; i++) {
        const e = (l.at + ((l.head + i) & mask)) * WORDS;
        const low = seqDiff(w[e + SEQ]!, base);
        const high = seqDiff(w[e + END]!, base);
        if (low < lowest) lowest = low;
        if (high > highest) highest = high;
      }
      l.lowest = lowest | 0;
      l.highest = highest | 0;
      l.base = base | 0;
      l.spanKnown = true;
    }
    return (l.highest - l.lowest) >>> 0;
  }

  /** Whether [seq, end) keeps the order of a sorted list whose entry `last` comes before it. */
  private follows(l: UnackedList, last: number, seq: number, end: number): boolean {
    const mask = (1 << l.sizeClass) - 1;
    const e = (l.at + ((l.head + last) & mask)) * WORDS;
    const w = l.words;
    return seqDiff(seq, w[e + SEQ]!) < WINDOW && seqDiff(end, w[e + END]!) < WINDOW && seqDiff(end, w[(l.at + l.head) * WORDS + SEQ]!) < WINDOW;
  }

  /** `acknowledge` for a list in order and an ACK beyond its start: what goes is at the head. */
  private trim(id: number, l: UnackedList, ack: number): number {
    const mask = (1 << l.sizeClass) - 1;
    const w = l.words;
    let head = l.head;
    let left = l.count;
    while (left > 0) {
      const end = w[(l.at + head) * WORDS + END]!;
      if (seqAfter(end, ack)) break;
      if (end === ack && this.matchedFrame === 0) {
        this.matchedFrame = w[(l.at + head) * WORDS + FRAME]!;
        this.matchedTime = l.times[l.at + head]!;
      }
      head = (head + 1) & mask;
      left--;
    }
    if (left === 0) {
      this.release(id, l);
      return 0;
    }
    l.head = head;
    l.count = left;
    l.spanKnown = false;
    l.walked = 0;
    for (let i = 0; i < left; i++) {
      const e = (l.at + ((head + i) & mask)) * WORDS;
      if (!seqAfter(ack, w[e + SEQ]!)) break;
      w[e + SEQ] = ack;
    }
    return id;
  }

  /** `acknowledge` for any list, oldest entry first. */
  private walk(id: number, l: UnackedList, ack: number): number {
    const mask = (1 << l.sizeClass) - 1;
    const w = l.words;
    const start = l.walkedAck === (ack | 0) ? l.walked : 0;
    let kept = start;
    for (let i = start; i < l.count; i++) {
      const from = l.at + ((l.head + i) & mask);
      const end = w[from * WORDS + END]!;
      if (!seqAfter(end, ack)) {
        if (end === ack && this.matchedFrame === 0) {
          this.matchedFrame = w[from * WORDS + FRAME]!;
          this.matchedTime = l.times[from]!;
        }
        continue;
      }
      const to = l.at + ((l.head + kept) & mask);
      let seq = w[from * WORDS + SEQ]!;
      if (seqAfter(ack, seq)) {
        seq = ack;
        l.spanKnown = false;
      }
      w[to * WORDS + FRAME] = w[from * WORDS + FRAME]!;
      w[to * WORDS + SEQ] = seq;
      w[to * WORDS + END] = end;
      l.times[to] = l.times[from]!;
      if (start === 0) l.sorted = kept === 0 ? seqDiff(end, seq) < WINDOW : l.sorted && this.follows(l, kept - 1, seq, end);
      kept++;
    }
    if (kept === 0) {
      this.release(id, l);
      return 0;
    }
    if (kept !== l.count) l.spanKnown = false;
    l.count = kept;
    l.walked = kept;
    l.walkedAck = ack | 0;
    return id;
  }

  private acquire(sizeClass: number): number {
    const id = this.free[sizeClass]!.pop();
    if (id !== undefined) return id;
    const size = 1 << sizeClass;
    const used = this.chunkUsed[sizeClass] ?? CHUNK;
    let list: UnackedList;
    if (size >= CHUNK) list = new UnackedList(sizeClass, new Uint32Array(size * WORDS), new Float64Array(size), 0);
    else {
      let at = used;
      if (at === CHUNK) {
        this.chunkWords[sizeClass] = new Uint32Array(CHUNK * WORDS);
        this.chunkTimes[sizeClass] = new Float64Array(CHUNK);
        at = 0;
      }
      this.chunkUsed[sizeClass] = at + size;
      list = new UnackedList(sizeClass, this.chunkWords[sizeClass]!, this.chunkTimes[sizeClass]!, at);
    }
    return this.lists.push(list) - 1;
  }

  private grow(id: number, l: UnackedList): number {
    const wider = this.acquire(l.sizeClass + 1);
    const to = this.lists[wider]!;
    const mask = (1 << l.sizeClass) - 1;
    for (let i = 0; i < l.count; i++) {
      const from = l.at + ((l.head + i) & mask);
      for (let k = 0; k < WORDS; k++) to.words[(to.at + i) * WORDS + k] = l.words[from * WORDS + k]!;
      to.times[to.at + i] = l.times[from]!;
    }
    to.count = l.count;
    to.sorted = l.sorted;
    to.spanKnown = l.spanKnown;
    to.base = l.base;
    to.lowest = l.lowest;
    to.highest = l.highest;
    to.walked = l.walked;
    to.walkedAck = l.walkedAck;
    this.release(id, l);
    return wider;
  }

  private release(id: number, l: UnackedList): void {
    l.head = l.count = l.walked = 0;
    l.sorted = true;
    l.spanKnown = false;
    this.free[l.sizeClass]!.push(id);
  }
}
