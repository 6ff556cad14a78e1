import type { StreamStatus } from '../engineApi';
import type { FindingSeverity } from './findingApi';
import type { CardDocument } from '../explain/card';
import type { TextTokenKind } from '../capture/textTokens';

/**
 * What the engine answers about a text capture as a document: places are lines and columns, as editors count them.
 * Lines count from 0, columns in UTF-16 units. The extension host asks; webviews do not.
 */

/** Where each record stands. One entry per packet, in packet order; lines rise. */
export interface TextIndex {
  readonly revision: number;
  readonly line: Uint32Array;
  /** Lines of the record, at least 1. */
  readonly lineCount: Uint16Array;
  /** tcp.stream, or NO_STREAM (0xffffffff). */
  readonly stream: Uint32Array;
  /** First packet of each stream, or NO_PACKET (0xffffffff) where only an ICMP quote told of it. */
  readonly firstPacket: Uint32Array;
}

/** A place in a record: its line counted from the record's first, and a column. */
export interface TextPosition {
  readonly packet: number;
  readonly line: number;
  readonly column: number;
}

/** Columns [start, end) of one line of a record. */
export interface TextSpan {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** One token of a record. One that runs over several lines ends with its first. */
export interface TextTokenData extends TextSpan {
  readonly kind: TextTokenKind;
  readonly value: number | null;
  readonly second: number | null;
  /** Escaped. */
  readonly name: string;
}

/** What a hover shows: the span that it explains, most special card first. */
export interface TextHover {
  readonly span: TextSpan;
  readonly cards: readonly CardDocument[];
}

/** How one packet belongs to another. */
export type PacketRelation =
  /** The segment that the acknowledgment number acknowledges. */
  | 'acknowledged'
  /** Carries an acknowledgment of this segment. */
  | 'acknowledgedBy'
  /** First transmission of the same bytes. */
  | 'original'
  /** Another transmission of the same bytes. */
  | 'copy'
  /** The SYN that a SYN/ACK answers. */
  | 'syn'
  /** The SYN that announced the window scale in force. */
  | 'scale'
  /** The SYN of the other side, whose options this one answers. */
  | 'peerSyn'
  /** Carried the timestamp that this one echoes. */
  | 'echoed'
  /** Segment that a SACK block reports as received. */
  | 'sacked'
  /** Same connection. */
  | 'stream'
  /** The packet itself. */
  | 'self';

export interface RelatedPacket {
  readonly packet: number;
  readonly relation: PacketRelation;
}

/** Where a token leads; `span` is the token. */
export interface TextLinks {
  readonly span: TextSpan;
  readonly targets: readonly RelatedPacket[];
}

export type StreamPhaseKind = 'handshake' | 'data' | 'close';

/** A part of a connection's life: packets first..last of the stream. */
export interface StreamPhase {
  readonly kind: StreamPhaseKind;
  readonly first: number;
  readonly last: number;
  readonly packets: number;
  readonly bytesClient: number;
  readonly bytesServer: number;
}

export interface StreamOutlineRequest {
  readonly start: number;
  readonly count: number;
  /** False: `phases` stay empty, which spares a walk over all packets. */
  readonly phases?: boolean;
}

/** A stream as an outline and a CodeLens show it. Names are escaped. */
export interface StreamOutline {
  readonly stream: number;
  /** "10.0.0.1:34698" */
  readonly client: string;
  readonly server: string;
  readonly status: StreamStatus;
  readonly statusText: string;
  /** How the connection went, in one sentence; empty before the study of the text has ended. */
  readonly verdict: string;
  /** Worst severity of its findings, null without any. */
  readonly severity: FindingSeverity | null;
  readonly retransmissions: number;
  readonly firstPacket: number;
  readonly lastPacket: number;
  readonly packets: number;
  readonly bytesClient: number;
  readonly bytesServer: number;
  /** null: the text shows no times. */
  readonly duration: number | null;
  /** The first 50 of them. */
  readonly phases: readonly StreamPhase[];
}

/** What stands beside a packet as an inlay hint. */
export interface PacketHint {
  readonly packet: number;
  /** Nanoseconds since the stream's first packet; null when the text shows no time. */
  readonly streamTime: number | null;
  /** Nanoseconds since the segment that this packet acknowledges; null when it acknowledges none exactly. */
  readonly rtt: number | null;
  /** State of an end that this packet changed, "client ESTABLISHED"; empty when none did. */
  readonly states: readonly { readonly end: 'client' | 'server'; readonly state: string; readonly observed: boolean }[];
}

export interface ProblemRelated {
  readonly packet: number;
  readonly message: string;
}

/** Something to look at, for a list of problems. */
export interface Problem {
  readonly packet: number;
  readonly severity: 'warning' | 'note';
  /** Field name or finding id: "tcp.analysis.retransmission". */
  readonly code: string;
  /** Sentences; escaped. */
  readonly message: string;
  readonly related: readonly ProblemRelated[];
}

export interface TextApi {
  textIndex(): TextIndex;
  /** Tokens of a record in order of place. */
  textTokens(request: { readonly packet: number }): readonly TextTokenData[];
  textHover(request: TextPosition): TextHover | null;
  /** Where "go to definition" leads: an acknowledgment to what it acknowledges, a retransmission to its original. */
  textDefinition(request: TextPosition): TextLinks | null;
  /** Where "find references" leads: who acknowledged this, other copies, the packets of a stream. */
  textReferences(request: TextPosition): TextLinks | null;
  /** Streams [start, start + count) with the phases of each. */
  streamOutlines(request: StreamOutlineRequest): readonly StreamOutline[];
  /** Hints of packets [start, start + count). */
  packetHints(request: { readonly start: number; readonly count: number }): readonly PacketHint[];
  /** At most `most` problems of the whole capture, worst first. */
  problems(request: { readonly most: number }): readonly Problem[];
  /** Line (from 0) of a packet; null when the capture is no text. */
  lineOfPacket(request: { readonly packet: number }): number | null;
  /** The packet whose record holds a line (from 0); null when none does. */
  packetAtLine(request: { readonly line: number }): number | null;
}
