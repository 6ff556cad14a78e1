import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { LABEL_KEEP_ALIVE } from '../../../../src/core/analysis/segmentAnalysis';
import { VERDICT_LOST, VERDICT_RETRANSMISSION, VERDICT_SPURIOUS, VERDICT_UNKNOWN, VERDICT_WINDOW_PROBE } from '../../../../src/core/analysis/segmentVerdict';
import { NO_PACKET } from '../../../../src/core/bytes/units';
import type { Engine } from '../../../../src/core/engine';
import type { PacketRow } from '../../../../src/core/engineApi';
import type { CardDocument, Rich } from '../../../../src/core/explain/card';
import * as api from '../../../../src/core/timelineApi';
import { openCapture } from '../../../support/openCapture';

const sample = (name: string): Promise<Awaited<ReturnType<typeof openCapture>>> => openCapture(readFileSync(`media/samples/${name}.pcap`));

/** Waits for the end of the study. */
async function studied(engine: Engine): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    engine.onState(({ study }) => (study.phase === 'done' ? resolve() : study.phase === 'failed' ? reject(new Error('no study')) : undefined));
    void engine.call('state', null).then((state) => {
      if (state.ok && state.value.study.phase === 'done') resolve();
    });
  });
}

async function rowsOf({ ask }: Awaited<ReturnType<typeof openCapture>>): Promise<readonly PacketRow[]> {
  return (await ask('packetPage', { view: { kind: 'all' }, start: 0, count: 2000 })).rows;
}

const badges = (row: PacketRow): string => row.badges.map((badge) => badge.text).join(', ');
const words = (card: CardDocument | null): string => [card!.headline, ...card!.here].map((rich: Rich) => rich.map((part) => (typeof part === 'string' ? part : 'strong' in part ? part.strong : 'code' in part ? part.code : part.text)).join('')).join('\n');

describe('badges', () => {
  it('are Wireshark\'s labels until the study has come by, then our verdicts', async () => {
    const opened = await sample('zero-window');
    const before = await rowsOf(opened);
    const probes = before.filter((row) => row.labels & LABEL_KEEP_ALIVE);
    assert.ok(probes.length > 2 && probes.every((row) => row.verdict === VERDICT_UNKNOWN && badges(row).includes('keep-alive')));
    await studied(opened.engine);
    const after = await rowsOf(opened);
    for (const { packet } of probes) {
      const row = after[packet]!;
      assert.equal(row.verdict, VERDICT_WINDOW_PROBE);
      assert.equal(badges(row), 'window probe');
    }
    await opened.engine.close();
  });

  it('agree with the ladder: what was not needed followed nothing lost', async () => {
    for (const name of ['zero-window', 'loss-sack', 'reordering', 'tail-loss']) {
      const opened = await sample(name);
      await studied(opened.engine);
      const rows = await rowsOf(opened);
      let again = 0;
      for (let stream = 0; stream < 20; stream++) {
        const page = await opened.ask('timelinePage', { stream, start: 0, count: 2000 }).catch(() => null);
        if (!page) break;
        const { segments: s } = page;
        s.packet.forEach((packet, i) => {
          const row = rows[packet]!;
          assert.equal(s.verdicts[i], row.verdict);
          assert.equal((s.marks[i]! & api.MARK_LOST) !== 0, (row.verdict & VERDICT_LOST) !== 0, `${name} packet ${packet + 1}: lost`);
          if (s.sentBefore[i] === NO_PACKET) return;
          again++;
          assert.ok(row.verdict & VERDICT_RETRANSMISSION, `${name} packet ${packet + 1}: a bracket ends at what is no retransmission`);
          const first = rows[s.packet[s.sentBefore[i]!]!]!;
          if (row.verdict & VERDICT_SPURIOUS) assert.ok(!(first.verdict & VERDICT_LOST), `${name} packet ${packet + 1} was not needed, but ${first.packet + 1} was lost`);
        });
      }
      if (name !== 'reordering') assert.ok(again > 0, name);
      await opened.engine.close();
    }
  });

  it('have a card with the grounds, the packets as links, and what Wireshark calls it', async () => {
    const opened = await sample('zero-window');
    await studied(opened.engine);
    const rows = await rowsOf(opened);
    const probe = rows.find((row) => row.verdict & VERDICT_WINDOW_PROBE)!;
    const card = await opened.ask('card', { packet: probe.packet, node: probe.badges[0]!.field });
    assert.match(words(card), /Window probe/);
    assert.match(words(card), /takes the window of the other side for closed/);
    assert.match(words(card), /Wireshark calls this a keep-alive, because: /);
    assert.match(words(card), /Confidence: certain/);
    assert.ok(card!.here.flat().some((part) => typeof part !== 'string' && 'packet' in part));
    assert.equal(await opened.ask('card', { packet: 0, node: 'segment.lost' }), null);
    await opened.engine.close();
  });

  it('stay Wireshark\'s where the capture shows no times: nothing was judged', async () => {
    const line = (n: number): string => `IP 10.0.0.1.1000 > 10.0.0.2.80: Flags [P.], seq ${n}:${n + 100}, ack 1, win 1000, length 100\n`;
    const opened = await openCapture(Buffer.from(line(1) + line(101) + line(1)));
    const before = (await rowsOf(opened)).map(badges);
    assert.match(before[2]!, /retransmission|out of order/i);
    await studied(opened.engine);
    const rows = await rowsOf(opened);
    assert.deepEqual(rows.map(badges), before);
    assert.ok(rows.every(({ verdict }) => verdict === VERDICT_UNKNOWN));
    const card = await opened.ask('card', { packet: 2, node: rows[2]!.badges[0]!.field });
    assert.doesNotMatch(words(card), /Our verdict/);
    await opened.engine.close();
  });

  it('that are several fit one card', async () => {
    const opened = await sample('zero-window');
    await studied(opened.engine);
    const row = (await rowsOf(opened)).find(({ badges: list }) => list.length > 1)!;
    const card = await opened.ask('card', { packet: row.packet, node: row.badges.map(({ field }) => field).join(',') });
    for (const badge of row.badges) assert.match(words(card).toLowerCase(), new RegExp(badge.field.startsWith('segment.') ? badge.text : '\\[tcp'));
    await opened.engine.close();
  });
});
