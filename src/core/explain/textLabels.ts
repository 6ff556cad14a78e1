import { LABELS } from '../analysis/labels';
import type { Evidence } from '../analysis/segmentVerdict';
import type { PacketIndex } from '../bytes/units';
import { t } from '../l10n';
import type { PacketTable } from '../table/packetTable';

/**
 * Labels that a text carries itself (tshark's "[TCP Retransmission]"), beside those that our analysis of the text gives. Everything
 * that tells where the two differ is said here: the Info column, evidence, hovers, the command line.
 */

/** Names of the labels of `bits` as tshark prints them: "[TCP Retransmission] [TCP Window Full]". */
function names(bits: number): string {
  return LABELS.filter((label) => bits & label.bit).map((label) => `[${label.info}]`).join(' ');
}

/** What the Info column says of a packet whose text carries other labels than ours; empty where they agree, or where the text has none. */
export function textLabelRemark(table: PacketTable, packet: PacketIndex): string {
  const text = table.textLabels.get(packet, -1);
  if (text < 0) return '';
  const more = names(text & ~table.labels(packet));
  return more === '' ? t('(the text has fewer labels)') : t('(the text says {0})', more);
}

/** Whether our analysis gives a label that the text carries, in words. */
export function saysToo(ours: boolean): string {
  return ours
    ? t('Our own analysis of the text agrees.')
    : t('Our own analysis of the text does not give it: the text may begin later than the capture did, or leave out what the label rests on.');
}

/** Evidence of our labels with a word on each about the text's own, and evidence of labels that only the text has. `text`: LABEL_* bits, or -1. */
export function withTextLabels(evidence: readonly Evidence[], text: number): readonly Evidence[] {
  if (text < 0) return evidence;
  const told = evidence.map((e): Evidence => {
    const label = LABELS.find(({ field }) => field === e.field);
    if (!label) return e;
    return { ...e, text: text & label.bit ? t('The text carries this label too.') : t('The text does not carry this label, although it carries labels: another version of the tool has other rules, or saw more of the connection.') };
  });
  const only = LABELS.filter((label) => text & label.bit && !evidence.some((e) => e.field === label.field));
  return [
    ...told,
    ...only.map((label): Evidence => ({ field: label.field, rule: t('The tool that printed the text gave this label.'), packets: [], measured: '', rival: '', confidence: 'possible', fromText: true, text: saysToo(false) })),
  ];
}
