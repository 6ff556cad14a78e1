import { randomBytes } from 'node:crypto';
import { constants, rmSync, type BigIntStats } from 'node:fs';
import { link, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { SourceError } from '../../core/capture/byteSource';
import type { ByteOutput } from '../../core/export/byteOutput';
import { t } from '../../core/l10n';
import { sourceError } from './fileSource';

export interface OutputOptions {
  /** Take the place of a file that is there. */
  readonly overwrite: boolean;
  /** A file that must never be replaced, and whose permissions a new file gets: the capture that is being read. */
  readonly source: string | null;
}

/**
 * A file that appears under its name only when it is complete: it is written beside it under another one. What stood there
 * before is untouched until `finish`, and stays when the writing fails. A link is followed: what it leads to is replaced.
 * The file keeps the permissions of the one it replaces; a new one gets no more than those of the source.
 */
export class OutputFile implements ByteOutput {
  bytes = 0;

  private constructor(
    private readonly target: string,
    private readonly partial: string,
    private readonly handle: FileHandle,
    private readonly overwrite: boolean,
  ) {}

  /** Rejects with SourceError: it is the source (EINVAL), it exists (EEXIST), no such folder, no permission. */
  static async create(name: string, options: OutputOptions): Promise<OutputFile> {
    const target = await realpath(name).catch(() => name);
    const there = await look(target);
    const source = options.source === null ? null : await look(options.source);
    if (there && source?.dev === there.dev && source.ino === there.ino) throw new SourceError(t('{0} is the capture that is being read.', target), 'EINVAL');
    if (there?.isDirectory()) throw new SourceError(t('{0} is a folder.', target), 'EISDIR');
    if (there && !there.isFile()) throw new SourceError(t('{0} is not a regular file.', target), 'EINVAL');
    if (there && !options.overwrite) throw new SourceError(t('{0} exists already.', target), 'EEXIST');
    const partial = path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString('hex')}.part`);
    try {
      // The umask takes its part of a new file's mode; the owner may always write.
      const handle = await open(partial, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, there ? 0o600 : 0o600 | (modeOf(source) & 0o666));
      const file = new OutputFile(target, partial, handle, options.overwrite);
      if (!there) return file;
      return await handle.chmod(modeOf(there)).then(() => file, async (error: unknown) => {
        await file.discard();
        throw error;
      });
    } catch (error) {
      throw writeError(error, target);
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length; ) done += (await this.handle.write(bytes, done, bytes.length - done)).bytesWritten;
      this.bytes += bytes.length;
    } catch (error) {
      throw writeError(error, this.target);
    }
  }

  /** Gives the file its name. */
  async finish(): Promise<void> {
    try {
      await this.handle.close();
      if (this.overwrite) await rename(this.partial, this.target);
      else await this.linkInPlace();
    } catch (error) {
      await rm(this.partial, { force: true }).catch(() => undefined);
      throw writeError(error, this.target);
    }
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await rm(this.partial, { force: true }).catch(() => undefined);
  }

  /** The same at once, for a process that is about to end. */
  discardNow(): void {
    rmSync(this.partial, { force: true });
  }

  /** A link does not replace a file that appeared meanwhile; where there are no links, a look must do. */
  private async linkInPlace(): Promise<void> {
    try {
      await link(this.partial, this.target);
      await rm(this.partial, { force: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST' || (await stat(this.target).catch(() => null))) throw error;
      await rename(this.partial, this.target);
    }
  }
}

/** What stands there; null for nothing. */
function look(file: string): Promise<BigIntStats | null> {
  return stat(file, { bigint: true }).catch(() => null);
}

/** Who may read and write a file; everybody (but for the umask) where there is none to go by. */
function modeOf(file: BigIntStats | null): number {
  return file ? Number(file.mode) & 0o777 : 0o666;
}

function writeError(error: unknown, target: string): SourceError {
  if (error instanceof SourceError) return error;
  const { code = 'EIO' } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new SourceError(t('There is no folder {0}.', path.dirname(target)), code);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new SourceError(t('There is no permission to write {0}.', target), code);
    case 'EEXIST':
      return new SourceError(t('{0} exists already.', target), code);
    default:
      return sourceError(error);
  }
}
