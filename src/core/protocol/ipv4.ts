import { CHECKSUM_STATES, derived, field as f } from './define';
import type { HeaderSpec } from './fieldSpec';
import { IP_PROTOCOLS } from './numbers';

const R = 'RFC 791 3.1';

/** Common code points of the differentiated services field. */
export const DSCP: Readonly<Record<number, string>> = { 0: 'Best effort', 8: 'CS1', 10: 'AF11', 12: 'AF12', 14: 'AF13', 16: 'CS2', 18: 'AF21', 20: 'AF22', 22: 'AF23', 24: 'CS3', 26: 'AF31', 28: 'AF32', 30: 'AF33', 32: 'CS4', 34: 'AF41', 36: 'AF42', 38: 'AF43', 40: 'CS5', 44: 'Voice admit', 46: 'Expedited forwarding', 48: 'CS6', 56: 'CS7' };
export const ECN: Readonly<Record<number, string>> = { 0: 'Not-ECT', 1: 'ECT(1)', 2: 'ECT(0)', 3: 'CE, congestion experienced' };
export const ECN_STORY = 'Senders that negotiated ECN mark data ECT; a router that is filling up sets CE instead of dropping. The receiver then reports it with ECE in TCP. Pure ACKs, SYNs and retransmissions are normally sent Not-ECT.';

export const IPV4: HeaderSpec = {
  id: 'ipv4', label: 'IPv4', filter: 'ip', rfc: 'RFC 791', doc: 'Internet Protocol version 4: gets the packet from host to host.',
  story: 'It promises nothing: packets may be lost, duplicated, reordered or cut into fragments. NAT rewrites addresses, so the two sides of a connection may see different ones.',
  fields: [
    f('version', 'Version', 'ip.version', 0, 4, 'dec', R, 'Version of IP.', 'It is 4.'),
    f('headerLength', 'Header length', 'ip.hdr_len', 4, 4, 'dec', R, 'Length of the header in 32-bit words.', '5 (20 bytes) without options, at most 15.'),
    f('dscp', 'DSCP', 'ip.dsfield.dscp', 8, 6, 'dec', 'RFC 2474 3', 'Differentiated services code point: the class of service.', 'Networks may change it at their border. Different values in the two directions are normal.', DSCP),
    f('ecn', 'ECN', 'ip.dsfield.ecn', 14, 2, 'dec', 'RFC 3168 5', 'Explicit congestion notification.', ECN_STORY, ECN),
    f('totalLength', 'Total length', 'ip.len', 16, 16, 'dec', R, 'Length of header and payload in bytes.', 'It decides where the packet ends: what follows in the frame is padding. 0 in a capture of outgoing packets means segmentation offload: the kernel hands a large packet to the card, which splits it and fills in lengths.'),
    f('identification', 'Identification', 'ip.id', 32, 16, 'hex', 'RFC 6864 4', 'Tells the fragments of one datagram from those of another.', 'In a packet that is not fragmented it has no meaning (RFC 6864); Linux counts per connection, which still helps to tell the copy of a packet seen twice (same number) from a TCP retransmission (new number).'),
    f('reserved', 'Reserved bit', 'ip.flags.rb', 48, 1, 'bool', R, 'Must be zero.', 'RFC 3514, the "evil bit", is an April joke.'),
    f('dontFragment', 'Don\'t fragment', 'ip.flags.df', 49, 1, 'bool', R, 'Routers must not fragment the packet.', 'TCP sets it to find the path MTU (RFC 1191): a router for which the packet is too big answers with ICMP "fragmentation needed". If a firewall drops that answer, large segments vanish while small ones pass.'),
    f('moreFragments', 'More fragments', 'ip.flags.mf', 50, 1, 'bool', R, 'This is not the last fragment.', 'The TCP header is in the first fragment only, so filters by port miss the others.'),
    f('fragmentOffset', 'Fragment offset', 'ip.frag_offset', 51, 13, 'dec', R, 'Where the fragment belongs in the datagram, in units of 8 bytes.', '0 in the first fragment and in unfragmented packets.'),
    f('ttl', 'Time to live', 'ip.ttl', 64, 8, 'dec', R, 'How many more routers the packet may pass.', 'Systems start with 64 (Linux, macOS), 128 (Windows) or 255, so the difference is the number of hops. Packets of one direction with different values took different paths, or one of them was forged by a middlebox.'),
    f('protocol', 'Protocol', 'ip.proto', 72, 8, 'dec', R, 'What the payload is.', 'A number from the IANA registry; 6 is TCP.', IP_PROTOCOLS),
    f('checksum', 'Header checksum', 'ip.checksum', 80, 16, 'checksum', R, 'Checksum of this header only.', 'Routers recompute it at each hop since TTL changes. 0 on outgoing packets means that the network card fills it in.'),
    f('source', 'Source', 'ip.src', 96, 32, 'ipv4', R, 'Address of the sender.', 'Or of the NAT device that speaks for it. It is not authenticated.'),
    f('destination', 'Destination', 'ip.dst', 128, 32, 'ipv4', R, 'Address of the receiver.', 'With source routing, of the next stop on the way.'),
    derived('checksumStatus', 'Checksum status', 'ip.checksum.status', 80, 16, 'dec', R, 'Whether the checksum is right.', 'Computed here from the captured header.', CHECKSUM_STATES),
  ],
};

export const IPV4_OPTION: HeaderSpec = {
  id: 'ipv4.option', label: 'IPv4 option', rfc: 'RFC 791 3.1', doc: 'An option of the IPv4 header.',
  story: 'Rare. Many routers drop packets with options or handle them slowly, so a connection that uses them often fails.',
  fields: [
    f('type', 'Type', 'ip.opt.type', 0, 8, 'dec', R, 'Which option this is.', 'The highest bit says whether fragments get a copy.', { 0: 'End of options', 1: 'No operation', 7: 'Record route', 25: 'Quick-Start', 68: 'Timestamp', 130: 'Security', 131: 'Loose source route', 136: 'Stream id', 137: 'Strict source route', 148: 'Router alert' }),
    f('length', 'Length', 'ip.opt.len', 8, 8, 'dec', R, 'Length of the option with type and length bytes.', 'At least 2; End of options and No operation have none.'),
    f('data', 'Data', '', 16, 0, 'bytes', R, 'The bytes of the option.', 'Their meaning depends on the type.'),
  ],
};
