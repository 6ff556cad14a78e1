import { LABEL_REUSED_PORTS } from '../analysis/segmentAnalysis';
import { PROTOCOL_UNKNOWN } from '../decode/otherTraffic';
import { FAMILY_NONE, HEADER_FULL, KNOWN_FLAGS, type Segment } from '../decode/segment';
import { CleanText } from './textClean';
import { isDigit, TextCursor, textOf } from './textCursor';
import { Resolution, resolveAgain, resolveTsharkAgain, type TextFlows } from './textFlows';
import { DumpFrame, HexDump } from './textHex';
import { TOOL_FIELDS, TOOL_HEX, TOOL_TCPDUMP, TOOL_TSHARK, TOOL_VERBOSE, type TextTool } from './textLines';
import type { TextNames } from './textNames';
import { TIME_EPOCH, TIME_MICROS, TIME_OF_DAY, TIME_SECONDS, TIME_SIGNED, WrittenTime } from './textTime';
import { TextTokens, type TextToken } from './textTokens';
import { PARSED_NOTHING, PARSED_OTHER, PARSED_TCP, TcpdumpText } from './tcpdumpText';
import { TsharkFields } from './tsharkTextFields';
import { TsharkText } from './tsharkText';
import { TsharkVerbose } from './tsharkTextVerbose';

export const RECORD_ERROR = 0;
export const RECORD_TCP = 1;
export const RECORD_OTHER = 2;
/** The bytes of a hex dump. */
export const RECORD_BYTES = 3;

/** What the line splitter found out about a record: all that is needed to read it. */
export interface RecordShape {
  tool: TextTool;
  /** First byte of the record proper. */
  body: number;
  /** End of what names the packet: dump and payload lines lie after it. */
  headEnd: number;
  dirty: boolean;
  hasDump: boolean;
  /** Its time has a sign column (-ttt, -ttttt). */
  signed: boolean;
}

/** Reads one record of any printer. Reused; results are valid until the next `parse`. */
export class TextRecord {
  kind = RECORD_ERROR;
  /** Why it could not be read: 'flags', 'endpoints', 'packet', 'fields'. */
  fault = '';
  segment: Segment;
  protocol = PROTOCOL_UNKNOWN;
  readonly time = new WrittenTime();
  hasTime = false;
  frameLength = 0;
  labels = -1;
  linkType = 0;
  interfaceName = '';
  /** Frame bytes of a dump: bytes[start, end) of `dump.bytes`. */
  readonly dump = new HexDump();
  dumpStart = 0;
  /** LINKTYPE_* of the banner, -1 without. */
  linkHint = -1;
  /** Column names for `tshark -T fields`. */
  readonly fields: TsharkFields;
  private readonly tcpdump: TcpdumpText;
  private readonly tshark: TsharkText;
  private readonly verbose: TsharkVerbose;
  private readonly frame = new DumpFrame();
  private readonly cleaner = new CleanText();
  private readonly cursor = new TextCursor();
  private lastInterface = '';
  private tool: TextTool = TOOL_TCPDUMP;
  private tokens: TextTokens | null = null;

  constructor(private readonly names: TextNames) {
    this.tcpdump = new TcpdumpText(names);
    this.tshark = new TsharkText(names);
    this.verbose = new TsharkVerbose(names);
    this.fields = new TsharkFields(names);
    this.segment = this.tcpdump.segment;
  }

  /** Reads b[start, end) as `shape` says. */
  parse(b: Uint8Array, start: number, end: number, shape: RecordShape): void {
    this.fault = '';
    this.hasTime = false;
    this.frameLength = 0;
    this.labels = -1;
    this.interfaceName = '';
    this.tool = shape.tool;
    if (shape.tool === TOOL_HEX) {
      this.dump.readBlock(b, shape.body, end);
      this.tokens?.add('hex', shape.body, end);
      this.asBytes();
      return;
    }
    if (shape.dirty) this.parseClean(b, start, shape);
    else {
      this.parseText(b, shape.body, shape.headEnd, shape);
      // Entities or colours inside a line that begins like any other.
      if (this.kind === RECORD_ERROR && mayNeedCleaning(b, shape.body, shape.headEnd)) this.parseClean(b, start, shape);
    }
    if (shape.hasDump) this.preferDump(b, shape.headEnd, end);
  }

  private parseClean(b: Uint8Array, start: number, shape: RecordShape): void {
    const clean = this.cleaner;
    clean.clean(b, start, shape.body, shape.headEnd);
    const list = this.tokens?.list;
    const before = list?.length ?? 0;
    this.parseText(clean.bytes, 0, clean.length, shape);
    if (!list) return;
    for (let i = before; i < list.length; i++) {
      const token = list[i]!;
      list[i] = { ...token, start: clean.map[token.start]!, end: clean.map[token.end - 1]! + 1 };
    }
  }

