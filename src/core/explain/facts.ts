import { NO_PACKET, type Direction, type PacketIndex } from '../bytes/units';
import { ACK, DERIVED_SEQ, KNOWN_ACK, KNOWN_SEQ, OPT_MSS, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, SYN, type Segment } from '../decode/segment';
import { FrameDecoder } from '../decode/frameDecoder';
import type { CaptureModel } from '../query/captureModel';
import { readRecord } from '../query/packetDetail';
import { tcpColumns } from '../query/packetRows';
import { acknowledgedBefore } from '../query/relations';
import { isUnshownKeepAlive, unshownKeepAliveBefore } from '../query/unshownProbe';
import { ControlReader, type ControlPacket } from './controlPackets';
import type { StreamRow } from '../table/streamTable';

/** What one side's SYN offered. Absent options are null. */
export interface Offer {
  readonly packet: PacketIndex;
  readonly mss: number | null;
  /** Raw shift as sent. */
  readonly windowScale: number | null;
  readonly sackPermitted: boolean;
  readonly timestamps: boolean;
  readonly window: number;
}

/** What explanations compute with: one TCP packet in its stream. */
export interface PacketFacts {
  readonly packet: PacketIndex;
  readonly columns: ReturnType<typeof tcpColumns>;
  readonly direction: Direction;
  readonly row: StreamRow;
  readonly stream: number;
  readonly from: 'client' | 'server';
  readonly to: 'client' | 'server';
  /** Offers of the sender of this packet and of its peer; null where their SYN is not in the capture. */
  readonly own: Offer | null;
  readonly peer: Offer | null;
  /** Both SYNs carried the option: it is in use. */
  readonly timestampsInUse: boolean;
  readonly sackInUse: boolean;
  /** Largest payload that the peer of this packet's sender should send in one segment, or null when no MSS was seen. */
  readonly segmentFromPeer: number | null;
  /** Packet whose end this one acknowledges exactly, and nanoseconds since it (null when the capture shows no times); null when there is none. */
  readonly acks: { readonly packet: PacketIndex; readonly rtt: number | null } | null;
  /** First packet before this one that acknowledges all that it carries; null without. */
  readonly ackedBefore: PacketIndex | null;
  /** Nanoseconds since the previous packet of the stream; null on its first. */
  readonly sincePrevious: number | null;
  /** A keep-alive by inference (its number is not shown), and the one that this packet answers; null when there is none. */
  readonly unshownKeepAlive: boolean;
  readonly answersKeepAlive: PacketIndex | null;
  /** Rank in the stream, from 0. */
  readonly rank: number;
  /** Numbers as the table holds them, comparable with those of `controls`; null where they are not known. */
  readonly seq: number | null;
  readonly ack: number | null;
  /** Packets of the stream with SYN, FIN or RST before this one. */
  readonly controls: readonly ControlPacket[];
}

/** Looks for the SYNs among the first packets of a stream: later ones would be another connection's. */
const LOOK_FOR_SYN = 16;

/** Remembers the offers of the streams asked for last: hover after hover asks for the same one. */
export class FactsReader {
  private readonly offers = new Map<number, readonly [Offer | null, Offer | null]>();

  private readonly controls: ControlReader;

  constructor(private readonly model: CaptureModel) {
    this.controls = new ControlReader(model);
  }

  /** Facts of a TCP packet, or null for other traffic. */
  async of(packet: PacketIndex): Promise<PacketFacts | null> {
    const { model } = this;
    const table = model.packets;
    if (!table.isTcp(packet)) return null;
    const stream = table.stream(packet);
    const row = model.streams.row(stream);
    const direction = table.direction(packet);
    const columns: ReturnType<typeof tcpColumns> = tcpColumns(model, packet);
    const offers = await this.offersOf(stream);
    const own = offers[direction];
    const peer = offers[direction ? 0 : 1];
    const from = columns.from === 'client' ? 'client' : 'server';
    const acked = table.acksPacket(packet);
    const timestampsInUse = own?.timestamps === true && peer?.timestamps === true;
    return {
      packet,
      columns,
      direction,
      row,
      stream,
      from,
      to: from === 'client' ? 'server' : 'client',
      own,
      peer,
      timestampsInUse,
      sackInUse: own?.sackPermitted === true && peer?.sackPermitted === true,
      // The MSS option does not count TCP options; with timestamps each segment loses 12 bytes to them (RFC 6691).
      segmentFromPeer: own?.mss ? Math.max(1, own.mss - (timestampsInUse ? 12 : 0)) : null,
      acks: acked === NO_PACKET || columns.flags === null ? null : { packet: acked, rtt: columns.streamTime === null ? null : table.timeBetween(acked, packet)[0] },
      ackedBefore: acknowledgedBefore(model, packet),
      sincePrevious: table.previous(packet) === NO_PACKET ? null : columns.streamDelta,
      unshownKeepAlive: isUnshownKeepAlive(model, packet),
      answersKeepAlive: unshownKeepAliveBefore(model, packet),
      rank: model.streamPackets.rank(stream, packet),
      seq: table.known(packet) & (KNOWN_SEQ | DERIVED_SEQ) ? table.seq(packet) : null,
      ack: table.known(packet) & KNOWN_ACK ? table.ack(packet) : null,
      controls: this.controls.before(stream, packet),
    };
  }

  private async offersOf(stream: number): Promise<readonly [Offer | null, Offer | null]> {
    const known = this.offers.get(stream);
    if (known) return known;
    const found: [Offer | null, Offer | null] = [null, null];
    const list = this.model.streamPackets.of(stream);
    for (let i = 0; i < Math.min(LOOK_FOR_SYN, list.length); i++) {
      const packet = list[i]!;
      if (!(this.model.packets.flags(packet) & SYN)) continue;
      const direction = this.model.packets.direction(packet);
      const segment = await readSegment(this.model, packet);
      if (segment) found[direction] ??= offerOf(segment, packet);
    }
    if (this.offers.size > 64) this.offers.clear();
    this.offers.set(stream, found);
    return found;
  }
}

/** The segment of a row, decoded again; null when the record no longer yields one. */
export async function readSegment(model: CaptureModel, packet: PacketIndex): Promise<Segment | null> {
  const { record } = await readRecord(model, packet);
  if (record.textSegment) return record.textSegment;
  const decoder = new FrameDecoder();
  decoder.decode(record, packet);
  return decoder.row >= 0 ? decoder.segments[decoder.row]! : null;
}

function offerOf(segment: Segment, packet: PacketIndex): Offer {
  const has = (bit: number): boolean => (segment.optionsSeen & bit) !== 0;
  return {
    packet,
    mss: has(OPT_MSS) ? segment.mss : null,
    windowScale: has(OPT_WINDOW_SCALE) ? segment.windowScale : null,
    sackPermitted: has(OPT_SACK_PERMITTED),
    timestamps: has(OPT_TIMESTAMPS),
    window: segment.window,
  };
}

/** The segment takes part in the handshake: SYN, SYN/ACK. */
export function isSyn(facts: PacketFacts): boolean {
  return ((facts.columns.flags ?? 0) & SYN) !== 0;
}

export function hasAck(facts: PacketFacts): boolean {
  return ((facts.columns.flags ?? 0) & ACK) !== 0;
}

