/**
 * The values that a filter compares. Numbers (booleans as 0 and 1, IPv4 addresses as words, durations and times in nanoseconds; a bigint where
 * 53 bits are not enough), bytes (MAC and IPv6 addresses, payload, headers) and text.
 */
export type Value = number | bigint | string | Uint8Array;

/** What kind of values a field has: decides which literals it takes and which operators make sense. */
export type FieldType =
  | 'number'
  | 'bool'
  /** There or not there, without a value. */
  | 'label'
  /** Seconds in the filter, nanoseconds as a value. */
  | 'duration'
  /** A moment; nanoseconds since the capture's time base as a value. `time` is written as a date, `epoch` as seconds since 1970. */
  | 'time'
  | 'epoch'
  | 'ipv4'
  | 'ipv6'
  | 'mac'
  | 'bytes'
  /** A header as a whole: its bytes and what it carries. */
  | 'header'
  | 'text';

/** Types whose values are Uint8Arrays. */
export function isBytes(type: FieldType): boolean {
  return type === 'ipv6' || type === 'mac' || type === 'bytes' || type === 'header';
}

/** Types whose values are numbers. */
export function isNumeric(type: FieldType): boolean {
  return type === 'number' || type === 'bool' || type === 'duration' || type === 'time' || type === 'epoch' || type === 'ipv4';
}

/** Values of both types can be compared with each other. */
export function comparable(a: FieldType, b: FieldType): boolean {
  const kind = (type: FieldType): string => (type === 'bool' ? 'number' : type === 'header' ? 'bytes' : type === 'epoch' ? 'time' : type);
  return a !== 'label' && kind(a) === kind(b);
}

/** Less than, equal to, or greater than 0, by number, byte for byte, or by code unit. The values are of one kind. */
export function compareValues(a: Value, b: Value): number {
  if (typeof a === 'object' && typeof b === 'object') return compareBytes(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

/** Where `needle` stands in `hay`, or -1. */
export function indexOfBytes(hay: Uint8Array, needle: Uint8Array, from = 0): number {
  if (needle.length === 0) return from <= hay.length ? from : -1;
  const first = needle[0]!;
  const last = hay.length - needle.length;
  for (let at = hay.indexOf(first, from); at >= 0 && at <= last; at = hay.indexOf(first, at + 1)) {
    let n = 1;
    while (n < needle.length && hay[at + n] === needle[n]) n++;
    if (n === needle.length) return at;
  }
  return -1;
}

/** Bytes as text of one char each, for regular expressions. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
  return text;
}

/**
 * Quoted text of a filter holds a byte that was escaped (\xe9) as this plus the byte, from 0x80 on: what was typed beyond ASCII is text, and travels
 * as UTF-8.
 */
export const ESCAPED_BYTE = 0xf700;

function escapedByte(code: number): number | null {
  return code >= ESCAPED_BYTE + 0x80 && code <= ESCAPED_BYTE + 0xff ? code - ESCAPED_BYTE : null;
}

/** Quoted text as text. */
export function textOfLiteral(text: string): string {
  return text.replace(/[\uf780-\uf7ff]/g, (c) => String.fromCharCode(c.charCodeAt(0) - ESCAPED_BYTE));
}

/** Quoted text as bytes. */
export function bytesOfText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const c of text) {
    const code = c.codePointAt(0)!;
    const byte = escapedByte(code);
    if (byte !== null) bytes.push(byte);
    else if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Uint8Array.from(bytes);
}
