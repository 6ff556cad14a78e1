import type { CardRequest, EngineMethod, Jump, PacketPageRequest, PacketPosition, PacketView, StreamPageRequest, StreamSortKey } from '../core/engineApi';
import type { FilterOfRequest, SeekRequest } from '../core/filter/filterApi';
import type { ExportApi } from '../core/export/exportApi';
import type { FollowFindRequest, FollowPageRequest, FollowView } from '../core/query/followApi';
import type { TextApi } from '../core/query/textApi';
import { GRAPH_KINDS, MOST_STEPS, type SeriesRequest } from '../core/seriesApi';
import { MOST_LANE_CELLS, MOST_LANES, MOST_OVERVIEW_BUCKETS, type OverviewRequest, type StreamLanesRequest } from '../core/overviewApi';
import { MOST_TIMELINE_BUCKETS, MOST_TIMELINE_SEGMENTS, type TimelineBucketsRequest } from '../core/timelineApi';
import type { EditorViewState, ExplainToHost, SequenceFormat, StreamTab, TimeFormat, TimeScale, ToHost } from '../rpc/webviewMessages';

/**
 * Checks what webviews send: known kinds, allowed methods, numbers in range. Each check gives back a fresh value with the
 * known properties only, or null.
 */

/** Rows that one page may hold. */
export const MAX_PAGE_ROWS = 2000;
const MAX_QUERY = 1000;
const MAX_FOLLOW_BYTES = 1 << 18;
const MAX_NODE = 1000;
/** A find may be wrapped around the longest filter that is compiled. */
const MAX_FILTER = 24_000;
const MAX_FIELDS = 8;
const MAX_FINDING_ID = 100;
const MAX_COPY = 32 * 1024 * 1024;
/** Every point of a graph of a million segments as CSV. */
const MAX_SAVE = 256 * 1024 * 1024;
/** A proposal for a file's name: no folders, no hidden files. */
const FILE_NAME = /^[a-z0-9][a-z0-9-]*\.(png|svg|csv)$/;
const MAX_PANES = 60;
/** Cells of the small timeline in a row of the streams table. */
const MAX_ROW_CELLS = 256;
/** Packets are numbered with 32 bits; the highest value means none. */
const MAX_INDEX = 0xfffffffe;

const SORT_KEYS: readonly StreamSortKey[] = [
  'stream', 'client', 'server', 'start', 'duration', 'packets', 'packetsClient', 'packetsServer', 'bytes', 'bytesClient', 'bytesServer', 'rtt', 'status', 'retransmissions', 'severity', 'retransmitted',
];
export const TIME_FORMATS: readonly TimeFormat[] = ['relative', 'utc', 'local', 'epoch', 'delta', 'streamRelative', 'streamDelta'];
export const SEQUENCE_FORMATS: readonly SequenceFormat[] = ['relative', 'raw'];
const STREAM_TABS: readonly StreamTab[] = ['timeline', 'packets', 'graphs', 'payload'];
const TIME_SCALES: readonly TimeScale[] = ['even', 'time'];
const JUMPS_FROM_STREAM = ['nextStream', 'previousStream'] as const;
const JUMPS_FROM_PACKET = ['nextInStream', 'previousInStream', 'nextOtherDirection', 'firstOfStream', 'lastOfStream'] as const;
const FOLLOW_VIEWS: readonly FollowView[] = ['both', 'client', 'server'];
const ACTIONS = ['goToPacket', 'goToStream', 'reopenWith', 'openExplain', 'openSettings', 'openAsText', 'nextFinding', 'previousFinding'] as const;

type Bag = Readonly<Record<string, unknown>>;

function bag(value: unknown): Bag | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Bag) : null;
}

function integer(value: unknown, least = 0, most = MAX_INDEX): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | null {
  return typeof value === 'string' && (allowed as readonly string[]).includes(value) ? (value as T) : null;
}

function text(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length <= most;
}

