import type { Finding } from '../core/findings/finding';
import { CaptureStudy } from '../core/study/captureStudy';
import { runCapture } from './capture';
import { RowWriter, type OutputFormat } from './output';

interface FindingColumn {
  readonly name: string;
  readonly value: (finding: Finding) => string;
}

const COLUMNS: readonly FindingColumn[] = [
  { name: 'stream', value: (f) => (f.stream === null ? '' : String(f.stream)) },
  { name: 'id', value: (f) => f.id },
  { name: 'severity', value: (f) => f.severity },
  { name: 'confidence', value: (f) => f.confidence },
  { name: 'packets', value: (f) => f.packets.map((p) => p + 1).join(',') },
  { name: 'packet_count', value: (f) => String(f.packetCount) },
  { name: 'text', value: (f) => f.text },
];

export const FINDING_COLUMN_NAMES: readonly string[] = COLUMNS.map((c) => c.name);

/** `tcp-trace findings`: one row per finding; those of the capture first, then stream by stream, the worst first. */
export function findingsCommand(file: string, format: OutputFormat): Promise<number> {
  const study = new CaptureStudy();
  const writer = new RowWriter(process.stdout, format, FINDING_COLUMN_NAMES);
  const write = (findings: readonly Finding[]): void => {
    for (const finding of findings) writer.row(COLUMNS.map((column) => column.value(finding)));
  };
  return runCapture(file, {
    writer,
    observer: study,
    sink: (row) => {
      study.observeRow(row);
      return true;
    },
    done: async (_reader, _pipeline, fault) => {
      study.finish(fault);
      write(study.captureFindings());
      for (let stream = 0; stream < study.streams; stream++) {
        write(study.streamFindings(stream));
        if (writer.full) await writer.drained();
      }
    },
  });
}
