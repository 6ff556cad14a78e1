import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { LABELS } from '../../../../src/core/analysis/labels';
import type { CardDocument } from '../../../../src/core/explain/card';
import type { DetailNodeData } from '../../../../src/core/engineApi';
import { FINDING_SPECS } from '../../../../src/core/findings/findingSpecs';
import { FIELD_SYSCTLS } from '../../../../src/core/knowledge/fieldSysctls';
import { findSysctl } from '../../../../src/core/knowledge/sysctls';
import { TOPICS } from '../../../../src/core/knowledge/topics';
import { HEADERS } from '../../../../src/core/protocol';
import { openCapture } from '../../../support/openCapture';

/** Packets looked at per sample: handshake, data, and what goes wrong stand among the first. */
const PACKETS = 40;

function* nodes(list: readonly DetailNodeData[]): Generator<DetailNodeData> {
  for (const node of list) {
    yield node;
    yield* nodes(node.children);
  }
}

describe('the knowledge', () => {
  it('has one line, a story and a source for every field of every header, option kinds included', () => {
    const lacking: string[] = [];
    for (const header of HEADERS) {
      if (!header.doc || !header.rfc) lacking.push(header.id);
      for (const field of header.fields) if (!field.doc.endsWith('.') || !field.story || !field.rfc) lacking.push(`${header.id} ${field.name}`);
    }
    assert.deepEqual(lacking, []);
    assert.ok(HEADERS.length > 80);
  });

  it('has one line, the rule, a story and a source for every label', () => {
    for (const label of LABELS) {
      assert.ok(label.doc.endsWith('.') && label.rule.endsWith('.') && label.story.length > 30, label.field);
      assert.match(label.source, /RFC \d+ \d|Wireshark/, label.field);
    }
  });

  it('has one line, a story and a source for every finding', () => {
    for (const spec of FINDING_SPECS) assert.ok(spec.doc.endsWith('.') && spec.story.length > 30 && spec.sources !== '' && spec.next !== '', spec.id);
  });

  it('has one line, a story, a source and a place for every topic', async () => {
    const wanted = new Set(TOPICS.map((topic) => topic.id));
    for (const topic of TOPICS) {
      assert.ok(topic.doc.endsWith('.') && topic.story.length >= 2 && topic.source !== '', topic.id);
      for (const key of topic.see) assert.ok(findSysctl(key), key);
    }
    for (const file of readdirSync('media/samples').filter((name) => name.endsWith('.pcap'))) {
      const capture = await openCapture(readFileSync(path.join('media/samples', file)));
      const { packets } = await capture.ask('state', null);
      for (let packet = 0; packet < packets && wanted.size > 0; packet++) for (const card of await capture.ask('explainPacket', { packet })) wanted.delete(card.id);
    }
    assert.deepEqual([...wanted], []);
  });

  it('links fields and labels to kernel parameters that it knows', () => {
    const known = new Set([...HEADERS.flatMap((header) => [header.filter, ...header.fields.map((field) => field.filter)]), ...LABELS.map((label) => label.field)]);
    for (const [field, keys] of Object.entries(FIELD_SYSCTLS)) {
      assert.ok(known.has(field), field);
      assert.ok(keys.length > 0 && keys.every((key) => findSysctl(key) && !findSysctl(key)!.removed), field);
    }
    // What a story names must be known too.
    const named = HEADERS.flatMap((header) => [header.story, ...header.fields.map((field) => field.story)]).flatMap((story) => [...(story ?? '').matchAll(/net\.(?:ipv4|core)\.\w+/g)].map((m) => m[0]));
    assert.ok(named.length >= 5, String(named.length));
    assert.deepEqual(named.filter((key) => !findSysctl(key)), []);
  });

  it('says what each part of a TCP header means in the very packet', async () => {
    const lacking = new Map<string, string>();
    const seen = new Set<string>();
    for (const file of readdirSync('media/samples').filter((name) => name.endsWith('.pcap'))) {
      const capture = await openCapture(readFileSync(path.join('media/samples', file)));
      const { packets } = await capture.ask('state', null);
      for (let packet = 0; packet < Math.min(PACKETS, packets); packet++) {
        const { tree } = await capture.ask('packetDetail', { packet });
        const tcp = tree.find((layer) => layer.id === 'tcp' || layer.filter === 'tcp');
        if (!tcp) continue;
        for (const node of nodes(tcp.children)) {
          if (node.kind === 'payload' || node.kind === 'issue') continue;
          seen.add(node.filter);
          const card: CardDocument | null = await capture.ask('card', { packet, node: node.id });
          assert.ok(card, node.id);
          if (card.headline.length === 0 || card.here.length === 0 || card.story.length === 0 || card.sources.length === 0) lacking.set(node.filter || node.label, `${file} ${packet + 1} ${node.id}`);
        }
      }
    }
    assert.equal([...lacking].map((l) => l.join(": ")).join("\n"), "");
    assert.ok(seen.size >= 42, [...seen].join(' '));
  });
});
