import type { CaptureState, EngineApi, EngineMethod, Result, RpcError } from '../core/engineApi';
import type { FromWorker, ToWorker, WorkerOptions, WorkerSource } from '../rpc/workerMessages';

/** The part of node's Worker that the client needs. */
export interface WorkerLike {
  postMessage(message: ToWorker): void;
  on(event: 'message', listener: (message: FromWorker) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
}

export interface EngineClientEvents {
  state(state: CaptureState): void;
  /** The worker ended without being asked to; every waiting call has been answered with an error. */
  crashed(why: string): void;
}

/** Texts for errors that arise here; the caller localises them. */
export interface EngineClientTexts {
  readonly closed: string;
  readonly cancelled: string;
  readonly stopped: string;
}

/** A request under way. */
export interface EngineCall<T> {
  /** Never rejects. */
  readonly result: Promise<Result<T>>;
  /** Answers with code 'cancelled' at once and tells the worker not to bother. */
  readonly cancel: () => void;
}

/** How long a worker may take to delete its temporary file when it closes. */
const CLOSE_TIMEOUT_MS = 2000;

/** Speaks with one engine worker. Every call is answered exactly once, also when the worker dies. */
export class EngineClient {
  private readonly waiting = new Map<number, (result: Result<unknown>) => void>();
  private readonly progress = new Map<number, (fraction: number) => void>();
  private nextId = 1;
  private ended: RpcError | null = null;
  private closing: Promise<void> | null = null;
  private onClosed: (() => void) | null = null;

  constructor(
    private readonly worker: WorkerLike,
    private readonly events: EngineClientEvents,
    private readonly texts: EngineClientTexts,
  ) {
    worker.on('message', (message) => this.receive(message));
    worker.on('error', (error) => this.end(error.message));
    worker.on('exit', (code) => this.end(`exit ${code}`));
  }

  open(source: WorkerSource, options: WorkerOptions): void {
    this.post({ kind: 'open', source, options });
  }

  setSource(source: WorkerSource): void {
    this.post({ kind: 'setSource', source });
  }

  sourceChanged(change?: 'replaced' | 'deleted'): void {
    this.post(change ? { kind: 'sourceChanged', change } : { kind: 'sourceChanged' });
  }

  call<M extends EngineMethod>(method: M, params: Parameters<EngineApi[M]>[0] | null, progress?: (fraction: number) => void): EngineCall<ReturnType<EngineApi[M]>> {
    type Answer = Result<ReturnType<EngineApi[M]>>;
    if (this.ended) return { result: Promise.resolve<Answer>({ ok: false, error: this.ended }), cancel: () => undefined };
    const id = this.nextId++;
    const result = new Promise<Answer>((resolve) => {
      this.waiting.set(id, resolve as (result: Result<unknown>) => void);
      if (progress) this.progress.set(id, progress);
      this.post({ kind: 'request', id, method, params });
    });
    const cancel = (): void => {
      if (!this.waiting.has(id)) return;
      this.answer(id, { ok: false, error: { code: 'cancelled', message: this.texts.cancelled } });
      this.post({ kind: 'cancel', id });
    };
    return { result, cancel };
  }

  /** Lets the worker clean up, then ends it. */
  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    if (!this.ended) {
      const closed = new Promise<void>((resolve) => {
        this.onClosed = resolve;
        setTimeout(resolve, CLOSE_TIMEOUT_MS).unref();
      });
      this.post({ kind: 'close' });
      this.refuse({ code: 'source', message: this.texts.closed });
      await closed;
    }
    await this.worker.terminate();
  }

  private receive(message: FromWorker): void {
    if (message.kind === 'reply') this.answer(message.id, message.result);
    else if (message.kind === 'progress') this.progress.get(message.id)?.(message.fraction);
    else if (message.kind === 'closed') this.onClosed?.();
    else if (!this.ended) this.events.state(message.state);
  }

  private answer(id: number, result: Result<unknown>): void {
    const resolve = this.waiting.get(id);
    if (!resolve) return;
    this.waiting.delete(id);
    this.progress.delete(id);
    resolve(result);
  }

  /** 'error' is followed by 'exit'; an exit that was asked for is no crash. */
  private end(why: string): void {
    this.onClosed?.();
    if (this.ended) return;
    this.refuse({ code: 'internal', message: this.texts.stopped });
    this.events.crashed(why);
  }

  private refuse(error: RpcError): void {
    this.ended = error;
    for (const id of [...this.waiting.keys()]) this.answer(id, { ok: false, error });
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }
}
