import type { FieldFormat, FieldSpec, HeaderSpec } from './fieldSpec';
import { option, OPTION_KIND, OPTION_LENGTH, type TcpOptionSpec } from './tcpOptionParts';

/**
 * Multipath TCP (kind 30): one table per subtype. Fields up to the first optional one stand at fixed bits; those whose
 * place depends on flags or length have `bits` 0 or a nominal `bit`, and the cold pass places them.
 */
const f = (name: string, label: string, filter: string, bit: number, bits: number, format: FieldFormat, rfc: string, doc: string, story: string, values?: Readonly<Record<number, string>>): FieldSpec => ({
  name, label, filter: filter && `tcp.options.mptcp.${filter}`, bit, bits, format, rfc, doc, story, ...(values ? { values } : {}),
});

export const MPTCP_SUBTYPE: FieldSpec = f('subtype', 'Subtype', 'subtype', 16, 4, 'dec', 'RFC 8684 3', 'Which Multipath TCP message this is.', 'All messages of Multipath TCP share one option kind; these four bits tell them apart.', {
  0: 'MP_CAPABLE', 1: 'MP_JOIN', 2: 'DSS', 3: 'ADD_ADDR', 4: 'REMOVE_ADDR', 5: 'MP_PRIO', 6: 'MP_FAIL', 7: 'MP_FASTCLOSE', 8: 'MP_TCPRST', 15: 'MP_EXPERIMENTAL',
});

const subtype = (name: string, label: string, rfc: string, doc: string, story: string, fields: readonly FieldSpec[]): HeaderSpec => ({
  id: `tcp.option.mptcp.${name}`, label, filter: 'mptcp', doc, story, rfc, fields: [OPTION_KIND, OPTION_LENGTH, MPTCP_SUBTYPE, ...fields],
});

const R31 = 'RFC 8684 3.1';
const R32 = 'RFC 8684 3.2';
const R33 = 'RFC 8684 3.3.1';

const flagBit = (name: string, label: string, filter: string, bit: number, rfc: string, doc: string, story: string): FieldSpec => f(name, label, filter, bit, 1, 'bool', rfc, doc, story);

const ADDRESS_ID = (rfc: string, doc: string): FieldSpec =>
  f('addressId', 'Address ID', 'addrid', 24, 8, 'dec', rfc, doc, 'Addresses are named by small numbers, so that NAT on the way does not matter. 0 is the address of the first subflow.');
const BACKUP = (bit: number, rfc: string): FieldSpec =>
  flagBit('backup', 'Backup', 'backup.flag', bit, rfc, 'Use this subflow only when no other works.', 'A wish of the sender of the option about data sent to it, typically for a metered mobile link.');

export const MP_CAPABLE = subtype('capable', 'MP_CAPABLE', R31, 'Offers and confirms Multipath TCP on the first subflow.', 'It is on SYN, SYN/ACK and the third packet. In version 1 the SYN carries no key, the SYN/ACK the server\'s, the third packet both. If any of them lacks the option, the connection goes on as plain TCP.', [
  f('version', 'Version', 'version', 20, 4, 'dec', R31, 'Version of Multipath TCP.', '0 is RFC 6824, the experiment; 1 is RFC 8684, which Linux speaks since 5.6. They do not interoperate.'),
  flagBit('checksumRequired', 'Checksum required (A)', 'checksumreq.flags', 24, R31, 'DSS checksums are to be used.', 'If either side sets it both must use them. They detect middleboxes that change the data.'),
  flagBit('extensibility', 'Extensibility (B)', 'extensibility.flag', 25, R31, 'Reserved for extension; zero.', 'A receiver that sees it set must fall back to plain TCP.'),
  flagBit('noMoreSubflows', 'No more subflows to this address (C)', 'nomoresubflows.flag', 26, R31, 'The peer must not open subflows to this address and port.', 'Set by servers behind a load balancer, where another SYN could reach another machine.'),
  f('reservedFlags', 'Reserved (D to G)', 'reserved.flag', 27, 4, 'dec', R31, 'Bits for other crypto algorithms.', 'No algorithm but H is defined.'),
  flagBit('hmacSha256', 'HMAC-SHA256 (H)', 'sha256.flag', 31, R31, 'Keys and tokens use HMAC-SHA256.', 'In version 0 the same bit meant HMAC-SHA1.'),
  f('senderKey', 'Sender\'s key', 'sendkey', 32, 64, 'hex', R31, 'Random key of the sender.', 'Tokens and the first data sequence number are derived from it. It goes in clear text once, at the start: whoever sees it can take part in the connection.'),
  f('receiverKey', 'Receiver\'s key', 'recvkey', 96, 64, 'hex', R31, 'The peer\'s key, sent back.', 'It shows in the third packet that the client has received the server\'s key.'),
  f('dataLength', 'Data-level length', 'datalvllen', 160, 16, 'dec', R31, 'Length of the data that comes with the key.', 'Present when the third packet carries data, so that no separate DSS is needed.'),
  f('checksum', 'Checksum', 'checksum', 176, 16, 'hex', R31, 'DSS checksum of the data that comes with the key.', 'Present only when checksums were agreed.'),
]);

