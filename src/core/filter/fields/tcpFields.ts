import { LABELS } from '../../analysis/labels';
import { LABEL_RETRANSMISSION } from '../../analysis/segmentAnalysis';
import { timeBetween, type SplitTime } from '../../bytes/farTime';
import { NO_PACKET, UNKNOWN_LENGTH } from '../../bytes/units';
import {
  KNOWN_ABSOLUTE_ACK,
  KNOWN_ABSOLUTE_SEQ,
  KNOWN_ACK,
  KNOWN_FLAGS,
  KNOWN_LENGTH,
  KNOWN_OPTIONS,
  KNOWN_SEQ,
  KNOWN_TIME,
  KNOWN_WINDOW,
} from '../../decode/segment';
import { ANY_LABEL, ANY_RETRANSMISSION, nextNumber, relativeAck, relativeNumber, shownBasic, shownEarly, shownFixed, shownFull, windowBytes, windowFactor } from '../../fields/segmentFigures';
import { TCP, TCP_FLAGS } from '../../protocol/tcp';
import type { CaptureModel } from '../../query/captureModel';
import { headerOf, META_DIRECTION_B, META_NO_TIME, META_REASSEMBLED, META_RECORD, META_RELATIVE_ACK, META_RELATIVE_SEQ, META_TCP, type PacketBlock } from '../../table/packetTable';
import type { StreamTable } from '../../table/streamTable';
import type { FieldType } from '../values';
import type { FilterField, NumberColumn } from './field';
import { frameNumber } from './frameFields';

/** Only a text capture leaves fields out. */
const isKnown = (block: PacketBlock, i: number, known: number): boolean => block.known === null || (block.known[i]! & known) === known;

/** The header was captured up to the window at least. */
const basic = (known: number, column: NumberColumn): NumberColumn => (block, i, packet) => {
  return shownBasic(headerOf(block.meta[i]!)) && isKnown(block, i, known) ? column(block, i, packet) : NaN;
};

/** Told even with a data offset below 5. */
const early = (known: number, column: NumberColumn): NumberColumn => (block, i, packet) => (shownEarly(headerOf(block.meta[i]!)) && isKnown(block, i, known) ? column(block, i, packet) : NaN);

const full = (column: NumberColumn): NumberColumn => (block, i, packet) => (shownFull(headerOf(block.meta[i]!)) ? column(block, i, packet) : NaN);

/** Figures exist only on a packet that has an analysis record and whose header was captured whole. */
const figure = (column: NumberColumn): NumberColumn => full((block, i, packet) => (block.meta[i]! & META_RECORD ? column(block, i, packet) : NaN));

const timed = (column: NumberColumn): NumberColumn => (block, i, packet) => {
  return shownFixed(headerOf(block.meta[i]!)) && !(block.meta[i]! & META_NO_TIME) && isKnown(block, i, KNOWN_TIME) ? column(block, i, packet) : NaN;
};

function sinceStart(streams: StreamTable, block: PacketBlock, i: number): SplitTime {
  const stream = block.stream[i]!;
  return timeBetween(streams.startTime(stream), streams.startRest(stream), block.time[i]!, block.timeRest?.[i] ?? 0);
}

const length: NumberColumn = (block, i) => (block.length[i] === UNKNOWN_LENGTH ? NaN : block.length[i]!);

const direction = (block: PacketBlock, i: number): 0 | 1 => (block.meta[i]! & META_DIRECTION_B) as 0 | 1;

const relativeSeq = ({ streams }: CaptureModel): NumberColumn => (block, i, packet) => {
  const isRelative = (block.meta[i]! & META_RELATIVE_SEQ) !== 0;
  return relativeNumber(block.seq[i]!, isRelative ? streams.baseAt(block.stream[i]!, direction(block, i), packet) : 0, isRelative);
};

const ackColumn = ({ streams }: CaptureModel): NumberColumn => (block, i, packet) => {
  const isRelative = (block.meta[i]! & META_RELATIVE_ACK) !== 0;
  return relativeAck(block.ack[i]!, isRelative ? streams.baseAt(block.stream[i]!, direction(block, i) ? 0 : 1, packet) : 0, isRelative, block.flags[i]!);
};

/** Some of the payload may have been captured; that of a reassembled datagram lies elsewhere. */
function hasPayload(block: PacketBlock, i: number): boolean {
  const bytes = block.length[i]!;
  return bytes > 0 && bytes !== UNKNOWN_LENGTH && ((block.meta[i]! & META_REASSEMBLED) !== 0 || block.capturedLength[i]! > block.tcpOffset[i]! + block.headerLength[i]!);
}

