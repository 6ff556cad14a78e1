import { LABELS } from '../analysis/labels';
import { LABEL_KEEP_ALIVE_ACK } from '../analysis/segmentAnalysis';
import { VERDICT_UNKNOWN, type Evidence } from '../analysis/segmentVerdict';
import { VERDICTS, verdictSpecs } from '../analysis/verdicts';
import type { PacketIndex } from '../bytes/units';
import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import { readRecord } from '../query/packetDetail';
import type { CardDocument, Inline, Rich } from './card';
import { kernelLines } from './kernelLines';
import { labelEvidence } from './labelEvidence';
import { withTextLabels } from './textLabels';
import { verdictEvidence, verdictShares, wiresharkDiffers } from './verdictEvidence';

/**
 * Why a packet has what is said of it: our verdicts first, then Wireshark's labels. Where they differ, ours says what Wireshark's rests
 * on, and Wireshark's what ours is.
 */
export async function packetEvidence(model: CaptureModel, packet: PacketIndex): Promise<readonly Evidence[]> {
  if (!model.packets.isTcp(packet)) return [];
  const { verdicts } = model;
  const verdict = model.verdict(packet);
  const labels = withTextLabels(labelEvidence(model, packet), await labelsOfText(model, packet));
  if (!verdicts || verdict & VERDICT_UNKNOWN) return labels;
  const ours = await verdictEvidence(model, verdicts, packet);
  const differs = wiresharkDiffers(model, verdict, packet);
  const [first, ...rest] = ours;
  const told = first && differs ? [{ ...first, rival: [first.rival, differs].filter((s) => s !== '').join(' ') }, ...rest] : ours;
  return [...told, ...labels.map((evidence) => contradicted(model, packet, evidence))];
}

/** LABEL_* bits that the text itself carries, -1 without. */
async function labelsOfText(model: CaptureModel, packet: PacketIndex): Promise<number> {
  return model.reader.info.text ? (await readRecord(model, packet)).record.textLabels : -1;
}

/** One of Wireshark's labels that our verdict does not share says so. */
function contradicted(model: CaptureModel, packet: PacketIndex, evidence: Evidence): Evidence {
  const { labels, verdict } = model.marks(packet);
  const label = LABELS.find((l) => l.field === evidence.field);
  if (!label || evidence.fromText || labels & label.bit || verdictShares(label.bit, verdict)) return evidence;
  const names = verdictSpecs(verdict).map((spec) => t(spec.badge));
  const words =
    names.length > 0 ? t('Our verdict: {0}.', names.join(', '))
    : label.bit === LABEL_KEEP_ALIVE_ACK ? t('Our verdict: it answers a window probe.')
    : t('Our verdict: none. With SACK, timestamps, IP IDs and round trips taken into account nothing of the kind shows.');
  return { ...evidence, rival: [evidence.rival, words].filter((s) => s !== '').join(' ') };
}

/** Words about a verdict or label that are the same for every packet. */
interface Named {
  readonly title: string;
  readonly doc: string;
  readonly story: string;
  readonly sources: readonly string[];
}

/** Several verdicts share a field (both kinds of duplicate): `bits` tells which. */
export function nameOf(field: string, verdict: number): Named | null {
  const spec = VERDICTS.find((v) => v.field === field && verdict & v.bit) ?? VERDICTS.find((v) => v.field === field);
  if (spec) return { title: t(spec.badge), doc: t(spec.doc), story: t(spec.story), sources: spec.source.split('; ') };
  const label = LABELS.find((l) => l.field === field);
  return label ? { title: t(label.info), doc: t(label.doc), story: t(label.story), sources: label.source.split('; ') } : null;
}

/** Evidence as cards, one for each verdict and label. */
export async function evidenceCards(model: CaptureModel, packet: PacketIndex): Promise<readonly CardDocument[]> {
  const verdict = model.verdict(packet);
  return (await packetEvidence(model, packet)).map((evidence) => evidenceCard(evidence, verdict));
}

/** Whether a node names badges instead of a part of the field tree. */
export function namesBadges(node: string): boolean {
  return node.startsWith('segment.') || node.startsWith('tcp.analysis.');
}

/** The card of one badge of a packet, or of several in one (their fields joined by commas); null when it has none of them. */
export async function badgeCard(model: CaptureModel, packet: PacketIndex, fields: string): Promise<CardDocument | null> {
  const wanted = fields.split(',');
  const cards = await evidenceCards(model, packet);
  const found = cards.filter((card) => wanted.includes(card.id));
  const [first, ...others] = found;
  if (!first || others.length === 0) return first ?? null;
  return { ...first, here: [...first.here, ...others.flatMap((card) => [card.headline, ...card.here])], story: [], sources: [] };
}

function evidenceCard(evidence: Evidence, verdict: number): CardDocument {
  const named = nameOf(evidence.field, verdict);
  const ours = evidence.field.startsWith('segment.');
  const title = named ? (ours ? named.title.charAt(0).toUpperCase() + named.title.slice(1) : `[${named.title}]`) : evidence.field;
  const here: Rich[] = [[ours || evidence.fromText ? '' : t('Wireshark\'s rule: '), ...linked(evidence.rule)].filter((part) => part !== '')];
  if (evidence.measured) here.push([t('Measured: '), ...linked(evidence.measured)]);
  const others = evidence.packets.filter((p) => !`${evidence.rule} ${evidence.measured}`.includes(`#${p + 1}`));
  if (others.length > 0) here.push([t('It rests on '), ...others.flatMap((p, i): Inline[] => [i > 0 ? ', ' : '', { packet: p, text: `#${p + 1}` }])]);
  if (evidence.rival) here.push(linked(evidence.rival));
  if (evidence.text) here.push([evidence.text]);
  if (ours) here.push([t('Confidence: {0}', confidenceWord(evidence.confidence))]);
  return {
    id: evidence.field,
    title,
    headline: [{ strong: title }, named ? ` ${named.doc}` : ''],
    here,
    story: [...(named ? [[named.story]] : []), ...kernelLines(evidence.field)],
    sources: named?.sources ?? [],
    filter: evidence.field,
    copy: title,
  };
}

export function confidenceWord(confidence: Evidence['confidence']): string {
  return confidence === 'certain' ? t('certain') : confidence === 'likely' ? t('likely') : t('possible');
}

/** "#12" in our own sentences becomes a link to the packet. */
function linked(text: string): Rich {
  const parts: Inline[] = [];
  for (const part of text.split(/(#\d+)/)) {
    if (part === '') continue;
    parts.push(/^#\d+$/.test(part) ? { packet: Number(part.slice(1)) - 1, text: part } : part);
  }
  return parts;
}
