import { LABEL_FAST_RETRANSMISSION, LABEL_RETRANSMISSION, LABEL_SPURIOUS_RETRANSMISSION } from '../analysis/segmentAnalysis';
import { VERDICT_DUPLICATE_CAPTURE, VERDICT_DUPLICATE_NETWORK, VERDICT_LOST, VERDICT_RETRANSMISSION, VERDICT_UNKNOWN } from '../analysis/segmentVerdict';
import { NO_PACKET, UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, DERIVED_SEQ, FIN, KNOWN_ACK, KNOWN_SEQ, KNOWN_TIME, KNOWN_WINDOW, movesStates, RST, SYN } from '../decode/segment';
import { BLOCK_ROWS, headerOf, META_DIRECTION_B, META_NO_TIME, type PacketTable } from '../table/packetTable';
import { EndpointStates } from './endpointStates';
import { SentRanges } from './sentRanges';

/** Bits of StreamReplay.marks; pairs are of endpoint A, then B. */
export const REPLAY_OBSERVED_A = 0x01;
export const REPLAY_OBSERVED_B = 0x02;
export const REPLAY_ILLEGAL = 0x04;
export const REPLAY_CLOSED_A = 0x08;
export const REPLAY_CLOSED_B = 0x10;
/** Lost, by our verdict; until there is one: sent again later by what Wireshark does not call a needless retransmission. */
export const REPLAY_LOST = 0x20;

const RESENT = LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION | LABEL_SPURIOUS_RETRANSMISSION;
const COPY = VERDICT_DUPLICATE_CAPTURE | VERDICT_DUPLICATE_NETWORK;

/** Changes of state that are kept: a made-up stream can change with every segment. */
const MOST_KEPT_CHANGES = 200_000;

/** States passed by one end on one segment. */
export interface ReplayedChange {
  readonly rank: number;
  readonly end: Direction;
  readonly path: readonly number[];
  readonly observed: boolean;
}

/**
 * What can be told of a stream only from its beginning on, per segment (by rank): states of both ends, closed windows,
 * which segments repeat which. Replayed over the table's columns when a stream is looked at, and extended while it grows:
 * 18 bytes a segment, about 0.2 s for a million.
 */
export class StreamReplay {
  length = 0;
  /** Capture time, never running backwards: a segment without a time, or before the one above it, takes that one's. */
  place = new Float64Array(0);
  /** States after the segment: endpoint A in the low four bits, B in the high four. */
  states = new Uint8Array(0);
  marks = new Uint8Array(0);
  /** Rank of the sending before and after of the same bytes, or NO_PACKET. */
  sentBefore = new Uint32Array(0);
  sentAgain = new Uint32Array(0);
  readonly changes: ReplayedChange[] = [];
  private readonly machine = new EndpointStates();
  private readonly sent = [new SentRanges(), new SentRanges()] as const;
  private observed = 0;
  private closed = 0;

  /** `verdictOf`: VERDICT_* bits of a packet, or VERDICT_UNKNOWN. `selfConnected`: both ends are one socket. */
  constructor(
    private readonly table: PacketTable,
    private readonly verdictOf: (packet: PacketIndex) => number,
    selfConnected: boolean,
  ) {
    if (selfConnected) this.machine.join();
  }

  /** Takes in the segments of `list` (the stream's packets in file order) that are new. */
  extend(list: Uint32Array): void {
    if (list.length === this.length) return;
    this.grow(list.length);
    for (let rank = this.length; rank < list.length; rank++) this.take(rank, list[rank]!);
    this.length = list.length;
  }

  /** Changes on one segment, at most one for each end. */
  changesAt(rank: number): readonly ReplayedChange[] {
    const at = this.firstChange(rank);
    const found: ReplayedChange[] = [];
    for (let i = at; i < this.changes.length && this.changes[i]!.rank === rank; i++) found.push(this.changes[i]!);
    return found;
  }

