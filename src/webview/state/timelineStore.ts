import type { RpcError } from '../../core/engineApi';
import { MOST_TIMELINE_BUCKETS, type StateChange, type TimelineBuckets, type TimelineHead, type TimelineSegments } from '../../core/timelineApi';
import type { RpcClient } from './rpcClient';

const PAGE = 512;
const MOST_PAGES = 32;
const MOST_IN_FLIGHT = 3;

/** One segment: a place in columns. */
export interface SegmentRef {
  readonly columns: TimelineSegments;
  readonly i: number;
}

interface Page {
  readonly segments: TimelineSegments;
  readonly changes: readonly StateChange[];
}

/** What the timeline draws of one stream, read as it comes into sight. */
export class TimelineStore {
  head: TimelineHead | null = null;
  /** Sums over the part asked for last; those of an earlier part until then. */
  buckets: TimelineBuckets | null = null;
  private stream = -1;
  private revision = -1;
  private readonly pages = new Map<number, Page>();
  /** Pages that are to be read again, and shown meanwhile. */
  private readonly stale = new Set<number>();
  private readonly inFlight = new Map<number, AbortController>();
  private wantedPages: number[] = [];
  private headRequest: AbortController | null = null;
  private bucketsRequest: AbortController | null = null;
  private bucketsKey = '';
  /** Segments that the stream had when its sums were asked for; -1: what they rest on has changed since. */
  private bucketsTotal = -1;

  constructor(
    private readonly rpc: RpcClient,
    private readonly changed: () => void,
    private readonly failed: (error: RpcError) => void,
  ) {}

  /** Turns to a stream, or to none (-1); what was read of it stays as long as the revision does. */
  show(stream: number, revision: number): void {
    if (stream === this.stream && revision === this.revision) return;
    this.clear();
    this.stream = stream;
    this.revision = revision;
    if (stream >= 0) this.loadHead();
    this.changed();
  }

  /** The stream may have grown; `complete` when it will not grow any more. */
  refresh(complete: boolean): void {
    if (this.stream >= 0 && !this.headRequest) this.loadHead(complete);
  }

  /** What is said of the segments has changed: all is read again, and shown as it was until then. */
  reread(): void {
    for (const page of this.pages.keys()) this.stale.add(page);
    this.bucketsRequest?.abort();
    this.bucketsRequest = null;
    this.bucketsKey = '';
    this.bucketsTotal = -1;
    for (const controller of this.inFlight.values()) controller.abort();
    this.inFlight.clear();
    this.pump();
    this.changed();
  }

  /** A segment, or undefined while it has not been read. */
  at(rank: number): SegmentRef | undefined {
    const page = this.pages.get(Math.floor(rank / PAGE));
    const i = rank % PAGE;
    return page && i < page.segments.packet.length ? { columns: page.segments, i } : undefined;
  }

  /** These ranks [first, last) are on screen: they are read, nearest pages first, and one more page on either side. */
  want(first: number, last: number): void {
    const total = this.head?.total ?? 0;
    const from = Math.floor(Math.max(0, first) / PAGE);
    const to = Math.floor(Math.max(0, Math.min(total, last) - 1) / PAGE);
    const wanted: number[] = [];
    for (let page = from; page <= to; page++) wanted.push(page);
    for (const page of [to + 1, from - 1]) if (page >= 0 && page * PAGE < total) wanted.push(page);
    this.wantedPages = wanted;
    for (const [page, controller] of this.inFlight) {
      if (wanted.includes(page)) continue;
      this.inFlight.delete(page);
      controller.abort();
    }
    this.pump();
  }

  /** The sums at hand are those of the stream as it is now. */
  get bucketsFresh(): boolean {
    return this.bucketsTotal === this.head?.total;
  }

