import assert from 'node:assert/strict';
import type { Engine } from '../../../../src/core/engine';
import { MOST_PHASES } from '../../../../src/core/query/streamOutline';
import type { PacketRelation } from '../../../../src/core/query/textApi';
import { ask, engineOf } from '../../../support/textEngine';

const CLIENT = '10.0.0.1.40000 > 10.0.0.2.80';
const SERVER = '10.0.0.2.80 > 10.0.0.1.40000';

/** A short connection: two segments acknowledged at once, one of them sent again, a hole reported with SACK. */
const LOSSY = [
  `10:00:00.000000 IP ${CLIENT}: Flags [S], seq 1000, win 64240, options [mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7], length 0`,
  `10:00:00.010000 IP ${SERVER}: Flags [S.], seq 5000, ack 1001, win 65160, options [mss 1460,sackOK,TS val 900 ecr 100,nop,wscale 7], length 0`,
  `10:00:00.020000 IP ${CLIENT}: Flags [.], ack 1, win 502, options [nop,nop,TS val 110 ecr 900], length 0`,
  `10:00:00.030000 IP ${CLIENT}: Flags [P.], seq 1:101, ack 1, win 502, options [nop,nop,TS val 120 ecr 900], length 100`,
  `10:00:00.031000 IP ${CLIENT}: Flags [P.], seq 101:201, ack 1, win 502, options [nop,nop,TS val 121 ecr 900], length 100`,
  `10:00:00.041000 IP ${SERVER}: Flags [.], ack 1, win 509, options [nop,nop,TS val 940 ecr 110,nop,nop,sack 1 {101:201}], length 0`,
  `10:00:00.400000 IP ${CLIENT}: Flags [P.], seq 1:101, ack 1, win 502, options [nop,nop,TS val 490 ecr 940], length 100`,
  `10:00:00.410000 IP ${SERVER}: Flags [.], ack 201, win 509, options [nop,nop,TS val 1300 ecr 490], length 0`,
  `10:00:00.420000 IP ${CLIENT}: Flags [F.], seq 201, ack 1, win 502, options [nop,nop,TS val 500 ecr 1300], length 0`,
  `10:00:00.430000 IP ${SERVER}: Flags [R.], seq 1, ack 202, win 0, length 0`,
];

/** Packet numbers (from 1) by relation, at `text` in the line of packet `number`. */
async function links(engine: Engine, method: 'textDefinition' | 'textReferences', number: number, text: string, offset = 0): Promise<[PacketRelation, number][]> {
  const column = LOSSY[number - 1]!.indexOf(text);
  assert.ok(column >= 0, text);
  const found = await ask(engine, method, { packet: number - 1, line: 0, column: column + offset });
  return (found?.targets ?? []).map(({ relation, packet }) => [relation, packet + 1]);
}

