import type { Evidence } from '../core/analysis/segmentVerdict';
import { openReader } from '../core/capture/detect';
import { rootFault } from '../core/engine';
import { confidenceWord, nameOf, packetEvidence } from '../core/explain/evidence';
import { Explainer } from '../core/explain/explain';
import type { Rich } from '../core/explain/card';
import { Indexer } from '../core/index/indexer';
import { Pipeline } from '../core/index/pipeline';
import { CaptureModel } from '../core/query/captureModel';
import { decodePacket } from '../core/query/packetDetail';
import { packetVariables, variableLines } from '../core/query/variables';
import { CaptureJudge } from '../core/study/captureJudge';
import { openInput, reportFault } from './capture';
import { UsageError } from './exit';

const READ_BYTES = 4 << 20;

/** `tcp-trace explain FILE --packet N`: what a packet says, and why it has its labels and verdicts. */
export async function explainCommand(file: string, frame: number, format: 'text' | 'ndjson'): Promise<number> {
  const source = await openInput(file);
  try {
    const indexer = new Indexer(await openReader(source), { splitStreamsBy: [] });
    while (await indexer.read(READ_BYTES));
    const model = new CaptureModel(indexer, 1);
    const packet = frame - 1;
    if (!(packet >= 0 && packet < indexer.packets.length)) throw new UsageError(`no packet ${frame}: the capture holds ${indexer.packets.length}`);
    // What becomes of a segment is told by what follows it: a second pass over the file judges all of it.
    const judge = new CaptureJudge();
    const pipeline = new Pipeline(await openReader(source), { splitStreamsBy: [] }, judge);
    while (await pipeline.read(() => true, READ_BYTES));
    judge.finish();
    model.verdicts = judge.verdicts;
    process.stdout.write(format === 'ndjson' ? await asJson(model, packet) : await asText(model, packet));
    return reportFault(rootFault(indexer.reader.fault, source.fault));
  } finally {
    await source.close();
  }
}

/** One line for each verdict and label. */
async function asJson(model: CaptureModel, packet: number): Promise<string> {
  const lines = (await packetEvidence(model, packet)).map((e: Evidence) =>
    JSON.stringify({ packet: packet + 1, field: e.field, rule: e.rule, measured: e.measured, rival: e.rival, text: e.text, packets: e.packets.map((p) => p + 1), confidence: e.confidence }),
  );
  return lines.map((line) => line + '\n').join('');
}

async function asText(model: CaptureModel, packet: number): Promise<string> {
  const cards = await new Explainer(model).packet(await decodePacket(model, packet));
  const [summary, ...rest] = cards;
  const lines: string[] = [];
  if (summary) lines.push(plain(summary.headline), ...summary.here.map((line) => `  ${plain(line)}`));
  const evidence = await packetEvidence(model, packet);
  const verdict = model.verdicts?.get(packet) ?? 0;
  for (const e of evidence) {
    const named = nameOf(e.field, verdict);
    lines.push('', `${e.field}: ${named?.doc ?? ''}`, `  ${e.rule}`);
    if (e.measured) lines.push(`  Measured: ${e.measured}`);
    if (e.rival) lines.push(`  Rival: ${e.rival}`);
    if (e.text) lines.push(`  ${e.text}`);
    if (e.packets.length > 0) lines.push(`  Packets: ${e.packets.map((p) => p + 1).join(', ')}`);
    lines.push(`  Confidence: ${confidenceWord(e.confidence)}`);
  }
  const variables = await packetVariables(model, packet);
  if (variables) lines.push('', ...variableLines(variables));
  const evidenceIds = new Set(evidence.map((e) => e.field));
  for (const card of rest) {
    if (evidenceIds.has(card.id) || card.id === 'variables' || card.here.length === 0) continue;
    lines.push('', plain(card.headline), ...card.here.map((line) => `  ${plain(line)}`));
  }
  return lines.join('\n') + '\n';
}

/** A rich text without its emphasis. */
function plain(rich: Rich): string {
  return rich.map((part) => (typeof part === 'string' ? part : 'strong' in part ? part.strong : 'code' in part ? part.code : part.text)).join('');
}