/** SYN (12 bytes), SYN/ACK (16) and third packet (24) differ; fields that a form lacks are left out. */
export const MP_JOIN_SYN = subtype('join', 'MP_JOIN', R32, 'Asks to add a subflow to an existing connection.', 'The SYN names the connection by the token of the server\'s key. SYN/ACK and ACK prove with HMACs that both know the keys. So a subflow is a TCP connection of its own, with its own ports and sequence numbers, that carries part of the data.', [
  f('reserved', 'Reserved', 'reserved', 20, 3, 'dec', R32, 'Unused bits.', 'They are zero.'), BACKUP(23, R32), ADDRESS_ID(R32, 'Number of the address that this subflow comes from.'),
  f('token', 'Receiver\'s token', 'recvtok', 32, 32, 'hex', R32, 'Which connection the subflow belongs to.', 'The first 32 bits of the SHA-256 of the receiver\'s key (SHA-1 in version 0).'),
  f('random', 'Sender\'s random number', 'sendrand', 64, 32, 'hex', R32, 'Nonce for the HMACs.', 'It prevents replay of an old join.'),
]);
export const MP_JOIN_SYNACK = subtype('joinReply', 'MP_JOIN', R32, 'Accepts a subflow and proves knowledge of the keys.', 'The second packet of a join.', [
  f('reserved', 'Reserved', 'reserved', 20, 3, 'dec', R32, 'Unused bits.', 'They are zero.'), BACKUP(23, R32), ADDRESS_ID(R32, 'Number of the address that this subflow comes from.'),
  f('truncatedHmac', 'Truncated HMAC', 'sendtrunchmac', 32, 64, 'hex', R32, 'First 64 bits of the server\'s HMAC.', 'It covers both nonces, keyed with both keys. A wrong one makes the client reset the subflow.'),
  f('random', 'Sender\'s random number', 'sendrand', 96, 32, 'hex', R32, 'Nonce for the HMACs.', 'It prevents replay of an old join.'),
]);
export const MP_JOIN_ACK = subtype('joinAck', 'MP_JOIN', R32, 'Completes a join.', 'The third packet of a join; the server answers it with an ACK before the subflow may carry data.', [
  f('reserved', 'Reserved', 'reserved', 20, 12, 'hex', R32, 'Unused bits.', 'They are zero.'),
  f('hmac', 'HMAC', 'sendhmac', 32, 160, 'bytes', R32, 'The client\'s HMAC, 160 bits.', 'It proves to the server that the client knows both keys.'),
]);

