import type { FieldSpec } from './fieldSpec';
import { opaqueOption, option, OPTION_DATA, type TcpOptionSpec } from './tcpOptionParts';

/** TCP options that RFC 6247 made historic, or that were assigned without a published definition. */

const HISTORIC = 'RFC 6247 declared it historic; it is hardly met outside old traces and probes.';
const UNDOCUMENTED = 'IANA lists the name only; no public definition exists. Meeting it means a very old system, a probe, or a damaged header.';

const ECHO_VALUE: FieldSpec = {
  name: 'value', label: 'Value', filter: 'tcp.options.echo_value', bit: 16, bits: 32, format: 'dec', rfc: 'RFC 1072 4',
  doc: 'Four bytes that the peer is to send back, or sends back.',
  story: 'The sender put its clock there and measured the round trip when it came back. The timestamps option does the same in both directions at once.',
};
export const ECHO = option('echo', 'Echo', 'tcp.options.echo', [6], 'RFC 1072 4', 'Asks the peer to send four bytes back.', `The forerunner of timestamps, for measuring round trips. ${HISTORIC}`, [ECHO_VALUE]);
export const ECHO_REPLY = option('echoReply', 'Echo reply', 'tcp.options.echoreply', [6], 'RFC 1072 4', 'Sends the four bytes of an Echo back.', `The answer to an Echo option. ${HISTORIC}`, [ECHO_VALUE]);

export const POC_PERMITTED = option('pocPermitted', 'Partial order permitted', 'tcp.options.unknown', [2], 'RFC 1693', 'Offers the partial order service on a SYN.', `Partial order would have let a receiver get independent objects out of order. ${HISTORIC}`);
export const POC_PROFILE = option('pocProfile', 'Partial order service profile', 'tcp.options.unknown', [3], 'RFC 1693', 'Marks where a partial order profile starts and ends.', `Two flag bits say whether this segment begins or ends the description of objects. ${HISTORIC}`, [
  { name: 'startFlag', label: 'Start flag', filter: '', bit: 16, bits: 1, format: 'bool', rfc: 'RFC 1693', doc: 'This segment begins the profile.', story: 'The profile itself is sent as data; this bit marks its first segment.' },
  { name: 'endFlag', label: 'End flag', filter: '', bit: 17, bits: 1, format: 'bool', rfc: 'RFC 1693', doc: 'This segment ends the profile.', story: 'The profile itself is sent as data; this bit marks its last segment.' },
  { name: 'filler', label: 'Filler', filter: '', bit: 18, bits: 6, format: 'dec', rfc: 'RFC 1693', doc: 'Unused bits.', story: 'They fill the byte and are zero.' },
]);

const CC_VALUE: FieldSpec = {
  name: 'value', label: 'Connection count', filter: 'tcp.options.cc_value', bit: 16, bits: 32, format: 'dec', rfc: 'RFC 1644 3.2',
  doc: 'The connection count of T/TCP.',
  story: 'It grows with every connection of a host, so that a server could tell a new SYN from an old duplicate and accept data on it without a full handshake.',
};
const TTCP = `Part of T/TCP, an early attempt at data on the SYN that turned out to be open to spoofing; TCP Fast Open is today's answer. ${HISTORIC}`;
export const CC = option('cc', 'CC', 'tcp.options.cc', [6], 'RFC 1644 3.2', 'Connection count of a T/TCP segment.', TTCP, [CC_VALUE]);
export const CC_NEW = option('ccNew', 'CC.NEW', 'tcp.options.ccnew', [6], 'RFC 1644 3.2', 'Connection count of a client whose count may have started again.', TTCP, [CC_VALUE]);
export const CC_ECHO = option('ccEcho', 'CC.ECHO', 'tcp.options.ccecho', [6], 'RFC 1644 3.2', 'The server\'s echo of the client\'s connection count.', TTCP, [CC_VALUE]);

export const ALT_CHECKSUM_REQUEST = option('altChecksum', 'Alternate checksum request', 'tcp.options.unknown', [3], 'RFC 1146', 'Asks on a SYN for another checksum algorithm.', `Both sides had to name the same algorithm. ${HISTORIC}`, [
  { name: 'algorithm', label: 'Algorithm', filter: '', bit: 16, bits: 8, format: 'dec', rfc: 'RFC 1146', doc: 'Which checksum is proposed.', story: 'Fletcher\'s sums notice reordered words, which the ordinary checksum does not. Value 3 is in the registry of IANA only. SYN and RST always carry the ordinary checksum.', values: { 0: 'TCP checksum', 1: '8-bit Fletcher', 2: '16-bit Fletcher', 3: 'Redundant checksum avoidance' } },
]);
export const ALT_CHECKSUM_DATA = option('altChecksumData', 'Alternate checksum data', 'tcp.options.unknown', [], 'RFC 1146', 'The part of an alternate checksum that does not fit the checksum field.', `Used when the agreed sum is longer than 16 bits. ${HISTORIC}`, [OPTION_DATA]);

