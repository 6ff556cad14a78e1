import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api, closeAll, extension, fixture, openCapture, until } from './harness';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string; readonly title: string }[] };
}

describe('contributions', () => {
  afterEach(closeAll);

  it('activates and registers every command that it contributes', async () => {
    const { activationMs } = await api();
    assert.ok(activationMs > 0);
    const known = new Set(await vscode.commands.getCommands(true));
    const { commands } = (extension().packageJSON as Manifest).contributes;
    assert.deepEqual(
      commands.map((c) => c.command).filter((id) => !known.has(id)),
      [],
    );
    assert.deepEqual(
      commands.map((c) => c.title).filter((title) => title.includes('%')),
      [],
      'titles without a text',
    );
  });

  it('explains the selected packet in the TCP Explain view', async () => {
    const { active, explainTitles } = await openCapture(fixture('redis_session.pcap'));
    await vscode.commands.executeCommand('tcpTrace.explain.focus');
    const first = await until('cards', () => explainTitles().length > 0 && explainTitles().join('\n'));
    await vscode.commands.executeCommand('tcpTrace.lastPacketOfStream');
    await until('another packet', () => active()?.selection.position?.packet !== 0);
    await until('other cards', () => explainTitles().length > 0 && explainTitles().join('\n') !== first);
  });

  it('commands do nothing, and do not fail, without a capture', async () => {
    for (const command of ['nextStream', 'goToPacket', 'goToStream', 'copyRow', 'reload', 'showHover']) await vscode.commands.executeCommand(`tcpTrace.${command}`);
  });
});
