import { LABEL_DUPLICATE_ACK } from '../analysis/segmentAnalysis';
import { seqAdd, seqAfter, seqNotAfter } from '../bytes/seq';
import { NO_PACKET, UNKNOWN_LENGTH, type PacketIndex } from '../bytes/units';
import { ACK, DERIVED_SEQ, FIN, HEADER_BASIC, HEADER_BOGUS, KNOWN_ACK, KNOWN_SEQ, SYN } from '../decode/segment';
import type { PacketTable } from '../table/packetTable';
import type { CaptureModel } from './captureModel';
import { lowerBound } from './streamPackets';

/** How many packets of a stream a search looks at: enough for any window, and a person waits for the answer. */
const FARTHEST = 20_000;
/** Most packets that one answer names. */
const MOST = 1000;

/** What a segment uses up of the sequence space: [start, end); null when the capture does not show it. */
export interface SequenceRange {
  readonly start: number;
  readonly end: number;
}

export function hasSequence(table: PacketTable, packet: PacketIndex): boolean {
  return table.header(packet) >= HEADER_BASIC && (table.known(packet) & (KNOWN_SEQ | DERIVED_SEQ)) !== 0;
}

/** The acknowledgment number of a packet means something. */
export function hasAcknowledgment(table: PacketTable, packet: PacketIndex): boolean {
  const header = table.header(packet);
  return header >= HEADER_BASIC && header !== HEADER_BOGUS && (table.flags(packet) & ACK) !== 0 && (table.known(packet) & KNOWN_ACK) !== 0;
}

export function sequenceRange(table: PacketTable, packet: PacketIndex): SequenceRange | null {
  if (!table.isTcp(packet) || !hasSequence(table, packet)) return null;
  const length = table.payloadLength(packet);
  if (length === UNKNOWN_LENGTH) return null;
  const flags = table.flags(packet);
  const start = table.seq(packet);
  return { start, end: seqAdd(start, length + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0)) };
}

/** The packets of a packet's stream, and its rank among them. */
function surroundings(model: CaptureModel, packet: PacketIndex): { readonly list: Uint32Array; readonly rank: number } {
  const list = model.streamPackets.of(model.packets.stream(packet));
  return { list, rank: lowerBound(list, packet) };
}

/** Packets before one, nearest first; sent by its peer when `peer`, else by its own side. */
function* before(model: CaptureModel, packet: PacketIndex, peer: boolean): Generator<PacketIndex> {
  const table = model.packets;
  const { list, rank } = surroundings(model, packet);
  const direction = table.direction(packet);
  for (let r = rank - 1; r >= 0 && rank - r <= FARTHEST; r--) if ((table.direction(list[r]!) !== direction) === peer) yield list[r]!;
}

function* after(model: CaptureModel, packet: PacketIndex, peer: boolean): Generator<PacketIndex> {
  const table = model.packets;
  const { list, rank } = surroundings(model, packet);
  const direction = table.direction(packet);
  for (let r = rank + 1; r < list.length && r - rank <= FARTHEST; r++) if ((table.direction(list[r]!) !== direction) === peer) yield list[r]!;
}

/** The segment that a packet's acknowledgment number answers: the last one sent that ends there, else the one that holds the byte before it. */
export function acknowledgedSegment(model: CaptureModel, packet: PacketIndex): PacketIndex | null {
  const table = model.packets;
  if (!table.isTcp(packet) || !hasAcknowledgment(table, packet)) return null;
  const exact = table.acksPacket(packet);
  if (exact !== NO_PACKET) return exact;
  const ack = table.ack(packet);
  let holder: PacketIndex | null = null;
  for (const p of before(model, packet, true)) {
    const range = sequenceRange(table, p);
    if (!range || range.start === range.end) continue;
    if (range.end === ack) return p;
    if (holder === null && seqAfter(ack, range.start) && seqAfter(range.end, ack)) holder = p;
  }
  return holder;
}

