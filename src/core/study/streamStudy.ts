import { SegmentJudge } from '../analysis/segmentJudge';
import { VERDICT_KEEP_ALIVE, VERDICT_RETRANSMISSION, VERDICT_WINDOW_PROBE } from '../analysis/segmentVerdict';
import type { Direction } from '../bytes/units';
import { movesStates } from '../decode/segment';
import { compareFindings, type CaptureFacts, type Detector } from '../findings/detector';
import { DETECTORS } from '../findings/detectors';
import { UNKNOWN_STATE, type Finding, type StreamReport } from '../findings/finding';
import { findingSpec } from '../findings/findingSpecs';
import { LISTEN, SYN_RECEIVED } from '../stream/endpointStates';
import type { VerdictSink } from '../table/verdictTable';
import { DUPLICATE } from './duplicates';
import { PhaseClock } from './phases';
import { StreamFacts } from './streamFacts';
import type { StudySegment } from './studySegment';
import { closedBy, retransmittedPercent, verdictSentence } from './verdictSentence';

/** One stream under study: its facts, the two state machines, and the detectors that it came to need. */
export class StreamStudy {
  readonly facts = new StreamFacts();
  private readonly judge: SegmentJudge;
  private readonly detectors: (Detector | undefined)[] = [];
  private readonly clock = new PhaseClock();
  private readonly before: [number, number] = [0, 0];
  private dataSegments = 0;
  private retransmitted = 0;
  private begun = false;

  constructor(verdicts: VerdictSink) {
    this.judge = this.facts.judge = new SegmentJudge(verdicts);
  }

  observe(s: StudySegment): void {
    s.verdict = this.judge.observe(s);
    s.unshownProbe = this.judge.unshownProbe;
    const { facts, detectors } = this;
    if (!this.begun) {
      this.begun = true;
      facts.begin(s);
    }
    if (s.verdict & DUPLICATE) facts.states.pass();
    else if (!s.segment.quoted) this.move(s);
    for (let i = 0; i < DETECTORS.length; i++) {
      let detector = detectors[i];
      if (!detector) {
        const kind = DETECTORS[i]!;
        if (!kind.wants(s, facts)) continue;
        detector = detectors[i] = kind.create();
      }
      detector.observe(s, facts);
    }
    facts.update(s);
  }

  /** Moves the state machines and the clock of the phases; counts what is sent again. */
  private move(s: StudySegment): void {
    const { facts, before } = this;
    before[0] = facts.states.state(0);
    before[1] = facts.states.state(1);
    if (movesStates(s.segment.header, s.segment.known)) facts.states.observe(s.segment, s.direction);
    else facts.states.pass();
    if (facts.packets > 0) this.clock.observe(s, facts, before);
    if (s.length > 0 && !(s.verdict & (VERDICT_KEEP_ALIVE | VERDICT_WINDOW_PROBE))) {
      this.dataSegments++;
      if (s.verdict & VERDICT_RETRANSMISSION) this.retransmitted++;
    }
  }

  /** What is to be said of the stream. May be asked at any time. */
  report(capture: CaptureFacts): StreamReport {
    const { facts } = this;
    const findings = this.findings(capture);
    const percent = retransmittedPercent(this.dataSegments, this.retransmitted);
    return {
      stream: facts.stream,
      timed: facts.timed,
      findings,
      verdict: verdictSentence(facts, findings, this.clock, percent),
      phases: this.clock.phases(facts.client),
      closedBy: closedBy(facts, findings),
      clientState: this.stateOf(facts.client),
      serverState: this.stateOf(facts.server),
      retransmittedPercent: percent,
    };
  }

  /** Of an end that showed nothing of itself no state is known. */
  private stateOf(end: Direction): number {
    const state = this.facts.states.state(end);
    return this.facts.ends[end].packets === 0 && (state === SYN_RECEIVED || state === LISTEN) ? UNKNOWN_STATE : state;
  }

  /** Decides what the end of the capture leaves open, as far as verdicts go. May be called again after more segments. */
  finish(): void {
    this.judge.finish();
  }

  /** Ranked: the one that explains most of the harm first. May be asked at any time. */
  findings(capture: CaptureFacts): Finding[] {
    const found: Finding[] = [];
    for (const detector of this.detectors) if (detector) found.push(...detector.findings(this.facts, capture));
    return withoutExplained(found).sort(compareFindings);
  }
}

/** Leaves out what another finding of the stream explains. */
function withoutExplained(found: Finding[]): Finding[] {
  const explained = new Set(found.flatMap((f) => findingSpec(f.id)!.explains ?? []));
  if (explained.size === 0) return found;
  return found.filter((f) => !explained.has(f.id) && !explained.has(`${f.id.slice(0, f.id.indexOf('.'))}.*`));
}
