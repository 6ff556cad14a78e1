import * as vscode from 'vscode';

/** Shows a line (from 1) of a text capture as text, beside the capture editor. VS Code itself opens no text above its own limit. */
export async function openLine(uri: vscode.Uri, line: number): Promise<void> {
  const place = new vscode.Position(line - 1, 0);
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const range = document.validateRange(new vscode.Range(place, place.translate(0, 10_000)));
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, selection: range, preview: true });
  } catch (error) {
    void vscode.window.showErrorMessage(vscode.l10n.t('Line {0} cannot be shown: {1}', line, error instanceof Error ? error.message : String(error)));
  }
}
