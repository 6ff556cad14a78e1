import { u16le, u32be } from '../bytes/read';
import { t } from '../l10n';
import type { ByteSource } from './byteSource';
import { FormatError, type CaptureReader } from './captureReader';
import { openPcap } from './pcap';
import { isPcap } from './pcapVariant';
import { isPcapng, openPcapng } from './pcapng';
import { looksLikePacketText, openTextReader } from './textReader';

/** How much of the start is looked at to tell text from binary. */
const HEAD = 4096;

/**
 * Finds out by content what the source holds, and opens it. Rejects with FormatError when it is nothing that can be read,
 * and with the source's SourceError.
 */
export async function openReader(source: ByteSource): Promise<CaptureReader> {
  const buffer = new Uint8Array(Math.min(HEAD, source.size));
  const head = buffer.subarray(0, await source.readInto(0, buffer));
  if (head.length === 0) throw new FormatError(t('The file is empty.'), 'empty');
  if (isPcap(head)) return openPcap(source);
  if (isPcapng(head)) return openPcapng(source);
  if (isText(head) || looksLikePacketText(head)) {
    try {
      return await openTextReader(source);
    } catch (error) {
      throw error instanceof FormatError ? refused(error.message, error.looksLike) : error;
    }
  }
  const known = knownFormat(head);
  if (known !== null) throw refused(t('This looks like {0}.', known.name()), known.looksLike);
  throw refused(t('The first bytes ({0}) are of no capture format that is known here.', firstBytes(head)), 'unknown');
}

function refused(what: string, looksLike: string): FormatError {
  return new FormatError(what, looksLike, 0, true);
}

interface KnownFormat {
  readonly looksLike: string;
  readonly name: () => string;
}

/** Formats that are recognised only to be named. */
function knownFormat(head: Uint8Array): KnownFormat | null {
  for (const [magic, looksLike, name] of MAGICS) if (startsWith(head, magic)) return { looksLike, name };
  if (isErf(head)) return { looksLike: 'erf', name: () => t('an Endace ERF capture') };
  return null;
}

const MAGICS: readonly (readonly [readonly number[], string, () => string])[] = [
  [ascii('snoop\0\0\0'), 'snoop', () => t('a snoop capture')],
  [ascii('GMBU'), 'netmon', () => t('a Microsoft Network Monitor capture')],
  [ascii('RTSS'), 'netmon', () => t('a Microsoft Network Monitor 1 capture')],
  [ascii('XCP\0'), 'netxray', () => t('a NetXRay or Windows Sniffer capture')],
  [ascii('VL\0\0'), 'netxray', () => t('a NetXRay or Windows Sniffer capture')],
  [ascii('TRSNIFF data    \x1a'), 'sniffer', () => t('a Sniffer capture')],
  [ascii('\x7fver'), 'etherpeek', () => t('an EtherPeek, AiroPeek or OmniPeek capture')],
  [ascii('ObserverPktBuffe'), 'observer', () => t('an Observer capture')],
  [[0x54, 0x52, 0x00, 0x64, 0x00], 'iptrace', () => t('an AIX iptrace capture')],
  [ascii('iptrace '), 'iptrace', () => t('an AIX iptrace capture')],
  [ascii('5View'), '5view', () => t('a 5View capture')],
  [[0x1f, 0x8b], 'gzip', () => t('gzip data that was not inflated')],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd', () => t('zstd-compressed data; unpack it first')],
  [[0x04, 0x22, 0x4d, 0x18], 'lz4', () => t('LZ4-compressed data; unpack it first')],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], 'xz', () => t('xz-compressed data; unpack it first')],
  [ascii('BZh'), 'bzip2', () => t('bzip2-compressed data; unpack it first')],
  [ascii('7z\xbc\xaf\x27\x1c'), '7z', () => t('a 7z archive; unpack it first')],
  [ascii('PK\x03\x04'), 'zip', () => t('a ZIP archive; unpack it first')],
  [ascii('PK\x05\x06'), 'zip', () => t('an empty ZIP archive')],
  [ascii('%PDF'), 'pdf', () => t('a PDF document')],
  [ascii('\x7fELF'), 'elf', () => t('a program')],
  [ascii('\x89PNG'), 'image', () => t('an image')],
];

function ascii(text: string): number[] {
  return Array.from(text, (c) => c.charCodeAt(0));
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return head.length >= magic.length && magic.every((byte, i) => head[i] === byte);
}

/** ERF has no magic number: its first records must chain by their lengths and hold known types and plausible times. */
function isErf(head: Uint8Array): boolean {
  let at = 0;
  let records = 0;
  while (records < 3 && head.length - at >= 16) {
    const type = head[at + 8]! & 0x7f;
    const flags = head[at + 9]!;
    const length = (head[at + 10]! << 8) | head[at + 11]!;
    const seconds = u16le(head, at + 4) + u16le(head, at + 6) * 65536;
    if (type === 0 || type > 27 || (flags & 0xc0) !== 0 || length < 16 || seconds < 0x30000000) return false;
    at += length;
    records++;
  }
  return records >= 2 || (records === 1 && at === head.length);
}

/** UTF-16 marks, or no control bytes but white space and escapes. */
function isText(head: Uint8Array): boolean {
  const mark = head.length >= 2 ? (head[0]! << 8) | head[1]! : 0;
  if (mark === 0xfffe || mark === 0xfeff) return true;
  for (const c of head) if (c < 0x20 && !(c >= 0x08 && c <= 0x0d) && c !== 0x1b) return false;
  return true;
}

function firstBytes(head: Uint8Array): string {
  const word = head.length >= 4 ? [u32be(head, 0).toString(16).padStart(8, '0')] : [...head].map((b) => b.toString(16).padStart(2, '0'));
  return `0x${word.join('')}`;
}
