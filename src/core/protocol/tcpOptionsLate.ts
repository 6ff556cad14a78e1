import type { FieldSpec } from './fieldSpec';
import { option, type TcpOptionSpec } from './tcpOptionParts';

/** TCP options from kind 19 on that are in use, apart from Multipath TCP. */

export const MD5 = option(
  'md5', 'MD5 signature', 'tcp.options.md5', [18], 'RFC 2385 2.0, 3.0',
  'Signs the segment with a password that both ends share.',
  'Made for BGP sessions. The digest covers the pseudo-header, the TCP header without options, the data and the password. A segment whose digest is missing or wrong is dropped without an answer, so a wrong password looks like a dead peer: SYNs that nobody answers. It is obsoleted by TCP-AO but still the usual choice between routers. Since it takes 18 bytes, little room is left for other options on a SYN.',
  [
    {
      name: 'digest', label: 'MD5 digest', filter: 'tcp.options.md5.digest', bit: 16, bits: 128, format: 'bytes', rfc: 'RFC 2385 3.0',
      doc: 'The 16 bytes of the MD5 sum.',
      story: 'It cannot be checked without the password, which is never on the wire. A retransmission of the same bytes carries a different digest if anything in the header changed, the acknowledgment number for instance.',
    },
  ],
);

export const QUICK_START = option(
  'quickStart', 'Quick-Start response', 'tcp.options.qs', [8], 'RFC 4782 4.2',
  'Tells the sender which starting rate the routers on the path have approved.',
  'The request travels in an IP option, and every router may lower it; this option brings the answer back. The sender may use it only if all routers took part, which the TTL difference shows. It is experimental and hardly deployed.',
  [
    {
      name: 'reserved', label: 'Reserved', filter: '', bit: 16, bits: 4, format: 'dec', rfc: 'RFC 4782 4.2',
      doc: 'Zero bits before the rate.',
      story: 'They are sent as zero and carry no meaning today.',
    },
    {
      name: 'rate', label: 'Rate request', filter: 'tcp.options.qs.rate', bit: 20, bits: 4, format: 'dec', rfc: 'RFC 4782 3.1',
      doc: 'The approved rate, as a power of two of 40 kbit/s; 0 means none.',
      story: 'N stands for 40 000 times 2^N bits per second: 1 is 80 kbit/s, 15 is about 1.31 Gbit/s. 0 says that the request was refused.',
      values: { 0: 'none', 1: '80 kbit/s', 2: '160 kbit/s', 3: '320 kbit/s', 4: '640 kbit/s', 5: '1.28 Mbit/s', 6: '2.56 Mbit/s', 7: '5.12 Mbit/s', 8: '10.24 Mbit/s', 9: '20.48 Mbit/s', 10: '40.96 Mbit/s', 11: '81.92 Mbit/s', 12: '163.84 Mbit/s', 13: '327.68 Mbit/s', 14: '655.36 Mbit/s', 15: '1.31072 Gbit/s' },
    },
    {
      name: 'ttlDiff', label: 'TTL difference', filter: 'tcp.options.qs.ttl_diff', bit: 24, bits: 8, format: 'dec', rfc: 'RFC 4782 4.2',
      doc: 'IP TTL minus Quick-Start TTL as the receiver saw them.',
      story: 'A router that approves the request lowers both by one. If the difference is not what the sender started with, some router did not take part and the rate must not be used.',
    },
    {
      name: 'nonce', label: 'QS nonce', filter: '', bit: 32, bits: 30, format: 'hex', rfc: 'RFC 4782 3.4',
      doc: 'Random bits that routers blank when they lower the rate.',
      story: 'It protects against a receiver that claims a higher rate than was approved: it cannot know the bits that were overwritten.',
    },
    {
      name: 'reserved2', label: 'Reserved', filter: '', bit: 62, bits: 2, format: 'dec', rfc: 'RFC 4782 4.2',
      doc: 'Zero bits after the nonce.',
      story: 'They are sent as zero and carry no meaning today.',
    },
  ],
);

export const USER_TIMEOUT = option(
  'userTimeout', 'User timeout', 'tcp.options.user_to', [4], 'RFC 5482 3.3',
  'How long the sender intends to keep trying before it gives up unacknowledged data.',
  'It is a hint for established connections: the peer may take it into account for its own user timeout, within limits that it chooses. It is not a connect timeout and no idle timeout: a connection with nothing in flight is not affected. Linux has the socket option TCP_USER_TIMEOUT, which acts locally and does not send this option.',
  [
    {
      name: 'granularity', label: 'Granularity', filter: 'tcp.options.user_to_granularity', bit: 16, bits: 1, format: 'bool', rfc: 'RFC 5482 3.3',
      doc: 'Unit of the timeout: set for minutes, clear for seconds.',
      story: 'With 15 bits the timeout ends at about nine hours in seconds and at about 22 days in minutes.',
    },
    {
      name: 'userTimeout', label: 'User timeout', filter: 'tcp.options.user_to_val', bit: 17, bits: 15, format: 'dec', rfc: 'RFC 5482 3.3, 3.4',
      doc: 'The timeout in the unit that the granularity bit gives.',
      story: '0 is reserved and must not be sent. It measures how long sent data may stay unacknowledged (RFC 9293 3.8.3), retransmissions included.',
    },
  ],
);

