import type { SegmentAnalysis } from '../analysis/segmentAnalysis';
import { NO_STREAM, type PacketIndex, type StreamIndex } from '../bytes/units';
import type { Segment } from '../decode/segment';
import type { SegmentObserver } from '../index/pipeline';
import { ConnectionStates } from '../stream/connectionStates';
import { goesToItself, STATE_NAMES } from '../stream/endpointStates';
import { DUPLICATE } from '../study/duplicates';
import type { VerdictTable } from '../table/verdictTable';
import type { PacketField, TcpRow } from './packetFields';

/** Walks the state machines of every stream in one pass; tells what the packet just observed did to its ends. */
export class StateReplay implements SegmentObserver {
  private readonly connections: ConnectionStates[] = [];
  private current: ConnectionStates | null = null;

  /** Copies by these verdicts move nothing. */
  constructor(private readonly verdicts: VerdictTable) {}

  observe(segment: Segment, analysis: SegmentAnalysis, packet: PacketIndex): void {
    const stream: StreamIndex = analysis.stream;
    this.current = null;
    if (segment.quoted || stream === NO_STREAM) return;
    const connection = (this.connections[stream] ??= new ConnectionStates(goesToItself(segment)));
    connection.observe(segment, analysis.direction, segment.srcPort, segment.dstPort, (this.verdicts.get(packet) & DUPLICATE) !== 0);
    this.current = connection;
  }

  /** States that an end passed on the packet observed last, the one before it first; empty when it had no TCP header of its own. */
  path(role: 'client' | 'server'): readonly number[] {
    return this.current?.path(role) ?? [];
  }
}

/** "SYN-SENT>ESTABLISHED". */
export function pathText(path: readonly number[]): string {
  return path.map((state) => STATE_NAMES[state]!).join('>');
}

/** What state.* fields are, for columns and for filters. */
export const STATE_FIELD_SPECS: readonly { readonly name: string; readonly role: 'client' | 'server'; readonly whole: boolean; readonly doc: string }[] = [
  { name: 'state.client', role: 'client', whole: false, doc: 'State of the client after this packet (RFC 9293 3.3.2), also where nothing of the client was seen: then by what reached it' },
  { name: 'state.server', role: 'server', whole: false, doc: 'State of the server after this packet (RFC 9293 3.3.2), also where nothing of the server was seen: then by what reached it' },
  { name: 'state.client.path', role: 'client', whole: true, doc: 'States that the client passed on this packet, joined by ">"' },
  { name: 'state.server.path', role: 'server', whole: true, doc: 'States that the server passed on this packet, joined by ">"' },
];

/** state.*: endpoint states by RFC 9293. Rows must carry `states`. */
export const STATE_FIELDS: readonly PacketField[] = STATE_FIELD_SPECS.map(({ name, role, whole, doc }) => ({
  name,
  doc,
  value: (row: TcpRow) => {
    const path = row.states?.path(role) ?? [];
    return pathText(whole ? path : path.slice(-1));
  },
  needsVerdict: true,
  needsStates: true,
}));
