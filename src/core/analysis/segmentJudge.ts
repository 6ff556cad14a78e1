import type { Direction, Nanoseconds, PacketIndex } from '../bytes/units';
import { ACK, HEADER_BASIC, HEADER_BOGUS, KNOWN_SEQ, RST, SYN, type Segment } from '../decode/segment';
import { goesToItself } from '../stream/endpointStates';
import type { VerdictSink } from '../table/verdictTable';
import { CopyJudge } from './copies';
import { FlowJudge } from './flowJudge';
import type { LossEpisode } from './lossEpisodes';
import { PathDelay } from './pathDelay';
import type { SegmentAnalysis } from './segmentAnalysis';
import { UnshownProbes, type UnshownProbe } from './unshownProbes';

/** What the judge needs of a segment; a study's segments have it. Valid during the call only. */
export interface JudgedSegment {
  readonly packet: PacketIndex;
  readonly time: Nanoseconds;
  readonly direction: Direction;
  /** Payload bytes, 0 where unknown. */
  readonly length: number;
  /** Sequence number after it; SYN and FIN count one each. */
  readonly end: number;
  readonly hasSeq: boolean;
  readonly hasAck: boolean;
  /** The source shows when it was captured. */
  readonly timed: boolean;
  /** The source shows the window; `window` is in bytes, and means nothing without. */
  readonly hasWindow: boolean;
  readonly window: number;
  readonly segment: Segment;
  readonly analysis: Pick<SegmentAnalysis, 'initialRtt'>;
  readonly interfaceIndex: number;
}

/** Hears of each recovery once it is over. */
export type EpisodeListener = (episode: LossEpisode) => void;

/** Recoveries that are kept. */
const MOST_EPISODES = 200;

/**
 * Our own verdict on each segment of one stream, one pass: what is sent again, overtaken, copied, not needed, a probe, lost. It weighs
 * what the wire says: cumulative and selective acknowledgments, D-SACK (RFC 2883), timestamps (RFC 7323; Eifel, RFC 3522), IP IDs where
 * the sender counts them up, and time against the least round trip seen at the capture point.
 * Bounded memory: some 500 bytes for a handshake, at most about 130 KB for a direction with a thousand unacknowledged segments.
 */
export class SegmentJudge {
  readonly path = new PathDelay();
  private readonly copies: CopyJudge;
  private readonly flows: [FlowJudge, FlowJudge];
  private begun = false;

  /** Recoveries that are over and settled: the first 200. */
  private readonly episodes: LossEpisode[] = [];
  /** How many there were in all. */
  episodeCount = 0;
  /** The probe that the segment of the last `observe` showed to be one, by answering it; its own number is not shown. */
  unshownProbe: UnshownProbe | null = null;
  private unshown: UnshownProbes | null = null;

  constructor(sink: VerdictSink) {
    this.copies = new CopyJudge(sink);
    const onEpisode: EpisodeListener = (episode) => {
      if (this.episodeCount++ < MOST_EPISODES) this.episodes.push(episode);
    };
    const make = (direction: Direction): FlowJudge => new FlowJudge(direction, this.path, this.copies, sink, onEpisode);
    this.flows = [make(0), make(1)];
  }

  /** The bits known now; the sink hears of all, also those of earlier packets. */
  observe(s: JudgedSegment): number {
    const { segment } = s;
    this.unshownProbe = null;
    if (!this.begun) {
      this.begun = true;
      // A socket that is connected to itself acknowledges its own segments.
      if (goesToItself(segment)) this.flows[1] = this.flows[0];
    }
    if (segment.quoted) {
      this.flows[s.direction].quoted(s.time);
      return 0;
    }
    // Without times nothing tells a copy from a retransmission, or a late segment from one that was sent again.
    if (!s.timed) return 0;
    if (segment.header < HEADER_BASIC || segment.header === HEADER_BOGUS) return 0;
    const own = this.flows[s.direction];
    const peer = this.flows[s.direction ? 0 : 1];
    if (!s.hasSeq) {
      this.seeUnshown(s, peer);
      return 0;
    }
    this.copies.count();
    if (!Number.isNaN(s.analysis.initialRtt)) this.path.learn(s.analysis.initialRtt);
    const copy = own.copyOf(s);
    if (copy !== 0) return copy;
    // Only in a text does a segment lack its number.
    if (this.unshown || !(segment.known & KNOWN_SEQ)) this.seeUnshown(s, peer);
    peer.settleDue(s.time);
    own.settleDue(s.time);
    // A reset moves nothing forward; its numbers may be anything.
    if (segment.flags & RST) return 0;
    const verdict = own.sent(s);
    if ((segment.flags & (SYN | ACK)) === SYN) peer.hearSyn();
    if (s.hasAck) peer.acknowledged(s, (segment.flags & SYN) !== 0);
    return verdict;
  }

  private seeUnshown(s: JudgedSegment, peer: FlowJudge): void {
    this.unshownProbe = (this.unshown ??= new UnshownProbes()).observe(s);
    if (this.unshownProbe) peer.probedUnshown(this.unshownProbe);
  }

  /** Decides what the end of the capture leaves open. May be called again after more segments. */
  finish(): void {
    this.copies.settle();
    this.flows[0].finish();
    this.flows[1].finish();
  }

  /** The recoveries up to now, the first 200 of those that are over. */
  recoveries(): readonly LossEpisode[] {
    const found = [...this.episodes];
    for (const flow of this.flows) {
      found.push(...flow.closing);
      if (flow.openEpisode) found.push(flow.openEpisode);
    }
    return found;
  }

  /** The recovery that is not over, if any. */
  openEpisode(direction: Direction): LossEpisode | null {
    return this.flows[direction].openEpisode;
  }

  /** Segments of that direction that carried something old, and those that carried anything (payload, SYN, FIN), copies left out. */
  sentCounts(direction: Direction): { readonly segments: number; readonly retransmissions: number; readonly outOfOrder: number; readonly spurious: number; readonly lost: number } {
    return this.flows[direction].counts;
  }
}
