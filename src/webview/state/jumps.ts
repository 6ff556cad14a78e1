import type { Jump, PacketView } from '../../core/engineApi';
import type { Place } from './history';
import type { Session } from './session';

type InStream = Extract<Jump['to'], 'nextInStream' | 'previousInStream' | 'nextOtherDirection' | 'firstOfStream' | 'lastOfStream'>;

/** Why a jump led nowhere: start or end of the stream or of all streams, no stream, no such packet. */
export type Edge = 'firstStream' | 'lastStream' | 'streamStart' | 'streamEnd' | 'noStream' | 'noPacket';

/** From packet to packet and from stream to stream; what leads nowhere is told as an edge. */
export class Jumps {
  /** Of the last jump that led nowhere. */
  edge: Edge = 'noStream';
  private request: AbortController | null = null;

  constructor(private readonly session: Session) {}

  /** What was chosen since must not be overridden by a jump that is still under way. */
  abort(): void {
    this.request?.abort();
  }

  nextStream(step: 1 | -1): void {
    this.session.lastAction = 'nextStream';
    const { view, state } = this.session;
    if (state.streams === 0) return this.tellEdge('noStream');
    if (view.kind === 'all') {
      void this.jump({ to: step > 0 ? 'nextStream' : 'previousStream', from: this.session.selection?.stream ?? null }, view);
      return;
    }
    const next = view.stream + step;
    if (next < 0 || next >= state.streams) this.tellEdge(step > 0 ? 'lastStream' : 'firstStream');
    else this.session.openStream(next, step);
  }

  inStream(to: InStream): void {
    this.session.lastAction = 'select';
    const { selection, view } = this.session;
    if (!selection) return this.tellEdge('noStream');
    const row = view.kind === 'stream' && !view.filter && selection.rank !== null ? this.localTarget(to, selection.rank) : null;
    const data = row === null ? undefined : this.session.packets.current.peek(row);
    if (data && row !== null) this.session.selectData(data, row, to === 'nextInStream' || to === 'previousInStream' ? 'step' : 'jump');
    else void this.jump({ to, from: selection.packet });
  }

  /** The row, if it can be told from rows that have been read. */
  private localTarget(to: InStream, rank: number): number | null {
    const rows = this.session.packets.current;
    if (to === 'nextInStream') return rank + 1;
    if (to === 'previousInStream') return rank - 1;
    if (to === 'firstOfStream') return 0;
    if (to === 'lastOfStream') return this.session.state.phase === 'done' ? rows.total - 1 : null;
    const from = rows.peek(rank)?.from;
    for (let row = rank + 1; ; row++) {
      const data = rows.peek(row);
      if (!data) return null;
      if (data.from !== from) return row;
    }
  }

  /** Asks where it leads and goes there; `view` changes what the packets table shows. */
  async jump(to: Jump, view: PacketView | null = null): Promise<void> {
    this.request?.abort();
    const controller = new AbortController();
    this.request = controller;
    const result = await this.session.rpc.request('jump', to, controller.signal);
    if (controller.signal.aborted) return;
    if (!result.ok) { this.session.report(result.error); return; }
    if (result.value) { this.session.goTo(result.value, view); return; }
    if (to.to === 'nextStream' || to.to === 'previousStream') this.tellEdge(to.to === 'nextStream' ? 'lastStream' : 'firstStream');
    else if (this.session.selection?.stream === null) this.tellEdge('noStream');
    else this.tellEdge(to.to === 'previousInStream' ? 'streamStart' : to.to === 'packet' ? 'noPacket' : 'streamEnd');
  }

  /** Selects a packet by its index (a link in a card). */
  goToPacket(packet: number): void {
    this.session.lastAction = 'goTo';
    void this.jump({ to: 'packet', packet });
  }

  travel(direction: 'back' | 'forward'): void {
    const place: Place | null = direction === 'back' ? this.session.history.back() : this.session.history.forward();
    if (!place) return;
    this.session.lastAction = direction;
    this.session.setView({ ...place.view, filter: place.view.filter ?? '' });
    this.session.select({ packet: place.packet, stream: place.stream, rank: place.rank }, 'jump', false);
  }

  tellEdge(edge: Edge): void {
    this.edge = edge;
    this.session.events.emit('edge');
  }
}
