import type { FieldFormat, FieldSpec, HeaderSpec } from '../../protocol/fieldSpec';
import { HEADERS } from '../../protocol/index';
import { META_TCP } from '../../table/packetTable';
import type { FieldType } from '../values';
import type { FilterField } from './field';
import { mayHaveOptions } from './tcpFields';

const TYPES: Readonly<Record<FieldFormat, FieldType>> = {
  dec: 'number', hex: 'number', flags: 'number', checksum: 'number', seconds: 'number', bool: 'bool', ipv4: 'ipv4', ipv6: 'ipv6', mac: 'mac', bytes: 'bytes', text: 'text',
};

const isTcp: FilterField['mayHave'] = (block, i) => (block.meta[i]! & META_TCP) !== 0;

const isOther: FilterField['mayHave'] = (block, i) => !(block.meta[i]! & META_TCP);

/** Headers that a TCP segment in a single IP packet cannot have before it. */
const NEVER_WITH_TCP = /^(udp|icmp|icmpv6|arp|gre|erspan|etherip|vxlan|geneve|gtp|ipcomp)(\.|$)/;

/** A field of TCP's options may stand on a SYN only; the header's length tells more cheaply than the record. */
function ofTcp(name: string): Pick<FilterField, 'scope'> & Partial<Pick<FilterField, 'mayHave'>> {
  if (name.startsWith('tcp.option') || name.startsWith('mptcp')) return { scope: 'tcp', mayHave: mayHaveOptions };
  if (name.startsWith('tcp.')) return { scope: 'tcp', mayHave: isTcp };
  return NEVER_WITH_TCP.test(name) ? { scope: 'network', mayHave: isOther } : { scope: 'network' };
}

/** What is computed may be larger than the field that it stands at. */
function fieldOf(spec: FieldSpec): FilterField {
  const type = TYPES[spec.format];
  return { name: spec.filter, type, doc: spec.doc, ...ofTcp(spec.filter), ...(spec.values ? { values: spec.values } : {}), ...(type === 'number' && !spec.derived && spec.bits > 0 && spec.bits < 64 ? { bits: Math.max(8, Math.ceil(spec.bits / 8) * 8) } : {}) };
}

function headerOf(spec: HeaderSpec & { readonly filter: string }): FilterField {
  return { name: spec.filter, type: 'header', doc: spec.doc, ...ofTcp(spec.filter) };
}

/** Every header and field that the decoder knows: found in the packet's tree. What other tables define under the same name comes before. */
export function headerFields(): readonly FilterField[] {
  const fields: FilterField[] = [];
  for (const header of HEADERS) {
    if (header.filter) fields.push(headerOf({ ...header, filter: header.filter }));
    for (const field of header.fields) if (field.filter) fields.push(fieldOf(field));
  }
  return fields;
}
