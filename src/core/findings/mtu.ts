import { VERDICT_RETRANSMISSION } from '../analysis/segmentVerdict';
import { seqAfter, seqDiff } from '../bytes/seq';
import { NO_PACKET, type Nanoseconds } from '../bytes/units';
import { FAMILY_IPV6, OPT_MSS, QUOTED_BY_ICMPV6, SYN } from '../decode/segment';
import { bytes, duration, sentence, side } from '../explain/words';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { EndFacts, StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';
import { times } from './wording';

/** ICMP "fragmentation needed" (RFC 792, RFC 1191) and ICMPv6 "packet too big" (RFC 4443 3.2), as in Segment.quotedBy. */
const FRAGMENTATION_NEEDED = 0x304;
const PACKET_TOO_BIG = QUOTED_BY_ICMPV6 | 0x200;
/** Headers that an MSS leaves room for (RFC 6691). */
const HEADERS_V4 = 40;
const HEADERS_V6 = 60;
const ETHERNET_MTU = 1500;
/** A segment sent this often without arriving, while others arrive, does not fit. */
const STUCK_SENDINGS = 4;
/** Smaller ones fit through any path (RFC 791 3.2: 576 bytes, less headers and options). */
const SMALLEST_STUCK = 516;

/** One end as a sender: the segment that it sends again and again, and which sizes got through. */
class Sizes {
  /** Largest payload that arrived, alone in its segment. */
  passed = 0;
  stuckSeq = NaN;
  stuckLength = 0;
  stuckTimes = 0;
  stuckSince: Nanoseconds = NaN;
  stuckUntil: Nanoseconds = NaN;
  stuckPackets = new PacketList();
  /** What it sent at the same place in smaller pieces meanwhile. */
  cutTo = 0;
  /** The other end was heard after the segment was first sent, without acknowledging it. */
  peerHeard = false;
  /** Payload of the smaller piece that passed in its place. */
  passedInstead = 0;
  /** It met the conditions of a black hole. */
  found = false;
  /** ICMP errors about what this end sent. */
  icmp = 0;
  icmpMtu = 0;
  readonly icmpPackets = new PacketList();
}

/** mtu.black-hole, mtu.reduced (RFC 1191, RFC 2923 2.1, RFC 4821, RFC 8201). */
export class MtuDetector implements Detector {
  private readonly senders: readonly [Sizes, Sizes] = [new Sizes(), new Sizes()];
  private family = 0;

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment } = s;
    const own = this.senders[s.direction];
    if (segment.quoted) {
      if (segment.quotedBy === FRAGMENTATION_NEEDED || (segment.quotedBy & ~0xff) === PACKET_TOO_BIG) {
        own.icmp++;
        own.icmpPackets.add(s.packet);
        if (segment.quotedMtu > 0 && (own.icmpMtu === 0 || segment.quotedMtu < own.icmpMtu)) own.icmpMtu = segment.quotedMtu;
      }
      return;
    }
    this.family = segment.family;
    if (s.verdict & DUPLICATE || !s.hasSeq) return;
    if (s.hasAck) arrived(s, this.senders[s.direction ? 0 : 1], facts.ends[s.direction ? 0 : 1]);
    if (s.length > 0 && s.verdict & VERDICT_RETRANSMISSION) sentAgain(s, own, facts.ends[s.direction]);
  }

  findings(facts: StreamFacts): readonly Finding[] {
    const found: Finding[] = [];
    for (const direction of [0, 1] as const) {
      const e = this.senders[direction];
      if (e.found) found.push(this.blackHole(e, direction, facts));
      if (e.icmp > 0)
        found.push(
          finding('mtu.reduced', {
            stream: facts.stream,
            packets: e.icmpPackets,
            text:
              e.icmpMtu > 0
                ? t('A router told {0} that its packets are too big: at most {1} fit on the path.', side(facts.roleOf(direction)), bytes(e.icmpMtu))
                : t('A router told {0} that its packets are too big for the path.', side(facts.roleOf(direction))),
          }),
        );
    }
    const offered = this.offered(facts);
    if (offered && found.every((f) => f.id !== 'mtu.reduced')) found.push(offered);
    return found;
  }

  private blackHole(e: Sizes, direction: 0 | 1, facts: StreamFacts): Finding {
    const who = sentence(side(facts.roleOf(direction)));
    const lasted = (Number.isNaN(e.stuckUntil) ? facts.lastTime : e.stuckUntil) - e.stuckSince;
    const end =
      e.passedInstead > 0
        ? t('It got through when it was cut to {0}.', bytes(e.passedInstead))
        : t('It never got through.');
    return finding('mtu.black-hole', {
      stream: facts.stream,
      packets: e.stuckPackets,
      harm: lasted,
      confidence: 'likely',
      text: `${t('{0} sent a segment of {1} {2} in {3} and it did not arrive, while segments of up to {4} did: large packets vanish on the path, and no ICMP error says so.', who, bytes(e.stuckLength), times(e.stuckTimes), duration(lasted), bytes(e.passed))} ${end}`,
    });
  }

  /** An MSS below what Ethernet carries: a tunnel, a router that clamps, or a small MTU. */
  private offered(facts: StreamFacts): Finding | null {
    const headers = this.family === FAMILY_IPV6 ? HEADERS_V6 : HEADERS_V4;
    const [a, b] = facts.ends;
    const smaller = a.mss > 0 && (b.mss === 0 || a.mss <= b.mss) ? 0 : b.mss > 0 ? 1 : -1;
    if (smaller < 0) return null;
    const direction = smaller as 0 | 1;
    const { mss, synPacket } = facts.ends[direction];
    if (mss + headers >= ETHERNET_MTU || synPacket === NO_PACKET) return null;
    const other = facts.ends[direction ? 0 : 1].mss;
    const who = sentence(side(facts.roleOf(direction)));
    return finding('mtu.reduced', {
      stream: facts.stream,
      packets: [synPacket],
      text:
        other > mss
          ? t('{0} announced an MSS of {1}, the other side {2}: its MTU is {3} or less, or a router on the way lowered the number.', who, mss, other, mss + headers)
          : t('Both sides work with an MSS of {0}: packets of at most {1}, where Ethernet would carry {2}.', mss, bytes(mss + headers), ETHERNET_MTU),
    });
  }
}

