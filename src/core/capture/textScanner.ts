import type { TextInfo, TextNoise } from './captureReader';
import { ascii, find, isDigit, isSpace, matches } from './textCursor';
import { continuesDump, FENCE, isIncomplete, isMark, isOutside, lacksEnds, opensTunnel, startsPayload } from './textContinuation';
import { isHexBlockLine, LineClassifier, timeForm, TOOL_FIELDS, TOOL_HEX, TOOL_TCPDUMP, TOOL_TSHARK, TOOL_VERBOSE, type TextTool } from './textLines';
import { bannerLinkType, isBanner, isSummary, noiseKind, startsRun } from './textNoise';
import { RECORD_ERROR, type RecordShape, type TextRecord } from './textRecord';
import { TIME_NONE, type TimeForm } from './textTime';
import type { FieldsLayout } from './tsharkTextFields';

/** A record may not grow beyond this; what follows is counted as the rest of it. */
export const LONGEST_RECORD = 1 << 20;

const BYTES = ascii(' byte');
const FRAME = ascii('Frame (');

/** What the splitter must know to go on from a place in the text. */
export interface ScanState {
  readonly form: TimeForm;
  readonly numbered: boolean;
  readonly asciiPayload: boolean;
  readonly linkHint: number;
  readonly fields: FieldsLayout;
}

/** Told about each record: its text, its first line's number. Returns false to stop. */
export interface ScanSink {
  record(b: Uint8Array, start: number, end: number, line: number): boolean;
  /** A new run of the tool begins. */
  section(): void;
}

/**
 * Splits text into records and accounts for every line. Works on whatever part of the text is in memory: `scan` consumes
 * whole records and says how far it came.
 */
export class TextScanner {
  readonly lines = new LineClassifier();
  /** Shape of the record that `ScanSink.record` is told about. */
  readonly shape: RecordShape = { tool: TOOL_TCPDUMP, body: 0, headEnd: 0, dirty: false, hasDump: false, signed: false };
  lineCount = 0;
  packetLines = 0;
  readonly noise: Record<TextNoise, number> = { blank: 0, banner: 0, summary: 0, prompt: 0, markup: 0, ellipsis: 0, text: 0, rest: 0 };
  readonly errors: { line: number; reason: string }[] = [];
  errorCount = 0;
  /** First printer met. */
  firstTool: TextTool | -1 = -1;

  /** Lines of the record that `ScanSink.record` is told about. */
  recordLines = 0;

  private start = -1; // of the record being collected
  private end = 0;
  private firstLine = 0;
  /** White space in front of the record's first line. */
  private indent = 0;
  private blanks = 0;
  private asciiPayload = false;
  private inPayload = false;
  private skipping = false;
  /** 1: a heading announced bytes that are no frame (reassembled, decrypted); 2: within them. */
  private secondary = 0;
  private linkHint = -1;

  constructor(
    private readonly record: TextRecord,
    private readonly sink: ScanSink,
  ) {}

  get state(): ScanState {
    return { form: this.lines.form, numbered: this.lines.numbered, asciiPayload: this.asciiPayload, linkHint: this.linkHint, fields: this.record.fields.layout };
  }

  set state(s: ScanState) {
    this.lines.form = s.form;
    this.lines.numbered = s.numbered;
    this.asciiPayload = s.asciiPayload;
    this.record.linkHint = this.linkHint = s.linkHint;
    this.record.fields.layout = s.fields;
  }

  /** What the sink is told of the record: how its times stand to each other is the caller's matter. */
  get isCollecting(): boolean {
    return this.start >= 0;
  }

  /** Counts a fault of the record that the sink is being told about. */
  fail(line: number, reason: string): void {
    this.errorCount++;
    if (this.errors.length < 1000) this.errors.push({ line, reason });
  }

  /**
   * Splits b[from, to). `atEnd`: nothing follows. Returns the first byte that is still needed (start of the record being
   * collected, or of an incomplete line). `stopped` tells whether the sink asked to stop.
   */
  scan(b: Uint8Array, from: number, to: number, atEnd: boolean): number {
    this.stopped = false;
    let p = from + this.scanned;
    this.scanned = 0;
    if (this.start >= 0) this.shift(from);
    while (p < to) {
      let newline = b.indexOf(0x0a, p);
      if (newline < 0 || newline >= to) {
        if (!atEnd) {
          if (to - p <= LONGEST_RECORD) break;
          // A line without an end: its start is an error or part of the record, the rest is passed over.
          newline = to;
          this.take(b, p, to);
          this.skipping = true;
          p = to;
          break;
        }
        newline = to;
      }
      if (this.skipping) {
        this.skipping = false;
        p = Math.min(newline + 1, to);
        continue;
      }
      const end = newline > p && b[newline - 1] === 0x0d ? newline - 1 : newline;
      this.take(b, p, end);
      p = newline + 1;
      if (this.wantsNoMore()) break;
    }
    if (p > to) p = to;
    if (!this.wantsNoMore() && this.start >= 0 && ((atEnd && p >= to) || p - this.start > LONGEST_RECORD)) this.flush(b);
    const keep = this.start >= 0 ? this.start : p;
    this.scanned = p - keep;
    if (this.start >= 0) this.base = keep;
    return keep;
  }

