import {
  PROTOCOL_ARP, PROTOCOL_ESP, PROTOCOL_ETHERNET, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_IGMP, PROTOCOL_IPV4, PROTOCOL_IPV4_FRAGMENT,
  PROTOCOL_IPV6, PROTOCOL_IPV6_FRAGMENT, PROTOCOL_LLC, PROTOCOL_PPP, PROTOCOL_SCTP, PROTOCOL_STP, PROTOCOL_UDP, PROTOCOL_UNKNOWN, PROTOCOL_WLAN,
} from '../decode/otherTraffic';
import { ascii, find, matches } from './textCursor';

/** Words that tell what a line that is no TCP segment carries, the most telling first. */
const WORDS: readonly (readonly [Uint8Array, number])[] = [
  [ascii('ip-proto-6'), PROTOCOL_IPV4_FRAGMENT],
  [ascii('ICMP6'), PROTOCOL_ICMPV6],
  [ascii('icmp6'), PROTOCOL_ICMPV6],
  [ascii('ICMPv6'), PROTOCOL_ICMPV6],
  [ascii('ICMP'), PROTOCOL_ICMP],
  [ascii('icmp:'), PROTOCOL_ICMP],
  [ascii(': frag ('), PROTOCOL_IPV6_FRAGMENT],
  [ascii('(frag '), PROTOCOL_IPV4_FRAGMENT],
  [ascii('ARP'), PROTOCOL_ARP],
  [ascii('Request who-has'), PROTOCOL_ARP],
  [ascii(' is-at '), PROTOCOL_ARP],
  [ascii('arp '), PROTOCOL_ARP],
  [ascii('UDP'), PROTOCOL_UDP],
  [ascii(' udp '), PROTOCOL_UDP],
  [ascii('sctp'), PROTOCOL_SCTP],
  [ascii('SCTP'), PROTOCOL_SCTP],
  [ascii('igmp'), PROTOCOL_IGMP],
  [ascii('IGMP'), PROTOCOL_IGMP],
  [ascii('ESP('), PROTOCOL_ESP],
  [ascii('STP '), PROTOCOL_STP],
  [ascii('LLC'), PROTOCOL_LLC],
  [ascii('PPP'), PROTOCOL_PPP],
  [ascii('LCP'), PROTOCOL_PPP],
  [ascii('Beacon'), PROTOCOL_WLAN],
  [ascii('Probe Re'), PROTOCOL_WLAN],
];
const IP = ascii('IP ');
const IP6 = ascii('IP6');
const ETHERTYPE = ascii('ethertype ');

/** PROTOCOL_* of a packet line without a readable TCP header. */
export function otherProtocol(b: Uint8Array, start: number, end: number, hasPorts: boolean): number {
  for (const [word, protocol] of WORDS) if (find(b, start, end, word) >= 0) return protocol;
  // Port numbers and no flags: one of the UDP printers (DNS, NTP, DHCP ...).
  if (hasPorts) return PROTOCOL_UDP;
  if (find(b, start, end, IP6) >= 0) return PROTOCOL_IPV6;
  if (find(b, start, end, IP) >= 0) return PROTOCOL_IPV4;
  return find(b, start, end, ETHERTYPE) >= 0 ? PROTOCOL_ETHERNET : PROTOCOL_UNKNOWN;
}

const STARTS: readonly Uint8Array[] = [
  'IP ', 'IP6 ', 'IP6,', 'ARP,', 'arp ', 'ip: ', 'AF IPv', 'LLDP', 'STP ', 'CDPv', 'PPPoE', 'LLC,', 'MPLS', 'RARP', 'rarp ', 'EAP', 'IS-IS', 'Loopback', 'unknown ', 'Unknown ', '[|', '802.1', 'LACPv', 'LCP', 'IPX',
  'ethertype', 'Ethernet', 'BOOTP', 'AoE', 'Slow', 'DTPv', 'VTPv', 'UDLDv', 'vlan ', 'Out ', 'In ', 'M ', 'B ', 'P ', 'Beacon', 'Probe', 'Data', 'Acknowledgment', 'Request-To', 'Clear-To', 'tok', 'unreachable', 'truncated-ip',
].map(ascii);

/** The words that can follow a timestamp. */
export function startsPacket(b: Uint8Array, p: number, end: number): boolean {
  for (const word of STARTS) if (matches(b, p, end, word)) return true;
  return false;
}
