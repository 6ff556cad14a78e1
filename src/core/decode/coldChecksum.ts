import { addLong, addWords, foldSum } from '../bytes/checksum';
import { u16be } from '../bytes/read';
import { t } from '../l10n';
import { hexNumber } from './coldFields';
import { addDerived, type Node, type Span } from './coldTree';
import type { HeaderSpec } from '../protocol/fieldSpec';
import { FAMILY_IPV6 } from './segment';

/** Addresses of the IP header above, as in Segment: IPv4 in word 3. */
export interface Addresses {
  readonly family: number;
  readonly src: readonly [number, number, number, number];
  /** The final destination when a routing header names one. */
  readonly dst: readonly [number, number, number, number];
}

/**
 * `offloaded`: what a sender's kernel leaves for the network card to finish, or zero. `incomplete`: not every byte is at hand.
 * `absent`: UDP without checksum.
 */
export type ChecksumState = 'good' | 'wrong' | 'offloaded' | 'incomplete' | 'absent';

export interface Checksum {
  readonly state: ChecksumState;
  /** What it should be; -1 when that cannot be told. */
  readonly expected: number;
}

const INCOMPLETE: Checksum = { state: 'incomplete', expected: -1 };

function pseudoSum(addresses: Addresses, protocol: number, length: number): number {
  let sum = 0;
  for (const word of addresses.src) sum = addLong(sum, word);
  for (const word of addresses.dst) sum = addLong(sum, word);
  return addLong(sum, length) + protocol;
}

/** Checks TCP (6) or UDP (17); `field` is where the checksum stands after span.at. The segment reaches to span.wire. */
export function verifyTransport(span: Span, addresses: Addresses, protocol: number, field: number): Checksum {
  const { bytes: b, at, captured, wire } = span;
  if (span.partial || captured < wire || at + field + 2 > captured || addresses.family === 0) return INCOMPLETE;
  const stored = u16be(b, at + field);
  if (protocol === 17 && stored === 0) return { state: 'absent', expected: -1 };
  const pseudo = pseudoSum(addresses, protocol, wire - at);
  const rest = addWords(pseudo, b, at, wire) - stored;
  let expected = ~foldSum(rest) & 0xffff;
  if (protocol === 17 && expected === 0) expected = 0xffff;
  if (foldSum(rest + stored) === 0xffff) return { state: 'good', expected };
  // Linux leaves the pseudo-header's sum, not inverted (CHECKSUM_PARTIAL); some drivers leave out the length for TSO.
  const left = foldSum(pseudo);
  const leftForTso = foldSum(pseudoSum(addresses, protocol, 0));
  return { state: stored === left || stored === leftForTso || stored === 0 ? 'offloaded' : 'wrong', expected };
}

/** Checks an IPv4 header of `length` bytes. */
export function verifyIpv4(span: Span, length: number): Checksum {
  if (span.at + length > span.captured) return INCOMPLETE;
  const stored = u16be(span.bytes, span.at + 10);
  const rest = addWords(0, span.bytes, span.at, span.at + length) - stored;
  const expected = ~foldSum(rest) & 0xffff;
  if (foldSum(rest + stored) === 0xffff) return { state: 'good', expected };
  return { state: stored === 0 ? 'offloaded' : 'wrong', expected };
}

/** "0x1234, good": the stored checksum and the verdict. */
export function checksumText(stored: number, checksum: Checksum): string {
  const text = hexNumber(stored, 16);
  switch (checksum.state) {
    case 'good':
      return t('{0}, good', text);
    case 'wrong':
      return t('{0}, wrong (should be {1})', text, hexNumber(checksum.expected, 16));
    case 'offloaded':
      return t('{0}, probably offloaded (filled in by the network card; will be {1})', text, hexNumber(checksum.expected, 16));
    case 'absent':
      return t('{0}, none was computed', text);
    case 'incomplete':
      return t('{0}, not verifiable: not all captured', text);
  }
}

const STATUS: Readonly<Record<ChecksumState, number>> = { wrong: 0, good: 1, offloaded: 0, incomplete: 2, absent: 3 };

/** Adds Wireshark's status number, with the verdict in words. */
export function addChecksumStatus(layer: Node, header: HeaderSpec, checksum: Checksum): void {
  const words: Readonly<Record<ChecksumState, string>> = {
    good: t('good'),
    wrong: t('wrong (should be {0})', hexNumber(Math.max(0, checksum.expected), 16)),
    offloaded: t('probably offloaded'),
    incomplete: t('not verifiable: not all captured'),
    absent: t('none was computed'),
  };
  addDerived(layer, header, 'checksumStatus', words[checksum.state], STATUS[checksum.state]);
}

/** The address where a routing header sends the packet in the end (RFC 8200 4.4, RFC 6275 6.4, RFC 8754 2); null when it tells none. */
export function finalDestination(b: Uint8Array, at: number, end: number, family: number): [number, number, number, number] | null {
  if (family !== FAMILY_IPV6 || at + 24 > end || b[at + 3] === 0) return null;
  const count = b[at + 1]! >> 1;
  const type = b[at + 2]!;
  if (count === 0 || (type !== 0 && type !== 2 && type !== 4)) return null;
  // Segment routing lists the stops in reverse.
  const last = type === 4 ? at + 8 : at + 8 + (count - 1) * 16;
  if (last + 16 > end) return null;
  const word = (o: number): number => ((b[last + o]! << 24) | (b[last + o + 1]! << 16) | (b[last + o + 2]! << 8) | b[last + o + 3]!) >>> 0;
  return [word(0), word(4), word(8), word(12)];
}
