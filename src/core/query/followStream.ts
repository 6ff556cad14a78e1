import { UNKNOWN_LENGTH, type Direction, type PacketIndex, type StreamIndex } from '../bytes/units';
import { ACK, HEADER_FULL, KNOWN_ACK, KNOWN_SEQ, SYN } from '../decode/segment';
import type { FollowChunk, FollowPage, FollowPageRequest, FollowSide, FollowSummary } from './followApi';
import { META_REASSEMBLED } from '../table/packetTable';
import type { CaptureModel } from './captureModel';
import { CHUNK_CUT, CHUNK_DATA, CHUNK_GAP, FollowIndex } from './followIndex';
import { readRecord, reassemble } from './packetDetail';

/** Most bytes of one page. */
export const LARGEST_FOLLOW_PAGE = 1 << 18;
const CHUNK_KINDS = { [CHUNK_DATA]: 'data', [CHUNK_GAP]: 'gap', [CHUNK_CUT]: 'cut' } as const;
/** Segments between two looks at whether the request still stands. */
const SLICE = 1 << 15;

interface Followed {
  readonly stream: StreamIndex;
  /** Packets of the stream when the index was made: a stream that has grown is followed anew. */
  readonly packets: number;
  readonly index: FollowIndex;
}

/** Reassembled payload of the stream that was asked for last. Throws RangeError for a stream that does not exist. */
export class StreamFollower {
  private followed: Followed | null = null;

  constructor(private readonly model: CaptureModel) {}

  /** Which chunks the stream is made of. */
  async index(stream: StreamIndex, signal: { readonly aborted: boolean }): Promise<FollowIndex> {
    const { model } = this;
    const list = model.streamPackets.of(stream);
    if (this.followed?.stream === stream && this.followed.packets === list.length) return this.followed.index;
    const index = new FollowIndex();
    for (let from = 0; from < list.length && !signal.aborted; from += SLICE) {
      for (let i = from; i < Math.min(list.length, from + SLICE); i++) this.addPacket(index, list[i]!);
      // Lets a cancellation come in.
      await Promise.resolve();
    }
    index.end();
    if (!signal.aborted) this.followed = { stream, packets: list.length, index };
    return index;
  }

  async summary(stream: StreamIndex, signal: { readonly aborted: boolean }): Promise<FollowSummary> {
    const index = await this.index(stream, signal);
    const { client } = this.model.streams.row(stream);
    const side = (d: Direction): FollowSide => ({ bytes: index.bytes[d], missing: index.missing[d], repeated: index.repeated[d], chunks: index.count(d) });
    return { revision: this.model.revision, stream, client: side(client), server: side(client ? 0 : 1), packets: this.model.streamPackets.of(stream).length };
  }

  /** Chunks from a position on, at most about `bytes` of them; chunks are cut at both ends. */
  async page(request: FollowPageRequest, signal: { readonly aborted: boolean }): Promise<FollowPage> {
    const { stream } = request;
    const index = await this.index(stream, signal);
    const { client } = this.model.streams.row(stream);
    const direction: Direction | null = request.side === 'both' ? null : request.side === 'client' ? client : client ? 0 : 1;
    const total = direction === null ? index.bytes[0] + index.bytes[1] : index.bytes[direction];
    const start = Math.max(0, Math.min(total, Math.floor(request.start)));
    const end = Math.min(total, start + Math.max(0, Math.min(LARGEST_FOLLOW_PAGE, Math.floor(request.bytes))));
    const chunks: FollowChunk[] = [];
    for (let n = Math.max(0, index.find(start, direction)); n < index.count(direction) && !signal.aborted; n++) {
      const chunk = index.chunkAt(direction, n);
      const place = index.place(chunk, direction !== null);
      if (place >= end) break;
      const from = Math.max(0, start - place);
      const to = Math.min(index.size(chunk), end - place);
      if (to <= from) continue;
      const kind = index.kind(chunk);
      chunks.push({
        packet: index.packet(chunk),
        side: index.direction(chunk) === client ? 'client' : 'server',
        kind: CHUNK_KINDS[kind],
        position: place + from,
        length: to - from,
        bytes: kind === CHUNK_DATA ? await this.bytes(index.packet(chunk), index.skip(chunk) + from, to - from) : null,
      });
    }
    return { revision: this.model.revision, stream, side: request.side, start, end, total, chunks };
  }

  /** Payload bytes of a packet, read again. */
  async bytes(packet: PacketIndex, skip: number, length: number): Promise<Uint8Array> {
    return (await payloadOf(this.model, packet)).slice(skip, skip + length);
  }

  private addPacket(index: FollowIndex, packet: PacketIndex): void {
    const table = this.model.packets;
    const known = table.known(packet);
    const length = table.payloadLength(packet);
    // A header that is cut or bogus does not tell what its payload is.
    if (table.header(packet) !== HEADER_FULL) return;
    const flags = table.flags(packet);
    index.add({
      packet,
      direction: table.direction(packet),
      seq: known & KNOWN_SEQ ? table.seq(packet) : null,
      ack: flags & ACK && known & KNOWN_ACK ? table.ack(packet) : null,
      syn: (flags & SYN) !== 0,
      length: length === UNKNOWN_LENGTH ? 0 : length,
      captured: capturedPayload(this.model, packet),
    });
  }
}

/** Bytes of payload that the capture has of a packet. */
function capturedPayload(model: CaptureModel, packet: PacketIndex): number {
  const table = model.packets;
  if (table.isText(packet)) return 0;
  const length = table.payloadLength(packet);
  if (length === UNKNOWN_LENGTH) return 0;
  if (table.meta(packet) & META_REASSEMBLED) return length;
  return Math.max(0, Math.min(length, table.capturedLength(packet) - table.tcpOffset(packet) - table.headerLength(packet)));
}

/** The payload of a TCP packet as far as it was captured; empty for a text without a dump. */
export async function payloadOf(model: CaptureModel, packet: PacketIndex): Promise<Uint8Array> {
  const table = model.packets;
  const { record } = await readRecord(model, packet);
  const length = table.payloadLength(packet);
  if (record.textSegment || length === UNKNOWN_LENGTH) return new Uint8Array(0);
  const fragments = table.fragments.get(packet);
  const datagram = table.meta(packet) & META_REASSEMBLED && fragments ? await reassemble(model, fragments) : null;
  const start = (datagram ? 0 : record.start) + table.tcpOffset(packet) + table.headerLength(packet);
  const bytes = datagram ?? record.bytes;
  return bytes.subarray(start, Math.min(start + length, datagram ? datagram.length : record.end));
}
