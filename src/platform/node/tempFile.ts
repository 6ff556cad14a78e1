import { constants } from 'node:fs';
import { lstat, mkdtemp, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ByteSource } from '../../core/capture/byteSource';
import { readFully, sourceError } from './fileSource';

/** Folders are named with the process that made them, so that another one can tell what was left behind. */
const FOLDER = /^tcp-trace-(\d+)-[A-Za-z0-9]{6}$/;
/** A folder of a process that is not there is left alone for this long: it may be one of another machine or container. */
const STALE_MS = 24 * 3600 * 1000;
/** Most folders that one clean-up looks at. */
const MOST_FOLDERS = 1000;

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
      folder = await mkdtemp(path.join(tmpdir(), `tcp-trace-${process.pid}-`));
      const handle = await open(path.join(folder, 'inflated'), constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
      // Elsewhere an open file lives on without its name, so that nothing stays behind when the process is killed.
      // NFS keeps it under another name until it is closed, and the folder with it: `close` removes that.
      if (process.platform !== 'win32') await remove(folder, 0);
      return new TempFile(folder, handle);
    } catch (error) {
      if (folder) await remove(folder);
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

  /** Never fails for what cannot be removed: the clean-up of a later process takes it. */
  async close(): Promise<void> {
    try {
      await this.handle.close();
    } finally {
      await remove(this.folder);
    }
  }
}

/** Whether it is gone. Tries again: a virus scanner or a file server may still hold what is in it. */
async function remove(folder: string, maxRetries = 3): Promise<boolean> {
  return await rm(folder, { recursive: true, force: true, maxRetries, retryDelay: 50 }).then(() => true, () => false);
}

/**
 * Removes the temporary files that ended processes left behind (killed on Windows, or on a file server). Only our own folders, of a
 * process that is not there any more, that were not written to for a day. Never rejects; returns how many it removed.
 */
export async function removeStaleTempFiles(root = tmpdir(), now = Date.now()): Promise<number> {
  let removed = 0;
  const names = await readdir(root).catch(() => [] as string[]);
  for (const name of names.filter((each) => FOLDER.test(each)).slice(0, MOST_FOLDERS)) {
    const folder = path.join(root, name);
    try {
      if (isRunning(Number(FOLDER.exec(name)![1]))) continue;
      const stats = await lstat(folder);
      // Windows knows no owner, and its temporary folder is the user's own.
      if (!stats.isDirectory() || (process.getuid && stats.uid !== process.getuid())) continue;
      const inside = await Promise.all((await readdir(folder)).map((file) => lstat(path.join(folder, file))));
      if (Math.max(...[stats, ...inside].map((s) => s.mtimeMs)) > now - STALE_MS) continue;
      if (await remove(folder)) removed++;
    } catch {
      // Another process was faster, or it may not be touched.
    }
  }
  return removed;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
