import { u16be, u32be } from '../bytes/read';
import { FAMILY_IPV4, FAMILY_IPV6 } from '../decode/segment';
import type { TcpdumpText } from './tcpdumpText';
import { hexDigit, isSpace, matches, ascii } from './textCursor';

const MARK = ascii('0x');
const ETHERTYPES = new Set([0x0800, 0x86dd]);

/** The bytes of a hex dump in a record's text. */
export class HexDump {
  bytes: Uint8Array = new Uint8Array(2048);
  length = 0;
  /** Place in the text of the first and past the last dump line. */
  start = 0;
  end = 0;

  /** Collects the dump lines of tcpdump (-x -X -xx -XX, any age) in b[start, end); stops at a gap. */
  read(b: Uint8Array, start: number, end: number): void {
    this.length = 0;
    this.start = this.end = 0;
    let p = start;
    while (p < end) {
      let lineEnd = p;
      while (lineEnd < end && b[lineEnd] !== 0x0a) lineEnd++;
      let q = p;
      while (q < lineEnd && (b[q] === 0x20 || b[q] === 0x09 || b[q] === 0x3e)) q++;
      if (matches(b, q, lineEnd, MARK)) {
        const offset = this.offset(b, q + 2, lineEnd);
        if (offset !== this.length) {
          if (this.length > 0) return;
        } else {
          if (this.length === 0) this.start = p;
          this.line(b, this.after, lineEnd, 2);
          this.end = lineEnd;
        }
      } else if (this.length > 0) return;
      p = lineEnd + 1;
    }
  }

  /** Collects a block of tshark -x (`0000  45 00 ...`). */
  readBlock(b: Uint8Array, start: number, end: number): void {
    this.length = 0;
    this.start = start;
    let p = start;
    while (p < end) {
      let lineEnd = p;
      while (lineEnd < end && b[lineEnd] !== 0x0a) lineEnd++;
      let q = p;
      while (q < lineEnd && isSpace(b[q])) q++;
      const offset = this.offset(b, q, lineEnd);
      if (offset >= 0 && offset !== this.length) return;
      if (offset >= 0) {
        this.line(b, this.after, lineEnd, 1);
        this.end = lineEnd;
      }
      p = lineEnd + 1;
    }
  }

  private after = 0;

  /** Offset column at q; -1 when there is none. Leaves `after` behind it. */
  private offset(b: Uint8Array, q: number, end: number): number {
    let value = 0;
    let p = q;
    for (let d = hexDigit(b[p]); p < end && d >= 0 && p - q < 8; d = hexDigit(b[++p])) value = value * 16 + d;
    if (p - q < 4) return -1;
    if (b[p] === 0x3a) p++;
    this.after = p;
    return value;
  }

  /** Groups of hex digits up to two spaces (the ASCII column) or 16 bytes. `group`: bytes in a full group. */
  private line(b: Uint8Array, from: number, end: number, group: number): void {
    if (this.length + 16 > this.bytes.length) {
      const wider = new Uint8Array(this.bytes.length * 2);
      wider.set(this.bytes);
      this.bytes = wider;
    }
    let p = from;
    while (p < end && isSpace(b[p])) p++;
    let n = 0;
    while (p + 1 < end && n < 16) {
      let inGroup = 0;
      while (p + 1 < end && inGroup < group && n < 16) {
        const high = hexDigit(b[p]);
        const low = hexDigit(b[p + 1]);
        if (high < 0 || low < 0) break;
        this.bytes[this.length++] = high * 16 + low;
        n++;
        inGroup++;
        p += 2;
      }
      if (inGroup === 0 || (p < end && !isSpace(b[p]))) {
        return;
      }
      if (p < end && b[p] === 0x20 && b[p + 1] === 0x20) return;
      p++;
    }
  }
}

/** Where the IP header of a dump is, and what kind of frame that makes it. */
export class DumpFrame {
  linkType = 101;
  /** First byte of the dump that belongs to the frame. */
  start = 0;
  ipOffset = 0;

