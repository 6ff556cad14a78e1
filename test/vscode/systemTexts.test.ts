import assert from 'node:assert/strict';
import path from 'node:path';
import { copyFileSync, mkdirSync } from 'node:fs';
import * as vscode from 'vscode';
import { closeAll, extension, fixture, Scratch, until } from './harness';

const SOURCE = 'TCP Trace';

async function hoverAt(document: vscode.TextDocument, text: string): Promise<string> {
  const at = document.positionAt(document.getText().indexOf(text) + 1);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, at);
  return hovers.flatMap((hover) => hover.contents).map((part) => (part as vscode.MarkdownString).value).join('\n');
}

function problems(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(uri).filter((d) => d.source === SOURCE);
}

describe('text of kernel settings and sockets', () => {
  let scratch: Scratch;
  beforeEach(() => {
    scratch = new Scratch();
  });
  afterEach(async () => {
    await closeAll();
    scratch.remove();
  });

  async function open(name: string, as: string): Promise<vscode.TextDocument> {
    const file = scratch.file(as);
    mkdirSync(path.dirname(file), { recursive: true });
    copyFileSync(fixture(path.join('system', name)), file);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
    await vscode.window.showTextDocument(document);
    await until('the extension is active', () => extension().isActive);
    return document;
  }

  it('claims sysctl.conf, files under sysctl.d, *.sysctl and what begins as ss does, and no other file', async () => {
    assert.equal((await open('tuning.sysctl', 'sysctl.conf')).languageId, 'tcptrace-sysctl');
    assert.equal((await open('tuning.sysctl', 'sysctl.d/99-tuning.conf')).languageId, 'tcptrace-sysctl');
    assert.equal((await open('tuning.sysctl', 'a.sysctl')).languageId, 'tcptrace-sysctl');
    assert.equal((await open('listen-ss', 'listen')).languageId, 'tcptrace-ss');
    for (const name of ['nginx.conf', 'sysctl.txt', 'notes.md', 'scheme.ss']) assert.doesNotMatch((await open('tuning.sysctl', name)).languageId, /tcptrace/, name);
  });

  it('explains a key on hover, and warns of removed keys and contradictions', async () => {
    const document = await open('tuning.sysctl', 'sysctl.d/99-tuning.conf');
    const hover = await hoverAt(document, 'net.ipv4.tcp_tw_recycle');
    assert.match(hover, /Removed.*4\\?\.12/);
    assert.doesNotMatch(hover, /&nbsp;/);
    assert.match(await hoverAt(document, 'tcp_max_syn_backlog'), /SYN/);
    assert.equal(await hoverAt(document, '# A file'), '');
    const found = await until('diagnostics', () => problems(document.uri).length > 0 && problems(document.uri));
    const removed = found.find((d) => d.code === 'removed')!;
    assert.equal(removed.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(document.getText(removed.range), 'net.ipv4.tcp_tw_recycle');
    const contradiction = found.find((d) => d.code === 'needs-timestamps')!;
    assert.equal(contradiction.relatedInformation?.[0]?.message, 'net.ipv4.tcp_timestamps = 0');
    assert.ok(found.every((d) => d.severity !== vscode.DiagnosticSeverity.Error));
  });

  it('takes a warning away when the line is corrected', async () => {
    const document = await open('tuning.sysctl', 'sysctl.conf');
    await until('the warning', () => problems(document.uri).some((d) => d.code === 'removed'));
    const edit = new vscode.WorkspaceEdit();
    edit.delete(document.uri, document.lineAt(3).rangeIncludingLineBreak);
    await vscode.workspace.applyEdit(edit);
    await until('no warning', () => problems(document.uri).length > 0 && !problems(document.uri).some((d) => d.code === 'removed'));
    await document.save();
  });

  it('explains the columns of ss, and warns of a full accept queue', async () => {
    const document = await open('listen-ss', 'listen');
    assert.match(await hoverAt(document, '129 '), /accept/);
    assert.match(await hoverAt(document, 'Send-Q'), /limit of the accept queue/);
    const [full] = await until('diagnostics', () => problems(document.uri).length > 0 && problems(document.uri));
    assert.match(full!.message, /129 connections wait, the limit is 128/);
  });
});
