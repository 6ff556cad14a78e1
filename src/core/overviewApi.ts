import type { FindingSeverity } from './query/findingApi';
import type { StreamSortKey } from './engineApi';

/** What the capture overview and its lanes ask the engine, and what it answers. Types and bit names only. */

export interface OverviewRequest {
  /** Nanoseconds since the capture's base; null: from the first (to the last) packet. */
  readonly from: number | null;
  readonly to: number | null;
  /** Most buckets, and most places for findings. */
  readonly count: number;
  readonly marks: number;
}

/** Packets and bytes over time, in equal steps of 1, 2 or 5 times a power of ten nanoseconds. */
export interface CaptureOverview {
  readonly revision: number;
  /** Earliest and latest time in the capture; both 0 when no packet shows one. */
  readonly start: number;
  readonly end: number;
  /** Where the first bucket begins, and how long each is. */
  readonly from: number;
  readonly width: number;
  readonly packets: Uint32Array;
  /** On the wire; payload where a text does not tell. */
  readonly bytes: Float64Array;
  /** Segments that were sent again: by our verdict once there is one, by Wireshark's labels before. */
  readonly resent: Uint32Array;
  /** First packet of each bucket in file order, NO_PACKET where it has none. */
  readonly first: Uint32Array;
  /** Packets counted, and packets without a time, which are in no bucket. */
  readonly timed: number;
  readonly untimed: number;
  /** By time. */
  readonly findings: readonly OverviewFinding[];
}

/** The worst finding of a short stretch of time. */
export interface OverviewFinding {
  readonly time: number;
  readonly packet: number;
  /** null: about the capture. */
  readonly stream: number | null;
  readonly severity: FindingSeverity;
  readonly title: string;
  /** Findings in this stretch. */
  readonly count: number;
}

/** Bits of a cell of a lane: what a stream did in that part of the time. */
export const LANE_CLIENT = 0x01; // the client sent something
export const LANE_SERVER = 0x02;
export const LANE_DATA = 0x04; // payload was sent
export const LANE_SYN = 0x08;
export const LANE_FIN = 0x10;
export const LANE_RST = 0x20;
export const LANE_RESENT = 0x40; // as CaptureOverview.resent
export const LANE_CLOSED = 0x80; // a receive window was closed

export interface StreamLanesRequest {
  /** The order of the streams table. */
  readonly sort: StreamSortKey;
  readonly descending: boolean;
  readonly grouped?: boolean;
  readonly query: string;
  readonly start: number;
  readonly count: number;
  /** Nanoseconds since the capture's base. */
  readonly from: number;
  readonly to: number;
  readonly cells: number;
}

export interface StreamLane {
  readonly stream: number;
  readonly start: number;
  readonly end: number;
  readonly severity: FindingSeverity | null;
  /** LANE_* bits of equal parts of the time asked for. */
  readonly cells: Uint8Array;
}

export interface StreamLanes {
  readonly revision: number;
  readonly total: number;
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly lanes: readonly StreamLane[];
}

/** Streams whose main finding is the same, in the order of a streams table that is grouped. */
export interface StreamGroup {
  /** Id of the finding; empty: no finding. */
  readonly id: string;
  readonly title: string;
  readonly severity: FindingSeverity | null;
  readonly count: number;
}

export interface OverviewApi {
  overview(request: OverviewRequest): CaptureOverview;
  streamLanes(request: StreamLanesRequest): StreamLanes;
  /** Groups of the streams table; `query` is that of the table. */
  streamGroups(request: { readonly query: string }): readonly StreamGroup[];
}

export const MOST_OVERVIEW_BUCKETS = 4096;
export const MOST_LANES = 256;
export const MOST_LANE_CELLS = 4096;
