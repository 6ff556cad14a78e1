import { seqAdd, seqAfter, seqBefore, seqDiff, seqNotAfter } from '../bytes/seq';
import { NO_PACKET, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, FIN, OPT_TIMESTAMPS, SYN, type Segment } from '../decode/segment';
import type { VerdictSink } from '../table/verdictTable';
import { RecentAcks, type CopyJudge } from './copies';
import { IpIdOrder } from './ipIdOrder';
import { GAP_AHEAD, GAP_START, GAP_UNSEEN, gapOf, isDsack, sameStamp, tsValOf, whereOf, type Gap, type Pending } from './flowRecords';
import { LossEpisode } from './lossEpisodes';
import type { PathDelay } from './pathDelay';
import type { EpisodeListener, JudgedSegment } from './segmentJudge';
import { VERDICT_KEEP_ALIVE, VERDICT_LOST, VERDICT_OUT_OF_ORDER, VERDICT_RETRANSMISSION, VERDICT_SPURIOUS, VERDICT_WINDOW_PROBE } from './segmentVerdict';
import { Scoreboard, SeqRanges } from './seqRanges';
import { T_COPIES, T_END, T_FIRST_TIME, T_IP_ID, T_PACKET, T_SEQ, T_TIME, T_TSVAL, T_WHERE, Transmissions } from './transmissions';
import type { UnshownProbe } from './unshownProbes';
import * as why from './verdictReasons';

const MS: Nanoseconds = 1_000_000;
/** Numbers farther away than this belong to nothing that can be judged. */
const FAR = 0x40000000;
/** How far before its first segment a capture that starts mid-stream expects old data. */
const BEFORE_START = 0x100000;
const MOST_GAPS = 64;
const MOST_PENDING = 256;
/** A segment that comes this soon after a gap showed is late, when the round trip is not known. */
const SOON: Nanoseconds = 3 * MS;
/** Silence after which a retransmission is the timer's doing: a little under the least timeout of Linux (200 ms). */
const TIMER: Nanoseconds = 190 * MS;
/** The most that a tail loss probe waits beyond two round trips. */
const PROBE: Nanoseconds = 220 * MS;
/** No probe timer runs shorter: two ticks of the clock, 1000 a second at most (tcp_timer.c, TCP_TIMEOUT_MIN). */
const SOONEST_PROBE: Nanoseconds = 2 * MS;
/** The least that a handshake segment waits before it is sent again. */
const HANDSHAKE_TIMER: Nanoseconds = 100 * MS;
/** A lone old byte is a keep-alive after this silence, a retransmission before. */
const IDLE: Nanoseconds = 1000 * MS;
/** D-SACK and too-early ACKs tell nothing below this round trip. */
const TELLING_ROUND_TRIP: Nanoseconds = MS;

/** Shared by all who have none: most streams lose nothing. */
const NO_PENDING: Pending[] = [];
const NO_EPISODES: LossEpisode[] = [];

/** One direction of a stream: what its sender sent, and what became of it. */
export class FlowJudge {
  readonly counts = { segments: 0, retransmissions: 0, outOfOrder: 0, spurious: 0, lost: 0 };
  openEpisode: LossEpisode | null = null;
  /** Recoveries that are over, but not all of their retransmissions are settled: each has one in `pending`, so there are no more than that. */
  closing: LossEpisode[] = NO_EPISODES;
  private known = false;
  /** SND.NXT as far as the capture shows. */
  private next = 0;
  /** SND.UNA, NaN until known; and the packet that said so. */
  private una = NaN;
  private unaPacket = NO_PACKET;
  private dupAcks = 0;
  /** When the peer was last heard of, and its last window. */
  private heardAt: Nanoseconds = NaN;
  private window = -1;
  private windowPacket = NO_PACKET;
  private closed = false;
  /** End of a new byte that was sent into a closed window, NaN when none was. */
  private probeEnd = NaN;
  /** The last segment was a window probe: something waits to be sent. */
  private probing = false;
  private lastAck = NaN;
  private lastTime: Nanoseconds = NaN;
  private readonly ids = new IpIdOrder();
  private readonly sentRecords = new Transmissions();
  private readonly gaps = new SeqRanges<Gap>(MOST_GAPS);
  private readonly sacked = new Scoreboard(MOST_PENDING);
  private pending: Pending[] = NO_PENDING;
  private acks: RecentAcks | null = null;
  /** SYNs of the peer that this side has not answered yet: the next SYN/ACK is an answer to one, and no copy. */
  private synsHeard = 0;
  private synAckSent = false;
  /** When an ICMP error last quoted this side. */
  private quotedAt: Nanoseconds = NaN;
  /** Latest SYN of this side. */
  private synPacket = NO_PACKET;

