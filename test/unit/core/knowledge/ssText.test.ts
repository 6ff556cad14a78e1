import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkSs, isSsHeader, parseSsRow, ssCardAt } from '../../../../src/core/knowledge/ssText';
import type { Rich } from '../../../../src/core/explain/card';

const plain = (rich: Rich): string => rich.map((part) => (typeof part === 'string' ? part : 'strong' in part ? part.strong : 'code' in part ? part.code : part.text)).join('');
const lines = readFileSync('test/fixtures/system/listen-ss', 'utf8').split('\n');
const at = (line: number, text: string): string | null => {
  const found = ssCardAt(lines[line]!, line, lines[line]!.indexOf(text) + 1);
  return found && [plain(found.card.headline), ...found.card.here.map(plain)].join(' ');
};

describe('text of ss', () => {
  it('knows the header, with and without the columns that may lack', () => {
    assert.ok(isSsHeader(lines[0]!));
    assert.ok(isSsHeader('Netid  State   Recv-Q  Send-Q   Local Address:Port  Peer Address:Port'));
    assert.ok(isSsHeader('Recv-Q Send-Q Local Address:Port Peer Address:Port'));
    assert.ok(!isSsHeader('LISTEN 0 128 *:22 *:*'));
  });

  it('reads rows, and no other lines', () => {
    assert.equal(parseSsRow(lines[2]!, 2)?.receiveQueue, 129);
    assert.equal(parseSsRow('tcp LISTEN 0 511 *:80 *:*', 0)?.sendQueue, 511);
    assert.equal(parseSsRow('0 52 10.0.0.2:22 10.0.0.9:51234', 0)?.state, '');
    for (const text of [lines[0]!, lines[4]!, '', 'LISTEN x y *:22 *:*', 'LISTEN 0 128', '1 2 3 4']) assert.equal(parseSsRow(text, 0), null, text);
  });

  it('explains columns in the header and in rows', () => {
    assert.match(at(0, 'Recv-Q')!, /connections that wait to be accepted/);
    assert.match(at(2, '129')!, /129 connections wait for accept\(\); the limit is 128\. The accept queue is full\./);
    assert.match(at(2, '128')!, /min\(backlog of listen\(\), net\.core\.somaxconn\)/);
    assert.match(at(3, '36')!, /36 bytes are not acknowledged/);
    assert.match(at(5, 'CLOSE-WAIT')!, /The peer has closed/);
    assert.match(at(3, 'timer')!, /timer that runs/);
    assert.match(at(4, 'cwnd')!, /Congestion window/);
    assert.match(at(4, 'rwnd_limited')!, /peer's receive window/);
    assert.equal(ssCardAt('nothing known here', 0, 3), null);
  });

  it('warns of full accept queues and of CLOSE-WAIT', () => {
    assert.deepEqual(checkSs(lines).map((f) => [f.line, f.severity, f.code]), [[2, 'warning', 'accept-queue-full'], [5, 'info', 'close-wait']]);
  });
});
