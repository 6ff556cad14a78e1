import { hex, u16be, u32be } from '../bytes/read';
import { seqAfter, seqDiff, seqNotAfter } from '../bytes/seq';
import { t } from '../l10n';
import type { TcpOptionSpec } from '../protocol/tcpOptionParts';
import { EXID_SMC, EXPERIMENT_LIKE } from '../protocol/tcpOptionsLate';
import { OPTION_PADDING, TCP_OPTIONS, UNKNOWN_OPTION } from '../protocol/tcpOptions';
import { hexNumber, shortHex } from './coldFields';
import { addMptcp } from './coldMptcp';
import { addDerived, addFields, blank, nodeFor, type Node, type Span, type TreeBuilder } from './coldTree';

/** What option values need from the header and the tables. */
export interface OptionContext {
  /** The packet itself ends before its header does: missing bytes are not the capture's fault. */
  readonly headerTooLong: boolean;
  readonly ack: number;
  /** Raw number that counts as relative 0 in the peer's direction; undefined when unknown. */
  readonly ackBase: number | undefined;
}

interface Walk {
  readonly tree: TreeBuilder;
  readonly layer: Node;
  readonly container: Node;
  readonly context: OptionContext;
  /** What it means when bytes of the header are not there. */
  readonly missing: 'cut' | 'malformed';
  ordinal: number;
}

/**
 * Adds every option in [span.at, span.wire) as a node under `container`, numbered from 1 ("tcp.option.1"). `span.captured` is
 * where the captured bytes stop. A malformed option is an issue at its byte; one that hides the next ends the walk.
 */
export function addTcpOptions(tree: TreeBuilder, layer: Node, container: Node, span: Span, context: OptionContext): void {
  const { bytes: b, captured, wire: end } = span;
  const walk: Walk = { tree, layer, container, context, missing: context.headerTooLong ? 'malformed' : 'cut', ordinal: 0 };
  for (let at = span.at; at < captured; ) {
    const kind = b[at]!;
    if (kind <= 1) {
      addOne(walk, { ...span, at }, kind, 1, at + 1);
      at++;
      if (kind === 0) {
        addPadding(walk, { ...span, at });
        break;
      }
      continue;
    }
    if (at + 1 >= captured) {
      const node = addOne(walk, { ...span, at }, kind, 0, at + 1);
      const text = at + 1 >= end ? t('{0}: the header ends before the length byte.', node.label) : t('{0}: the length byte is not there.', node.label);
      tree.issue(node, at + 1 >= end ? 'malformed' : walk.missing, at + 1, 2, 1, text);
      break;
    }
    const length = b[at + 1]!;
    if (length < 2 || at + length > end) {
      const node = addOne(walk, { ...span, at }, kind, 0, at + 2);
      const text =
        length < 2
          ? t('{0}: length {1} is less than the 2 bytes that kind and length take; what follows cannot be read.', node.label, length)
          : t('{0}: length {1} reaches past the header, which has {2} bytes left.', node.label, length, end - at);
      tree.issue(node, 'malformed', at + 1, length, end - at, text);
      break;
    }
    const node = addOne(walk, { ...span, at }, kind, length, Math.min(at + length, captured));
    if (at + length > captured) {
      tree.issue(node, walk.missing, captured, length, captured - at, t('{0}: only {1} of {2} bytes are there.', node.label, captured - at, length));
      break;
    }
    at += length;
  }
  container.value = container.children.filter((c) => c.kind === 'option' && c.raw !== 1 && c.raw !== 0).map(brief).join(', ') || container.value;
}

function brief(node: Node): string {
  return node.value ? `${node.label} ${node.value}` : node.label;
}

