import { OPT_AO, OPT_MD5, OPT_MPTCP, SYN, URG, type Segment } from '../decode/segment';
import { sentence, side } from '../explain/words';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';
import { times } from './wording';

const WANTED = OPT_MPTCP | OPT_MD5 | OPT_AO;
const MP_CAPABLE = 0;
const MP_JOIN = 1;
const MP_FAIL = 6;
const MP_FASTCLOSE = 7;

/** urgent.data, mptcp, md5, ao (RFC 6093, RFC 8684, RFC 2385, RFC 5925). */
export class OptionsDetector implements Detector {
  private readonly urgent: readonly [PacketList, PacketList] = [new PacketList(), new PacketList()];
  private readonly mptcp: readonly [PacketList, PacketList] = [new PacketList(), new PacketList()];
  private subtypes = 0;
  private readonly md5 = new PacketList();
  private readonly ao = new PacketList();

  observe(s: StudySegment): void {
    const { segment } = s;
    if (segment.quoted || s.verdict & DUPLICATE) return;
    if (isUrgent(segment)) this.urgent[s.direction].add(s.packet);
    const seen = segment.optionsSeen;
    if (seen & OPT_MPTCP) {
      this.mptcp[s.direction].add(s.packet);
      this.subtypes |= segment.mptcpSubtypes;
    }
    if (seen & OPT_MD5) this.md5.add(s.packet);
    if (seen & OPT_AO) this.ao.add(s.packet);
  }

  findings(facts: StreamFacts): readonly Finding[] {
    const { stream } = facts;
    const found: Finding[] = [];
    for (const direction of [0, 1] as const) {
      const packets = this.urgent[direction];
      if (packets.count === 0) continue;
      found.push(
        finding('urgent.data', {
          stream,
          packets,
          text: t('{0} sent urgent data ({1} a segment with URG). The sockets API hands over its last byte apart ("out of band"); on the wire it stays in the stream.', sentence(side(facts.roleOf(direction))), times(packets.count)),
        }),
      );
    }
    if (this.mptcp[0].count + this.mptcp[1].count > 0) found.push(this.multipath(facts));
    if (this.md5.count > 0) found.push(finding('md5', { stream, packets: this.md5, text: t('{0} segments are signed with the TCP MD5 option (RFC 2385), as BGP peers do. RFC 5925 replaces it.', this.md5.count) }));
    if (this.ao.count > 0) found.push(finding('ao', { stream, packets: this.ao, text: t('{0} segments are signed with the TCP authentication option (RFC 5925).', this.ao.count) }));
    return found;
  }

  private multipath(facts: StreamFacts): Finding {
    const has = (subtype: number): boolean => (this.subtypes & (1 << subtype)) !== 0;
    const both = this.mptcp[0].count > 0 && this.mptcp[1].count > 0;
    const parts = [
      !both
        ? t('One side offered Multipath TCP and the other did not take it up: this is plain TCP.')
        : has(MP_JOIN)
          ? t('This is a further subflow of a Multipath TCP connection (MP_JOIN).')
          : has(MP_CAPABLE)
            ? t('Multipath TCP is in use: this is the first subflow of the connection.')
            : t('Multipath TCP is in use.'),
    ];
    if (has(MP_FAIL)) parts.push(t('It fell back to plain TCP (MP_FAIL).'));
    if (has(MP_FASTCLOSE)) parts.push(t('The whole connection was aborted (MP_FASTCLOSE).'));
    return finding('mptcp', { stream: facts.stream, packets: [...this.mptcp[0].packets, ...this.mptcp[1].packets], text: parts.join(' ') });
  }
}

function isUrgent(segment: Segment): boolean {
  return (segment.flags & URG) !== 0 && segment.urgentPointer > 0 && !(segment.flags & SYN);
}

export const OPTIONS: DetectorKind = {
  group: 'options',
  wants: (s) => isUrgent(s.segment) || (s.segment.optionsSeen & WANTED) !== 0,
  create: () => new OptionsDetector(),
};
