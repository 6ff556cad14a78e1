import { UNKNOWN_LENGTH, type Nanoseconds, type StreamIndex } from '../bytes/units';
import { ACK, HEADER_BOGUS, HEADER_PORTS, KNOWN_ABSOLUTE_ACK, KNOWN_ABSOLUTE_SEQ, KNOWN_ACK, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_SEQ, KNOWN_TIME, KNOWN_WINDOW, SYN } from '../decode/segment';
import { REPLAY_CLOSED_A, REPLAY_CLOSED_B, REPLAY_ILLEGAL, REPLAY_LOST, REPLAY_OBSERVED_A, REPLAY_OBSERVED_B, type StreamReplay } from '../stream/streamReplay';
import { META_NO_TIME, META_RELATIVE_ACK, META_RELATIVE_SEQ } from '../table/packetTable';
import * as api from '../timelineApi';
import type { CaptureModel } from './captureModel';
import type { StreamReplays } from './streamReplays';
import { TimelineIdle } from './timelineIdle';

/** Answers the timeline's requests over one model. Throws RangeError for streams that do not exist. */
export class TimelineQuery {
  /** Of the replays that are still kept. */
  private readonly idles = new WeakMap<StreamReplay, TimelineIdle>();

  constructor(
    private readonly model: CaptureModel,
    private readonly replays: StreamReplays,
  ) {}

  head(stream: StreamIndex): api.TimelineHead {
    const { replay, idle } = this.of(stream);
    const { gaps, lengths, limit } = idle.of(replay, this.model.streams.row(stream).initialRtt);
    return {
      revision: this.model.revision,
      stream,
      total: replay.length,
      start: replay.length > 0 ? replay.place[0]! : 0,
      ...this.startRest(stream, replay),
      end: replay.length > 0 ? replay.place[replay.length - 1]! : 0,
      idle: limit,
      gaps: gaps.slice(),
      gapLengths: lengths.slice(),
    };
  }

  page(stream: StreamIndex, start: number, count: number): api.TimelinePage {
    const { replay, idle } = this.of(stream);
    const row = this.model.streams.row(stream);
    const first = Math.max(0, Math.min(replay.length, start));
    const last = Math.min(replay.length, first + Math.min(api.MOST_TIMELINE_SEGMENTS, Math.max(0, count)));
    const { limit } = idle.of(replay, row.initialRtt);
    return { revision: this.model.revision, stream, total: replay.length, segments: this.segments(stream, replay, limit, first, last), changes: this.changes(stream, replay, first, last) };
  }

  buckets(request: api.TimelineBucketsRequest): api.TimelineBuckets {
    const { replay } = this.of(request.stream);
    const count = Math.max(1, Math.min(api.MOST_TIMELINE_BUCKETS, request.count));
    const { from, to, by, stream } = request;
    const client = this.model.streams.row(stream).client;
    const byTime = by === 'time';
    const first = byTime ? lowerBound(replay.place, replay.length, from) : Math.max(0, Math.min(replay.length, Math.ceil(from)));
    const last = Math.max(first, byTime ? lowerBound(replay.place, replay.length, to) : Math.max(0, Math.min(replay.length, Math.ceil(to))));
    const out: api.TimelineBuckets = {
      revision: this.model.revision, stream, by, from, to, first, last,
      ranks: new Uint32Array(count),
      clientSegments: new Uint32Array(count),
      serverSegments: new Uint32Array(count),
      clientBytes: new Float64Array(count),
      serverBytes: new Float64Array(count),
      labels: new Uint16Array(count),
      verdicts: new Uint16Array(count),
      flags: new Uint16Array(count),
      marks: new Uint8Array(count),
      states: new Uint8Array(count),
    };
    const table = this.model.packets;
    const list = this.model.streamPackets.of(stream);
    const perStep = to > from ? count / (to - from) : 0;
    let rank = first;
    let state = first > 0 ? swapStates(replay.states[first - 1]!, client) : 0;
    for (let b = 0; b < count; b++) {
      out.ranks[b] = rank;
      for (; rank < last; rank++) {
        const at = byTime ? replay.place[rank]! : rank;
        // The last bucket takes what rounding left over.
        if (b < count - 1 && Math.floor((at - from) * perStep) > b) break;
        const packet = list[rank]!;
        const direction = table.direction(packet);
        const length = table.payloadLength(packet);
        const bytes = length === UNKNOWN_LENGTH ? 0 : length;
        if (direction === client) {
          out.clientSegments[b]!++;
          out.clientBytes[b]! += bytes;
        } else {
          out.serverSegments[b]!++;
          out.serverBytes[b]! += bytes;
        }
        const shown = this.model.marks(packet);
        out.labels[b]! |= shown.labels;
        out.verdicts[b]! |= shown.verdict;
        out.flags[b]! |= table.flags(packet);
        out.marks[b]! |= marksOf(replay.marks[rank]!, client, direction);
        state = swapStates(replay.states[rank]!, client);
      }
      out.states[b] = state;
    }
    return out;
  }

