import { MemorySource } from '../../src/core/capture/byteSource';
import { createEngine, type Engine } from '../../src/core/engine';
import type { EngineApi, EngineMethod } from '../../src/core/engineApi';

/** An engine over bytes in memory, indexed to the end. */
export async function openCapture(bytes: Uint8Array): Promise<{ readonly engine: Engine; readonly ask: <M extends EngineMethod>(method: M, params: Parameters<EngineApi[M]>[0] | null) => Promise<ReturnType<EngineApi[M]>> }> {
  const engine = createEngine(
    { yield: () => new Promise((resolve) => setImmediate(resolve)), now: () => performance.now(), openSource: () => Promise.resolve(new MemorySource(bytes)) },
    { splitStreamsBy: [] },
  );
  await engine.start();
  return {
    engine,
    ask: async (method, params) => {
      const result = await engine.call(method, params);
      if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
      return result.value;
    },
  };
}
