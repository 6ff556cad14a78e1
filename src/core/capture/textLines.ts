import { isSummary, isBanner } from './textNoise';
import { ascii, find, hexDigit, isDigit, isSpace, matches } from './textCursor';
import { isClock, isDateTime, TIME_DATE, TIME_EPOCH, TIME_NONE, TIME_OF_DAY, TIME_SIGNED, type TimeForm } from './textTime';
import { startsPacket } from './tcpdumpTextOther';
import { isOldTcp } from './tcpdumpTextOld';
import { isFieldsHeader, isSummaryRow } from './tsharkTextLine';

/** Which printer a record comes from. */
export const TOOL_TCPDUMP = 0;
export const TOOL_TSHARK = 1; // one-line summary
export const TOOL_VERBOSE = 2; // tshark -V
export const TOOL_HEX = 3; // tshark -x without a summary
export const TOOL_FIELDS = 4; // tshark -T fields with a header row
export type TextTool = 0 | 1 | 2 | 3 | 4;

/** A record's start shows within this many bytes of its line. */
const HEAD = 1024;
/** How many places of a line are tried as the start of a record. */
const TRIES = 8;

const FLAGS = ascii('Flags [');
const FRAME = ascii('Frame ');
const ON_WIRE = ascii(' on wire');
const BYTES = ascii('bytes');
const GREATER = ascii('&gt;');
const HEX_MARK = ascii('0x');

/** Finds out whether a line starts a record. Results are fields, valid until the next call. */
export class LineClassifier {
  tool: TextTool = TOOL_TCPDUMP;
  /** First byte of the record proper: its number, time or net part. */
  body = 0;
  /** The line carries quoting, markup, colours or entities: the record is cleaned before it is read. */
  dirty = false;
  /** The line has no time in front: it may as well be the second half of a verbose record, or what a tunnel carries. */
  bare = false;
  /** Indentation of the record being collected; -1 when there is none. */
  indent = -1;
  /** -ttt / -ttttt print a sign column; known from the opening sample. */
  signedTimes = false;
  /** Form of time of the records so far; a record inside ASCII payload must have it. */
  form: TimeForm = TIME_NONE;
  /** Records so far have a packet number. */
  numbered = false;

  /** The first record of a kind fixes the form of time for the lines after it. */
  noteForm(b: Uint8Array, end: number): void {
    if (this.form !== TIME_NONE || this.tool !== TOOL_TCPDUMP) return;
    let p = this.body;
    const form = timeForm(b, p, end);
    if (form === TIME_NONE) {
      while (p < end && isDigit(b[p])) p++;
      while (p < end && b[p] === 0x20) p++;
      this.form = timeForm(b, p, end);
    } else this.form = form;
  }

  /** Hot test: does the line start with a time, as nearly all records do? */
  startsWithTime(b: Uint8Array, start: number, end: number): boolean {
    const c = b[start]!;
    if (c < 0x30 || c > 0x39) return false;
    if (b[start + 2] === 0x3a ? !isClock(b, start, end) || !this.clockEnds(b, start + 8, end) : !isDateTime(b, start, end)) return false;
    this.tool = TOOL_TCPDUMP;
    this.body = start;
    this.dirty = false;
    return true;
  }

  /** The same for the rows of a list of summaries. */
  startsSummary(b: Uint8Array, start: number, end: number): boolean {
    let p = start;
    while (p < end && (b[p] === 0x20 || b[p] === 0x09)) p++;
    if (p === end || !isDigit(b[p]) || !isSummaryRow(b, p, end)) return false;
    this.dirty = this.bare = false;
    return this.found(TOOL_TSHARK, p);
  }

  private clockEnds(b: Uint8Array, p: number, end: number): boolean {
    return p < end && (b[p] === 0x2e || b[p] === 0x2c || b[p] === 0x20);
  }

