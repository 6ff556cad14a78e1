import { ascii, find, hexDigit, isDigit, isSpace, matches, textOf } from './textCursor';
import type { TcpdumpText } from './tcpdumpText';

const LENGTH = ascii('length ');
const ETHERNET_8023 = ascii('802.3,');
const TOS = ascii('(tos 0x');
const CLASS = ascii('class 0x');
const HLIM = ascii('hlim ');
const TTL = ascii('ttl ');
const ID = ascii(', id ');
const DIRECTIONS = ['In', 'Out', 'B', 'M', 'P', '?'].map(ascii);
const NET = [ascii('IP6'), ascii('IP')];

/** Reads what stands between the timestamp and the source host: interface, direction, link header (-e), verbose IP items. */
export function readPrefix(t: TcpdumpText, b: Uint8Array, start: number, end: number): void {
  let p = start;
  while (p < end && isSpace(b[p])) p++;
  p = readInterface(t, b, p, end);
  const verbose = find(b, p, end, TOS);
  const verbose6 = verbose < 0 ? find(b, p, end, HLIM) : -1;
  const linkEnd = verbose >= 0 ? verbose : end;
  const length = find(b, p, linkEnd, LENGTH);
  if (length >= 0 && find(b, p, length, ETHERNET_8023) < 0 && !isInsideIp(b, p, length)) {
    const c = t.cursor;
    c.set(b, length + LENGTH.length, end);
    const n = c.u32();
    // `length 80: ` belongs to the link header; the verbose IP part's own length ends with `)`.
    if (n >= 0 && c.peek() === 0x3a) {
      t.frameLength = n;
      t.tokens?.add('frameLength', length, c.p, n);
    }
  }
  if (t.tokens && p < end) {
    for (const word of NET) {
      const at = find(b, p, end, word);
      if (at >= 0) {
        t.tokens.add('network', at, at + word.length, null, textOf(b, at, at + word.length));
        break;
      }
    }
  }
  if (verbose >= 0) readIpv4(t, b, verbose, end);
  else if (verbose6 >= 0) readIpv6(t, b, p, verbose6, end);
}

/** A length inside parentheses is the IP header's. */
function isInsideIp(b: Uint8Array, start: number, at: number): boolean {
  let depth = 0;
  for (let i = start; i < at; i++) {
    if (b[i] === 0x28) depth++;
    else if (b[i] === 0x29 && depth > 0) depth--;
  }
  return depth > 0;
}

/** `eth0  In  `, `lo In `, `ens33 curl.205562 Out `, `eth0 < `, `  In ` (SLL with -e). Returns where the link or net part starts. */
function readInterface(t: TcpdumpText, b: Uint8Array, start: number, end: number): number {
  const first = wordEnd(b, start, end);
  if (first === start) return start;
  if (isDirection(b, start, first)) {
    t.tokens?.add('direction', start, first, null, textOf(b, start, first));
    return first;
  }
  if (matches(b, start, first, NET[1]!) || b[first - 1] === 0x3a || b[first - 1] === 0x2c || first - start > 64) return start;
  let p = first;
  for (let words = 0; words < 2; words++) {
    while (p < end && b[p] === 0x20) p++;
    const next = wordEnd(b, p, end);
    const arrow = next === p + 1 && (b[p] === 0x3c || (b[p] === 0x3e && hasAnotherArrow(b, next, end)));
    if (next > p && (isDirection(b, p, next) || arrow)) {
      t.interfaceStart = start;
      t.interfaceEnd = first;
      t.tokens?.add('interface', start, first, null, textOf(b, start, first));
      t.tokens?.add('direction', p, next, null, textOf(b, p, next));
      return next;
    }
    p = next;
  }
  return start;
}

/** `eth0 > a > b`: the first arrow is the direction. */
function hasAnotherArrow(b: Uint8Array, from: number, end: number): boolean {
  for (let i = from; i < end && b[i] !== 0x0a; i++) if (b[i] === 0x3e) return true;
  return false;
}

function isDirection(b: Uint8Array, start: number, end: number): boolean {
  for (const word of DIRECTIONS) if (end - start === word.length && matches(b, start, end, word)) return true;
  return false;
}

function wordEnd(b: Uint8Array, start: number, end: number): number {
  let p = start;
  while (p < end && !isSpace(b[p])) p++;
  return p;
}

function readHex(b: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = at; i < end && i < at + 8; i++) {
    const d = hexDigit(b[i]);
    if (d < 0) break;
    value = value * 16 + d;
  }
  return value;
}

function readNumber(b: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let i = at; i < end && i < at + 10 && isDigit(b[i]); i++) value = value * 10 + b[i]! - 0x30;
  return value;
}

/** `(tos 0x0, ttl 64, id 59635, offset 0, ...`: the first one is the outermost header's, the last one the innermost's. */
function readIpv4(t: TcpdumpText, b: Uint8Array, first: number, end: number): void {
  let at = first;
  for (let next = find(b, at + 1, end, TOS); next >= 0; next = find(b, at + 1, end, TOS)) at = next;
  const s = t.segment;
  s.ecn = readHex(b, at + TOS.length, end) & 3;
  t.tokens?.add('ip', at + 1, at + TOS.length + 1, readHex(b, at + TOS.length, end), 'tos');
  const stop = Math.min(end, at + 120);
  const ttl = find(b, at, stop, TTL);
  if (ttl >= 0) {
    s.ttl = readNumber(b, ttl + TTL.length, end) & 0xff;
    t.tokens?.add('ip', ttl, digitsEnd(b, ttl + TTL.length, end), s.ttl, 'ttl');
  }
  const id = find(b, at, stop, ID);
  if (id >= 0) {
    s.ipId = readNumber(b, id + ID.length, end);
    t.tokens?.add('ip', id + 2, digitsEnd(b, id + ID.length, end), s.ipId, 'id');
  }
}

function readIpv6(t: TcpdumpText, b: Uint8Array, start: number, hlim: number, end: number): void {
  const s = t.segment;
  s.ttl = readNumber(b, hlim + HLIM.length, end) & 0xff;
  t.tokens?.add('ip', hlim, digitsEnd(b, hlim + HLIM.length, end), s.ttl, 'hlim');
  const cls = find(b, start, hlim, CLASS);
  if (cls >= 0) s.ecn = readHex(b, cls + CLASS.length, end) & 3;
}

function digitsEnd(b: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end && isDigit(b[p])) p++;
  return p;
}
