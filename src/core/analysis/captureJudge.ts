import { seqAdd } from '../bytes/seq';
import { NO_STREAM, UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, DERIVED_SEQ, FIN, KNOWN_ACK, KNOWN_SEQ, SYN, type Segment } from '../decode/segment';
import type { PipelineRow, SegmentObserver } from '../index/pipeline';
import { VerdictTable } from '../table/verdictTable';
import type { SegmentAnalysis } from './segmentAnalysis';
import { SegmentJudge, type JudgedSegment } from './segmentJudge';

/** Judges every stream of a capture: our verdicts and nothing else. */
export class CaptureJudge implements SegmentObserver {
  readonly verdicts = new VerdictTable();
  private readonly judges: SegmentJudge[] = [];
  private readonly judged = new Judged();

  observe(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex, time: Nanoseconds, _frameLength: number, row: PipelineRow): void {
    if (analysis.stream === NO_STREAM) return;
    this.judged.take(segment, analysis, packet, time, row);
    (this.judges[analysis.stream] ??= new SegmentJudge(this.verdicts)).observe(this.judged);
  }

  /** Decides what the end of the capture leaves open. */
  finish(): void {
    for (const judge of this.judges) judge.finish();
  }
}

class Judged implements JudgedSegment {
  packet = 0;
  time = 0;
  direction: Direction = 0;
  length = 0;
  end = 0;
  hasSeq = true;
  hasAck = true;
  window = 0;
  segment!: Segment;
  analysis!: SegmentAnalysis;
  row!: PipelineRow;

  take(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex, time: Nanoseconds, row: PipelineRow): void {
    this.packet = packet;
    this.time = time;
    this.direction = analysis.direction;
    this.length = segment.length === UNKNOWN_LENGTH ? 0 : segment.length;
    this.end = seqAdd(segment.seq, this.length + (segment.flags & SYN ? 1 : 0) + (segment.flags & FIN ? 1 : 0));
    this.hasSeq = (segment.known & (KNOWN_SEQ | DERIVED_SEQ)) !== 0;
    this.hasAck = (segment.flags & ACK) !== 0 && (segment.known & KNOWN_ACK) !== 0;
    this.window = analysis.scale > 0 && !(segment.flags & SYN) ? segment.window * 2 ** analysis.scale : segment.window;
    this.segment = segment;
    this.analysis = analysis;
    this.row = row;
  }
}