  constructor(
    private readonly direction: Direction,
    private readonly path: PathDelay,
    private readonly copies: CopyJudge,
    private readonly sink: VerdictSink,
    private readonly onEpisode: EpisodeListener,
  ) {}

  /** VERDICT_DUPLICATE_* when the very same transmission was seen before, else 0. */
  copyOf(s: JudgedSegment): number {
    const { segment } = s;
    const { seq, flags } = segment;
    if (s.length === 0 && !(flags & (SYN | FIN))) {
      const acks = (this.acks ??= new RecentAcks());
      return acks.repeats(s) && this.ids.tell ? this.copies.judge(s, acks, why.WHY_COPY_SAME_ID) : 0;
    }
    if (!this.known || !seqBefore(seq, this.next)) return 0;
    const sent = this.sentRecords;
    const i = sent.find(seq);
    if (i === sent.length || sent.get(i, T_SEQ) !== seq || sent.get(i, T_END) !== s.end || !sameStamp(sent.get(i, T_TSVAL), tsValOf(segment))) return 0;
    if ((flags & (SYN | ACK)) === (SYN | ACK) && this.synsHeard > 0) return 0;
    const gap = s.time - sent.get(i, T_TIME);
    const firstId = sent.get(i, T_IP_ID);
    let reason = why.WHY_COPY_SAME_ID;
    if (segment.ipId !== 0 || firstId !== 0) {
      if (segment.ipId !== firstId || !this.ids.tell) return 0;
      if (!(segment.optionsSeen & OPT_TIMESTAMPS) && Math.abs(gap) > TIMER) return 0;
    } else {
      const limit = flags & SYN ? HANDSHAKE_TIMER : Number.isNaN(this.path.roundTrip) ? MS : this.path.roundTrip / 2;
      if (gap >= limit) return 0;
      reason = why.WHY_COPY_SOON;
    }
    const where = sent.get(i, T_WHERE);
    return this.copies.judge(s, { packet: sent.get(i, T_PACKET), time: sent.get(i, T_TIME), ttl: where & 0xff, interfaceIndex: where >>> 8 }, reason);
  }

  /** Takes in a segment of this direction; returns its verdict. */
  sent(s: JudgedSegment): number {
    const { segment } = s;
    const plain = s.length === 0 && !(segment.flags & (SYN | FIN));
    const verdict = plain ? this.pureAck(s) : this.opensBothWays(segment) ? this.answerSyn(s) : this.data(s);
    if (segment.flags & SYN) {
      this.synPacket = s.packet;
      if (segment.flags & ACK) {
        this.synAckSent = true;
        if (this.synsHeard > 0) this.synsHeard--;
      }
    }
    this.probing = (verdict & VERDICT_WINDOW_PROBE) !== 0;
    this.ids.note(segment.ipId);
    this.lastTime = s.time;
    if (s.hasAck && (Number.isNaN(this.lastAck) || seqAfter(segment.ack, this.lastAck))) this.lastAck = segment.ack;
    return verdict;
  }

  /** The SYN of a simultaneous open, now with the ACK of the peer's: its answer, no retransmission (RFC 9293 3.5). */
  private opensBothWays({ flags, seq }: Segment): boolean {
    return (flags & (SYN | ACK)) === (SYN | ACK) && !this.synAckSent && this.synsHeard > 0 && this.known && this.sentRecords.length > 0 && this.sentRecords.get(0, T_SEQ) === seq;
  }

  /** From here on the SYN/ACK stands for the SYN that it repeats. */
  private answerSyn(s: JudgedSegment): number {
    this.sentRecords.latest(0, s.packet, s.time, tsValOf(s.segment), s.segment.ipId, whereOf(s));
    return 0;
  }

