import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { writeSegments } from '../support/bigCaptures';
import { closeAll, openCapture, Scratch, until } from './harness';

const STREAMS = 100_000;

describe('a capture with 100,000 streams', () => {
  let scratch: Scratch;
  before(() => {
    scratch = new Scratch();
    writeSegments(scratch.file('many.pcap'), STREAMS, STREAMS);
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