function finite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** An integer in range, or null; undefined when it is neither. */
function indexOrNull(value: unknown): number | null | undefined {
  return value === null ? null : integer(value) ? value : undefined;
}

function checkView(value: unknown): PacketView | null {
  const view = bag(value);
  if (!view || (view.filter !== undefined && !text(view.filter, MAX_FILTER))) return null;
  const filter = view.filter === undefined || view.filter === '' ? {} : { filter: view.filter };
  if (view.kind === 'all') return { kind: 'all', ...filter };
  return view.kind === 'stream' && integer(view.stream) ? { kind: 'stream', stream: view.stream, ...filter } : null;
}

function checkPacket(params: Bag): { packet: number } | null {
  return integer(params.packet) ? { packet: params.packet } : null;
}

function checkPage(params: Bag): PacketPageRequest | null {
  const view = checkView(params.view);
  const { start, count } = params;
  return view && integer(start) && integer(count, 0, MAX_PAGE_ROWS) ? { view, start, count } : null;
}

function checkStreams(params: Bag): StreamPageRequest | null {
  const sort = oneOf(params.sort, SORT_KEYS);
  const { descending, start, count, query, filter, grouped, lanes } = params;
  if ((grouped !== undefined && typeof grouped !== 'boolean') || (lanes !== undefined && !integer(lanes, 0, MAX_ROW_CELLS))) return null;
  if (!sort || typeof descending !== 'boolean' || !integer(start) || !integer(count, 0, MAX_PAGE_ROWS) || !text(query, MAX_QUERY) || (filter !== undefined && !text(filter, MAX_FILTER))) return null;
  return { sort, descending, start, count, query, ...(filter === undefined || filter === '' ? {} : { filter }), ...(grouped ? { grouped } : {}), ...(lanes ? { lanes } : {}) };
}

function checkOverview(params: Bag): OverviewRequest | null {
  const { from, to, count, marks } = params;
  if ((from !== null && !finite(from)) || (to !== null && !finite(to)) || !integer(count, 1, MOST_OVERVIEW_BUCKETS) || !integer(marks, 0, MOST_OVERVIEW_BUCKETS)) return null;
  return { from, to, count, marks };
}

function checkLanes(params: Bag): StreamLanesRequest | null {
  const sort = oneOf(params.sort, SORT_KEYS);
  const { descending, grouped, query, start, count, from, to, cells } = params;
  if (!sort || typeof descending !== 'boolean' || typeof grouped !== 'boolean' || !text(query, MAX_QUERY)) return null;
  if (!integer(start) || !integer(count, 0, MOST_LANES) || !finite(from) || !finite(to) || !integer(cells, 1, MOST_LANE_CELLS)) return null;
  return { sort, descending, grouped, query, start, count, from, to, cells };
}

function checkCard(params: Bag): CardRequest | null {
  const { packet, node } = params;
  return integer(packet) && text(node, MAX_NODE) ? { packet, node } : null;
}

function checkJump(params: Bag): Jump | null {
  const { from } = params;
  const streamWise = oneOf(params.to, JUMPS_FROM_STREAM);
  if (streamWise) return from === null || integer(from) ? { to: streamWise, from } : null;
  const packetWise = oneOf(params.to, JUMPS_FROM_PACKET);
  if (packetWise) return integer(from) ? { to: packetWise, from } : null;
  if (params.to === 'packet') return integer(params.packet) ? { to: 'packet', packet: params.packet } : null;
  return params.to === 'stream' && integer(params.stream) ? { to: 'stream', stream: params.stream } : null;
}

function checkStream(params: Bag): { stream: number } | null {
  return integer(params.stream) ? { stream: params.stream } : null;
}

function checkTimelinePage(params: Bag): { stream: number; start: number; count: number } | null {
  const { stream, start, count } = params;
  return integer(stream) && integer(start) && integer(count, 0, MOST_TIMELINE_SEGMENTS) ? { stream, start, count } : null;
}

