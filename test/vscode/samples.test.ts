import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activeTabType, api, closeAll, extension, until, VIEW_TYPE } from './harness';

async function openSample(file: string): Promise<vscode.Uri> {
  const { active } = await api();
  await vscode.commands.executeCommand('tcpTrace.openSample', file);
  return until(`${file} is read`, () => {
    const capture = active();
    return capture?.uri.path === `/${file}` && capture.ready && capture.state.phase === 'done' ? capture.uri : null;
  }, 60_000);
}

describe('sample captures', () => {
  afterEach(closeAll);

  it('opens a sample in the capture editor', async () => {
    const uri = await openSample('keepalive-dead.pcap');
    assert.equal(uri.scheme, 'tcp-trace-sample');
    assert.equal(activeTabType(), VIEW_TYPE);
    const { active } = await api();
    assert.equal(active()!.state.format, 'pcap');
    assert.equal(active()!.state.streams, 1);
  });

  it('shows the finding of a sample on top of its findings, and opens where it begins', async () => {
    const { findingLabels, active } = await api();
    for (const [file, top, packet] of [['rst-by-firewall.pcap', /^RST from somebody else\? \(1\)$/, 14], ['mtu-black-hole.pcap', /^MTU black hole \(1\)$/, 16]] as const) {
      await openSample(file);
      await until(`the finding of ${file}`, () => top.test(findingLabels()[0] ?? ''));
      await until(`${file} shows packet ${packet}`, () => active()?.selection.position?.packet === packet - 1);
    }
  });

  it('opens the text sample as a capture, and keeps its text from being changed', async () => {
    const uri = await openSample('handshake-and-close.tcpdump');
    const { active } = await api();
    assert.equal(active()!.state.streams, 5);
    const document = await vscode.workspace.openTextDocument(uri);
    assert.match(document.getText(), /Flags \[S\]/);
    assert.equal(vscode.workspace.fs.isWritableFileSystem(uri.scheme), false);
    await assert.rejects(async () => vscode.workspace.fs.writeFile(uri, new Uint8Array(1)));
    await assert.rejects(async () => vscode.workspace.fs.delete(uri));
  });

  it('serves the samples and nothing else', async () => {
    const names = (await vscode.workspace.fs.readDirectory(vscode.Uri.parse('tcp-trace-sample:/'))).map(([name]) => name);
    assert.ok(names.includes('syn-timeout.pcap'));
    for (const path of ['/README.md', '/../../package.json', '/%2e%2e/%2e%2e/package.json', '/none.pcap'])
      await assert.rejects(async () => vscode.workspace.fs.readFile(vscode.Uri.from({ scheme: 'tcp-trace-sample', path })), path);
  });

  it('asks which one when no name is given', async () => {
    const asked = vscode.commands.executeCommand('tcpTrace.openSample');
    await new Promise((resolve) => setTimeout(resolve, 500));
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await asked;
    assert.equal(vscode.window.tabGroups.activeTabGroup.activeTab, undefined);
  });

  it('contributes a walkthrough whose command links are our own', async () => {
    const manifest = extension().packageJSON as { contributes: { walkthroughs: { id: string; steps: { description: string; media: { svg: string } }[] }[]; commands: { command: string }[] } };
    const [walkthrough] = manifest.contributes.walkthroughs;
    assert.equal(walkthrough!.id, 'start');
    const known = new Set(manifest.contributes.commands.map((c) => c.command));
    for (const step of walkthrough!.steps) {
      assert.ok((await vscode.workspace.fs.stat(vscode.Uri.joinPath(extension().extensionUri, step.media.svg))).size > 1000);
      for (const [, command] of step.description.matchAll(/\(command:([\w.]+)/g)) assert.ok(known.has(command!) || command === 'tcpTrace.explain.focus' || command === 'workbench.action.quickOpen', command);
    }
    await vscode.commands.executeCommand('tcpTrace.openWalkthrough');
    await until('the walkthrough is shown', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.match(/Get started|Walkthrough|Welcome/i));
  });
});
