import type { PacketPosition } from '../core/engineApi';
import type { RowsOfView } from '../core/export/exportApi';
import { checkColumns, COLUMN_TABLES, type ColumnChoice } from '../core/fields/columnChoice';
import { GRAPH_KINDS } from '../core/seriesApi';
import type { EditorViewState, ExplainToHost, SequenceFormat, StreamTab, TimeFormat, TimeScale, ToHost } from '../rpc/webviewMessages';
import { checkRequest } from './requestChecks';
import { bag, checkView, FOLLOW_VIEWS, indexOrNull, integer, MAX_FILTER, MAX_INDEX, MAX_NODE, oneOf, SORT_KEYS, text, type Bag } from './valueChecks';

/**
 * Checks what webviews send: known kinds, allowed methods, numbers in range. Each check gives back a fresh value with the
 * known properties only, or null.
 */

const MAX_COPY = 32 * 1024 * 1024;
/** Every point of a graph of a million segments as CSV. */
const MAX_SAVE = 256 * 1024 * 1024;
/** A proposal for a file's name: no folders, no hidden files. */
const FILE_NAME = /^[a-z0-9][a-z0-9-]*\.(png|svg|csv)$/;
const MAX_PANES = 120;
/** Ranges of selected rows. */
const MAX_RANGES = 10_000;
export const TIME_FORMATS: readonly TimeFormat[] = ['relative', 'utc', 'local', 'epoch', 'delta', 'streamRelative', 'streamDelta'];
export const SEQUENCE_FORMATS: readonly SequenceFormat[] = ['relative', 'raw'];
export const STREAM_TABS: readonly StreamTab[] = ['timeline', 'packets', 'graphs', 'payload'];
const TIME_SCALES: readonly TimeScale[] = ['even', 'time'];
const ACTIONS = ['goToPacket', 'goToStream', 'reopenWith', 'openExplain', 'openSettings', 'openAsText', 'nextFinding', 'previousFinding', 'chooseColumns', 'chooseStreamColumns'] as const;

function checkPosition(value: unknown): PacketPosition | null {
  const position = bag(value);
  if (!position || !integer(position.packet) || !integer(position.packets) || !integer(position.streams)) return null;
  const stream = indexOrNull(position.stream);
  const rankInStream = indexOrNull(position.rankInStream);
  const streamPackets = indexOrNull(position.streamPackets);
  if (stream === undefined || rankInStream === undefined || streamPackets === undefined) return null;
  return { packet: position.packet, packets: position.packets, stream, streams: position.streams, rankInStream, streamPackets };
}

function checkRows(value: unknown): RowsOfView | null {
  const rows = bag(value);
  const view = rows && checkView(rows.view);
  if (!rows || !view || !Array.isArray(rows.ranges) || rows.ranges.length > MAX_RANGES) return null;
  const ranges: (readonly [number, number])[] = [];
  for (const range of rows.ranges as unknown[]) {
    if (!Array.isArray(range)) return null;
    const [first, last] = range as unknown[];
    if (!integer(first) || !integer(last, first)) return null;
    ranges.push([first, last]);
  }
  return { view, ranges };
}

function checkSelection(message: Bag): ToHost | null {
  const position = message.position === null ? null : checkPosition(message.position);
  if (position === null && message.position !== null) return null;
  const node = message.node === null ? null : text(message.node, MAX_NODE) ? message.node : undefined;
  if (node === undefined || typeof message.canGoBack !== 'boolean' || typeof message.canGoForward !== 'boolean') return null;
  const rows = checkRows(message.rows);
  if (rows === null && message.rows !== null && message.rows !== undefined) return null;
  return { kind: 'selection', rows, position, node, canGoBack: message.canGoBack, canGoForward: message.canGoForward };
}

