import { badgesOf } from '../analysis/badges';
import { duplicateCount } from '../analysis/labels';
import { timeBetween } from '../bytes/farTime';
import { UNKNOWN_LENGTH, type PacketIndex } from '../bytes/units';
import { PROTOCOL_NAMES } from '../decode/otherTraffic';
import {
  ACK,
  HEADER_BOGUS,
  HEADER_FULL,
  HEADER_PORTS,
  KNOWN_ABSOLUTE_ACK,
  KNOWN_ABSOLUTE_SEQ,
  KNOWN_ACK,
  KNOWN_FLAGS,
  KNOWN_LENGTH,
  KNOWN_SEQ,
  KNOWN_TIME,
  KNOWN_WINDOW,
  SYN,
} from '../decode/segment';
import { formatEndpoint } from '../bytes/address';
import type { PacketPage, PacketPageRequest, PacketRow } from '../engineApi';
import type { FilterViews } from '../filter/filterViews';
import { META_FRAGMENT, META_MALFORMED, META_NO_TIME, META_OPTIONS_BAD, META_RELATIVE_ACK, META_RELATIVE_SEQ } from '../table/packetTable';
import type { StreamRow } from '../table/streamTable';
import type { CaptureModel } from './captureModel';
import { namesOf } from './streamRows';
import { otherTrafficSummary, packetInfo } from './packetInfo';

const MOST_ROWS = 2000;

/** One page of a view. Looks at single records again only for the rows whose Info needs it. */
export async function packetPage(model: CaptureModel, views: FilterViews, request: PacketPageRequest, signal: { readonly aborted: boolean }): Promise<PacketPage> {
  const { list, total, scan } = await views.rows(request.view, signal);
  const start = Math.max(0, Math.min(total, request.start));
  const end = Math.min(total, start + Math.min(MOST_ROWS, request.count));
  const rows: PacketRow[] = [];
  for (let i = start; i < end && !signal.aborted; i++) rows.push(await packetRow(model, list ? list[i]! : i));
  return { revision: model.revision, view: request.view, start, total, rows, scan };
}

async function packetRow(model: CaptureModel, packet: PacketIndex): Promise<PacketRow> {
  const table = model.packets;
  const meta = table.meta(packet);
  const common = {
    packet,
    time: meta & META_NO_TIME || !(table.known(packet) & KNOWN_TIME) ? null : table.time(packet),
    length: table.originalLength(packet),
    capturedLength: table.capturedLength(packet),
  };
  if (!table.isTcp(packet)) {
    const summary = await otherTrafficSummary(model, packet);
    return {
      ...common,
      streamDelta: null,
      streamTime: null,
      ...(table.timeRest(packet) === 0 ? {} : { timeRests: { time: table.timeRest(packet), streamDelta: 0, streamTime: 0 } }),
      stream: null,
      from: null,
      source: summary.source,
      destination: summary.destination,
      protocol: PROTOCOL_NAMES[table.protocol(packet)] ?? 'unknown',
      flags: null,
      seq: null,
      seqRelative: null,
      ack: null,
      ackRelative: null,
      payload: null,
      window: null,
      windowScaled: null,
      scale: null,
      labels: 0,
      verdict: 0,
      badges: [],
      info: summary.info,
      mark: meta & META_FRAGMENT ? 'fragment' : meta & META_MALFORMED ? 'malformed' : 'none',
    };
  }
  return { ...common, ...tcpColumns(model, packet), badges: badgesOf(model.marks(packet), duplicateCount(table, packet)), info: await packetInfo(model, packet) };
}

/** Names of sender and receiver. */
function namesOfEnds(model: CaptureModel, row: StreamRow, sender: 0 | 1): Pick<PacketRow, 'names'> {
  const { names } = namesOf(model, row, sender, sender ? 0 : 1);
  return names ? { names: { source: names.client, destination: names.server } } : {};
}

/** What the tables say of a TCP segment; null where the capture does not show it. */
export function tcpColumns(
  model: CaptureModel,
  packet: PacketIndex,
): Omit<PacketRow, 'packet' | 'time' | 'length' | 'capturedLength' | 'badges' | 'info'> {
  const table = model.packets;
  const meta = table.meta(packet);
  const stream = table.stream(packet);
  const row = model.streams.row(stream);
  const direction = table.direction(packet);
  const peer = direction ? 0 : 1;
  const header = table.header(packet);
  const known = table.known(packet);
  const flags = table.flags(packet);
  const shows = (bit: number): boolean => header !== HEADER_PORTS && (header !== HEADER_BOGUS || bit === KNOWN_SEQ || bit === KNOWN_LENGTH) && (known & bit) !== 0;
  const seq = shows(KNOWN_SEQ) ? table.seq(packet) : null;
  const seqAbsolute = (known & KNOWN_ABSOLUTE_SEQ) !== 0;
  const hasAck = shows(KNOWN_FLAGS) && (flags & ACK) !== 0 && shows(KNOWN_ACK);
  const ack = hasAck ? table.ack(packet) : null;
  const ackAbsolute = (known & KNOWN_ABSOLUTE_ACK) !== 0;
  const window = shows(KNOWN_WINDOW) ? table.window(packet) : null;
  const scale = table.scale(packet);
  const payload = table.payloadLength(packet);
  const timed = !(meta & META_NO_TIME) && (known & KNOWN_TIME) !== 0;
  const rest = table.timeRest(packet);
  const delta = timed ? table.sincePrevious(packet) : null;
  const since = timeBetween(row.startTime, row.startRest, table.time(packet), rest);
  return {
    streamDelta: delta?.[0] ?? null,
    streamTime: timed ? since[0] : null,
    ...(rest === 0 && (delta?.[1] ?? 0) === 0 && since[1] === 0 ? {} : { timeRests: { time: rest, streamDelta: delta?.[1] ?? 0, streamTime: since[1] } }),
    stream,
    from: direction === row.client ? 'client' : 'server',
    source: formatEndpoint(model.address(row, direction), model.port(row, direction)),
    destination: formatEndpoint(model.address(row, peer), model.port(row, peer)),
    protocol: 'TCP',
    ...namesOfEnds(model, row, direction),
    flags: shows(KNOWN_FLAGS) ? flags : null,
    // What a text prints relative to the connection's start is not what was sent.
    seq: seqAbsolute ? seq : null,
    seqRelative: seq === null ? null : meta & META_RELATIVE_SEQ ? (seq - row.baseAt(direction, packet)) >>> 0 : seqAbsolute ? null : seq,
    ack: ackAbsolute ? ack : null,
    ackRelative: ack === null ? null : meta & META_RELATIVE_ACK ? (ack - row.baseAt(peer, packet)) >>> 0 : ackAbsolute ? null : ack,
    payload: payload === UNKNOWN_LENGTH || !shows(KNOWN_LENGTH) ? null : payload,
    window,
    windowScaled: window === null ? null : scale > 0 && !(flags & SYN) ? window * 2 ** scale : window,
    scale: window === null || flags & SYN ? null : scale,
    labels: table.labels(packet),
    verdict: model.verdict(packet),
    mark: meta & META_OPTIONS_BAD || header === HEADER_BOGUS ? 'malformed' : header < HEADER_FULL && header >= HEADER_PORTS ? 'cut' : 'none',
  };
}

