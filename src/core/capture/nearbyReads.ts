import type { FileOffset } from '../bytes/units';
import type { ByteSource } from './byteSource';

const BLOCK = 16 * 1024;

/**
 * Small reads at places that lie close together, as the rows of a page do: one block is read, the next ones are served from it.
 * What was read before is only used for a request that lies in it as a whole, so a source that grows is no trouble.
 */
export class NearbyReads {
  private from: FileOffset = 0;
  private bytes = new Uint8Array(0);

  constructor(private readonly source: ByteSource) {}

  /** As ByteSource.readInto. Rejects with the source's SourceError. */
  async readInto(offset: FileOffset, target: Uint8Array): Promise<number> {
    if (this.serve(offset, target)) return target.length;
    if (target.length >= BLOCK) return this.source.readInto(offset, target);
    const block = new Uint8Array(Math.max(target.length, Math.min(BLOCK, this.source.size - offset)));
    const got = await this.source.readInto(offset, block);
    // Requests may overlap in time: each one keeps its own block until it is whole.
    this.from = offset;
    this.bytes = block.subarray(0, got);
    const count = Math.min(got, target.length);
    target.set(block.subarray(0, count));
    return count;
  }

  /** The source has changed: what was read is worth nothing. */
  forget(): void {
    this.bytes = new Uint8Array(0);
  }

  private serve(offset: FileOffset, target: Uint8Array): boolean {
    const at = offset - this.from;
    if (at < 0 || at + target.length > this.bytes.length) return false;
    target.set(this.bytes.subarray(at, at + target.length));
    return true;
  }
}
