import assert from 'node:assert/strict';
import type { CaptureOverview } from '../../../../src/core/overviewApi';
import { Emitter } from '../../../../src/webview/state/emitter';
import type { Session } from '../../../../src/webview/state/session';
import { OverviewModel } from '../../../../src/webview/overview/overviewModel';

interface Asked {
  readonly signal: AbortSignal;
  answer(): void;
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('the counts of the overview', () => {
  it('come while the capture grows faster than it is counted; another part is asked for at once', async () => {
    const events = new Emitter<'state' | 'selection' | 'rows'>();
    const state = { revision: 1, packets: 10, phase: 'done', study: { version: 0 } };
    const asked: Asked[] = [];
    const request = (_: string, __: unknown, signal: AbortSignal): Promise<unknown> =>
      new Promise((resolve) => {
        const value: Partial<CaptureOverview> = { revision: 1, start: 0, end: 10e9 };
        asked.push({ signal, answer: () => resolve({ ok: true, value }) });
        signal.addEventListener('abort', () => resolve({ ok: false, error: { code: 'cancelled', message: '' } }));
      });
    const model = new OverviewModel({ events, state, rpc: { request }, selection: null } as unknown as Session);
    let told = 0;
    model.events.on(['data'], () => told++);
    model.setSize(100, 10);
    await soon();
    for (let version = 1; version < 4; version++) {
      state.study.version = version;
      events.emit('state');
      await soon();
    }
    assert.equal(asked.length, 1);
    assert.equal(asked[0]!.signal.aborted, false);
    asked[0]!.answer();
    await soon();
    assert.equal(told, 1);
    // Once more for all that came meanwhile.
    assert.equal(asked.length, 2);
    model.setZoom({ from: 1e9, to: 2e9 });
    await soon();
    assert.equal(asked[1]!.signal.aborted, true);
    assert.equal(asked.length, 3);
    asked[2]!.answer();
    await soon();
    assert.equal(told, 2);
    assert.equal(asked.length, 3);
  });
});
