import { ascii, isDigit, isSpace, matches } from './textCursor';
import { isClock, isDateTime } from './textTime';

const ARROW = Uint8Array.of(0xe2, 0x86, 0x92); // U+2192
const DASH_ARROW = ascii('->');

/** Where the columns of a one-line summary lie: byte ranges in the line. */
export class SummaryColumns {
  /** -1 when the row has none. */
  numberStart = -1;
  numberEnd = -1;
  timeStart = -1;
  timeEnd = -1;
  srcStart = 0;
  srcEnd = 0;
  dstStart = 0;
  dstEnd = 0;
  /** Port columns, -1 without them. */
  srcPort = -1;
  srcPortEnd = -1;
  dstPort = -1;
  dstPortEnd = -1;
  protocolStart = 0;
  protocolEnd = 0;
  lengthStart = -1;
  lengthEnd = -1;
  infoStart = 0;
  private p = 0;

  /** Finds the columns in b[start, end). False when it is no summary row. */
  read(b: Uint8Array, start: number, end: number): boolean {
    this.numberStart = this.timeStart = this.srcPort = this.dstPort = this.lengthStart = -1;
    this.p = start;
    let t = this.word(b, end);
    if (t < 0) return false;
    // Number, time, both or none come first.
    if (isInteger(b, t, this.p)) {
      this.numberStart = t;
      this.numberEnd = this.p;
      t = this.word(b, end);
      if (t < 0) return false;
    }
    if (this.isTime(b, t, end)) {
      this.timeStart = t;
      if (isDateTime(b, t, end)) {
        this.p = t + 11;
        while (this.p < end && !isSpace(b[this.p])) this.p++;
      }
      this.timeEnd = this.p;
      // A time zone's name is a column's rest: "2016-06-16 17:24:58.472527 UTC" does not occur in summaries.
      t = this.word(b, end);
      if (t < 0) return false;
    }
    if (this.numberStart < 0 && this.timeStart < 0) return false;
    if (this.isArrow(b, t, this.p)) {
      // A frame without addresses: both columns are empty.
      this.srcStart = this.srcEnd = this.dstStart = this.dstEnd = t;
      t = this.word(b, end);
      return t >= 0 && this.timeStart >= 0 && this.readRest(b, t, end);
    }
    this.srcStart = t;
    this.srcEnd = this.p;
    if (b[this.p - 1] === 0x3a || b[this.p - 1] === 0x2c) {
      if (b[this.p - 2] !== 0x3a) return false;
    }
    t = this.word(b, end);
    if (t < 0) return false;
    let arrow = this.isArrow(b, t, this.p);
    if (!arrow && isInteger(b, t, this.p)) {
      this.srcPort = t;
      this.srcPortEnd = this.p;
      t = this.word(b, end);
      if (t < 0) return false;
      arrow = this.isArrow(b, t, this.p);
    }
    if (arrow) {
      t = this.word(b, end);
      if (t < 0) return false;
    } else if (!isAddress(b, this.srcStart, this.srcEnd) || !isAddress(b, t, this.p)) return false;
    this.dstStart = t;
    this.dstEnd = this.p;
    if ((b[this.p - 1] === 0x3a && b[this.p - 2] !== 0x3a) || b[this.p - 1] === 0x2c) return false;
    t = this.word(b, end);
    if (t < 0) return false;
    if (isInteger(b, t, this.p)) {
      this.dstPort = t;
      this.dstPortEnd = this.p;
      t = this.word(b, end);
      if (t < 0) return false;
    }
    return this.readRest(b, t, end);
  }

