import { t } from '../l10n';
import type { FileOffset } from '../bytes/units';
import { PROTOCOL_UNKNOWN } from '../decode/otherTraffic';
import type { ByteSource } from './byteSource';
import { CapturedRecord, FormatError, type CaptureFault, type CaptureInfo, type CaptureInterface, type CaptureReader, type RecordDetail, type RecordSink, type TextInfo } from './captureReader';
import { Resolution, TextFlows } from './textFlows';
import { TOOL_FIELDS, TOOL_HEX, TOOL_TSHARK, TOOL_VERBOSE } from './textLines';
import { TextNames } from './textNames';
import { looksLikeText, studySample, type SampleStudy } from './textSample';
import type { TextToken } from './textTokens';
import { RECORD_BYTES, RECORD_ERROR, RECORD_TCP, TextRecord } from './textRecord';
import { LONGEST_RECORD, TextScanner, textInfo, type ScanState } from './textScanner';
import { TextSideTable } from './textSideTable';
import { TextClock, TIME_DATE, TIME_EPOCH, TIME_NONE, TIME_OF_DAY, type ClockState, type TimeForm } from './textTime';

const CHUNK = 1 << 20;
const SAMPLE = 1 << 18;
/** A document whose first packet comes later than this is not opened as a capture. */
const LARGEST_SAMPLE = 4 << 20;
const MAX_INTERFACES = 4096;
/** LINKTYPE_* for records whose text shows no link layer (no registered value). */
export const LINKTYPE_TEXT = 0xffff;

/** A place to take up reading again. */
interface Checkpoint {
  readonly offset: FileOffset;
  readonly record: number;
  readonly scan: ScanState;
  readonly clock: ClockState;
}

/** Text that was read again: the record, and its own text. */
interface Found {
  readonly record: CapturedRecord;
  readonly text: Uint8Array;
  readonly tokens: readonly TextToken[];
}

/**
 * Reads what tcpdump or tshark printed as a capture. `info.text` accounts for every line.
 * Per record it keeps 16 bytes (lines, and what was added to relative numbers), so that `recordAt` gives what the first pass gave.
 */
export class TextCaptureReader implements CaptureReader {
  readonly fault: CaptureFault | null = null;
  readonly names = new TextNames();
  private readonly record = new CapturedRecord();
  private readonly parser = new TextRecord(this.names);
  private readonly scanner: TextScanner;
  private readonly flows = new TextFlows();
  private readonly clock = new TextClock();
  private readonly resolution = new Resolution();
  private readonly side = new TextSideTable();
  private readonly checkpoints: Checkpoint[] = [];
  private readonly interfaces: CaptureInterface[] = [];
  private readonly interfaceIndex = new Map<string, number>();
  private readonly comments: { offset: FileOffset; text: string }[] = [];
  private buffer = new Uint8Array(CHUNK + 65_536);
  /** buffer[from, to) is the text from file offset `offset` on. */
  private from = 0;
  private to = 0;
  private offset: FileOffset;
  private ended = false;
  private records = 0;
  private nextCheckpoint = 0;
  private sink: RecordSink = () => true;
  private firstForm: TimeForm = TIME_NONE;
  private digits: 6 | 9 = 6;
  private lastLineOpen = false;
  /** Where in `buffer` the record lies that the sink has. */
  private readonly taken = { start: 0, end: 0 };
  /** Reads that record once more, for its tokens. */
  private tokenizer: TextRecord | null = null;

  constructor(
    private readonly source: ByteSource,
    private readonly study: SampleStudy,
  ) {
    this.scanner = new TextScanner(this.parser, { record: (b, start, end, line) => this.take(b, start, end, line), section: () => this.flows.startSection() });
    this.scanner.lines.signedTimes = study.signed;
    this.clock.origin = study.origin;
    this.offset = study.start;
    this.addInterface('');
  }

