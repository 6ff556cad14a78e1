import { u16be, u16le, u32be, u32le } from '../bytes/read';
import type { FileOffset } from '../bytes/units';
import type { ByteSource } from './byteSource';
import { maxCapturedLength } from './recordLimits';

export const GLOBAL_HEADER = 24;

/** How a record header is laid out: its first 16 bytes are always seconds, fraction, captured and original length. */
export interface PcapVariant {
  readonly headerLength: number;
  readonly name: string;
}

const STANDARD: PcapVariant = { headerLength: 16, name: '' };
/** Interface index, protocol and packet type follow the lengths (Kuznetzov's patches of 1999). */
const MODIFIED: PcapVariant = { headerLength: 24, name: 'modified' };
const MODIFIED_LONG: PcapVariant = { headerLength: 28, name: 'modified, 28-byte records' };
const NOKIA: PcapVariant = { headerLength: 20, name: 'Nokia' };

/** What the 24 bytes at the start of a classic pcap file say. */
export interface PcapHeader {
  readonly littleEndian: boolean;
  readonly nanoseconds: boolean;
  readonly major: number;
  readonly minor: number;
  readonly snapLength: number;
  readonly linkType: number;
  readonly fcsLength: number;
  /** Layouts that the magic number leaves open. */
  readonly candidates: readonly PcapVariant[];
  /** Order of the two lengths: captured first, original first (before version 2.3), or whichever is smaller (2.3). */
  readonly lengths: 'captured-first' | 'original-first' | 'smaller-first';
  readonly firstRecord: FileOffset;
  readonly flavour: string;
}

interface Magic {
  readonly nanoseconds: boolean;
  readonly candidates: readonly PcapVariant[];
  readonly extraHeader: number;
  readonly flavour: string;
}

const MAGICS: ReadonlyMap<number, Magic> = new Map([
  [0xa1b2c3d4, { nanoseconds: false, candidates: [STANDARD, MODIFIED, NOKIA], extraHeader: 0, flavour: '' }],
  [0xa1b23c4d, { nanoseconds: true, candidates: [STANDARD], extraHeader: 0, flavour: '' }],
  [0xa1b2cd34, { nanoseconds: false, candidates: [MODIFIED, MODIFIED_LONG], extraHeader: 0, flavour: '' }],
  // Ixia's files hold the size of all records after the common header.
  [0x1c0001ac, { nanoseconds: true, candidates: [STANDARD], extraHeader: 4, flavour: 'Ixia' }],
  [0x1c0001ab, { nanoseconds: false, candidates: [STANDARD], extraHeader: 4, flavour: 'Ixia' }],
]);

/** AIX writes version 2.2 with interface types (RFC 1573) for link types, and nanoseconds. */
const AIX_LINK_TYPES: ReadonlyMap<number, number> = new Map([
  [6, 1],
  [9, 6],
  [24, 0],
]);

/** True when the first four bytes are a classic pcap magic number in either byte order. */
export function isPcap(head: Uint8Array): boolean {
  return head.length >= 4 && (MAGICS.has(u32le(head, 0)) || MAGICS.has(u32be(head, 0)));
}

/** Reads the global header; `head` holds at least GLOBAL_HEADER bytes and has a known magic number. */
export function parsePcapHeader(head: Uint8Array): PcapHeader {
  const littleEndian = MAGICS.has(u32le(head, 0));
  const u16 = littleEndian ? u16le : u16be;
  const u32 = littleEndian ? u32le : u32be;
  const magic = MAGICS.get(u32(head, 0))!;
  const major = u16(head, 4);
  const minor = u16(head, 6);
  const network = u32(head, 20);
  const aix = u32(head, 0) === 0xa1b2c3d4 && major === 2 && minor === 2 ? AIX_LINK_TYPES.get(network) : undefined;
  const old = (major === 2 && minor <= 3) || major === 543;
  return {
    littleEndian,
    nanoseconds: magic.nanoseconds || aix !== undefined,
    major,
    minor,
    snapLength: u32(head, 16),
    linkType: aix ?? network & 0xffff,
    // Bit 26 says that the top four bits hold the length of the frame check sequence in 16-bit units.
    fcsLength: network & 0x04000000 ? (network >>> 28) * 2 : 0,
    candidates: old ? [STANDARD] : magic.candidates,
    lengths: !old ? 'captured-first' : major === 2 && minor === 3 ? 'smaller-first' : 'original-first',
    firstRecord: GLOBAL_HEADER + magic.extraHeader,
    flavour: aix === undefined ? magic.flavour : 'AIX',
  };
}

/** How many records tell the layouts apart. */
const RECORDS_TO_TRY = 3;

/** The first of the possible layouts in which the first records look least odd. */
export async function chooseVariant(source: ByteSource, header: PcapHeader): Promise<PcapVariant> {
  let best = header.candidates[0]!;
  if (header.candidates.length === 1) return best;
  let fewest = Infinity;
  for (const variant of header.candidates) {
    const oddities = await countOddities(source, header, variant);
    if (oddities < fewest) {
      best = variant;
      fewest = oddities;
    }
    if (fewest === 0) break;
  }
  return best;
}

async function countOddities(source: ByteSource, header: PcapHeader, variant: PcapVariant): Promise<number> {
  const u16 = header.littleEndian ? u16le : u16be;
  const u32 = header.littleEndian ? u32le : u32be;
  const b = new Uint8Array(variant.headerLength);
  // A file that is still being written ends inside a record: nothing to hold against the usual layout.
  const cut = variant === STANDARD ? 0 : 1;
  let odd = 0;
  let at = header.firstRecord;
  for (let i = 0; i < RECORDS_TO_TRY && at < source.size; i++) {
    if ((await source.readInto(at, b)) < b.length) return odd + cut;
    const captured = u32(b, 8);
    const original = u32(b, 12);
    if (u32(b, 4) >= 1_000_000) odd++;
    if (header.snapLength !== 0 && captured > header.snapLength) odd++;
    if (original > 128 * 1024 * 1024) odd++;
    if (captured > original) odd++;
    if (variant === MODIFIED || variant === MODIFIED_LONG) odd += oddModified(u32(b, 16), u16(b, 20), b[22]!);
    else if (variant === NOKIA && !isNokia(u32(b, 16))) return Infinity;
    if (captured > maxCapturedLength(header.linkType)) return odd + 1;
    at += b.length + captured;
    if (at > source.size) return odd + cut;
  }
  return odd;
}

/** Interface index, Ethernet or Linux protocol, packet type: how many of them make no sense. */
function oddModified(index: number, protocol: number, type: number): number {
  const known = protocol >= 0x600 || protocol <= 0x17 || protocol === 0x60 || protocol === 0x200 || protocol === 0x400;
  return (index > 10000 ? 1 : 0) + (known ? 0 : 1) + (type > 4 ? 1 : 0);
}

/** The extra word of Nokia's records has few forms: [9b]fbf[bd][69]0[12]. */
function isNokia(word: number): boolean {
  const digits = (word >>> 0).toString(16).padStart(8, '0');
  return /^[9b]fbf[bd][69]0[12]$/.test(digits);
}
