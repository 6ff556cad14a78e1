import zlib from 'node:zlib';
import { u16le, u32le } from '../../core/bytes/read';
import { SourceError, type ByteSource } from '../../core/capture/byteSource';
import type { CaptureFault } from '../../core/capture/captureReader';
import { t } from '../../core/l10n';
import { crc32 } from './crc32';

export interface InflateOptions {
  /** Setting tcpTrace.gzip.maxInflatedBytes: more than this is refused. */
  readonly maxInflatedBytes: number;
  /** Told the part of the compressed bytes that is done, 0..1. */
  readonly progress?: ((fraction: number) => void) | undefined;
  readonly signal?: { readonly aborted: boolean } | undefined;
}

/** Takes inflated bytes; they are valid during the call only. */
export type InflatedSink = (bytes: Uint8Array) => Promise<void> | void;

/** How much is fed at once: deflate expands at most 1032 times, so this bounds what is in flight to 33 MB. */
const PIECE = 32 * 1024;
/** Longest member header that is believed: an extra field of 64 KiB, a name and a comment. */
const MAX_HEADER = 128 * 1024;
const TRAILER = 8;

/** RFC 1952 2.3.1: the magic number and the only compression method there is. */
export function isGzip(head: Uint8Array): boolean {
  return head.length >= 3 && head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/**
 * Inflates all members of a gzip file (RFC 1952) into `sink`. Resolves to what was wrong, after everything before the fault was handed on.
 * Rejects with SourceError when cancelled (ECANCELED), beyond the limit (EFBIG), or when the source or the sink fails.
 */
export async function gunzip(source: ByteSource, sink: InflatedSink, options: InflateOptions): Promise<CaptureFault | null> {
  return new Gunzip(source, sink, options).run();
}

class Gunzip {
  private total = 0;

  constructor(
    private readonly source: ByteSource,
    private readonly sink: InflatedSink,
    private readonly options: InflateOptions,
  ) {}

  async run(): Promise<CaptureFault | null> {
    let at = 0;
    while (at < this.source.size) {
      this.checkCancelled();
      const head = new Uint8Array(Math.min(MAX_HEADER, this.source.size - at));
      const got = head.subarray(0, await this.source.readInto(at, head));
      if (at > 0 && got.every((byte) => byte === 0)) {
        // Padding to a block size follows the last member.
        at += got.length;
        if (got.length === 0) break;
        continue;
      }
      if (at > 0 && !isGzip(got) && got.length >= 3)
        return { offset: at, kind: 'corrupt', expected: t('another gzip member or the end of the file'), found: t('other data') };
      const header = headerLength(got);
      if (header < 0) return this.cut(at, t('a gzip header'));
      const body = at + header;
      const member = await this.inflate(body);
      if (member.fault) return member.fault;
      const end = member.end;
      const trailer = new Uint8Array(TRAILER);
      if ((await this.source.readInto(end, trailer)) < TRAILER) return this.cut(end, t('a gzip trailer of {0} bytes', TRAILER));
      if (u32le(trailer, 0) !== member.crc) return { offset: end, kind: 'corrupt', expected: t('the checksum 0x{0}', hex32(member.crc)), found: `0x${hex32(u32le(trailer, 0))}` };
      if (u32le(trailer, 4) !== member.length % 2 ** 32)
        return { offset: end + 4, kind: 'corrupt', expected: t('an inflated length of {0}', member.length % 2 ** 32), found: t('a length of {0}', u32le(trailer, 4)) };
      at = end + TRAILER;
    }
    this.options.progress?.(1);
    return null;
  }

  /** Inflates one member's deflate stream, from `body` on. */
  private async inflate(body: number): Promise<Member> {
    const first = await this.pass(body, 0, 0, Infinity);
    if (first.failedAt < 0) return first;
    // zlib drops what it made in the failing call. Go over the member again, byte by byte where it failed, and hand on the rest.
    const again = await this.pass(body, first.length, first.crc, first.failedAt);
    if (again.failedAt < 0) return again;
    return { ...again, fault: { offset: again.failedAt, kind: 'corrupt', expected: t('valid deflate data'), found: t('a code that does not occur in it') } };
  }

  /** One go at a member: its first `skip` inflated bytes were handed on before, and from offset `fineFrom` on it is fed byte by byte. */
  private async pass(body: number, skip: number, crcBefore: number, fineFrom: number): Promise<Member & { readonly failedAt: number }> {
    const raw = zlib.createInflateRaw({ chunkSize: 256 * 1024 });
    const state = { made: [] as Buffer[], outcome: 'going on' as 'going on' | 'failed' | 'ended', wake: (): void => undefined };
    raw.on('data', (chunk: Buffer) => state.made.push(chunk));
    raw.on('end', () => {
      state.outcome = 'ended';
      state.wake();
    });
    raw.on('error', () => {
      state.outcome = 'failed';
      state.wake();
    });
    let seen = 0;
    let length = skip;
    let crc = crcBefore;
    let at = body;
    const piece = new Uint8Array(PIECE);
    try {
      for (;;) {
        this.checkCancelled();
        const fine = at >= fineFrom;
        const got = await this.source.readInto(at, fine ? piece.subarray(0, 1) : piece);
        if (got === 0) return { end: at, crc, length, failedAt: -1, fault: this.fault(at) };
        // zlib reads the piece on another thread: it gets a copy of its own.
        const input = piece.slice(0, got);
        await new Promise<void>((resolve) => {
          state.wake = resolve;
          raw.write(input, () => resolve());
        });
        const chunks = state.made;
        state.made = [];
        for (const chunk of chunks) {
          const fresh = seen >= skip ? chunk : chunk.subarray(Math.min(chunk.length, skip - seen));
          seen += chunk.length;
          if (fresh.length === 0) continue;
          length += fresh.length;
          crc = crc32(fresh, crc);
          await this.put(fresh);
        }
        if (state.outcome === 'failed') return { end: at, crc, length, failedAt: at, fault: null };
        if (state.outcome === 'ended') return { end: body + raw.bytesWritten, crc, length, failedAt: -1, fault: null };
        at += got;
        if (!fine) this.options.progress?.(at / this.source.size);
      }
    } finally {
      raw.destroy();
    }
  }

  private async put(bytes: Uint8Array): Promise<void> {
    this.total += bytes.length;
    const limit = this.options.maxInflatedBytes;
    if (this.total > limit)
      throw new SourceError(t('The capture inflates to more than {0} bytes. The setting tcpTrace.gzip.maxInflatedBytes raises this limit.', limit), 'EFBIG');
    this.checkCancelled();
    await this.sink(bytes);
  }

  private checkCancelled(): void {
    if (this.options.signal?.aborted) throw new SourceError(t('Cancelled.'), 'ECANCELED');
  }

  private cut(offset: number, expected: string): CaptureFault {
    return { offset, kind: 'cut', expected, found: t('{0} bytes until the end of the file', Math.max(0, this.source.size - offset)) };
  }

  private fault(offset: number): CaptureFault {
    return { offset, kind: 'cut', expected: t('more gzip data'), found: t('the end of the file') };
  }
}

interface Member {
  /** Offset after the deflate stream. */
  readonly end: number;
  readonly crc: number;
  readonly length: number;
  readonly fault: CaptureFault | null;
}

/** Length of a member's header (RFC 1952 2.3); -1 when it is cut or too long. */
function headerLength(b: Uint8Array): number {
  if (b.length < 10) return -1;
  const flags = b[3]!;
  let at = 10;
  if (flags & 4) at += b.length - at < 2 ? Infinity : 2 + u16le(b, at);
  for (const bit of [8, 16]) {
    if (!(flags & bit)) continue;
    const zero = at < b.length ? b.indexOf(0, at) : -1;
    at = zero < 0 ? Infinity : zero + 1;
  }
  if (flags & 2) at += 2;
  return at <= b.length ? at : -1;
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}
