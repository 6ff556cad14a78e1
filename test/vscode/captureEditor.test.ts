import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activeTabType, api, closeAll, openCapture, runUntilPacket, Scratch, until, VIEW_TYPE } from './harness';

describe('capture editor', () => {
  // Copies of their own: what a view showed is remembered by URI.
  let scratch: Scratch;
  let redis: string;
  beforeEach(() => {
    scratch = new Scratch();
    redis = scratch.copy('redis_session.pcap');
  });
  afterEach(async () => {
    await closeAll();
    scratch.remove();
  });

  it('opens a pcap by default and reads all of it', async () => {
    const { active } = await api();
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(redis));
    const { state } = await until('the capture is read and shown', () => {
      const capture = active();
      return capture?.state.phase === 'done' && capture.ready && capture;
    });
    assert.equal(activeTabType(), VIEW_TYPE);
    assert.deepEqual({ packets: state.packets, tcp: state.tcpPackets, streams: state.streams, format: state.format, fault: state.fault }, { packets: 61, tcp: 61, streams: 5, format: 'pcap', fault: null });
  });

  it('opens a pcapng', async () => {
    const { active } = await openCapture(scratch.copy('mptcp_fallback.pcapng'));
    assert.equal(active()?.state.format, 'pcapng');
  });

  it('moves between streams and packets by command', async () => {
    const { active } = await openCapture(redis);
    const stream = (): number | null | undefined => active()?.selection.position?.stream;
    await runUntilPacket('firstPacket', 1);
    await vscode.commands.executeCommand('tcpTrace.nextStream');
    await until('stream 1', () => stream() === 1);
    await vscode.commands.executeCommand('tcpTrace.nextStream');
    await until('stream 2', () => stream() === 2);
    const first = active()!.selection.position!.packet + 1;
    await vscode.commands.executeCommand('tcpTrace.previousStream');
    await until('stream 1', () => stream() === 1);
    await vscode.commands.executeCommand('tcpTrace.back');
    await until('back on stream 2', () => active()?.selection.position?.packet === first - 1);
    await vscode.commands.executeCommand('tcpTrace.forward');
    await until('forward on stream 1', () => stream() === 1);
  });

  it('walks one stream: next, other direction, last, first', async () => {
    await openCapture(redis);
    await runUntilPacket('firstPacket', 1);
    await runUntilPacket('otherDirection', 2);
    await runUntilPacket('nextPacketInStream', 3);
    await runUntilPacket('previousPacketInStream', 2);
    const { active } = await api();
    await vscode.commands.executeCommand('tcpTrace.lastPacketOfStream');
    const last = await until('the last packet', () => {
      const position = active()?.selection.position;
      if (!position) return null;
      return position.rankInStream === (position.streamPackets ?? 0) - 1 ? position : null;
    });
    assert.equal(last.stream, 0);
    await runUntilPacket('firstPacket', 1);
  });

  it('shows position in the status bar, and hides it beside a text editor', async () => {
    const { statusBarText } = await openCapture(redis);
    await runUntilPacket('firstPacket', 1);
    assert.equal(statusBarText(), 'stream 0/5 - packet 1/61');
    await runUntilPacket('otherDirection', 2);
    assert.equal(statusBarText(), 'stream 0/5 - packet 2/61');
    const document = await vscode.workspace.openTextDocument({ content: 'text' });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
    await until('the item hides', () => statusBarText() === '');
  });

  it('lists the streams in the tree, and reveals the one that is clicked', async () => {
    const { streamLabels, active } = await openCapture(redis);
    const labels = await until('five streams', () => streamLabels().length === 5 && streamLabels());
    assert.match(labels[0]!, /^0 {2}127\.0\.0\.1:\d+ → 127\.0\.0\.1:6379$/);
    await vscode.commands.executeCommand('tcpTrace.revealStream', 3);
    await until('stream 3', () => active()?.selection.position?.stream === 3);
    await closeAll();
    await until('the tree is empty', () => streamLabels().length === 0);
  });

  it('keeps the selection over a tab switch', async () => {
    const { active } = await openCapture(redis);
    await vscode.commands.executeCommand('tcpTrace.revealStream', 2);
    await until('stream 2', () => active()?.selection.position?.stream === 2);
    const { packet } = active()!.selection.position!;
    await openCapture(scratch.copy('mptcp_fallback.pcapng'));
    await openCapture(redis);
    await until('the packet is selected again', () => active()?.selection.position?.packet === packet);
  });

  it('keeps the view when the capture is closed and opened again', async () => {
    const { active } = await openCapture(redis);
    await vscode.commands.executeCommand('tcpTrace.revealStream', 4);
    await until('stream 4', () => active()?.viewState?.selectedStream === 4);
    const { packet } = active()!.selection.position!;
    await closeAll();
    await openCapture(redis);
    await until('the packet is selected again', () => active()?.selection.position?.packet === packet);
  });

  it('shows one capture in two editors that move apart', async () => {
    const { active } = await openCapture(redis);
    await runUntilPacket('firstPacket', 1);
    await vscode.commands.executeCommand('workbench.action.splitEditor');
    await until('a second editor', () => vscode.window.tabGroups.all.length === 2 && active()?.ready && active()?.selection.position !== null);
    await vscode.commands.executeCommand('tcpTrace.revealStream', 3);
    await until('stream 3 in the second', () => active()?.selection.position?.stream === 3);
    await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
    await until('packet 1 still in the first', () => active()?.selection.position?.packet === 0);
  });

  it('changes the time format and remembers it', async () => {
    const { active } = await openCapture(redis);
    const before = await until('a view state', () => active()?.viewState?.timeFormat);
    await vscode.commands.executeCommand('tcpTrace.cycleTimeFormat');
    await until('another format', () => active()?.viewState?.timeFormat !== before);
  });

  it('copies the selected row', async () => {
    await openCapture(redis);
    await runUntilPacket('firstPacket', 1);
    await vscode.env.clipboard.writeText('nothing');
    await vscode.commands.executeCommand('tcpTrace.focusPackets');
    await vscode.commands.executeCommand('tcpTrace.copyRow');
    let text = 'nothing';
    await until('the clipboard', () => {
      void vscode.env.clipboard.readText().then((now) => (text = now));
      return text !== 'nothing';
    });
    assert.match(text, /^1\t.*SYN/);
  });
});
