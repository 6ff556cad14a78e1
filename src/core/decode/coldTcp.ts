import { u16be, u32be } from '../bytes/read';
import { seqDiff } from '../bytes/seq';
import { t } from '../l10n';
import type { FieldSpec } from '../protocol/fieldSpec';
import { TCP, TCP_FLAGS } from '../protocol/tcp';
import { addChecksumStatus, checksumText, verifyTransport, type Addresses } from './coldChecksum';
import { hexNumber, shortHex } from './coldFields';
import { addTcpOptions } from './coldOptions';
import { addDerived, addFields, blank, nodeFor, type FieldText, type Node, type Span, type TreeBuilder } from './coldTree';
import { ACK, FIN, SYN, URG } from './segment';

/** What the tables know of the row's segment. Absent: not known. */
export interface TcpContext {
  /** Raw numbers that count as relative 0, of the sender and of its peer. */
  readonly seqBase?: number;
  readonly ackBase?: number;
  /** Shift in force: >= 0, -1 unknown (SCALE_UNKNOWN), -2 unused (SCALE_UNUSED). */
  readonly windowScale?: number;
}

export interface TcpPlace {
  readonly span: Span;
  readonly addresses: Addresses;
  /** "tcp" for the packet's own header, "quoted.tcp" in an ICMP error, "other.tcp" for a further one in the frame. */
  readonly base: string;
}

const specOf = (name: string): FieldSpec => TCP.fields.find((f) => f.name === name)!;
const OPTIONS = specOf('options');
const PAYLOAD = specOf('payload');

/** Names of the flags that are set, in Wireshark's order; "none" when there is none. */
export function flagNames(flags: number): string {
  const names: string[] = [];
  for (let i = TCP_FLAGS.length - 1; i >= 0; i--) if (flags & TCP_FLAGS[i]!.mask) names.push(TCP_FLAGS[i]!.spec.label);
  return names.length > 0 ? names.join(', ') : t('none');
}

/** Adds the TCP layer (RFC 9293 3.1) and its payload. Returns the layer. */
export function addTcp(tree: TreeBuilder, place: TcpPlace, context: TcpContext): Node {
  const { span } = place;
  const { bytes: b, at, captured, wire } = span;
  const have = captured - at;
  const claimed = have >= 13 ? (b[at + 12]! >> 4) << 2 : 20;
  const bogus = claimed < 20;
  // With a data offset below 5 nothing after it can be trusted.
  const length = bogus ? 13 : claimed;
  const layer = tree.open(TCP, span, length, summary(span), place.base);
  const flags = have >= 14 && !bogus ? u16be(b, at + 12) & 0xfff : 0;
  const facts: Facts = { flags, flagsKnown: have >= 14 && !bogus, claimed, lengthKnown: !span.partial && !bogus && have >= 14 && wire - at >= claimed, context, checksum: '' };
  const checksum = verifyTransport(span, place.addresses, 6, 16);
  if (have >= 18 && !bogus) facts.checksum = checksumText(u16be(b, at + 16), checksum);
  addFields(layer, TCP, span, Math.min(at + (bogus ? 13 : 20), captured), (name, raw) => fieldText(name, raw, facts));
  if (have >= 16 && !bogus) addNumbers(layer, span, facts);
  if (have >= 18 && !bogus) addChecksumStatus(layer, TCP, checksum);
  // Computed nodes stand after the field that they come from.
  layer.children.sort((a, c) => a.start - c.start);
  if (!bogus && have > 20 && claimed > 20) addOptions(tree, layer, span, claimed, context);
  if (bogus) tree.issue(layer, 'malformed', at + 12, 20, claimed, t('TCP: the data offset says {0} bytes, but a header has at least 20.', claimed));
  else tree.close(layer, span, length);
  if (!bogus) addPayload(tree, layer, span, at + claimed);
  return layer;
}

interface Facts {
  readonly flags: number;
  readonly flagsKnown: boolean;
  readonly claimed: number;
  readonly lengthKnown: boolean;
  readonly context: TcpContext;
  checksum: string;
}

function summary({ bytes: b, at, captured }: Span): string {
  if (captured - at < 4) return '';
  const ports = `${u16be(b, at)} → ${u16be(b, at + 2)}`;
  return captured - at < 14 || b[at + 12]! >> 4 < 5 ? ports : `${ports}, ${flagNames(u16be(b, at + 12) & 0xfff)}`;
}

