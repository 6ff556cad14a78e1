import { seqBefore } from '../bytes/seq';
import { NO_PACKET, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, FIN, KNOWN_SEQ, OPT_TIMESTAMPS, RST, SYN } from '../decode/segment';
import type { JudgedSegment } from './segmentJudge';

const MS: Nanoseconds = 1_000_000;
/** A keep-alive follows at least this much silence (the least TCP_KEEPIDLE of Linux is 1 s; its timer may fire a little early by the capture's clock). */
export const PROBE_SILENCE: Nanoseconds = 990 * MS;
/** Without timestamps only a steady period tells a probe: distances may differ by this share. */
const STEADY = 0.03;

/** A pure ACK whose sequence number the text does not show and that was answered at once: a keep-alive, or a probe of a closed window. */
export interface UnshownProbe {
  readonly packet: PacketIndex;
  readonly direction: Direction;
  readonly time: Nanoseconds;
  /** Silence of the whole connection before it. */
  readonly idle: Nanoseconds;
  /** The probe of the same side before it, NO_PACKET for the first. */
  readonly before: PacketIndex;
  readonly answer: PacketIndex;
  /** Time from the probe to its answer. */
  readonly answeredAfter: Nanoseconds;
  /** The answer echoes a timestamp from before the probe: its receiver took the probe for old (RFC 7323 5.3). Otherwise the period tells. */
  readonly byEcho: boolean;
}

/** What is remembered of one end. */
class End {
  ack = NaN;
  /** A pure ACK after silence that nothing has answered yet; NO_PACKET when there is none. */
  packet: PacketIndex = NO_PACKET;
  time: Nanoseconds = NaN;
  idle: Nanoseconds = NaN;
  tsVal = NaN;
  /** The last probe, and the last pure ACK after silence that was answered at once. */
  probe: PacketIndex = NO_PACKET;
  askedAt: Nanoseconds = NaN;
  period: Nanoseconds = NaN;
}

/**
 * Keep-alives in a text that prints no sequence number on a pure ACK (tcpdump). An ACK of everything, in order, is never answered; one
 * below the window is, at once, by a bare ACK that repeats the last one (RFC 9293 3.10.7.4), and its timestamp is not taken over.
 */
export class UnshownProbes {
  private readonly ends: readonly [End, End] = [new End(), new End()];
  private lastTime: Nanoseconds = NaN;

  /** Takes in the next segment of the stream, copies left out; the probe that it answers, or null. */
  observe(s: JudgedSegment): UnshownProbe | null {
    const own = this.ends[s.direction];
    const peer = this.ends[s.direction ? 0 : 1];
    const { segment } = s;
    const idle = s.time - this.lastTime;
    this.lastTime = s.time;
    const bare = s.length === 0 && (segment.flags & (SYN | FIN | RST | ACK)) === ACK && s.hasAck && segment.sackCount === 0;
    const repeats = bare && (Number.isNaN(own.ack) || own.ack === segment.ack);
    const probe = repeats ? this.answered(s, peer) : null;
    peer.packet = own.packet = NO_PACKET;
    if (s.hasAck) own.ack = segment.ack;
    if (repeats && !probe && !(segment.known & KNOWN_SEQ) && idle >= PROBE_SILENCE) {
      own.packet = s.packet;
      own.time = s.time;
      own.idle = idle;
      own.tsVal = segment.optionsSeen & OPT_TIMESTAMPS ? segment.tsVal : NaN;
    }
    return probe;
  }

  /** A bare ACK that repeats the last one: the answer to the peer's, if that one waits for one. */
  private answered(s: JudgedSegment, peer: End): UnshownProbe | null {
    if (peer.packet === NO_PACKET) return null;
    const answeredAfter = s.time - peer.time;
    if (!(answeredAfter >= 0) || answeredAfter > peer.idle / 4) return null;
    const stamped = !Number.isNaN(peer.tsVal) && (s.segment.optionsSeen & OPT_TIMESTAMPS) !== 0;
    const byEcho = stamped && seqBefore(s.segment.tsEcr, peer.tsVal);
    const period = peer.time - peer.askedAt;
    const steady = Math.abs(period - peer.period) <= STEADY * period;
    peer.askedAt = peer.time;
    peer.period = period;
    if (!byEcho && (stamped || !steady)) return null;
    const probe: UnshownProbe = { packet: peer.packet, direction: s.direction ? 0 : 1, time: peer.time, idle: peer.idle, before: peer.probe, answer: s.packet, answeredAfter, byEcho };
    peer.probe = peer.packet;
    return probe;
  }
}
