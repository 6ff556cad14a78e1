import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MemorySource } from '../../src/core/capture/byteSource';
import { openReader } from '../../src/core/capture/detect';
import { compileFilter } from '../../src/core/filter/compile';
import type { FilterFault } from '../../src/core/filter/fault';
import { FilterRun } from '../../src/core/filter/filterRun';
import { Indexer } from '../../src/core/index/indexer';
import { StudyIndex } from '../../src/core/study/studyIndex';
import { CaptureModel } from '../../src/core/query/captureModel';

import { studyCapture } from './study';

export const testHost = { yield: () => new Promise<void>((resolve) => setImmediate(resolve)), now: () => performance.now() };

/** Bytes of a file in test/fixtures; `from` is __dirname of the bundled test. */
export function fixture(name: string): Uint8Array {
  const root = path.join(__dirname.slice(0, __dirname.lastIndexOf(`${path.sep}dist${path.sep}`)), 'test', 'fixtures');
  return readFileSync(path.join(root, name));
}

export async function modelOf(bytes: Uint8Array): Promise<CaptureModel> {
  const indexer = new Indexer(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] });
  while (await indexer.read(1 << 20));
  return new CaptureModel(indexer, 1);
}

/** A capture and what its study says. */
export async function studied(bytes: Uint8Array): Promise<CaptureModel> {
  const model = await modelOf(bytes);
  const index = new StudyIndex(await studyCapture(bytes));
  while (index.build(100));
  model.study = index;
  model.verdicts = index.verdicts;
  model.requireStudy = () => Promise.resolve();
  return model;
}

/** Frame numbers that pass. */
export async function passing(model: CaptureModel, filter: string, stream: number | null = null): Promise<number[]> {
  const compiled = compileFilter(filter, model);
  assert.ok(compiled.ok, compiled.ok ? '' : `${filter}: ${compiled.fault.message}`);
  const run = new FilterRun(model, compiled.value, stream, testHost);
  await run.run();
  return Array.from(run.matches, (p) => p + 1);
}

/** What is wrong with a filter. */
export function faultOf(model: CaptureModel, filter: string): FilterFault {
  const compiled = compileFilter(filter, model);
  assert.ok(!compiled.ok, `${filter} was taken`);
  return compiled.fault;
}
