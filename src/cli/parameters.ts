import { FormatError } from '../core/capture/captureReader';
import { createEngine } from '../core/engine';
import type { Result, StreamParameter } from '../core/engineApi';
import { openInput } from './capture';
import { EXIT_DAMAGED, EXIT_OK } from './exit';
import { RowWriter, type OutputFormat } from './output';

interface ParameterRow extends StreamParameter {
  readonly stream: number;
}

interface ParameterColumn {
  readonly name: string;
  readonly value: (row: ParameterRow) => string;
}

const number = (value: number | undefined): string => (value === undefined ? '' : String(Number.isInteger(value) ? value : Number(value.toPrecision(6))));

const COLUMNS: readonly ParameterColumn[] = [
  { name: 'stream', value: (p) => String(p.stream) },
  { name: 'end', value: (p) => p.end },
  { name: 'id', value: (p) => p.id },
  { name: 'sysctl', value: (p) => p.sysctl },
  { name: 'least', value: (p) => number(p.range?.[0] ?? p.values?.[0] ?? p.figure ?? undefined) },
  { name: 'most', value: (p) => number(p.range?.[1] ?? p.values?.at(-1) ?? p.figure ?? undefined) },
  { name: 'values', value: (p) => p.values?.join(',') ?? '' },
  { name: 'confidence', value: (p) => p.confidence },
  { name: 'packets', value: (p) => p.packets.map((packet) => packet + 1).join(',') },
  { name: 'text', value: (p) => p.text.replaceAll('\u00a0', ' ') },
];

export const PARAMETER_COLUMN_NAMES: readonly string[] = COLUMNS.map((c) => c.name);

/** `tcp-trace parameters`: kernel parameters read back from the capture, stream by stream. */
export async function parametersCommand(file: string, format: OutputFormat): Promise<number> {
  const writer = new RowWriter(process.stdout, format, PARAMETER_COLUMN_NAMES);
  const engine = createEngine(
    { yield: () => new Promise((resolve) => setImmediate(resolve)), now: () => performance.now(), openSource: () => openInput(file) },
    { splitStreamsBy: [] },
  );
  try {
    await engine.start();
    const state = valueOf(await engine.call('state', null));
    if (state.failure) throw new FormatError(state.failure.message, state.failure.looksLike, 0, state.failure.supported.length > 0);
    for (let stream = 0; stream < state.streams; stream++) {
      for (const parameter of valueOf(await engine.call('parameters', { stream }))) writer.row(COLUMNS.map((column) => column.value({ ...parameter, stream })));
      await writer.drained();
    }
    writer.flush();
    await writer.drained();
    if (!state.fault) return EXIT_OK;
    process.stderr.write(`tcp-trace: ${state.fault.message}\n`);
    return EXIT_DAMAGED;
  } finally {
    await engine.close();
  }
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
