import type { FileOffset } from '../bytes/units';
import type { ByteSource } from './byteSource';

const DEFAULT_CHUNK = 1 << 20;
/** Room before a chunk for the unfinished record of the chunk before; holds the longest record of common link types. */
const HEADROOM = 512 * 1024;

interface Load {
  /** Bytes read, or why not. */
  readonly count: number;
  readonly error: unknown;
}

/**
 * A window that slides over a source. Two buffers take turns: while records of one are read, the next chunk is loaded into the other,
 * and the tail that crosses the border is moved in front of it. Records larger than a buffer get one of their own for once.
 */
export class ChunkWindow {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** bytes[i] is byte base + i of the file, for `start` <= i < `end`. */
  base: FileOffset = 0;
  start: number;
  end: number;

  private chunk = 0;
  private headroom = 0;
  private spare = new Uint8Array(0);
  private spareView = new DataView(this.spare.buffer);
  private ahead: Promise<Load> | null = null;
  /** Where the chunk that is loaded ahead starts. */
  private aheadFrom: FileOffset = -1;

  constructor(
    private readonly source: ByteSource,
    private readonly chunkSize = DEFAULT_CHUNK,
    private readonly headroomSize = HEADROOM,
  ) {
    this.fit();
    this.bytes = new Uint8Array(this.headroom + this.chunk);
    this.view = new DataView(this.bytes.buffer);
    this.start = this.end = this.headroom;
    this.base = -this.headroom;
  }

  /**
   * Makes the bytes from `position` on available, `need` of them if the source has them. Returns how many there are;
   * they start at bytes[position - base]. Rejects with the source's SourceError.
   */
  async slide(position: FileOffset, need: number): Promise<number> {
    const next = this.base + this.end;
    const tail = next - position;
    const inside = tail >= 0 && position >= this.base + this.start;
    if (inside && tail >= need) return tail;
    if (inside && tail <= this.headroom && need <= tail + this.chunk) await this.turn(next, tail);
    else await this.jump(position, need);
    return Math.max(0, this.base + this.end - position);
  }

  /** Forgets what was loaded: the source has changed. */
  forget(): void {
    // A load under way goes on into a buffer that nobody looks at any more.
    this.ahead = null;
    this.fit();
    this.bytes = new Uint8Array(this.headroom + this.chunk);
    this.view = new DataView(this.bytes.buffer);
    this.spare = new Uint8Array(0);
    this.start = this.end = this.headroom;
    this.base = -this.headroom;
  }

  /** A small file needs no large buffers. */
  private fit(): void {
    this.chunk = Math.max(64, Math.min(this.chunkSize, this.source.size));
    this.headroom = Math.min(this.headroomSize, this.chunk);
  }

  /** Goes on with the chunk at `next`, keeping the last `tail` bytes. */
  private async turn(next: FileOffset, tail: number): Promise<void> {
    if (this.aheadFrom !== next) await this.settle();
    const load = await (this.ahead ?? this.loadAhead(next));
    this.ahead = null;
    if (load.error !== null) throw load.error as Error;
    const { bytes, view, headroom } = this;
    this.spare.set(bytes.subarray(this.end - tail, this.end), headroom - tail);
    this.bytes = this.spare;
    this.view = this.spareView;
    this.base = next - headroom;
    this.start = headroom - tail;
    this.end = headroom + load.count;
    // A buffer made for one large record is not kept.
    const keep = bytes.length === headroom + this.chunk;
    this.spare = keep ? bytes : new Uint8Array(0);
    this.spareView = keep ? view : new DataView(this.spare.buffer);
    this.prefetch();
  }

  /** Loads from `position` on, into a larger buffer when the record needs one. */
  private async jump(position: FileOffset, need: number): Promise<void> {
    await this.settle();
    const { headroom } = this;
    const wanted = Math.min(Math.max(need, this.chunk), Math.max(0, this.source.size - position));
    if (this.bytes.length < headroom + wanted || this.bytes.length > headroom + Math.max(wanted, this.chunk)) {
      this.bytes = new Uint8Array(headroom + Math.max(wanted, this.chunk));
      this.view = new DataView(this.bytes.buffer);
    }
    this.start = this.end = headroom;
    this.base = position - headroom;
    this.end = headroom + (await this.source.readInto(position, this.bytes.subarray(headroom, headroom + wanted)));
    this.prefetch();
  }

  private prefetch(): void {
    const next = this.base + this.end;
    if (next < this.source.size) void this.loadAhead(next);
  }

  private loadAhead(from: FileOffset): Promise<Load> {
    if (this.spare.length === 0) {
      this.spare = new Uint8Array(this.headroom + this.chunk);
      this.spareView = new DataView(this.spare.buffer);
    }
    this.aheadFrom = from;
    const target = this.spare.subarray(this.headroom);
    this.ahead = this.source.readInto(from, target).then(
      (count) => ({ count, error: null }),
      // Kept until someone waits for it: a read ahead that nobody needs must not fail loudly.
      (error: unknown) => ({ count: 0, error }),
    );
    return this.ahead;
  }

  /** Waits for a load under way, so that its buffer may be used again. */
  private async settle(): Promise<void> {
    await this.ahead;
    this.ahead = null;
  }
}
