/** Code lengths of dynamic blocks come in this order (RFC 1951 3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
const MAX_BITS = 15;

/** Canonical Huffman code: how many codes of each length, and their symbols in order. */
interface Code {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

function makeCode(lengths: readonly number[]): Code {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length]!++;
  const offsets = new Uint16Array(MAX_BITS + 2);
  for (let i = 1; i <= MAX_BITS; i++) offsets[i + 1] = offsets[i]! + counts[i]!;
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length !== 0) symbols[offsets[length]!++] = symbol;
  });
  counts[0] = 0;
  return { counts, symbols };
}

let fixedCodes: { readonly literals: Code; readonly distances: Code } | null = null;

/** Bits out of a byte range, least significant first; `failed` once it is read past its end. */
class BitReader {
  private ended = false;
  private held = 0;
  private count = 0;

  constructor(
    private readonly b: Uint8Array,
    private at: number,
    private readonly end: number,
  ) {}

  bits(n: number): number {
    while (this.count < n) {
      if (this.at >= this.end) {
        this.ended = true;
        return 0;
      }
      this.held |= this.b[this.at++]! << this.count;
      this.count += 8;
    }
    const value = this.held & ((1 << n) - 1);
    this.held >>>= n;
    this.count -= n;
    return value;
  }

  symbol(code: Code): number {
    let value = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_BITS && !this.ended; length++) {
      value |= this.bits(1);
      const count = code.counts[length]!;
      if (value - count < first) return code.symbols[index + (value - first)]!;
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    this.ended = true;
    return 0;
  }

  failed(): boolean {
    return this.ended;
  }

  alignToByte(): void {
    this.held = this.count = 0;
  }
}

/**
 * Inflates the raw DEFLATE stream (RFC 1951) in `b[start, end)` into a buffer whose first `room` bytes stay free. Null when
 * the stream is damaged, cut, or gives more than `limit` bytes.
 */
export function inflateRaw(b: Uint8Array, start: number, end: number, room: number, limit: number): Uint8Array | null {
  const reader = new BitReader(b, start, end);
  const out = new Uint8Array(room + limit);
  let length = room;
  for (let last = false; !last; ) {
    last = reader.bits(1) === 1;
    const kind = reader.bits(2);
    if (reader.failed() || kind === 3) return null;
    if (kind === 0) length = copyStored(reader, out, length);
    else {
      const codes = kind === 1 ? fixed() : readCodes(reader);
      length = codes ? inflateBlock(reader, codes.literals, codes.distances, out, room, length) : -1;
    }
    if (length < 0) return null;
  }
  return out.slice(0, length);
}

function fixed(): { readonly literals: Code; readonly distances: Code } {
  fixedCodes ??= {
    literals: makeCode(Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))),
    distances: makeCode(new Array<number>(30).fill(5)),
  };
  return fixedCodes;
}

/** The code tables of a dynamic block. */
function readCodes(reader: BitReader): { readonly literals: Code; readonly distances: Code } | null {
  const literals = reader.bits(5) + 257;
  const distances = reader.bits(5) + 1;
  const given = reader.bits(4) + 4;
  const lengths = new Array<number>(19).fill(0);
  for (let i = 0; i < given; i++) lengths[ORDER[i]!] = reader.bits(3);
  const code = makeCode(lengths);
  const all: number[] = [];
  while (all.length < literals + distances) {
    const symbol = reader.symbol(code);
    if (reader.failed()) return null;
    if (symbol < 16) all.push(symbol);
    else {
      const previous = all.at(-1);
      if (symbol === 16 && previous === undefined) return null;
      const value = symbol === 16 ? previous! : 0;
      const times = symbol === 16 ? 3 + reader.bits(2) : symbol === 17 ? 3 + reader.bits(3) : 11 + reader.bits(7);
      for (let i = 0; i < times; i++) all.push(value);
    }
  }
  if (all.length > literals + distances) return null;
  return { literals: makeCode(all.slice(0, literals)), distances: makeCode(all.slice(literals)) };
}

/** A stored block; returns the new length of the output, -1 when it does not fit or the input ends. */
function copyStored(reader: BitReader, out: Uint8Array, at: number): number {
  reader.alignToByte();
  const size = reader.bits(8) | (reader.bits(8) << 8);
  const check = reader.bits(8) | (reader.bits(8) << 8);
  if (reader.failed() || (size ^ check) !== 0xffff || at + size > out.length) return -1;
  for (let i = 0; i < size; i++) out[at++] = reader.bits(8);
  return reader.failed() ? -1 : at;
}

/** A compressed block; returns the new length of the output, -1 when it is damaged or does not fit. */
function inflateBlock(reader: BitReader, literals: Code, distances: Code, out: Uint8Array, room: number, start: number): number {
  let at = start;
  for (;;) {
    const symbol = reader.symbol(literals);
    if (reader.failed()) return -1;
    if (symbol === 256) return at;
    if (symbol < 256) {
      if (at >= out.length) return -1;
      out[at++] = symbol;
      continue;
    }
    const base = LENGTH_BASE[symbol - 257];
    if (base === undefined) return -1;
    const length = base + reader.bits(LENGTH_EXTRA[symbol - 257]!);
    const slot = reader.symbol(distances);
    const distanceBase = DISTANCE_BASE[slot];
    if (reader.failed() || distanceBase === undefined) return -1;
    const distance = distanceBase + reader.bits(DISTANCE_EXTRA[slot]!);
    if (reader.failed() || distance > at - room || at + length > out.length) return -1;
    for (let i = 0; i < length; i++, at++) out[at] = out[at - distance]!;
  }
}
