import * as vscode from 'vscode';
import type { CaptureState, EngineApi, EngineMethod } from '../../core/engineApi';
import type { EngineCall, EngineClient } from '../engineClient';
import { workerOptions } from '../settings';
import { startEngine } from '../startEngine';

/** One engine thread that reads one version of a text after another. */
export class TextEngine {
  private revision = 0;
  private waiting: { readonly after: number; readonly resolve: (state: CaptureState | null) => void } | null = null;

  private client: EngineClient | null = null;

  /** `crashed`: the thread ended by itself. What was asked has been answered with nothing by then. */
  constructor(private readonly crashed: (engine: TextEngine, why: string) => void) {}

  /** The thread has ended, or was never started. */
  get isOver(): boolean {
    return this.client === null;
  }

  async start(extensionUri: vscode.Uri): Promise<this> {
    this.client = await startEngine(extensionUri, { state: (state) => this.heard(state), crashed: (why) => {
      this.ended();
      this.crashed(this, why);
    } });
    return this;
  }

  /** Reads a text to its end. Null when the thread has ended; a text without packets gives phase 'failed'. */
  read(bytes: Uint8Array, name: string): Promise<CaptureState | null> {
    const { client } = this;
    if (!client) return Promise.resolve(null);
    const done = new Promise<CaptureState | null>((resolve) => {
      this.waiting = { after: this.revision, resolve };
    });
    const source = { kind: 'bytes', bytes, name } as const;
    if (this.revision === 0) client.open(source, workerOptions());
    else {
      client.setSource(source);
      void client.call('reload', null).result;
    }
    return done;
  }

  call<M extends EngineMethod>(method: M, params: Parameters<EngineApi[M]>[0] | null): EngineCall<ReturnType<EngineApi[M]>> {
    if (this.client) return this.client.call(method, params);
    return { result: Promise.resolve({ ok: false, error: { code: 'source', message: vscode.l10n.t('The capture was closed.') } }), cancel: () => undefined };
  }

  /** The answer to one request, or null when there is none (cancelled, closed, nothing there). */
  async ask<M extends EngineMethod>(method: M, params: Parameters<EngineApi[M]>[0] | null, token?: vscode.CancellationToken): Promise<ReturnType<EngineApi[M]> | null> {
    if (token?.isCancellationRequested) return null;
    const call = this.call(method, params);
    const listening = token?.onCancellationRequested(() => call.cancel());
    const result = await call.result;
    listening?.dispose();
    return result.ok ? result.value : null;
  }

  async close(): Promise<void> {
    const { client } = this;
    this.ended();
    await client?.close();
  }

  private heard(state: CaptureState): void {
    if (state.phase === 'indexing' || state.phase === 'inflating' || !this.waiting || state.revision <= this.waiting.after) return;
    this.revision = state.revision;
    const { resolve } = this.waiting;
    this.waiting = null;
    resolve(state);
  }

  private ended(): void {
    this.client = null;
    this.waiting?.resolve(null);
    this.waiting = null;
  }
}
