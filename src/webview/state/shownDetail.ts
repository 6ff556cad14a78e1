import type { RpcError } from '../../core/engineApi';
import type { DetailCache, Details } from './details';
import type { Session } from './session';

/** The details on screen: those of the selected packet, or of the one before while they are on their way. */
export class ShownDetail {
  shown: Details | null = null;
  error: RpcError | null = null;
  private request: AbortController | null = null;

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
        this.session.tellHost();
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
    this.session.tellHost();
    this.readAhead();
  }

  /** Neighbours of what is selected: the next key then finds them here. */
  private readAhead(): void {
    const { session } = this;
    const { view } = session;
    if (view.kind === 'stream') {
      if (view.stream + 1 < session.state.streams) session.packets.prefetch(view.stream + 1);
      if (view.stream > 0) session.packets.prefetch(view.stream - 1);
    }
    const row = session.selectedRow;
    if (row === null) return;
    for (const next of [row + 1, row - 1]) {
      const data = session.packets.current.peek(next);
      if (data) void this.cache.load(data.packet, new AbortController().signal);
    }
  }
}
