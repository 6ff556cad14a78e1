import type { FileOffset } from '../bytes/units';
import type { ByteSource } from './byteSource';

const DEFAULT_CHUNK = 1 << 20;
/** Room before a chunk for the unfinished record of the chunk before; holds the longest record of common link types. */
const HEADROOM = 512 * 1024;

/** Chunks that are loaded ahead: with one alone, each chunk's reading has to beat the decoding of the one before. */
const AHEAD = 2;

interface Chunk {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
}

interface Load {
  readonly chunk: Chunk;
  /** Where in the file the chunk starts. */
  readonly from: FileOffset;
  /** Bytes read, or why not: a chunk that nobody comes to need must not fail loudly. */
  readonly done: Promise<{ readonly count: number; readonly error: unknown }>;
}

/**
 * A window that slides over a source. Buffers take turns: while records of one are read, the next chunks are loaded into others,
 * and the tail that crosses the border is moved in front of the next. Records larger than a buffer get one of their own for once.
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
  /** Loads under way or done, in the order of the file, and buffers that wait for one. */
  private ahead: Load[] = [];
  private spare: Chunk[] = [];

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
    this.ahead = [];
    this.spare = [];
    this.fit();
    this.bytes = new Uint8Array(this.headroom + this.chunk);
    this.view = new DataView(this.bytes.buffer);
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
    if (this.ahead[0]?.from !== next) await this.settle();
    const load = this.ahead.shift() ?? this.load(next);
    const { count, error } = await load.done;
    if (error !== null) {
      this.spare.push(load.chunk);
      throw error as Error;
    }
    const { bytes, view, headroom } = this;
    load.chunk.bytes.set(bytes.subarray(this.end - tail, this.end), headroom - tail);
    this.bytes = load.chunk.bytes;
    this.view = load.chunk.view;
    this.base = next - headroom;
    this.start = headroom - tail;
    this.end = headroom + count;
    // A buffer made for one large record is not kept.
    if (bytes.length === headroom + this.chunk) this.spare.push({ bytes, view });
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
    const last = this.ahead.at(-1);
    let from = last ? last.from + this.chunk : this.base + this.end;
    for (; this.ahead.length < AHEAD && from < this.source.size; from += this.chunk) this.ahead.push(this.load(from));
  }

  private load(from: FileOffset): Load {
    let chunk = this.spare.pop();
    if (!chunk) {
      const bytes = new Uint8Array(this.headroom + this.chunk);
      chunk = { bytes, view: new DataView(bytes.buffer) };
    }
    const done = this.source.readInto(from, chunk.bytes.subarray(this.headroom)).then(
      (count) => ({ count, error: null }),
      (error: unknown) => ({ count: 0, error }),
    );
    return { chunk, from, done };
  }

  /** Waits for the loads under way and gives them up, so that their buffers may be used again. */
  private async settle(): Promise<void> {
    const loads = this.ahead;
    this.ahead = [];
    for (const load of loads) await load.done;
    this.spare.push(...loads.map((load) => load.chunk));
  }
}
