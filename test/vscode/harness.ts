import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../src/extension/extension';

/** What the tests inside VS Code share. */

export const EXTENSION_ID = 'tcp-trace-explorer.tcp-trace-explorer';
export const VIEW_TYPE = 'tcpTrace.capture';

export function extension(): vscode.Extension<ExtensionApi> {
  const found = vscode.extensions.getExtension<ExtensionApi>(EXTENSION_ID);
  assert.ok(found, 'the extension is installed');
  return found;
}

export async function api(): Promise<ExtensionApi> {
  return await extension().activate();
}

export function fixture(name: string): string {
  return path.join(extension().extensionPath, 'test', 'fixtures', name);
}

/** A folder of this test run's own. */
export class Scratch {
  readonly folder = mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-test-'));

  file(name: string): string {
    return path.join(this.folder, name);
  }

  copy(name: string, as = name): string {
    copyFileSync(fixture(name), this.file(as));
    return this.file(as);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Waits until `probe` gives something other than null, undefined or false. */
export async function until<T>(what: string, probe: () => T | null | undefined | false, timeoutMs = 20_000): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = probe();
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() > end) assert.fail(`waited ${timeoutMs / 1000} s for: ${what}; now: ${JSON.stringify(await now())}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

async function now(): Promise<unknown> {
  const { active, statusBarText } = await api();
  const capture = active();
  return { uri: capture?.uri.toString(), state: capture?.state, selection: capture?.selection, ready: capture?.ready, statusBar: statusBarText() };
}

/** Opens a capture and waits until it is read and a packet is selected. */
export async function openCapture(file: string | vscode.Uri, viewType = VIEW_TYPE): Promise<ExtensionApi> {
  const uri = typeof file === 'string' ? vscode.Uri.file(file) : file;
  const exports = await api();
  await vscode.commands.executeCommand('vscode.openWith', uri, viewType, { preview: false });
  await until(`${uri.path} is read`, () => {
    const capture = exports.active();
    return capture?.uri.toString() === uri.toString() && capture.ready && capture.state.phase === 'done' && capture.selection.position !== null;
    // The first webview of a cold VS Code takes its time.
  }, 60_000);
  return exports;
}

/** Waits for a state of the active capture that `probe` accepts. */
export async function untilState(what: string, probe: (state: NonNullable<ReturnType<ExtensionApi['active']>>['state']) => boolean): Promise<void> {
  const { active } = await api();
  await until(what, () => {
    const capture = active();
    return capture !== null && probe(capture.state);
  });
}

/** Runs one of our commands and waits until packet `number` (frame.number) is selected. */
export async function runUntilPacket(command: string, number: number): Promise<void> {
  const { active } = await api();
  await vscode.commands.executeCommand(`tcpTrace.${command}`);
  await until(`${command} leads to packet ${number}`, () => active()?.selection.position?.packet === number - 1);
}

export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}

export function activeTabType(): string {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  if (input instanceof vscode.TabInputCustom) return input.viewType;
  if (input instanceof vscode.TabInputText) return 'text';
  return input instanceof vscode.TabInputTextDiff ? 'text diff' : 'other';
}