/** Adds the option at span.at, `length` bytes long, of which those before `end` are at hand; length 0: it has no usable length. */
function addOne(walk: Walk, span: Span, kind: number, length: number, end: number): Node {
  const spec = TCP_OPTIONS.get(kind) ?? UNKNOWN_OPTION;
  const { tree, layer, container } = walk;
  const label = spec === UNKNOWN_OPTION ? t('Unknown option {0}', kind) : t(spec.label);
  const node: Node = { ...blank(`${layer.id}.option.${++walk.ordinal}`, label, '', span.at, end - span.at, 'option'), raw: kind, filter: spec.filter ?? '', header: spec };
  if (layer.buffer !== undefined) node.buffer = layer.buffer;
  container.children.push(node);
  if (length === 0) {
    addFields(node, spec, span, end, undefined, spec.fields.slice(0, 2));
    return node;
  }
  const whole = span.at + length === end;
  if (whole && spec.lengths.length > 0 && !spec.lengths.includes(length)) {
    addFields(node, spec, span, end, undefined, spec.fields.slice(0, 2));
    wrongLength(tree, node, span.at, spec, length);
    return node;
  }
  if (kind === 5) addSack(walk, node, spec, span, end, length, whole);
  else if (kind === 30) {
    const note = addMptcp(node, span, end, length);
    if (note !== null && whole) tree.issue(node, 'malformed', span.at + 1, length, length, note);
  } else if (kind === 253 || kind === 254) addExperiment(tree, node, spec, span, end, length, whole);
  else {
    addFields(node, spec, span, end, kind === 3 ? describeShift : undefined);
    if (whole && kind === 29 && length < 4) wrongLength(tree, node, span.at, spec, length);
  }
  if (kind === 3 && end - span.at >= 3) {
    const multiplier = 2 ** Math.min(14, span.bytes[span.at + 2]!);
    addDerived(node, spec, 'multiplier', `×${multiplier}`, multiplier);
  }
  if (!node.value && whole) node.value = valueOf(kind, length, span);
  return node;
}

function wrongLength(tree: TreeBuilder, node: Node, at: number, spec: TcpOptionSpec, length: number): void {
  const right = spec.lengths.length > 0 ? spec.lengths.join(', ') : '4';
  tree.issue(node, 'malformed', at + 1, spec.lengths[0] ?? 4, length, t('{0}: the length should be {1}, not {2}; the value is ignored.', node.label, right, length));
}

const describeShift = (name: string, raw: number): string | undefined => (name === 'shift' && raw > 14 ? t('{0} (counts as 14, the largest allowed)', raw) : undefined);

/** The option's value in words, from its bytes; all `length` of them are there. */
function valueOf(kind: number, length: number, { bytes: b, at }: Span): string {
  switch (kind) {
    case 2:
      return String(u16be(b, at + 2));
    case 3:
      return t('{0} (×{1})', b[at + 2]!, 2 ** Math.min(14, b[at + 2]!));
    case 6:
    case 7:
    case 11:
    case 12:
    case 13:
      return length === 6 ? String(u32be(b, at + 2)) : '';
    case 8:
      return length === 10 ? t('TSval {0}, TSecr {1}', u32be(b, at + 2), u32be(b, at + 6)) : '';
    case 28:
      return length === 4 ? (b[at + 2]! & 0x80 ? t('{0} min', u16be(b, at + 2) & 0x7fff) : t('{0} s', u16be(b, at + 2))) : '';
    case 29:
      return length >= 4 ? t('key {0}, next {1}', b[at + 2]!, b[at + 3]!) : '';
    case 34:
      return length === 2 ? t('cookie request') : t('cookie {0}', shortHex(b, at + 2, length - 2));
    case 172:
    case 174:
      return [0, 1, 2]
        .filter((i) => 5 + 3 * i <= length)
        .map((i) => `${(kind === 172 ? ['ECT(0)', 'CE', 'ECT(1)'] : ['ECT(1)', 'CE', 'ECT(0)'])[i]!} ${u32be(b, at + 1 + 3 * i) & 0xffffff}`)
        .join(', ');
    default:
      return kind > 1 && kind !== 4 && length > 2 && TCP_OPTIONS.get(kind) === undefined ? hex(b, at + 2, length - 2) : '';
  }
}

