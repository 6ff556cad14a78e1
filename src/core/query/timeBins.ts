import { LABEL_FAST_RETRANSMISSION, LABEL_RETRANSMISSION, LABEL_SPURIOUS_RETRANSMISSION } from '../analysis/segmentAnalysis';
import { VERDICT_RETRANSMISSION, VERDICT_UNKNOWN } from '../analysis/segmentVerdict';
import { NO_PACKET, UNKNOWN_LENGTH, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { KNOWN_TIME } from '../decode/segment';
import { BLOCK_ROWS, META_NO_TIME, META_TCP, type PacketBlock, type PacketTable } from '../table/packetTable';
import type { CaptureModel } from './captureModel';

/** Labels that make tcp.analysis.retransmission. */
export const RESENT_LABELS = LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION | LABEL_SPURIOUS_RETRANSMISSION;

/** Bins of the whole capture: a merge by ten leaves a tenth of them. */
const FINE_BINS = 20_000;
/** No bin is shorter (nanoseconds). */
const LEAST_WIDTH = 1000;

/** The time of a row is known. */
export function isTimed(block: PacketBlock, i: number): boolean {
  return !(block.meta[i]! & META_NO_TIME) && ((block.known?.[i] ?? KNOWN_TIME) & KNOWN_TIME) !== 0;
}

/** Where verdicts come from: those of the last study, which stay as they are until the next has ended. */
export type Judged = Pick<CaptureModel, 'verdict' | 'verdicts' | 'judged' | 'judgedStreams' | 'study'>;

/** Packets, bytes and segments sent again in equal steps of time. The steps of the whole capture grow with it, tenfold each time; those of a part stay. */
export class TimeBins {
  packets: Uint32Array;
  bytes: Float64Array;
  resent: Uint32Array;
  first: Uint32Array;
  /** Least and greatest time counted. */
  start = Infinity;
  end = -Infinity;
  timed = 0;
  untimed = 0;
  private seen: PacketIndex = 0;
  private study: CaptureModel['study'] = null;

  private constructor(
    public origin: Nanoseconds,
    public width: Nanoseconds,
    readonly count: number,
    private readonly grows: boolean,
  ) {
    this.packets = new Uint32Array(count);
    this.bytes = new Float64Array(count);
    this.resent = new Uint32Array(count);
    this.first = new Uint32Array(count).fill(NO_PACKET);
  }

  static whole(): TimeBins {
    return new TimeBins(0, LEAST_WIDTH, FINE_BINS, true);
  }

  /** `origin` is a multiple of `width`. */
  static part(origin: Nanoseconds, width: Nanoseconds, count: number): TimeBins {
    return new TimeBins(origin, width, count, false);
  }

  /** Counts the rows that are new. What was sent again goes by our verdict, by Wireshark's labels where there is none. */
  extend(table: PacketTable, model: Judged | null): void {
    while (this.seen < table.length) {
      const block = table.block(this.seen);
      const begin = this.seen;
      const first = begin & (BLOCK_ROWS - 1);
      const end = Math.min(table.length, begin - first + BLOCK_ROWS);
      this.take(block, first, end - begin, begin, model);
      this.seen = end;
    }
    if (model && model.study !== this.study) this.judge(table, model);
  }

  private take(block: PacketBlock, first: number, rows: number, packet: PacketIndex, model: Judged | null): void {
    const { time, meta, known, labels, length, originalLength } = block;
    for (let k = 0; k < rows; k++) {
      const i = first + k;
      if (meta[i]! & META_NO_TIME || (known && !(known[i]! & KNOWN_TIME))) {
        this.untimed++;
        continue;
      }
      const at = time[i]!;
      let bin = this.binAt(at);
      if (bin < 0) {
        if (!this.grows) continue;
        this.grow(at);
        bin = this.binAt(at);
      }
      if (at < this.start) this.start = at;
      if (at > this.end) this.end = at;
      this.timed++;
      if (this.packets[bin]!++ === 0 || packet + k < this.first[bin]!) this.first[bin] = packet + k;
      const text = known !== null && known[i] !== 0xffff;
      const size = text ? (meta[i]! & META_TCP ? length[i]! : 0) : originalLength[i]!;
      if (size !== UNKNOWN_LENGTH) this.bytes[bin]! += size;
      const verdict = model?.verdict(packet + k) ?? VERDICT_UNKNOWN;
      if (verdict & VERDICT_UNKNOWN ? labels[i]! & RESENT_LABELS : verdict & VERDICT_RETRANSMISSION) this.resent[bin]!++;
    }
  }

  private binAt(at: Nanoseconds): number {
    const bin = Math.floor((at - this.origin) / this.width);
    return bin >= 0 && bin < this.count ? bin : -1;
  }

  /** Makes the bins reach to a time. */
  private grow(at: Nanoseconds): void {
    const low = Math.min(this.start, at);
    const high = Math.max(this.end, at);
    const { origin, width, packets, bytes, resent, first } = this;
    while (Math.floor(high / this.width) - Math.floor(low / this.width) >= this.count) this.width *= 10;
    const lowest = Math.floor(low / this.width);
    // Times that fall go on falling: half of the room that is left lies below, so that this happens some 14 times for each width.
    const below = at < origin ? (this.count - 1 - (Math.floor(high / this.width) - lowest)) >> 1 : 0;
    this.origin = (lowest - below) * this.width;
    this.packets = new Uint32Array(this.count);
    this.bytes = new Float64Array(this.count);
    this.resent = new Uint32Array(this.count);
    this.first = new Uint32Array(this.count).fill(NO_PACKET);
    for (let b = 0; b < this.count; b++) {
      if (packets[b] === 0) continue;
      // The middle of the bin: at its edge rounding could choose the neighbour.
      const bin = this.binAt(origin + (b + 0.5) * width);
      if (bin < 0) continue;
      this.packets[bin]! += packets[b]!;
      this.bytes[bin]! += bytes[b]!;
      this.resent[bin]! += resent[b]!;
      this.first[bin] = Math.min(this.first[bin]!, first[b]!);
    }
  }

  /** A study has ended: verdicts take the place of labels, and of older verdicts. */
  private judge(table: PacketTable, model: Judged): void {
    this.study = model.study;
    this.resent.fill(0);
    const { verdicts } = model;
    if (verdicts) for (let p = verdicts.next(0, VERDICT_RETRANSMISSION); p < this.seen; p = verdicts.next(p + 1, VERDICT_RETRANSMISSION)) if (!(model.verdict(p) & VERDICT_UNKNOWN)) this.countResent(table, p);
    // Too many streams, or read since: these go by their labels.
    for (let p = model.judgedStreams === Infinity ? model.judged : 0; p < this.seen; p++) if (table.labels(p) & RESENT_LABELS && model.verdict(p) & VERDICT_UNKNOWN) this.countResent(table, p);
  }

  private countResent(table: PacketTable, packet: PacketIndex): void {
    const block = table.block(packet);
    const i = packet & (BLOCK_ROWS - 1);
    const bin = isTimed(block, i) ? this.binAt(block.time[i]!) : -1;
    if (bin >= 0) this.resent[bin]!++;
  }
}

/** The least of 1, 2, 5, 10, 20 ... that is not below `least`. */
export function roundStep(least: number): number {
  for (let power = 1; ; power *= 10) for (const digit of [1, 2, 5]) if (digit * power >= least) return digit * power;
}
