import type { EngineApi, RpcError } from '../../core/engineApi';
import type { PageReply } from '../grid/pageCache';
import type { RpcClient } from './rpcClient';

/** Reads pages of the revision in force; older answers are dropped, failures reported once each. */
export class Fetcher {
  revision = 0;

  constructor(
    private readonly rpc: RpcClient,
    private readonly failed: (error: RpcError) => void,
  ) {}

  async page<M extends 'packetPage' | 'streamPage'>(
    method: M,
    params: Parameters<EngineApi[M]>[0],
    signal: AbortSignal,
  ): Promise<PageReply<ReturnType<EngineApi[M]>['rows'][number]> | null> {
    const { revision } = this;
    const result = await this.rpc.request<'packetPage' | 'streamPage'>(method, params, signal);
    if (revision !== this.revision) return null;
    if (!result.ok) {
      if (result.error.code !== 'cancelled' && result.error.code !== 'stale') this.failed(result.error);
      return null;
    }
    if (result.value.revision !== this.revision) return null;
    return result.value;
  }
}