  private cachedInfo: CaptureInfo | null = null;
  get info(): CaptureInfo {
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the info object is a live view of its reader
    const reader = this;
    this.cachedInfo ??= {
      format: this.study.tool === 'tshark' ? 'tshark-text' : 'tcpdump-text',
      description: this.study.tool === 'tshark' ? t('text of tshark') : t('text of tcpdump'),
      interfaces: this.interfaces,
      comments: this.comments,
      names: new Map(),
      get timeDigits() {
        return reader.digits;
      },
      writer: this.study.tool,
      get text() {
        return reader.textInfo();
      },
      hostName: (id) => this.names.hostName(id),
      portName: (port) => this.names.portName(port),
    };
    return this.cachedInfo;
  }

  private textInfo(): TextInfo {
    const form = this.firstForm;
    const tool = this.scanner.firstTool;
    const style = tool === TOOL_TSHARK ? 'tshark' : tool === TOOL_VERBOSE ? 'tshark-verbose' : tool === TOOL_HEX ? 'tshark-hex' : tool === TOOL_FIELDS ? 'tshark-fields' : this.study.old ? 'tcpdump-3' : 'tcpdump';
    const timeStyle =
      form === TIME_NONE ? 'none' : form === TIME_OF_DAY ? 'time-of-day' : form === TIME_EPOCH ? 'epoch' : form === TIME_DATE ? 'date' : this.clock.origin === 'first' ? 'since-first' : 'since-previous';
    return textInfo(this.scanner, style, timeStyle, form === TIME_OF_DAY);
  }

  get position(): FileOffset {
    return this.offset;
  }

  async read(sink: RecordSink, maxBytes: number): Promise<boolean> {
    this.sink = sink;
    const goal = this.offset + maxBytes;
    for (;;) {
      const keep = this.scanner.scan(this.buffer, this.from, this.to, this.ended);
      this.offset += keep - this.from;
      this.from = keep;
      if (this.scanner.stopped) return true;
      if (this.ended) return false;
      if (this.offset >= goal) return true;
      await this.fill();
    }
  }

  /** Moves what is kept to the front and reads on behind it. */
  private async fill(): Promise<void> {
    const kept = this.to - this.from;
    if (this.buffer.length - kept < CHUNK) {
      const wider = new Uint8Array(Math.max(this.buffer.length * 2, kept + CHUNK));
      wider.set(this.buffer.subarray(this.from, this.to));
      this.buffer = wider;
    } else this.buffer.copyWithin(0, this.from, this.to);
    this.from = 0;
    this.to = kept;
    const n = await this.source.readInto(this.offset + kept, this.buffer.subarray(kept, kept + CHUNK));
    this.to += n;
    if (n === 0) {
      this.ended = true;
      this.lastLineOpen = kept > 0 && this.buffer[this.to - 1] !== 0x0a;
    }
  }

  resume(): void {
    if (!this.ended) return;
    this.ended = false;
    // A last line that had no end was taken as it stood: what was appended to it is the rest of it.
    if (this.lastLineOpen) this.scanner.skipRest();
    this.lastLineOpen = false;
  }

  lineOf(record: number): number {
    return this.side.line(record);
  }

  lineCountOf(record: number): number {
    return this.side.lineCount(record);
  }

  recordOfLine(line: number): number {
    return this.side.recordOfLine(line);
  }

  dropBefore(record: number): void {
    this.side.dropBefore(record);
    let n = 0;
    while (n + 1 < this.checkpoints.length && this.checkpoints[n + 1]!.record <= record) n++;
    if (n > 0) this.checkpoints.splice(0, n);
  }

  textOfRecord(): { readonly text: Uint8Array; readonly tokens: readonly TextToken[] } {
    this.tokenizer ??= new TextRecord(this.names);
    const { start, end } = this.taken;
    return { text: this.buffer.slice(start, end), tokens: this.tokenizer.tokensOf(this.buffer, start, end, this.scanner.shape) };
  }

