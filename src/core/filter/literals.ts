import { NANOS_PER_SECOND } from '../bytes/units';
import { t } from '../l10n';
import type { Operand } from './ast';
import { FilterError, nearest } from './fault';
import type { FilterField } from './fields/field';
import { bytesOfText, isBytes, textOfLiteral, type FieldType, type Value } from './values';

/** A value written in the filter, in the form of the field that it is compared with. */
export interface Literal {
  readonly value: Value;
  /** Leading bits that count, of an address with a prefix length; null: all. */
  readonly prefix: number | null;
}

/** The first packet's time: moments are compared as offsets from it. */
export interface TimeBase {
  readonly seconds: number;
  readonly nanos: number;
}

/** What a literal is read for. */
export interface LiteralTarget {
  readonly type: FieldType;
  /** Where the target is a field itself: its names of values and its largest number. */
  readonly field: FilterField | null;
  readonly base: TimeBase;
}

type Written = Extract<Operand, { kind: 'word' | 'string' | 'char' }>;

/** Reads a literal for a target; throws FilterError when the target has no such value. */
export function readLiteral(written: Written, target: LiteralTarget): Literal {
  const value = valueOf(written, target);
  if (value === null) throw mismatch(written, target);
  return typeof value === 'object' && 'value' in value ? value : { value, prefix: null };
}

function valueOf(written: Written, target: LiteralTarget): Value | Literal | null {
  const { type } = target;
  if (written.kind === 'char') return type === 'number' ? written.code : isBytes(type) ? Uint8Array.of(written.code) : type === 'text' ? String.fromCharCode(written.code) : null;
  const quoted = written.kind === 'string';
  const text = quoted ? written.value : written.text;
  switch (type) {
    case 'number':
      return (quoted ? null : readNumber(text, written, target)) ?? named(text, target);
    case 'bool':
      return readBoolean(text) ?? (quoted ? null : booleanOf(readNumber(text, written, target)));
    case 'ipv4':
      return readIpv4(text);
    case 'ipv6':
      return readIpv6(text);
    case 'mac': {
      const bytes = readByteString(text);
      return bytes?.length === 6 ? bytes : null;
    }
    case 'bytes':
    case 'header':
      return quoted ? bytesOfText(text) : readByteString(text);
    case 'text':
      return textOfLiteral(text);
    case 'duration':
      return readDuration(text);
    case 'epoch':
      return offsetFrom(target.base, readDecimalNanos(text));
    case 'time':
      return offsetFrom(target.base, readDate(text));
    case 'label':
      return null;
  }
}

function mismatch(written: Written, target: LiteralTarget): FilterError {
  const shown = written.kind === 'char' ? `'${String.fromCharCode(written.code)}'` : written.kind === 'string' ? `"${written.value}"` : written.text;
  const name = target.field?.name ?? '';
  const of = name === '' ? '' : t(' for {0}', name);
  const wants: Readonly<Record<FieldType, () => string>> = {
    number: () => t('a number'),
    bool: () => t('1, 0, True or False'),
    label: () => t('no value: it is there or not'),
    duration: () => t('seconds, such as 0.25'),
    epoch: () => t('seconds since 1970'),
    time: () => t('a date and time, such as "2024-05-01 12:30:00"'),
    ipv4: () => t('an IPv4 address, such as 10.0.0.1 or 10.0.0.0/8'),
    ipv6: () => t('an IPv6 address, such as fe80::1 or 2001:db8::/32'),
    mac: () => t('a MAC address, such as 02:00:5e:00:00:01'),
    bytes: () => t('bytes, such as 0d:0a, or text in quotes'),
    header: () => t('bytes, such as 0d:0a, or text in quotes'),
    text: () => t('text in quotes'),
  };
  const values = written.kind === 'word' && target.type === 'number' ? nearest(written.text, Object.values(target.field?.values ?? {})) : [];
  const suggestions = written.kind === 'word' && isBytes(target.type) && target.type !== 'mac' && target.type !== 'ipv6' ? [`"${written.text}"`] : values.map((value) => `"${value}"`);
  return new FilterError(written, t('{0} is no value{1}: expected {2}.', shown, of, wants[target.type]()), suggestions);
}

