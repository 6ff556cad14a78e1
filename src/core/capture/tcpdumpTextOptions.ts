import {
  OPT_AO, OPT_FAST_OPEN, OPT_MD5, OPT_MPTCP, OPT_MSS, OPT_OTHER, OPT_SACK, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, type Segment,
} from '../decode/segment';
import { ascii, find, hexDigit, matches, textOf, type TextCursor } from './textCursor';
import type { TextTokens } from './textTokens';

/** How the list of options ended. */
export const OPTIONS_WHOLE = 0; // closed
export const OPTIONS_BAD = 1; // [bad opt]
export const OPTIONS_CUT = 2; // [|tcp], or the text ends

const NOP = ascii('nop');
const MSS = ascii('mss ');
const WSCALE = ascii('wscale ');
const SACK_OK = ascii('sackOK');
const SACK = ascii('sack ');
const TS = ascii('TS val ');
const ECR = ascii(' ecr ');
const TIMESTAMP = ascii('timestamp ');
const EOL = ascii('eol');
const UNKNOWN = ascii('unknown-');
const MD5 = ascii('md5');
const AO = ascii('tcp-ao keyid');
const MPTCP = ascii('mptcp');
const TFO = ascii('tfo');
const EXP = ascii('exp-');
const EXP_TFO = ascii('exp-tfo');
const TOKEN = ascii('token 0x');
const LEN = ascii('[len ');
const BAD = ascii('[bad opt]');
const CUT = ascii('[|tcp]');
const COOKIE_REQUEST = ascii('cookiereq');
const COOKIE = ascii('cookie ');
const INVALID = ascii('invalid');
const MALFORMED = ascii('malformed');
const CANT_CHECK = ascii(", can't check");

const MPTCP_WORDS: readonly (readonly [Uint8Array, number])[] = [
  [ascii('capable'), 0], [ascii('join'), 1], [ascii('dss'), 2], [ascii('add-addr'), 3], [ascii('rem-addr'), 4], [ascii('prio'), 5], [ascii('fail'), 6], [ascii('fast-close'), 7],
];

/** Lengths of options that are printed as `name number...`. */
const FIXED: readonly (readonly [Uint8Array, number])[] = [
  [ascii('echoreply '), 6], [ascii('echo '), 6], [ascii('ccnew '), 6], [ascii('ccecho '), 6], [ascii('cc '), 6], [ascii('scps '), 4], [ascii('uto '), 4], [MD5, 18],
];

/**
 * Reads tcpdump's options from the cursor (after the opening bracket) to the closing one, which is consumed.
 * Fills the option fields of `s`; `s.headerLength` becomes 20 + their length, or 0 when one has no length that can be told.
 */
