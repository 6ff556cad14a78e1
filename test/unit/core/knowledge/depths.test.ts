import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { InferredParameter } from '../../../../src/core/analysis/inferredParameter';
import { LABELS } from '../../../../src/core/analysis/labels';
import { VERDICTS } from '../../../../src/core/analysis/verdicts';
import type { DetailNode } from '../../../../src/core/decode/detail';
import type { DetailNodeData } from '../../../../src/core/engineApi';
import type { CardDocument, Rich } from '../../../../src/core/explain/card';
import { cardOf } from '../../../../src/core/explain/explain';
import { findingCard } from '../../../../src/core/explain/findingCards';
import { PARAMETER_IDS, parameterCard } from '../../../../src/core/explain/parameterCards';
import { stateCard } from '../../../../src/core/explain/stateWords';
import { FINDING_SPECS } from '../../../../src/core/findings/findingSpecs';
import { STATES } from '../../../../src/core/knowledge/states';
import { sysctlCard } from '../../../../src/core/knowledge/sysctlCard';
import { currentDefault, SYSCTLS } from '../../../../src/core/knowledge/sysctls';
import { HEADERS } from '../../../../src/core/protocol';
import { TCP_OPTIONS } from '../../../../src/core/protocol/tcpOptions';
import { STATE_NAMES } from '../../../../src/core/stream/endpointStates';
import { openCapture } from '../../../support/openCapture';
import { tcpCapture } from '../../../support/pcapWriter';

/*
 * The table of everything that the product explains: one line, what it means here, the story, and a source. Rows are made with the
 * functions that make the cards, so that what is missing there is missing here.
 */

interface Row {
  readonly kind: string;
  readonly id: string;
  readonly line: string;
  readonly here: string;
  readonly story: string;
  readonly source: string;
}

const DEPTHS = ['line', 'here', 'story', 'source'] as const;
const SOURCE = /RFC \d+|IEEE|IANA|CCSDS|Linux|iproute2|Wireshark|draft-|tcpdump|libpcap|ITU|ISO|[A-Z]{2,}|radiotap\.org|\(7\)/;

/** "kind id: depth" of what a row lacks. */
function lacking(row: Row): string[] {
  const missing = DEPTHS.filter((depth) => row[depth].trim() === '').map((depth) => `${row.kind} ${row.id}: ${depth}`);
  if (row.source !== '' && !SOURCE.test(row.source)) missing.push(`${row.kind} ${row.id}: not a source: ${row.source}`);
  return missing;
}

const plain = (rich: Rich): string => rich.map((part) => (typeof part === 'string' ? part : 'strong' in part ? part.strong : 'code' in part ? part.code : part.text)).join('');
const ofCard = (kind: string, id: string, line: string, card: CardDocument): Row => ({
  kind, id, line: line && plain(card.headline) && line, here: card.here.map(plain).join(' '), story: card.story.slice(1).map(plain).join(' ') || card.story.map(plain).join(' '), source: card.sources.join('; '),
});

function fieldRows(): Row[] {
  return HEADERS.flatMap((header) =>
    header.fields.map((spec): Row => {
      const node: DetailNode = { id: `${header.id}.${spec.name}`, label: spec.label, value: '1', raw: 1, start: 0, length: 1, filter: spec.filter, kind: 'field', spec, header: null, children: [] };
      const card = cardOf(node, null);
      // Without the field's own story a card would still show the line.
      return { ...ofCard(header.id === 'tcp' && spec.name.startsWith('flags.') ? 'flag' : 'field', node.id, spec.doc, card), story: spec.story ?? '' };
    }),
  );
}

function headerRows(): Row[] {
  const options = new Set([...TCP_OPTIONS.values()].map((option) => option.id));
  return HEADERS.map((header) => {
    const node: DetailNode = { id: header.id, label: header.label, value: '', raw: null, start: 0, length: 4, filter: header.filter ?? '', kind: 'layer', spec: null, header, children: [] };
    return { ...ofCard(options.has(header.id) ? 'option kind' : 'header', header.id, header.doc, cardOf(node, null)), story: header.story ?? '' };
  });
}

const parameter = (id: InferredParameter['id']): InferredParameter => ({ id, end: 0, sysctl: '', range: [1, 2], values: null, figure: 1, confidence: 'likely', packets: [0] });

