import { field as f, derived, CHECKSUM_STATES } from './define';
import type { HeaderSpec } from './fieldSpec';
import { ETHER_TYPES, IP_PROTOCOLS } from './numbers';

export const UDP: HeaderSpec = {
  id: 'udp', label: 'UDP', filter: 'udp', rfc: 'RFC 768', doc: 'User datagram protocol; here it carries a tunnel.',
  story: 'Tunnels run over UDP because NAT and load balancers know it. The source port is often a hash of the inner connection, to spread load.',
  fields: [
    f('srcPort', 'Source port', 'udp.srcport', 0, 16, 'dec', 'RFC 768', 'Port of the sender.', 'For tunnels, usually a hash of the inner addresses and ports.'),
    f('dstPort', 'Destination port', 'udp.dstport', 16, 16, 'dec', 'RFC 768', 'Port of the receiver.', '4789 is VXLAN, 6081 GENEVE, 2152 GTP-U, 3544 Teredo.'),
    f('length', 'Length', 'udp.length', 32, 16, 'dec', 'RFC 768', 'Length of header and payload.', 'At least 8.'),
    f('checksum', 'Checksum', 'udp.checksum', 48, 16, 'checksum', 'RFC 768', 'Checksum over pseudo-header, header and payload.', '0 means that none was computed, which is usual for tunnels over IPv4 (over IPv6: RFC 6935).'),
    derived('checksumStatus', 'Checksum status', 'udp.checksum.status', 48, 16, 'dec', 'RFC 768', 'Whether the checksum is right.', 'Computed here from the captured bytes.', CHECKSUM_STATES),
  ],
};

export const GRE: HeaderSpec = {
  id: 'gre', label: 'GRE', filter: 'gre', rfc: 'RFC 2784 2', doc: 'Generic routing encapsulation: a tunnel directly over IP.',
  story: 'Four bytes, more if bits ask for checksum, key or sequence number. It lowers the MTU for what is inside by 24 bytes or more.',
  fields: [
    f('checksumPresent', 'Checksum present', 'gre.flags.checksum', 0, 1, 'bool', 'RFC 2784 2.2', 'A checksum follows.', 'It adds 4 bytes.'),
    f('routingPresent', 'Routing present', 'gre.flags.routing', 1, 1, 'bool', 'RFC 1701', 'Source routes follow.', 'Only in the old form of GRE.'),
    f('keyPresent', 'Key present', 'gre.flags.key', 2, 1, 'bool', 'RFC 2890 2.1', 'A key follows.', 'It tells tunnels between the same addresses apart.'),
    f('sequencePresent', 'Sequence number present', 'gre.flags.sequence_number', 3, 1, 'bool', 'RFC 2890 2.2', 'A sequence number follows.', 'Receivers may use it to drop packets that come out of order.'),
    f('reserved', 'Reserved', '', 4, 9, 'hex', 'RFC 2784 2.3', 'Unused, apart from the acknowledgment bit of version 1.', 'In version 1 (PPTP) bit 0x08 says that an acknowledgment number follows.'),
    f('version', 'Version', 'gre.flags.version', 13, 3, 'dec', 'RFC 2784 2.3.1', 'Version of GRE.', '0 is GRE, 1 the form of PPTP (RFC 2637).'),
    f('protocol', 'Protocol', 'gre.proto', 16, 16, 'hex', 'RFC 2784 2.4', 'Protocol of the payload.', 'An EtherType.', ETHER_TYPES),
    f('optional', 'Optional fields', '', 32, 0, 'bytes', 'RFC 2890 2', 'Checksum, key, sequence and acknowledgment number as the flags say.', 'Four bytes each.'),
  ],
};

