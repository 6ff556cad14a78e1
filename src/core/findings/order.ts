import { VERDICT_DUPLICATE_CAPTURE, VERDICT_DUPLICATE_NETWORK, VERDICT_OUT_OF_ORDER } from '../analysis/segmentVerdict';
import type { Direction, Nanoseconds } from '../bytes/units';
import { duration } from '../explain/words';
import { t } from '../l10n';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type CaptureDetector, type CaptureFacts, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';
import { sentences, who } from './wording';

/** Copies of one stream that are looked at again when it is known who made them. */
const MOST_COPIES = 1000;

/** order.reordered and order.duplicated of one stream. */
class OrderDetector implements Detector {
  private readonly overtaken: readonly [PacketList, PacketList] = [new PacketList(), new PacketList()];
  private readonly copies: readonly [number[], number[]] = [[], []];

  observe(s: StudySegment): void {
    if (s.verdict & VERDICT_OUT_OF_ORDER) this.overtaken[s.direction].add(s.packet);
    const copies = this.copies[s.direction];
    if (s.verdict & VERDICT_DUPLICATE_NETWORK && copies.length < MOST_COPIES) copies.push(s.packet);
  }

  findings(facts: StreamFacts, capture: CaptureFacts): readonly Finding[] {
    const found: Finding[] = [];
    for (const direction of [0, 1] as const) {
      const late = this.overtaken[direction];
      // Next to the sender nothing can have been overtaken: the capture itself wrote it down late.
      if (late.count > 0 && !facts.judge?.path.atSender(direction)) found.push(this.reordered(facts, capture, direction, late));
      const list = new PacketList();
      for (const packet of this.copies[direction]) if (!(capture.verdicts.get(packet) & VERDICT_DUPLICATE_CAPTURE)) list.add(packet);
      if (list.count > 0) {
        found.push(
          finding('order.duplicated', {
            stream: facts.stream, packets: list, confidence: 'likely',
            text: list.count === 1 ? t('One packet that {0} sent once arrived twice.', who(facts, direction)) : t('{0} packets that {1} sent once arrived twice.', String(list.count), who(facts, direction)),
          }),
        );
      }
    }
    return found;
  }

  private reordered(facts: StreamFacts, capture: CaptureFacts, direction: Direction, late: PacketList): Finding {
    let longest: Nanoseconds = 0;
    for (const packet of late.packets) {
      const reason = capture.verdicts.reasonsOf(packet).find((r) => r.bit === VERDICT_OUT_OF_ORDER);
      if (reason && reason.measured > longest) longest = reason.measured;
    }
    const { segments } = facts.judge!.sentCounts(direction);
    return finding('order.reordered', {
      stream: facts.stream, packets: late, confidence: 'likely',
      text: sentences(
        t('{0} of {1} segments from {2} arrived after later ones.', String(late.count), String(segments), who(facts, direction)),
        longest > 0 ? t('The latest came {0} after the one that had overtaken it.', duration(longest)) : '',
      ),
    });
  }
}

export const ORDER: DetectorKind = {
  group: 'order',
  wants: (s) => (s.verdict & (VERDICT_OUT_OF_ORDER | VERDICT_DUPLICATE_NETWORK)) !== 0,
  create: () => new OrderDetector(),
};

/** capture.duplicated. */
export class CapturedTwice implements CaptureDetector {
  findings(capture: CaptureFacts): readonly Finding[] {
    const list = new PacketList();
    const { verdicts } = capture;
    for (let packet = verdicts.next(0, VERDICT_DUPLICATE_CAPTURE); packet < capture.packets; packet = verdicts.next(packet + 1, VERDICT_DUPLICATE_CAPTURE)) list.add(packet);
    if (list.count === 0) return [];
    return [
      finding('capture.duplicated', {
        stream: null, packets: list,
        text: t('{0} of {1} packets are in the capture twice; the copies count for nothing else.', String(list.count), String(capture.packets)),
      }),
    ];
  }
}
