import { type PacketIndex, type StreamIndex } from '../bytes/units';
import type { Confidence, Finding, StreamPhases } from '../findings/finding';
import { StreamPackets } from '../query/streamPackets';
import { ConnectionStates } from '../stream/connectionStates';
import { BLOCK_ROWS, headerOf, META_DIRECTION_B, type PacketTable } from '../table/packetTable';
import { isSelfConnected, type StreamTable } from '../table/streamTable';
import { DUPLICATE } from './duplicates';
import { SEVERITIES, type StudyIndex } from './studyIndex';

/**
 * What fields of the study need beyond the study itself. `verdicts`: nothing. `states`: the state machines, replayed. `reports`: the findings and the
 * verdict of every stream.
 */
export type StudyNeed = 'verdicts' | 'states' | 'reports';

/** Ranks of confidences: 0 is none. */
export const CONFIDENCES: readonly (Confidence | null)[] = [null, 'possible', 'likely', 'certain'];

export const PHASES: readonly (keyof StreamPhases)[] = ['handshake', 'serverThink', 'clientThink', 'transfer', 'recovery', 'windowLimited', 'idle', 'close'];

/** Segments replayed, and streams reported on, between two looks at the clock. */
const SEGMENTS_PER_LOOK = 4096;
const STREAMS_PER_LOOK = 32;

/** A finding, by number: most captures have a handful, a flood has one for each of a million streams. */
export interface ListedFinding {
  readonly id: string;
  /** Place in SEVERITIES, and in CONFIDENCES. */
  readonly severity: number;
  readonly confidence: number;
  readonly stream: StreamIndex | null;
  /** Place in the list of its stream (or of the capture). */
  readonly place: number;
}

/** What is kept of a stream's report. */
export interface StreamSummary {
  readonly verdict: string;
  readonly closedBy: string | null;
  /** States of endpointStates.ts at the end of the capture, or UNKNOWN_STATE. */
  readonly clientState: number;
  readonly serverState: number;
  readonly retransmittedPercent: number;
  /** Nanoseconds, in the order of PHASES; null where no times are shown. */
  readonly phases: readonly (number | null)[];
}

/** What a study says, packet by packet and stream by stream, for filters and columns: made when it is first asked for, bit by bit. */
export class StudyColumns {
  private readonly lists: StreamPackets;
  private readonly pathIds = new Map<string, number>();
  private readonly paths: (readonly number[])[] = [[]];
  private client = new Uint16Array(0);
  private server = new Uint16Array(0);
  private statesOf = 0;
  private reportsOf = 0;
  private replay: { readonly list: Uint32Array; at: number; readonly connection: ConnectionStates } | null = null;
  /** All findings; `pairs` holds packet * 2^21 + place here, sorted once all are in. */
  private readonly listed: ListedFinding[] = [];
  private pairs: number[] = [];
  private byPacket = new Float64Array(0);
  /** Findings that name no packet speak of the whole stream. */
  private readonly ofStream = new Map<StreamIndex, number[]>();
  /** Where the findings of each stream begin in `listed`; one more at the end. */
  private readonly begin: number[] = [];
  private readonly summaries: (StreamSummary | undefined)[] = [];
  private lastTexts: { readonly stream: StreamIndex | null; readonly findings: readonly Finding[] } | undefined;

  /** As many as there were when the study ended. */
  private readonly count: number;
  private readonly rows: number;

  constructor(
    readonly study: StudyIndex,
    private readonly packets: PacketTable,
    private readonly streams: StreamTable,
  ) {
    this.lists = new StreamPackets(packets, streams);
    this.count = streams.length;
    this.rows = packets.length;
  }

  ready(need: StudyNeed): boolean {
    return need === 'verdicts' || this.done(need) > this.count;
  }

  /** Streams that are through, of as many as there are. */
  progress(need: StudyNeed): { readonly done: number; readonly of: number } {
    const of = this.count;
    return { done: need === 'verdicts' ? of : Math.min(of, this.done(need)), of };
  }

  private done(need: 'states' | 'reports'): number {
    return need === 'states' ? this.statesOf : this.reportsOf;
  }

  /** Makes a part of it; false once it is ready. */
  step(need: StudyNeed): boolean {
    if (this.ready(need)) return false;
    if (need === 'states') this.stepStates();
    else this.stepReports();
    return !this.ready(need);
  }

  // --- states ---

  private stepStates(): void {
    if (this.client.length === 0) {
      this.client = new Uint16Array(this.rows);
      this.server = new Uint16Array(this.rows);
    }
    for (let budget = SEGMENTS_PER_LOOK; budget > 0; ) {
      if (this.statesOf >= this.count) {
        this.statesOf = this.count + 1;
        return;
      }
      const row = this.streams.row(this.statesOf);
      const replay = (this.replay ??= { list: this.lists.of(this.statesOf), at: 0, connection: new ConnectionStates(isSelfConnected(row)) });
      const { port } = row;
      const end = Math.min(replay.list.length, replay.at + budget);
      budget -= end - replay.at + 1;
      for (; replay.at < end; replay.at++) this.replayOne(replay.list[replay.at]!, replay.connection, port);
      if (replay.at < replay.list.length) return;
      this.replay = null;
      this.statesOf++;
    }
  }

