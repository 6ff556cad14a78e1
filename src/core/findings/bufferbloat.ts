import type { Nanoseconds, PacketIndex } from '../bytes/units';
import { NO_PACKET } from '../bytes/units';
import { SYN } from '../decode/segment';
import { bytes, duration, side } from '../explain/words';
import { t } from '../l10n';
import { DUPLICATE } from '../study/duplicates';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import { finding, type Detector, type DetectorKind } from './detector';
import type { Finding } from './finding';
import { PacketList } from './packetList';

/** Fewer samples do not make a trend. */
const SAMPLES = 50;
/** The queue at least doubles the round trip three times over, and adds what a person notices. */
const GROWTH = 4;
const ADDED: Nanoseconds = 50_000_000;
/** Correlation of round-trip time with bytes in flight: a queue that we fill ourselves, not a slow path. */
const CORRELATION = 0.6;
/** A share of all samples, so that one hiccup does not count. */
const HIGH_SHARE = 0.2;

function isHigh(rtt: Nanoseconds, least: Nanoseconds): boolean {
  return rtt >= GROWTH * least && rtt >= least + ADDED;
}

/** Round-trip times of one direction against the bytes that were in flight: sums of a linear regression. */
class Samples {
  n = 0;
  x = 0;
  y = 0;
  xx = 0;
  yy = 0;
  xy = 0;
  least: Nanoseconds = NaN;
  most: Nanoseconds = 0;
  mostPacket: PacketIndex = 0;
  mostFlight = 0;
  high = 0;
  readonly packets = new PacketList();

  add(rtt: Nanoseconds, flight: number, packet: PacketIndex): void {
    const y = rtt / 1e6;
    this.n++;
    this.x += flight;
    this.y += y;
    this.xx += flight * flight;
    this.yy += y * y;
    this.xy += flight * y;
    if (!(this.least <= rtt)) this.least = rtt;
    if (rtt > this.most) {
      this.most = rtt;
      this.mostPacket = packet;
      this.mostFlight = flight;
    }
    if (isHigh(rtt, this.least)) {
      this.high++;
      this.packets.add(packet);
    }
  }

  /** Pearson's correlation coefficient, 0 where it is not defined. */
  get correlation(): number {
    const spread = (this.n * this.xx - this.x * this.x) * (this.n * this.yy - this.y * this.y);
    return spread > 0 ? (this.n * this.xy - this.x * this.y) / Math.sqrt(spread) : 0;
  }
}

/** delay.bufferbloat: the round trip grows with what the sender itself has in flight. */
export class BufferbloatDetector implements Detector {
  private readonly ends: readonly [Samples, Samples] = [new Samples(), new Samples()];

  observe(s: StudySegment, facts: StreamFacts): void {
    const { segment, analysis } = s;
    if (segment.quoted || s.verdict & DUPLICATE || segment.flags & SYN) return;
    if (analysis.acksPacket === NO_PACKET || analysis.ackRtt <= 0) return;
    const sender = facts.ends[s.direction ? 0 : 1];
    const flight = sender.outstanding;
    const samples = this.ends[s.direction ? 0 : 1];
    if (samples.n === 0) samples.least = facts.minRtt[s.direction ? 0 : 1];
    if (flight > 0) samples.add(analysis.ackRtt, flight, s.packet);
  }

  findings(facts: StreamFacts): readonly Finding[] {
    const found: Finding[] = [];
    for (const direction of [0, 1] as const) {
      const e = this.ends[direction];
      if (e.n < SAMPLES || e.high < HIGH_SHARE * e.n || e.correlation < CORRELATION) continue;
      found.push(
        finding('delay.bufferbloat', {
          stream: facts.stream,
          packets: e.packets,
          // Not one round trip waits in that queue but each, and what is lost when it overflows is its doing too.
          harm: 10 * (e.most - e.least),
          confidence: 'likely',
          text: t(
            'The round trip of what {0} sends grew from {1} to {2} as it put more bytes in flight (up to {3}): a queue on the path fills up and delays everything that shares it.',
            side(facts.roleOf(direction)), duration(e.least), duration(e.most), bytes(e.mostFlight),
          ),
        }),
      );
    }
    return found;
  }
}

export const BUFFERBLOAT: DetectorKind = {
  group: 'bufferbloat',
  wants: (s, facts) => isHigh(s.analysis.ackRtt, facts.minRtt[s.direction ? 0 : 1]) && !(s.segment.flags & SYN),
  create: () => new BufferbloatDetector(),
};
