import { ACK } from '../../core/decode/segment';
import type { CaptureState, PacketRow, StreamRowData } from '../../core/engineApi';
import { formatEndpoint } from '../../core/bytes/address';
import { duration, grouped } from '../../core/explain/words';
import { ONE_STREAM_HIDES } from '../../core/fields/columnChoice';
import { t } from '../../core/l10n';
import type { EditorConfig, SequenceFormat, TimeFormat } from '../../rpc/webviewMessages';
import { STATUS_ICONS, statusTone, statusWord } from '../format/streamStatus';
import { flagNames, flagTone, formatSequence, formatWindow } from '../format/tcp';
import { formatBytes } from '../format/text';
import { formatInstant, formatRowTime, timeWidth } from '../format/time';
import type { CellContent, Column } from '../grid/column';
import { laneCell } from '../overview/laneCell';
import { endCell } from './columnSet';

/** Pixels of a digit in the editor's font, roughly: sizes columns before anybody changes them. */
const DIGIT = 7.3;
/** Pixels that names of ports get beside addresses. */
const NAME_ROOM = 90;

/** Pixels of a column of numbers up to `most`. */
const numberWidth = (most: number, least: number): number => Math.max(least, Math.ceil(String(most).length * DIGIT + 20));

export function streamColumns(state: CaptureState, names: EditorConfig['names']): readonly Column<StreamRowData>[] {
  return [
    { id: 'stream', title: '#', width: numberWidth(state.streams, 44), align: 'right', sort: 'stream', tooltip: t('Number of the stream (tcp.stream)'), render: (row) => String(row.stream) },
    {
      id: 'lane', title: t('Time'), width: 64, align: 'left', tooltip: t('The stream\'s own time from its first to its last packet: the client\'s segments above the line, the server\'s below. Green: SYN, orange: FIN, red: RST, yellow: sent again or window closed'),
      render: (row) => laneCell(row),
    },
    {
      id: 'client', title: t('Client'), width: 104 + (names.ports ? NAME_ROOM : 0), align: 'left', cutStart: true, sort: 'client', tooltip: t('Who opened the connection; "?" marks a guess: the SYN is not in the capture'),
      render: (row) => {
        const { text, title } = endCell(row.names?.client, formatEndpoint(row.client, row.clientPort), names);
        return { text: `${text}${row.clientBy === 'syn' ? '' : ' ?'}`, className: 'tone-client', title };
      },
    },
    {
      id: 'server', title: t('Server'), width: 104 + (names.ports ? NAME_ROOM : 0), align: 'left', cutStart: true, sort: 'server', tooltip: t('Who was connected to'),
      render: (row) => ({ ...endCell(row.names?.server, formatEndpoint(row.server, row.serverPort), names), className: 'tone-server' }),
    },
    {
      id: 'verdict', title: t('Verdict'), width: 260, align: 'left', grow: true, sort: 'severity', tooltip: t('How the connection went, and its worst finding. Sorting puts the worst first, streams with the same finding together'),
      render: (row) => verdictCell(row),
    },
    {
      id: 'status', title: t('Status'), width: 104, align: 'left', sort: 'status', tooltip: t('How the connection stands at the end of the capture'),
      render: (row) => {
        const tone = statusTone(row.status);
        return { text: statusWord(row.status), icon: STATUS_ICONS[row.status], className: tone ? `tone-${tone}` : '', title: row.statusText };
      },
    },
    { id: 'packets', title: t('Packets'), width: 64, align: 'right', sort: 'packets', tooltip: t('Segments in both directions'), render: (row) => (row.matches === null ? grouped(row.packets) : { text: `${grouped(row.matches)} / ${grouped(row.packets)}`, title: t('{0} of {1} packets pass the filter', grouped(row.matches), grouped(row.packets)) }) },
    {
      id: 'bytesClient', title: t('Sent'), width: 70, align: 'right', sort: 'bytesClient', tooltip: t('Payload that the client sent'),
      render: (row) => ({ text: formatBytes(row.bytesClient), title: t('{0} bytes in {1} segments', grouped(row.bytesClient), grouped(row.packetsClient)) }),
    },
    {
      id: 'bytesServer', title: t('Received'), width: 74, align: 'right', sort: 'bytesServer', tooltip: t('Payload that the server sent'),
      render: (row) => ({ text: formatBytes(row.bytesServer), title: t('{0} bytes in {1} segments', grouped(row.bytesServer), grouped(row.packetsServer)) }),
    },
    { id: 'start', title: t('Start'), width: 92, align: 'right', sort: 'start', tooltip: t('Seconds since the first packet of the capture'), render: (row) => (row.untimed ? '' : formatInstant(row.start, 'relative', state, row.startRest)) },
    { id: 'duration', title: t('Duration'), width: 72, align: 'right', sort: 'duration', tooltip: t('From the first to the last packet'), render: (row) => (row.untimed ? '' : duration(row.duration)) },
    { id: 'rtt', title: t('RTT'), width: 70, align: 'right', sort: 'rtt', tooltip: t('Round-trip time of the handshake'), render: (row) => (row.rtt === null ? '' : duration(row.rtt)) },
    {
      id: 'retransmitted', title: t('Retr.'), width: 58, align: 'right', sort: 'retransmitted', tooltip: t('Share of the data segments that were sent again'),
      render: (row) => retransmittedCell(row),
    },
  ];
}

