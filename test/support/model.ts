import { MemorySource } from '../../src/core/capture/byteSource';
import { openReader } from '../../src/core/capture/detect';
import { Indexer } from '../../src/core/index/indexer';
import { Pipeline } from '../../src/core/index/pipeline';
import { CaptureModel } from '../../src/core/query/captureModel';
import { CaptureJudge } from '../../src/core/study/captureJudge';

/** Indexes and judges a capture. */
export async function judgedModel(bytes: Uint8Array): Promise<CaptureModel> {
  const indexer = new Indexer(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] });
  while (await indexer.read(1 << 24));
  const judge = new CaptureJudge();
  const pipeline = new Pipeline(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] }, judge);
  while (await pipeline.read(() => true, 1 << 24));
  judge.finish();
  const model = new CaptureModel(indexer, 1);
  model.verdicts = judge.verdicts;
  return model;
}