  private parseText(b: Uint8Array, start: number, end: number, shape: RecordShape): void {
    switch (shape.tool) {
      case TOOL_TSHARK:
        this.readTshark(b, start, end);
        return;
      case TOOL_VERBOSE:
        this.readVerbose(b, start, end);
        return;
      case TOOL_FIELDS:
        this.readFields(b, start, end);
        return;
      default:
        this.readTcpdump(b, start, end, shape.signed);
    }
  }

  private readTcpdump(b: Uint8Array, start: number, end: number, signed: boolean): void {
    const t = this.tcpdump;
    t.tokens = this.tokens;
    const p = this.readTimeColumns(b, start, end, signed);
    // Six or nine digits of a second, as tcpdump prints them: what follows is a packet even if its protocol is not known here.
    t.anything = this.hasTime && (this.time.digits === 6 || this.time.digits === 9);
    const kind = t.parse(b, p, end);
    this.segment = t.segment;
    this.frameLength = t.frameLength;
    if (t.interfaceEnd > t.interfaceStart) this.interfaceName = this.nameOf(b, t.interfaceStart, t.interfaceEnd);
    this.take(kind, t.protocol, t.fault);
  }

  /** Packet number and time; returns where the rest begins. */
  private readTimeColumns(b: Uint8Array, start: number, end: number, signed: boolean): number {
    const c = this.cursor;
    const time = this.time;
    c.set(b, start, end);
    if (c.peek() === 0x2d) {
      c.p++;
      if (time.read(c)) {
        time.negative = true;
        time.form = TIME_SIGNED;
        this.hasTime = true;
      } else c.p = start;
      return this.timeToken(start);
    }
    if (!isDigit(b[start])) return start;
    if (!time.read(c) || time.form === TIME_SECONDS) {
      c.p = start;
      const n = c.number();
      if (b[c.p] === 0x20 && b[c.p + 1] === 0x20) {
        this.tokens?.add('number', start, c.p, n);
        while (c.peek() === 0x20) c.p++;
        const at = c.p;
        this.hasTime = time.read(c);
        if (this.hasTime && time.form === TIME_SECONDS) time.form = TIME_EPOCH;
        return this.timeToken(at);
      }
      c.p = start;
      if (time.read(c)) {
        // -tt of a capture from the first days of 1970
        time.form = TIME_EPOCH;
        this.hasTime = true;
        return this.timeToken(start);
      }
      return this.readMicros(b, start, end);
    }
    this.hasTime = true;
    if (signed && time.form === TIME_OF_DAY) time.form = TIME_SIGNED;
    return this.timeToken(start);
  }

  private timeToken(start: number): number {
    this.tokens?.add('time', start, this.cursor.p);
    return this.cursor.p;
  }

  /** tcpdump <= 3.9 -ttt: `000123 ` or `1. 002345 `. */
  private readMicros(b: Uint8Array, start: number, end: number): number {
    const c = this.cursor;
    c.set(b, start, end);
    let seconds = 0;
    let micros = c.number();
    let width = c.p - start;
    if (b[c.p] === 0x2e && b[c.p + 1] === 0x20) {
      seconds = micros;
      c.p += 2;
      const from = c.p;
      micros = c.number();
      width = c.p - from;
    }
    if (width !== 6 || c.peek() !== 0x20 || micros < 0) return start;
    this.time.form = TIME_MICROS;
    this.time.negative = false;
    this.time.seconds = seconds;
    this.time.nanos = micros * 1000;
    this.time.digits = 6;
    this.hasTime = true;
    return this.timeToken(start);
  }

  private readTshark(b: Uint8Array, start: number, end: number): void {
    const t = this.tshark;
    t.tokens = this.tokens;
    const kind = t.parse(b, start, end);
    this.segment = t.segment;
    this.frameLength = t.frameLength;
    const k = t.columns;
    if (kind !== PARSED_NOTHING && k.timeStart >= 0) this.readTime(b, k.timeStart, k.timeEnd);
    this.labels = kind === PARSED_TCP ? t.labels : -1;
    this.take(kind, t.protocol, '');
  }

  private readTime(b: Uint8Array, start: number, end: number): void {
    const c = this.cursor;
    c.set(b, start, end);
    const negative = c.eat(0x2d);
    this.hasTime = this.time.read(c);
    if (negative) this.time.negative = true;
  }

  private readVerbose(b: Uint8Array, start: number, end: number): void {
    const v = this.verbose;
    v.tokens = this.tokens;
    const kind = v.parse(b, start, end);
    this.segment = v.segment;
    this.frameLength = v.frameLength;
    this.labels = v.labels;
    if (v.timeStart >= 0) this.readTime(b, v.timeStart, v.timeEnd);
    if (this.hasTime) this.time.form = TIME_EPOCH;
    this.take(kind, v.protocol, 'packet');
  }

