import { NO_PACKET, type Nanoseconds, type StreamIndex } from '../bytes/units';

/**
 * What the tracker keeps per stream: 32 words and 8 times (192 bytes), in blocks of 1024 streams. Word and time offsets below
 * count from the stream's first; flow offsets from the flow's first. Frames are kept as packet index + 1, 0 meaning none.
 */
export const STREAM_WORDS = 32;
export const STREAM_TIMES = 8;
const BLOCK_SHIFT = 10;
const BLOCK_STREAMS = 1 << BLOCK_SHIFT;

/** tcp.completeness so far. */
export const COMPLETENESS = 0;
/** Latest row of the stream, and the row before that one. */
export const LATEST_ROW = 1;
export const ROW_BEFORE = 2;
/** MPTCP connection + 1, 0 when the stream is no subflow. */
export const MPTCP = 3;
/** Words of the flow of direction 0; those of direction 1 follow. */
export const FLOWS = 4;
export const FLOW_WORDS = 14;

/** Sequence number after the last segment; 0 counts as "not known", as in tshark. */
export const NEXT = 0;
export const NEXT_FRAME = 1;
/** Highest number that the peer may acknowledge; 0 counts as "not known". */
export const MAX_ACKABLE = 2;
export const LAST_ACK = 3;
/** Last raw window; NO_WINDOW before the first. */
export const WINDOW = 4;
/** Duplicate ACKs in a row; 2^32-1 marks an ACK of data that was never seen. */
export const DUPLICATES = 5;
/** Frame whose ACK the duplicates repeat. */
export const ORIGINAL_ACK = 6;
/** Labels of the flow's last segment (low 16 bits) and FLOW_* bits. */
export const BITS = 7;
export const PUSH_BYTES = 8;
/** Raw number that shows as relative 0 (FLOW_BASE_KNOWN). */
export const BASE = 9;
/** Bytes that the SACK blocks of the flow's last segment cover. */
export const SACK_BYTES = 10;
/** Shift + 2, so 1 is "unknown" and 0 "known not to be used". */
export const SCALE = 11;
/** Set of MPTCP subtypes known when the flow's last segment was analysed. */
export const MPTCP_SEEN = 12;
/** List of unacknowledged segments, 0 when empty. */
export const UNACKED = 13;

export const FLOW_BASE_KNOWN = 0x10000;
export const FLOW_FLIGHT_UNSURE = 0x20000; // a gap was seen: bytes in flight cannot be told
export const FLOW_PUSH_SEEN = 0x40000; // the last segment that counted had PSH
export const FLOW_FIRST_ACK = 0x80000; // a SYN was sent, and no ACK without SYN since
export const FLOW_MPTCP_KEY = 0x100000; // the sender's MPTCP key is registered

export const NO_WINDOW = 0xffffffff;
export const SCALE_OFFSET = 2;

export const START_TIME = 0;
/** Time of the previous TCP header of the stream, quoted ones included; NaN before the first. */
export const LATEST_TIME = 1;
/** Time of the latest SYN without ACK; NaN before one, and for one at second 0 of the epoch. */
export const SYN_TIME = 2;
/** NaN until known. */
export const INITIAL_RTT = 3;
export const FLOW_TIMES = 4;
export const TIMES_PER_FLOW = 2;
/** Time of the flow's last segment, and of the one that set NEXT. */
export const LAST_TIME = 0;
export const NEXT_TIME = 1;

export class StreamBlock {
  readonly words = new Uint32Array(BLOCK_STREAMS * STREAM_WORDS);
  readonly times = new Float64Array(BLOCK_STREAMS * STREAM_TIMES);
}

/** First word and first time of a stream in its block. */
export function wordsOf(stream: StreamIndex): number {
  return (stream & (BLOCK_STREAMS - 1)) * STREAM_WORDS;
}
export function timesOf(stream: StreamIndex): number {
  return (stream & (BLOCK_STREAMS - 1)) * STREAM_TIMES;
}

/** All streams' state; grows by whole blocks, so nothing is copied. */
export class StreamStates {
  private readonly blocks: StreamBlock[] = [];

  block(stream: StreamIndex): StreamBlock {
    return this.blocks[stream >>> BLOCK_SHIFT]!;
  }

  /** All times of a stream count from a point that is later by this. */
  moveTimes(stream: StreamIndex, by: Nanoseconds): void {
    const { times } = this.block(stream);
    const t = timesOf(stream);
    for (let i = t; i < t + STREAM_TIMES; i++) if (i !== t + INITIAL_RTT) times[i]! -= by;
  }

  /** Sets up the state of a new stream. Streams come in order. */
  create(stream: StreamIndex, time: Nanoseconds): void {
    const index = stream >>> BLOCK_SHIFT;
    const block = (this.blocks[index] ??= new StreamBlock());
    const s = wordsOf(stream);
    const words = block.words;
    words[s + LATEST_ROW] = words[s + ROW_BEFORE] = NO_PACKET;
    for (let f = s + FLOWS; f <= s + FLOWS + FLOW_WORDS; f += FLOW_WORDS) {
      words[f + WINDOW] = NO_WINDOW;
      words[f + SCALE] = SCALE_OFFSET - 1;
    }
    const t = timesOf(stream);
    const times = block.times;
    times[t + START_TIME] = time;
    times[t + LATEST_TIME] = times[t + SYN_TIME] = times[t + INITIAL_RTT] = NaN;
  }
}
