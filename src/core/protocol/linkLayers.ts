import { field as f, littleEndian } from './define';
import type { FieldSpec, HeaderSpec } from './fieldSpec';
import { ETHER_TYPES } from './numbers';

const LINKTYPES = 'tcpdump.org link types';
const PACKET_TYPES: Readonly<Record<number, string>> = { 0: 'To us', 1: 'Broadcast', 2: 'Multicast', 3: 'To another host', 4: 'Sent by us' };
const ARPHRD: Readonly<Record<number, string>> = { 1: 'Ethernet', 512: 'PPP', 768: 'IP tunnel', 769: 'IPv6 tunnel', 772: 'Loopback', 776: '6in4 tunnel', 778: 'GRE', 801: '802.11', 803: '802.11 with radiotap', 824: 'Netlink', 65534: 'No link header' };

const packetType = (bit: number, bits: number): FieldSpec =>
  f('packetType', 'Packet type', 'sll.pkttype', bit, bits, 'dec', LINKTYPES, 'Whom the packet was for, as the capturing Linux host saw it.', 'Useful for telling direction: "sent by us" packets were captured on their way out, before the network card filled in checksums and split large segments.', PACKET_TYPES);
const device = (bit: number): FieldSpec => f('deviceType', 'Device type', 'sll.hatype', bit, 16, 'dec', LINKTYPES, 'Kind of network device (Linux ARPHRD number).', 'For a few kinds it decides how the payload is to be read.', ARPHRD);
const addressLength = (bit: number, bits: number): FieldSpec => f('addressLength', 'Address length', 'sll.halen', bit, bits, 'dec', LINKTYPES, 'Length of the sender\'s hardware address.', 'Of the eight bytes that follow only so many count; 0 on devices without addresses.');
const address = (bit: number): FieldSpec => f('address', 'Source address', 'sll.src.eth', bit, 64, 'bytes', LINKTYPES, 'Hardware address of the sender.', 'The destination address is not kept in this format.');
const protocol = (bit: number): FieldSpec => f('protocol', 'Protocol', 'sll.etype', bit, 16, 'hex', LINKTYPES, 'Protocol of the payload.', 'An EtherType, or a small number for frames without one.', { ...ETHER_TYPES, 1: 'Raw 802.3', 3: 'Ethernet', 4: 'LLC', 7: 'PPP' });

export const SLL: HeaderSpec = {
  id: 'sll', label: 'Linux cooked capture', filter: 'sll', rfc: LINKTYPES, doc: 'What Linux puts before packets captured on "any" or on devices without link header.',
  story: 'The real link header is gone; this one is made by the capturing library. On "any" a packet that passes several devices (bridge, VLAN, tunnel) shows up several times: that is no retransmission.',
  fields: [packetType(0, 16), device(16), addressLength(32, 16), address(48), protocol(112)],
};

export const SLL2: HeaderSpec = {
  id: 'sll2', label: 'Linux cooked capture v2', filter: 'sll', rfc: LINKTYPES, doc: 'Linux cooked capture with the number of the interface.',
  story: 'The interface number tells copies of a packet apart that were seen on several devices, which version 1 cannot.',
  fields: [
    protocol(0),
    f('reserved', 'Reserved', '', 16, 16, 'dec', LINKTYPES, 'Unused.', 'It must be zero.'),
    f('interfaceIndex', 'Interface index', 'sll.ifindex', 32, 32, 'dec', LINKTYPES, 'Kernel number of the interface.', '"ip link" shows it before each name. It belongs to the capturing machine and its network namespace.'),
    device(64), packetType(80, 8), addressLength(88, 8), address(96),
  ],
};

