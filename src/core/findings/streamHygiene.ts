import { seqAfter } from '../bytes/seq';
import { RST, SYN } from '../decode/segment';
import { side } from '../explain/words';
import { t } from '../l10n';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';

/** Segments of one side alone before it is worth asking where the other is. */
const ALONE = 4;

/** capture.starts-mid-stream: the handshake, and so MSS, window scale and who is the client, was not captured. */
class MidStream implements Detector {
  observe(): void {
    // All that it tells is in the facts.
  }

  findings(facts: StreamFacts): readonly Finding[] {
    return [
      finding('capture.starts-mid-stream', {
        stream: facts.stream,
        packets: [facts.firstPacket],
        text:
          facts.clientBy === 'syn'
            ? t('The stream begins before its handshake: earlier packets between these ports are not in the capture.')
            : t('The capture begins after this connection was set up: window scale, MSS and SACK of the handshake are not known, and which side is the client is a guess.'),
      }),
    ];
  }
}

/** capture.one-direction: the other side lives, but none of its packets were captured. */
class OneDirection implements Detector {
  private firstAck = NaN;
  private ackMoved = false;
  private firstEnd = NaN;
  private dataMoved = 0;

  observe(s: StudySegment): void {
    if (s.segment.quoted || s.segment.flags & (RST | SYN)) return;
    if (s.hasAck) {
      if (Number.isNaN(this.firstAck)) this.firstAck = s.segment.ack;
      else if (seqAfter(s.segment.ack, this.firstAck)) this.ackMoved = true;
    }
    if (s.length > 0 && s.hasSeq && (Number.isNaN(this.firstEnd) || seqAfter(s.end, this.firstEnd))) {
      this.firstEnd = s.end;
      this.dataMoved++;
    }
  }

  findings(facts: StreamFacts): readonly Finding[] {
    const [a, b] = facts.ends;
    if ((a.packets > 0 && b.packets > 0) || facts.packets < ALONE || facts.selfConnected) return [];
    if (!this.ackMoved && this.dataMoved < ALONE) return [];
    const seen = a.packets > 0 ? 0 : 1;
    return [
      finding('capture.one-direction', {
        stream: facts.stream,
        packets: [facts.firstPacket, facts.lastPacket],
        confidence: 'likely',
        text: t('Only packets of {0} are in the capture, although the other side answers: it was taken on one path of two, on one port of a switch, or with a filter.', side(facts.roleOf(seen))),
      }),
    ];
  }
}

export const MID_STREAM: DetectorKind = {
  group: 'midStream',
  wants: (s, facts) => facts.midStream && !s.segment.quoted && !(s.segment.flags & RST),
  create: () => new MidStream(),
};

export const ONE_DIRECTION: DetectorKind = {
  group: 'oneDirection',
  wants: (s, facts) => !s.segment.quoted && facts.packets === ALONE - 2 && (facts.ends[0].packets === 0 || facts.ends[1].packets === 0) && facts.ends[s.direction].packets > 0,
  create: () => new OneDirection(),
};