  /** The sink wants no more for now. Lines up to the returned place, and those of the record being collected, are taken. */
  stopped = false;

  /** A call, since the sink sets it behind the compiler's back. */
  private wantsNoMore(): boolean {
    return this.stopped;
  }

  /** What comes next up to the end of a line belongs to a line that was taken already. */
  skipRest(): void {
    this.skipping = true;
  }

  /** Bytes after the returned place that were looked at already. */
  private scanned = 0;
  private base = 0;

  /** The text moved in memory: its kept part begins at `from` now. */
  private shift(from: number): void {
    const by = from - this.base;
    this.base = from;
    if (by === 0) return;
    this.start += by;
    this.end += by;
    this.shape.body += by;
    this.shape.headEnd += by;
  }

  /** Takes one line; also when the record before it makes the sink stop, so that it is looked at once only. */
  private take(b: Uint8Array, p: number, end: number): void {
    const lines = this.lines;
    if (this.start >= 0 && this.shape.tool === TOOL_FIELDS && this.inPayload) this.inPayload = false;
    if (lines.startsWithTime(b, p, end) && this.timeStarts(b, p, end)) return this.begin(b, p, end);
    if (this.secondary > 0) {
      if (p < end && isHexBlockLine(b, p, end)) {
        this.secondary = 2;
        this.lineCount++;
        this.noise.rest++;
        return;
      }
      if (this.secondary === 2) this.secondary = 0;
    }
    if (p === end) {
      this.lineCount++;
      if (this.start >= 0) this.blanks++;
      else this.noise.blank++;
      return;
    }
    if (this.record.fields.ready) {
      if (this.record.fields.isRow(b, p, end)) {
        lines.tool = TOOL_FIELDS;
        lines.body = p;
        lines.dirty = false;
        return this.begin(b, p, end);
      }
    }
    const pending = this.start >= 0;
    if (pending && this.shape.tool === TOOL_TSHARK && lines.startsSummary(b, p, end)) return this.begin(b, p, end);
    if (pending && continuesDump(b, this.shape, this.blanks, p, end)) return this.attach(end, true);
    if (lines.starts(b, p, end, this.inPayload && pending)) {
      if (lines.tool === TOOL_FIELDS) return this.fieldsHeader(b, p, end);
      const half = pending && lines.bare && this.blanks === 0 && (lacksEnds(b, this.shape) || opensTunnel(b, this.shape));
      if (!half && !(pending && this.shape.tool === TOOL_VERBOSE && lines.tool !== TOOL_VERBOSE)) return this.begin(b, p, end);
    }
    if (pending && this.continues(b, p, end)) return this.attach(end, false);
    return this.passOver(b, p, end);
  }

  /** The hot test found a time in front; in payload only the form of the records before counts, else a packet must follow. */
  private timeStarts(b: Uint8Array, p: number, end: number): boolean {
    const lines = this.lines;
    const form: TimeForm = b[p + 2] === 0x3a ? 1 : 3;
    if (form === lines.form && !this.inPayload && this.shape.tool === TOOL_TCPDUMP && b[p + (form === 1 ? 9 : 20)] !== undefined) return true;
    return lines.starts(b, p, end, this.inPayload && this.start >= 0);
  }

  private begin(b: Uint8Array, p: number, end: number): void {
    const { tool, body, dirty } = this.lines;
    if (this.start >= 0) this.flush(b);
    if (this.lines.form === TIME_NONE) this.lines.noteForm(b, end);
    const shape = this.shape;
    shape.signed = this.lines.signedTimes;
    this.lines.indent = body - p;
    this.lineCount++;
    this.start = p;
    this.end = end;
    this.firstLine = this.lineCount;
    this.recordLines = 1;
    this.indent = 0;
    while (p + this.indent < end && (b[p + this.indent] === 0x20 || b[p + this.indent] === 0x09)) this.indent++;
    // A packet number is right-aligned, a signed time has a column for its sign: neither is indentation.
    if ((shape.signed && this.indent === 1) || (isDigit(b[body]) && timeForm(b, body, end) === TIME_NONE)) this.indent = 0;
    this.blanks = 0;
    this.inPayload = false;
    shape.tool = tool;
    shape.body = body;
    shape.headEnd = end;
    shape.dirty = dirty;
    shape.hasDump = tool === TOOL_HEX;
  }

