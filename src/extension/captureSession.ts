import * as vscode from 'vscode';
import type { CaptureState, EngineApi, EngineMethod, Result } from '../core/engineApi';
import { captureSource, CaptureSourceError, unsavedDocument } from './captureSource';
import { Disposer } from './dispose';
import type { EngineCall, EngineClient } from './engineClient';
import { startEngine } from './startEngine';
import { maxReadWholeBytes, workerOptions } from './settings';
import { escapeGlob, initialState } from './texts';

/** Changes of a file often come in bursts. */
const CHANGE_DELAY_MS = 300;

/** One open capture: its worker, its newest state and the watch on its file. Shared by all its editors. */
export class CaptureSession extends Disposer {
  private client: EngineClient | null = null;
  private current: CaptureState = initialState();
  /** The engine reads a file itself; else the host read the bytes and must read them again. */
  private readsFile = false;
  private changeTimer: NodeJS.Timeout | null = null;
  private generation = 0;
  /** A change that came while there was no worker to tell. */
  private missed: { readonly change: 'replaced' | 'deleted' | undefined } | null = null;
  private readonly stateEmitter = this.own(new vscode.EventEmitter<CaptureState>());
  private readonly restartEmitter = this.own(new vscode.EventEmitter<void>());

  /** The newest state of the engine. */
  readonly onState = this.stateEmitter.event;
  /** A new worker with a new count of revisions: editors must start anew. */
  readonly onRestart = this.restartEmitter.event;

  constructor(
    readonly uri: vscode.Uri,
    private readonly extensionUri: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
    private untitled: Uint8Array | undefined,
  ) {
    super();
    this.watch();
    void this.start();
  }

  get state(): CaptureState {
    return this.current;
  }

  get fileName(): string {
    return this.uri.path.slice(this.uri.path.lastIndexOf('/') + 1);
  }

  /** Answers one request; `reload` reads again what only the host can read. */
  call<M extends EngineMethod>(method: M, params: Parameters<EngineApi[M]>[0] | null, progress?: (fraction: number) => void): EngineCall<ReturnType<EngineApi[M]>> {
    if (method === 'reload') return { result: this.reload() as Promise<Result<ReturnType<EngineApi[M]>>>, cancel: () => undefined };
    if (this.client) return this.client.call(method, params, progress);
    const message = this.current.failure?.message ?? vscode.l10n.t('The capture is not open.');
    return { result: Promise.resolve({ ok: false, error: { code: 'source', message } }), cancel: () => undefined };
  }

  /** Ends the worker and starts another one, with the settings of now. */
  async restart(): Promise<void> {
    await this.endWorker();
    if (this.disposed) return;
    this.current = initialState();
    this.restartEmitter.fire();
    await this.start();
  }

  private async reload(): Promise<Result<null>> {
    if (!this.client || this.current.phase === 'failed') {
      await this.restart();
      return { ok: true, value: null };
    }
    const { client } = this;
    if (!this.readsFile || unsavedDocument(this.uri)) {
      this.untitled = undefined;
      try {
        const source = await captureSource(this.uri, undefined, maxReadWholeBytes());
        this.readsFile = source.kind === 'file';
        client.setSource(source);
      } catch (error) {
        return { ok: false, error: { code: 'source', message: messageOf(error) } };
      }
    }
    return client.call('reload', null).result;
  }

  private async start(): Promise<void> {
    const generation = ++this.generation;
    this.missed = null;
    try {
      const source = await captureSource(this.uri, this.untitled, maxReadWholeBytes());
      if (this.disposed || generation !== this.generation) return;
      this.readsFile = source.kind === 'file';
      const client = await this.startWorker(generation);
      if (generation !== this.generation) return void client.close();
      this.client = client;
      client.open(source, workerOptions());
      this.tellMissed();
    } catch (error) {
      if (generation === this.generation) this.fail(messageOf(error), error instanceof CaptureSourceError ? error.looksLike : 'internal');
    }
  }

  private async startWorker(generation: number): Promise<EngineClient> {
    return await startEngine(this.extensionUri, {
      state: (state) => {
        if (generation === this.generation) this.setState(state);
      },
      crashed: (why) => {
        if (generation === this.generation) this.crashed(why);
      },
    });
  }

  private setState(state: CaptureState): void {
    this.current = state;
    this.stateEmitter.fire(state);
  }

  private fail(message: string, looksLike: string): void {
    this.setState({ ...this.current, phase: 'failed', study: { ...this.current.study, phase: 'failed' }, failure: { message, looksLike, supported: [] } });
  }

  private crashed(why: string): void {
    this.log.error(`${this.uri.toString()}: the worker ended: ${why}`);
    this.client = null;
    this.fail(vscode.l10n.t('The analysis stopped unexpectedly: {0}', why), 'internal');
    const reload = vscode.l10n.t('Reload');
    void vscode.window.showErrorMessage(vscode.l10n.t('TCP Trace: the analysis of {0} stopped unexpectedly: {1}', this.fileName, why), reload).then((chosen) => {
      if (chosen === reload) void this.restart();
    });
  }

  private watch(): void {
    const folder = vscode.Uri.joinPath(this.uri, '..');
    if (this.uri.scheme !== 'untitled') {
      const watcher = this.own(vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, escapeGlob(this.fileName))));
      const key = this.uri.toString();
      const heed = (change: 'replaced' | 'deleted') => (uri: vscode.Uri) => {
        if (uri.toString() === key) this.changed(this.readsFile ? undefined : change);
      };
      this.own(watcher.onDidChange(heed('replaced')));
      this.own(watcher.onDidCreate(heed('replaced')));
      this.own(watcher.onDidDelete(heed('deleted')));
    }
    this.own(
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.contentChanges.length > 0 && event.document.uri.toString() === this.uri.toString()) this.changed('replaced');
      }),
    );
  }

  private changed(change: 'replaced' | 'deleted' | undefined): void {
    if (this.changeTimer) clearTimeout(this.changeTimer);
    this.changeTimer = setTimeout(() => {
      this.changeTimer = null;
      this.missed = { change };
      this.tellMissed();
    }, CHANGE_DELAY_MS);
  }

  private tellMissed(): void {
    if (!this.client || !this.missed) return;
    this.client.sourceChanged(this.missed.change);
    this.missed = null;
  }

  private async endWorker(): Promise<void> {
    this.generation++;
    const client = this.client;
    this.client = null;
    await client?.close();
  }

  override dispose(): void {
    void this.end();
  }

  /** As dispose, and resolves when the worker has cleaned up. */
  async end(): Promise<void> {
    if (this.changeTimer) clearTimeout(this.changeTimer);
    super.dispose();
    await this.endWorker();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
