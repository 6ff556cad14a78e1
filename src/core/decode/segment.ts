import { UNKNOWN_LENGTH } from '../bytes/units';

/** Bits of tcp.flags (RFC 9293 3.1, RFC 3168, RFC 9768 for AE). */
export const FIN = 0x001;
export const SYN = 0x002;
export const RST = 0x004;
export const PSH = 0x008;
export const ACK = 0x010;
export const URG = 0x020;
export const ECE = 0x040;
export const CWR = 0x080;
export const AE = 0x100;

/** Address families of a Segment. NAME: a host name of a text capture, interned to a number in word 3. */
export const FAMILY_NONE = 0;
export const FAMILY_IPV4 = 4;
export const FAMILY_IPV6 = 6;
export const FAMILY_NAME = 1;

/** Bits of Segment.known: which fields the source showed. Binary captures set KNOWN_ALL as far as bytes were captured. */
export const KNOWN_TIME = 0x01;
export const KNOWN_SEQ = 0x02;
export const KNOWN_ACK = 0x04;
export const KNOWN_FLAGS = 0x08;
export const KNOWN_WINDOW = 0x10;
export const KNOWN_LENGTH = 0x20;
export const KNOWN_OPTIONS = 0x40;
export const KNOWN_ABSOLUTE_SEQ = 0x80;
export const KNOWN_ABSOLUTE_ACK = 0x100;
export const KNOWN_ALL = 0x1ff;
/** Text only, with KNOWN_SEQ unset: `seq` was carried on from what the flow showed before. With neither, `seq` means nothing. */
export const DERIVED_SEQ = 0x200;

/** Bits of Segment.optionsSeen. */
export const OPT_MSS = 0x01;
export const OPT_WINDOW_SCALE = 0x02;
export const OPT_SACK_PERMITTED = 0x04;
export const OPT_SACK = 0x08;
export const OPT_TIMESTAMPS = 0x10;
export const OPT_MPTCP = 0x20;
export const OPT_FAST_OPEN = 0x40;
export const OPT_OTHER = 0x80;
export const OPT_MD5 = 0x100;
export const OPT_AO = 0x200;

/**
 * How far a TCP header could be read (the ladder of tcp-analysis section 2): the number of header bytes captured decides
 * which fields exist. PORTS: 4..15 bytes; BASIC: 16..19; FIXED: 20 and the options cut; FULL: all of the header.
 */
export const HEADER_PORTS = 1;
export const HEADER_BASIC = 2;
export const HEADER_FIXED = 3;
export const HEADER_FULL = 4;
/** Data offset below 5: sequence number and length are shown, nothing after. */
export const HEADER_BOGUS = 5;

/** A header (HEADER_*, with its KNOWN_*) whose flags show and that its receiver does not drop: no other one moves a connection. */
export function movesStates(header: number, known: number): boolean {
  return header !== HEADER_PORTS && header !== HEADER_BOGUS && (known & KNOWN_FLAGS) !== 0;
}

/** Why a segment's length is or is not what the IP header said (display only). */
export const LENGTH_FROM_IP = 0;
export const LENGTH_FROM_FRAME = 1; // IP length 0 (TSO), or it reaches past the frame

/** Bit of `quotedBy`. */
export const QUOTED_BY_ICMPV6 = 0x10000;

/**
 * One TCP header as the hot pass sees it. A mutable record, reused for every packet: copy what is to be kept.
 * Numbers are unsigned 32-bit unless said otherwise. Offsets count from the start of the record's bytes
 * (of the reassembled datagram when `reassembled`).
 */
export class Segment {
  family = FAMILY_NONE;
  /** Addresses as four words; IPv4 sits in word 3, the others are 0. */
  src0 = NaN;
  src1 = NaN;
  src2 = NaN;
  src3 = NaN;
  dst0 = NaN;
  dst1 = NaN;
  dst2 = NaN;
  dst3 = NaN;
  srcPort = 0;
  dstPort = 0;
  seq = NaN;
  ack = NaN;
  /** 12 bits: reserved(3) AE CWR ECE URG ACK PSH RST SYN FIN. */
  flags = 0;
  window = 0;
  urgentPointer = 0;
  /** tcp.hdr_len in bytes (data offset x 4). */
  headerLength = 0;
  /** tcp.len; UNKNOWN_LENGTH where it cannot be told. */
  length = UNKNOWN_LENGTH;
  /** HEADER_*. */
  header = HEADER_FULL;
  /** LENGTH_*. */
  lengthFrom = LENGTH_FROM_IP;
  /** KNOWN_* bits. */
  known = 0;
  /** Offset of the innermost IP header and of the TCP header. */
  ipOffset = 0;
  tcpOffset = 0;
  /** The bytes the offsets refer to are a reassembled datagram, not the frame. */
  reassembled = false;
  /** The header is quoted in an ICMP error: it changes state but is no row of its own. */
  quoted = false;
  /** Type << 8 | code of the ICMP error that quotes it (QUOTED_BY_ICMPV6 is set for ICMPv6), and the MTU that the error tells; 0 without. */
  quotedBy = 0;
  quotedMtu = 0;
  /** IPv4 identification or IPv6 fragment ident; 0 when absent. Time to live / hop limit; IP ECN bits. */
  ipId = 0;
  ttl = 0;
  ecn = 0;

