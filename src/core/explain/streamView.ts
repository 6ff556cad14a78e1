import { seqAdd, seqAfter } from '../bytes/seq';
import { NO_PACKET, UNKNOWN_LENGTH, type Direction, type PacketIndex } from '../bytes/units';
import { DERIVED_SEQ, FIN, KNOWN_SEQ, KNOWN_WINDOW, RST, SYN } from '../decode/segment';
import type { CaptureModel } from '../query/captureModel';
import { META_RELATIVE_ACK, META_RELATIVE_SEQ } from '../table/packetTable';
import { grouped } from './words';

/** How far back a question about earlier packets of the stream looks. */
const LOOK_BACK = 50_000;

/** Looks back from one TCP packet over its stream, in the table's columns alone. */
export class StreamView {
  readonly direction: Direction;
  readonly peer: Direction;
  readonly stream: number;
  private readonly list: Uint32Array;
  private readonly rank: number;

  constructor(
    readonly model: CaptureModel,
    readonly packet: PacketIndex,
  ) {
    const table = model.packets;
    this.stream = table.stream(packet);
    this.direction = table.direction(packet);
    this.peer = this.direction ? 0 : 1;
    this.list = model.streamPackets.of(this.stream);
    this.rank = model.streamPackets.rank(this.stream, packet);
  }

  /** Sequence number after a packet: payload, SYN and FIN counted. */
  end(packet: PacketIndex): number {
    const table = this.model.packets;
    const length = table.payloadLength(packet);
    const flags = table.flags(packet);
    return seqAdd(table.seq(packet), (length === UNKNOWN_LENGTH ? 0 : length) + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0));
  }

  /** The latest packet of a direction before this one that `test` accepts, or NO_PACKET. */
  before(direction: Direction, test: (packet: PacketIndex) => boolean = () => true): PacketIndex {
    const table = this.model.packets;
    for (let i = this.rank - 1, n = 0; i >= 0 && n < LOOK_BACK; i--, n++) {
      const packet = this.list[i]!;
      if (table.direction(packet) === direction && test(packet)) return packet;
    }
    return NO_PACKET;
  }

  /** The packet of a direction before this one that reached furthest: where the next sequence number was expected. NO_PACKET without one. */
  furthest(direction: Direction): PacketIndex {
    const table = this.model.packets;
    let found = NO_PACKET;
    for (let i = this.rank - 1, n = 0; i >= 0 && n < LOOK_BACK; i--, n++) {
      const packet = this.list[i]!;
      if (table.direction(packet) !== direction || table.flags(packet) & RST || !(table.known(packet) & (KNOWN_SEQ | DERIVED_SEQ))) continue;
      if (found === NO_PACKET || !seqAfter(this.end(found), this.end(packet))) found = packet;
    }
    return found;
  }

  /** The capture shows a packet's window: a text may leave it out. */
  readonly showsWindow = (packet: PacketIndex): boolean => (this.model.packets.known(packet) & KNOWN_WINDOW) !== 0;

  /** Window of a packet in bytes. */
  window(packet: PacketIndex): number {
    const table = this.model.packets;
    const scale = table.scale(packet);
    return scale > 0 && !(table.flags(packet) & SYN) ? table.window(packet) * 2 ** scale : table.window(packet);
  }

  /** A sequence number of a direction as the tables show it: relative where that is known. */
  number(direction: Direction, seq: number): string {
    const meta = this.model.packets.meta(this.packet);
    const known = meta & (direction === this.direction ? META_RELATIVE_SEQ : META_RELATIVE_ACK);
    return grouped(known ? (seq - this.model.streams.row(this.stream).baseAt(direction, this.packet)) >>> 0 : seq);
  }
}