const TABLE: readonly Row[] = [
  ...headerRows(),
  ...fieldRows(),
  ...LABELS.map((l): Row => ({ kind: 'label of Wireshark', id: l.field, line: l.doc, here: l.rule, story: l.story, source: l.source })),
  ...VERDICTS.map((v): Row => ({ kind: 'own label', id: `${v.field} ${v.badge}`, line: v.doc, here: v.rule, story: v.story, source: v.source })),
  ...STATES.map((s) => ofCard('state', STATE_NAMES[s.state]!, s.doc, stateCard('client', s.state, null))),
  ...FINDING_SPECS.map((f) => ofCard('finding', f.id, f.doc, findingCard({ id: f.id, stream: 0, severity: f.severity, confidence: 'likely', packets: [0], packetCount: 1, text: 'It happened.', harm: 0 }))),
  ...SYSCTLS.map((s) => ofCard('sysctl', s.key, s.doc, sysctlCard(s, currentDefault(s)))),
  ...PARAMETER_IDS.map((id) => ofCard('parameter', id, id, parameterCard(parameter(id), 'client'))),
];

describe('the table of the knowledge', () => {
  it('has all three depths and a source in every row', () => {
    assert.deepEqual(TABLE.flatMap(lacking), []);
  });

  it('has every kind of thing, each many times', () => {
    const counts = new Map<string, number>();
    for (const { kind } of TABLE) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const least: Readonly<Record<string, number>> = { header: 50, field: 250, flag: 10, 'option kind': 33, 'label of Wireshark': 15, 'own label': 8, state: 11, finding: 60, sysctl: 120, parameter: 22 };
    for (const [kind, n] of Object.entries(least)) assert.ok((counts.get(kind) ?? 0) >= n, `${kind}: ${counts.get(kind)}`);
    assert.equal(counts.size, Object.keys(least).length);
    assert.equal(new Set(TABLE.map((row) => `${row.kind} ${row.id}`)).size, TABLE.length, 'no row twice');
  });

  it('notices a depth that is missing, in any row', () => {
    for (const row of TABLE) for (const depth of DEPTHS) assert.deepEqual(lacking({ ...row, [depth]: '' }), [`${row.kind} ${row.id}: ${depth}`]);
    assert.equal(lacking({ ...TABLE[0]!, source: 'somebody' }).length, 1);
  });

  function* nodes(list: readonly DetailNodeData[]): Generator<DetailNodeData> {
    for (const node of list) {
      yield node;
      yield* nodes(node.children);
    }
  }

  /** What the cards of a capture's packets lack: every layer, field, flag and option. */
  async function lackingCards(bytes: Uint8Array, most: number, seen: Set<string>): Promise<string[]> {
    const capture = await openCapture(bytes);
    const { packets } = await capture.ask('state', null);
    const found: string[] = [];
    for (let packet = 0; packet < Math.min(most, packets); packet++) {
      const { tree } = await capture.ask('packetDetail', { packet });
      for (const node of nodes(tree)) {
        if (node.kind === 'payload' || node.kind === 'issue') continue;
        seen.add(node.filter || node.id);
        const card: CardDocument | null = await capture.ask('card', { packet, node: node.id });
        if (!card || card.headline.length === 0 || card.here.length === 0 || card.story.length === 0 || card.sources.length === 0) found.push(`packet ${packet + 1} ${node.id} ${node.label}`);
      }
    }
    return found;
  }

  it('gives every node of the samples a card with all depths', async () => {
    const seen = new Set<string>();
    for (const file of readdirSync('media/samples').filter((name) => name.endsWith('.pcap'))) assert.deepEqual(await lackingCards(readFileSync(path.join('media/samples', file)), 8, seen), [], file);
    assert.ok(seen.size > 60, String(seen.size));
  }).timeout(60_000);

  it('gives every option kind a card with all depths, whatever it holds', async () => {
    const seen = new Set<string>();
    const bodies: number[][] = [];
    for (const [kind, spec] of TCP_OPTIONS) {
      if (kind <= 1) bodies.push([kind]);
      else for (const length of spec.lengths.length > 0 ? spec.lengths : [4, 12]) bodies.push([kind, length, ...new Array<number>(length - 2).fill(1)]);
    }
    for (let subtype = 0; subtype < 16; subtype++) for (const length of [4, 8, 12, 16, 20, 24]) bodies.push([30, length, subtype << 4 | 1, ...new Array<number>(length - 3).fill(0x85)]);
    for (const exId of [0xf989, 0xacc0, 0xacc1, 0x454e, 0xe2d4, 0x1234]) bodies.push([254, 8, exId >> 8, exId & 255, 0xc3, 0xd9, 1, 2]);
    const lines = await lackingCards(tcpCapture(bodies.map((options, i) => ({ from: 'client' as const, flags: 2, seq: 1000 + i, options, time: i }))), bodies.length, seen);
    assert.deepEqual(lines, []);
    assert.ok(bodies.length > 130 && seen.size > 100, `${bodies.length} ${seen.size}`);
  }).timeout(60_000);
});
