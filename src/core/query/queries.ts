import { compileFilter } from '../filter/compile';
import { completeFilter } from '../filter/complete';
import type { FilterOfRequest, SeekRequest } from '../filter/filterApi';
import { filterOf } from '../filter/filterOf';
import { FilterViews } from '../filter/filterViews';
import type { RunHost } from '../filter/filterRun';
import type { CardRequest, EngineMethod, Jump, PacketPageRequest, PacketView, StreamPage, StreamPageRequest } from '../engineApi';
import { Explainer } from '../explain/explain';
import { badgeCard, namesBadges, packetEvidence } from '../explain/evidence';
import type { CaptureModel } from './captureModel';
import { FindingQueries, isFindingMethod } from './findingQueries';
import type { FollowFindRequest, FollowPageRequest } from './followApi';
import { findInFollowed } from './followFind';
import { StreamFollower } from './followStream';
import { jump, rowOf } from './jump';
import { decodePacket, packetDetail, packetPosition, type DecodedPacket } from './packetDetail';
import { OverviewQuery } from './overview';
import { packetPage } from './packetRows';
import { StateHistoryQuery } from './stateHistory';
import { ParameterQuery } from './streamParameters';
import { packetVariables } from './variables';
import { StreamReplays } from './streamReplays';
import { StreamQuery } from './streamRows';
import { isTextMethod, TextQueries } from './textQueries';
import { series } from './series';
import { TimelineQuery } from './timeline';
import type { SeriesRequest } from '../seriesApi';
import type { OverviewRequest, StreamLanesRequest } from '../overviewApi';
import type { TimelineBucketsRequest } from '../timelineApi';

/** Answers the engine's data requests over one model. Throws RangeError for packets or streams that do not exist. */
export class Queries {
  private readonly streamQuery: StreamQuery;
  private readonly explainer: Explainer;
  private readonly text: TextQueries;
  private readonly states: StateHistoryQuery;
  private readonly views: FilterViews;
  private readonly parameters: ParameterQuery;
  private readonly timeline: TimelineQuery;
  private readonly findingQueries: FindingQueries;
  private readonly follower: StreamFollower;
  private readonly overview: OverviewQuery;
  /** The packet decoded last: hover after hover asks for cards of the same one. */
  private decoded: DecodedPacket | null = null;

  constructor(
    private readonly model: CaptureModel,
    host: RunHost,
  ) {
    this.views = new FilterViews(model, host);
    this.explainer = new Explainer(model);
    const replays = new StreamReplays(model);
    this.text = new TextQueries(model, this.explainer, replays, (params) => this.decode(this.packet(params)), host);
    this.states = new StateHistoryQuery(model, replays);
    this.parameters = new ParameterQuery(model);
    this.findingQueries = new FindingQueries(model);
    this.streamQuery = new StreamQuery(model, () => host.now());
    this.timeline = new TimelineQuery(model, replays);
    this.follower = new StreamFollower(model);
    this.overview = new OverviewQuery(model);
  }

  answer(method: EngineMethod, params: unknown, signal: { readonly aborted: boolean }): unknown {
    const { model } = this;
    switch (method) {
      case 'packetPage':
        return packetPage(model, this.views, params as PacketPageRequest, signal);
      case 'streamPage':
        return this.streamPage(params as StreamPageRequest, signal);
      case 'packetDetail':
        return packetDetail(model, this.packet(params));
      case 'card':
        return this.card(params as CardRequest);
      case 'explainPacket':
        return this.explain(this.packet(params));
      case 'stateHistory':
        return this.states.of(this.packet(params));
      case 'parameters':
        return this.parameters.of((params as { stream: number }).stream);
      case 'variables':
        return packetVariables(model, this.packet(params));
      case 'evidence':
        return packetEvidence(model, this.packet(params));
      case 'jump':
        return jump(model, params as Jump);
      case 'position':
        return packetPosition(model, this.packet(params));
      case 'rowOf': {
        const { view, packet } = params as { view: PacketView; packet: number };
        return rowOf(model, this.views, view, packet, signal);
      }
      case 'filterCheck': {
        const compiled = compileFilter((params as { filter: string }).filter, model);
        return { fault: compiled.ok ? null : compiled.fault };
      }
      case 'filterComplete': {
        const { filter, at } = params as { filter: string; at: number };
        return completeFilter(filter, at, model);
      }
      case 'filterOf':
        this.packet(params);
        return filterOf(model, params as FilterOfRequest, (packet) => this.decode(packet));
      case 'seek':
        return this.views.seek(params as SeekRequest, signal);
      case 'stopSeek':
        this.views.stopSeek((params as { view: PacketView }).view);
        return null;
      case 'timelineHead':
        return this.timeline.head((params as { stream: number }).stream);
      case 'timelinePage': {
        const { stream, start, count } = params as { stream: number; start: number; count: number };
        return this.timeline.page(stream, start, count);
      }
      case 'timelineBuckets':
        return this.timeline.buckets(params as TimelineBucketsRequest);
      case 'series':
        return series(model, params as SeriesRequest);
      case 'overview':
        return this.overview.answer(params as OverviewRequest);
      case 'streamLanes':
        return this.streamQuery.lanes(params as StreamLanesRequest);
      case 'streamGroups':
        return this.streamQuery.groups((params as { query: string }).query);
      case 'followSummary':
        return this.follower.summary((params as { stream: number }).stream, signal);
      case 'followPage':
        return this.follower.page(params as FollowPageRequest, signal);
      case 'followFind':
        return findInFollowed(this.follower, params as FollowFindRequest, signal);
      default:
        if (isFindingMethod(method)) return this.findingQueries.answer(method, params);
        if (isTextMethod(method)) return this.text.answer(method, params, signal);
        throw new RangeError(`no query ${method}`);
    }
  }

  /** Nothing more will be asked. */
  stop(): void {
    this.views.stop();
  }

  private async streamPage(request: StreamPageRequest, signal: { readonly aborted: boolean }): Promise<StreamPage> {
    const page = this.streamQuery.page(request);
    if (!request.filter) return page;
    const { counts, scan } = await this.views.perStream(request.filter, signal);
    return { ...page, rows: page.rows.map((row) => ({ ...row, matches: counts[row.stream] ?? 0 })), scan };
  }

  private packet(params: unknown): number {
    const { packet } = params as { packet: number };
    if (!(packet >= 0 && packet < this.model.packets.length)) throw new RangeError(`no packet ${packet}`);
    return packet;
  }

  private async decode(packet: number): Promise<DecodedPacket> {
    if (this.decoded?.packet !== packet) this.decoded = await decodePacket(this.model, packet);
    return this.decoded;
  }

  private async card(request: CardRequest): Promise<unknown> {
    if (namesBadges(request.node)) return badgeCard(this.model, this.packet(request), request.node);
    return this.explainer.nodeCard(await this.decode(this.packet(request)), request.node);
  }

  private async explain(packet: number): Promise<unknown> {
    const [first, ...rest] = await this.explainer.packet(await this.decode(packet));
    return [...(first ? [first] : []), ...this.findingQueries.packetCards(packet), ...rest];
  }
}
