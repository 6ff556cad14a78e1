import type { Direction, Nanoseconds } from '../bytes/units';

/** Round trips shorter than this say nothing about where the capture was taken. */
const TOO_SHORT: Nanoseconds = 400_000;
/** The capture point is at an end when the way to it and back takes less than this share of the whole round trip. */
const NEAR = 0.2;

/**
 * Where on the path the capture was taken: the least time from a segment to its acknowledgment, as seen at the capture point, for the
 * segments of each side. Both together are the least round trip; the smaller one lies on the side of the capture.
 */
export class PathDelay {
  /** Least time, by direction of the data, until its receiver's acknowledgment passed; Infinity until known. */
  private readonly least: [Nanoseconds, Nanoseconds] = [Infinity, Infinity];
  private handshake: Nanoseconds = NaN;

  sample(direction: Direction, elapsed: Nanoseconds): void {
    if (elapsed >= 0 && elapsed < this.least[direction]) this.least[direction] = elapsed;
  }

  /** tcp.analysis.initial_rtt, NaN until known. */
  learn(initialRtt: Nanoseconds): void {
    this.handshake = initialRtt;
  }

  /** Least time until an acknowledgment of that side's data passed the capture point; Infinity until known. */
  toReceiver(direction: Direction): Nanoseconds {
    return this.least[direction];
  }

  /** Least round trip between the ends, or NaN. Nothing that answers an event comes sooner after it. */
  get roundTrip(): Nanoseconds {
    const both = this.least[0] + this.least[1];
    if (both < Infinity) return both;
    if (this.handshake > 0) return this.handshake;
    const one = Math.min(this.least[0], this.least[1]);
    return one < Infinity ? one : NaN;
  }

  /** The capture was taken next to the receiver of that direction's data. */
  atReceiver(direction: Direction): boolean {
    const both = this.least[0] + this.least[1];
    return both < Infinity && both >= TOO_SHORT && this.least[direction] < both * NEAR;
  }

  /** The capture was taken next to the sender of that direction's data. */
  atSender(direction: Direction): boolean {
    return this.atReceiver(direction ? 0 : 1);
  }
}
