import { seqAdd, seqAfter, seqBefore, seqNotAfter } from '../bytes/seq';
import { NO_PACKET, NO_STREAM, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, FIN, PSH, RST, SYN } from '../decode/segment';
import {
  BASE,
  BITS,
  DUPLICATES,
  FLOW_FIRST_ACK,
  FLOW_FLIGHT_UNSURE,
  FLOW_PUSH_SEEN,
  INITIAL_RTT,
  FLOW_TIMES,
  LAST_ACK,
  LAST_TIME,
  MAX_ACKABLE,
  MPTCP_SEEN,
  NEXT,
  NEXT_FRAME,
  NEXT_TIME,
  ORIGINAL_ACK,
  PUSH_BYTES,
  SACK_BYTES,
  SCALE,
  SCALE_OFFSET,
  TIMES_PER_FLOW,
  UNACKED,
  WINDOW,
  type StreamBlock,
} from '../stream/streamState';
import { UNACKED_MAX, type UnackedPool } from '../stream/unackedPool';
import {
  LABEL_ACK_LOST_SEGMENT,
  LABEL_DUPLICATE_ACK,
  LABEL_FAST_RETRANSMISSION,
  LABEL_KEEP_ALIVE,
  LABEL_KEEP_ALIVE_ACK,
  LABEL_LOST_SEGMENT,
  LABEL_OUT_OF_ORDER,
  LABEL_RETRANSMISSION,
  LABEL_SPURIOUS_RETRANSMISSION,
  LABEL_WINDOW_FULL,
  LABEL_WINDOW_UPDATE,
  LABEL_ZERO_WINDOW,
  LABEL_ZERO_WINDOW_PROBE,
  LABEL_ZERO_WINDOW_PROBE_ACK,
  SCALE_UNKNOWN,
  SCALE_UNUSED,
  type SegmentAnalysis,
} from './segmentAnalysis';
import { PROBE_SILENCE } from './unshownProbes';

/** A retransmission this soon after the peer's last segment, with duplicate ACKs before it, is called fast. */
const FAST_RETRANSMISSION_WITHIN: Nanoseconds = 20_000_000;
/** A late segment within this time is out of order rather than retransmitted, as long as the initial RTT is not known. */
const DEFAULT_REORDERING: Nanoseconds = 3_000_000;
/** Above this "bytes in flight" makes no sense and is not shown. */
const MAX_IN_FLIGHT = 2_000_000_000;
/** `DUPLICATES` after an ACK of data never seen. */
const FAR_ACK = 0xffffffff;
const LABEL_MASK = 0xffff;

/** The segment under analysis, as the tracker hands it over: numbers that a text did not show are filled in. A reused record; doubles start as NaN. */
export class SequenceInput {
  block!: StreamBlock;
  /** First word of the sender's and of the peer's flow; first time of the stream. */
  own = 0;
  peer = 0;
  time0 = 0;
  direction = 0;
  seq = NaN;
  ack = NaN;
  flags = 0;
  window = NaN;
  length = NaN;
  packet: PacketIndex = 0;
  now: Nanoseconds = NaN;
  /** The number was carried on, not shown, and no SACK block stands beside it: what looks repeated may be a keep-alive or its answer. */
  carriedOn = false;
  /** Subtypes of the MPTCP connection's options so far, -1 when there is none. */
  mptcp = -1;
}

/**
 * Wireshark 4.0's heuristics for one segment of known length, one pass (tcp-analysis section 7): adds labels and figures to
 * `out`, then moves the flows' state on. The order of the rules matters throughout.
 */
export class SequenceAnalysis {
  constructor(private readonly unacked: UnackedPool) {}

  analyze(i: SequenceInput, out: SegmentAnalysis): void {
    const w = i.block.words;
    if (i.flags & ACK) w[i.peer + BITS]! &= ~FLOW_FLIGHT_UNSURE;
    let labels = this.windowLabels(i, out);
    if (i.ack !== w[i.own + LAST_ACK]) {
      w[i.own + ORIGINAL_ACK] = i.packet + 1;
      w[i.own + DUPLICATES] = 0;
    }
    const maxAckable = w[i.peer + MAX_ACKABLE]!;
    if (i.flags & ACK && maxAckable !== 0 && seqAfter(i.ack, maxAckable)) labels |= this.ackBeyond(i, out);
    if (i.length > 0 || i.flags & (SYN | FIN)) labels |= this.resentLabels(i, labels, out);
    if (labels !== 0) {
      out.hasRecord = true;
      out.labels |= labels;
    }
    this.advance(i, labels, out);
  }

