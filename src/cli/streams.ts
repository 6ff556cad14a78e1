import { formatAddress } from '../core/bytes/address';
import { escapeText } from '../core/bytes/escape';
import { formatSeconds, formatTimestamp } from '../core/fields/formatTime';
import { timeBetween, wholeSeconds } from '../core/bytes/farTime';
import { NANOS_PER_SECOND } from '../core/bytes/units';
import type { StreamPhases, StreamReport } from '../core/findings/finding';
import { streamStatus } from '../core/query/streamRows';
import { STATE_NAMES } from '../core/stream/endpointStates';
import { CaptureStudy } from '../core/study/captureStudy';
import { StreamTable, type StreamRow } from '../core/table/streamTable';
import { runCapture } from './capture';
import { RowWriter, type Cell, type OutputFormat } from './output';

interface StreamColumn {
  readonly name: string;
  readonly value: (row: StreamRow, stream: number, c: StreamContext) => Cell;
}

interface StreamContext {
  readonly startEpoch: (row: StreamRow) => string;
  readonly address: (row: StreamRow, end: 0 | 1) => string;
  readonly report: StreamReport;
  readonly completeness: number;
}

const server = (row: StreamRow): 0 | 1 => (row.client === 0 ? 1 : 0);

const PHASE_COLUMNS: readonly (readonly [string, keyof StreamPhases])[] = [
  ['handshake_s', 'handshake'], ['server_think_s', 'serverThink'], ['client_think_s', 'clientThink'], ['transfer_s', 'transfer'],
  ['recovery_s', 'recovery'], ['window_limited_s', 'windowLimited'], ['idle_s', 'idle'], ['close_s', 'close'],
];

const COLUMNS: readonly StreamColumn[] = [
  { name: 'stream', value: (_, stream) => String(stream) },
  { name: 'client', value: (row, _, c) => c.address(row, row.client) },
  { name: 'client_port', value: (row) => String(row.port[row.client]) },
  { name: 'server', value: (row, _, c) => c.address(row, server(row)) },
  { name: 'server_port', value: (row) => String(row.port[server(row)]) },
  { name: 'client_by', value: (row) => row.clientBy },
  { name: 'start_epoch', value: (row, _, c) => (c.report.timed ? c.startEpoch(row) : '') },
  { name: 'duration_s', value: (row, _, c) => (c.report.timed ? formatSeconds(...timeBetween(row.startTime, row.startRest, row.endTime, row.endRest)) : '') },
  { name: 'packets', value: (row) => String(row.packets[0] + row.packets[1]) },
  { name: 'packets_client', value: (row) => String(row.packets[row.client]) },
  { name: 'packets_server', value: (row) => String(row.packets[server(row)]) },
  { name: 'bytes_client', value: (row) => String(row.payload[row.client]) },
  { name: 'bytes_server', value: (row) => String(row.payload[server(row)]) },
  { name: 'handshake_rtt_s', value: (row) => (Number.isNaN(row.initialRtt) ? '' : formatSeconds(row.initialRtt)) },
  { name: 'status', value: (row) => streamStatus(row) },
  { name: 'retransmissions', value: (row) => String(row.retransmissions[0] + row.retransmissions[1]) },
  { name: 'verdict', value: (_, __, c) => c.report.verdict },
  { name: 'client_state', value: (_, __, c) => STATE_NAMES[c.report.clientState] ?? '' },
  { name: 'server_state', value: (_, __, c) => STATE_NAMES[c.report.serverState] ?? '' },
  { name: 'closed_by', value: (_, __, c) => c.report.closedBy ?? '' },
  { name: 'completeness', value: (_, __, c) => String(c.completeness) },
  ...PHASE_COLUMNS.map(([name, phase]) => ({ name, value: (_: StreamRow, __: number, c: StreamContext) => (c.report.timed ? formatSeconds(c.report.phases[phase]) : '') })),
];

export const STREAM_COLUMN_NAMES: readonly string[] = COLUMNS.map((c) => c.name);

/** `tcp-trace streams`: one row per TCP connection. */
export function streamsCommand(file: string, format: OutputFormat): Promise<number> {
  const streams = new StreamTable();
  const study = new CaptureStudy();
  const writer = new RowWriter(process.stdout, format, STREAM_COLUMN_NAMES);
  return runCapture(file, {
    writer,
    observer: {
      observe: (segment, analysis, packet, time, frameLength, row) => {
        streams.observe(segment, analysis, packet, time, frameLength, row);
        study.observe(segment, analysis, packet, time, frameLength, row);
      },
    },
    sink: (row) => {
      study.observeRow(row);
      return true;
    },
    done: async (reader, pipeline, fault) => {
      study.finish(fault);
      const context: Omit<StreamContext, 'report' | 'completeness'> = {
        startEpoch: (row) => {
          const [seconds, nanos] = wholeSeconds(row.startTime, row.startRest);
          const total = nanos + pipeline.baseNanos;
          const more = Math.floor(total / NANOS_PER_SECOND);
          return formatTimestamp(pipeline.baseSeconds + seconds + more, total - more * NANOS_PER_SECOND);
        },
        address: (row, end) => {
          const a = row.address.subarray(end * 4, end * 4 + 4);
          return escapeText(formatAddress(row.family, a[0]!, a[1]!, a[2]!, a[3]!, (id) => reader.info.hostName?.(id) ?? `host#${id}`));
        },
      };
      for (let i = 0; i < streams.length; i++) {
        const report = study.report(i);
        if (!report) continue;
        const row = streams.row(i);
        const whole: StreamContext = { ...context, report, completeness: pipeline.completeness(i) };
        writer.row(COLUMNS.map((column) => column.value(row, i, whole)));
        if (writer.full) await writer.drained();
      }
    },
  });
}
