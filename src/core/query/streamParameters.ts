import { inferParameters, type InferredParameter, type ParameterEnd, type ParameterSegment } from '../analysis/kernelParameters';
import { NO_PACKET, UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import { ACK, DERIVED_SEQ, HEADER_BOGUS, HEADER_FULL, HEADER_PORTS, KNOWN_ACK, KNOWN_FLAGS, KNOWN_SEQ, KNOWN_TIME, KNOWN_WINDOW, OPT_AO, OPT_FAST_OPEN, OPT_MD5, OPT_MSS, OPT_OTHER, OPT_SACK_PERMITTED, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, SYN } from '../decode/segment';
import type { StreamParameter } from '../engineApi';
import { readSegment } from '../explain/facts';
import { parameterCard, parameterText } from '../explain/parameterCards';
import { META_NO_TIME } from '../table/packetTable';
import type { CaptureModel } from './captureModel';

/** Segments of a stream that are looked at: timers show at its beginning, in its pauses and at its end. */
const MOST_SEGMENTS = 200_000;
/** Rows in which a packet that is not TCP is looked for. */
const MOST_LOOKED_AT = 1000;
/** SYNs stand among the first segments. */
const LOOK_FOR_SYN = 16;

/** Reads kernel parameters back from a stream; remembers the last answer. */
export class ParameterQuery {
  private known: { readonly stream: StreamIndex; readonly length: number; readonly packets: number; readonly answer: readonly StreamParameter[] } | null = null;

  constructor(private readonly model: CaptureModel) {}

  async of(stream: StreamIndex): Promise<readonly StreamParameter[]> {
    const { model } = this;
    const list = model.streamPackets.of(stream);
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
    });
    const answer = inferred.map((parameter) => asReport(parameter, row.client));
    this.known = { stream, length: list.length, packets, answer };
    return answer;
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
        labels: table.labels(packet),
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
    };
  }

  /** The first and the last timestamp of an end, at least half a second apart. */
  private async clock(segments: readonly ParameterSegment[], end: Direction): Promise<ParameterEnd['clock']> {
    const own = segments.filter((s) => s.direction === end && s.flags & ACK);
    const [first, last] = [own[0], own.at(-1)];
    if (!first || !last || last.time - first.time < 5e8) return null;
    const [a, b] = [await readSegment(this.model, first.packet), await readSegment(this.model, last.packet)];
    if (!a || !b || !(a.optionsSeen & OPT_TIMESTAMPS) || !(b.optionsSeen & OPT_TIMESTAMPS)) return null;
    return [[first.time, a.tsVal], [last.time, b.tsVal]];
  }
}

function asReport(parameter: InferredParameter, client: Direction): StreamParameter {
  const end = parameter.end === client ? 'client' : 'server';
  const { id, sysctl, range, values, figure, confidence, packets } = parameter;
  return { id, end, sysctl, range, values, figure, confidence, packets, text: parameterText(parameter), card: parameterCard(parameter, end) };
}
