import { LABELS } from '../analysis/labels';
import type { Evidence } from '../analysis/segmentVerdict';
import { VERDICTS } from '../analysis/verdicts';
import type { PacketIndex } from '../bytes/units';
import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import type { CardDocument, Inline, Rich } from './card';
import { kernelLines } from './kernelLines';
import { labelEvidence } from './labelEvidence';
import { verdictEvidence, wiresharkDiffers } from './verdictEvidence';

/** Why a packet has what is said of it: our verdicts first, then Wireshark's labels. Where they differ, ours says what Wireshark's rests on. */
export async function packetEvidence(model: CaptureModel, packet: PacketIndex): Promise<readonly Evidence[]> {
  if (!model.packets.isTcp(packet)) return [];
  const { verdicts } = model;
  const ours = verdicts ? await verdictEvidence(model, verdicts, packet) : [];
  const differs = verdicts ? wiresharkDiffers(model, verdicts.get(packet), packet) : '';
  const [first, ...rest] = ours;
  const told = first && differs ? [{ ...first, rival: [first.rival, differs].filter((s) => s !== '').join(' ') }, ...rest] : ours;
  return [...told, ...labelEvidence(model, packet)];
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
  if (spec) return { title: t(spec.badge), doc: t(spec.doc), story: t(spec.rule), sources: [] };
  const label = LABELS.find((l) => l.field === field);
  return label ? { title: t(label.info), doc: t(label.doc), story: t(label.story), sources: label.source.split('; ') } : null;
}

/** Evidence as cards, one for each verdict and label. */
export async function evidenceCards(model: CaptureModel, packet: PacketIndex): Promise<readonly CardDocument[]> {
  const verdict = model.verdicts?.get(packet) ?? 0;
  return (await packetEvidence(model, packet)).map((evidence) => evidenceCard(evidence, verdict));
}

/** A card for each of Wireshark's labels that the packet carries, of those in `which`. */
export function labelCards(model: CaptureModel, packet: PacketIndex, which: number): readonly CardDocument[] {
  return labelEvidence(model, packet, which).map((evidence) => evidenceCard(evidence, 0));
}

function evidenceCard(evidence: Evidence, verdict: number): CardDocument {
  const named = nameOf(evidence.field, verdict);
  const ours = evidence.field.startsWith('segment.');
  const title = named ? (ours ? named.title.charAt(0).toUpperCase() + named.title.slice(1) : `[${named.title}]`) : evidence.field;
  const here: Rich[] = [[ours ? '' : t('Wireshark\'s rule: '), ...linked(evidence.rule)].filter((part) => part !== '')];
  if (evidence.measured) here.push([t('Measured: '), ...linked(evidence.measured)]);
  const others = evidence.packets.filter((p) => !`${evidence.rule} ${evidence.measured}`.includes(`#${p + 1}`));
  if (others.length > 0) here.push([t('It rests on '), ...others.flatMap((p, i): Inline[] => [i > 0 ? ', ' : '', { packet: p, text: `#${p + 1}` }])]);
  if (evidence.rival) here.push(linked(evidence.rival));
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
