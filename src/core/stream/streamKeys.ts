import type { Direction, StreamIndex } from '../bytes/units';
import { FAMILY_IPV4, FAMILY_NAME, type Segment } from '../decode/segment';

/** Words of a stream's key: source address, destination address, ports, family, outer key. */
const KEY_WORDS = 11;
const PORTS = 8;
const FAMILY = 9;
const OUTER = 10;
const BLOCK_SHIFT = 10;
const BLOCK_STREAMS = 1 << BLOCK_SHIFT;

const NO_MATCH = 0;
const FORWARD = 1;
const REVERSE = 2;

/** Bytes of an endpoint (address, port), then those of the outer key. */
const HASHED_BYTES = 16 + 2 + 4;

/**
 * Numbers streams by their endpoints (tcp-analysis section 4): an open-addressing table from the unordered pair
 * {address, port} to the newest stream of that pair. 44 bytes a stream and 16 to 32 a key.
 * Tabulation hashing with random tables: no capture can be made whose keys all collide.
 */
export class StreamKeys {
  /** Direction of the segment in the stream that `find`, `add` or `renew` gave. */
  direction: Direction = 0;
  private readonly blocks: Uint32Array[] = [];
  private count = 0;
  /** Pairs of (hash, stream + 1). */
  private slots = new Uint32Array(2 * 2048);
  private used = 0;
  private readonly table = new Uint32Array(HASHED_BYTES * 256);
  private hash = NaN;
  private slot = 0;
  private last = -1;

  constructor() {
    for (let i = 0; i < this.table.length; i++) this.table[i] = Math.floor(Math.random() * 0x100000000);
  }

  /** Streams so far. */
  get length(): number {
    return this.count;
  }

  /** The newest stream between the segment's endpoints, or -1. */
  find(s: Segment, outer: number): StreamIndex {
    if (this.last >= 0) {
      const match = this.match(this.last, s, outer);
      if (match !== NO_MATCH) {
        this.direction = match === FORWARD ? 0 : 1;
        return this.last;
      }
    }
    return this.probe(s, outer);
  }

  /** Numbers a stream for a key that `find` has just not found. */
  add(s: Segment, outer: number): StreamIndex {
    const stream = this.write(s, outer);
    if (++this.used * 4 > this.slots.length) this.grow();
    this.place(this.slots, this.hash, stream + 1);
    return stream;
  }

  /** Numbers a new stream for a key that `find` has just found: from now on that one is found. */
  renew(s: Segment, outer: number): StreamIndex {
    this.probe(s, outer);
    const stream = this.write(s, outer);
    this.slots[this.slot + 1] = stream + 1;
    return stream;
  }

  private probe(s: Segment, outer: number): StreamIndex {
    const hash = this.hashOf(s, outer);
    this.hash = hash;
    const slots = this.slots;
    const mask = slots.length - 1;
    let slot = (hash << 1) & mask;
    for (let stream = slots[slot + 1]! - 1; stream >= 0; stream = slots[slot + 1]! - 1) {
      if (slots[slot] === hash) {
        const match = this.match(stream, s, outer);
        if (match !== NO_MATCH) {
          this.direction = match === FORWARD ? 0 : 1;
          this.slot = slot;
          this.last = stream;
          return stream;
        }
      }
      slot = (slot + 2) & mask;
    }
    return -1;
  }

  private match(stream: StreamIndex, s: Segment, outer: number): number {
    const k = this.blocks[stream >>> BLOCK_SHIFT]!;
    const at = (stream & (BLOCK_STREAMS - 1)) * KEY_WORDS;
    const ports = k[at + PORTS]! | 0;
    const forward = ports === ((s.srcPort << 16) | s.dstPort);
    const reverse = ports === ((s.dstPort << 16) | s.srcPort);
    if (!forward && !reverse) return NO_MATCH;
    if (k[at + FAMILY] !== s.family || k[at + OUTER] !== outer >>> 0) return NO_MATCH;
    const short = s.family === FAMILY_IPV4 || s.family === FAMILY_NAME;
    if (forward && k[at + 3] === s.src3 && k[at + 7] === s.dst3) {
      if (short || (k[at] === s.src0 && k[at + 1] === s.src1 && k[at + 2] === s.src2 && k[at + 4] === s.dst0 && k[at + 5] === s.dst1 && k[at + 6] === s.dst2)) return FORWARD;
    }
    if (reverse && k[at + 3] === s.dst3 && k[at + 7] === s.src3) {
      if (short || (k[at] === s.dst0 && k[at + 1] === s.dst1 && k[at + 2] === s.dst2 && k[at + 4] === s.src0 && k[at + 5] === s.src1 && k[at + 6] === s.src2)) return REVERSE;
    }
    return NO_MATCH;
  }

  /** The same for both directions: the sum of the endpoints' hashes. */
  private hashOf(s: Segment, outer: number): number {
    const t = this.table;
    let a = t[0x1000 + (s.srcPort >>> 8)]! ^ t[0x1100 + (s.srcPort & 255)]! ^ this.hashWord(0xc00, s.src3);
    let b = t[0x1000 + (s.dstPort >>> 8)]! ^ t[0x1100 + (s.dstPort & 255)]! ^ this.hashWord(0xc00, s.dst3);
    if (s.family !== FAMILY_IPV4 && s.family !== FAMILY_NAME) {
      a ^= this.hashWord(0, s.src0) ^ this.hashWord(0x400, s.src1) ^ this.hashWord(0x800, s.src2);
      b ^= this.hashWord(0, s.dst0) ^ this.hashWord(0x400, s.dst1) ^ this.hashWord(0x800, s.dst2);
    }
    const sum = outer === 0 ? a + b : (a + b) ^ this.hashWord(0x1200, outer);
    return sum >>> 0;
  }

  private hashWord(at: number, word: number): number {
    const t = this.table;
    return t[at + (word >>> 24)]! ^ t[at + 0x100 + ((word >>> 16) & 255)]! ^ t[at + 0x200 + ((word >>> 8) & 255)]! ^ t[at + 0x300 + (word & 255)]!;
  }

  private write(s: Segment, outer: number): StreamIndex {
    const stream = this.count++;
    const k = (this.blocks[stream >>> BLOCK_SHIFT] ??= new Uint32Array(BLOCK_STREAMS * KEY_WORDS));
    const at = (stream & (BLOCK_STREAMS - 1)) * KEY_WORDS;
    k[at] = s.src0;
    k[at + 1] = s.src1;
    k[at + 2] = s.src2;
    k[at + 3] = s.src3;
    k[at + 4] = s.dst0;
    k[at + 5] = s.dst1;
    k[at + 6] = s.dst2;
    k[at + 7] = s.dst3;
    k[at + PORTS] = (s.srcPort << 16) | s.dstPort;
    k[at + FAMILY] = s.family;
    k[at + OUTER] = outer;
    this.direction = 0;
    this.last = stream;
    return stream;
  }

  private place(slots: Uint32Array, hash: number, entry: number): void {
    const mask = slots.length - 1;
    let slot = (hash << 1) & mask;
    while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
    slots[slot] = hash;
    slots[slot + 1] = entry;
  }

  private grow(): void {
    const old = this.slots;
    const slots = new Uint32Array(old.length * 2);
    for (let i = 0; i < old.length; i += 2) if (old[i + 1] !== 0) this.place(slots, old[i]!, old[i + 1]!);
    this.slots = slots;
  }
}
