import { SegmentJudge } from '../analysis/segmentJudge';
import type { SegmentAnalysis } from '../analysis/segmentAnalysis';
import { NO_STREAM, type Nanoseconds, type PacketIndex } from '../bytes/units';
import type { Segment } from '../decode/segment';
import type { PipelineRow, SegmentObserver } from '../index/pipeline';
import { VerdictTable } from '../table/verdictTable';
import { StudySegment } from './studySegment';

/** Judges every stream of a capture: our verdicts and nothing else of a study. */
export class CaptureJudge implements SegmentObserver {
  readonly verdicts = new VerdictTable();
  private readonly judges: SegmentJudge[] = [];
  private readonly s = new StudySegment();

  observe(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex, time: Nanoseconds, _frameLength: number, row: PipelineRow): void {
    if (analysis.stream === NO_STREAM) return;
    this.s.take(segment, analysis, packet, time, row);
    (this.judges[analysis.stream] ??= new SegmentJudge(this.verdicts)).observe(this.s);
  }

  /** Decides what the end of the capture leaves open. */
  finish(): void {
    for (const judge of this.judges) judge.finish();
  }
}
