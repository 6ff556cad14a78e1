/** What a frame carries when it is no TCP segment: the `protocol` column, and its name in the packets table. */
export const PROTOCOL_UNKNOWN = 0;
export const PROTOCOL_TCP = 1;
export const PROTOCOL_UDP = 2;
export const PROTOCOL_ICMP = 3;
export const PROTOCOL_ICMPV6 = 4;
export const PROTOCOL_ARP = 5;
export const PROTOCOL_IPV4 = 6;
export const PROTOCOL_IPV6 = 7;
export const PROTOCOL_IPV4_FRAGMENT = 8;
export const PROTOCOL_IPV6_FRAGMENT = 9;
export const PROTOCOL_ETHERNET = 10;
export const PROTOCOL_WLAN = 11;
export const PROTOCOL_SCTP = 12;
export const PROTOCOL_IGMP = 13;
export const PROTOCOL_ESP = 14;
export const PROTOCOL_LLC = 15;
export const PROTOCOL_STP = 16;
export const PROTOCOL_PPP = 17;
export const PROTOCOL_MALFORMED = 18;
export const PROTOCOL_OTHER_LINK = 19;
export const PROTOCOL_NOT_A_PACKET = 20;

export const PROTOCOL_NAMES: readonly string[] = [
  'unknown', 'TCP', 'UDP', 'ICMP', 'ICMPv6', 'ARP', 'IPv4', 'IPv6', 'IPv4 fragment', 'IPv6 fragment', 'Ethernet', '802.11', 'SCTP', 'IGMP',
  'ESP', 'LLC', 'STP', 'PPP', 'malformed', 'other link', 'not a packet',
];