  /**
   * Does b[start, end) start a record of any form? `locked`: inside a record that prints payload as text, where only a line
   * with the time of the records before counts.
   */
  starts(b: Uint8Array, start: number, lineEnd: number, locked: boolean): boolean {
    this.dirty = this.bare = false;
    // Every look ahead is bounded, so that no line costs more than its head.
    const end = Math.min(lineEnd, start + HEAD);
    let p = start;
    while (p < end && (b[p] === 0x20 || b[p] === 0x09)) p++;
    if (p === end) return false;
    const c = b[p]!;
    // The commonest continuation by far: a hex dump line.
    if (c === 0x30 && b[p + 1] === 0x78) return false;
    if (c === 0x2d && isClock(b, p + 1, end)) return this.found(TOOL_TCPDUMP, p);
    if (isDigit(c)) {
      if (this.startsNumeric(b, start, p, end, locked)) return true;
    } else if (locked) return this.form === TIME_NONE && p === start && startsNet(b, p, end) && this.found(TOOL_TCPDUMP, p);
    if (locked) return false;
    if (c === 0x46 && matches(b, p, end, FRAME) && this.startsFrame(b, p, end)) return this.found(TOOL_VERBOSE, p);
    if ((startsNet(b, p, end) || (p === start && startsInterface(b, p, end))) && (p === start || (this.form === TIME_NONE && (this.indent < 0 || p - start <= this.indent)))) {
      this.bare = true;
      return this.found(TOOL_TCPDUMP, p);
    }
    if (isFieldsHeader(b, p, end)) return this.found(TOOL_FIELDS, p);
    if (isHexBlockStart(b, p, end)) return this.found(TOOL_HEX, p);
    if (this.form === TIME_NONE && p === start && hasEndpoints(b, p, end)) {
      this.bare = true;
      return this.found(TOOL_TCPDUMP, p);
    }
    return this.startsAfterJunk(b, p, end);
  }

  private found(tool: TextTool, body: number): boolean {
    this.tool = tool;
    this.body = body;
    return true;
  }

  /** A clock, a date, seconds, or a packet number in front of one of them. */
  private startsNumeric(b: Uint8Array, lineStart: number, p: number, end: number, locked: boolean): boolean {
    const form = timeForm(b, p, end);
    if (form !== TIME_NONE) {
      const known = locked && this.form !== TIME_NONE;
      if (known && form !== this.form && !(this.form === TIME_SIGNED && form === TIME_OF_DAY)) return false;
      const after = timeEnd(b, p, end);
      if (isSummaryRow(b, p, end)) return this.found(TOOL_TSHARK, p);
      if (looksLikePacket(b, after, end) || (lineStart === p && form === this.form && !locked) || opensUnknown(b, p, after, end)) {
        if (find(b, after, end, GREATER) >= 0) this.dirty = true;
        return this.found(TOOL_TCPDUMP, p);
      }
    }
    let q = p;
    while (q < end && isDigit(b[q])) q++;
    if (q < end && b[q] === 0x20 && b[q + 1] === 0x20) {
      let r = q;
      while (r < end && b[r] === 0x20) r++;
      const numbered = timeForm(b, r, end);
      if ((numbered !== TIME_NONE && (numbered === this.form || looksLikePacket(b, timeEnd(b, r, end), end)) && !isSummaryRow(b, p, end)) || startsNet(b, r, end)) return this.found(TOOL_TCPDUMP, p);
    }
    if (locked) return false;
    if (isSummaryRow(b, p, end)) return this.found(TOOL_TSHARK, p);
    if (isHexBlockStart(b, p, end)) return this.found(TOOL_HEX, p);
    if (lineStart === p && this.form === TIME_NONE && hasEndpoints(b, p, end) && !isSummary(b, p, end)) {
      this.bare = true;
      return this.found(TOOL_TCPDUMP, p);
    }
    // tcpdump <= 3.9 -ttt: bare microseconds, or "1. 002345"
    const micros = q - p === 6 && b[q] === 0x20 ? q + 1 : b[q] === 0x2e && b[q + 1] === 0x20 && isDigit(b[q + 2]) && b[q + 8] === 0x20 ? q + 9 : -1;
    return micros > 0 && (startsNet(b, micros, end) || hasEndpoints(b, micros, end)) && this.found(TOOL_TCPDUMP, p);
  }

  private startsFrame(b: Uint8Array, p: number, end: number): boolean {
    return isDigit(b[p + 6]) && (find(b, p, end, ON_WIRE) >= 0 || (b[end - 1] === 0x3a && find(b, p, end, BYTES) < 0));
  }

