import { FAMILY_IPV4, FAMILY_IPV6, FAMILY_NAME, FAMILY_NONE } from '../decode/segment';
import { hexDigit } from './textCursor';
import type { TextNames } from './textNames';

/** One end of a packet as the text shows it. */
export class TextEndpoint {
  family = FAMILY_NONE;
  w0 = 0;
  w1 = 0;
  w2 = 0;
  w3 = 0;
  /** -1: no port shown. */
  port = -1;
  hostStart = 0;
  hostEnd = 0;
  portStart = 0;
  portEnd = 0;

  clear(): void {
    this.family = FAMILY_NONE;
    this.w0 = this.w1 = this.w2 = this.w3 = 0;
    this.port = -1;
    this.portStart = this.portEnd = 0;
  }

  /** Reads `host` of b[start, end): dotted quad, IPv6, or a name. */
  readHost(b: Uint8Array, start: number, end: number, names: TextNames): void {
    this.hostStart = start;
    this.hostEnd = end;
    if (readIpv4(b, start, end) === end) {
      this.family = FAMILY_IPV4;
      this.w0 = this.w1 = this.w2 = 0;
      this.w3 = ipv4Value;
      return;
    }
    if (this.readIpv6(b, start, end)) return;
    this.asName(b, names);
  }

  /** Turns the host into a name: it is one, or its peer is one and both ends of a packet need one family. */
  asName(b: Uint8Array, names: TextNames): void {
    this.family = FAMILY_NAME;
    this.w0 = this.w1 = this.w2 = 0;
    this.w3 = names.hostId(b, this.hostStart, this.hostEnd);
  }

  /** Reads `host.port` of b[start, end), split at the last dot. False when there is no port part. */
  readHostPort(b: Uint8Array, start: number, end: number, names: TextNames): boolean {
    this.clear();
    // The usual form first: a.b.c.d.port
    const v4 = readIpv4(b, start, end);
    if (v4 > 0 && v4 < end && b[v4] === 0x2e && this.readPort(b, v4 + 1, end, names)) {
      this.family = FAMILY_IPV4;
      this.w3 = ipv4Value;
      this.hostStart = start;
      this.hostEnd = v4;
      return true;
    }
    if (v4 === end) {
      this.readHost(b, start, end, names);
      return false;
    }
    let dot = end - 1;
    while (dot > start && b[dot] !== 0x2e) dot--;
    if (dot <= start || !this.readPort(b, dot + 1, end, names)) {
      this.readHost(b, start, end, names);
      return false;
    }
    this.readHost(b, start, dot, names);
    return true;
  }

  readPort(b: Uint8Array, start: number, end: number, names: TextNames): boolean {
    if (end <= start) return false;
    let value = 0;
    let p = start;
    for (; p < end; p++) {
      const d = b[p]! - 0x30;
      if (d < 0 || d > 9) break;
      value = value * 10 + d;
      if (value > 65535) return false;
    }
    if (p < end) {
      for (let i = start; i < end; i++) if (!isNameByte(b[i]!)) return false;
      value = names.portOf(b, start, end);
    }
    this.port = value;
    this.portStart = start;
    this.portEnd = end;
    return true;
  }

  private readIpv6(b: Uint8Array, start: number, end: number): boolean {
    let colon = false;
    let stop = end;
    for (let i = start; i < end; i++) {
      if (b[i] === 0x3a) colon = true;
      else if (b[i] === 0x25) {
        stop = i; // a zone, "%eth0"
        break;
      }
    }
    if (!colon || stop - start > 45) return false;
    const group = GROUPS;
    let n = 0;
    let gap = -1;
    let p = start;
    if (b[p] === 0x3a) {
      if (b[p + 1] !== 0x3a || p + 1 >= stop) return false;
      gap = 0;
      p += 2;
    }
    while (p < stop) {
      if (n === 8) return false;
      const from = p;
      let value = 0;
      for (let d = hexDigit(b[p]); p < stop && d >= 0 && p - from < 5; d = hexDigit(b[++p])) value = value * 16 + d;
      if (p < stop && b[p] === 0x2e && n <= 6) {
        if (readIpv4(b, from, stop) !== stop) return false;
        group[n++] = ipv4Value >>> 16;
        group[n++] = ipv4Value & 0xffff;
        p = stop;
        break;
      }
      if (p === from || p - from > 4) return false;
      group[n++] = value;
      if (p === stop) break;
      if (b[p++] !== 0x3a) return false;
      if (p < stop && b[p] === 0x3a) {
        if (gap >= 0) return false;
        gap = n;
        p++;
      } else if (p === stop) return false;
    }
    if (gap < 0 ? n !== 8 : n > 7) return false;
    if (gap >= 0) {
      const shift = 8 - n;
      for (let i = n - 1; i >= gap; i--) group[i + shift] = group[i]!;
      for (let i = gap; i < gap + shift; i++) group[i] = 0;
    }
    this.family = FAMILY_IPV6;
    this.w0 = ((group[0]! << 16) | group[1]!) >>> 0;
    this.w1 = ((group[2]! << 16) | group[3]!) >>> 0;
    this.w2 = ((group[4]! << 16) | group[5]!) >>> 0;
    this.w3 = ((group[6]! << 16) | group[7]!) >>> 0;
    return true;
  }
}

const GROUPS = new Uint16Array(8);
let ipv4Value = 0;

/** Reads a dotted quad at `start`; returns the end of it (value in `ipv4Value`), 0 when there is none. */
function readIpv4(b: Uint8Array, start: number, end: number): number {
  let p = start;
  let address = 0;
  for (let i = 0; i < 4; i++) {
    let value = 0;
    const from = p;
    while (p < end) {
      const d = b[p]! - 0x30;
      if (d < 0 || d > 9) break;
      value = value * 10 + d;
      p++;
      if (p - from > 3) return 0;
    }
    if (p === from || value > 255) return 0;
    address = address * 256 + value;
    if (i < 3) {
      if (p >= end || b[p] !== 0x2e) return 0;
      p++;
    }
  }
  ipv4Value = address;
  return p;
}

/** Bytes that service names are made of. */
function isNameByte(c: number): boolean {
  return (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || c === 0x2d || c === 0x5f || c === 0x2b;
}
