import type { Nanoseconds } from '../bytes/units';
import type { StreamReplay } from '../stream/streamReplay';

/** Shorter silences are no idle time: Linux' smallest retransmission timeout (TCP_RTO_MIN). */
const LEAST: Nanoseconds = 200_000_000;
/** Silences in terms of the round trip: an answer on its way is no idle time. */
const ROUND_TRIPS = 3;
const MOST_GAPS = 5000;

/** The silences of a stream that its timeline marks. */
export class TimelineIdle {
  /** Silence that counts. */
  limit: Nanoseconds = 0;
  gaps = new Uint32Array(0);
  lengths = new Float64Array(0);
  private length = -1;

  /** Ranks after a silence of at least `limit`. The limit rises until there are not too many. */
  of(replay: StreamReplay, rtt: Nanoseconds): { readonly gaps: Uint32Array; readonly lengths: Float64Array; readonly limit: Nanoseconds } {
    if (this.length !== replay.length) this.find(replay, rtt);
    return this;
  }

  private find(replay: StreamReplay, rtt: Nanoseconds): void {
    const { place } = replay;
    this.length = replay.length;
    this.limit = Math.max(LEAST, rtt > 0 ? rtt * ROUND_TRIPS : 0);
    let found: number[] = [];
    for (let rank = 1; rank < replay.length; rank++) if (place[rank]! - place[rank - 1]! >= this.limit) found.push(rank);
    while (found.length > MOST_GAPS) {
      this.limit *= 2;
      found = found.filter((rank) => place[rank]! - place[rank - 1]! >= this.limit);
    }
    this.gaps = Uint32Array.from(found);
    this.lengths = Float64Array.from(found, (rank) => place[rank]! - place[rank - 1]!);
  }
}
