import { seqAdd, seqAfter, seqBefore, seqDiff, seqNotAfter } from '../bytes/seq';
import { UNKNOWN_LENGTH, type Direction, type PacketIndex } from '../bytes/units';
import { ACK, FIN, KNOWN_ACK, KNOWN_SEQ, KNOWN_WINDOW, OPT_SACK, RST, SYN } from '../decode/segment';
import type { CardDocument, Rich } from '../explain/card';
import { readSegment } from '../explain/facts';
import { bytes, grouped, sentence, side } from '../explain/words';
import { t } from '../l10n';
import { VERDICT_DUPLICATE_CAPTURE, VERDICT_DUPLICATE_NETWORK, VERDICT_WINDOW_PROBE } from '../analysis/segmentVerdict';
import type { CaptureModel } from './captureModel';

/** The variables of one end after a packet (RFC 9293 3.3.1), as the capture shows them; null where it does not. Numbers are relative where known. */
export interface EndVariables {
  readonly role: 'client' | 'server';
  /** Oldest unacknowledged, next to send. */
  readonly sndUna: number | null;
  readonly sndNxt: number | null;
  /** Bytes beyond SND.UNA that the peer takes, scaled; and the shift in force (-1 unknown, -2 unused). */
  readonly sndWnd: number | null;
  readonly sndScale: number;
  /** Next expected: what this end acknowledged last. */
  readonly rcvNxt: number | null;
  /** Window that it offers, scaled. */
  readonly rcvWnd: number | null;
  readonly rcvScale: number;
  /** SND.NXT - SND.UNA, and the same without what is selectively acknowledged. */
  readonly inFlight: number | null;
  readonly pipe: number | null;
  /** What the peer has selectively acknowledged beyond SND.UNA, disjoint, in order. */
  readonly sacked: readonly (readonly [left: number, right: number])[];
}

export interface PacketVariables {
  readonly packet: PacketIndex;
  readonly ends: readonly [EndVariables, EndVariables];
}

/** State of one direction while it is replayed, in raw numbers. */
class Replayed {
  next = NaN;
  una = NaN;
  window = NaN;
  scale = -1;
  /** Packets of the peer whose SACK blocks may still count: headers with room for them, since SND.UNA last moved. */
  sackPackets: PacketIndex[] = [];

  copy(): Replayed {
    return Object.assign(new Replayed(), this, { sackPackets: [...this.sackPackets] });
  }
}

interface Checkpoint {
  readonly rank: number;
  readonly ends: readonly [Replayed, Replayed];
}

/** A header of this size or less has no SACK block beside timestamps: 20 + 12; without timestamps 20 + 12 holds one. */
const LEAST_SACK_HEADER = 32;
/** SACK-bearing ACKs that are read again: each repeats the blocks of the one before. */
const MOST_SACK_PACKETS = 32;
/** Packets between the checkpoints that a replay starts from. */
const EVERY = 4096;
const KEPT_STREAMS = 4;

const COPY = VERDICT_DUPLICATE_CAPTURE | VERDICT_DUPLICATE_NETWORK;

/** Replays streams over the table's columns, from a checkpoint every 4096 packets. */
class VariableReplay {
  private readonly checkpoints = new Map<number, Checkpoint[]>();

  constructor(private readonly model: CaptureModel) {}

  at(packet: PacketIndex): readonly [Replayed, Replayed] {
    const { model } = this;
    const stream = model.packets.stream(packet);
    const list = model.streamPackets.of(stream);
    const rank = model.streamPackets.rank(stream, packet);
    const known = this.of(stream);
    const start = known.findLast((c) => c.rank <= rank);
    const ends: [Replayed, Replayed] = start ? [start.ends[0].copy(), start.ends[1].copy()] : [new Replayed(), new Replayed()];
    for (let i = start ? start.rank + 1 : 0; i <= rank; i++) {
      this.step(list[i]!, ends);
      if (i % EVERY === 0 && (known.length === 0 || known.at(-1)!.rank < i)) known.push({ rank: i, ends: [ends[0].copy(), ends[1].copy()] });
    }
    return ends;
  }

