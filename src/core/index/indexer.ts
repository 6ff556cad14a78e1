import { LABEL_DUPLICATE_ACK, type SegmentAnalysis } from '../analysis/segmentAnalysis';
import { NO_PACKET, NO_STREAM, UNKNOWN_LENGTH } from '../bytes/units';
import type { CaptureReader } from '../capture/captureReader';
import { LENGTH_FROM_FRAME, OPT_SACK, type Segment } from '../decode/segment';
import {
  BLOCK_ROWS,
  META_DIRECTION_B,
  META_FRAGMENT,
  META_HEADER_SHIFT,
  META_LENGTH_FROM_FRAME,
  META_MALFORMED,
  META_MORE_HEADERS,
  META_NOT_A_PACKET,
  META_NO_TIME,
  META_OPTIONS_BAD,
  META_REASSEMBLED,
  META_RECORD,
  META_RELATIVE_ACK,
  META_RELATIVE_SEQ,
  META_TCP,
  PacketTable,
  type PacketBlock,
} from '../table/packetTable';
import { StreamTable } from '../table/streamTable';
import { Pipeline, type PipelineOptions, type PipelineRow } from './pipeline';

/** Fills the tables from a reader, slice by slice. */
export class Indexer {
  readonly packets = new PacketTable();
  readonly streams = new StreamTable();
  tcpPackets = 0;
  private readonly pipeline: Pipeline;
  private pauseAt = Infinity;
  private latest = -Infinity;

  constructor(
    readonly reader: CaptureReader,
    options: PipelineOptions,
  ) {
    this.pipeline = new Pipeline(reader, options, this.streams);
  }

  get baseSeconds(): number {
    return this.pipeline.baseSeconds;
  }

  get baseNanos(): number {
    return this.pipeline.baseNanos;
  }

  /** Indexes about `maxBytes` more of the file, and no more than `maxRows` packets. False when there is nothing more to read. */
  read(maxBytes: number, maxRows = Infinity): Promise<boolean> {
    this.pauseAt = this.packets.length + maxRows;
    return this.pipeline.read(this.addRow, maxBytes);
  }

  private readonly addRow = (row: PipelineRow): boolean => {
    const table = this.packets;
    const i = table.length & (BLOCK_ROWS - 1);
    const block = table.append();
    const record = row.record;
    block.offset[i] = record.offset;
    block.time[i] = row.time;
    if (!(row.time >= this.latest)) table.timesAscend = false;
    this.latest = row.time;
    if (row.timeRest !== 0) (block.timeRest ??= new Int16Array(BLOCK_ROWS))[i] = row.timeRest;
    block.capturedLength[i] = record.end - record.start;
    block.originalLength[i] = record.originalLength;
    block.protocol[i] = row.protocol;
    if (record.interfaceIndex !== 0) (block.interfaceIndex ??= new Uint16Array(BLOCK_ROWS))[i] = record.interfaceIndex;
    let meta = 0;
    if (!record.hasTime) meta |= META_NO_TIME;
    if (record.notAPacket) meta |= META_NOT_A_PACKET;
    if (row.fragment) meta |= META_FRAGMENT;
    if (row.malformed) meta |= META_MALFORMED;
    if (row.moreHeaders) meta |= META_MORE_HEADERS;
    if (row.otherStream !== NO_STREAM) table.otherStream.append(row.packet, row.otherStream);
    if (row.segment) this.tcpPackets++;
    // A header cut before the sequence number belongs to no stream.
    if (row.segment && row.analysis.stream !== NO_STREAM) meta |= this.addSegment(block, i, row, row.segment, row.analysis);
    else {
      block.stream[i] = NO_STREAM;
      block.previous[i] = NO_PACKET;
      block.length[i] = UNKNOWN_LENGTH;
    }
    block.meta[i] = meta;
    return table.length < this.pauseAt;
  };

  /** Writes the TCP columns; returns the row's META_* bits. */
  private addSegment(block: PacketBlock, i: number, row: PipelineRow, segment: Segment, analysis: SegmentAnalysis): number {
    const table = this.packets;
    const packet = row.packet;
    block.stream[i] = analysis.stream;
    block.previous[i] = analysis.previousPacket;
    block.seq[i] = segment.seq;
    block.ack[i] = segment.ack;
    block.length[i] = segment.length;
    block.window[i] = segment.window;
    block.flags[i] = segment.flags;
    block.labels[i] = analysis.labels;
    table.setTcpOffset(block, i, packet, segment.tcpOffset);
    block.headerLength[i] = segment.headerLength;
    block.scale[i] = analysis.scale;
    block.completeness[i] = analysis.completeness;
    if (row.record.textLabels >= 0 && row.record.textLabels !== analysis.labels) table.textLabels.append(packet, row.record.textLabels);
    if (row.record.textSegment) (block.known ??= new Uint16Array(BLOCK_ROWS).fill(0xffff))[i] = segment.known;
    if (analysis.bytesInFlight !== 0) {
      (block.bytesInFlight ??= new Uint32Array(BLOCK_ROWS))[i] = analysis.bytesInFlight;
      (block.pushBytes ??= new Uint32Array(BLOCK_ROWS))[i] = analysis.pushBytes;
    }
    if (analysis.acksPacket !== NO_PACKET) (block.acksPacket ??= new Uint32Array(BLOCK_ROWS).fill(NO_PACKET))[i] = analysis.acksPacket;
    if (segment.urgentPointer !== 0) table.urgentPointer.append(packet, segment.urgentPointer);
    if (analysis.labels & LABEL_DUPLICATE_ACK) {
      table.duplicateAckNumber.append(packet, analysis.duplicateAckNumber);
      table.duplicateAckPacket.append(packet, analysis.duplicateAckPacket);
    }
    if (segment.optionsSeen & OPT_SACK) table.sacks.append(packet, segment.sackLeft, segment.sackRight, segment.sackCount);
    if (analysis.rtoPacket !== NO_PACKET) table.rtoPacket.append(packet, analysis.rtoPacket);
    const previous = analysis.previousPacket;
    if (!Number.isNaN(analysis.previousTime) && (previous === NO_PACKET || table.time(previous) !== analysis.previousTime))
      table.notePreviousTime(packet, analysis.previousTime, analysis.previousTimeRest);
    if (row.fragmentPackets) table.fragments.set(packet, [...row.fragmentPackets]);
    let meta = META_TCP | (segment.header << META_HEADER_SHIFT);
    if (analysis.direction) meta |= META_DIRECTION_B;
    if (analysis.relative) meta |= META_RELATIVE_SEQ;
    if (analysis.ackRelative) meta |= META_RELATIVE_ACK;
    if (analysis.hasRecord) meta |= META_RECORD;
    if (segment.reassembled) meta |= META_REASSEMBLED;
    if (segment.optionsBad) meta |= META_OPTIONS_BAD;
    if (segment.lengthFrom === LENGTH_FROM_FRAME) meta |= META_LENGTH_FROM_FRAME;
    return meta;
  }
}
