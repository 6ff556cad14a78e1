import type { EngineApi, EngineMethod, Result } from '../../core/engineApi';
import type { ToHost } from '../../rpc/webviewMessages';

type Params<M extends EngineMethod> = Parameters<EngineApi[M]> extends [] ? null : Parameters<EngineApi[M]>[0];
export type Reply<M extends EngineMethod> = Result<ReturnType<EngineApi[M]>>;

const CANCELLED: Result<never> = { ok: false, error: { code: 'cancelled', message: '' } };

/** Requests to the engine and their answers. Never rejects: a failure is a Result, an aborted request is 'cancelled' at once. */
export class RpcClient {
  private nextId = 1;
  private readonly waiting = new Map<number, (result: Result<unknown>) => void>();

  constructor(private readonly post: (message: ToHost) => void) {}

  request<M extends EngineMethod>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Reply<M>> {
    if (signal?.aborted) return Promise.resolve(CANCELLED);
    const id = this.nextId++;
    return new Promise((resolve) => {
      const onAbort = (): void => {
        this.waiting.delete(id);
        this.post({ kind: 'cancel', id });
        resolve(CANCELLED);
      };
      this.waiting.set(id, (result) => {
        signal?.removeEventListener('abort', onAbort);
        resolve(result as Reply<M>);
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      this.post({ kind: 'request', id, method, params });
    });
  }

  /** The host answered; an answer that nobody waits for any more is dropped. */
  reply(id: number, result: Result<unknown>): void {
    const resolve = this.waiting.get(id);
    this.waiting.delete(id);
    resolve?.(result);
  }
}