  /**
   * Looks for the IP header that the text names (outermost addresses) or, without numeric ones, for a plausible one.
   * `hint`: link type of the banner, -1 without. False when the dump shows none.
   */
  find(d: HexDump, t: TcpdumpText, hint: number): boolean {
    const b = d.bytes;
    const n = d.length;
    const raw = this.isIp(b, n, 0);
    if (hint >= 0 && hint !== 101 && !(raw && plausible(b, n, 0))) {
      const at = LINK_HEADERS.find(([type]) => type === hint)?.[1] ?? -1;
      if (at >= 0 && this.isIp(b, n, at)) return this.set(hint, 0, at);
    }
    const ethernet = n > 14 && (ETHERTYPES.has(u16be(b, 12)) ? this.isIp(b, n, 14) : isTag(u16be(b, 12)));
    if (raw && (!ethernet || this.hasAddress(b, n, 0, t))) return this.set(101, 0, 0);
    if (ethernet) return this.set(1, 0, 14);
    if (n > 16 && ETHERTYPES.has(u16be(b, 14)) && this.isIp(b, n, 16)) return this.set(113, 0, 16);
    if (n > 20 && ETHERTYPES.has(u16be(b, 0)) && this.isIp(b, n, 20)) return this.set(276, 0, 20);
    if (n > 4 && this.isIp(b, n, 4) && (b[0] === 0 || b[3] === 0)) return this.set(b[0] === 0 ? 108 : 0, 0, 4);
    // Something else in front (PPPoE, MPLS ...): the frame begins at the IP header.
    for (let at = 1; at <= 64 && at + 20 < n; at++) if (this.isIp(b, n, at) && plausible(b, n, at)) return this.set(101, at, at);
    return false;
  }

  /** Length on the wire as far as the IP header tells it. */
  wireLength(d: HexDump): number {
    const at = this.ipOffset;
    const b = d.bytes;
    const captured = d.length - this.start;
    if (at + 20 > d.length) return captured;
    const ip = b[at]! >> 4 === 6 ? u16be(b, at + 4) + 40 : u16be(b, at + 2);
    return Math.max(captured, ip + at - this.start);
  }

  private set(linkType: number, start: number, ipOffset: number): boolean {
    this.linkType = linkType;
    this.start = start;
    this.ipOffset = ipOffset;
    return true;
  }

  private isIp(b: Uint8Array, n: number, at: number): boolean {
    if (at + 20 > n) return false;
    const version = b[at]! >> 4;
    if (version === 6) return at + 40 <= n;
    return version === 4 && (b[at]! & 15) >= 5;
  }

  /** The IP header at `at` has the source address that the text shows. */
  private hasAddress(b: Uint8Array, n: number, at: number, t: TcpdumpText): boolean {
    const { family, w0, w1, w2, w3 } = t.src;
    if (family === FAMILY_IPV4) return at + 16 <= n && u32be(b, at + 12) === w3;
    if (family !== FAMILY_IPV6) return plausible(b, n, at);
    return at + 24 <= n && u32be(b, at + 8) === w0 && u32be(b, at + 12) === w1 && u32be(b, at + 16) === w2 && u32be(b, at + 20) === w3;
  }
}

function isTag(type: number): boolean {
  return type === 0x8100 || type === 0x88a8 || type === 0x9100 || type === 0x8864 || type === 0x8847;
}

const LINK_HEADERS: readonly (readonly [number, number])[] = [[1, 14], [113, 16], [276, 20], [0, 4], [108, 4], [9, 2]];

/** IPv4 with a total length that fits, or IPv6 with a payload length that does. */
function plausible(b: Uint8Array, n: number, at: number): boolean {
  if (b[at]! >> 4 === 4) return u16be(b, at + 2) >= 20 && u16be(b, at + 2) <= n - at + 64;
  return u16be(b, at + 4) <= n - at + 64;
}
