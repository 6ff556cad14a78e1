import type { RowRange } from './rowSelection';

/** What a grid reads: rows that are there now, and the wish for more. */
export interface GridSource<Row> {
  readonly total: number;
  /** The row, or undefined while it has not been read. */
  peek(index: number): Row | undefined;
  /** These rows are on screen; what lies far from them need not be fetched any more. */
  want(first: number, last: number): void;
  onChange(listener: () => void): () => void;
}

export interface PageReply<Row> {
  readonly total: number;
  readonly rows: readonly Row[];
}

/** Reads rows; null when the answer is stale, cancelled or failed (the failure is told elsewhere). */
export type PageFetch<Row> = (start: number, count: number, signal: AbortSignal) => Promise<PageReply<Row> | null>;

export interface PageCacheOptions {
  readonly pageSize?: number;
  readonly maxPages?: number;
  readonly maxInFlight?: number;
  /** Rows are only ever added at the end: a late answer never makes the list shorter. */
  readonly appendOnly?: boolean;
}

interface Page<Row> {
  rows: readonly Row[];
  /** To be read again; shown meanwhile. */
  stale: boolean;
}

interface Flight {
  readonly controller: AbortController;
  /** The answer may be older than the last refresh. */
  stale: boolean;
}

/** Pages of rows: fetched when seen or about to be seen, kept for a while, dropped least recently used first. */
export class PageCache<Row> implements GridSource<Row> {
  /** In order of use. */
  private readonly pages = new Map<number, Page<Row>>();
  private readonly inFlight = new Map<number, Flight>();
  private readonly failed = new Set<number>();
  private readonly listeners = new Set<() => void>();
  private wanted: number[] = [];
  private lastFirst = 0;
  private rowCount = 0;
  private answered = false;
  private readonly pageSize: number;
  private readonly maxPages: number;
  private readonly maxInFlight: number;
  private readonly appendOnly: boolean;

  constructor(
    private readonly fetch: PageFetch<Row>,
    options: PageCacheOptions = {},
  ) {
    this.pageSize = options.pageSize ?? 128;
    this.maxPages = options.maxPages ?? 64;
    this.maxInFlight = options.maxInFlight ?? 2;
    this.appendOnly = options.appendOnly ?? false;
  }

  get total(): number {
    return this.rowCount;
  }

  /** An answer has come since the last reset: `total` is a fact. */
  get known(): boolean {
    return this.answered;
  }

  peek(index: number): Row | undefined {
    return this.pages.get(Math.floor(index / this.pageSize))?.rows[index % this.pageSize];
  }

  /** Calls `visit` for the rows at hand until it returns true; gives that row's index, or -1. */
  find(visit: (row: Row) => boolean): number {
    for (const [page, { rows }] of this.pages) {
      const at = rows.findIndex(visit);
      if (at >= 0) return page * this.pageSize + at;
    }
    return -1;
  }

  want(first: number, last: number): void {
    this.wantRanges([[first, last]]);
  }

  /** These rows are on screen, with others between them that are not: ranges in ascending order, at least one. */
  wantRanges(ranges: readonly RowRange[]): void {
    const pages = new Set<number>();
    for (const [first, last] of ranges) {
      const from = Math.max(0, Math.floor(first / this.pageSize));
      const to = Math.max(from, Math.floor(last / this.pageSize));
      for (let page = from; page <= to; page++) pages.add(page);
    }
    const [low, high] = [Math.min(...pages), Math.max(...pages)];
    const first = ranges[0]![0];
    // One page ahead in the direction of travel first, then one behind.
    for (const page of first >= this.lastFirst ? [high + 1, low - 1] : [low - 1, high + 1]) if (page >= 0 && page * this.pageSize < this.rowCount) pages.add(page);
    this.lastFirst = first;
    const wanted = [...pages];
    this.wanted = wanted;
    for (const [page, flight] of this.inFlight) {
      if (pages.has(page)) continue;
      this.inFlight.delete(page);
      flight.controller.abort();
    }
    this.pump();
  }

  /** New total, as pushed by the engine. */
  setTotal(total: number): void {
    if (total === this.rowCount || (this.appendOnly && total < this.rowCount)) return;
    this.rowCount = total;
    this.failed.clear();
    this.pump();
    this.changed();
  }

  /** Reads everything anew, showing the old rows until the new ones are there. */
  refresh(): void {
    this.failed.clear();
    for (const page of this.pages.values()) page.stale = true;
    // Not cancelled: where answers take longer than the time between refreshes there would never be one.
    for (const flight of this.inFlight.values()) flight.stale = true;
    this.pump();
  }

  /** Forgets everything: another revision, another order. */
  reset(total = 0): void {
    this.cancelAll();
    this.failed.clear();
    this.pages.clear();
    this.rowCount = total;
    this.answered = false;
    this.changed();
    this.pump();
  }

  /** Stops reading; what is there stays. */
  pause(): void {
    this.cancelAll();
    this.wanted = [];
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }

  private cancelAll(): void {
    const flights = [...this.inFlight.values()];
    this.inFlight.clear();
    for (const flight of flights) flight.controller.abort();
  }

  private needed(page: number): boolean {
    if (this.inFlight.has(page) || this.failed.has(page)) return false;
    const held = this.pages.get(page);
    // A page that was the last one may be short by now.
    return !held || held.stale || held.rows.length < Math.min(this.pageSize, this.rowCount - page * this.pageSize);
  }

  private pump(): void {
    for (const page of this.wanted) {
      if (this.inFlight.size >= this.maxInFlight) return;
      if (this.needed(page)) void this.load(page);
    }
  }

  private async load(page: number): Promise<void> {
    const flight: Flight = { controller: new AbortController(), stale: false };
    this.inFlight.set(page, flight);
    const start = page * this.pageSize;
    const reply = await this.fetch(start, this.pageSize, flight.controller.signal).catch(() => null);
    if (this.inFlight.get(page) !== flight) return;
    this.inFlight.delete(page);
    if (reply) {
      this.answered = true;
      this.rowCount = this.appendOnly ? Math.max(this.rowCount, reply.total) : reply.total;
      this.pages.delete(page);
      // Fewer rows than there should be: asked again when the total moves or on refresh, not for ever.
      if (reply.rows.length < Math.min(this.pageSize, this.rowCount - start)) this.failed.add(page);
      this.pages.set(page, { rows: reply.rows, stale: flight.stale });
      this.evict();
      this.changed();
    } else this.failed.add(page);
    this.pump();
  }

  private evict(): void {
    for (const page of this.pages.keys()) {
      if (this.pages.size <= this.maxPages) return;
      if (!this.wanted.includes(page)) this.pages.delete(page);
    }
  }
}