const SEVERITY_ICONS = { error: 'error', warning: 'warning', info: 'info' } as const;

function severityWord(severity: 'error' | 'warning' | 'info'): string {
  return severity === 'error' ? t('error') : severity === 'warning' ? t('warning') : t('note');
}

/** Icon of the worst finding, its name, and the sentence about the stream. The card on hover has the rest. */
function verdictCell(row: StreamRowData): CellContent | string {
  const { study } = row;
  if (!study) return '';
  const { severity, verdict, firstFinding } = study;
  if (severity === null || severity === 'info') return { text: verdict, className: severity ? '' : 'dim' };
  // The finding is named where the sentence does not begin with the same words.
  const text = verdict.toLowerCase().startsWith(firstFinding.toLowerCase()) ? verdict : `${firstFinding}. ${verdict}`;
  return { text, icon: SEVERITY_ICONS[severity], className: `severity-${severity}`, label: `${severityWord(severity)}: ${text}` };
}

function retransmittedCell(row: StreamRowData): CellContent | string {
  const percent = row.study?.retransmittedPercent ?? 0;
  if (percent === 0) return '';
  return { text: percent < 0.1 ? '<0.1%' : `${percent.toFixed(percent < 10 ? 1 : 0)}%`, className: percent >= 1 ? 'tone-warning' : '', title: t('{0} segments by Wireshark\'s rules', grouped(row.retransmissions)) };
}

export interface PacketFormats {
  readonly time: TimeFormat;
  readonly sequence: SequenceFormat;
  /** The table shows one stream: who sends is told by an arrow instead of addresses. */
  readonly oneStream: boolean;
  readonly names: EditorConfig['names'];
}

export function packetColumns(state: CaptureState, formats: PacketFormats): readonly Column<PacketRow>[] {
  const raw = formats.sequence === 'raw';
  const number = raw ? 86 : 70;
  const direction: Column<PacketRow> = {
    id: 'direction', title: t('Dir'), width: 40, align: 'center', tooltip: t('From the client to the server, or back'),
    render: (row) => (row.from === null ? '' : { text: row.from === 'client' ? '→' : '←', className: `tone-${row.from}`, label: row.from === 'client' ? t('client to server') : t('server to client') }),
  };
  const ends: readonly Column<PacketRow>[] = [
    { id: 'source', title: t('Source'), width: 140 + (formats.names.ports ? NAME_ROOM : 0), align: 'left', tooltip: t('Sender'), render: (row) => ({ ...endCell(row.names?.source, row.source, formats.names), className: row.from ? `tone-${row.from}` : '' }) },
    { id: 'destination', title: t('Destination'), width: 140 + (formats.names.ports ? NAME_ROOM : 0), align: 'left', tooltip: t('Receiver'), render: (row) => endCell(row.names?.destination, row.destination, formats.names) },
    { id: 'protocol', title: t('Protocol'), width: 84, align: 'left', tooltip: t('Highest protocol that was decoded'), render: (row) => row.protocol },
  ];
  return [
    { id: 'number', title: t('No.'), width: numberWidth(state.packets, 62), align: 'right', tooltip: t('Number of the frame in the file (frame.number)'), render: (row) => String(row.packet + 1) },
    {
      id: `time.${formats.time}`, title: t('Time'), width: Math.round(timeWidth(formats.time, state) * DIGIT + 18), align: 'right', tooltip: t('When it was captured; the format is chosen above'),
      render: (row, _, previous) => formatRowTime(row, previous, formats.time, state),
    },
    direction,
    ...ends.filter(({ id }) => !formats.oneStream || !ONE_STREAM_HIDES.includes(id)),
    {
      id: 'flags', title: t('Flags'), width: 92, align: 'left', tooltip: t('TCP flags that are set'),
      render: (row) => {
        const tone = flagTone(row.flags);
        return { text: flagNames(row.flags), className: tone ? `flags-${tone}` : '' };
      },
    },
    { id: `seq.${formats.sequence}`, title: t('Seq'), width: number, align: 'right', tooltip: raw ? t('Sequence number as sent') : t('Sequence number from the start of the connection'), render: (row) => sequenceCell(row, row.seq, row.seqRelative, formats.sequence) },
    { id: `ack.${formats.sequence}`, title: t('Ack'), width: number, align: 'right', tooltip: raw ? t('Acknowledgment number as sent') : t('Acknowledgment number from the start of the connection'), render: (row) => row.flags !== null && !(row.flags & ACK) ? '' : sequenceCell(row, row.ack, row.ackRelative, formats.sequence) },
    { id: 'window', title: t('Window'), width: 78, align: 'right', tooltip: t('Receive window in bytes, scaled; "?" where the scale is not in the capture'), render: (row) => formatWindow(row) },
    { id: 'length', title: t('Len'), width: 66, align: 'right', tooltip: t('Bytes of TCP payload; of the frame where it is no TCP segment'), render: (row) => (row.stream === null ? { text: grouped(row.length), className: 'dim' } : row.payload === null ? '' : grouped(row.payload)) },
    {
      id: 'info', title: t('Info'), width: 220, align: 'left', grow: true, tooltip: t('Our verdicts, those of Wireshark\'s labels that they say nothing about, and options worth a glance'),
      render: (row) => infoCell(row),
    },
  ];
}