  /** OPT_* bits of well-formed options. */
  optionsSeen = 0;
  /** The option walk met a malformed option. */
  optionsBad = false;
  /** Captured bytes of the option area, from tcpOffset + 20 on. */
  optionBytes = 0;
  mss = 0;
  /** Raw shift count as sent (may exceed 14). */
  windowScale = 0;
  tsVal = NaN;
  tsEcr = NaN;
  /** The capture cut the timestamps option between its values: `tsVal` holds, OPT_TIMESTAMPS is not set. */
  tsHalf = false;
  /** Complete SACK blocks in wire order, raw edges; at most 4 kept. */
  sackCount = 0;
  readonly sackLeft = new Uint32Array(4);
  readonly sackRight = new Uint32Array(4);
  /** `sackLeft[sackCount]` holds a left edge whose right edge is missing, cut by the capture or by the option's length. */
  sackHalf = false;
  /** Bit n: an MPTCP option of subtype n was present. */
  mptcpSubtypes = 0;
  /** Receiver token of an MP_JOIN SYN, for grouping subflows; 0 when absent. */
  mptcpToken = NaN;
  /** Sender's key of an MP_CAPABLE option (two words, big-endian), from which tokens are made; 0 when absent. */
  mptcpKeyHigh = NaN;
  mptcpKeyLow = NaN;
  /** Length of a TCP Fast Open cookie: -1 no option, 0 request. */
  fastOpenCookie = -1;
  /** An AccECN option (172, 174, or 253/254 with ExID 0xacc0/0xacc1) was present. */
  accEcn = false;

  /** Numbers of 32 bits start as NaN: so V8 keeps them as doubles from the first segment on, and one shape for all. */
  constructor() {
    this.reset();
  }

  /** Takes over what another segment holds, for who looks at it later: all but where its bytes lie, and tokens and keys of MPTCP. */
  assign(from: Segment): void {
    this.family = from.family;
    this.src0 = from.src0;
    this.src1 = from.src1;
    this.src2 = from.src2;
    this.src3 = from.src3;
    this.dst0 = from.dst0;
    this.dst1 = from.dst1;
    this.dst2 = from.dst2;
    this.dst3 = from.dst3;
    this.srcPort = from.srcPort;
    this.dstPort = from.dstPort;
    this.seq = from.seq;
    this.ack = from.ack;
    this.flags = from.flags;
    this.window = from.window;
    this.urgentPointer = from.urgentPointer;
    this.headerLength = from.headerLength;
    this.length = from.length;
    this.header = from.header;
    this.lengthFrom = from.lengthFrom;
    this.known = from.known;
    this.reassembled = from.reassembled;
    this.quoted = from.quoted;
    this.quotedBy = from.quotedBy;
    this.quotedMtu = from.quotedMtu;
    this.ipId = from.ipId;
    this.ttl = from.ttl;
    this.ecn = from.ecn;
    this.optionsSeen = from.optionsSeen;
    this.optionsBad = from.optionsBad;
    this.mss = from.mss;
    this.windowScale = from.windowScale;
    this.tsVal = from.tsVal;
    this.tsEcr = from.tsEcr;
    this.tsHalf = from.tsHalf;
    this.sackCount = from.sackCount;
    for (let i = 0; i < from.sackCount; i++) {
      this.sackLeft[i] = from.sackLeft[i]!;
      this.sackRight[i] = from.sackRight[i]!;
    }
    this.mptcpSubtypes = from.mptcpSubtypes;
    this.fastOpenCookie = from.fastOpenCookie;
    this.accEcn = from.accEcn;
  }

  /** Back to the state of a new Segment before the next header is read. */
  reset(): void {
    this.family = FAMILY_NONE;
    this.src0 = this.src1 = this.src2 = this.src3 = 0;
    this.dst0 = this.dst1 = this.dst2 = this.dst3 = 0;
    this.srcPort = this.dstPort = 0;
    this.seq = this.ack = this.flags = this.window = this.urgentPointer = this.headerLength = 0;
    this.length = UNKNOWN_LENGTH;
    this.header = HEADER_FULL;
    this.lengthFrom = LENGTH_FROM_IP;
    this.known = 0;
    this.ipOffset = this.tcpOffset = 0;
    this.reassembled = this.quoted = false;
    this.quotedBy = this.quotedMtu = 0;
    this.ipId = this.ttl = this.ecn = 0;
    this.optionsSeen = 0;
    this.optionsBad = false;
    this.optionBytes = 0;
    this.mss = this.windowScale = this.tsVal = this.tsEcr = 0;
    this.sackCount = 0;
    this.sackHalf = this.tsHalf = false;
    this.mptcpSubtypes = 0;
    this.mptcpToken = this.mptcpKeyHigh = this.mptcpKeyLow = 0;
    this.fastOpenCookie = -1;
    this.accEcn = false;
  }
}
