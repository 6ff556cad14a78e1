import { MemorySource } from '../../src/core/capture/byteSource';
import { createEngine, type Engine } from '../../src/core/engine';
import type { EngineApi, EngineMethod } from '../../src/core/engineApi';

/** An engine that has read a text to its end. */
export async function engineOf(text: string): Promise<Engine> {
  const engine = createEngine(
    { yield: () => new Promise((resolve) => setImmediate(resolve)), now: () => performance.now(), openSource: () => Promise.resolve(new MemorySource(new TextEncoder().encode(text))) },
    { splitStreamsBy: [] },
  );
  await engine.start();
  return engine;
}

/** The answer to a request; an error fails the test. */
export async function ask<M extends EngineMethod>(engine: Engine, method: M, params: Parameters<EngineApi[M]>[0] | null): Promise<ReturnType<EngineApi[M]>> {
  const result = await engine.call(method, params);
  if (!result.ok) throw new Error(`${method}: ${result.error.message}`);
  return result.value;
}
