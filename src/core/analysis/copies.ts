import type { Nanoseconds, PacketIndex } from '../bytes/units';
import type { JudgedSegment } from './segmentJudge';
import { VERDICT_DUPLICATE_CAPTURE, VERDICT_DUPLICATE_NETWORK } from './segmentVerdict';
import { WHY_COPY_HABIT, WHY_COPY_INSTANT, WHY_COPY_INTERFACE, WHY_COPY_SAME_ID, WHY_COPY_TTL } from './verdictReasons';
import type { VerdictSink } from '../table/verdictTable';

const STRIDE = 10;
const ID = 0;
const SEQ = 1;
const ACK = 2;
const WINDOW_FLAGS = 3;
const TSVAL = 4;
const SACK = 5;
const PACKET = 6;
const TIME = 7;
const TTL = 8;
const INTERFACE = 9;
const FIRST_SLOTS = 8;
const MOST_SLOTS = 256;

/** A copy this soon after the first is the capture's if TTLs differ: a router's two sides. */
const THROUGH_ROUTER: Nanoseconds = 5_000_000;
/** Two captures of one transmission on one machine are this close. */
const INSTANT: Nanoseconds = 1_000;
/** Copies of undecided origin that wait for the stream to show its habit. */
const MOST_WAITING = 12;
/** From this share of copies on they are the capture's habit: no network does that. */
const HABIT = 0.35;

/** Where a copy was seen, against the first one. */
export interface Sighting {
  readonly packet: PacketIndex;
  readonly time: Nanoseconds;
  readonly ttl: number;
  readonly interfaceIndex: number;
}

/** Remembers pure acknowledgments by IP ID, to know one that comes twice. At most 256 of 80 bytes, fewer for short flows. */
export class RecentAcks implements Sighting {
  private slots = 0;
  private data = new Float64Array(0);
  private noted = 0;
  /** The first sighting, after `repeats` said true. */
  packet = 0;
  time = 0;
  ttl = 0;
  interfaceIndex = 0;

  /** The same acknowledgment was noted before; otherwise notes it. */
  repeats(s: JudgedSegment): boolean {
    const { segment } = s;
    if (segment.ipId === 0) return false;
    if (this.noted++ >= this.slots && this.slots < MOST_SLOTS) this.grow();
    const d = this.data;
    const o = (segment.ipId & (this.slots - 1)) * STRIDE;
    const windowFlags = segment.window * 0x1000 + segment.flags;
    const sack = segment.sackCount > 0 ? segment.sackLeft[0]! + segment.sackRight[0]! * 0x100000000 : -1;
    if (d[o + ID] === segment.ipId && d[o + SEQ] === segment.seq && d[o + ACK] === segment.ack && d[o + WINDOW_FLAGS] === windowFlags && d[o + TSVAL] === segment.tsVal && d[o + SACK] === sack) {
      this.packet = d[o + PACKET]!;
      this.time = d[o + TIME]!;
      this.ttl = d[o + TTL]!;
      this.interfaceIndex = d[o + INTERFACE]!;
      return true;
    }
    d[o + ID] = segment.ipId;
    d[o + SEQ] = segment.seq;
    d[o + ACK] = segment.ack;
    d[o + WINDOW_FLAGS] = windowFlags;
    d[o + TSVAL] = segment.tsVal;
    d[o + SACK] = sack;
    d[o + PACKET] = s.packet;
    d[o + TIME] = s.time;
    d[o + TTL] = segment.ttl;
    d[o + INTERFACE] = s.interfaceIndex;
    return false;
  }

  private grow(): void {
    const old = this.data;
    this.slots = this.slots === 0 ? FIRST_SLOTS : Math.min(MOST_SLOTS, this.slots * 4);
    this.data = new Float64Array(this.slots * STRIDE);
    for (let o = 0; o < old.length; o += STRIDE) if (old[o + ID] !== 0) this.data.set(old.subarray(o, o + STRIDE), (old[o + ID]! & (this.slots - 1)) * STRIDE);
  }
}

/** Tells copies that the network made from those that only the capture holds. One for both directions of a stream. */
export class CopyJudge {
  private segments = 0;
  private copies = 0;
  private readonly waiting: { readonly packet: PacketIndex; readonly first: PacketIndex; readonly gap: Nanoseconds; readonly why: number }[] = [];

  constructor(private readonly sink: VerdictSink) {}

  /** Counts every segment of the stream. */
  count(): void {
    this.segments++;
    if (this.waiting.length > 0 && this.segments - this.copies > 3 * this.copies + 24) this.settle();
  }

  /** Judges a copy of `first`. The bit returned may be the other one of the two in the end: the sink gets the right one. */
  judge(s: JudgedSegment, first: Sighting, why: number): number {
    this.copies++;
    const gap = s.time - first.time;
    const { ttl } = s.segment;
    const interfaceIndex = s.interfaceIndex;
    if (interfaceIndex !== first.interfaceIndex) return this.capture(s, WHY_COPY_INTERFACE, first.packet, first.interfaceIndex, interfaceIndex);
    if (ttl !== first.ttl && Math.abs(gap) < THROUGH_ROUTER) return this.capture(s, WHY_COPY_TTL, first.packet, first.ttl, ttl);
    if (gap >= 0 && gap < INSTANT) return this.capture(s, WHY_COPY_INSTANT, first.packet, gap, INSTANT);
    if (this.copies >= 4 && this.copies >= this.segments * HABIT) {
      this.settle();
      return this.capture(s, WHY_COPY_HABIT, first.packet, this.copies, this.segments);
    }
    this.waiting.push({ packet: s.packet, first: first.packet, gap, why });
    if (this.waiting.length > MOST_WAITING) this.settle();
    return VERDICT_DUPLICATE_NETWORK;
  }

  /** Decides what is open. */
  settle(): void {
    const habit = this.copies >= this.segments * HABIT && this.copies >= 2;
    for (const w of this.waiting) {
      if (habit) this.sink.add(w.packet, VERDICT_DUPLICATE_CAPTURE, WHY_COPY_HABIT, w.first, w.first, this.copies, this.segments);
      else this.sink.add(w.packet, VERDICT_DUPLICATE_NETWORK, w.why || WHY_COPY_SAME_ID, w.first, w.first, w.gap, NaN);
    }
    this.waiting.length = 0;
  }

  private capture(s: JudgedSegment, why: number, first: PacketIndex, measured: number, limit: number): number {
    this.sink.add(s.packet, VERDICT_DUPLICATE_CAPTURE, why, first, first, measured, limit);
    return VERDICT_DUPLICATE_CAPTURE;
  }
}
