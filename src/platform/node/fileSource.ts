import { constants, type BigIntStats } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { SourceError } from '../../core/capture/byteSource';
import type { CaptureFault } from '../../core/capture/captureReader';
import type { EngineSource } from '../../core/engine';
import { t } from '../../core/l10n';

export type SourceChange = 'same' | 'grown' | 'replaced' | 'deleted';

/** Bytes at the start of a file that tell it from one that took its place. */
const FINGERPRINT = 64;

interface Identity {
  readonly device: bigint;
  readonly inode: bigint;
  readonly size: number;
  readonly modified: bigint;
  readonly start: Buffer;
}

/** A capture file on disk. It keeps the file open, so what was indexed can be read on after the name was deleted. */
export class FileSource implements EngineSource {
  private checking: Promise<unknown> = Promise.resolve();
  /** Nothing was inflated, so nothing went wrong there. */
  readonly fault: CaptureFault | null = null;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private identity: Identity,
  ) {}

  /** Rejects with SourceError: no such file, no permission, a folder. */
  static async open(path: string): Promise<FileSource> {
    let handle: FileHandle | null = null;
    try {
      // O_NONBLOCK: opening a pipe without a writer must not hang; it is refused below.
      handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK || 0));
      const stats = await handle.stat({ bigint: true });
      if (stats.isDirectory()) throw new SourceError(t('{0} is a folder.', path), 'EISDIR');
      if (!stats.isFile()) throw new SourceError(t('{0} is not a regular file.', path), 'EINVAL');
      return new FileSource(path, handle, await identify(handle, stats));
    } catch (error) {
      await handle?.close().catch(() => undefined);
      throw sourceError(error);
    }
  }

  /** As of the opening or of the last `check` that said 'grown'. */
  get size(): number {
    return this.identity.size;
  }

  /** Not beyond `size`, though the file may be longer by now: all readers shall see the same end. */
  readInto(offset: number, target: Uint8Array): Promise<number> {
    return readFully(this.handle, offset, target, Math.min(target.length, this.size - offset));
  }

  /** Compares what the path names now with what was opened. 'grown' also raises `size`. One look at a time: an older one must not lower it again. */
  check(): Promise<SourceChange> {
    const look = this.checking.then(() => this.look());
    this.checking = look.catch(() => undefined);
    return look;
  }

  private async look(): Promise<SourceChange> {
    const was = this.identity;
    let now: BigIntStats;
    try {
      now = await stat(this.path, { bigint: true });
    } catch (error) {
      if (isMissing(error)) return 'deleted';
      throw sourceError(error);
    }
    const size = Number(now.size);
    const otherFile = now.dev !== was.device || now.ino !== was.inode;
    if (otherFile || size < was.size) return 'replaced';
    if (size === was.size && now.mtimeNs === was.modified) return 'same';
    try {
      const found = await identify(this.handle, now);
      // An empty file, or one shorter than the fingerprint, may have got its first bytes since.
      const compared = Math.min(was.start.length, found.start.length);
      if (!found.start.subarray(0, compared).equals(was.start.subarray(0, compared))) return 'replaced';
      // Written anew at the same length: the start alone does not prove that all is as it was.
      if (size === was.size) return 'replaced';
      this.identity = found;
      return 'grown';
    } catch (error) {
      throw sourceError(error);
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Reads until `wanted` bytes are there or the file ends. Rejects with SourceError. */
export async function readFully(handle: FileHandle, offset: number, target: Uint8Array, wanted: number): Promise<number> {
  let done = 0;
  try {
    while (done < wanted) {
      const { bytesRead } = await handle.read(target, done, wanted - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
  } catch (error) {
    throw sourceError(error);
  }
  return done;
}

async function identify(handle: FileHandle, stats: BigIntStats): Promise<Identity> {
  const start = Buffer.alloc(Math.min(FINGERPRINT, Number(stats.size)));
  const { bytesRead } = await handle.read(start, 0, start.length, 0);
  return { device: stats.dev, inode: stats.ino, size: Number(stats.size), modified: stats.mtimeNs, start: start.subarray(0, bytesRead) };
}

/** Any failure as a SourceError with the system's code and words for the user. */
export function sourceError(error: unknown): SourceError {
  if (error instanceof SourceError) return error;
  const { code = 'EIO', path = '' } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
      return new SourceError(t('There is no file {0}.', path), code);
    case 'EACCES':
    case 'EPERM':
      return new SourceError(t('There is no permission to read {0}.', path), code);
    case 'EISDIR':
      return new SourceError(t('{0} is a folder.', path), code);
    case 'ENOSPC':
      return new SourceError(t('The disk is full.'), code);
    default:
      return new SourceError(error instanceof Error ? error.message : String(error), code);
  }
}

function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
