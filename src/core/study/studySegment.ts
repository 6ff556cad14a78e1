import type { SegmentAnalysis } from '../analysis/segmentAnalysis';
import type { UnshownProbe } from '../analysis/unshownProbes';
import { seqAdd } from '../bytes/seq';
import { verifyTransport, type ChecksumState } from '../decode/coldChecksum';
import { UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, DERIVED_SEQ, FIN, HEADER_FIXED, KNOWN_ACK, KNOWN_SEQ, KNOWN_WINDOW, LENGTH_FROM_IP, SYN, type Segment } from '../decode/segment';
import type { PipelineRow } from '../index/pipeline';

/** One TCP header as a study sees it. A reused object: copy what is to be kept. */
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
  /** The source shows the window. */
  hasWindow = true;
  /** Window in bytes, scaled as far as the shift is known; means nothing without `hasWindow`. */
  window = 0;
  segment!: Segment;
  analysis!: SegmentAnalysis;
  /** The frame that it came in: captured bytes, datagram put together from fragments. */
  row!: PipelineRow;
  frameLength = 0;
  capturedLength = 0;
  /** VERDICT_* bits known when the segment was seen. */
  verdict = 0;
  /** The probe of the other side that this segment shows to be one, by answering it. */
  unshownProbe: UnshownProbe | null = null;
  private verified: ChecksumState | null = null;

  /** Whether the checksum is right, as far as the captured bytes tell; looked at once, when asked for. */
  get checksum(): ChecksumState {
    return (this.verified ??= this.verify());
  }

  private verify(): ChecksumState {
    const { segment: g, row } = this;
    const { record, datagram } = row;
    // With a length that the IP header does not tell, padding would be summed up too.
    if (g.quoted || record.textSegment || g.length === UNKNOWN_LENGTH || g.header < HEADER_FIXED || g.lengthFrom !== LENGTH_FROM_IP) return 'incomplete';
    const bytes = datagram ?? record.bytes;
    const at = (datagram ? 0 : record.start) + g.tcpOffset;
    const span = { buffer: 0, bytes, at, captured: datagram ? datagram.length : record.end, wire: at + g.headerLength + g.length, partial: false };
    return verifyTransport(span, { family: g.family, src: [g.src0, g.src1, g.src2, g.src3], dst: [g.dst0, g.dst1, g.dst2, g.dst3] }, 6, 16).state;
  }

  take(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex, time: Nanoseconds, frameLength: number, row: PipelineRow): void {
    this.packet = packet;
    this.time = time;
    this.direction = analysis.direction;
    this.length = segment.length === UNKNOWN_LENGTH ? 0 : segment.length;
    this.end = seqAdd(segment.seq, this.length + (segment.flags & SYN ? 1 : 0) + (segment.flags & FIN ? 1 : 0));
    this.hasSeq = (segment.known & (KNOWN_SEQ | DERIVED_SEQ)) !== 0;
    this.hasAck = (segment.flags & ACK) !== 0 && (segment.known & KNOWN_ACK) !== 0;
    this.hasWindow = (segment.known & KNOWN_WINDOW) !== 0;
    this.window = analysis.scale > 0 && !(segment.flags & SYN) ? segment.window * 2 ** analysis.scale : segment.window;
    this.segment = segment;
    this.analysis = analysis;
    this.row = row;
    this.frameLength = frameLength;
    this.capturedLength = row.record.end - row.record.start;
    this.verdict = 0;
    this.unshownProbe = null;
    this.verified = null;
  }
}
