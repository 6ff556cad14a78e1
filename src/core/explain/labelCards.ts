import { LABELS } from '../analysis/labels';
import { LABEL_DUPLICATE_ACK } from '../analysis/segmentAnalysis';
import { NO_PACKET, type PacketIndex } from '../bytes/units';
import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import type { CardDocument, Rich } from './card';
import type { PacketFacts } from './facts';
import { kernelLines } from './kernelLines';
import { duration, grouped } from './words';

/** A card for each of Wireshark's labels that the packet carries (of those in `which`): the rule, and the packets and figures it rests on. */
export function labelCards(model: CaptureModel, packet: PacketIndex, facts: PacketFacts, which = 0xffff): readonly CardDocument[] {
  const labels = facts.columns.labels & which;
  return LABELS.filter((label) => labels & label.bit).map((label) => ({
    id: label.field,
    title: t(label.info),
    headline: [{ strong: `[${t(label.info)}]` }, ` ${t(label.doc)}`],
    here: [[t('Wireshark\'s rule: {0}', t(label.rule))], ...evidence(model, packet, label.bit, facts)],
    story: [[t(label.story)], ...kernelLines(label.field)],
    sources: label.source.split('; '),
    filter: label.field,
    copy: label.info,
  }));
}

function evidence(model: CaptureModel, packet: PacketIndex, bit: number, facts: PacketFacts): readonly Rich[] {
  const table = model.packets;
  const lines: Rich[] = [];
  if (bit === LABEL_DUPLICATE_ACK) {
    const first = table.duplicateAckPacket.get(packet, NO_PACKET);
    if (first !== NO_PACKET) lines.push([t('It is duplicate number {0} of the acknowledgment in packet ', table.duplicateAckNumber.get(packet, 1)), { packet: first, text: `#${first + 1}` }, '.']);
  }
  const rtoPacket = table.rtoPacket.get(packet, NO_PACKET);
  if (rtoPacket !== NO_PACKET && LABELS.find((l) => l.bit === bit)?.field.includes('retransmission'))
    lines.push([t('It comes {0} after packet ', duration(table.time(packet) - table.time(rtoPacket))), { packet: rtoPacket, text: `#${rtoPacket + 1}` }, t(', the oldest one not yet acknowledged.')]);
  const flight = table.bytesInFlight(packet);
  if (flight > 0 && bit > LABEL_DUPLICATE_ACK && facts.columns.payload) lines.push([t('Bytes in flight with it: {0}.', grouped(flight))]);
  return lines;
}
