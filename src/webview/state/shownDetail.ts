import type { RpcError } from '../../core/engineApi';
import type { DetailCache, Details } from './details';
import type { Session } from './session';

/** The details on screen: those of the selected packet, or of the one before while they are on their way. */
export class ShownDetail {
  shown: Details | null = null;
  error: RpcError | null = null;
  private request: AbortController | null = null;
  /** Where the selection stood before. */
  private last: { readonly stream: number | null; readonly row: number | null } = { stream: null, row: null };

  constructor(
    private readonly session: Session,
    private readonly cache: DetailCache,
  ) {}

  get pending(): boolean {
    return this.request !== null;
  }

  load(packet: number): void {
    this.request?.abort();
    this.request = null;
    this.error = null;
    const held = this.cache.peek(packet);
    if (held) {
      this.show(held);
      return;
    }
    const controller = new AbortController();
    this.request = controller;
    void this.cache.load(packet, controller.signal).then((got) => {
      if (this.request !== controller) return;
      this.request = null;
      if (!got || this.session.selection?.packet !== packet) return;
      if ('detail' in got) this.show(got);
      else {
        this.error = got;
        this.shown = null;
        this.session.events.emit('detail');
        this.session.host.tellSelection();
      }
    });
  }

  clear(): void {
    this.request?.abort();
    this.request = null;
    this.shown = null;
    this.error = null;
  }

  private show(details: Details): void {
    this.shown = details;
    this.session.located(details.detail.position);
    this.session.events.emit('detail');
    this.session.host.tellSelection();
    this.readAhead();
  }

  /** Neighbours of what is selected: the next key then finds them here. Farther the way that was gone last. */
  private readAhead(): void {
    const { session, last } = this;
    const { view } = session;
    const stream = view.kind === 'stream' ? view.stream : null;
    const row = session.selectedRow;
    if (stream !== null) {
      for (const next of around(stream, last.stream)) if (next >= 0 && next < session.state.streams) session.packets.prefetch(next);
    }
    if (row !== null) {
      for (const next of around(row, last.stream === stream ? last.row : null)) {
        const data = session.packets.current.peek(next);
        if (data) this.cache.readAhead(data.packet);
      }
    }
    this.last = { stream, row };
  }
}

/** The places next to `at`, and one more in the direction that was gone. */
function around(at: number, before: number | null): readonly number[] {
  return before !== null && before > at ? [at - 1, at - 2, at + 1] : [at + 1, at + 2, at - 1];
}
