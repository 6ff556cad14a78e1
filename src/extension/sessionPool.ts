/** What the pool keeps. */
export interface Poolable {
  end(): Promise<void>;
}

/** A counted use of a pooled thing; `release` may be called once. */
export interface Lease<T> {
  readonly value: T;
  release(): void;
}

interface Entry<T> {
  readonly value: T;
  uses: number;
  timer: NodeJS.Timeout | null;
}

/** Shares one thing per key and keeps it for a grace period after its last use: a tab that moves must not index again. */
export class SessionPool<T extends Poolable> {
  private readonly entries = new Map<string, Entry<T>>();

  constructor(private readonly graceMs: number) {}

  acquire(key: string, create: () => T): Lease<T> {
    let entry = this.entries.get(key);
    if (!entry) {
      entry = { value: create(), uses: 0, timer: null };
      this.entries.set(key, entry);
    }
    if (entry.timer) clearTimeout(entry.timer);
    entry.timer = null;
    entry.uses++;
    let released = false;
    return {
      value: entry.value,
      release: () => {
        if (!released) this.release(key, entry);
        released = true;
      },
    };
  }

  values(): T[] {
    return [...this.entries.values()].map((entry) => entry.value);
  }

  /** Ends everything at once. */
  async end(): Promise<void> {
    const all = [...this.entries.values()];
    this.entries.clear();
    for (const entry of all) if (entry.timer) clearTimeout(entry.timer);
    await Promise.all(all.map((entry) => entry.value.end()));
  }

  private release(key: string, entry: Entry<T>): void {
    if (--entry.uses > 0) return;
    entry.timer = setTimeout(() => {
      if (this.entries.get(key) === entry) this.entries.delete(key);
      void entry.value.end();
    }, this.graceMs);
  }
}
