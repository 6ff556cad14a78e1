import { grouped, side } from '../explain/words';
import { t } from '../l10n';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type CaptureDetector, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';

/** Right ones for each wrong one, at least, before damage on the way is the best explanation. */
const RIGHT_FOR_ONE_WRONG = 4;

/** checksum.wrong: a few segments of a sender are damaged; where nearly all are, the capture was taken before they were computed. */
class ChecksumDetector implements Detector {
  private readonly wrong: readonly [PacketList, PacketList] = [new PacketList(), new PacketList()];

  observe(s: StudySegment): void {
    if (!s.segment.quoted && s.checksum === 'wrong') this.wrong[s.direction].add(s.packet);
  }

  findings(facts: StreamFacts): readonly Finding[] {
    const found: Finding[] = [];
    for (const direction of [0, 1] as const) {
      const wrong = this.wrong[direction];
      const { packets: all, goodChecksums: good, offloadedChecksums: offloaded } = facts.ends[direction];
      // Where the card is to fill them in, an odd one is no damage; where hardly any is right, the tool that wrote the capture is at fault.
      if (wrong.count === 0 || offloaded > 0 || good < wrong.count * RIGHT_FOR_ONE_WRONG) continue;
      found.push(
        finding('checksum.wrong', {
          stream: facts.stream,
          packets: wrong,
          confidence: 'likely',
          text: t('{0} of {1} segments of {2} have a wrong TCP checksum: they were damaged on the way, and the receiver drops them without a word.', grouped(wrong.count), grouped(all), side(facts.roleOf(direction))),
        }),
      );
    }
    return found;
  }
}

export const CHECKSUM: DetectorKind = {
  group: 'checksum',
  wants: (s) => !s.segment.quoted && s.checksum === 'wrong',
  create: () => new ChecksumDetector(),
};

/** capture.checksum-offload: checksums that the network card was to fill in. */
export class ChecksumOffloadDetector implements CaptureDetector {
  private readonly packets = new PacketList();
  private readonly hosts = new Set<string>();

  observe(s: StudySegment): void {
    if (s.segment.quoted || s.checksum !== 'offloaded') return;
    this.packets.addAnywhere(s.packet);
    const { family, src0, src1, src2, src3 } = s.segment;
    if (this.hosts.size < 16) this.hosts.add(`${family} ${src0} ${src1} ${src2} ${src3}`);
  }

  findings(): readonly Finding[] {
    if (this.packets.count === 0) return [];
    return [
      finding('capture.checksum-offload', {
        stream: null,
        packets: this.packets,
        text: t('{0} segments left with an unfinished checksum (sending hosts: {1}): the capture was taken on the sending machine, before the network card computes it. They are not damaged.', grouped(this.packets.count), this.hosts.size),
      }),
    ];
  }
}

