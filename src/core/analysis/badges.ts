import { t } from '../l10n';
import { LABELS, type LabelSeverity } from './labels';
import {
  LABEL_DUPLICATE_ACK,
  LABEL_FAST_RETRANSMISSION,
  LABEL_KEEP_ALIVE,
  LABEL_KEEP_ALIVE_ACK,
  LABEL_OUT_OF_ORDER,
  LABEL_RETRANSMISSION,
  LABEL_SPURIOUS_RETRANSMISSION,
  LABEL_ZERO_WINDOW_PROBE,
  LABEL_ZERO_WINDOW_PROBE_ACK,
} from './segmentAnalysis';
import { VERDICT_DUPLICATE_CAPTURE, VERDICT_DUPLICATE_NETWORK } from './segmentVerdict';
import { VERDICTS } from './verdicts';

/** What is told of a segment at a glance. */
export interface Badge {
  /** `segment.*` where it is our verdict, `tcp.analysis.*` where it is one of Wireshark's labels; its evidence goes by this name. */
  readonly field: string;
  readonly text: string;
  readonly severity: LabelSeverity;
}

/** What the badges of a segment are made of. */
export interface ShownMarks {
  /** LABEL_* bits that are shown: all of Wireshark's until the segment has been judged, then those that our verdict says nothing about. */
  readonly labels: number;
  /** VERDICT_* bits; VERDICT_UNKNOWN until the segment has been judged. */
  readonly verdict: number;
}

/** Wireshark's labels about whose subject we have a verdict of our own. */
export const JUDGED_LABELS = LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION | LABEL_SPURIOUS_RETRANSMISSION | LABEL_OUT_OF_ORDER | LABEL_KEEP_ALIVE | LABEL_ZERO_WINDOW_PROBE;
/** Labels that say what a segment meant to its receiver: of a copy they are untrue. */
const NOT_OF_A_COPY = LABEL_DUPLICATE_ACK | LABEL_KEEP_ALIVE_ACK | LABEL_ZERO_WINDOW_PROBE_ACK;
const COPY = VERDICT_DUPLICATE_CAPTURE | VERDICT_DUPLICATE_NETWORK;

/** LABEL_* bits that are shown beside a verdict. `answersProbe`: the segment answers what is by our verdict a window probe, not a keep-alive. */
export function shownLabels(labels: number, verdict: number, answersProbe: boolean): number {
  const hidden = JUDGED_LABELS | (verdict & COPY ? NOT_OF_A_COPY : 0) | (answersProbe ? LABEL_KEEP_ALIVE_ACK : 0);
  return labels & ~hidden;
}

/** Badges of a segment: our verdicts first, then Wireshark's labels in the order of its Info column. `count`: which duplicate ACK it is ("6#1"). */
export function badgesOf({ labels, verdict }: ShownMarks, count = ''): readonly Badge[] {
  if (labels === 0 && (verdict & 0xff) === 0) return NONE;
  const badges: Badge[] = [];
  for (const spec of VERDICTS) if (verdict & spec.bit) badges.push({ field: spec.field, text: t(spec.badge), severity: spec.severity });
  for (const label of LABELS) {
    if (!(labels & label.bit)) continue;
    const text = t(label.badge);
    badges.push({ field: label.field, text: count !== '' && label.bit === LABEL_DUPLICATE_ACK ? `${text} ${count}` : text, severity: label.severity });
  }
  return badges;
}

const NONE: readonly Badge[] = [];

const WARNING_LABELS = LABELS.reduce((bits, label) => (label.severity === 'warning' ? bits | label.bit : bits), 0);
const WARNING_VERDICTS = VERDICTS.reduce((bits, spec) => (spec.severity === 'warning' ? bits | spec.bit : bits), 0);

/** The gravest of the badges. */
export function marksSeverity({ labels, verdict }: ShownMarks): 'none' | LabelSeverity {
  if (labels & WARNING_LABELS || verdict & WARNING_VERDICTS) return 'warning';
  return labels !== 0 || (verdict & 0xff) !== 0 ? 'note' : 'none';
}
