import { field as f } from './define';
import type { HeaderSpec } from './fieldSpec';
import { ETHER_TYPES } from './numbers';

const IEEE = 'IEEE 802.3 3.2';

export const ETHERNET: HeaderSpec = {
  id: 'ethernet', label: 'Ethernet', filter: 'eth', rfc: IEEE, doc: 'Ethernet frame header.',
  story: 'It gets the frame to the next hop only: routers replace it. So the addresses are those of the neighbours on this cable, not of the ends of the connection.',
  fields: [
    f('destination', 'Destination', 'eth.dst', 0, 48, 'mac', 'IEEE 802.3 3.2.3', 'Hardware address of the next hop.', 'The lowest bit of the first byte marks group addresses, ff:ff:ff:ff:ff:ff is broadcast. Usually the address of a router or switch, not of the far host.'),
    f('source', 'Source', 'eth.src', 48, 48, 'mac', 'IEEE 802.3 3.2.3', 'Hardware address of the previous hop.', 'Two packets of one direction with different source addresses came over different routers. A set second bit of the first byte means an address made up by software.'),
    f('type', 'Type', 'eth.type', 96, 16, 'hex', 'IEEE 802.3 3.2.6', 'Protocol of the payload, or its length.', 'From 0x0600 on it is an EtherType; up to 1500 it is the length of an 802.3 payload, and LLC follows.', ETHER_TYPES),
  ],
};

export const VLAN: HeaderSpec = {
  id: 'vlan', label: 'VLAN tag', filter: 'vlan', rfc: 'IEEE 802.1Q 9.6', doc: '802.1Q tag: which virtual LAN the frame belongs to.',
  story: 'Switches add and remove it, and network cards often strip it before the capture, so its absence proves little. Two tags in a row are service and customer tag (802.1ad).',
  fields: [
    f('priority', 'Priority', 'vlan.priority', 0, 3, 'dec', 'IEEE 802.1Q 9.6', 'Priority code point of the frame.', 'Switches may queue by it. 0 is best effort, 1 is lower than that.'),
    f('dropEligible', 'Drop eligible', 'vlan.dei', 3, 1, 'bool', 'IEEE 802.1Q 9.6', 'The frame may be dropped first under congestion.', 'Until 2005 the bit told the format of addresses (CFI).'),
    f('id', 'VLAN id', 'vlan.id', 4, 12, 'dec', 'IEEE 802.1Q 9.6', 'Number of the virtual LAN.', '1 to 4094. 0 means that only the priority counts.'),
    f('type', 'Type', 'vlan.etype', 16, 16, 'hex', 'IEEE 802.1Q 9.6', 'Protocol of the payload, or its length.', 'The same numbers as in the Ethernet header.', ETHER_TYPES),
  ],
};

export const LLC: HeaderSpec = {
  id: 'llc', label: 'LLC', filter: 'llc', rfc: 'IEEE 802.2', doc: 'Logical link control: names the payload of 802.3 and 802.11 frames.',
  story: 'Both service access points 0xaa mean that a SNAP header follows, which holds an EtherType again. 802.11 always uses this form.',
  fields: [
    f('dsap', 'DSAP', 'llc.dsap', 0, 8, 'hex', 'IEEE 802.2 3.3.1', 'Destination service access point.', 'The protocol at the receiver; the lowest bit marks a group address.', { 0x06: 'IP', 0x42: 'Spanning tree', 0xaa: 'SNAP', 0xab: 'SNAP group', 0xe0: 'NetWare', 0xf0: 'NetBIOS', 0xfe: 'OSI' }),
    f('ssap', 'SSAP', 'llc.ssap', 8, 8, 'hex', 'IEEE 802.2 3.3.1', 'Source service access point.', 'The protocol at the sender; the lowest bit tells commands from responses.', { 0x06: 'IP', 0x42: 'Spanning tree', 0xaa: 'SNAP', 0xe0: 'NetWare', 0xf0: 'NetBIOS', 0xfe: 'OSI' }),
    f('control', 'Control', 'llc.control', 16, 8, 'hex', 'IEEE 802.2 5.2', 'Kind of LLC frame.', '0x03, an unnumbered frame, is the only form that carries IP. Other forms have a second control byte.', { 3: 'Unnumbered information' }),
  ],
};

export const SNAP: HeaderSpec = {
  id: 'snap', label: 'SNAP', rfc: 'RFC 1042', doc: 'Subnetwork access protocol: organization and EtherType.',
  story: 'With organization 00-00-00 the type is an EtherType, so IP over 802.11 or FDDI is named as on Ethernet.',
  fields: [
    f('organization', 'Organization code', 'llc.oui', 0, 24, 'hex', 'RFC 1042', 'Who defines the type that follows.', '0 and 0xf8 stand for EtherTypes, 0x80c2 for bridged frames, 0x0c for Cisco.', { 0: 'EtherType', 0xf8: 'Bridge tunnel', 0x0c: 'Cisco', 0x80c2: 'IEEE 802.1' }),
    f('type', 'Type', 'llc.type', 24, 16, 'hex', 'RFC 1042', 'Protocol of the payload.', 'An EtherType when the organization code is 0.', ETHER_TYPES),
  ],
};

export const ARP: HeaderSpec = {
  id: 'arp', label: 'ARP', filter: 'arp', rfc: 'RFC 826', doc: 'Address resolution: asks which hardware address belongs to an IPv4 address.',
  story: 'Before the first IP packet to a neighbour a host asks for its hardware address. A connection attempt that shows ARP requests but no SYN has failed here: the host or router does not answer on this network.',
  fields: [
    f('hardwareType', 'Hardware type', 'arp.hw.type', 0, 16, 'dec', 'RFC 826', 'Kind of hardware address.', '1 is Ethernet.', { 1: 'Ethernet', 6: 'IEEE 802', 15: 'Frame relay', 32: 'InfiniBand' }),
    f('protocolType', 'Protocol type', 'arp.proto.type', 16, 16, 'hex', 'RFC 826', 'Kind of network address.', 'An EtherType, 0x0800 for IPv4.', ETHER_TYPES),
    f('hardwareSize', 'Hardware size', 'arp.hw.size', 32, 8, 'dec', 'RFC 826', 'Bytes in a hardware address.', '6 for Ethernet.'),
    f('protocolSize', 'Protocol size', 'arp.proto.size', 40, 8, 'dec', 'RFC 826', 'Bytes in a network address.', '4 for IPv4.'),
    f('operation', 'Operation', 'arp.opcode', 48, 16, 'dec', 'RFC 826', 'Request or reply.', 'A request goes to everybody, the reply to the one who asked.', { 1: 'Request', 2: 'Reply', 3: 'RARP request', 4: 'RARP reply' }),
    f('senderHardware', 'Sender hardware address', 'arp.src.hw_mac', 64, 48, 'mac', 'RFC 826', 'Hardware address of the sender.', 'Receivers may learn it from requests too.'),
    f('senderProtocol', 'Sender IPv4 address', 'arp.src.proto_ipv4', 112, 32, 'ipv4', 'RFC 826', 'Network address of the sender.', 'The same as the target in a gratuitous ARP, which announces an address; 0.0.0.0 in a probe for duplicates (RFC 5227).'),
    f('targetHardware', 'Target hardware address', 'arp.dst.hw_mac', 144, 48, 'mac', 'RFC 826', 'Hardware address of the target.', 'Not known in a request, so it is zero there.'),
    f('targetProtocol', 'Target IPv4 address', 'arp.dst.proto_ipv4', 192, 32, 'ipv4', 'RFC 826', 'Network address that is asked for.', 'The host with this address answers.'),
  ],
};
