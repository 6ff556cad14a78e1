import {
  ACK, CWR, ECE, FIN, HEADER_FIXED, HEADER_FULL, KNOWN_ACK, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_OPTIONS, KNOWN_SEQ, KNOWN_WINDOW, PSH, RST, SYN, URG,
} from '../decode/segment';
import type { TcpdumpText } from './tcpdumpText';
import { OPTIONS_BAD, OPTIONS_WHOLE, readOptions } from './tcpdumpTextOptions';
import { ascii, isDigit, isSpace, matches, textOf } from './textCursor';

const ACK_WORD = ascii('ack ');
const WIN = ascii('win ');
const URG_WORD = ascii('urg ');
const BAD_HEADER = ascii('[bad hdr');
const CKSUM = ascii('cksum');

/** Is b[p...] a pre-4.0 TCP part: flag letters (or a dot), then a range, a checksum, `ack` or `win`? */
export function isOldTcp(b: Uint8Array, p: number, end: number): boolean {
  let q = p;
  if (b[q] === 0x2e) q++;
  else while (q < end && q < p + 6 && oldFlag(b[q]!) !== 0) q++;
  if (q === p || q >= end) return false;
  if (b[q] === 0x2c) return matches(b, q + 2, end, CKSUM);
  if (!isSpace(b[q])) return false;
  while (q < end && isSpace(b[q])) q++;
  if (b[q] === 0x5b) return true; // [tcp sum ok], [bad tcp cksum ...]
  if (isDigit(b[q])) {
    while (q < end && isDigit(b[q])) q++;
    return b[q] === 0x3a;
  }
  return matches(b, q, end, ACK_WORD) || matches(b, q, end, WIN);
}

function oldFlag(c: number): number {
  switch (c) {
    case 0x53:
      return SYN;
    case 0x46:
      return FIN;
    case 0x52:
      return RST;
    case 0x50:
      return PSH;
    case 0x57:
      return CWR;
    case 0x45:
      return ECE;
    default:
      return 0;
  }
}

/** Reads `S 1:1(0) ack 2 win 5840 <mss 1460> (DF)` at the cursor of `t` (tcpdump-text 6). ACK and URG show only as `ack n`, `urg n`. */
export function readOldTcp(t: TcpdumpText): void {
  const c = t.cursor;
  const b = c.bytes;
  const s = t.segment;
  const start = c.p;
  let flags = 0;
  while (c.p < c.end && oldFlag(b[c.p]!) !== 0) flags |= oldFlag(b[c.p++]!);
  if (c.p === start) c.p++; // the dot
  t.tokens?.add('flags', start, c.p, flags, textOf(b, start, c.p));
  s.header = HEADER_FULL;
  s.headerLength = 20;
  let sawWindow = false;
  let whole = true;
  while (c.p < c.end) {
    const at = c.p;
    const ch = b[at]!;
    if (ch === 0x2c || isSpace(ch)) c.p++;
    else if (ch === 0x5b && !sawWindow) {
      if (matches(b, at, c.end, BAD_HEADER)) whole = false;
      skipTo(t, 0x5d);
      t.tokens?.add('checksum', at, c.p, null, textOf(b, at, c.p));
    } else if (isDigit(ch) && !t.seqShown && !sawWindow) readRange(t);
    else if (c.eatWord(ACK_WORD)) {
      const ack = c.u32();
      if (ack < 0) continue;
      s.ack = ack;
      flags |= ACK;
      t.ackShown = true;
      s.known |= KNOWN_ACK;
      t.tokens?.add('ack', at, c.p, ack);
    } else if (c.eatWord(WIN)) {
      const win = c.number();
      sawWindow = true;
      if (win < 0 || win > 0xffff) continue;
      s.window = win;
      s.known |= KNOWN_WINDOW;
      t.tokens?.add('win', at, c.p, win);
    } else if (c.eatWord(URG_WORD)) {
      const urg = c.number();
      flags |= URG;
      if (urg >= 0 && urg <= 0xffff) s.urgentPointer = urg;
      t.tokens?.add('urg', at, c.p, urg);
    } else if (ch === 0x3c && sawWindow) {
      c.p++;
      const how = readOptions(c, 0x3e, s, t.tokens);
      if (how !== OPTIONS_WHOLE) {
        whole = false;
        s.headerLength = 0;
        if (how !== OPTIONS_BAD) s.header = HEADER_FIXED;
      }
      break;
    } else if (sawWindow) break;
    else skipWord(t);
  }
  if ((s.known & KNOWN_LENGTH) === 0 && sawWindow) {
    // Without a range there is no data.
    s.length = 0;
    s.known |= KNOWN_LENGTH;
  }
  t.complete = sawWindow;
  if (sawWindow && whole) s.known |= KNOWN_OPTIONS;
  s.flags = flags;
  s.known |= KNOWN_FLAGS;
}

/** `a:b(len)`. */
function readRange(t: TcpdumpText): void {
  const c = t.cursor;
  const s = t.segment;
  const at = c.p;
  const seq = c.u32();
  if (seq < 0 || !c.eat(0x3a)) return;
  const last = c.u32();
  s.seq = seq;
  t.seqShown = true;
  s.known |= KNOWN_SEQ;
  t.tokens?.add('seq', at, c.p, seq, '', last < 0 ? null : last);
  const open = c.p;
  if (c.eat(0x28)) {
    const length = c.u32();
    if (length >= 0) t.setLength(length, open + 1);
    c.eat(0x29);
  }
}

function skipTo(t: TcpdumpText, close: number): void {
  const c = t.cursor;
  while (c.p < c.end && c.bytes[c.p] !== close) c.p++;
  if (c.p < c.end) c.p++;
}

function skipWord(t: TcpdumpText): void {
  const c = t.cursor;
  const start = c.p;
  while (c.p < c.end && !isSpace(c.bytes[c.p]) && c.bytes[c.p] !== 0x2c) c.p++;
  if (c.p === start) c.p++;
}
