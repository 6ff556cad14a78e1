import { field as f } from './define';
import type { FieldSpec, HeaderSpec } from './fieldSpec';
import { DSCP, ECN, ECN_STORY } from './ipv4';
import { IP_PROTOCOLS } from './numbers';

const R = 'RFC 8200 3';

export const IPV6: HeaderSpec = {
  id: 'ipv6', label: 'IPv6', filter: 'ipv6', rfc: 'RFC 8200', doc: 'Internet Protocol version 6: gets the packet from host to host.',
  story: 'The header has 40 bytes always; options stand in extension headers behind it. Routers never fragment, and there is no header checksum: TCP\'s covers the addresses.',
  fields: [
    f('version', 'Version', 'ipv6.version', 0, 4, 'dec', R, 'Version of IP.', 'It is 6.'),
    f('dscp', 'DSCP', 'ipv6.tclass.dscp', 4, 6, 'dec', 'RFC 2474 3', 'Differentiated services code point: the class of service.', 'Networks may change it at their border.', DSCP),
    f('ecn', 'ECN', 'ipv6.tclass.ecn', 10, 2, 'dec', 'RFC 3168 5', 'Explicit congestion notification.', ECN_STORY, ECN),
    f('flowLabel', 'Flow label', 'ipv6.flow', 12, 20, 'hex', 'RFC 6437 2', 'A number that the sender gives to all packets of a flow.', 'Routers may spread load by it. Linux changes it for a connection after a retransmission timeout, to try another path.'),
    f('payloadLength', 'Payload length', 'ipv6.plen', 32, 16, 'dec', R, 'Bytes after this header, extension headers included.', '0 belongs to jumbograms (RFC 2675); a capture of very large offloaded packets (BIG TCP) shows it too.'),
    f('nextHeader', 'Next header', 'ipv6.nxt', 48, 8, 'dec', R, 'What follows this header.', 'An extension header or the transport protocol; 6 is TCP.', IP_PROTOCOLS),
    f('hopLimit', 'Hop limit', 'ipv6.hlim', 56, 8, 'dec', R, 'How many more routers the packet may pass.', 'IPv6\'s time to live. Usual start values are 64, 128 and 255.'),
    f('source', 'Source', 'ipv6.src', 64, 128, 'ipv6', R, 'Address of the sender.', 'Hosts have several at once; privacy addresses (RFC 8981) change by the day.'),
    f('destination', 'Destination', 'ipv6.dst', 192, 128, 'ipv6', R, 'Address of the receiver.', 'With a routing header, of the next stop on the way.'),
  ],
};

const next = (filter: string): FieldSpec => f('nextHeader', 'Next header', filter, 0, 8, 'dec', 'RFC 8200 4', 'What follows this header.', 'The chain ends with the transport protocol or "no next header".', IP_PROTOCOLS);
const length = (filter: string): FieldSpec => f('length', 'Length', filter, 8, 8, 'dec', 'RFC 8200 4', 'Length of the header in units of 8 bytes, the first 8 not counted.', 'So 0 stands for 8 bytes.');
const options = (rfc: string): FieldSpec => f('options', 'Options', '', 16, 0, 'bytes', rfc, 'Type, length and value of each option.', 'They fill the header with padding options to a multiple of 8 bytes.');