  private of(stream: number): Checkpoint[] {
    let known = this.checkpoints.get(stream);
    if (!known) {
      this.checkpoints.set(stream, (known = []));
      if (this.checkpoints.size > KEPT_STREAMS) for (const oldest of this.checkpoints.keys()) {
        this.checkpoints.delete(oldest);
        break;
      }
    }
    return known;
  }

  private step(packet: PacketIndex, ends: readonly [Replayed, Replayed]): void {
    const { packets: table, verdicts } = this.model;
    const flags = table.flags(packet);
    const verdict = verdicts?.get(packet) ?? 0;
    if (flags & RST || verdict & COPY) return;
    const direction = table.direction(packet);
    const own = ends[direction];
    const peer = ends[direction ? 0 : 1];
    const known = table.known(packet);
    if (known & KNOWN_SEQ && !(verdict & VERDICT_WINDOW_PROBE)) {
      const length = table.payloadLength(packet);
      const end = seqAdd(table.seq(packet), (length === UNKNOWN_LENGTH ? 0 : length) + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0));
      if (Number.isNaN(own.next) || seqAfter(end, own.next)) own.next = end;
      if (flags & SYN && Number.isNaN(own.una)) own.una = table.seq(packet);
    }
    if (!(flags & ACK) || !(known & KNOWN_ACK)) return;
    const ack = table.ack(packet);
    if (!Number.isNaN(peer.una) && seqBefore(ack, peer.una)) return;
    if (ack !== peer.una) peer.sackPackets.length = 0;
    peer.una = ack;
    if (Number.isNaN(peer.next) || seqAfter(ack, peer.next)) peer.next = ack;
    const scale = table.scale(packet);
    const shown = (known & KNOWN_WINDOW) !== 0;
    peer.scale = flags & SYN || !shown ? -2 : scale;
    peer.window = !shown ? NaN : table.window(packet) * (scale > 0 && !(flags & SYN) ? 2 ** scale : 1);
    if (table.headerLength(packet) >= LEAST_SACK_HEADER && !(flags & SYN)) {
      peer.sackPackets.push(packet);
      if (peer.sackPackets.length > MOST_SACK_PACKETS) peer.sackPackets.shift();
    }
  }
}

const replays = new WeakMap<CaptureModel, VariableReplay>();

/** The variables of both ends after a packet, client first; null for other traffic. */
export async function packetVariables(model: CaptureModel, packet: PacketIndex): Promise<PacketVariables | null> {
  if (!model.packets.isTcp(packet)) return null;
  let replay = replays.get(model);
  if (!replay) replays.set(model, (replay = new VariableReplay(model)));
  const raw = replay.at(packet);
  const row = model.streams.row(model.packets.stream(packet));
  const client = row.client;
  const of = async (direction: Direction): Promise<EndVariables> => {
    const own = raw[direction];
    const peer = raw[direction ? 0 : 1];
    const relative = (n: number, d: Direction): number | null => {
      if (Number.isNaN(n)) return null;
      const base = row.baseAt(d, packet);
      return Number.isNaN(base) ? n : seqDiff(n, base);
    };
    const sacked = await scoreboard(model, own);
    const inFlight = Number.isNaN(own.next) || Number.isNaN(own.una) ? null : seqDiff(own.next, own.una);
    const covered = sacked.reduce((sum, [l, r]) => sum + seqDiff(r, l), 0);
    return {
      role: direction === client ? 'client' : 'server',
      sndUna: relative(own.una, direction),
      sndNxt: relative(own.next, direction),
      sndWnd: Number.isNaN(own.window) ? null : own.window,
      sndScale: own.scale,
      rcvNxt: relative(peer.una, direction ? 0 : 1),
      rcvWnd: Number.isNaN(peer.window) ? null : peer.window,
      rcvScale: peer.scale,
      inFlight,
      pipe: inFlight === null ? null : Math.max(0, inFlight - covered),
      sacked: sacked.map(([l, r]) => [relative(l, direction)!, relative(r, direction)!] as const),
    };
  };
  return { packet, ends: [await of(client), await of(client ? 0 : 1)] };
}

