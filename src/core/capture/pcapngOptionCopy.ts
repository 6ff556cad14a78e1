import { EPB_FLAGS, IF_TIMESTAMP_OFFSET, eachOption, type NgOption } from './pcapngOptions';

/** Options whose value is one number, by kind of block: what a copy into the other byte order must turn round. */
const IDB_NUMBERS: ReadonlySet<number> = new Set([8, 10, IF_TIMESTAMP_OFFSET, 16, 17]); // speed, time zone, offset, transmit and receive speed
const EPB_NUMBERS: ReadonlySet<number> = new Set([EPB_FLAGS, 4, 5, 6]); // flags, drop count, packet id, queue
const ISB_NUMBERS: ReadonlySet<number> = new Set([4, 5, 6, 7, 8]); // received, dropped, accepted, dropped by the system, delivered
/** Start and end time of the statistics: two words, the high one first in either byte order. */
const ISB_TIMES: ReadonlySet<number> = new Set([2, 3]);
const NO_NUMBERS: ReadonlySet<number> = new Set();
/** Custom options that may be copied start with an enterprise number; the two others say that they must not be copied. */
const CUSTOM_COPIED = [2988, 2989];
const CUSTOM_NOT_COPIED = [19372, 19373];

export type OptionOwner = 'section' | 'interface' | 'packet' | 'statistics';

/** The options in bytes[start, end) as a writer of little-endian blocks takes them. The values are copies. */
export function copyOptions(bytes: Uint8Array, start: number, end: number, littleEndian: boolean, owner: OptionOwner): NgOption[] {
  const numbers = owner === 'interface' ? IDB_NUMBERS : owner === 'packet' ? EPB_NUMBERS : owner === 'statistics' ? ISB_NUMBERS : NO_NUMBERS;
  const options: NgOption[] = [];
  eachOption(bytes, start, end, littleEndian, (code, at, length) => {
    if (CUSTOM_NOT_COPIED.includes(code)) return;
    const value = bytes.slice(at, at + length);
    if (!littleEndian && numbers.has(code)) value.reverse();
    if (!littleEndian && owner === 'statistics' && ISB_TIMES.has(code) && length === 8) {
      value.subarray(0, 4).reverse();
      value.subarray(4).reverse();
    }
    if (!littleEndian && CUSTOM_COPIED.includes(code) && length >= 4) value.subarray(0, 4).reverse();
    options.push({ code, value });
  });
  return options;
}