function infoCell(row: PacketRow): CellContent {
  const mark = row.mark === 'cut' ? `${t('[cut]')} ` : row.mark === 'malformed' ? `${t('[malformed]')} ` : row.mark === 'fragment' ? `${t('[fragment]')} ` : '';
  const text = mark + row.info;
  if (row.badges.length === 0 && row.mark !== 'malformed') return { text, title: text };
  const warning = row.mark === 'malformed' || row.badges.some((badge) => badge.severity === 'warning');
  return { text, badges: row.badges, title: row.badges.length > 0 ? '' : text, ...(warning ? { icon: 'warning', className: 'tone-warning' } : {}) };
}

/** A number, or why there is none: a text leaves it out, or shows it from the connection's start only. */
function sequenceCell(row: PacketRow, raw: number | null, relative: number | null, format: SequenceFormat): CellContent | string {
  if (row.stream === null) return '';
  if (raw === null && relative !== null && format === 'raw') return { text: String(relative), className: 'dim', title: t('From the start of the connection: the capture does not show the number as sent') };
  const text = formatSequence(raw, relative, format);
  return text === '' ? { text, title: t('Not shown by the capture') } : text;
}

/** Which field's card belongs to a column of the packets table, by Wireshark field name. */
export function columnFilters(column: string): readonly string[] {
  if (column.startsWith('field:')) return [column.slice('field:'.length)];
  const name = column.split('.')[0];
  switch (name) {
    case 'source':
      return ['tcp.srcport', 'ip.src', 'ipv6.src'];
    case 'destination':
      return ['tcp.dstport', 'ip.dst', 'ipv6.dst'];
    case 'flags':
      return ['tcp.flags'];
    case 'seq':
      return ['tcp.seq', 'tcp.seq_raw'];
    case 'ack':
      return ['tcp.ack', 'tcp.ack_raw'];
    case 'window':
      return ['tcp.window_size_value', 'tcp.window_size'];
    case 'length':
      return ['tcp.len'];
    default:
      return [];
  }
}

/** Which fields' values a cell of the packets table shows, by Wireshark field name; those that the packet has are joined. */
export function filterFields(column: string, badges: readonly string[]): readonly string[] {
  if (column.startsWith('field:')) return [column.slice('field:'.length)];
  const [name, format] = column.split('.');
  switch (name) {
    case 'number':
      return ['frame.number'];
    case 'time':
      return format === 'delta' ? ['frame.time_delta'] : format === 'streamRelative' ? ['tcp.time_relative'] : format === 'streamDelta' ? ['tcp.time_delta'] : format === 'relative' ? ['frame.time_relative'] : ['frame.time_epoch'];
    case 'direction':
    case 'source':
      return ['ip.src', 'ipv6.src', 'tcp.srcport', 'udp.srcport'];
    case 'destination':
      return ['ip.dst', 'ipv6.dst', 'tcp.dstport', 'udp.dstport'];
    case 'protocol':
      return ['ip.proto', 'ipv6.nxt', 'eth.type'];
    case 'flags':
      return ['tcp.flags'];
    case 'seq':
      return [format === 'raw' ? 'tcp.seq_raw' : 'tcp.seq'];
    case 'ack':
      return [format === 'raw' ? 'tcp.ack_raw' : 'tcp.ack'];
    case 'window':
      return ['tcp.window_size'];
    case 'length':
      return ['tcp.len'];
    case 'info':
      return [...new Set(badges)];
    default:
      return [];
  }
}