const FAMILIES: Readonly<Record<number, string>> = { 2: 'IPv4', 10: 'IPv6', 24: 'IPv6', 28: 'IPv6', 30: 'IPv6', 7: 'OSI', 23: 'IPX' };
export const NULL_LOOP: HeaderSpec = {
  id: 'null', label: 'BSD loopback', filter: 'null', rfc: LINKTYPES, doc: 'Four bytes with the address family, on loopback devices.',
  story: 'In the byte order of the capturing machine (LINKTYPE_NULL) or in network order (LINKTYPE_LOOP). The number for IPv6 differs between systems: 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on macOS.',
  fields: [f('family', 'Family', 'null.family', 0, 32, 'dec', LINKTYPES, 'Address family of the payload.', 'Numbers above 1500 are EtherTypes, which some systems write here.', FAMILIES)],
};

const PPP_PROTOCOLS: Readonly<Record<number, string>> = { 0x21: 'IPv4', 0x57: 'IPv6', 0x31: 'Bridged frame', 0x3d: 'Multilink', 0x281: 'MPLS', 0x283: 'MPLS multicast', 0x8021: 'IPCP', 0x8057: 'IPv6CP', 0xc021: 'LCP', 0xc023: 'PAP', 0xc223: 'CHAP', 0x800: 'IPv4', 0x86dd: 'IPv6' };
export const PPP_HDLC: HeaderSpec = {
  id: 'hdlc', label: 'PPP framing', rfc: 'RFC 1662 3.1', doc: 'Address and control bytes before PPP on serial lines.',
  story: 'They are always ff 03 and may be left out by agreement.',
  fields: [
    f('address', 'Address', 'ppp.address', 0, 8, 'hex', 'RFC 1662 3.1', 'All-stations address.', 'PPP has no individual addresses: it is 0xff.'),
    f('control', 'Control', 'ppp.control', 8, 8, 'hex', 'RFC 1662 3.1', 'Unnumbered information.', 'It is 0x03.'),
  ],
};
export const PPP: HeaderSpec = {
  id: 'ppp', label: 'PPP', filter: 'ppp', rfc: 'RFC 1661 2', doc: 'Point-to-point protocol: names the payload.',
  story: 'One or two bytes. PPPoE and L2TP carry it as well.',
  fields: [f('protocol', 'Protocol', 'ppp.protocol', 0, 16, 'hex', 'RFC 1661 2', 'Protocol of the payload.', 'A number of one byte is odd: that is how the compressed form is recognised.', PPP_PROTOCOLS)],
};
export const CISCO_HDLC: HeaderSpec = {
  id: 'chdlc', label: 'Cisco HDLC', filter: 'chdlc', rfc: LINKTYPES, doc: 'Cisco\'s framing on serial lines.',
  story: 'The default of Cisco routers on point-to-point links; the type is an EtherType.',
  fields: [
    f('address', 'Address', 'chdlc.address', 0, 8, 'hex', LINKTYPES, 'Unicast or broadcast.', '0x0f is unicast, 0x8f broadcast.', { 0x0f: 'Unicast', 0x8f: 'Broadcast' }),
    f('control', 'Control', '', 8, 8, 'hex', LINKTYPES, 'Always zero.', 'It has no function.'),
    f('protocol', 'Protocol', 'chdlc.protocol', 16, 16, 'hex', LINKTYPES, 'Protocol of the payload.', 'An EtherType, or 0x8035 for the keepalive protocol SLARP.', { ...ETHER_TYPES, 0x8035: 'SLARP' }),
  ],
};

