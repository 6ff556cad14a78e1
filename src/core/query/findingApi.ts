import type { CardDocument } from '../explain/card';

/** What the engine answers about findings. Types only; EngineApi extends it. */

export type FindingSeverity = 'error' | 'warning' | 'info';

/** Where the study of the capture stands. */
export interface StudyState {
  readonly phase: 'waiting' | 'running' | 'done' | 'cancelled' | 'failed';
  /** 0..1 of the file studied. */
  readonly progress: number;
  /** Raised when results change: what was asked before is stale. */
  readonly version: number;
  /** How many findings there are, known when done. */
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  /** Why it failed. */
  readonly failure?: string;
  /** Streams that were not studied because there are too many; absent when all were. */
  readonly unstudied?: number;
}

export interface FindingData {
  readonly id: string;
  readonly title: string;
  /** null: about the capture. */
  readonly stream: number | null;
  readonly severity: FindingSeverity;
  readonly confidence: 'certain' | 'likely' | 'possible';
  /** Packet indices, at most 100. */
  readonly packets: readonly number[];
  readonly packetCount: number;
  readonly text: string;
}

/** All findings of one id. */
export interface FindingGroup {
  readonly id: string;
  readonly title: string;
  readonly doc: string;
  /** Worst of them. */
  readonly severity: FindingSeverity;
  readonly count: number;
}

export interface FindingPage {
  readonly total: number;
  readonly rows: readonly FindingData[];
}

/** Where a stream's time went, nanoseconds. */
export interface StreamReportData {
  readonly stream: number;
  readonly verdict: string;
  readonly findings: readonly FindingData[];
  readonly closedBy: 'client' | 'server' | 'both' | null;
  /** Names of RFC 9293; null when nothing is known. */
  readonly clientState: string | null;
  readonly serverState: string | null;
  readonly retransmittedPercent: number;
  readonly phases: readonly { readonly name: string; readonly nanoseconds: number }[];
}

export interface FindingApi {
  /** Findings of a stream, or of the capture as a whole, the worst first; empty before the study has ended. */
  findings(request: { readonly stream: number | null }): readonly FindingData[];
  /** All ids that were found, the worst first. */
  findingGroups(): readonly FindingGroup[];
  /** Findings of one id, in order of streams. */
  findingPage(request: { readonly id: string; readonly start: number; readonly count: number }): FindingPage;
  streamReport(request: { readonly stream: number }): StreamReportData | null;
  /** What a stream's row says on hover: verdict, findings, where the time went. */
  streamCard(request: { readonly stream: number }): CardDocument | null;
  /** The finding whose first packet comes after (before) this one; around the end it begins again. null without findings. */
  nextFinding(request: { readonly packet: number | null; readonly step: 1 | -1 }): FindingData | null;
  cancelStudy(): null;
  resumeStudy(): null;
}
