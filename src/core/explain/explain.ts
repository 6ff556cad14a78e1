import type { DetailNode } from '../decode/detail';
import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import { findNode, type DecodedPacket } from '../query/packetDetail';
import { packetVariables, variablesCard } from '../query/variables';
import { evidenceCards } from './evidence';
import type { CardDocument, Rich } from './card';
import { FactsReader, type PacketFacts } from './facts';
import { HERE_FIELDS, type Here } from './hereFields';
import { HERE_FLAGS, flagsTogether } from './hereFlags';
import { layerHere } from './hereLayers';
import { HERE_OPTIONS, SACK_PART } from './hereOptions';
import { HERE_REST } from './hereRest';
import { kernelLines } from './kernelLines';
import { topicCards } from './topicCards';
import { derived, notShown } from './shownByText';
import { bytes, duration, sentence, side } from './words';

const HERE: Readonly<Record<string, Here>> = { ...HERE_REST, ...HERE_FIELDS, ...HERE_FLAGS, ...HERE_OPTIONS };

/** What a node means in this packet, or undefined where nothing is known. */
function hereOf(node: DetailNode, facts: PacketFacts): readonly Rich[] | undefined {
  if (node.shown === 'no') return notShown(node, facts);
  const key = node.filter || (/\.block\.\d+(\.\w+)?$/.test(node.id) ? SACK_PART : '');
  const here = HERE[key]?.(node, facts);
  return node.shown === 'derived' ? [...(here ?? []), ...derived(node, facts)] : here;
}

/** Filters whose value is quoted or cannot be compared: no filter is offered for them. */
const NOT_FILTERABLE = new Set(['', 'tcp.options', 'tcp.payload']);

/** Header fields that the panel explains; the rest is explained where it stands. */
const IN_PANEL: ReadonlySet<string> = new Set(Object.keys(HERE_FIELDS));

/** Explains nodes and packets of one model. */
export class Explainer {
  private readonly facts: FactsReader;

  constructor(private readonly model: CaptureModel) {
    this.facts = new FactsReader(model);
  }

  /** The hover card of a node of a packet's field tree, or null when there is no such node. */
  async nodeCard(decoded: DecodedPacket, id: string): Promise<CardDocument | null> {
    const node = findNode(decoded.tree.layers, id);
    if (!node) return null;
    const facts = this.belongsToTcp(decoded, node) ? await this.facts.of(decoded.packet) : null;
    return this.cardOf(node, facts);
  }

  /** Facts of a TCP packet, or null for other traffic. */
  factsOf(packet: number): Promise<PacketFacts | null> {
    return this.facts.of(packet);
  }

  /** The card of a node of a packet's own TCP header; an option's tells what its values mean. */
  cardOf(node: DetailNode, facts: PacketFacts | null): CardDocument {
    const text = this.model.reader.info.text !== undefined;
    return node.kind === 'option' && facts ? optionCard(node, facts, text) : cardOf(node, facts, text);
  }

  /** The panel's cards: the packet in a sentence, its labels, flags, options, then the other header fields. */
  async packet(decoded: DecodedPacket): Promise<readonly CardDocument[]> {
    const facts = await this.facts.of(decoded.packet);
    const { tcp } = decoded.tree;
    if (!facts || !tcp) return [otherPacket(decoded)];
    const cards: CardDocument[] = [summary(decoded, facts), ...(await evidenceCards(this.model, decoded.packet))];
    const variables = await packetVariables(this.model, decoded.packet);
    const flags = tcp.children.find((child) => child.filter === 'tcp.flags');
    if (flags) cards.push(...flags.children.filter((flag) => flag.raw).map((flag) => this.cardOf(flag, facts)));
    for (const option of descendants(tcp)) if (option.kind === 'option') cards.push(this.cardOf(option, facts));
    for (const field of tcp.children) if (field.kind === 'field' && field !== flags && IN_PANEL.has(field.filter)) cards.push(this.cardOf(field, facts));
    cards.push(...topicCards(facts));
    if (variables) cards.push(variablesCard(variables));
    return cards;
  }

