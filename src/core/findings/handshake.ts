import { seqAdd, seqAfter } from '../bytes/seq';
import { NO_PACKET, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, RST, SYN } from '../decode/segment';
import { duration } from '../explain/words';
import { t } from '../l10n';
import { TIME_WAIT } from '../stream/endpointStates';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type CaptureFacts, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { icmpName } from './icmpNames';
import { packetList, PacketList } from './packetList';
import { sentences } from './wording';

/** A second SYN/ACK this soon is a copy, not the retransmission timer (its first wait is 1 s; RFC 6298 2.1). */
const TIMER_AT_LEAST: Nanoseconds = 150_000_000;
/** The first retransmission of a SYN: a single SYN this close to the end of the capture may still be answered. */
const SYN_TIMEOUT: Nanoseconds = 1_000_000_000;
/** An answer to the SYN is called slow beyond this and ten later round trips. */
const SLOW_ANSWER: Nanoseconds = 100_000_000;
const SLOW_FACTOR = 10;
/** Linux repeats the SYN/ACK after 1 s, unless the listener defers accept: then it stays silent for that time. */
const DEFERRED: Nanoseconds = 2_000_000_000;

const FAST_OPEN_NONE = -1;

/** Waits that are told of. */
const MOST_WAITS = 8;

/** "Between them passed 1.2 s, 2.2 s, 4.2 s: ...", when there are several. */
function backoff(waits: readonly Nanoseconds[]): string {
  if (waits.length < 2) return '';
  const list = waits.map(duration).join(', ');
  const doubling = waits.every((wait, i) => i === 0 || (wait >= 1.6 * waits[i - 1]! && wait <= 2.6 * waits[i - 1]!));
  return doubling ? t('Between them passed {0}: its timer, which doubles each time.', list) : t('Between them passed {0}.', list);
}