  /** The peer sent a SYN, no copy. */
  hearSyn(): void {
    this.synsHeard++;
  }

  /** An ICMP error quotes a segment of this direction. */
  quoted(time: Nanoseconds): void {
    this.quotedAt = time;
  }

  /** Takes in the peer's acknowledgment of this direction. */
  acknowledged(s: JudgedSegment, syn: boolean): void {
    const { segment } = s;
    const { ack } = segment;
    this.heardAt = s.time;
    if (!this.known) {
      if (Number.isNaN(this.una) || seqAfter(ack, this.una)) this.una = ack;
      this.noteWindow(s, syn);
      return;
    }
    if (seqAfter(ack, this.next)) {
      if (seqDiff(ack, this.next) > FAR) return;
      if (ack !== this.probeEnd) this.gaps.push(gapOf(s, this.next, ack, GAP_UNSEEN));
      this.next = ack;
    }
    if (Number.isNaN(this.una) || seqAfter(ack, this.una)) this.advance(s, ack);
    else if (ack !== this.una) {
      // An old acknowledgment: its selective part may still be the report of a copy.
      if (segment.sackCount > 0) this.readSack(s);
      return;
    } else if (s.length === 0 && !syn && (!s.hasWindow || s.window === this.window) && this.next !== this.una) this.dupAcks++;
    this.noteWindow(s, syn);
    if (segment.sackCount > 0) this.readSack(s);
  }

  /** Decides what has waited long enough for evidence. */
  settleDue(now: Nanoseconds): void {
    const { pending } = this;
    if (pending.length === 0) return;
    for (let i = 0; i < pending.length; i++) {
      const p = pending[i]!;
      if (!(p.settleAt <= now)) continue;
      pending.splice(i--, 1);
      this.needed(p, why.WHY_COPY_ACKED);
    }
  }

  finish(): void {
    for (const p of this.pending) if (!p.told) this.lose(p, Number.isNaN(p.settleAt) ? why.WHY_NEVER_ACKED : why.WHY_COPY_ACKED);
  }

  private begin(s: JudgedSegment): void {
    const { seq, flags } = s.segment;
    this.known = true;
    this.next = seq;
    // What was acknowledged before the first segment of this side was seen may be anything.
    if (!Number.isNaN(this.una) && (seqAfter(this.una, seqAdd(seq, FAR)) || seqBefore(this.una, seqAdd(seq, -FAR)))) this.una = NaN;
    if (!(flags & SYN)) this.gaps.push(gapOf(s, seqAdd(seq, -BEFORE_START), seq, GAP_START));
  }

  /** No payload, no SYN, no FIN: at most a probe. */
  private pureAck(s: JudgedSegment): number {
    const { seq, ack } = s.segment;
    if (!this.known || seq !== seqAdd(this.next, -1)) return 0;
    if (!Number.isNaN(this.lastAck) && s.hasAck && seqBefore(ack, this.lastAck)) return 0;
    const idle = s.time - this.lastTime;
    if (Number.isNaN(this.una) ? idle < IDLE : this.una !== this.next) return 0;
    return this.probe(s, idle);
  }

  private probe(s: JudgedSegment, idle: Nanoseconds): number {
    // At the receiver an opened window shows before the sender learns of it; with nothing to send there would have been no probe before.
    if (this.closed || this.probing) {
      this.sink.add(s.packet, VERDICT_WINDOW_PROBE, why.WHY_INTO_CLOSED_WINDOW, this.windowPacket, NO_PACKET, idle, NaN);
      return VERDICT_WINDOW_PROBE;
    }
    this.sink.add(s.packet, VERDICT_KEEP_ALIVE, why.WHY_BELOW_NEXT, this.unaPacket, NO_PACKET, idle, this.window);
    return VERDICT_KEEP_ALIVE;
  }

