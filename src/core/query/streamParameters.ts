import { isDsack } from '../analysis/flowRecords';
import type { InferredParameter, ParameterEnd, ParameterSegment, PreviousStream } from '../analysis/inferredParameter';
import { inferParameters } from '../analysis/kernelParameters';
import { LABEL_KEEP_ALIVE, LABEL_REUSED_PORTS, LABEL_ZERO_WINDOW_PROBE } from '../analysis/segmentAnalysis';
import { PROBE_SILENCE } from '../analysis/unshownProbes';
import { mayBeLoopback } from '../bytes/address';
import { seqAfter, seqNotAfter } from '../bytes/seq';
import { NO_PACKET, UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import { ACK, DERIVED_SEQ, FAMILY_IPV4, FAMILY_IPV6, HEADER_BOGUS, HEADER_FULL, HEADER_PORTS, KNOWN_ACK, KNOWN_FLAGS, KNOWN_SEQ, KNOWN_TIME, KNOWN_WINDOW, OPT_AO, OPT_FAST_OPEN, OPT_MD5, OPT_MSS, OPT_OTHER, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, RST, SYN } from '../decode/segment';
import type { StreamParameter } from '../engineApi';
import { readSegment } from '../explain/facts';
import { parameterCard, parameterText } from '../explain/parameterCards';
import { TIME_WAIT } from '../stream/endpointStates';
import { META_NO_TIME } from '../table/packetTable';
import type { StreamRow } from '../table/streamTable';
import type { CaptureModel } from './captureModel';
import { isUnshownKeepAlive } from './unshownProbe';

/** Segments of a stream that are looked at: timers show at its beginning, in its pauses and at its end. */
const MOST_SEGMENTS = 200_000;
/** Rows in which a packet that is not TCP is looked for. */
const MOST_LOOKED_AT = 1000;
/** SYNs stand among the first segments. */
const LOOK_FOR_SYN = 16;
/** Answers to copies of data that are decoded again. */
const MOST_COPIES = 32;
const TIMER_AT_LEAST: Nanoseconds = 100_000_000;
/** How many segments of an end may pass before the answer to a copy, where the capture lies far from that end. */
const ANSWER_WITHIN = 4;

/** Reads kernel parameters back from a stream; remembers the last answer. */
export class ParameterQuery {
  private known: { readonly stream: StreamIndex; readonly length: number; readonly packets: number; readonly answer: readonly StreamParameter[] } | null = null;

  constructor(private readonly model: CaptureModel) {}

  async of(stream: StreamIndex): Promise<readonly StreamParameter[]> {
    const { model } = this;
    const list = model.streamPackets.of(stream);
    // Where numbers are not shown, only the study's verdicts tell a keep-alive.
    if (model.reader.info.text && this.mayHideProbes(list)) await model.studied();
    const { known } = this;
    if (known?.stream === stream && known.length === list.length && known.packets === model.packets.length) return known.answer;
    const packets = model.packets.length;
    const segments = this.segments(list);
    const row = model.streams.row(stream);
    const inferred = inferParameters({
      segments,
      ends: [await this.end(list, segments, 0), await this.end(list, segments, 1)],
      captureEnd: this.lastTime(packets),
      rtt: row.initialRtt,
      disturbed: this.disturbed(list),
      previous: await this.previous(stream, segments),
      ipHeader: row.family === FAMILY_IPV4 ? 20 : row.family === FAMILY_IPV6 ? 40 : null,
      loopback: ([0, 4] as const).every((o) => mayBeLoopback(row.family, row.address[o]!, row.address[o + 1]!, row.address[o + 2]!, row.address[o + 3]!)),
    });
    const answer = inferred.map((parameter) => asReport(parameter, row.client));
    this.known = { stream, length: list.length, packets, answer };
    return answer;
  }

  /** An ACK without a number follows a silence. */
  private mayHideProbes(list: Uint32Array): boolean {
    const table = this.model.packets;
    for (let i = 1; i < Math.min(list.length, MOST_SEGMENTS); i++) {
      if (!(table.known(list[i]!) & KNOWN_SEQ) && table.time(list[i]!) - table.time(list[i - 1]!) >= PROBE_SILENCE) return true;
    }
    return false;
  }

  private segments(list: Uint32Array): ParameterSegment[] {
    const table = this.model.packets;
    const found: ParameterSegment[] = [];
    // The first part and the last one of a very long stream.
    const skipFrom = list.length > MOST_SEGMENTS ? MOST_SEGMENTS / 2 : list.length;
    const skipTo = list.length > MOST_SEGMENTS ? list.length - MOST_SEGMENTS / 2 : list.length;
    for (let rank = 0; rank < list.length; rank++) {
      if (rank === skipFrom) rank = skipTo;
      if (rank >= list.length) break;
      const packet = list[rank]!;
      const header = table.header(packet);
      const known = table.known(packet);
      if (header === HEADER_PORTS || header === HEADER_BOGUS || table.meta(packet) & META_NO_TIME) continue;
      if (!(known & KNOWN_FLAGS) || !(known & KNOWN_TIME) || !(known & (KNOWN_SEQ | DERIVED_SEQ))) continue;
      found.push({
        packet,
        time: table.time(packet),
        direction: table.direction(packet),
        flags: table.flags(packet) & (known & KNOWN_ACK ? ~0 : ~ACK),
        seq: table.seq(packet),
        ack: table.ack(packet),
        length: table.payloadLength(packet) === UNKNOWN_LENGTH ? 0 : table.payloadLength(packet),
        hasWindow: (known & KNOWN_WINDOW) !== 0,
        window: table.window(packet),
        labels: table.labels(packet) | (isUnshownKeepAlive(this.model, packet) ? LABEL_KEEP_ALIVE : 0),
        acksPacket: table.acksPacket(packet),
      });
    }
    return found;
  }

  private lastTime(packets: number): Nanoseconds {
    const table = this.model.packets;
    for (let packet = packets - 1; packet >= Math.max(0, packets - 100); packet--) if (!(table.meta(packet) & META_NO_TIME)) return table.time(packet);
    return 0;
  }

  /** Something that is not TCP stands among the stream's packets or right after: perhaps an ICMP error that ended it. */
  private disturbed(list: Uint32Array): boolean {
    const table = this.model.packets;
    const [first, last] = [list[0] ?? 0, list.at(-1) ?? 0];
    const end = Math.min(table.length, last + 4, first + MOST_LOOKED_AT);
    for (let packet = first; packet < end; packet++) if (!table.isTcp(packet)) return true;
    return false;
  }

  private async end(list: Uint32Array, segments: readonly ParameterSegment[], end: Direction): Promise<ParameterEnd> {
    const table = this.model.packets;
    let synPacket: PacketIndex = NO_PACKET;
    for (let i = 0; i < Math.min(LOOK_FOR_SYN, list.length) && synPacket === NO_PACKET; i++) if (table.direction(list[i]!) === end && table.flags(list[i]!) & SYN) synPacket = list[i]!;
    const segment = synPacket === NO_PACKET ? null : await readSegment(this.model, synPacket);
    const has = (bit: number): boolean => segment !== null && (segment.optionsSeen & bit) !== 0;
    // A text may hide options: then their absence says nothing.
    const shown = segment !== null && this.model.reader.info.text === undefined;
    return {
      // Nor do options that the capture cut off.
      syn: segment?.header === HEADER_FULL && (shown || segment.optionsSeen !== 0)
        ? { packet: synPacket, flags: table.flags(synPacket), mss: has(OPT_MSS) ? segment.mss : null, windowScale: has(OPT_WINDOW_SCALE) ? segment.windowScale : null, sackPermitted: has(OPT_SACK_PERMITTED), timestamps: has(OPT_TIMESTAMPS), fastOpen: has(OPT_FAST_OPEN), otherOptions: has(OPT_OTHER | OPT_MD5 | OPT_AO) }
        : null,
      clock: await this.clock(segments, end),
      copyAnswers: await this.copyAnswers(segments, end),
    };
  }

  /** What an end says after data that it has acknowledged already: a D-SACK, or an ACK without. */
  private async copyAnswers(segments: readonly ParameterSegment[], end: Direction): Promise<ParameterEnd['copyAnswers']> {
    const found: { packet: PacketIndex; dsack: boolean }[] = [];
    let acked = NaN;
    let ackedAt = NaN;
    let due = 0;
    /** The copy was sent again by a timer: no copy that the network or the capture made, which the end may never have seen. */
    let sentAgain = false;
    let plain: PacketIndex = NO_PACKET;
    for (const s of segments) {
      if (found.length >= MOST_COPIES) break;
      if (s.direction !== end) {
        const probe = s.length <= 1 || s.labels & (LABEL_KEEP_ALIVE | LABEL_ZERO_WINDOW_PROBE);
        if (!probe && !Number.isNaN(acked) && !(s.flags & SYN) && seqNotAfter(s.seq + s.length, acked)) {
          due = ANSWER_WITHIN;
          sentAgain = s.time - ackedAt >= TIMER_AT_LEAST;
        }
        continue;
      }
      if (!(s.flags & ACK) || s.flags & SYN) continue;
      if (due > 0) {
        due--;
        const segment = s.ack === acked || s.length === 0 ? await readSegment(this.model, s.packet) : null;
        if (segment && isDsack(segment)) {
          found.push({ packet: s.packet, dsack: true });
          due = 0;
        } else if (segment && sentAgain && s.length === 0 && segment.header === HEADER_FULL && plain === NO_PACKET) plain = s.packet;
        if (due === 0 && plain !== NO_PACKET && found.at(-1)?.packet !== s.packet) found.push({ packet: plain, dsack: false });
        if (due === 0) plain = NO_PACKET;
      }
      if (Number.isNaN(acked) || seqAfter(s.ack, acked)) {
        acked = s.ack;
        ackedAt = s.time;
      }
    }
    return found;
  }

  /** The stream before this one on the same ports, if the end that closed it was in TIME-WAIT. */
  private async previous(stream: StreamIndex, segments: readonly ParameterSegment[]): Promise<PreviousStream | null> {
    const { model } = this;
    if (!segments[0] || !(segments[0].labels & LABEL_REUSED_PORTS)) return null;
    await model.studied();
    const reused = model.study?.report(stream)?.findings.find((f) => f.id === 'time-wait.port-reused');
    if (!reused || reused.packets.length < 2) return null;
    const packet = reused.packets[0]!;
    const before = model.packets.stream(packet);
    const report = model.study!.report(before);
    const timeWait = report?.clientState === TIME_WAIT ? 'client' : report?.serverState === TIME_WAIT ? 'server' : null;
    if (!timeWait) return null;
    const [now, then] = [model.streams.row(stream), model.streams.row(before)];
    const end = timeWait === 'client' ? then.client : other(then.client);
    return { packet, time: model.packets.time(packet), timeWait: sameEnd(then, end, now, 0) ? 0 : 1 };
  }

  /** The first and the last timestamp of an end, at least half a second apart. */
  private async clock(segments: readonly ParameterSegment[], end: Direction): Promise<ParameterEnd['clock']> {
    let [first, last]: (ParameterSegment | null)[] = [null, null];
    for (const s of segments) {
      if (s.direction !== end || !(s.flags & ACK)) continue;
      first ??= s;
      // An old segment that comes late carries an old timestamp; a RST may carry none.
      if (!last || (!seqAfter(last.seq, s.seq) && !(s.flags & RST))) last = s;
    }
    if (!first || !last || last.time - first.time < 5e8) return null;
    const [a, b] = [await readSegment(this.model, first.packet), await readSegment(this.model, last.packet)];
    if (!a || !b || !(a.optionsSeen & OPT_TIMESTAMPS) || !(b.optionsSeen & OPT_TIMESTAMPS)) return null;
    return [[first.time, a.tsVal], [last.time, b.tsVal]];
  }
}

const other = (end: Direction): Direction => (end ? 0 : 1);

/** Whether an end of one stream has the address and port of an end of another. */
function sameEnd(a: StreamRow, end: Direction, b: StreamRow, endOfB: Direction): boolean {
  for (let word = 0; word < 4; word++) if (a.address[end * 4 + word] !== b.address[endOfB * 4 + word]) return false;
  return a.port[end] === b.port[endOfB];
}

function asReport(parameter: InferredParameter, client: Direction): StreamParameter {
  const end = parameter.end === client ? 'client' : 'server';
  const { id, sysctl, range, values, figure, confidence, packets } = parameter;
  return { id, end, sysctl, range, values, figure, confidence, packets, text: parameterText(parameter), card: parameterCard(parameter, end) };
}
