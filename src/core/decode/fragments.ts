import type { PacketIndex } from '../bytes/units';

/** Bounds of what waits for its missing fragments; the oldest sets go first. Bytes count with an overhead per fragment. */
const MAX_SETS = 2048;
const MAX_BYTES = 16 << 20;
const MAX_PARTS = 10_000;
const OVERHEAD = 128;
/** A fragment may itself have come in many packets: each is noted. */
const PACKET_COST = 8;
/** No datagram is longer than the last fragment offset (13 bits of 8 bytes) plus one IP payload. */
const MAX_DATAGRAM = 65_528 + 65_535;

/** The fragments of one datagram, sorted by offset; equal offsets in order of arrival. */
class FragmentSet {
  readonly offsets: number[] = [];
  readonly parts: Uint8Array[] = [];
  readonly packets: PacketIndex[] = [];
  /** Bytes present without a gap from the start. */
  covered = 0;
  /** Length of the whole, told by the first "last" fragment; -1 before. */
  length = -1;
  cost = 0;

  insert(offset: number, part: Uint8Array): void {
    let i = this.offsets.length;
    while (i > 0 && this.offsets[i - 1]! > offset) i--;
    this.offsets.splice(i, 0, offset);
    this.parts.splice(i, 0, part);
    const end = offset + part.length;
    if (offset > this.covered || end <= this.covered) return;
    this.covered = end;
    for (let k = i + 1; k < this.offsets.length && this.offsets[k]! <= this.covered; k++) {
      this.covered = Math.max(this.covered, this.offsets[k]! + this.parts[k]!.length);
    }
  }

  get complete(): boolean {
    return this.length >= 0 && this.covered >= this.length;
  }

  /** The payload behind `headerLength` free bytes. Where fragments overlap the one with the lower offset, then the earlier one, counts. */
  join(headerLength: number): Uint8Array {
    const out = new Uint8Array(headerLength + this.length);
    let done = 0;
    for (let i = 0; i < this.parts.length && done < this.length; i++) {
      const offset = this.offsets[i]!;
      const part = this.parts[i]!;
      const end = Math.min(offset + part.length, this.length);
      if (end <= done) continue;
      out.set(part.subarray(done - offset, end - offset), headerLength + done);
      done = end;
    }
    return out;
  }
}

/** A datagram that is whole: `bytes` has room for its header in front. */
export interface WholeDatagram {
  readonly bytes: Uint8Array;
  /** Packets that brought its fragments, in order of arrival. */
  readonly packets: readonly PacketIndex[];
}

/** Fragments that wait for the rest of their datagram (RFC 791 3.2, RFC 8200 4.5), within bounded memory and without a time limit. */
export class FragmentStore {
  /** In order of the first fragment's arrival, so that the oldest is evicted first. */
  private readonly sets = new Map<string, FragmentSet>();
  private cost = 0;

  /**
   * Adds payload bytes `b[start, end)` that belong at `offset`; `more` when they are not the last ones. `packets` brought
   * them. Returns the datagram when it is whole now, with `headerLength` bytes left free in front of it, else null.
   */
  add(key: string, b: Uint8Array, start: number, end: number, offset: number, more: boolean, packets: readonly PacketIndex[], headerLength: number): WholeDatagram | null {
    const length = end - start;
    if (offset + length > MAX_DATAGRAM) return null;
    let set = this.sets.get(key);
    if (!set) {
      set = new FragmentSet();
      this.sets.set(key, set);
    }
    if (set.parts.length >= MAX_PARTS) {
      this.drop(key, set);
      return null;
    }
    set.insert(offset, b.slice(start, end));
    const noted = set.packets.length;
    for (const packet of packets) if (set.packets.at(-1) !== packet) set.packets.push(packet);
    const cost = length + OVERHEAD + (set.packets.length - noted) * PACKET_COST;
    set.cost += cost;
    this.cost += cost;
    if (!more && set.length < 0) set.length = offset + length;
    if (set.complete) {
      this.drop(key, set);
      return { bytes: set.join(headerLength), packets: set.packets };
    }
    this.evict();
    return null;
  }

  /**
   * Adds a fragment that has a number instead of an offset (802.11). Only fragments in order are taken: a repeated one is
   * ignored, a gap loses the datagram.
   */
  addNumbered(key: string, b: Uint8Array, start: number, end: number, number: number, more: boolean, packets: readonly PacketIndex[]): WholeDatagram | null {
    const set = this.sets.get(key);
    const count = set ? set.parts.length : 0;
    if (number < count) return null;
    if (number > count) {
      if (set) this.drop(key, set);
      return null;
    }
    return this.add(key, b, start, end, set ? set.covered : 0, more, packets, 0);
  }

  /** Datagrams that still wait. */
  get waiting(): number {
    return this.sets.size;
  }

  /** Bytes held for them, overhead included. */
  get held(): number {
    return this.cost;
  }

  private drop(key: string, set: FragmentSet): void {
    this.sets.delete(key);
    this.cost -= set.cost;
  }

  private evict(): void {
    if (this.sets.size <= MAX_SETS && this.cost <= MAX_BYTES) return;
    for (const [key, set] of this.sets) {
      this.drop(key, set);
      if (this.sets.size <= MAX_SETS && this.cost <= MAX_BYTES) return;
    }
  }
}