  /** Place in `changes` of the first at or after a rank. */
  firstChange(rank: number): number {
    let low = 0;
    for (let high = this.changes.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if (this.changes[middle]!.rank < rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private grow(size: number): void {
    const copy = <T extends Float64Array | Uint8Array | Uint32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.place = copy(this.place, new Float64Array(size));
    this.states = copy(this.states, new Uint8Array(size));
    this.marks = copy(this.marks, new Uint8Array(size));
    this.sentBefore = copy(this.sentBefore, new Uint32Array(size));
    this.sentAgain = copy(this.sentAgain, new Uint32Array(size));
  }

  private take(rank: number, packet: PacketIndex): void {
    const block = this.table.block(packet);
    const i = packet & (BLOCK_ROWS - 1);
    const meta = block.meta[i]!;
    const known = block.known?.[i] ?? 0xffff;
    const direction = (meta & META_DIRECTION_B) as Direction;
    const before: Nanoseconds = rank > 0 ? this.place[rank - 1]! : -Infinity;
    const time = meta & META_NO_TIME || !(known & KNOWN_TIME) ? -Infinity : block.time[i]!;
    const place = Math.max(time, before);
    this.place[rank] = place === -Infinity ? 0 : place;
    this.sentBefore[rank] = this.sentAgain[rank] = NO_PACKET;
    const header = headerOf(meta);
    const readable = movesStates(header, known);
    const verdict = this.verdictOf(packet);
    let illegal = false;
    // A copy that the network or the capture made moves nothing.
    if (verdict & COPY) this.machine.pass();
    else if (readable) {
      const flags = block.flags[i]! & (known & KNOWN_ACK ? ~0 : ~ACK);
      const length = block.length[i] === UNKNOWN_LENGTH ? 0 : block.length[i]!;
      const seq = block.seq[i]!;
      // A text may show no sequence number at all: only what flags alone tell can be used then.
      if (known & (KNOWN_SEQ | DERIVED_SEQ)) {
        illegal = this.move(rank, direction, flags, seq, block.ack[i]!, length);
        this.repeat(rank, direction, seq, length + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0), block.labels[i]!, verdict);
      }
      const bit = direction ? REPLAY_CLOSED_B : REPLAY_CLOSED_A;
      if (flags & RST) this.closed = 0;
      // Of a window that is not shown nothing is known: it may have opened.
      else if (!(flags & SYN)) this.closed = known & KNOWN_WINDOW && block.window[i] === 0 ? this.closed | bit : this.closed & ~bit;
    }
    this.states[rank] = this.machine.state(0) | (this.machine.state(1) << 4);
    this.marks[rank] = this.observed | this.closed | (illegal ? REPLAY_ILLEGAL : 0) | (verdict & VERDICT_LOST ? REPLAY_LOST : 0);
  }

  private move(rank: number, direction: Direction, flags: number, seq: number, ack: number, length: number): boolean {
    this.machine.observe({ flags, seq, ack, length }, direction);
    for (const end of [0, 1] as const) {
      const change = this.machine.change(end);
      const bit = end ? REPLAY_OBSERVED_B : REPLAY_OBSERVED_A;
      if (change.path.length > 1) {
        this.observed = change.observed ? this.observed | bit : this.observed & ~bit;
        if (this.changes.length < MOST_KEPT_CHANGES) this.changes.push({ rank, end, path: change.path.slice(), observed: change.observed });
      } else if (change.observed) this.observed |= bit;
    }
    return this.machine.change(direction).illegal;
  }

  private repeat(rank: number, direction: Direction, seq: number, span: number, labels: number, verdict: number): void {
    if (span === 0) return;
    const sent = this.sent[direction];
    if (!(verdict & VERDICT_UNKNOWN ? labels & RESENT : verdict & VERDICT_RETRANSMISSION)) {
      sent.add(seq, span, rank);
      return;
    }
    const earlier = sent.repeat(seq, span, rank);
    if (earlier < 0) return;
    this.sentBefore[rank] = earlier;
    this.sentAgain[earlier] = rank;
    if (verdict & VERDICT_UNKNOWN && labels & (LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION)) this.marks[earlier]! |= REPLAY_LOST;
  }
}
