import type { PacketIndex } from '../bytes/units';

/** Values that few packets have: sorted (packet, value) pairs, appended in packet order, found by binary search. */
export class SparseColumn {
  private keys = new Uint32Array(0);
  private values = new Float64Array(0);
  private count = 0;

  get length(): number {
    return this.count;
  }

  append(packet: PacketIndex, value: number): void {
    if (this.count === this.keys.length) {
      const capacity = Math.max(64, this.count + (this.count >> 1));
      const keys = new Uint32Array(capacity);
      keys.set(this.keys);
      this.keys = keys;
      const values = new Float64Array(capacity);
      values.set(this.values);
      this.values = values;
    }
    this.keys[this.count] = packet;
    this.values[this.count++] = value;
  }

  get(packet: PacketIndex, absent: number): number {
    let low = 0;
    let high = this.count - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const key = this.keys[middle]!;
      if (key === packet) return this.values[middle]!;
      if (key < packet) low = middle + 1;
      else high = middle - 1;
    }
    return absent;
  }

  /** Forgets everything before `packet` (a reader that streams keeps memory flat this way). */
  dropBefore(packet: PacketIndex): void {
    let n = 0;
    while (n < this.count && this.keys[n]! < packet) n++;
    if (n === 0) return;
    this.keys.copyWithin(0, n, this.count);
    this.values.copyWithin(0, n, this.count);
    this.count -= n;
  }
}
