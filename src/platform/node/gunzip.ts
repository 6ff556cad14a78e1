import { setImmediate as nextTurn } from 'node:timers/promises';
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
/** What is looked at first: few headers are longer. */
const USUAL_HEADER = 4096;
/** Compressed bytes that are read at once, so that many small members take one read; no less than MAX_HEADER. */
const AHEAD = 256 * 1024;
/** A member of no more than this, compressed and inflated, is inflated at one go. */
const SMALL = 64 * 1024;
const SMALL_INFLATED = 1 << 20;
/** Inflated bytes of small members that are handed on together. */
const BATCH = 256 * 1024;
/** How long small members may hold the thread, in milliseconds. */
const SLICE_MS = 10;
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
  /** Compressed bytes from offset `aheadAt` on. */
  private ahead = new Uint8Array(0);
  private aheadAt = 0;
  /** Inflated bytes that were not handed on yet. */
  private batch: Buffer | null = null;
  private batchLength = 0;
  private restedAt = performance.now();

  constructor(
    private readonly source: ByteSource,
    private readonly sink: InflatedSink,
    private readonly options: InflateOptions,
  ) {}

  async run(): Promise<CaptureFault | null> {
    const fault = await this.members();
    await this.handOn();
    if (!fault) this.options.progress?.(1);
    return fault;
  }

  private async members(): Promise<CaptureFault | null> {
    const { source } = this;
    let at = 0;
    while (at < source.size) {
      await this.rest(at);
      let got = await this.look(at, USUAL_HEADER);
      let header = headerLength(got);
      if (header < 0 || (at > 0 && !isGzip(got))) {
        got = await this.look(at, MAX_HEADER);
        if (got.length === 0) break;
        if (at > 0 && got.every((byte) => byte === 0)) {
          // Padding to a block size follows the last member.
          at += got.length;
          continue;
        }
        if (at > 0 && !isGzip(got) && got.length >= 3)
          return { offset: at, kind: 'corrupt', expected: t('another gzip member or the end of the file'), found: t('other data') };
        header = headerLength(got);
        if (header < 0) return this.cut(at, t('a gzip header'));
      }
      const body = at + header;
      const member = this.inflateSmall(await this.look(body, SMALL), body) ?? (await this.inflate(body));
      if (member.fault) return member.fault;
      const end = member.end;
      const trailer = await this.look(end, TRAILER);
      if (trailer.length < TRAILER) return this.cut(end, t('a gzip trailer of {0} bytes', TRAILER));
      if (u32le(trailer, 0) !== member.crc) return { offset: end, kind: 'corrupt', expected: t('the checksum 0x{0}', hex32(member.crc)), found: `0x${hex32(u32le(trailer, 0))}` };
      if (u32le(trailer, 4) !== member.length % 2 ** 32)
        return { offset: end + 4, kind: 'corrupt', expected: t('an inflated length of {0}', member.length % 2 ** 32), found: t('a length of {0}', u32le(trailer, 4)) };
      at = end + TRAILER;
      if (this.batchLength >= BATCH) await this.handOn();
    }
    return null;
  }

  /** The bytes from `at` on: `least`, or what there is; more when they were read already. */
  private async look(at: number, least: number): Promise<Uint8Array> {
    const from = at - this.aheadAt;
    if (from >= 0 && from + Math.min(least, this.source.size - at) <= this.ahead.length) return this.ahead.subarray(from);
    const bytes = new Uint8Array(Math.max(0, Math.min(AHEAD, this.source.size - at)));
    this.ahead = bytes.subarray(0, await this.source.readInto(at, bytes));
    this.aheadAt = at;
    return this.ahead;
  }

  /** A small member, whose deflate stream starts `input` (at offset `body`) and ends in it; null for any other. */
  private inflateSmall(input: Uint8Array, body: number): Member | null {
    let made: { readonly buffer: Buffer; readonly engine: zlib.InflateRaw };
    try {
      made = zlib.inflateRawSync(input.subarray(0, SMALL), { info: true, maxOutputLength: SMALL_INFLATED }) as unknown as typeof made;
    } catch {
      // Too large, cut or damaged: the slow way finds out, and hands on what comes before the fault.
      return null;
    }
    const { buffer, engine } = made;
    this.batch ??= Buffer.allocUnsafeSlow(BATCH + SMALL_INFLATED);
    this.batchLength += buffer.copy(this.batch, this.batchLength);
    return { end: body + engine.bytesWritten, crc: crc32(buffer, 0), length: buffer.length, fault: null };
  }

  private async handOn(): Promise<void> {
    if (!this.batch || this.batchLength === 0) return;
    const bytes = Buffer.from(this.batch.subarray(0, this.batchLength));
    this.batchLength = 0;
    await this.put(bytes);
  }

  /** Between members: gives way now and then, for a million of them may follow each other. */
  private async rest(at: number): Promise<void> {
    this.checkCancelled();
    if (performance.now() - this.restedAt < SLICE_MS) return;
    this.options.progress?.(at / this.source.size);
    await nextTurn();
    this.restedAt = performance.now();
  }

  /** Inflates one member's deflate stream, from `body` on. */
  private async inflate(body: number): Promise<Member> {
    await this.handOn();
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
