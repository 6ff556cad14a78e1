import { NO_PACKET, NO_STREAM, type Direction, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';

/**
 * Wireshark's labels (`tcp.analysis.*`) as bits of a u16 column, in the order in which Wireshark's Info column prints them.
 * Meaning: RFC-independent heuristics of tshark 4.0, one pass.
 */
export const LABEL_ZERO_WINDOW_PROBE_ACK = 0x0001;
export const LABEL_ZERO_WINDOW = 0x0002;
export const LABEL_ZERO_WINDOW_PROBE = 0x0004;
export const LABEL_DUPLICATE_ACK = 0x0008;
export const LABEL_KEEP_ALIVE_ACK = 0x0010;
export const LABEL_KEEP_ALIVE = 0x0020;
export const LABEL_WINDOW_FULL = 0x0040;
export const LABEL_WINDOW_UPDATE = 0x0080;
export const LABEL_ACK_LOST_SEGMENT = 0x0100;
export const LABEL_LOST_SEGMENT = 0x0200;
export const LABEL_OUT_OF_ORDER = 0x0400;
export const LABEL_SPURIOUS_RETRANSMISSION = 0x0800;
export const LABEL_FAST_RETRANSMISSION = 0x1000;
export const LABEL_RETRANSMISSION = 0x2000;
export const LABEL_REUSED_PORTS = 0x4000;

/** `scale` when the shift was not seen / is known to be unused (tcp.window_size_scalefactor -1 and -2). */
export const SCALE_UNKNOWN = -1;
export const SCALE_UNUSED = -2;

/**
 * What the tracker says of one segment. One mutable object, reused: the caller copies it into columns.
 * tcp.analysis.retransmission is LABEL_RETRANSMISSION | FAST | SPURIOUS (the field is set for all three).
 * Doubles start as NaN: V8 then keeps one shape, and the code compiled for it, from the first segment on.
 */
export class SegmentAnalysis {
  stream: StreamIndex = NO_STREAM;
  direction: Direction = 0;
  /** This packet created the stream. */
  newStream = false;
  /** With `newStream`: the older stream between the same ports, or NO_STREAM. */
  replaces: StreamIndex = NO_STREAM;
  /** tcp.seq and tcp.ack are relative (`seqBase`, `ackBase` are set); otherwise they carry the raw values. */
  relative = false;
  /** Raw number that counts as relative 0, of the sender and of its peer. */
  seqBase = NaN;
  ackBase = NaN;
  /** The base of the peer is known (tcp.ack is relative). */
  ackRelative = false;
  /** Shift in force for this packet: >= 0, SCALE_UNKNOWN, SCALE_UNUSED. On a SYN tcp.window_size_scalefactor is absent. */
  scale = SCALE_UNKNOWN;
  /** tcp.completeness as printed on this packet: its value before the packet counts. */
  completeness = 0;
  /** Time of the previous TCP header of the stream (a quoted one counts), or NaN for the first. */
  previousTime: Nanoseconds = NaN;
  /** Time of the frame that created the stream. */
  streamTime: Nanoseconds = NaN;
  /** What rounding took from the two, where they are more than 104 days from the base (farTime.ts). */
  previousTimeRest = 0;
  streamTimeRest = 0;
  /** Previous row of the same stream, or NO_PACKET. */
  previousPacket: PacketIndex = NO_PACKET;

  /** tcp.analysis exists for this packet: only then are the figures below printed. */
  hasRecord = false;
  /** LABEL_* bits. */
  labels = 0;
  duplicateAckNumber = 0;
  duplicateAckPacket: PacketIndex = NO_PACKET;
  /** tcp.analysis.acks_frame; ack_rtt = time - time of that packet (not printed when 0). */
  acksPacket: PacketIndex = NO_PACKET;
  ackRtt: Nanoseconds = NaN;
  /** tcp.analysis.rto_frame and rto; NO_PACKET / 0 when absent. */
  rtoPacket: PacketIndex = NO_PACKET;
  rto: Nanoseconds = NaN;
  /** tcp.analysis.initial_rtt as known on this packet (may be negative); NaN when not yet known. */
  initialRtt: Nanoseconds = NaN;
  /** 0: absent. */
  bytesInFlight = 0;
  pushBytes = 0;
}
