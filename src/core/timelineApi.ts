/**
 * What the timeline of a stream asks the engine, and what it answers. Types and bit names only.
 * Segments are addressed by rank: 0-based among their stream's packets, in file order.
 */

/** What does not change while a stream is looked at (it grows only while the capture is read). */
export interface TimelineHead {
  readonly revision: number;
  readonly stream: number;
  /** Segments of the stream now. */
  readonly total: number;
  /** Position times of the first and last segment (nanoseconds since the capture's base). */
  readonly start: number;
  readonly end: number;
  /** What rounding took from `start`; absent where it took nothing. */
  readonly startRest?: number;
  /** Silence of at least this long counts as idle (nanoseconds). */
  readonly idle: number;
  /** Ranks, ascending, of the segments that come after such a silence, and how long it was. */
  readonly gaps: Uint32Array;
  readonly gapLengths: Float64Array;
}

/** Bits of TimelineSegments.known: which figures the capture shows. */
export const TIMELINE_TIME = 0x01;
export const TIMELINE_FLAGS = 0x02;
export const TIMELINE_SEQ = 0x04;
/** ACK is set and its number shown. */
export const TIMELINE_ACK = 0x08;
export const TIMELINE_WINDOW = 0x10;
export const TIMELINE_LENGTH = 0x20;
/** `seqRelative`, `ackRelative` count from the start of the connection; otherwise they repeat the raw numbers. */
export const TIMELINE_SEQ_RELATIVE = 0x40;
export const TIMELINE_ACK_RELATIVE = 0x80;
/** The window's scale is not in the capture. */
export const TIMELINE_SCALE_UNKNOWN = 0x100;
/** A text shows the number from the connection's start only: what was sent is not known. */
export const TIMELINE_SEQ_NOT_RAW = 0x200;
export const TIMELINE_ACK_NOT_RAW = 0x400;

/** Bits of `marks`, in a segment and in a bucket. */
export const MARK_SERVER = 0x01; // sent by the server
export const MARK_OBSERVED_CLIENT = 0x02; // the client itself showed the state it is in
export const MARK_OBSERVED_SERVER = 0x04;
export const MARK_ILLEGAL = 0x08; // does not fit the state of its sender (RFC 9293 3.10)
export const MARK_CLOSED_CLIENT = 0x10; // the client's receive window is closed after this segment
export const MARK_CLOSED_SERVER = 0x20;
export const MARK_LOST = 0x40; // lost, by our verdict; before there is one: sent again later because it was taken for lost
export const MARK_IDLE = 0x80; // comes after a silence

/** Columns of the segments [start, start + length of a column). */
export interface TimelineSegments {
  readonly start: number;
  /** Packet index (frame.number - 1). */
  readonly packet: Uint32Array;
  /** Capture time, nanoseconds since the capture's base; 0 without TIMELINE_TIME. */
  readonly time: Float64Array;
  /** What rounding took from it, where it is more than 104 days; absent where it took nothing. */
  readonly timeRest?: Int16Array;
  /** The same for placing: never before the segment above, even where the clock stepped back. */
  readonly place: Float64Array;
  readonly known: Uint16Array;
  readonly flags: Uint16Array;
  readonly seq: Uint32Array;
  readonly seqRelative: Uint32Array;
  readonly ack: Uint32Array;
  readonly ackRelative: Uint32Array;
  /** Payload bytes. */
  readonly length: Uint32Array;
  /** Scaled. */
  readonly window: Uint32Array;
  /** LABEL_* bits that are shown (`ShownMarks`), VERDICT_* bits or VERDICT_UNKNOWN. */
  readonly labels: Uint16Array;
  readonly verdicts: Uint16Array;
  readonly marks: Uint8Array;
  /** RFC 9293 states after the segment: client in the low four bits, server in the high four. */
  readonly states: Uint8Array;
  /** Rank of the sending before of the same bytes, and of the one after; NO_PACKET where there is none. */
  readonly sentBefore: Uint32Array;
  readonly sentAgain: Uint32Array;
  /** SACK blocks: place in these columns, left and right edge (raw), three numbers a block. */
  readonly sacks: Uint32Array;
}

/** What one segment did to one end. */
export interface StateChange {
  readonly rank: number;
  readonly packet: number;
  readonly time: number;
  readonly end: 'client' | 'server';
  /** States passed, the one before the segment first. */
  readonly path: readonly number[];
  /** The end showed it by what it sent; otherwise inferred from what was sent to it. */
  readonly observed: boolean;
}

export interface TimelinePage {
  readonly revision: number;
  readonly stream: number;
  /** Segments of the stream now. */
  readonly total: number;
  readonly segments: TimelineSegments;
  /** Changes of state in these segments, and the last one of each end before them; by rank. At most MOST_CHANGES. */
  readonly changes: readonly StateChange[];
}

/** A part of the stream in equal steps of rank or of time. */
export interface TimelineBucketsRequest {
  readonly stream: number;
  readonly by: 'rank' | 'time';
  /** Half-open, in ranks or nanoseconds since the capture's base (position times). */
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface TimelineBuckets {
  readonly revision: number;
  readonly stream: number;
  readonly by: 'rank' | 'time';
  readonly from: number;
  readonly to: number;
  /** Ranks in the whole part: [first, last). */
  readonly first: number;
  readonly last: number;
  /** Per bucket: rank of the first segment at or after its beginning; segments and payload bytes per sender. */
  readonly ranks: Uint32Array;
  readonly clientSegments: Uint32Array;
  readonly serverSegments: Uint32Array;
  readonly clientBytes: Float64Array;
  readonly serverBytes: Float64Array;
  /** OR of labels, verdicts, flags and marks of the segments in it. */
  readonly labels: Uint16Array;
  readonly verdicts: Uint16Array;
  readonly flags: Uint16Array;
  readonly marks: Uint8Array;
  /** States at its end, as in TimelineSegments. */
  readonly states: Uint8Array;
}

export const MOST_TIMELINE_SEGMENTS = 4096;
export const MOST_TIMELINE_BUCKETS = 4096;
export const MOST_CHANGES = 1000;