  /** Sums of a part, for drawing more segments than there are pixels. */
  wantBuckets(by: 'rank' | 'time', from: number, to: number, count: number): void {
    const steps = Math.max(1, Math.min(MOST_TIMELINE_BUCKETS, Math.round(count)));
    const total = this.head?.total ?? 0;
    const key = `${by} ${from} ${to} ${steps} ${total}`;
    if (key === this.bucketsKey || !this.head) return;
    this.bucketsKey = key;
    this.bucketsRequest?.abort();
    const controller = new AbortController();
    this.bucketsRequest = controller;
    void this.rpc.request('timelineBuckets', { stream: this.stream, by, from, to, count: steps }, controller.signal).then((result) => {
      if (this.bucketsRequest !== controller) return;
      this.bucketsRequest = null;
      if (!result.ok) {
        if (result.error.code !== 'cancelled') this.failed(result.error);
        return;
      }
      if (result.value.revision !== this.revision) return;
      this.buckets = result.value;
      this.bucketsTotal = total;
      this.changed();
    });
  }

  /** Sums of the whole stream, asked for apart. */
  async overview(by: 'rank' | 'time', count: number): Promise<TimelineBuckets | null> {
    const { head, revision } = this;
    if (!head || head.total === 0) return null;
    const span = by === 'rank' ? { from: 0, to: head.total } : { from: head.start, to: head.end + 1 };
    const result = await this.rpc.request('timelineBuckets', { stream: head.stream, by, ...span, count });
    return result.ok && result.value.revision === revision ? result.value : null;
  }

  /** The change that brought an end into the state it has at a rank; null when that is not known. */
  changeBefore(end: StateChange['end'], rank: number): StateChange | null {
    const page = this.pages.get(Math.floor(rank / PAGE));
    let found: StateChange | null = null;
    for (const change of page?.changes ?? []) if (change.end === end && change.rank <= rank) found = change;
    return found;
  }

  changesAt(rank: number): readonly StateChange[] {
    return this.pages.get(Math.floor(rank / PAGE))?.changes.filter((change) => change.rank === rank) ?? [];
  }

  private clear(): void {
    for (const controller of [...this.inFlight.values(), this.headRequest, this.bucketsRequest]) controller?.abort();
    this.inFlight.clear();
    this.stale.clear();
    this.pages.clear();
    this.headRequest = this.bucketsRequest = null;
    this.head = this.buckets = null;
    this.bucketsKey = '';
    this.bucketsTotal = -1;
    this.wantedPages = [];
  }

  private loadHead(complete = false): void {
    const controller = new AbortController();
    this.headRequest = controller;
    void this.rpc.request('timelineHead', { stream: this.stream }, controller.signal).then((result) => {
      if (this.headRequest !== controller) return;
      this.headRequest = null;
      if (!result.ok) {
        if (result.error.code !== 'cancelled') this.failed(result.error);
        return;
      }
      if (result.value.revision !== this.revision || (result.value.total === this.head?.total && !complete)) return;
      // A page that was the last one is short now; links of earlier pages into what is new come with the last refresh.
      for (const [page, { segments }] of this.pages) if (segments.packet.length < PAGE || complete) this.pages.delete(page);
      this.head = result.value;
      this.pump();
      this.changed();
    });
  }

  private pump(): void {
    if (!this.head) return;
    for (const page of this.wantedPages) {
      if (this.inFlight.size >= MOST_IN_FLIGHT) return;
      if ((!this.pages.has(page) || this.stale.has(page)) && !this.inFlight.has(page)) void this.load(page);
    }
  }

  private async load(page: number): Promise<void> {
    const controller = new AbortController();
    this.inFlight.set(page, controller);
    const result = await this.rpc.request('timelinePage', { stream: this.stream, start: page * PAGE, count: PAGE }, controller.signal);
    if (this.inFlight.get(page) !== controller) return;
    this.inFlight.delete(page);
    this.stale.delete(page);
    if (!result.ok) {
      this.wantedPages = this.wantedPages.filter((other) => other !== page);
      if (result.error.code !== 'cancelled') this.failed(result.error);
      return;
    }
    if (result.value.revision !== this.revision) return;
    this.pages.delete(page);
    this.pages.set(page, { segments: result.value.segments, changes: result.value.changes });
    for (const old of this.pages.keys()) {
      if (this.pages.size <= MOST_PAGES) break;
      if (this.wantedPages.includes(old)) continue;
      this.pages.delete(old);
      this.stale.delete(old);
    }
    this.changed();
    this.pump();
  }
}