/** Blocks of RFC 2018, the first of which may be a D-SACK (RFC 2883 4). */
function addSack(walk: Walk, node: Node, spec: TcpOptionSpec, span: Span, end: number, length: number, whole: boolean): void {
  const { bytes: b, at } = span;
  const { ack, ackBase } = walk.context;
  addFields(node, spec, span, end, undefined, spec.fields.slice(0, 2));
  const texts: string[] = [];
  for (let edge = at + 2, n = 1; edge + 8 <= end; edge += 8, n++) {
    const left = u32be(b, edge);
    const right = u32be(b, edge + 4);
    const size = seqDiff(right, left);
    const shown = (x: number): number => (ackBase === undefined ? x : seqDiff(x, ackBase));
    const duplicate = n === 1 && isDuplicate(b, edge, end, ack);
    const sizeText = size > 0 && size <= 0x40000000 ? t('{0} bytes', size) : t('edges reversed');
    const text = `${shown(left)}-${shown(right)} (${duplicate ? t('D-SACK, {0}', sizeText) : sizeText})`;
    texts.push(text);
    const block: Node = { ...blank(`${node.id}.block.${n}`, t('Block {0}', n), text, edge, 8, 'field'), header: spec };
    if (node.buffer !== undefined) block.buffer = node.buffer;
    node.children.push(block);
    addFields(block, spec, { ...span, at: edge - 2 }, edge + 8, (name) => (ackBase === undefined ? { filter: name === 'left' ? 'tcp.options.sack_le' : 'tcp.options.sack_re' } : undefined), spec.fields.slice(2));
    if (ackBase !== undefined) {
      addDerived(block, spec, 'leftRelative', String(shown(left)), shown(left), edge - 2);
      addDerived(block, spec, 'rightRelative', String(shown(right)), shown(right), edge - 2);
    }
  }
  node.value = texts.join(', ');
  if (whole && ((length - 2) % 8 !== 0 || length === 2)) {
    const left = (length - 2) % 8;
    const text = length === 2 ? t('SACK: no block.') : t('SACK: {0} bytes are left over after whole blocks of 8.', left);
    walk.tree.issue(node, 'malformed', at + length - left, 8, left, text);
  }
}

/** Block 1 reports bytes that came twice: it lies at or below the acknowledgment number, or inside block 2. */
function isDuplicate(b: Uint8Array, edge: number, end: number, ack: number): boolean {
  const left = u32be(b, edge);
  const right = u32be(b, edge + 4);
  if (seqNotAfter(right, ack)) return true;
  if (edge + 16 > end) return false;
  const left2 = u32be(b, edge + 8);
  const right2 = u32be(b, edge + 12);
  return seqNotAfter(left2, left) && seqNotAfter(right, right2) && seqAfter(right, left);
}

/** Experiments (RFC 6994): the identifier, then what it says follows. */
function addExperiment(tree: TreeBuilder, node: Node, spec: TcpOptionSpec, span: Span, end: number, length: number, whole: boolean): void {
  const { bytes: b, at } = span;
  if (at + 4 > end) {
    addFields(node, spec, span, end);
    if (whole) wrongLength(tree, node, at, spec, length);
    return;
  }
  const exId = u16be(b, at + 2);
  const like = EXPERIMENT_LIKE.get(exId);
  const isSmc = at + 6 <= end && u32be(b, at + 2) === EXID_SMC;
  if (!like) {
    addFields(node, spec, span, end);
    node.value = isSmc ? t('Shared Memory Communications (ExID {0})', hexNumber(EXID_SMC, 32)) : t('ExID {0}', spec.fields[2]?.values?.[exId] === undefined ? hexNumber(exId, 16) : `${hexNumber(exId, 16)} (${t(spec.fields[2].values[exId])})`);
    return;
  }
  addFields(node, spec, span, end, undefined, spec.fields.slice(0, 3));
  // The bytes behind the identifier are laid out like those behind the length of the option proper.
  addFields(node, like, { ...span, at: at + 2 }, end, undefined, like.fields.slice(2));
  node.value = exId === 0xf989 && length === 4 ? t('{0}: cookie request', t(like.label)) : t(like.label);
}

function addPadding(walk: Walk, span: Span): void {
  const { bytes: b, at, captured } = span;
  if (at >= captured) return;
  const node = nodeFor(walk.layer, OPTION_PADDING, 'optionPadding', t('{0} bytes', captured - at), null, at, captured - at);
  walk.container.children.push(node);
  for (let i = at; i < captured; i++) {
    if (b[i] === 0) continue;
    walk.tree.issue(node, 'malformed', i, 0, 1, t('Bytes after End of option list must be zero.'));
    return;
  }
}
