import assert from 'node:assert/strict';
import type { PacketRow } from '../../src/core/engineApi';
import type { Engine } from '../../src/core/engine';
import { STATE_NAMES } from '../../src/core/stream/endpointStates';
import { ask, engineOf } from './textEngine';

/** What must be told of traces of three kinds, whosever they are: the article's own and our stand-ins. */

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

/** "3 SYN-RECEIVED>ESTABLISHED": states that one end passed, packets from 1. */
async function states(engine: Engine, end: 'client' | 'server'): Promise<string[]> {
  const history = await ask(engine, 'stateHistory', { packet: 0 });
  return (history?.steps ?? []).filter((s) => s.end === end).map((s) => `${s.packet + 1} ${s.path.map((state) => STATE_NAMES[state]).join('>')}`);
}

/** Every card that the explanation of a packet shows, as text. */
async function explained(engine: Engine, packet: number): Promise<string> {
  const cards = await ask(engine, 'explainPacket', { packet: packet - 1 });
  return plain(cards.flatMap((card) => [card.headline, ...card.here]).map((rich) => rich.map((part) => (typeof part === 'string' ? part : 'strong' in part ? part.strong : 'code' in part ? part.code : part.text)).join('')).join('\n'));
}

async function hovered(engine: Engine, lines: readonly string[], packet: number, word: string): Promise<string> {
  const index = await ask(engine, 'textIndex', null);
  const line = lines[index.line[packet - 1]!]!;
  const hover = await ask(engine, 'textHover', { packet: packet - 1, line: 0, column: line.indexOf(word) + 1 });
  assert.ok(hover, `a hover on ${word} of ${line}`);
  return plain(JSON.stringify(hover.cards));
}

async function studied(text: string): Promise<{ readonly engine: Engine; readonly lines: readonly string[] }> {
  const engine = await engineOf(text);
  await ask(engine, 'problems', { most: 0 });
  return { engine, lines: text.split('\n') };
}

/** Three packets: SYN, SYN/ACK, ACK. */
export async function handshakeIsFollowed(text: string): Promise<void> {
  const { engine, lines } = await studied(text);
  assert.deepEqual(await states(engine, 'client'), ['1 CLOSED>SYN-SENT', '2 SYN-SENT>ESTABLISHED']);
  assert.deepEqual(await states(engine, 'server'), ['1 LISTEN>SYN-RECEIVED', '3 SYN-RECEIVED>ESTABLISHED']);
  assert.match(await hovered(engine, lines, 2, 'win 43690'), /never scaled/);
  assert.match(await hovered(engine, lines, 3, 'win 342'), /342 × 128 = .*43 776 bytes.*offered by the client in packet/);
  assert.match(await hovered(engine, lines, 3, 'ack '), /acknowledges up to the end of packet/);
  const [outline] = await ask(engine, 'streamOutlines', { start: 0, count: 1, phases: true });
  assert.deepEqual(outline?.phases.map((phase) => [phase.kind, phase.packets]), [['handshake', 3]]);
}

/** Ten packets, the last three of them a close by the client. */
export async function closeIsFollowed(text: string): Promise<void> {
  const { engine } = await studied(text);
  assert.deepEqual((await states(engine, 'client')).slice(-2), ['8 ESTABLISHED>FIN-WAIT-1', '9 FIN-WAIT-1>FIN-WAIT-2>TIME-WAIT']);
  assert.deepEqual((await states(engine, 'server')).slice(-3), ['8 ESTABLISHED>CLOSE-WAIT', '9 CLOSE-WAIT>LAST-ACK', '10 LAST-ACK>CLOSED']);
  const report = await ask(engine, 'streamReport', { stream: 0 });
  assert.match(plain(report?.verdict ?? ''), /^Client closed first, cleanly, after 334 s/);
  assert.deepEqual([report?.closedBy, report?.clientState, report?.serverState], ['client', 'TIME-WAIT', 'CLOSED']);
}

/** The same packets: 2, 4 and 6 are keep-alives that show no number, 3, 5 and 7 their answers. */
export async function keepAlivesAreInferred(text: string): Promise<void> {
  const { engine, lines } = await studied(text);
  const evidence = await Promise.all(Array.from({ length: 10 }, async (_, packet) => (await ask(engine, 'evidence', { packet })).map((e) => e.field)));
  assert.deepEqual(evidence.map((fields) => fields.join()), ['', 'segment.keep_alive', '', 'segment.keep_alive', '', 'segment.keep_alive', '', '', '', '']);
  const [why] = await ask(engine, 'evidence', { packet: 3 });
  assert.equal(why?.confidence, 'likely');
  assert.match(plain(why.rule), /^Inferred: the text shows no sequence number on a pure ACK/);
  assert.match(plain(why.measured), /After a silence of 15\.4 s; answered 39 µs later\. 15\.4 s after the probe before it.*TSecr \d+, older than this packet's TSval \d+/);
  assert.match(await hovered(engine, lines, 4, '[.]'), /keep-alive probe, by inference.*Inferred: the text shows no sequence number/);
  assert.match(await hovered(engine, lines, 5, '[.]'), /answer to the keep-alive probe/);
  assert.match(await explained(engine, 2), /answered 58 µs later/);
  assert.match(await explained(engine, 9), /RCV\.WND 342 or more \(scale not in the capture\)/);
  const findings = await ask(engine, 'findings', { stream: 0 });
  const found = findings.find((f) => f.id === 'keepalive.answered');
  assert.deepEqual([found?.packets, found?.confidence], [[1, 3, 5], 'likely']);
  const interval = (await ask(engine, 'parameters', { stream: 0 })).find((p) => p.id === 'keepalive-time');
  assert.deepEqual(interval?.range, [14, 15]);
}

/** 24 packets of a connection that is never accepted. */
export async function backlogIsDiagnosed(text: string): Promise<void> {
  const { engine } = await studied(text);
  const [finding] = await ask(engine, 'findings', { stream: 0 });
  assert.equal(finding?.id, 'handshake.accept-queue-full');
  assert.match(plain(finding.text), /repeated its SYN\/ACK 5 times over 31\.6 s: its accept queue was full\. Between them passed 1\.2 s, 2\.2 s, 4\.2 s, 8 s, 16 s: its timer, which doubles each time\..*106 s after its first SYN\/ACK it answered with RST/);
  assert.equal(finding.packets.at(-1), 23);
  const report = await ask(engine, 'streamReport', { stream: 0 });
  assert.match(plain(report?.verdict ?? ''), /^Never accepted: the accept queue of the server was full, and it reset the connection after 106 s/);
  const [outline] = await ask(engine, 'streamOutlines', { start: 0, count: 1, phases: true });
  assert.deepEqual(outline?.phases.map((phase) => [phase.kind, phase.packets]), [['handshake', 3], ['data', 20], ['close', 1]]);
  const retries = (await ask(engine, 'parameters', { stream: 0 })).find((p) => p.id === 'synack-retries');
  assert.equal(retries?.range?.[0], 5);
  const { rows } = await ask(engine, 'packetPage', { view: { kind: 'all' }, start: 0, count: 24 });
  const shown = (row: PacketRow): (number | null)[] => [row.seq, row.seqRelative, row.window];
  assert.deepEqual(shown(rows[8]!), [null, 1, null], 'raw numbers and windows are unknown');
}