/** All segments that a packet is the first to acknowledge as a whole, oldest first. */
export function newlyAcknowledged(model: CaptureModel, packet: PacketIndex): readonly PacketIndex[] {
  const table = model.packets;
  if (!table.isTcp(packet) || !hasAcknowledgment(table, packet)) return [];
  const ack = table.ack(packet);
  let earlier: number | null = null;
  for (const p of before(model, packet, false)) {
    if (hasAcknowledgment(table, p) && seqNotAfter(table.ack(p), ack)) {
      earlier = table.ack(p);
      break;
    }
  }
  if (earlier === ack) return [];
  const found: PacketIndex[] = [];
  for (const p of before(model, packet, true)) {
    const range = sequenceRange(table, p);
    if (!range || range.start === range.end || !seqNotAfter(range.end, ack)) continue;
    if (earlier !== null && seqNotAfter(range.end, earlier)) break;
    found.push(p);
    if (found.length >= MOST) break;
  }
  return found.reverse();
}

/** Other segments of the same side that carry at least one of the same bytes (or the same SYN or FIN), in file order. */
export function otherCopies(model: CaptureModel, packet: PacketIndex): readonly PacketIndex[] {
  const table = model.packets;
  const range = sequenceRange(table, packet);
  if (!range || range.start === range.end) return [];
  const overlaps = (p: PacketIndex): boolean => {
    const other = sequenceRange(table, p);
    return other !== null && other.start !== other.end && seqAfter(other.end, range.start) && seqAfter(range.end, other.start);
  };
  const earlier = [...before(model, packet, false)].filter(overlaps).slice(0, MOST).reverse();
  const later = [...after(model, packet, false)].filter(overlaps).slice(0, MOST);
  return [...earlier, ...later];
}

/** The first transmission of what a packet carries, or null when that is the packet itself or is not in the capture. */
export function originalOf(model: CaptureModel, packet: PacketIndex): PacketIndex | null {
  const table = model.packets;
  const range = sequenceRange(table, packet);
  if (!range || range.start === range.end) return null;
  let first: PacketIndex | null = null;
  for (const p of before(model, packet, false)) {
    const other = sequenceRange(table, p);
    if (other && other.start !== other.end && seqNotAfter(other.start, range.start) && seqAfter(other.end, range.start)) first = p;
  }
  return first;
}

/** Who acknowledged a segment: partial acknowledgments, the first that covers it whole, and the duplicates of that one. */
export function acknowledgers(model: CaptureModel, packet: PacketIndex): readonly PacketIndex[] {
  const table = model.packets;
  const range = sequenceRange(table, packet);
  if (!range || range.start === range.end) return [];
  const found: PacketIndex[] = [];
  let whole: PacketIndex | null = null;
  for (const p of after(model, packet, true)) {
    if (!hasAcknowledgment(table, p)) continue;
    const ack = table.ack(p);
    if (whole === null) {
      if (!seqAfter(ack, range.start)) continue;
      found.push(p);
      if (seqNotAfter(range.end, ack)) whole = p;
    } else if (table.labels(p) & LABEL_DUPLICATE_ACK && table.duplicateAckPacket.get(p, NO_PACKET) === whole) found.push(p);
    else if (ack !== table.ack(whole)) break;
    if (found.length >= MOST) break;
  }
  return found;
}

/** The first packet of the other side, before this one, that acknowledges all of it: what it carries was sent before. */
export function acknowledgedBefore(model: CaptureModel, packet: PacketIndex): PacketIndex | null {
  const table = model.packets;
  const range = sequenceRange(table, packet);
  if (!range || range.start === range.end) return null;
  let first: PacketIndex | null = null;
  for (const p of before(model, packet, true)) {
    if (!hasAcknowledgment(table, p)) continue;
    if (seqAfter(range.end, table.ack(p))) break;
    first = p;
  }
  return first;
}

/** The SYN of the other side nearest before a packet (`peer`), or its own side's. */
export function synBefore(model: CaptureModel, packet: PacketIndex, peer: boolean): PacketIndex | null {
  const table = model.packets;
  if (!table.isTcp(packet)) return null;
  for (const p of before(model, packet, peer)) if (table.flags(p) & SYN && table.header(p) >= HEADER_BASIC) return p;
  return null;
}

/** Segments of the other side, sent before a packet, that lie inside [left, right). */
export function segmentsWithin(model: CaptureModel, packet: PacketIndex, left: number, right: number): readonly PacketIndex[] {
  const found: PacketIndex[] = [];
  for (const p of before(model, packet, true)) {
    const range = sequenceRange(model.packets, p);
    if (range && range.start !== range.end && seqNotAfter(left, range.start) && seqNotAfter(range.end, right)) found.push(p);
    if (found.length >= MOST) break;
  }
  return found.reverse();
}