/** How a connection came to be, or did not: handshake.*, and half-open where the answer to the SYN shows it. */
class Handshake implements Detector {
  private opener: Direction = 0;
  private readonly syns = new PacketList();
  private firstSyn: Nanoseconds = NaN;
  private lastSyn: Nanoseconds = NaN;
  private synEnd = NaN;
  private synSince = false;
  /** SYN of the other end without ACK. */
  private crossing: PacketIndex = NO_PACKET;
  /** SYN/ACKs; of those that came by the timer, the repeats. */
  private readonly answers = new PacketList();
  private readonly repeats = new PacketList();
  private answerSeq = NaN;
  private answerAck = NaN;
  private firstAnswer: Nanoseconds = NaN;
  private lastAnswer: Nanoseconds = NaN;
  private firstRepeat: Nanoseconds = NaN;
  /** Waits before the first repetitions. */
  private readonly waits: Nanoseconds[] = [];
  /** Good ACKs of the opener since the last SYN/ACK, and those that another SYN/ACK showed to be ignored. */
  private pending: PacketIndex = NO_PACKET;
  private pendingData = false;
  private readonly ignored = new PacketList();
  private ignoredData = 0;
  private firstIgnored: Nanoseconds = NaN;
  private firstAck: Nanoseconds = NaN;
  /** What showed that the answering end took the connection. */
  private taken: PacketIndex = NO_PACKET;
  private takenTime: Nanoseconds = NaN;
  private refused: PacketIndex = NO_PACKET;
  private aborted: PacketIndex = NO_PACKET;
  private readonly unreachable = new PacketList();
  private quotedBy = 0;
  /** The first answer was an ACK of something else. */
  private challenge: PacketIndex = NO_PACKET;
  private challengeReset: PacketIndex = NO_PACKET;
  private badAnswer: PacketIndex = NO_PACKET;
  private cookie = FAST_OPEN_NONE;
  private cookieGiven = 0;
  private synData = 0;

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment } = s;
    if (segment.quoted) {
      if (segment.quotedBy !== 0 && Number.isNaN(this.answerSeq)) {
        this.unreachable.add(s.packet);
        this.quotedBy = segment.quotedBy;
      }
      return;
    }
    const syn = (segment.flags & SYN) !== 0;
    if (!syn && this.taken !== NO_PACKET) return;
    if (s.verdict & DUPLICATE) return;
    if (syn && !(segment.flags & ACK)) this.takeSyn(s, facts);
    else if (this.syns.count === 0 && !syn) return;
    else if (syn) this.takeAnswer(s);
    else if (s.direction === this.opener) this.takeFromOpener(s, facts);
    else this.takeFromAnswerer(s);
  }

  private takeSyn(s: StudySegment, facts: StreamFacts): void {
    if (this.syns.count === 0) this.opener = s.direction;
    if (s.direction !== this.opener && !facts.selfConnected) {
      if (this.crossing === NO_PACKET) this.crossing = s.packet;
      return;
    }
    if (this.syns.count === 0) {
      this.firstSyn = s.time;
      this.synEnd = s.end;
      this.synData = s.length;
    }
    // Copies on the way, and the SYN that follows a RST at once, are no retransmissions by the timer.
    if (this.syns.count === 0 || s.time - this.lastSyn >= TIMER_AT_LEAST) this.syns.add(s.packet);
    this.lastSyn = s.time;
    this.synSince = true;
    if (s.segment.fastOpenCookie >= 0) this.cookie = Math.max(this.cookie, s.segment.fastOpenCookie);
  }

  private takeAnswer(s: StudySegment): void {
    const { segment, time } = s;
    if (this.syns.count === 0) this.opener = s.direction ? 0 : 1;
    if (s.direction === this.opener) return;
    if (this.answers.count === 0) {
      // An answer to something else than this SYN.
      if (this.syns.count > 0 && s.hasAck && !this.acksSyn(segment.ack)) {
        this.badAnswer = s.packet;
        return;
      }
      this.answerSeq = segment.seq;
      this.answerAck = segment.ack;
      this.firstAnswer = time;
    } else if (segment.seq !== this.answerSeq) return;
    else if (!this.synSince && time - this.lastAnswer >= TIMER_AT_LEAST) {
      if (this.repeats.count === 0) this.firstRepeat = time;
      this.repeats.add(s.packet);
      if (this.waits.length < MOST_WAITS) this.waits.push(time - this.lastAnswer);
      if (this.pending !== NO_PACKET) {
        if (this.ignored.count === 0) this.firstIgnored = this.firstAck;
        this.ignored.add(this.pending);
        if (this.pendingData) this.ignoredData++;
      }
    }
    this.answers.add(s.packet);
    this.pending = NO_PACKET;
    this.pendingData = false;
    this.lastAnswer = time;
    this.synSince = false;
    if (segment.fastOpenCookie > 0) this.cookieGiven = segment.fastOpenCookie;
  }

  private acksSyn(ack: number): boolean {
    return ack === this.synEnd || ack === seqAdd(this.synEnd, -this.synData);
  }

  private takeFromOpener(s: StudySegment, facts: StreamFacts): void {
    const { segment } = s;
    if (segment.flags & RST) {
      if (this.challenge !== NO_PACKET && this.challengeReset === NO_PACKET && facts.ends[this.opener].packets === facts.ends[this.opener].syns) this.challengeReset = s.packet;
      else if (this.answers.count > 0 && Number.isNaN(this.firstAck) && this.aborted === NO_PACKET) this.aborted = s.packet;
      return;
    }
    // Before a SYN/ACK the opener cannot acknowledge one: the other direction is not captured.
    if (this.answers.count === 0 || !s.hasAck || !seqAfter(segment.ack, this.answerSeq)) return;
    if (Number.isNaN(this.firstAck)) this.firstAck = s.time;
    this.pending = s.packet;
    if (s.length > 0) this.pendingData = true;
  }

  private takeFromAnswerer(s: StudySegment): void {
    const { segment } = s;
    if (segment.flags & RST) {
      // In SYN-SENT only a RST that acknowledges the SYN counts (RFC 9293 3.10.7.3).
      if (this.answers.count === 0 && this.refused === NO_PACKET && s.hasAck && this.acksSyn(segment.ack)) this.refused = s.packet;
    } else if (this.answers.count > 0) {
      this.taken = s.packet;
      this.takenTime = s.time;
    } else if (s.hasAck && !this.acksSyn(segment.ack) && this.challenge === NO_PACKET) this.challenge = s.packet;
  }

  findings(facts: StreamFacts, capture: CaptureFacts): readonly Finding[] {
    const found: Finding[] = [];
    const { stream } = facts;
    if (facts.selfConnected) {
      return this.syns.count > 0 ? [finding('handshake.self-connected', { stream, packets: this.syns, text: t('Both ends are the same address and port: the socket is connected to itself.') })] : [];
    }
    if (this.crossing !== NO_PACKET) {
      found.push(finding('handshake.simultaneous-open', { stream, packets: packetList([this.syns.packets[0]!, this.crossing]), text: t('Both ends sent a SYN before they saw the one of the other.') }));
    }
    if (this.challenge !== NO_PACKET) this.addChallenge(facts, found);
    if (this.refused !== NO_PACKET) this.addRefused(facts, found);
    else if (this.answers.count === 0) this.addUnanswered(facts, capture, found);
    else this.addAnswered(facts, found);
    if (this.badAnswer !== NO_PACKET) {
      found.push(
        finding('handshake.bad-answer', {
          stream, packets: [this.syns.packets[0]!, this.badAnswer],
          text: t('A SYN/ACK came that does not acknowledge the SYN: an old duplicate, a broken middlebox or a forgery.'),
        }),
      );
    }
    if (this.cookie !== FAST_OPEN_NONE) this.addFastOpen(facts, found);
    return found;
  }

  private addChallenge(facts: StreamFacts, found: Finding[]): void {
    const { stream, previous } = facts;
    const packets = packetList([this.syns.packets[0]!, this.challenge, this.challengeReset]);
    const reset = this.challengeReset !== NO_PACKET ? t('The client reset that one and tried again.') : '';
    // An opener that goes on without an answer was in the middle of a connection all along.
    if (this.challengeReset === NO_PACKET && facts.ends[this.opener].packets > facts.ends[this.opener].syns) {
      found.push(finding('reset.challenged', { stream, packets, text: t('A SYN in the middle of an open connection was answered by a challenge ACK and changed nothing.') }));
      return;
    }
    // Out of TIME-WAIT of the older connection: that is time-wait.port-reused.
    if (previous?.states.state(0) === TIME_WAIT || previous?.states.state(1) === TIME_WAIT) return;
    found.push(
      finding('half-open', {
        stream, packets, confidence: this.challengeReset === NO_PACKET ? 'possible' : 'likely',
        text: sentences(t('The server still held an older connection between these ports: it answered the SYN with an ACK that belongs to that one.'), reset),
      }),
    );
  }

  private addRefused(facts: StreamFacts, found: Finding[]): void {
    const after = facts.ends[this.opener].packets > 0 ? this.syns.count : 0;
    const text =
      after > 1
        ? t('The server answered {0} SYNs with RST: nothing listens on that port, or a firewall rejects.', String(after))
        : t('The server answered the SYN with RST: nothing listens on that port, or a firewall rejects.');
    found.push(finding('handshake.refused', { stream: facts.stream, packets: packetList([...this.syns.packets, this.refused]), text, confidence: this.challenge === NO_PACKET ? 'certain' : 'possible' }));
  }

  private addUnanswered(facts: StreamFacts, capture: CaptureFacts, found: Finding[]): void {
    const { stream } = facts;
    if (this.syns.count === 0) return;
    const span = this.lastSyn - this.firstSyn;
    if (this.unreachable.count > 0) {
      found.push(
        finding('handshake.unreachable', {
          stream, packets: packetList([...this.syns.packets, ...this.unreachable.packets]), harm: span,
          text: this.syns.count > 1
            ? t('{0} SYNs over {1} were answered by ICMP: {2}.', String(this.syns.count), duration(span), icmpName(this.quotedBy))
            : t('The SYN was answered by ICMP: {0}.', icmpName(this.quotedBy)),
        }),
      );
      return;
    }
    // Anything but SYNs from the opener says that answers exist and are not captured.
    if (facts.ends[this.opener].packets > facts.ends[this.opener].syns || facts.ends[this.opener ? 0 : 1].packets > 0) return;
    if (this.syns.count === 1 && capture.lastTime - this.lastSyn < SYN_TIMEOUT) return;
    found.push(
      finding('handshake.no-answer', {
        stream, packets: this.syns, harm: span, confidence: this.syns.count > 1 ? 'certain' : facts.timed ? 'likely' : 'possible',
        text: this.syns.count > 1
          ? t('{0} SYNs over {1}, and nothing came back: the server is down, a filter drops them, or its queues are full.', String(this.syns.count), duration(span))
          : facts.timed ? t('Nothing came back to the SYN in the {0} that the capture goes on.', duration(capture.lastTime - this.lastSyn))
            : t('Nothing came back to the SYN in this capture.'),
      }),
    );
  }

  private addAnswered(facts: StreamFacts, found: Finding[]): void {
    const { stream } = facts;
    const first = this.answers.packets[0]!;
    if (this.aborted !== NO_PACKET) {
      found.push(
        finding('handshake.aborted', {
          stream, packets: [...this.syns.packets.slice(0, 1), first, this.aborted],
          text: t('The client answered the SYN/ACK with RST: it did not want the connection, or knew nothing of it (a port scan, a forged source address, a connect that was given up).'),
        }),
      );
    }
    if (this.syns.count > 1 && this.aborted === NO_PACKET) this.addRepeatedSyn(facts, found);
    else if (this.syns.count === 1) this.addSlowAnswer(facts, found);
    if (this.repeats.count === 0) return;
    const span = (Number.isNaN(this.takenTime) ? this.lastAnswer : Math.max(this.takenTime, this.lastAnswer)) - this.firstAnswer;
    const answerer = facts.ends[this.opener ? 0 : 1];
    const end =
      this.taken !== NO_PACKET ? t('It took the connection after {0}.', duration(this.takenTime - this.firstAnswer))
      : answerer.rsts > 0 ? t('It never took the connection: {0} after its first SYN/ACK it answered with RST.', duration(answerer.rstTime - this.firstAnswer))
      : t('It never took the connection in this capture.');
    const packets = packetList([...this.answers.packets, ...this.ignored.packets, ...(this.taken === NO_PACKET && answerer.rsts > 0 ? [answerer.rstPacket] : [])]);
    const atServer = this.capturedAtServer();
    const deferred = (this.taken !== NO_PACKET && this.pendingData) || this.firstRepeat - this.firstAnswer >= DEFERRED;
    if (this.ignored.count > 0 && this.ignoredData === 0 && deferred) {
      found.push(
        finding('handshake.defer-accept', {
          stream, packets, confidence: 'likely',
          text: this.pendingData
            ? t('The server ignored bare ACKs of the handshake (packet {0}) and took the connection with the first data: TCP_DEFER_ACCEPT, or an accept queue that was full just so long.', String(this.ignored.packets[0]! + 1))
            : t('The server ignored the bare ACK in packet {0} and repeated its SYN/ACK only after {1}: TCP_DEFER_ACCEPT waits for data.', String(this.ignored.packets[0]! + 1), duration(this.firstRepeat - this.firstAnswer)),
        }),
      );
    } else if (this.ignored.count >= 2 || (this.ignored.count === 1 && atServer)) {
      found.push(
        finding('handshake.accept-queue-full', {
          stream, packets, confidence: atServer ? 'likely' : 'possible', harm: span,
          text: sentences(
            this.ignored.count === 1
              ? t('The server repeated its SYN/ACK although a good ACK had reached it: its accept queue was full.')
              : t('The server ignored {0} good ACKs of the handshake and repeated its SYN/ACK {1} times over {2}: its accept queue was full.', String(this.ignored.count), String(this.repeats.count), duration(this.lastAnswer - this.firstAnswer)),
            backoff(this.waits),
            end,
            this.ignoredData > 0 ? t('Data was ignored too, so TCP_DEFER_ACCEPT does not explain it.') : t('TCP_DEFER_ACCEPT would look the same until data comes.'),
            atServer ? '' : t('From here, ACKs lost behind the capture point would look the same.'),
          ),
        }),
      );
    } else {
      found.push(
        finding('handshake.synack-retransmitted', {
          stream, packets, harm: span, confidence: 'certain',
          text: sentences(
            t('The server sent its SYN/ACK {0} times over {1}.', String(this.repeats.count + 1), duration(this.lastAnswer - this.firstAnswer)),
            backoff(this.waits),
            Number.isNaN(this.firstAck)
              ? t('No ACK for it is in the capture.')
              : this.ignored.count > 0
                ? t('The ACK in packet {0} did not take effect: it was lost behind the capture point, or the accept queue was full.', String(this.ignored.packets[0]! + 1))
                : t('The ACK came {0} after the first.', duration(this.firstAck - this.firstAnswer)),
          ),
        }),
      );
    }
  }

  private addRepeatedSyn(facts: StreamFacts, found: Finding[]): void {
    const lost = this.firstAnswer - this.firstSyn;
    const late = this.lastSyn > this.firstAnswer;
    found.push(
      finding('handshake.slow', {
        stream: facts.stream, packets: packetList([...this.syns.packets, ...this.answers.packets]), harm: Math.max(lost, this.lastSyn - this.firstSyn),
        text: late
          ? t('The SYN was sent {0} times over {1} although a SYN/ACK is in the capture: the answers did not reach the client in time.', String(this.syns.count), duration(this.lastSyn - this.firstSyn))
          : t('The SYN was sent {0} times; the SYN/ACK came {1} after the first.', String(this.syns.count), duration(lost)),
      }),
    );
  }

  private addSlowAnswer(facts: StreamFacts, found: Finding[]): void {
    const took = this.firstAnswer - this.firstSyn;
    const later = facts.minRtt[this.opener];
    if (!(took > SLOW_ANSWER && took > SLOW_FACTOR * later)) return;
    found.push(
      finding('handshake.slow', {
        stream: facts.stream, packets: [this.syns.packets[0]!, this.answers.packets[0]!], harm: took - later, confidence: 'likely',
        text: t('The SYN/ACK took {0}; later answers took as little as {1}.', duration(took), duration(later)),
      }),
    );
  }

  private addFastOpen(facts: StreamFacts, found: Finding[]): void {
    const accepted = this.synData > 0 && this.answerAck === this.synEnd;
    const text =
      this.cookie === 0
        ? this.cookieGiven > 0
          ? t('The client asked for a Fast Open cookie and got one of {0} bytes.', String(this.cookieGiven))
          : t('The client asked for a Fast Open cookie and got none.')
        : this.synData === 0
          ? t('The client sent a Fast Open cookie without data.')
          : accepted
            ? t('Fast Open: {0} bytes of data came with the SYN and were taken.', String(this.synData))
            : t('Fast Open was tried with {0} bytes of data in the SYN; the server did not take them.', String(this.synData));
    found.push(finding('handshake.fast-open', { stream: facts.stream, packets: packetList([this.syns.packets[0] ?? NO_PACKET, ...this.answers.packets.slice(0, 1)]), text }));
  }

  /** The answer came at once and the ACK took a round trip. */
  private capturedAtServer(): boolean {
    const answer = this.firstAnswer - this.lastSyn;
    const ack = this.firstAck - this.firstAnswer;
    return answer >= 0 && ack > 4 * answer && ack > 500_000;
  }
}

export const HANDSHAKE: DetectorKind = {
  group: 'handshake',
  wants: (s) => (s.segment.flags & SYN) !== 0,
  create: () => new Handshake(),
};
