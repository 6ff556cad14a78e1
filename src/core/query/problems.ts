import { LABELS, type LabelSpec } from '../analysis/labels';
import {
  LABEL_ACK_LOST_SEGMENT,
  LABEL_FAST_RETRANSMISSION,
  LABEL_LOST_SEGMENT,
  LABEL_OUT_OF_ORDER,
  LABEL_RETRANSMISSION,
  LABEL_WINDOW_FULL,
  LABEL_ZERO_WINDOW,
} from '../analysis/segmentAnalysis';
import { VERDICT_OUT_OF_ORDER, VERDICT_RETRANSMISSION, VERDICT_UNKNOWN } from '../analysis/segmentVerdict';
import { NO_PACKET } from '../bytes/units';
import { duration } from '../explain/words';
import { findingSpec } from '../findings/findingSpecs';
import { t } from '../l10n';
import type { CaptureModel } from './captureModel';
import { originalOf } from './relations';
import type { Problem, ProblemRelated } from './textApi';

/** Most problems that one answer holds. */
const MOST = 1000;
/** Findings among them, and packets that one of them points to. */
const MOST_FINDINGS = 200;
const MOST_RELATED = 10;

/** Labels of warning severity, worst first. */
const WORST_FIRST: readonly number[] = [
  LABEL_ZERO_WINDOW,
  LABEL_RETRANSMISSION,
  LABEL_FAST_RETRANSMISSION,
  LABEL_WINDOW_FULL,
  LABEL_LOST_SEGMENT,
  LABEL_ACK_LOST_SEGMENT,
  LABEL_OUT_OF_ORDER,
];
const RETRANSMITTED = LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION | LABEL_OUT_OF_ORDER;

/**
 * The problems of a whole capture, worst first, at most `most`: what an editor lists beside the text.
 * Where further sources of problems are added (findings), they go first: they explain what a label only names.
 */
export function problems(model: CaptureModel, most: number): readonly Problem[] {
  const count = Math.max(0, Math.min(MOST, most));
  const found = findingProblems(model, Math.min(count, MOST_FINDINGS));
  return [...found, ...labelProblems(model, count - found.length)];
}

/** Findings of warning severity or worse, errors first; each with the packets that it rests on. */
function findingProblems(model: CaptureModel, most: number): readonly Problem[] {
  const { study } = model;
  if (!study) return [];
  const grave = study.entries.filter((entry) => entry.severity >= 2 && entry.packet !== NO_PACKET).sort((a, b) => b.severity - a.severity || a.packet - b.packet);
  return grave.slice(0, most).flatMap((entry) => {
    const finding = study.finding(entry);
    const packet = finding?.packets[0];
    if (!finding || packet === undefined) return [];
    const related = finding.packets.slice(1, 1 + MOST_RELATED).map((other) => ({ packet: other, message: t('packet #{0}', other + 1) }));
    return [{ packet, severity: 'warning' as const, code: finding.id, message: `${t(findingSpec(finding.id)?.title ?? finding.id)}: ${finding.text}`, related }];
  });
}

function labelProblems(model: CaptureModel, most: number): readonly Problem[] {
  const table = model.packets;
  const specs = WORST_FIRST.map((bit) => LABELS.find((label) => label.bit === bit)).filter((label): label is LabelSpec => label?.severity === 'warning');
  const all = specs.reduce((bits, label) => bits | label.bit, 0);
  const found: number[][] = specs.map(() => []);
  for (let packet = 0; packet < table.length; packet++) {
    const labels = table.labels(packet) & all && undisputed(table.labels(packet), model.verdict(packet)) & all;
    if (labels === 0) continue;
    const rank = specs.findIndex((label) => labels & label.bit);
    if (found[rank]!.length < most) found[rank]!.push(packet);
  }
  return specs
    .flatMap((label, rank) => found[rank]!.map((packet) => ({ label, packet })))
    .slice(0, most)
    .map(({ label, packet }) => problemOf(model, label, packet));
}

/** Labels without those that our verdict denies: findings tell of that packet, if anything is to be told. */
function undisputed(labels: number, verdict: number): number {
  if (verdict & VERDICT_UNKNOWN) return labels;
  const resent = verdict & VERDICT_RETRANSMISSION ? 0 : LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION;
  return labels & ~(resent | (verdict & VERDICT_OUT_OF_ORDER ? 0 : LABEL_OUT_OF_ORDER));
}

function problemOf(model: CaptureModel, label: LabelSpec, packet: number): Problem {
  const table = model.packets;
  const sentences = [`${t(label.info)}: ${t(label.doc)}`];
  const related: ProblemRelated[] = [];
  if (label.bit & RETRANSMITTED) {
    const original = originalOf(model, packet);
    if (original !== null) {
      sentences.push(t('First sent {0} before, in packet #{1}.', duration(table.timeBetween(original, packet)[0]), original + 1));
      related.push({ packet: original, message: t('The first transmission, packet #{0}', original + 1) });
    }
    const oldest = table.rtoPacket.get(packet, NO_PACKET);
    if (oldest !== NO_PACKET && oldest !== original) related.push({ packet: oldest, message: t('The oldest segment not yet acknowledged then, packet #{0}', oldest + 1) });
  }
  if (label.bit === LABEL_LOST_SEGMENT) {
    const previous = previousOfSender(model, packet);
    if (previous !== null) related.push({ packet: previous, message: t('The segment of this side before the hole, packet #{0}', previous + 1) });
  }
  return { packet, severity: 'warning', code: label.field, message: sentences.join(' '), related };
}

/** How far back the previous segment of the same side is looked for. */
const REACH = 1000;

function previousOfSender(model: CaptureModel, packet: number): number | null {
  const table = model.packets;
  const direction = table.direction(packet);
  let p = table.previous(packet);
  for (let n = 0; p !== NO_PACKET && n < REACH; n++, p = table.previous(p)) if (table.direction(p) === direction) return p;
  return null;
}
