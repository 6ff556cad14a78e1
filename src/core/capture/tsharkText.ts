import {
  LABEL_ACK_LOST_SEGMENT, LABEL_DUPLICATE_ACK, LABEL_FAST_RETRANSMISSION, LABEL_KEEP_ALIVE, LABEL_KEEP_ALIVE_ACK, LABEL_LOST_SEGMENT, LABEL_OUT_OF_ORDER,
  LABEL_RETRANSMISSION, LABEL_REUSED_PORTS, LABEL_SPURIOUS_RETRANSMISSION, LABEL_WINDOW_FULL, LABEL_WINDOW_UPDATE, LABEL_ZERO_WINDOW, LABEL_ZERO_WINDOW_PROBE,
  LABEL_ZERO_WINDOW_PROBE_ACK,
} from '../analysis/segmentAnalysis';
import {
  PROTOCOL_ARP, PROTOCOL_ESP, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_IGMP, PROTOCOL_IPV4_FRAGMENT, PROTOCOL_IPV6_FRAGMENT, PROTOCOL_LLC, PROTOCOL_SCTP,
  PROTOCOL_STP, PROTOCOL_UDP, PROTOCOL_UNKNOWN, PROTOCOL_WLAN,
} from '../decode/otherTraffic';
import {
  ACK, AE, CWR, ECE, FAMILY_NAME, FIN, HEADER_FULL, KNOWN_ACK, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_OPTIONS, KNOWN_SEQ, OPT_MSS, OPT_SACK,
  OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, PSH, RST, Segment, SYN, URG,
} from '../decode/segment';
import { PARSED_OTHER, PARSED_TCP } from './tcpdumpText';
import { TextEndpoint } from './textAddress';
import { ascii, isDigit, isSpace, matches, TextCursor, textOf } from './textCursor';
import type { TextNames } from './textNames';
import type { TextTokens } from './textTokens';
import { SummaryColumns } from './tsharkTextLine';

const ARROW = Uint8Array.of(0xe2, 0x86, 0x92);
const DASH_ARROW = ascii('->');

/** tshark's notes in the order in which longer ones must be tried first. */
const NOTES: readonly (readonly [string, number])[] = [
  ['TCP ZeroWindowProbeAck', LABEL_ZERO_WINDOW_PROBE_ACK], ['TCP ZeroWindowProbe', LABEL_ZERO_WINDOW_PROBE], ['TCP ZeroWindow', LABEL_ZERO_WINDOW],
  ['TCP Dup ACK', LABEL_DUPLICATE_ACK], ['TCP Keep-Alive ACK', LABEL_KEEP_ALIVE_ACK], ['TCP Keep-Alive', LABEL_KEEP_ALIVE], ['TCP Window Full', LABEL_WINDOW_FULL],
  ['TCP Window Update', LABEL_WINDOW_UPDATE], ['TCP ACKed unseen segment', LABEL_ACK_LOST_SEGMENT], ['TCP ACKed lost segment', LABEL_ACK_LOST_SEGMENT],
  ['TCP Previous segment not captured', LABEL_LOST_SEGMENT], ['TCP Previous segment lost', LABEL_LOST_SEGMENT], ['TCP Out-Of-Order', LABEL_OUT_OF_ORDER],
  ['TCP Spurious Retransmission', LABEL_SPURIOUS_RETRANSMISSION], ['TCP Fast Retransmission', LABEL_FAST_RETRANSMISSION], ['TCP Retransmission', LABEL_RETRANSMISSION],
  ['TCP Port numbers reused', LABEL_REUSED_PORTS],
];

const FLAG_NAMES = Object.entries({ ACK, PSH, SYN, FIN, RST, URG, ECE, ECN: ECE, CWR, AE, NS: AE, AECN: AE, ACE: AE, Reserved: 0 }).map(([name, bit]): readonly [Uint8Array, number] => [ascii(name), bit]);
const NO_FLAGS = ascii('<None>');
const TCP = ascii('TCP');

/** The items of an info text, the commonest first; numbers name the cases of `take`. */
const ITEMS = ['Seq', 'Ack', 'Win', 'Len', 'TSval', 'TSecr', 'SLE', 'SRE', 'MSS', 'WS', 'SACK_PERM', 'Urg', 'TSV', 'TSER'].map(ascii);
const ITEM_NAMES = ['Seq', 'Ack', 'Win', 'Len', 'TSval', 'TSecr', 'SLE', 'SRE', 'MSS', 'WS', 'SACK_PERM', 'Urg', 'TSval', 'TSecr'];

