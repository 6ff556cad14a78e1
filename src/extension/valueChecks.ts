import type { PacketView, StreamSortKey } from '../core/engineApi';
import type { FollowView } from '../core/query/followApi';

/** Limits and checks of single values, for everything that a webview sends. */

export const MAX_NODE = 1000;
/** A find may be wrapped around the longest filter that is compiled. */
export const MAX_FILTER = 24_000;
/** Packets are numbered with 32 bits; the highest value means none. */
export const MAX_INDEX = 0xfffffffe;
export const SORT_KEYS: readonly StreamSortKey[] = [
  'stream', 'client', 'server', 'start', 'duration', 'packets', 'packetsClient', 'packetsServer', 'bytes', 'bytesClient', 'bytesServer', 'rtt', 'status', 'retransmissions', 'severity', 'retransmitted',
];
export const FOLLOW_VIEWS: readonly FollowView[] = ['both', 'client', 'server'];

export type Bag = Readonly<Record<string, unknown>>;

export function bag(value: unknown): Bag | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : null;
}

export function integer(value: unknown, least = 0, most = MAX_INDEX): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | null {
  return typeof value === 'string' && (allowed as readonly string[]).includes(value) ? (value as T) : null;
}

export function text(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most;
}

export function finite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** An integer in range, or null; undefined when it is neither. */
export function indexOrNull(value: unknown): number | null | undefined {
  return value === null ? null : integer(value) ? value : undefined;
}

export function checkView(value: unknown): PacketView | null {
  const view = bag(value);
  if (!view || (view.filter !== undefined && !text(view.filter, MAX_FILTER))) return null;
  const filter = view.filter === undefined || view.filter === '' ? {} : { filter: view.filter };
  if (view.kind === 'all') return { kind: 'all', ...filter };
  return view.kind === 'stream' && integer(view.stream) ? { kind: 'stream', stream: view.stream, ...filter } : null;
}
