import { LABEL_FAST_RETRANSMISSION, LABEL_KEEP_ALIVE, LABEL_OUT_OF_ORDER, LABEL_RETRANSMISSION, LABEL_SPURIOUS_RETRANSMISSION, LABEL_ZERO_WINDOW_PROBE } from '../analysis/segmentAnalysis';
import { seqDiff } from '../bytes/seq';
import { NO_PACKET, UNKNOWN_LENGTH, type Direction } from '../bytes/units';
import { ACK, DERIVED_SEQ, FIN, HEADER_BOGUS, HEADER_FULL, HEADER_PORTS, KNOWN_ACK, KNOWN_FLAGS, KNOWN_SEQ, KNOWN_WINDOW, RST, SYN } from '../decode/segment';
import { MOST_POINTS, MOST_STEPS, type SeriesLine, type SeriesReply, type SeriesRequest } from '../seriesApi';
import { BLOCK_ROWS, BLOCK_SHIFT, headerOf, META_DIRECTION_B, type PacketTable } from '../table/packetTable';
import type { CaptureModel } from './captureModel';
import { BarThinner, LineThinner } from './decimate';

const RESENT = LABEL_RETRANSMISSION | LABEL_FAST_RETRANSMISSION | LABEL_SPURIOUS_RETRANSMISSION;
/** Old bytes that are neither new data nor a repetition of any use. */
const PROBES = LABEL_KEEP_ALIVE | LABEL_ZERO_WINDOW_PROBE;
/** Points that a graph of sums has. */
const SUMS = 200;
/** Sums over less than this show single segments, not throughput. */
const LEAST_INTERVAL = 1_000_000;
/** Smoothing of RTT (RFC 6298 2.3). */
const ALPHA = 1 / 8;

/** Sequence numbers of one direction counted on beyond 2^32; the first one seen, or the SYN's, is 0. */
class Unwrapper {
  private raw = NaN;
  private at = 0;

  /** The value nearest to the highest so far; `advance` moves on. */
  of(seq: number, advance: boolean): number {
    if (Number.isNaN(this.raw)) {
      this.raw = seq;
      return 0;
    }
    const value = this.at + (seqDiff(seq, this.raw) | 0);
    if (advance && value > this.at) {
      this.at = value;
      this.raw = seq;
    }
    return value;
  }

  start(seq: number): void {
    if (Number.isNaN(this.raw)) this.raw = seq;
  }
}

/** The segment that is looked at. One reused record. */
class Row {
  packet = 0;
  /** Never before the one above it. */
  time = 0;
  direction: Direction = 0;
  flags = 0;
  /** Which numbers the capture shows. */
  hasSeq = false;
  hasAck = false;
  hasWindow = false;
  seq = 0;
  ack = 0;
  length = 0;
  window = 0;
  windowField = 0;
  labels = 0;
  bytesInFlight = 0;
  acksPacket = NO_PACKET;
}

/** Calls `visit` for each segment of a stream, in file order. */
function eachSegment(table: PacketTable, list: Uint32Array, visit: (row: Row) => void): void {
  const row = new Row();
  let time = -Infinity;
  for (const packet of list) {
    const block = table.block(packet);
    const i = packet & (BLOCK_ROWS - 1);
    const meta = block.meta[i]!;
    const known = block.known?.[i] ?? 0xffff;
    const header = headerOf(meta);
    time = Math.max(time, block.time[i]!);
    row.packet = packet;
    row.time = time;
    row.direction = (meta & META_DIRECTION_B) as Direction;
    row.labels = block.labels[i]!;
    row.seq = block.seq[i]!;
    row.ack = block.ack[i]!;
    row.length = block.length[i] === UNKNOWN_LENGTH ? 0 : block.length[i]!;
    const whole = header !== HEADER_PORTS && header !== HEADER_BOGUS;
    row.flags = whole && known & KNOWN_FLAGS ? block.flags[i]! : 0;
    row.hasSeq = header !== HEADER_PORTS && (known & (KNOWN_SEQ | DERIVED_SEQ)) !== 0;
    row.hasAck = (row.flags & ACK) !== 0 && (known & KNOWN_ACK) !== 0;
    row.hasWindow = whole && (known & KNOWN_WINDOW) !== 0 && !(row.flags & RST);
    row.windowField = block.window[i]!;
    const scale = block.scale[i]!;
    row.window = scale > 0 && !(row.flags & SYN) ? row.windowField * 2 ** scale : row.windowField;
    // As everywhere: figures are shown only of a header that was captured whole.
    const full = header === HEADER_FULL;
    row.bytesInFlight = full ? (block.bytesInFlight?.[i] ?? 0) : 0;
    row.acksPacket = full ? (block.acksPacket?.[i] ?? NO_PACKET) : NO_PACKET;
    visit(row);
  }
}

