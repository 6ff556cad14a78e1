import { UNKNOWN_LENGTH } from '../bytes/units';
import type { TextToken } from '../capture/textTokens';
import { FAMILY_IPV6, type Segment } from './segment';

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
}

/** Builds IPv4 or IPv6 and TCP headers of a text's segment. What the text did not show is 0. */
export function synthesizePacket(s: Segment, tokens: readonly TextToken[]): SynthesizedPacket {
  const { options, optionTokens } = synthesizeOptions(s, tokens);
  const ipLength = s.family === FAMILY_IPV6 ? 40 : 20;
  const headerLength = 20 + options.length;
  const payload = s.length === UNKNOWN_LENGTH ? 0 : s.length;
  const bytes = new Uint8Array(ipLength + headerLength);
  const view = new DataView(bytes.buffer);
  if (s.family === FAMILY_IPV6) {
    view.setUint32(0, 0x60000000);
    view.setUint16(4, Math.min(0xffff, headerLength + payload));
    bytes[6] = 6;
    bytes[7] = s.ttl;
    [s.src0, s.src1, s.src2, s.src3, s.dst0, s.dst1, s.dst2, s.dst3].forEach((word, i) => view.setUint32(8 + 4 * i, word));
  } else {
    bytes[0] = 0x45;
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
  return { bytes, originalLength: bytes.length + payload, tcpOffset: ipLength, optionTokens };
}

/** The options in the order of their tokens, as far as their values are known and the header has room. */
function synthesizeOptions(s: Segment, tokens: readonly TextToken[]): { readonly options: number[]; readonly optionTokens: (TextToken | null)[] } {
  const options: number[] = [];
  const optionTokens: (TextToken | null)[] = [];
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const bytes = optionBytes(s, token.name);
    if (bytes.length === 0 || options.length + bytes.length > MAX_OPTIONS) continue;
    options.push(...bytes);
    optionTokens.push(token);
  }
  while (options.length % 4 !== 0) {
    options.push(1);
    optionTokens.push(null);
  }
  return { options, optionTokens };
}

const word = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];

/** One option by its name in tcpdump's or tshark's text; empty for one that cannot be rebuilt. */
function optionBytes(s: Segment, name: string): number[] {
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
      return [];
  }
}