/** Union of the SACK blocks above SND.UNA, from the ACKs that came since it last moved. */
async function scoreboard(model: CaptureModel, own: Replayed): Promise<(readonly [number, number])[]> {
  const blocks: [number, number][] = [];
  for (const packet of own.sackPackets) {
    const segment = await readSegment(model, packet);
    if (!segment || !(segment.optionsSeen & OPT_SACK)) continue;
    for (let i = 0; i < segment.sackCount; i++) {
      const [left, right] = [segment.sackLeft[i]!, segment.sackRight[i]!];
      if (seqAfter(right, left) && !seqBefore(left, own.una) && seqNotAfter(right, own.next)) blocks.push([left, right]);
    }
  }
  blocks.sort((a, b) => seqDiff(a[0], own.una) - seqDiff(b[0], own.una));
  const joined: [number, number][] = [];
  for (const [left, right] of blocks) {
    const last = joined.at(-1);
    if (!last || seqAfter(left, last[1])) joined.push([left, right]);
    else if (seqAfter(right, last[1])) last[1] = right;
  }
  return joined;
}

/** The panel's section: both ends after the packet. */
export function variablesCard(variables: PacketVariables): CardDocument {
  const lines = variables.ends.flatMap((end): Rich[] => endLines(end).map((line) => [line]));
  return {
    id: 'variables',
    title: t('Variables after this packet'),
    headline: [{ strong: t('Variables after this packet') }, t(', as the capture shows them')],
    here: lines,
    story: [
      [t('What both ends keep count of (RFC 9293 3.3.1). SND.UNA to SND.NXT is in flight; the peer\'s window says how far SND.NXT may go. Seen at the capture point: what is still on its way to the other end is not in that end\'s variables yet.')],
    ],
    sources: ['RFC 9293 3.3.1', 'RFC 2018', 'RFC 6675'],
    filter: '',
    copy: variableLines(variables).join('\n'),
  };
}

/** The same as plain lines. */
export function variableLines(variables: PacketVariables): string[] {
  return [t('Variables after packet {0}:', String(variables.packet + 1)), ...variables.ends.flatMap((end) => endLines(end).map((line) => `  ${line}`))];
}

function endLines(end: EndVariables): string[] {
  const number = (n: number | null): string => (n === null ? '?' : grouped(n));
  const scaleOf = (window: number | null, scale: number): string =>
    window === null ? '' : scale > 0 ? t(' (scaled by {0})', String(2 ** scale)) : scale === -1 ? t(' or more (scale not in the capture)') : '';
  const lines = [
    t('{0}: SND.UNA {1}, SND.NXT {2}, SND.WND {3}{4}, RCV.NXT {5}, RCV.WND {6}{7}', sentence(side(end.role)), number(end.sndUna), number(end.sndNxt), number(end.sndWnd), scaleOf(end.sndWnd, end.sndScale), number(end.rcvNxt), number(end.rcvWnd), end.rcvScale === -1 ? scaleOf(end.rcvWnd, -1) : ''),
  ];
  if (end.inFlight) {
    const room = end.sndWnd === null || end.sndScale === -1 ? '' : t(', {0} of the window left', bytes(Math.max(0, end.sndWnd - end.inFlight)));
    lines.push(t('In flight: {0}{1}.', bytes(end.inFlight), room));
  }
  if (end.sacked.length > 0) lines.push(t('Selectively acknowledged: {0}; without it {1} in flight.', end.sacked.map(([l, r]) => `${grouped(l)}–${grouped(r)}`).join(', '), bytes(end.pipe ?? 0)));
  return lines;
}
