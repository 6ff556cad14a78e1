import { seqAfter, seqNotAfter } from '../bytes/seq';
import { NO_PACKET, type Nanoseconds } from '../bytes/units';
import { FAMILY_IPV6, QUOTED_BY_ICMPV6, SYN } from '../decode/segment';
import { bytes, duration, sentence, side } from '../explain/words';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
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
/** Segments in flight whose sizes are remembered. */
const REMEMBERED = 64;
/** A segment sent this often without arriving, while others arrive, does not fit. */
const STUCK_SENDINGS = 4;
/** Smaller ones fit through any path (RFC 791 3.2: 576 bytes, less headers and options). */
const SMALLEST_STUCK = 516;

/** One end as a sender: which sizes of segments got through. */
class Sizes {
  next = NaN;
  /** Segments not yet acknowledged, oldest first. */
  readonly seqs: number[] = [];
  readonly ends: number[] = [];
  /** Largest payload that arrived, alone in its segment. */
  passed = 0;
  largest = 0;
  /** The segment at SND.UNA that is sent again and again. */
  stuckSeq = NaN;
  stuckLength = 0;
  stuckTimes = 0;
  stuckSince: Nanoseconds = NaN;
  stuckUntil: Nanoseconds = NaN;
  stuckPackets = new PacketList();
  /** Furthest byte that was selectively acknowledged; NaN before one. */
  sacked = NaN;
  /** The other end was heard after the segment was first sent, without acknowledging it. */
  peerHeard = false;
  /** What became of it: payload of the smaller piece that passed in its place. */
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

  observe(s: StudySegment): void {
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
    if (s.hasAck) arrived(s, this.senders[s.direction ? 0 : 1]);
    if (s.length > 0) sent(s, own);
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

function sent(s: StudySegment, e: Sizes): void {
  const { seq } = s.segment;
  e.largest = Math.max(e.largest, s.length);
  if (Number.isNaN(e.next) || seqAfter(s.end, e.next)) {
    e.next = s.end;
    if (e.seqs.length === REMEMBERED) {
      e.seqs.shift();
      e.ends.shift();
    }
    e.seqs.push(seq);
    e.ends.push(s.end);
    return;
  }
  if (e.found && e.stuckUntil > 0) return;
  if (seq === e.stuckSeq && s.length === e.stuckLength) {
    e.stuckTimes++;
    e.stuckPackets.add(s.packet);
    judge(e);
    return;
  }
  // Cut smaller or joined: not the same segment any more.
  if (seq === e.stuckSeq) return;
  // A repetition that joins several small segments proves nothing about its size.
  const at = e.seqs.indexOf(seq);
  if (!e.found && s.length >= SMALLEST_STUCK && at >= 0 && e.ends[at] === s.end) {
    e.stuckSeq = seq;
    e.stuckLength = s.length;
    e.stuckTimes = 2;
    e.stuckSince = s.time;
    e.stuckUntil = NaN;
    // What was sent after it has arrived: the other end lives.
    e.peerHeard = !Number.isNaN(e.sacked) && seqAfter(e.sacked, s.end);
    e.passedInstead = 0;
    e.stuckPackets = new PacketList();
    e.stuckPackets.add(s.packet);
  }
}

function judge(e: Sizes): void {
  if (e.icmp === 0 && e.stuckTimes >= STUCK_SENDINGS && e.passed > 0 && e.passed < e.stuckLength && e.peerHeard) e.found = true;
}

/** An acknowledgment: which of the peer's segments arrived. */
function arrived(s: StudySegment, e: Sizes): void {
  const { segment } = s;
  const { ack } = segment;
  let n = 0;
  while (n < e.seqs.length && seqNotAfter(e.ends[n]!, ack)) n++;
  const waiting = !Number.isNaN(e.stuckSeq) && Number.isNaN(e.stuckUntil);
  const frees = waiting && seqAfter(ack, e.stuckSeq);
  if (frees) {
    const got = (ack - e.stuckSeq) >>> 0;
    if (got < e.stuckLength) {
      e.passedInstead = got;
      e.passed = Math.max(e.passed, got);
      e.peerHeard = true;
      judge(e);
    }
    e.stuckUntil = s.time;
    if (!e.found) e.stuckSeq = NaN;
  }
  for (let i = 0; i < n; i++) {
    // The segment that was stuck may have arrived in pieces: its own size proves nothing.
    if (frees && e.seqs[i] === e.stuckSeq) continue;
    if (!e.found) e.passed = Math.max(e.passed, (e.ends[i]! - e.seqs[i]!) >>> 0);
  }
  e.seqs.splice(0, n);
  e.ends.splice(0, n);
  if (segment.sackCount > 0 && !e.found) selectivelyArrived(s, e);
  if (!waiting || frees || segment.flags & SYN) return;
  e.peerHeard = true;
  judge(e);
}

function selectivelyArrived(s: StudySegment, e: Sizes): void {
  const { segment } = s;
  for (let b = 0; b < segment.sackCount; b++) {
    const left = segment.sackLeft[b]!;
    const right = segment.sackRight[b]!;
    if (Number.isNaN(e.sacked) || seqAfter(right, e.sacked)) e.sacked = right;
    for (let i = 0; i < e.seqs.length; i++) {
      if (seqNotAfter(left, e.seqs[i]!) && seqNotAfter(e.ends[i]!, right)) e.passed = Math.max(e.passed, (e.ends[i]! - e.seqs[i]!) >>> 0);
    }
  }
}

export const MTU: DetectorKind = {
  group: 'mtu',
  wants: (s) => s.length > 0 || s.segment.quoted || (s.segment.flags & SYN) !== 0,
  create: () => new MtuDetector(),
};

