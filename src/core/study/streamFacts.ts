import type { SegmentJudge } from '../analysis/segmentJudge';
import { seqAfter, seqBefore, seqDiff } from '../bytes/seq';
import { NO_PACKET, NO_STREAM, type Direction, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import { ACK, FIN, OPT_MSS, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, RST, SYN } from '../decode/segment';
import { serverLooksLike } from '../stream/direction';
import { EndpointStates, goesToItself } from '../stream/endpointStates';
import { DUPLICATE } from './duplicates';
import type { StudySegment } from './studySegment';

/** The largest window is below 1 GiB. */
const MOST_AHEAD = 0x40000000;

/** What one end of a stream sent, up to now. Copies that the network or the capture made do not count. */
export class EndFacts {
  packets = 0;
  /** Payload bytes, repeated ones included. */
  bytes = 0;
  firstPacket: PacketIndex = NO_PACKET;
  lastPacket: PacketIndex = NO_PACKET;
  firstTime: Nanoseconds = NaN;
  lastTime: Nanoseconds = NaN;
  /** SYNs (with or without ACK): the first one's sequence number, packet, time; how many. */
  syn = NaN;
  synPacket: PacketIndex = NO_PACKET;
  synTime: Nanoseconds = NaN;
  syns = 0;
  /** From its SYN: mss (0: no option), shift (-1: no option), whether SACK and timestamps were offered. */
  mss = 0;
  windowScale = -1;
  sackPermitted = false;
  timestamps = false;
  /** SND.NXT: sequence number after the furthest segment; NaN before one. */
  next = NaN;
  /** SND.UNA: the furthest acknowledgment that the peer sent; NaN before one. */
  acked = NaN;
  /** When and where `acked` last moved. */
  ackedTime: Nanoseconds = NaN;
  ackedPacket: PacketIndex = NO_PACKET;
  /** Last segment with payload. */
  dataPacket: PacketIndex = NO_PACKET;
  dataTime: Nanoseconds = NaN;
  /** FIN: its sequence number, the first one's packet and time, how many. */
  fin = NaN;
  finPacket: PacketIndex = NO_PACKET;
  finTime: Nanoseconds = NaN;
  fins = 0;
  rstPacket: PacketIndex = NO_PACKET;
  rstTime: Nanoseconds = NaN;
  rsts = 0;
  /** Last window in bytes, -1 before one and where the source does not show it; the largest that no SYN carried. */
  window = -1;
  maxWindow = 0;
  /** Timestamp of the last segment in order, NaN before one. */
  timestamp = NaN;
  /** Furthest byte of it that the peer acknowledged selectively, NaN before one. */
  sacked = NaN;
  /** Largest payload that certainly arrived in one segment, and largest since all was acknowledged last. */
  largestArrived = 0;
  largestPending = 0;
  /** Times to live of its segments, RST apart; 0 before one. */
  minTtl = 0;
  maxTtl = 0;
  /** Segments whose checksum was found right, and those left to the network card. */
  goodChecksums = 0;
  offloadedChecksums = 0;
  /** IP ID of the last one. */
  ipId = 0;

  /** The peer acknowledged its FIN. */
  get finAcked(): boolean {
    return !Number.isNaN(this.fin) && !Number.isNaN(this.acked) && seqAfter(this.acked, this.fin);
  }

  /** Bytes sent and not acknowledged, as far as the capture shows. */
  get outstanding(): number {
    return Number.isNaN(this.next) || Number.isNaN(this.acked) || !seqAfter(this.next, this.acked) ? 0 : (this.next - this.acked) >>> 0;
  }
}

/** What is known of a stream up to a segment: detectors share it instead of each gathering it again. About 500 bytes. */
export class StreamFacts {
  stream: StreamIndex = NO_STREAM;
  /** By direction: 0 is endpoint A, the sender of the first segment. */
  readonly ends: readonly [EndFacts, EndFacts] = [new EndFacts(), new EndFacts()];
  readonly states = new EndpointStates();
  firstTime: Nanoseconds = NaN;
  lastTime: Nanoseconds = NaN;
  /** The source shows times (a text may not). */
  timed = false;
  firstPacket: PacketIndex = NO_PACKET;
  lastPacket: PacketIndex = NO_PACKET;
  /** Direction of the client's segments, and how it is known; anything but 'syn' is a guess. */
  client: Direction = 0;
  clientBy: 'syn' | 'port' | 'first' = 'first';
  /** The older stream between the same ports, or NO_STREAM. */
  replaces: StreamIndex = NO_STREAM;
  /** Its facts: they stand still from then on. */
  previous: StreamFacts | null = null;
  /** Both ends are the same address and port: directions mean nothing. */
  selfConnected = false;
  /** The first segment was no SYN. */
  midStream = false;
  /** Smallest time from a segment to its acknowledgment as the capture saw it, by direction of the acknowledged one; NaN before one. */
  readonly minRtt: [Nanoseconds, Nanoseconds] = [NaN, NaN];
  /** tcp.analysis.initial_rtt. */
  initialRtt: Nanoseconds = NaN;
  /** Our judge of the stream's segments: counts, recoveries, where the capture was taken. */
  judge: SegmentJudge | null = null;
  /** OR of all LABEL_* and VERDICT_* bits. */
  labels = 0;
  verdicts = 0;

  get server(): Direction {
    return this.client ? 0 : 1;
  }

  roleOf(direction: Direction): 'client' | 'server' {
    return direction === this.client ? 'client' : 'server';
  }

  get packets(): number {
    return this.ends[0].packets + this.ends[1].packets;
  }

  /** Sets up what the first header of the stream tells (a quoted one may be it). */
  begin(s: StudySegment): void {
    const { segment, analysis, direction } = s;
    this.stream = analysis.stream;
    this.replaces = analysis.replaces;
    this.firstTime = this.lastTime = s.time;
    this.midStream = !(segment.flags & SYN);
    this.selfConnected = goesToItself(segment);
    if (this.selfConnected) this.states.join();
    const looks = serverLooksLike(segment.srcPort, segment.dstPort);
    if (looks === 'unknown') this.client = direction;
    else {
      this.client = (looks === 'src') === (direction === 0) ? 1 : 0;
      this.clientBy = 'port';
    }
  }

  /** Takes in a segment after the detectors have seen it. */
  update(s: StudySegment): void {
    const { segment, analysis, direction, time, packet } = s;
    if (segment.quoted) return;
    if (s.timed) this.timed = true;
    if (this.firstPacket === NO_PACKET) {
      this.firstPacket = packet;
      this.firstTime = time;
    }
    this.lastPacket = packet;
    if (time > this.lastTime) this.lastTime = time;
    this.labels |= analysis.labels;
    this.verdicts |= s.verdict;
    if (s.verdict & DUPLICATE) return;
    const flags = segment.flags;
    const own = this.ends[direction];
    const peer = this.ends[direction ? 0 : 1];
    own.packets++;
    own.bytes += s.length;
    if (s.checksum === 'good') own.goodChecksums++;
    else if (s.checksum === 'offloaded') own.offloadedChecksums++;
    if (own.firstPacket === NO_PACKET) {
      own.firstPacket = packet;
      own.firstTime = time;
    }
    own.lastPacket = packet;
    own.lastTime = time;
    if (s.length > 0) {
      own.largestPending = Math.max(own.largestPending, s.length);
      own.dataPacket = packet;
      own.dataTime = time;
    }
    if (flags & (SYN | FIN | RST)) this.noteFlags(s, own);
    if (!(flags & RST)) {
      own.window = s.hasWindow ? s.window : -1;
      if (s.hasWindow && !(flags & SYN)) own.maxWindow = Math.max(own.maxWindow, s.window);
      if (segment.optionsSeen & OPT_TIMESTAMPS && s.hasSeq && !seqBefore(s.end, own.next) && !seqAfter(own.timestamp, segment.tsVal)) own.timestamp = segment.tsVal;
      if (own.minTtl === 0 || segment.ttl < own.minTtl) own.minTtl = segment.ttl;
      if (segment.ttl > own.maxTtl) own.maxTtl = segment.ttl;
      own.ipId = segment.ipId;
      // Nothing can be sent further ahead than the largest window (RFC 7323 2.3): such a number is no progress.
      if (s.hasSeq && (Number.isNaN(own.next) || (seqAfter(s.end, own.next) && seqDiff(s.end, own.next) < MOST_AHEAD))) own.next = s.end;
    }
    if (s.hasAck && !(flags & RST) && (Number.isNaN(peer.acked) || seqAfter(segment.ack, peer.acked))) {
      peer.acked = segment.ack;
      peer.ackedTime = time;
      peer.ackedPacket = packet;
      if (segment.ack === peer.next) {
        peer.largestArrived = Math.max(peer.largestArrived, peer.largestPending);
        peer.largestPending = 0;
      }
    }
    for (let i = 0; i < segment.sackCount; i++) if (Number.isNaN(peer.sacked) || seqAfter(segment.sackRight[i]!, peer.sacked)) peer.sacked = segment.sackRight[i]!;
    if (analysis.acksPacket !== NO_PACKET && analysis.ackRtt > 0) {
      const d = direction ? 0 : 1;
      if (!(this.minRtt[d] <= analysis.ackRtt)) this.minRtt[d] = analysis.ackRtt;
    }
    if (!Number.isNaN(analysis.initialRtt)) this.initialRtt = analysis.initialRtt;
  }

  private noteFlags(s: StudySegment, own: EndFacts): void {
    const { segment, direction, time, packet } = s;
    if (segment.flags & SYN) {
      if (own.syns++ === 0) {
        own.syn = segment.seq;
        own.synPacket = packet;
        own.synTime = time;
      }
      if (this.clientBy !== 'syn') {
        this.client = segment.flags & ACK ? (direction ? 0 : 1) : direction;
        this.clientBy = 'syn';
      }
      const seen = segment.optionsSeen;
      own.mss = seen & OPT_MSS ? segment.mss : 0;
      own.windowScale = seen & OPT_WINDOW_SCALE ? segment.windowScale : -1;
      own.sackPermitted = (seen & OPT_SACK_PERMITTED) !== 0;
      own.timestamps = (seen & OPT_TIMESTAMPS) !== 0;
    }
    if (segment.flags & FIN && own.fins++ === 0) {
      own.fin = (s.end - 1) >>> 0;
      own.finPacket = packet;
      own.finTime = time;
    }
    if (segment.flags & RST && own.rsts++ === 0) {
      own.rstPacket = packet;
      own.rstTime = time;
    }
  }
}
