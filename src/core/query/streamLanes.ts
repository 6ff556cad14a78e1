import { LABEL_ZERO_WINDOW } from '../analysis/segmentAnalysis';
import { VERDICT_RETRANSMISSION, VERDICT_UNKNOWN } from '../analysis/segmentVerdict';
import { NO_PACKET, UNKNOWN_LENGTH, type Nanoseconds, type PacketIndex, type StreamIndex } from '../bytes/units';
import { FIN, RST, SYN } from '../decode/segment';
import * as api from '../overviewApi';
import type { StudyIndex } from '../study/studyIndex';
import { BLOCK_ROWS, META_DIRECTION_B } from '../table/packetTable';
import type { CaptureModel } from './captureModel';
import type { Pace } from './pace';
import { isTimed, RESENT_LABELS } from './timeBins';

/** Lanes that are kept: the pages of a streams table that lie around the one on screen. */
const MOST_KEPT = 2048;
/** Packets between two looks at the clock. */
const PACKETS_PER_LOOK = 16_384;
/** While the capture is read a lane is made anew when so many times as many packets are there: all of it stays linear. */
const GROWTH = 1.25;

interface Kept {
  readonly packets: number;
  readonly last: PacketIndex;
  readonly study: StudyIndex | null;
  readonly cells: Uint8Array;
}

/**
 * LANE_* bits of `cells` equal parts of a time, for one stream. A time of no length (and a stream without times) gives
 * every segment the same room instead. Not whole when the pace was stopped.
 */
export async function laneCells(model: CaptureModel, stream: StreamIndex, from: Nanoseconds, to: Nanoseconds, cells: number, pace: Pace): Promise<Uint8Array> {
  const out = new Uint8Array(cells);
  const { packets: table } = model;
  const row = model.streams.row(stream);
  const byTime = to > from;
  if (byTime && row.endTime < from) return out;
  const perCell = byTime ? cells / (to - from) : 0;
  let rank = row.packets[0] + row.packets[1];
  const total = Math.max(1, rank);
  for (let packet = row.lastPacket; packet !== NO_PACKET && rank > 0; ) {
    rank--;
    if (rank % PACKETS_PER_LOOK === 0 && !(await pace.goOn())) return out;
    const block = table.block(packet);
    const i = packet & (BLOCK_ROWS - 1);
    let cell = -1;
    if (!byTime) cell = Math.floor((rank * cells) / total);
    else if (isTimed(block, i)) {
      const time = block.time[i]!;
      // Those before it came earlier still.
      if (time < from && table.timesAscend) break;
      if (time >= from && time <= to) cell = Math.min(cells - 1, Math.floor((time - from) * perCell));
    }
    if (cell >= 0) {
      const flags = block.flags[i]!;
      const length = block.length[i]!;
      let bits = (block.meta[i]! & META_DIRECTION_B) === row.client ? api.LANE_CLIENT : api.LANE_SERVER;
      if (length > 0 && length !== UNKNOWN_LENGTH) bits |= api.LANE_DATA;
      if (flags & (SYN | FIN | RST)) bits |= (flags & SYN ? api.LANE_SYN : 0) | (flags & FIN ? api.LANE_FIN : 0) | (flags & RST ? api.LANE_RST : 0);
      const labels = block.labels[i]!;
      const verdict = model.verdict(packet);
      if (verdict & VERDICT_UNKNOWN ? labels & RESENT_LABELS : verdict & VERDICT_RETRANSMISSION) bits |= api.LANE_RESENT;
      if (labels & LABEL_ZERO_WINDOW) bits |= api.LANE_CLOSED;
      out[cell]! |= bits;
    }
    packet = block.previous[i]!;
  }
  return out;
}

/** Lanes over each stream's own time, as the streams table shows them; those made last are kept. */
export class OwnLanes {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly model: CaptureModel) {}

  async of(stream: StreamIndex, cells: number, pace: Pace): Promise<Uint8Array> {
    const { kept, model } = this;
    const { study } = model;
    const key = `${stream} ${cells}`;
    const row = model.streams.row(stream);
    const held = kept.get(key);
    const packets = row.packets[0] + row.packets[1];
    if (held?.study === study && (held.last === row.lastPacket || (model.growing() && packets < held.packets * GROWTH))) return held.cells;
    const made = await laneCells(model, stream, row.startTime, row.endTime, cells, pace);
    if (pace.stopped) return made;
    kept.delete(key);
    kept.set(key, { packets, last: row.lastPacket, study, cells: made });
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
    return made;
  }
}
