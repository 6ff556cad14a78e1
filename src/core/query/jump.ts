import { NO_PACKET, type PacketIndex, type StreamIndex } from '../bytes/units';
import type { Jump, JumpTarget, PacketView } from '../engineApi';
import type { CaptureModel } from './captureModel';
import type { FilterViews } from '../filter/filterViews';
import { lowerBound } from './streamPackets';

/** Where a jump lands; null when there is nothing in that direction. */
export function jump(model: CaptureModel, request: Jump): JumpTarget | null {
  switch (request.to) {
    case 'packet':
      return request.packet >= 0 && request.packet < model.packets.length ? target(model, request.packet) : null;
    case 'stream':
      return firstOf(model, request.stream);
    case 'nextStream':
      return neighbourStream(model, request.from, 1);
    case 'previousStream':
      return neighbourStream(model, request.from, -1);
    default:
      return inStream(model, request.to, request.from);
  }
}

function target(model: CaptureModel, packet: PacketIndex): JumpTarget {
  if (!model.packets.isTcp(packet)) return { packet, stream: null, rankInStream: null };
  const stream = model.packets.stream(packet);
  return { packet, stream, rankInStream: model.streamPackets.rank(stream, packet) };
}

function firstOf(model: CaptureModel, stream: StreamIndex): JumpTarget | null {
  if (stream < 0 || stream >= model.streams.length) return null;
  const packet = model.streams.row(stream).firstPacket;
  return packet === NO_PACKET ? null : target(model, packet);
}

/** The nearest stream with packets of its own (one known only from an ICMP quote has none). `from` is a stream number. */
function neighbourStream(model: CaptureModel, from: StreamIndex | null, step: 1 | -1): JumpTarget | null {
  let stream = from === null ? (step > 0 ? 0 : model.streams.length - 1) : from + step;
  for (; stream >= 0 && stream < model.streams.length; stream += step) {
    const found = firstOf(model, stream);
    if (found) return found;
  }
  return null;
}

type InStream = Exclude<Jump['to'], 'packet' | 'stream' | 'nextStream' | 'previousStream'>;

function inStream(model: CaptureModel, to: InStream, from: PacketIndex): JumpTarget | null {
  const table = model.packets;
  if (from < 0 || from >= table.length || !table.isTcp(from)) return null;
  const stream = table.stream(from);
  const list = model.streamPackets.of(stream);
  const rank = lowerBound(list, from);
  const at = (r: number): JumpTarget | null => (r >= 0 && r < list.length ? { packet: list[r]!, stream, rankInStream: r } : null);
  switch (to) {
    case 'nextInStream':
      return at(rank + 1);
    case 'previousInStream':
      return at(rank - 1);
    case 'firstOfStream':
      return at(0);
    case 'lastOfStream':
      return at(list.length - 1);
    case 'nextOtherDirection': {
      const direction = table.direction(from);
      for (let r = rank + 1; r < list.length; r++) if (table.direction(list[r]!) !== direction) return at(r);
      return null;
    }
  }
}

/** Row of a packet in a view, or null when the view does not hold it (yet, while a filter runs). */
export async function rowOf(model: CaptureModel, views: FilterViews, view: PacketView, packet: PacketIndex, signal: { readonly aborted: boolean }): Promise<number | null> {
  if (packet < 0 || packet >= model.packets.length) return null;
  const { list } = await views.rows(view, signal);
  if (!list) return packet;
  const rank = lowerBound(list, packet);
  return list[rank] === packet ? rank : null;
}
