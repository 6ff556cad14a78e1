/**
 * What the engine answers, as the views (webview, extension host, CLI) see it. Types only; rpc/ carries them.
 * Data is plain: numbers, strings, arrays, exact-size typed arrays. No NaN, bigint, Map, Date: JSON lies underneath.
 * Absent numbers are null.
 */
import type { Badge } from './analysis/badges';
import type { Evidence } from './analysis/segmentVerdict';
import type { CardDocument } from './explain/card';
import type { FilterCheck, FilterCompletions, FilterOfRequest, SeekRequest, SeekResult } from './filter/filterApi';
import type { FindingApi, FindingSeverity, StudyState } from './query/findingApi';
import type { ExportApi } from './export/exportApi';
import type { FieldApi } from './query/fieldApi';
import type { FollowApi } from './query/followApi';
import type { OverviewApi } from './overviewApi';
import type { TextApi } from './query/textApi';
import type { PacketVariables } from './query/variables';
import type { SeriesReply, SeriesRequest } from './seriesApi';
import type { TimelineBuckets, TimelineBucketsRequest, TimelineHead, TimelinePage } from './timelineApi';

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: RpcError };

export interface RpcError {
  readonly code: 'cancelled' | 'stale' | 'bad-request' | 'format' | 'source' | 'internal';
  /** For the user; never holds unescaped capture data. */
  readonly message: string;
}

/** Where indexing stands and what the capture is. Pushed on change (at most ~10 times a second), also on request. */
export interface CaptureState {
  /** Raised by one with `reload`; replies of an older revision are stale. */
  readonly revision: number;
  readonly phase: 'inflating' | 'indexing' | 'done' | 'cancelled' | 'failed';
  /** 0..1 of the file consumed. */
  readonly progress: number;
  readonly packets: number;
  readonly tcpPackets: number;
  readonly streams: number;
  readonly bytes: number;
  readonly format: string;
  readonly description: string;
  readonly interfaces: readonly { readonly name: string; readonly linkType: number; readonly linkName: string }[];
  readonly comments: readonly string[];
  /** First packet's time: seconds and nanoseconds since the epoch. */
  readonly baseSeconds: number;
  readonly baseNanos: number;
  readonly timeDigits: 6 | 9;
  /** The capture's clock shows no date (text without -tttt). */
  readonly timeOfDayOnly: boolean;
  /** Text captures: lines that look like a packet and could not be read; absent when there is none. */
  readonly unreadable?: { readonly count: number; readonly lines: readonly UnreadableLine[] };
  /** Reading stopped early here. */
  readonly fault: FaultInfo | null;
  /** phase 'failed': why nothing can be shown. `looksLike` is FormatError's. */
  readonly failure: { readonly message: string; readonly looksLike: string; readonly supported: readonly string[] } | null;
  /** What happened to the file meanwhile. */
  readonly change: 'none' | 'grown' | 'replaced' | 'deleted';
  /** The study follows the index. */
  readonly study: StudyState;
}

/** A line (from 1) of a text, and what of it could not be read. */
export interface UnreadableLine {
  readonly line: number;
  readonly reason: string;
}

export interface FaultInfo {
  readonly offset: number;
  readonly kind: 'cut' | 'corrupt' | 'unsupported';
  /** Whole sentence: which byte, what was expected, what was found. */
  readonly message: string;
}

/** Which packets a table shows: all, or those of a stream; of them the ones that pass a display filter, where there is one. */
export type PacketView = { readonly kind: 'all'; readonly filter?: string } | { readonly kind: 'stream'; readonly stream: number; readonly filter?: string };

/** How far a filter has got. */
export interface ScanProgress {
  /** Packets looked at, and how many there are to look at now. */
  readonly scanned: number;
  readonly of: number;
  /** It has not begun: what it must wait for first. */
  readonly waits?: StudyWait;
  /** The filter asks for what the study says, and it says nothing of so many streams of the view; absent when it does of all. */
  readonly unstudied?: number;
}

/** The capture is being read to its end, studied (in bytes), or what its streams show is being gathered (in streams). */
export interface StudyWait {
  readonly what: 'index' | 'study' | 'streams';
  readonly done: number;
  readonly of: number;
}

