import { escapeText } from '../bytes/escape';
import { CapturedRecord, type RecordDetail } from '../capture/captureReader';
import { textOf } from '../capture/textCursor';
import type { TextToken, TextTokenKind } from '../capture/textTokens';
import type { DiagramBox } from '../engineApi';
import { t } from '../l10n';
import { buildDetail, type DetailContext } from './cold';
import type { DetailNode, DetailTree, Shown } from './detail';
import { tcpDiagram } from './diagram';
import { DERIVED_SEQ, KNOWN_ABSOLUTE_ACK, KNOWN_ABSOLUTE_SEQ, KNOWN_ACK, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_OPTIONS, KNOWN_SEQ, KNOWN_WINDOW, type Segment } from './segment';
import { synthesizePacket } from './synthesize';

const LINKTYPE_RAW = 101;

/** How a field of the header shows in a text: its token, and the KNOWN_* bits without which it is not there. */
interface ShownBy {
  readonly token: TextTokenKind;
  readonly known: number;
}

const SHOWN: Readonly<Record<string, ShownBy>> = {
  'tcp.srcport': { token: 'srcPort', known: 0 },
  'tcp.dstport': { token: 'dstPort', known: 0 },
  'tcp.seq': { token: 'seq', known: KNOWN_SEQ },
  'tcp.seq_raw': { token: 'seq', known: KNOWN_SEQ | KNOWN_ABSOLUTE_SEQ },
  'tcp.nxtseq': { token: 'seq', known: KNOWN_SEQ | KNOWN_LENGTH },
  'tcp.ack': { token: 'ack', known: KNOWN_ACK },
  'tcp.ack_raw': { token: 'ack', known: KNOWN_ACK | KNOWN_ABSOLUTE_ACK },
  'tcp.flags': { token: 'flags', known: KNOWN_FLAGS },
  'tcp.window_size_value': { token: 'win', known: KNOWN_WINDOW },
  'tcp.window_size': { token: 'win', known: KNOWN_WINDOW },
  'tcp.window_size_scalefactor': { token: 'win', known: KNOWN_WINDOW },
  'tcp.len': { token: 'length', known: KNOWN_LENGTH },
  'tcp.hdr_len': { token: 'option', known: KNOWN_OPTIONS },
};

/** Fields that stand for a sequence number that the text leaves out on a pure ACK. */
const CARRIED_ON: ReadonlySet<string> = new Set(['tcp.seq', 'tcp.seq_raw', 'tcp.nxtseq']);
/** Fields that hold a number as sent: what is printed may be relative to the connection's start, or scaled. */
const AS_PRINTED: ReadonlySet<string> = new Set(['tcp.seq_raw', 'tcp.ack_raw', 'tcp.window_size_value']);

/** A record of a text capture as a field tree over its text, and its header diagram. */
export interface TextDetail {
  readonly tree: DetailTree;
  readonly diagram: readonly DiagramBox[];
}

/**
 * Builds the tree of a text record: the same TCP fields as in a binary capture, each at the characters that show it.
 * A field that the text does not show says so, and has no number.
 */
export function buildTextDetail(detail: RecordDetail, context: DetailContext): TextDetail {
  const text = detail.text ?? new Uint8Array(0);
  const tokens = detail.tokens ?? [];
  const segment = detail.record.textSegment;
  const line = textLayer(text, tokens);
  const buffers = [{ label: t('Text'), bytes: text }];
  if (!segment) return { tree: { buffers, layers: [line], tcp: null, issues: [] }, diagram: [] };
  const made = synthesizePacket(segment, tokens, text);
  const record = new CapturedRecord();
  record.bytes = made.bytes;
  record.end = made.bytes.length;
  record.originalLength = made.originalLength;
  record.linkType = LINKTYPE_RAW;
  const decoded = buildDetail(record, context);
  if (!decoded.tcp) return { tree: { buffers, layers: [line], tcp: null, issues: [] }, diagram: [] };
  const tcp = placed(decoded.tcp, new Placer(text, tokens, segment, made.optionTokens));
  const marks = new Map<string, Shown>();
  collectMarks(tcp, marks);
  const diagram = tcpDiagram(decoded).map((box) => {
    const shown = marks.get(box.node);
    return shown ? { ...box, shown, value: shown === 'no' ? '?' : box.value } : box;
  });
  return { tree: { buffers, layers: [line, tcp], tcp, issues: [] }, diagram };
}

/** Where the nodes of a synthesized header stand in the text. */
class Placer {
  constructor(
    readonly text: Uint8Array,
    readonly tokens: readonly TextToken[],
    readonly segment: Segment,
    readonly optionTokens: readonly (TextToken | null)[],
  ) {}

