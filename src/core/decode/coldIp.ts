import { formatIpv4 } from '../bytes/address';
import { u16be, u32be } from '../bytes/read';
import { t } from '../l10n';
import { IPV4, IPV4_OPTION } from '../protocol/ipv4';
import { AH, IPV6, IPV6_DESTINATION, IPV6_FRAGMENT, IPV6_HOP_BY_HOP, IPV6_ROUTING } from '../protocol/ipv6';
import { ICMP, ICMPV6, UDP } from '../protocol/tunnels';
import type { HeaderSpec } from '../protocol/fieldSpec';
import { addChecksumStatus, checksumText, verifyIpv4, verifyTransport, type Addresses } from './coldChecksum';
import { ipv6At } from './coldFields';
import { addFields, blank, type FieldText, type Node, type Span, type TreeBuilder } from './coldTree';

/** Adds an IPv4 header with its options. Returns where it ends. */
export function addIpv4(tree: TreeBuilder, span: Span): number {
  const { bytes: b, at, captured } = span;
  const claimed = captured > at ? (b[at]! & 15) << 2 : 20;
  const length = Math.max(20, claimed);
  const value = captured - at >= 20 ? `${formatIpv4(u32be(b, at + 12))} → ${formatIpv4(u32be(b, at + 16))}` : '';
  const layer = tree.open(IPV4, span, length, value);
  const checksum = verifyIpv4(span, length);
  addFields(layer, IPV4, span, Math.min(at + 20, captured), (name, raw) => ipv4Text(name, raw, span, checksumText(raw, checksum)));
  if (captured - at >= 12) addChecksumStatus(layer, IPV4, checksum);
  layer.children.sort((a, c) => a.start - c.start);
  addIpv4Options(tree, layer, { ...span, at: at + 20 }, at + length);
  const total = captured - at >= 4 ? u16be(b, at + 2) : 0;
  if (claimed < 20) tree.issue(layer, 'malformed', at, 20, claimed, t('IPv4: the header length says {0} bytes, but a header has at least 20.', claimed));
  else if (total !== 0 && total < length) tree.issue(layer, 'malformed', at + 2, length, total, t('IPv4: the total length {0} is less than the {1} bytes of the header.', total, length));
  tree.close(layer, span, length);
  return at + length;
}

function ipv4Text(name: string, raw: number, span: Span, checksum: string): FieldText | string | undefined {
  switch (name) {
    case 'headerLength':
      return { value: t('{0} bytes ({1})', raw * 4, raw), raw: raw * 4 };
    case 'totalLength':
      if (raw === 0) return t('0 (segmentation offload: the frame tells)');
      return span.at + raw > span.wire ? t('{0} bytes, more than the frame had ({1})', raw, span.wire - span.at) : t('{0} bytes', raw);
    case 'checksum':
      return checksum;
    case 'fragmentOffset':
      return raw === 0 ? undefined : t('{0} (byte {1})', raw, raw * 8);
    default:
      return undefined;
  }
}

function addIpv4Options(tree: TreeBuilder, layer: Node, span: Span, end: number): void {
  const { bytes: b, captured } = span;
  const stop = Math.min(end, captured);
  for (let at = span.at, ordinal = 1; at < stop; ordinal++) {
    const type = b[at]!;
    const single = type <= 1;
    const length = single ? 1 : at + 1 < stop ? b[at + 1]! : 0;
    const good = single || (length >= 2 && at + length <= end);
    const have = Math.min(good ? length : 1, stop - at);
    const name = IPV4_OPTION.fields[0]?.values?.[type];
    const node: Node = { ...blank(`${layer.id}.option.${ordinal}`, t(IPV4_OPTION.label), name === undefined ? String(type) : t(name), at, have, 'option'), raw: type, header: IPV4_OPTION };
    if (layer.buffer !== undefined) node.buffer = layer.buffer;
    layer.children.push(node);
    addFields(node, IPV4_OPTION, { ...span, at }, at + have);
    if (!good) {
      if (at + 1 < captured) tree.issue(node, 'malformed', at + 1, length, end - at, t('IPv4 option: length {0} does not fit.', length));
      return;
    }
    if (type === 0) return;
    at += length;
  }
}

/** Adds an IPv6 header. Returns where it ends. */
export function addIpv6(tree: TreeBuilder, span: Span): number {
  const { bytes: b, at, captured, wire } = span;
  const value = captured - at >= 40 ? `${ipv6At(b, at + 8)} → ${ipv6At(b, at + 24)}` : '';
  const describe = (name: string, raw: number): string | undefined => {
    if (name !== 'payloadLength' || raw === 0) return undefined;
    return at + 40 + raw > wire ? t('{0} bytes, more than the frame had ({1})', raw, Math.max(0, wire - at - 40)) : t('{0} bytes', raw);
  };
  tree.header(IPV6, span, 40, describe, value);
  return at + 40;
}

const EXTENSIONS: Readonly<Record<number, HeaderSpec>> = { 0: IPV6_HOP_BY_HOP, 43: IPV6_ROUTING, 60: IPV6_DESTINATION };

/** Adds an IPv6 extension header, fragment header or AH, by protocol number. Returns where it ends, or -1 for another protocol. */
export function addExtension(tree: TreeBuilder, span: Span, protocol: number): number {
  const { bytes: b, at, captured } = span;
  const spec = protocol === 51 ? AH : protocol === 44 ? IPV6_FRAGMENT : EXTENSIONS[protocol];
  if (!spec) return -1;
  const counted = at + 1 < captured ? b[at + 1]! : 0;
  const length = protocol === 51 ? Math.max(8, (counted + 2) << 2) : protocol === 44 ? 8 : (counted + 1) << 3;
  tree.header(spec, span, length, (name, raw) => (name === 'length' ? t('{0} bytes ({1})', length, raw) : undefined));
  return at + length;
}

/** Adds an ICMP or ICMPv6 header of 8 bytes. Returns where it ends. */
export function addIcmp(tree: TreeBuilder, span: Span, version: 4 | 6): number {
  const { bytes: b, at, captured } = span;
  const spec = version === 4 ? ICMP : ICMPV6;
  const type = captured > at ? b[at]! : -1;
  const isMtu = version === 4 ? type === 3 && b[at + 1] === 4 : type === 2;
  const name = spec.fields[0]?.values?.[type];
  tree.header(spec, span, 8, (field, raw) => (field === 'rest' && isMtu ? t('MTU of the next hop {0}', version === 4 ? raw & 0xffff : raw) : undefined), name === undefined ? '' : t(name));
  return at + 8;
}

/** Adds a UDP header, its checksum verified. Returns where it ends. */
export function addUdp(tree: TreeBuilder, span: Span, addresses: Addresses): number {
  const { bytes: b, at, captured } = span;
  const claimed = captured - at >= 6 ? u16be(b, at + 4) : 0;
  const end = claimed >= 8 ? Math.min(span.wire, at + claimed) : span.wire;
  const checksum = verifyTransport({ ...span, wire: end, captured: Math.min(captured, end) }, addresses, 17, 6);
  const layer = tree.header(UDP, span, 8, (name, raw) => (name === 'checksum' ? checksumText(raw, checksum) : undefined), captured - at >= 4 ? `${u16be(b, at)} → ${u16be(b, at + 2)}` : '');
  if (captured - at >= 8) addChecksumStatus(layer, UDP, checksum);
  if (captured - at >= 6 && claimed < 8) tree.issue(layer, 'malformed', at + 4, 8, claimed, t('UDP: the length {0} is less than the 8 bytes of the header.', claimed));
  return at + 8;
}
