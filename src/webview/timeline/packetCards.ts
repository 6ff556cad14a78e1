import { JUDGED_LABELS } from '../../core/analysis/badges';
import { LABELS } from '../../core/analysis/labels';
import type { CardDocument, Rich } from '../../core/explain/card';
import type { Session } from '../state/session';

const MOST_CARDS = 200;

/** Cards of whole packets: the packet in a sentence, with why it has its badges. */
export class PacketCards {
  private readonly cards = new Map<number, CardDocument | null>();
  /** Revision of the capture and version of its study that they are of. */
  private of = '';

  constructor(private readonly session: Session) {}

  peek(packet: number): CardDocument | null | undefined {
    if (this.of !== this.now) {
      this.of = this.now;
      this.cards.clear();
    }
    return this.cards.get(packet);
  }

  private get now(): string {
    const { revision, study } = this.session.state;
    return `${revision} ${study.version}`;
  }

  async load(packet: number, signal: AbortSignal): Promise<CardDocument | null> {
    const held = this.peek(packet);
    if (held !== undefined) return held;
    const { of } = this;
    const result = await this.session.rpc.request('explainPacket', { packet }, signal);
    if (!result.ok || of !== this.now) return null;
    const card = merged(result.value, this.session.state.study.version > 0);
    this.cards.set(packet, card);
    if (this.cards.size > MOST_CARDS) this.cards.delete(this.cards.keys().next().value!);
    return card;
  }
}

/**
 * The summary, and why the segment has its badges: all of it for our verdicts, the headline for Wireshark's labels. Once there are
 * verdicts, Wireshark's labels on the same matter are told of only by those that differ.
 */
function merged(cards: readonly CardDocument[], judged: boolean): CardDocument | null {
  const [summary, ...others] = cards;
  if (!summary) return null;
  const hidden = new Set(judged ? LABELS.filter((label) => label.bit & JUDGED_LABELS).map((label) => label.field) : []);
  const why = others.flatMap((card): readonly Rich[] => {
    if (card.id.startsWith('segment.')) return [card.headline, ...card.here];
    return card.id.startsWith('tcp.analysis.') && !hidden.has(card.id) ? [card.headline] : [];
  });
  return { ...summary, here: [...summary.here, ...why] };
}
