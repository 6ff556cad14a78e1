import {
  LABEL_ACK_LOST_SEGMENT,
  LABEL_DUPLICATE_ACK,
  LABEL_FAST_RETRANSMISSION,
  LABEL_KEEP_ALIVE,
  LABEL_KEEP_ALIVE_ACK,
  LABEL_LOST_SEGMENT,
  LABEL_OUT_OF_ORDER,
  LABEL_RETRANSMISSION,
  LABEL_REUSED_PORTS,
  LABEL_SPURIOUS_RETRANSMISSION,
  LABEL_WINDOW_FULL,
  LABEL_WINDOW_UPDATE,
  LABEL_ZERO_WINDOW,
  LABEL_ZERO_WINDOW_PROBE,
  LABEL_ZERO_WINDOW_PROBE_ACK,
} from '../analysis/segmentAnalysis';
import {
  VERDICT_DUPLICATE_CAPTURE,
  VERDICT_DUPLICATE_NETWORK,
  VERDICT_KEEP_ALIVE,
  VERDICT_LOST,
  VERDICT_OUT_OF_ORDER,
  VERDICT_RETRANSMISSION,
  VERDICT_SPURIOUS,
  VERDICT_WINDOW_PROBE,
} from '../analysis/segmentVerdict';
import { formatIpv4, formatIpv6 } from '../bytes/address';
import { escapeText } from '../bytes/escape';
import { timeBetween } from '../bytes/farTime';
import { hex, u16be } from '../bytes/read';
import { NO_PACKET, UNKNOWN_LENGTH } from '../bytes/units';
import {
  ACK,
  AE,
  CWR,
  ECE,
  FAMILY_IPV4,
  FAMILY_IPV6,
  FAMILY_NAME,
  FIN,
  HEADER_BASIC,
  HEADER_BOGUS,
  HEADER_FIXED,
  HEADER_FULL,
  KNOWN_ABSOLUTE_ACK,
  KNOWN_ABSOLUTE_SEQ,
  KNOWN_ACK,
  KNOWN_FLAGS,
  KNOWN_LENGTH,
  KNOWN_OPTIONS,
  KNOWN_SEQ,
  KNOWN_TIME,
  KNOWN_WINDOW,
  OPT_MSS,
  OPT_SACK_PERMITTED,
  OPT_TIMESTAMPS,
  OPT_WINDOW_SCALE,
  PSH,
  RST,
  SYN,
  URG,
  type Segment,
} from '../decode/segment';
import { buildDetail } from '../decode/cold';
import { protocolsOf } from '../decode/protocols';
import type { PipelineRow } from '../index/pipeline';
import { formatSeconds, formatTimestamp } from './formatTime';
import { STATE_FIELDS, type StateReplay } from './stateFields';

/** A TCP row: `segment` is there. */
export interface TcpRow extends PipelineRow {
  readonly segment: Segment;
  /** VERDICT_* bits, where a study has judged the capture before (needed by fields that `needsVerdict`). */
  readonly verdict?: number;
  /** Endpoint states, for fields that `needsStates`. */
  readonly states?: StateReplay;
}

/** One column of `tcp-trace packets`, named and printed as tshark's `-T fields` does. */
export interface PacketField {
  /** Wireshark's field name. */
  readonly name: string;
  /** One line for --help. */
  readonly doc: string;
  /** The text; the empty string when the packet does not have the field. Lists are arrays. */
  readonly value: (row: TcpRow) => string | readonly string[];
  /** Told by what comes later in the capture: `TcpRow.verdict` must be there. */
  readonly needsVerdict?: boolean;
  /** `TcpRow.states` must be there: a StateReplay that observes the same pass. */
  readonly needsStates?: boolean;
}

const NONE = '';

/** Whether the captured header bytes reach a field, by the ladder of HEADER_*. */
function reaches(s: Segment, level: number): boolean {
  return s.header === HEADER_BOGUS ? false : s.header >= level;
}

function basic(known: number, value: (row: TcpRow) => string): (row: TcpRow) => string {
  return (row) => (reaches(row.segment, HEADER_BASIC) && isKnown(row, known) ? value(row) : NONE);
}

/** Shown even with a data offset below 5. */
function early(known: number, value: (row: TcpRow) => string): (row: TcpRow) => string {
  return (row) => (row.segment.header >= HEADER_BASIC && isKnown(row, known) ? value(row) : NONE);
}

/** Only a text capture leaves fields out. */
function isKnown(row: TcpRow, known: number): boolean {
  return row.record.textSegment === null || (row.segment.known & known) === known;
}

