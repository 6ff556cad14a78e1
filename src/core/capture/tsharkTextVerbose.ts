import { PROTOCOL_ARP, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_UDP, PROTOCOL_UNKNOWN } from '../decode/otherTraffic';
import {
  ACK, HEADER_FULL, KNOWN_ABSOLUTE_ACK, KNOWN_ABSOLUTE_SEQ, KNOWN_ACK, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_OPTIONS, KNOWN_SEQ, KNOWN_WINDOW,
  OPT_MSS, OPT_SACK, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, Segment,
} from '../decode/segment';
import { PARSED_NOTHING, PARSED_OTHER, PARSED_TCP } from './tcpdumpText';
import { TextEndpoint } from './textAddress';
import { ascii, find, isDigit, isSpace, matches, TextCursor, textOf } from './textCursor';
import type { TextNames } from './textNames';
import type { TextTokens } from './textTokens';
import { labelOfNote } from './tsharkText';

const W = {
  frame: ascii('Frame '),
  bytesOnWire: ascii(' bytes on wire'),
  epoch: ascii('Epoch Time: '),
  epochArrival: ascii('Epoch Arrival Time: '),
  ipv4: ascii('Internet Protocol Version 4'),
  ipv6: ascii('Internet Protocol Version 6'),
  ipOld: ascii('Internet Protocol,'),
  tcp: ascii('Transmission Control Protocol'),
  udp: ascii('User Datagram Protocol'),
  icmp: ascii('Internet Control Message Protocol'),
  arp: ascii('Address Resolution Protocol'),
  src: ascii('Src: '),
  dst: ascii('Dst: '),
  srcPort: ascii('Src Port: '),
  dstPort: ascii('Dst Port: '),
  note: ascii('This frame '),
};

const RELATIVE = ascii('relative');

/** Reads one `Frame N:` block of tshark -V. Reused; results are valid until the next `parse`. */
export class TsharkVerbose {
  readonly segment = new Segment();
  tokens: TextTokens | null = null;
  protocol = PROTOCOL_UNKNOWN;
  frameLength = 0;
  labels = -1;
  timeStart = -1;
  timeEnd = -1;
  private readonly c = new TextCursor();
  private readonly src = new TextEndpoint();
  private readonly dst = new TextEndpoint();
  private sawFrame = false;
  private inTcp = false;
  private hasTcp = false;
  private inIcmp = false;
  private rawSeq = false;
  private rawAck = false;
  private relativeAck = -1;

  constructor(private readonly names: TextNames) {}

  /** Returns PARSED_*. */
  parse(b: Uint8Array, start: number, end: number): number {
    this.reset();
    const s = this.segment;
    let p = start;
    while (p < end) {
      let stop = p;
      while (stop < end && b[stop] !== 0x0a) stop++;
      const lineEnd = stop > p && b[stop - 1] === 0x0d ? stop - 1 : stop;
      let q = p;
      while (q < lineEnd && isSpace(b[q])) q++;
      if (q < lineEnd) {
        if (q === p || (!this.sawFrame && matches(b, q, lineEnd, W.frame))) this.layer(b, q, lineEnd);
        else this.item(b, q, lineEnd);
      }
      p = stop + 1;
    }
    if (!this.sawFrame) return PARSED_NOTHING;
    if (!this.hasTcp || (s.known & (KNOWN_FLAGS | KNOWN_SEQ)) === 0) return PARSED_OTHER;
    if (this.rawSeq) s.known |= KNOWN_ABSOLUTE_SEQ;
    if (this.rawAck) s.known |= KNOWN_ABSOLUTE_ACK;
    if ((s.flags & ACK) === 0) s.known &= ~(KNOWN_ACK | KNOWN_ABSOLUTE_ACK);
    s.known |= KNOWN_OPTIONS;
    s.header = HEADER_FULL;
    return PARSED_TCP;
  }