export const SKEETER = opaqueOption('skeeter', 'Skeeter', 'tcp.options.unknown', 'IANA TCP parameters', 'Skeeter, assigned before 1994.', `Said to have been a key exchange for encrypted TCP. ${UNDOCUMENTED}`);
export const BUBBA = opaqueOption('bubba', 'Bubba', 'tcp.options.unknown', 'IANA TCP parameters', 'Bubba, assigned before 1994.', `It came together with Skeeter. ${UNDOCUMENTED}`);
export const TRAILER_CHECKSUM = option('trailerChecksum', 'Trailer checksum', 'tcp.options.unknown', [3], 'IANA TCP parameters', 'A checksum that follows the data.', UNDOCUMENTED, [OPTION_DATA]);

const scpsFlag = (name: string, label: string, filter: string, bit: number, doc: string): FieldSpec => ({
  name, label, filter, bit, bits: 1, format: 'bool', rfc: 'CCSDS 714.0-B-2', doc, story: 'One capability of the Space Communications Protocol Specifications that the sender of the SYN offers. It is in use only if both sides offer it.',
});
export const SCPS: TcpOptionSpec = option('scps', 'SCPS capabilities', 'tcp.options.scps', [], 'CCSDS 714.0-B-2', 'Offers extensions for satellite and space links.', 'Sent on SYNs by performance-enhancing proxies on satellite links. A length of 4 is the plain form; longer ones carry extended capabilities.', [
  scpsFlag('bets', 'Partial reliability (BETS)', 'tcp.options.scpsflags.bets', 16, 'Best-effort transport service is offered.'),
  scpsFlag('snack1', 'Short SNACK', 'tcp.options.scpsflags.snack1', 17, 'The short form of selective negative acknowledgment is offered.'),
  scpsFlag('snack2', 'Long SNACK', 'tcp.options.scpsflags.snack2', 18, 'The long form of selective negative acknowledgment is offered.'),
  scpsFlag('compress', 'Header compression', 'tcp.options.scpsflags.compress', 19, 'Lossless header compression is offered.'),
  scpsFlag('nlts', 'Network layer timestamp', 'tcp.options.scpsflags.nlts', 20, 'A timestamp from the network layer is available.'),
  { name: 'reserved', label: 'Reserved', filter: 'tcp.options.scpsflags.reserved', bit: 21, bits: 3, format: 'dec', rfc: 'CCSDS 714.0-B-2', doc: 'Unused bits.', story: 'They are zero in the plain form.' },
  { name: 'connectionId', label: 'Connection ID', filter: 'tcp.options.scps.binding', bit: 24, bits: 8, format: 'dec', rfc: 'CCSDS 714.0-B-2', doc: 'Number of the connection for compressed headers.', story: 'With header compression it stands for the addresses and ports of the connection.' },
]);
export const SNACK = option('snack', 'Selective negative acknowledgment', 'tcp.options.snack', [6], 'CCSDS 714.0-B-2', 'Names a hole in what was received.', 'The opposite of SACK: it says what is missing, in units of the MSS, which suits links with very long delay.', [
  { name: 'offset', label: 'Offset', filter: 'tcp.options.snack.offset', bit: 16, bits: 16, format: 'dec', rfc: 'CCSDS 714.0-B-2', doc: 'Distance of the hole from the acknowledgment number, in segments.', story: 'Multiply by the MSS and add to the acknowledgment number to get the hole\'s first byte.' },
  { name: 'size', label: 'Size', filter: 'tcp.options.snack.size', bit: 32, bits: 16, format: 'dec', rfc: 'CCSDS 714.0-B-2', doc: 'Size of the hole, in segments.', story: 'Multiply by the MSS to get bytes.' },
]);
export const RECORD_BOUNDARIES = opaqueOption('recordBoundaries', 'Record boundaries', 'tcp.options.scpsrec', 'CCSDS 714.0-B-2', 'Marks the end of a record in the data (SCPS).', 'TCP itself keeps no record boundaries; this extension of the space protocols does. It is practically never met on the Internet.');
export const CORRUPTION = opaqueOption('corruption', 'Corruption experienced', 'tcp.options.scpscor', 'CCSDS 714.0-B-2', 'Reports loss by corruption rather than congestion (SCPS).', 'It lets a sender on a noisy link repeat data without slowing down. It is practically never met on the Internet.');
export const SNAP = opaqueOption('snap', 'SNAP', 'tcp.options.unknown', 'IANA TCP parameters', 'SNAP, assigned around 2000.', UNDOCUMENTED);
export const COMPRESSION_FILTER = opaqueOption('compressionFilter', 'TCP compression filter', 'tcp.options.unknown', 'IANA TCP parameters', 'TCP compression filter, assigned around 2000.', UNDOCUMENTED);