export const TCP_AO: TcpOptionSpec = option(
  'ao', 'TCP-AO', 'tcp.options.ao', [], 'RFC 5925 2.2',
  'Authenticates the segment with a key that both ends hold.',
  'The successor of the MD5 option: stronger algorithms, key changes within a connection, protection against replay across wraps. A segment that fails is dropped silently. If one end is configured for it and the other is not, SYNs stay unanswered. Linux supports it since 6.7.',
  [
    {
      name: 'keyId', label: 'KeyID', filter: 'tcp.options.ao.keyid', bit: 16, bits: 8, format: 'dec', rfc: 'RFC 5925 2.2',
      doc: 'Which master key tuple made the MAC of this segment.',
      story: 'It is an index agreed out of band, no secret. It changes when the sender moves on to a new key.',
    },
    {
      name: 'rNextKeyId', label: 'RNextKeyID', filter: 'tcp.options.ao.rnextkeyid', bit: 24, bits: 8, format: 'dec', rfc: 'RFC 5925 2.2',
      doc: 'Which key the sender is ready to receive next.',
      story: 'It asks the peer to change its KeyID. When both agree the change of keys is complete.',
    },
    {
      name: 'mac', label: 'MAC', filter: 'tcp.options.ao.mac', bit: 32, bits: 0, format: 'bytes', rfc: 'RFC 5925 2.2, 5.1',
      doc: 'The message authentication code over pseudo-header, header and data.',
      story: 'Its length depends on the algorithm and is usually 12 bytes. It cannot be checked without the key.',
    },
  ],
);

const TFO_STORY =
  'On a SYN it stands without cookie to ask for one, or with a cookie beside data that the server may hand to the application before the handshake ends. On a SYN/ACK it brings the cookie. It saves one round trip on repeated connections. The data may arrive twice, so only idempotent requests belong there. Many middleboxes drop such SYNs, so stacks fall back. net.ipv4.tcp_fastopen governs it in Linux (1 client, 2 server).';

export const TFO_COOKIE: FieldSpec = {
  name: 'cookie', label: 'Cookie', filter: 'tcp.options.tfo.cookie', bit: 16, bits: 0, format: 'bytes', rfc: 'RFC 7413 4.1.1',
  doc: 'The Fast Open cookie; absent in a request for one.',
  story: 'Between 4 and 16 bytes, of even length. The server makes it from the client\'s address with a secret key, so that it proves an earlier handshake from that address; the client merely stores it.',
};

export const TFO: TcpOptionSpec = option('tfo', 'TCP Fast Open', 'tcp.options.tfo', [], 'RFC 7413 2, 4.1.1', 'Asks for, brings or presents a cookie that allows data on the SYN.', TFO_STORY, [TFO_COOKIE]);

export const TCP_ENO: TcpOptionSpec = option(
  'eno', 'Encryption negotiation', 'tcp.options.unknown', [], 'RFC 8547 4.1',
  'Negotiates encryption of the byte stream (TCP-ENO, used by tcpcrypt).',
  'It lists the encryption protocols that each side offers. If both agree the stream is encrypted without the application\'s doing; otherwise the connection stays plain. It is experimental and rare.',
  [
    {
      name: 'suboptions', label: 'Suboptions', filter: '', bit: 16, bits: 0, format: 'bytes', rfc: 'RFC 8547 4.1',
      doc: 'Sequence of suboption bytes, one per protocol offered.',
      story: 'A byte below 0x20 is a global suboption (bit 0 tells the roles apart, bit 1 says that the application is aware); 0x20 and above name an encryption protocol, with 0x80 set if data follows.',
    },
  ],
);

