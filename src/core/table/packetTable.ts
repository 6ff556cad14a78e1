import { timeBetween, type SplitTime } from '../bytes/farTime';
import { NO_PACKET, type Direction, type FileOffset, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import { SackColumn } from './sackColumn';
import { SparseColumn } from './sparseColumn';

export const BLOCK_SHIFT = 15;
export const BLOCK_ROWS = 1 << BLOCK_SHIFT;
const MASK = BLOCK_ROWS - 1;

/** Bits of the `meta` column. */
export const META_DIRECTION_B = 0x0001; // sent by endpoint B of its stream
export const META_TCP = 0x0002; // the row is a TCP segment
export const META_RELATIVE_SEQ = 0x0004; // tcp.seq is relative
export const META_RELATIVE_ACK = 0x0008; // tcp.ack is relative
export const META_RECORD = 0x0010; // tcp.analysis exists
export const META_REASSEMBLED = 0x0020; // the TCP header lies in a reassembled datagram
export const META_FRAGMENT = 0x0040; // an IP fragment that is no whole datagram yet
export const META_OPTIONS_BAD = 0x0080; // a malformed option
export const META_NO_TIME = 0x0100; // the record carries no timestamp
export const META_NOT_A_PACKET = 0x0200; // a pcapng block that tshark numbers as a frame
export const META_MALFORMED = 0x0400; // the frame could not be decoded to the end
export const META_LENGTH_FROM_FRAME = 0x0800; // IP length 0 or beyond the frame: length bounded by the frame
export const META_HEADER_SHIFT = 12; // 3 bits: HEADER_* of segment.ts
export const META_MORE_HEADERS = 0x8000; // IP or TCP headers beside those of the row: tunnel, ICMP quote, several packets in one frame

const HEADER_MASK = 7;

/** HEADER_* out of a row's `meta`, 0 when the row is no TCP segment. */
export function headerOf(meta: number): number {
  return (meta >>> META_HEADER_SHIFT) & HEADER_MASK;
}

/** In the column `tcpOffset`: the offset has more than 16 bits and stands in `PacketTable.farTcpOffset`. */
const FAR_OFFSET = 0xffff;

/** Columns of BLOCK_ROWS packets. Dense ones cost 58 bytes a packet; the nullable ones exist once a row needs them. */
export class PacketBlock {
  /** Where the record starts in the file. */
  readonly offset = new Float64Array(BLOCK_ROWS);
  /** Nanoseconds since the capture's time base. */
  readonly time = new Float64Array(BLOCK_ROWS);
  readonly capturedLength = new Uint32Array(BLOCK_ROWS);
  readonly originalLength = new Uint32Array(BLOCK_ROWS);
  /** NO_STREAM when the row is no TCP segment. */
  readonly stream = new Uint32Array(BLOCK_ROWS);
  /** Previous row of the same stream, or NO_PACKET. */
  readonly previous = new Uint32Array(BLOCK_ROWS);
  readonly seq = new Uint32Array(BLOCK_ROWS);
  readonly ack = new Uint32Array(BLOCK_ROWS);
  /** tcp.len, UNKNOWN_LENGTH when unknown. */
  readonly length = new Uint32Array(BLOCK_ROWS);
  readonly window = new Uint16Array(BLOCK_ROWS);
  readonly flags = new Uint16Array(BLOCK_ROWS);
  readonly labels = new Uint16Array(BLOCK_ROWS);
  readonly meta = new Uint16Array(BLOCK_ROWS);
  /** Offset of the TCP header in the record (or in the reassembled datagram); at most FAR_OFFSET. */
  readonly tcpOffset = new Uint16Array(BLOCK_ROWS);
  readonly headerLength = new Uint8Array(BLOCK_ROWS);
  /** Window shift in force: >= 0, -1 unknown, -2 unused. */
  readonly scale = new Int8Array(BLOCK_ROWS);
  readonly completeness = new Uint8Array(BLOCK_ROWS);
  /** PROTOCOL_* of the highest layer that the hot pass met (otherTraffic.ts). */
  readonly protocol = new Uint8Array(BLOCK_ROWS);

  interfaceIndex: Uint16Array | null = null;
  /** What rounding took from `time`, where it is more than 104 days from the base. */
  timeRest: Int16Array | null = null;
  /** KNOWN_* bits (text captures). */
  known: Uint16Array | null = null;
  bytesInFlight: Uint32Array | null = null;
  pushBytes: Uint32Array | null = null;
  acksPacket: Uint32Array | null = null;
}

/**
 * All packets of a capture: struct of arrays in append-only blocks, one row per frame (tcp or not) in file order.
 * Readers use the accessors; only the engine's indexing loop writes, through `append`.
 */
export class PacketTable {
  private readonly blocks: (PacketBlock | null)[] = [];
  private rows = 0;
  /** Rare figures. */
  readonly urgentPointer = new SparseColumn();
  readonly duplicateAckNumber = new SparseColumn();
  readonly duplicateAckPacket = new SparseColumn();
  readonly rtoPacket = new SparseColumn();
  /** Stream of a TCP header beside the row's own: the one that an ICMP error quotes, or that wraps the row's. */
  readonly otherStream = new SparseColumn();
  /** Time of the previous TCP header of the stream where that is not the previous row (quoted in an ICMP error). */
  readonly previousTime = new SparseColumn();
  private readonly previousTimeRest = new SparseColumn();
  /** Offsets of TCP headers behind 64 KiB of other headers: in a large datagram, or behind a capture's own long header. */
  readonly farTcpOffset = new SparseColumn();
  /** LABEL_* bits that a text carries itself, where they are others than `labels`. */
  readonly textLabels = new SparseColumn();
  /** SACK blocks as sent. */
  readonly sacks = new SackColumn();
  /** Row -> its fragments' rows, for datagrams that were reassembled (the completing row is included, in arrival order). */
  readonly fragments = new Map<PacketIndex, readonly PacketIndex[]>();

  /** No row is earlier than one before it. */
  timesAscend = true;

  /** Rows so far; rows are never changed once appended. */
  get length(): number {
    return this.rows;
  }

  /** Starts a new row and returns its block; the caller fills the columns at `index & (BLOCK_ROWS - 1)`. */
  append(): PacketBlock {
    const b = this.rows >>> BLOCK_SHIFT;
    let block = this.blocks[b];
    if (!block) {
      block = new PacketBlock();
      this.blocks[b] = block;
    }
    this.rows++;
    return block;
  }

  /** The block that holds a row. Throws RangeError for a row that is not (or no longer) there: a programming error. */
  block(packet: PacketIndex): PacketBlock {
    const block = packet < this.rows ? this.blocks[packet >>> BLOCK_SHIFT] : null;
    if (!block) throw new RangeError(`no packet row ${packet}`);
    return block;
  }

  /** Frees whole blocks below `packet`: a reader that streams through a capture keeps its memory flat. */
  dropBefore(packet: PacketIndex): void {
    for (let b = 0; b < packet >>> BLOCK_SHIFT; b++) this.blocks[b] = null;
    for (const column of [this.urgentPointer, this.duplicateAckNumber, this.duplicateAckPacket, this.rtoPacket, this.previousTime, this.previousTimeRest, this.otherStream, this.farTcpOffset, this.textLabels]) column.dropBefore(packet);
    for (const key of this.fragments.keys()) if (key < packet) this.fragments.delete(key);
  }

  offset(p: PacketIndex): FileOffset {
    return this.block(p).offset[p & MASK]!;
  }
  time(p: PacketIndex): Nanoseconds {
    return this.block(p).time[p & MASK]!;
  }
  timeRest(p: PacketIndex): number {
    return this.block(p).timeRest?.[p & MASK] ?? 0;
  }
  /** Nanoseconds from one packet to another. */
  timeBetween(from: PacketIndex, to: PacketIndex): SplitTime {
    return timeBetween(this.time(from), this.timeRest(from), this.time(to), this.timeRest(to));
  }
  /** Nanoseconds since the previous TCP header of the row's stream; null without one. */
  sincePrevious(p: PacketIndex): SplitTime | null {
    const noted = this.previousTime.get(p, NaN);
    if (!Number.isNaN(noted)) return timeBetween(noted, this.previousTimeRest.get(p, 0), this.time(p), this.timeRest(p));
    const previous = this.previous(p);
    return previous === NO_PACKET ? null : this.timeBetween(previous, p);
  }
  /** For the row that was appended last: the previous TCP header of its stream was quoted in an ICMP error. */
  notePreviousTime(p: PacketIndex, time: Nanoseconds, rest: number): void {
    this.previousTime.append(p, time);
    if (rest !== 0) this.previousTimeRest.append(p, rest);
  }
  capturedLength(p: PacketIndex): number {
    return this.block(p).capturedLength[p & MASK]!;
  }
  originalLength(p: PacketIndex): number {
    return this.block(p).originalLength[p & MASK]!;
  }
  stream(p: PacketIndex): StreamIndex {
    return this.block(p).stream[p & MASK]!;
  }
  previous(p: PacketIndex): PacketIndex {
    return this.block(p).previous[p & MASK]!;
  }
  direction(p: PacketIndex): Direction {
    return (this.block(p).meta[p & MASK]! & META_DIRECTION_B) as Direction;
  }
  meta(p: PacketIndex): number {
    return this.block(p).meta[p & MASK]!;
  }
  isTcp(p: PacketIndex): boolean {
    return (this.block(p).meta[p & MASK]! & META_TCP) !== 0;
  }
  /** HEADER_* of segment.ts, 0 when the row is no TCP segment. */
  header(p: PacketIndex): number {
    return headerOf(this.block(p).meta[p & MASK]!);
  }
  seq(p: PacketIndex): number {
    return this.block(p).seq[p & MASK]!;
  }
  ack(p: PacketIndex): number {
    return this.block(p).ack[p & MASK]!;
  }
  /** tcp.len in bytes, or UNKNOWN_LENGTH. */
  payloadLength(p: PacketIndex): number {
    return this.block(p).length[p & MASK]!;
  }
  window(p: PacketIndex): number {
    return this.block(p).window[p & MASK]!;
  }
  flags(p: PacketIndex): number {
    return this.block(p).flags[p & MASK]!;
  }
  labels(p: PacketIndex): number {
    return this.block(p).labels[p & MASK]!;
  }
  tcpOffset(p: PacketIndex): number {
    const offset = this.block(p).tcpOffset[p & MASK]!;
    return offset < FAR_OFFSET ? offset : this.farTcpOffset.get(p, offset);
  }
  /** For the row that was appended last: writes the offset of its TCP header. */
  setTcpOffset(block: PacketBlock, i: number, p: PacketIndex, offset: number): void {
    block.tcpOffset[i] = offset < FAR_OFFSET ? offset : FAR_OFFSET;
    if (offset >= FAR_OFFSET) this.farTcpOffset.append(p, offset);
  }
  headerLength(p: PacketIndex): number {
    return this.block(p).headerLength[p & MASK]!;
  }
  scale(p: PacketIndex): number {
    return this.block(p).scale[p & MASK]!;
  }
  completeness(p: PacketIndex): number {
    return this.block(p).completeness[p & MASK]!;
  }
  protocol(p: PacketIndex): number {
    return this.block(p).protocol[p & MASK]!;
  }
  interfaceIndex(p: PacketIndex): number {
    return this.block(p).interfaceIndex?.[p & MASK] ?? 0;
  }
  /** KNOWN_* bits; all set for a binary capture. */
  known(p: PacketIndex): number {
    return this.block(p).known?.[p & MASK] ?? 0xffff;
  }
  /** The row was read from words; a hex dump in a text is bytes. */
  isText(p: PacketIndex): boolean {
    return this.known(p) !== 0xffff;
  }
  bytesInFlight(p: PacketIndex): number {
    return this.block(p).bytesInFlight?.[p & MASK] ?? 0;
  }
  pushBytes(p: PacketIndex): number {
    return this.block(p).pushBytes?.[p & MASK] ?? 0;
  }
  /** Row of tcp.analysis.acks_frame, or NO_PACKET. */
  acksPacket(p: PacketIndex): PacketIndex {
    const column = this.block(p).acksPacket;
    return column ? column[p & MASK]! : NO_PACKET;
  }
}

