import { SegmentJudge } from '../analysis/segmentJudge';
import { compareFindings, type CaptureFacts, type Detector } from '../findings/detector';
import { DETECTORS } from '../findings/detectors';
import type { Finding } from '../findings/finding';
import { findingSpec } from '../findings/findingSpecs';
import type { VerdictSink } from '../table/verdictTable';
import { DUPLICATE } from './duplicates';
import { StreamFacts } from './streamFacts';
import type { StudySegment } from './studySegment';

/** One stream under study: its facts, the two state machines, and the detectors that it came to need. */
export class StreamStudy {
  readonly facts = new StreamFacts();
  private readonly judge: SegmentJudge;
  private readonly detectors: (Detector | undefined)[] = [];
  private begun = false;

  constructor(verdicts: VerdictSink) {
    this.judge = this.facts.judge = new SegmentJudge(verdicts);
  }

  observe(s: StudySegment): void {
    s.verdict = this.judge.observe(s);
    const { facts, detectors } = this;
    if (!this.begun) {
      this.begun = true;
      facts.begin(s);
    }
    if (s.verdict & DUPLICATE) facts.states.pass();
    else if (!s.segment.quoted) facts.states.observe(s.segment, s.direction);
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
