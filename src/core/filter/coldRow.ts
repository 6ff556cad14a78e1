import { hex, u32be } from '../bytes/read';
import type { RecordDetail } from '../capture/captureReader';
import type { DetailNode, DetailTree } from '../decode/detail';
import { protocolsOf } from '../decode/protocols';
import { FrameDecoder } from '../decode/frameDecoder';
import { HEADER_FULL, type Segment } from '../decode/segment';
import { META_FRAGMENT, META_OPTIONS_BAD, META_REASSEMBLED, META_TCP, type PacketTable } from '../table/packetTable';
import type { PacketIndex } from '../bytes/units';
import { UNKNOWN_LENGTH } from '../bytes/units';
import type { BytesOf } from './fields/field';
import { isBytes, latin1, type FieldType, type Value } from './values';

/** One value of a field, and which occurrence of its protocol in the frame it belongs to, from 1. */
interface Found {
  readonly node: DetailNode;
  readonly layer: number;
  /** Under the row's own TCP header, which the tables describe. */
  readonly own: boolean;
}

/** One for all: a row's segment is looked at before the next row is. */
const decoder = new FrameDecoder();

/** A row whose record was read again: what the tables do not hold. */
export class ColdRow {
  private index: ReadonlyMap<string, readonly Found[]> | null = null;
  private built: DetailTree | null = null;

  constructor(
    readonly packet: PacketIndex,
    readonly record: RecordDetail,
    private readonly build: () => DetailTree,
    private readonly packets: PacketTable,
  ) {}

  /**
   * The segment of a plain TCP row, made by the hot pass; null where that is not the whole story: fragments, malformed options, an option
   * cut by the capture, text.
   */
  get segment(): Segment | null {
    const { record } = this.record;
    if (this.isText || this.packets.meta(this.packet) & (META_REASSEMBLED | META_FRAGMENT | META_OPTIONS_BAD)) return null;
    decoder.decode(record, this.packet);
    const segment = decoder.row >= 0 ? decoder.segments[decoder.row]! : null;
    return segment?.header === HEADER_FULL && !segment.optionsBad ? segment : null;
  }

  private get tree(): DetailTree {
    return (this.built ??= this.build());
  }

  /** Text captures have no bytes of the packet: their text is not its value. */
  private get isText(): boolean {
    return this.record.record.textSegment !== null || this.record.record.otherProtocol >= 0;
  }

  /** frame.protocols; of a text there are no headers to tell it by. */
  get protocols(): readonly string[] {
    return this.isText ? [] : [protocolsOf(this.tree, this.record.record.linkType)];
  }

  /** Values of a field in the packet's tree; `others`: without those of the row's own TCP header. */
  values(name: string, type: FieldType, others = false): readonly Value[] {
    const values: Value[] = [];
    for (const found of this.nodes(name)) {
      if (others && found.own) continue;
      const value = this.valueOf(found.node, type);
      if (value !== null) values.push(value);
    }
    return values;
  }

  /** Values with the number of the layer that each stands in. */
  layered(name: string, type: FieldType): readonly { readonly value: Value; readonly layer: number }[] {
    return this.nodes(name).flatMap(({ node, layer }) => {
      const value = this.valueOf(node, type);
      return value === null ? [] : [{ value, layer }];
    });
  }

  /** Lengths of the headers of that name, without what they carry. */
  headerLengths(name: string): readonly number[] {
    return this.nodes(name).map(({ node }) => node.length);
  }

  private nodes(name: string): readonly Found[] {
    this.index ??= indexTree(this.tree);
    return this.index.get(name) ?? [];
  }

  private valueOf(node: DetailNode, type: FieldType): Value | null {
    return nodeValue(node, type, this.tree, this.isText);
  }

  /** Bytes of the record, of the row's TCP segment, or of its payload; null when there is no such thing. */
  bytesOf(what: BytesOf): Uint8Array | null {
    const { bytes, start, end } = this.record.record;
    if (this.isText) return null;
    if (what === 'frame') return bytes.subarray(start, end);
    const { packets, packet } = this;
    const meta = packets.meta(packet);
    // The payload of a reassembled datagram lies in several frames.
    if (what === 'headers') return bytes.subarray(start, meta & META_TCP && !(meta & META_REASSEMBLED) ? Math.min(end, start + packets.tcpOffset(packet) + packets.headerLength(packet)) : end);
    if (!(meta & META_TCP)) return null;
    if (meta & META_REASSEMBLED) return this.values(what === 'tcp' ? 'tcp' : 'tcp.payload', 'header').at(-1) as Uint8Array | undefined ?? null;
    const from = start + packets.tcpOffset(packet);
    const length = packets.payloadLength(packet);
    const data = from + packets.headerLength(packet);
    const stop = Math.min(end, length === UNKNOWN_LENGTH ? end : data + length);
    if (what === 'tcp') return from < stop ? bytes.subarray(from, stop) : null;
    return length !== UNKNOWN_LENGTH && length > 0 && data < stop ? bytes.subarray(data, stop) : null;
  }
}

/** All nodes by filter name, in the order of the frame. */
function indexTree(tree: DetailTree): ReadonlyMap<string, readonly Found[]> {
  const index = new Map<string, Found[]>();
  const layers = new Map<string, number>();
  const walk = (node: DetailNode, layer: number, own: boolean): void => {
    if (node.filter !== '') {
      const found: Found = { node, layer, own };
      const list = index.get(node.filter);
      if (list) list.push(found);
      else index.set(node.filter, [found]);
    }
    for (const child of node.children) walk(child, layer, own);
  };
  for (const top of tree.layers) {
    const name = top.filter || top.id;
    const layer = (layers.get(name) ?? 0) + (top.kind === 'payload' ? 0 : 1);
    layers.set(name, layer);
    walk(top, Math.max(1, layer), top === tree.tcp || (tree.tcp !== null && top.id === `${tree.tcp.id}.payload`));
  }
  return index;
}

/** The value of a node as a filter compares it; null when it has none. */
export function nodeValue(node: DetailNode, type: FieldType, tree: DetailTree, isText = false): Value | null {
  if (type === 'label') return 1;
  if (!isBytes(type) && type !== 'text' && node.raw !== null) return node.raw;
  if (isText) return type === 'text' && node.raw === null && node.length > 0 ? node.value : null;
  const { bytes } = tree.buffers[node.buffer ?? 0]!;
  // A header's bytes go on with what it carries; an option ends where it ends.
  const end = type === 'header' && node.kind === 'layer' ? bytes.length : Math.min(bytes.length, node.start + node.length);
  if (type === 'ipv6' || type === 'mac') return end - node.start === (type === 'mac' ? 6 : 16) ? bytes.subarray(node.start, end) : null;
  if (isBytes(type)) return bytes.subarray(node.start, end);
  if (type === 'text') return latin1(bytes.subarray(node.start, end));
  if (type === 'ipv4') return end - node.start === 4 ? u32be(bytes, node.start) : null;
  return node.length > 6 && node.length <= 8 && node.bits === undefined && end - node.start === node.length ? BigInt(`0x${hex(bytes, node.start, node.length)}`) : null;
}
