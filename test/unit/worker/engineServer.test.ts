import assert from 'node:assert/strict';
import { MemorySource } from '../../../src/core/capture/byteSource';
import type { Engine, EngineHost, EngineSource } from '../../../src/core/engine';
import type { CaptureState, Result } from '../../../src/core/engineApi';
import { initialState } from '../../../src/extension/texts';
import type { FromWorker, WorkerSource } from '../../../src/rpc/workerMessages';
import { EngineServer, STATE_INTERVAL_MS } from '../../../src/worker/engineServer';

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const OPTIONS = { maxInflatedBytes: 1, splitStreamsBy: [], l10n: null };
const file = (path: string): WorkerSource => ({ kind: 'file', path });

/** A server over an engine that does what the test says. */
function setUp(answer: (method: string, signal: { readonly aborted: boolean }) => unknown = () => null) {
  const posted: FromWorker[] = [];
  const called: string[] = [];
  const opened: WorkerSource[] = [];
  let host!: EngineHost;
  let tell!: (state: CaptureState) => void;
  let exits = 0;
  let source: EngineSource | null = null;
  const engine: Engine = {
    onState: (listener) => {
      tell = listener;
      return () => undefined;
    },
    start: async () => {
      source = await host.openSource(() => undefined, { aborted: false });
    },
    call: async (method, _params, signal) => {
      called.push(method);
      return Promise.resolve({ ok: true, value: answer(method, signal!) } as Result<never>);
    },
    sourceChanged: async () => {
      called.push(`changed:${(await source?.check?.()) ?? 'unknown'}`);
    },
    close: () => Promise.resolve(),
  };
  const server = new EngineServer({
    post: (message) => {
      structuredClone(message);
      posted.push(message);
    },
    createEngine: (given) => {
      host = given;
      return engine;
    },
    openSource: (what) => {
      opened.push(what);
      return Promise.resolve(new MemorySource(new Uint8Array(0)));
    },
    createOutput: () => Promise.reject(new Error('nothing is written here')), configureL10n: () => undefined,
    defer: (task) => setImmediate(task),
    now: () => performance.now(),
    exit: () => exits++,
  });
  return { server, posted, called, opened, tell: (s: CaptureState) => tell(s), exits: () => exits, reopen: () => engine.start() };
}

const replies = (posted: readonly FromWorker[]) => posted.flatMap((m) => (m.kind === 'reply' ? [m] : []));

describe('EngineServer', () => {
  it('answers requests, and those before the opening with an error', async () => {
    const { server, posted } = setUp((method) => method);
    server.handle({ kind: 'request', id: 1, method: 'state', params: null });
    await wait(5);
    server.handle({ kind: 'open', source: file('a'), options: OPTIONS });
    server.handle({ kind: 'request', id: 2, method: 'position', params: { packet: 0 } });
    await wait(5);
    const [first, second] = replies(posted);
    assert.equal(first?.result.ok, false);
    assert.deepEqual(second, { kind: 'reply', id: 2, result: { ok: true, value: 'position' } });
  });

  it('spares the work of a request that is cancelled at once', async () => {
    const { server, posted, called } = setUp();
    server.handle({ kind: 'open', source: file('a'), options: OPTIONS });
    server.handle({ kind: 'request', id: 1, method: 'state', params: null });
    server.handle({ kind: 'cancel', id: 1 });
    await wait(5);
    assert.deepEqual(called, []);
    const [reply] = replies(posted);
    assert.equal(reply && !reply.result.ok && reply.result.error.code, 'cancelled');
  });

  it('turns a throwing engine and an answer that cannot be sent into errors', async () => {
    const { server, posted } = setUp((method) => {
      if (method === 'state') throw new Error('boom');
      return () => 1;
    });
    server.handle({ kind: 'open', source: file('a'), options: OPTIONS });
    server.handle({ kind: 'request', id: 1, method: 'state', params: null });
    server.handle({ kind: 'request', id: 2, method: 'position', params: { packet: 0 } });
    await wait(5);
    const [first, second] = replies(posted);
    assert.deepEqual(first?.result, { ok: false, error: { code: 'internal', message: 'boom' } });
    assert.equal(second && !second.result.ok && second.result.error.code, 'internal');
  });

  it('pushes states at most every interval, a new phase at once, the last one always', async () => {
    const { server, posted, tell } = setUp();
    server.handle({ kind: 'open', source: file('a'), options: OPTIONS });
    for (let i = 1; i <= 50; i++) tell({ ...initialState(), packets: i });
    assert.equal(posted.length, 1, 'only the first of a burst');
    tell({ ...initialState(), packets: 60, phase: 'done' });
    assert.equal(posted.length, 2, 'a new phase does not wait');
    tell({ ...initialState(), packets: 61, phase: 'done' });
    await wait(STATE_INTERVAL_MS + 30);
    const packets = posted.flatMap((m) => (m.kind === 'state' ? [m.state.packets] : []));
    assert.deepEqual(packets, [1, 60, 61]);
  });

  it('believes the host about bytes, until they are opened anew', async () => {
    const { server, called, opened, reopen } = setUp();
    server.handle({ kind: 'open', source: file('a'), options: OPTIONS });
    await wait(5);
    server.handle({ kind: 'sourceChanged', change: 'replaced' });
    await wait(5);
    server.handle({ kind: 'sourceChanged' });
    await wait(5);
    server.handle({ kind: 'setSource', source: file('b') });
    await reopen();
    server.handle({ kind: 'sourceChanged' });
    await wait(5);
    assert.deepEqual(called, ['changed:replaced', 'changed:replaced', 'changed:same']);
    assert.deepEqual(opened, [file('a'), file('b')]);
  });

  it('keeps what it is told while a source is being opened', async () => {
    const { server, called, reopen } = setUp();
    server.handle({ kind: 'open', source: file('a'), options: OPTIONS });
    server.handle({ kind: 'sourceChanged', change: 'deleted' });
    await wait(5);
    server.handle({ kind: 'sourceChanged' });
    await wait(5);
    await reopen();
    server.handle({ kind: 'sourceChanged' });
    await wait(5);
    assert.deepEqual(called.slice(1), ['changed:deleted', 'changed:same']);
  });

  it('closes once', async () => {
    const { server, posted, exits } = setUp();
    server.handle({ kind: 'open', source: file('a'), options: OPTIONS });
    server.handle({ kind: 'close' });
    server.handle({ kind: 'close' });
    await wait(5);
    assert.deepEqual(posted.map((m) => m.kind), ['closed']);
    assert.equal(exits(), 1);
  });
});
