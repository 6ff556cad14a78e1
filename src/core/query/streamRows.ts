import { formatEndpoint } from '../bytes/address';
import { timeBetween } from '../bytes/farTime';
import { NO_PACKET, type PacketIndex } from '../bytes/units';
import { t } from '../l10n';
import type { EndNames, StreamPage, StreamPageRequest, StreamRowData, StreamSortKey, StreamStatus, StreamStudyData } from '../engineApi';
import { FINDING_SPECS, findingSpec } from '../findings/findingSpecs';
import * as overview from '../overviewApi';
import { SEVERITIES } from '../study/studyIndex';
import { META_NO_TIME } from '../table/packetTable';
import {
  SEEN_FIN_A,
  SEEN_FIN_B,
  SEEN_HANDSHAKE_ACK,
  SEEN_RST_A,
  SEEN_RST_B,
  SEEN_SYN,
  SEEN_SYN_ACK,
  type StreamRow,
} from '../table/streamTable';
import type { CaptureModel } from './captureModel';
import type { RunHost } from '../filter/filterRun';
import { Pace } from './pace';
import { laneCells, OwnLanes } from './streamLanes';

/** How a connection stands at the end of the capture. A RST after both FINs does not make an orderly close a reset. */
export function streamStatus(row: StreamRow): StreamStatus {
  const s = row.seen;
  const fins = (s & SEEN_FIN_A ? 1 : 0) + (s & SEEN_FIN_B ? 1 : 0);
  if (fins === 2) return 'closed';
  if (s & (SEEN_RST_A | SEEN_RST_B)) return 'reset';
  if (fins === 1) return 'half-closed';
  if (s & SEEN_SYN_ACK) return s & SEEN_HANDSHAKE_ACK ? 'open' : 'handshake';
  return s & SEEN_SYN ? 'syn' : 'no-handshake';
}

const STATUS_RANK: Readonly<Record<StreamStatus, number>> = { reset: 0, syn: 1, handshake: 2, 'half-closed': 3, 'no-handshake': 4, open: 5, closed: 6 };

/** "handshake seen, FIN by client, RST by server". */
export function streamStatusText(row: StreamRow): string {
  const s = row.seen;
  const parts: string[] = [];
  if (s & SEEN_HANDSHAKE_ACK && s & SEEN_SYN_ACK) parts.push(t('handshake seen'));
  else if (s & SEEN_SYN_ACK) parts.push(t('SYN/ACK seen, no final ACK'));
  else if (s & SEEN_SYN) parts.push(t('SYN without an answer'));
  else parts.push(t('starts mid-stream'));
  const by = (bits: [number, number], what: string): void => {
    for (const end of [0, 1] as const) if (s & bits[end]) parts.push(end === row.client ? t('{0} by client', what) : t('{0} by server', what));
  };
  by([SEEN_FIN_A, SEEN_FIN_B], 'FIN');
  by([SEEN_RST_A, SEEN_RST_B], 'RST');
  if (!(s & (SEEN_FIN_A | SEEN_FIN_B | SEEN_RST_A | SEEN_RST_B))) parts.push(t('no end in the capture'));
  return parts.join(', ');
}

export function streamRowData(model: CaptureModel, stream: number): StreamRowData {
  const row = model.streams.row(stream);
  const c = row.client;
  const s = c === 0 ? 1 : 0;
  return {
    stream,
    client: model.address(row, c),
    clientPort: model.port(row, c),
    server: model.address(row, s),
    serverPort: model.port(row, s),
    ...namesOf(model, row, c, s),
    clientBy: row.clientBy,
    start: row.startTime,
    ...(row.startRest === 0 ? {} : { startRest: row.startRest }),
    duration: timeBetween(row.startTime, row.startRest, row.endTime, row.endRest)[0],
    ...(isUntimed(model, row.firstPacket) || isUntimed(model, row.lastPacket) ? { untimed: true as const } : {}),
    packetsClient: row.packets[c],
    packetsServer: row.packets[s],
    bytesClient: row.payload[c],
    bytesServer: row.payload[s],
    rtt: Number.isNaN(row.initialRtt) ? null : row.initialRtt,
    status: streamStatus(row),
    statusText: streamStatusText(row),
    retransmissions: row.retransmissions[0] + row.retransmissions[1],
    study: studyData(model, stream),
    firstPacket: row.firstPacket,
    packets: row.packets[0] + row.packets[1],
    matches: null,
    lane: null,
  };
}

function isUntimed(model: CaptureModel, packet: PacketIndex): boolean {
  return packet !== NO_PACKET && (model.packets.meta(packet) & META_NO_TIME) !== 0;
}

