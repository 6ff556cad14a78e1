import { seqAdd, seqAfter, seqBefore, seqDiff } from '../bytes/seq';
import type { Direction, PacketIndex } from '../bytes/units';

/** What a chunk of a followed stream is. */
export const CHUNK_DATA = 0;
/** Bytes that the other end acknowledged or that later segments show to be missing: no packet of the capture has them. */
export const CHUNK_GAP = 1;
/** Bytes of a segment that were not captured (snap length, or a text). */
export const CHUNK_CUT = 2;
export type ChunkKind = typeof CHUNK_DATA | typeof CHUNK_GAP | typeof CHUNK_CUT;

/** A segment as following needs it. */
export interface FollowSegment {
  readonly packet: PacketIndex;
  readonly direction: Direction;
  /** null where a text does not show it. */
  readonly seq: number | null;
  /** null without ACK. */
  readonly ack: number | null;
  readonly syn: boolean;
  /** Bytes of payload by the headers, and how many of them the capture has. */
  readonly length: number;
  readonly captured: number;
}

/** A piece that came before its turn. */
interface Piece {
  readonly packet: PacketIndex;
  readonly seq: number;
  readonly length: number;
  readonly captured: number;
}

/** Numbers in a typed array that grows. */
class NumberList {
  length = 0;
  private values = new Uint32Array(64);

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = new Uint32Array(this.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }

  at(i: number): number {
    return this.values[i]!;
  }
}

/** Pieces that wait for a gap to be filled, at most: a hostile capture must not make each step slow. */
const MOST_WAITING = 4096;

/**
 * Which bytes of which packets make up what each end sent, in order: retransmissions and overlaps taken out, out-of-order segments
 * put in place, gaps noted. Rules and order are those of Wireshark's Follow TCP Stream: a segment shows where it completes the
 * stream, and a gap where the other end's acknowledgment passes it; what waits at the end comes behind a gap.
 * 29 bytes a chunk; no payload is kept.
 */
export class FollowIndex {
  length = 0;
  private packets = new Uint32Array(256);
  private meta = new Uint8Array(256);
  /** Where the chunk's bytes start in its segment's payload. */
  private skips = new Uint32Array(256);
  private sizes = new Uint32Array(256);
  /** Position of the chunk among all chunks, and among those of its direction, in bytes. */
  private places = new Float64Array(256);
  private ownPlaces = new Float64Array(256);
  private readonly next: [number, number] = [NaN, NaN];
  private readonly own = [new NumberList(), new NumberList()] as const;
  private readonly waiting: [Piece[], Piece[]] = [[], []];
  /** Bytes by direction: all, and those that are in no packet or were not captured. */
  readonly bytes: [number, number] = [0, 0];
  readonly missing: [number, number] = [0, 0];
  /** First chunk that only the end of the capture put in place; Wireshark does not show these. */
  tail = Infinity;
  /** Bytes that came more than once. */
  readonly repeated: [number, number] = [0, 0];

  add(segment: FollowSegment): void {
    const d = segment.direction;
    const peer = d ? 0 : 1;
    if (segment.ack !== null) while (this.settle(peer, segment.ack, segment.packet));
    if (segment.seq === null) return;
    let seq = segment.syn ? seqAdd(segment.seq, 1) : segment.seq;
    if (Number.isNaN(this.next[d])) this.next[d] = seq;
    if (segment.length === 0) return;
    let skip = 0;
    if (seqBefore(seq, this.next[d])) {
      const known = seqDiff(this.next[d], seq);
      skip = Math.min(known, segment.length);
      this.repeated[d] += skip;
      if (skip === segment.length) return;
      seq = this.next[d];
    }
    const piece = { packet: segment.packet, seq, length: segment.length - skip, captured: Math.max(0, segment.captured - skip) };
    if (seq === this.next[d]) {
      this.take(d, piece, skip);
      while (this.settle(d, null, segment.packet));
    } else this.wait(d, piece);
  }

  /** All segments were given: what still waits follows behind its gap. */
  end(): void {
    this.tail = this.length;
    for (const d of [0, 1] as const) while (this.waiting[d].length > 0) if (!this.settle(d, null, 0)) this.jump(d, this.waiting[d][0]!);
  }

