import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Result } from '../core/engineApi';
import type { ExportTarget } from '../core/export/exportApi';
import type { CaptureSession } from './captureSession';
import type { EngineCall } from './engineClient';

/** Asks where to write; a name beside the capture is proposed. Never the capture itself. */
export async function askTarget(session: CaptureSession, title: string, suffix: string, filters: Readonly<Record<string, string[]>>): Promise<vscode.Uri | undefined> {
  const stem = session.fileName.replace(/(\.gz)?$/, '').replace(/\.[^.]+$/, '') || session.fileName;
  const folder = session.uri.scheme === 'untitled' ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.joinPath(session.uri, '..');
  const defaultUri = folder ? vscode.Uri.joinPath(folder, `${stem}${suffix}`) : undefined;
  const chosen = await vscode.window.showSaveDialog({ title, filters: { ...filters }, ...(defaultUri ? { defaultUri } : {}) });
  if (chosen?.toString() !== session.uri.toString()) return chosen;
  void vscode.window.showErrorMessage(vscode.l10n.t('{0} is the open capture. Choose another name.', session.fileName));
  return undefined;
}

/**
 * Lets the engine write a file, with progress and a way to stop. What is no file on the extension host's disk is written to a
 * temporary file and copied. The save dialog has asked before it replaces a file. Null when it was stopped or failed, which is told.
 */
export async function writeFile<T>(target: vscode.Uri, title: string, write: (target: ExportTarget, progress: (fraction: number) => void) => EngineCall<T>): Promise<T | null> {
  const direct = target.scheme === 'file';
  const file = direct ? target.fsPath : path.join(tmpdir(), `tcp-trace-${randomUUID()}`);
  const result = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (progress, token): Promise<Result<T>> => {
    let told = 0;
    const call = write({ path: file, overwrite: direct }, (fraction) => {
      progress.report({ increment: (fraction - told) * 100 });
      told = fraction;
    });
    token.onCancellationRequested(call.cancel);
    const result = await call.result;
    if (direct || !result.ok) return result;
    try {
      await vscode.workspace.fs.copy(vscode.Uri.file(file), target, { overwrite: true });
    } catch (error) {
      return { ok: false, error: { code: 'source', message: error instanceof Error ? error.message : String(error) } };
    }
    return result;
  });
  if (!direct) await rm(file, { force: true });
  if (result.ok) return result.value;
  if (result.error.code !== 'cancelled') void vscode.window.showErrorMessage(vscode.l10n.t('TCP Trace: {0}', result.error.message));
  return null;
}

/** Says what was written, and offers to open it. */
export async function tellWritten(target: vscode.Uri, message: string): Promise<void> {
  const open = vscode.l10n.t('Open');
  if ((await vscode.window.showInformationMessage(message, open)) === open) await vscode.commands.executeCommand('vscode.open', target);
}

/** Last part of a path, for messages. */
export function nameOf(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
