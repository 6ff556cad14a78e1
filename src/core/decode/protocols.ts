import type { DetailTree } from './detail';

/** Link layers without a header of their own in the tree. */
const LINK_NAMES: Readonly<Record<number, string>> = { 7: 'arcnet', 10: 'fddi', 12: 'raw', 14: 'raw', 101: 'raw', 129: 'arcnet', 242: 'ipoib' };
/** Headers that name what follows by an EtherType, where Wireshark notes the step. */
const BY_ETHERTYPE: ReadonlySet<string> = new Set(['eth', 'vlan', 'sll']);
const LEAST_ETHERTYPE = 0x600;
/** Where Wireshark's name of the protocol is not the name of its fields. */
const NAMES: Readonly<Record<string, string>> = { pppoe: 'pppoes', sll2: 'sll' };

/**
 * frame.protocols as tshark prints it: "eth:ethertype:ip:tcp". Ends at TCP: payloads are not dissected here, where tshark goes on with "tls",
 * "http" or "data".
 */
export function protocolsOf(tree: DetailTree, linkType: number): string {
  const link = LINK_NAMES[linkType];
  const names: string[] = link ? [link] : [];
  let again = false;
  for (const layer of tree.layers) {
    const filter = layer.header?.filter;
    // A datagram that was put together begins with the IP header of its fragments once more.
    if (layer.id === 'reassembled') again = true;
    else if (again && layer.kind === 'layer') {
      again = false;
      if (filter === 'ip' || filter === 'ipv6') continue;
    }
    if (layer.kind !== 'layer' || !filter || layer.header.id === 'frame') continue;
    names.push(NAMES[filter] ?? filter);
    if (!BY_ETHERTYPE.has(filter)) continue;
    const type = layer.children.find((child) => child.spec?.name === 'type' || child.spec?.name === 'etherType' || child.spec?.name === 'protocol');
    if ((type?.raw ?? 0) >= LEAST_ETHERTYPE) names.push('ethertype');
  }
  return names.join(':');
}