  /** A pure ACK of this direction turned out to be a probe, although its number is not shown. */
  probedUnshown(probe: UnshownProbe): void {
    const bit = this.closed ? VERDICT_WINDOW_PROBE : VERDICT_KEEP_ALIVE;
    this.sink.add(probe.packet, bit, probe.byEcho ? why.WHY_OLD_BY_ECHO : why.WHY_OLD_BY_PERIOD, probe.before, probe.answer, probe.idle, probe.answeredAfter);
  }

  private data(s: JudgedSegment): number {
    const { segment } = s;
    const { seq, flags } = segment;
    this.counts.segments++;
    if (!this.known || (flags & SYN && seq !== this.next && this.sentRecords.length > 0 && !this.isOldSyn(seq))) this.begin(s);
    const { next } = this;
    const ahead = seqDiff(seq, next);
    if (ahead < 0x80000000) {
      if (ahead > FAR) return 0;
      if (ahead === 0 && s.length === 1 && this.closed && !(flags & (SYN | FIN))) {
        this.probeEnd = s.end;
        this.sink.add(s.packet, VERDICT_WINDOW_PROBE, why.WHY_NEW_BYTE_CLOSED, this.windowPacket, NO_PACKET, s.time - this.lastTime, NaN);
        return VERDICT_WINDOW_PROBE;
      }
      if (ahead !== 0) this.gaps.push(gapOf(s, next, seq, GAP_AHEAD));
      this.keep(s, this.sentRecords.length, seq, s.end, 0);
      this.next = s.end;
      return 0;
    }
    if (seqDiff(next, seq) > FAR) return 0;
    if (s.length === 1 && !(flags & (SYN | FIN)) && s.end === next && this.una === next && s.time - this.lastTime >= IDLE) return this.probe(s, s.time - this.lastTime);
    return this.old(s);
  }

  private isOldSyn(seq: number): boolean {
    return this.sentRecords.get(0, T_SEQ) === seq || seqBefore(seq, this.next);
  }

  /** A segment that starts below SND.NXT. */
  private old(s: JudgedSegment): number {
    const { seq, flags } = s.segment;
    const { next, sentRecords: sent } = this;
    const until = seqAfter(s.end, next) ? next : s.end;
    const gap = this.gaps.overlap(seq, until);
    let verdict = gap ? this.judgeFill(gap, s) : this.lateOriginal(s, until);
    let episode: LossEpisode | null = null;
    if (verdict === 0 && !gap) verdict = VERDICT_RETRANSMISSION;
    if (verdict === VERDICT_RETRANSMISSION) episode = this.retransmitted(s, until, gap);
    else if (verdict === VERDICT_OUT_OF_ORDER) this.counts.outOfOrder++;
    if (gap) this.fill(s, until, verdict === VERDICT_RETRANSMISSION ? 1 : 0);
    if (seqAfter(s.end, next)) {
      this.keep(s, sent.length, next, s.end, 0);
      this.next = s.end;
    }
    if (verdict === VERDICT_RETRANSMISSION && !(flags & SYN && s.length === 0)) verdict |= this.alreadyThere(s, until, episode);
    else if (verdict === VERDICT_RETRANSMISSION) verdict |= this.alreadyThere(s, until, null);
    return verdict;
  }

  /** Bytes that fill a gap: late, or sent again? VERDICT_OUT_OF_ORDER, VERDICT_RETRANSMISSION, or 0 when the capture itself was late. */
  private judgeFill(gap: Gap, s: JudgedSegment): number {
    const { segment } = s;
    const since = s.time - gap.time;
    const trip = this.path.roundTrip;
    if (gap.kind === GAP_UNSEEN) {
      if (since < Math.max(SOON, Number.isNaN(trip) ? 0 : trip)) return 0;
      return this.again(s, why.WHY_FILLS_LATER_TIME, gap, since, trip);
    }
    const tsVal = tsValOf(segment);
    if (!Number.isNaN(tsVal) && !Number.isNaN(gap.tsVal) && tsVal !== gap.tsVal) {
      if (seqBefore(tsVal, gap.tsVal)) return this.overtaken(s, why.WHY_OVERTAKEN_TS, gap, since, trip);
      return this.again(s, why.WHY_FILLS_LATER_TS, gap, since, trip);
    }
    const step = this.ids.step(gap.ipId, segment.ipId);
    if (step !== 0) {
      if (step < 0) return this.overtaken(s, why.WHY_OVERTAKEN_ID, gap, since, trip);
      return this.again(s, why.WHY_FILLS_LATER_ID, gap, since, trip);
    }
    // Within a host or a rack the least round trip seen is mostly the ends' own delay: an answer may come sooner.
    if (trip < TELLING_ROUND_TRIP && this.askedFor(s)) return this.again(s, why.WHY_FILLS_ASKED, gap, since, NaN);
    const limit = Number.isNaN(trip) ? SOON : trip * 0.8;
    if (since < limit) return this.overtaken(s, why.WHY_OVERTAKEN_TIME, gap, since, Number.isNaN(trip) ? SOON : trip);
    return this.again(s, why.WHY_FILLS_LATER_TIME, gap, since, trip);
  }

