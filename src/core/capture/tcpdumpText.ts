import { UNKNOWN_LENGTH } from '../bytes/units';
import { PROTOCOL_IPV4, PROTOCOL_IPV6, PROTOCOL_UNKNOWN } from '../decode/otherTraffic';
import {
  ACK, AE, CWR, ECE, FAMILY_NAME, FAMILY_NONE, FIN, HEADER_BASIC, HEADER_BOGUS, HEADER_FIXED, HEADER_FULL, HEADER_PORTS, KNOWN_ACK, KNOWN_FLAGS,
  KNOWN_LENGTH, KNOWN_OPTIONS, KNOWN_SEQ, KNOWN_WINDOW, PSH, RST, SYN, Segment, URG,
} from '../decode/segment';
import { TextEndpoint } from './textAddress';
import { ascii, find, isDigit, isSpace, matches, textOf, TextCursor } from './textCursor';
import type { TextNames } from './textNames';
import type { TextTokens } from './textTokens';
import { isOldTcp, readOldTcp } from './tcpdumpTextOld';
import { OPTIONS_BAD, OPTIONS_WHOLE, readOptions } from './tcpdumpTextOptions';
import { otherProtocol, startsPacket } from './tcpdumpTextOther';
import { readPrefix } from './tcpdumpTextPrefix';

/** What a record turned out to be. */
export const PARSED_NOTHING = 0;
export const PARSED_TCP = 1;
export const PARSED_OTHER = 2;

const FLAGS = ascii('Flags [');
/** A TCP part after endpoints; other protocols print flags too. */
const TCP_PART = ascii(': Flags [');
const TCP_CARRIERS = new Set([PROTOCOL_UNKNOWN, PROTOCOL_IPV4, PROTOCOL_IPV6]);
const QUIET = ascii('tcp ');
const CUT = ascii('[|tcp]');
const ICMP = ascii('ICMP');
const NONE = ascii('none');
const SEQ = ascii('seq');
const ACK_WORD = ascii('ack ');
const WIN = ascii('win ');
const URG_WORD = ascii('urg ');
const OPTIONS = ascii('options [');
const OPTS = ascii('opts [');
const LENGTH = ascii('length ');
const CKSUM = ascii('cksum 0x');
const BAD_HEADER = ascii('[bad hdr length ');

/** Reads one record of tcpdump's text: everything after its timestamp (tcpdump-text 2..6). Reused; results are valid until the next `parse`. */
export class TcpdumpText {
  readonly segment = new Segment();
  readonly src = new TextEndpoint();
  readonly dst = new TextEndpoint();
  /** The line's time leaves no doubt that a packet follows, whatever its protocol. */
  anything = false;
  /** Set to collect tokens. */
  tokens: TextTokens | null = null;
  /** PROTOCOL_* when the record is no TCP segment. */
  protocol = 0;
  seqShown = false;
  ackShown = false;
  /** The record ended the way a whole one does. */
  complete = false;
  /** Length of the frame where -e shows it, else 0. */
  frameLength = 0;
  /** Interface name of `-i any`: empty range when there is none. */
  interfaceStart = 0;
  interfaceEnd = 0;
  /** Why a line that names TCP flags could not be read; empty otherwise. */
  fault = '';
  readonly cursor = new TextCursor();
  private readonly outerSrc = new TextEndpoint();
  private readonly outerDst = new TextEndpoint();

  constructor(private readonly names: TextNames) {}

