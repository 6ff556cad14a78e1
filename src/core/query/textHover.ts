import { LABELS } from '../analysis/labels';
import { LABEL_ACK_LOST_SEGMENT, LABEL_DUPLICATE_ACK, LABEL_LOST_SEGMENT, LABEL_WINDOW_FULL, LABEL_WINDOW_UPDATE, LABEL_ZERO_WINDOW } from '../analysis/segmentAnalysis';
import { textOf } from '../capture/textCursor';
import { tokenAt } from '../capture/textDetail';
import type { TextToken, TextTokenKind } from '../capture/textTokens';
import type { DetailNode } from '../decode/detail';
import type { CardDocument, Rich } from '../explain/card';
import type { Explainer } from '../explain/explain';
import type { PacketFacts } from '../explain/facts';
import { flagAt } from '../explain/flagWords';
import { evidenceCards } from '../explain/evidence';
import { optionTokenCard, textTokenCard } from '../explain/textTokenCards';
import { grouped } from '../explain/words';
import { t } from '../l10n';
import type { CaptureModel } from './captureModel';
import type { DecodedPacket } from './packetDetail';
import type { TextHover, TextPosition } from './textApi';
import { TextPlaces } from './textPlaces';

/** The header field that a token shows. */
const FIELDS: Readonly<Partial<Record<TextTokenKind, string>>> = {
  srcPort: 'tcp.srcport',
  dstPort: 'tcp.dstport',
  seq: 'tcp.seq',
  ack: 'tcp.ack',
  win: 'tcp.window_size_value',
  urg: 'tcp.urgent_pointer',
  length: 'tcp.len',
};

const RETRANSMISSIONS = 0x3c00; // out of order, spurious, fast, plain
/** The labels that are about a token's field: their cards follow it. */
const LABELS_OF: Readonly<Partial<Record<TextTokenKind, number>>> = {
  seq: RETRANSMISSIONS | LABEL_LOST_SEGMENT,
  ack: LABEL_DUPLICATE_ACK | LABEL_ACK_LOST_SEGMENT,
  win: LABEL_ZERO_WINDOW | LABEL_WINDOW_FULL | LABEL_WINDOW_UPDATE,
  flags: 0x7fff,
};

/** A token of a decoded text packet under a position; null between tokens. */
export interface TokenHere {
  readonly token: TextToken;
  readonly places: TextPlaces;
  readonly text: Uint8Array;
  /** Byte of the record's text. */
  readonly offset: number;
}

export function tokenAtPosition(decoded: DecodedPacket, position: TextPosition): TokenHere | null {
  const { text, tokens } = decoded;
  if (!text || !tokens) return null;
  const places = new TextPlaces(text);
  const offset = places.byteAt(position.line, position.column);
  const token = offset < 0 ? null : tokenAt({ tokens }, offset);
  return token && { token, places, text, offset };
}

/** The computed explanation of the token at a position; null between tokens. */
export async function textHover(model: CaptureModel, explainer: Explainer, decoded: DecodedPacket, position: TextPosition): Promise<TextHover | null> {
  const here = tokenAtPosition(decoded, position);
  if (!here) return null;
  const { token, places } = here;
  const facts = await explainer.factsOf(decoded.packet);
  if (token.kind === 'flags') {
    const flag = flagAt(textOf(here.text, token.start, token.end), here.offset - token.start);
    const span = flag ? places.span(token.start + flag.start, token.start + flag.end) : places.span(token.start, token.end);
    return { span, cards: [...flagCards(explainer, decoded, facts, flag?.filter ?? null), ...(await evidenceAbout(model, decoded, token.kind))] };
  }
  const card = tokenCard(model, explainer, decoded, here, facts);
  return { span: places.span(token.start, token.end), cards: [card, ...(await evidenceAbout(model, decoded, token.kind))] };
}

function tokenCard(model: CaptureModel, explainer: Explainer, decoded: DecodedPacket, { token, text }: TokenHere, facts: PacketFacts | null): CardDocument {
  const { tcp } = decoded.tree;
  const node = tcp && (token.kind === 'option' ? optionNode(decoded, tcp, token) : tcp.children.find((child) => child.filter === FIELDS[token.kind]));
  if (!node) return token.kind === 'option' ? optionTokenCard(token) : textTokenCard(model, decoded.packet, text, token, facts);
  const card = explainer.cardOf(node, facts);
  return token.kind === 'seq' ? { ...card, here: [...notation(token), ...card.here] } : card;
}

/** tcpdump's range looks off by one to many: its end is the next number, not the last. */
function notation(token: TextToken): Rich[] {
  const { value, second } = token;
  if (value === null || second === null || second === value) return [];
  return [[t('{0}:{1} is printed as first:next: {1} is the number after the last byte.', grouped(value), grouped(second))]];
}

/** The option node that a token shows: by place in the text, or by rank where the header was decoded from a hex dump. */
function optionNode(decoded: DecodedPacket, tcp: DetailNode, token: TextToken): DetailNode | undefined {
  const options = tcp.children.flatMap((child) => (child.kind === 'option' ? [child] : child.children.filter((inner) => inner.kind === 'option')));
  if (decoded.record.textSegment) return options.find((node) => node.start === token.start && node.length === token.end - token.start);
  const rank = (decoded.tokens ?? []).filter((other) => other.kind === 'option').indexOf(token);
  return options[rank];
}

function flagCards(explainer: Explainer, decoded: DecodedPacket, facts: PacketFacts | null, filter: string | null): CardDocument[] {
  const flags = decoded.tree.tcp?.children.find((child) => child.filter === 'tcp.flags');
  if (!flags) return [];
  const whole = explainer.cardOf(flags, facts);
  const one = flags.children.find((child) => child.filter === filter);
  return one ? [explainer.cardOf(one, facts), { ...whole, story: [], sources: [] }] : [whole];
}

/** Our verdicts and Wireshark's labels that are about the token: all of them on the flags. A pure ACK has no number: there its `ack` stands in. */
async function evidenceAbout(model: CaptureModel, decoded: DecodedPacket, kind: TextTokenKind): Promise<readonly CardDocument[]> {
  const bits = LABELS_OF[kind] ?? 0;
  if (bits === 0) return [];
  const verdicts = kind === 'flags' || kind === 'seq' || (kind === 'ack' && !decoded.tokens?.some((token) => token.kind === 'seq'));
  return (await evidenceCards(model, decoded.packet)).filter(({ id }) => (id.startsWith('segment.') ? verdicts : LABELS.some((label) => label.field === id && label.bit & bits)));
}
