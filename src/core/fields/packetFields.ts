import { LABELS } from '../analysis/labels';
import {
  LABEL_ACK_LOST_SEGMENT,
  LABEL_DUPLICATE_ACK,
  LABEL_FAST_RETRANSMISSION,
  LABEL_KEEP_ALIVE,
  LABEL_KEEP_ALIVE_ACK,
  LABEL_LOST_SEGMENT,
  LABEL_OUT_OF_ORDER,
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
import { filterField } from '../filter/fields/fields';
import type { PipelineRow } from '../index/pipeline';
import { ANY_LABEL, ANY_RETRANSMISSION, nextNumber, relativeAck, relativeNumber, shownBasic, shownEarly, shownFixed, shownFull, windowBytes, windowFactor } from './segmentFigures';
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

const text = (value: number): string => (Number.isNaN(value) ? NONE : String(value));

function basic(known: number, value: (row: TcpRow) => string): (row: TcpRow) => string {
  return (row) => (shownBasic(row.segment.header) && isKnown(row, known) ? value(row) : NONE);
}

/** Shown even with a data offset below 5. */
function early(known: number, value: (row: TcpRow) => string): (row: TcpRow) => string {
  return (row) => (shownEarly(row.segment.header) && isKnown(row, known) ? value(row) : NONE);
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
  return (row) => (shownFull(row.segment.header) && row.analysis.labels & bits ? '1' : NONE);
}

/** Our own verdict, all bits of which have one field. */
function verdict(name: string, bits: number): Entry {
  return { name, value: (row) => ((row.verdict ?? 0) & bits ? '1' : NONE), needsVerdict: true };
}

/** Figures exist only on a packet that has an analysis record and whose header was captured whole. */
function figure(value: (row: TcpRow) => string): (row: TcpRow) => string {
  return (row) => (row.analysis.hasRecord && shownFull(row.segment.header) ? value(row) : NONE);
}

function timed(value: (row: TcpRow) => string): (row: TcpRow) => string {
  return (row) => (shownFixed(row.segment.header) && isKnown(row, KNOWN_TIME) ? value(row) : NONE);
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
  if (!shownFixed(s.header) || s.headerLength <= 20 || record.textSegment) return NONE;
  const start = (row.datagram ? 0 : record.start) + s.tcpOffset + 20;
  return hex(row.datagram ?? record.bytes, start, s.optionBytes) || '<MISSING>';
}

function headerBytes(row: TcpRow, offset: number): number {
  return u16be(row.datagram ?? row.record.bytes, (row.datagram ? 0 : row.record.start) + row.segment.tcpOffset + offset);
}

/** Needs the frame's tree: the hot pass keeps no list of headers. */
function protocols({ record, datagram }: TcpRow): string {
  return record.textSegment ? NONE : protocolsOf(buildDetail(record, datagram ? { datagram } : {}), record.linkType);
}

const frameNumber = (packet: number): string => String(packet + 1);

/** One that the filters know too has its doc from there. */
type Entry = Omit<PacketField, 'doc'> & Partial<Pick<PacketField, 'doc'>>;

const ENTRIES: readonly Entry[] = [
  { name: 'frame.number', value: (row) => frameNumber(row.packet) },
  {
    name: 'frame.time_epoch',
    value: (row) => (row.record.hasTime && isKnown(row, KNOWN_TIME) ? formatTimestamp(row.record.seconds, row.record.nanos) : NONE),
  },
  {
    name: 'frame.time_relative',
    value: (row) => (row.record.hasTime && isKnown(row, KNOWN_TIME) ? formatSeconds(row.time, row.timeRest) : NONE),
  },
  { name: 'frame.len', value: (row) => (row.record.textSegment ? NONE : String(row.record.originalLength)) },
  { name: 'frame.cap_len', value: (row) => (row.record.textSegment ? NONE : String(row.record.end - row.record.start)) },
  { name: 'frame.protocols', value: protocols },
  { name: 'ip.src', value: address(FAMILY_IPV4, 'src') },
  { name: 'ip.dst', value: address(FAMILY_IPV4, 'dst') },
  { name: 'ipv6.src', value: address(FAMILY_IPV6, 'src') },
  { name: 'ipv6.dst', value: address(FAMILY_IPV6, 'dst') },
  { name: 'ip.src_host', value: ({ segment: s, hostName }) => (s.family === FAMILY_NAME ? escapeText(hostName(s.src3)) : NONE) },
  { name: 'ip.dst_host', value: ({ segment: s, hostName }) => (s.family === FAMILY_NAME ? escapeText(hostName(s.dst3)) : NONE) },
  { name: 'tcp.srcport', value: ({ segment: s }) => String(s.srcPort) },
  { name: 'tcp.dstport', value: ({ segment: s }) => String(s.dstPort) },
  { name: 'tcp.stream', value: ({ segment: s, analysis: a }) => (shownEarly(s.header) ? String(a.stream) : NONE) },
  { name: 'tcp.seq_raw', value: early(KNOWN_SEQ | KNOWN_ABSOLUTE_SEQ, ({ segment: s }) => String(s.seq)) },
  { name: 'tcp.ack_raw', value: basic(KNOWN_ACK | KNOWN_ABSOLUTE_ACK, ({ segment: s }) => String(s.ack)) },
  { name: 'tcp.seq', value: early(KNOWN_SEQ, ({ segment: s, analysis: a }) => String(relativeNumber(s.seq, a.seqBase, a.relative))) },
  {
    name: 'tcp.nxtseq',
    value: early(KNOWN_SEQ | KNOWN_LENGTH, ({ segment: s, analysis: a }) =>
      s.length === UNKNOWN_LENGTH ? NONE : String(nextNumber(relativeNumber(s.seq, a.seqBase, a.relative), s.length, s.flags)),
    ),
  },
  {
    name: 'tcp.ack',
    value: basic(KNOWN_ACK, ({ segment: s, analysis: a }) => String(relativeAck(s.ack, a.ackBase, a.ackRelative, s.flags))),
  },
  { name: 'tcp.hdr_len', value: (row) => (shownEarly(row.segment.header) && !row.record.textSegment ? String(row.segment.headerLength) : NONE) },
  { name: 'tcp.flags', value: basic(KNOWN_FLAGS, ({ segment: s }) => `0x${s.flags.toString(16).padStart(4, '0')}`) },
  { name: 'tcp.flags.ae', value: flag(AE) },
  { name: 'tcp.flags.cwr', value: flag(CWR) },
  { name: 'tcp.flags.ece', value: flag(ECE) },
  { name: 'tcp.flags.urg', value: flag(URG) },
  { name: 'tcp.flags.ack', value: flag(ACK) },
  { name: 'tcp.flags.push', value: flag(PSH) },
  { name: 'tcp.flags.reset', value: flag(RST) },
  { name: 'tcp.flags.syn', value: flag(SYN) },
  { name: 'tcp.flags.fin', value: flag(FIN) },
  { name: 'tcp.window_size_value', value: basic(KNOWN_WINDOW, ({ segment: s }) => String(s.window)) },
  { name: 'tcp.window_size', value: basic(KNOWN_WINDOW, ({ segment: s, analysis: a }) => String(windowBytes(s.window, a.scale, s.flags, s.length))) },
  {
    name: 'tcp.window_size_scalefactor',
    value: basic(KNOWN_WINDOW, ({ segment: s, analysis: a }) => text(windowFactor(a.scale, s.flags))),
  },
  { name: 'tcp.checksum', value: (row) => (shownBasic(row.segment.header) && !row.record.textSegment ? `0x${headerBytes(row, 16).toString(16).padStart(4, '0')}` : NONE) },
  { name: 'tcp.urgent_pointer', value: (row) => (shownFixed(row.segment.header) && (!row.record.textSegment || row.segment.urgentPointer !== 0) ? String(row.segment.urgentPointer) : NONE) },
  { name: 'tcp.len', value: early(KNOWN_LENGTH, ({ segment: s }) => (s.length === UNKNOWN_LENGTH ? NONE : String(s.length))) },
  { name: 'tcp.options', value: optionBytes },
  { name: 'tcp.options.mss_val', value: option(OPT_MSS, (s) => s.mss) },
  { name: 'tcp.options.wscale.shift', value: option(OPT_WINDOW_SCALE, (s) => s.windowScale) },
  { name: 'tcp.options.wscale.multiplier', value: option(OPT_WINDOW_SCALE, (s) => 2 ** Math.min(14, s.windowScale)) },
  { name: 'tcp.options.sack_perm', value: (row) => (row.segment.optionsSeen & OPT_SACK_PERMITTED ? '1' : NONE) },
  { name: 'tcp.options.timestamp.tsval', value: (row) => (row.segment.tsHalf ? String(row.segment.tsVal) : option(OPT_TIMESTAMPS, (s) => s.tsVal)(row)) },
  { name: 'tcp.options.timestamp.tsecr', value: option(OPT_TIMESTAMPS, (s) => s.tsEcr) },
  { name: 'tcp.options.sack_le', value: sackEdges('sackLeft') },
  { name: 'tcp.options.sack_re', value: sackEdges('sackRight') },
  { name: 'tcp.time_relative', value: timed(({ time, timeRest, analysis: a }) => formatSeconds(...timeBetween(a.streamTime, a.streamTimeRest, time, timeRest))) },
  {
    name: 'tcp.time_delta',
    value: timed(({ time, timeRest, analysis: a }) => (Number.isNaN(a.previousTime) ? formatSeconds(0) : formatSeconds(...timeBetween(a.previousTime, a.previousTimeRest, time, timeRest)))),
  },
  { name: 'tcp.completeness', value: (row) => (shownEarly(row.segment.header) ? String(row.analysis.completeness) : NONE) },
  { name: 'tcp.analysis.flags', value: label(ANY_LABEL) },
  { name: 'tcp.analysis.retransmission', value: label(ANY_RETRANSMISSION) },
  { name: 'tcp.analysis.fast_retransmission', value: label(LABEL_FAST_RETRANSMISSION) },
  { name: 'tcp.analysis.spurious_retransmission', value: label(LABEL_SPURIOUS_RETRANSMISSION) },
  { name: 'tcp.analysis.out_of_order', value: label(LABEL_OUT_OF_ORDER) },
  { name: 'tcp.analysis.lost_segment', value: label(LABEL_LOST_SEGMENT) },
  { name: 'tcp.analysis.ack_lost_segment', value: label(LABEL_ACK_LOST_SEGMENT) },
  { name: 'tcp.analysis.duplicate_ack', value: label(LABEL_DUPLICATE_ACK) },
  { name: 'tcp.analysis.duplicate_ack_num', value: (row) => (label(LABEL_DUPLICATE_ACK)(row) ? String(row.analysis.duplicateAckNumber) : NONE) },
  { name: 'tcp.analysis.duplicate_ack_frame', value: (row) => (label(LABEL_DUPLICATE_ACK)(row) ? frameNumber(row.analysis.duplicateAckPacket === NO_PACKET ? -1 : row.analysis.duplicateAckPacket) : NONE) },
  { name: 'tcp.analysis.zero_window', value: label(LABEL_ZERO_WINDOW) },
  { name: 'tcp.analysis.zero_window_probe', value: label(LABEL_ZERO_WINDOW_PROBE) },
  { name: 'tcp.analysis.zero_window_probe_ack', value: label(LABEL_ZERO_WINDOW_PROBE_ACK) },
  { name: 'tcp.analysis.window_update', value: label(LABEL_WINDOW_UPDATE) },
  { name: 'tcp.analysis.window_full', value: label(LABEL_WINDOW_FULL) },
  { name: 'tcp.analysis.keep_alive', value: label(LABEL_KEEP_ALIVE) },
  { name: 'tcp.analysis.keep_alive_ack', value: label(LABEL_KEEP_ALIVE_ACK) },
  { name: 'tcp.analysis.reused_ports', value: label(LABEL_REUSED_PORTS) },
  { name: 'tcp.analysis.initial_rtt', value: figure(({ analysis: a }) => (Number.isNaN(a.initialRtt) ? NONE : formatSeconds(a.initialRtt))) },
  { name: 'tcp.analysis.ack_rtt', value: figure(({ analysis: a }) => (a.acksPacket === NO_PACKET || a.ackRtt === 0 ? NONE : formatSeconds(a.ackRtt))) },
  { name: 'tcp.analysis.acks_frame', value: figure(({ analysis: a }) => (a.acksPacket === NO_PACKET ? NONE : frameNumber(a.acksPacket))) },
  { name: 'tcp.analysis.rto', value: figure(({ analysis: a }) => (a.rtoPacket === NO_PACKET || a.rto === 0 ? NONE : formatSeconds(a.rto))) },
  { name: 'tcp.analysis.rto_frame', value: figure(({ analysis: a }) => (a.rtoPacket === NO_PACKET || a.rto === 0 ? NONE : frameNumber(a.rtoPacket))) },
  { name: 'tcp.analysis.bytes_in_flight', value: figure(({ analysis: a }) => (a.bytesInFlight ? String(a.bytesInFlight) : NONE)) },
  { name: 'tcp.analysis.push_bytes_sent', value: figure(({ analysis: a }) => (a.bytesInFlight ? String(a.pushBytes) : NONE)) },
  {
    name: 'text.labels',
    doc: 'Labels that the text itself carries (tshark prints them), by field name',
    value: ({ record }) => (record.textLabels > 0 ? LABELS.filter((spec) => record.textLabels & spec.bit).map((spec) => spec.field) : NONE),
  },
  verdict('segment.retransmission', VERDICT_RETRANSMISSION),
  verdict('segment.out_of_order', VERDICT_OUT_OF_ORDER),
  verdict('segment.duplicate', VERDICT_DUPLICATE_NETWORK | VERDICT_DUPLICATE_CAPTURE),
  verdict('segment.spurious', VERDICT_SPURIOUS),
  verdict('segment.keep_alive', VERDICT_KEEP_ALIVE),
  verdict('segment.window_probe', VERDICT_WINDOW_PROBE),
  verdict('segment.lost', VERDICT_LOST),
  ...STATE_FIELDS,
];

/** The columns of `tcp-trace packets`, in the order of --help. */
export const PACKET_FIELDS: readonly PacketField[] = ENTRIES.map((entry) => ({ ...entry, doc: entry.doc ?? filterField(entry.name)?.doc ?? '' }));

const BY_NAME = new Map(PACKET_FIELDS.map((field) => [field.name, field]));

/** The field of that name, or undefined. */
export function packetField(name: string): PacketField | undefined {
  return BY_NAME.get(name);
}
