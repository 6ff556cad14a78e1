import { mkdtemp, open, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ByteSource } from '../../core/capture/byteSource';
import { readFully, sourceError } from './fileSource';

/** A temporary file that nobody else may read (folder 0700, file 0600) and that is gone after `close`, or at once where the system allows. */
export class TempFile implements ByteSource {
  private length = 0;

  private constructor(
    private readonly folder: string,
    private readonly handle: FileHandle,
  ) {}

  /** Rejects with SourceError. */
  static async create(): Promise<TempFile> {
    let folder = '';
    try {
      folder = await mkdtemp(path.join(tmpdir(), 'tcp-trace-'));
      const handle = await open(path.join(folder, 'inflated'), 'wx+', 0o600);
      // Elsewhere an open file lives on without its name, so that nothing stays behind when the process is killed.
      if (process.platform !== 'win32') await rm(folder, { recursive: true, force: true });
      return new TempFile(folder, handle);
    } catch (error) {
      if (folder) await rm(folder, { recursive: true, force: true });
      throw sourceError(error);
    }
  }

  get size(): number {
    return this.length;
  }

  async append(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, this.length);
        done += bytesWritten;
        this.length += bytesWritten;
      }
    } catch (error) {
      throw sourceError(error);
    }
  }

  readInto(offset: number, target: Uint8Array): Promise<number> {
    return readFully(this.handle, offset, target, Math.min(target.length, this.length - offset));
  }

  async close(): Promise<void> {
    await this.handle.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}
