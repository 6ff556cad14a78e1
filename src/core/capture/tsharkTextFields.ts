import { PROTOCOL_UNKNOWN } from '../decode/otherTraffic';
import {
  ACK, HEADER_FULL, KNOWN_ABSOLUTE_ACK, KNOWN_ABSOLUTE_SEQ, KNOWN_ACK, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_OPTIONS, KNOWN_SEQ, KNOWN_WINDOW, OPT_MSS, OPT_TIMESTAMPS,
  OPT_WINDOW_SCALE, Segment,
} from '../decode/segment';
import { PARSED_NOTHING, PARSED_OTHER, PARSED_TCP } from './tcpdumpText';
import { TextEndpoint } from './textAddress';
import { hexDigit, TextCursor, textOf } from './textCursor';
import type { TextNames } from './textNames';
import type { TextTokenKind, TextTokens } from './textTokens';
import { TsharkText } from './tsharkText';

/** Columns of the rows, by Wireshark's field names, and the byte between them. */
export interface FieldsLayout {
  readonly columns: readonly string[];
  readonly separator: number;
}
const NO_LAYOUT: FieldsLayout = { columns: [], separator: 0x09 };

/** Rows of `tshark -T fields -E header=y`: columns as the header row names them. */
export class TsharkFields {
  readonly segment = new Segment();
  tokens: TextTokens | null = null;
  protocol = PROTOCOL_UNKNOWN;
  frameLength = 0;
  timeStart = -1;
  timeEnd = -1;
  /** LABEL_* of the Info column's notes; -1 without one. */
  labels = -1;
  /** The time column is frame.time_epoch. */
  epoch = false;
  /** What the header row said; replaced as a whole, so that it can be kept. */
  layout: FieldsLayout = NO_LAYOUT;
  private readonly c = new TextCursor();
  private readonly src = new TextEndpoint();
  private readonly dst = new TextEndpoint();

  private readonly summary: TsharkText;

  constructor(private readonly names: TextNames) {
    this.summary = new TsharkText(names);
  }

  get ready(): boolean {
    return this.layout.columns.length > 0;
  }

  /** Takes the header row b[start, end). */
  header(b: Uint8Array, start: number, end: number): void {
    const text = textOf(b, start, Math.min(end, start + 65_536)).trim();
    const separator = ['\t', ',', ';', '|'].find((x) => text.includes(x)) ?? '\t';
    this.layout = { separator: separator.charCodeAt(0), columns: text.split(separator).map((name) => name.replace(/^"|"$/g, '')) };
  }

  /** Forgets the header: another kind of text follows. */
  clear(): void {
    this.layout = NO_LAYOUT;
  }

  /** Is b[start, end) a row with as many columns as the header? */
  isRow(b: Uint8Array, start: number, end: number): boolean {
    const { columns, separator } = this.layout;
    let n = 1;
    let quoted = false;
    for (let i = start; i < end; i++) {
      if (b[i] === 0x22) quoted = !quoted;
      else if (b[i] === separator && !quoted) n++;
    }
    return columns.length > 1 && n === columns.length;
  }

  /** Returns PARSED_*. */
  parse(b: Uint8Array, start: number, end: number): number {
    const s = this.segment;
    s.reset();
    this.src.clear();
    this.dst.clear();
    this.frameLength = 0;
    this.timeStart = this.timeEnd = -1;
    this.epoch = false;
    this.labels = -1;
    const { columns, separator } = this.layout;
    let column = 0;
    let p = start;
    while (p <= end && column < columns.length) {
      let q = p;
      let from = p;
      let to: number;
      if (b[p] === 0x22 && p < end) {
        from = ++q;
        while (q < end && b[q] !== 0x22) q++;
        to = q;
        while (q < end && b[q] !== separator) q++;
      } else {
        while (q < end && b[q] !== separator) q++;
        to = q;
      }
      if (to > from) this.value(columns[column]!, b, from, to);
      column++;
      p = q + 1;
    }
    if (column < 2) return PARSED_NOTHING;
    if (this.src.family === 0 || this.src.family !== this.dst.family || this.src.port < 0 || this.dst.port < 0) return PARSED_OTHER;
    if ((s.known & (KNOWN_FLAGS | KNOWN_SEQ | KNOWN_LENGTH)) === 0) return PARSED_OTHER;
    s.family = this.src.family;
    s.src0 = this.src.w0;
    s.src1 = this.src.w1;
    s.src2 = this.src.w2;
    s.src3 = this.src.w3;
    s.dst0 = this.dst.w0;
    s.dst1 = this.dst.w1;
    s.dst2 = this.dst.w2;
    s.dst3 = this.dst.w3;
    s.srcPort = this.src.port;
    s.dstPort = this.dst.port;
    s.header = HEADER_FULL;
    if ((s.flags & ACK) === 0) s.known &= ~(KNOWN_ACK | KNOWN_ABSOLUTE_ACK);
    return PARSED_TCP;
  }