export const MP_DSS = subtype('dss', 'DSS', R33, 'Data Sequence Signal: maps subflow bytes to the connection\'s bytes and acknowledges them.', 'The connection as a whole has data sequence numbers of its own; each mapping says which part of them a stretch of this subflow carries. The data ACK acknowledges at that level, whichever subflow brought the bytes. Once checksums fail or the option is stripped the connection falls back to a single subflow.', [
  f('reserved', 'Reserved', 'reserved', 20, 7, 'dec', R33, 'Unused bits.', 'They are zero.'),
  flagBit('dataFin', 'DATA_FIN (F)', 'datafin.flag', 27, R33, 'The sender has no more data on the whole connection.', 'The FIN of the connection level; a FIN in the TCP flags closes just one subflow.'),
  flagBit('dsn8', 'Data sequence number is 8 bytes (m)', 'dseqn8.flag', 28, R33, 'Width of the data sequence number.', 'Clear for the low 4 bytes only.'),
  flagBit('dsnPresent', 'Mapping present (M)', 'dseqnpresent.flag', 29, R33, 'A mapping follows.', 'Data sequence number, subflow sequence number, length and perhaps a checksum.'),
  flagBit('dataAck8', 'Data ACK is 8 bytes (a)', 'dataack8.flag', 30, R33, 'Width of the data ACK.', 'Clear for the low 4 bytes only.'),
  flagBit('dataAckPresent', 'Data ACK present (A)', 'dataackpresent.flag', 31, R33, 'A data ACK follows.', 'It is on nearly every segment once Multipath TCP is in use.'),
  f('dataAck', 'Data ACK', 'rawdataack', 32, 0, 'dec', R33, 'Next data sequence number expected.', 'Cumulative, over all subflows. The window field of any subflow counts from here.'),
  f('dsn', 'Data sequence number', 'rawdataseqno', 32, 0, 'dec', R33, 'Where the mapped bytes belong in the connection\'s stream.', '64 bits wide, often sent as its low half.'),
  f('subflowSeq', 'Subflow sequence number', 'subflowseqno', 32, 0, 'dec', R33, 'First mapped byte in this subflow, counted from its SYN.', 'Relative to the subflow\'s first sequence number, so that middleboxes that rewrite sequence numbers do no harm.'),
  f('dataLength', 'Data-level length', 'datalvllen', 32, 0, 'dec', R33, 'How many bytes are mapped.', '0 announces an infinite mapping: the fallback to plain TCP.'),
  f('checksum', 'Checksum', 'checksum', 32, 0, 'hex', R33, 'Sum over the mapping and its data.', 'Present only if it was agreed in MP_CAPABLE.'),
]);