export function readOptions(c: TextCursor, close: number, s: Segment, tokens: TextTokens | null): number {
  const b = c.bytes;
  let bytes = 0;
  let unknownLength = false;
  while (c.p < c.end) {
    const start = c.p;
    const head = b[start]!;
    if (head === close) {
      c.p++;
      s.headerLength = unknownLength ? 0 : 20 + ((bytes + 3) & ~3);
      return OPTIONS_WHOLE;
    }
    let length: number;
    const before = s.optionsSeen;
    if (head === 0x6e && c.eatWord(NOP)) length = 1;
    else if (head === 0x54 && c.eatWord(TS)) length = readTimestamps(c, s, true);
    else if (head === 0x6d && c.eatWord(MSS)) length = readMss(c, s);
    else if (head === 0x77 && c.eatWord(WSCALE)) length = readScale(c, s);
    else if (head === 0x73 && c.eatWord(SACK_OK)) {
      s.optionsSeen |= OPT_SACK_PERMITTED;
      length = 2;
    } else if (head === 0x73 && c.eatWord(SACK)) length = readSack(c, s);
    else if (head === 0x65 && c.eatWord(EOL)) length = -1; // the padding after it is not printed
    else if (head === 0x74 && c.eatWord(TIMESTAMP)) length = readTimestamps(c, s, false);
    else if (head === 0x5b || (head === 0x20 && b[start + 1] === 0x5b)) length = 0;
    else length = readOther(c, close, s);
    if (length < 0) unknownLength = true;
    else bytes += length;
    // `[len n]`: the declared length is not the expected one; such an option does not count.
    if (c.eatWord(LEN)) {
      s.optionsBad = true;
      s.optionsSeen = before;
      c.number();
      c.eat(0x5d);
    }
    tokens?.add('option', start, c.p, tokenValue(s, b, start, c.p), nameOf(b, start, c.p), matches(b, start, c.p, TS) ? s.tsEcr : null);
    let p = c.p;
    while (p < c.end && b[p] === 0x20) p++;
    if (b[p] === 0x5b && p < c.end) {
      if (matches(b, p, c.end, BAD)) {
        c.p = p + BAD.length;
        s.optionsBad = true;
        if (c.peek() === close) c.p++;
        return OPTIONS_BAD;
      }
      if (matches(b, p, c.end, CUT)) {
        c.p = p + CUT.length;
        return OPTIONS_CUT;
      }
    }
    if (c.p < c.end && b[c.p] === 0x2c) {
      c.p++;
      // Some writers put a space after the comma, and mail wraps there.
      let q = c.p;
      while (q < c.end && (b[q] === 0x20 || b[q] === 0x0a || b[q] === 0x0d)) q++;
      if (q > c.p && b[q] !== 0x5b && !(b[q]! >= 0x30 && b[q]! <= 0x39)) c.p = q;
    } else if (c.p < c.end && b[c.p] !== close) {
      // Text that belongs to no option that is known: up to the next comma or the end.
      if (c.p === start) c.p++;
      while (c.p < c.end && b[c.p] !== 0x2c && b[c.p] !== close && b[c.p] !== 0x5b) c.p++;
      unknownLength = true;
    }
  }
  return OPTIONS_CUT;
}

function readTimestamps(c: TextCursor, s: Segment, isNew: boolean): number {
  const value = c.u32();
  const echo = (isNew ? c.eatWord(ECR) : c.eat(0x20)) ? c.u32() : -1;
  if (value < 0 || echo < 0) return -1;
  s.tsVal = value;
  s.tsEcr = echo;
  s.optionsSeen |= OPT_TIMESTAMPS;
  return 10;
}

function readMss(c: TextCursor, s: Segment): number {
  const value = c.u32();
  if (value < 0 || value > 0xffff) return -1;
  if (c.peek() !== 0x5b) {
    s.mss = value;
    s.optionsSeen |= OPT_MSS;
  }
  return 4;
}

function readScale(c: TextCursor, s: Segment): number {
  const value = c.u32();
  if (value < 0 || value > 0xff) return -1;
  if (c.peek() !== 0x5b) {
    s.windowScale = value;
    s.optionsSeen |= OPT_WINDOW_SCALE;
  }
  return 3;
}

/** `N {a:b}{a:b}`, or `invalid sack` / `malformed sack`. */
function readSack(c: TextCursor, s: Segment): number {
  if (c.eatWord(INVALID) || c.eatWord(MALFORMED)) {
    s.optionsBad = true;
    c.eatWord(ascii(' sack'));
    return -1;
  }
  const announced = c.number();
  if (c.peek() === 0x20) c.p++;
  let n = 0;
  while (c.peek() === 0x7b) {
    const from = c.p++;
    const left = c.u32();
    const right = c.eat(0x3a) ? c.u32() : -1;
    if (left < 0 || right < 0 || !c.eat(0x7d)) {
      c.p = from;
      return -1;
    }
    if (n < 4) {
      s.sackLeft[n] = left;
      s.sackRight[n] = right;
    }
    n++;
  }
  if (n === 0) return announced === 0 ? 2 : -1;
  s.sackCount = Math.min(n, 4);
  s.optionsSeen |= OPT_SACK;
  return 2 + 8 * n;
}

