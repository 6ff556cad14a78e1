import type { CaptureFault, CaptureReader } from '../core/capture/captureReader';
import { openReader } from '../core/capture/detect';
import { faultInfo, rootFault } from '../core/engine';
import { Pipeline, type RowSink, type SegmentObserver } from '../core/index/pipeline';
import { openSource } from '../platform/node/openSource';
import { EXIT_DAMAGED, EXIT_OK } from './exit';
import type { RowWriter } from './output';

const READ_BYTES = 4 << 20;
const MAX_INFLATED = 4 * 1024 ** 3;

/** Runs a capture through the pipeline, waiting for the writer where it falls behind. Returns the exit status; `quiet` leaves the fault's message to another pass. */
export async function runCapture(
  file: string,
  options: { readonly observer?: SegmentObserver; readonly sink?: RowSink; readonly writer?: RowWriter; readonly quiet?: boolean; readonly done?: (reader: CaptureReader, pipeline: Pipeline) => void },
): Promise<number> {
  const source = await openSource(file, { maxInflatedBytes: MAX_INFLATED });
  try {
    const reader = await openReader(source);
    const pipeline = new Pipeline(reader, { splitStreamsBy: [] }, options.observer ?? null);
    const { sink, writer } = options;
    const pausing: RowSink = (row) => (sink?.(row) ?? true) && !writer?.full;
    while (await pipeline.read(pausing, READ_BYTES)) {
      // Nothing goes back to a row that was printed.
      reader.dropBefore?.(pipeline.records);
      await writer?.drained();
    }
    options.done?.(reader, pipeline);
    writer?.flush();
    await writer?.drained();
    return options.quiet ? EXIT_OK : reportFault(rootFault(reader.fault, source.fault ?? null));
  } finally {
    await source.close();
  }
}

function reportFault(fault: CaptureFault | null): number {
  const info = faultInfo(fault);
  if (!info) return EXIT_OK;
  process.stderr.write(`tcp-trace: ${info.message}\n`);
  return EXIT_DAMAGED;
}