  private of(stream: StreamIndex): { readonly replay: StreamReplay; readonly idle: TimelineIdle } {
    const replay = this.replays.of(stream);
    let idle = this.idles.get(replay);
    if (!idle) this.idles.set(replay, (idle = new TimelineIdle()));
    return { replay, idle };
  }

  private startRest(stream: StreamIndex, replay: StreamReplay): { readonly startRest?: number } {
    const { packets, streamPackets } = this.model;
    const first = replay.length > 0 ? streamPackets.of(stream)[0] : undefined;
    return first !== undefined && packets.timeRest(first) !== 0 && packets.time(first) === replay.place[0] ? { startRest: packets.timeRest(first) } : {};
  }

  private segments(stream: StreamIndex, replay: StreamReplay, idle: Nanoseconds, first: number, last: number): api.TimelineSegments {
    const { model } = this;
    const table = model.packets;
    const list = model.streamPackets.of(stream);
    const row = model.streams.row(stream);
    const n = last - first;
    const sacks: number[] = [];
    let timeRest: Int16Array | null = null;
    const out = {
      start: first,
      packet: list.slice(first, last),
      time: new Float64Array(n),
      place: replay.place.slice(first, last),
      known: new Uint16Array(n),
      flags: new Uint16Array(n),
      seq: new Uint32Array(n),
      seqRelative: new Uint32Array(n),
      ack: new Uint32Array(n),
      ackRelative: new Uint32Array(n),
      length: new Uint32Array(n),
      window: new Uint32Array(n),
      labels: new Uint16Array(n),
      verdicts: new Uint16Array(n),
      marks: new Uint8Array(n),
      states: new Uint8Array(n),
      sentBefore: replay.sentBefore.slice(first, last),
      sentAgain: replay.sentAgain.slice(first, last),
    };
    for (let i = 0; i < n; i++) {
      const packet = out.packet[i]!;
      const meta = table.meta(packet);
      const header = table.header(packet);
      const shown = table.known(packet);
      const direction = table.direction(packet);
      const flags = table.flags(packet);
      const length = table.payloadLength(packet);
      const scale = table.scale(packet);
      let known = 0;
      if (!(meta & META_NO_TIME) && shown & KNOWN_TIME) {
        known |= api.TIMELINE_TIME;
        out.time[i] = table.time(packet);
        const rest = table.timeRest(packet);
        if (rest !== 0) (timeRest ??= new Int16Array(n))[i] = rest;
      }
      if (header !== HEADER_PORTS) {
        if (shown & KNOWN_SEQ) known |= api.TIMELINE_SEQ | (shown & KNOWN_ABSOLUTE_SEQ ? 0 : api.TIMELINE_SEQ_NOT_RAW) | (meta & META_RELATIVE_SEQ ? api.TIMELINE_SEQ_RELATIVE : 0);
        if (shown & KNOWN_LENGTH && length !== UNKNOWN_LENGTH) known |= api.TIMELINE_LENGTH;
        if (header !== HEADER_BOGUS) {
          if (shown & KNOWN_FLAGS) known |= api.TIMELINE_FLAGS;
          if (shown & KNOWN_FLAGS && flags & ACK && shown & KNOWN_ACK) known |= api.TIMELINE_ACK | (shown & KNOWN_ABSOLUTE_ACK ? 0 : api.TIMELINE_ACK_NOT_RAW) | (meta & META_RELATIVE_ACK ? api.TIMELINE_ACK_RELATIVE : 0);
          if (shown & KNOWN_WINDOW) known |= api.TIMELINE_WINDOW | (scale === -1 && !(flags & SYN) ? api.TIMELINE_SCALE_UNKNOWN : 0);
        }
      }
      out.known[i] = known;
      out.flags[i] = flags;
      out.seq[i] = out.seqRelative[i] = table.seq(packet);
      out.ack[i] = out.ackRelative[i] = table.ack(packet);
      if (known & api.TIMELINE_SEQ_RELATIVE) out.seqRelative[i] = (out.seq[i]! - row.baseAt(direction, packet)) >>> 0;
      if (known & api.TIMELINE_ACK_RELATIVE) out.ackRelative[i] = (out.ack[i]! - row.baseAt(direction ? 0 : 1, packet)) >>> 0;
      out.length[i] = length === UNKNOWN_LENGTH ? 0 : length;
      const window = table.window(packet);
      out.window[i] = scale > 0 && !(flags & SYN) ? window * 2 ** scale : window;
      const told = model.marks(packet);
      out.labels[i] = told.labels;
      out.verdicts[i] = told.verdict;
      const rank = first + i;
      out.marks[i] = marksOf(replay.marks[rank]!, row.client, direction) | (rank > 0 && replay.place[rank]! - replay.place[rank - 1]! >= idle ? api.MARK_IDLE : 0);
      out.states[i] = swapStates(replay.states[rank]!, row.client);
      const edges = table.sacks.get(packet);
      for (let k = 0; k < edges.length; k += 2) sacks.push(i, edges[k]!, edges[k + 1]!);
    }
    return { ...out, sacks: Uint32Array.from(sacks), ...(timeRest ? { timeRest } : {}) };
  }