export const ERSPAN: HeaderSpec = {
  id: 'erspan', label: 'ERSPAN', filter: 'erspan', rfc: 'draft-foschiano-erspan', doc: 'A mirrored frame, sent over IP by a switch.',
  story: 'The inner frame is a copy that the switch made for monitoring. Mirroring both directions of a port shows packets twice.',
  fields: [
    f('version', 'Version', 'erspan.version', 0, 4, 'dec', 'draft-foschiano-erspan', 'Version of the header.', '1 is type II, 2 is type III.', { 1: 'Type II', 2: 'Type III' }),
    f('vlan', 'VLAN', 'erspan.vlan', 4, 12, 'dec', 'draft-foschiano-erspan', 'VLAN of the mirrored frame.', '0 when it is not known.'),
    f('cos', 'Class of service', 'erspan.cos', 16, 3, 'dec', 'draft-foschiano-erspan', 'Priority of the mirrored frame.', 'Taken from its VLAN tag.'),
    f('encapsulation', 'Encapsulation', '', 19, 2, 'dec', 'draft-foschiano-erspan', 'How the frame was tagged.', 'It tells whether the tag is still in the mirrored frame.'),
    f('truncated', 'Truncated', 'erspan.truncated', 21, 1, 'bool', 'draft-foschiano-erspan', 'The switch cut the frame.', 'Lengths in its headers then exceed what is there.'),
    f('session', 'Session', 'erspan.spanid', 22, 10, 'dec', 'draft-foschiano-erspan', 'Which mirroring session sent it.', 'Configured on the switch.'),
    f('rest', 'Index or timestamp', '', 32, 0, 'bytes', 'draft-foschiano-erspan', 'Port index (type II) or timestamp and more (type III).', 'Shown as bytes.'),
  ],
};

export const ETHERIP: HeaderSpec = {
  id: 'etherip', label: 'EtherIP', filter: 'etherip', rfc: 'RFC 3378 2', doc: 'Ethernet directly over IP.',
  story: 'Two bytes, then a whole Ethernet frame.',
  fields: [
    f('version', 'Version', 'etherip.ver', 0, 4, 'dec', 'RFC 3378 2', 'Version of EtherIP.', 'It is 3.'),
    f('reserved', 'Reserved', 'etherip.reserved', 4, 12, 'dec', 'RFC 3378 2', 'Unused.', 'It is zero.'),
  ],
};

export const VXLAN: HeaderSpec = {
  id: 'vxlan', label: 'VXLAN', filter: 'vxlan', rfc: 'RFC 7348 5', doc: 'Virtual LAN over UDP, between hosts or switches of a data centre.',
  story: 'A whole Ethernet frame follows. The encapsulation takes 50 bytes over IPv4: if the MTU inside is not lowered, large segments vanish.',
  fields: [
    f('flags', 'Flags', 'vxlan.flags', 0, 16, 'hex', 'RFC 7348 5', 'Flags; 0x0800 says that the network identifier is valid.', 'Other bits belong to extensions such as group policy or GPE.'),
    f('group', 'Group policy or next protocol', '', 16, 16, 'hex', 'RFC 7348 5', 'Reserved; used by extensions.', 'Group policy id (GBP), or the next protocol of VXLAN-GPE in its last byte.'),
    f('vni', 'VNI', 'vxlan.vni', 32, 24, 'dec', 'RFC 7348 5', 'VXLAN network identifier: which virtual network the frame belongs to.', 'Equal inner addresses under different VNIs are different hosts.'),
    f('reserved', 'Reserved', '', 56, 8, 'dec', 'RFC 7348 5', 'Unused.', 'It is zero.'),
  ],
};