  /** The receiver reported three later segments or more: enough for a fast retransmission (RFC 5681 3.2, RFC 6675 4). */
  private askedFor(s: JudgedSegment): boolean {
    if (this.dupAcks >= 3) return true;
    let bytes = 0;
    for (const { left, right } of this.sacked.list) if (!seqBefore(left, s.end)) bytes += seqDiff(right, left);
    return bytes >= 3 * Math.max(1, s.length);
  }

  private again(s: JudgedSegment, reason: number, gap: Gap, measured: number, limit: number): number {
    this.sink.add(s.packet, VERDICT_RETRANSMISSION, reason, gap.packet, NO_PACKET, measured, limit);
    return VERDICT_RETRANSMISSION;
  }

  private overtaken(s: JudgedSegment, reason: number, gap: Gap, measured: number, limit: number): number {
    this.sink.add(s.packet, VERDICT_OUT_OF_ORDER, reason, gap.packet, NO_PACKET, measured, limit);
    return VERDICT_OUT_OF_ORDER;
  }

  /** Old bytes whose retransmission came first: sent before it, by timestamp or IP ID. */
  private lateOriginal(s: JudgedSegment, until: number): number {
    const { sentRecords: sent } = this;
    const { segment } = s;
    const i = sent.find(segment.seq);
    if (i === sent.length || !seqAfter(until, sent.get(i, T_SEQ)) || sent.get(i, T_COPIES) === 0) return 0;
    const [tsVal, copyTs] = [tsValOf(segment), sent.get(i, T_TSVAL)];
    const stamped = !Number.isNaN(tsVal) && !Number.isNaN(copyTs) && tsVal !== copyTs;
    if (stamped ? !seqBefore(tsVal, copyTs) : this.ids.step(sent.get(i, T_IP_ID), segment.ipId) >= 0) return 0;
    const copy = sent.get(i, T_PACKET);
    this.sink.add(s.packet, VERDICT_OUT_OF_ORDER, why.WHY_LATE_ORIGINAL, copy, NO_PACKET, s.time - sent.get(i, T_TIME), NaN);
    const at = this.pending.findIndex((p) => p.packet === copy);
    if (at >= 0) this.spare(this.pending.splice(at, 1)[0]!, why.WHY_ORIGINAL_CAME, s.packet, s.time - sent.get(i, T_TIME), NaN, s.packet);
    return VERDICT_OUT_OF_ORDER;
  }