export interface PacketPageRequest {
  readonly view: PacketView;
  readonly start: number;
  readonly count: number;
}

/** One row of the packets table, numbers raw so that the view can switch formats without asking again. */
export interface PacketRow {
  /** Packet index (frame.number - 1). */
  readonly packet: number;
  /** Nanoseconds since the capture's base; null when the record has no time. */
  readonly time: number | null;
  /** Since the previous row of the same stream (tcp.time_delta), and since the stream's first. */
  readonly streamDelta: number | null;
  readonly streamTime: number | null;
  /** What rounding took from the three, where they are more than 104 days (core/bytes/farTime.ts); absent where it took nothing. */
  readonly timeRests?: { readonly time: number; readonly streamDelta: number; readonly streamTime: number };
  /** null: not TCP. */
  readonly stream: number | null;
  /** 'client': sent by the client. */
  readonly from: 'client' | 'server' | null;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly length: number;
  readonly capturedLength: number;
  /** TCP only; null where not captured or not shown by the text. */
  readonly flags: number | null;
  readonly seq: number | null;
  readonly seqRelative: number | null;
  readonly ack: number | null;
  readonly ackRelative: number | null;
  readonly payload: number | null;
  readonly window: number | null;
  /** Scaled window in bytes; equals `window` when no scale is in force. */
  readonly windowScaled: number | null;
  /** >= 0 shift, -1 unknown, -2 unused. */
  readonly scale: number | null;
  /** LABEL_* bits: Wireshark's. */
  readonly labels: number;
  /** VERDICT_* bits: ours; VERDICT_UNKNOWN until a study has judged the segment. */
  readonly verdict: number;
  readonly badges: readonly Badge[];
  readonly info: string;
  readonly mark: 'none' | 'fragment' | 'cut' | 'malformed';
  /** Names of the ends, where there are any. */
  readonly names?: { readonly source: EndNames; readonly destination: EndNames };
}

/** What an end of a packet or stream is called. */
export interface EndNames {
  readonly address: string;
  readonly port: string;
  /** Name that the capture's own name blocks give the address; empty without one. */
  readonly host: string;
  /** Service that IANA registered for the port; empty without one. */
  readonly service: string;
}

export interface PacketPage {
  readonly revision: number;
  readonly view: PacketView;
  readonly start: number;
  /** Rows in the view now. */
  readonly total: number;
  readonly rows: readonly PacketRow[];
  /** Of a filtered view: how far the filter has got. The view grows until it is through. */
  readonly scan: ScanProgress | null;
}

export type StreamSortKey = 'stream' | 'client' | 'server' | 'start' | 'duration' | 'packets' | 'packetsClient' | 'packetsServer' | 'bytes' | 'bytesClient' | 'bytesServer' | 'rtt' | 'status' | 'retransmissions' | 'severity' | 'retransmitted';

export interface StreamPageRequest {
  readonly sort: StreamSortKey;
  readonly descending: boolean;
  readonly start: number;
  readonly count: number;
  /** Words that must all occur in number, addresses, ports or status; empty for all. */
  readonly query: string;
  /** Display filter whose matches are counted for each stream. */
  readonly filter?: string;
  /** Streams with the same main finding together, the gravest first; sorted within. */
  readonly grouped?: boolean;
  /** Cells of each row's `lane`; no lane without it. */
  readonly lanes?: number;
}

export type StreamStatus = 'no-handshake' | 'syn' | 'handshake' | 'open' | 'half-closed' | 'closed' | 'reset';

export interface StreamRowData {
  readonly stream: number;
  readonly client: string;
  /** Port number, or the service name of a text capture that shows only that. */
  readonly clientPort: string;
  readonly server: string;
  readonly serverPort: string;
  /** Names of both ends, where there are any. */
  readonly names?: { readonly client: EndNames; readonly server: EndNames };
  /** How the client is known; anything but 'syn' is a guess. */
  readonly clientBy: 'syn' | 'port' | 'first';
  /** Nanoseconds since the capture's base. */
  readonly start: number;
  /** What rounding took from it (core/bytes/farTime.ts); absent where it took nothing. */
  readonly startRest?: number;
  readonly duration: number;
  /** The capture does not show when it began or ended: start and duration mean nothing. */
  readonly untimed?: true;
  readonly packetsClient: number;
  readonly packetsServer: number;
  readonly bytesClient: number;
  readonly bytesServer: number;
  readonly rtt: number | null;
  readonly status: StreamStatus;
  /** "handshake, data, FIN by client" in words. */
  readonly statusText: string;
  readonly retransmissions: number;
  /** What the study says; null before it has ended. */
  readonly study: StreamStudyData | null;
  readonly firstPacket: number;
  readonly packets: number;
  /** Packets that pass the filter of the request, as far as it has got; null without one. */
  readonly matches: number | null;
  /** LANE_* bits (overviewApi.ts) of equal parts of the stream's time, when the request asks for them. */
  readonly lane: Uint8Array | null;
}

