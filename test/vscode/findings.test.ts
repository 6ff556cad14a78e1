import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { api, closeAll, until } from './harness';

/** Opens a sample and waits for the end of its study. */
async function studied(file: string): Promise<void> {
  const { active } = await api();
  await vscode.commands.executeCommand('tcpTrace.openSample', file);
  await until(`${file} is studied`, () => {
    const capture = active();
    return capture?.uri.path === `/${file}` && capture.ready && capture.state.study.phase === 'done' && capture.selection.position !== null;
  }, 60_000);
}

/** A sample opens where its finding begins: from there back to the first packet. */
async function fromStart(): Promise<void> {
  const { active } = await api();
  const packet = (): number | undefined => active()?.selection.position?.packet;
  await until('the finding', () => (packet() ?? 0) > 0);
  await vscode.commands.executeCommand('tcpTrace.revealPacket', 0);
  await until('the first packet', () => packet() === 0);
}

async function selected(): Promise<number> {
  return ((await api()).active()?.selection.position?.packet ?? -2) + 1;
}

/** Runs a command and waits until another packet is selected. */
async function goes(command: 'nextFinding' | 'previousFinding'): Promise<number> {
  const { active } = await api();
  const before = await selected();
  await vscode.commands.executeCommand(`tcpTrace.${command}`);
  await until(`${command} leads on from packet ${before}`, () => (active()?.selection.position?.packet ?? -2) + 1 !== before);
  return selected();
}

describe('findings', () => {
  afterEach(closeAll);

  it('are listed by kind, the worst first, with how often each occurs', async () => {
    const { findingLabels } = await api();
    await studied('accept-queue-overflow.pcap');
    const labels = await until('the findings', () => (findingLabels().length > 1 ? findingLabels() : null));
    assert.match(labels[0]!, /^Accept queue full \(1\)$/);
    assert.ok(labels.some((label) => /^Reset by the server \(\d+\)$/.test(label)), labels.join());
    await closeAll();
    await until('no findings without a capture', () => findingLabels().length === 0);
  });

  it('are gone through forth and back, and round again', async () => {
    await studied('accept-queue-overflow.pcap');
    const there: number[] = [];
    for (let packet = await goes('nextFinding'); !there.includes(packet); packet = await goes('nextFinding')) there.push(packet);
    assert.ok(there.length >= 3, there.join());
    assert.deepEqual(there, [...there].sort((a, b) => a - b), 'in the order of packets');
    // Round again to the first one: back leads to the last.
    assert.equal(await selected(), there[0]);
    assert.equal(await goes('previousFinding'), there.at(-1));
    assert.equal(await goes('previousFinding'), there.at(-2));
  });

  it('that are notes are passed over where something is wrong', async () => {
    // A closed window (error) and a retransmission that was not needed (note).
    await studied('zero-window.pcap');
    const { active, findingLabels } = await api();
    await until('both findings', () => findingLabels().some((label) => label.startsWith('Retransmission not needed')));
    await fromStart();
    const first = await goes('nextFinding');
    await vscode.commands.executeCommand('tcpTrace.nextFinding');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(await selected(), first, 'the only error or warning');
    assert.equal(active()!.state.study.errors + active()!.state.study.warnings, 1);
  });

  it('that are notes are gone through where nothing is wrong', async () => {
    await studied('simultaneous-close.pcap');
    const { active } = await api();
    const { study } = active()!.state;
    assert.equal(study.errors + study.warnings, 0);
    assert.ok(study.infos > 0);
    await fromStart();
    assert.ok((await goes('nextFinding')) > 1);
  });

  it('lead from the packet of a finding in the tree to the editor', async () => {
    await studied('mtu-black-hole.pcap');
    const { active, findingItems, findingLabels } = await api();
    await until('the findings', () => findingLabels().length > 0);
    await fromStart();
    const { command } = (await findingItems(0))[0]!;
    await vscode.commands.executeCommand(command!.command, ...(command!.arguments as unknown[]));
    await until('the packet of the finding', () => active()?.selection.position?.packet === 15);
  });
});
