/** Numbers out of bytes. Callers check bounds first; a read past the end yields 0 bits, never a throw. */

export function u16be(b: Uint8Array, o: number): number {
  return (b[o]! << 8) | b[o + 1]!;
}

export function u32be(b: Uint8Array, o: number): number {
  return ((b[o]! << 24) | (b[o + 1]! << 16) | (b[o + 2]! << 8) | b[o + 3]!) >>> 0;
}

export function u16le(b: Uint8Array, o: number): number {
  return b[o]! | (b[o + 1]! << 8);
}

export function u32le(b: Uint8Array, o: number): number {
  return (b[o]! | (b[o + 1]! << 8) | (b[o + 2]! << 16) | (b[o + 3]! << 24)) >>> 0;
}

export function u64be(b: Uint8Array, o: number): bigint {
  return (BigInt(u32be(b, o)) << 32n) | BigInt(u32be(b, o + 4));
}

export function u64le(b: Uint8Array, o: number): bigint {
  return (BigInt(u32le(b, o + 4)) << 32n) | BigInt(u32le(b, o));
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

/** Lower-case hex of `length` bytes from `start`, cut at the end of the buffer. */
export function hex(b: Uint8Array, start = 0, length = b.length - start): string {
  let out = '';
  const end = Math.min(b.length, start + length);
  for (let i = start; i < end; i++) out += HEX[b[i]!]!;
  return out;
}

/** Bytes of hex digits, white space between them allowed; empty when it is no hex. */
export function hexBytes(text: string): Uint8Array {
  const digits = text.replace(/\s|^0x/g, '');
  return /^(?:[0-9a-fA-F]{2})+$/.test(digits) ? Uint8Array.from(digits.match(/../g)!, (pair) => parseInt(pair, 16)) : new Uint8Array(0);
}