function checkTimelineBuckets(params: Bag): TimelineBucketsRequest | null {
  const { stream, from, to, count } = params;
  const by = oneOf(params.by, ['rank', 'time']);
  if (!by || !integer(stream) || !finite(from) || !finite(to) || !integer(count, 1, MOST_TIMELINE_BUCKETS)) return null;
  return { stream, by, from, to, count };
}

function checkSeries(params: Bag): SeriesRequest | null {
  const { stream, from, to, steps } = params;
  const graph = oneOf(params.graph, GRAPH_KINDS);
  const of = oneOf(params.of, ['client', 'server']);
  const by = oneOf(params.by, ['time', 'seq']);
  if (!graph || !of || !by || !integer(stream) || !integer(steps, 0, MOST_STEPS)) return null;
  return (from === null || finite(from)) && (to === null || finite(to)) ? { stream, graph, of, by, from, to, steps } : null;
}

function checkRowOf(params: Bag): { view: PacketView; packet: number } | null {
  const view = checkView(params.view);
  return view && integer(params.packet) ? { view, packet: params.packet } : null;
}

function checkFilter(params: Bag): { filter: string } | null {
  return text(params.filter, MAX_FILTER) ? { filter: params.filter } : null;
}

function checkComplete(params: Bag): { filter: string; at: number } | null {
  return text(params.filter, MAX_FILTER) && integer(params.at, 0, MAX_FILTER) ? { filter: params.filter, at: params.at } : null;
}

function checkFilterOf(params: Bag): FilterOfRequest | null {
  const { packet, node, fields } = params;
  if (!integer(packet) || (node !== null && !text(node, MAX_NODE)) || !Array.isArray(fields) || fields.length > MAX_FIELDS) return null;
  return (fields as unknown[]).every((name): name is string => text(name, 100)) ? { packet, node, fields: [...(fields as string[])] } : null;
}

function checkSeek(params: Bag): SeekRequest | null {
  const view = checkView(params.view);
  const { from, step } = params;
  return view && (from === null || integer(from)) && (step === 1 || step === -1) ? { view, from, step } : null;
}

function checkStopSeek(params: Bag): { view: PacketView } | null {
  const view = checkView(params.view);
  return view && { view };
}

function checkStreamOrNull(params: Bag): { stream: number | null } | null {
  const stream = indexOrNull(params.stream);
  return stream === undefined ? null : { stream };
}

function checkFindingPage(params: Bag): { id: string; start: number; count: number } | null {
  const { id, start, count } = params;
  return text(id, MAX_FINDING_ID) && integer(start) && integer(count, 0, MAX_PAGE_ROWS) ? { id, start, count } : null;
}

function checkNextFinding(params: Bag): { packet: number | null; step: 1 | -1 } | null {
  const packet = indexOrNull(params.packet);
  const { step } = params;
  return packet !== undefined && (step === 1 || step === -1) ? { packet, step } : null;
}

function checkFollowed(params: Bag): { stream: number } | null {
  return integer(params.stream) ? { stream: params.stream } : null;
}

function checkFollowPage(params: Bag): FollowPageRequest | null {
  const { stream, start, bytes } = params;
  const side = oneOf(params.side, FOLLOW_VIEWS);
  return side && integer(stream) && integer(start, 0, Number.MAX_SAFE_INTEGER) && integer(bytes, 0, MAX_FOLLOW_BYTES) ? { stream, side, start, bytes } : null;
}

function checkFollowFind(params: Bag): FollowFindRequest | null {
  const { stream, pattern, ignoreCase, from, backwards } = params;
  const side = oneOf(params.side, FOLLOW_VIEWS);
  const form = oneOf(params.form, ['text', 'hex'] as const);
  if (!side || !form || !integer(stream) || !text(pattern, MAX_QUERY) || typeof ignoreCase !== 'boolean' || typeof backwards !== 'boolean') return null;
  return integer(from, 0, Number.MAX_SAFE_INTEGER) ? { stream, side, pattern, form, ignoreCase, from, backwards } : null;
}

