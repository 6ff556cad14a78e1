import assert from 'node:assert/strict';
import { EngineClient, type WorkerLike } from '../../../src/extension/engineClient';
import { initialState } from '../../../src/extension/texts';
import type { CaptureState } from '../../../src/core/engineApi';
import type { FromWorker, ToWorker } from '../../../src/rpc/workerMessages';

class FakeWorker implements WorkerLike {
  readonly sent: ToWorker[] = [];
  terminated = 0;
  private readonly listeners = new Map<string, (value: never) => void>();
  postMessage(message: ToWorker): void {
    this.sent.push(message);
    if (message.kind === 'close') this.emit('message', { kind: 'closed' } satisfies FromWorker);
  }
  on(event: string, listener: (value: never) => void): void {
    this.listeners.set(event, listener);
  }
  emit(event: 'message' | 'error' | 'exit', value: unknown): void {
    this.listeners.get(event)?.(value as never);
  }
  terminate(): Promise<void> {
    this.terminated++;
    this.emit('exit', 1);
    return Promise.resolve();
  }
}

function setUp() {
  const worker = new FakeWorker();
  const states: CaptureState[] = [];
  const crashes: string[] = [];
  const client = new EngineClient(worker, { state: (s) => states.push(s), crashed: (why) => crashes.push(why) }, { closed: 'closed', cancelled: 'cancelled', stopped: 'stopped' });
  return { worker, client, states, crashes };
}

describe('EngineClient', () => {
  it('matches replies to calls by id, in any order', async () => {
    const { worker, client } = setUp();
    const first = client.call('packetDetail', { packet: 1 });
    const second = client.call('packetDetail', { packet: 2 });
    const ids = worker.sent.map((m) => (m.kind === 'request' ? m.id : -1));
    worker.emit('message', { kind: 'reply', id: ids[1], result: { ok: true, value: 'two' } });
    worker.emit('message', { kind: 'reply', id: ids[0], result: { ok: true, value: 'one' } });
    assert.deepEqual(await first.result, { ok: true, value: 'one' });
    assert.deepEqual(await second.result, { ok: true, value: 'two' });
  });

  it('answers a cancelled call at once and drops its late reply', async () => {
    const { worker, client } = setUp();
    const call = client.call('state', null);
    call.cancel();
    const result = await call.result;
    assert.equal(!result.ok && result.error.code, 'cancelled');
    assert.deepEqual(worker.sent.map((m) => m.kind), ['request', 'cancel']);
    worker.emit('message', { kind: 'reply', id: 1, result: { ok: true, value: null } });
    call.cancel();
    assert.equal(worker.sent.length, 2);
  });

  it('answers every waiting and later call when the worker dies, and reports it once', async () => {
    const { worker, client, crashes } = setUp();
    const waiting = client.call('state', null);
    worker.emit('error', new Error('out of memory'));
    worker.emit('exit', 1);
    const result = await waiting.result;
    assert.deepEqual(result, { ok: false, error: { code: 'internal', message: 'stopped' } });
    assert.deepEqual(await client.call('state', null).result, result);
    assert.deepEqual(crashes, ['out of memory']);
  });

  it('closes without calling it a crash, and hears no more states', async () => {
    const { worker, client, crashes, states } = setUp();
    worker.emit('message', { kind: 'state', state: initialState() });
    const waiting = client.call('state', null);
    await client.close();
    worker.emit('message', { kind: 'state', state: initialState() });
    const result = await waiting.result;
    assert.equal(!result.ok && result.error.message, 'closed');
    assert.deepEqual([worker.terminated, crashes.length, states.length], [1, 0, 1]);
  });
});
