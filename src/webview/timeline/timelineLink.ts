import type { Session } from '../state/session';
import type { TimelineStore } from '../state/timelineStore';
import type { TimePart } from '../state/timeZoom';

const TELL_MS = 150;

/** What is zoomed of the ladder. */
export interface ZoomedLadder {
  readonly height: number;
  shownTime(): TimePart | 'all' | null;
  fit(): void;
  showTime(from: number, to: number): void;
  showRanks(first: number, last: number): void;
}

/** Keeps the ladder at the part of the time that the graphs are zoomed to, and tells them where the ladder was zoomed. */
export class TimelineLink {
  /** What the ladder shows already, or was asked to show. */
  private applied = '';
  /** The part came from the ladder: its other scale keeps a view of its own. */
  private own = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly session: Session,
    private readonly store: TimelineStore,
    private readonly ladder: ZoomedLadder,
    private readonly repaint: () => void,
  ) {}

  /** Shows the part, once the stream is known. */
  async follow(): Promise<void> {
    const { session, store, ladder } = this;
    const { head } = store;
    if (!head) return;
    const { part } = session.timeZoom;
    const key = this.keyOf(part);
    if (!session.timeZoom.linked || key === this.applied || head.stream !== session.shownStream || ladder.height === 0) return;
    const fresh = this.applied === '';
    this.applied = key;
    this.own = false;
    // All of it is what a ladder shows that nobody zoomed.
    if (!part) {
      if (!fresh && session.viewState.timeScale === 'time') ladder.fit();
    } else if (session.viewState.timeScale === 'time') ladder.showTime(part.from, part.to);
    else {
      const result = await session.rpc.request('timelineBuckets', { stream: head.stream, by: 'time', from: part.from, to: part.to + 1, count: 1 });
      if (this.applied !== key || !result.ok || store.head?.stream !== head.stream) return;
      const { first, last } = result.value;
      if (last > first) ladder.showRanks(first, last);
    }
    this.repaint();
  }

  /** The ladder was zoomed, or only moved: then the part goes along if there is one. */
  moved(zoomed: boolean): void {
    const { session } = this;
    if (!session.timeZoom.linked || (!zoomed && !session.timeZoom.part)) return;
    clearTimeout(this.timer);
    const stream = session.shownStream;
    this.timer = setTimeout(() => {
      // Another stream was chosen meanwhile.
      if (session.shownStream !== stream || this.store.head?.stream !== stream) return;
      const part = this.ladder.shownTime();
      if (!part) return;
      this.applied = this.keyOf(part === 'all' ? null : part);
      this.own = true;
      session.timeZoom.set(part === 'all' ? null : part);
    }, TELL_MS);
  }

  /** The scale changed: what a part that the graphs chose means on it has to be found anew. */
  again(): void {
    if (this.session.timeZoom.part && !this.own) this.applied = '';
    void this.follow();
  }

  private keyOf(part: TimePart | null): string {
    return `${this.session.shownStream ?? -1} ${part ? `${part.from} ${part.to}` : 'all'}`;
  }
}