  private reset(): void {
    this.segment.reset();
    this.protocol = PROTOCOL_UNKNOWN;
    this.frameLength = 0;
    this.labels = -1;
    this.timeStart = this.timeEnd = -1;
    this.inTcp = this.hasTcp = this.inIcmp = this.rawSeq = this.rawAck = false;
    this.src.clear();
    this.dst.clear();
    this.sawFrame = false;
  }

  /** A line at column 0: a protocol layer. */
  private layer(b: Uint8Array, p: number, end: number): void {
    this.inTcp = false;
    if (matches(b, p, end, W.frame)) {
      const at = find(b, p, end, W.bytesOnWire);
      if (at > 0) {
        let d = at;
        while (d > p && isDigit(b[d - 1])) d--;
        this.frameLength = Math.min(this.number(b, d, at), 0xffffffff);
        this.tokens?.add('frameLength', d, at, this.frameLength);
      }
      this.sawFrame = true;
      return;
    }
    if (matches(b, p, end, W.ipv4) || matches(b, p, end, W.ipv6) || matches(b, p, end, W.ipOld)) {
      this.host(b, p, end, W.src, this.src, 'srcHost');
      this.host(b, p, end, W.dst, this.dst, 'dstHost');
    } else if (matches(b, p, end, W.tcp)) this.tcp(b, p, end);
    else if (matches(b, p, end, W.udp)) this.protocol = PROTOCOL_UDP;
    else if (matches(b, p, end, W.icmp)) {
      this.inIcmp = true;
      this.protocol = b[p + W.icmp.length] === 0x20 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP;
    } else if (matches(b, p, end, W.arp)) this.protocol = PROTOCOL_ARP;
  }

  private tcp(b: Uint8Array, p: number, end: number): void {
    if (this.inIcmp) return;
    const src = this.port(b, p, end, W.srcPort, 'srcPort');
    const dst = this.port(b, p, end, W.dstPort, 'dstPort');
    if (src < 0 || dst < 0 || this.src.family !== this.dst.family || this.src.family === 0) return;
    const s = this.segment;
    s.reset();
    this.inTcp = this.hasTcp = true;
    this.rawSeq = this.rawAck = false;
    this.relativeAck = -1;
    this.labels = 0;
    s.family = this.src.family;
    s.src0 = this.src.w0;
    s.src1 = this.src.w1;
    s.src2 = this.src.w2;
    s.src3 = this.src.w3;
    s.dst0 = this.dst.w0;
    s.dst1 = this.dst.w1;
    s.dst2 = this.dst.w2;
    s.dst3 = this.dst.w3;
    s.srcPort = src;
    s.dstPort = dst;
    s.headerLength = 20;
  }

  /** `Src: 10.0.0.1` or `Src: name (10.0.0.1)` or `Src: 10.0.0.1 (10.0.0.1)`. */
  private host(b: Uint8Array, p: number, end: number, word: Uint8Array, to: TextEndpoint, kind: 'srcHost' | 'dstHost'): void {
    const at = find(b, p, end, word);
    if (at < 0) return;
    let start = at + word.length;
    let stop = start;
    while (stop < end && b[stop] !== 0x2c && !isSpace(b[stop])) stop++;
    if (b[stop] === 0x20 && b[stop + 1] === 0x28) {
      start = stop + 2;
      stop = start;
      while (stop < end && b[stop] !== 0x29) stop++;
    }
    to.clear();
    to.readHost(b, start, stop, this.names);
    this.tokens?.add(kind, start, stop, null, textOf(b, start, stop));
  }

  /** `Src Port: 36444`, `Src Port: http (80)`. */
  private port(b: Uint8Array, p: number, end: number, word: Uint8Array, kind: 'srcPort' | 'dstPort'): number {
    const at = find(b, p, end, word);
    if (at < 0) return -1;
    let start = at + word.length;
    if (!isDigit(b[start])) {
      while (start < end && b[start] !== 0x28 && b[start] !== 0x2c) start++;
      start++;
    }
    this.c.set(b, start, end);
    const value = this.c.number();
    if (value >= 0 && value <= 0xffff) this.tokens?.add(kind, start, this.c.p, value, textOf(b, start, this.c.p));
    return value <= 0xffff ? value : -1;
  }

