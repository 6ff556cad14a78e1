import type { PacketIndex } from '../bytes/units';
import { HEADER_BASIC, OPT_FAST_OPEN, OPT_MPTCP, OPT_MSS, OPT_SACK, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, SYN, type Segment } from '../decode/segment';
import type { DetailNode } from '../decode/detail';
import { readSegment } from '../explain/facts';
import { textLabelRemark } from '../explain/textLabels';
import { META_RELATIVE_ACK } from '../table/packetTable';
import type { CaptureModel } from './captureModel';
import { decodePacket } from './packetDetail';

/** Header with NOP, NOP, Timestamps and nothing else: not worth another look at the record. */
const PLAIN_HEADER = 32;

/** What the Info column says of a TCP segment after its badges: other labels that a text carries itself, and the options that are worth a glance. */
export async function packetInfo(model: CaptureModel, packet: PacketIndex): Promise<string> {
  const table = model.packets;
  const remark = textLabelRemark(table, packet);
  const interesting = (table.flags(packet) & SYN) !== 0 || table.headerLength(packet) > PLAIN_HEADER;
  if (!interesting || table.header(packet) < HEADER_BASIC) return remark;
  const segment = await readSegment(model, packet);
  return [remark, ...(segment ? optionWords(model, packet, segment) : [])].filter((word) => word !== '').join(' ');
}

function optionWords(model: CaptureModel, packet: PacketIndex, s: Segment): string[] {
  const words: string[] = [];
  const seen = s.optionsSeen;
  if (seen & OPT_MSS) words.push(`MSS=${s.mss}`);
  if (seen & OPT_WINDOW_SCALE) words.push(`WS=${2 ** Math.min(14, s.windowScale)}`);
  if (seen & OPT_SACK_PERMITTED) words.push('SACK_PERM');
  if (seen & OPT_TIMESTAMPS && s.flags & SYN) words.push(`TSval=${s.tsVal} TSecr=${s.tsEcr}`);
  if (seen & OPT_SACK) {
    const table = model.packets;
    const relative = table.meta(packet) & META_RELATIVE_ACK;
    const base = relative ? model.streams.row(table.stream(packet)).baseAt(table.direction(packet) ? 0 : 1, packet) : 0;
    for (let i = 0; i < s.sackCount; i++) words.push(`SLE=${(s.sackLeft[i]! - base) >>> 0} SRE=${(s.sackRight[i]! - base) >>> 0}`);
  }
  if (seen & OPT_MPTCP) words.push('MPTCP');
  if (seen & OPT_FAST_OPEN) words.push(s.fastOpenCookie > 0 ? 'TFO=C' : 'TFO=R');
  return words;
}

/** What a row shows of a frame that is no TCP segment: its outermost-to-innermost layers name it. */
export async function otherTrafficSummary(model: CaptureModel, packet: PacketIndex): Promise<{ readonly source: string; readonly destination: string; readonly info: string }> {
  const { tree } = await decodePacket(model, packet);
  let source = '';
  let destination = '';
  for (const layer of tree.layers) {
    source = fieldValue(layer, 'source') ?? source;
    destination = fieldValue(layer, 'destination') ?? destination;
  }
  const last = tree.layers.findLast((layer) => layer.kind === 'layer');
  return { source, destination, info: last ? `${last.label}${last.value ? `: ${last.value}` : ''}` : '' };
}

/** Value of a layer's address field. */
function fieldValue(layer: DetailNode, name: 'source' | 'destination'): string | null {
  return layer.children.find((child) => child.spec?.name === name)?.value ?? null;
}
