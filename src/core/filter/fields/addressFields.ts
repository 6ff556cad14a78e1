import { formatAddress, formatIpv4, formatIpv6 } from '../../bytes/address';
import { u32be } from '../../bytes/read';
import type { Direction } from '../../bytes/units';
import { FAMILY_IPV4, FAMILY_IPV6, FAMILY_NAME, FAMILY_NONE } from '../../decode/segment';
import { ETHERNET } from '../../protocol/ethernet';
import { IPV4 } from '../../protocol/ipv4';
import { IPV6 } from '../../protocol/ipv6';
import type { CaptureModel } from '../../query/captureModel';
import type { StreamRow } from '../../table/streamTable';
import type { FieldType, Value } from '../values';
import type { FilterField } from './field';

const LINKTYPE_ETHERNET = 1;

type End = 'source' | 'destination';

const endOf = (end: End, direction: Direction): 0 | 1 => (end === 'source' ? direction : direction ? 0 : 1);

function ipv4(end: End): FilterField['ofStream'] {
  return () => (row, direction) => (row.family === FAMILY_IPV4 ? row.address[endOf(end, direction) * 4 + 3]! : null);
}

function ipv6(end: End): FilterField['ofStream'] {
  return () => (row, direction) => {
    if (row.family !== FAMILY_IPV6) return null;
    const at = endOf(end, direction) * 4;
    const bytes = new Uint8Array(16);
    for (let i = 0; i < 16; i++) bytes[i] = row.address[at + (i >> 2)]! >>> (24 - (i & 3) * 8);
    return bytes;
  };
}

/** The address as text, or the name that a text capture shows in its place. */
function host(end: End, families: readonly number[]): FilterField['ofStream'] {
  return ({ reader }: CaptureModel) => (row: StreamRow, direction: Direction): Value | null => {
    if (!families.includes(row.family)) return null;
    const at = endOf(end, direction) * 4;
    const [a, b, c, d] = row.address.subarray(at, at + 4) as unknown as [number, number, number, number];
    if (row.family === FAMILY_IPV4) return formatIpv4(d);
    return row.family === FAMILY_IPV6 ? formatIpv6(a, b, c, d) : formatAddress(row.family, a, b, c, d, reader.info.hostName);
  };
}

/** An address as tshark writes a host whose name it does not look up. */
function hostOf(prefix: string): (end: End) => Partial<FilterField> {
  const type = prefix === 'ip' ? 'ipv4' : 'ipv6';
  const of = (value: Value): Value => {
    if (typeof value !== 'object') return formatIpv4(Number(value));
    const word = (at: number): number => u32be(value, at);
    return formatIpv6(word(0), word(4), word(8), word(12));
  };
  return (end) => ({ madeOf: { name: `${prefix}.${end === 'source' ? 'src' : 'dst'}`, type, of } });
}

function ends(prefix: string, type: FieldType, what: string, of: (end: End) => FilterField['ofStream'], suffix: string, both: string, more: (end: End) => Partial<FilterField> = () => ({})): readonly FilterField[] {
  const field = (name: string, doc: string, end: End): FilterField => ({ name, type, doc, scope: 'network', ofStream: of(end)!, ...more(end) });
  const [source, destination] = [`${prefix}.src${suffix}`, `${prefix}.dst${suffix}`];
  return [
    { name: both, type, doc: `${what} of either side`, scope: 'network', members: [source, destination] },
    field(source, `${what} of the sender`, 'source'),
    field(destination, `${what} of the receiver`, 'destination'),
  ];
}

const port = (end: End): FilterField['ofStream'] => () => (row, direction) => row.port[endOf(end, direction)];

/** A network header: on a plain TCP row the stream tells which one it is. */
function network(name: string, doc: string, family: number): FilterField {
  return { name, type: 'header', doc, scope: 'network', present: ({ streams }) => (block, i) => streams.family(block.stream[i]!) === family };
}

/** Addresses and ports: the same for all packets of a stream in one direction. */
export const ADDRESS_FIELDS: readonly FilterField[] = [
  network('ip', IPV4.doc, FAMILY_IPV4),
  network('ipv6', IPV6.doc, FAMILY_IPV6),
  {
    name: 'eth', type: 'header', doc: ETHERNET.doc, scope: 'network',
    present: ({ reader }) => (block, i) => reader.info.interfaces[block.interfaceIndex?.[i] ?? 0]?.linkType === LINKTYPE_ETHERNET,
  },
  ...ends('ip', 'ipv4', 'IPv4 address', ipv4, '', 'ip.addr'),
  ...ends('ip', 'text', 'Host name or IPv4 address', (end) => host(end, [FAMILY_IPV4, FAMILY_NAME, FAMILY_NONE]), '_host', 'ip.host', hostOf('ip')),
  ...ends('ipv6', 'ipv6', 'IPv6 address', ipv6, '', 'ipv6.addr'),
  ...ends('ipv6', 'text', 'Host name or IPv6 address', (end) => host(end, [FAMILY_IPV6]), '_host', 'ipv6.host', hostOf('ipv6')),
  { name: 'tcp.port', type: 'number', bits: 16, doc: 'Port of either side', scope: 'tcp', members: ['tcp.srcport', 'tcp.dstport'] },
  { name: 'tcp.srcport', type: 'number', bits: 16, doc: 'Port of the sender', scope: 'tcp', ofStream: port('source')! },
  { name: 'tcp.dstport', type: 'number', bits: 16, doc: 'Port of the receiver', scope: 'tcp', ofStream: port('destination')! },
  { name: 'udp.port', type: 'number', bits: 16, doc: 'UDP port of either side', scope: 'network', members: ['udp.srcport', 'udp.dstport'] },
  { name: 'eth.addr', type: 'mac', doc: 'MAC address of either side', scope: 'network', members: ['eth.src', 'eth.dst'] },
];
