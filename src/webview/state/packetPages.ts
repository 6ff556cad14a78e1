import type { PacketRow, PacketView } from '../../core/engineApi';
import { PageCache } from '../grid/pageCache';
import type { Fetcher } from './fetcher';

/** Views whose pages are kept: going back to a stream, and on to the next one, then needs no round trip. */
const MOST_VIEWS = 12;

/** Pages of the packets table, one cache per view. */
export class PacketPages {
  private readonly caches = new Map<string, PageCache<PacketRow>>();
  private currentKey = 'all';

  constructor(
    private readonly fetcher: Fetcher,
    private readonly changed: () => void,
    /** The first row of a stream that was read ahead. */
    private readonly ahead: (first: PacketRow) => void,
  ) {}

  get current(): PageCache<PacketRow> {
    return this.cache(this.currentKey);
  }

  show(view: PacketView): void {
    const key = keyOf(view);
    if (key === this.currentKey) return;
    this.caches.get(this.currentKey)?.pause();
    this.currentKey = key;
    this.cache(key);
  }

  /** Reads the first page of a stream that is likely to be asked for next. */
  prefetch(stream: number): void {
    const cache = this.cache(keyOf({ kind: 'stream', stream }));
    if (!cache.known) cache.want(0, 0);
  }

  /** Reads what is shown again (after a failure, and once indexing is done). */
  refresh(): void {
    for (const cache of this.caches.values()) cache.refresh();
  }

  /** The capture was read anew: streams that were read ahead may not exist in it. */
  reset(packets: number): void {
    for (const [key, cache] of this.caches) {
      if (key === 'all' || key === this.currentKey) cache.reset(key === 'all' ? packets : 0);
      else {
        cache.pause();
        this.caches.delete(key);
      }
    }
  }

  private cache(key: string): PageCache<PacketRow> {
    let cache = this.caches.get(key);
    if (cache) this.caches.delete(key);
    else {
      const view: PacketView = key === 'all' ? { kind: 'all' } : { kind: 'stream', stream: Number(key) };
      cache = new PageCache<PacketRow>((start, count, signal) => this.fetcher.page('packetPage', { view, start, count }, signal), { appendOnly: true });
      cache.onChange(() => {
        if (key === this.currentKey) this.changed();
        else if (key !== 'all' && cache!.peek(0)) this.ahead(cache!.peek(0)!);
      });
    }
    this.caches.set(key, cache);
    for (const old of this.caches.keys()) {
      if (this.caches.size <= MOST_VIEWS) break;
      if (old === this.currentKey || old === 'all' || old === key) continue;
      this.caches.get(old)!.pause();
      this.caches.delete(old);
    }
    return cache;
  }
}

function keyOf(view: PacketView): string {
  return view.kind === 'all' ? 'all' : String(view.stream);
}
