import * as vscode from 'vscode';
import type { ActiveCapture } from './activeCapture';
import { Disposer } from './dispose';
import { isBusy } from './texts';

/** Keeps the context keys that commands, keybindings and views are conditioned on. */
export class ContextKeys extends Disposer {
  private readonly known = new Map<string, unknown>();

  constructor(private readonly active: ActiveCapture) {
    super();
    this.own(active.onChange(() => this.update()));
    this.update();
  }

  private update(): void {
    const panel = this.active.current;
    const state = panel?.session.state;
    this.set('hasCapture', panel !== null);
    this.set('canGoBack', panel?.selection.canGoBack ?? false);
    this.set('canGoForward', panel?.selection.canGoForward ?? false);
    this.set('indexing', state ? isBusy(state) : false);
    this.set('change', state?.change ?? 'none');
    this.set('failed', state?.phase === 'failed');
    this.set('studying', state?.study.phase === 'running');
    this.set('studyStopped', state?.study.phase === 'cancelled');
  }

  private set(key: string, value: unknown): void {
    if (this.known.get(key) === value) return;
    this.known.set(key, value);
    void vscode.commands.executeCommand('setContext', `tcpTrace.${key}`, value);
  }
}
