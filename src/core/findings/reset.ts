import { NO_PACKET, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, FIN, RST, SYN } from '../decode/segment';
import { MOST_ROUTERS, routersPassed, START_TTLS } from '../explain/startTtl';
import { bytes, duration } from '../explain/words';
import { t } from '../l10n';
import { CLOSED, LISTEN, SYN_RECEIVED, SYN_SENT, TIME_WAIT } from '../stream/endpointStates';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { packetList, PacketList } from './packetList';
import { sentences, timeWord, who, Who } from './wording';

/** A silence before a RST that an idle timer explains. */
const IDLE: Nanoseconds = 10_000_000_000;
/** A RST this long after its sender last heard of the peer is no answer to what came last. */
const ANSWER_WITHIN: Nanoseconds = 1_000_000_000;
/** A RST that answers a segment comes within a few round trips. */
const ANSWER_AT_ONCE: Nanoseconds = 250_000_000;
/** An end that spoke a moment ago has not lost its state: somebody rejects in its name, or its socket has just been closed. */
const GONE: Nanoseconds = 500_000_000;
/** Segments that must agree on a time to live before a different one means something, and by how much it must differ. */
const TTL_SAMPLES = 3;
const TTL_FAR = 2;

/** What stood when a RST came. */
class Reset {
  packet: PacketIndex = NO_PACKET;
  sender: Direction = 0;
  hasAck = false;
  senderState = CLOSED;
  receiverState = CLOSED;
  senderFin = false;
  receiverFin = false;
  /** RST.seq is what its receiver expects next, or lies in its window. */
  exact = true;
  /** Silence of the stream before it, and the packet before it. */
  idle: Nanoseconds = 0;
  before: PacketIndex = NO_PACKET;
  /** The segment before it came from the receiver, carried data or a FIN, and its ACK is the RST's sequence number. */
  answers = false;
  /** Bytes of the RST's receiver that came after the last segment of its sender. */
  unanswered = 0;
  /** The sender's own bytes that were not acknowledged, and since when. */
  outstanding = 0;
  waited: Nanoseconds = 0;
  dataBytes = 0;
  injected = false;
  /** Sent from this side of the nearest router, while its alleged sender lies behind it. */
  fromNear = false;
  ttl = 0;
  usualTtl = 0;
  lifetime: Nanoseconds = 0;
  /** Since the sender's last segment. */
  silent: Nanoseconds = 0;
  /** The sender had sent nothing but its SYN. */
  onlySyn = false;
}

