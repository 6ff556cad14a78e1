import * as vscode from 'vscode';
import type { CapturePanel } from './capturePanel';

/** How long the status bar names the finding that was gone to. */
const SHOWN_MS = 8000;

/** Goes to the first packet of the next (previous) finding after the selected packet, and says what it is. */
export async function nextFinding(panel: CapturePanel, step: 1 | -1): Promise<void> {
  const { phase } = panel.session.state.study;
  const result = await panel.session.call('nextFinding', { packet: panel.selection.position?.packet ?? null, step }).result;
  const found = result.ok ? result.value : null;
  if (!found) {
    const text = !result.ok ? result.error.message : phase === 'done' ? vscode.l10n.t('Nothing was found in this capture.') : vscode.l10n.t('The capture is still being studied.');
    vscode.window.setStatusBarMessage(`$(info) ${text}`, SHOWN_MS);
    return;
  }
  panel.webviewPanel.reveal(undefined, true);
  const packet = found.packets[0];
  if (packet !== undefined) await panel.goTo({ to: 'packet', packet });
  vscode.window.setStatusBarMessage(`$(${found.severity}) ${found.title}: ${found.text}`, SHOWN_MS);
}