/** A number where 53 bits are enough. */
function narrow(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}

/** Decimal, 0x hexadecimal, 0b binary or 0 octal, also below 0. */
function readNumber(text: string, written: Written, target: LiteralTarget): number | bigint | null {
  const negative = text.startsWith('-');
  const m = /^(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|(0[0-7]*)|([1-9]\d*))$/.exec(negative ? text.slice(1) : text);
  if (!m) return null;
  const big = m[1] !== undefined || m[2] !== undefined ? BigInt(m[0].toLowerCase()) : m[3] !== undefined ? BigInt(`0o${m[3]}`) : BigInt(m[4]!);
  const bits = target.field?.bits ?? 64;
  if (!negative && big >> BigInt(bits) !== 0n) throw new FilterError(written, t('{0} is too large for {1}: at most {2}.', text, target.field?.name ?? t('a number'), ((1n << BigInt(bits)) - 1n).toString()));
  return narrow(negative ? -big : big);
}

/** A number by the name that the field gives it. */
function named(text: string, target: LiteralTarget): number | null {
  const wanted = text.toLowerCase();
  for (const [value, name] of Object.entries(target.field?.values ?? {})) if (name.toLowerCase() === wanted) return Number(value);
  return null;
}

function readBoolean(text: string): number | null {
  return /^(true|set)$/i.test(text) ? 1 : /^(false|not set)$/i.test(text) ? 0 : null;
}

function booleanOf(value: number | bigint | null): number | null {
  return value === null ? null : Number(value) === 0 ? 0 : 1;
}

function ipv4Word(text: string): number | null {
  const m = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!m) return null;
  let word = 0;
  for (const part of m.slice(1)) {
    if (Number(part) > 255) return null;
    word = word * 256 + Number(part);
  }
  return word;
}

function readIpv4(text: string): Literal | null {
  const [address, prefix, ...more] = text.split('/');
  const value = ipv4Word(address!);
  const length = readPrefix(prefix, 32);
  return value === null || length === undefined || more.length > 0 ? null : { value, prefix: length };
}

function readIpv6(text: string): Literal | null {
  const [address, prefix, ...more] = text.split('/');
  const value = ipv6Bytes(address!);
  const length = readPrefix(prefix, 128);
  return value === null || length === undefined || more.length > 0 ? null : { value, prefix: length };
}

/** null: no prefix was given; undefined: one that makes no sense. */
function readPrefix(text: string | undefined, most: number): number | null | undefined {
  if (text === undefined) return null;
  return /^\d{1,3}$/.test(text) && Number(text) <= most ? Number(text) : undefined;
}

/** The 16 bytes of an IPv6 address in any of its written forms (RFC 4291 2.2), or null. */
export function ipv6Bytes(text: string): Uint8Array | null {
  const sides = text.split('::');
  if (sides.length > 2) return null;
  const groups = sides.map((side) => (side === '' ? [] : side.split(':')));
  const last = groups.at(-1)!;
  const v4 = last.length > 0 ? ipv4Word(last.at(-1)!) : null;
  if (v4 !== null) last.splice(-1, 1, (v4 >>> 16).toString(16), (v4 & 0xffff).toString(16));
  const count = groups.reduce((sum, side) => sum + side.length, 0);
  if (sides.length === 2 ? count > 7 : count !== 8) return null;
  if (groups.some((side) => side.some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group)))) return null;
  const all = [...groups[0]!, ...Array<string>(8 - count).fill('0'), ...(groups[1] ?? [])];
  const bytes = new Uint8Array(16);
  all.forEach((group, i) => {
    const word = parseInt(group, 16);
    bytes[i * 2] = word >> 8;
    bytes[i * 2 + 1] = word & 0xff;
  });
  return bytes;
}

