import { SegmentAnalysis } from '../../../../src/core/analysis/segmentAnalysis';
import { ACK, FAMILY_IPV4, FIN, HEADER_FULL, KNOWN_ALL, OPT_MPTCP, OPT_SACK, OPT_WINDOW_SCALE, PSH, RST, Segment, SYN } from '../../../../src/core/decode/segment';
import { TcpTracker } from '../../../../src/core/stream/tcpTracker';

const FLAG_BITS: Readonly<Record<string, number>> = { F: FIN, S: SYN, R: RST, P: PSH, A: ACK };

/** One segment in short: flags as letters, numbers absolute, `ms` milliseconds since the capture's start. */
export interface Packet {
  readonly from: 'c' | 's';
  readonly flags: string;
  readonly ms: number;
  readonly seq: number;
  readonly ack?: number;
  readonly len?: number;
  readonly win?: number;
  readonly shift?: number;
  readonly sack?: readonly (readonly [number, number])[];
  readonly mptcp?: number;
  readonly clientPort?: number;
}

/** Fills a segment as the decoder would from a complete IPv4 packet between client 10.0.0.1 and server 10.0.0.2:9999. */
export function fill(s: Segment, p: Packet): Segment {
  s.reset();
  const port = p.clientPort ?? 40000;
  const toServer = p.from === 'c';
  s.family = FAMILY_IPV4;
  s.src3 = toServer ? 0x0a000001 : 0x0a000002;
  s.dst3 = toServer ? 0x0a000002 : 0x0a000001;
  s.srcPort = toServer ? port : 9999;
  s.dstPort = toServer ? 9999 : port;
  for (const letter of p.flags) s.flags |= FLAG_BITS[letter] ?? 0;
  s.seq = p.seq >>> 0;
  s.ack = (p.ack ?? 0) >>> 0;
  s.length = p.len ?? 0;
  s.window = p.win ?? 1000;
  s.headerLength = 20;
  s.header = HEADER_FULL;
  s.known = KNOWN_ALL;
  if (p.shift !== undefined) {
    s.optionsSeen |= OPT_WINDOW_SCALE;
    s.windowScale = p.shift;
  }
  if (p.sack) {
    s.optionsSeen |= OPT_SACK;
    s.sackCount = p.sack.length;
    p.sack.forEach(([left, right], i) => {
      s.sackLeft[i] = left;
      s.sackRight[i] = right;
    });
  }
  if (p.mptcp !== undefined) {
    s.optionsSeen |= OPT_MPTCP;
    s.mptcpSubtypes = p.mptcp;
  }
  return s;
}

/** Feeds a tracker packet by packet and keeps a copy of what it said of each. Frames count from 1, as in Wireshark. */
export class Conversation {
  readonly tracker = new TcpTracker();
  readonly said: SegmentAnalysis[] = [];
  private readonly segment = new Segment();

  /** `change` may spoil the segment before it is handed over. */
  add(p: Packet, change?: (s: Segment) => void): SegmentAnalysis {
    const out = new SegmentAnalysis();
    fill(this.segment, p);
    change?.(this.segment);
    this.tracker.observe(this.segment, this.said.length, Math.round(p.ms * 1e6), out);
    this.said.push(out);
    return out;
  }

  /**
   * Packets as lines "client|server FLAGS ms seq ack length window", numbers relative to ISNs 1000 and 500000.
   * Wireshark's "Seq=1" is 1 here too.
   */
  lines(text: string): readonly SegmentAnalysis[] {
    for (const line of text.trim().split('\n')) {
      const [from, flags, ms, seq, ack, len, win] = line.trim().split(/\s+/);
      const own = from === 'c' ? 1000 : 500_000;
      const peer = from === 'c' ? 500_000 : 1000;
      this.add({ from: from === 'c' ? 'c' : 's', flags: flags!, ms: Number(ms), seq: own + Number(seq), ack: ack === '-' ? 0 : peer + Number(ack), len: Number(len), win: Number(win) });
    }
    return this.said;
  }
}