export const GENEVE: HeaderSpec = {
  id: 'geneve', label: 'GENEVE', filter: 'geneve', rfc: 'RFC 8926 3.4', doc: 'Generic network virtualization encapsulation over UDP.',
  story: 'The successor of VXLAN and NVGRE, with options; Open vSwitch, OVN and cloud gateways use it.',
  fields: [
    f('version', 'Version', 'geneve.version', 0, 2, 'dec', 'RFC 8926 3.4', 'Version of GENEVE.', 'It is 0.'),
    f('optionsLength', 'Options length', '', 2, 6, 'dec', 'RFC 8926 3.4', 'Length of the options in 32-bit words.', 'Up to 252 bytes.'),
    f('control', 'Control packet', 'geneve.flags.oam', 8, 1, 'bool', 'RFC 8926 3.4', 'The packet is for the tunnel endpoint itself.', 'It is not forwarded to hosts.'),
    f('critical', 'Critical options', 'geneve.flags.critical', 9, 1, 'bool', 'RFC 8926 3.4', 'An option must be understood.', 'Endpoints that do not know it drop the packet.'),
    f('reserved', 'Reserved', '', 10, 6, 'dec', 'RFC 8926 3.4', 'Unused.', 'It is zero.'),
    f('protocol', 'Protocol', 'geneve.proto_type', 16, 16, 'hex', 'RFC 8926 3.4', 'Protocol of the payload.', 'An EtherType; 0x6558 is Ethernet.', ETHER_TYPES),
    f('vni', 'VNI', 'geneve.vni', 32, 24, 'dec', 'RFC 8926 3.4', 'Which virtual network the packet belongs to.', 'As in VXLAN.'),
    f('reserved2', 'Reserved', '', 56, 8, 'dec', 'RFC 8926 3.4', 'Unused.', 'It is zero.'),
    f('options', 'Options', '', 64, 0, 'bytes', 'RFC 8926 3.5', 'Class, type and data of each option.', 'Their meaning is set by whoever owns the class.'),
  ],
};

const GTP = '3GPP TS 29.281 5.1';
export const GTPU: HeaderSpec = {
  id: 'gtpu', label: 'GTP-U', filter: 'gtp', rfc: GTP, doc: 'User traffic of mobile phones between base station and core.',
  story: 'The inner IP packet is the phone\'s. Handovers move it to another tunnel, so the outer addresses of one connection may change.',
  fields: [
    f('version', 'Version', 'gtp.flags.version', 0, 3, 'dec', GTP, 'Version of GTP.', '1 for the user plane today.'),
    f('protocolType', 'Protocol type', 'gtp.flags.payload', 3, 1, 'bool', GTP, 'GTP, as opposed to GTP\'.', 'Clear for the charging protocol.'),
    f('reserved', 'Reserved', 'gtp.flags.reserved', 4, 1, 'dec', GTP, 'Unused.', 'It is zero.'),
    f('extension', 'Extension headers', 'gtp.flags.e', 5, 1, 'bool', GTP, 'Extension headers follow.', 'If this or one of the next two bits is set the header has 12 bytes instead of 8.'),
    f('sequencePresent', 'Sequence number', 'gtp.flags.s', 6, 1, 'bool', GTP, 'The sequence number counts.', 'Used when order must be kept.'),
    f('npdu', 'N-PDU number', 'gtp.flags.pn', 7, 1, 'bool', GTP, 'The N-PDU number counts.', 'Used during handover.'),
    f('messageType', 'Message type', 'gtp.message', 8, 8, 'dec', GTP, 'Kind of message.', '255 carries a user packet.', { 1: 'Echo request', 2: 'Echo response', 26: 'Error indication', 254: 'End marker', 255: 'User packet' }),
    f('length', 'Length', 'gtp.length', 16, 16, 'dec', GTP, 'Bytes after the first 8.', 'Optional fields and extension headers included.'),
    f('teid', 'TEID', 'gtp.teid', 32, 32, 'hex', GTP, 'Tunnel endpoint identifier.', 'Each direction has its own, chosen by the receiver.'),
    f('optional', 'Optional fields', '', 64, 0, 'bytes', '3GPP TS 29.281 5.2', 'Sequence number, N-PDU number and extension headers.', 'Present if one of the three flags is set.'),
  ],
};

