import type { EditorViewState } from '../../rpc/webviewMessages';
import type { Session } from './session';

/** Rows on screen are read again at most this often while indexing goes on. */
const REFRESH_MS = 700;

/**
 * What happens by itself: what was selected last time is selected again once it has been indexed, a first packet is
 * selected when nothing was, and tables that change while indexing goes on are read again now and then.
 */
export class Restorer {
  private saved: EditorViewState | null = null;
  private active = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly session: Session) {}

  start(saved: EditorViewState | null): void {
    this.saved = saved;
    this.active = true;
    // Until then: the whole capture, which has rows at once.
    this.session.viewState = { ...this.session.viewState, view: { kind: 'all' }, selectedPacket: null };
    this.session.packets.show({ kind: 'all' });
  }

  /** The place of last time while it has not been found again: it stays the place to remember. */
  get place(): EditorViewState | null {
    const { saved } = this;
    return this.active && saved && saved.selectedPacket !== null ? saved : null;
  }

  /** A person chose something: nothing is chosen for them any more. */
  stop(): void {
    this.active = false;
    this.saved = null;
  }

  advance(): void {
    if (!this.active) return;
    const { session, saved } = this;
    const { state } = session;
    const packet = saved?.selectedPacket ?? null;
    if (saved && packet !== null && packet < state.packets && (saved.view.kind === 'all' || saved.view.stream < state.streams)) {
      this.stop();
      const { view } = saved;
      session.setView({ ...view, filter: view.filter ?? '' });
      session.select({ packet, stream: view.kind === 'stream' ? view.stream : null, rank: null }, 'jump');
      return;
    }
    // A capture that was not read to its end may still reach the place.
    if (packet !== null && state.phase !== 'done') return;
    const over = state.phase === 'done' || state.phase === 'cancelled' || state.phase === 'failed';
    if (state.streams > 0) {
      if (saved?.view.filter) session.setFilter(saved.view.filter);
      this.stop();
      session.openStream(0);
    } else if (over && state.packets > 0) {
      this.stop();
      session.select({ packet: 0, stream: null, rank: null }, 'jump');
    }
  }

  refreshSoon(now: boolean): void {
    if (this.timer !== null && !now) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.timer = null;
        const { session } = this;
        if (session.view.kind === 'stream' || session.filter) session.packets.current.refresh();
        session.packets.look();
        if (now) session.packets.refresh();
        session.streams.refresh();
      },
      now ? 0 : REFRESH_MS,
    );
  }
}