  /** Parses b[start, end), where `start` is the first byte after the timestamp. Returns PARSED_*. */
  parse(b: Uint8Array, start: number, end: number): number {
    this.segment.reset();
    this.protocol = 0;
    this.seqShown = this.ackShown = this.complete = false;
    this.frameLength = 0;
    this.interfaceStart = this.interfaceEnd = start;
    this.fault = '';
    let hasOuter = false;
    let sawPorts = false;
    for (let i = start + 1; i < end - 2; i++) {
      if (b[i] !== 0x3e || b[i - 1] !== 0x20 || !isSpace(b[i + 1])) continue;
      let d = i + 2;
      while (d < end && isSpace(b[d])) d++;
      let q = d;
      while (q < end && !isSpace(b[q])) q++;
      if (b[q - 1] !== 0x3a || q - 1 <= d) {
        i = q > i + 2 ? q - 2 : i;
        continue;
      }
      let s1 = i - 1;
      while (s1 > start && b[s1 - 1] === 0x20) s1--;
      let s0 = s1;
      while (s0 > start && !isSpace(b[s0 - 1]) && b[s0 - 1] !== 0x21) s0--;
      let p = q;
      while (p < end && isSpace(b[p])) p++;
      const kind = this.followedBy(b, p, end);
      if (kind === 0) {
        // A tunnel, an extension header, or no TCP at all: the hosts of the pair may still be needed.
        if (matches(b, p, end, ICMP)) return this.other(b, start, end, false);
        const srcPort = this.outerSrc.readHostPort(b, s0, s1, this.names);
        sawPorts = this.outerDst.readHostPort(b, d, q - 1, this.names) && srcPort;
        hasOuter = true;
        i = q - 1;
        continue;
      }
      if (!this.readEnds(b, s0, s1, d, q - 1, hasOuter, kind)) {
        i = q - 1;
        continue;
      }
      if (s0 - start > 4 || this.tokens) readPrefix(this, b, start, s0);
      this.addEndTokens(b);
      this.cursor.set(b, p, end);
      return this.readTcp(b, p, end, kind);
    }
    return this.other(b, start, end, sawPorts);
  }

  /** 1: `Flags [`; 2: quiet; 3: cut before the flags; 4: pre-4.0; 0: something else. */
  private followedBy(b: Uint8Array, p: number, end: number): number {
    const c = b[p];
    if (c === 0x46 && matches(b, p, end, FLAGS)) return 1;
    if (c === 0x74 && matches(b, p, end, QUIET) && isDigit(b[p + 4])) return 2;
    if (c === 0x5b && matches(b, p, end, CUT)) return 3;
    return isOldTcp(b, p, end) ? 4 : 0;
  }

  private readTcp(b: Uint8Array, p: number, end: number, kind: number): number {
    if (kind === 1) return this.readNew(p + FLAGS.length) ? PARSED_TCP : PARSED_NOTHING;
    if (kind === 4) {
      readOldTcp(this);
      return PARSED_TCP;
    }
    const s = this.segment;
    s.header = HEADER_PORTS;
    this.complete = true;
    if (kind === 2) {
      // `tcp 46 [bad hdr length 16 - too short, < 20]`, or -q
      const c = this.cursor;
      c.p = p + QUIET.length;
      const from = c.p;
      const length = c.u32();
      if (length >= 0) this.setLength(length, from);
      c.skipSpaces();
      if (c.eatWord(BAD_HEADER)) {
        s.headerLength = Math.max(0, Math.min(60, c.number()));
        s.header = s.headerLength < 20 ? HEADER_BOGUS : HEADER_BASIC;
        // With a header that is too long the printed length is a wrapped subtraction.
        if (s.headerLength >= 20) {
          s.length = UNKNOWN_LENGTH;
          s.known &= ~KNOWN_LENGTH;
        }
      }
    } else if (this.src.port < 0) return this.other(b, 0, 0, false, 1);
    return PARSED_TCP;
  }