export const IPV6_HOP_BY_HOP: HeaderSpec = {
  id: 'ipv6.hopopts', label: 'IPv6 hop-by-hop options', filter: 'ipv6.hopopts', rfc: 'RFC 8200 4.3', doc: 'Options for every router on the way.',
  story: 'It must stand first. Many routers ignore or drop packets with it.', fields: [next('ipv6.hopopts.nxt'), length('ipv6.hopopts.len'), options('RFC 8200 4.3')],
};
export const IPV6_DESTINATION: HeaderSpec = {
  id: 'ipv6.dstopts', label: 'IPv6 destination options', filter: 'ipv6.dstopts', rfc: 'RFC 8200 4.6', doc: 'Options for the receiver.',
  story: 'Mobile IPv6 and a few tunnels use it.', fields: [next('ipv6.dstopts.nxt'), length('ipv6.dstopts.len'), options('RFC 8200 4.6')],
};
export const IPV6_ROUTING: HeaderSpec = {
  id: 'ipv6.routing', label: 'IPv6 routing header', filter: 'ipv6.routing', rfc: 'RFC 8200 4.4', doc: 'Stops that the packet is to pass.',
  story: 'While segments are left, the address in the IPv6 header is the next stop and the true receiver stands at the end of the list; TCP\'s checksum uses the true one. Type 0 is forbidden (RFC 5095), type 4 is segment routing.',
  fields: [
    next('ipv6.routing.nxt'), length('ipv6.routing.len'),
    f('type', 'Routing type', 'ipv6.routing.type', 16, 8, 'dec', 'RFC 8200 4.4', 'Kind of routing header.', 'It decides how the list is to be read.', { 0: 'Source route (deprecated)', 2: 'Mobile IPv6', 3: 'RPL source route', 4: 'Segment routing' }),
    f('segmentsLeft', 'Segments left', 'ipv6.routing.segleft', 24, 8, 'dec', 'RFC 8200 4.4', 'Stops that are still to come.', '0 at the last hop.'),
    f('data', 'Route', '', 32, 0, 'bytes', 'RFC 8200 4.4', 'The list of stops.', 'Addresses of 16 bytes behind 4 bytes that depend on the type.'),
  ],
};
export const IPV6_FRAGMENT: HeaderSpec = {
  id: 'ipv6.fragment', label: 'IPv6 fragment', filter: 'ipv6.fraghdr', rfc: 'RFC 8200 4.5', doc: 'This packet is a piece of a larger one.',
  story: 'Only the sender fragments in IPv6. Offset 0 without more fragments is an "atomic fragment", a whole packet that merely carries the header (RFC 6946).',
  fields: [
    next('ipv6.fraghdr.nxt'),
    f('reserved', 'Reserved', 'ipv6.fraghdr.reserved_octet', 8, 8, 'dec', 'RFC 8200 4.5', 'Unused.', 'It is zero.'),
    f('offset', 'Fragment offset', 'ipv6.fraghdr.offset', 16, 13, 'dec', 'RFC 8200 4.5', 'Where the fragment belongs, in units of 8 bytes.', '0 in the first one.'),
    f('reserved2', 'Reserved', 'ipv6.fraghdr.reserved_bits', 29, 2, 'dec', 'RFC 8200 4.5', 'Unused.', 'It is zero.'),
    f('more', 'More fragments', 'ipv6.fraghdr.more', 31, 1, 'bool', 'RFC 8200 4.5', 'This is not the last fragment.', 'TCP\'s header is in the first fragment only.'),
    f('identification', 'Identification', 'ipv6.fraghdr.ident', 32, 32, 'hex', 'RFC 8200 4.5', 'Tells the fragments of one packet from those of another.', 'The same in all fragments of a packet.'),
  ],
};
export const AH: HeaderSpec = {
  id: 'ah', label: 'Authentication Header', filter: 'ah', rfc: 'RFC 4302 2', doc: 'IPsec header that protects a packet against change.',
  story: 'It authenticates, but does not encrypt: TCP behind it can be read. It breaks under NAT, since addresses are covered.',
  fields: [
    f('nextHeader', 'Next header', 'ah.next_header', 0, 8, 'dec', 'RFC 4302 2.1', 'What follows this header.', '6 is TCP; 4 or 41 mean tunnel mode.', IP_PROTOCOLS),
    f('length', 'Length', 'ah.length', 8, 8, 'dec', 'RFC 4302 2.2', 'Length of the header in 32-bit words, minus 2.', '4 with the usual 96-bit check value.'),
    f('reserved', 'Reserved', 'ah.reserved', 16, 16, 'dec', 'RFC 4302 2.3', 'Unused.', 'It is zero.'),
    f('spi', 'SPI', 'ah.spi', 32, 32, 'hex', 'RFC 4302 2.4', 'Security parameters index: which agreement protects the packet.', 'Each direction has its own.'),
    f('sequence', 'Sequence number', 'ah.sequence', 64, 32, 'dec', 'RFC 4302 2.5', 'Counter of packets under this SPI.', 'It defeats replay. A gap shows packets lost on the way, or missing in the capture.'),
    f('icv', 'Integrity check value', 'ah.icv', 96, 0, 'bytes', 'RFC 4302 2.6', 'The authentication code.', 'It cannot be checked without the key.'),
  ],
};
