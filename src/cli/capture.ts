import type { CaptureFault, CaptureReader } from '../core/capture/captureReader';
import { openReader } from '../core/capture/detect';
import { faultInfo, rootFault } from '../core/engine';
import { Pipeline, type RowSink, type SegmentObserver } from '../core/index/pipeline';
import { openSource, openStream, type OpenedSource } from '../platform/node/openSource';
import { EXIT_DAMAGED, EXIT_OK } from './exit';
import type { RowWriter } from './output';

const READ_BYTES = 4 << 20;
/** Most bytes that a gzip may inflate to. */
export const MAX_INFLATED = 4 * 1024 ** 3;

/** Standard input can be read once, a capture more than once: what came is kept until the end. */
let standardInput: Promise<OpenedSource> | null = null;

/** Opens a capture file, or what comes on standard input for `-`. */
export async function openInput(file: string): Promise<OpenedSource> {
  const options = { maxInflatedBytes: MAX_INFLATED };
  if (file !== '-') return openSource(file, options);
  if (!standardInput) {
    standardInput = openStream(process.stdin, options);
    process.once('beforeExit', () => void standardInput?.then((source) => source.close()));
  }
  const source = await standardInput;
  return { size: source.size, fault: source.fault, readInto: (offset, target) => source.readInto(offset, target), check: () => source.check(), close: () => Promise.resolve() };
}

/** Runs a capture through the pipeline, waiting for the writer where it falls behind. Returns the exit status; `quiet` leaves the fault's message to another pass. */
export async function runCapture(
  file: string,
  options: {
    /** Another pass over the same source, with a reader of its own, before this one. */
    readonly before?: (reader: CaptureReader, again: () => Promise<CaptureReader>) => Promise<void>;
    readonly observer?: SegmentObserver;
    readonly sink?: RowSink;
    readonly writer?: RowWriter;
    readonly quiet?: boolean;
    /** The capture is read; `fault` is what ended it early. Waits for the writer itself where it writes much. */
    readonly done?: (reader: CaptureReader, pipeline: Pipeline, fault: CaptureFault | null) => unknown;
  },
): Promise<number> {
  const source = await openInput(file);
  try {
    if (options.before) await options.before(await openReader(source), () => openReader(source));
    const reader = await openReader(source);
    const pipeline = new Pipeline(reader, { splitStreamsBy: [] }, options.observer ?? null);
    const { sink, writer } = options;
    const pausing: RowSink = (row) => (sink?.(row) ?? true) && !writer?.full;
    while (await pipeline.read(pausing, READ_BYTES)) {
      // Nothing goes back to a row that was printed.
      reader.dropBefore?.(pipeline.records);
      await writer?.drained();
    }
    const fault = rootFault(reader.fault, source.fault);
    await options.done?.(reader, pipeline, fault);
    writer?.flush();
    await writer?.drained();
    return options.quiet ? EXIT_OK : reportFault(fault);
  } finally {
    await source.close();
  }
}

/** Tells a fault on standard error; returns the exit status. */
export function reportFault(fault: CaptureFault | null): number {
  const info = faultInfo(fault);
  if (!info) return EXIT_OK;
  process.stderr.write(`tcp-trace: ${info.message}\n`);
  return EXIT_DAMAGED;
}
