import type { PacketIndex } from '../bytes/units';
import { MAX_FINDING_PACKETS } from './finding';

const NONE: readonly PacketIndex[] = [];

/** The packets that a finding rests on: the first MAX_FINDING_PACKETS are kept, all are counted. */
export class PacketList {
  private list: PacketIndex[] | null = null;
  count = 0;

  get packets(): readonly PacketIndex[] {
    return this.list ?? NONE;
  }

  /** Takes a packet; those of one frame count once. */
  add(packet: PacketIndex): void {
    const list = (this.list ??= []);
    if (list[list.length - 1] === packet) return;
    this.count++;
    if (list.length < MAX_FINDING_PACKETS) list.push(packet);
  }

  /** Takes a packet out of turn: the lowest are kept. One that comes again must not be given again, unless it is among those kept. */
  addAnywhere(packet: PacketIndex): void {
    const list = (this.list ??= []);
    let at = list.length;
    while (at > 0 && list[at - 1]! > packet) at--;
    if (at > 0 && list[at - 1] === packet) return;
    this.count++;
    if (at === MAX_FINDING_PACKETS) return;
    list.splice(at, 0, packet);
    if (list.length > MAX_FINDING_PACKETS) list.pop();
  }

  clear(): void {
    this.list = null;
    this.count = 0;
  }
}

/** A list of the given packets, in file order, without repetitions and NO_PACKET-like sentinels. */
export function packetList(packets: Iterable<PacketIndex>): PacketList {
  const list = new PacketList();
  for (const packet of [...packets].filter((p) => p < 0xffffffff).sort((a, b) => a - b)) list.add(packet);
  return list;
}
