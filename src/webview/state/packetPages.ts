import type { PacketPage, PacketRow, PacketView, ScanProgress } from '../../core/engineApi';
import { PageCache } from '../grid/pageCache';
import type { Fetcher } from './fetcher';

/** Views whose pages are kept: going back to a stream, and on to the next one, then needs no round trip. */
const MOST_VIEWS = 12;
/** How often a filter that is still running is asked how far it has got. */
const POLL_MS = 150;

/** Pages of the packets table, one cache per view. */
export class PacketPages {
  private readonly caches = new Map<string, PageCache<PacketRow>>();
  private shown: PacketView = { kind: 'all' };
  private progress: ScanProgress | null = null;
  private polling: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly fetcher: Fetcher,
    private readonly changed: () => void,
    /** The first row of a stream that was read ahead. */
    private readonly ahead: (first: PacketRow) => void,
  ) {}

  get current(): PageCache<PacketRow> {
    return this.cache(this.shown);
  }

  /** How far the filter of the present view has got; null without a filter, or while that is not known. */
  get scan(): ScanProgress | null {
    return this.progress;
  }

  show(view: PacketView): void {
    if (keyOf(view) === keyOf(this.shown)) return;
    this.caches.get(keyOf(this.shown))?.pause();
    this.shown = view;
    this.progress = null;
    this.cache(view);
    this.look();
  }

  /** Reads the first page of a stream that is likely to be asked for next. */
  prefetch(stream: number): void {
    const { filter } = this.shown;
    const cache = this.cache({ kind: 'stream', stream, ...(filter ? { filter } : {}) });
    if (!cache.known) cache.want(0, 0);
  }

  /** Asks a running filter how far it has got; the table grows meanwhile. */
  look(): void {
    clearTimeout(this.polling);
    const view = this.shown;
    if (!view.filter) return;
    void this.fetcher.page('packetPage', { view, start: 0, count: 0 }, new AbortController().signal).then((page) => {
      if (keyOf(view) !== keyOf(this.shown) || !page) return;
      this.cache(view).setTotal(page.total);
      this.note(page as unknown as PacketPage);
    });
  }

  private note({ scan }: Pick<PacketPage, 'scan'>): void {
    this.progress = scan;
    clearTimeout(this.polling);
    if (scan && scan.scanned < scan.of) this.polling = setTimeout(() => this.look(), POLL_MS);
    this.changed();
  }

  /** Reads what is shown again (after a failure, and once indexing is done). */
  refresh(): void {
    for (const cache of [...this.caches.values()]) cache.refresh();
    this.look();
  }

  /** The capture was read anew: streams that were read ahead may not exist in it. */
  reset(packets: number): void {
    const shown = keyOf(this.shown);
    // Over a copy: who hears of a change looks at the table, which moves its cache to the end.
    for (const [key, cache] of [...this.caches]) {
      if (key === ALL || key === shown) cache.reset(key === ALL ? packets : 0);
      else {
        cache.pause();
        this.caches.delete(key);
      }
    }
    this.progress = null;
    this.look();
  }

  private cache(view: PacketView): PageCache<PacketRow> {
    const key = keyOf(view);
    let cache = this.caches.get(key);
    if (cache) this.caches.delete(key);
    else {
      cache = new PageCache<PacketRow>((start, count, signal) => this.fetcher.page('packetPage', { view, start, count }, signal), { appendOnly: true });
      cache.onChange(() => {
        if (key === keyOf(this.shown)) this.changed();
        else if (view.kind === 'stream' && cache!.peek(0)) this.ahead(cache!.peek(0)!);
      });
    }
    this.caches.set(key, cache);
    for (const old of this.caches.keys()) {
      if (this.caches.size <= MOST_VIEWS) break;
      if (old === keyOf(this.shown) || old === ALL || old === key) continue;
      this.caches.get(old)!.pause();
      this.caches.delete(old);
    }
    return cache;
  }
}

const ALL = 'all ';

function keyOf(view: PacketView): string {
  return `${view.kind === 'all' ? 'all' : view.stream} ${view.filter ?? ''}`;
}
