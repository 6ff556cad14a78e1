import { ARP, ETHERNET, LLC, SNAP, VLAN } from './ethernet';
import type { FieldSpec, HeaderSpec } from './fieldSpec';
import { CARRIER, DATA, FCS, FRAME, PADDING } from './frame';
import { IPV4, IPV4_OPTION } from './ipv4';
import { AH, IPV6, IPV6_DESTINATION, IPV6_FRAGMENT, IPV6_HOP_BY_HOP, IPV6_ROUTING } from './ipv6';
import { CISCO_HDLC, MPLS, NULL_LOOP, PPI, PPP, PPPOE, PPP_HDLC, RADIOTAP, SLL, SLL2, WLAN } from './linkLayers';
import { MPTCP_SUBTYPES } from './mptcp';
import { TCP } from './tcp';
import { TCP_OPTIONS, UNKNOWN_OPTION } from './tcpOptions';
import { ERSPAN, ETHERIP, GENEVE, GRE, GTPU, ICMP, ICMPV6, IPCOMP, UDP, VXLAN } from './tunnels';

/** Headers whose fields stand at fixed bits from the start (a last field of width 0 takes the rest). */
export const FIXED_HEADERS: readonly HeaderSpec[] = [
  ETHERNET, VLAN, LLC, SNAP, ARP, SLL, SLL2, NULL_LOOP, PPP_HDLC, PPP, CISCO_HDLC, PPPOE, MPLS, RADIOTAP, PPI, WLAN, IPV4, IPV4_OPTION, IPV6, IPV6_HOP_BY_HOP,
  IPV6_DESTINATION, IPV6_ROUTING, IPV6_FRAGMENT, AH, UDP, GRE, ERSPAN, ETHERIP, VXLAN, GENEVE, GTPU, ICMP, ICMPV6, IPCOMP, TCP,
];

/** Every header there is, from the frame to TCP's options. */
export const HEADERS: readonly HeaderSpec[] = [FRAME, ...FIXED_HEADERS, ...TCP_OPTIONS.values(), UNKNOWN_OPTION, ...MPTCP_SUBTYPES, PADDING, FCS, DATA, CARRIER];

export interface FieldOfHeader {
  readonly header: HeaderSpec;
  readonly field: FieldSpec;
}

let fields: readonly FieldOfHeader[] | null = null;
let byFilter: ReadonlyMap<string, FieldOfHeader> | null = null;

/** Every field once, for completion and docs: one that several headers share, or repeat under the same filter name, stands under the first. */
export function allFields(): readonly FieldOfHeader[] {
  if (fields) return fields;
  const seen = new Set<FieldSpec | string>();
  const list: FieldOfHeader[] = [];
  for (const header of HEADERS) {
    for (const field of header.fields) {
      const key = field.filter || field;
      if (seen.has(key)) continue;
      seen.add(key);
      list.push({ header, field });
    }
  }
  return (fields = list);
}

/** The field behind a filter name ("tcp.window_size_value"), or null. */
export function fieldByFilter(name: string): FieldOfHeader | null {
  byFilter ??= new Map(allFields().filter((f) => f.field.filter).map((f) => [f.field.filter, f]));
  return byFilter.get(name) ?? null;
}
