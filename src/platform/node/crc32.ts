import zlib from 'node:zlib';

/** zlib.crc32 came with Node 20.15: where it is missing, a table does. */
const native = (zlib as { crc32?: (data: Uint8Array, value?: number) => number }).crc32;

/** CRC-32 of RFC 1952 over `data`, going on from `value`. */
export const crc32: (data: Uint8Array, value: number) => number = native ?? crc32Table;

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

export function crc32Table(data: Uint8Array, value: number): number {
  let crc = ~value;
  for (const byte of data) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
