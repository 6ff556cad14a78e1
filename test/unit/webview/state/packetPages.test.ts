import assert from 'node:assert/strict';
import type { PacketRow } from '../../../../src/core/engineApi';
import type { Fetcher } from '../../../../src/webview/state/fetcher';
import { PacketPages } from '../../../../src/webview/state/packetPages';

/** Answers every page with rows that are only numbered. */
const fetcher = {
  page: (_method: string, { start, count }: { start: number; count: number }) =>
    Promise.resolve({ start, total: 10, rows: Array.from({ length: Math.max(0, Math.min(count, 10 - start)) }, (_, i) => ({ packet: start + i }) as PacketRow) }),
} as unknown as Fetcher;

describe('pages of the packets table', () => {
  it('are reset while listeners look at them', async () => {
    let heard = 0;
    const pages: PacketPages = new PacketPages(
      fetcher,
      () => {
        // As the table does: looking at the present view moves its cache to the end of those kept.
        heard++;
        assert.ok(pages.current.total >= 0);
        assert.ok(heard < 1000, 'a reset goes on for ever');
      },
      () => undefined,
    );
    for (let stream = 0; stream < 3; stream++) pages.show({ kind: 'stream', stream });
    pages.current.want(0, 0);
    await new Promise((resolve) => setTimeout(resolve, 5));
    pages.reset(7);
    pages.refresh();
    assert.ok(heard > 0);
  });
});
