import type { SegmentAnalysis } from '../analysis/segmentAnalysis';
import { NO_STREAM, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import type { CaptureFault } from '../capture/captureReader';
import type { Segment } from '../decode/segment';
import { compareFindings, type CaptureFacts } from '../findings/detector';
import { captureDetectors } from '../findings/detectors';
import type { Finding, StreamReport } from '../findings/finding';
import { isAnswer, OptionHabits } from '../findings/optionsStripped';
import type { PipelineRow, SegmentObserver } from '../index/pipeline';
import { VerdictTable } from '../table/verdictTable';
import { StreamStudy } from './streamStudy';
import { StudySegment } from './studySegment';

/**
 * Studies all streams of a capture in one pass: an observer of the pipeline. Reports may be asked for at any time and again
 * after more of the capture was read.
 */
export class CaptureStudy implements SegmentObserver {
  private readonly studies: StreamStudy[] = [];
  private readonly detectors = captureDetectors();
  private readonly s = new StudySegment();
  /** Our verdicts on all segments, by packet. */
  readonly verdicts = new VerdictTable();
  private readonly facts: { -readonly [K in keyof CaptureFacts]: CaptureFacts[K] } = { packets: 0, firstTime: NaN, lastTime: NaN, fault: null, verdicts: this.verdicts, habits: new OptionHabits() };

  /** Streams seen so far. */
  get streams(): number {
    return this.studies.length;
  }

  get capture(): CaptureFacts {
    return this.facts;
  }

  observe(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex, time: Nanoseconds, frameLength: number, row: PipelineRow): void {
    const stream = analysis.stream;
    if (stream === NO_STREAM) return;
    const s = this.s;
    s.take(segment, analysis, packet, time, frameLength, row);
    const study = (this.studies[stream] ??= new StreamStudy(this.verdicts));
    if (analysis.newStream && analysis.replaces !== NO_STREAM) study.facts.previous = this.studies[analysis.replaces]?.facts ?? null;
    if (isAnswer(s)) this.facts.habits.observe(s, study.facts);
    for (const detector of this.detectors) detector.observe?.(s, study.facts);
    study.observe(s);
  }

  /** Takes in a frame, TCP or not; to be called for each, after its headers were observed. */
  observeRow(row: PipelineRow): void {
    const { facts } = this;
    facts.packets = row.packet + 1;
    if (row.record.hasTime) {
      if (Number.isNaN(facts.firstTime)) facts.firstTime = row.time;
      if (!(row.time <= facts.lastTime)) facts.lastTime = row.time;
    }
    for (const detector of this.detectors) detector.observeRow?.(row);
  }

  /**
   * Decides what the end of the capture leaves open in `verdicts`; to be called before findings are asked for, again after growth.
   * `fault`: why reading ended early.
   */
  finish(fault: CaptureFault | null = null): void {
    this.facts.fault = fault;
    for (const study of this.studies) study.finish();
  }

  /** The study of a stream, or null for one that has not been seen. */
  study(stream: StreamIndex): StreamStudy | null {
    return this.studies[stream] ?? null;
  }

  /** Findings about the capture as a whole, ranked. */
  captureFindings(): Finding[] {
    const found: Finding[] = [];
    for (const detector of this.detectors) found.push(...detector.findings(this.facts, (stream) => this.study(stream)?.facts ?? null));
    return found.sort(compareFindings);
  }

  /** Findings of one stream, ranked. */
  streamFindings(stream: StreamIndex): Finding[] {
    return this.study(stream)?.findings(this.facts) ?? [];
  }

  /** What is to be said of one stream, or null for one that has not been seen. */
  report(stream: StreamIndex): StreamReport | null {
    return this.study(stream)?.report(this.facts) ?? null;
  }
}