  /** The scanner found a record. */
  private take(b: Uint8Array, start: number, end: number, line: number): boolean {
    const p = this.parser;
    this.taken.start = start;
    this.taken.end = end;
    const offset = this.offset + start - this.from;
    if (offset >= this.nextCheckpoint) {
      this.nextCheckpoint = offset + 65_536;
      this.checkpoints.push({ offset, record: this.records, scan: this.scanner.state, clock: this.clock.state });
    }
    p.parse(b, start, end, this.scanner.shape);
    if (p.kind === RECORD_ERROR) return true;
    if (p.hasTime) {
      this.clock.advance(p.time);
      if (this.firstForm === TIME_NONE) this.firstForm = p.time.form;
      if (p.time.digits > 6) this.digits = 9;
    }
    const r = this.resolution;
    if (p.kind === RECORD_TCP) p.resolve(this.flows, r);
    else r.seqAdd = r.ackAdd = r.bits = 0;
    this.side.add(line, this.scanner.recordLines, r);
    this.records++;
    fillRecord(this.record, p, this.clock, b, start, end, offset);
    this.record.interfaceIndex = p.interfaceName === '' ? 0 : this.addInterface(p.interfaceName);
    return this.sink(this.record);
  }

  private addInterface(name: string): number {
    let index = this.interfaceIndex.get(name);
    if (index === undefined) {
      if (this.interfaces.length >= MAX_INTERFACES) return 0;
      index = this.interfaces.length;
      this.interfaces.push({ name, description: '', linkType: LINKTYPE_TEXT, snapLength: 0, ticksPerSecond: 1e6 });
      this.interfaceIndex.set(name, index);
    }
    return index;
  }

  async recordAt(offset: FileOffset, interfaceIndex: number): Promise<RecordDetail> {
    const found = await this.readAgain(offset);
    found.record.interfaceIndex = interfaceIndex;
    return { record: found.record, comments: [], text: found.text, tokens: found.tokens };
  }

  /** Reads from the checkpoint before `offset` until the record that starts there. */
  private async readAgain(offset: FileOffset): Promise<Found> {
    const point = this.checkpointBefore(offset);
    const again = new RecordAgain(this, offset, point?.record ?? 0);
    let from = point?.offset ?? this.study.start;
    if (point) again.startAt(point.scan, point.clock);
    let bytes: Uint8Array = new Uint8Array(0);
    for (let room = 1 << 17; ; room *= 2) {
      const size = Math.min(room, Math.max(0, this.source.size - from));
      bytes = new Uint8Array(size);
      const n = await this.source.readInto(from, bytes);
      again.startAt(point?.scan ?? null, point?.clock ?? null);
      const found = again.find(bytes.subarray(0, n), from, from + n >= this.source.size || room > offset - from + 4 * LONGEST_RECORD);
      if (found) return found;
      if (n < size || from + n >= this.source.size) break;
    }
    // Not there any more: the text was changed under us. What stands there now is shown as it is.
    from = Math.min(offset, this.source.size);
    const record = new CapturedRecord();
    record.bytes = new Uint8Array(0);
    record.offset = offset;
    record.hasTime = false;
    record.otherProtocol = PROTOCOL_UNKNOWN;
    return { record, text: record.bytes, tokens: [] };
  }

  private checkpointBefore(offset: FileOffset): Checkpoint | null {
    let low = 0;
    let high = this.checkpoints.length - 1;
    let best: Checkpoint | null = null;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const point = this.checkpoints[middle]!;
      if (point.offset <= offset) {
        best = point;
        low = middle + 1;
      } else high = middle - 1;
    }
    return best;
  }

  /** For RecordAgain. */
  resolutionOf(record: number, out: Resolution): void {
    this.side.resolution(record, out);
  }
  get signed(): boolean {
    return this.study.signed;
  }
  get origin(): 'first' | 'previous' {
    return this.study.origin;
  }
}

/** Goes through a piece of the text again up to one record. */
class RecordAgain {
  private readonly parser: TextRecord;
  private scanner: TextScanner;
  private clock = new TextClock();
  private found: Found | null = null;
  private record = 0;
  private base = 0;

  constructor(
    private readonly reader: TextCaptureReader,
    private readonly offset: FileOffset,
    private readonly firstRecord: number,
  ) {
    this.parser = new TextRecord(reader.names);
    this.scanner = this.newScanner();
  }

