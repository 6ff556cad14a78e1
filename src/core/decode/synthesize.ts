import { UNKNOWN_LENGTH } from '../bytes/units';
import { textOf } from '../capture/textCursor';
import type { TextToken } from '../capture/textTokens';
import { FAMILY_IPV6, OPT_MSS, OPT_SACK, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, type Segment } from './segment';

/** Most bytes of options that a TCP header can hold. */
const MAX_OPTIONS = 40;

/** A raw-IP packet made from what a text shows of a segment: headers only, without payload. */
export interface SynthesizedPacket {
  readonly bytes: Uint8Array;
  /** Length it would have with its payload. */
  readonly originalLength: number;
  /** Where the TCP header starts. */
  readonly tcpOffset: number;
  /** For each option in the header, the token that showed it; null for padding. */
  readonly optionTokens: readonly (TextToken | null)[];
  /** Names of options that the text shows and that cannot be rebuilt from it. */
  readonly missingOptions: readonly string[];
}

/** Builds IPv4 or IPv6 and TCP headers of a text's segment, whose tokens lie in `text`. What the text did not show is 0. */
export function synthesizePacket(s: Segment, tokens: readonly TextToken[], text: Uint8Array): SynthesizedPacket {
  const { options, optionTokens, missingOptions } = synthesizeOptions(s, tokens, text);
  const ipLength = s.family === FAMILY_IPV6 ? 40 : 20;
  const headerLength = 20 + options.length;
  const payload = s.length === UNKNOWN_LENGTH ? 0 : s.length;
  const bytes = new Uint8Array(ipLength + headerLength);
  const view = new DataView(bytes.buffer);
  if (s.family === FAMILY_IPV6) {
    view.setUint32(0, 0x60000000 | (s.ecn << 20));
    view.setUint16(4, Math.min(0xffff, headerLength + payload));
    bytes[6] = 6;
    bytes[7] = s.ttl;
    [s.src0, s.src1, s.src2, s.src3, s.dst0, s.dst1, s.dst2, s.dst3].forEach((word, i) => view.setUint32(8 + 4 * i, word));
  } else {
    bytes[0] = 0x45;
    bytes[1] = s.ecn;
    view.setUint16(2, Math.min(0xffff, ipLength + headerLength + payload));
    view.setUint16(4, s.ipId);
    bytes[8] = s.ttl;
    bytes[9] = 6;
    view.setUint32(12, s.src3);
    view.setUint32(16, s.dst3);
  }
  view.setUint16(ipLength, s.srcPort);
  view.setUint16(ipLength + 2, s.dstPort);
  view.setUint32(ipLength + 4, s.seq);
  view.setUint32(ipLength + 8, s.ack);
  view.setUint16(ipLength + 12, ((headerLength / 4) << 12) | (s.flags & 0xfff));
  view.setUint16(ipLength + 14, s.window);
  view.setUint16(ipLength + 18, s.urgentPointer);
  bytes.set(options, ipLength + 20);
  return { bytes, originalLength: bytes.length + payload, tcpOffset: ipLength, optionTokens, missingOptions };
}

/** The options in the order of their tokens, as far as their values are known and the header has room. */
function synthesizeOptions(s: Segment, tokens: readonly TextToken[], text: Uint8Array): { options: number[]; optionTokens: (TextToken | null)[]; missingOptions: string[] } {
  const options: number[] = [];
  const optionTokens: (TextToken | null)[] = [];
  const missingOptions: string[] = [];
  const kinds = new Set<number>();
  const add = (bytes: readonly number[], token: TextToken | null, name: string): void => {
    if (bytes.length === 0 || options.length + bytes.length > MAX_OPTIONS) {
      missingOptions.push(name);
      return;
    }
    kinds.add(bytes[0]!);
    options.push(...bytes);
    optionTokens.push(token);
  };
  const shown = tokens.filter((token) => token.kind === 'option');
  for (const token of shown) add(optionBytes(s, token.name, textOf(text, token.start, Math.min(token.end, token.start + 200))), token, token.name);
  // Options that have no token: they are known, their place among the others is not.
  for (const [bit, name, kind] of KNOWN_OPTIONS) if (s.optionsSeen & bit && !kinds.has(kind)) add(optionBytes(s, name, ''), null, name);
  while (options.length % 4 !== 0) {
    options.push(1);
    optionTokens.push(null);
  }
  return { options, optionTokens, missingOptions };
}

const KNOWN_OPTIONS: readonly (readonly [bit: number, name: string, kind: number])[] = [
  [OPT_MSS, 'mss', 2], [OPT_SACK_PERMITTED, 'sackok', 4], [OPT_TIMESTAMPS, 'ts', 8], [OPT_WINDOW_SCALE, 'wscale', 3], [OPT_SACK, 'sack', 5],
];

const word = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];

/** One option by its name in tcpdump's or tshark's text, and its own text; empty for one that cannot be rebuilt. */
function optionBytes(s: Segment, name: string, text: string): number[] {
  switch (name.toLowerCase()) {
    case 'eol':
      return [0];
    case 'nop':
      return [1];
    case 'mss':
      return [2, 4, s.mss >>> 8, s.mss & 255];
    case 'wscale':
    case 'ws':
      return [3, 3, s.windowScale];
    case 'sackok':
    case 'sack_perm':
      return [4, 2];
    case 'sack':
    case 'sle':
      return s.sackCount === 0 ? [] : [5, 2 + 8 * s.sackCount, ...Array.from({ length: s.sackCount }, (_, i) => [...word(s.sackLeft[i]!), ...word(s.sackRight[i]!)]).flat()];
    case 'ts':
    case 'timestamp':
    case 'tsval':
      return [8, 10, ...word(s.tsVal), ...word(s.tsEcr)];
    default:
      return otherOptionBytes(text);
  }
}

/** Options that tcpdump prints with all of their bytes. */
function otherOptionBytes(text: string): number[] {
  const unknown = /^unknown-(\d{1,3})(?: 0x((?:[0-9a-f]{2})*))?$/.exec(text);
  if (unknown && Number(unknown[1]) <= 255) return withLength(Number(unknown[1]), [], unknown[2] ?? '');
  const fastOpen = /^(exp-)?tfo {1,2}(?:cookiereq|cookie ((?:[0-9a-f]{2})+))$/.exec(text);
  if (fastOpen) return fastOpen[1] ? withLength(254, [0xf9, 0x89], fastOpen[2] ?? '') : withLength(34, [], fastOpen[2] ?? '');
  const md5 = /^md5 .*?([0-9a-f]{32})$/.exec(text);
  if (md5) return withLength(19, [], md5[1]!);
  const number = /^(echo|echoreply|cc|ccnew|ccecho) (\d{1,10})$/.exec(text);
  if (number) return [{ echo: 6, echoreply: 7, cc: 11, ccnew: 12, ccecho: 13 }[number[1]!]!, 6, ...word(Number(number[2]) >>> 0)];
  return [];
}

function withLength(kind: number, head: readonly number[], hex: string): number[] {
  const body = [...head, ...(hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16))];
  return [kind, 2 + body.length, ...body];
}
