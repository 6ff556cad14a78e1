import { formatEndpoint } from '../core/bytes/address';
import type { CaptureState, PacketPosition, StreamRowData, StreamStatus } from '../core/engineApi';

/** Texts computed from plain data, without VS Code: numbers, addresses, icons. */

/** "1.5 MB" with decimal units; whole bytes below 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit]!}`;
}

/** "3  10.0.0.2:34698 → redis:6379" */
export function streamTitle(row: Pick<StreamRowData, 'stream' | 'client' | 'clientPort' | 'server' | 'serverPort'>): string {
  return `${row.stream}  ${formatEndpoint(row.client, row.clientPort)} → ${formatEndpoint(row.server, row.serverPort)}`;
}

const STATUS_ICONS: Readonly<Record<StreamStatus, readonly [icon: string, color: string | null]>> = {
  'no-handshake': ['circle-outline', null],
  syn: ['circle-slash', 'problemsWarningIcon.foreground'],
  handshake: ['plug', null],
  open: ['arrow-both', null],
  'half-closed': ['arrow-right', null],
  closed: ['pass', null],
  reset: ['error', 'problemsErrorIcon.foreground'],
};

/** Codicon and theme colour of a stream's status. */
export function statusIcon(status: StreamStatus): readonly [icon: string, color: string | null] {
  return STATUS_ICONS[status];
}

/** Nanoseconds in the unit that fits: "12.3 ms", "4.56 s", "2 min 05 s". */
export function formatDuration(nanos: number): string {
  const steps: readonly (readonly [number, string])[] = [
    [1e3, 'ns'],
    [1e6, 'µs'],
    [1e9, 'ms'],
  ];
  let divisor = 1;
  for (const [limit, unit] of steps) {
    if (nanos < limit) return `${short(nanos / divisor)} ${unit}`;
    divisor = limit;
  }
  const seconds = nanos / 1e9;
  if (seconds < 60) return `${short(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${String(Math.floor(seconds - minutes * 60)).padStart(2, '0')} s`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** "stream 3/120 - packet 45/1000": the status bar's position; `words` are the localised templates. */
export function positionText(position: PacketPosition, words: { readonly withStream: string; readonly packetOnly: string }): string {
  const values: Readonly<Record<string, number | null>> = { stream: position.stream, streams: position.streams, packet: position.packet + 1, packets: position.packets };
  const template = position.stream === null ? words.packetOnly : words.withStream;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Whole percent, never 100 before the end. */
export function percent(progress: number): number {
  return Math.max(0, Math.min(99, Math.floor(progress * 100)));
}

export function isBusy(state: CaptureState): boolean {
  return state.phase === 'indexing' || state.phase === 'inflating';
}

/** A frame number that a person typed ("45", "#45", "1 200 000", "1,200,000"), or null. */
export function parseFrameNumber(typed: string): number | null {
  const digits = typed.trim().replace(/^#/, '').replace(/[\s,_'.\u00a0\u202f]/g, '');
  if (!/^\d{1,10}$/.test(digits)) return null;
  return Number(digits);
}

/** A glob that matches exactly this name. */
export function escapeGlob(name: string): string {
  return name.replace(/[*?[\]{}]/g, '[$&]');
}

/** What is shown before the engine's first state. */
export function initialState(): CaptureState {
  return {
    revision: 0,
    phase: 'indexing',
    progress: 0,
    packets: 0,
    tcpPackets: 0,
    streams: 0,
    bytes: 0,
    format: '',
    description: '',
    interfaces: [],
    comments: [],
    baseSeconds: 0,
    baseNanos: 0,
    timeDigits: 6,
    timeOfDayOnly: false,
    study: { phase: 'waiting', progress: 0, version: 0, errors: 0, warnings: 0, infos: 0 },
    fault: null,
    failure: null,
    change: 'none',
  };
}
