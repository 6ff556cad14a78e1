import { hex } from '../../../src/core/bytes/read';
import { UNKNOWN_LENGTH } from '../../../src/core/bytes/units';
import {
  FAMILY_IPV4,
  FAMILY_IPV6,
  HEADER_BASIC,
  HEADER_BOGUS,
  HEADER_PORTS,
  OPT_MSS,
  OPT_TIMESTAMPS,
  OPT_WINDOW_SCALE,
  type Segment,
} from '../../../src/core/decode/segment';

/** Fields of the hot pass by tshark's names, in the order of comparison. SACK edges are raw here, relative in tshark. */
export const DECODE_FIELDS = [
  'ip.src',
  'ip.dst',
  'ipv6.src',
  'ipv6.dst',
  'tcp.srcport',
  'tcp.dstport',
  'tcp.seq_raw',
  'tcp.ack_raw',
  'tcp.hdr_len',
  'tcp.flags',
  'tcp.window_size_value',
  'tcp.urgent_pointer',
  'tcp.len',
  'tcp.options',
  'tcp.options.mss_val',
  'tcp.options.wscale.shift',
  'tcp.options.timestamp.tsval',
  'tcp.options.timestamp.tsecr',
] as const;
export type DecodeField = (typeof DECODE_FIELDS)[number];
export type Cells = Record<DecodeField, string>;

const ipv4 = (word: number): string => [word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255].join('.');

/** RFC 5952, written apart from the product's own formatter. */
function ipv6(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > bestLength) [best, bestLength] = [i, n];
  }
  const text = (from: number, to: number): string => groups.slice(from, to).map((g) => g.toString(16)).join(':');
  // The forms that embed an IPv4 address are written so.
  if (groups.slice(0, 5).every((g) => g === 0) && groups[5] === 0xffff) return `::ffff:${ipv4(words[3]!)}`;
  if (best < 0) return text(0, 8);
  return `${text(0, best)}::${text(best + bestLength, 8)}`;
}

/** What `tshark -T fields` prints of a segment; `base` holds the bytes that its offsets refer to. */
export function segmentCells(s: Segment, base: Uint8Array): Cells {
  const v4 = s.family === FAMILY_IPV4;
  const v6 = s.family === FAMILY_IPV6;
  const numbers = s.header !== HEADER_PORTS;
  const flags = numbers && s.header !== HEADER_BOGUS;
  const fixed = flags && s.header !== HEADER_BASIC;
  const timestamps = (s.optionsSeen & OPT_TIMESTAMPS) !== 0;
  const when = (condition: boolean, value: number): string => (condition ? String(value) : '');
  const options = hex(base, s.tcpOffset + 20, s.optionBytes);
  return {
    'ip.src': v4 ? ipv4(s.src3) : '',
    'ip.dst': v4 ? ipv4(s.dst3) : '',
    'ipv6.src': v6 ? ipv6([s.src0, s.src1, s.src2, s.src3]) : '',
    'ipv6.dst': v6 ? ipv6([s.dst0, s.dst1, s.dst2, s.dst3]) : '',
    'tcp.srcport': String(s.srcPort),
    'tcp.dstport': String(s.dstPort),
    'tcp.seq_raw': when(numbers, s.seq),
    'tcp.ack_raw': when(flags, s.ack),
    'tcp.hdr_len': when(numbers, s.headerLength),
    'tcp.flags': when(flags, s.flags),
    'tcp.window_size_value': when(flags, s.window),
    'tcp.urgent_pointer': when(fixed, s.urgentPointer),
    'tcp.len': when(numbers && s.length !== UNKNOWN_LENGTH, s.length),
    'tcp.options': fixed && s.headerLength > 20 ? options || '<MISSING>' : '',
    'tcp.options.mss_val': when((s.optionsSeen & OPT_MSS) !== 0, s.mss),
    'tcp.options.wscale.shift': when((s.optionsSeen & OPT_WINDOW_SCALE) !== 0, s.windowScale),
    'tcp.options.timestamp.tsval': when(timestamps || s.tsHalf, s.tsVal),
    'tcp.options.timestamp.tsecr': when(timestamps, s.tsEcr),
  };
}