export const PPPOE: HeaderSpec = {
  id: 'pppoe', label: 'PPPoE', filter: 'pppoe', rfc: 'RFC 2516 4', doc: 'PPP over Ethernet: the session of a DSL line.',
  story: 'Its 6 bytes and the 2 of PPP lower the MTU to 1492, hence the MSS of 1452 that is so often seen on such lines.',
  fields: [
    f('version', 'Version', 'pppoe.version', 0, 4, 'dec', 'RFC 2516 4', 'Version of PPPoE.', 'It is 1.'),
    f('type', 'Type', 'pppoe.type', 4, 4, 'dec', 'RFC 2516 4', 'Type of PPPoE.', 'It is 1.'),
    f('code', 'Code', 'pppoe.code', 8, 8, 'hex', 'RFC 2516 4', 'Discovery message, or session data.', 'Session data has code 0.', { 0: 'Session data' }),
    f('sessionId', 'Session id', 'pppoe.session_id', 16, 16, 'hex', 'RFC 2516 4', 'Number of the session.', 'Together with both hardware addresses it names the session.'),
    f('length', 'Payload length', 'pppoe.payload_length', 32, 16, 'dec', 'RFC 2516 4', 'Bytes of PPP that follow.', 'What follows after them is Ethernet padding.'),
  ],
};

export const MPLS: HeaderSpec = {
  id: 'mpls', label: 'MPLS label', filter: 'mpls', rfc: 'RFC 3032 2.1', doc: 'One label of an MPLS stack.',
  story: 'Routers in a provider network forward by the label instead of the IP address. No field names the payload: it is guessed from its first nibble.',
  fields: [
    f('label', 'Label', 'mpls.label', 0, 20, 'dec', 'RFC 3032 2.1', 'The label value.', 'It is local to one link. 0 to 15 have special meanings.', { 0: 'IPv4 explicit null', 1: 'Router alert', 2: 'IPv6 explicit null', 3: 'Implicit null' }),
    f('trafficClass', 'Traffic class', 'mpls.exp', 20, 3, 'dec', 'RFC 5462', 'Priority of the packet.', 'Formerly called EXP; it may carry ECN as well (RFC 5129).'),
    f('bottom', 'Bottom of stack', 'mpls.bottom', 23, 1, 'bool', 'RFC 3032 2.1', 'This is the last label.', 'Behind it the payload begins.'),
    f('ttl', 'TTL', 'mpls.ttl', 24, 8, 'dec', 'RFC 3032 2.4', 'Hops that are left.', 'It is copied from the IP header at the entry, or not, if the provider hides its network.'),
  ],
};

const RADIOTAP_SITE = 'radiotap.org';
export const RADIOTAP: HeaderSpec = {
  id: 'radiotap', label: 'Radiotap', filter: 'radiotap', rfc: RADIOTAP_SITE, doc: 'Radio data that the capturing driver puts before an 802.11 frame.',
  story: 'Signal strength, rate, channel and the like. It is not on air. Its length tells where the frame starts; its flags, whether a check sequence ends it.',
  fields: [
    f('version', 'Version', 'radiotap.version', 0, 8, 'dec', RADIOTAP_SITE, 'Version of the header.', 'It is 0.'),
    f('pad', 'Padding', 'radiotap.pad', 8, 8, 'dec', RADIOTAP_SITE, 'Unused.', 'It only aligns the length.'),
    littleEndian(f('length', 'Length', 'radiotap.length', 16, 16, 'dec', RADIOTAP_SITE, 'Length of the header.', 'Least significant byte first, as everything in 802.11.')),
    littleEndian(f('present', 'Present fields', 'radiotap.present', 32, 32, 'hex', RADIOTAP_SITE, 'Which fields follow.', 'One bit each; the highest says that another word of bits follows.')),
  ],
};
export const PPI: HeaderSpec = {
  id: 'ppi', label: 'Per-packet information', filter: 'ppi', rfc: 'CACE PPI', doc: 'Container for radio data before an 802.11 frame.',
  story: 'A predecessor of and alternative to radiotap; it names the link type of what follows.',
  fields: [
    f('version', 'Version', 'ppi.version', 0, 8, 'dec', 'CACE PPI', 'Version of the header.', 'It is 0.'),
    f('flags', 'Flags', 'ppi.flags', 8, 8, 'hex', 'CACE PPI', 'Alignment flags.', 'Only the lowest bit is defined: fields are aligned to 4 bytes.'),
    littleEndian(f('length', 'Length', 'ppi.length', 16, 16, 'dec', 'CACE PPI', 'Length of the header with its fields.', 'The frame follows after it.')),
    littleEndian(f('linkType', 'Link type', 'ppi.dlt', 32, 32, 'dec', 'CACE PPI', 'Kind of the frame that follows.', '105 is 802.11.', { 1: 'Ethernet', 105: '802.11' })),
  ],
};

