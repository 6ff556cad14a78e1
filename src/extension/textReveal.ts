import * as vscode from 'vscode';
import type { ActiveCapture } from './activeCapture';
import { VIEW_TYPE } from './captureEditorProvider';
import type { CapturePanel } from './capturePanel';
import { Disposer } from './dispose';

/** A cursor that moves passes many lines: only where it stays is followed. */
const FOLLOW_MS = 80;
/** How long an editor that was just opened may take until it can show a packet. */
const OPEN_MS = 15_000;

/**
 * Keeps a capture editor and a text editor of the same document together: a packet selected in the one is shown in the
 * other. Only the editor that has the focus leads, so the two never chase each other.
 */
export class TextReveal extends Disposer {
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly active: ActiveCapture) {
    super();
    this.own(active.onChange((panel) => void this.showLine(panel)));
    this.own(
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === vscode.window.activeTextEditor) this.follow(textEditor);
      }),
    );
  }

  /** Opens the capture editor of a document beside the text, on the packet of a line, with its stream and the timeline of it. */
  async openAt(uri: vscode.Uri, line: number): Promise<void> {
    let panel = this.active.find(uri);
    if (panel) panel.webviewPanel.reveal(undefined, false);
    else await vscode.commands.executeCommand('vscode.openWith', uri, VIEW_TYPE, { viewColumn: vscode.ViewColumn.Beside, preview: false });
    const end = Date.now() + OPEN_MS;
    while (Date.now() < end) {
      panel = this.active.find(uri);
      if (panel?.isReady && (await this.showPacket(panel, line, true))) return;
      if (panel?.session.state.phase === 'failed') return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** The text follows the capture editor. */
  private async showLine(panel: CapturePanel | null): Promise<void> {
    const packet = panel?.selection.position?.packet;
    if (!panel?.webviewPanel.active || packet === undefined) return;
    const key = panel.session.uri.toString();
    const editors = vscode.window.visibleTextEditors.filter((editor) => editor.document.uri.toString() === key);
    if (editors.length === 0) return;
    const found = await panel.session.call('lineOfPacket', { packet }).result;
    const line = found.ok ? found.value : null;
    if (line === null || !this.active.hasFocus || panel.selection.position?.packet !== packet) return;
    for (const editor of editors) {
      if (line >= editor.document.lineCount || editor.selection.active.line === line) continue;
      const at = new vscode.Position(line, 0);
      editor.selection = new vscode.Selection(at, at);
      editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  /** The capture editor follows the text. */
  private follow(editor: vscode.TextEditor): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      const panel = this.active.find(editor.document.uri);
      if (panel?.webviewPanel.visible && editor === vscode.window.activeTextEditor) void this.showPacket(panel, editor.selection.active.line, false);
    }, FOLLOW_MS);
  }

  /** Selects the packet of a line. False when the capture (so far) has none there. */
  private async showPacket(panel: CapturePanel, line: number, withStream: boolean): Promise<boolean> {
    const found = await panel.session.call('packetAtLine', { line }).result;
    const packet = found.ok ? found.value : null;
    if (packet === null) return false;
    if (!withStream && panel.selection.position?.packet === packet) return true;
    const target = await panel.session.call('jump', { to: 'packet', packet }).result;
    if (!target.ok || !target.value) return false;
    const { stream } = target.value;
    panel.reveal(target.value, withStream && stream !== null ? { kind: 'stream', stream } : null, withStream && stream !== null ? 'timeline' : undefined);
    return true;
  }

  override dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    super.dispose();
  }
}
