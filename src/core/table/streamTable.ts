import type { SegmentAnalysis } from '../analysis/segmentAnalysis';
import { NO_PACKET, NO_STREAM, UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import { ACK, FIN, FAMILY_NONE, RST, SYN, type Segment } from '../decode/segment';
import { serverLooksLike } from '../stream/direction';

/** Bits of `StreamRow.seen`. */
export const SEEN_SYN = 0x01;
export const SEEN_SYN_ACK = 0x02;
/** A segment of the client with ACK after the SYN/ACK: the handshake is complete as far as the capture shows. */
export const SEEN_HANDSHAKE_ACK = 0x04;
export const SEEN_FIN_A = 0x08;
export const SEEN_FIN_B = 0x10;
export const SEEN_RST_A = 0x20;
export const SEEN_RST_B = 0x40;
export const SEEN_DATA = 0x80;

/** Who is the client, and how we know. */
export type ClientBy = 'syn' | 'port' | 'first';

/** One TCP connection. Filled while indexing; read by everyone else. Index `0` of pairs is endpoint A, the sender of the first segment. */
export class StreamRow {
  family = FAMILY_NONE;
  /** Addresses of A then B, four words each (IPv4 in the fourth). */
  readonly address = new Uint32Array(8);
  readonly port: [number, number] = [0, 0];
  firstPacket: PacketIndex = NO_PACKET;
  lastPacket: PacketIndex = NO_PACKET;
  startTime: Nanoseconds = 0;
  endTime: Nanoseconds = 0;
  /** Segments, payload bytes and bytes on the wire by direction. */
  readonly packets: [number, number] = [0, 0];
  readonly payload: [number, number] = [0, 0];
  readonly wire: [number, number] = [0, 0];
  /** tcp.analysis.initial_rtt once known, else NaN; and the packet that set it. */
  initialRtt: Nanoseconds = NaN;
  initialRttPacket: PacketIndex = NO_PACKET;
  /** SEEN_* bits. */
  seen = 0;
  /** OR of all labels in the stream. */
  labels = 0;
  /** Segments labelled retransmission of any kind, by direction. */
  readonly retransmissions: [number, number] = [0, 0];
  /** Direction of the client's packets. */
  client: Direction = 0;
  clientBy: ClientBy = 'first';
  /** Raw sequence number that shows as relative 0, by direction; NaN until learned. */
  readonly base: [number, number] = [NaN, NaN];
  /** Earlier bases, for the rare stream whose SYN/ACK changed one: valid before packet `until`. */
  rebased: { readonly until: PacketIndex; readonly direction: Direction; readonly base: number }[] | null = null;

  /** Base in force at a packet, or NaN. */
  baseAt(direction: Direction, packet: PacketIndex): number {
    if (this.rebased) for (const r of this.rebased) if (r.direction === direction && packet < r.until) return r.base;
    return this.base[direction];
  }
}

/** All streams of a capture, by tcp.stream number. */
export class StreamTable {
  private readonly rows: StreamRow[] = [];

  get length(): number {
    return this.rows.length;
  }

  /** Throws RangeError for a stream that does not exist. */
  row(stream: StreamIndex): StreamRow {
    const row = this.rows[stream];
    if (!row) throw new RangeError(`no stream ${stream}`);
    return row;
  }

  /** Takes in one segment. Called once per segment in file order, quoted ones (which may only create the stream) included. */
  observe(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex, time: Nanoseconds, frameLength: number): void {
    if (analysis.stream === NO_STREAM) return;
    let row = this.rows[analysis.stream];
    if (!row) {
      row = new StreamRow();
      this.rows[analysis.stream] = row;
      row.family = segment.family;
      row.address.set([segment.src0, segment.src1, segment.src2, segment.src3, segment.dst0, segment.dst1, segment.dst2, segment.dst3]);
      row.port[0] = segment.srcPort;
      row.port[1] = segment.dstPort;
      row.startTime = row.endTime = time;
      const server = serverLooksLike(segment.srcPort, segment.dstPort);
      row.client = server === 'src' ? 1 : 0;
      row.clientBy = server === 'unknown' ? 'first' : 'port';
    }
    const d = analysis.direction;
    if (segment.quoted) return;
    if (row.firstPacket === NO_PACKET) row.firstPacket = packet;
    row.lastPacket = packet;
    if (time > row.endTime) row.endTime = time;
    row.packets[d]++;
    row.wire[d] += frameLength;
    if (segment.length !== UNKNOWN_LENGTH) row.payload[d] += segment.length;
    this.observeFlags(row, segment, d);
    row.labels |= analysis.labels;
    if (analysis.labels & 0x3800) row.retransmissions[d]++;
    if (analysis.relative) this.learnBase(row, d, analysis.seqBase, packet);
    if (analysis.ackRelative) this.learnBase(row, d ? 0 : 1, analysis.ackBase, packet);
    if (Number.isNaN(row.initialRtt) && !Number.isNaN(analysis.initialRtt)) {
      row.initialRtt = analysis.initialRtt;
      row.initialRttPacket = packet;
    }
  }

  private observeFlags(row: StreamRow, segment: Segment, d: Direction): void {
    const flags = segment.flags;
    if (flags & SYN) {
      if (row.clientBy !== 'syn') {
        row.client = flags & ACK ? (d ? 0 : 1) : d;
        row.clientBy = 'syn';
      }
      row.seen |= flags & ACK ? SEEN_SYN_ACK : SEEN_SYN;
    } else if (flags & ACK && !(flags & RST) && row.seen & SEEN_SYN_ACK && d === row.client) row.seen |= SEEN_HANDSHAKE_ACK;
    if (flags & FIN) row.seen |= d ? SEEN_FIN_B : SEEN_FIN_A;
    if (flags & RST) row.seen |= d ? SEEN_RST_B : SEEN_RST_A;
    if (segment.length > 0 && segment.length !== UNKNOWN_LENGTH) row.seen |= SEEN_DATA;
  }

  private learnBase(row: StreamRow, direction: Direction, base: number, packet: PacketIndex): void {
    const old = row.base[direction];
    if (old === base) return;
    if (!Number.isNaN(old)) (row.rebased ??= []).push({ until: packet, direction, base: old });
    row.base[direction] = base;
  }
}
