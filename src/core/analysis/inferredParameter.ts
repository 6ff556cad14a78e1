import type { Direction, Nanoseconds, PacketIndex } from '../bytes/units';

/**
 * Kernel parameters read back from one connection: what a host must have been set to, to behave as the capture shows.
 * Every statement is a range (or a set of values) of one sysctl, or of what a socket option sets for this socket alone.
 */

export type ParameterId =
  | 'initial-rto' | 'syn-retries' | 'syn-linear-timeouts' | 'synack-retries' | 'rto-min' | 'data-retries' | 'user-timeout' | 'keepalive-time' | 'keepalive-interval' | 'keepalive-probes'
  | 'window-scaling' | 'receive-buffer' | 'sack' | 'dsack' | 'timestamps' | 'timestamp-clock' | 'ecn' | 'fast-open' | 'mss' | 'initial-window' | 'delayed-ack' | 'time-wait-reuse';

/** One statement. Numbers are in the sysctl's own unit. */
export interface InferredParameter {
  readonly id: ParameterId;
  /** Endpoint that it is about: 0 = A. */
  readonly end: Direction;
  /** The sysctl that governs it; empty where Linux has none. */
  readonly sysctl: string;
  /** Smallest and largest value that fits (of 'mss': the MTU that it follows from; of 'user-timeout': milliseconds); null: not a range. */
  readonly range: readonly [number, number] | null;
  /** The only values that fit; null: not a set. */
  readonly values: readonly number[] | null;
  /** A figure without a sysctl (ticks per second, segments, bytes, nanoseconds), or one that goes with the range; null otherwise. */
  readonly figure: number | null;
  /** 'certain': nothing else can have caused it on Linux. 'likely': a socket option or the program itself could. */
  readonly confidence: 'certain' | 'likely';
  /** Packets that show it, at most 8. */
  readonly packets: readonly PacketIndex[];
}

/** One segment of the stream, in file order. */
export interface ParameterSegment {
  readonly packet: PacketIndex;
  readonly time: Nanoseconds;
  readonly direction: Direction;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  /** Payload bytes, or UNKNOWN_LENGTH. */
  readonly length: number;
  /** The source shows the window; `window` is scaled, and means nothing without. */
  readonly hasWindow: boolean;
  readonly window: number;
  readonly labels: number;
  readonly acksPacket: PacketIndex;
}

/** What an end's SYN offered, and clock readings of its segments. */
export interface ParameterEnd {
  readonly syn: { readonly packet: PacketIndex; readonly flags: number; readonly mss: number | null; readonly windowScale: number | null; readonly sackPermitted: boolean; readonly timestamps: boolean; readonly fastOpen: boolean; readonly otherOptions: boolean } | null;
  /** Two readings of the timestamp clock, far apart: [time, TSval]. */
  readonly clock: readonly [readonly [Nanoseconds, number], readonly [Nanoseconds, number]] | null;
  /** ACKs with which this end answered data that it must have had already, and whether they carry a D-SACK. */
  readonly copyAnswers: readonly { readonly packet: PacketIndex; readonly dsack: boolean }[];
}

/** A stream of the same addresses and ports that had ended before this one began. */
export interface PreviousStream {
  /** Its last packet, and its time. */
  readonly packet: PacketIndex;
  readonly time: Nanoseconds;
  /** The end that was in TIME-WAIT. */
  readonly timeWait: Direction;
}

export interface ParameterInput {
  readonly segments: readonly ParameterSegment[];
  readonly ends: readonly [ParameterEnd, ParameterEnd];
  /** Time of the last packet of the whole capture: silence until then means that nothing more was sent. */
  readonly captureEnd: Nanoseconds;
  /** Handshake round trip, or NaN. */
  readonly rtt: Nanoseconds;
  /** Packets that are not TCP stand among the stream's: an ICMP error may have ended it. */
  readonly disturbed: boolean;
  /** Null when there is none, or neither end of it was in TIME-WAIT. */
  readonly previous: PreviousStream | null;
  /** Bytes of the IP header without options, or null where only names are known. */
  readonly ipHeader: 20 | 40 | null;
  /** Both ends have an address of the loopback interface. */
  readonly loopback: boolean;
}

const MOST_PACKETS = 8;

/** An InferredParameter of which only what differs from the usual is given. */
export type Draft = Pick<InferredParameter, 'id' | 'end' | 'sysctl'> & Partial<InferredParameter>;

export function made(draft: Draft): InferredParameter {
  return { range: null, values: null, figure: null, confidence: 'certain', ...draft, packets: (draft.packets ?? []).slice(0, MOST_PACKETS) };
}