  /** Notes a retransmission: its cause, the recovery that it is part of, and what it leaves open. */
  private retransmitted(s: JudgedSegment, until: number, gap: Gap | null): LossEpisode | null {
    const { segment } = s;
    const { seq, flags } = segment;
    const { sentRecords: sent, una } = this;
    this.counts.retransmissions++;
    const first = sent.split(seq, una);
    if (seqAfter(this.next, until)) sent.split(until, una);
    let i = first >= 0 ? first : sent.find(seq);
    const covered = i < sent.length && seqAfter(until, sent.get(i, T_SEQ));
    const before = covered ? sent.get(i, T_PACKET) : NO_PACKET;
    const beforeTime = covered ? sent.get(i, T_TIME) : gap ? gap.time : NaN;
    if (!gap || covered) this.sink.add(s.packet, VERDICT_RETRANSMISSION, why.WHY_SENT_BEFORE, before, NO_PACKET, s.time - beforeTime, NaN);
    const attempts = covered ? sent.get(i, T_COPIES) + 2 : 2;
    const trigger = this.trigger(s, until, beforeTime, attempts);
    // No recovery: a handshake, or data that a SYN carried in vain (Fast Open).
    const episode = flags & SYN || (covered && before === this.synPacket) ? null : this.recovery(s, before, covered ? sent.get(i, T_FIRST_TIME) : beforeTime);
    episode?.add(s.packet, s.time, s.time - beforeTime, trigger, attempts, until === this.next, (flags & FIN) !== 0 && s.length === 0);
    const share = { open: 0, needed: false };
    const tsVal = tsValOf(segment);
    for (; i < sent.length && seqAfter(until, sent.get(i, T_SEQ)); i++) {
      this.await({
        seq: sent.get(i, T_SEQ), end: sent.get(i, T_END), before: this.mayBeLost(i, s) ? sent.get(i, T_PACKET) : NO_PACKET, beforeTime: sent.get(i, T_TIME),
        packet: s.packet, time: s.time, tsVal, share, episode, settleAt: NaN, proof: NO_PACKET, ackedAt: NaN, told: false,
      });
      sent.latest(i, s.packet, s.time, tsVal, segment.ipId, whereOf(s));
      sent.set(i, T_COPIES, sent.get(i, T_COPIES) + 1);
    }
    if (gap)
      this.await({
        seq: gap.left, end: until, before: NO_PACKET, beforeTime: gap.time, packet: s.packet, time: s.time, tsVal, share, episode,
        settleAt: NaN, proof: NO_PACKET, ackedAt: NaN, told: false,
      });
    return episode;
  }

  /** Not lost: a SYN that got some answer, and data in a SYN (Fast Open) whose SYN alone was acknowledged. */
  private mayBeLost(i: number, s: JudgedSegment): boolean {
    const { sentRecords: sent } = this;
    if (s.segment.flags & SYN) return !(this.heardAt >= sent.get(i, T_TIME));
    return sent.get(i, T_PACKET) !== this.synPacket;
  }

  private await(p: Pending): void {
    p.share.open++;
    if (p.episode) p.episode.unsettled++;
    if (this.pending === NO_PENDING) this.pending = [];
    this.pending.push(p);
    if (this.pending.length > MOST_PENDING) this.needed(this.pending.shift()!, why.WHY_COPY_ACKED);
  }

  /** TRIGGER_*: what made the sender send again. */
  private trigger(s: JudgedSegment, until: number, beforeTime: Nanoseconds, attempts: number): number {
    const waited = s.time - beforeTime;
    const quiet = s.time - (Number.isNaN(this.heardAt) ? beforeTime : this.heardAt);
    const trip = Number.isNaN(this.path.roundTrip) ? 0 : this.path.roundTrip;
    if (this.quotedAt >= beforeTime) return why.TRIGGER_ICMP;
    // Linux probes after two round trips, 200 ms more when a single segment is out (the delayed ACK), but never later than the timer.
    if (until === this.next && attempts === 2 && waited >= Math.max(trip, SOONEST_PROBE) && waited < 2 * trip + PROBE) return why.TRIGGER_TAIL_PROBE;
    if (waited >= TIMER && quiet >= TIMER) return why.TRIGGER_TIMEOUT;
    const { list } = this.sacked;
    if (list.length > 0 && seqAfter(list[list.length - 1]!.right, until)) return why.TRIGGER_SACK;
    if (this.dupAcks >= 3) return why.TRIGGER_DUP_ACKS;
    const open = this.openEpisode;
    // The next hole after a partial acknowledgment (RFC 6582).
    return open && (open.trigger === why.TRIGGER_DUP_ACKS || open.trigger === why.TRIGGER_SACK) && seqAfter(open.until, until) ? open.trigger : why.TRIGGER_UNKNOWN;
  }

  /** The recovery that this retransmission belongs to. */
  private recovery(s: JudgedSegment, before: PacketIndex, sentAt: Nanoseconds): LossEpisode {
    let episode = this.openEpisode;
    if (episode === null) {
      this.openEpisode = episode = new LossEpisode(this.direction, before, sentAt, s.time, this.next);
    }
    return episode;
  }

