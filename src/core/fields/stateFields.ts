import type { SegmentAnalysis } from '../analysis/segmentAnalysis';
import { NO_STREAM, type Direction, type PacketIndex, type StreamIndex } from '../bytes/units';
import { ACK, SYN, type Segment } from '../decode/segment';
import type { SegmentObserver } from '../index/pipeline';
import { serverLooksLike } from '../stream/direction';
import { EndpointStates, STATE_NAMES } from '../stream/endpointStates';
import { DUPLICATE } from '../study/duplicates';
import type { VerdictTable } from '../table/verdictTable';
import type { PacketField, TcpRow } from './packetFields';

class Connection {
  readonly states = new EndpointStates();
  client: Direction = 0;
  clientKnown = false;
}

/** Walks the state machines of every stream in one pass; tells what the packet just observed did to its ends. */
export class StateReplay implements SegmentObserver {
  private readonly connections: Connection[] = [];
  private current: Connection | null = null;

  /** Copies by these verdicts move nothing. */
  constructor(private readonly verdicts: VerdictTable) {}

  observe(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex): void {
    const stream: StreamIndex = analysis.stream;
    this.current = null;
    if (segment.quoted || stream === NO_STREAM) return;
    let c = this.connections[stream];
    if (!c) {
      c = this.connections[stream] = new Connection();
      const looks = serverLooksLike(segment.srcPort, segment.dstPort);
      c.client = looks === 'unknown' || (looks === 'dst') === (analysis.direction === 0) ? 0 : 1;
      if (looks === 'unknown') c.client = analysis.direction;
    }
    if (segment.flags & SYN && !c.clientKnown) {
      c.clientKnown = true;
      c.client = segment.flags & ACK ? (analysis.direction ? 0 : 1) : analysis.direction;
    }
    if (this.verdicts.get(packet) & DUPLICATE) c.states.pass();
    else c.states.observe(segment, analysis.direction);
    this.current = c;
  }

  /** States that an end passed on the packet observed last, the one before it first; empty when it had no TCP header of its own. */
  path(role: 'client' | 'server'): readonly number[] {
    const c = this.current;
    if (!c) return [];
    return c.states.change(role === 'client' ? c.client : c.client ? 0 : 1).path;
  }
}

function field(role: 'client' | 'server', whole: boolean): PacketField {
  const names = (row: TcpRow): readonly string[] => (row.states?.path(role) ?? []).map((state) => STATE_NAMES[state]!);
  return {
    name: `state.${role}${whole ? '.path' : ''}`,
    doc: whole ? `States that the ${role} passed on this packet, joined by ">"` : `State of the ${role} after this packet (RFC 9293 3.3.2)`,
    value: (row) => (whole ? names(row).join('>') : (names(row).at(-1) ?? '')),
    needsVerdict: true,
    needsStates: true,
  };
}

/** state.*: endpoint states by RFC 9293. Rows must carry `states`. */
export const STATE_FIELDS: readonly PacketField[] = [field('client', false), field('server', false), field('client', true), field('server', true)];
