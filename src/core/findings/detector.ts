import type { Nanoseconds, StreamIndex } from '../bytes/units';
import type { CaptureFault } from '../capture/captureReader';
import type { PipelineRow } from '../index/pipeline';
import type { StreamFacts } from '../study/streamFacts';
import type { StudySegment } from '../study/studySegment';
import type { VerdictTable } from '../table/verdictTable';
import type { Confidence, Finding, Severity } from './finding';
import { findingSpec } from './findingSpecs';
import type { OptionHabits } from './optionsStripped';
import { packetList, PacketList } from './packetList';

/** What is known of the capture as a whole when findings are made. */
export interface CaptureFacts {
  readonly packets: number;
  readonly firstTime: Nanoseconds;
  readonly lastTime: Nanoseconds;
  /** Why reading ended early; null when the capture is whole, or not yet read to its end. */
  readonly fault: CaptureFault | null;
  /** Our verdicts on all segments. */
  readonly verdicts: VerdictTable;
  /** Options that hosts are known to use. */
  readonly habits: OptionHabits;
}

/**
 * Looks for the findings of one group in one stream. Created with the first segment that its kind wants, which it sees too.
 * Memory is bounded whatever the stream holds.
 */
export interface Detector {
  /** Takes in a segment. `facts` stand as they were before it, `facts.states` and `s.verdict` as they are after it. */
  observe(s: StudySegment, facts: StreamFacts): void;
  /** What was found up to now. Changes nothing: it may be asked again after more segments. */
  findings(facts: StreamFacts, capture: CaptureFacts): readonly Finding[];
}

/** A group of findings and when a stream starts to need its detector. Cheap: asked for every segment until it says yes. */
export interface DetectorKind {
  /** File name of the group: "handshake". */
  readonly group: string;
  wants(s: StudySegment, facts: StreamFacts): boolean;
  create(): Detector;
}

/** Looks for findings of the capture as a whole. */
export interface CaptureDetector {
  /** Every TCP header, quoted ones included; `facts` are those of its stream, before it. In file order within a stream, not from stream to stream. */
  observe?(s: StudySegment, facts: StreamFacts): void;
  /** Every frame, TCP or not, after its headers. */
  observeRow?(row: PipelineRow): void;
  findings(capture: CaptureFacts, streamFacts: (stream: StreamIndex) => StreamFacts | null): readonly Finding[];
}

export interface FindingParts {
  /** null: about the capture. */
  readonly stream: StreamIndex | null;
  readonly text: string;
  readonly packets: PacketList | readonly number[];
  /** Default 'certain'. */
  readonly confidence?: Confidence;
  /** Default: the id's. */
  readonly severity?: Severity;
  /** Nanoseconds lost, where that can be told; default 0. */
  readonly harm?: number;
}

/** A finding of a known id. Throws for an id that findingSpecs does not list: a fault of ours. */
export function finding(id: string, parts: FindingParts): Finding {
  const list = parts.packets instanceof PacketList ? parts.packets : packetList(parts.packets);
  const spec = findingSpec(id);
  if (!spec) throw new Error(`no finding ${id}`);
  return {
    id,
    stream: parts.stream,
    severity: parts.severity ?? spec.severity,
    confidence: parts.confidence ?? 'certain',
    packets: list.packets.slice(),
    packetCount: list.count,
    text: parts.text,
    harm: Math.max(0, parts.harm ?? 0),
  };
}

const SEVERITY_RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** Orders findings of one stream: worst severity, most harm, then the order of findingSpecs. */
export function compareFindings(a: Finding, b: Finding): number {
  return SEVERITY_RANK[a.severity] - SEVERITY_RANK[b.severity] || b.harm - a.harm || findingSpec(a.id)!.rank - findingSpec(b.id)!.rank || (a.packets[0] ?? 0) - (b.packets[0] ?? 0);
}
