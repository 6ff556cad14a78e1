import type { FieldSpec } from './fieldSpec';
import { MPTCP_OPTION } from './mptcp';
import { opaqueOption, option, OPTION_KIND, type TcpOptionSpec } from './tcpOptionParts';
import { ACCECN_FIRST, ACCECN_SECOND, EXPERIMENT_1, EXPERIMENT_2, QUICK_START, TCP_AO, TCP_ENO, TFO, USER_TIMEOUT, MD5 } from './tcpOptionsLate';
import { ALT_CHECKSUM_DATA, ALT_CHECKSUM_REQUEST, BUBBA, CC, CC_ECHO, CC_NEW, COMPRESSION_FILTER, CORRUPTION, ECHO, ECHO_REPLY, POC_PERMITTED, POC_PROFILE, RECORD_BOUNDARIES, SCPS, SKEETER, SNACK, SNAP, TRAILER_CHECKSUM } from './tcpOptionsHistoric';

const EOL: TcpOptionSpec = {
  id: 'tcp.option.eol', label: 'End of option list', filter: 'tcp.options.eol', lengths: [1], rfc: 'RFC 9293 3.1',
  doc: 'Marks the end of the options; the rest of the header is padding.',
  story: 'It is needed only when the options do not fill the header to a multiple of 4 bytes. What follows must be zero. Many stacks, Linux among them, pad with No-Operation instead and never send it.',
  fields: [OPTION_KIND],
};

const NOP: TcpOptionSpec = {
  id: 'tcp.option.nop', label: 'No-operation', filter: 'tcp.options.nop', lengths: [1], rfc: 'RFC 9293 3.1',
  doc: 'One byte of filling between options.',
  story: 'Senders use it to bring the next option to a 32-bit boundary: NOP, NOP, Timestamps is the usual prefix of every segment. Receivers must not count on it. Four in a row often mean that a middlebox has blanked an option it did not like.',
  fields: [OPTION_KIND],
};

const MSS = option(
  'mss', 'Maximum segment size', 'tcp.options.mss', [4], 'RFC 9293 3.7.1, RFC 6691',
  'The largest segment that the sender of this SYN is ready to receive.',
  'It is an announcement, not a negotiation: each direction has its own limit. It counts data only, as if there were no IP or TCP options: whoever sends options must subtract them, so 1460 with timestamps leaves 1448 bytes of data. It belongs on SYN and SYN/ACK; without it the peer must assume 536 (IPv4) or 1220 (IPv6). A value below MTU minus 40 or 60 often comes from a router or VPN that lowers it ("MSS clamping") to avoid path MTU trouble.',
  [
    {
      name: 'mss', label: 'MSS value', filter: 'tcp.options.mss_val', bit: 16, bits: 16, format: 'dec', rfc: 'RFC 9293 3.7.1',
      doc: 'Largest amount of data per segment, in bytes, that this host accepts.',
      story: 'Normally the MTU minus 40 for IPv4 and minus 60 for IPv6: 1460 or 1440 on Ethernet, 65495 on Linux loopback over IPv4. Path MTU discovery may lower what is really sent; this number does not change afterwards.',
    },
  ],
);

const WINDOW_SCALE = option(
  'wscale', 'Window scale', 'tcp.options.wscale', [3], 'RFC 7323 2.2, 2.3',
  'Offers window scaling and tells by how much this sender\'s windows are to be multiplied.',
  'Only valid on SYN and SYN/ACK, and in force only if both carry it. The shift applies to windows that this side sends, in its later segments; the window in the SYN itself is never scaled. A trace that lacks the handshake cannot tell the shift. A middlebox that removes the option on one side only makes a connection stall, since the two ends then read windows differently.',
  [
    {
      name: 'shift', label: 'Shift count', filter: 'tcp.options.wscale.shift', bit: 16, bits: 8, format: 'dec', rfc: 'RFC 7323 2.2, 2.3',
      doc: 'By how many bits this sender\'s window fields are to be shifted left.',
      story: 'At most 14, which limits the window to 2^30 bytes; a larger value must be taken as 14. 0 is a real offer: it lets the peer scale although this side does not. Linux derives it from the largest receive buffer allowed, net.ipv4.tcp_rmem[2] and net.core.rmem_max.',
    },
    {
      name: 'multiplier', label: 'Multiplier', filter: 'tcp.options.wscale.multiplier', bit: 16, bits: 8, format: 'dec', rfc: 'RFC 7323 2.2', derived: true,
      doc: 'Two to the power of the shift: what window fields are multiplied by.',
      story: 'It takes effect after the handshake, and only if the other SYN carries the option as well.',
    },
  ],
);

