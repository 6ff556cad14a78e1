import { seqAfter, seqBefore, seqDiff } from '../bytes/seq';
import { NO_PACKET, type PacketIndex } from '../bytes/units';
import { OPT_TIMESTAMPS, RST, SYN } from '../decode/segment';
import { grouped, sentence, side } from '../explain/words';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';
import { times } from './wording';

class NumbersEnd {
  wrapped: PacketIndex = NO_PACKET;
  /** A segment with new data and an old timestamp, until the peer answers it. */
  old: PacketIndex = NO_PACKET;
  oldBy = 0;
  oldStart = 0;
  readonly rejected = new PacketList();
  rejectedBy = 0;
}

/** Data or FIN in order with an older timestamp than the last segment in order: PAWS throws it away. */
function isOld(s: StudySegment, facts: StreamFacts): boolean {
  const { next, timestamp } = facts.ends[s.direction];
  const { segment } = s;
  return (segment.optionsSeen & OPT_TIMESTAMPS) !== 0 && seqAfter(timestamp, segment.tsVal) && s.end !== segment.seq && !(segment.flags & SYN) && !seqBefore(segment.seq, next);
}

function wraps(s: StudySegment, facts: StreamFacts): boolean {
  const { next } = facts.ends[s.direction];
  return s.end < s.segment.seq && s.end !== 0 && (Number.isNaN(next) || seqAfter(s.end, next));
}

/** wrap.sequence (RFC 9293 3.4) and paws.rejected (RFC 7323 5). */
export class NumbersDetector implements Detector {
  private readonly ends: readonly [NumbersEnd, NumbersEnd] = [new NumbersEnd(), new NumbersEnd()];

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment } = s;
    if (segment.quoted || s.verdict & DUPLICATE || segment.flags & RST || !s.hasSeq) return;
    const own = this.ends[s.direction];
    const peer = this.ends[s.direction ? 0 : 1];
    if (peer.old !== NO_PACKET) answer(s, peer);
    if (isOld(s, facts)) {
      own.old = s.packet;
      own.oldBy = seqDiff(facts.ends[s.direction].timestamp, segment.tsVal);
      own.oldStart = segment.seq;
    } else if (own.wrapped === NO_PACKET && wraps(s, facts)) own.wrapped = s.packet;
  }

  findings(facts: StreamFacts): readonly Finding[] {
    const found: Finding[] = [];
    for (const direction of [0, 1] as const) {
      const e = this.ends[direction];
      const who = sentence(side(facts.roleOf(direction)));
      if (e.rejected.count > 0)
        found.push(
          finding('paws.rejected', {
            stream: facts.stream,
            packets: e.rejected,
            confidence: 'likely',
            text: t(
              '{0} sent new data {1} with a timestamp older than one before it, by up to {2} ticks; the other side threw it away and repeated its ACK (PAWS). The sender has two clocks, a load balancer mixes hosts, or an old packet came late.',
              who, times(e.rejected.count), grouped(e.rejectedBy),
            ),
          }),
        );
      if (e.wrapped !== NO_PACKET)
        found.push(finding('wrap.sequence', { stream: facts.stream, packets: [e.wrapped], text: t('The sequence numbers of {0} passed 2^32 and went on from 0. That is normal; only tools that compare them as plain numbers stumble.', side(facts.roleOf(direction))) }));
    }
    return found;
  }
}

/** RFC 7323 5.3, R1: an ACK of what was expected before shows that the segment was not taken. */
function answer(s: StudySegment, peer: NumbersEnd): void {
  if (s.hasAck && s.segment.ack === peer.oldStart) {
    peer.rejected.add(peer.old);
    peer.rejectedBy = Math.max(peer.rejectedBy, peer.oldBy);
  }
  peer.old = NO_PACKET;
}

export const NUMBERS: DetectorKind = {
  group: 'numbers',
  wants: (s, facts) => !s.segment.quoted && !(s.segment.flags & RST) && s.hasSeq && (wraps(s, facts) || isOld(s, facts)),
  create: () => new NumbersDetector(),
};
