/** EtherTypes (IEEE registry) that the decoder follows or that are often met beside TCP. */
export const ETHER_TYPES: Readonly<Record<number, string>> = {
  0x0800: 'IPv4', 0x0806: 'ARP', 0x22f3: 'TRILL', 0x6558: 'Transparent Ethernet bridging', 0x8035: 'RARP', 0x8100: '802.1Q VLAN', 0x86dd: 'IPv6',
  0x8809: 'Slow protocols (LACP)', 0x8847: 'MPLS', 0x8848: 'MPLS multicast', 0x8863: 'PPPoE discovery', 0x8864: 'PPPoE session', 0x8870: 'Jumbo LLC',
  0x888e: 'EAPOL', 0x88a8: '802.1ad service VLAN', 0x88be: 'ERSPAN type II', 0x88cc: 'LLDP', 0x88e5: 'MACsec', 0x88e7: '802.1ah service tag', 0x8903: 'Cisco FabricPath',
  0x8909: 'Cisco MetaData', 0x890d: '802.11 over Ethernet', 0x8926: 'VN-Tag', 0x892f: 'HSR', 0x893f: '802.1BR E-Tag', 0x894f: 'Network Service Header',
  0x9000: 'Loopback test', 0x9100: 'Q-in-Q VLAN', 0x22eb: 'ERSPAN type III', 0x880b: 'PPP', 0x6400: 'EoIP', 0xf1c1: '802.1CB',
};

/** IP protocol numbers (IANA). */
export const IP_PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'IPv6 hop-by-hop options', 1: 'ICMP', 2: 'IGMP', 4: 'IPv4', 6: 'TCP', 17: 'UDP', 41: 'IPv6', 43: 'IPv6 routing', 44: 'IPv6 fragment', 47: 'GRE', 50: 'ESP',
  51: 'Authentication Header', 58: 'ICMPv6', 59: 'No next header', 60: 'IPv6 destination options', 88: 'EIGRP', 89: 'OSPF', 97: 'EtherIP', 103: 'PIM', 108: 'IPComp',
  112: 'VRRP', 132: 'SCTP', 136: 'UDP-Lite', 137: 'MPLS', 140: 'Shim6', 143: 'Ethernet',
};