const SACK_PERMITTED = option(
  'sackPermitted', 'SACK permitted', 'tcp.options.sack_perm', [2], 'RFC 2018 2',
  'The sender of this SYN understands selective acknowledgments.',
  'Sent on SYN and SYN/ACK only. Once a side has sent it the other may report gaps with SACK options. Without it, loss recovery knows only the cumulative ACK and mends about one hole per round trip. net.ipv4.tcp_sack governs it in Linux; some firewalls remove it.',
);

const SACK = option(
  'sack', 'SACK', 'tcp.options.sack', [], 'RFC 2018 3, 4; RFC 2883 4',
  'Blocks of data beyond the acknowledgment number that have arrived already.',
  'Each block is a left edge and a right edge, the first byte held and the byte after the last. What lies between the acknowledgment number and the blocks is missing. The first block holds the most recently received segment, older ones repeat earlier reports in case ACKs got lost; 40 bytes of option space hold 4 blocks, 3 with timestamps. It is advisory: the receiver may still drop that data, so only the acknowledgment number frees the sender\'s buffer. A first block at or below the acknowledgment number, or inside the second block, is a D-SACK: it reports that these bytes came twice.',
  [
    {
      name: 'left', label: 'Left edge', filter: '', bit: 16, bits: 32, format: 'dec', rfc: 'RFC 2018 3',
      doc: 'Sequence number of the first byte of the block.',
      story: 'It counts in the peer\'s sequence space, like the acknowledgment number. The byte just before it has not been received, except in a D-SACK.',
    },
    {
      name: 'right', label: 'Right edge', filter: '', bit: 48, bits: 32, format: 'dec', rfc: 'RFC 2018 3',
      doc: 'Sequence number after the last byte of the block.',
      story: 'Right edge minus left edge is the size of the block. Some firewalls rewrite sequence numbers but forget these edges: then they point far outside the window and recovery suffers.',
    },
    {
      name: 'leftRelative', label: 'Left edge (relative)', filter: 'tcp.options.sack_le', bit: 16, bits: 32, format: 'dec', rfc: 'RFC 2018 3', derived: true,
      doc: 'The left edge counted from the first sequence number of the other direction.',
      story: 'Comparable with the relative sequence numbers of the peer\'s segments. It is not on the wire.',
    },
    {
      name: 'rightRelative', label: 'Right edge (relative)', filter: 'tcp.options.sack_re', bit: 48, bits: 32, format: 'dec', rfc: 'RFC 2018 3', derived: true,
      doc: 'The right edge counted from the first sequence number of the other direction.',
      story: 'Comparable with the relative sequence numbers of the peer\'s segments. It is not on the wire.',
    },
  ],
);

