import type { PacketIndex } from '../bytes/units';

/** SACK blocks (RFC 2018 3) of the packets that carry some: appended in packet order, found by binary search. 8 bytes a packet, 8 a block. */
export class SackColumn {
  private keys = new Uint32Array(0);
  /** Where a packet's blocks begin in `edges`, counted in blocks. */
  private starts = new Uint32Array(0);
  /** Left and right edge of each block, raw sequence numbers. */
  private edges = new Uint32Array(0);
  private count = 0;
  private blocks = 0;

  append(packet: PacketIndex, left: Uint32Array, right: Uint32Array, count: number): void {
    if (count === 0) return;
    if (this.count === this.keys.length) {
      this.keys = grown(this.keys, this.count + 1);
      this.starts = grown(this.starts, this.count + 1);
    }
    if ((this.blocks + count) * 2 > this.edges.length) this.edges = grown(this.edges, (this.blocks + count) * 2);
    this.keys[this.count] = packet;
    this.starts[this.count++] = this.blocks;
    for (let i = 0; i < count; i++) {
      this.edges[this.blocks * 2] = left[i]!;
      this.edges[this.blocks * 2 + 1] = right[i]!;
      this.blocks++;
    }
  }

  /** The edges of a packet's blocks, left and right in turn; empty when it has none. A view: copy what is to be kept. */
  get(packet: PacketIndex): Uint32Array {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const key = this.keys[middle]!;
      if (key === packet) return this.edges.subarray(this.starts[middle]! * 2, (middle + 1 < this.count ? this.starts[middle + 1]! : this.blocks) * 2);
      if (key < packet) low = middle + 1;
      else high = middle - 1;
    }
    return NONE;
  }
}

const NONE = new Uint32Array(0);

function grown(column: Uint32Array, needed: number): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(Math.max(64, needed, column.length + (column.length >> 1)));
  next.set(column);
  return next;
}