function fieldText(name: string, raw: number, facts: Facts): FieldText | string | undefined {
  const { flags, context } = facts;
  switch (name) {
    case 'dataOffset':
      return { value: t('{0} bytes ({1})', raw * 4, raw), raw: raw * 4 };
    case 'flags':
      return `${hexNumber(raw, 12)} (${flagNames(raw)})`;
    case 'ack':
      if (flags & ACK || !facts.flagsKnown) return undefined;
      return raw === 0 ? t('{0} (not in use: no ACK flag)', raw) : t('{0} (ignored: no ACK flag)', raw);
    case 'windowSize':
      if (flags & SYN) return t('{0} (never scaled on a SYN)', raw);
      if (context.windowScale !== undefined && context.windowScale > 0 && facts.lengthKnown) return t('{0} (×{1} = {2} bytes)', raw, 2 ** context.windowScale, raw * 2 ** context.windowScale);
      return context.windowScale === -1 ? t('{0} (scale unknown: handshake not captured)', raw) : undefined;
    case 'checksum':
      return facts.checksum;
    case 'urgentPointer':
      if (flags & URG) return t('{0} (urgent data ends there, after the sequence number)', raw);
      return raw === 0 ? undefined : t('{0} (ignored: no URG flag)', raw);
    default:
      return undefined;
  }
}

/** Numbers that the header does not hold: relative ones, payload length, window in bytes. */
function addNumbers(layer: Node, span: Span, facts: Facts): void {
  const { bytes: b, at, wire } = span;
  const { flags, context, lengthKnown, claimed } = facts;
  if (!lengthKnown) return;
  const payload = wire - at - claimed;
  addDerived(layer, TCP, 'length', t('{0} bytes', payload), payload);
  if (context.seqBase !== undefined) {
    const relative = seqDiff(u32be(b, at + 4), context.seqBase);
    addDerived(layer, TCP, 'seqRelative', String(relative), relative);
    const next = (relative + payload + (flags & (SYN | FIN) ? 1 : 0)) >>> 0;
    addDerived(layer, TCP, 'nextSeq', String(next), next);
  }
  if (context.ackBase !== undefined && flags & ACK) {
    const relative = seqDiff(u32be(b, at + 8), context.ackBase);
    addDerived(layer, TCP, 'ackRelative', String(relative), relative);
  }
  if (context.windowScale === undefined) return;
  const window = u16be(b, at + 14);
  const bytes = context.windowScale > 0 && !(flags & SYN) ? window * 2 ** context.windowScale : window;
  addDerived(layer, TCP, 'windowScaled', context.windowScale === -1 && !(flags & SYN) ? t('{0} bytes or more (scale not seen)', bytes) : t('{0} bytes', bytes), bytes);
  if (flags & SYN) return;
  const factor = context.windowScale >= 0 ? 2 ** context.windowScale : context.windowScale;
  addDerived(layer, TCP, 'windowScaleFactor', factor === -1 ? t('unknown') : factor === -2 ? t('scaling not in use') : `×${factor}`, factor);
}

function addOptions(tree: TreeBuilder, layer: Node, span: Span, claimed: number, context: TcpContext): void {
  const { bytes: b, at } = span;
  const captured = Math.min(at + claimed, span.captured);
  const container = nodeFor(layer, OPTIONS, 'options', shortHex(b, at + 20, captured - at - 20), null, at + 20, captured - at - 20);
  layer.children.push(container);
  addTcpOptions(tree, layer, container, { ...span, at: at + 20, captured, wire: at + claimed }, { ack: u32be(b, at + 8), ackBase: context.ackBase, headerTooLong: !span.partial && at + claimed > span.wire });
}

function addPayload(tree: TreeBuilder, layer: Node, span: Span, start: number): void {
  const { bytes: b, captured, wire } = span;
  if (start >= wire || (span.partial && start >= captured)) return;
  const have = Math.max(0, captured - start);
  const value = have > 0 ? shortHex(b, start, have) : t('not captured');
  const node: Node = { ...blank(`${layer.id}.payload`, t(PAYLOAD.label), value, Math.min(start, captured), have, 'payload'), filter: PAYLOAD.filter, spec: PAYLOAD, header: TCP };
  if (layer.buffer !== undefined) node.buffer = layer.buffer;
  tree.layers.push(node);
  if (have < wire - start && !span.partial && captured >= start) {
    tree.issue(node, 'cut', captured, wire - start, have, t('Payload: the capture holds {0} of {1} bytes (snap length).', have, wire - start));
  }
}
