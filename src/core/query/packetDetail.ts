import type { PacketIndex } from '../bytes/units';
import type { CapturedRecord, RecordDetail } from '../capture/captureReader';
import type { TextToken } from '../capture/textTokens';
import { buildDetail, type DetailContext } from '../decode/cold';
import type { DetailNode, DetailTree } from '../decode/detail';
import { tcpDiagram } from '../decode/diagram';
import { FrameDecoder } from '../decode/frameDecoder';
import type { DetailNodeData, DiagramBox, PacketDetail, PacketPosition } from '../engineApi';
import { buildTextDetail } from '../decode/textDetail';
import { META_REASSEMBLED, META_RELATIVE_ACK, META_RELATIVE_SEQ } from '../table/packetTable';
import type { CaptureModel } from './captureModel';

/** A packet decoded again in full, with what the tables know of it. */
export interface DecodedPacket {
  readonly packet: PacketIndex;
  readonly tree: DetailTree;
  readonly diagram: readonly DiagramBox[];
  readonly record: CapturedRecord;
  readonly comments: readonly string[];
  /** Text captures: the record's own text and what each piece of it is. */
  readonly text?: Uint8Array;
  readonly tokens?: readonly TextToken[];
}

/** Reads one record again. Rejects with SourceError when the file is gone. */
export function readRecord(model: CaptureModel, packet: PacketIndex): Promise<RecordDetail> {
  return model.reader.recordAt(model.packets.offset(packet), model.packets.interfaceIndex(packet));
}

/** The cold pass over one packet. */
export async function decodePacket(model: CaptureModel, packet: PacketIndex): Promise<DecodedPacket> {
  const detail = await readRecord(model, packet);
  const context = await detailContext(model, packet);
  const { record, comments } = detail;
  const text = detail.text ? { text: detail.text, tokens: detail.tokens ?? [] } : {};
  // A hex dump in the text is decoded as the bytes that it is.
  if (detail.text && (record.textSegment || record.otherProtocol >= 0)) return { packet, ...buildTextDetail(detail, context), record, comments, ...text };
  const tree = buildDetail(record, context);
  return { packet, tree, diagram: tcpDiagram(tree), record, comments, ...text };
}

/** What the tables know of a packet and its record does not tell. */
export async function detailContext(model: CaptureModel, packet: PacketIndex): Promise<DetailContext> {
  const table = model.packets;
  const meta = table.meta(packet);
  const context: { -readonly [K in keyof DetailContext]: DetailContext[K] } = { frameNumber: packet + 1 };
  if (!table.isTcp(packet)) return context;
  const row = model.streams.row(table.stream(packet));
  const direction = table.direction(packet);
  if (meta & META_RELATIVE_SEQ) context.seqBase = row.baseAt(direction, packet);
  if (meta & META_RELATIVE_ACK) context.ackBase = row.baseAt(direction ? 0 : 1, packet);
  context.windowScale = table.scale(packet);
  const fragments = table.fragments.get(packet);
  if (meta & META_REASSEMBLED && fragments) {
    const datagram = await reassemble(model, fragments);
    if (datagram) {
      context.datagram = datagram;
      context.fragmentFrames = fragments.map((p) => p + 1);
    }
  }
  return context;
}

/** Puts a datagram together again from the records of its fragments. */
export async function reassemble(model: CaptureModel, fragments: readonly PacketIndex[], decoder = new FrameDecoder()): Promise<Uint8Array | null> {
  for (const packet of fragments) decoder.decode((await readRecord(model, packet)).record, packet);
  return decoder.datagram ? decoder.datagram.slice() : null;
}

/** What the views get of a decoded packet. */
export async function packetDetail(model: CaptureModel, packet: PacketIndex): Promise<PacketDetail> {
  const { tree, diagram, comments } = await decodePacket(model, packet);
  return {
    revision: model.revision,
    packet,
    buffers: tree.buffers.map((b) => ({ label: b.label, bytes: b.bytes.slice() })),
    tree: tree.layers.map(nodeData),
    diagram,
    issues: tree.issues.map((issue) => ({ kind: issue.kind, message: issue.message, node: issueNode(tree.layers, issue) })),
    comments,
    position: packetPosition(model, packet),
  };
}

function nodeData(node: DetailNode): DetailNodeData {
  return {
    id: node.id,
    label: node.label,
    value: node.value,
    start: node.start,
    length: node.length,
    bit: node.bit ?? null,
    bits: node.bits ?? null,
    buffer: node.buffer ?? 0,
    filter: node.filter,
    kind: node.kind,
    ...(node.shown ? { shown: node.shown } : {}),
    children: node.children.map(nodeData),
  };
}

function issueNode(nodes: readonly DetailNode[], issue: DetailNode['issue']): string | null {
  for (const node of nodes) {
    if (node.issue === issue) return node.id;
    const found = issueNode(node.children, issue);
    if (found) return found;
  }
  return null;
}

/** Where a packet stands in the capture and in its stream. */
export function packetPosition(model: CaptureModel, packet: PacketIndex): PacketPosition {
  const table = model.packets;
  const base = { packet, packets: table.length, streams: model.streams.length };
  if (!table.isTcp(packet)) return { ...base, stream: null, rankInStream: null, streamPackets: null };
  const stream = table.stream(packet);
  const list = model.streamPackets.of(stream);
  return { ...base, stream, rankInStream: model.streamPackets.rank(stream, packet), streamPackets: list.length };
}

/** Finds a node by its id. */
export function findNode(nodes: readonly DetailNode[], id: string): DetailNode | null {
  for (const node of nodes) {
    if (node.id === id) return node;
    const found = findNode(node.children, id);
    if (found) return found;
  }
  return null;
}