  /** Changes in [first, last), and the last of each end before it. */
  private changes(stream: StreamIndex, replay: StreamReplay, first: number, last: number): readonly api.StateChange[] {
    const list = this.model.streamPackets.of(stream);
    const { client } = this.model.streams.row(stream);
    const { changes } = replay;
    const at = replay.firstChange(first);
    const chosen = [0, 1].map((end) => {
      // Neighbours in the list take turns between the ends, give or take a few.
      for (let i = at - 1; i >= 0; i--) if (changes[i]!.end === end) return i;
      return -1;
    }).filter((i) => i >= 0).sort((a, b) => a - b);
    for (let i = at; i < changes.length && changes[i]!.rank < last && chosen.length < api.MOST_CHANGES; i++) chosen.push(i);
    return chosen.map((i) => {
      const { rank, end, path, observed } = changes[i]!;
      return { rank, packet: list[rank]!, time: replay.place[rank]!, end: end === client ? 'client' : 'server', path, observed };
    });
  }
}

/** Marks as the views know them: client and server instead of A and B. */
function marksOf(marks: number, client: number, direction: number): number {
  const a = client === 0;
  let out = direction === client ? 0 : api.MARK_SERVER;
  if (marks & (a ? REPLAY_OBSERVED_A : REPLAY_OBSERVED_B)) out |= api.MARK_OBSERVED_CLIENT;
  if (marks & (a ? REPLAY_OBSERVED_B : REPLAY_OBSERVED_A)) out |= api.MARK_OBSERVED_SERVER;
  if (marks & (a ? REPLAY_CLOSED_A : REPLAY_CLOSED_B)) out |= api.MARK_CLOSED_CLIENT;
  if (marks & (a ? REPLAY_CLOSED_B : REPLAY_CLOSED_A)) out |= api.MARK_CLOSED_SERVER;
  if (marks & REPLAY_ILLEGAL) out |= api.MARK_ILLEGAL;
  if (marks & REPLAY_LOST) out |= api.MARK_LOST;
  return out;
}

/** States with the client in the low four bits. */
function swapStates(states: number, client: number): number {
  return client === 0 ? states : ((states & 0x0f) << 4) | (states >>> 4);
}

/** Index of the first of `count` ascending values that is not below `value`. */
function lowerBound(values: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
