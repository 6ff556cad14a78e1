import { formatAddress } from '../bytes/address';
import { escapeText } from '../bytes/escape';
import { t } from '../l10n';
import { IPV4 } from '../protocol/ipv4';
import { IPV6 } from '../protocol/ipv6';
import { TCP, TCP_FLAGS } from '../protocol/tcp';
import { TCP_OPTIONS } from '../protocol/tcpOptions';
import type { DetailContext } from './cold';
import { hexNumber } from './coldFields';
import { flagNames } from './coldTcp';
import { blank, nodeFor, type Node, type Span, type TreeBuilder } from './coldTree';
import {
  ACK,
  FAMILY_IPV6,
  FAMILY_NONE,
  KNOWN_ABSOLUTE_ACK,
  KNOWN_ABSOLUTE_SEQ,
  KNOWN_ACK,
  KNOWN_FLAGS,
  KNOWN_LENGTH,
  KNOWN_OPTIONS,
  KNOWN_SEQ,
  KNOWN_WINDOW,
  OPT_FAST_OPEN,
  OPT_MPTCP,
  OPT_MSS,
  OPT_SACK,
  OPT_SACK_PERMITTED,
  OPT_TIMESTAMPS,
  OPT_WINDOW_SCALE,
  SYN,
  type Segment,
} from './segment';
import { UNKNOWN_LENGTH } from '../bytes/units';

/** Layers of a segment that a text capture shows: the fields that the text tells, without byte ranges. Returns the TCP layer. */
export function addTextLayers(tree: TreeBuilder, s: Segment, context: DetailContext): Node {
  const bytes = tree.buffers[0]!.bytes;
  const span: Span = { buffer: 0, bytes, at: 0, captured: bytes.length, wire: bytes.length, partial: false };
  if (s.family !== FAMILY_NONE) addAddresses(tree, span, s, context);
  const layer = tree.open(TCP, span, bytes.length, `${s.srcPort} → ${s.dstPort}${s.known & KNOWN_FLAGS ? `, ${flagNames(s.flags)}` : ''}`);
  const put = (name: string, value: string, raw: number | null): Node | null => {
    const spec = TCP.fields.find((f) => f.name === name);
    if (!spec) return null;
    const node = nodeFor(layer, spec, name, value, raw, 0, 0);
    layer.children.push(node);
    return node;
  };
  const number = (name: string, raw: number): Node | null => put(name, String(raw), raw);
  number('srcPort', s.srcPort);
  number('dstPort', s.dstPort);
  if (s.known & KNOWN_SEQ) {
    if (s.known & KNOWN_ABSOLUTE_SEQ) number('seq', s.seq);
    if (!(s.known & KNOWN_ABSOLUTE_SEQ)) number('seqRelative', s.seq);
    else if (context.seqBase !== undefined) number('seqRelative', (s.seq - context.seqBase) >>> 0);
  }
  if (s.known & KNOWN_ACK) {
    if (s.known & KNOWN_ABSOLUTE_ACK) number('ack', s.ack);
    if (!(s.known & KNOWN_ABSOLUTE_ACK)) number('ackRelative', s.ack);
    else if (context.ackBase !== undefined && s.flags & ACK) number('ackRelative', (s.ack - context.ackBase) >>> 0);
  }
  if (s.known & KNOWN_FLAGS) addFlags(layer, put('flags', `${hexNumber(s.flags, 12)} (${flagNames(s.flags)})`, s.flags), s.flags);
  if (s.known & KNOWN_WINDOW) addWindow(put, s, context);
  if (s.known & KNOWN_LENGTH && s.length !== UNKNOWN_LENGTH) put('length', t('{0} bytes', s.length), s.length);
  if (s.known & KNOWN_OPTIONS) addOptions(layer, put('options', '', null), s);
  return layer;
}

function addAddresses(tree: TreeBuilder, span: Span, s: Segment, context: DetailContext): void {
  const header = s.family === FAMILY_IPV6 ? IPV6 : IPV4;
  const src = escapeText(formatAddress(s.family, s.src0, s.src1, s.src2, s.src3, context.hostName));
  const dst = escapeText(formatAddress(s.family, s.dst0, s.dst1, s.dst2, s.dst3, context.hostName));
  const layer = tree.open(header, span, span.captured, `${src} → ${dst}`);
  for (const [name, value] of [['source', src], ['destination', dst]] as const) {
    const spec = header.fields.find((f) => f.name === name);
    if (spec) layer.children.push(nodeFor(layer, spec, name, value, null, 0, 0));
  }
}

function addFlags(layer: Node, parent: Node | null, flags: number): void {
  if (!parent) return;
  for (const { mask, spec } of TCP_FLAGS) {
    const bits = (flags & mask) / (mask & -mask);
    parent.children.push(nodeFor(layer, spec, spec.name, spec.format === 'bool' ? (bits ? t('Set') : t('Not set')) : String(bits), bits, 0, 0, 'flag'));
  }
}

function addWindow(put: (name: string, value: string, raw: number | null) => Node | null, s: Segment, context: DetailContext): void {
  put('windowSize', s.flags & SYN ? t('{0} (never scaled on a SYN)', s.window) : String(s.window), s.window);
  if (context.windowScale === undefined) return;
  const scaled = context.windowScale > 0 && !(s.flags & SYN) ? s.window * 2 ** context.windowScale : s.window;
  put('windowScaled', t('{0} bytes', scaled), scaled);
}

/** Options that the hot pass keeps, in the order of their kinds: the text's own order is not kept. */
function addOptions(layer: Node, container: Node | null, s: Segment): void {
  if (!container) return;
  let ordinal = 0;
  const add = (kind: number, value: string, fields: readonly (readonly [string, number])[]): void => {
    const spec = TCP_OPTIONS.get(kind);
    if (!spec) return;
    const node: Node = { ...blank(`${layer.id}.option.${++ordinal}`, t(spec.label), value, 0, 0, 'option'), raw: kind, filter: spec.filter ?? '', header: spec };
    for (const [name, raw] of fields) {
      const field = spec.fields.find((f) => f.name === name);
      if (!field) continue;
      const child = nodeFor(node, field, name, String(raw), raw, 0, 0);
      node.children.push(child);
    }
    container.children.push(node);
  };
  if (s.optionsSeen & OPT_MSS) add(2, String(s.mss), [['mss', s.mss]]);
  if (s.optionsSeen & OPT_WINDOW_SCALE) add(3, t('{0} (×{1})', s.windowScale, 2 ** Math.min(14, s.windowScale)), [['shift', s.windowScale], ['multiplier', 2 ** Math.min(14, s.windowScale)]]);
  if (s.optionsSeen & OPT_SACK_PERMITTED) add(4, '', []);
  if (s.optionsSeen & OPT_SACK) add(5, Array.from({ length: s.sackCount }, (_, i) => `${s.sackLeft[i]!}-${s.sackRight[i]!}`).join(', '), []);
  if (s.optionsSeen & OPT_TIMESTAMPS) add(8, t('TSval {0}, TSecr {1}', s.tsVal, s.tsEcr), [['tsVal', s.tsVal], ['tsEcr', s.tsEcr]]);
  if (s.optionsSeen & OPT_MPTCP) add(30, '', []);
  if (s.optionsSeen & OPT_FAST_OPEN) add(34, s.fastOpenCookie === 0 ? t('cookie request') : '', []);
  container.value = container.children.map((c) => (c.value ? `${c.label} ${c.value}` : c.label)).join(', ');
}
