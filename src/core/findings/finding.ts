import type { PacketIndex, StreamIndex } from '../bytes/units';

export type Severity = 'error' | 'warning' | 'info';
export type Confidence = 'certain' | 'likely' | 'possible';

/** Most packets that a finding lists; `packetCount` tells how many there were. */
export const MAX_FINDING_PACKETS = 100;

/** Something that happened in a stream (or to the capture), with what it rests on. */
export interface Finding {
  /** Stable identifier: "loss.timeout". */
  readonly id: string;
  /** null: it is about the capture as a whole. */
  readonly stream: StreamIndex | null;
  readonly severity: Severity;
  readonly confidence: Confidence;
  /** Packets that it rests on, in file order, at most MAX_FINDING_PACKETS. */
  readonly packets: readonly PacketIndex[];
  readonly packetCount: number;
  /** One sentence with this stream's own numbers; holds no unescaped capture data. */
  readonly text: string;
  /** Harm, for ranking within the stream: nanoseconds lost where that can be told, else a fixed weight. Higher comes first. */
  readonly harm: number;
}

/** What is always true of findings of one id. */
export interface FindingSpec {
  readonly id: string;
  readonly severity: Severity;
  /** Short name: "Accept queue full". */
  readonly title: string;
  /** One sentence: what it is. */
  readonly doc: string;
  /** What it means for the people at both ends, and what usually causes it. */
  readonly story: string;
  /** What to look at next: commands, counters, settings. */
  readonly next: string;
  /** "RFC 9293 3.8.1; Linux net/ipv4/tcp_timer.c". */
  readonly sources: string;
  /** Ids ("loss.*" for a group) that are consequences of this one: they are left out of a stream that has it. */
  readonly explains?: readonly string[];
}

/** Where a stream's time went, nanoseconds each; they add up to its duration. */
export interface StreamPhases {
  readonly handshake: number;
  readonly serverThink: number;
  readonly clientThink: number;
  readonly transfer: number;
  readonly recovery: number;
  readonly windowLimited: number;
  readonly idle: number;
  readonly close: number;
}

/** What a study says of one stream. */
export interface StreamReport {
  readonly stream: StreamIndex;
  /** The capture shows times of its segments; without, times mean nothing. */
  readonly timed: boolean;
  /** Ranked: the one that explains most of the harm first. */
  readonly findings: readonly Finding[];
  /** How the connection went and ended, in one sentence. */
  readonly verdict: string;
  readonly phases: StreamPhases;
  readonly closedBy: 'client' | 'server' | 'both' | null;
  /** States of RFC 9293 (endpointStates.ts) at the end of the capture, or UNKNOWN_STATE. */
  readonly clientState: number;
  readonly serverState: number;
  /** Share of data segments that were retransmissions by our verdict, 0..100. */
  readonly retransmittedPercent: number;
}

/** State of an end that sent nothing. */
export const UNKNOWN_STATE = -1;
