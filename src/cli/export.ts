import { SourceError } from '../core/capture/byteSource';
import type { CaptureReader } from '../core/capture/captureReader';
import { openReader } from '../core/capture/detect';
import { rootFault } from '../core/engine';
import { exportPcapng, type PcapngExportOptions } from '../core/export/exportPcapng';
import { PacketSet, type ExportInput, type ExportResult, type PacketPick } from '../core/export/exportControl';
import { exportText } from '../core/export/exportText';
import { Pipeline } from '../core/index/pipeline';
import { openInput, reportFault } from './capture';
import { UsageError } from './exit';
import { matchingPackets } from './filter';
import { outputKind, withOutput, type OutputKind } from './outputTarget';

export interface ConvertOptions {
  readonly to?: OutputKind;
  readonly payload: PcapngExportOptions['payload'];
  readonly force?: boolean;
}

export interface ExportOptions extends ConvertOptions {
  readonly stream?: readonly number[];
  readonly packets?: string;
  readonly filter?: string;
}

/** Which packets, once the capture is known. */
type Choose = (reader: CaptureReader, again: () => Promise<CaptureReader>) => Promise<PacketPick | null>;

const CONTROL = { signal: { aborted: false } };

/** `tcp-trace convert`: a whole capture in the other form. */
export function convertCommand(file: string, out: string, options: ConvertOptions): Promise<number> {
  return run(file, out, options, null);
}

/** `tcp-trace export`: some of its packets. */
export function exportCommand(file: string, out: string, options: ExportOptions): Promise<number> {
  const ranges = options.packets === undefined ? null : parseRanges(options.packets);
  const streams = options.stream && options.stream.length > 0 ? new Set(options.stream) : null;
  const { filter } = options;
  if (!ranges && !streams && filter === undefined) return run(file, out, options, null);
  return run(file, out, options, async (reader, again) => choose(await again(), ranges, streams, filter === undefined ? null : await matchingPackets(reader, filter, again)));
}

async function run(file: string, out: string, options: ConvertOptions, choosePackets: Choose | null): Promise<number> {
  const wanted = outputKind(out, options.to);
  const source = await openInput(file);
  try {
    const first = await openReader(source);
    // On standard output without a word: what the capture is not.
    const kind = wanted ?? (first.info.text ? 'pcapng' : 'text');
    if (kind === 'pcapng' && out === '-' && process.stdout.isTTY) throw new UsageError('pcapng is binary and standard output is a terminal: name a file, or say --to text');
    const pick = choosePackets ? await choosePackets(first, () => openReader(source)) : null;
    const input: ExportInput = { reader: choosePackets ? await openReader(source) : first, size: source.size };
    const result = await withOutput(out, file, options.force ?? false, (output) =>
      kind === 'text' ? exportText(input, pick, output, CONTROL) : exportPcapng(input, pick, output, { payload: options.payload }, CONTROL).catch(withHint),
    );
    report(result, kind);
    return reportFault(rootFault(input.reader.fault, source.fault));
  } finally {
    await source.close();
  }
}

function withHint(error: unknown): never {
  throw error instanceof SourceError && error.code === 'EFBIG' ? new SourceError(`${error.message} Say --payload none to leave it out.`, error.code) : error;
}

function report({ packets, leftOut }: ExportResult, kind: OutputKind): void {
  const why = kind === 'text' ? 'not TCP' : 'no packet bytes in it';
  process.stderr.write(`tcp-trace: ${packets} ${packets === 1 ? 'packet' : 'packets'} written${leftOut > 0 ? `; ${leftOut} left out (${why})` : ''}\n`);
}

/** First pass: the packets asked for, and the fragments that they were put together from. */
async function choose(reader: CaptureReader, ranges: readonly Range[] | null, streams: ReadonlySet<number> | null, matches: Uint32Array | null): Promise<PacketPick> {
  const picked = new PacketSet();
  const pipeline = new Pipeline(reader, { splitStreamsBy: [] }, null);
  let next = 0;
  const passes = (packet: number): boolean => {
    if (!matches) return true;
    if (matches[next] !== packet) return false;
    next++;
    return true;
  };
  const inRanges = (packet: number): boolean => !ranges || ranges.some(([from, to]) => packet + 1 >= from && packet + 1 <= to);
  const more = (): Promise<boolean> =>
    pipeline.read((row) => {
      if (!passes(row.packet) || !inRanges(row.packet) || (streams && !(row.segment && streams.has(row.analysis.stream)))) return true;
      picked.add(row.packet);
      if (streams || matches) for (const fragment of row.fragmentPackets ?? []) picked.add(fragment);
      return true;
    }, 1 << 22);
  while (await more()) reader.dropBefore?.(pipeline.records);
  return picked;
}

type Range = readonly [number, number];

/** "1-5,9": frame numbers from 1. */
export function parseRanges(text: string): Range[] {
  return text.split(',').map((part) => {
    const match = /^\s*(\d{1,10})\s*(?:-\s*(\d{1,10})?\s*)?$/.exec(part);
    const from = Number(match?.[1]);
    const to = match?.[2] ? Number(match[2]) : /-\s*$/.test(part) ? Infinity : from;
    if (!match || from < 1 || to < from) throw new UsageError(`'${part.trim()}' is no range of packets: write 1-5,9 or 100-`);
    return [from, to];
  });
}
