import { parentPort } from 'node:worker_threads';
import { createEngine, type EngineSource } from '../core/engine';
import { configureL10n } from '../core/l10n';
import { OutputFile } from '../platform/node/outputFile';
import { openBytes, openSource } from '../platform/node/openSource';
import type { FromWorker, ToWorker, WorkerOptions, WorkerSource } from '../rpc/workerMessages';
import { EngineServer } from './engineServer';

/** Thread entry: one engine, spoken to through the parent port. */
const port = parentPort;
if (!port) throw new Error('worker.js runs as a worker thread only');

const server = new EngineServer({
  post: (message: FromWorker) => port.postMessage(message),
  createEngine,
  openSource: open,
  createOutput: (target, source) => OutputFile.create(target.path, { overwrite: target.overwrite, source: source?.kind === 'file' ? source.path : null }),
  configureL10n: (contents) => configureL10n({ contents }),
  // setImmediate comes after the port's waiting messages, so that queries are answered between slices of indexing.
  defer: (task) => setImmediate(task),
  now: () => performance.now(),
  exit: () => port.close(),
});
port.on('message', (message: ToWorker) => server.handle(message));

function open(source: WorkerSource, options: WorkerOptions, progress: (fraction: number) => void, signal: { readonly aborted: boolean }): Promise<EngineSource> {
  const how = { maxInflatedBytes: options.maxInflatedBytes, progress, signal };
  return source.kind === 'file' ? openSource(source.path, how) : openBytes(source.bytes, how);
}
