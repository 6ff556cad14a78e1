import type { PacketIndex, StreamIndex } from '../bytes/units';
import { ACK, DERIVED_SEQ, HEADER_BOGUS, HEADER_PORTS, KNOWN_ACK, KNOWN_FLAGS, KNOWN_SEQ } from '../decode/segment';
import type { StateHistory, StateStep } from '../engineApi';
import { EndpointStates } from '../stream/endpointStates';
import type { CaptureModel } from './captureModel';

/** Steps that are answered: the ends of a stream change state a few times; a made-up stream can with every segment. */
const MOST_STEPS = 400;

/** Replays the state machines of the stream asked for last; a growing stream is gone on with. */
export class StateHistoryQuery {
  private stream: StreamIndex = -1;
  private taken = 0;
  private machine = new EndpointStates();
  private steps: StateStep[] = [];
  /** Steps beyond MOST_STEPS were not kept. */
  private dropped = 0;
  /** Where each end stood before the first step of it that is kept. */
  private begin: [number, number] = [0, 0];

  constructor(private readonly model: CaptureModel) {}

  /** The states that both ends of a packet's stream passed, and where they stand after that packet. Null when it is not TCP. */
  of(packet: PacketIndex): StateHistory | null {
    const { packets, streams } = this.model;
    if (!packets.isTcp(packet)) return null;
    const stream = packets.stream(packet);
    this.extend(stream);
    const client = streams.row(stream).client;
    const now = (end: 'client' | 'server'): number => {
      const last = this.steps.findLast((step) => step.end === end && step.packet <= packet);
      return last ? last.path.at(-1)! : this.begin[(end === 'client') === (client === 0) ? 0 : 1];
    };
    return { revision: this.model.revision, stream, packet, client: now('client'), server: now('server'), steps: this.steps, dropped: this.dropped };
  }

  private extend(stream: StreamIndex): void {
    const { packets, streamPackets, streams } = this.model;
    const list = streamPackets.of(stream);
    if (stream !== this.stream || list.length < this.taken) {
      this.stream = stream;
      this.taken = 0;
      this.machine = new EndpointStates();
      this.steps = [];
      this.dropped = 0;
    }
    const client = streams.row(stream).client;
    const fresh: StateStep[] = [];
    for (; this.taken < list.length; this.taken++) {
      const packet = list[this.taken]!;
      const header = packets.header(packet);
      const known = packets.known(packet);
      if (header === HEADER_PORTS || header === HEADER_BOGUS || !(known & KNOWN_FLAGS) || !(known & (KNOWN_SEQ | DERIVED_SEQ))) continue;
      const flags = packets.flags(packet) & (known & KNOWN_ACK ? ~0 : ~ACK);
      const direction = packets.direction(packet);
      this.machine.observe({ flags, seq: packets.seq(packet), ack: packets.ack(packet), length: packets.payloadLength(packet) }, direction);
      for (const end of [0, 1] as const) {
        const change = this.machine.change(end);
        if (this.taken === 0) this.begin[end] = change.path[0] ?? this.machine.state(end);
        if (change.path.length < 2) continue;
        if (this.steps.length + fresh.length < MOST_STEPS) fresh.push({ packet, end: end === client ? 'client' : 'server', path: change.path.slice(), observed: change.observed });
        else this.dropped++;
      }
    }
    if (fresh.length > 0) this.steps = [...this.steps, ...fresh];
  }
}