  /** An indented line: `Name: value` of the current layer. */
  private item(b: Uint8Array, p: number, end: number): void {
    if (this.timeStart < 0 && (matches(b, p, end, W.epoch) || matches(b, p, end, W.epochArrival))) {
      this.timeStart = p + (b[p + 6] === 0x41 ? W.epochArrival.length : W.epoch.length);
      this.timeEnd = this.timeStart;
      while (this.timeEnd < end && !isSpace(b[this.timeEnd])) this.timeEnd++;
      this.tokens?.add('time', this.timeStart, this.timeEnd);
      return;
    }
    if (!this.inTcp) return;
    let colon = p;
    while (colon < end && b[colon] !== 0x3a && colon - p < 60) colon++;
    const name = textOf(b, p, colon);
    let v = colon + 1;
    while (v < end && isSpace(b[v])) v++;
    const s = this.segment;
    switch (name) {
      case 'Sequence Number (raw)':
      case 'Sequence number (raw)':
        this.setSeq(b, v, end, true);
        break;
      case 'Sequence Number':
      case 'Sequence number':
        if (!this.rawSeq) this.setSeq(b, v, end, find(b, v, end, RELATIVE) < 0);
        break;
      case 'Acknowledgment number (raw)':
      case 'Acknowledgment Number (raw)':
        this.setAck(b, v, end, true);
        break;
      case 'Acknowledgment Number':
      case 'Acknowledgment number':
        if (find(b, v, end, RELATIVE) >= 0) this.relativeAck = this.u32(b, v, end);
        if (!this.rawAck) this.setAck(b, v, end, this.relativeAck < 0);
        break;
      case 'Flags':
        s.flags = Number.parseInt(textOf(b, v, Math.min(end, v + 6)), 16) & 0xfff;
        s.known |= KNOWN_FLAGS;
        this.tokens?.add('flags', v, end, s.flags);
        break;
      case 'Window':
      case 'Window size value':
        s.window = Math.min(this.number(b, v, end), 0xffff);
        s.known |= KNOWN_WINDOW;
        this.tokens?.add('win', v, end, s.window);
        break;
      case 'Urgent Pointer':
      case 'Urgent pointer':
        s.urgentPointer = Math.min(this.number(b, v, end), 0xffff);
        break;
      case '[TCP Segment Len':
        this.setLength(b, v, end);
        break;
      case 'MSS Value':
        this.option(OPT_MSS, 'mss', v, end, (s.mss = this.number(b, v, end) & 0xffff));
        break;
      case 'Shift count':
        this.option(OPT_WINDOW_SCALE, 'wscale', v, end, (s.windowScale = this.number(b, v, end) & 0xff));
        break;
      case 'Timestamp value':
        this.option(OPT_TIMESTAMPS, 'TS', v, end, (s.tsVal = this.u32(b, v, end)));
        break;
      case 'Timestamp echo reply':
        this.option(OPT_TIMESTAMPS, 'TS', v, end, (s.tsEcr = this.u32(b, v, end)));
        break;
      case 'TCP Option - SACK permitted':
      case 'TCP SACK Permitted Option':
        this.option(OPT_SACK_PERMITTED, 'sackOK', p, end, null);
        break;
      default:
        this.rest(b, p, v, end, name);
    }
  }