type Shape = Omit<FilterField, 'name' | 'type' | 'doc' | 'scope'>;

function tcp(name: string, type: FieldType, doc: string, columns: (model: CaptureModel) => NumberColumn, shape: Shape = {}): FilterField {
  return { name: `tcp.${name}`, type, doc, scope: 'tcp', columns, ...(type === 'number' ? { bits: 32 } : {}), ...shape };
}

const docOf = (filter: string): string => TCP.fields.find((f) => f.filter === filter)?.doc ?? '';

/** Columns that hold 0 for "none". */
const nonZero = (value: number): number => (value === 0 ? NaN : value);

function label(name: string, doc: string, bits: number): FilterField {
  return tcp(name, 'label', doc, () => full((block, i) => (block.labels[i]! & bits ? 1 : NaN)));
}

/** Letters of tcp.flags.str, highest bit first. */
const FLAG_LETTERS = 'RRRACEUAPRSF';

function flagString(flags: number): string {
  return Array.from(FLAG_LETTERS, (letter, i) => (flags & (1 << (11 - i)) ? letter : '\u00b7')).join('');
}

/** The TCP header and what the analysis says of it. */
export const TCP_FIELDS: readonly FilterField[] = [
  { name: 'tcp', type: 'header', doc: TCP.doc, scope: 'tcp', bytesOf: 'tcp', present: () => () => true },
  tcp('stream', 'number', 'Number of the connection, from 0', () => (block, i) => (shownEarly(headerOf(block.meta[i]!)) ? block.stream[i]! : NaN), {
    other: ({ packets }) => (packet) => packets.otherStream.get(packet, NaN),
  }),
  tcp('seq', 'number', docOf('tcp.seq'), (model) => early(KNOWN_SEQ, relativeSeq(model))),
  tcp('seq_raw', 'number', docOf('tcp.seq_raw'), () => early(KNOWN_SEQ | KNOWN_ABSOLUTE_SEQ, (block, i) => block.seq[i]!)),
  tcp('nxtseq', 'number', docOf('tcp.nxtseq'), (model) => {
    const seq = relativeSeq(model);
    return early(KNOWN_SEQ | KNOWN_LENGTH, (block, i, packet) => {
      const bytes = length(block, i, packet);
      return Number.isNaN(bytes) ? NaN : nextNumber(seq(block, i, packet), bytes, block.flags[i]!);
    });
  }),
  tcp('ack', 'number', docOf('tcp.ack'), (model) => basic(KNOWN_ACK, ackColumn(model))),
  tcp('ack_raw', 'number', docOf('tcp.ack_raw'), () => basic(KNOWN_ACK | KNOWN_ABSOLUTE_ACK, (block, i) => block.ack[i]!)),
  tcp('hdr_len', 'number', 'Bytes of the TCP header', ({ reader }) => (reader.info.text ? () => NaN : early(0, (block, i) => block.headerLength[i]!)), { bits: 8 }),
  tcp('len', 'number', docOf('tcp.len'), () => early(KNOWN_LENGTH, length)),
  tcp('flags', 'number', docOf('tcp.flags'), () => basic(KNOWN_FLAGS, (block, i) => block.flags[i]!), { bits: 16 }),
  ...TCP_FLAGS.map(({ mask, spec }) => tcp(spec.filter.slice(4), 'bool', spec.doc, () => basic(KNOWN_FLAGS, (block, i) => (block.flags[i]! & mask ? 1 : 0)))),
  {
    name: 'tcp.flags.str', type: 'text', doc: 'Flags as letters, a dot for each that is not set', scope: 'tcp',
    rowValues: () => {
      const known = basic(KNOWN_FLAGS, (block, i) => block.flags[i]!);
      return (block, i, packet) => {
        const flags = known(block, i, packet);
        return Number.isNaN(flags) ? null : flagString(flags);
      };
    },
  },
  tcp('window_size_value', 'number', docOf('tcp.window_size_value'), () => basic(KNOWN_WINDOW, (block, i) => block.window[i]!), { bits: 16 }),
  tcp('window_size', 'number', docOf('tcp.window_size'), () =>
    basic(KNOWN_WINDOW, (block, i) => windowBytes(block.window[i]!, block.scale[i]!, block.flags[i]!, block.length[i]!)),
  ),
  tcp('window_size_scalefactor', 'number', docOf('tcp.window_size_scalefactor'), () =>
    basic(KNOWN_WINDOW, (block, i) => windowFactor(block.scale[i]!, block.flags[i]!)),
  ),
  tcp(
    'urgent_pointer', 'number', docOf('tcp.urgent_pointer'),
    ({ packets }) =>
      (block, i, packet) => {
        const pointer = packets.urgentPointer.get(packet, 0);
        // A text prints it where URG is set, so there 0 means that it was not shown.
        return shownFixed(headerOf(block.meta[i]!)) && (pointer !== 0 || !packets.isText(packet)) ? pointer : NaN;
      },
    { bits: 16 },
  ),
  { name: 'tcp.payload', type: 'bytes', doc: docOf('tcp.payload'), scope: 'tcp', bytesOf: 'payload', mayHave: hasPayload, present: ({ reader }) => (reader.info.text ? () => false : hasPayload) },
  tcp('time_relative', 'duration', 'Seconds since the first frame of the stream', ({ streams }) => timed((block, i) => sinceStart(streams, block, i)[0]), {
    rests: ({ streams }) => (block, i) => sinceStart(streams, block, i)[1],
  }),
  tcp('time_delta', 'duration', 'Seconds since the previous frame of the stream', ({ packets }) => timed((_, __, packet) => packets.sincePrevious(packet)?.[0] ?? 0), {
    rests: ({ packets }) => (_, __, packet) => packets.sincePrevious(packet)?.[1] ?? 0,
  }),
  tcp('completeness', 'number', 'Which parts of a connection were seen before this frame (bits: SYN, SYN/ACK, ACK, data, FIN, RST)', () => early(0, (block, i) => block.completeness[i]!), { bits: 8 }),
  label('analysis.flags', 'Any label of the TCP analysis', ANY_LABEL),
  ...LABELS.map((spec) => label(spec.field.slice(4), spec.doc, spec.bit === LABEL_RETRANSMISSION ? ANY_RETRANSMISSION : spec.bit)),
  tcp('analysis.duplicate_ack_num', 'number', 'Which duplicate ACK it is, from 1', ({ packets }) => full((_, __, packet) => packets.duplicateAckNumber.get(packet, NaN))),
  tcp('analysis.duplicate_ack_frame', 'number', 'Frame that this one duplicates', ({ packets }) =>
    full((_, __, packet) => {
      const original = packets.duplicateAckPacket.get(packet, NaN);
      return original === NO_PACKET ? 0 : original + 1;
    }),
  ),
  tcp('analysis.initial_rtt', 'duration', 'Round-trip time of the handshake, seconds', ({ streams }) => figure((block, i, packet) => streams.initialRttAt(block.stream[i]!, packet))),
  tcp('analysis.ack_rtt', 'duration', 'Seconds since the segment that this one acknowledges', ({ packets }) =>
    figure((block, i, packet) => {
      const acked = block.acksPacket?.[i] ?? NO_PACKET;
      return acked === NO_PACKET ? NaN : packets.timeBetween(acked, packet)[0] || NaN;
    }),
  ),
  tcp('analysis.acks_frame', 'number', 'Frame that this one acknowledges', () => figure((block, i) => frameNumber(block.acksPacket?.[i] ?? NO_PACKET))),
  tcp('analysis.rto', 'duration', 'Seconds from the oldest unacknowledged segment to this retransmission', ({ packets }) =>
    figure((block, i, packet) => {
      const from = packets.rtoPacket.get(packet, NO_PACKET);
      return from === NO_PACKET ? NaN : packets.timeBetween(from, packet)[0] || NaN;
    }),
  ),
  tcp('analysis.rto_frame', 'number', 'Frame that the RTO counts from', ({ packets }) =>
    figure((block, i, packet) => {
      const from = packets.rtoPacket.get(packet, NO_PACKET);
      return from === NO_PACKET || block.time[i] === packets.time(from) ? NaN : from + 1;
    }),
  ),
  tcp('analysis.bytes_in_flight', 'number', 'Bytes sent and not yet acknowledged', () => figure((block, i) => nonZero(block.bytesInFlight?.[i] ?? 0))),
  tcp('analysis.push_bytes_sent', 'number', 'Bytes sent since the last PSH', () => figure((block, i) => (block.bytesInFlight?.[i] ? block.pushBytes![i]! : NaN))),
];

/** What the row's header needs for the options to have a say. */
export function mayHaveOptions(block: PacketBlock, i: number): boolean {
  return (block.meta[i]! & META_TCP) !== 0 && (block.known === null ? block.headerLength[i]! > 20 : (block.known[i]! & KNOWN_OPTIONS) !== 0);
}

