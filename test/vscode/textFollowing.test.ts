import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { KEEP_ALIVE_AND_CLOSE_TEXT, BACKLOG_TEXT } from '../support/textTraces';
import { api, closeAll, extension, openCapture, runUntilPacket, Scratch, until } from './harness';

/** What goes along with a text capture in VS Code's own editor: lenses, views, status bar, the capture editor beside it. */
describe('beside a text capture', () => {
  let scratch: Scratch;
  beforeEach(() => (scratch = new Scratch()));
  afterEach(async () => {
    await closeAll();
    scratch.remove();
  });

  async function open(text: string): Promise<vscode.TextDocument> {
    await api();
    writeFileSync(scratch.file('trace.tcpdump'), text);
    const document = await vscode.workspace.openTextDocument(scratch.file('trace.tcpdump'));
    await vscode.window.showTextDocument(document, { preview: false });
    return document;
  }

  it('lenses tell the verdict of a stream', async () => {
    const document = await open(BACKLOG_TEXT);
    let titles: string[] = [];
    for (let end = Date.now() + 20_000; Date.now() < end && !titles[0]?.includes('accept queue'); await new Promise((resolve) => setTimeout(resolve, 100))) {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri);
      titles = lenses.map((lens) => lens.command?.title ?? '');
    }
    assert.match(titles[0] ?? '', /^\$\(error\)\sstream 0: Never accepted: the accept queue of the server was full/);
    assert.deepEqual(titles.slice(1), ['open timeline', 'select packets']);
  });

  it('"open timeline" opens the capture editor at the timeline of the stream', async () => {
    const document = await open(KEEP_ALIVE_AND_CLOSE_TEXT);
    const { active } = await api();
    await vscode.commands.executeCommand('tcpTrace.showInCapture', document.uri.toString(), 3);
    await until('packet 4 is selected', () => active()?.selection.position?.packet === 3);
    await until('the timeline is shown', () => active()?.viewState?.tab === 'timeline');
    assert.deepEqual(active()?.viewState?.view, { kind: 'stream', stream: 0 });
  });

  it('the status bar and the view TCP Streams follow the cursor, and lead it', async () => {
    const document = await open([KEEP_ALIVE_AND_CLOSE_TEXT, BACKLOG_TEXT].join('\n'));
    const { statusBarText, streamLabels } = await api();
    const editor = await vscode.window.showTextDocument(document, { preview: false });
    editor.selection = new vscode.Selection(3, 0, 3, 0);
    await until('the status bar tells of packet 4', () => statusBarText().startsWith('stream 0/2 - packet 4/34'));
    await vscode.commands.executeCommand('tcpTrace.streams.focus');
    await until('the view lists both streams', () => streamLabels().length === 2);
    await vscode.commands.executeCommand('tcpTrace.revealStream', 1);
    await until('the cursor stands on the first packet of stream 1', () => vscode.window.activeTextEditor?.selection.active.line === 10);
    await until('the status bar follows', () => statusBarText().startsWith('stream 1/2 - packet 11/34'));
  });

  it('TCP Explain tells what the study found as soon as it has ended', async () => {
    const document = await open(KEEP_ALIVE_AND_CLOSE_TEXT);
    const { explainTitles } = await api();
    await vscode.commands.executeCommand('tcpTrace.explain.focus');
    const editor = await vscode.window.showTextDocument(document, { preview: false });
    editor.selection = new vscode.Selection(3, 0, 3, 0);
    await until('the keep-alive that is inferred', () => explainTitles().includes('Keep-alive'));
  });

  it('packets are copied as text of tcpdump', async () => {
    writeFileSync(scratch.file('trace.tcpdump'), KEEP_ALIVE_AND_CLOSE_TEXT);
    await openCapture(scratch.file('trace.tcpdump'));
    await runUntilPacket('lastPacketOfStream', 10);
    await vscode.env.clipboard.writeText('');
    await vscode.commands.executeCommand('tcpTrace.copyAsText');
    let text = '';
    for (let end = Date.now() + 10_000; Date.now() < end && text === ''; await new Promise((resolve) => setTimeout(resolve, 50))) text = await vscode.env.clipboard.readText();
    assert.equal(text.trim(), KEEP_ALIVE_AND_CLOSE_TEXT.split('\n')[9]!);
  });

  it('keys that move lines are left to an editable text', () => {
    const { keybindings } = (extension().packageJSON as { contributes: { keybindings: { command: string; key: string; when: string }[] } }).contributes;
    for (const { key, when } of keybindings) if (/^(shift\+)?alt\+(down|up)$/.test(key)) assert.match(when, /editorLangId == tcpdump && editorReadonly/, key);
    assert.ok(keybindings.some(({ command, key }) => command === 'tcpTrace.nextPacketInStream' && key === 'ctrl+alt+pagedown'));
  });
});