  packet(chunk: number): PacketIndex {
    return this.packets[chunk]!;
  }
  direction(chunk: number): Direction {
    return (this.meta[chunk]! & 1) as Direction;
  }
  kind(chunk: number): ChunkKind {
    return (this.meta[chunk]! >> 1) as ChunkKind;
  }
  skip(chunk: number): number {
    return this.skips[chunk]!;
  }
  size(chunk: number): number {
    return this.sizes[chunk]!;
  }
  /** Position of its first byte in the view of both directions (`own` false) or of its own. */
  place(chunk: number, own: boolean): number {
    return (own ? this.ownPlaces : this.places)[chunk]!;
  }

  /** Chunks of a view: of one direction, or of both (null). */
  count(direction: Direction | null): number {
    return direction === null ? this.length : this.own[direction].length;
  }

  /** The n-th chunk of a view. */
  chunkAt(direction: Direction | null, n: number): number {
    return direction === null ? n : this.own[direction].at(n);
  }

  /** Rank in its view of the last chunk that starts at or before a position; -1 when there is none. */
  find(position: number, direction: Direction | null): number {
    let low = 0;
    let high = this.count(direction) - 1;
    let best = -1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (this.place(this.chunkAt(direction, middle), direction !== null) <= position) {
        best = middle;
        low = middle + 1;
      } else high = middle - 1;
    }
    return best;
  }

  /** One piece of what waits, if its turn has come or an acknowledgment says that it will not be filled. */
  private settle(d: Direction, acknowledged: number | null, packet: PacketIndex): boolean {
    const list = this.waiting[d];
    const first = list[0];
    if (!first) return false;
    const next = this.next[d];
    if (first.seq === next || seqBefore(first.seq, next)) {
      list.shift();
      const known = first.seq === next ? 0 : seqDiff(next, first.seq);
      this.repeated[d] += Math.min(known, first.length);
      if (known < first.length) this.take(d, { ...first, seq: next, length: first.length - known, captured: Math.max(0, first.captured - known) }, known);
      return true;
    }
    if (acknowledged === null || !seqAfter(acknowledged, first.seq)) return false;
    this.jump(d, { ...first, packet });
    return true;
  }

  /** Notes the gap before a piece. */
  private jump(d: Direction, { seq, packet }: Piece): void {
    this.append(d, CHUNK_GAP, packet, 0, seqDiff(seq, this.next[d]));
    this.next[d] = seq;
  }

  private take(d: Direction, piece: Piece, skip: number): void {
    const captured = Math.min(piece.captured, piece.length);
    if (captured > 0) this.append(d, CHUNK_DATA, piece.packet, skip, captured);
    if (captured < piece.length) this.append(d, CHUNK_CUT, piece.packet, skip + captured, piece.length - captured);
    this.next[d] = seqAdd(piece.seq, piece.length);
  }

  /** Keeps the pieces sorted by sequence number; equal ones in order of arrival. */
  private wait(d: Direction, piece: Piece): void {
    const list = this.waiting[d];
    if (list.length >= MOST_WAITING) {
      this.jump(d, list[0]!);
      while (this.settle(d, null, piece.packet));
    }
    let at = list.length;
    while (at > 0 && seqAfter(list[at - 1]!.seq, piece.seq)) at--;
    list.splice(at, 0, piece);
  }

  private append(d: Direction, kind: ChunkKind, packet: PacketIndex, skip: number, size: number): void {
    const i = this.length;
    if (i === this.packets.length) this.grow();
    this.packets[i] = packet;
    this.meta[i] = d | (kind << 1);
    this.skips[i] = skip;
    this.sizes[i] = size;
    this.places[i] = this.bytes[0] + this.bytes[1];
    this.ownPlaces[i] = this.bytes[d];
    this.bytes[d] += size;
    if (kind !== CHUNK_DATA) this.missing[d] += size;
    this.own[d].push(i);
    this.length++;
  }

  private grow(): void {
    const wider = <T extends Uint32Array | Uint8Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const n = this.packets.length * 2;
    this.packets = wider(this.packets, new Uint32Array(n));
    this.meta = wider(this.meta, new Uint8Array(n));
    this.skips = wider(this.skips, new Uint32Array(n));
    this.sizes = wider(this.sizes, new Uint32Array(n));
    this.places = wider(this.places, new Float64Array(n));
    this.ownPlaces = wider(this.ownPlaces, new Float64Array(n));
  }
}
