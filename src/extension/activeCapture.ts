import * as vscode from 'vscode';
import type { CapturePanel } from './capturePanel';
import { Disposer } from './dispose';

/**
 * Which capture editor the views follow: the active one, else the last active one that is still to be seen
 * (beside a text editor, for example).
 */
export class ActiveCapture extends Disposer {
  private readonly panels = new Set<CapturePanel>();
  private panel: CapturePanel | null = null;
  private readonly panelEmitter = this.own(new vscode.EventEmitter<CapturePanel | null>());
  private readonly changeEmitter = this.own(new vscode.EventEmitter<CapturePanel | null>());
  private following: vscode.Disposable[] = [];

  /** Another panel, or none, is followed now. */
  readonly onPanel = this.panelEmitter.event;
  /** The followed panel, its state, its selection or whether it has the focus changed. */
  readonly onChange = this.changeEmitter.event;

  get current(): CapturePanel | null {
    return this.panel;
  }

  /** The followed editor is the active editor. */
  get hasFocus(): boolean {
    return this.panel?.webviewPanel.active ?? false;
  }

  /** An open editor of this capture, the one to be seen first. */
  find(uri: vscode.Uri): CapturePanel | null {
    const key = uri.toString();
    const all = [...this.panels].filter((panel) => panel.session.uri.toString() === key);
    return all.find((panel) => panel.webviewPanel.visible) ?? all[0] ?? null;
  }

  add(panel: CapturePanel): void {
    this.panels.add(panel);
    const listening = panel.webviewPanel.onDidChangeViewState(() => this.choose());
    panel.webviewPanel.onDidDispose(() => {
      listening.dispose();
      this.panels.delete(panel);
      this.choose();
    });
    this.choose();
  }

  private choose(): void {
    const all = [...this.panels];
    const visible = (panel: CapturePanel | null): panel is CapturePanel => panel !== null && this.panels.has(panel) && panel.webviewPanel.visible;
    const next = all.find((panel) => panel.webviewPanel.active) ?? (visible(this.panel) ? this.panel : (all.find(visible) ?? null));
    if (next !== this.panel) this.follow(next);
    if (!this.disposed) this.changeEmitter.fire(this.panel);
  }

  private follow(panel: CapturePanel | null): void {
    for (const disposable of this.following.splice(0)) disposable.dispose();
    this.panel = panel;
    if (panel) {
      const changed = (): void => this.changeEmitter.fire(panel);
      this.following = [panel.onSelection(changed), panel.session.onState(changed), panel.session.onRestart(changed)];
    }
    this.panelEmitter.fire(panel);
  }

  override dispose(): void {
    for (const disposable of this.following.splice(0)) disposable.dispose();
    super.dispose();
  }
}
