/** Graphs over one stream: what is asked and what is answered. Types only. */

export type GraphKind = 'sequence' | 'rtt' | 'throughput' | 'flight' | 'window' | 'length';

export const GRAPH_KINDS: readonly GraphKind[] = ['sequence', 'rtt', 'throughput', 'flight', 'window', 'length'];

/** Lines of the graphs; each is drawn and named in one way. */
export type SeriesId =
  /** tcptrace's time-sequence graph: data sent, sent again, ACKs and window of the other end, its SACK blocks. */
  | 'data' | 'resent' | 'ack' | 'windowEdge' | 'sack'
  /** tcp.analysis.ack_rtt of the other end's ACKs; smoothed as in RFC 6298 2.3 (alpha 1/8); least so far. */
  | 'rtt' | 'smoothedRtt' | 'leastRtt'
  /** Payload sent, and payload that was acknowledged, per second. */
  | 'throughput' | 'goodput'
  /** tcp.analysis.bytes_in_flight; the receive window that the other end gives. */
  | 'inFlight' | 'receiveWindow'
  /** The window that this end gives, in bytes, and the field as sent. */
  | 'window' | 'windowField'
  | 'length';

export interface SeriesRequest {
  readonly stream: number;
  readonly graph: GraphKind;
  /** Whose data it is about. */
  readonly of: 'client' | 'server';
  /** What lies along x: time, or (graph "rtt") the sequence number that was acknowledged. */
  readonly by: 'time' | 'seq';
  /** Part of x to show: nanoseconds since the capture's base, or sequence numbers from the start; null for all of it. */
  readonly from: number | null;
  readonly to: number | null;
  /** Steps of x (pixels, say): each keeps its extremes. 0: every point, at most MOST_POINTS. */
  readonly steps: number;
}

export interface SeriesLine {
  readonly id: SeriesId;
  /**
   * Nanoseconds since the capture's base, or sequence numbers. Ascending for lines; where a clock steps back a segment takes
   * the time of the one above it, as in the timeline.
   */
  readonly x: Float64Array;
  /** Bytes, bytes per second, nanoseconds, or sequence numbers counted on beyond 2^32. */
  readonly y: Float64Array;
  /** The other end of a bar (the number after the last one); empty for lines and points. */
  readonly high: Float64Array;
  /** Packet (index) that a point stands for. */
  readonly packet: Uint32Array;
  /** Points before any were left out. */
  readonly total: number;
}

export interface SeriesReply {
  readonly revision: number;
  readonly stream: number;
  readonly graph: GraphKind;
  readonly of: 'client' | 'server';
  readonly by: 'time' | 'seq';
  /** The part that was looked at, and the whole. */
  readonly from: number;
  readonly to: number;
  readonly least: number;
  readonly most: number;
  readonly lines: readonly SeriesLine[];
  /** Throughput: nanoseconds that one point sums up. */
  readonly interval: number;
}

export const MOST_STEPS = 8192;
export const MOST_POINTS = 1_000_000;
