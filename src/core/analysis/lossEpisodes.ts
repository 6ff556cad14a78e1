import { NO_PACKET, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { TRIGGER_TIMEOUT, TRIGGER_UNKNOWN } from './verdictReasons';

/** Packets of an episode that are listed. */
const MOST_PACKETS = 100;

/**
 * One recovery: from the first retransmission until everything that was outstanding then is acknowledged (RFC 6675's recovery point).
 * Handshake segments have none: their story is another one.
 */
export class LossEpisode {
  /** What set off its first retransmission, and the worst one in it: TRIGGER_*. */
  trigger = TRIGGER_UNKNOWN;
  worst = TRIGGER_UNKNOWN;
  /** Retransmissions, how many turned out not to be needed, and how many of transmissions in the capture were lost. */
  count = 0;
  spurious = 0;
  lost = 0;
  /** Most transmissions of one range. */
  attempts = 1;
  /** All that was missing was the end of what had been sent. */
  tail = true;
  /** A FIN alone was sent again. */
  finOnly = true;
  /** Retransmissions, at most 100. */
  readonly packets: PacketIndex[] = [];
  /** Nanoseconds from the transmission before (or from the gap, where that is all the capture shows) to the first retransmission; NaN unknown. */
  waited: Nanoseconds = NaN;
  /** The longest wait for the retransmission timer; NaN when it never ran out. */
  timerWaited: Nanoseconds = NaN;
  /** When everything was acknowledged, and by which packet; NaN and NO_PACKET while it is not. */
  repairedAt: Nanoseconds = NaN;
  repairedBy: PacketIndex = NO_PACKET;
  /** Retransmissions of which it is not known yet whether they were needed. */
  unsettled = 0;
  /** When its last retransmission was sent. */
  lastAt: Nanoseconds;

  constructor(
    /** Direction of the data. */
    readonly direction: Direction,
    /** The transmission that was repeated first, NO_PACKET when the capture lacks it. */
    readonly original: PacketIndex,
    /** When the bytes that were repeated first had first been sent, or the gap showed; NaN unknown. */
    readonly sentAt: Nanoseconds,
    /** Time of the first retransmission. */
    readonly startedAt: Nanoseconds,
    /** SND.NXT then. */
    readonly until: number,
  ) {
    this.lastAt = startedAt;
  }

  /** Takes in a retransmission. */
  add(packet: PacketIndex, time: Nanoseconds, waited: Nanoseconds, trigger: number, attempts: number, tail: boolean, fin: boolean): void {
    if (this.count++ === 0) {
      this.trigger = trigger;
      this.waited = waited;
    }
    if (trigger === TRIGGER_TIMEOUT && !(this.timerWaited >= waited)) this.timerWaited = waited;
    if (this.packets.length < MOST_PACKETS) this.packets.push(packet);
    if (trigger > this.worst) this.worst = trigger;
    if (attempts > this.attempts) this.attempts = attempts;
    if (!tail) this.tail = false;
    if (!fin) this.finOnly = false;
    this.lastAt = time;
  }

  /** How long the sender was held up: from the first transmission to the repair, or to the last attempt. */
  get stalled(): Nanoseconds {
    const end = Number.isNaN(this.repairedAt) ? this.lastAt : this.repairedAt;
    const start = Number.isNaN(this.sentAt) ? this.startedAt : this.sentAt;
    return Math.max(0, end - start);
  }
}
