/** Where an export goes: a file, a pipe, memory. Pieces come in order; the next one waits until `write` has resolved. */
export interface ByteOutput {
  /** Takes the bytes; they are the output's own afterwards. Rejects with SourceError when they cannot be written. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Pieces of an export are handed on when they reach this many bytes. */
export const PIECE_BYTES = 1 << 18;

/** An output in memory, for the clipboard and for tests. */
export class MemoryOutput implements ByteOutput {
  private readonly pieces: Uint8Array[] = [];
  size = 0;

  write(bytes: Uint8Array): Promise<void> {
    this.pieces.push(bytes);
    this.size += bytes.length;
    return Promise.resolve();
  }

  bytes(): Uint8Array {
    const all = new Uint8Array(this.size);
    let at = 0;
    for (const piece of this.pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