function option(bit: number, value: (s: Segment) => number): (row: TcpRow) => string {
  return (row) => (row.segment.optionsSeen & bit && isKnown(row, KNOWN_OPTIONS) ? String(value(row.segment)) : NONE);
}

function flag(bit: number): (row: TcpRow) => string {
  return basic(KNOWN_FLAGS, (row) => (row.segment.flags & bit ? '1' : '0'));
}

function label(bits: number): (row: TcpRow) => string {
  return (row) => (reaches(row.segment, HEADER_FULL) && row.analysis.labels & bits ? '1' : NONE);
}

/** Our own verdict, all bits of which have one field. */
function verdict(name: string, doc: string, bits: number): PacketField {
  return { name, doc, value: (row) => ((row.verdict ?? 0) & bits ? '1' : NONE), needsVerdict: true };
}

/** Figures exist only on a packet that has an analysis record and whose header was captured whole. */
function figure(value: (row: TcpRow) => string): (row: TcpRow) => string {
  return (row) => (row.analysis.hasRecord && reaches(row.segment, HEADER_FULL) ? value(row) : NONE);
}

function timed(value: (row: TcpRow) => string): (row: TcpRow) => string {
  return (row) => (reaches(row.segment, HEADER_FIXED) && isKnown(row, KNOWN_TIME) ? value(row) : NONE);
}

function address(family: number, which: 'src' | 'dst'): (row: TcpRow) => string {
  return ({ segment: s }) => {
    if (s.family !== family) return NONE;
    const words: [number, number, number, number] = which === 'src' ? [s.src0, s.src1, s.src2, s.src3] : [s.dst0, s.dst1, s.dst2, s.dst3];
    return family === FAMILY_IPV4 ? formatIpv4(words[3]) : formatIpv6(...words);
  };
}

function sackEdges(which: 'sackLeft' | 'sackRight'): (row: TcpRow) => readonly string[] {
  return (row) => {
    const { segment: s, analysis: a } = row;
    const edges: string[] = [];
    const count = s.sackCount + (which === 'sackLeft' && s.sackHalf ? 1 : 0);
    for (let i = 0; i < count; i++) edges.push(String(a.ackRelative ? (s[which][i]! - a.ackBase) >>> 0 : s[which][i]!));
    return edges;
  };
}

function optionBytes(row: TcpRow): string {
  const { segment: s, record } = row;
  if (!reaches(s, HEADER_FIXED) || s.headerLength <= 20 || record.textSegment) return NONE;
  const start = (row.datagram ? 0 : record.start) + s.tcpOffset + 20;
  return hex(row.datagram ?? record.bytes, start, s.optionBytes) || '<MISSING>';
}

function headerBytes(row: TcpRow, offset: number): number {
  return u16be(row.datagram ?? row.record.bytes, (row.datagram ? 0 : row.record.start) + row.segment.tcpOffset + offset);
}

/** tcp.window_size: scaled unless on a SYN or of unknown length. */
function scaledWindow({ segment: s, analysis: a }: TcpRow): number {
  return a.scale > 0 && !(s.flags & SYN) && s.length !== UNKNOWN_LENGTH ? s.window * 2 ** a.scale : s.window;
}

/** Needs the frame's tree: the hot pass keeps no list of headers. */
function protocols({ record, datagram }: TcpRow): string {
  return record.textSegment ? NONE : protocolsOf(buildDetail(record, datagram ? { datagram } : {}), record.linkType);
}

const frameNumber = (packet: number): string => String(packet + 1);