function isLetter(c: number | undefined): boolean {
  return c !== undefined && (c | 0x20) >= 0x61 && (c | 0x20) <= 0x7a;
}

const OTHER: Readonly<Record<string, number>> = {
  UDP: PROTOCOL_UDP, DNS: PROTOCOL_UDP, MDNS: PROTOCOL_UDP, NBNS: PROTOCOL_UDP, DHCP: PROTOCOL_UDP, NTP: PROTOCOL_UDP, SSDP: PROTOCOL_UDP, QUIC: PROTOCOL_UDP, LLMNR: PROTOCOL_UDP,
  ARP: PROTOCOL_ARP, ICMP: PROTOCOL_ICMP, ICMPv6: PROTOCOL_ICMPV6, IGMP: PROTOCOL_IGMP, IGMPv2: PROTOCOL_IGMP, IGMPv3: PROTOCOL_IGMP, SCTP: PROTOCOL_SCTP, ESP: PROTOCOL_ESP,
  IPv4: PROTOCOL_IPV4_FRAGMENT, IPv6: PROTOCOL_IPV6_FRAGMENT, STP: PROTOCOL_STP, LLC: PROTOCOL_LLC, '802.11': PROTOCOL_WLAN,
};

/** Labels named by a note's text without its brackets; 0 for others. */
export function labelOfNote(note: string): number {
  for (const [text, label] of NOTES) if (note.startsWith(text)) return label;
  return 0;
}

/** PROTOCOL_* for tshark's protocol column. */
export function protocolOfColumn(name: string): number {
  return OTHER[name] ?? PROTOCOL_UNKNOWN;
}

/** Reads one-line summaries of tshark and Wireshark. Reused; results are valid until the next `parse`. */
export class TsharkText {
  readonly segment = new Segment();
  readonly columns = new SummaryColumns();
  tokens: TextTokens | null = null;
  protocol = PROTOCOL_UNKNOWN;
  seqShown = false;
  ackShown = false;
  /** Window as printed (tshark multiplies it), -1 when not shown. */
  printedWindow = -1;
  frameLength = 0;
  labels = 0;
  private readonly src = new TextEndpoint();
  private readonly dst = new TextEndpoint();
  private readonly c = new TextCursor();

  constructor(private readonly names: TextNames) {}

  /** Parses b[start, end), a row that SummaryColumns can read. Returns PARSED_*. */
  parse(b: Uint8Array, start: number, end: number): number {
    const { columns: k, segment: s, names, src, dst } = this;
    s.reset();
    this.seqShown = this.ackShown = false;
    this.printedWindow = -1;
    this.frameLength = this.labels = 0;
    this.protocol = PROTOCOL_UNKNOWN;
    if (!k.read(b, start, end)) return 0;
    src.clear();
    dst.clear();
    src.readHost(b, k.srcStart, k.srcEnd, names);
    dst.readHost(b, k.dstStart, k.dstEnd, names);
    if (k.lengthStart >= 0) {
      this.c.set(b, k.lengthStart, k.lengthEnd);
      this.frameLength = Math.min(this.c.number(), 0xffffffff);
    }
    this.addColumnTokens(b);
    const isTcp = k.protocolEnd - k.protocolStart === TCP.length && matches(b, k.protocolStart, k.protocolEnd, TCP);
    if (!isTcp) this.protocol = protocolOfColumn(textOf(b, k.protocolStart, Math.min(k.protocolEnd, k.protocolStart + 24)));
    this.c.set(b, k.infoStart, end);
    return k.srcEnd > k.srcStart && this.readInfo() && this.setEnds(b) ? PARSED_TCP : PARSED_OTHER;
  }

  /** Parses an Info column on its own. False when it is not a TCP segment's. */
  parseInfo(b: Uint8Array, start: number, end: number): boolean {
    this.segment.reset();
    this.seqShown = this.ackShown = false;
    this.printedWindow = -1;
    this.labels = 0;
    this.c.set(b, start, end);
    return this.readInfo();
  }

