import type { SegmentAnalysis } from '../analysis/segmentAnalysis';
import { NO_STREAM, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import type { CaptureFault } from '../capture/captureReader';
import type { Segment } from '../decode/segment';
import { compareFindings, type CaptureDetector, type CaptureFacts } from '../findings/detector';
import { captureDetectors } from '../findings/detectors';
import type { Finding, StreamReport } from '../findings/finding';
import { isAnswer, OptionHabits } from '../findings/optionsStripped';
import type { PipelineRow, SegmentObserver } from '../index/pipeline';
import { VerdictTable } from '../table/verdictTable';
import { StreamStudy } from './streamStudy';
import { StudySegment } from './studySegment';

/**
 * Segments that are gathered before they are studied, stream by stream: what is kept of a stream fills some kilobytes, and with
 * thousands of streams taking turns it would have to be fetched from memory for every single segment.
 */
const BATCH = 8192;

const NONE = -1;

/**
 * Studies all streams of a capture in one pass: an observer of the pipeline. Reports may be asked for once `finish` was called, and again
 * after more of the capture was read and `finish` was called again.
 */
export class CaptureStudy implements SegmentObserver {
  private readonly studies: StreamStudy[] = [];
  private readonly detectors = captureDetectors();
  private readonly observers: readonly CaptureDetector[] = this.detectors.filter((detector) => 'observe' in detector);
  private readonly rowObservers: readonly CaptureDetector[] = this.detectors.filter((detector) => 'observeRow' in detector);
  /** Segments that wait to be studied, each with the place of the next one of its stream. */
  private readonly waiting: StudySegment[] = [];
  private readonly following = new Int32Array(BATCH);
  private waits = 0;
  /** First and last place in `waiting` by stream, of the streams that have one, in order of their first. */
  private readonly order: StreamIndex[] = [];
  private readonly first: number[] = [];
  private readonly last: number[] = [];
  /** Our verdicts on all segments, by packet. */
  readonly verdicts = new VerdictTable();
  private readonly facts: { -readonly [K in keyof CaptureFacts]: CaptureFacts[K] } = { packets: 0, firstTime: NaN, lastTime: NaN, fault: null, verdicts: this.verdicts, habits: new OptionHabits() };

  /** Streams beyond `mostStreams`: nothing is said of them. */
  unstudied = 0;

  /** `mostStreams`: how many are studied. Each takes some kilobytes, and a flood of forged SYNs can have millions. */
  constructor(readonly mostStreams = Infinity) {}

  /** Streams studied so far. */
  get streams(): number {
    return this.studies.length;
  }

  get capture(): CaptureFacts {
    return this.facts;
  }

  observe(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex, time: Nanoseconds, _frameLength: number, row: PipelineRow): void {
    const stream = analysis.stream;
    if (stream === NO_STREAM) return;
    if (stream >= this.mostStreams) {
      this.unstudied = Math.max(this.unstudied, stream + 1 - this.mostStreams);
      return;
    }
    const place = this.waits++;
    const s = (this.waiting[place] ??= new StudySegment());
    s.take(segment, analysis, packet, time, row);
    this.following[place] = NONE;
    const before = this.last[stream] ?? NONE;
    if (before === NONE) {
      this.order.push(stream);
      this.first[stream] = place;
    } else this.following[before] = place;
    this.last[stream] = place;
    if (this.waits === BATCH) this.flush();
  }

  /** Studies what waits. A stream that another one replaces comes first in the file, and so it does here. */
  private flush(): void {
    for (const stream of this.order) {
      const study = (this.studies[stream] ??= new StreamStudy(this.verdicts));
      for (let place = this.first[stream]!; place !== NONE; place = this.following[place]!) this.studyOne(this.waiting[place]!, study);
      this.last[stream] = NONE;
    }
    this.order.length = 0;
    this.waits = 0;
  }

  private studyOne(s: StudySegment, study: StreamStudy): void {
    const { analysis } = s;
    if (analysis.newStream && analysis.replaces !== NO_STREAM) study.facts.previous = this.studies[analysis.replaces]?.facts ?? null;
    if (isAnswer(s)) this.facts.habits.observe(s, study.facts);
    for (const detector of this.observers) detector.observe!(s, study.facts);
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
    for (const detector of this.rowObservers) detector.observeRow!(row);
  }

  /**
   * Decides what the end of the capture leaves open in `verdicts`; to be called before findings are asked for, again after growth.
   * `fault`: why reading ended early.
   */
  finish(fault: CaptureFault | null = null): void {
    this.flush();
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