/** Names of both ends; nothing where neither has any. */
export function namesOf(model: CaptureModel, row: StreamRow, client: 0 | 1, server: 0 | 1): { readonly names?: { readonly client: EndNames; readonly server: EndNames } } {
  const [a, b] = [model.endNames(row, client), model.endNames(row, server)];
  if (!a && !b) return {};
  const bare = (end: 0 | 1): EndNames => ({ address: model.address(row, end), port: model.port(row, end), host: '', service: '' });
  return { names: { client: a ?? bare(client), server: b ?? bare(server) } };
}

function studyData(model: CaptureModel, stream: number): StreamStudyData | null {
  const { study } = model;
  const report = study?.report(stream);
  if (!study || !report) return null;
  return {
    verdict: report.verdict,
    severity: SEVERITIES[study.severityOf(stream)] ?? null,
    firstFinding: t(study.firstTitle(stream)),
    findings: report.findings.length,
    retransmittedPercent: report.retransmittedPercent,
  };
}

/** Ids and titles of a stream's findings, so that a search for "loss.timeout" finds it. */
function findingWords(model: CaptureModel, stream: number): string {
  const report = model.study?.report(stream);
  return report ? `${report.verdict} ${report.findings.map((f) => `${f.id} ${t(findingSpec(f.id)!.title)}`).join(' ')}` : '';
}

/** What a search looks through, lower case. */
function searchText(model: CaptureModel, stream: number): string {
  const d = streamRowData(model, stream);
  const names = `${model.nameOf(d.client)} ${model.nameOf(d.server)}`;
  return `${stream} ${formatEndpoint(d.client, d.clientPort)} ${formatEndpoint(d.server, d.serverPort)} ${names} ${d.status} ${d.statusText} ${findingWords(model, stream)}`.toLowerCase();
}

/** Sort keys as numbers; text keys are compared apart. */
function numericKey(model: CaptureModel, key: StreamSortKey, stream: number): number {
  const row = model.streams.row(stream);
  const c = row.client;
  const s = c === 0 ? 1 : 0;
  switch (key) {
    case 'start':
      return row.startTime;
    case 'duration':
      return row.endTime - row.startTime;
    case 'packets':
      return row.packets[0] + row.packets[1];
    case 'packetsClient':
      return row.packets[c];
    case 'packetsServer':
      return row.packets[s];
    case 'bytes':
      return row.payload[0] + row.payload[1];
    case 'bytesClient':
      return row.payload[c];
    case 'bytesServer':
      return row.payload[s];
    case 'rtt':
      return Number.isNaN(row.initialRtt) ? -1 : row.initialRtt;
    case 'status':
      return STATUS_RANK[streamStatus(row)];
    case 'retransmissions':
      return row.retransmissions[0] + row.retransmissions[1];
    case 'severity':
      // Streams with the same finding stand together.
      return model.study ? (3 - model.study.severityOf(stream)) * 4096 + model.study.firstRank(stream) : stream;
    case 'retransmitted':
      return model.study?.percentOf(stream) ?? 0;
    default:
      return stream;
  }
}

/** Place of the group of a finding, by its rank: the gravest first, streams without one last. */
function groupPlace(rank: number): number {
  const spec = FINDING_SPECS[rank];
  return spec ? (3 - SEVERITIES.indexOf(spec.severity)) * 4096 + rank : Number.MAX_SAFE_INTEGER;
}

/** Orders and searches streams; the last order is kept, so paging through 100,000 streams sorts them once. */
export class StreamQuery {
  private orderKey = '';
  /** Figures that the order was made of. */
  private orderedOf = '';
  private order: Uint32Array = new Uint32Array(0);
  private orderedAt = 0;
  private searchTexts: string[] = [];
  private searchedFor = '';
  /** The study that the last order goes by, and how many there were. */
  private study: CaptureModel['study'] = null;
  private studies = 0;
  private readonly ownLanes: OwnLanes;

  constructor(
    private readonly model: CaptureModel,
    private readonly host: RunHost,
  ) {
    this.ownLanes = new OwnLanes(model);
  }

  async page(request: StreamPageRequest, signal: { readonly aborted: boolean }): Promise<StreamPage> {
    const pace = new Pace(this.host, signal);
    const order = this.ordered(request);
    const rows: StreamRowData[] = [];
    const end = Math.min(order.length, request.start + request.count);
    const { lanes } = request;
    for (let i = Math.max(0, request.start); i < end; i++) {
      const row = streamRowData(this.model, order[i]!);
      rows.push(lanes ? { ...row, lane: await this.ownLanes.of(row.stream, lanes, pace) } : row);
      if (lanes && !(await pace.goOn())) break;
    }
    return { revision: this.model.revision, total: order.length, rows, scan: null };
  }

