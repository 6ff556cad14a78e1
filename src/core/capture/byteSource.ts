/** How the core sees a capture: bytes at offsets. Platforms implement it (file, inflated gzip, a document's buffer). */
export interface ByteSource {
  /** Bytes available now; `refresh` may raise it. */
  readonly size: number;
  /**
   * Copies bytes from `offset` into `target`; resolves to the number copied, less than `target.length` only at the end.
   * Rejects with a SourceError on an I/O failure.
   */
  readInto(offset: number, target: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** The bytes behind a ByteSource could not be had: deleted, permission, I/O error. */
export class SourceError extends Error {
  constructor(
    message: string,
    /** The platform's code, "ENOENT" for example. */
    readonly code: string,
  ) {
    super(message);
    this.name = 'SourceError';
  }
}

/** A ByteSource over bytes that are in memory already. */
export class MemorySource implements ByteSource {
  constructor(private bytes: Uint8Array) {}

  get size(): number {
    return this.bytes.length;
  }

  readInto(offset: number, target: Uint8Array): Promise<number> {
    const n = Math.max(0, Math.min(target.length, this.bytes.length - offset));
    if (n > 0) target.set(this.bytes.subarray(offset, offset + n));
    return Promise.resolve(n);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
