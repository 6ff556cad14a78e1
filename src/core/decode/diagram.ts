import type { DiagramBox } from '../engineApi';
import { t } from '../l10n';
import { hexNumber } from './coldFields';
import type { DetailNode, DetailTree } from './detail';

const FIXED_BYTES = 20;

/**
 * The TCP header as RFC 9293 3.1 draws it, rows of 32 bits, with this packet's values: fixed fields one box each (the flags one
 * per bit), then the options byte for byte. What the capture cut has no box. Empty without a TCP header.
 */
export function tcpDiagram(tree: DetailTree): DiagramBox[] {
  const tcp = tree.tcp;
  if (!tcp) return [];
  const boxes: DiagramBox[] = [];
  for (const node of tcp.children) {
    const spec = node.spec;
    if (node.kind === 'generated' || !spec || spec.derived) continue;
    if (spec.name === 'flags') for (const flag of node.children) addFixed(boxes, flag);
    else if (spec.name === 'options') for (const option of node.children) addOption(boxes, option, tcp.start);
    else addFixed(boxes, node);
  }
  return boxes;
}

function addFixed(boxes: DiagramBox[], node: DetailNode): void {
  const spec = node.spec;
  if (!spec || spec.bits === 0 || spec.derived) return;
  boxes.push({ node: node.id, label: node.label, value: boxValue(node), row: spec.bit >> 5, column: spec.bit & 31, width: spec.bits, continued: false });
}

/** Short enough for a box: the number on the wire. */
function boxValue(node: DetailNode): string {
  const { raw, spec } = node;
  if (raw === null || !spec) return node.value;
  if (spec.name === 'dataOffset') return String(raw / 4);
  return spec.format === 'checksum' ? hexNumber(raw, spec.bits) : String(raw);
}

/** One box per row that the option touches; those after the first are continuations. */
function addOption(boxes: DiagramBox[], node: DetailNode, tcpStart: number): void {
  if (node.kind === 'issue' || node.kind === 'generated') return;
  const start = node.start - tcpStart;
  const end = start + node.length;
  if (start < FIXED_BYTES) return;
  for (let at = start; at < end; at = (at | 3) + 1) {
    const stop = Math.min(end, (at | 3) + 1);
    boxes.push({ node: node.id, label: node.label, value: optionValue(node), row: at >> 2, column: (at & 3) * 8, width: (stop - at) * 8, continued: at > start });
  }
}

function optionValue(node: DetailNode): string {
  return node.raw === 0 || node.raw === 1 ? '' : node.value || (node.children.some((c) => c.kind === 'issue') ? t('malformed') : '');
}
