import { NO_PACKET, type PacketIndex, type StreamIndex } from '../bytes/units';
import type { PacketTable } from '../table/packetTable';
import type { StreamTable } from '../table/streamTable';

/**
 * The packets of one stream in file order, rebuilt from the `previous` links and kept for the streams asked for last.
 * A stream that grows while indexing goes on is extended, not rebuilt.
 */
export class StreamPackets {
  private readonly cache = new Map<StreamIndex, Uint32Array>();
  private static readonly KEEP = 8;

  constructor(
    private readonly packets: PacketTable,
    private readonly streams: StreamTable,
  ) {}

  /** Sorted packet indices. Throws RangeError for a stream that does not exist. */
  of(stream: StreamIndex): Uint32Array {
    const row = this.streams.row(stream);
    const known = this.cache.get(stream);
    const lastKnown = known?.length ? known[known.length - 1]! : NO_PACKET;
    if (known && lastKnown === row.lastPacket) {
      this.cache.delete(stream);
      this.cache.set(stream, known);
      return known;
    }
    const total = row.packets[0] + row.packets[1];
    const list = new Uint32Array(total);
    let n = total;
    for (let p = row.lastPacket; p !== NO_PACKET && p !== lastKnown && n > 0; p = this.packets.previous(p)) list[--n] = p;
    if (known) list.set(known);
    this.cache.delete(stream);
    this.cache.set(stream, list);
    if (this.cache.size > StreamPackets.KEEP) for (const oldest of this.cache.keys()) {
      this.cache.delete(oldest);
      break;
    }
    return list;
  }

  /** 0-based rank of a packet among its stream's packets. */
  rank(stream: StreamIndex, packet: PacketIndex): number {
    return lowerBound(this.of(stream), packet);
  }
}

/** Index of the first entry >= value in a sorted array. */
export function lowerBound(sorted: Uint32Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