  private readFields(b: Uint8Array, start: number, end: number): void {
    const f = this.fields;
    f.tokens = this.tokens;
    const kind = f.parse(b, start, end);
    this.segment = f.segment;
    this.frameLength = f.frameLength;
    this.labels = f.labels;
    if (f.timeStart >= 0) this.readTime(b, f.timeStart, f.timeEnd);
    if (this.hasTime && f.epoch) this.time.form = TIME_EPOCH;
    this.take(kind, f.protocol, 'fields');
  }

  private take(kind: number, protocol: number, fault: string): void {
    this.protocol = protocol;
    this.kind = kind === PARSED_TCP ? RECORD_TCP : kind === PARSED_OTHER ? RECORD_OTHER : RECORD_ERROR;
    if (kind === PARSED_NOTHING) this.fault = fault || 'packet';
  }

  /** Uses the record's hex dump where it holds at least what the text shows. */
  private preferDump(b: Uint8Array, from: number, end: number): void {
    const d = this.dump;
    d.read(b, from, end);
    if (d.length === 0) return;
    this.tokens?.add('hex', d.start, d.end);
    if (!this.frame.find(d, this.tcpdump, this.linkHint)) return;
    const need = this.frame.ipOffset + (d.bytes[this.frame.ipOffset]! >> 4 === 6 ? 60 : (d.bytes[this.frame.ipOffset]! & 15) * 4 + 20);
    if (this.kind === RECORD_TCP && this.segment.header === HEADER_FULL && (this.segment.known & KNOWN_FLAGS) !== 0 && d.length < need + Math.max(0, this.segment.headerLength - 20)) return;
    this.asBytes();
  }

  private asBytes(): void {
    const d = this.dump;
    if (this.tool === TOOL_HEX) {
      this.tcpdump.src.family = FAMILY_NONE;
      if (d.length === 0 || !this.frame.find(d, this.tcpdump, -1)) {
        // No IP in it: most captures are Ethernet.
        this.frame.linkType = 1;
        this.frame.start = 0;
        this.frame.ipOffset = 14;
      }
    }
    this.kind = d.length > 0 ? RECORD_BYTES : RECORD_ERROR;
    if (d.length === 0) this.fault = 'packet';
    this.linkType = this.frame.linkType;
    this.dumpStart = this.frame.start;
    this.frameLength = Math.max(this.frameLength, this.frame.wireLength(d));
  }

  /** First pass: puts the numbers of a TCP record on one axis with the rest of its flow. */
  resolve(flows: TextFlows, out: Resolution): void {
    if (this.tool === TOOL_TCPDUMP) flows.resolve(this.segment, this.tcpdump.seqShown, this.tcpdump.ackShown, out);
    else if (this.tool === TOOL_TSHARK) flows.resolveTshark(this.segment, this.tshark.seqShown, this.tshark.ackShown, this.tshark.printedWindow, (this.tshark.labels & LABEL_REUSED_PORTS) !== 0, out);
    else out.bits = out.seqAdd = out.ackAdd = 0;
  }

  /** Later: the same from what was kept. */
  resolveAgain(r: Resolution): void {
    if (this.tool === TOOL_TCPDUMP) resolveAgain(this.segment, this.tcpdump.seqShown, r);
    else if (this.tool === TOOL_TSHARK) resolveTsharkAgain(this.segment, this.tshark.printedWindow, r);
  }

  /** Parses once more and lists every token: byte ranges relative to `start`. */
  tokensOf(b: Uint8Array, start: number, end: number, shape: RecordShape): TextToken[] {
    const tokens = new TextTokens();
    this.tokens = tokens;
    try {
      this.parse(b, start, end, shape);
    } finally {
      this.tokens = this.tcpdump.tokens = this.tshark.tokens = this.verbose.tokens = this.fields.tokens = null;
    }
    return tokens.list.map((t) => ({ ...t, start: t.start - start, end: t.end - start })).sort((x, y) => x.start - y.start || x.end - y.end);
  }

  /** Interface names repeat from line to line: one string for all. */
  private nameOf(b: Uint8Array, start: number, end: number): string {
    const last = this.lastInterface;
    if (last.length === end - start) {
      let i = 0;
      while (i < last.length && last.charCodeAt(i) === b[start + i]) i++;
      if (i === last.length) return last;
    }
    this.lastInterface = textOf(b, start, end);
    return this.lastInterface;
  }
}

function mayNeedCleaning(b: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (b[i] === 0x26 || b[i] === 0x1b) return true;
  return false;
}
