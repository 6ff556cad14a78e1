import { constants as bufferLimits } from 'node:buffer';
import { MemorySource, SourceError } from '../../core/capture/byteSource';
import type { CaptureFault } from '../../core/capture/captureReader';
import type { EngineSource } from '../../core/engine';
import { t } from '../../core/l10n';
import { FileSource, sourceError, type SourceChange } from './fileSource';
import { gunzip, isGzip, type InflateOptions } from './gunzip';
import { TempFile } from './tempFile';

export type OpenOptions = InflateOptions;

/** A source as the platform opens it: it knows what became of the file, and what was wrong with its compression. */
export interface OpenedSource extends EngineSource {
  check(): Promise<SourceChange>;
  readonly fault: CaptureFault | null;
}

/**
 * Opens a capture file. A gzip, recognised by content, is inflated once into a private temporary file that goes when the source is closed.
 * Rejects with SourceError: no such file, no permission, cancelled (ECANCELED), larger than the limit (EFBIG), disk full.
 */
export async function openSource(path: string, options: OpenOptions): Promise<OpenedSource> {
  const file = await FileSource.open(path);
  try {
    const head = new Uint8Array(3);
    const got = await file.readInto(0, head);
    if (!isGzip(head.subarray(0, got))) return file;
    return await InflatedFile.from(file, options);
  } catch (error) {
    await file.close();
    throw sourceError(error);
  }
}

/** The same for what comes through a pipe: it is kept in a private temporary file, so that it can be read again. */
export async function openStream(stream: AsyncIterable<Uint8Array>, options: OpenOptions): Promise<OpenedSource> {
  const file = await TempFile.create();
  try {
    for await (const piece of stream) {
      if (options.signal?.aborted) throw new SourceError(t('Cancelled.'), 'ECANCELED');
      await file.append(piece);
    }
    const head = new Uint8Array(3);
    const got = await file.readInto(0, head);
    if (!isGzip(head.subarray(0, got))) return new SpooledStream(file, null);
    const inflated = await TempFile.create();
    try {
      const fault = await gunzip(file, (bytes) => inflated.append(bytes), options);
      await file.close();
      return new SpooledStream(inflated, fault);
    } catch (error) {
      await inflated.close();
      throw error;
    }
  } catch (error) {
    await file.close().catch(() => undefined);
    throw sourceError(error);
  }
}

/** The same for bytes that are in memory already, of a document that is no file. */
export async function openBytes(bytes: Uint8Array, options: OpenOptions): Promise<OpenedSource> {
  const { bytes: plain, fault } = await inflateBytes(bytes, options);
  return Object.assign(new MemorySource(plain), { fault, check: (): Promise<SourceChange> => Promise.resolve('same') });
}

/** Inflates a gzip in memory; other bytes come back as they are. Rejects as openSource does. */
export async function inflateBytes(bytes: Uint8Array, options: OpenOptions): Promise<{ readonly bytes: Uint8Array; readonly fault: CaptureFault | null }> {
  if (!isGzip(bytes)) return { bytes, fault: null };
  const maxInflatedBytes = Math.min(options.maxInflatedBytes, bufferLimits.MAX_LENGTH);
  const chunks: Uint8Array[] = [];
  const keep = (chunk: Uint8Array): void => void chunks.push(chunk);
  const fault = await gunzip(new MemorySource(bytes), keep, { ...options, maxInflatedBytes });
  return { bytes: Buffer.concat(chunks), fault };
}

/** What came through a pipe. */
class SpooledStream implements OpenedSource {
  constructor(
    private readonly file: TempFile,
    readonly fault: CaptureFault | null,
  ) {}

  get size(): number {
    return this.file.size;
  }

  readInto(offset: number, target: Uint8Array): Promise<number> {
    return this.file.readInto(offset, target);
  }

  check(): Promise<SourceChange> {
    return Promise.resolve('same');
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** What was inflated, with an eye on the compressed file that it came from. */
class InflatedFile implements OpenedSource {
  private constructor(
    private readonly compressed: FileSource,
    private readonly inflated: TempFile,
    readonly size: number,
    readonly fault: CaptureFault | null,
  ) {}

  static async from(compressed: FileSource, options: OpenOptions): Promise<InflatedFile> {
    const inflated = await TempFile.create();
    try {
      const fault = await gunzip(compressed, (bytes) => inflated.append(bytes), options);
      return new InflatedFile(compressed, inflated, inflated.size, fault);
    } catch (error) {
      await inflated.close();
      throw error;
    }
  }

  async readInto(offset: number, target: Uint8Array): Promise<number> {
    return this.inflated.readInto(offset, target);
  }

  /** A compressed file that grew is to be inflated anew: to the reader it is another one. */
  async check(): Promise<SourceChange> {
    const change = await this.compressed.check();
    return change === 'grown' ? 'replaced' : change;
  }

  async close(): Promise<void> {
    try {
      await this.inflated.close();
    } finally {
      await this.compressed.close();
    }
  }
}

