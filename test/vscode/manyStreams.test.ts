import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeAll, openCapture, Scratch, until } from './harness';

const STREAMS = 100_000;

describe('a capture with 100,000 streams', () => {
  let scratch: Scratch;
  before(() => {
    scratch = new Scratch();
    writeFileSync(scratch.file('many.pcap'), synCapture(STREAMS));
  });
  after(async () => {
    await closeAll();
    scratch.remove();
  });

  it('fills the tree with one page, the one of the selected stream', async () => {
    const { active, streamLabels } = await openCapture(scratch.file('many.pcap'));
    assert.equal(active()?.state.streams, STREAMS);
    const first = await until('the first page', () => streamLabels().length === 501 && streamLabels()[500] === `${STREAMS - 500} more: type to narrow` && streamLabels());
    assert.match(first[0]!, /^0 {2}10\.0\.0\.0:1024 /);
    await vscode.commands.executeCommand('tcpTrace.revealStream', 70_123);
    await until('stream 70123', () => active()?.selection.position?.stream === 70_123);
    const page = await until('its page', () => streamLabels().length === 502 && streamLabels());
    assert.deepEqual([page[0], page[501]], ['70000 before: type to narrow', `${STREAMS - 70_500} more: type to narrow`]);
    assert.match(page[124]!, /^70123 /);
  });
});

/** A classic pcap (raw IP) of one SYN per connection. */
function synCapture(streams: number): Uint8Array {
  const RECORD = 16 + 40;
  const bytes = Buffer.alloc(24 + streams * RECORD);
  bytes.writeUInt32LE(0xa1b2c3d4, 0);
  bytes.writeUInt16LE(2, 4);
  bytes.writeUInt16LE(4, 6);
  bytes.writeUInt32LE(65535, 16);
  bytes.writeUInt32LE(101, 20);
  for (let i = 0; i < streams; i++) {
    const record = 24 + i * RECORD;
    bytes.writeUInt32LE(1_700_000_000 + Math.floor(i / 1000), record);
    bytes.writeUInt32LE((i % 1000) * 1000, record + 4);
    bytes.writeUInt32LE(40, record + 8);
    bytes.writeUInt32LE(40, record + 12);
    const ip = record + 16;
    bytes[ip] = 0x45;
    bytes.writeUInt16BE(40, ip + 2);
    bytes[ip + 8] = 64;
    bytes[ip + 9] = 6;
    bytes.writeUInt32BE(0x0a000000 + (i >>> 15), ip + 12);
    bytes.writeUInt32BE(0x0a630001, ip + 16);
    const tcp = ip + 20;
    bytes.writeUInt16BE(1024 + (i & 0x7fff), tcp);
    bytes.writeUInt16BE(80, tcp + 2);
    bytes.writeUInt32BE(i, tcp + 4);
    bytes[tcp + 12] = 0x50;
    bytes[tcp + 13] = 0x02;
    bytes.writeUInt16BE(64240, tcp + 14);
  }
  return bytes;
}
