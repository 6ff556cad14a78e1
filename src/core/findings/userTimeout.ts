import { seqAfter, seqNotAfter } from '../bytes/seq';
import type { Direction, Nanoseconds } from '../bytes/units';
import { ACK, FIN, RST, SYN } from '../decode/segment';
import { bytes } from '../explain/words';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type CaptureFacts, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';
import { sentences, timeWord, Who } from './wording';

/** Linux gives up by itself after tcp_retries2 = 15 retransmissions; far fewer say that something else did. */
const FEW = 10;
/** The next retransmission is due after twice the last wait; the capture must go on well beyond that. */
const OVERDUE = 3;
const OVERDUE_AT_LEAST: Nanoseconds = 3_000_000_000;

/** Retransmissions of one range that nobody acknowledges. */
class Waiting {
  readonly packets = new PacketList();
  first: Nanoseconds = NaN;
  last: Nanoseconds = NaN;
  gap: Nanoseconds = 0;
  resetAfter = false;
}

/** Data that stayed unacknowledged until its sender gave up early: user-timeout. */
class UserTimeout implements Detector {
  private readonly ends: [Waiting | null, Waiting | null] = [null, null];

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment, direction, time } = s;
    if (segment.quoted || s.verdict & DUPLICATE) return;
    const own = this.ends[direction];
    if (segment.flags & RST) {
      // A RST with ACK comes from the socket itself (Linux: tcp_send_active_reset).
      if (own && segment.flags & ACK && facts.ends[direction].outstanding > 0) own.resetAfter = true;
      return;
    }
    const other: Direction = direction ? 0 : 1;
    const peer = facts.ends[other];
    if (this.ends[other] && s.hasAck && !Number.isNaN(peer.acked) && seqAfter(segment.ack, peer.acked)) this.ends[other] = null;
    if (!isRepeat(s, facts)) return;
    const waiting = (this.ends[direction] ??= new Waiting());
    if (waiting.packets.count === 0) {
      waiting.first = facts.ends[direction].dataTime;
      waiting.packets.add(facts.ends[direction].dataPacket);
    } else waiting.gap = time - waiting.last;
    waiting.packets.add(s.packet);
    waiting.last = time;
  }

  findings(facts: StreamFacts, capture: CaptureFacts): readonly Finding[] {
    const found: Finding[] = [];
    for (const d of [0, 1] as const) {
      const waiting = this.ends[d];
      const repeats = waiting ? waiting.packets.count - 1 : 0;
      if (!waiting || repeats < 2 || repeats > FEW || facts.ends[d].outstanding === 0) continue;
      const stopped = capture.lastTime - waiting.last > Math.max(OVERDUE * waiting.gap, OVERDUE_AT_LEAST) && facts.ends[d].lastTime === waiting.last && facts.ends[d ? 0 : 1].rsts === 0;
      if (!waiting.resetAfter && !stopped) continue;
      const waited = (waiting.resetAfter ? facts.ends[d].rstTime : waiting.last) - waiting.first;
      found.push(
        finding('user-timeout', {
          stream: facts.stream, packets: waiting.packets, harm: waited, confidence: 'possible',
          text: sentences(
            t('{0} sent the last {1} again {2} times in {3} without an answer, and then gave up.', Who(facts, d), bytes(facts.ends[d].outstanding), String(repeats), timeWord(facts, waited)),
            t('That is far earlier than tcp_retries2 would: TCP_USER_TIMEOUT, a lowered tcp_retries2, or a process that ended.'),
          ),
        }),
      );
    }
    return found;
  }
}

/** Carries nothing but what was sent before and is not acknowledged. */
function isRepeat(s: StudySegment, facts: StreamFacts): boolean {
  const own = facts.ends[s.direction];
  return s.length > 0 && !(s.segment.flags & (SYN | FIN | RST)) && !Number.isNaN(own.next) && seqNotAfter(s.end, own.next) && own.outstanding > 0 && !Number.isNaN(own.acked) && seqAfter(s.end, own.acked);
}

export const USER_TIMEOUT: DetectorKind = {
  group: 'userTimeout',
  wants: (s, facts) => !s.segment.quoted && !(s.verdict & DUPLICATE) && isRepeat(s, facts),
  create: () => new UserTimeout(),
};