const ICMP_TYPES: Readonly<Record<number, string>> = { 0: 'Echo reply', 3: 'Destination unreachable', 4: 'Source quench', 5: 'Redirect', 8: 'Echo request', 11: 'Time exceeded', 12: 'Parameter problem', 13: 'Timestamp', 14: 'Timestamp reply' };
export const ICMP: HeaderSpec = {
  id: 'icmp', label: 'ICMP', filter: 'icmp', rfc: 'RFC 792', doc: 'Internet control message; errors quote the packet that caused them.',
  story: 'The quoted headers tell which connection is meant. TCP takes "unreachable" during a handshake as a failure and afterwards as a hint only (RFC 9293 3.9.2.2); "fragmentation needed" makes it send smaller segments.',
  fields: [
    f('type', 'Type', 'icmp.type', 0, 8, 'dec', 'RFC 792', 'Kind of message.', '3, 4, 5, 11 and 12 are errors and quote a packet.', ICMP_TYPES),
    f('code', 'Code', 'icmp.code', 8, 8, 'dec', 'RFC 792', 'Detail of the kind.', 'For type 3: 0 net, 1 host, 2 protocol, 3 port unreachable, 4 fragmentation needed, 9, 10 and 13 prohibited by a firewall.'),
    f('checksum', 'Checksum', 'icmp.checksum', 16, 16, 'hex', 'RFC 792', 'Checksum of the message.', 'Unlike TCP\'s it covers no addresses.'),
    f('rest', 'Rest of header', '', 32, 32, 'hex', 'RFC 792, RFC 1191 4', 'Depends on the type.', 'For "fragmentation needed" the lower half is the MTU of the next hop: the largest packet that would have passed.'),
  ],
};

const ICMPV6_TYPES: Readonly<Record<number, string>> = { 1: 'Destination unreachable', 2: 'Packet too big', 3: 'Time exceeded', 4: 'Parameter problem', 128: 'Echo request', 129: 'Echo reply', 133: 'Router solicitation', 134: 'Router advertisement', 135: 'Neighbour solicitation', 136: 'Neighbour advertisement', 137: 'Redirect' };
export const ICMPV6: HeaderSpec = {
  id: 'icmpv6', label: 'ICMPv6', filter: 'icmpv6', rfc: 'RFC 4443 2.1', doc: 'Internet control message for IPv6; errors quote the packet that caused them.',
  story: '"Packet too big" is vital, since routers never fragment in IPv6: a firewall that drops it stalls connections as soon as they send large segments. Neighbour discovery, IPv6\'s ARP, is part of ICMPv6 too.',
  fields: [
    f('type', 'Type', 'icmpv6.type', 0, 8, 'dec', 'RFC 4443 2.1', 'Kind of message.', 'Below 128 are errors, which quote a packet.', ICMPV6_TYPES),
    f('code', 'Code', 'icmpv6.code', 8, 8, 'dec', 'RFC 4443 2.1', 'Detail of the kind.', 'For type 1: 0 no route, 1 prohibited, 3 address, 4 port unreachable.'),
    f('checksum', 'Checksum', 'icmpv6.checksum', 16, 16, 'hex', 'RFC 4443 2.3', 'Checksum of the message and a pseudo-header.', 'Since IPv6 has no header checksum, the addresses are covered here.'),
    f('rest', 'Rest of header', '', 32, 32, 'hex', 'RFC 4443 3.2', 'Depends on the type.', 'For "packet too big" the MTU of the next hop: the largest packet that would have passed.'),
  ],
};

export const IPCOMP: HeaderSpec = {
  id: 'ipcomp', label: 'IPComp', filter: 'ipcomp', rfc: 'RFC 3173 3.3', doc: 'The payload is compressed.',
  story: 'Used with IPsec. What is inside stands, inflated, in a buffer of its own.',
  fields: [
    f('nextHeader', 'Next header', 'ipcomp.next_header', 0, 8, 'dec', 'RFC 3173 3.3', 'What the payload is after inflating.', 'A protocol number.', IP_PROTOCOLS),
    f('flags', 'Flags', 'ipcomp.flags', 8, 8, 'hex', 'RFC 3173 3.3', 'Unused.', 'It is zero.'),
    f('cpi', 'CPI', 'ipcomp.cpi', 16, 16, 'dec', 'RFC 3173 3.3', 'Which compression is used.', 'Numbers up to 63 are well known; 2 is DEFLATE.', { 2: 'DEFLATE', 3: 'LZS' }),
  ],
};