/** "0d:0a", "0d0a", "0d-0a", "0d.0a", "0x0d", "7": bytes in hexadecimal. */
function readByteString(text: string): Uint8Array | null {
  const plain = text.replace(/^0[xX]/, '');
  if (/^[0-9a-fA-F]$/.test(plain)) return Uint8Array.of(parseInt(plain, 16));
  const digits = /^[0-9a-fA-F]{1,2}([:.-][0-9a-fA-F]{1,2})+$/.test(plain) ? plain.split(/[:.-]/).map((part) => part.padStart(2, '0')).join('') : plain;
  if (!/^([0-9a-fA-F]{2})+$/.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g)!, (pair) => parseInt(pair, 16));
}

function readDuration(text: string): number | bigint | null {
  const negative = text.startsWith('-');
  const nanos = readDecimalNanos(negative ? text.slice(1) : text);
  return nanos === null ? null : narrow(negative ? -nanos : nanos);
}

/** Seconds with up to nine decimals, as nanoseconds. */
function readDecimalNanos(text: string): bigint | null {
  const m = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text) ?? /^()\.(\d{1,9})$/.exec(text);
  return m ? BigInt(m[1] === '' ? 0 : m[1]!) * BigInt(NANOS_PER_SECOND) + BigInt((m[2] ?? '').padEnd(9, '0')) : null;
}

function offsetFrom(base: TimeBase, nanos: bigint | null): number | bigint | null {
  return nanos === null ? null : narrow(nanos - (BigInt(base.seconds) * BigInt(NANOS_PER_SECOND) + BigInt(base.nanos)));
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** "2024-05-01 12:30:00.25", also with T, a final Z for UTC, or "May 1, 2024 12:30:00"; local time unless it says otherwise. Nanoseconds since 1970. */
function readDate(text: string): bigint | null {
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC)?$/.exec(text.trim());
  const words = iso ? null : /^([A-Za-z]{3})[a-z]*\.? +(\d{1,2}), *(\d{4})(?: +(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC)?$/.exec(text.trim());
  const month = iso ? Number(iso[2]) - 1 : words ? MONTHS.indexOf(words[1]!.toLowerCase()) : -1;
  const m = iso ?? words;
  if (!m || month < 0) return null;
  const year = Number(iso ? iso[1] : words![3]);
  const day = Number(iso ? iso[3] : words![2]);
  const [hour, minute, second] = [Number(m[4] ?? 0), Number(m[5] ?? 0), Number(m[6] ?? 0)];
  if (month > 11 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return null;
  const millis = m[8] ? Date.UTC(year, month, day, hour, minute, second) : new Date(year, month, day, hour, minute, second).getTime();
  return BigInt(millis) * 1_000_000n + BigInt((m[7] ?? '').padEnd(9, '0'));
}

/** The value has the literal's leading bits; without a prefix: it is the literal. */
export function matchesLiteral(value: Value, literal: Literal): boolean {
  const wanted = literal.value;
  if (typeof value === 'object' && typeof wanted === 'object') {
    const bits = literal.prefix ?? -1;
    if (bits < 0) {
      if (value.length !== wanted.length) return false;
      for (let i = 0; i < wanted.length; i++) if (value[i] !== wanted[i]) return false;
      return true;
    }
    const whole = bits >> 3;
    for (let i = 0; i < whole; i++) if (value[i] !== wanted[i]) return false;
    const mask = (0xff00 >> (bits & 7)) & 0xff;
    return (bits & 7) === 0 || (value[whole]! & mask) === (wanted[whole]! & mask);
  }
  if (literal.prefix !== null && typeof value === 'number' && typeof wanted === 'number') {
    const size = 2 ** (32 - literal.prefix);
    return Math.floor(value / size) === Math.floor(wanted / size);
  }
  // A bigint may equal a number.
  return !(value < wanted) && !(value > wanted) && typeof value !== 'object';
}