const TIMESTAMPS = option(
  'timestamps', 'Timestamps', 'tcp.options.timestamp', [10], 'RFC 7323 3',
  'A clock value of the sender and the echo of the peer\'s.',
  'Offered on the SYN; once both sides have sent it, it must be on every segment but RST. It serves two ends: round-trip measurement, also of retransmitted segments, and protection against old duplicates when sequence numbers wrap (PAWS, RFC 7323 5). The clocks need not agree or tell the time of day. It costs 12 bytes per segment with its padding. Linux adds a random offset per connection and ticks once a millisecond; net.ipv4.tcp_timestamps=0 turns it off.',
  [
    {
      name: 'tsVal', label: 'Timestamp value', filter: 'tcp.options.timestamp.tsval', bit: 16, bits: 32, format: 'dec', rfc: 'RFC 7323 3.2',
      doc: 'The sender\'s timestamp clock when it sent this segment.',
      story: 'The clock never runs backwards: a segment with an older value than that of the last one taken in order is taken for an old duplicate, and PAWS drops it. A segment that was merely overtaken by others is not. A retransmission carries a newer value than the original, which tells the two apart. A tick lasts between 1 ms and 1 s; most systems use 1 ms, older ones 4 or 10 ms.',
    },
    {
      name: 'tsEcr', label: 'Timestamp echo reply', filter: 'tcp.options.timestamp.tsecr', bit: 48, bits: 32, format: 'dec', rfc: 'RFC 7323 3.2, 4.3',
      doc: 'The timestamp value last received from the peer, sent back.',
      story: 'Valid only with the ACK flag; on a first SYN it is 0. With delayed ACKs it is the value of the earliest segment that this ACK covers, and while a gap is open that of the last segment that advanced the window, so the time measured includes the receiver\'s delay. With it the peer can tell whether an ACK answers the original or the retransmission.',
    },
  ],
);

/** Every kind of IANA's registry of TCP option kinds that is or was in use. Kinds not listed are reserved. */
export const TCP_OPTIONS: ReadonlyMap<number, TcpOptionSpec> = new Map<number, TcpOptionSpec>([
  [0, EOL], [1, NOP], [2, MSS], [3, WINDOW_SCALE], [4, SACK_PERMITTED], [5, SACK], [6, ECHO], [7, ECHO_REPLY], [8, TIMESTAMPS],
  [9, POC_PERMITTED], [10, POC_PROFILE], [11, CC], [12, CC_NEW], [13, CC_ECHO], [14, ALT_CHECKSUM_REQUEST], [15, ALT_CHECKSUM_DATA],
  [16, SKEETER], [17, BUBBA], [18, TRAILER_CHECKSUM], [19, MD5], [20, SCPS], [21, SNACK], [22, RECORD_BOUNDARIES], [23, CORRUPTION],
  [24, SNAP],
  [25, opaqueOption('unassigned', 'Unassigned (25)', 'tcp.options.unknown', 'IANA TCP parameters', 'A kind that was released and is free again.', 'Kind 25 was assigned once and released in December 2000. Meeting it means an experiment, a probe or a damaged header.')],
  [26, COMPRESSION_FILTER], [27, QUICK_START], [28, USER_TIMEOUT], [29, TCP_AO], [30, MPTCP_OPTION], [34, TFO], [69, TCP_ENO],
  ...[70, 76, 77, 78].map((kind): [number, TcpOptionSpec] => [
    kind,
    opaqueOption(`unauthorized${kind}`, `Unauthorized use (${kind})`, kind === 76 ? 'tcp.options.rvbd.probe' : kind === 78 ? 'tcp.options.rvbd.trpy' : 'tcp.options.unknown', 'IANA TCP parameters', 'A kind that products use without assignment.', 'IANA lists it as reserved because it was deployed without being assigned. 76 and 78 are known from Riverbed WAN optimizers, which use them to find each other and to carry the inner addresses: meeting them means that a proxy sits in the path.'),
  ]),
  [172, ACCECN_FIRST], [174, ACCECN_SECOND], [253, EXPERIMENT_1], [254, EXPERIMENT_2],
]);

/** A kind that the registry keeps reserved. */
export const UNKNOWN_OPTION: TcpOptionSpec = opaqueOption(
  'unknown', 'Unknown option', 'tcp.options.unknown', 'IANA TCP parameters',
  'An option kind that is not assigned.',
  'A receiver skips it by its length. It may come from an experiment that uses a number of its own, from a scanner that fingerprints stacks, or from a damaged header.',
);

/** The padding after End of Option List. */
export const OPTION_PADDING: FieldSpec = {
  name: 'padding', label: 'Padding', filter: '', bit: 160, bits: 0, format: 'bytes', rfc: 'RFC 9293 3.1',
  doc: 'Zero bytes between the end of the option list and the end of the header.',
  story: 'They fill the header to a multiple of 4 bytes and must be zero. Anything else there is ignored by receivers and has been used to hide data.',
};