/** A view state of a webview or of the workspace's storage. */
export function checkViewState(value: unknown): EditorViewState | null {
  const state = bag(value);
  const given = bag(state?.panes);
  if (!state || !given) return null;
  const view = checkView(state.view);
  const selectedPacket = indexOrNull(state.selectedPacket);
  const selectedStream = indexOrNull(state.selectedStream);
  const streamSort = oneOf(state.streamSort, SORT_KEYS);
  const timeFormat = oneOf(state.timeFormat, TIME_FORMATS);
  const sequenceFormat = oneOf(state.sequenceFormat, SEQUENCE_FORMATS);
  // Missing in what earlier versions stored.
  const tab = oneOf(state.tab, STREAM_TABS) ?? 'packets';
  const timeScale = oneOf(state.timeScale, TIME_SCALES) ?? 'even';
  const graph = oneOf(state.graph, GRAPH_KINDS) ?? 'sequence';
  const grouped = state.grouped === true;
  const { streamSortDescending, packetScroll, streamScroll } = state;
  if (!view || selectedPacket === undefined || selectedStream === undefined || !streamSort || !timeFormat || !sequenceFormat) return null;
  if (typeof streamSortDescending !== 'boolean' || !position(packetScroll) || !position(streamScroll)) return null;
  const panes: Record<string, number> = {};
  for (const [name, size] of Object.entries(given).slice(0, MAX_PANES)) if (name.length <= 110 && typeof size === 'number' && size >= 0 && size <= MAX_INDEX) panes[name] = size;
  return { view, tab, timeScale, graph, selectedPacket, selectedStream, streamSort, streamSortDescending, grouped, timeFormat, sequenceFormat, packetScroll, streamScroll, panes, ...checkChoice(state.columns) };
}

/** Columns that this editor has of its own; nothing where it has none. */
function checkChoice(value: unknown): { columns?: ColumnChoice } {
  const given = bag(value);
  if (!given) return {};
  const columns: { -readonly [K in keyof ColumnChoice]: ColumnChoice[K] } = {};
  for (const table of COLUMN_TABLES) {
    const list = checkColumns(given[table], table);
    if (list) columns[table] = list;
  }
  return Object.keys(columns).length > 0 ? { columns } : {};
}

/** A scroll position in rows, perhaps between two. */
function position(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_INDEX;
}

/** What an earlier version kept may not pass: the page is heard all the same. */
function checkReady(kept: unknown): ToHost {
  const viewState = checkViewState(kept);
  return viewState ? { kind: 'ready', viewState } : { kind: 'ready' };
}

/** A message of the capture editor's webview, or null when it must be ignored. */
export function checkToHost(value: unknown): ToHost | null {
  const message = bag(value);
  if (!message) return null;
  switch (message.kind) {
    case 'ready':
      return checkReady(message.viewState);
    case 'request':
      return checkRequest(message);
    case 'cancel':
      return integer(message.id, 0, Number.MAX_SAFE_INTEGER) ? { kind: 'cancel', id: message.id } : null;
    case 'selection':
      return checkSelection(message);
    case 'viewState': {
      const state = checkViewState(message.state);
      return state && { kind: 'viewState', state };
    }
    case 'copy':
      return text(message.text, MAX_COPY) ? { kind: 'copy', text: message.text } : null;
    case 'filterUsed':
    case 'saveFilter':
      return text(message.filter, MAX_FILTER) && message.filter !== '' ? { kind: message.kind, filter: message.filter } : null;
    case 'save':
      return text(message.name, 200) && FILE_NAME.test(message.name) && message.bytes instanceof Uint8Array && message.bytes.length <= MAX_SAVE ? { kind: 'save', name: message.name, bytes: message.bytes } : null;
    case 'columns': {
      const table = oneOf(message.table, COLUMN_TABLES);
      const columns = table && message.columns !== null ? checkColumns(message.columns, table) : null;
      return table && (columns !== null || message.columns === null) ? { kind: 'columns', table, columns } : null;
    }
    case 'openLine':
      return integer(message.line, 1) ? { kind: 'openLine', line: message.line } : null;
    case 'payload': {
      const action = oneOf(message.action, ['save', 'open'] as const);
      const side = oneOf(message.side, FOLLOW_VIEWS);
      return action && side && integer(message.stream) ? { kind: 'payload', action, stream: message.stream, side } : null;
    }
    case 'run': {
      const action = oneOf(message.action, ACTIONS);
      return action && { kind: 'run', action };
    }
    default:
      return null;
  }
}

/** The id of a request that did not pass, so that its sender is not left waiting. */
export function refusedRequestId(value: unknown): number | null {
  const message = bag(value);
  return message?.kind === 'request' && integer(message.id, 0, Number.MAX_SAFE_INTEGER) ? message.id : null;
}

/** A message of the TCP Explain panel, or null when it must be ignored. */
export function checkExplainToHost(value: unknown): ExplainToHost | null {
  const message = bag(value);
  switch (message?.kind) {
    case 'ready':
      return { kind: 'ready' };
    case 'goToPacket':
      return integer(message.packet) ? { kind: 'goToPacket', packet: message.packet } : null;
    case 'copy':
      return text(message.text, MAX_COPY) ? { kind: 'copy', text: message.text } : null;
    default:
      return null;
  }
}
