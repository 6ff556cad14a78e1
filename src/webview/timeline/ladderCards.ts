import { stateCard } from '../../core/explain/stateWords';
import { HoverCards } from '../cards/hoverCards';
import { el } from '../shared/dom';
import type { Session } from '../state/session';
import type { TimelineStore } from '../state/timelineStore';
import type { Ladder } from './ladder';
import type { DrawnSegment, StateRun } from './layout';
import { PacketCards } from './packetCards';

/** The cards of the ladder: of a segment, and of a state that an end is in. They hang on an anchor that goes where they are needed. */
export class LadderCards {
  readonly anchor = el('div', 'ladder-anchor');
  private readonly cards: HoverCards;
  private readonly packets: PacketCards;

  constructor(
    session: Session,
    private readonly store: TimelineStore,
    private readonly ladder: Ladder,
    focusLost: () => void,
  ) {
    this.packets = new PacketCards(session);
    this.cards = new HoverCards({
      peek: (node) => this.peek(node),
      load: (node, signal) => this.packets.load(Number(node.split(':')[1]), signal),
      delay: () => session.config.hoverDelayMs,
      goToPacket: (packet) => session.jumps.goToPacket(packet),
      copy: (text) => session.host.copy(text),
      announce: () => undefined,
      focusLost,
    });
  }

  get element(): HTMLElement {
    return this.cards.element;
  }

  /** Opens the card of a segment at once. */
  show(segment: DrawnSegment): void {
    if (!segment.ref) return;
    this.place(segment.y - 14, 18);
    void this.cards.show(packetNode(segment), this.anchor);
  }

  hoverSegment(segment: DrawnSegment, x: number): void {
    const { clientLane, serverLane } = this.ladder.columns;
    this.place(segment.y - 14, 18, Math.max(clientLane, Math.min(x - 20, serverLane - 60)));
    this.cards.hover(packetNode(segment), this.anchor);
  }

  hoverState(run: StateRun, y: number): void {
    const { clientBand, serverBand } = this.ladder.columns;
    this.place(y - 8, 16, run.end === 'client' ? clientBand : serverBand);
    this.cards.hover(`state:${run.end}:${run.rank}:${run.state}`, this.anchor);
  }

  leave(): void {
    this.cards.leave();
  }

  close(): void {
    this.cards.close();
  }

  private place(top: number, height: number, left = this.ladder.columns.clientLane): void {
    Object.assign(this.anchor.style, { top: `${top}px`, left: `${left}px`, height: `${height}px` });
  }

  private peek(node: string): ReturnType<PacketCards['peek']> {
    const [kind, first, rank, state] = node.split(':');
    if (kind === 'packet') return this.packets.peek(Number(first));
    const end = first === 'server' ? 'server' : 'client';
    return stateCard(end, Number(state), this.store.changeBefore(end, Number(rank)));
  }
}

function packetNode({ ref }: DrawnSegment): string {
  return `packet:${ref!.columns.packet[ref!.i]!}`;
}
