import { MemorySource } from '../../src/core/capture/byteSource';
import { openReader } from '../../src/core/capture/detect';
import type { Finding } from '../../src/core/findings/finding';
import { Pipeline } from '../../src/core/index/pipeline';
import { CaptureStudy } from '../../src/core/study/captureStudy';

/** Runs a capture through the pipeline under study. */
export async function studyCapture(bytes: Uint8Array): Promise<CaptureStudy> {
  const study = new CaptureStudy();
  const reader = await openReader(new MemorySource(bytes));
  const pipeline = new Pipeline(reader, { splitStreamsBy: [] }, study);
  while (await pipeline.read((row) => (study.observeRow(row), true), 1 << 24));
  study.finish(reader.fault);
  return study;
}

/** All findings in the order of `tcp-trace findings`. */
export function allFindings(study: CaptureStudy): Finding[] {
  const found = study.captureFindings();
  for (let stream = 0; stream < study.streams; stream++) found.push(...study.streamFindings(stream));
  return found;
}

/** "stream id severity confidence packets" of each finding of a capture; frames count from 1. */
export async function findingLines(bytes: Uint8Array): Promise<string[]> {
  return allFindings(await studyCapture(bytes)).map((f) => `${f.stream ?? '-'} ${f.id} ${f.severity} ${f.confidence} ${f.packets.map((p) => p + 1).join(',')}`);
}