  private rest(b: Uint8Array, p: number, v: number, end: number, name: string): void {
    const s = this.segment;
    if (name.endsWith('= Header Length') || name === 'Header Length' || name === 'Header length') s.headerLength = Math.min(this.number(b, v, end), 60);
    else if (name === 'TCP Option - SACK permitted' || name.startsWith('TCP Option - SACK perm')) this.option(OPT_SACK_PERMITTED, 'sackOK', p, end, null);
    else if (name.startsWith('left edge = ')) this.edge(b, p + 12, end, true);
    else if (name.startsWith('right edge = ')) this.edge(b, p + 13, end, false);
    else if (name.startsWith('[Expert Info')) {
      const note = find(b, p, end, W.note);
      if (note >= 0) {
        const text = textOf(b, note, Math.min(end, note + 120));
        for (const [words, label] of EXPERT) if (text.includes(words)) this.labels |= labelOfNote(label);
        this.tokens?.add('note', p, end, null, text);
      } else {
        for (const [words, label] of EXPERT_OTHER) if (find(b, p, end, ascii(words)) >= 0) this.labels |= labelOfNote(label);
      }
    }
  }

  private setSeq(b: Uint8Array, v: number, end: number, raw: boolean): void {
    this.segment.seq = this.u32(b, v, end);
    this.segment.known |= KNOWN_SEQ;
    this.rawSeq = raw;
    this.tokens?.add('seq', v, end, this.segment.seq);
  }

  private setAck(b: Uint8Array, v: number, end: number, raw: boolean): void {
    this.segment.ack = this.u32(b, v, end);
    this.segment.known |= KNOWN_ACK;
    this.rawAck = raw;
    this.tokens?.add('ack', v, end, this.segment.ack);
  }

  private setLength(b: Uint8Array, v: number, end: number): void {
    this.segment.length = this.u32(b, v, end);
    this.segment.known |= KNOWN_LENGTH;
    this.tokens?.add('length', v, end, this.segment.length);
  }

  private option(bit: number, name: string, v: number, end: number, value: number | null): void {
    this.segment.optionsSeen |= bit;
    this.tokens?.add('option', v, end, value, name);
  }

  /** `left edge = 1449 (relative)`: counts from what the relative acknowledgment number counts from. */
  private edge(b: Uint8Array, v: number, end: number, left: boolean): void {
    const s = this.segment;
    if (s.sackCount >= 4) return;
    const base = find(b, v, end, RELATIVE) >= 0 && this.rawAck && this.relativeAck >= 0 ? s.ack - this.relativeAck : 0;
    const value = (this.u32(b, v, end) + base) >>> 0;
    if (left) s.sackLeft[s.sackCount] = value;
    else s.sackRight[s.sackCount++] = value;
    s.optionsSeen |= OPT_SACK;
  }

  private number(b: Uint8Array, at: number, end: number): number {
    this.c.set(b, at, end);
    return Math.max(0, this.c.number());
  }

  private u32(b: Uint8Array, at: number, end: number): number {
    return Math.min(this.number(b, at, end), 0xffffffff);
  }
}

/** tshark's expert notes on a TCP segment, and the summary note with the same meaning. */
const EXPERT: readonly (readonly [string, string])[] = [
  ['(suspected) spurious retransmission', 'TCP Spurious Retransmission'], ['(suspected) fast retransmission', 'TCP Fast Retransmission'],
  ['(suspected) retransmission', 'TCP Retransmission'], ['(suspected) out-of-order', 'TCP Out-Of-Order'],
];
const EXPERT_OTHER: readonly (readonly [string, string])[] = [
  ['Duplicate ACK', 'TCP Dup ACK'], ['Previous segment', 'TCP Previous segment not captured'], ['ACKed segment that', 'TCP ACKed unseen segment'],
  ['TCP keep-alive segment', 'TCP Keep-Alive'], ['ACK to a TCP keep-alive', 'TCP Keep-Alive ACK'], ['TCP window update', 'TCP Window Update'],
  ['TCP window specified by the receiver is now completely full', 'TCP Window Full'], ['TCP Zero Window segment', 'TCP ZeroWindow'],
  ['TCP Zero Window Probe', 'TCP ZeroWindowProbe'], ['ACK to a TCP Zero Window Probe', 'TCP ZeroWindowProbeAck'], ['port number was reused', 'TCP Port numbers reused'],
  ['port numbers reused', 'TCP Port numbers reused'],
];
