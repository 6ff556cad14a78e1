import { findingCard, phaseList, streamCard } from '../explain/findingCards';
import type { CardDocument } from '../explain/card';
import type { Finding, Severity } from '../findings/finding';
import { FINDING_SPECS, findingSpec } from '../findings/findingSpecs';
import { t } from '../l10n';
import { STATE_NAMES } from '../stream/endpointStates';
import { SEVERITIES, type FindingEntry, type StudyIndex } from '../study/studyIndex';
import type { CaptureModel } from './captureModel';
import type { FindingApi, FindingData, FindingGroup, FindingPage, StreamReportData } from './findingApi';

/** Rows of one page. */
const MOST_ROWS = 1000;
/** Cards about findings that one packet gets in the panel. */
const MOST_CARDS = 4;

const METHODS: ReadonlySet<string> = new Set(['findings', 'findingGroups', 'findingPage', 'streamReport', 'streamCard', 'nextFinding']);

/** Whether a method is answered here; `cancelStudy` and `resumeStudy` are the engine's own. */
export function isFindingMethod(method: string): method is Exclude<keyof FindingApi, 'cancelStudy' | 'resumeStudy'> {
  return METHODS.has(method);
}

/** Answers about findings, from the study of the model when there is one. Throws RangeError for streams that do not exist. */
export class FindingQueries {
  constructor(private readonly model: CaptureModel) {}

  answer(method: Exclude<keyof FindingApi, 'cancelStudy' | 'resumeStudy'>, params: unknown): unknown {
    const { study } = this.model;
    switch (method) {
      case 'findings': {
        const { stream } = params as { stream: number | null };
        if (stream === null) return (study?.captureFindings() ?? []).map(findingData);
        return (this.report(stream)?.findings ?? []).map(findingData);
      }
      case 'findingGroups':
        return study ? groups(study) : [];
      case 'findingPage':
        return this.page(params as { id: string; start: number; count: number });
      case 'streamReport':
        return this.streamReport((params as { stream: number }).stream);
      case 'streamCard': {
        const report = this.report((params as { stream: number }).stream);
        return report && streamCard(report);
      }
      case 'nextFinding': {
        const { packet, step } = params as { packet: number | null; step: 1 | -1 };
        return study ? this.next(study, packet, step) : null;
      }
    }
  }

  /** Cards of the findings that rest on a packet: those of its stream, and of the capture. */
  packetCards(packet: number): readonly CardDocument[] {
    const { study, packets } = this.model;
    if (!study) return [];
    const stream = packets.stream(packet);
    const own = stream < this.model.streams.length ? (study.report(stream)?.findings ?? []) : [];
    return [...own, ...study.captureFindings()].filter((f) => f.severity !== 'info' || f.packets.length <= MOST_CARDS).filter((f) => f.packets.includes(packet)).slice(0, MOST_CARDS).map(findingCard);
  }

  private report(stream: number): ReturnType<StudyIndex['report']> {
    if (!(stream >= 0 && stream < this.model.streams.length)) throw new RangeError(`no stream ${stream}`);
    return this.model.study?.report(stream) ?? null;
  }

  private streamReport(stream: number): StreamReportData | null {
    const report = this.report(stream);
    return (
      report && {
        stream,
        verdict: report.verdict,
        findings: report.findings.map(findingData),
        closedBy: report.closedBy,
        clientState: STATE_NAMES[report.clientState] ?? null,
        serverState: STATE_NAMES[report.serverState] ?? null,
        retransmittedPercent: report.retransmittedPercent,
        phases: phaseList(report),
      }
    );
  }

  private page(request: { id: string; start: number; count: number }): FindingPage {
    const { study } = this.model;
    const entries = study?.byRank[findingSpec(request.id)?.rank ?? -1] ?? [];
    const chosen = entries.slice(request.start, request.start + Math.min(MOST_ROWS, request.count));
    return { total: entries.length, rows: chosen.map((entry) => study!.finding(entry)).filter((f) => f !== null).map(findingData) };
  }

  private next(study: StudyIndex, packet: number | null, step: 1 | -1): FindingData | null {
    const { steps } = study;
    if (steps.length === 0) return null;
    const entry = stepFrom(steps, packet, step);
    const found = study.finding(entry);
    return found && findingData(found);
  }
}

/** The entry after (before) a packet in order of packets; past the last one the first follows. */
function stepFrom(steps: readonly FindingEntry[], packet: number | null, step: 1 | -1): FindingEntry {
  if (packet === null) return step > 0 ? steps[0]! : steps.at(-1)!;
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (step > 0 ? steps[middle]!.packet <= packet : steps[middle]!.packet < packet) low = middle + 1;
    else high = middle;
  }
  return step > 0 ? (steps[low] ?? steps[0]!) : (steps[low - 1] ?? steps.at(-1)!);
}

function groups(study: StudyIndex): readonly FindingGroup[] {
  const found: FindingGroup[] = [];
  study.byRank.forEach((entries, rank) => {
    if (!entries || entries.length === 0) return;
    const spec = FINDING_SPECS[rank]!;
    const worst = entries.reduce((severity, entry) => Math.max(severity, entry.severity), 0);
    found.push({ id: spec.id, title: t(spec.title), doc: t(spec.doc), severity: SEVERITIES[worst] ?? 'info', count: entries.length });
  });
  const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
  return found.sort((a, b) => order[a.severity] - order[b.severity]);
}

function findingData(finding: Finding): FindingData {
  const { id, stream, severity, confidence, packets, packetCount, text } = finding;
  return { id, title: t(findingSpec(id)!.title), stream, severity, confidence, packets, packetCount, text };
}
