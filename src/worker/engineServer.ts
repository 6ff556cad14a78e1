import type { CallSignal, Engine, EngineHost, EngineOptions, EngineSource } from '../core/engine';
import type { CaptureState, Result, RpcError } from '../core/engineApi';
import type { ExportTarget } from '../core/export/exportApi';
import type { FinishedOutput } from '../core/export/captureExports';
import { t } from '../core/l10n';
import type { EngineRequest, FromWorker, ToWorker, WorkerOptions, WorkerSource } from '../rpc/workerMessages';

/** What the server needs of the platform; tests give their own. */
export interface ServerPlatform {
  post(message: FromWorker): void;
  createEngine(host: EngineHost, options: EngineOptions): Engine;
  openSource(source: WorkerSource, options: WorkerOptions, progress: (fraction: number) => void, signal: { readonly aborted: boolean }): Promise<EngineSource>;
  /** A file to be written; `source` is the capture that must not be replaced. */
  createOutput(target: ExportTarget, source: WorkerSource | null): Promise<FinishedOutput>;
  configureL10n(contents: Record<string, string>): void;
  /** Runs `task` after the messages that wait now. */
  defer(task: () => void): void;
  now(): number;
  /** Called after 'closed' was posted: nothing more will be answered. */
  exit(): void;
}

/** States are pushed at most this often, the last one always. */
export const STATE_INTERVAL_MS = 100;

/** Answers the host's messages with one engine. Every request gets exactly one reply, whatever happens. */
export class EngineServer {
  private engine: Engine | null = null;
  private source: WorkerSource | null = null;
  /** What the host says became of the source: stands until it is opened anew. */
  private told: 'replaced' | 'deleted' | null = null;
  private readonly waiting = new Map<number, { aborted: boolean }>();
  private readonly answering = new Set<Promise<void>>();
  private pendingState: CaptureState | null = null;
  private stateTimer = false;
  private sentAt = -Infinity;
  private sentPhase = '';
  private closing = false;

  constructor(private readonly platform: ServerPlatform) {}

  handle(message: ToWorker): void {
    switch (message.kind) {
      case 'open':
        this.open(message.source, message.options);
        return;
      case 'request':
        this.request(message);
        return;
      case 'cancel': {
        const signal = this.waiting.get(message.id);
        if (signal) signal.aborted = true;
        return;
      }
      case 'setSource':
        this.source = message.source;
        return;
      case 'sourceChanged':
        void this.sourceChanged(message.change);
        return;
      case 'close':
        void this.close();
    }
  }

  private open(source: WorkerSource, options: WorkerOptions): void {
    if (this.engine) return;
    if (options.l10n) this.platform.configureL10n(options.l10n);
    this.source = source;
    const host: EngineHost = {
      yield: () => new Promise((resolve) => this.platform.defer(resolve)),
      now: () => this.platform.now(),
      createOutput: (target) => this.platform.createOutput(target, this.source),
      openSource: async (progress, signal) => {
        // What is told from here on is about what is being opened: unpacking it may take long.
        this.told = null;
        const opened = await this.platform.openSource(this.source!, options, progress, signal);
        return this.withTold(opened);
      },
    };
    this.engine = this.platform.createEngine(host, { splitStreamsBy: options.splitStreamsBy });
    this.engine.onState((state) => this.pushState(state));
    // start() never rejects by contract; a broken one must not leave the user with a spinner.
    this.engine.start().catch((error: unknown) => this.giveUp(error));
  }

  /** The engine asks the source what changed; what the host told goes first. */
  private withTold(opened: EngineSource): EngineSource {
    const check = opened.check?.bind(opened);
    opened.check = async () => this.told ?? (check ? await check() : 'same');
    return opened;
  }

  private request(message: EngineRequest): void {
    const signal = { aborted: false, progress: (fraction: number) => this.platform.post({ kind: 'progress', id: message.id, fraction }) };
    this.waiting.set(message.id, signal);
    // One turn later, so that a cancel that follows closely spares the work.
    this.platform.defer(() => {
      const answer = this.answer(message, signal).finally(() => this.answering.delete(answer));
      this.answering.add(answer);
    });
  }

  private async answer(message: EngineRequest, signal: CallSignal): Promise<void> {
    let result: Result<unknown>;
    try {
      if (signal.aborted) result = failure('cancelled', t('Cancelled.'));
      else if (!this.engine || this.closing) result = failure('source', t('The capture is not open.'));
      else result = await this.engine.call(message.method, message.params, signal);
    } catch (error) {
      result = failure('internal', text(error));
    }
    this.waiting.delete(message.id);
    try {
      this.platform.post({ kind: 'reply', id: message.id, result });
    } catch (error) {
      this.platform.post({ kind: 'reply', id: message.id, result: failure('internal', text(error)) });
    }
  }

  private async sourceChanged(change: 'replaced' | 'deleted' | undefined): Promise<void> {
    if (change) this.told = change;
    try {
      await this.engine?.sourceChanged();
    } catch {
      // A file that cannot be looked at now is looked at again with the next change.
    }
  }

  private pushState(state: CaptureState): void {
    this.pendingState = state;
    const wait = this.sentAt + STATE_INTERVAL_MS - this.platform.now();
    if (wait <= 0 || state.phase !== this.sentPhase) this.flushState();
    else if (!this.stateTimer) {
      this.stateTimer = true;
      setTimeout(() => {
        this.stateTimer = false;
        this.flushState();
      }, wait);
    }
  }

  private flushState(): void {
    const state = this.pendingState;
    if (!state) return;
    this.pendingState = null;
    this.sentAt = this.platform.now();
    this.sentPhase = state.phase;
    this.platform.post({ kind: 'state', state });
  }

  /** Ends the thread with the error, which the host reports to the user. */
  private giveUp(error: unknown): void {
    setTimeout(() => {
      throw error instanceof Error ? error : new Error(text(error));
    });
  }

  private async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    for (const signal of this.waiting.values()) signal.aborted = true;
    try {
      await this.engine?.close();
    } catch {
      // The host ends the thread anyway.
    }
    // An export that was cut off takes its unfinished file away first.
    await Promise.allSettled(this.answering);
    this.platform.post({ kind: 'closed' });
    this.platform.exit();
  }
}

function failure(code: RpcError['code'], message: string): Result<never> {
  return { ok: false, error: { code, message } };
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