  private replayOne(packet: PacketIndex, connection: ConnectionStates, port: ArrayLike<number>): void {
    const block = this.packets.block(packet);
    const i = packet & (BLOCK_ROWS - 1);
    const direction = (block.meta[i]! & META_DIRECTION_B) as 0 | 1;
    const segment = { flags: block.flags[i]!, seq: block.seq[i]!, ack: block.ack[i]!, length: block.length[i]!, known: block.known?.[i] ?? 0xffff, header: headerOf(block.meta[i]!) };
    connection.observe(segment, direction, port[direction]!, port[direction ? 0 : 1]!, (this.study.verdicts.get(packet) & DUPLICATE) !== 0);
    this.client[packet] = this.idOf(connection.path('client'));
    this.server[packet] = this.idOf(connection.path('server'));
  }

  private idOf(path: readonly number[]): number {
    const key = path.join();
    let id = this.pathIds.get(key);
    if (id === undefined) {
      id = this.paths.length;
      this.pathIds.set(key, id);
      this.paths.push(path.slice());
    }
    return id;
  }

  /** States that an end passed on a packet, the one before it first; empty when it is no TCP segment. */
  path(packet: PacketIndex, role: 'client' | 'server'): readonly number[] {
    return this.paths[(role === 'client' ? this.client : this.server)[packet] ?? 0]!;
  }

  // --- reports ---

  private stepReports(): void {
    if (this.reportsOf === 0 && this.begin.length === 0) this.list(this.study.captureFindings(), null);
    for (let n = 0; n < STREAMS_PER_LOOK; n++) {
      const stream = this.reportsOf;
      this.begin[stream] = this.listed.length;
      if (stream >= this.count) {
        this.byPacket = Float64Array.from(this.pairs).sort();
        this.pairs = [];
        this.reportsOf = this.count + 1;
        return;
      }
      const report = this.study.report(stream);
      if (report) {
        this.list(report.findings, stream);
        const { verdict, closedBy, clientState, serverState, retransmittedPercent, phases, timed } = report;
        this.summaries[stream] = { verdict, closedBy, clientState, serverState, retransmittedPercent, phases: PHASES.map((phase) => (timed ? phases[phase] : null)) };
      }
      this.reportsOf++;
    }
  }

  private list(findings: readonly Finding[], stream: StreamIndex | null): void {
    findings.forEach((finding, place) => {
      const at = this.listed.length;
      if (at >= MOST_LISTED) return;
      this.listed.push({ id: finding.id, severity: SEVERITIES.indexOf(finding.severity), confidence: CONFIDENCES.indexOf(finding.confidence), stream, place });
      for (const packet of finding.packets) this.pairs.push(packet * MOST_LISTED + at);
      if (finding.packets.length > 0 || stream === null) return;
      const list = this.ofStream.get(stream);
      if (list) list.push(at);
      else this.ofStream.set(stream, [at]);
    });
  }

  /** Findings that list a packet, those of the capture first; one that lists none belongs to every packet of its stream. */
  findingsOf(packet: PacketIndex, stream: StreamIndex): readonly ListedFinding[] {
    const { byPacket, listed } = this;
    const first = packet * MOST_LISTED;
    let low = 0;
    let high = byPacket.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (byPacket[middle]! < first) low = middle + 1;
      else high = middle;
    }
    const whole = this.ofStream.get(stream);
    if (!whole && !(byPacket[low]! < first + MOST_LISTED)) return NONE;
    const found: ListedFinding[] = [];
    for (; byPacket[low]! < first + MOST_LISTED; low++) found.push(listed[byPacket[low]! - first]!);
    if (whole) for (const at of whole) found.push(listed[at]!);
    return found;
  }

  /** Findings of a stream, ranked. */
  findingsOfStream(stream: StreamIndex): readonly ListedFinding[] {
    return this.listed.slice(this.begin[stream] ?? 0, this.begin[stream + 1] ?? 0);
  }

  /** The sentence of a finding; made again, so that a million of them need not be kept. */
  textOf(finding: ListedFinding): string {
    const { stream, place } = finding;
    let { lastTexts } = this;
    if (lastTexts?.stream !== stream) lastTexts = this.lastTexts = { stream, findings: stream === null ? this.study.captureFindings() : (this.study.report(stream)?.findings ?? []) };
    return lastTexts.findings[place]?.text ?? '';
  }

  summary(stream: StreamIndex): StreamSummary | null {
    return this.summaries[stream] ?? null;
  }
}

/** Findings that are told apart: 2^32 packets times this many are whole numbers. */
const MOST_LISTED = 2 ** 21;

const NONE: readonly ListedFinding[] = [];