  /** VERDICT_SPURIOUS when the bytes had arrived before this copy was sent. */
  private alreadyThere(s: JudgedSegment, until: number, episode: LossEpisode | null): number {
    const { seq } = s.segment;
    const acked = !Number.isNaN(this.una) && seqNotAfter(until, this.una);
    // A SACK block that touches SND.UNA and is not acknowledged means that the receiver dropped it again (reneging, RFC 2018 8).
    const sacked = !acked && seq !== this.una && this.sacked.covers(seq, until);
    if (acked || sacked) {
      for (let i = this.pending.length - 1; i >= 0 && this.pending[i]!.packet === s.packet; i--)
        this.spare(this.pending.pop()!, acked ? why.WHY_ALREADY_ACKED : why.WHY_ALREADY_SACKED, acked ? this.unaPacket : NO_PACKET, NaN, NaN);
    }
    if (acked && episode) this.closeRecovery(s.time, this.unaPacket);
    return acked || sacked ? VERDICT_SPURIOUS : 0;
  }

  /** The bytes of a gap are there now. */
  private fill(s: JudgedSegment, until: number, copies: number): void {
    const { seq } = s.segment;
    const { gaps, sentRecords: sent } = this;
    for (;;) {
      const gap = gaps.overlap(seq, until);
      if (!gap) return;
      const left = seqBefore(gap.left, seq) ? seq : gap.left;
      const right = seqAfter(gap.right, until) ? until : gap.right;
      gaps.remove(left, right, (g) => ({ ...g }));
      this.keep(s, sent.find(left), left, right, copies);
    }
  }

  private keep(s: JudgedSegment, at: number, seq: number, end: number, copies: number): void {
    this.sentRecords.insert(at, seq, end, s.packet, s.time, tsValOf(s.segment), s.segment.ipId, copies, whereOf(s), this.una);
  }

  /** The cumulative acknowledgment moved on. */
  private advance(s: JudgedSegment, ack: number): void {
    const { sentRecords: sent } = this;
    const i = sent.find(seqAdd(ack, -1));
    if (i < sent.length && sent.get(i, T_END) === ack && sent.get(i, T_COPIES) === 0) this.path.sample(this.direction, s.time - sent.get(i, T_TIME));
    const edge = this.una;
    this.una = ack;
    this.unaPacket = s.packet;
    this.dupAcks = 0;
    this.sacked.dropBefore(ack);
    if (this.pending.length > 0) {
      this.readDsack(s);
      this.arrived(s, (p) => seqNotAfter(p.end, ack), edge);
    }
    if (this.openEpisode && seqNotAfter(this.openEpisode.until, ack)) this.closeRecovery(s.time, s.packet);
  }

  /** Retransmitted ranges that `covered` says have arrived: by the copy, or by the transmission before it? */
  private arrived(s: JudgedSegment, covered: (p: Pending) => boolean, edge: number): void {
    const { pending } = this;
    const { segment } = s;
    const trip = this.path.toReceiver(this.direction);
    const stamped = (segment.optionsSeen & OPT_TIMESTAMPS) !== 0;
    for (let i = 0; i < pending.length; i++) {
      const p = pending[i]!;
      if (!Number.isNaN(p.settleAt) || p.time > s.time || !covered(p)) continue;
      const took = s.time - p.time;
      if (stamped && !Number.isNaN(p.tsVal) && (p.seq === edge || Number.isNaN(edge)) && seqBefore(segment.tsEcr, p.tsVal)) {
        pending.splice(i--, 1);
        this.spare(p, why.WHY_ECHO_OLD, s.packet, segment.tsEcr, p.tsVal);
      } else if (trip < Infinity && trip >= TELLING_ROUND_TRIP && took < trip / 2) {
        pending.splice(i--, 1);
        this.spare(p, why.WHY_ACK_TOO_SOON, s.packet, took, trip);
      } else {
        // If an earlier transmission did arrive, the copy arrives too, and its D-SACK comes within that time.
        p.settleAt = s.time + Math.max(10 * MS, Number.isNaN(p.beforeTime) ? 0 : s.time - p.beforeTime);
        p.proof = s.packet;
        p.ackedAt = s.time;
      }
    }
  }

