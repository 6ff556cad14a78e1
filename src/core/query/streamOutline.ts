import { formatEndpoint } from '../bytes/address';
import { NO_PACKET, UNKNOWN_LENGTH } from '../bytes/units';
import { ACK, FIN, KNOWN_TIME, RST, SYN } from '../decode/segment';
import type { RunHost } from '../filter/filterRun';
import { STATE_NAMES } from '../stream/endpointStates';
import type { CaptureModel } from './captureModel';
import { tcpColumns } from './packetRows';
import type { StreamReplays } from './streamReplays';
import { streamRowData } from './streamRows';
import { META_NO_TIME } from '../table/packetTable';
import type { PacketHint, StreamOutline, StreamOutlineRequest, StreamPhase, StreamPhaseKind } from './textApi';

/** Most streams and packets that one request answers. */
const MOST_STREAMS = 5000;
/** Most phases of a stream: ports that open and close again and again are hostile, or of no use in an outline. */
export const MOST_PHASES = 50;
/** An outline gives way to other requests after so long. */
const SLICE_MS = 10;
const MOST_HINTS = 2000;

/** Streams [start, start + count), with the phases of each unless `phases` is false. Gives way between streams. */
export async function streamOutlines(
  model: CaptureModel,
  { start, count, phases = true }: StreamOutlineRequest,
  host: RunHost,
  signal: { readonly aborted: boolean },
): Promise<readonly StreamOutline[]> {
  let sliceEnd = host.now() + SLICE_MS;
  const outlines: StreamOutline[] = [];
  const end = Math.min(model.streams.length, start + Math.min(count, MOST_STREAMS));
  for (let stream = Math.max(0, start); stream < end && !signal.aborted; stream++) {
    if (host.now() >= sliceEnd) {
      await host.yield();
      sliceEnd = host.now() + SLICE_MS;
    }
    const row = model.streams.row(stream);
    // A stream known only from an ICMP quote has no packets of its own.
    if (row.firstPacket === NO_PACKET) continue;
    const data = streamRowData(model, stream);
    outlines.push({
      stream,
      client: formatEndpoint(data.client, data.clientPort),
      server: formatEndpoint(data.server, data.serverPort),
      status: data.status,
      statusText: data.statusText,
      verdict: data.study?.verdict ?? '',
      severity: data.study?.severity ?? null,
      retransmissions: data.retransmissions,
      firstPacket: row.firstPacket,
      lastPacket: row.lastPacket,
      packets: data.packets,
      bytesClient: data.bytesClient,
      bytesServer: data.bytesServer,
      duration: data.untimed ? null : data.duration,
      phases: phases ? streamPhases(model, stream) : [],
    });
  }
  return outlines;
}

/** The parts of a connection's life: up to the ACK that completes the handshake; data; from the first FIN or RST on. At most MOST_PHASES. */
export function streamPhases(model: CaptureModel, stream: number): readonly StreamPhase[] {
  const table = model.packets;
  const client = model.streams.row(stream).client;
  const phases: { -readonly [K in keyof StreamPhase]: StreamPhase[K] }[] = [];
  /** Sequence numbers of the SYNs of endpoints A and B. */
  const syns = [NaN, NaN];
  let synAck = false;
  let open = false;
  let closing = false;
  for (const packet of model.streamPackets.of(stream)) {
    const flags = table.flags(packet);
    const length = table.payloadLength(packet);
    const payload = length === UNKNOWN_LENGTH ? 0 : length;
    const direction = table.direction(packet);
    // Sent again while the connection is open: no new handshake.
    const repeated = open && !closing && table.seq(packet) === syns[direction];
    if (flags & SYN && !repeated) {
      syns[direction] = table.seq(packet);
      // A SYN after the close: the same ports again.
      closing = open = false;
      synAck = (flags & ACK) !== 0 || synAck;
    } else if (flags & (FIN | RST)) closing = true;
    let kind: StreamPhaseKind = closing ? 'close' : open ? 'data' : 'handshake';
    if (!open && !closing && !(flags & SYN)) {
      // The first segment without SYN ends the handshake, and belongs to it when it is the bare ACK.
      open = true;
      if (!(synAck && flags & ACK && payload === 0)) kind = 'data';
    }
    let last = phases[phases.length - 1];
    if (last?.kind !== kind && phases.length === MOST_PHASES) break;
    if (last?.kind !== kind) phases.push((last = { kind, first: packet, last: packet, packets: 0, bytesClient: 0, bytesServer: 0 }));
    last.last = packet;
    last.packets++;
    if (direction === client) last.bytesClient += payload;
    else last.bytesServer += payload;
  }
  return phases;
}

/** What a packet did to the states of its stream's ends. */
function statesOf(model: CaptureModel, replays: StreamReplays, packet: number): PacketHint['states'] {
  const stream = model.packets.stream(packet);
  const { client } = model.streams.row(stream);
  return replays.of(stream).changesAt(model.streamPackets.rank(stream, packet)).map(({ end, path, observed }) => ({
    end: end === client ? ('client' as const) : ('server' as const),
    state: STATE_NAMES[path.at(-1)!]!,
    observed,
  }));
}

/** Hints of packets [start, start + count); other traffic has none. */
export function packetHints(model: CaptureModel, replays: StreamReplays, start: number, count: number): readonly PacketHint[] {
  const table = model.packets;
  const hints: PacketHint[] = [];
  const end = Math.min(table.length, start + Math.min(count, MOST_HINTS));
  for (let packet = Math.max(0, start); packet < end; packet++) {
    if (!table.isTcp(packet)) continue;
    const columns = tcpColumns(model, packet);
    const acked = table.acksPacket(packet);
    const timed = !(table.meta(packet) & META_NO_TIME) && (table.known(packet) & KNOWN_TIME) !== 0;
    hints.push({
      packet,
      streamTime: timed ? columns.streamTime : null,
      rtt: timed && acked !== NO_PACKET ? table.timeBetween(acked, packet)[0] : null,
      states: statesOf(model, replays, packet),
    });
  }
  return hints;
}
