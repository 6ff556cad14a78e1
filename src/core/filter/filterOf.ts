import { formatIpv4, formatIpv6 } from '../bytes/address';
import { hex, u32be } from '../bytes/read';
import { NANOS_PER_SECOND } from '../bytes/units';
import type { CaptureModel } from '../query/captureModel';
import type { DecodedPacket } from '../query/packetDetail';
import { findNode } from '../query/packetDetail';
import { BLOCK_ROWS } from '../table/packetTable';
import { quote } from './ast';
import { nodeValue } from './coldRow';
import type { FilterOfRequest } from './filterApi';
import type { FilterField } from './fields/field';
import { filterField } from './fields/fields';
import { readCold } from './filterRun';
import { fieldReader } from './readers';
import { type FieldType, type Value } from './values';

/** Longest run of bytes that is written into a filter. */
const MOST_BYTES = 64;

/** The filter that a packet's own values pass: of a node of its tree, else of the named fields that it has. */
export async function filterOf(model: CaptureModel, request: FilterOfRequest, decode: (packet: number) => Promise<DecodedPacket>): Promise<string | null> {
  const { packet, node, fields } = request;
  if (node !== null) return ofNode(await decode(packet), node);
  const parts: string[] = [];
  const cold = await readCold(model, packet);
  for (const name of fields) {
    const field = filterField(name);
    if (!field) continue;
    const values = fieldReader(field, model)({ block: model.packets.block(packet), i: packet & (BLOCK_ROWS - 1), packet, cold }) ?? [];
    if (values.length > 0) parts.push(expressionOf(field, values[0]!, model));
  }
  return parts.length > 0 ? parts.join(' && ') : null;
}

function ofNode({ tree }: DecodedPacket, id: string): string | null {
  const node = findNode(tree.layers, id);
  const field = node && filterField(node.filter);
  if (!node || !field) return null;
  // A header as a whole, or bytes too long to write: that it is there.
  if (node.kind === 'layer' || node.kind === 'option' || field.type === 'label') return field.name;
  const value = nodeValue(node, field.type, tree);
  return value === null ? null : expressionOf(field, value, null);
}

function expressionOf(field: FilterField, value: Value, model: CaptureModel | null): string {
  if (field.type === 'label' || field.type === 'header' || (typeof value === 'object' && (value.length > MOST_BYTES || value.length === 0))) return field.name;
  return `${field.name} == ${literalOf(field.type, value, field, model)}`;
}

/** A value as the filter language writes it. */
function literalOf(type: FieldType, value: Value, field: FilterField, model: CaptureModel | null): string {
  if (typeof value === 'object') {
    if (type === 'ipv6') return formatIpv6(u32be(value, 0), u32be(value, 4), u32be(value, 8), u32be(value, 12));
    return hex(value).replace(/(..)(?=.)/g, '$1:');
  }
  if (typeof value === 'string') return quote(value);
  if (type === 'ipv4') return formatIpv4(Number(value));
  if (type === 'duration') return seconds(BigInt(value));
  if (type === 'epoch') return seconds(BigInt(value) + BigInt(model?.indexer.baseSeconds ?? 0) * BigInt(NANOS_PER_SECOND) + BigInt(model?.indexer.baseNanos ?? 0));
  const named = field.choices && field.values?.[Number(value)];
  if (named !== undefined) return quote(named);
  return field.name === 'tcp.flags' ? `0x${value.toString(16).padStart(3, '0')}` : String(value);
}

function seconds(nanos: bigint): string {
  const sign = nanos < 0n ? '-' : '';
  const digits = (nanos < 0n ? -nanos : nanos).toString().padStart(10, '0');
  return `${sign}${digits.slice(0, -9)}.${digits.slice(-9)}`;
}