const R341 = 'RFC 8684 3.4.1';
export const MP_ADD_ADDR = subtype('addAddr', 'ADD_ADDR', R341, 'Announces another address of the sender.', 'The peer may open a subflow to it. It is repeated until echoed, since options are not delivered reliably. In version 1 an HMAC protects it.', [
  f('reserved', 'Reserved', '', 20, 3, 'dec', R341, 'Unused bits.', 'They are zero. In version 0 these bits and the next hold the IP version.'),
  flagBit('echo', 'Echo (E)', 'echo', 23, R341, 'This confirms the peer\'s announcement.', 'An echo repeats the option without the HMAC.'),
  ADDRESS_ID(R341, 'Number that the address is to have.'),
  f('ipv4', 'IPv4 address', 'ipv4', 32, 0, 'ipv4', R341, 'The address announced.', 'It may be a private one that the peer cannot reach.'),
  f('ipv6', 'IPv6 address', 'ipv6', 32, 0, 'ipv6', R341, 'The address announced.', 'IPv4 and IPv6 subflows may be mixed in one connection.'),
  f('port', 'Port', 'port', 32, 0, 'dec', R341, 'Port to connect to.', 'Absent when it is the port of the connection.'),
  f('truncatedHmac', 'Truncated HMAC', 'addaddrtrunchmac', 32, 0, 'hex', R341, 'Proof that the announcement is genuine.', 'Without it an attacker could draw a subflow to himself.'),
]);
export const MP_REMOVE_ADDR = subtype('removeAddr', 'REMOVE_ADDR', 'RFC 8684 3.4.2', 'Withdraws addresses; subflows over them are closed.', 'Sent when an interface goes away. The peer first checks with a keepalive whether the subflow is really dead.', [
  f('reserved', 'Reserved', '', 20, 4, 'dec', 'RFC 8684 3.4.2', 'Unused bits.', 'They are zero.'),
  f('addressIds', 'Address IDs', '', 24, 0, 'bytes', 'RFC 8684 3.4.2', 'Numbers of the addresses withdrawn.', 'One byte each.'),
]);
export const MP_PRIO = subtype('prio', 'MP_PRIO', 'RFC 8684 3.3.8', 'Changes the priority of a subflow.', 'It makes a subflow a backup, or a regular one again.', [
  f('reserved', 'Reserved', '', 20, 3, 'dec', 'RFC 8684 3.3.8', 'Unused bits.', 'They are zero.'), BACKUP(23, 'RFC 8684 3.3.8'),
  f('addressId', 'Address ID', 'addrid', 24, 0, 'dec', 'RFC 8684 3.3.8', 'Which subflow is meant (version 0 only).', 'Without it, the subflow that carries the option.'),
]);
export const MP_FAIL = subtype('fail', 'MP_FAIL', 'RFC 8684 3.7', 'Reports that the data does not match its checksum.', 'Something on the path changes the data. The subflow is reset, or if it is the only one the connection goes on as plain TCP.', [
  f('reserved', 'Reserved', '', 20, 12, 'dec', 'RFC 8684 3.7', 'Unused bits.', 'They are zero.'),
  f('dsn', 'Data sequence number', 'rawdataseqno', 32, 64, 'dec', 'RFC 8684 3.7', 'Start of the mapping that failed.', 'What precedes it is good.'),
]);
export const MP_FASTCLOSE = subtype('fastClose', 'MP_FASTCLOSE', 'RFC 8684 3.5', 'Resets the whole connection.', 'RST ends one subflow only, so a reset of the connection needs its own option, with the peer\'s key as proof.', [
  f('reserved', 'Reserved', '', 20, 12, 'dec', 'RFC 8684 3.5', 'Unused bits.', 'They are zero.'),
  f('receiverKey', 'Receiver\'s key', 'recvkey', 32, 64, 'hex', 'RFC 8684 3.5', 'The peer\'s key from the handshake.', 'It proves that the sender is a party to the connection.'),
]);
export const MP_TCPRST = subtype('tcpRst', 'MP_TCPRST', 'RFC 8684 3.6', 'Says why a subflow is reset.', 'It accompanies a RST and tells the peer whether trying again makes sense.', [
  f('flagsUvw', 'Flags U, V, W', '', 20, 3, 'dec', 'RFC 8684 3.6', 'Bits for experiments.', 'They have no meaning yet.'),
  flagBit('transient', 'Transient (T)', 'flag_T.flag', 23, 'RFC 8684 3.6', 'The cause may pass.', 'Set: a new subflow may be tried later. Clear: do not try again.'),
  f('reason', 'Reason', 'rst_reason', 24, 8, 'dec', 'RFC 8684 3.6', 'Why the subflow was reset.', 'The codes are registered with IANA.', { 0: 'Unspecified', 1: 'MPTCP-specific error', 2: 'Lack of resources', 3: 'Administratively prohibited', 4: 'Too much outstanding data', 5: 'Unacceptable performance', 6: 'Middlebox interference' }),
]);
export const MP_OTHER = subtype('other', 'MPTCP', 'RFC 8684 3', 'A Multipath TCP message of an unknown subtype.', 'Subtypes 9 to 14 are not assigned; 15 is for private use.', [
  f('data', 'Data', '', 20, 0, 'bytes', 'RFC 8684 3', 'The bytes of the message.', 'They are shown as they are.'),
]);

/** What the option table knows before the subtype is read. */
export const MPTCP_OPTION: TcpOptionSpec = option('mptcp', 'Multipath TCP', 'mptcp', [], 'RFC 8684 3', 'A message of Multipath TCP.', 'It lets one connection use several paths at once, each of them a TCP connection of its own.', [MPTCP_SUBTYPE]);

/** Tables by subtype; MP_JOIN is chosen by length. */
export const MPTCP_SUBTYPES: readonly HeaderSpec[] = [MP_CAPABLE, MP_JOIN_SYN, MP_JOIN_SYNACK, MP_JOIN_ACK, MP_DSS, MP_ADD_ADDR, MP_REMOVE_ADDR, MP_PRIO, MP_FAIL, MP_FASTCLOSE, MP_TCPRST, MP_OTHER];