const WIFI = 'IEEE 802.11 9.2.4';
export const WLAN: HeaderSpec = {
  id: 'wlan', label: '802.11', filter: 'wlan', rfc: WIFI, doc: 'Wireless LAN frame header.',
  story: 'The radio layer repeats unacknowledged frames by itself, so a capture on air may show a TCP segment twice without TCP having retransmitted it: look at the retry bit and the sequence number.',
  fields: [
    f('subtype', 'Subtype', 'wlan.fc.subtype', 0, 4, 'dec', WIFI, 'Subtype within the frame\'s type.', 'For data frames bit 3 means QoS, bit 2 that no data is carried.'),
    f('frameType', 'Type', 'wlan.fc.type', 4, 2, 'dec', WIFI, 'Management, control or data.', 'Only data frames carry IP.', { 0: 'Management', 1: 'Control', 2: 'Data' }),
    f('version', 'Version', 'wlan.fc.version', 6, 2, 'dec', WIFI, 'Protocol version.', 'It is 0.'),
    f('order', 'Order / HT control', 'wlan.fc.order', 8, 1, 'bool', WIFI, 'An HT control field is present (QoS frames).', 'It lengthens the header by 4 bytes.'),
    f('protected', 'Protected', 'wlan.fc.protected', 9, 1, 'bool', WIFI, 'The payload is encrypted.', 'Without the keys nothing above 802.11 can be read.'),
    f('moreData', 'More data', 'wlan.fc.moredata', 10, 1, 'bool', WIFI, 'The access point holds more frames for a sleeping station.', 'Part of power saving.'),
    f('powerManagement', 'Power management', 'wlan.fc.pwrmgt', 11, 1, 'bool', WIFI, 'The station will sleep after this frame.', 'Sleeping stations add delay to what is sent to them.'),
    f('retry', 'Retry', 'wlan.fc.retry', 12, 1, 'bool', WIFI, 'This frame is sent again.', 'A repetition by the radio, not by TCP.'),
    f('moreFragments', 'More fragments', 'wlan.fc.frag', 13, 1, 'bool', WIFI, 'Another fragment of the frame follows.', 'Fragmentation of the radio layer, invisible to IP.'),
    f('fromDs', 'From DS', 'wlan.fc.fromds', 14, 1, 'bool', WIFI, 'The frame comes from an access point.', 'With To DS it decides which address means what.'),
    f('toDs', 'To DS', 'wlan.fc.tods', 15, 1, 'bool', WIFI, 'The frame goes to an access point.', 'Both bits set: between access points, with four addresses.'),
    littleEndian(f('duration', 'Duration', 'wlan.duration', 16, 16, 'dec', WIFI, 'Microseconds that the exchange will still take.', 'Other stations keep quiet so long.')),
    f('address1', 'Receiver', 'wlan.ra', 32, 48, 'mac', WIFI, 'Station that is to receive the frame.', 'The next radio hop.'),
    f('address2', 'Transmitter', 'wlan.ta', 80, 48, 'mac', WIFI, 'Station that sends the frame.', 'It expects an acknowledgment frame unless the receiver is a group.'),
    f('address3', 'Address 3', '', 128, 48, 'mac', WIFI, 'Source, destination or network id.', 'Its meaning depends on To DS and From DS.'),
    littleEndian(f('sequence', 'Sequence and fragment number', '', 176, 16, 'hex', WIFI, 'Number of the frame (12 bits) and of its fragment (4 bits).', 'A retry carries the same number.')),
  ],
};