  private setEnds(b: Uint8Array): boolean {
    const { src, dst, segment: s } = this;
    if (src.family !== dst.family) {
      if (src.family !== FAMILY_NAME) src.asName(b, this.names);
      if (dst.family !== FAMILY_NAME) dst.asName(b, this.names);
    }
    s.family = src.family;
    s.src0 = src.w0;
    s.src1 = src.w1;
    s.src2 = src.w2;
    s.src3 = src.w3;
    s.dst0 = dst.w0;
    s.dst1 = dst.w1;
    s.dst2 = dst.w2;
    s.dst3 = dst.w3;
    s.srcPort = src.port;
    s.dstPort = dst.port;
    return true;
  }

  /** `[notes] 53302 > 9999 [SYN, ACK] Seq=0 Ack=1 ...`. False when it is no such info. */
  private readInfo(): boolean {
    const c = this.c;
    const b = c.bytes;
    this.skipNotes();
    const from = c.p;
    let q = from;
    while (q < c.end && !isSpace(b[q]) && b[q] !== 0xe2) q++;
    let r = q;
    while (r < c.end && isSpace(b[r])) r++;
    const srcStart = from;
    const srcEnd = q;
    let p = -1;
    if (matches(b, r, c.end, ARROW)) p = r + 3;
    else if (matches(b, r, c.end, DASH_ARROW)) p = r + 2;
    else if (b[r] === 0x3e && r > q) p = r + 1;
    if (p < 0 || srcEnd === srcStart) return false;
    while (p < c.end && isSpace(b[p])) p++;
    let e = p;
    while (e < c.end && !isSpace(b[e])) e++;
    const dstStart = p;
    const dstEnd = e;
    while (e < c.end && isSpace(b[e])) e++;
    if (b[e] !== 0x5b || e >= c.end) return false;
    if (!this.src.readPort(b, srcStart, srcEnd, this.names) || !this.dst.readPort(b, dstStart, dstEnd, this.names)) return false;
    c.p = e + 1;
    if (!this.readFlags()) return false;
    this.tokens?.add('srcPort', srcStart, srcEnd, this.src.port, textOf(b, srcStart, srcEnd));
    this.tokens?.add('dstPort', dstStart, dstEnd, this.dst.port, textOf(b, dstStart, dstEnd));
    this.readItems();
    return true;
  }

  /** `[TCP Retransmission] ` and its like, also several in one pair of brackets. */
  private skipNotes(): void {
    const c = this.c;
    const b = c.bytes;
    while (c.peek() === 0x5b) {
      const from = c.p + 1;
      let q = from;
      while (q < c.end && b[q] !== 0x5d) q++;
      if (q >= c.end) return;
      const text = textOf(b, from, Math.min(q, from + 200));
      for (const part of text.split(/, |\] \[/)) this.labels |= labelOfNote(part);
      this.tokens?.add('note', from, q, null, text);
      c.p = q + 1;
      while (c.p < c.end && (b[c.p] === 0x20 || b[c.p] === 0x2c)) c.p++;
    }
  }

  /** `SYN, ACK]`: names with commas between. */
  private readFlags(): boolean {
    const c = this.c;
    const b = c.bytes;
    const start = c.p;
    let flags = 0;
    if (!c.eatWord(NO_FLAGS)) {
      while (c.peek() !== 0x5d) {
        const word = flagAt(b, c.p, c.end);
        if (word < 0) return false;
        flags |= FLAG_NAMES[word]![1];
        c.p += FLAG_NAMES[word]![0].length;
        while (c.p < c.end && (b[c.p] === 0x2c || b[c.p] === 0x20)) c.p++;
      }
    }
    if (!c.eat(0x5d)) return false;
    const s = this.segment;
    s.flags = flags;
    s.known |= KNOWN_FLAGS;
    s.header = HEADER_FULL;
    this.tokens?.add('flags', start, c.p - 1, flags, textOf(b, start, c.p - 1));
    return true;
  }