  /** Rules 1 to 9: what the window, and equality with the flow's previous segment, tell. */
  private windowLabels(i: SequenceInput, out: SegmentAnalysis): number {
    const w = i.block.words;
    const { own, peer, seq, ack, length, window } = i;
    const next = w[own + NEXT]!;
    if (length === 1 && seq === next && w[peer + WINDOW] === 0) return LABEL_ZERO_WINDOW_PROBE;
    const control = i.flags & (SYN | FIN | RST);
    let labels = 0;
    if (window === 0 && !control) labels |= LABEL_ZERO_WINDOW;
    if (next !== 0 && seqAfter(seq, next) && !(i.flags & RST)) {
      labels |= LABEL_LOST_SEGMENT;
      w[own + BITS]! |= FLOW_FLIGHT_UNSURE;
    }
    if (control) return labels;
    if (length <= 1 && seq === seqAdd(next, -1)) labels |= LABEL_KEEP_ALIVE;
    if (length > 0) return this.fillsWindow(i) ? labels | LABEL_WINDOW_FULL : labels;
    if (seq !== next || ack !== w[own + LAST_ACK]) return labels;
    const before = w[own + WINDOW]!;
    if (window !== before) return window !== 0 ? labels | LABEL_WINDOW_UPDATE : labels;
    const answered = w[peer + BITS]!;
    if (window === 0) return answered & LABEL_ZERO_WINDOW_PROBE ? labels | LABEL_ZERO_WINDOW_PROBE_ACK : labels;
    if (answered & LABEL_KEEP_ALIVE) return labels | LABEL_KEEP_ALIVE_ACK;
    // A new kind of MPTCP option on any subflow may be why the same ACK comes again (RFC 8684 4).
    if (i.mptcp >= 0 && w[own + MPTCP_SEEN] !== i.mptcp) return labels;
    // After silence, with nothing outstanding that it could ask for again, its number is more likely a keep-alive's than the one carried on.
    if (i.carriedOn && (w[peer + NEXT] === ack || w[peer + NEXT] === 0) && i.now - i.block.times[i.time0 + FLOW_TIMES + i.direction * TIMES_PER_FLOW + LAST_TIME]! >= PROBE_SILENCE) return labels;
    const number = w[own + DUPLICATES] === FAR_ACK ? 1 : w[own + DUPLICATES]! + 1;
    w[own + DUPLICATES] = number;
    out.duplicateAckNumber = number;
    out.duplicateAckPacket = (w[own + ORIGINAL_ACK]! - 1) >>> 0;
    return labels | LABEL_DUPLICATE_ACK;
  }

  /** Rule 6: the segment ends exactly at the edge of the peer's window. */
  private fillsWindow(i: SequenceInput): boolean {
    const w = i.block.words;
    const scale = w[i.peer + SCALE]! - SCALE_OFFSET;
    if (scale === SCALE_UNKNOWN) return false;
    const shift = scale === SCALE_UNUSED || w[i.peer + BITS]! & FLOW_FIRST_ACK ? 0 : scale;
    return seqAdd(i.seq, i.length) === seqAdd(w[i.peer + LAST_ACK]!, w[i.peer + WINDOW]! << shift);
  }

  /** Rule 11: the ACK covers more than was seen. */
  private ackBeyond(i: SequenceInput, out: SegmentAnalysis): number {
    const w = i.block.words;
    out.hasRecord = true;
    const next = w[i.peer + NEXT]!;
    if (seqBefore(w[i.peer + MAX_ACKABLE]!, next)) {
      w[i.peer + MAX_ACKABLE] = next;
      return LABEL_ACK_LOST_SEGMENT;
    }
    // Said once, until the peer's own ACKs move on.
    const said = w[i.peer + DUPLICATES] !== 0;
    w[i.peer + DUPLICATES] = FAR_ACK;
    return said ? 0 : LABEL_ACK_LOST_SEGMENT;
  }

  /** Rule 12: which kind of repetition, if any. */
  private resentLabels(i: SequenceInput, labels: number, out: SegmentAnalysis): number {
    if (labels & LABEL_KEEP_ALIVE) return 0;
    const w = i.block.words;
    const times = i.block.times;
    const { own, peer, seq, length, now } = i;
    const end = seqAdd(seq, length);
    const acked = w[peer + LAST_ACK]!;
    if (length > 0 && acked !== 0 && seqNotAfter(end, acked)) return LABEL_SPURIOUS_RETRANSMISSION;
    const next = w[own + NEXT]!;
    if (next === 0 || !seqBefore(seq, next) || (length > 1 && seq === seqAdd(next, -1))) return 0;
    const ownTimes = i.time0 + FLOW_TIMES + i.direction * TIMES_PER_FLOW;
    const peerTimes = i.time0 + FLOW_TIMES + (1 - i.direction) * TIMES_PER_FLOW;
    if (w[peer + DUPLICATES]! >= 2 && acked === seq) {
      const since = now - times[peerTimes + LAST_TIME]!;
      if (since >= 0 && since < FAST_RETRANSMISSION_WITHIN) return LABEL_FAST_RETRANSMISSION;
    }
    const nextTime = times[ownTimes + NEXT_TIME]!;
    const rtt = times[i.time0 + INITIAL_RTT]!;
    if (within(now - nextTime, Number.isNaN(rtt) ? DEFAULT_REORDERING : rtt) && next !== seqAdd(end, i.flags & (SYN | FIN) ? 1 : 0)) return LABEL_OUT_OF_ORDER;
    const list = w[own + UNACKED]!;
    const reference = list === 0 ? w[own + NEXT_FRAME]! : this.unacked.oldestFrame(list);
    const rto = now - (list === 0 ? nextTime : this.unacked.oldestTime(list));
    if (rto !== 0) {
      out.rto = rto;
      out.rtoPacket = (reference - 1) >>> 0;
    }
    return LABEL_RETRANSMISSION;
  }