  /** A record behind a quote mark, markup, a colour, a log prefix or a call that wrote it. */
  private startsAfterJunk(b: Uint8Array, start: number, end: number): boolean {
    const c = b[start]!;
    const flags = find(b, start, end, FLAGS);
    const marked = c === 0x3e || c === 0x1b || c === 0x3c || c === 0x7c || c === 0x2a || c === 0x22 || c === 0x26 || c === 0x60;
    if (flags < 0 && !marked) return false;
    const limit = flags >= 0 ? flags : Math.min(end, start + 64);
    let tries = 0;
    for (let i = start; i < limit && tries < TRIES; i++) {
      if (i > start && (isDigit(b[i - 1]) || b[i - 1] === 0x2d || b[i - 1] === 0x3a || b[i - 1] === 0x2e)) continue;
      const digit = isDigit(b[i]);
      const time = digit && timeForm(b, i, end) !== TIME_NONE;
      if (time || (!digit && marked && startsNet(b, i, end))) tries++;
      else if (!digit || !marked) continue;
      if ((time && packetFollows(b, timeEnd(b, i, end), end)) || (digit && marked && isSummaryRow(b, i, end)) || (!digit && marked && startsNet(b, i, end) && (i === start || isSpace(b[i - 1]) || b[i - 1] === 0x3e || b[i - 1] === 0x22))) {
        this.dirty = true;
        return this.found(digit && isSummaryRow(b, i, end) ? TOOL_TSHARK : TOOL_TCPDUMP, i);
      }
    }
    return false;
  }
}

/** Form of the time at p (signed ones read as times of day), TIME_NONE when there is none. */
export function timeForm(b: Uint8Array, p: number, end: number): TimeForm {
  if (isClock(b, p, end)) return p + 8 < end && (b[p + 8] === 0x2e || b[p + 8] === 0x2c || b[p + 8] === 0x20) ? TIME_OF_DAY : TIME_NONE;
  if (isDateTime(b, p, end)) return TIME_DATE;
  let q = p;
  while (q < end && isDigit(b[q])) q++;
  if (q === p || b[q] !== 0x2e) return TIME_NONE;
  let r = q + 1;
  while (r < end && isDigit(b[r])) r++;
  return (r - q === 7 || r - q === 10) && r < end && (b[r] === 0x20 || b[r] === 0x09) ? TIME_EPOCH : TIME_NONE;
}

function timeEnd(b: Uint8Array, p: number, end: number): number {
  let q = isDateTime(b, p, end) ? p + 11 : p;
  while (q < end && !isSpace(b[q])) q++;
  return q;
}

/** Payload of a link type that tcpdump has no printer for: `UNSUPPORTED`, `unknown ...`, `version 0, ...`. */
function opensUnknown(b: Uint8Array, p: number, after: number, end: number): boolean {
  return after - p >= 15 && OPENERS.some((word) => matches(b, after, end, word));
}
const OPENERS = [' UNSUPPORTED', ' version ', ' Unknown ', ' STP '].map(ascii);

/** A line without a time: the word that names its protocol, and endpoints. */
function startsNet(b: Uint8Array, p: number, end: number): boolean {
  const c = b[p]!;
  if (c < 0x41 || c > 0x7a || !startsPacket(b, p, end)) return false;
  return c === 0x41 || c === 0x61 || VERBOSE.some((word) => matches(b, p, end, word)) || find(b, p, end, ARROW) >= 0 || find(b, p, end, GREATER) >= 0;
}
const ARROW = ascii(' > ');
const VERBOSE = ['MPLS (', 'IP (tos ', 'IP6 (', 'IP truncated-ip', 'IP bad-', 'IP  [|ip]', 'IP6, wrong'].map(ascii);

const DIRECTIONS = ['In ', 'Out ', 'B ', 'M ', 'P ', '? '].map(ascii);