export const PACKET_FIELDS: readonly PacketField[] = [
  { name: 'frame.number', doc: 'Number of the frame in the file, from 1', value: (row) => frameNumber(row.packet) },
  {
    name: 'frame.time_epoch',
    doc: 'Capture time, seconds since 1970-01-01 UTC',
    value: (row) => (row.record.hasTime && isKnown(row, KNOWN_TIME) ? formatTimestamp(row.record.seconds, row.record.nanos) : NONE),
  },
  {
    name: 'frame.time_relative',
    doc: 'Seconds since the first frame',
    value: (row) => (row.record.hasTime && isKnown(row, KNOWN_TIME) ? formatSeconds(row.time, row.timeRest) : NONE),
  },
  { name: 'frame.len', doc: 'Bytes of the frame on the wire', value: (row) => (row.record.textSegment ? NONE : String(row.record.originalLength)) },
  { name: 'frame.cap_len', doc: 'Bytes of the frame in the capture', value: (row) => (row.record.textSegment ? NONE : String(row.record.end - row.record.start)) },
  { name: 'frame.protocols', doc: 'Protocols of the frame, outermost first, down to TCP', value: protocols },
  { name: 'ip.src', doc: 'IPv4 source address', value: address(FAMILY_IPV4, 'src') },
  { name: 'ip.dst', doc: 'IPv4 destination address', value: address(FAMILY_IPV4, 'dst') },
  { name: 'ipv6.src', doc: 'IPv6 source address', value: address(FAMILY_IPV6, 'src') },
  { name: 'ipv6.dst', doc: 'IPv6 destination address', value: address(FAMILY_IPV6, 'dst') },
  { name: 'ip.src_host', doc: 'Source host name, where a text capture shows names', value: ({ segment: s, hostName }) => (s.family === FAMILY_NAME ? escapeText(hostName(s.src3)) : NONE) },
  { name: 'ip.dst_host', doc: 'Destination host name, where a text capture shows names', value: ({ segment: s, hostName }) => (s.family === FAMILY_NAME ? escapeText(hostName(s.dst3)) : NONE) },
  { name: 'tcp.srcport', doc: 'Source port', value: ({ segment: s }) => String(s.srcPort) },
  { name: 'tcp.dstport', doc: 'Destination port', value: ({ segment: s }) => String(s.dstPort) },
  { name: 'tcp.stream', doc: 'Number of the connection, from 0', value: ({ segment: s, analysis: a }) => (s.header >= HEADER_BASIC ? String(a.stream) : NONE) },
  { name: 'tcp.seq_raw', doc: 'Sequence number as sent', value: early(KNOWN_SEQ | KNOWN_ABSOLUTE_SEQ, ({ segment: s }) => String(s.seq)) },
  { name: 'tcp.ack_raw', doc: 'Acknowledgment number as sent', value: basic(KNOWN_ACK | KNOWN_ABSOLUTE_ACK, ({ segment: s }) => String(s.ack)) },
  { name: 'tcp.seq', doc: 'Sequence number from the start of the connection', value: early(KNOWN_SEQ, ({ segment: s, analysis: a }) => String(a.relative ? (s.seq - a.seqBase) >>> 0 : s.seq)) },
  {
    name: 'tcp.nxtseq',
    doc: 'Sequence number after this segment',
    value: early(KNOWN_SEQ | KNOWN_LENGTH, ({ segment: s, analysis: a }) =>
      s.length === UNKNOWN_LENGTH ? NONE : String((s.seq - (a.relative ? a.seqBase : 0) + s.length + (s.flags & (SYN | FIN) ? 1 : 0)) >>> 0),
    ),
  },
  {
    name: 'tcp.ack',
    doc: 'Acknowledgment number from the start of the connection',
    value: basic(KNOWN_ACK, ({ segment: s, analysis: a }) => String(a.ackRelative && s.flags & ACK ? (s.ack - a.ackBase) >>> 0 : s.ack)),
  },
  { name: 'tcp.hdr_len', doc: 'Bytes of the TCP header', value: (row) => (row.segment.header >= HEADER_BASIC && !row.record.textSegment ? String(row.segment.headerLength) : NONE) },
  { name: 'tcp.flags', doc: 'All flag bits', value: basic(KNOWN_FLAGS, ({ segment: s }) => `0x${s.flags.toString(16).padStart(4, '0')}`) },
  { name: 'tcp.flags.ae', doc: 'Accurate ECN (RFC 9768)', value: flag(AE) },
  { name: 'tcp.flags.cwr', doc: 'Congestion Window Reduced', value: flag(CWR) },
  { name: 'tcp.flags.ece', doc: 'ECN Echo', value: flag(ECE) },
  { name: 'tcp.flags.urg', doc: 'Urgent', value: flag(URG) },
  { name: 'tcp.flags.ack', doc: 'Acknowledgment', value: flag(ACK) },
  { name: 'tcp.flags.push', doc: 'Push', value: flag(PSH) },
  { name: 'tcp.flags.reset', doc: 'Reset', value: flag(RST) },
  { name: 'tcp.flags.syn', doc: 'Synchronize', value: flag(SYN) },
  { name: 'tcp.flags.fin', doc: 'Finish', value: flag(FIN) },
  { name: 'tcp.window_size_value', doc: 'Window as sent', value: basic(KNOWN_WINDOW, ({ segment: s }) => String(s.window)) },
  { name: 'tcp.window_size', doc: 'Window in bytes, scaled', value: basic(KNOWN_WINDOW, (row) => String(scaledWindow(row))) },
  {
    name: 'tcp.window_size_scalefactor',
    doc: 'Window multiplier: -1 not seen, -2 not used; absent on a SYN',
    value: basic(KNOWN_WINDOW, ({ segment: s, analysis: a }) => (s.flags & SYN ? NONE : String(a.scale >= 0 ? 2 ** a.scale : a.scale))),
  },
  { name: 'tcp.checksum', doc: 'Checksum as sent', value: (row) => (reaches(row.segment, HEADER_BASIC) && !row.record.textSegment ? `0x${headerBytes(row, 16).toString(16).padStart(4, '0')}` : NONE) },
  { name: 'tcp.urgent_pointer', doc: 'Urgent pointer', value: (row) => (reaches(row.segment, HEADER_FIXED) && !row.record.textSegment ? String(row.segment.urgentPointer) : NONE) },
  { name: 'tcp.len', doc: 'Bytes of payload', value: early(KNOWN_LENGTH, ({ segment: s }) => (s.length === UNKNOWN_LENGTH ? NONE : String(s.length))) },
  { name: 'tcp.options', doc: 'Option bytes in hex', value: optionBytes },
  { name: 'tcp.options.mss_val', doc: 'Maximum segment size', value: option(OPT_MSS, (s) => s.mss) },
  { name: 'tcp.options.wscale.shift', doc: 'Window scale shift as sent', value: option(OPT_WINDOW_SCALE, (s) => s.windowScale) },
  { name: 'tcp.options.wscale.multiplier', doc: 'Window multiplier offered', value: option(OPT_WINDOW_SCALE, (s) => 2 ** Math.min(14, s.windowScale)) },
  { name: 'tcp.options.sack_perm', doc: 'SACK permitted', value: (row) => (row.segment.optionsSeen & OPT_SACK_PERMITTED ? '1' : NONE) },
  { name: 'tcp.options.timestamp.tsval', doc: 'Timestamp value', value: (row) => (row.segment.tsHalf ? String(row.segment.tsVal) : option(OPT_TIMESTAMPS, (s) => s.tsVal)(row)) },
  { name: 'tcp.options.timestamp.tsecr', doc: 'Timestamp echo reply', value: option(OPT_TIMESTAMPS, (s) => s.tsEcr) },
  { name: 'tcp.options.sack_le', doc: 'Left edges of SACK blocks', value: sackEdges('sackLeft') },
  { name: 'tcp.options.sack_re', doc: 'Right edges of SACK blocks', value: sackEdges('sackRight') },
  { name: 'tcp.time_relative', doc: 'Seconds since the first frame of the stream', value: timed(({ time, timeRest, analysis: a }) => formatSeconds(...timeBetween(a.streamTime, a.streamTimeRest, time, timeRest))) },
  {
    name: 'tcp.time_delta',
    doc: 'Seconds since the previous frame of the stream',
    value: timed(({ time, timeRest, analysis: a }) => (Number.isNaN(a.previousTime) ? formatSeconds(0) : formatSeconds(...timeBetween(a.previousTime, a.previousTimeRest, time, timeRest)))),
  },
  { name: 'tcp.completeness', doc: 'Which parts of a connection were seen before this frame (bits: SYN, SYN/ACK, ACK, data, FIN, RST)', value: (row) => (row.segment.header >= HEADER_BASIC ? String(row.analysis.completeness) : NONE) },
  { name: 'tcp.analysis.flags', doc: 'Any of the labels below', value: label(0x7fff) },
  { name: 'tcp.analysis.retransmission', doc: 'Retransmission of any kind', value: label(LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION | LABEL_SPURIOUS_RETRANSMISSION) },
  { name: 'tcp.analysis.fast_retransmission', doc: 'Retransmission after duplicate ACKs', value: label(LABEL_FAST_RETRANSMISSION) },
  { name: 'tcp.analysis.spurious_retransmission', doc: 'Retransmission of data already acknowledged', value: label(LABEL_SPURIOUS_RETRANSMISSION) },
  { name: 'tcp.analysis.out_of_order', doc: 'Segment that arrived out of order', value: label(LABEL_OUT_OF_ORDER) },
  { name: 'tcp.analysis.lost_segment', doc: 'A segment before this one is not in the capture', value: label(LABEL_LOST_SEGMENT) },
  { name: 'tcp.analysis.ack_lost_segment', doc: 'Acknowledges data that is not in the capture', value: label(LABEL_ACK_LOST_SEGMENT) },
  { name: 'tcp.analysis.duplicate_ack', doc: 'Duplicate ACK', value: label(LABEL_DUPLICATE_ACK) },
  { name: 'tcp.analysis.duplicate_ack_num', doc: 'Which duplicate it is, from 1', value: (row) => (label(LABEL_DUPLICATE_ACK)(row) ? String(row.analysis.duplicateAckNumber) : NONE) },
  { name: 'tcp.analysis.duplicate_ack_frame', doc: 'Frame that it duplicates', value: (row) => (label(LABEL_DUPLICATE_ACK)(row) ? frameNumber(row.analysis.duplicateAckPacket === NO_PACKET ? -1 : row.analysis.duplicateAckPacket) : NONE) },
  { name: 'tcp.analysis.zero_window', doc: 'The receiver closed its window', value: label(LABEL_ZERO_WINDOW) },
  { name: 'tcp.analysis.zero_window_probe', doc: 'One byte sent into a closed window', value: label(LABEL_ZERO_WINDOW_PROBE) },
  { name: 'tcp.analysis.zero_window_probe_ack', doc: 'Answer to a zero-window probe', value: label(LABEL_ZERO_WINDOW_PROBE_ACK) },
  { name: 'tcp.analysis.window_update', doc: 'Only the window changed', value: label(LABEL_WINDOW_UPDATE) },
  { name: 'tcp.analysis.window_full', doc: "The sender filled the receiver's window", value: label(LABEL_WINDOW_FULL) },
  { name: 'tcp.analysis.keep_alive', doc: 'Keep-alive probe', value: label(LABEL_KEEP_ALIVE) },
  { name: 'tcp.analysis.keep_alive_ack', doc: 'Answer to a keep-alive probe', value: label(LABEL_KEEP_ALIVE_ACK) },
  { name: 'tcp.analysis.reused_ports', doc: 'A new connection between the same ports', value: label(LABEL_REUSED_PORTS) },
  { name: 'tcp.analysis.initial_rtt', doc: 'Round-trip time of the handshake, seconds', value: figure(({ analysis: a }) => (Number.isNaN(a.initialRtt) ? NONE : formatSeconds(a.initialRtt))) },
  { name: 'tcp.analysis.ack_rtt', doc: 'Seconds since the segment that this one acknowledges', value: figure(({ analysis: a }) => (a.acksPacket === NO_PACKET || a.ackRtt === 0 ? NONE : formatSeconds(a.ackRtt))) },
  { name: 'tcp.analysis.acks_frame', doc: 'Frame that this one acknowledges', value: figure(({ analysis: a }) => (a.acksPacket === NO_PACKET ? NONE : frameNumber(a.acksPacket))) },
  { name: 'tcp.analysis.rto', doc: 'Seconds from the oldest unacknowledged segment to this retransmission', value: figure(({ analysis: a }) => (a.rtoPacket === NO_PACKET || a.rto === 0 ? NONE : formatSeconds(a.rto))) },
  { name: 'tcp.analysis.rto_frame', doc: 'Frame that the RTO counts from', value: figure(({ analysis: a }) => (a.rtoPacket === NO_PACKET || a.rto === 0 ? NONE : frameNumber(a.rtoPacket))) },
  { name: 'tcp.analysis.bytes_in_flight', doc: 'Bytes sent and not yet acknowledged', value: figure(({ analysis: a }) => (a.bytesInFlight ? String(a.bytesInFlight) : NONE)) },
  { name: 'tcp.analysis.push_bytes_sent', doc: 'Bytes sent since the last PSH', value: figure(({ analysis: a }) => (a.bytesInFlight ? String(a.pushBytes) : NONE)) },
  verdict('segment.retransmission', 'Carries bytes, SYN or FIN that were sent before', VERDICT_RETRANSMISSION),
  verdict('segment.out_of_order', 'Sent once, overtaken on the way', VERDICT_OUT_OF_ORDER),
  verdict('segment.duplicate', 'A copy, made by the network or by the capture', VERDICT_DUPLICATE_NETWORK | VERDICT_DUPLICATE_CAPTURE),
  verdict('segment.spurious', 'A retransmission that was not needed', VERDICT_SPURIOUS),
  verdict('segment.keep_alive', 'Keep-alive probe', VERDICT_KEEP_ALIVE),
  verdict('segment.window_probe', 'Probe of a closed window', VERDICT_WINDOW_PROBE),
  verdict('segment.lost', 'Did not arrive, and was sent again', VERDICT_LOST),
  ...STATE_FIELDS,
];

const BY_NAME = new Map(PACKET_FIELDS.map((field) => [field.name, field]));

/** The field of that name, or undefined. */
export function packetField(name: string): PacketField | undefined {
  return BY_NAME.get(name);
}