  /** Lanes over one time for all, in the order of the streams table. */
  async lanes(request: overview.StreamLanesRequest, signal: { readonly aborted: boolean }): Promise<overview.StreamLanes> {
    const { model } = this;
    const pace = new Pace(this.host, signal);
    const { from, to } = request;
    const order = this.ordered(request);
    const cells = Math.max(1, Math.min(overview.MOST_LANE_CELLS, request.cells));
    const start = Math.max(0, Math.min(order.length, request.start));
    const chosen = order.subarray(start, start + Math.min(overview.MOST_LANES, Math.max(0, request.count)));
    const lanes: overview.StreamLane[] = [];
    for (const stream of chosen) {
      const { startTime, endTime } = model.streams.row(stream);
      const made = await laneCells(model, stream, from, Math.max(to, from + 1), cells, pace);
      lanes.push({ stream, start: startTime, end: endTime, severity: SEVERITIES[model.study?.severityOf(stream) ?? 0] ?? null, cells: made });
      if (!(await pace.goOn())) break;
    }
    return { revision: model.revision, total: order.length, from, to, start, lanes };
  }

  /** Groups of the table that is grouped by main finding, in its order. */
  groups(query: string): readonly overview.StreamGroup[] {
    const { study } = this.model;
    const counts = new Map<number, number>();
    const order = this.ordered({ sort: 'stream', descending: false, grouped: true, query });
    for (const stream of order) {
      const rank = study?.firstRank(stream) ?? FINDING_SPECS.length;
      counts.set(rank, (counts.get(rank) ?? 0) + 1);
    }
    // A Map keeps the order of what came first.
    return Array.from(counts, ([rank, count]): overview.StreamGroup => {
      const spec = FINDING_SPECS[rank];
      return { id: spec?.id ?? '', title: spec ? t(spec.title) : t('No finding'), severity: spec?.severity ?? null, count };
    });
  }

  private ordered(request: Pick<StreamPageRequest, 'sort' | 'descending' | 'query' | 'grouped'>): Uint32Array {
    const { model } = this;
    // While indexing goes on every slice changes the figures: an order stays good for half a second.
    if (model.study !== this.study) {
      this.study = model.study;
      this.studies++;
    }
    const changing = `${model.packets.length} ${this.studies}`;
    // With another study other headings stand above them: that order is wanted at once.
    const key = `${request.sort} ${request.descending} ${request.grouped === true} ${this.studies} ${request.query}`;
    if (this.orderKey === key && (this.orderedOf === changing || this.host.now() - this.orderedAt < 500)) return this.order;
    const words = request.query.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen: number[] = [];
    if (words.length > 0 && this.searchedFor !== changing) {
      this.searchTexts = [];
      this.searchedFor = changing;
    }
    for (let i = 0; i < model.streams.length; i++) {
      if (words.length > 0) {
        const text = (this.searchTexts[i] ??= searchText(model, i));
        if (!words.every((word) => text.includes(word))) continue;
      }
      chosen.push(i);
    }
    const sign = request.descending ? -1 : 1;
    if (request.sort === 'client' || request.sort === 'server') {
      const text = new Map(chosen.map((i) => [i, this.endpointKey(i, request.sort === 'client')]));
      chosen.sort((a, b) => sign * compareText(text.get(a)!, text.get(b)!) || a - b);
    } else if (request.sort !== 'stream' || request.descending) {
      const keys = new Map(chosen.map((i) => [i, numericKey(model, request.sort, i)]));
      chosen.sort((a, b) => sign * (keys.get(a)! - keys.get(b)!) || a - b);
    }
    if (request.grouped && model.study) {
      const place = new Map(chosen.map((i) => [i, groupPlace(model.study!.firstRank(i))]));
      chosen.sort((a, b) => place.get(a)! - place.get(b)!);
    }
    this.order = Uint32Array.from(chosen);
    this.orderKey = key;
    this.orderedOf = changing;
    this.orderedAt = this.host.now();
    return this.order;
  }

  /** Sorts addresses by their numbers, then by port. */
  private endpointKey(stream: number, client: boolean): string {
    const row = this.model.streams.row(stream);
    const end = client === (row.client === 0) ? 0 : 1;
    const words = Array.from(row.address.subarray(end * 4, end * 4 + 4), (w) => w.toString(16).padStart(8, '0'));
    return `${row.family} ${words.join('')} ${row.port[end].toString(16).padStart(4, '0')}`;
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
