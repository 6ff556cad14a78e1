import { formatAddress } from '../bytes/address';
import { escapeText } from '../bytes/escape';
import { NANOS_PER_SECOND, UNKNOWN_LENGTH } from '../bytes/units';
import type { CaptureInfo } from '../capture/captureReader';
import { textOf } from '../capture/textCursor';
import type { TextToken } from '../capture/textTokens';
import {
  ACK, AE, CWR, ECE, FAMILY_IPV6, FIN, HEADER_BOGUS, HEADER_FIXED, KNOWN_ACK, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_OPTIONS, KNOWN_SEQ, KNOWN_WINDOW, PSH, RST, SYN, URG,
  type Segment,
} from '../decode/segment';
import { formatOptions } from './tcpdumpOptions';

/** Letters in tcpdump's order; `e` since its version 5. */
const FLAG_LETTERS: readonly (readonly [number, string])[] = [[FIN, 'F'], [SYN, 'S'], [RST, 'R'], [PSH, 'P'], [ACK, '.'], [URG, 'U'], [ECE, 'E'], [CWR, 'W'], [AE, 'e']];

/** What a line is made of. */
export interface LineSource {
  readonly segment: Segment;
  /** Seconds since the epoch and nanoseconds; null prints no time (as -t). */
  readonly time: { readonly seconds: number; readonly nanos: number } | null;
  /** Bytes that the segment's offsets count in, from `start`; null for a segment of a text. */
  readonly bytes: { readonly b: Uint8Array; readonly start: number; readonly end: number } | null;
  /** A text's own record. */
  readonly text: { readonly text: Uint8Array; readonly tokens: readonly TextToken[] } | null;
  readonly info: Pick<CaptureInfo, 'hostName' | 'portName'>;
}

export interface LineFormat {
  readonly digits: 6 | 9;
  /** Seconds that the printed clock is ahead of UTC at a time; tcpdump prints local time. */
  readonly zone: (seconds: number) => number;
}

/** The writer's own time zone. */
export const localZone: LineFormat['zone'] = (seconds) => {
  const minutes = new Date(seconds * 1000).getTimezoneOffset();
  return Number.isNaN(minutes) ? 0 : -minutes * 60;
};
export const noZone: LineFormat['zone'] = () => 0;

/** One line as `tcpdump -n -S` prints a TCP segment, without its line end, and without a word on the payload. */
export function tcpdumpLine(source: LineSource, format: LineFormat): string {
  const { segment: s, time, info } = source;
  const end = (which: 'src' | 'dst'): string => {
    const words: [number, number, number, number] = which === 'src' ? [s.src0, s.src1, s.src2, s.src3] : [s.dst0, s.dst1, s.dst2, s.dst3];
    const port = which === 'src' ? s.srcPort : s.dstPort;
    const host = formatAddress(s.family, ...words, info.hostName) || '?';
    return escapeText(`${host}.${info.portName?.(port) ?? port}`);
  };
  const clock = time ? `${formatClock(time.seconds, time.nanos, format)} ` : '';
  return `${clock}${s.family === FAMILY_IPV6 ? 'IP6' : 'IP'} ${end('src')} > ${end('dst')}: ${tcpPart(source)}`;
}

function formatClock(seconds: number, nanos: number, { digits, zone }: LineFormat): string {
  const day = 86_400;
  const second = (((seconds + zone(seconds)) % day) + day) % day;
  const two = (n: number): string => String(n).padStart(2, '0');
  const fraction = String(Math.min(nanos, NANOS_PER_SECOND - 1)).padStart(9, '0').slice(0, digits);
  return `${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}.${fraction}`;
}

function tcpPart(source: LineSource): string {
  const { segment: s } = source;
  const known = (bit: number): boolean => source.bytes !== null || (s.known & bit) !== 0;
  const length = s.length === UNKNOWN_LENGTH || !known(KNOWN_LENGTH) ? null : s.length;
  if (s.header === HEADER_BOGUS) return ` tcp ${length ?? 0} [bad hdr length ${s.headerLength} - too short, < 20]`;
  if (source.bytes && s.header < HEADER_FIXED) return ' [|tcp]';
  // As -q: a text that shows no flags shows no numbers either.
  if (!known(KNOWN_FLAGS)) return `tcp ${length ?? 0}`;
  let text = `Flags [${flagLetters(s.flags)}]`;
  if (known(KNOWN_SEQ) && ((length ?? 0) > 0 || s.flags & (SYN | FIN | RST))) text += length ? `, seq ${s.seq}:${(s.seq + length) >>> 0}` : `, seq ${s.seq}`;
  if (s.flags & ACK && known(KNOWN_ACK)) text += `, ack ${s.ack}`;
  if (known(KNOWN_WINDOW)) text += `, win ${s.window}`;
  if (s.flags & URG) text += `, urg ${s.urgentPointer}`;
  const options = source.bytes ? headerOptions(s, source.bytes) : known(KNOWN_OPTIONS) ? textOptions(s, source.text) : { text: '', whole: true };
  text += options.text;
  return options.whole && length !== null ? `${text}, length ${length}` : text;
}

function flagLetters(flags: number): string {
  let letters = '';
  for (const [bit, letter] of FLAG_LETTERS) if (flags & bit) letters += letter;
  return letters || 'none';
}

interface Options {
  readonly text: string;
  /** Without an end tcpdump stops the line. */
  readonly whole: boolean;
}

function headerOptions(s: Segment, { b, start, end }: NonNullable<LineSource['bytes']>): Options {
  if (s.headerLength <= 20) return { text: '', whole: true };
  const at = start + s.tcpOffset + 20;
  const { text, end: how } = formatOptions(b, at, start + s.tcpOffset + s.headerLength, Math.min(end, at + s.optionBytes));
  return { text: `, options [${text}`, whole: how === 'whole' };
}

/** Options of a text: by their values where those are known, else in the text's own words. */
function textOptions(s: Segment, source: LineSource['text']): Options {
  const shown = source?.tokens.filter((token) => token.kind === 'option') ?? [];
  const words = shown.map((token) => textOption(s, token, source!.text)).filter((word) => word !== '');
  return { text: words.length > 0 ? `, options [${words.join(',')}]` : '', whole: true };
}

function textOption(s: Segment, token: TextToken, text: Uint8Array): string {
  switch (token.name.toLowerCase()) {
    case 'mss':
      return `mss ${s.mss}`;
    case 'wscale':
    case 'ws':
      return `wscale ${s.windowScale}`;
    case 'sackok':
    case 'sack_perm':
      return 'sackOK';
    case 'ts':
    case 'tsval':
    case 'timestamp':
      return `TS val ${s.tsVal} ecr ${s.tsEcr}`;
    case 'sack':
    case 'sle':
      return `sack ${s.sackCount} ${Array.from({ length: s.sackCount }, (_, i) => `{${s.sackLeft[i]!}:${s.sackRight[i]!}}`).join('')}`;
    case 'tsecr':
    case 'sre':
      return '';
    default: {
      const own = textOf(text, token.start, Math.min(token.end, token.start + 200));
      return /^[\x20-\x7e]*$/.test(own) && !/[[\]]/.test(own) ? own : '';
    }
  }
}
