import type { CardDocument, Rich } from '../../core/explain/card';
import type { Session } from '../state/session';

const MOST_CARDS = 200;

/** Cards of whole packets: the packet in a sentence, with what its labels say. */
export class PacketCards {
  private readonly cards = new Map<number, CardDocument | null>();
  private revision = -1;

  constructor(private readonly session: Session) {}

  peek(packet: number): CardDocument | null | undefined {
    if (this.revision !== this.session.state.revision) {
      this.revision = this.session.state.revision;
      this.cards.clear();
    }
    return this.cards.get(packet);
  }

  async load(packet: number, signal: AbortSignal): Promise<CardDocument | null> {
    const held = this.peek(packet);
    if (held !== undefined) return held;
    const { revision } = this;
    const result = await this.session.rpc.request('explainPacket', { packet }, signal);
    if (!result.ok || revision !== this.session.state.revision) return null;
    const card = merged(result.value);
    this.cards.set(packet, card);
    if (this.cards.size > MOST_CARDS) this.cards.delete(this.cards.keys().next().value!);
    return card;
  }
}

/** The summary with a line for each label. */
function merged(cards: readonly CardDocument[]): CardDocument | null {
  const [summary, ...others] = cards;
  if (!summary) return null;
  const labels: Rich[] = others.filter((card) => card.id.startsWith('tcp.analysis.')).map((card) => card.headline);
  return { ...summary, here: [...summary.here, ...labels] };
}