/** A line of `-i any -t`: interface (and process, as some tools print), direction, then the packet. */
function startsInterface(b: Uint8Array, at: number, end: number): boolean {
  let p = at;
  for (let words = 0; words < 3; words++) {
    const from = p;
    while (p < end && !isSpace(b[p])) p++;
    if (p - from > 32) return false;
    while (p < end && b[p] === 0x20) p++;
    for (const word of DIRECTIONS) {
      if (!matches(b, p, end, word)) continue;
      let q = p + word.length;
      while (q < end && b[q] === 0x20) q++;
      if (startsNet(b, q, end) || hasEndpoints(b, q, end)) return true;
    }
  }
  return false;
}

/** Directly after a time: a protocol's word, `host >`, or an interface and a direction. Stricter than `looksLikePacket`. */
function packetFollows(b: Uint8Array, at: number, end: number): boolean {
  let p = at;
  for (let words = 0; words < 3; words++) {
    while (p < end && b[p] === 0x20) p++;
    if (startsPacket(b, p, end) || b[p] === 0x3e || matches(b, p, end, GREATER)) return true;
    while (p < end && !isSpace(b[p])) p++;
    if (b[p - 1] === 0x28 || b[p - 1] === 0x22 || b[p - 1] === 0x2c) return false;
  }
  return false;
}

/** What follows a time is a packet as tcpdump prints it. */
function looksLikePacket(b: Uint8Array, p: number, end: number): boolean {
  let q = p;
  while (q < end && b[q] === 0x20) q++;
  if (startsPacket(b, q, end)) return true;
  for (let i = q; i + 2 < end; i++) {
    if (b[i] === 0x3e && b[i - 1] === 0x20 && b[i + 1] === 0x20) return true;
    if (b[i] === 0x26 && matches(b, i, end, GREATER)) return true;
    if (b[i] === 0x28 && b[i + 1] === 0x74 && b[i + 2] === 0x6f) return true; // (tos
  }
  return find(b, q, end, ascii('ethertype')) >= 0 || find(b, q, end, ascii(' IP')) >= 0 || find(b, q, end, ascii(' ARP')) >= 0 || find(b, q, end, ascii(' who-has ')) >= 0 || find(b, q, end, ascii(' is-at ')) >= 0;
}

/** `host.port > host.port: Flags [`, or an old TCP part after it, and nothing in front. */
function hasEndpoints(b: Uint8Array, p: number, end: number): boolean {
  let i = p;
  while (i < end && b[i] === 0x20) i++;
  while (i < end && !isSpace(b[i])) i++;
  if (!matches(b, i, end, ARROW)) return false;
  let q = i + 3;
  while (q < end && !isSpace(b[q])) q++;
  if (b[q - 1] !== 0x3a) return false;
  while (q < end && isSpace(b[q])) q++;
  return matches(b, q, end, FLAGS) || isOldTcp(b, q, end);
}

/** `0000  45 00 ...`: the first line of a hex block as tshark -x prints it. */
export function isHexBlockStart(b: Uint8Array, p: number, end: number): boolean {
  return isHexBlockLine(b, p, end) && b[p] === 0x30 && b[p + 1] === 0x30 && b[p + 2] === 0x30 && b[p + 3] === 0x30 && (b[p + 4] === 0x20 || b[p + 7] === 0x30);
}

/** `0010  08 00 45 ...`: a line of such a block. */
export function isHexBlockLine(b: Uint8Array, start: number, end: number): boolean {
  let p = start;
  while (p < end && hexDigit(b[p]) >= 0 && p - start < 8) p++;
  if (p - start !== 4 && p - start !== 8) return false;
  return b[p] === 0x20 && b[p + 1] === 0x20 && hexDigit(b[p + 2]) >= 0 && hexDigit(b[p + 3]) >= 0 && p + 4 <= end && (p + 4 === end || b[p + 4] === 0x20);
}

/** `\t0x0000:  4500 ...` or the older `0x0000\t 4500 ...`. */
export function isDumpLine(b: Uint8Array, start: number, end: number): boolean {
  let p = start;
  while (p < end && (b[p] === 0x20 || b[p] === 0x09 || b[p] === 0x3e)) p++;
  if (!matches(b, p, end, HEX_MARK)) return false;
  p += 2;
  const from = p;
  while (p < end && hexDigit(b[p]) >= 0) p++;
  return p - from >= 4 && (b[p] === 0x3a || b[p] === 0x09 || b[p] === 0x20);
}

export { isBanner };
