import type { StreamRowData } from '../../core/engineApi';
import type { PageCache } from '../grid/pageCache';
import type { RpcClient } from './rpcClient';

/** The endpoints of the stream that is shown: from the streams table where it is read, else asked for. */
export class StreamInfo {
  private held: StreamRowData | null = null;
  private wanted = -1;

  constructor(
    private readonly rpc: RpcClient,
    private readonly rows: PageCache<StreamRowData>,
    private readonly changed: () => void,
  ) {}

  get(stream: number): StreamRowData | null {
    if (this.held?.stream === stream) return this.held;
    const at = this.rows.find((row) => row.stream === stream);
    return at < 0 ? null : this.rows.peek(at)!;
  }

  want(stream: number): void {
    this.wanted = stream;
    const row = this.get(stream);
    if (row) {
      this.held = row;
      return;
    }
    void this.rpc.request('streamPage', { sort: 'stream', descending: false, start: stream, count: 1, query: '' }).then((result) => {
      if (!result.ok || this.wanted !== stream) return;
      this.held = result.value.rows[0] ?? null;
      this.changed();
    });
  }

  reset(): void {
    this.held = null;
    this.wanted = -1;
  }
}
