import * as vscode from 'vscode';

/** Asks where to save what a view made, beside the capture at first, and writes it there. Tells failures to the user. */
export async function saveBytes(beside: vscode.Uri, name: string, bytes: Uint8Array): Promise<void> {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  const target = await vscode.window.showSaveDialog({ defaultUri: vscode.Uri.joinPath(beside, '..', name), filters: { [extension.toUpperCase()]: [extension] } });
  if (!target) return;
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (error) {
    void vscode.window.showErrorMessage(vscode.l10n.t('{0} could not be written: {1}', name, error instanceof Error ? error.message : String(error)));
  }
}