describe('queries about a text capture', () => {
  it('say where each record stands, continuation lines included', async () => {
    const text = ['listening on eth0', '10:00:00.000000 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto TCP (6), length 60)', `    ${CLIENT}: Flags [S], cksum 0x1234 (correct), seq 1000, win 64240, options [mss 1460], length 0`, LOSSY[1]!, 'no packet', '1 packet captured'];
    const engine = await engineOf(text.join('\n'));
    const index = await ask(engine, 'textIndex', null);
    assert.deepEqual([...index.line], [1, 3]);
    assert.deepEqual([...index.lineCount], [2, 1]);
    assert.deepEqual([...index.stream], [0, 0]);
    assert.deepEqual([...index.firstPacket], [0]);
    const packetAt = await Promise.all(text.map((_, line) => ask(engine, 'packetAtLine', { line })));
    assert.deepEqual(packetAt, [null, 0, 0, 1, null, null]);
    assert.equal(await ask(engine, 'lineOfPacket', { packet: 1 }), 3);
    const win = await ask(engine, 'textHover', { packet: 0, line: 1, column: text[2]!.indexOf('win') + 1 });
    assert.deepEqual(win?.span, { line: 1, start: text[2]!.indexOf('win'), end: text[2]!.indexOf('win') + 9 });
    const ttl = await ask(engine, 'textHover', { packet: 0, line: 0, column: text[1]!.indexOf('ttl') });
    assert.equal(ttl?.cards[0]?.title, 'Time to live');
  });

  it('follow an acknowledgment, a retransmission, a SYN/ACK, a window, an echoed timestamp and a SACK block back', async () => {
    const engine = await engineOf(LOSSY.join('\n'));
    const definition = (number: number, text: string, offset = 0): Promise<[PacketRelation, number][]> => links(engine, 'textDefinition', number, text, offset);
    assert.deepEqual(await definition(8, 'ack 201'), [['acknowledged', 5]]);
    assert.deepEqual(await definition(7, 'seq 1:101'), [['original', 4]]);
    assert.deepEqual(await definition(2, '[S.]', 1), [['syn', 1]]);
    assert.deepEqual(await definition(4, 'win 502'), [['scale', 1]]);
    assert.deepEqual(await definition(8, 'ecr 490'), [['echoed', 7]]);
    assert.deepEqual(await definition(8, 'TS val'), [['self', 8]]);
    assert.deepEqual(await definition(6, 'sack 1'), [['sacked', 5]]);
    assert.deepEqual(await definition(4, 'seq 1:101'), [['self', 4]]);
    assert.deepEqual(await definition(4, '10.0.0.2'), [['stream', 1]]);
  });

  it('name who acknowledged, other copies, and what an acknowledgment is the first to cover', async () => {
    const engine = await engineOf(LOSSY.join('\n'));
    const references = (number: number, text: string): Promise<[PacketRelation, number][]> => links(engine, 'textReferences', number, text);
    assert.deepEqual(await references(4, 'seq 1:101'), [['self', 4], ['copy', 7], ['acknowledgedBy', 8]]);
    assert.deepEqual(await references(8, 'ack 201'), [['acknowledged', 4], ['acknowledged', 5], ['acknowledged', 7], ['self', 8]]);
    assert.equal((await references(1, '10.0.0.1')).length, LOSSY.length);
  });

  it('divide a stream into handshake, data and close', async () => {
    const engine = await engineOf(LOSSY.join('\n'));
    const [outline] = await ask(engine, 'streamOutlines', { start: 0, count: 10 });
    assert.deepEqual(outline!.phases.map(({ kind, first, last }) => [kind, first + 1, last + 1]), [['handshake', 1, 3], ['data', 4, 8], ['close', 9, 10]]);
    assert.deepEqual([outline!.bytesClient, outline!.bytesServer, outline!.retransmissions], [300, 0, 1]);
    const [midStream] = await ask(await engineOf(LOSSY.slice(3, 8).join('\n')), 'streamOutlines', { start: 0, count: 10 });
    assert.deepEqual(midStream!.phases.map((phase) => phase.kind), ['data'], 'no handshake was captured');
  });

  it('bound the parts of a stream, and leave them out when they are not wanted', async () => {
    const again = [`10:00:00.000000 IP ${CLIENT}: Flags [.], seq 1, ack 1, win 502, length 0`, `10:00:00.000000 IP ${CLIENT}: Flags [F.], seq 1, ack 1, win 502, length 0`, `10:00:00.000000 IP ${CLIENT}: Flags [S.], seq 0, ack 1, win 502, length 0`];
    const engine = await engineOf(Array.from({ length: 300 }, (_, i) => again[i % 3]!).join('\n'));
    const outlines = await ask(engine, 'streamOutlines', { start: 0, count: 1000 });
    assert.equal(Math.max(...outlines.map((outline) => outline.phases.length)), MOST_PHASES);
    const bare = await ask(engine, 'streamOutlines', { start: 0, count: 1000, phases: false });
    assert.deepEqual(bare, outlines.map((outline) => ({ ...outline, phases: [] })));
  });

  it('give states where they change, and times where the text shows them', async () => {
    const engine = await engineOf(LOSSY.join('\n'));
    const hints = await ask(engine, 'packetHints', { start: 0, count: 100 });
    assert.deepEqual(hints.map((hint) => hint.states.map((s) => `${s.end} ${s.state}`).join(', ')).filter(Boolean), [
      'client SYN-SENT, server SYN-RECEIVED', 'client ESTABLISHED', 'server ESTABLISHED', 'client FIN-WAIT-1, server CLOSE-WAIT', 'client CLOSED, server CLOSED',
    ]);
    assert.equal(hints[1]!.rtt, 10_000_000);
    const untimed = await ask(await engineOf(LOSSY.map((line) => line.slice(16)).join('\n')), 'packetHints', { start: 0, count: 100 });
    assert.equal(untimed.length, LOSSY.length);
    assert.ok(untimed.every((hint) => hint.rtt === null && hint.streamTime === null));
  });

  it('list problems worst first, as many as asked for', async () => {
    const engine = await engineOf(LOSSY.join('\n'));
    const problems = await ask(engine, 'problems', { most: 200 });
    assert.deepEqual(problems.map((p) => [p.code, p.packet + 1, p.related.map((r) => r.packet + 1)]), [
      ['loss.timeout', 4, [7]],
      ['reset.by-server', 9, [10]],
      ['tcp.analysis.retransmission', 7, [4]],
    ]);
    assert.deepEqual(await ask(engine, 'problems', { most: 0 }), []);
  });

  it('have a card for every token, whatever printed it', async () => {
    const texts = [
      LOSSY.join('\n'),
      `> ${LOSSY.join('\n> ')}`,
      '    1   0.000000     10.0.0.1 → 10.0.0.2     TCP 74 40000 → 80 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 SACK_PERM=1 TSval=1 TSecr=0 WS=128\n    2   0.010000     10.0.0.2 → 10.0.0.1     TCP 74 [TCP Retransmission] 80 → 40000 [SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0 MSS=1460\n',
      `${LOSSY[0]!}\n\t0x0000:  4500 003c 0001 4000 4006 0000 0a00 0001\n\t0x0010:  0a00 0002 9c40 0050 0000 03e8 0000 0000\n\t0x0020:  a002 faf0 0000 0000 0204 05b4 0402 080a\n\t0x0030:  0000 0064 0000 0000 0103 0307\n`,
      '10:00:00.000000 IP 10.0.0.1.53 > 10.0.0.2.4242: 1 1/0/0 A 192.0.2.1 (44)\n10:00:00.000000 ARP, Request who-has 10.0.0.1 tell 10.0.0.2, length 28\n',
      '10:00:00.000000 10.0.0.1.40000 > 10.0.0.2.80: S 1000:1000(0) win 64240 <mss 1460,nop,wscale 0> (DF)\n',
      'tcpdump: x\n10:00:00.000000 eth0  In  IP6 2001:db8::1.40000 > 2001:db8::2.80: Flags [SEW], seq 7, win 1, options [mss 1440,unknown-99 0x00,md5 shared secret not supplied, can\'t check,mptcp capable v1], length 5: HTTP: "é\u202e"\n',
    ];
    for (const text of texts) {
      const engine = await engineOf(text);
      const index = await ask(engine, 'textIndex', null);
      assert.ok(index.line.length > 0, text);
      for (let packet = 0; packet < index.line.length; packet++) {
        for (const token of await ask(engine, 'textTokens', { packet })) {
          const hover = await ask(engine, 'textHover', { packet, line: token.line, column: token.start });
          assert.ok(hover && hover.cards.length > 0, `${token.kind} in ${text}`);
          for (const card of hover.cards) assert.ok(card.title !== '' && !JSON.stringify(card).includes('\u202e'), JSON.stringify(card));
          for (const method of ['textDefinition', 'textReferences'] as const) await ask(engine, method, { packet, line: token.line, column: token.start });
        }
      }
      await engine.close();
    }
  });

  it('refuse packets that do not exist and are silent about places that do not', async () => {
    const engine = await engineOf(LOSSY.join('\n'));
    const refused = await engine.call('textHover', { packet: 99, line: 0, column: 0 });
    assert.ok(!refused.ok && refused.error.code === 'bad-request');
    assert.equal(await ask(engine, 'textHover', { packet: 0, line: 7, column: 0 }), null);
    assert.equal(await ask(engine, 'textHover', { packet: 0, line: 0, column: 100_000 }), null);
  });
});
