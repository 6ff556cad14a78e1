import { SegmentAnalysis } from '../analysis/segmentAnalysis';
import { MAX_EXACT, timeRest } from '../bytes/farTime';
import { NANOS_PER_SECOND, NO_STREAM, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import type { CapturedRecord, CaptureReader } from '../capture/captureReader';
import { FrameDecoder } from '../decode/frameDecoder';
import { PROTOCOL_NOT_A_PACKET, PROTOCOL_TCP } from '../decode/otherTraffic';
import type { Segment } from '../decode/segment';
import { TcpTracker } from '../stream/tcpTracker';

export interface PipelineOptions {
  readonly splitStreamsBy: readonly ('vlan' | 'tunnel')[];
}

/** One frame as it leaves the pipeline. A reused object: valid during the call only. */
export interface PipelineRow {
  readonly packet: PacketIndex;
  readonly time: Nanoseconds;
  /** What rounding took from `time`, 0 within 104 days of the base (farTime.ts). */
  readonly timeRest: number;
  readonly record: CapturedRecord;
  /** The innermost TCP header, or null for other traffic. */
  readonly segment: Segment | null;
  /** What the tracker says of `segment`; meaningless when it is null. */
  readonly analysis: SegmentAnalysis;
  readonly protocol: number;
  readonly fragment: boolean;
  readonly malformed: boolean;
  /** The frame holds IP or TCP headers beside those of `segment`: outer ones of a tunnel, quoted ones, those of further packets. */
  readonly moreHeaders: boolean;
  /** Stream of the last TCP header beside the row's (quoted in an ICMP error, for example), or NO_STREAM. */
  readonly otherStream: StreamIndex;
  /** The bytes that the segment's offsets refer to, when it was reassembled from fragments. */
  readonly datagram: Uint8Array | null;
  readonly fragmentPackets: readonly PacketIndex[] | null;
  /** Name behind an interned host id of a text capture (FAMILY_NAME). */
  readonly hostName: (id: number) => string;
}

/** Sees each TCP header with its analysis, quoted ones included, before the row that holds it. Of `row`, `segment` is not set yet. */
export interface SegmentObserver {
  observe(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex, time: Nanoseconds, frameLength: number, row: PipelineRow): void;
}

/** Takes a row; returns false to pause reading after it. */
export type RowSink = (row: PipelineRow) => boolean;

/**
 * The way of a record: reader -> decoder -> tracker -> row, one pass, in file order. The engine writes rows into tables,
 * the CLI prints them; neither keeps the other waiting for what it does not need.
 */
export class Pipeline {
  private readonly decoder: FrameDecoder;
  private readonly tracker = new TcpTracker();
  private readonly splits: boolean;
  private readonly analysis = new SegmentAnalysis();
  private readonly row: { -readonly [K in keyof PipelineRow]: PipelineRow[K] };
  private packets = 0;
  /** Time base: the first record that has a time. */
  baseSeconds = 0;
  baseNanos = 0;
  private hasBase = false;
  private sink: RowSink = () => true;

  constructor(
    readonly reader: CaptureReader,
    options: PipelineOptions,
    private readonly observer: SegmentObserver | null,
  ) {
    this.splits = options.splitStreamsBy.length > 0;
    this.decoder = new FrameDecoder({
      keepVlanApart: options.splitStreamsBy.includes('vlan'),
      keepTunnelsApart: options.splitStreamsBy.includes('tunnel'),
    });
    this.row = {
      packet: 0,
      time: NaN,
      timeRest: 0,
      record: null as unknown as CapturedRecord,
      segment: null,
      analysis: this.analysis,
      protocol: 0,
      fragment: false,
      malformed: false,
      moreHeaders: false,
      otherStream: NO_STREAM,
      datagram: null,
      fragmentPackets: null,
      hostName: (id) => reader.info.hostName?.(id) ?? `host#${id}`,
    };
  }

  /** Records read so far. */
  get records(): number {
    return this.packets;
  }

  /** tcp.completeness of a stream as far as the capture has been read. */
  completeness(stream: StreamIndex): number {
    return this.tracker.completeness(stream);
  }

  /** Reads about `maxBytes` of the file and hands on its rows. False when there is nothing more to read. */
  read(sink: RowSink, maxBytes: number): Promise<boolean> {
    this.sink = sink;
    return this.reader.read(this.takeRecord, maxBytes);
  }

  private readonly takeRecord = (record: CapturedRecord): boolean => {
    const packet = this.packets++;
    if (!this.hasBase && record.hasTime) {
      this.hasBase = true;
      this.baseSeconds = record.seconds;
      this.baseNanos = record.nanos;
      this.tracker.epoch = -(record.seconds * NANOS_PER_SECOND + record.nanos);
      this.tracker.epochRest = timeRest(-record.seconds, -record.nanos, this.tracker.epoch);
    }
    const time = record.hasTime ? (record.seconds - this.baseSeconds) * NANOS_PER_SECOND + (record.nanos - this.baseNanos) : 0;
    const row = this.row;
    row.packet = packet;
    row.time = time;
    row.timeRest = time > MAX_EXACT || time < -MAX_EXACT ? timeRest(record.seconds - this.baseSeconds, record.nanos - this.baseNanos, time) : 0;
    row.record = record;
    row.segment = null;
    row.fragment = row.malformed = row.moreHeaders = false;
    row.datagram = row.fragmentPackets = null;
    row.otherStream = NO_STREAM;
    if (record.notAPacket) row.protocol = PROTOCOL_NOT_A_PACKET;
    else if (record.textSegment) {
      row.protocol = PROTOCOL_TCP;
      this.observe(record.textSegment, row, true);
    } else if (record.otherProtocol >= 0) row.protocol = record.otherProtocol;
    else this.decode(record, row);
    return this.sink(row);
  };

  private decode(record: CapturedRecord, row: { -readonly [K in keyof PipelineRow]: PipelineRow[K] }): void {
    const decoder = this.decoder;
    decoder.decode(record, row.packet);
    row.protocol = decoder.protocol;
    row.fragment = decoder.fragment;
    row.malformed = decoder.malformed;
    row.moreHeaders = decoder.moreHeaders;
    row.datagram = decoder.datagram;
    row.fragmentPackets = decoder.fragmentPackets;
    const count = decoder.count;
    const chosen = decoder.row;
    // The row's own header is observed last, so that `analysis` is still its own when the row goes out;
    // a header quoted or wrapped around it comes before it on the wire anyway.
    for (let i = 0; i < count; i++) if (i !== chosen) this.observe(decoder.segments[i]!, row, false);
    if (chosen >= 0) this.observe(decoder.segments[chosen]!, row, true);
  }

  private observe(segment: Segment, row: { -readonly [K in keyof PipelineRow]: PipelineRow[K] }, isRow: boolean): void {
    this.tracker.observe(segment, row.packet, row.time, this.analysis, this.splits && !row.record.textSegment ? this.decoder.outerKey : 0, row.timeRest);
    if (isRow && TcpTracker.readsPayload(segment) && !row.record.textSegment) this.observePayload(segment, row);
    this.observer?.observe(segment, this.analysis, row.packet, row.time, row.record.originalLength, row);
    if (isRow) row.segment = segment;
    else row.otherStream = this.analysis.stream;
  }

  /** FTP control channels announce connections: the tracker reads them. */
  private observePayload(segment: Segment, row: PipelineRow): void {
    const { record, datagram } = row;
    const from = datagram ? 0 : record.start;
    const start = from + segment.tcpOffset + segment.headerLength;
    const end = Math.min(start + segment.length, datagram ? datagram.length : record.end);
    if (start < end) this.tracker.observePayload(segment, this.analysis, datagram ?? record.bytes, start, end);
  }
}