  private newScanner(): TextScanner {
    const scanner = new TextScanner(this.parser, { record: (b, start, end) => this.take(b, start, end), section: () => undefined });
    scanner.lines.signedTimes = this.reader.signed;
    return scanner;
  }

  startAt(scan: ScanState | null, clock: ClockState | null): void {
    this.scanner = this.newScanner();
    this.clock = new TextClock();
    this.clock.origin = this.reader.origin;
    this.record = this.firstRecord;
    if (scan) this.scanner.state = scan;
    if (clock) this.clock.state = clock;
  }

  find(b: Uint8Array, base: FileOffset, whole: boolean): Found | null {
    this.base = base;
    this.scanner.scan(b, 0, b.length, whole);
    return this.found;
  }

  private take(b: Uint8Array, start: number, end: number): boolean {
    const p = this.parser;
    p.parse(b, start, end, this.scanner.shape);
    if (p.kind === RECORD_ERROR) return true;
    if (p.hasTime) this.clock.advance(p.time);
    const offset = this.base + start;
    if (offset >= this.offset) {
      if (offset > this.offset) return false;
      const tokens = p.tokensOf(b, start, end, this.scanner.shape);
      p.parse(b, start, end, this.scanner.shape);
      const resolution = new Resolution();
      this.reader.resolutionOf(this.record, resolution);
      if (p.kind === RECORD_TCP) p.resolveAgain(resolution);
      const record = new CapturedRecord();
      fillRecord(record, p, this.clock, b, start, end, offset);
      record.bytes = record.bytes.slice(record.start, record.end);
      record.end -= record.start;
      record.start = 0;
      this.found = { record, text: b.slice(start, end), tokens };
      return false;
    }
    this.record++;
    return true;
  }
}

/** Copies what the parser found into the record that goes out. */
function fillRecord(r: CapturedRecord, p: TextRecord, clock: TextClock, b: Uint8Array, start: number, end: number, offset: FileOffset): void {
  const dumped = p.kind === RECORD_BYTES;
  r.bytes = dumped ? p.dump.bytes : b;
  r.start = dumped ? p.dumpStart : start;
  r.end = dumped ? p.dump.length : end;
  r.linkType = dumped ? p.linkType : LINKTYPE_TEXT;
  r.originalLength = p.frameLength;
  r.offset = offset;
  r.textLength = end - start;
  r.hasTime = p.hasTime;
  r.seconds = p.hasTime ? clock.seconds : 0;
  r.nanos = p.hasTime ? clock.nanos : 0;
  r.textSegment = p.kind === RECORD_TCP ? p.segment : null;
  r.otherProtocol = p.kind === RECORD_TCP || dumped ? -1 : p.protocol;
  r.textLabels = p.labels;
  r.fcsLength = 0;
  r.notAPacket = false;
  if (r.textSegment && p.hasTime) r.textSegment.known |= 1; // KNOWN_TIME
}

/** Opens a text of tcpdump or tshark. Throws FormatError (looksLike 'text') when its beginning holds no packet. */
export async function openTextReader(source: ByteSource): Promise<CaptureReader> {
  for (let size = SAMPLE; ; size = LARGEST_SAMPLE) {
    const sample = new Uint8Array(Math.min(size, source.size));
    const n = await source.readInto(0, sample);
    const bytes = sample.subarray(0, n);
    if (!looksLikeText(bytes)) throw new FormatError(t('This is no text.'), 'unknown');
    const study = studySample(bytes, n >= source.size);
    if (study.records > 0) return new TextCaptureReader(source, study);
    if (size >= LARGEST_SAMPLE || n >= source.size) break;
  }
  throw new FormatError(t('No line of this text is a packet as tcpdump or tshark print it.'), 'text');
}

/** Does a file that starts with these bytes hold packets printed by tcpdump or tshark? */
export function looksLikePacketText(firstBytes: Uint8Array): boolean {
  const bytes = firstBytes.subarray(0, SAMPLE);
  return looksLikeText(bytes) && studySample(bytes, true).records > 0;
}
