import type { PacketIndex } from '../bytes/units';
import { MAX_FINDING_PACKETS } from './finding';

/** The packets that a finding rests on: the first MAX_FINDING_PACKETS are kept, all are counted. */
export class PacketList {
  readonly packets: PacketIndex[] = [];
  count = 0;

  /** Takes a packet; those of one frame count once. */
  add(packet: PacketIndex): void {
    if (this.count > 0 && this.packets[this.packets.length - 1] === packet) return;
    this.count++;
    if (this.packets.length < MAX_FINDING_PACKETS) this.packets.push(packet);
  }
}

/** A list of the given packets, in file order, without repetitions and NO_PACKET-like sentinels. */
export function packetList(packets: Iterable<PacketIndex>): PacketList {
  const list = new PacketList();
  for (const packet of [...packets].filter((p) => p < 0xffffffff).sort((a, b) => a - b)) list.add(packet);
  return list;
}
