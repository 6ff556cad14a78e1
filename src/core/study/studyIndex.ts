import type { PacketIndex, StreamIndex } from '../bytes/units';
import { NO_PACKET } from '../bytes/units';
import type { Finding, Severity, StreamReport } from '../findings/finding';
import { FINDING_SPECS, findingSpec } from '../findings/findingSpecs';
import type { VerdictTable } from '../table/verdictTable';
import type { CaptureStudy } from './captureStudy';

/** Ranks of severities in the index: 0 is "no finding". */
export const SEVERITIES: readonly (Severity | null)[] = [null, 'info', 'warning', 'error'];

/** Findings that are listed; a flood can have one or more for each of a million streams. */
const MOST_ENTRIES = 1_000_000;

/** Where one finding is: look it up again with `CaptureStudy`. */
export interface FindingEntry {
  /** null: about the capture. */
  readonly stream: StreamIndex | null;
  /** Place in the list of its stream (or of the capture). */
  readonly place: number;
  /** Rank of its id in FINDING_SPECS. */
  readonly rank: number;
  readonly severity: number;
  /** First packet, NO_PACKET when it names none. */
  readonly packet: PacketIndex;
}

/** All findings of a finished study, by id and by packet, and what tables sort streams by. The findings themselves are made anew when asked for. */
export class StudyIndex {
  readonly entries: FindingEntry[] = [];
  /** Places in `entries` of the findings that F8 steps through, by packet: warnings and errors, or all when there are none. */
  steps: readonly FindingEntry[] = [];
  /** Entries by rank of their id. */
  readonly byRank: (FindingEntry[] | undefined)[] = [];
  readonly counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  /** Per stream: worst severity (place in SEVERITIES), rank of the first finding + 1, percent retransmitted, how many findings. */
  private severity = new Uint8Array(0);
  private first = new Uint16Array(0);
  private percent = new Float32Array(0);
  private count = new Uint16Array(0);
  private next = 0;
  /** Packets that were studied. */
  readonly packets: number;
  /** Streams that were studied, and those that were too many. */
  readonly streams: number;
  readonly unstudied: number;

  constructor(private readonly study: CaptureStudy) {
    this.packets = study.capture.packets;
    this.streams = study.streams;
    this.unstudied = study.unstudied;
    this.study.captureFindings().forEach((finding, place) => this.add(finding, null, place));
    this.severity = new Uint8Array(study.streams);
    this.first = new Uint16Array(study.streams);
    this.percent = new Float32Array(study.streams);
    this.count = new Uint16Array(study.streams);
  }

  /** Takes in up to `count` more streams; false when all are in. */
  build(count: number): boolean {
    const end = Math.min(this.severity.length, this.next + count);
    for (; this.next < end; this.next++) {
      const report = this.study.report(this.next);
      if (!report) continue;
      const { findings } = report;
      this.percent[this.next] = report.retransmittedPercent;
      this.count[this.next] = Math.min(0xffff, findings.length);
      if (findings.length > 0) this.first[this.next] = findingSpec(findings[0]!.id)!.rank + 1;
      findings.forEach((finding, place) => {
        this.severity[this.next] = Math.max(this.severity[this.next]!, SEVERITIES.indexOf(finding.severity));
        this.add(finding, this.next, place);
      });
    }
    if (this.next < this.severity.length) return true;
    const grave = this.entries.filter((e) => e.severity >= 2 && e.packet !== NO_PACKET);
    this.steps = (grave.length > 0 ? grave : this.entries.filter((e) => e.packet !== NO_PACKET)).sort((a, b) => a.packet - b.packet);
    return false;
  }

  private add(finding: Finding, stream: StreamIndex | null, place: number): void {
    this.counts[finding.severity]++;
    if (this.entries.length >= MOST_ENTRIES) return;
    const { rank } = findingSpec(finding.id)!;
    const entry: FindingEntry = { stream, place, rank, severity: SEVERITIES.indexOf(finding.severity), packet: finding.packets[0] ?? NO_PACKET };
    this.entries.push(entry);
    (this.byRank[rank] ??= []).push(entry);
  }

  /** Our verdicts on all segments. */
  get verdicts(): VerdictTable {
    return this.study.verdicts;
  }

  severityOf(stream: StreamIndex): number {
    return this.severity[stream] ?? 0;
  }

  percentOf(stream: StreamIndex): number | null {
    return stream < this.percent.length ? this.percent[stream]! : null;
  }

  countOf(stream: StreamIndex): number {
    return this.count[stream] ?? 0;
  }

  /** Title of the finding that explains most of a stream's harm; empty without one. */
  firstTitle(stream: StreamIndex): string {
    const rank = this.first[stream] ?? 0;
    return rank === 0 ? '' : FINDING_SPECS[rank - 1]!.title;
  }

  firstRank(stream: StreamIndex): number {
    const rank = this.first[stream] ?? 0;
    return rank === 0 ? FINDING_SPECS.length : rank - 1;
  }

  report(stream: StreamIndex): StreamReport | null {
    return stream < this.severity.length ? this.study.report(stream) : null;
  }

  captureFindings(): readonly Finding[] {
    return this.study.captureFindings();
  }

  /** The finding behind an entry, or null when it is there no more. */
  finding(entry: FindingEntry): Finding | null {
    const list = entry.stream === null ? this.study.captureFindings() : this.study.streamFindings(entry.stream);
    return list[entry.place] ?? null;
  }
}