/** Points of one graph. A scan of the whole stream: about 0.1 s for a million segments. */
export function series(model: CaptureModel, request: SeriesRequest): SeriesReply {
  const table = model.packets;
  const list = model.streamPackets.of(request.stream);
  const stream = model.streams.row(request.stream);
  const own: Direction = request.of === 'client' ? stream.client : stream.client ? 0 : 1;
  if (request.graph === 'rtt' && request.by === 'seq') return rttBySequence(model, request, list, own);
  const whole = request.by === 'seq' ? sequenceExtent(table, list, own) : timeExtent(table, list);
  const seen = partOf(request, whole);
  const { from, to } = seen;
  const { lines, interval } = graphs[request.graph](table, list, own, seen);
  return { revision: model.revision, stream: request.stream, graph: request.graph, of: request.of, by: request.by, from, to, ...whole, lines, interval };
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/** What of the whole is asked for, and how wide a step of it is. */
function partOf(request: SeriesRequest, whole: { readonly least: number; readonly most: number }): Part {
  const from = request.from ?? whole.least;
  const to = Math.max(from, request.to ?? whole.most);
  const steps = Math.min(MOST_STEPS, Math.max(0, request.steps));
  return { from, to, width: steps === 0 ? 0 : (to - from) / steps || 1 };
}

interface Drawn {
  readonly lines: readonly SeriesLine[];
  readonly interval: number;
}

type Graph = (table: PacketTable, list: Uint32Array, own: Direction, part: Part) => Drawn;

function timeExtent(table: PacketTable, list: Uint32Array): { least: number; most: number } {
  let most = -Infinity;
  for (const packet of list) most = Math.max(most, table.time(packet));
  return list.length === 0 ? { least: 0, most: 0 } : { least: table.time(list[0]!), most };
}

function sequenceExtent(table: PacketTable, list: Uint32Array, own: Direction): { least: number; most: number } {
  const numbers = new Unwrapper();
  let least = 0;
  let most = 0;
  eachSegment(table, list, (row) => {
    if (row.direction !== own || !row.hasSeq) return;
    least = Math.min(least, numbers.of(row.seq, false));
    most = Math.max(most, numbers.of((row.seq + span(row)) >>> 0, true));
  });
  return { least, most };
}

function span(row: Row): number {
  return row.length + (row.flags & SYN ? 1 : 0) + (row.flags & FIN ? 1 : 0);
}

/** A line over time that keeps the last point before the part and the first after it, so that it enters and leaves the picture. */
class TimeLine {
  private readonly thinner: LineThinner;
  private before: readonly [number, number, number] | null = null;
  private done = false;

  constructor(id: SeriesLine['id'], private readonly part: Part) {
    this.thinner = new LineThinner(id, part.from, part.width, MOST_POINTS);
  }

  push(x: number, y: number, packet: number): void {
    if (this.done) return;
    if (x < this.part.from) {
      this.before = [x, y, packet];
      return;
    }
    if (this.before) this.thinner.push(...this.before);
    this.before = null;
    this.thinner.push(x, y, packet);
    this.done = x > this.part.to;
  }

  line(): SeriesLine {
    if (this.before) this.thinner.push(...this.before);
    this.before = null;
    return this.thinner.line();
  }
}

const graphs: Readonly<Record<SeriesRequest['graph'], Graph>> = {
  sequence(table, list, own, part) {
    const numbers = new Unwrapper();
    const data = new BarThinner('data', part.from, part.width, MOST_POINTS);
    const resent = new BarThinner('resent', part.from, part.width, MOST_POINTS);
    const sack = new BarThinner('sack', part.from, part.width, MOST_POINTS);
    const ack = new TimeLine('ack', part);
    const edge = new TimeLine('windowEdge', part);
    eachSegment(table, list, (row) => {
      const inside = row.time >= part.from && row.time <= part.to;
      if (row.direction === own) {
        if (!row.hasSeq) return;
        const length = span(row);
        const low = numbers.of(row.seq, false);
        numbers.of((row.seq + length) >>> 0, true);
        if (length > 0 && inside && !(row.labels & PROBES)) (row.labels & (RESENT | LABEL_OUT_OF_ORDER) ? resent : data).push(row.time, low, low + length, row.packet);
        return;
      }
      if (!row.hasAck) return;
      // An ACK may be the first thing that tells of this direction's numbers.
      numbers.start((row.ack - 1) >>> 0);
      const at = numbers.of(row.ack, false);
      ack.push(row.time, at, row.packet);
      if (row.hasWindow) edge.push(row.time, at + row.window, row.packet);
      if (!inside) return;
      const edges = table.sacks.get(row.packet);
      for (let k = 0; k < edges.length; k += 2) {
        const left = numbers.of(edges[k]!, false);
        const size = seqDiff(edges[k + 1]!, edges[k]!);
        if (size < 0x80000000) sack.push(row.time, left, left + size, row.packet);
      }
    });
    return { lines: [data.line(), resent.line(), ack.line(), edge.line(), sack.line()], interval: 0 };
  },

  rtt(table, list, own, part) {
    const rtt = new LineThinner('rtt', part.from, part.width, MOST_POINTS);
    const smoothed = new TimeLine('smoothedRtt', part);
    const least = new TimeLine('leastRtt', part);
    let srtt = NaN;
    let min = Infinity;
    eachSegment(table, list, (row) => {
      if (row.direction === own || row.acksPacket === NO_PACKET) return;
      const value = table.timeBetween(row.acksPacket, row.packet)[0];
      // Like tcp.analysis.ack_rtt: zero is not printed.
      if (value === 0) return;
      if (row.time >= part.from && row.time <= part.to) rtt.push(row.time, value, row.packet);
      srtt = Number.isNaN(srtt) ? value : (1 - ALPHA) * srtt + ALPHA * value;
      min = Math.min(min, value);
      smoothed.push(row.time, srtt, row.packet);
      least.push(row.time, min, row.packet);
    });
    return { lines: [rtt.line(), smoothed.line(), least.line()], interval: 0 };
  },

  throughput(table, list, own, part) {
    const interval = Math.max(LEAST_INTERVAL, roundInterval((part.to - part.from) / SUMS));
    const first = Math.floor(part.from / interval) * interval;
    const count = Math.min(MOST_STEPS, Math.floor((part.to - first) / interval) + 1);
    const sent = new Float64Array(count);
    const good = new Float64Array(count);
    const packets = new Uint32Array(count).fill(NO_PACKET);
    const numbers = new Unwrapper();
    let acked = NaN;
    eachSegment(table, list, (row) => {
      const b = Math.floor((row.time - first) / interval);
      const inside = b >= 0 && b < count;
      if (inside && packets[b] === NO_PACKET) packets[b] = row.packet;
      if (row.direction === own) {
        if (row.hasSeq) {
          numbers.of(row.seq, false);
          numbers.of((row.seq + span(row)) >>> 0, true);
        }
        if (inside) sent[b]! += row.length;
        return;
      }
      if (!row.hasAck) return;
      numbers.start((row.ack - 1) >>> 0);
      const at = numbers.of(row.ack, false);
      // The SYN takes up a number and is no payload.
      if (at > acked && inside) good[b]! += at - acked;
      if (Number.isNaN(acked) || at > acked) acked = at;
    });
    const x = Float64Array.from({ length: count }, (_, b) => first + (b + 0.5) * interval);
    const perSecond = (sums: Float64Array): Float64Array => Float64Array.from(sums, (sum) => (sum / interval) * 1e9);
    let last = list[0] ?? 0;
    const stands = Uint32Array.from(packets, (packet) => (last = packet === NO_PACKET ? last : packet));
    const line = (id: 'throughput' | 'goodput', sums: Float64Array): SeriesLine => ({ id, x: x.slice(), y: perSecond(sums), high: new Float64Array(0), packet: stands.slice(), total: count });
    return { lines: [line('throughput', sent), line('goodput', good)], interval };
  },

  flight(table, list, own, part) {
    const flight = new TimeLine('inFlight', part);
    const window = new TimeLine('receiveWindow', part);
    eachSegment(table, list, (row) => {
      if (row.direction === own) {
        if (row.bytesInFlight > 0) flight.push(row.time, row.bytesInFlight, row.packet);
      } else if (row.hasWindow) window.push(row.time, row.window, row.packet);
    });
    return { lines: [flight.line(), window.line()], interval: 0 };
  },

  window(table, list, own, part) {
    const window = new TimeLine('window', part);
    const field = new TimeLine('windowField', part);
    eachSegment(table, list, (row) => {
      if (row.direction !== own || !row.hasWindow) return;
      window.push(row.time, row.window, row.packet);
      field.push(row.time, row.windowField, row.packet);
    });
    return { lines: [window.line(), field.line()], interval: 0 };
  },

  length(table, list, own, part) {
    const lengths = new LineThinner('length', part.from, part.width, MOST_POINTS);
    eachSegment(table, list, (row) => {
      if (row.direction === own && row.time >= part.from && row.time <= part.to) lengths.push(row.time, row.length, row.packet);
    });
    return { lines: [lengths.line()], interval: 0 };
  },
};

/** Round trips over the numbers that were acknowledged. One pass finds points and extent; thinned out when both are known. */
function rttBySequence(model: CaptureModel, request: SeriesRequest, list: Uint32Array, own: Direction): SeriesReply {
  const table = model.packets;
  const x = new Float64Array(list.length);
  const y = new Float64Array(list.length);
  const packets = new Uint32Array(list.length);
  const numbers = new Unwrapper();
  let count = 0;
  let least = 0;
  let most = 0;
  let block = list.length > 0 ? table.block(list[0]!) : null;
  let blockAt = list.length > 0 ? list[0]! >>> BLOCK_SHIFT : -1;
  for (const packet of list) {
    if (packet >>> BLOCK_SHIFT !== blockAt) {
      blockAt = packet >>> BLOCK_SHIFT;
      block = table.block(packet);
    }
    const b = block!;
    const i = packet & (BLOCK_ROWS - 1);
    const meta = b.meta[i]!;
    const header = headerOf(meta);
    if ((meta & META_DIRECTION_B) === own) {
      const known = b.known?.[i] ?? 0xffff;
      if (header === HEADER_PORTS || !(known & (KNOWN_SEQ | DERIVED_SEQ))) continue;
      const flags = header !== HEADER_BOGUS && known & KNOWN_FLAGS ? b.flags[i]! : 0;
      const length = b.length[i] === UNKNOWN_LENGTH ? 0 : b.length[i]!;
      const seq = b.seq[i]!;
      const low = numbers.of(seq, false);
      if (low < least) least = low;
      const high = numbers.of((seq + length + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0)) >>> 0, true);
      if (high > most) most = high;
      continue;
    }
    const acked = header === HEADER_FULL ? (b.acksPacket?.[i] ?? NO_PACKET) : NO_PACKET;
    if (acked === NO_PACKET) continue;
    const value = table.timeBetween(acked, packet)[0];
    // Like tcp.analysis.ack_rtt: zero is not printed.
    if (value === 0) continue;
    x[count] = numbers.of(table.seq(acked), false);
    y[count] = value;
    packets[count++] = packet;
  }
  const part = partOf(request, { least, most });
  const rtt = new LineThinner('rtt', part.from, part.width, MOST_POINTS);
  pushSorted({ x: x.subarray(0, count), y, packet: packets }, part, rtt);
  return { revision: model.revision, stream: request.stream, graph: 'rtt', of: request.of, by: 'seq', from: part.from, to: part.to, least, most, lines: [rtt.line()], interval: 0 };
}

/** Sequence numbers may come in any order: sorted, so that steps of x hold together. */
function pushSorted({ x, y, packet }: Pick<SeriesLine, 'x' | 'y' | 'packet'>, part: Part, into: LineThinner): void {
  let order: Uint32Array | null = null;
  for (let i = 1; i < x.length && !order; i++) if (x[i]! < x[i - 1]!) order = Uint32Array.from(x.keys()).sort((a, b) => x[a]! - x[b]! || a - b);
  for (let i = 0; i < x.length; i++) {
    const k = order ? order[i]! : i;
    if (x[k]! >= part.from && x[k]! <= part.to) into.push(x[k]!, y[k]!, packet[k]!);
  }
}

/** The next of 1, 2, 5 times a power of ten. */
function roundInterval(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return power * ([1, 2, 5].find((m) => power * m >= least) ?? 10);
}