  /** The record being collected takes the line (and blank lines before it). */
  private attach(end: number, isDump: boolean): void {
    this.lineCount++;
    this.recordLines += 1 + this.blanks;
    this.blanks = 0;
    this.end = end;
    const shape = this.shape;
    if (isDump) shape.hasDump = true;
    else if (!shape.hasDump && !this.inPayload) shape.headEnd = end;
  }

  /** Does the line belong to the record being collected although it starts no record? */
  private continues(b: Uint8Array, p: number, end: number): boolean {
    const tool = this.shape.tool;
    const indented = b[p] === 0x09 || b[p] === 0x20;
    if (tool === TOOL_VERBOSE) return indented || (this.blanks === 0 && !isOutside(b, p, end));
    if (tool === TOOL_HEX || tool === TOOL_FIELDS) return false;
    if (tool === TOOL_TSHARK) return false;
    // Payload may hold anything, markup included: only what the tool itself prints, or a fence, ends it.
    if (this.inPayload) return !(isBanner(b, p, end) || isSummary(b, p, end) || matches(b, p, end, FENCE));
    if (indented) {
      let q = p;
      while (q < end && isSpace(b[q])) q++;
      return q - p > this.indent && !isSummary(b, q, end) && !isBanner(b, q, end) && (this.blanks === 0 || this.asciiPayload || b[p] === 0x09);
    }
    if (isOutside(b, p, end)) return false;
    if (this.shape.dirty && b[p] === 0x3e) return isIncomplete(b, this.shape) || b[p + 1] === 0x09 || (b[p + 1] === 0x20 && (b[p + 2] === 0x20 || b[p + 2] === 0x09));
    if (this.blanks > 0 && !this.asciiPayload) return false;
    if (this.blanks === 0 && isIncomplete(b, this.shape) && !isMark(b, p, end)) return true;
    if (this.asciiPayload || startsPayload(b, p, end)) {
      this.inPayload = this.asciiPayload = true;
      return true;
    }
    return false;
  }

  private fieldsHeader(b: Uint8Array, p: number, end: number): void {
    if (this.start >= 0) this.flush(b);
    this.record.fields.header(b, p, end);
    this.lineCount++;
    this.noise.banner++;
    this.lines.form = TIME_NONE;
  }

  /** A line that is no packet: ends the record before it. */
  private passOver(b: Uint8Array, p: number, end: number): void {
    const wasPayload = this.inPayload;
    const tool = this.shape.tool;
    if (this.start >= 0) this.flush(b);
    this.lineCount++;
    let kind = noiseKind(b, p, end);
    if (kind === 'text' && wasPayload) kind = 'rest';
    if (kind === 'text' && (tool === TOOL_HEX || tool === TOOL_VERBOSE) && b[end - 1] === 0x3a && find(b, p, end, BYTES) >= 0) {
      kind = 'banner';
      this.secondary = matches(b, p, end, FRAME) ? 0 : 1;
    }
    this.noise[kind]++;
    if (startsRun(b, p, end, kind)) {
      this.sink.section();
      this.lines.form = TIME_NONE;
      this.asciiPayload = false;
      this.linkHint = kind === 'banner' ? bannerLinkType(b, p, end) : -1;
      this.record.linkHint = this.linkHint;
      this.record.fields.clear();
    } else if (kind === 'markup' || kind === 'prompt') {
      this.asciiPayload = false;
      this.lines.form = TIME_NONE;
    }
  }

  /** Hands the collected record on. */
  private flush(b: Uint8Array): void {
    const start = this.start;
    this.start = -1;
    this.lines.indent = -1;
    this.inPayload = false;
    this.noise.blank += this.blanks;
    this.blanks = 0;
    if (this.firstTool < 0) this.firstTool = this.shape.tool;
    if (!this.sink.record(b, start, this.end, this.firstLine)) this.stopped = true;
    const r = this.record;
    if (r.kind === RECORD_ERROR) {
      this.fail(this.firstLine, r.fault);
      this.noise.rest += this.recordLines - 1;
    } else {
      this.packetLines += this.recordLines;
      if (r.hasTime && this.shape.tool === TOOL_TCPDUMP) this.lines.form = r.time.form;
    }
  }
}

/** The counts as CaptureInfo shows them. */
export function textInfo(s: TextScanner, style: TextInfo['style'], timeStyle: TextInfo['timeStyle'], timeOfDayOnly: boolean): TextInfo {
  return { style, timeStyle, timeOfDayOnly, lines: s.lineCount, packetLines: s.packetLines, noise: s.noise, errors: s.errors, errorCount: s.errorCount };
}
