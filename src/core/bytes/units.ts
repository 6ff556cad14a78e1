/** Row of a packet in the PacketTable; frame.number is this plus one. */
export type PacketIndex = number;
/** tcp.stream: numbered from 0 in order of creation. */
export type StreamIndex = number;
/** Integer nanoseconds held in a double, relative to the capture's time base (exact up to 104 days from it; farTime.ts for what is beyond). */
export type Nanoseconds = number;
/** Byte offset in the capture file; may exceed 2^32. */
export type FileOffset = number;
/** 0: sent by endpoint A (the sender of the stream's first segment); 1: sent by endpoint B. */
export type Direction = 0 | 1;

/** "No such packet" in u32 columns. */
export const NO_PACKET = 0xffffffff;
/** "No stream" (not TCP) in u32 columns. */
export const NO_STREAM = 0xffffffff;
/** Segment length that the headers do not tell (see tcp-analysis "unknown length"). */
export const UNKNOWN_LENGTH = 0xffffffff;

export const NANOS_PER_SECOND = 1_000_000_000;