  /** The items of a 4.x TCP part, the cursor's text from `p` (after `Flags [`). */
  private readNew(p: number): boolean {
    const c = this.cursor;
    const b = c.bytes;
    const s = this.segment;
    c.p = p;
    if (!this.readFlags()) {
      this.fault = 'flags';
      return false;
    }
    s.known |= KNOWN_FLAGS;
    s.header = HEADER_FULL;
    s.headerLength = 20;
    let rangeLength = -1;
    let cut = false;
    while (c.p < c.end) {
      const before = b[c.p]!;
      if (before !== 0x2c) {
        c.skipSpaces();
        if (c.peek() !== 0x2c) {
          if (c.eatWord(BAD_HEADER)) {
            s.headerLength = Math.max(0, Math.min(60, c.number()));
            s.header = HEADER_BASIC;
            cut = true;
          } else if (matches(b, c.p, c.end, CUT)) {
            s.header = HEADER_BASIC;
            cut = true;
          }
          break;
        }
      }
      c.p++;
      c.skipSpaces();
      const at = c.p;
      const ch = c.peek();
      if (ch === 0x73 && c.eatWord(SEQ)) rangeLength = this.readSeq(at, rangeLength);
      else if (ch === 0x61 && c.eatWord(ACK_WORD)) {
        const ack = c.u32();
        if (ack >= 0) {
          s.ack = ack;
          this.ackShown = true;
          s.known |= KNOWN_ACK;
          this.tokens?.add('ack', at, c.p, ack);
        }
      } else if (ch === 0x77 && c.eatWord(WIN)) {
        const win = c.number();
        if (win >= 0 && win <= 0xffff) {
          s.window = win;
          s.known |= KNOWN_WINDOW;
          this.tokens?.add('win', at, c.p, win);
        }
      } else if (ch === 0x75 && c.eatWord(URG_WORD)) {
        const urg = c.number();
        if (urg >= 0 && urg <= 0xffff) {
          s.urgentPointer = urg;
          this.tokens?.add('urg', at, c.p, urg);
        }
      } else if (ch === 0x6c && c.eatWord(LENGTH)) {
        const length = c.u32();
        if (length >= 0) {
          this.setLength(length, at);
          this.complete = true;
          this.addPayload(c.p, c.end);
        }
        break;
      } else if (ch === 0x6f && (c.eatWord(OPTIONS) || c.eatWord(OPTS))) {
        const how = readOptions(c, 0x5d, s, this.tokens);
        if (how !== OPTIONS_WHOLE) {
          cut = true;
          s.headerLength = 0;
          if (how !== OPTIONS_BAD) s.header = HEADER_FIXED;
        }
      } else if (ch === 0x63 && this.tokens && matches(b, at, c.end, CKSUM)) this.addChecksum(at);
      // What remains of the item, known or not, ends at the next comma outside brackets.
      if (c.p < c.end && b[c.p] !== 0x2c) this.skipItem();
    }
    if (!this.complete && (cut || rangeLength >= 0)) {
      // No `, length`: since 4.1 a range is printed exactly when there is data.
      s.length = Math.max(0, rangeLength);
      s.known |= KNOWN_LENGTH;
    }
    if (s.header === HEADER_FULL && this.complete && (s.known & KNOWN_WINDOW) !== 0) s.known |= KNOWN_OPTIONS;
    return true;
  }

  private readSeq(at: number, before: number): number {
    const c = this.cursor;
    const s = this.segment;
    c.eat(0x2c); // the manual's own example has one here
    c.eat(0x20);
    const seq = c.u32();
    if (seq < 0) return before;
    s.seq = seq;
    this.seqShown = true;
    s.known |= KNOWN_SEQ;
    let last = -1;
    if (c.peek() === 0x3a) {
      c.p++;
      last = c.u32();
    }
    this.tokens?.add('seq', at, c.p, seq, '', last < 0 ? null : last);
    return last < 0 ? before : (last - seq) >>> 0;
  }

  private readFlags(): boolean {
    const c = this.cursor;
    const b = c.bytes;
    const start = c.p;
    let flags = 0;
    if (c.eatWord(NONE)) {
      if (!c.eat(0x5d)) return false;
    } else {
      for (;;) {
        const ch = c.peek();
        c.p++;
        if (ch === 0x2e) flags |= ACK;
        else if (ch === 0x50) flags |= PSH;
        else if (ch === 0x53) flags |= SYN;
        else if (ch === 0x46) flags |= FIN;
        else if (ch === 0x52) flags |= RST;
        else if (ch === 0x55) flags |= URG;
        else if (ch === 0x45) flags |= ECE;
        else if (ch === 0x57) flags |= CWR;
        else if (ch === 0x65) flags |= AE;
        else if (ch === 0x5d && c.p > start + 1) break;
        else return false;
      }
    }
    this.segment.flags = flags;
    this.tokens?.add('flags', start, c.p - 1, flags, textOf(b, start, c.p - 1));
    return true;
  }

  setLength(length: number, at: number): void {
    const s = this.segment;
    s.length = length;
    s.known |= KNOWN_LENGTH;
    this.tokens?.add('length', at, this.cursor.p, length);
  }

  private addPayload(from: number, end: number): void {
    if (this.tokens) this.tokens.add('payload', from, end);
  }

  private addChecksum(at: number): void {
    const c = this.cursor;
    this.skipItem();
    this.tokens?.add('checksum', at, c.p, null, textOf(c.bytes, at, c.p));
  }