function readOther(c: TextCursor, close: number, s: Segment): number {
  const b = c.bytes;
  const start = c.p;
  const end = itemEnd(b, start, c.end, close);
  c.p = end;
  if (matches(b, start, end, UNKNOWN)) {
    c.p = start + UNKNOWN.length;
    const kind = c.number();
    c.p = end;
    s.optionsSeen |= OPT_OTHER;
    if (kind === 172 || kind === 174) s.accEcn = true;
    return 2 + hexBytes(b, start, end);
  }
  if (matches(b, start, end, MPTCP)) return readMptcp(c, start, end, s);
  const experimental = matches(b, start, end, EXP_TFO);
  if (experimental || matches(b, start, end, TFO)) {
    const head = experimental ? 4 : 2;
    s.optionsSeen |= OPT_FAST_OPEN;
    const cookie = find(b, start, end, COOKIE);
    if (find(b, start, end, COOKIE_REQUEST) >= 0) s.fastOpenCookie = 0;
    else if (cookie >= 0) s.fastOpenCookie = hexRun(b, cookie + COOKIE.length, end) >> 1;
    else return -1;
    return head + s.fastOpenCookie;
  }
  s.optionsSeen |= OPT_OTHER;
  if (matches(b, start, end, EXP)) {
    let id = 0;
    for (let i = start + EXP.length; i < end && hexDigit(b[i]) >= 0 && i < start + EXP.length + 4; i++) id = id * 16 + hexDigit(b[i]);
    if (id === 0xacc0 || id === 0xacc1) s.accEcn = true;
    return -1; // the data of an experimental option is not printed
  }
  if (matches(b, start, end, MD5)) s.optionsSeen |= OPT_MD5;
  for (const [word, length] of FIXED) if (matches(b, start, end, word)) return length;
  if (b[start] === 0x20) return 6; // kind 13 has no name in most releases
  const mac = find(b, start, end, ascii('mac 0x'));
  if (matches(b, start, end, AO)) {
    s.optionsSeen |= OPT_AO;
    return 4 + (mac >= 0 ? hexRun(b, mac + 6, end) >> 1 : 0);
  }
  return -1;
}

function readMptcp(c: TextCursor, start: number, end: number, s: Segment): number {
  const b = c.bytes;
  s.optionsSeen |= OPT_MPTCP;
  c.p = start + MPTCP.length;
  c.eat(0x20);
  const length = c.number();
  c.eat(0x20);
  for (const [word, subtype] of MPTCP_WORDS) {
    if (!matches(b, c.p, end, word)) continue;
    s.mptcpSubtypes |= 1 << subtype;
    const token = find(b, c.p, end, TOKEN);
    if (subtype === 1 && token >= 0) {
      let value = 0;
      for (let i = token + TOKEN.length; i < end && hexDigit(b[i]) >= 0 && i < token + TOKEN.length + 8; i++) value = value * 16 + hexDigit(b[i]);
      s.mptcpToken = value;
    }
    break;
  }
  c.p = end;
  return length >= 2 && length <= 40 ? length : -1;
}

/** End of an item: the comma, closing bracket or `[` at depth 0. md5 has a comma in its text. */
function itemEnd(b: Uint8Array, start: number, end: number, close: number): number {
  let depth = 0;
  for (let i = start; i < end; i++) {
    const ch = b[i]!;
    if (ch === 0x7b) depth++;
    else if (ch === 0x7d && depth > 0) depth--;
    else if (depth === 0 && (ch === close || (ch === 0x5b && i > start))) return i;
    else if (ch === 0x2c && depth === 0 && !matches(b, i, end, CANT_CHECK)) return i;
  }
  return end;
}

function hexRun(b: Uint8Array, from: number, end: number): number {
  let n = 0;
  while (from + n < end && hexDigit(b[from + n]) >= 0) n++;
  return n;
}

/** Bytes of the `0x...` in an item. */
function hexBytes(b: Uint8Array, start: number, end: number): number {
  for (let i = start; i + 1 < end; i++) if (b[i] === 0x30 && b[i + 1] === 0x78) return hexRun(b, i + 2, end) >> 1;
  return 0;
}

/** Cold: what an option token's number is. */
function tokenValue(s: Segment, b: Uint8Array, start: number, end: number): number | null {
  if (matches(b, start, end, TS) || matches(b, start, end, TIMESTAMP)) return s.tsVal;
  if (matches(b, start, end, MSS)) return s.mss;
  if (matches(b, start, end, WSCALE)) return s.windowScale;
  if (matches(b, start, end, SACK)) return s.sackCount;
  return null;
}

/** Cold: the option's word, in the names of the current tcpdump. */
function nameOf(b: Uint8Array, start: number, end: number): string {
  const word = /^[A-Za-z0-9-]*/.exec(textOf(b, start, Math.min(end, start + 40)))?.[0] ?? '';
  return word === 'timestamp' ? 'TS' : word;
}