  /** The token that shows a node, null when none does, undefined when its parent's holds for it. */
  tokenOf(node: DetailNode): TextToken | null | undefined {
    const option = /^tcp\.option\.(\d+)$/.exec(node.id);
    // Options are numbered from 1; padding stands with the option before it.
    if (option) return this.optionTokens[Number(option[1]) - 1] ?? this.optionTokens[Number(option[1]) - 2] ?? null;
    const shown = SHOWN[node.filter];
    if (shown) return this.tokens.find((token) => token.kind === shown.token) ?? null;
    if (node.filter === 'tcp.checksum') return this.tokens.find((token) => token.kind === 'checksum') ?? null;
    if (node.filter === 'tcp.urgent_pointer') return this.tokens.find((token) => token.kind === 'urg') ?? null;
    return undefined;
  }

  /** Whether the text tells a node's value: as it is (undefined), computed, or not at all. */
  shownOf(node: DetailNode): Shown | undefined {
    const { known } = this.segment;
    const { filter } = node;
    // Letters stand for flags only; a number holds the reserved bits too.
    if (filter === 'tcp.flags.res') return this.flagsInHex ? undefined : 'no';
    if (filter === 'tcp.checksum' || filter === 'tcp.urgent_pointer') return this.tokenOf(node) ? undefined : 'no';
    const shown = SHOWN[filter];
    if (!shown) return undefined;
    if ((known & shown.known) !== shown.known) return CARRIED_ON.has(filter) && known & DERIVED_SEQ && (filter !== 'tcp.seq_raw' || known & KNOWN_ABSOLUTE_SEQ) ? 'derived' : 'no';
    const printed = this.tokenOf(node)?.value ?? null;
    return (AS_PRINTED.has(filter) && printed !== null && printed !== node.raw) || filter === 'tcp.hdr_len' ? 'derived' : undefined;
  }

  private get flagsInHex(): boolean {
    const token = this.tokens.find(({ kind }) => kind === 'flags');
    return token !== undefined && /0x[0-9a-f]/i.test(textOf(this.text, token.start, Math.min(token.end, token.start + 200)));
  }
}

function placed(node: DetailNode, placer: Placer, inherited: TextToken | null = null): DetailNode {
  const own = placer.tokenOf(node);
  const token = own === undefined ? inherited : own;
  const shown = placer.shownOf(node);
  const carriedOn = shown === 'derived' && !(placer.segment.known & KNOWN_SEQ) && CARRIED_ON.has(node.filter);
  const checksum = node.filter === 'tcp.checksum' && token ? escapeText(textOf(placer.text, token.start, token.end)) : null;
  const whole = node.kind === 'layer';
  return {
    ...strip(node),
    start: whole ? 0 : (token?.start ?? 0),
    length: whole ? placer.text.length : token ? token.end - token.start : 0,
    value: checksum ?? (shown === 'no' ? t('not shown by the text') : shown ? t('{0} (derived)', node.value) : node.value),
    raw: shown === 'no' || carriedOn || checksum !== null ? null : node.raw,
    ...(shown ? { shown } : {}),
    children: node.children.filter((child) => child.kind !== 'issue' && child.kind !== 'payload').map((child) => placed(child, placer, token)),
  };
}

/** Bits count from a byte of a header; in a text a field is whole characters, all of one buffer. */
function strip(node: DetailNode): DetailNode {
  return Object.fromEntries(Object.entries(node).filter(([key]) => key !== 'bit' && key !== 'bits' && key !== 'buffer')) as unknown as DetailNode;
}

/** Nodes whose value is computed or missing. */
function collectMarks(node: DetailNode, marks: Map<string, Shown>): void {
  if (node.shown) marks.set(node.id, node.shown);
  for (const child of node.children) collectMarks(child, marks);
}

const LABELS: Readonly<Partial<Record<TextTokenKind, () => string>>> = {
  number: () => t('Packet number'),
  time: () => t('Time'),
  interface: () => t('Interface'),
  direction: () => t('Direction'),
  link: () => t('Link header'),
  frameLength: () => t('Frame length'),
  network: () => t('Network protocol'),
  ip: () => t('IP header'),
  srcHost: () => t('Source'),
  dstHost: () => t('Destination'),
  payload: () => t('Payload as text'),
  note: () => t('Note of the writer'),
  protocol: () => t('Protocol'),
  hex: () => t('Hex dump'),
};

/** The line itself, with what is no part of the TCP header. */
function textLayer(text: Uint8Array, tokens: readonly TextToken[]): DetailNode {
  const children = tokens.flatMap((token, i): DetailNode[] => {
    const label = LABELS[token.kind]?.();
    if (!label) return [];
    const value = escapeText(textOf(text, token.start, Math.min(token.end, token.start + 200)));
    return [{ id: `text.${token.kind}.${i}`, label: token.kind === 'ip' ? `${label}: ${token.name}` : label, value, raw: token.value, start: token.start, length: token.end - token.start, filter: '', kind: 'field', spec: null, header: null, children: [] }];
  });
  return { id: 'text', label: t('Text'), value: '', raw: null, start: 0, length: text.length, filter: '', kind: 'layer', spec: null, header: null, children };
}