  private skipItem(): void {
    const c = this.cursor;
    const b = c.bytes;
    let depth = 0;
    for (; c.p < c.end; c.p++) {
      const ch = b[c.p]!;
      if (ch === 0x28 || ch === 0x5b) depth++;
      else if ((ch === 0x29 || ch === 0x5d) && depth > 0) depth--;
      else if (ch === 0x2c && depth === 0) return;
    }
  }

  /** Reads both ends into the segment; bare ports take the hosts of the pair before. */
  private readEnds(b: Uint8Array, s0: number, s1: number, d0: number, d1: number, hasOuter: boolean, kind: number): boolean {
    const { src, dst, names, segment: s } = this;
    let ports = src.readHostPort(b, s0, s1, names);
    ports = dst.readHostPort(b, d0, d1, names) && ports;
    if (!ports) {
      if (kind === 3) {
        src.port = dst.port = -1;
        return true;
      }
      if (!hasOuter) return false;
      if (!src.readPort(b, s0, s1, names) || !dst.readPort(b, d0, d1, names)) return false;
      this.takeHost(src, this.outerSrc);
      this.takeHost(dst, this.outerDst);
      // The outer pair has no ports: what was split off as one belongs to the host.
      src.readHost(b, src.hostStart, this.outerSrc.portEnd || src.hostEnd, names);
      dst.readHost(b, dst.hostStart, this.outerDst.portEnd || dst.hostEnd, names);
    }
    if (src.family !== dst.family) {
      if (src.family !== FAMILY_NAME) src.asName(b, names);
      if (dst.family !== FAMILY_NAME) dst.asName(b, names);
    }
    if (src.family === FAMILY_NONE) return false;
    s.family = src.family;
    s.src0 = src.w0;
    s.src1 = src.w1;
    s.src2 = src.w2;
    s.src3 = src.w3;
    s.dst0 = dst.w0;
    s.dst1 = dst.w1;
    s.dst2 = dst.w2;
    s.dst3 = dst.w3;
    s.srcPort = src.port;
    s.dstPort = dst.port;
    return true;
  }

  private takeHost(to: TextEndpoint, from: TextEndpoint): void {
    to.hostStart = from.hostStart;
    to.hostEnd = from.hostEnd;
  }

  private addEndTokens(b: Uint8Array): void {
    const t = this.tokens;
    if (!t) return;
    const { src, dst } = this;
    t.add('srcHost', src.hostStart, src.hostEnd, null, textOf(b, src.hostStart, src.hostEnd));
    if (src.port >= 0) t.add('srcPort', src.portStart, src.portEnd, src.port, textOf(b, src.portStart, src.portEnd));
    t.add('dstHost', dst.hostStart, dst.hostEnd, null, textOf(b, dst.hostStart, dst.hostEnd));
    if (dst.port >= 0) t.add('dstPort', dst.portStart, dst.portEnd, dst.port, textOf(b, dst.portStart, dst.portEnd));
  }

  private other(b: Uint8Array, start: number, end: number, hasPorts: boolean, protocol = -1): number {
    this.segment.reset();
    this.complete = true;
    if (protocol >= 0) {
      this.protocol = protocol;
      return PARSED_OTHER;
    }
    readPrefix(this, b, start, end);
    let p = this.interfaceEnd > start ? this.interfaceEnd : start;
    while (p < end && isSpace(b[p])) p++;
    this.protocol = otherProtocol(b, start, end, hasPorts);
    if (TCP_CARRIERS.has(this.protocol) && find(b, start, end, TCP_PART) >= 0) {
      this.fault = 'endpoints';
      return PARSED_NOTHING;
    }
    const pair = find(b, start, end, ascii(' > ')) >= 0;
    if (this.tokens) {
      const o = this.outerSrc;
      const at = find(b, start, end, ascii(' > '));
      if (o.hostEnd > o.hostStart && at >= 0) {
        this.tokens.add('srcHost', o.hostStart, o.hostEnd, null, textOf(b, o.hostStart, o.hostEnd));
        const d = this.outerDst;
        this.tokens.add('dstHost', d.hostStart, d.hostEnd, null, textOf(b, d.hostStart, d.hostEnd));
      }
    }
    return pair || this.anything || startsPacket(b, p, end) || find(b, start, end, ascii('ethertype')) >= 0 ? PARSED_OTHER : PARSED_NOTHING;
  }
}