function sentAgain(s: StudySegment, e: Sizes, sender: EndFacts): void {
  const { seq } = s.segment;
  if (e.found && e.stuckUntil > 0) return;
  if (seq === e.stuckSeq && Number.isNaN(e.stuckUntil)) {
    if (s.length !== e.stuckLength) {
      e.cutTo = s.length < e.stuckLength ? s.length : 0;
      return;
    }
    e.stuckTimes++;
    e.stuckPackets.add(s.packet);
    judge(e);
  } else if (!e.found && s.length >= SMALLEST_STUCK && s.length > sender.largestArrived) {
    e.stuckSeq = seq;
    e.stuckLength = s.length;
    e.stuckTimes = 2;
    e.stuckSince = s.time;
    e.stuckUntil = NaN;
    e.cutTo = e.passedInstead = 0;
    e.passed = Math.max(e.passed, sender.largestArrived);
    // What was sent after it has arrived: the other end lives.
    e.peerHeard = seqAfter(sender.sacked, s.end);
    e.stuckPackets = new PacketList();
    e.stuckPackets.add(s.packet);
  }
}

function judge(e: Sizes): void {
  if (e.icmp === 0 && e.stuckTimes >= STUCK_SENDINGS && e.passed > 0 && e.passed < e.stuckLength && e.peerHeard) e.found = true;
}

/** An acknowledgment: did the stuck segment arrive, whole or in a smaller piece? */
function arrived(s: StudySegment, e: Sizes, sender: EndFacts): void {
  if (Number.isNaN(e.stuckSeq) || !Number.isNaN(e.stuckUntil) || s.segment.flags & SYN) return;
  const { ack } = s.segment;
  if (!seqAfter(ack, e.stuckSeq)) {
    e.peerHeard = true;
    e.passed = Math.max(e.passed, sender.largestArrived);
    judge(e);
    return;
  }
  const got = seqDiff(ack, e.stuckSeq);
  // What is acknowledged in part may have arrived before, in the pieces in which it was first sent.
  if (got < e.stuckLength && got === e.cutTo) {
    e.passedInstead = got;
    e.passed = Math.max(e.passed, got);
    e.peerHeard = true;
    judge(e);
  }
  e.stuckUntil = s.time;
  if (!e.found) e.stuckSeq = NaN;
}

function offersLess(s: StudySegment): boolean {
  const { segment } = s;
  return (segment.flags & SYN) !== 0 && (segment.optionsSeen & OPT_MSS) !== 0 && segment.mss + (segment.family === FAMILY_IPV6 ? HEADERS_V6 : HEADERS_V4) < ETHERNET_MTU;
}

export const MTU: DetectorKind = {
  group: 'mtu',
  wants: (s, facts) => s.segment.quoted || offersLess(s) || ((s.verdict & VERDICT_RETRANSMISSION) !== 0 && s.length >= SMALLEST_STUCK && s.length > facts.ends[s.direction].largestArrived),
  create: () => new MtuDetector(),
};
