import type { SegmentAnalysis } from '../analysis/segmentAnalysis';
import { NO_PACKET, NO_STREAM, UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import { ACK, FIN, movesStates, RST, SYN, type Segment } from '../decode/segment';
import { serverLooksLike } from '../stream/direction';

/** Bits of `StreamRow.seen`. */
export const SEEN_SYN = 0x01;
export const SEEN_SYN_ACK = 0x02;
/** A segment of the client with ACK after the SYN/ACK: the handshake is complete as far as the capture shows. */
export const SEEN_HANDSHAKE_ACK = 0x04;
export const SEEN_FIN_A = 0x08;
export const SEEN_FIN_B = 0x10;
export const SEEN_RST_A = 0x20;
export const SEEN_RST_B = 0x40;
export const SEEN_DATA = 0x80;

/** Labels that make tcp.analysis.retransmission: spurious, fast, plain. */
const ANY_RETRANSMISSION = 0x3800;

/** Who is the client, and how we know. */
export type ClientBy = 'syn' | 'port' | 'first';
const CLIENT_BY: readonly ClientBy[] = ['first', 'port', 'syn'];
const BY_FIRST = 0;
const BY_PORT = 1;
const BY_SYN = 2;

/** One TCP connection as the readers see it. Pairs are indexed by direction: 0 is endpoint A, the sender of the first segment. */
export interface StreamRow {
  readonly family: number;
  /** Addresses of A then B, four words each (IPv4 in the fourth). */
  readonly address: Uint32Array;
  readonly port: readonly [number, number];
  /** NO_PACKET when only an ICMP quote told of the stream. */
  readonly firstPacket: PacketIndex;
  readonly lastPacket: PacketIndex;
  readonly startTime: Nanoseconds;
  readonly endTime: Nanoseconds;
  /** What rounding took from the two, where they are more than 104 days from the base (farTime.ts). */
  readonly startRest: number;
  readonly endRest: number;
  /** Segments, payload bytes and bytes on the wire. */
  readonly packets: readonly [number, number];
  readonly payload: readonly [number, number];
  readonly wire: readonly [number, number];
  /** tcp.analysis.initial_rtt once known, else NaN; and the packet that set it. */
  readonly initialRtt: Nanoseconds;
  readonly initialRttPacket: PacketIndex;
  /** SEEN_* bits. */
  readonly seen: number;
  /** OR of all LABEL_* in the stream. */
  readonly labels: number;
  /** Segments labelled retransmission of any kind. */
  readonly retransmissions: readonly [number, number];
  /** Direction of the client's packets. */
  readonly client: Direction;
  readonly clientBy: ClientBy;
  /** Raw sequence number that shows as relative 0, in force at a packet; NaN until learned. */
  baseAt(direction: Direction, packet: PacketIndex): number;
}

/** Both ends of a stream are the same address and port: one socket that is connected to itself. */
export function isSelfConnected({ address, port }: Pick<StreamRow, 'address' | 'port'>): boolean {
  return port[0] === port[1] && [0, 1, 2, 3].every((i) => address[i] === address[i + 4]);
}

// Columns of a stream's record; those with two entries are indexed by direction.
const FIRST_PACKET = 0;
const LAST_PACKET = 1;
const START_TIME = 2;
const END_TIME = 3;
const PACKETS = 4;
const PAYLOAD = 6;
const WIRE = 8;
const RETRANSMISSIONS = 10;
const BASE = 12;
const INITIAL_RTT = 14;
const INITIAL_RTT_PACKET = 15;
const SEEN = 16;
const LABELS = 17;
const CLIENT = 18;
const CLIENT_HOW = 19;
const FIGURES = 20;

// Words of a stream's key.
const ADDRESS = 0;
const PORTS = 8;
const FAMILY = 10;
const KEY_WORDS = 11;

const BLOCK_SHIFT = 10;
const BLOCK_STREAMS = 1 << BLOCK_SHIFT;

class StreamBlock {
  readonly figures = new Float64Array(BLOCK_STREAMS * FIGURES);
  readonly keys = new Uint32Array(BLOCK_STREAMS * KEY_WORDS);
}

interface Rebase {
  readonly until: PacketIndex;
  readonly direction: Direction;
  readonly base: number;
}

/** All streams of a capture, by tcp.stream number: records in fixed-size blocks, 204 bytes a stream. */
export class StreamTable {
  private readonly blocks: StreamBlock[] = [];
  private count = 0;
  /** Earlier bases of the rare stream whose SYN/ACK changed one, oldest first. */
  private readonly rebases = new Map<StreamIndex, Rebase[]>();

  /** What rounding took from the start and end of streams that have such times. */
  private readonly rests = new Map<StreamIndex, { start: number; end: number }>();

  get length(): number {
    return this.count;
  }

  /** A stream as it stands now. Throws RangeError for one that does not exist. */
  row(stream: StreamIndex): StreamRow {
    if (!(stream >= 0 && stream < this.count)) throw new RangeError(`no stream ${stream}`);
    const block = this.blocks[stream >>> BLOCK_SHIFT]!;
    const o = (stream & (BLOCK_STREAMS - 1)) * FIGURES;
    const k = (stream & (BLOCK_STREAMS - 1)) * KEY_WORDS;
    const f = block.figures;
    const pair = (column: number): [number, number] => [f[o + column]!, f[o + column + 1]!];
    const base = pair(BASE);
    const rebases = this.rebases.get(stream);
    return {
      family: block.keys[k + FAMILY]!,
      address: block.keys.slice(k + ADDRESS, k + ADDRESS + 8),
      port: [block.keys[k + PORTS]!, block.keys[k + PORTS + 1]!],
      firstPacket: f[o + FIRST_PACKET]!,
      lastPacket: f[o + LAST_PACKET]!,
      startTime: f[o + START_TIME]!,
      endTime: f[o + END_TIME]!,
      startRest: this.startRest(stream),
      endRest: this.rests.get(stream)?.end ?? 0,
      packets: pair(PACKETS),
      payload: pair(PAYLOAD),
      wire: pair(WIRE),
      initialRtt: f[o + INITIAL_RTT]!,
      initialRttPacket: f[o + INITIAL_RTT_PACKET]!,
      seen: f[o + SEEN]!,
      labels: f[o + LABELS]!,
      retransmissions: pair(RETRANSMISSIONS),
      client: f[o + CLIENT] as Direction,
      clientBy: CLIENT_BY[f[o + CLIENT_HOW]!]!,
      baseAt: (direction, packet) => rebases?.find((r) => r.direction === direction && packet < r.until)?.base ?? base[direction],
    };
  }

  /** Raw sequence number that shows as relative 0, in force at a packet; NaN until learned. As `row(stream).baseAt`, without making a row. */
  baseAt(stream: StreamIndex, direction: Direction, packet: PacketIndex): number {
    const early = this.rebases.size === 0 ? undefined : this.rebases.get(stream)?.find((r) => r.direction === direction && packet < r.until);
    return early?.base ?? this.figure(stream, BASE + direction);
  }

  /** FAMILY_* of the addresses. */
  family(stream: StreamIndex): number {
    return this.blocks[stream >>> BLOCK_SHIFT]!.keys[(stream & (BLOCK_STREAMS - 1)) * KEY_WORDS + FAMILY]!;
  }

  startTime(stream: StreamIndex): Nanoseconds {
    return this.figure(stream, START_TIME);
  }

  /** What rounding took from it. */
  startRest(stream: StreamIndex): number {
    return this.rests.size === 0 ? 0 : (this.rests.get(stream)?.start ?? 0);
  }

  /** The handshake's round-trip time as known at a packet; NaN before it is known. */
  initialRttAt(stream: StreamIndex, packet: PacketIndex): Nanoseconds {
    return packet >= this.figure(stream, INITIAL_RTT_PACKET) ? this.figure(stream, INITIAL_RTT) : NaN;
  }

  private figure(stream: StreamIndex, column: number): number {
    return this.blocks[stream >>> BLOCK_SHIFT]!.figures[(stream & (BLOCK_STREAMS - 1)) * FIGURES + column]!;
  }

  /** Takes in one segment. Called once per TCP header in file order, quoted ones (which may only create the stream) included. */
  observe(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex, time: Nanoseconds, frameLength: number, row: { readonly timeRest: number }): void {
    const stream = analysis.stream;
    if (stream === NO_STREAM) return;
    if (row.timeRest !== 0 || this.rests.size > 0) this.noteRest(stream, segment.quoted, time, row.timeRest);
    if (stream >= this.count) this.create(stream, segment, time);
    if (segment.quoted) return;
    const f = this.blocks[stream >>> BLOCK_SHIFT]!.figures;
    const o = (stream & (BLOCK_STREAMS - 1)) * FIGURES;
    const d = analysis.direction;
    if (f[o + FIRST_PACKET] === NO_PACKET) f[o + FIRST_PACKET] = packet;
    f[o + LAST_PACKET] = packet;
    if (time > f[o + END_TIME]!) f[o + END_TIME] = time;
    f[o + PACKETS + d]!++;
    f[o + WIRE + d]! += frameLength;
    if (segment.length !== UNKNOWN_LENGTH && segment.length > 0) {
      f[o + PAYLOAD + d]! += segment.length;
      f[o + SEEN]! |= SEEN_DATA;
    }
    // All but SYN, FIN, RST and the client's first ACK only repeat what is known.
    if (segment.flags & (SYN | FIN | RST) || (f[o + SEEN]! & (SEEN_SYN_ACK | SEEN_HANDSHAKE_ACK)) === SEEN_SYN_ACK) this.observeFlags(f, o, segment, d);
    if (analysis.labels !== 0) {
      f[o + LABELS]! |= analysis.labels;
      if (analysis.labels & ANY_RETRANSMISSION) f[o + RETRANSMISSIONS + d]!++;
    }
    if (analysis.relative && f[o + BASE + d] !== analysis.seqBase) this.learnBase(stream, f, o, d, analysis.seqBase, packet);
    if (analysis.ackRelative && f[o + BASE + 1 - d] !== analysis.ackBase) this.learnBase(stream, f, o, d ? 0 : 1, analysis.ackBase, packet);
    if (f[o + INITIAL_RTT_PACKET] === NO_PACKET && !Number.isNaN(analysis.initialRtt)) {
      f[o + INITIAL_RTT] = analysis.initialRtt;
      f[o + INITIAL_RTT_PACKET] = packet;
    }
  }

  /** Before the times themselves are noted. */
  private noteRest(stream: StreamIndex, quoted: boolean, time: Nanoseconds, rest: number): void {
    const rests = this.rests.get(stream);
    if (stream >= this.count) this.rests.set(stream, { start: rest, end: rest });
    else if (!quoted) {
      const end = this.figure(stream, END_TIME);
      if (time < end || (time === end && rest <= (rests?.end ?? 0))) return;
      if (rests) rests.end = rest;
      else this.rests.set(stream, { start: 0, end: rest });
    }
  }

  private create(stream: StreamIndex, segment: Segment, time: Nanoseconds): void {
    this.count = stream + 1;
    const block = (this.blocks[stream >>> BLOCK_SHIFT] ??= new StreamBlock());
    const f = block.figures;
    const o = (stream & (BLOCK_STREAMS - 1)) * FIGURES;
    f[o + FIRST_PACKET] = f[o + LAST_PACKET] = f[o + INITIAL_RTT_PACKET] = NO_PACKET;
    f[o + START_TIME] = f[o + END_TIME] = time;
    f[o + BASE] = f[o + BASE + 1] = f[o + INITIAL_RTT] = NaN;
    const server = serverLooksLike(segment.srcPort, segment.dstPort);
    f[o + CLIENT] = server === 'src' ? 1 : 0;
    f[o + CLIENT_HOW] = server === 'unknown' ? BY_FIRST : BY_PORT;
    block.keys.set(
      [
        segment.src0, segment.src1, segment.src2, segment.src3, segment.dst0, segment.dst1, segment.dst2, segment.dst3,
        segment.srcPort, segment.dstPort, segment.family,
      ],
      (stream & (BLOCK_STREAMS - 1)) * KEY_WORDS,
    );
  }

  private observeFlags(f: Float64Array, o: number, segment: Segment, d: Direction): void {
    if (!movesStates(segment.header, segment.known)) return;
    const flags = segment.flags;
    let seen = f[o + SEEN]!;
    if (flags & SYN) {
      if (f[o + CLIENT_HOW] !== BY_SYN) {
        f[o + CLIENT] = flags & ACK ? 1 - d : d;
        f[o + CLIENT_HOW] = BY_SYN;
      }
      seen |= flags & ACK ? SEEN_SYN_ACK : SEEN_SYN;
    } else if (flags & ACK && !(flags & RST) && seen & SEEN_SYN_ACK && d === f[o + CLIENT]) seen |= SEEN_HANDSHAKE_ACK;
    if (flags & FIN) seen |= d ? SEEN_FIN_B : SEEN_FIN_A;
    if (flags & RST) seen |= d ? SEEN_RST_B : SEEN_RST_A;
    f[o + SEEN] = seen;
  }

  private learnBase(stream: StreamIndex, f: Float64Array, o: number, direction: Direction, base: number, packet: PacketIndex): void {
    const old = f[o + BASE + direction]!;
    if (!Number.isNaN(old)) {
      const list = this.rebases.get(stream);
      if (list) list.push({ until: packet, direction, base: old });
      else this.rebases.set(stream, [{ until: packet, direction, base: old }]);
    }
    f[o + BASE + direction] = base;
  }
}