  /** Selective acknowledgments (RFC 2018) and reports of copies (RFC 2883). */
  private readSack(s: JudgedSegment): void {
    const { segment } = s;
    if (this.pending.length > 0) this.readDsack(s);
    for (let i = isDsack(segment) ? 1 : 0; i < segment.sackCount; i++) {
      const [left, right] = [segment.sackLeft[i]!, segment.sackRight[i]!];
      if (!seqAfter(right, left) || seqAfter(right, this.next) || !(seqAfter(left, this.una) || left === this.una)) continue;
      this.sacked.add(left, right);
    }
    if (this.pending.length > 0) this.arrived(s, (p) => this.sacked.covers(p.seq, p.end), NO_EDGE);
  }

  private readDsack(s: JudgedSegment): void {
    const { segment } = s;
    if (!isDsack(segment)) return;
    const [left, right] = [segment.sackLeft[0]!, segment.sackRight[0]!];
    // The latest copy that overlaps the report: one report stands for one copy.
    for (let i = this.pending.length - 1; i >= 0; i--) {
      const p = this.pending[i]!;
      if (!seqAfter(right, p.seq) || !seqBefore(left, p.end) || p.time > s.time) continue;
      const { packet } = p;
      for (let j = i; j >= 0; j--) {
        const q = this.pending[j]!;
        if (q.packet !== packet || !seqAfter(right, q.seq) || !seqBefore(left, q.end)) continue;
        this.pending.splice(j, 1);
        this.spare(q, why.WHY_DSACK, s.packet, NaN, NaN);
      }
      return;
    }
  }

  /** The retransmission was not needed. */
  private spare(p: Pending, reason: number, proof: PacketIndex, measured: number, limit: number, original = p.before): void {
    p.share.open--;
    this.settled(p);
    if (p.share.open === 0 && !p.share.needed) {
      this.counts.spurious++;
      if (p.episode) p.episode.spurious++;
      this.sink.add(p.packet, VERDICT_SPURIOUS, reason, original, proof, measured, limit);
    }
    this.announce(p.episode);
  }

  /** The retransmission was needed: what was sent before it did not arrive. */
  private needed(p: Pending, reason: number): void {
    p.share.open--;
    p.share.needed = true;
    this.settled(p);
    if (!p.told) this.lose(p, reason);
    this.announce(p.episode);
  }

  private lose(p: Pending, reason: number): void {
    p.told = true;
    if (p.before === NO_PACKET || this.path.atReceiver(this.direction)) return;
    this.counts.lost++;
    if (p.episode) p.episode.lost++;
    this.sink.add(p.before, VERDICT_LOST, reason, p.packet, p.proof, p.ackedAt - p.beforeTime, NaN);
  }

  private settled(p: Pending): void {
    if (p.episode) p.episode.unsettled--;
  }

  private closeRecovery(time: Nanoseconds, by: PacketIndex): void {
    const episode = this.openEpisode;
    if (!episode) return;
    this.openEpisode = null;
    episode.repairedAt = time;
    episode.repairedBy = by;
    this.announce(episode);
  }

  /** Hands a recovery on once it is over and all of it is known. */
  private announce(episode: LossEpisode | null): void {
    if (!episode || episode === this.openEpisode) return;
    const at = this.closing.indexOf(episode);
    if (episode.unsettled === 0) {
      if (at >= 0) this.closing.splice(at, 1);
      this.onEpisode(episode);
    } else if (at < 0) {
      if (this.closing === NO_EPISODES) this.closing = [];
      this.closing.push(episode);
    }
  }

  private noteWindow(s: JudgedSegment, syn: boolean): void {
    if (!s.hasWindow) {
      // It may have opened: what is not shown is no ground for a probe.
      this.closed = false;
      return;
    }
    if (this.window !== s.window || (this.closed !== (s.segment.window === 0) && !syn)) this.windowPacket = s.packet;
    this.window = s.window;
    this.closed = s.segment.window === 0 && !syn;
  }
}

/** Edge of an acknowledgment that did not move on: no sequence number equals it. */
const NO_EDGE = -1;
