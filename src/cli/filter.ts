import type { CaptureReader } from '../core/capture/captureReader';
import { compileFilter } from '../core/filter/compile';
import type { FilterFault } from '../core/filter/fault';
import { FilterRun } from '../core/filter/filterRun';
import { Indexer } from '../core/index/indexer';
import { CaptureModel } from '../core/query/captureModel';
import { StudyIndex } from '../core/study/studyIndex';
import { StudyPass } from '../core/study/studyPass';
import { UsageError } from './exit';

const READ_BYTES = 4 << 20;
const STREAMS_AT_ONCE = 10_000;
const host = { yield: () => new Promise<void>((resolve) => setImmediate(resolve)), now: () => performance.now() };

/**
 * Reads a whole capture and finds the packets that pass a filter, ascending. `again` opens it anew, for filters that need the study. Throws UsageError
 * for a filter that makes no sense.
 */
export async function matchingPackets(reader: CaptureReader, filter: string, again: () => Promise<CaptureReader>): Promise<Uint32Array> {
  const indexer = new Indexer(reader, { splitStreamsBy: [] });
  const model = new CaptureModel(indexer, 0);
  // A wrong filter is told before a long capture is read.
  refuse(filter, model);
  while (await indexer.read(READ_BYTES));
  const compiled = compileFilter(filter, model);
  if (!compiled.ok) throw new UsageError(describeFault(filter, compiled.fault));
  if (compiled.value.needs.size > 0) {
    model.study = await studyCapture(await again());
    model.verdicts = model.study.verdicts;
  }
  model.requireStudy = () => Promise.resolve();
  const run = new FilterRun(model, compiled.value, null, host);
  await run.run();
  return run.matches;
}

/** What a study finds in a whole capture. */
async function studyCapture(reader: CaptureReader): Promise<StudyIndex> {
  const pass = new StudyPass(reader, { splitStreamsBy: [] }, Infinity);
  while (await pass.read(READ_BYTES)) reader.dropBefore?.(pass.records);
  pass.study.finish(reader.fault);
  const index = new StudyIndex(pass.study);
  while (index.build(STREAMS_AT_ONCE));
  return index;
}

function refuse(filter: string, model: CaptureModel): void {
  const compiled = compileFilter(filter, model);
  if (!compiled.ok) throw new UsageError(describeFault(filter, compiled.fault));
}

/** The fault, the filter, and marks under the place. */
export function describeFault(filter: string, fault: FilterFault): string {
  const hint = fault.suggestions.length > 0 ? ` Did you mean ${fault.suggestions.join(' or ')}?` : '';
  const line = filter.replace(/\s/g, ' ');
  const marks = `${' '.repeat(fault.from)}${'^'.repeat(Math.max(1, Math.min(fault.to, line.length) - fault.from))}`;
  return `filter, column ${fault.from + 1}: ${fault.message}${hint}\n  ${line}\n  ${marks}`;
}
