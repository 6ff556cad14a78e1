import assert from 'node:assert/strict';
import { packetEvidence } from '../../../src/core/explain/evidence';
import { ask, engineOf } from '../../support/textEngine';
import { judgedModel } from '../../support/model';
import { BACKLOG_TEXT, HANDSHAKE_TEXT, KEEP_ALIVE_AND_CLOSE_TEXT } from '../../support/textTraces';
import { backlogIsDiagnosed, closeIsFollowed, handshakeIsFollowed, keepAlivesAreInferred } from '../../support/traceChecks';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('traces as articles print them', () => {
  it('give the states of a handshake', () => handshakeIsFollowed(HANDSHAKE_TEXT));
  it('give the states of a close in three segments', () => closeIsFollowed(KEEP_ALIVE_AND_CLOSE_TEXT));
  it('give keep-alives by inference, and say why', () => keepAlivesAreInferred(KEEP_ALIVE_AND_CLOSE_TEXT));
  it('give a full accept queue', () => backlogIsDiagnosed(BACKLOG_TEXT));

  it('take no other ACK after silence for a keep-alive', async () => {
    const lines = KEEP_ALIVE_AND_CLOSE_TEXT.split('\n');
    // Nothing answers it at once: a window update, or an ACK of something that came before the excerpt.
    const unanswered = await judgedModel(Buffer.from([lines[0], lines[1], lines[7]].join('\n')));
    assert.equal(unanswered.verdicts!.count, 0);
    // The answer echoes its timestamp: the other side took it for new.
    const taken = await judgedModel(Buffer.from([lines[0], lines[1], lines[2]!.replace('ecr 5141312', 'ecr 5151808')].join('\n')));
    assert.equal(taken.verdicts!.count, 0);
    // What answers acknowledges more than before.
    const more = await judgedModel(Buffer.from([lines[0], lines[1], lines[2]!.replace('ack 700100218', 'ack 700100219')].join('\n')));
    assert.equal(more.verdicts!.count, 0);
  });

  it('tell keep-alives without timestamps by their steady period only', async () => {
    const bare = KEEP_ALIVE_AND_CLOSE_TEXT.replace(/options \[.*?\], /g, '').split('\n');
    const model = await judgedModel(Buffer.from(bare.join('\n')));
    assert.deepEqual([1, 3, 5].map((p) => model.verdicts!.get(p) !== 0), [false, false, true]);
    const [evidence] = await packetEvidence(model, 5);
    assert.equal(evidence?.confidence, 'possible');
    const two = await judgedModel(Buffer.from(bare.slice(0, 5).join('\n')));
    assert.equal(two.verdicts!.count, 0);
  });

  it('show what is computed and what is unknown as such', async () => {
    const engine = await engineOf(KEEP_ALIVE_AND_CLOSE_TEXT);
    const detail = await ask(engine, 'packetDetail', { packet: 5 });
    const fields = new Map(detail.tree.flatMap((layer) => layer.children).map((node) => [node.filter, node]));
    assert.deepEqual([fields.get('tcp.seq_raw')?.shown, plain(fields.get('tcp.seq_raw')?.value ?? '')], ['derived', '700100218 (derived)']);
    assert.deepEqual([fields.get('tcp.checksum')?.shown, fields.get('tcp.checksum')?.value], ['no', 'not shown by the text']);
    assert.match(fields.get('tcp.window_size')?.value ?? '', /1427 bytes or more \(scale not seen\)/);
    assert.equal(detail.diagram.find((box) => box.label === 'Checksum')?.value, '?');
    const relative = await engineOf(BACKLOG_TEXT);
    const rows = (await ask(relative, 'packetPage', { view: { kind: 'all' }, start: 0, count: 9 })).rows;
    assert.deepEqual(rows.slice(0, 4).map((row) => [row.seq, row.seqRelative, row.ack, row.ackRelative, row.window]), [[null, 0, null, null, null], [null, 0, null, 1, null], [null, 1, null, 1, null], [null, 1, null, 1, null]]);
    const cards = await ask(relative, 'explainPacket', { packet: 4 });
    const words = plain(JSON.stringify(cards));
    assert.match(words, /initial sequence number \(ISN\) of the client is unknown/);
    assert.doesNotMatch(words, /malformed|As sent: 1/);
  });

  it('keep the labels that a text carries beside ours, and show where they differ', async () => {
    const engine = await engineOf(BACKLOG_TEXT);
    const { rows } = await ask(engine, 'packetPage', { view: { kind: 'all' }, start: 0, count: 24 });
    const info = rows.map((row) => row.info);
    assert.deepEqual([info[4], info[7]], ['', ''], 'a retransmission and a duplicate ACK in which text and analysis agree');
    assert.match(info[6] ?? '', /^\(the text has fewer labels\)/);
    const cards = async (packet: number): Promise<string> => plain(JSON.stringify(await ask(engine, 'explainPacket', { packet })));
    assert.match(await cards(4), /tcp\.analysis\.retransmission.*The text carries this label too/);
    assert.match(await cards(6), /tcp\.analysis\.retransmission.*The text does not carry this label/);
    const excerpt = await engineOf(BACKLOG_TEXT.split('\n').slice(4, 5).join('\n'));
    const [only] = await ask(excerpt, 'evidence', { packet: 0 });
    assert.deepEqual([only?.field, only?.fromText], ['tcp.analysis.retransmission', true]);
    const page = await ask(excerpt, 'packetPage', { view: { kind: 'all' }, start: 0, count: 1 });
    assert.equal(page.rows[0]?.info, '(the text says [TCP Retransmission])');
    const line = BACKLOG_TEXT.split('\n')[4]!;
    const hover = await ask(excerpt, 'textHover', { packet: 0, line: 0, column: line.indexOf('Retransmission') });
    assert.match(plain(JSON.stringify(hover?.cards)), /does not give it: the text may begin later/);
  });

  it('say nothing about time where no times are shown, and go by the order of lines', async () => {
    const engine = await engineOf(KEEP_ALIVE_AND_CLOSE_TEXT.replace(/^\S+ /gm, ''));
    await ask(engine, 'problems', { most: 0 });
    const report = await ask(engine, 'streamReport', { stream: 0 });
    assert.equal(plain(report?.verdict ?? ''), 'Client closed first, cleanly, after an unknown time.');
    const words = plain(JSON.stringify([await ask(engine, 'explainPacket', { packet: 8 }), await ask(engine, 'explainPacket', { packet: 3 })]));
    assert.doesNotMatch(words, /\b0 s\b|424 309/);
    const { rows } = await ask(engine, 'streamPage', { sort: 'stream', descending: false, start: 0, count: 1, query: '' });
    assert.equal(rows[0]?.untimed, true);
  });

  it('keep the numbers of an excerpt that starts amid relative ones', async () => {
    const engine = await engineOf(BACKLOG_TEXT.split('\n').slice(8, 14).join('\n').replaceAll('Seq=1 ', 'Seq=1449 '));
    const { rows } = await ask(engine, 'packetPage', { view: { kind: 'all' }, start: 0, count: 1 });
    assert.deepEqual([rows[0]?.seq, rows[0]?.seqRelative, rows[0]?.ackRelative], [null, 1449, 1]);
  });
});