  private readItems(): void {
    const c = this.c;
    const b = c.bytes;
    const s = this.segment;
    while (c.p < c.end) {
      while (c.p < c.end && isSpace(b[c.p])) c.p++;
      const at = c.p;
      while (c.p < c.end && b[c.p] !== 0x3d && !isSpace(b[c.p])) c.p++;
      const item = itemOf(b, at, c.p);
      if (c.peek() !== 0x3d) {
        if (item === SACK_PERMITTED) {
          s.optionsSeen |= OPT_SACK_PERMITTED;
          this.tokens?.add('option', at, c.p, null, 'sackOK');
        } else if (b[at] === 0x5b) {
          this.tokens?.add('payload', at, c.end);
          break;
        }
        if (c.p === at) c.p++;
        continue;
      }
      c.p++;
      if (item < 0 || !isDigit(b[c.p])) continue;
      const value = c.number();
      if (value <= 0xffffffff) this.take(item, value, at);
    }
    // Since 1.8 or so the summary names every option but padding; without `Win=` it is an older one that names none.
    if (this.printedWindow >= 0 && (s.known & KNOWN_LENGTH) !== 0) s.known |= KNOWN_OPTIONS;
  }

  /** Takes the value of an item of ITEMS. */
  private take(item: number, value: number, at: number): void {
    const s = this.segment;
    const c = this.c;
    switch (item) {
      case 0:
        s.seq = value;
        s.known |= KNOWN_SEQ;
        this.seqShown = true;
        this.tokens?.add('seq', at, c.p, value);
        return;
      case 1:
        s.ack = value;
        if (s.flags & ACK) {
          s.known |= KNOWN_ACK;
          this.ackShown = true;
        }
        this.tokens?.add('ack', at, c.p, value);
        return;
      case 2:
        this.printedWindow = value;
        this.tokens?.add('win', at, c.p, value);
        return;
      case 3:
        s.length = value;
        s.known |= KNOWN_LENGTH;
        this.tokens?.add('length', at, c.p, value);
        return;
      case 11:
        s.urgentPointer = value & 0xffff;
        this.tokens?.add('urg', at, c.p, value);
        return;
      case 4:
      case 12:
        s.tsVal = value;
        s.optionsSeen |= OPT_TIMESTAMPS;
        break;
      case 5:
      case 13:
        s.tsEcr = value;
        break;
      case 6:
        if (s.sackCount < 4) s.sackLeft[s.sackCount] = value;
        break;
      case 7:
        if (s.sackCount < 4) s.sackRight[s.sackCount++] = value;
        s.optionsSeen |= OPT_SACK;
        break;
      case 8:
        s.mss = value & 0xffff;
        s.optionsSeen |= OPT_MSS;
        break;
      case 9:
        // Printed as the factor.
        s.windowScale = value > 0 ? Math.round(Math.log2(value)) : 0;
        s.optionsSeen |= OPT_WINDOW_SCALE;
        break;
      default:
        s.optionsSeen |= OPT_SACK_PERMITTED;
    }
    this.tokens?.add('option', at, c.p, value, ITEM_NAMES[item]);
  }

  private addColumnTokens(b: Uint8Array): void {
    const t = this.tokens;
    if (!t) return;
    const k = this.columns;
    if (k.numberStart >= 0) t.add('number', k.numberStart, k.numberEnd, Number(textOf(b, k.numberStart, k.numberEnd)));
    if (k.timeStart >= 0) t.add('time', k.timeStart, k.timeEnd);
    t.add('srcHost', k.srcStart, k.srcEnd, null, textOf(b, k.srcStart, k.srcEnd));
    t.add('dstHost', k.dstStart, k.dstEnd, null, textOf(b, k.dstStart, k.dstEnd));
    t.add('protocol', k.protocolStart, k.protocolEnd, null, textOf(b, k.protocolStart, k.protocolEnd));
    if (k.lengthStart >= 0) t.add('frameLength', k.lengthStart, k.lengthEnd, this.frameLength);
  }
}

const SACK_PERMITTED = 10;

/** Index in FLAG_NAMES of the word at p, -1 for others. */
function flagAt(b: Uint8Array, p: number, end: number): number {
  for (let i = 0; i < FLAG_NAMES.length; i++) {
    const name = FLAG_NAMES[i]![0];
    if (matches(b, p, end, name) && !isLetter(b[p + name.length])) return i;
  }
  return -1;
}

/** Index in ITEMS of the word b[start, end), -1 for others. */
function itemOf(b: Uint8Array, start: number, end: number): number {
  const length = end - start;
  for (let i = 0; i < ITEMS.length; i++) {
    const word = ITEMS[i]!;
    if (word.length === length && matches(b, start, end, word)) return i;
  }
  return -1;
}
