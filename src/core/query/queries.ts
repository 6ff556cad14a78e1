import { compileFilter } from '../filter/compile';
import { completeFilter } from '../filter/complete';
import { filterOf } from '../filter/filterOf';
import { FilterViews } from '../filter/filterViews';
import type { RunHost } from '../filter/filterRun';
import type { CardRequest, EngineApi, EngineMethod, StreamPage, StreamPageRequest } from '../engineApi';
import type { ExportApi } from '../export/exportApi';
import type { CardDocument } from '../explain/card';
import { Explainer } from '../explain/explain';
import { badgeCard, namesBadges, packetEvidence } from '../explain/evidence';
import type { CaptureModel } from './captureModel';
import type { FieldApi } from './fieldApi';
import { FieldQueries, isFieldMethod } from './fieldQueries';
import { FindingQueries, isFindingMethod } from './findingQueries';
import type { FindingApi } from './findingApi';
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
import type { TextApi } from './textApi';
import { isTextMethod, TextQueries } from './textQueries';
import { series } from './series';
import { TimelineQuery } from './timeline';

interface Signal {
  readonly aborted: boolean;
}

/** What is answered here: the engine's own methods, and those about fields, findings, texts and exports, are answered elsewhere. */
type DataMethod = Exclude<EngineMethod, keyof FieldApi | keyof FindingApi | keyof TextApi | keyof ExportApi | 'state' | 'cancelIndexing' | 'resumeIndexing' | 'loadMore' | 'reload'>;

type Answers = {
  readonly [M in DataMethod]: (request: Parameters<EngineApi[M]>[0], signal: Signal) => ReturnType<EngineApi[M]> | Promise<ReturnType<EngineApi[M]>>;
};

/** Answers the engine's data requests over one model. Throws RangeError for packets or streams that do not exist. */
export class Queries {
  private readonly streamQuery: StreamQuery;
  private readonly explainer: Explainer;
  private readonly text: TextQueries;
  private readonly views: FilterViews;
  private readonly findingQueries: FindingQueries;
  private readonly fieldQueries: FieldQueries;
  private readonly answers: Answers;
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
    this.findingQueries = new FindingQueries(model);
    this.streamQuery = new StreamQuery(model, host);
    this.fieldQueries = new FieldQueries(model, (packet) => this.decode(this.packet({ packet })), (decoded, node) => this.explainer.nodeCard(decoded, node), host);
    this.answers = this.table(model, replays);
  }

  answer(method: EngineMethod, params: unknown, signal: Signal): unknown {
    if (isFieldMethod(method)) return this.fieldQueries.answer(method, params, signal);
    if (isFindingMethod(method)) return this.findingQueries.answer(method, params);
    if (isTextMethod(method)) return this.text.answer(method, params, signal);
    if (!Object.hasOwn(this.answers, method)) throw new RangeError(`no query ${method}`);
    return (this.answers[method as DataMethod] as (params: unknown, signal: Signal) => unknown)(params, signal);
  }

  /** Nothing more will be asked. */
  stop(): void {
    this.views.stop();
  }

  /** A line for each method; a missing one does not compile. */
  private table(model: CaptureModel, replays: StreamReplays): Answers {
    const { views, streamQuery } = this;
    const states = new StateHistoryQuery(model, replays);
    const parameters = new ParameterQuery(model);
    const timeline = new TimelineQuery(model, replays);
    const follower = new StreamFollower(model);
    const overview = new OverviewQuery(model);
    return {
      packetPage: (request, signal) => packetPage(model, views, request, signal),
      streamPage: (request, signal) => this.streamPage(request, signal),
      packetDetail: (request) => packetDetail(model, this.packet(request)),
      card: (request) => this.card(request),
      explainPacket: (request) => this.explain(this.packet(request)),
      stateHistory: (request) => states.of(this.packet(request)),
      parameters: ({ stream }) => parameters.of(stream),
      variables: (request) => packetVariables(model, this.packet(request)),
      evidence: (request) => packetEvidence(model, this.packet(request)),
      jump: (request) => jump(model, request),
      position: (request) => packetPosition(model, this.packet(request)),
      rowOf: ({ view, packet }, signal) => rowOf(model, views, view, packet, signal),
      filterCheck: ({ filter }) => {
        const compiled = compileFilter(filter, model);
        return { fault: compiled.ok ? null : compiled.fault };
      },
      filterComplete: ({ filter, at }) => completeFilter(filter, at, model),
      filterOf: (request) => {
        this.packet(request);
        return filterOf(model, request, (packet) => this.decode(packet));
      },
      seek: (request, signal) => views.seek(request, signal),
      stopSeek: ({ view }) => {
        views.stopSeek(view);
        return null;
      },
      timelineHead: ({ stream }) => timeline.head(stream),
      timelinePage: ({ stream, start, count }) => timeline.page(stream, start, count),
      timelineBuckets: (request) => timeline.buckets(request),
      series: (request) => series(model, request),
      overview: (request) => overview.answer(request),
      streamLanes: (request, signal) => streamQuery.lanes(request, signal),
      streamGroups: ({ query }) => streamQuery.groups(query),
      followSummary: ({ stream }, signal) => follower.summary(stream, signal),
      followPage: (request, signal) => follower.page(request, signal),
      followFind: (request, signal) => findInFollowed(follower, request, signal),
    };
  }

  private async streamPage(request: StreamPageRequest, signal: { readonly aborted: boolean }): Promise<StreamPage> {
    const page = await this.streamQuery.page(request, signal);
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

  private async card(request: CardRequest): Promise<CardDocument | null> {
    if (namesBadges(request.node)) return badgeCard(this.model, this.packet(request), request.node);
    return this.explainer.nodeCard(await this.decode(this.packet(request)), request.node);
  }

  private async explain(packet: number): Promise<readonly CardDocument[]> {
    const [first, ...rest] = await this.explainer.packet(await this.decode(packet));
    return [...(first ? [first] : []), ...this.findingQueries.packetCards(packet), ...rest];
  }
}
