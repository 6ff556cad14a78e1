import type { SegmentAnalysis } from '../analysis/segmentAnalysis';
import type { UnshownProbe } from '../analysis/unshownProbes';
import { seqAdd } from '../bytes/seq';
import { verifyTransport, type ChecksumState } from '../decode/coldChecksum';
import { NO_PACKET, NO_STREAM, UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, DERIVED_SEQ, FIN, HEADER_BOGUS, HEADER_FIXED, KNOWN_ACK, KNOWN_SEQ, KNOWN_TIME, KNOWN_WINDOW, LENGTH_FROM_IP, Segment, SYN } from '../decode/segment';
import type { PipelineRow } from '../index/pipeline';

/** What a study needs of the tracker's word on a segment. */
export type StudyAnalysis = Pick<SegmentAnalysis, 'stream' | 'newStream' | 'replaces' | 'scale' | 'labels' | 'acksPacket' | 'ackRtt' | 'initialRtt'>;

/**
 * One TCP header as a study sees it. It holds copies, and may be looked at after the pipeline has gone on; whoever filled it fills it
 * again some time: copy what is to be kept.
 */
export class StudySegment {
  packet: PacketIndex = 0;
  time: Nanoseconds = 0;
  /** 0: sent by endpoint A of the stream. */
  direction: Direction = 0;
  /** tcp.len, 0 where it cannot be told. */
  length = 0;
  /** Sequence number after the segment; SYN and FIN count one each (RFC 9293 3.4). */
  end = 0;
  /** `seq` and `end` mean something: the source shows the number, or it could be carried on. */
  hasSeq = true;
  /** The ACK flag is set and the source shows the number. */
  hasAck = true;
  /** The source shows when it was captured. */
  timed = true;
  /** The source shows the window. */
  hasWindow = true;
  /** Window in bytes, scaled as far as the shift is known; means nothing without `hasWindow`. */
  window = 0;
  /** All but the places of its bytes. */
  readonly segment = new Segment();
  readonly analysis: { -readonly [K in keyof StudyAnalysis]: StudyAnalysis[K] } = { stream: NO_STREAM, newStream: false, replaces: NO_STREAM, scale: 0, labels: 0, acksPacket: NO_PACKET, ackRtt: NaN, initialRtt: NaN };
  interfaceIndex = 0;
  hostName: PipelineRow['hostName'] = noName;
  /** Whether the checksum is right, as far as the captured bytes tell. */
  checksum: ChecksumState = 'incomplete';
  /** VERDICT_* bits known when the segment was seen. */
  verdict = 0;
  /** The probe of the other side that this segment shows to be one, by answering it. */
  unshownProbe: UnshownProbe | null = null;

  take(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex, time: Nanoseconds, row: PipelineRow): void {
    this.packet = packet;
    this.time = time;
    this.direction = analysis.direction;
    this.length = segment.length === UNKNOWN_LENGTH ? 0 : segment.length;
    this.end = seqAdd(segment.seq, this.length + (segment.flags & SYN ? 1 : 0) + (segment.flags & FIN ? 1 : 0));
    this.hasSeq = (segment.known & (KNOWN_SEQ | DERIVED_SEQ)) !== 0;
    this.hasAck = (segment.flags & ACK) !== 0 && (segment.known & KNOWN_ACK) !== 0;
    this.timed = row.record.hasTime;
    this.hasWindow = (segment.known & KNOWN_WINDOW) !== 0;
    this.window = analysis.scale > 0 && !(segment.flags & SYN) ? segment.window * 2 ** analysis.scale : segment.window;
    this.segment.assign(segment);
    if (segment.header === HEADER_BOGUS) this.drop();
    const own = this.analysis;
    own.stream = analysis.stream;
    own.newStream = analysis.newStream;
    own.replaces = analysis.replaces;
    own.scale = analysis.scale;
    own.labels = analysis.labels;
    own.acksPacket = analysis.acksPacket;
    own.ackRtt = analysis.ackRtt;
    own.initialRtt = analysis.initialRtt;
    this.interfaceIndex = row.record.interfaceIndex;
    this.hostName = row.hostName;
    this.checksum = checksumOf(segment, row);
    this.verdict = 0;
    this.unshownProbe = null;
  }

  /** Its receiver throws it away: what it says counts for nothing. */
  private drop(): void {
    this.length = 0;
    this.end = this.segment.seq;
    this.hasSeq = this.hasAck = this.hasWindow = false;
    this.segment.flags = 0;
    this.segment.known &= KNOWN_TIME;
  }
}

function noName(id: number): string {
  return `host#${id}`;
}

function checksumOf(g: Segment, { record, datagram }: PipelineRow): ChecksumState {
  // With a length that the IP header does not tell, padding would be summed up too.
  if (g.quoted || record.textSegment || g.length === UNKNOWN_LENGTH || g.header < HEADER_FIXED || g.lengthFrom !== LENGTH_FROM_IP) return 'incomplete';
  const end = datagram ? datagram.length : record.end;
  const at = (datagram ? 0 : record.start) + g.tcpOffset;
  const wire = at + g.headerLength + g.length;
  if (wire > end) return 'incomplete';
  const span = { buffer: 0, bytes: datagram ?? record.bytes, at, captured: end, wire, partial: false };
  return verifyTransport(span, { family: g.family, src: [g.src0, g.src1, g.src2, g.src3], dst: [g.dst0, g.dst1, g.dst2, g.dst3] }, 6, 16).state;
}
