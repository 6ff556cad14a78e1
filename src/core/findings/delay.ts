import { seqAfter, seqNotAfter } from '../bytes/seq';
import { NO_PACKET, type Direction, type Nanoseconds } from '../bytes/units';
import { FIN, RST, SYN } from '../decode/segment';
import { duration, sentence, side } from '../explain/words';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';
import { times } from './wording';

/** Beyond the round trip, an acknowledgment this late was held back; no stack holds one longer (RFC 9293 3.8.6.3: under 500 ms). */
const DELAYED_ACK_MIN: Nanoseconds = 20_000_000;
const DELAYED_ACK_MAX: Nanoseconds = 520_000_000;
/** The next small segment left this soon after the acknowledgment that it waited for. */
const NAGLE_PROMPT: Nanoseconds = 3_000_000;
/** One stall may be chance; more are a pattern. */
const NAGLE_STALLS = 2;
const NAGLE_LIKELY = 4;
/** Without an MSS option (RFC 9293 3.7.1). */
const DEFAULT_MSS = 536;
/** A full segment is at most this much smaller than the MSS (RFC 6691). */
const OPTIONS_ROOM = 40;
/** Thinking is worth a word when it takes most of the stream and at least this long. */
const THINK_SHARE = 0.5;
const THINK_TOTAL: Nanoseconds = 500_000_000;
/** A longer pause is an idle connection, not a slow program (`idle.long`). */
const THINK_MAX: Nanoseconds = 30_000_000_000;

/** One end as a sender. */
class Sender {
  /** End of the small segment that is still unacknowledged; NaN when there is none. */
  smallEnd = NaN;
  /** The acknowledgment of that small one, if it was held back; for how long. */
  heldAck: Nanoseconds = NaN;
  heldFor: Nanoseconds = 0;
  stalls = 0;
  stalled: Nanoseconds = 0;
  readonly stallPackets = new PacketList();
  /** It sent a small segment while another one was unacknowledged: Nagle's algorithm is off. */
  noDelay = false;
  /** Acknowledgments that this end held back. */
  delayed = 0;
  delayedLongest: Nanoseconds = 0;
  readonly delayedPackets = new PacketList();
  /** Time that its program took to answer. */
  thought: Nanoseconds = 0;
  thoughts = 0;
  thoughtLongest: Nanoseconds = 0;
  readonly thoughtPackets = new PacketList();
}