/** What ended the connection by force: reset.*, half-open, and time-wait.assassinated. */
class ResetDetector implements Detector {
  private readonly rsts = new PacketList();
  private first: Reset | null = null;
  /** A RST that was not in sequence, and the ACK that answered it. */
  private challenged: PacketIndex = NO_PACKET;
  private challengeAck: PacketIndex = NO_PACKET;
  private handshakeSeen = true;

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment } = s;
    if (segment.quoted || s.verdict & DUPLICATE) return;
    if (segment.flags & RST) {
      this.rsts.add(s.packet);
      this.first ??= this.note(s, facts);
      return;
    }
    // A bare ACK of its receiver right after a RST that does not fit: the RST was not obeyed.
    const { first } = this;
    if (first && !first.exact && this.challenged === NO_PACKET && s.direction !== first.sender && s.length === 0 && !(segment.flags & (SYN | FIN))) {
      this.challenged = first.packet;
      this.challengeAck = s.packet;
      this.first = null;
    }
  }

  private note(s: StudySegment, facts: StreamFacts): Reset {
    const { segment, time } = s;
    const d = s.direction;
    const sender = facts.ends[d];
    const receiver = facts.ends[d ? 0 : 1];
    const r = new Reset();
    r.packet = s.packet;
    r.sender = d;
    r.hasAck = (segment.flags & ACK) !== 0;
    r.senderState = facts.states.change(d).path[0]!;
    r.receiverState = facts.states.change(d ? 0 : 1).path[0]!;
    r.senderFin = sender.fins > 0;
    r.receiverFin = receiver.fins > 0;
    r.exact = Number.isNaN(sender.next) || segment.seq === sender.next || segment.seq === sender.acked;
    r.idle = Number.isNaN(facts.lastTime) ? 0 : time - facts.lastTime;
    r.before = facts.lastPacket;
    const heard = receiver.lastTime;
    const roundTrip = facts.initialRtt > 0 ? facts.initialRtt : 0;
    r.answers = s.timed && !Number.isNaN(heard) && time - heard < Math.max(ANSWER_AT_ONCE, 4 * roundTrip) && !(sender.lastTime > heard);
    r.unanswered = s.timed && receiver.bytes > 0 && !(sender.dataTime > receiver.dataTime) ? receiver.bytes : 0;
    r.outstanding = sender.outstanding;
    r.waited = sender.outstanding > 0 && !Number.isNaN(sender.ackedTime) ? time - sender.ackedTime : 0;
    r.dataBytes = sender.bytes + receiver.bytes;
    r.silent = time - sender.lastTime;
    r.onlySyn = sender.syns > 0 && sender.packets === sender.syns;
    r.ttl = segment.ttl;
    r.usualTtl = sender.minTtl;
    r.injected = sender.packets >= TTL_SAMPLES && sender.minTtl > 0 && (segment.ttl < sender.minTtl - TTL_FAR || segment.ttl > sender.maxTtl + TTL_FAR);
    // A socket may start lower (IP_TTL: eBGP with 1), while RSTs for a missing socket carry the system's own value.
    const behindRouters = routersPassed(sender.maxTtl) > 0 && routersPassed(sender.maxTtl) <= MOST_ROUTERS;
    r.fromNear = sender.packets >= TTL_SAMPLES && sender.minTtl > 0 && sender.minTtl === sender.maxTtl && segment.ttl > sender.maxTtl && START_TTLS.includes(segment.ttl) && behindRouters;
    r.lifetime = time - facts.firstTime;
    this.handshakeSeen = !facts.midStream;
    return r;
  }

  findings(facts: StreamFacts): readonly Finding[] {
    const found: Finding[] = [];
    const { stream } = facts;
    if (this.challenged !== NO_PACKET) {
      found.push(
        finding('reset.challenged', {
          stream, packets: [this.challenged, this.challengeAck],
          text: t('The RST in packet {0} was not at the expected sequence number; it was answered by a challenge ACK and changed nothing.', String(this.challenged + 1)),
        }),
      );
    }
    const r = this.first;
    // Before both ends are up a RST belongs to the handshake.
    if (!r || facts.selfConnected || this.inHandshake(r)) return found;
    if (r.fromNear && !(r.senderFin && r.receiverFin) && r.receiverState !== TIME_WAIT) {
      found.push(
        finding('reset.injected', {
          stream, packets: packetList([r.before, ...this.rsts.packets]), confidence: 'likely', severity: 'error',
          text: sentences(
            t('The connection was aborted after {0} by a RST that has passed no router: its time to live is {1}, the segments of {2} arrive with {3}.', timeWord(facts, r.lifetime), String(r.ttl), who(facts, r.sender), String(r.usualTtl)),
            t('A firewall, a NAT or the like near the capture point sent it in its name.'),
          ),
        }),
      );
      return found;
    }
    if (r.injected) {
      found.push(
        finding('reset.injected', {
          stream, packets: packetList([r.before, r.packet]), confidence: 'possible',
          text: t('The RST has time to live {0}, other segments of {1} have {2}: something else may have sent it in its name.', String(r.ttl), who(facts, r.sender), String(r.usualTtl)),
        }),
      );
    }
    this.addEnd(facts, r, found);
    return found;
  }

  private inHandshake(r: Reset): boolean {
    if (!this.handshakeSeen) return false;
    return (r.senderState === CLOSED && (r.receiverState === CLOSED || r.receiverState === SYN_RECEIVED || r.receiverState === LISTEN)) || r.senderState === LISTEN || r.senderState === SYN_SENT || r.receiverState === SYN_SENT || (r.receiverState === SYN_RECEIVED && r.dataBytes === 0 && !r.hasAck);
  }

  private addEnd(facts: StreamFacts, r: Reset, found: Finding[]): void {
    const { stream } = facts;
    const packets = packetList([r.before, ...this.rsts.packets]);
    const sender = Who(facts, r.sender);
    const receiver: Direction = r.sender ? 0 : 1;
    if (r.receiverState === TIME_WAIT) {
      found.push(finding('time-wait.assassinated', { stream, packets, confidence: 'likely', text: t('A RST reached {0} in TIME-WAIT, {1} after the stream had fallen silent; with net.ipv4.tcp_rfc1337 = 1 Linux ignores it.', who(facts, receiver), timeWord(facts, r.idle)) }));
      return;
    }
    if (r.senderFin && r.receiverFin) {
      found.push(finding('reset.after-close', { stream, packets, text: t('{0} sent RST after both ends had closed.', sender) }));
      return;
    }
    const id = facts.roleOf(r.sender) === 'client' ? 'reset.by-client' : 'reset.by-server';
    // Linux aborts a socket with RST,ACK; a RST without ACK answers a segment for which there is no socket (RFC 9293 3.5.2).
    if (!r.hasAck && r.answers && !r.senderFin && !r.onlySyn && r.silent >= GONE) {
      found.push(
        finding('half-open', {
          stream, packets, confidence: 'likely', harm: r.waited,
          text: sentences(
            t('{0} answered packet {1} with RST without ACK: it had no state of this connection any more, and had not said that it closed.', sender, String(r.before + 1)),
            r.idle >= IDLE ? t('The connection had been silent for {0} before.', duration(r.idle)) : '',
          ),
        }),
      );
      return;
    }
    if (r.idle >= IDLE && r.dataBytes > 0 && r.outstanding === 0 && !r.senderFin && !r.receiverFin) {
      found.push(finding('reset.idle-timeout', { stream, packets, confidence: 'likely', text: t('{0} reset the connection after {1} of silence: an idle timer, in the application or on the way.', sender, duration(r.idle)) }));
      return;
    }
    found.push(finding(id, { stream, packets, severity: r.receiverFin && !r.senderFin ? 'warning' : 'error', text: sentences(t('{0} aborted the connection after {1}.', sender, timeWord(facts, r.lifetime)), this.reason(facts, r)) }));
  }

  private reason(facts: StreamFacts, r: Reset): string {
    const peer = who(facts, r.sender ? 0 : 1);
    if (r.senderFin) return t('It had closed before, and {0} went on sending: data that came after close() is lost.', peer);
    if (r.receiverFin) return t('{0} had closed already; instead of closing too it aborted.', Who(facts, r.sender ? 0 : 1));
    if (facts.timed && r.onlySyn && r.idle < ANSWER_WITHIN) return t('It did so right after the handshake: a full accept queue with net.ipv4.tcp_abort_on_overflow, or a proxy that found no backend.');
    if (!r.hasAck && r.answers) return t('The RST carries no ACK, {0} after its last segment: a firewall that rejects in its name, or a socket closed just then.', duration(r.silent));
    if (r.dataBytes === 0) return t('No data had passed: SO_LINGER 0, a process that ended before it accepted, or a proxy that found no backend.');
    if (r.outstanding > 0 && r.waited > ANSWER_WITHIN) return t('{0} of its own had been unacknowledged for {1}: it gave up.', bytes(r.outstanding), duration(r.waited));
    if (r.unanswered > 0) return t('What {0} sent last was not answered: closed with unread data, SO_LINGER 0, or the process died.', peer);
    return t('SO_LINGER 0, or the process died with data unread.');
  }
}

export const RESET: DetectorKind = {
  group: 'reset',
  wants: (s) => (s.segment.flags & RST) !== 0 && !s.segment.quoted,
  create: () => new ResetDetector(),
};

