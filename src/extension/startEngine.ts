import * as vscode from 'vscode';
import { EngineClient, type EngineClientEvents } from './engineClient';

/** Starts an engine in a worker thread of its own. */
export async function startEngine(extensionUri: vscode.Uri, events: EngineClientEvents): Promise<EngineClient> {
  const { Worker } = await import('node:worker_threads');
  const worker = new Worker(vscode.Uri.joinPath(extensionUri, 'dist', 'worker.js').fsPath, { name: 'tcp-trace' });
  return new EngineClient(worker, events, {
    closed: vscode.l10n.t('The capture was closed.'),
    cancelled: vscode.l10n.t('Cancelled.'),
    stopped: vscode.l10n.t('The analysis has stopped. Reload the capture.'),
  });
}