export interface StreamStudyData {
  /** How the connection went, in one sentence. */
  readonly verdict: string;
  /** Worst severity of its findings, and the title of the one that explains most of the harm (empty without one). */
  readonly severity: FindingSeverity | null;
  readonly firstFinding: string;
  readonly findings: number;
  readonly retransmittedPercent: number;
}

export interface StreamPage {
  readonly revision: number;
  readonly total: number;
  readonly rows: readonly StreamRowData[];
  /** With a filter: how far it has got. */
  readonly scan: ScanProgress | null;
}

/** A field-tree node as the views see it (DetailNode without specs). */
export interface DetailNodeData {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly start: number;
  readonly length: number;
  readonly bit: number | null;
  readonly bits: number | null;
  readonly buffer: number;
  readonly filter: string;
  readonly kind: 'layer' | 'field' | 'flag' | 'option' | 'payload' | 'issue' | 'generated';
  /** Text captures: the value was computed ('derived'), or the text does not show it ('no'). */
  readonly shown?: 'derived' | 'no';
  readonly children: readonly DetailNodeData[];
}

/** One box of the TCP header diagram; rows are 32 bits wide. */
export interface DiagramBox {
  /** Id of the tree node that it shows. */
  readonly node: string;
  readonly label: string;
  readonly value: string;
  readonly row: number;
  /** 0..31, and width in bits 1..32. */
  readonly column: number;
  readonly width: number;
  /** Rows that it spans (an option of 10 bytes is drawn as several boxes with the same node). */
  readonly continued: boolean;
  /** As in DetailNodeData. */
  readonly shown?: 'derived' | 'no';
}

export interface PacketDetail {
  readonly revision: number;
  readonly packet: number;
  readonly buffers: readonly { readonly label: string; readonly bytes: Uint8Array }[];
  readonly tree: readonly DetailNodeData[];
  /** Empty when there is no TCP header. */
  readonly diagram: readonly DiagramBox[];
  readonly issues: readonly { readonly kind: 'cut' | 'malformed'; readonly message: string; readonly node: string | null }[];
  readonly comments: readonly string[];
  readonly position: PacketPosition;
}

/** Where a packet stands: for the status bar and for jumping. */
export interface PacketPosition {
  readonly packet: number;
  readonly packets: number;
  readonly stream: number | null;
  readonly streams: number;
  /** Rank of the packet among its stream's packets, 0-based, and how many there are. */
  readonly rankInStream: number | null;
  readonly streamPackets: number | null;
}

export type Jump =
  /** `from` is a stream number (null: before the first / after the last); for the others it is a packet index. */
  | { readonly to: 'nextStream' | 'previousStream'; readonly from: number | null }
  | { readonly to: 'nextInStream' | 'previousInStream' | 'nextOtherDirection' | 'firstOfStream' | 'lastOfStream'; readonly from: number }
  /** Row of a packet in a view, for scrolling. */
  | { readonly to: 'packet'; readonly packet: number }
  | { readonly to: 'stream'; readonly stream: number };

export interface JumpTarget {
  readonly packet: number;
  readonly stream: number | null;
  /** Row in 'all' is the packet itself; row in its stream's view: */
  readonly rankInStream: number | null;
}

/**
 * What a hover card explains: a node of a packet's tree, or badges of it. Badges are named by their fields (`segment.lost`), joined by
 * commas where one card is to tell of several.
 */
export interface CardRequest {
  readonly packet: number;
  readonly node: string;
}

