import { once } from 'node:events';
import path from 'node:path';
import { SourceError } from '../core/capture/byteSource';
import type { ByteOutput } from '../core/export/byteOutput';
import { OutputFile } from '../platform/node/outputFile';
import { UsageError } from './exit';

export type OutputKind = 'pcapng' | 'text';

const KIND_BY_EXTENSION: Readonly<Record<string, OutputKind>> = { '.pcapng': 'pcapng', '.ntar': 'pcapng', '.txt': 'text', '.tcpdump': 'text', '.log': 'text' };

/** Signals that end the program, and the status that a shell expects of each. */
const STATUS_OF_SIGNAL: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** What OUT shall hold: as said, or by its extension; null for standard output without a word. */
export function outputKind(out: string, to: OutputKind | undefined): OutputKind | null {
  if (to) return to;
  if (out === '-') return null;
  const extension = path.extname(out).toLowerCase();
  const kind = KIND_BY_EXTENSION[extension];
  if (kind) return kind;
  throw new UsageError(`cannot tell from '${path.basename(out)}' what to write: end it in .pcapng, .txt or .tcpdump, or say --to pcapng or --to text`);
}

/** Runs `write` on a file that appears when it is complete, or on standard output. */
export async function withOutput<T>(out: string, source: string, overwrite: boolean, write: (output: ByteOutput) => Promise<T>): Promise<T> {
  if (out === '-') return write(new StandardOutput());
  const file = await OutputFile.create(out, { overwrite, source: source === '-' ? null : source }).catch((error: unknown) => {
    throw error instanceof SourceError && error.code === 'EEXIST' ? new SourceError(`${error.message} Say --force to replace it.`, error.code) : error;
  });
  const stopped = (signal: NodeJS.Signals): void => {
    file.discardNow();
    process.exit(STATUS_OF_SIGNAL[signal]);
  };
  for (const signal of Object.keys(STATUS_OF_SIGNAL)) process.on(signal, stopped);
  try {
    const result = await write(file);
    await file.finish();
    return result;
  } catch (error) {
    await file.discard();
    throw error;
  } finally {
    for (const signal of Object.keys(STATUS_OF_SIGNAL)) process.off(signal, stopped);
  }
}

class StandardOutput implements ByteOutput {
  async write(bytes: Uint8Array): Promise<void> {
    if (!process.stdout.write(bytes)) await once(process.stdout, 'drain');
  }
}