/** The methods that a webview may call, all but those about a text document and those that write files; null stands for "takes no parameters". */
const METHODS: Readonly<Record<Exclude<EngineMethod, keyof TextApi | keyof ExportApi>, ((params: Bag) => object | null) | null>> = {
  state: null,
  cancelIndexing: null,
  resumeIndexing: null,
  loadMore: null,
  reload: null,
  packetPage: checkPage,
  streamPage: checkStreams,
  packetDetail: checkPacket,
  card: checkCard,
  explainPacket: checkPacket,
  stateHistory: checkPacket,
  parameters: (params) => (integer(params.stream) ? { stream: params.stream } : null),
  evidence: checkPacket,
  variables: checkPacket,
  jump: checkJump,
  position: checkPacket,
  rowOf: checkRowOf,
  filterCheck: checkFilter,
  filterComplete: checkComplete,
  filterOf: checkFilterOf,
  seek: checkSeek,
  stopSeek: checkStopSeek,
  timelineHead: checkStream,
  timelinePage: checkTimelinePage,
  timelineBuckets: checkTimelineBuckets,
  series: checkSeries,
  overview: checkOverview,
  streamLanes: checkLanes,
  streamGroups: (params) => (text(params.query, MAX_QUERY) ? { query: params.query } : null),
  findings: checkStreamOrNull,
  findingGroups: null,
  findingPage: checkFindingPage,
  streamReport: checkStream,
  streamCard: checkStream,
  nextFinding: checkNextFinding,
  cancelStudy: null,
  resumeStudy: null,
  followSummary: checkFollowed,
  followPage: checkFollowPage,
  followFind: checkFollowFind,
};

type RequestMessage = Extract<ToHost, { kind: 'request' }>;

/** A request for the engine, or the reason why it is none: the caller is owed an answer when the id is sound. */
function checkRequest(message: Bag): RequestMessage | null {
  const { id } = message;
  if (!integer(id, 0, Number.MAX_SAFE_INTEGER) || typeof message.method !== 'string' || !Object.hasOwn(METHODS, message.method)) return null;
  const method = message.method as keyof typeof METHODS;
  const check = METHODS[method];
  if (!check) return { kind: 'request', id, method, params: null };
  const given = bag(message.params);
  const params = given && check(given);
  return params ? { kind: 'request', id, method, params: params as RequestMessage['params'] } : null;
}

function checkPosition(value: unknown): PacketPosition | null {
  const position = bag(value);
  if (!position || !integer(position.packet) || !integer(position.packets) || !integer(position.streams)) return null;
  const stream = indexOrNull(position.stream);
  const rankInStream = indexOrNull(position.rankInStream);
  const streamPackets = indexOrNull(position.streamPackets);
  if (stream === undefined || rankInStream === undefined || streamPackets === undefined) return null;
  return { packet: position.packet, packets: position.packets, stream, streams: position.streams, rankInStream, streamPackets };
}

function checkSelection(message: Bag): ToHost | null {
  const position = message.position === null ? null : checkPosition(message.position);
  if (position === null && message.position !== null) return null;
  const node = message.node === null ? null : text(message.node, MAX_NODE) ? message.node : undefined;
  if (node === undefined || typeof message.canGoBack !== 'boolean' || typeof message.canGoForward !== 'boolean') return null;
  return { kind: 'selection', position, node, canGoBack: message.canGoBack, canGoForward: message.canGoForward };
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
  for (const [name, size] of Object.entries(given).slice(0, MAX_PANES)) if (name.length <= 50 && typeof size === 'number' && size >= 0 && size <= MAX_INDEX) panes[name] = size;
  return { view, tab, timeScale, graph, selectedPacket, selectedStream, streamSort, streamSortDescending, grouped, timeFormat, sequenceFormat, packetScroll, streamScroll, panes };
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
