import type { CardRequest, EngineMethod, Jump, PacketPageRequest, PacketView, StreamPageRequest } from '../core/engineApi';
import type { FilterOfRequest, SeekRequest } from '../core/filter/filterApi';
import type { ExportApi } from '../core/export/exportApi';
import { MOST_VALUE_FIELDS, MOST_VALUE_PACKETS, type FieldValuesRequest } from '../core/query/fieldApi';
import type { FollowFindRequest, FollowPageRequest } from '../core/query/followApi';
import type { TextApi } from '../core/query/textApi';
import { GRAPH_KINDS, MOST_STEPS, type SeriesRequest } from '../core/seriesApi';
import { MOST_LANE_CELLS, MOST_LANES, MOST_OVERVIEW_BUCKETS, type OverviewRequest, type StreamLanesRequest } from '../core/overviewApi';
import { MOST_TIMELINE_BUCKETS, MOST_TIMELINE_SEGMENTS, type TimelineBucketsRequest } from '../core/timelineApi';
import type { ToHost } from '../rpc/webviewMessages';
import { bag, checkView, finite, FOLLOW_VIEWS, indexOrNull, integer, MAX_FILTER, MAX_NODE, oneOf, SORT_KEYS, text, type Bag } from './valueChecks';

/** Rows that one page may hold. */
export const MAX_PAGE_ROWS = 2000;
const MAX_QUERY = 1000;
const MAX_FOLLOW_BYTES = 1 << 18;
const MAX_FIELDS = 8;
const MAX_FINDING_ID = 100;
/** Cells of the small timeline in a row of the streams table. */
const MAX_ROW_CELLS = 256;
const JUMPS_FROM_STREAM = ['nextStream', 'previousStream'] as const;
const JUMPS_FROM_PACKET = ['nextInStream', 'previousInStream', 'nextOtherDirection', 'firstOfStream', 'lastOfStream'] as const;

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

function packetList(value: unknown, most: number): readonly number[] | null {
  return Array.isArray(value) && value.length <= most && (value as unknown[]).every((packet) => integer(packet)) ? [...(value as number[])] : null;
}

function nameList(value: unknown, most: number): readonly string[] | null {
  return Array.isArray(value) && value.length <= most && (value as unknown[]).every((name) => text(name, 100)) ? [...(value as string[])] : null;
}

function checkFieldValues(params: Bag): FieldValuesRequest | null {
  const packets = packetList(params.packets, MOST_VALUE_PACKETS);
  const fields = nameList(params.fields, MOST_VALUE_FIELDS);
  return packets && fields ? { packets, fields } : null;
}

function checkFieldCard(params: Bag): { packet: number; field: string } | null {
  const { packet, field } = params;
  return integer(packet) && text(field, 100) ? { packet, field } : null;
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
  fields: null,
  fieldValues: checkFieldValues,
  fieldCard: checkFieldCard,
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

export type RequestMessage = Extract<ToHost, { kind: 'request' }>;

/** A request for the engine, or the reason why it is none: the caller is owed an answer when the id is sound. */
export function checkRequest(message: Bag): RequestMessage | null {
  const { id } = message;
  if (!integer(id, 0, Number.MAX_SAFE_INTEGER) || typeof message.method !== 'string' || !Object.hasOwn(METHODS, message.method)) return null;
  const method = message.method as keyof typeof METHODS;
  const check = METHODS[method];
  if (!check) return { kind: 'request', id, method, params: null };
  const given = bag(message.params);
  const params = given && check(given);
  return params ? { kind: 'request', id, method, params: params as RequestMessage['params'] } : null;
}