  /** Protocol (at `at`), length and info. */
  private readRest(b: Uint8Array, at: number, end: number): boolean {
    let t = at;
    const c = b[t]! | 0x20;
    if (!((c >= 0x61 && c <= 0x7a) || (b[t] === 0x30 && b[t + 1] === 0x78) || (isDigit(b[t]) && !isInteger(b, t, this.p)))) return false;
    this.protocolStart = t;
    this.protocolEnd = this.p;
    const after = this.p;
    t = this.word(b, end);
    if (t >= 0 && isInteger(b, t, this.p) && !this.isPorts(b, this.p, end)) {
      this.lengthStart = t;
      this.lengthEnd = this.p;
    } else this.p = after;
    let q = this.p;
    while (q < end && isSpace(b[q])) q++;
    this.infoStart = q;
    return true;
  }

  /** What follows a number is an arrow: the number is a port, not a length. */
  private isPorts(b: Uint8Array, p: number, end: number): boolean {
    let q = p;
    while (q < end && b[q] === 0x20) q++;
    return matches(b, q, end, ARROW) || matches(b, q, end, DASH_ARROW) || (b[q] === 0x3e && b[q + 1] === 0x20);
  }

  /** Start of the next word, with `p` after it; -1 at the end. */
  private word(b: Uint8Array, end: number): number {
    let q = this.p;
    while (q < end && isSpace(b[q])) q++;
    if (q === end) return -1;
    const start = q;
    while (q < end && !isSpace(b[q])) q++;
    this.p = q;
    return start;
  }

  private isArrow(b: Uint8Array, start: number, end: number): boolean {
    const n = end - start;
    return (n === 3 && matches(b, start, end, ARROW)) || (n === 2 && matches(b, start, end, DASH_ARROW)) || (n === 1 && b[start] === 0x3e);
  }

  private isTime(b: Uint8Array, t: number, end: number): boolean {
    if (isDateTime(b, t, end) || isClock(b, t, end)) return true;
    let q = b[t] === 0x2d ? t + 1 : t;
    const from = q;
    while (q < this.p && isDigit(b[q])) q++;
    if (q === from || b[q] !== 0x2e) return false;
    const dot = ++q;
    while (q < this.p && isDigit(b[q])) q++;
    return q === this.p && q > dot;
  }
}

export function isInteger(b: Uint8Array, start: number, end: number): boolean {
  if (end <= start || end - start > 10) return false;
  for (let i = start; i < end; i++) if (!isDigit(b[i])) return false;
  return true;
}

/** Looks like an address (IPv4, IPv6, MAC, with or without a vendor's name) rather than a word. */
function isAddress(b: Uint8Array, start: number, end: number): boolean {
  let marks = 0;
  for (let i = start; i < end; i++) {
    const c = b[i]!;
    if (c === 0x2e || c === 0x3a || c === 0x5f) marks++;
    else if (c === 0x3e || c === 0x2c || c === 0x28 || c === 0x5b) return false;
  }
  return marks >= 2 || isBroadcast(b, start, end);
}

const BROADCAST = ascii('Broadcast');
function isBroadcast(b: Uint8Array, start: number, end: number): boolean {
  return end - start === BROADCAST.length && matches(b, start, end, BROADCAST);
}

const probe = new SummaryColumns();

/** Is b[start, end) a one-line summary of tshark or Wireshark? */
export function isSummaryRow(b: Uint8Array, start: number, end: number): boolean {
  return probe.read(b, start, Math.min(end, start + 512));
}

const HEADERS = ['frame.', 'ip.', 'tcp.', '_ws.'].map(ascii);
const TCP = ascii('tcp.');

/** The header row of `tshark -T fields -E header=y`: field names with tabs, commas or the like between. */
export function isFieldsHeader(b: Uint8Array, start: number, end: number): boolean {
  if (!HEADERS.some((word) => matches(b, start, end, word))) return false;
  let tcp = 0;
  for (let i = start; i < end; i++) {
    const c = b[i]!;
    if (c === 0x20) return false;
    if ((i === start || b[i - 1] === 0x09 || b[i - 1] === 0x2c || b[i - 1] === 0x3b || b[i - 1] === 0x7c) && matches(b, i, end, TCP)) tcp++;
  }
  return tcp >= 2;
}