/** delay.nagle, delay.delayed-ack, delay.slow-server, delay.slow-client (RFC 1122 4.2.3.4, RFC 9293 3.7.4, 3.8.6.3). */
export class DelayDetector implements Detector {
  private readonly ends: readonly [Sender, Sender] = [new Sender(), new Sender()];
  /** Who sent data last, and when. */
  private speaker: Direction | -1 = -1;
  private spokeAt: Nanoseconds = NaN;

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment } = s;
    if (segment.quoted || s.verdict & DUPLICATE || segment.flags & (RST | SYN) || !s.hasSeq) return;
    const own = this.ends[s.direction];
    const peer = this.ends[s.direction ? 0 : 1];
    if (s.hasAck) acknowledge(s, own, peer, facts);
    const { next } = facts.ends[s.direction];
    if (s.length > 0 && (Number.isNaN(next) || seqAfter(s.end, next))) {
      this.think(s, own, facts);
      data(s, own, facts);
    }
  }

  private think(s: StudySegment, own: Sender, facts: StreamFacts): void {
    const pause = s.time - this.spokeAt;
    if (this.speaker !== -1 && this.speaker !== s.direction && pause > 0 && pause < THINK_MAX) {
      const rtt = facts.initialRtt > 0 ? facts.initialRtt : 0;
      const thought = pause - rtt;
      if (thought > rtt) {
        own.thought += thought;
        own.thoughts++;
        own.thoughtPackets.add(s.packet);
        own.thoughtLongest = Math.max(own.thoughtLongest, thought);
      }
    }
    this.speaker = s.direction;
    this.spokeAt = s.time;
  }

  findings(facts: StreamFacts): readonly Finding[] {
    const found: Finding[] = [];
    const total = facts.lastTime - facts.firstTime;
    for (const direction of [0, 1] as const) {
      const e = this.ends[direction];
      const role = facts.roleOf(direction);
      const stalls = !e.noDelay && e.stalls >= NAGLE_STALLS;
      if (stalls)
        found.push(
          finding('delay.nagle', {
            stream: facts.stream,
            packets: e.stallPackets,
            harm: e.stalled,
            confidence: e.stalls >= NAGLE_LIKELY ? 'likely' : 'possible',
            ...(e.stalls >= NAGLE_LIKELY ? {} : { severity: 'info' as const }),
            text: t(
              '{0} held back a small segment {1} until the delayed acknowledgment of the one before it came, {2} each on average ({3} in all): Nagle\'s algorithm waits for an ACK that the other side delays.',
              sentence(side(role)), times(e.stalls), duration(e.stalled / e.stalls), duration(e.stalled),
            ),
          }),
        );
      if (e.delayed > 0)
        found.push(
          finding('delay.delayed-ack', {
            stream: facts.stream,
            packets: e.delayedPackets,
            confidence: 'likely',
            text:
              e.delayed === 1
                ? t('{0} delayed an acknowledgment by {1} in the hope of sending it with data.', sentence(side(role)), duration(e.delayedLongest))
                : t('{0} delayed {1} acknowledgments, by up to {2}, in the hope of sending them with data.', sentence(side(role)), e.delayed, duration(e.delayedLongest)),
          }),
        );
      if (e.thought >= THINK_TOTAL && e.thought >= THINK_SHARE * total)
        found.push(
          finding(role === 'server' ? 'delay.slow-server' : 'delay.slow-client', {
            stream: facts.stream,
            packets: e.thoughtPackets,
            harm: role === 'server' ? e.thought : 0,
            confidence: 'likely',
            text: t(
              'Of {2} in all, {0} took {1} to go on after the other side had spoken ({3}, longest {4}): the time goes into the program, not the network.',
              side(role), duration(e.thought), duration(total), times(e.thoughts), duration(e.thoughtLongest),
            ),
          }),
        );
    }
    return found;
  }
}

/** A pure acknowledgment of all that the peer sent, later than the path alone explains. */
function acknowledge(s: StudySegment, own: Sender, peer: Sender, facts: StreamFacts): void {
  const sent = facts.ends[s.direction ? 0 : 1];
  const acksSmall = !Number.isNaN(peer.smallEnd) && seqNotAfter(peer.smallEnd, s.segment.ack);
  const pure = s.length === 0 && !(s.segment.flags & FIN) && s.verdict === 0 && s.segment.sackCount === 0;
  if (pure && sent.dataPacket !== NO_PACKET && s.segment.ack === sent.next && s.analysis.acksPacket === sent.dataPacket) {
    const rtt = facts.minRtt[s.direction ? 0 : 1];
    const held = s.time - sent.dataTime - (rtt > 0 ? rtt : 0);
    if (held >= DELAYED_ACK_MIN && held <= DELAYED_ACK_MAX) {
      own.delayed++;
      own.delayedLongest = Math.max(own.delayedLongest, held);
      own.delayedPackets.add(s.packet);
      if (acksSmall) {
        peer.heldAck = s.time;
        peer.heldFor = held;
      }
    }
  }
  if (acksSmall) peer.smallEnd = NaN;
}

function data(s: StudySegment, own: Sender, facts: StreamFacts): void {
  const limit = facts.ends[s.direction ? 0 : 1].mss || DEFAULT_MSS;
  const small = s.length < limit - OPTIONS_ROOM;
  if (small && !(s.segment.flags & FIN)) {
    if (!Number.isNaN(own.smallEnd)) own.noDelay = true;
    else if (s.segment.seq === facts.ends[s.direction].next && s.time - own.heldAck <= NAGLE_PROMPT + (facts.initialRtt > 0 ? facts.initialRtt : 0)) {
      own.stalls++;
      own.stalled += own.heldFor;
      own.stallPackets.add(s.packet);
    }
    own.smallEnd = s.end;
  }
  own.heldAck = NaN;
}

export const DELAY: DetectorKind = {
  group: 'delay',
  wants: (s) => s.length > 0 && !s.segment.quoted,
  create: () => new DelayDetector(),
};
