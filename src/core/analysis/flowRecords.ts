import { seqNotAfter } from '../bytes/seq';
import type { Nanoseconds, PacketIndex } from '../bytes/units';
import { OPT_TIMESTAMPS, type Segment } from '../decode/segment';
import type { LossEpisode } from './lossEpisodes';
import type { JudgedSegment } from './segmentJudge';
import type { SeqRange } from './seqRanges';

export const GAP_AHEAD = 0; // a segment ran ahead
export const GAP_START = 1; // the capture starts here
export const GAP_UNSEEN = 2; // acknowledged, but not in the capture

/** Bytes that the capture has not shown, and the segment that showed that they are missing. */
export interface Gap extends SeqRange {
  readonly kind: number;
  readonly packet: PacketIndex;
  readonly time: Nanoseconds;
  readonly tsVal: number;
  readonly ipId: number;
}

/** A retransmission of one range whose fate is open: was the transmission before it lost, or was this one not needed? */
export interface Pending {
  readonly seq: number;
  readonly end: number;
  /** The transmission before, NO_PACKET when the capture lacks it. */
  readonly before: PacketIndex;
  readonly beforeTime: Nanoseconds;
  readonly packet: PacketIndex;
  readonly time: Nanoseconds;
  readonly tsVal: number;
  readonly share: { open: number; needed: boolean };
  readonly episode: LossEpisode | null;
  /** Once it is acknowledged: when a D-SACK would have come by. NaN before. */
  settleAt: Nanoseconds;
  proof: PacketIndex;
  ackedAt: Nanoseconds;
  /** `finish` has told of it. */
  told: boolean;
}

export function tsValOf(segment: Segment): number {
  return segment.optionsSeen & OPT_TIMESTAMPS ? segment.tsVal : NaN;
}

export function sameStamp(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

export function whereOf(s: JudgedSegment): number {
  return s.segment.ttl + s.interfaceIndex * 256;
}

export function gapOf(s: JudgedSegment, left: number, right: number, kind: number): Gap {
  return { left, right, kind, packet: s.packet, time: s.time, tsVal: kind === GAP_UNSEEN ? NaN : tsValOf(s.segment), ipId: kind === GAP_UNSEEN ? 0 : s.segment.ipId };
}

/** The first block reports a copy: it lies below the cumulative ACK or within the second block (RFC 2883 4). */
export function isDsack(segment: Segment): boolean {
  if (segment.sackCount === 0) return false;
  const [left, right] = [segment.sackLeft[0]!, segment.sackRight[0]!];
  if (seqNotAfter(right, segment.ack)) return true;
  return segment.sackCount > 1 && seqNotAfter(segment.sackLeft[1]!, left) && seqNotAfter(right, segment.sackRight[1]!);
}