const EE0B: FieldSpec = {
  name: 'ee0b', label: 'ECT(0) byte counter', filter: 'tcp.options.acc_ecn.ee0b', bit: 16, bits: 24, format: 'dec', rfc: 'RFC 9768 3.2.1, 3.2.3',
  doc: 'Payload bytes that arrived marked ECT(0), modulo 2^24.',
  story: 'It starts at 1 on the first segment, so that zeroed options can be detected. Only differences between segments mean anything.',
};
const ECEB: FieldSpec = {
  name: 'eceb', label: 'CE byte counter', filter: 'tcp.options.acc_ecn.eceb', bit: 40, bits: 24, format: 'dec', rfc: 'RFC 9768 3.2.1, 3.2.3',
  doc: 'Payload bytes that arrived marked CE (congestion experienced), modulo 2^24.',
  story: 'It starts at 0. Its growth tells the sender how many bytes met congestion, more finely than one ECE flag per round trip.',
};
const EE1B: FieldSpec = {
  name: 'ee1b', label: 'ECT(1) byte counter', filter: 'tcp.options.acc_ecn.ee1b', bit: 64, bits: 24, format: 'dec', rfc: 'RFC 9768 3.2.1, 3.2.3',
  doc: 'Payload bytes that arrived marked ECT(1), modulo 2^24.',
  story: 'It starts at 1. ECT(1) marks low-latency traffic (L4S, RFC 9331). Fields at the end of the option may be left out to save space.',
};
const ACCECN_STORY =
  'The option adds byte counters to the three-bit ACE counter in the flags, so that the sender learns exactly how much was marked even if ACKs get lost. Trailing counters may be omitted, hence the lengths 2, 5, 8 and 11. Kinds 172 and 174 differ in the order of the counters, so that the more useful one can come first.';
const at = (spec: FieldSpec, bit: number): FieldSpec => ({ ...spec, bit });

/** Order 0: ECT(0), CE, ECT(1). */
export const ACCECN_FIRST = option('accEcn0', 'Accurate ECN order 0', 'tcp.options.acc_ecn', [2, 5, 8, 11], 'RFC 9768 3.2.3', 'Byte counters per ECN mark, ECT(0) first.', ACCECN_STORY, [EE0B, ECEB, EE1B]);
/** Order 1: ECT(1), CE, ECT(0). */
export const ACCECN_SECOND = option('accEcn1', 'Accurate ECN order 1', 'tcp.options.acc_ecn', [2, 5, 8, 11], 'RFC 9768 3.2.3', 'Byte counters per ECN mark, ECT(1) first.', ACCECN_STORY, [at(EE1B, 16), ECEB, at(EE0B, 64)]);

const EXID: FieldSpec = {
  name: 'exId', label: 'Experiment identifier', filter: 'tcp.options.experimental.exid', bit: 16, bits: 16, format: 'hex', rfc: 'RFC 6994 3',
  doc: 'Which experiment the option belongs to.',
  story: 'Kinds 253 and 254 are shared by all experiments; the 16 or 32 bits of the ExID, registered with IANA, tell them apart. Older experiments put none there, so that their first two bytes look like one.',
  values: { 0x00ac: 'TCP ACK Rate Request', 0x0348: 'Host identification (RFC 7974)', 0x454e: 'Encryption negotiation (RFC 8547)', 0xacc0: 'Accurate ECN order 0', 0xacc1: 'Accurate ECN order 1', 0xe2d4: 'Shared Memory Communications (RFC 7609), first half', 0xf989: 'TCP Fast Open (RFC 7413)' },
};
const EXPERIMENT_DATA: FieldSpec = {
  name: 'data', label: 'Data', filter: 'tcp.options.experimental.data', bit: 32, bits: 0, format: 'bytes', rfc: 'RFC 6994 3',
  doc: 'What the experiment carries.',
  story: 'Its meaning is the experiment\'s own. For Shared Memory Communications it begins with the second half of a 32-bit identifier.',
};
const EXPERIMENT_STORY =
  'Two kinds are set aside for trials (RFC 4727, RFC 3692); an experiment identifier keeps trials apart. TCP Fast Open began here with 0xF989 and Linux still understands that form, Accurate ECN with 0xACC0 and 0xACC1. Such options must not be switched on by default in products.';

export const EXPERIMENT_1 = option('experiment1', 'Experiment 1', 'tcp.options.experimental', [], 'RFC 6994 3, RFC 4727', 'An experimental option, told apart by its identifier.', EXPERIMENT_STORY, [EXID, EXPERIMENT_DATA]);
export const EXPERIMENT_2 = option('experiment2', 'Experiment 2', 'tcp.options.experimental', [], 'RFC 6994 3, RFC 4727', 'An experimental option, told apart by its identifier.', EXPERIMENT_STORY, [EXID, EXPERIMENT_DATA]);

/** ExIDs whose bytes after the identifier are laid out like another option's after its length; values as in EXID. */
export const EXPERIMENT_LIKE: ReadonlyMap<number, TcpOptionSpec> = new Map([[0xf989, TFO], [0xacc0, ACCECN_FIRST], [0xacc1, ACCECN_SECOND], [0x454e, TCP_ENO]]);

/** ExID of Shared Memory Communications in full ("SMCR" in EBCDIC). */
export const EXID_SMC = 0xe2d4c3d9;
