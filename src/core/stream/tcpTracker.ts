import { clearAnalysis, SequenceAnalysis, SequenceInput } from '../analysis/sequenceAnalysis';
import {
  LABEL_KEEP_ALIVE,
  LABEL_OUT_OF_ORDER,
  LABEL_RETRANSMISSION,
  LABEL_REUSED_PORTS,
  SCALE_UNKNOWN,
  SCALE_UNUSED,
  type SegmentAnalysis,
} from '../analysis/segmentAnalysis';
import { MAX_EXACT } from '../bytes/farTime';
import { seqAdd, seqDiff } from '../bytes/seq';
import { NO_PACKET, NO_STREAM, UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import {
  ACK,
  DERIVED_SEQ,
  FIN,
  HEADER_BOGUS,
  HEADER_FIXED,
  HEADER_FULL,
  HEADER_PORTS,
  KNOWN_ABSOLUTE_ACK,
  KNOWN_ABSOLUTE_SEQ,
  KNOWN_ACK,
  KNOWN_SEQ,
  KNOWN_WINDOW,
  OPT_MPTCP,
  OPT_SACK,
  OPT_WINDOW_SCALE,
  RST,
  SYN,
  type Segment,
} from '../decode/segment';
import { FarClock } from './farClock';
import { FTP_CONTROL_PORT, FtpAnnouncements } from './ftpAnnouncements';
import { MptcpConnections } from './mptcpConnections';
import { StreamKeys } from './streamKeys';
import {
  BASE,
  BITS,
  COMPLETENESS,
  FLOW_BASE_KNOWN,
  FLOW_FIRST_ACK,
  FLOW_MPTCP_KEY,
  FLOW_WORDS,
  FLOWS,
  INITIAL_RTT,
  LATEST_ROW,
  LATEST_TIME,
  MAX_ACKABLE,
  MPTCP,
  NEXT,
  ROW_BEFORE,
  SACK_BYTES,
  SCALE,
  SCALE_OFFSET,
  START_TIME,
  StreamStates,
  SYN_TIME,
  timesOf,
  UNACKED,
  WINDOW,
  wordsOf,
  type StreamBlock,
} from './streamState';
import { UnackedPool } from './unackedPool';

/** Bits of tcp.completeness. */
const SEEN_SYN = 1;
const SEEN_SYN_ACK = 2;
const SEEN_ACK = 4;
const SEEN_DATA = 8;
const SEEN_FIN = 16;
const SEEN_RST = 32;

/** Larger window shifts count as this one (RFC 7323 2.3). */
const MAX_SHIFT = 14;
/** SACK blocks that count against bytes in flight. */
const SACK_BLOCKS = 3;

/** MPTCP subtype 0 as a set. */
const MP_CAPABLE = 0b1;

export interface TcpTrackerOptions {
  /** The capture-relative time that is second 0 of the epoch: a SYN then starts no round-trip clock, as in tshark. */
  readonly epoch?: Nanoseconds;
}

/**
 * Numbers TCP streams and says of each segment what tshark 4.0 says in one pass (tcp-analysis sections 3 to 11).
 * Fed with every TCP header in processing order, those quoted in ICMP errors included (`segment.quoted`: unknown length).
 * About 260 bytes a stream, and 20 bytes more per unacknowledged segment. Never throws on a segment's contents.
 */
export class TcpTracker {
  /** See TcpTrackerOptions; may be set once the capture's time base is known, with what rounding took from it. */
  epoch: Nanoseconds;
  epochRest = 0;
  private readonly keys = new StreamKeys();
  private readonly states = new StreamStates();
  private readonly unacked = new UnackedPool();
  private readonly analysis = new SequenceAnalysis(this.unacked);
  private readonly mptcp = new MptcpConnections();
  private readonly ftp = new FtpAnnouncements();
  private readonly input = new SequenceInput();

  /** There once a time was more than 104 days from the base. */
  private far: FarClock | null = null;
  /** The present header was captured at second 0 of the epoch. */
  private atEpoch = false;

  constructor(options: TcpTrackerOptions = {}) {
    this.epoch = options.epoch ?? NaN;
  }

  /** Streams so far. */
  get streams(): number {
    return this.keys.length;
  }

  /** tcp.completeness of a stream, all of its segments counted. */
  completeness(stream: StreamIndex): number {
    return this.states.block(stream).words[wordsOf(stream) + COMPLETENESS]!;
  }

  /**
   * Takes in one header and fills all of `out`. `time` counts from the capture's base, `rest` is what rounding took from it
   * (farTime.ts). Segments with different `outerKey` (VLAN, tunnel) never share a stream; 0 for tshark's way, which looks at the
   * innermost addresses and ports only.
   */
  observe(segment: Segment, packet: PacketIndex, time: Nanoseconds, out: SegmentAnalysis, outerKey = 0, rest = 0): void {
    clearAnalysis(out);
    if (segment.header === HEADER_PORTS) {
      out.stream = NO_STREAM;
      out.direction = 0;
      out.scale = SCALE_UNKNOWN;
      out.previousTime = NaN;
      out.streamTime = time;
      out.streamTimeRest = rest;
      out.previousPacket = NO_PACKET;
      return;
    }
    let stream = this.keys.find(segment, outerKey);
    const { flags } = segment;
    // Whether tcp.completeness counts the way it does for the first packet of an unknown pair of endpoints.
    let first = false;
    if (stream < 0) {
      stream = this.keys.add(segment, outerKey);
      this.states.create(stream, time);
      out.newStream = true;
      first = !this.ftp.take(segment);
    } else if (flags & SYN && this.applySynRules(segment, stream, out)) {
      out.replaces = stream;
      stream = this.keys.renew(segment, outerKey);
      this.states.create(stream, time);
      out.newStream = true;
      this.states.block(stream).words[wordsOf(stream) + COMPLETENESS] = SEEN_SYN;
    }
    const direction: Direction = this.keys.direction;
    const block = this.states.block(stream);
    const w = block.words;
    const s = wordsOf(stream);
    const own = s + FLOWS + direction * FLOW_WORDS;
    const peer = s + FLOWS + (1 - direction) * FLOW_WORDS;
    out.stream = stream;
    out.direction = direction;
    out.completeness = w[s + COMPLETENESS]!;
    w[own + SACK_BYTES] = 0;
    const t = timesOf(stream);
    this.atEpoch = time === this.epoch && rest === this.epochRest;
    if (this.far !== null || time > MAX_EXACT || time < -MAX_EXACT) time = this.noteFar(segment, block, s, t, stream, packet, time, rest, out);
    else this.noteTime(segment, block, s, t, packet, time, out);

    const measured = !segment.quoted && segment.length !== UNKNOWN_LENGTH && numbersShown(segment);
    const length = measured ? segment.length : 0;
    if (measured) this.analyze(segment, block, s, own, peer, t, packet, time, out);
    out.scale = w[own + SCALE]! - SCALE_OFFSET;
    const display = segment.header !== HEADER_BOGUS && this.finishHeader(segment, block, s, own, peer, t, time, first, length, out);
    const rtt = block.times[t + INITIAL_RTT]!;
    out.initialRtt = rtt;
    if (!display) {
      out.hasRecord = false;
      out.labels = 0;
    }
  }

  /**
   * Looks for announcements of FTP data connections in the payload `bytes[start, end)` of a segment that was just observed;
   * to be called for segments of port 21 with captured payload (`readsPayload`).
   */
  observePayload(segment: Segment, analysis: SegmentAnalysis, bytes: Uint8Array, start: number, end: number): void {
    // A payload that is or may be a repetition is not read twice.
    if (segment.quoted || analysis.labels & (LABEL_RETRANSMISSION | LABEL_OUT_OF_ORDER | LABEL_KEEP_ALIVE)) return;
    this.ftp.read(segment, bytes, start, end);
  }

  /** Whether `observePayload` wants to see this segment's payload. */
  static readsPayload(segment: Segment): boolean {
    return (segment.srcPort === FTP_CONTROL_PORT || segment.dstPort === FTP_CONTROL_PORT) && segment.header === HEADER_FULL && segment.length > 0 && segment.length !== UNKNOWN_LENGTH;
  }

  /** Section 4: a SYN on a stream whose initial sequence number is known. True when it starts a new stream. */
  private applySynRules(segment: Segment, stream: StreamIndex, out: SegmentAnalysis): boolean {
    const w = this.states.block(stream).words;
    const own = wordsOf(stream) + FLOWS + this.keys.direction * FLOW_WORDS;
    if (!(w[own + BITS]! & FLOW_BASE_KNOWN) || !(segment.known & KNOWN_SEQ)) return false;
    const same = w[own + BASE] === segment.seq;
    if (segment.flags & ACK) {
      if (!same) {
        w[own + BASE] = segment.seq;
        out.labels |= LABEL_REUSED_PORTS;
        out.hasRecord = true;
      }
      return false;
    }
    out.hasRecord = true;
    if (same) {
      w[own + NEXT] = w[own + MAX_ACKABLE]!;
      return false;
    }
    out.labels |= LABEL_REUSED_PORTS;
    return true;
  }

  /** Section 5. Quoted headers count as the stream's previous ones in time, but are no rows. */
  private noteTime(segment: Segment, block: StreamBlock, s: number, t: number, packet: PacketIndex, time: Nanoseconds, out: SegmentAnalysis): void {
    const w = block.words;
    const times = block.times;
    out.streamTime = times[t + START_TIME]!;
    out.previousTime = times[t + LATEST_TIME]!;
    times[t + LATEST_TIME] = time;
    // Two headers of one frame in one stream: the row must not become its own predecessor.
    const latest = w[s + LATEST_ROW]!;
    out.previousPacket = latest === packet ? w[s + ROW_BEFORE]! : latest;
    if (!segment.quoted && latest !== packet) {
      w[s + ROW_BEFORE] = latest;
      w[s + LATEST_ROW] = packet;
    }
  }

  /** The same where times may be more than 104 days from the capture's base. Returns the time as the stream counts it. */
  private noteFar(segment: Segment, block: StreamBlock, s: number, t: number, stream: StreamIndex, packet: PacketIndex, time: Nanoseconds, rest: number, out: SegmentAnalysis): Nanoseconds {
    const far = (this.far ??= new FarClock());
    out.previousTimeRest = out.streamTimeRest = 0;
    if (!far.takes(stream, time)) {
      this.noteTime(segment, block, s, t, packet, time, out);
      return time;
    }
    const { times } = block;
    const local = far.local(stream, out.newStream, time, rest, times[t + START_TIME]!, times[t + LATEST_TIME]!);
    if (far.moved !== 0) {
      this.states.moveTimes(stream, far.moved);
      for (const flow of [s + FLOWS, s + FLOWS + FLOW_WORDS]) this.unacked.moveTimes(block.words[flow + UNACKED]!, far.moved);
    }
    if (out.newStream) times[t + START_TIME] = local;
    this.noteTime(segment, block, s, t, packet, local, out);
    far.tell(stream, time, rest, out);
    return local;
  }

  /** Step 6: base numbers, analysis, relative numbers. */
  private analyze(segment: Segment, block: StreamBlock, s: number, own: number, peer: number, t: number, packet: PacketIndex, time: Nanoseconds, out: SegmentAnalysis): void {
    const w = block.words;
    const { seq, ack, flags } = segment;
    if (!(w[own + BITS]! & FLOW_BASE_KNOWN)) {
      // A number that is not absolute is printed relative to the connection's start already, which the text may lack.
      w[own + BASE] = !(segment.known & KNOWN_ABSOLUTE_SEQ) ? 0 : flags & SYN ? seq : seqAdd(seq, -1);
      w[own + BITS]! |= FLOW_BASE_KNOWN;
    }
    if (flags & ACK && !(w[peer + BITS]! & FLOW_BASE_KNOWN)) {
      w[peer + BASE] = segment.known & KNOWN_ABSOLUTE_ACK ? seqAdd(ack, -1) : 0;
      w[peer + BITS]! |= FLOW_BASE_KNOWN;
    }
    out.relative = true;
    out.seqBase = w[own + BASE]!;
    out.ackRelative = (w[peer + BITS]! & FLOW_BASE_KNOWN) !== 0;
    out.ackBase = out.ackRelative ? w[peer + BASE]! : 0;
    const i = this.input;
    i.block = block;
    i.own = own;
    i.peer = peer;
    i.time0 = t;
    i.direction = this.keys.direction;
    i.seq = seq;
    i.ack = ack;
    i.flags = flags;
    i.window = segment.known & KNOWN_WINDOW ? segment.window : w[own + WINDOW]!;
    i.length = segment.length;
    i.carriedOn = !(segment.known & KNOWN_SEQ) && segment.sackCount === 0;
    i.packet = packet;
    i.now = time;
    const connection = w[s + MPTCP]!;
    i.mptcp = connection === 0 ? -1 : this.mptcp.seen(connection - 1);
    this.analysis.analyze(i, out);
  }

  /** Steps 8 to 16 of section 3. False when the header was not captured, or is not read, to its end: nothing is displayed then. */
  private finishHeader(
    segment: Segment, block: StreamBlock, s: number, own: number, peer: number, t: number, time: Nanoseconds, first: boolean, length: number, out: SegmentAnalysis,
  ): boolean {
    const w = block.words;
    const times = block.times;
    const { flags, header } = segment;
    const syn = (flags & SYN) !== 0;
    const ack = (flags & ACK) !== 0;
    if (!first) w[s + COMPLETENESS]! |= completenessOf(flags, length);
    else if (syn && !ack) w[s + COMPLETENESS] = length > 0 ? SEEN_SYN | SEEN_DATA : SEEN_SYN;
    if (syn) {
      w[own + BITS]! |= FLOW_FIRST_ACK;
      if (!ack) times[t + SYN_TIME] = this.atEpoch ? NaN : time;
    } else if (ack) {
      if (Number.isNaN(times[t + INITIAL_RTT]!)) this.measureHandshake(times, t, time);
      w[own + BITS]! &= ~FLOW_FIRST_ACK;
    }
    if (header < HEADER_FIXED) return false;
    if (segment.optionsSeen !== 0 && !this.applyOptions(segment, w, s, own, out)) return false;
    if (header !== HEADER_FULL) return false;
    if (syn) {
      if (w[own + SCALE] === SCALE_OFFSET + SCALE_UNKNOWN) w[own + SCALE] = w[peer + SCALE] = SCALE_OFFSET + SCALE_UNUSED;
      else if (ack && w[peer + SCALE] === SCALE_OFFSET + SCALE_UNUSED) w[own + SCALE] = SCALE_OFFSET + SCALE_UNUSED;
    }
    return true;
  }

  /** Section 8.2. */
  private measureHandshake(times: Float64Array, t: number, time: Nanoseconds): void {
    const rtt = time - times[t + SYN_TIME]!;
    if (rtt !== 0 && !Number.isNaN(rtt)) times[t + INITIAL_RTT] = rtt;
  }

  /** Step 14. False where tshark's own reading of the options ends in an exception. */
  private applyOptions(segment: Segment, w: Uint32Array, s: number, own: number, out: SegmentAnalysis): boolean {
    const seen = segment.optionsSeen;
    if (seen & OPT_WINDOW_SCALE) w[own + SCALE] = Math.min(segment.windowScale, MAX_SHIFT) + SCALE_OFFSET;
    if (seen & OPT_MPTCP) this.noteMptcp(segment, w, s, own);
    if (seen & OPT_SACK) {
      let covered = 0;
      for (let i = 0; i < segment.sackCount && i < SACK_BLOCKS; i++) covered = seqAdd(covered, seqDiff(segment.sackRight[i]!, segment.sackLeft[i]!));
      w[own + SACK_BYTES] = covered;
      // Section 11.2: without a whole block the D-SACK test compares the ACK with a byte range that is not there.
      if (segment.sackCount === 0 && out.relative) {
        const ack = out.ackRelative && segment.flags & ACK ? seqDiff(segment.ack, out.ackBase) : segment.ack;
        if (ack <= 0x80000000) return false;
      }
    }
    return true;
  }

  /** Section 11.3. An MP_CAPABLE without a key (version 1, SYN) does not make the stream a subflow yet. */
  private noteMptcp(segment: Segment, w: Uint32Array, s: number, own: number): void {
    let connection = w[s + MPTCP]! - 1;
    const hasKey = segment.mptcpKeyHigh !== 0 || segment.mptcpKeyLow !== 0;
    if (segment.mptcpToken !== 0) connection = this.mptcp.join(segment.mptcpToken, connection);
    else if (connection < 0) {
      if (!hasKey && segment.mptcpSubtypes === MP_CAPABLE) return;
      connection = this.mptcp.create();
    }
    w[s + MPTCP] = connection + 1;
    if (hasKey && !(w[own + BITS]! & FLOW_MPTCP_KEY)) {
      w[own + BITS]! |= FLOW_MPTCP_KEY;
      this.mptcp.addKey(connection, segment.mptcpKeyHigh, segment.mptcpKeyLow);
    }
    this.mptcp.note(connection, segment.mptcpSubtypes);
  }
}

/** A text capture may leave numbers out; without them there is nothing to analyse. */
function numbersShown(segment: Segment): boolean {
  return (segment.known & (KNOWN_SEQ | DERIVED_SEQ)) !== 0 && (!(segment.flags & ACK) || (segment.known & KNOWN_ACK) !== 0);
}

/** Section 10: what a segment that is not the stream's first adds. */
function completenessOf(flags: number, length: number): number {
  let bits = flags & RST ? SEEN_RST : 0;
  if (flags & ACK) {
    if (flags & SYN) bits |= SEEN_SYN_ACK;
    else bits |= length > 0 ? SEEN_DATA : SEEN_ACK;
    if (flags & FIN) bits |= SEEN_FIN;
  }
  return bits;
}
