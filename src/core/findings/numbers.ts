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
  /** Sequence number after the furthest segment, and the timestamp of the last one that came in order. */
  next = NaN;
  timestamp = NaN;
  wrapped: PacketIndex = NO_PACKET;
  /** A segment with new data and an old timestamp, until the peer answers it. */
  old: PacketIndex = NO_PACKET;
  oldBy = 0;
  oldStart = 0;
  readonly rejected = new PacketList();
  rejectedBy = 0;
}

/** wrap.sequence (RFC 9293 3.4) and paws.rejected (RFC 7323 5). */
export class NumbersDetector implements Detector {
  private readonly ends: readonly [NumbersEnd, NumbersEnd] = [new NumbersEnd(), new NumbersEnd()];

  observe(s: StudySegment): void {
    const { segment } = s;
    if (segment.quoted || s.verdict & DUPLICATE || segment.flags & RST || !s.hasSeq) return;
    const own = this.ends[s.direction];
    const peer = this.ends[s.direction ? 0 : 1];
    if (peer.old !== NO_PACKET) this.answer(s, peer);
    const stamped = (segment.optionsSeen & OPT_TIMESTAMPS) !== 0;
    const first = Number.isNaN(own.next);
    const fresh = first || seqAfter(s.end, own.next);
    // Data and FIN in order with an older timestamp than the last segment in order: PAWS throws it away.
    if (stamped && !first && !(segment.flags & SYN) && s.end !== segment.seq && !seqBefore(segment.seq, own.next) && !Number.isNaN(own.timestamp) && seqBefore(segment.tsVal, own.timestamp)) {
      own.old = s.packet;
      own.oldBy = seqDiff(own.timestamp, segment.tsVal);
      own.oldStart = segment.seq;
      return;
    }
    if (fresh) {
      if (own.wrapped === NO_PACKET && s.end < segment.seq && s.end !== 0) own.wrapped = s.packet;
      own.next = s.end;
    }
    if (stamped && (first || !seqBefore(s.end, own.next)) && (Number.isNaN(own.timestamp) || seqAfter(segment.tsVal, own.timestamp))) own.timestamp = segment.tsVal;
  }

  /** RFC 7323 5.3, R1: an ACK of what was expected before shows that the segment was not taken. */
  private answer(s: StudySegment, peer: NumbersEnd): void {
    if (s.hasAck && s.segment.ack === peer.oldStart) {
      peer.rejected.add(peer.old);
      peer.rejectedBy = Math.max(peer.rejectedBy, peer.oldBy);
    } else if (s.hasAck && seqAfter(s.segment.ack, peer.oldStart)) {
      // Taken after all: the timestamp was fine for the receiver.
      peer.timestamp = NaN;
    }
    peer.old = NO_PACKET;
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

export const NUMBERS: DetectorKind = {
  group: 'numbers',
  wants: (s) => !s.segment.quoted && !(s.segment.flags & RST) && (s.length > 0 || (s.segment.flags & SYN) !== 0),
  create: () => new NumbersDetector(),
};
