import type { PacketIndex } from '../bytes/units';
import type { StateHistory, StateStep } from '../engineApi';
import type { CaptureModel } from './captureModel';
import type { StreamReplays } from './streamReplays';

/** Steps that are answered: the ends of a stream change state a few times; a made-up stream can with every segment. */
const MOST_STEPS = 400;

/** Answers which states the ends of a stream pass. */
export class StateHistoryQuery {
  constructor(
    private readonly model: CaptureModel,
    private readonly replays: StreamReplays,
  ) {}

  /** The states that both ends of a packet's stream pass, and where they stand after that packet. Null when it is not TCP. */
  of(packet: PacketIndex): StateHistory | null {
    const { packets, streams, streamPackets, revision } = this.model;
    if (!packets.isTcp(packet)) return null;
    const stream = packets.stream(packet);
    const replay = this.replays.of(stream);
    const list = streamPackets.of(stream);
    const { client } = streams.row(stream);
    const both = replay.states[streamPackets.rank(stream, packet)] ?? 0;
    const [a, b] = [both & 0x0f, both >>> 4];
    const steps = replay.changes.slice(0, MOST_STEPS).map(({ rank, end, path, observed }): StateStep => ({ packet: list[rank]!, end: end === client ? 'client' : 'server', path, observed }));
    return { revision, stream, packet, client: client ? b : a, server: client ? a : b, steps, dropped: replay.changes.length - steps.length };
  }
}