  /** Only the row's own TCP header is explained with the stream's facts, not one quoted in an ICMP error. */
  private belongsToTcp(decoded: DecodedPacket, node: DetailNode): boolean {
    const { tcp } = decoded.tree;
    return tcp !== null && findNode([tcp], node.id) !== null;
  }
}

function* descendants(node: DetailNode): Generator<DetailNode> {
  for (const child of node.children) {
    yield child;
    yield* descendants(child);
  }
}

/** The card of one node: what the tables say, and what it means here where we know the packet's stream. */
export function cardOf(node: DetailNode, facts: PacketFacts | null, text = false): CardDocument {
  const { spec, header } = node;
  const here = facts ? hereOf(node, facts) : undefined;
  const story: Rich[] = [];
  if (spec) {
    story.push([t(spec.doc)]);
    if (spec.story) story.push([t(spec.story)]);
  } else if (header) story.push([t(header.doc)]);
  if (node.issue) story.unshift([node.issue.message]);
  story.push(...kernelLines(node.filter));
  const source = spec?.rfc ?? header?.rfc ?? '';
  return {
    id: node.id,
    title: t(node.label),
    headline: node.value ? [{ strong: t(node.label) }, ` ${node.value}`] : [{ strong: t(node.label) }],
    here: here && here.length > 0 ? here : layerHere(node, text),
    story,
    sources: source ? source.split(/;\s*/) : [],
    filter: NOT_FILTERABLE.has(node.filter) || node.raw === null ? '' : `${node.filter} == ${node.raw}`,
    copy: node.raw !== null ? String(node.raw) : node.value,
  };
}

/** An option as a whole: its own words, and what its values mean here. */
function optionCard(option: DetailNode, facts: PacketFacts, text: boolean): CardDocument {
  const card = cardOf(option, facts, text);
  const inner = [...descendants(option)].filter((child) => child.filter !== 'tcp.option_kind' && child.filter !== 'tcp.option_len').flatMap((child) => hereOf(child, facts) ?? []);
  const once = inner.filter((line, i) => inner.findIndex((other) => JSON.stringify(other) === JSON.stringify(line)) === i);
  const own = hereOf(option, facts) ?? once;
  return { ...card, here: own.length > 0 ? own : [[t('{0} sends it here: {1} of the 40 that options may take.', sentence(side(facts.from)), bytes(option.length))]] };
}

function summary(decoded: DecodedPacket, facts: PacketFacts): CardDocument {
  const { columns } = facts;
  const here: Rich[] = [...flagsTogether(facts)];
  if (columns.payload !== null && columns.payload > 0) here.push([t('{0} → {1}: {2} of data.', sentence(side(facts.from)), side(facts.to), bytes(columns.payload))]);
  if (facts.acks) here.push([t('It acknowledges packet '), { packet: facts.acks.packet, text: `#${facts.acks.packet + 1}` }, facts.acks.rtt === null ? '.' : t(' after {0}.', duration(facts.acks.rtt))]);
  if (facts.sincePrevious !== null) here.push([t('{0} after the previous packet of this stream.', duration(facts.sincePrevious))]);
  for (const issue of decoded.tree.issues) here.push([issue.message]);
  return {
    id: 'packet',
    title: t('Packet {0}', decoded.packet + 1),
    headline: [{ strong: t('Packet {0}', decoded.packet + 1) }, t(': number {0} of stream {1}, from {2}', facts.rank + 1, facts.stream, side(facts.from))],
    here,
    story: [],
    sources: [],
    filter: `frame.number == ${decoded.packet + 1}`,
    copy: String(decoded.packet + 1),
  };
}

function otherPacket(decoded: DecodedPacket): CardDocument {
  return {
    id: 'packet',
    title: t('Packet {0}', decoded.packet + 1),
    headline: [{ strong: t('Packet {0}', decoded.packet + 1) }, t(': no TCP segment')],
    here: [[t('It carries: {0}', decoded.tree.layers.map((layer) => layer.label).join(', '))], ...decoded.tree.issues.map((issue): Rich => [issue.message])],
    story: [],
    sources: [],
    filter: `frame.number == ${decoded.packet + 1}`,
    copy: String(decoded.packet + 1),
  };
}