  private value(name: string, b: Uint8Array, from: number, to: number): void {
    const s = this.segment;
    switch (name) {
      case 'frame.time_epoch':
      case 'frame.time_relative':
        if (this.timeStart >= 0 && !name.endsWith('epoch')) return;
        this.timeStart = from;
        this.timeEnd = to;
        this.epoch = name.endsWith('epoch');
        this.token('time', from, to, null);
        return;
      case 'ip.src':
      case 'ipv6.src':
        this.src.readHost(b, from, to, this.names);
        this.token('srcHost', from, to, null);
        return;
      case 'ip.dst':
      case 'ipv6.dst':
        this.dst.readHost(b, from, to, this.names);
        this.token('dstHost', from, to, null);
        return;
      case '_ws.col.Info':
      case '_ws.col.info':
        this.info(b, from, to);
        return;
      default:
    }
    const n = this.number(b, from, to);
    if (n < 0) return;
    switch (name) {
      case 'frame.number':
        this.token('number', from, to, n);
        break;
      case 'frame.len':
        this.frameLength = Math.min(n, 0xffffffff);
        this.token('frameLength', from, to, n);
        break;
      case 'tcp.srcport':
        this.src.port = n <= 0xffff ? n : -1;
        this.token('srcPort', from, to, n);
        break;
      case 'tcp.dstport':
        this.dst.port = n <= 0xffff ? n : -1;
        this.token('dstPort', from, to, n);
        break;
      case 'tcp.seq_raw':
        s.seq = n;
        s.known |= KNOWN_SEQ | KNOWN_ABSOLUTE_SEQ;
        this.token('seq', from, to, n);
        break;
      case 'tcp.seq':
        if (s.known & KNOWN_SEQ) break;
        s.seq = n;
        s.known |= KNOWN_SEQ;
        this.token('seq', from, to, n);
        break;
      case 'tcp.ack_raw':
        s.ack = n;
        s.known |= KNOWN_ACK | KNOWN_ABSOLUTE_ACK;
        this.token('ack', from, to, n);
        break;
      case 'tcp.ack':
        if (s.known & KNOWN_ACK) break;
        s.ack = n;
        s.known |= KNOWN_ACK;
        this.token('ack', from, to, n);
        break;
      case 'tcp.flags':
        s.flags = n & 0xfff;
        s.known |= KNOWN_FLAGS;
        this.token('flags', from, to, n);
        break;
      case 'tcp.window_size_value':
        s.window = n & 0xffff;
        s.known |= KNOWN_WINDOW;
        this.token('win', from, to, n);
        break;
      case 'tcp.len':
        s.length = n;
        s.known |= KNOWN_LENGTH;
        this.token('length', from, to, n);
        break;
      case 'tcp.urgent_pointer':
        s.urgentPointer = n & 0xffff;
        this.token('urg', from, to, n);
        break;
      case 'tcp.hdr_len':
        s.headerLength = n & 0x3f;
        break;
      case 'tcp.options.mss_val':
        s.mss = n & 0xffff;
        s.optionsSeen |= OPT_MSS;
        this.token('option', from, to, n);
        break;
      case 'tcp.options.wscale.shift':
        s.windowScale = n & 0xff;
        s.optionsSeen |= OPT_WINDOW_SCALE;
        this.token('option', from, to, n);
        break;
      case 'tcp.options.timestamp.tsval':
        s.tsVal = n;
        s.optionsSeen |= OPT_TIMESTAMPS;
        this.token('option', from, to, n);
        break;
      case 'tcp.options.timestamp.tsecr':
        s.tsEcr = n;
        this.token('option', from, to, n);
        break;
      default:
    }
  }

  /** The Info column has what a one-line summary has. Columns of their own come first. */
  private info(b: Uint8Array, from: number, to: number): void {
    if (this.segment.known & (KNOWN_FLAGS | KNOWN_SEQ)) return;
    this.summary.tokens = this.tokens;
    if (!this.summary.parseInfo(b, from, to)) return;
    const t = this.summary.segment;
    const s = this.segment;
    s.flags = t.flags;
    s.seq = t.seq;
    s.ack = t.ack;
    s.length = t.length;
    s.urgentPointer = t.urgentPointer;
    s.known |= t.known & (KNOWN_FLAGS | KNOWN_SEQ | KNOWN_ACK | KNOWN_LENGTH | KNOWN_OPTIONS);
    s.optionsSeen = t.optionsSeen;
    s.mss = t.mss;
    s.windowScale = t.windowScale;
    s.tsVal = t.tsVal;
    s.tsEcr = t.tsEcr;
    this.labels = this.summary.labels;
  }

  private token(kind: TextTokenKind, from: number, to: number, value: number | null): void {
    this.tokens?.add(kind, from, to, value);
  }

  /** Decimal or 0x hex; -1 for anything else, and for numbers beyond 32 bits. */
  private number(b: Uint8Array, from: number, to: number): number {
    if (b[from] === 0x30 && (b[from + 1]! | 0x20) === 0x78) {
      let value = 0;
      for (let i = from + 2; i < to && i < from + 10; i++) {
        const d = hexDigit(b[i]);
        if (d < 0) return -1;
        value = value * 16 + d;
      }
      return value;
    }
    this.c.set(b, from, to);
    return this.c.u32();
  }
}
