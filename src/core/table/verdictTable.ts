import { NO_PACKET, type PacketIndex } from '../bytes/units';

const PAGE_SHIFT = 12;
const PAGE_ROWS = 1 << PAGE_SHIFT;
/** Reasons kept; a capture with more verdicts than this keeps the verdicts and forgets why. */
const MOST_REASONS = 1 << 20;

/** Why one verdict was given: what verdictEvidence.ts makes a sentence of. */
export interface VerdictReason {
  readonly packet: PacketIndex;
  /** The VERDICT_* bit. */
  readonly bit: number;
  /** WHY_* of verdictReasons.ts. */
  readonly why: number;
  /** The other packet that it is about (the original, the copy, the segment that ran ahead), or NO_PACKET. */
  readonly other: PacketIndex;
  /** The packet that proves it (an acknowledgment), or NO_PACKET. */
  readonly proof: PacketIndex;
  /** What was measured and what it was held against, in the unit that `why` says; NaN when there is none. */
  readonly measured: number;
  readonly limit: number;
}

/** What takes in verdicts as they become known; bits may come for earlier packets. */
export interface VerdictSink {
  add(packet: PacketIndex, bit: number, why: number, other: PacketIndex, proof: PacketIndex, measured: number, limit: number): void;
}

/** Our own verdicts (VERDICT_* bits) by packet, and why each was given. At most one byte a packet, and only in pages that have any. */
export class VerdictTable implements VerdictSink {
  private readonly pages: (Uint8Array | undefined)[] = [];
  private readonly reasons = new ReasonColumns();
  /** Packets with any verdict. */
  count = 0;

  /** VERDICT_* bits of a packet. */
  get(packet: PacketIndex): number {
    return this.pages[packet >>> PAGE_SHIFT]?.[packet & (PAGE_ROWS - 1)] ?? 0;
  }

  add(packet: PacketIndex, bit: number, why: number, other: PacketIndex, proof: PacketIndex, measured: number, limit: number): void {
    if (packet === NO_PACKET) return;
    const page = (this.pages[packet >>> PAGE_SHIFT] ??= new Uint8Array(PAGE_ROWS));
    const i = packet & (PAGE_ROWS - 1);
    const before = page[i]!;
    if (before & bit) return;
    if (before === 0) this.count++;
    page[i] = before | bit;
    this.reasons.append(packet, bit, why, other, proof, measured, limit);
  }

  /** Why a packet has its verdicts, oldest reason first; empty when it has none or they were too many to keep. */
  reasonsOf(packet: PacketIndex): readonly VerdictReason[] {
    return this.get(packet) === 0 ? [] : this.reasons.of(packet);
  }

  /** First packet at or after `from` whose verdict has one of `bits`, or NO_PACKET. */
  next(from: PacketIndex, bits: number): PacketIndex {
    for (let p = from >>> PAGE_SHIFT; p < this.pages.length; p++) {
      const page = this.pages[p];
      if (!page) continue;
      for (let i = p === from >>> PAGE_SHIFT ? from & (PAGE_ROWS - 1) : 0; i < PAGE_ROWS; i++) if (page[i]! & bits) return (p << PAGE_SHIFT) + i;
    }
    return NO_PACKET;
  }
}

/** Reasons as columns in order of arrival, with a chain per packet. */
class ReasonColumns {
  private ids = new Uint32Array(0); // packet, other, proof, previous reason of the same packet + 1
  private codes = new Uint8Array(0); // bit, why
  private figures = new Float64Array(0); // measured, limit
  private count = 0;
  private readonly last = new Map<PacketIndex, number>();

  append(packet: PacketIndex, bit: number, why: number, other: PacketIndex, proof: PacketIndex, measured: number, limit: number): void {
    if (this.count >= MOST_REASONS) return;
    if (this.count * 2 === this.codes.length) this.grow();
    const n = this.count++;
    this.ids.set([packet, other, proof, this.last.get(packet) ?? 0], n * 4);
    this.codes[n * 2] = bit;
    this.codes[n * 2 + 1] = why;
    this.figures[n * 2] = measured;
    this.figures[n * 2 + 1] = limit;
    this.last.set(packet, n + 1);
  }

  of(packet: PacketIndex): VerdictReason[] {
    const found: VerdictReason[] = [];
    for (let n = this.last.get(packet) ?? 0; n !== 0; n = this.ids[(n - 1) * 4 + 3]!) {
      const i = n - 1;
      found.push({
        packet,
        bit: this.codes[i * 2]!,
        why: this.codes[i * 2 + 1]!,
        other: this.ids[i * 4 + 1]!,
        proof: this.ids[i * 4 + 2]!,
        measured: this.figures[i * 2]!,
        limit: this.figures[i * 2 + 1]!,
      });
    }
    return found.reverse();
  }

  private grow(): void {
    const room = Math.max(64, this.count * 2);
    const ids = new Uint32Array(room * 4);
    ids.set(this.ids);
    this.ids = ids;
    const codes = new Uint8Array(room * 2);
    codes.set(this.codes);
    this.codes = codes;
    const figures = new Float64Array(room * 2);
    figures.set(this.figures);
    this.figures = figures;
  }
}