/** What one packet did to the state of one end (RFC 9293 3.3.2; numbers of core/stream/endpointStates). */
export interface StateStep {
  readonly packet: number;
  readonly end: 'client' | 'server';
  /** States passed, the one before the packet first. */
  readonly path: readonly number[];
  /** The end showed it by what it sent; otherwise inferred from what was sent to it. */
  readonly observed: boolean;
}

export interface StateHistory {
  readonly revision: number;
  readonly stream: number;
  readonly packet: number;
  /** States after the packet. */
  readonly client: number;
  readonly server: number;
  /** Changes of the whole stream, in order; `dropped` later ones are not listed. */
  readonly steps: readonly StateStep[];
  readonly dropped: number;
}

/** A kernel parameter read back from a stream: what a host must be set to, to behave as the capture shows. */
export interface StreamParameter {
  /** "syn-retries". */
  readonly id: string;
  readonly end: 'client' | 'server';
  /** The sysctl that governs it; empty where Linux has none. */
  readonly sysctl: string;
  /** Smallest and largest value that fits, in the sysctl's unit; null when it is no range. */
  readonly range: readonly [number, number] | null;
  /** The only values that fit; null when they are no set. */
  readonly values: readonly number[] | null;
  /** A figure that no sysctl sets. */
  readonly figure: number | null;
  readonly confidence: 'certain' | 'likely';
  /** Packets that show it, at most 8. */
  readonly packets: readonly number[];
  /** "2 to 5": range, values or figure in words. */
  readonly text: string;
  readonly card: CardDocument;
}

/** Requests that the engine answers. */
export interface EngineApi extends TextApi, FindingApi, FollowApi, FieldApi, ExportApi, OverviewApi {
  state(): CaptureState;
  packetPage(request: PacketPageRequest): PacketPage;
  streamPage(request: StreamPageRequest): StreamPage;
  packetDetail(request: { readonly packet: number }): PacketDetail;
  card(request: CardRequest): CardDocument | null;
  /** The whole-packet explanation for the TCP Explain panel: sections for summary, flags, options, fields. */
  explainPacket(request: { readonly packet: number }): readonly CardDocument[];
  /** The states that both ends of a packet's stream pass; null when it is no TCP segment. */
  stateHistory(request: { readonly packet: number }): StateHistory | null;
  /** Kernel parameters that a stream tells of. */
  parameters(request: { readonly stream: number }): readonly StreamParameter[];
  /** Why the packet has its labels and verdicts. */
  evidence(request: { readonly packet: number }): readonly Evidence[];
  /** Sender's and receiver's variables of both ends after the packet; null for other traffic. */
  variables(request: { readonly packet: number }): PacketVariables | null;
  jump(request: Jump): JumpTarget | null;
  position(request: { readonly packet: number }): PacketPosition;
  /** Row of a packet in a view; null when it is not in it. */
  rowOf(request: { readonly view: PacketView; readonly packet: number }): number | null;
  /** Whether a display filter makes sense, and what is wrong where. */
  filterCheck(request: { readonly filter: string }): FilterCheck;
  /** What may stand at a place of a filter that is being typed. */
  filterComplete(request: { readonly filter: string; readonly at: number }): FilterCompletions;
  /** A filter that the values of some fields of a packet pass, as text; null when it has none of them. */
  filterOf(request: FilterOfRequest): string | null;
  /** The next or previous packet of a filtered view. */
  seek(request: SeekRequest): SeekResult;
  /** Ends the search that `seek` began in a view. */
  stopSeek(request: { readonly view: PacketView }): null;
  /** What the timeline of a stream draws: see timelineApi.ts. */
  timelineHead(request: { readonly stream: number }): TimelineHead;
  timelinePage(request: { readonly stream: number; readonly start: number; readonly count: number }): TimelinePage;
  timelineBuckets(request: TimelineBucketsRequest): TimelineBuckets;
  /** Points of a graph over a stream: see seriesApi.ts. */
  series(request: SeriesRequest): SeriesReply;
  cancelIndexing(): null;
  resumeIndexing(): null;
  /** Reads what was appended to a grown file. */
  loadMore(): null;
  /** Reads the file anew; the revision rises. */
  reload(): null;
}

export type EngineMethod = keyof EngineApi;
