import { formatIpv4, formatIpv6 } from '../bytes/address';
import { escapeText } from '../bytes/escape';
import { hex, u32be, u32le } from '../bytes/read';
import { t } from '../l10n';
import type { FieldSpec } from '../protocol/fieldSpec';

/** Bytes shown of a long value. */
const MAX_SHOWN = 64;

/** First byte of a field, how many bytes it touches, and its bits where it does not fill them. */
export interface FieldPlace {
  readonly start: number;
  readonly length: number;
  readonly bit?: number;
  readonly bits?: number;
}

/** Where a field of a header at `at` stands; a field of width 0 reaches to `end`. */
export function placeOf(spec: FieldSpec, at: number, end: number): FieldPlace {
  const start = at + (spec.bit >> 3);
  if (spec.bits === 0) return { start, length: Math.max(0, end - start) };
  const bit = spec.bit & 7;
  const length = (bit + spec.bits + 7) >> 3;
  return bit === 0 && (spec.bits & 7) === 0 ? { start, length } : { start, length, bit, bits: spec.bits };
}

/** The number that a field of at most 48 bits holds; null for wider ones. Its bytes must be there. */
export function readNumber(spec: FieldSpec, b: Uint8Array, place: FieldPlace): number | null {
  const bits = place.bits ?? place.length * 8;
  if (bits === 0 || bits > 48) return null;
  if (spec.littleEndian) return place.length === 4 ? u32le(b, place.start) : b[place.start]! | ((place.length === 2 ? b[place.start + 1]! : 0) << 8);
  let value = 0;
  for (let i = 0; i < place.length; i++) value = value * 256 + b[place.start + i]!;
  const below = place.length * 8 - (place.bit ?? 0) - bits;
  return Math.floor(value / 2 ** below) % 2 ** bits;
}

/** 64 bits as a decimal or hexadecimal number. */
function bigNumber(b: Uint8Array, place: FieldPlace, radix: 10 | 16): string {
  const value = BigInt(`0x${hex(b, place.start, place.length) || '0'}`);
  return radix === 16 ? `0x${value.toString(16).padStart(place.length * 2, '0')}` : value.toString();
}

export function hexNumber(value: number, bits: number): string {
  return `0x${value.toString(16).padStart(Math.ceil(bits / 4), '0')}`;
}

/** Hex of at most 64 bytes, with how many there are when not all are shown. */
export function shortHex(b: Uint8Array, start: number, length: number): string {
  if (length <= MAX_SHOWN) return hex(b, start, length);
  return t('{0}... ({1} bytes)', hex(b, start, MAX_SHOWN), length);
}

export function mac(b: Uint8Array, start: number): string {
  return Array.from({ length: 6 }, (_, i) => hex(b, start + i, 1)).join(':');
}

export function ipv6At(b: Uint8Array, start: number): string {
  return formatIpv6(u32be(b, start), u32be(b, start + 4), u32be(b, start + 8), u32be(b, start + 12));
}

/** Bytes as text: Latin-1 reading, hidden characters escaped. */
function textAt(b: Uint8Array, start: number, length: number): string {
  let text = '';
  for (let i = 0; i < Math.min(length, MAX_SHOWN); i++) text += String.fromCharCode(b[start + i]!);
  return escapeText(text);
}

/** A number with the name that the table gives it: "Name (12)". */
export function withName(spec: FieldSpec, value: number, text: string): string {
  const name = spec.values?.[value];
  return name === undefined ? text : `${t(name)} (${text})`;
}

/** The value in words, by the field's format. The bytes of `place` must be there. */
export function formatField(spec: FieldSpec, b: Uint8Array, place: FieldPlace, raw: number | null): string {
  switch (spec.format) {
    case 'bool':
      return raw === 0 ? t('Not set') : t('Set');
    case 'hex':
    case 'checksum':
    case 'flags':
      return raw === null ? bigNumber(b, place, 16) : withName(spec, raw, hexNumber(raw, place.bits ?? place.length * 8));
    case 'dec':
      return raw === null ? bigNumber(b, place, 10) : withName(spec, raw, String(raw));
    case 'seconds':
      return t('{0} s', raw ?? bigNumber(b, place, 10));
    case 'ipv4':
      return formatIpv4(raw ?? u32be(b, place.start));
    case 'ipv6':
      return ipv6At(b, place.start);
    case 'mac':
      return mac(b, place.start);
    case 'text':
      return textAt(b, place.start, place.length);
    case 'bytes':
      return place.length === 0 ? t('none') : shortHex(b, place.start, place.length);
  }
}