  /** The state after the segment, and the figures that come with it. */
  private advance(i: SequenceInput, labels: number, out: SegmentAnalysis): void {
    const w = i.block.words;
    const times = i.block.times;
    const { own, peer, seq, length, now } = i;
    const ownTimes = i.time0 + FLOW_TIMES + i.direction * TIMES_PER_FLOW;
    let end = seqAdd(seq, length);
    let list = w[own + UNACKED]!;
    if ((length > 0 || i.flags & (SYN | FIN)) && this.unacked.count(list) < UNACKED_MAX) {
      if (i.flags & (SYN | FIN)) end = seqAdd(end, 1);
      w[own + UNACKED] = list = this.unacked.append(list, i.packet + 1, seq, end, now);
    }
    if (!(labels & LABEL_ZERO_WINDOW_PROBE)) {
      if (w[own + NEXT] === 0 || seqAfter(end, w[own + NEXT]!)) {
        w[own + NEXT] = end;
        w[own + NEXT_FRAME] = i.packet + 1;
        times[ownTimes + NEXT_TIME] = now;
      }
      if (w[own + MAX_ACKABLE] === 0 || w[own + MAX_ACKABLE] === seq) w[own + MAX_ACKABLE] = w[own + NEXT]!;
    }
    w[own + WINDOW] = i.window;
    w[own + LAST_ACK] = i.ack;
    times[ownTimes + LAST_TIME] = now;
    w[own + BITS] = (w[own + BITS]! & ~LABEL_MASK) | labels;
    if (i.mptcp >= 0) w[own + MPTCP_SEEN] = i.mptcp;

    const other = w[peer + UNACKED]!;
    if (other !== 0) {
      w[peer + UNACKED] = this.unacked.acknowledge(other, i.ack);
      if (this.unacked.matchedFrame !== 0) {
        out.hasRecord = true;
        out.acksPacket = this.unacked.matchedFrame - 1;
        out.ackRtt = now - this.unacked.matchedTime;
      }
    }
    // Both ends of the stream may be the same: then the peer's flow stays empty and `list` is still right.
    if (length > 0 && list !== 0 && !(w[own + BITS]! & FLOW_FLIGHT_UNSURE)) this.countFlight(i, list, out);
  }

  private countFlight(i: SequenceInput, list: number, out: SegmentAnalysis): void {
    const w = i.block.words;
    const { own, length } = i;
    out.hasRecord = true;
    const flight = (this.unacked.span(list, w[own + BASE]!) - w[i.peer + SACK_BYTES]!) >>> 0;
    if (flight > 0 && flight < MAX_IN_FLIGHT) out.bytesInFlight = i.flags & (SYN | FIN) ? flight - 1 : flight;
    const bits = w[own + BITS]!;
    const push = bits & FLOW_PUSH_SEEN ? length : (w[own + PUSH_BYTES]! + length) >>> 0;
    w[own + PUSH_BYTES] = push;
    w[own + BITS] = i.flags & PSH ? bits | FLOW_PUSH_SEEN : bits & ~FLOW_PUSH_SEEN;
    out.pushBytes = push;
  }
}

/** `elapsed` < `limit` as unsigned numbers: a negative value (the clock stepped back) is a huge one. */
function within(elapsed: Nanoseconds, limit: Nanoseconds): boolean {
  return elapsed < 0 === limit < 0 ? elapsed < limit : elapsed >= 0;
}

/** Puts back what `SequenceAnalysis` and the tracker fill in. */
export function clearAnalysis(out: SegmentAnalysis): void {
  out.newStream = out.relative = out.ackRelative = out.hasRecord = false;
  out.replaces = NO_STREAM;
  out.seqBase = out.ackBase = out.completeness = out.labels = 0;
  out.duplicateAckNumber = out.ackRtt = out.rto = out.bytesInFlight = out.pushBytes = 0;
  out.duplicateAckPacket = out.acksPacket = out.rtoPacket = NO_PACKET;
  out.initialRtt = NaN;
}
