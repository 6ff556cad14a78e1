import { seqAfter } from '../bytes/seq';
import { NO_PACKET, type PacketIndex } from '../bytes/units';
import { ACK, AE, CWR, ECE, RST, SYN } from '../decode/segment';
import { grouped, sentence, side } from '../explain/words';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';
import { times } from './wording';

/** ECN field of the IP header (RFC 3168 5). */
const NOT_ECT = 0;
const CE = 3;
/** New data segments without any mark before "bleached" is said. */
const UNMARKED = 10;

class EcnEnd {
  /** Data segments sent for the first time, by whether they carried ECT or CE; those with CE. */
  marked = 0;
  unmarked = 0;
  readonly congested = new PacketList();
  /** Segments with ECE after the handshake, and with CWR. */
  readonly echoes = new PacketList();
  /** Runs of ECE: one congestion signal each (RFC 3168 6.1.3). */
  signals = 0;
  echoing = false;
  readonly answers = new PacketList();
  next = NaN;
}

/** ecn.marked, ecn.refused, ecn.bleached (RFC 3168, RFC 9768). */
export class EcnDetector implements Detector {
  private readonly ends: readonly [EcnEnd, EcnEnd] = [new EcnEnd(), new EcnEnd()];
  private offer: PacketIndex = NO_PACKET;
  private accurate = false;
  private answer: PacketIndex = NO_PACKET;
  private agreed = false;
  /** A later SYN came without the offer: the client gave up on ECN (RFC 3168 6.1.1.1). */
  private withdrawn = false;

  observe(s: StudySegment): void {
    const { segment } = s;
    if (segment.quoted || s.verdict & DUPLICATE) return;
    const { flags } = segment;
    if (flags & RST) return;
    if (flags & SYN) {
      this.handshake(s);
      return;
    }
    const own = this.ends[s.direction];
    const classic = this.agreed && !this.accurate;
    if (s.length > 0 && s.hasSeq && (Number.isNaN(own.next) || seqAfter(s.end, own.next))) {
      own.next = s.end;
      if (segment.ecn === NOT_ECT) own.unmarked++;
      else own.marked++;
    }
    if (segment.ecn === CE) own.congested.add(s.packet);
    if (classic && flags & ECE) {
      own.echoes.add(s.packet);
      if (!own.echoing) own.signals++;
    }
    own.echoing = (flags & ECE) !== 0;
    if (classic && flags & CWR) own.answers.add(s.packet);
  }

  private handshake(s: StudySegment): void {
    const bits = s.segment.flags & (AE | CWR | ECE);
    if (!(s.segment.flags & ACK)) {
      if ((bits & (CWR | ECE)) === (CWR | ECE)) {
        this.offer = s.packet;
        this.accurate = (bits & AE) !== 0;
        this.withdrawn = false;
      } else if (this.offer !== NO_PACKET) this.withdrawn = true;
      return;
    }
    this.answer = s.packet;
    if (this.offer === NO_PACKET) return;
    // ECE alone accepts classic ECN, also in answer to an offer of AccECN (RFC 9768 3.1.1).
    if (bits === ECE) {
      this.agreed = true;
      this.accurate = false;
    } else this.agreed = this.accurate && bits !== 0 && bits !== (AE | CWR | ECE);
  }

  findings(facts: StreamFacts): readonly Finding[] {
    if (this.offer === NO_PACKET) return this.congestion(facts);
    const found: Finding[] = [...this.congestion(facts)];
    if (this.answer !== NO_PACKET && !this.agreed)
      found.push(
        finding('ecn.refused', {
          stream: facts.stream,
          packets: [this.offer, this.answer],
          text: this.withdrawn
            ? t('The client offered ECN, got no answer, and tried again without it: something on the path may drop such SYNs.')
            : t('The client offered ECN and the server did not take it up: congestion will show as loss.'),
        }),
      );
    if (this.agreed)
      for (const direction of [0, 1] as const) {
        const e = this.ends[direction];
        if (e.marked > 0 || e.unmarked < UNMARKED) continue;
        found.push(
          finding('ecn.bleached', {
            stream: facts.stream,
            packets: [this.offer, this.answer].filter((p) => p !== NO_PACKET),
            confidence: 'likely',
            text: t(
              'ECN was agreed, but none of the {0} data segments of {1} is marked ECN-capable here: the mark was removed before the capture point, or this sender\'s congestion control does not set it.',
              e.unmarked, side(facts.roleOf(direction)),
            ),
          }),
        );
      }
    return found;
  }

  private congestion(facts: StreamFacts): Finding[] {
    const found: Finding[] = [];
    for (const direction of [0, 1] as const) {
      const e = this.ends[direction];
      const receiver = this.ends[direction ? 0 : 1];
      if (e.congested.count === 0 && receiver.signals === 0) continue;
      const who = side(facts.roleOf(direction));
      const parts = [];
      if (e.congested.count > 0) parts.push(e.congested.count === 1 ? t('One packet of {0} carries the CE mark: a router on the way was congested and said so instead of dropping it.', who) : t('{0} packets of {1} carry the CE mark: a router on the way was congested and said so instead of dropping them.', grouped(e.congested.count), who));
      if (receiver.signals > 0)
        parts.push(t('{0} reported congestion {1} (ECE); {2} answered with CWR {3} and slowed down.', sentence(side(facts.roleOf(direction ? 0 : 1))), times(receiver.signals), who, times(e.answers.count)));
      found.push(
        finding('ecn.marked', {
          stream: facts.stream,
          packets: e.congested.count > 0 ? e.congested : receiver.echoes,
          text: parts.join(' '),
        }),
      );
    }
    return found;
  }
}

export const ECN: DetectorKind = {
  group: 'ecn',
  wants: (s) => (s.segment.flags & (SYN | CWR | ECE)) > SYN || s.segment.ecn === CE,
  create: () => new EcnDetector(),
};
