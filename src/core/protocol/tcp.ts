import { CHECKSUM_STATES } from './define';
import type { FieldSpec, HeaderSpec } from './fieldSpec';

/** The fixed 20 bytes, in wire order; parts of `flags` follow it with names "flags.x". */
const FIELDS: readonly FieldSpec[] = [
  {
    name: 'srcPort', label: 'Source port', filter: 'tcp.srcport', bit: 0, bits: 16, format: 'dec', rfc: 'RFC 9293 3.1',
    doc: 'The port of the process that sent this segment.',
    story:
      'Address and port together name one end of the connection; the four numbers of both ends name the connection itself. A client normally lets the kernel choose a free ephemeral port: Linux takes it from net.ipv4.ip_local_port_range (32768 to 60999 unless changed). A well-known number here means that the segment comes from the server, but a port number never proves which protocol is spoken.',
  },
  {
    name: 'dstPort', label: 'Destination port', filter: 'tcp.dstport', bit: 16, bits: 16, format: 'dec', rfc: 'RFC 9293 3.1',
    doc: 'The port of the process that this segment is for.',
    story:
      'The receiver looks up the connection by both addresses and both ports; only a SYN that finds none is matched against listening sockets. A SYN to a port on which nothing listens is answered with RST,ACK, unless a firewall swallows it. Service names shown for ports are the IANA registry\'s guess.',
  },
  {
    name: 'seq', label: 'Sequence number', filter: 'tcp.seq_raw', bit: 32, bits: 32, format: 'dec', rfc: 'RFC 9293 3.4',
    doc: 'The number of the first payload byte of this segment in the sender\'s byte stream.',
    story:
      'TCP numbers bytes, not packets. The first number of a connection is chosen unpredictably (RFC 9293 3.4.1), so tools show numbers relative to it. SYN and FIN each take up one number although they are no data; a pure ACK takes none, which is why several segments in a row may carry the same number. The counter wraps at 2^32, after 4 GiB: numbers are compared modulo 2^32, never as plain integers.',
  },
  {
    name: 'ack', label: 'Acknowledgment number', filter: 'tcp.ack_raw', bit: 64, bits: 32, format: 'dec', rfc: 'RFC 9293 3.4',
    doc: 'The next sequence number that the sender of this segment expects from the other side.',
    story:
      'It says that every byte before this number has arrived: it names the next byte wanted, not the last one received. It is cumulative, so one ACK may cover many segments and a lost ACK is made good by the next. It has a meaning only with the ACK flag; without it, as on the first SYN, the field is ignored and normally 0. An acknowledgment tells that the peer\'s kernel has the data, not that the application has read it.',
  },
  {
    name: 'dataOffset', label: 'Data offset', filter: 'tcp.hdr_len', bit: 96, bits: 4, format: 'dec', rfc: 'RFC 9293 3.1',
    doc: 'Length of the TCP header in 32-bit words: where the data begins.',
    story:
      'At least 5 (20 bytes, no options) and at most 15 (60 bytes), so options have 40 bytes at most. A smaller value is not a TCP header that anybody can use. TCP has no length field of its own for data: payload length is the IP payload length minus this header.',
  },
  {
    name: 'flags', label: 'Flags', filter: 'tcp.flags', bit: 100, bits: 12, format: 'flags', rfc: 'RFC 9293 3.1',
    doc: 'Control bits, and the reserved bits before them.',
    story:
      'Each bit is independent; only some combinations make sense. A normal connection shows SYN, then SYN,ACK, then ACK on every later segment. tcpdump writes S, F, R, P, U, E, W, e and a dot for ACK.',
  },
  {
    name: 'flags.reserved', label: 'Reserved', filter: 'tcp.flags.res', bit: 100, bits: 3, format: 'dec', rfc: 'RFC 9293 3.1',
    doc: 'Bits kept for future use.',
    story:
      'A sender must set them to zero and a receiver must ignore them if it does not know what they would mean. Non-zero values come from probing tools, from damaged packets, or from middleboxes. The field was six bits wide once; ECN took two of them, and the next one was lent to the historic nonce sum and is now AE.',
  },
  {
    name: 'flags.ae', label: 'AE', filter: 'tcp.flags.ae', bit: 103, bits: 1, format: 'bool', rfc: 'RFC 9768 3.1, 3.2.2',
    doc: 'Accurate ECN: on a SYN, asks for accurate congestion feedback; later, the high bit of the ACE counter.',
    story:
      'On the SYN, AE, CWR and ECE all set offer Accurate ECN. The SYN/ACK answers with a combination that also echoes which ECN mark the SYN arrived with. After the handshake AE, CWR and ECE are one three-bit counter (ACE) of packets that arrived with the CE mark, modulo 8. The same bit was the nonce sum NS of RFC 3540, which is historic. Linux offers AccECN since 6.18 when net.ipv4.tcp_ecn asks for it.',
  },
  {
    name: 'flags.cwr', label: 'CWR', filter: 'tcp.flags.cwr', bit: 104, bits: 1, format: 'bool', rfc: 'RFC 3168 6.1',
    doc: 'Congestion Window Reduced; on a SYN, part of the offer to use ECN.',
    story:
      'On a SYN, CWR and ECE together ask for ECN: nothing was reduced and nothing is congested. In an established connection with classic ECN the sender sets CWR on the first new data after it has slowed down because of ECE; the receiver then stops setting ECE. With AccECN (RFC 9768) it is the middle bit of the ACE counter instead. Linux asks for ECN by itself only with net.ipv4.tcp_ecn=1 (since 6.18 also 3 and 4); the default 2 merely accepts it.',
  },
  {
    name: 'flags.ece', label: 'ECE', filter: 'tcp.flags.ece', bit: 105, bits: 1, format: 'bool', rfc: 'RFC 3168 6.1',
    doc: 'ECN-Echo: the peer\'s packets met congestion on the way; on SYN and SYN/ACK, part of the ECN handshake.',
    story:
      'On a SYN it stands beside CWR and means "I can do ECN"; on a SYN/ACK, ECE without CWR accepts. Later the receiver of a CE-marked packet sets ECE on every ACK until it sees CWR, so a run of ECE is one congestion signal, not many. The sender answers it as it would a loss, but nothing has to be sent again. With AccECN it is the low bit of the ACE counter instead.',
  },
  {
    name: 'flags.urg', label: 'URG', filter: 'tcp.flags.urg', bit: 106, bits: 1, format: 'bool', rfc: 'RFC 9293 3.8.5, RFC 6093',
    doc: 'The urgent pointer is in use.',
    story:
      'It announces that urgent data exists up to a point in the stream; it does not make this segment travel faster, and it is no separate channel. The sockets API turns the last urgent byte into "out-of-band" data of one byte. RFC 6093 advises new applications not to use it, since stacks and middleboxes disagree on where the pointer points, and some middleboxes clear the flag.',
  },
  {
    name: 'flags.ack', label: 'ACK', filter: 'tcp.flags.ack', bit: 107, bits: 1, format: 'bool', rfc: 'RFC 9293 3.1',
    doc: 'The acknowledgment number is in use.',
    story:
      'Set on every segment of a connection except the first SYN and some RSTs. So the flag alone says little: what matters is whether the acknowledgment number moved. tcpdump prints it as a dot. A segment without it in an established connection is dropped (RFC 9293 3.10.7.4), unless it is a RST.',
  },
  {
    name: 'flags.psh', label: 'PSH', filter: 'tcp.flags.push', bit: 108, bits: 1, format: 'bool', rfc: 'RFC 9293 3.9.1.2',
    doc: 'Push: the receiver should hand the data to the application without waiting for more.',
    story:
      'A sender sets it on the last segment of what it had to send, so it often marks the end of a write, but there is no way to rely on that: stacks merge and split writes. It has nothing to do with the Nagle algorithm, and TCP_NODELAY neither sets nor needs it. Linux sets it when the send queue empties or after half of the largest window seen, and, as most receivers do, wakes the reader whether it is set or not.',
  },
  {
    name: 'flags.rst', label: 'RST', filter: 'tcp.flags.reset', bit: 109, bits: 1, format: 'bool', rfc: 'RFC 9293 3.5.2, 3.5.3',
    doc: 'Reset: the connection ends at once, or does not exist.',
    story:
      'Sent to a SYN for a closed port (then RST,ACK with sequence number 0), to a segment for a connection that the host does not know, or when an application gives up with unread data or SO_LINGER 0. It is never acknowledged, and data still in flight is lost: unlike FIN it is no orderly end. To guard against forged ones a receiver takes it at once only if its sequence number is exactly the next expected; elsewhere in the window it answers with a challenge ACK (RFC 5961 3.2). Middleboxes forge it too: compare TTL and IP ID with the neighbours.',
  },
  {
    name: 'flags.syn', label: 'SYN', filter: 'tcp.flags.syn', bit: 110, bits: 1, format: 'bool', rfc: 'RFC 9293 3.5',
    doc: 'Synchronize: the sequence number is the first of this direction.',
    story:
      'Each side sends one: SYN from the client, SYN,ACK from the server. It takes up one sequence number, so the first data byte is this number plus 1. MSS, window scale, SACK-permitted and the first timestamp travel only here: a capture that begins later cannot show them. Linux repeats an unanswered SYN net.ipv4.tcp_syn_retries times: first after 1 s, then after doubling waits; since 6.5 the first four repetitions come 1 s apart (tcp_syn_linear_timeouts).',
  },
  {
    name: 'flags.fin', label: 'FIN', filter: 'tcp.flags.fin', bit: 111, bits: 1, format: 'bool', rfc: 'RFC 9293 3.6',
    doc: 'The sender has no more data to send.',
    story:
      'It closes one direction only: the other side may go on sending for as long as it likes (half-close). It takes up one sequence number after the data of its segment, is acknowledged and, if lost, sent again. The side that sends the first FIN ends in TIME-WAIT. close() with unread data sends RST instead.',
  },
  {
    name: 'windowSize', label: 'Window', filter: 'tcp.window_size_value', bit: 112, bits: 16, format: 'dec', rfc: 'RFC 9293 3.8.6, RFC 7323 2.3',
    doc: 'How many bytes beyond the acknowledgment number the sender of this segment is ready to receive.',
    story:
      'The number counts in units of 2^shift bytes, the shift being what this sender offered in its own SYN. On a segment with SYN it is never scaled, whatever option stands beside it. With the largest shift, 14, the window ends just below 2^30 bytes. It is flow control, a statement about the receiver\'s buffer; congestion control is the sender\'s own affair and not visible in any field. 0 stops the peer, which then probes.',
  },
  {
    name: 'checksum', label: 'Checksum', filter: 'tcp.checksum', bit: 128, bits: 16, format: 'checksum', rfc: 'RFC 9293 3.1',
    doc: 'Internet checksum over pseudo-header, TCP header and data.',
    story:
      'The 16-bit ones\' complement sum covers the IP addresses, the protocol and the TCP length too, so a segment delivered to the wrong host fails it. A packet captured on the machine that sent it usually shows a wrong sum: the network card fills it in later (checksum offload), and Linux leaves the sum of the pseudo-header there until then. A really wrong one makes the receiver drop the segment silently. It is weak: it does not notice swapped 16-bit words.',
  },
  {
    name: 'urgentPointer', label: 'Urgent pointer', filter: 'tcp.urgent_pointer', bit: 144, bits: 16, format: 'dec', rfc: 'RFC 9293 3.8.5, RFC 6093 2, 3',
    doc: 'Offset from the sequence number to the end of urgent data; in use only with URG.',
    story:
      'It names the byte after the last urgent one: RFC 9293 3.8.5 (MUST-62) and practically every stack. RFC 1122 had asked for the last urgent byte itself; RFC 6093 settled it the other way, and net.ipv4.tcp_stdurg switches Linux to the RFC 1122 reading. Urgent data stays part of the ordinary byte stream. Without URG the field is ignored and should be 0.',
  },
  {
    name: 'options', label: 'Options', filter: 'tcp.options', bit: 160, bits: 0, format: 'bytes', rfc: 'RFC 9293 3.1, 3.2',
    doc: 'Options, up to the data offset.',
    story:
      'At most 40 bytes. Single bytes (End, No-operation) or kind, length, data. Which may be used is settled by what both SYNs carry; a middlebox may remove or change them on the way, so the two ends can see different ones.',
  },
];

const CHECKSUM_STATUS: FieldSpec = {
  name: 'checksumStatus', label: 'Checksum status', filter: 'tcp.checksum.status', bit: 128, bits: 16, format: 'dec', rfc: 'RFC 9293 3.1', derived: true,
  doc: 'Whether the checksum is right.',
  story: 'Computed here. It needs every byte of the segment: a capture that cut the payload cannot tell, nor can a fragment or a header quoted in an ICMP error.',
  values: CHECKSUM_STATES,
};

/** Numbers that the header does not hold but that every reader of it wants. */
const DERIVED: readonly FieldSpec[] = [
  {
    name: 'seqRelative', label: 'Sequence number (relative)', filter: 'tcp.seq', bit: 32, bits: 32, format: 'dec', rfc: 'RFC 9293 3.4', derived: true,
    doc: 'The sequence number counted from the first one of this direction.',
    story:
      'A SYN is 0 and the first data byte is 1. If the capture begins in the middle of a connection, the first segment seen counts as 1, so the number is then no count of bytes since the start. It is not on the wire.',
  },
  {
    name: 'nextSeq', label: 'Next sequence number', filter: 'tcp.nxtseq', bit: 32, bits: 32, format: 'dec', rfc: 'RFC 9293 3.4', derived: true,
    doc: 'The sequence number that follows this segment: what acknowledges all of it.',
    story: 'Sequence number plus payload, plus one if SYN or FIN is set. An ACK with this number acknowledges the segment and everything before it.',
  },
  {
    name: 'ackRelative', label: 'Acknowledgment number (relative)', filter: 'tcp.ack', bit: 64, bits: 32, format: 'dec', rfc: 'RFC 9293 3.4', derived: true,
    doc: 'The acknowledgment number counted from the first sequence number of the other direction.',
    story: 'After a full handshake, relative number minus one is the number of bytes received in order so far (one less again once a FIN is acknowledged). It is not on the wire.',
  },
  {
    name: 'windowScaled', label: 'Window in bytes', filter: 'tcp.window_size', bit: 112, bits: 16, format: 'dec', rfc: 'RFC 7323 2.3', derived: true,
    doc: 'The window after scaling: what the peer may have in flight.',
    story:
      'The shift comes from the SYN of the sender of this segment; each direction has its own. If the handshake was not captured the shift is unknown and the raw number may be too small by a factor of up to 16 384. Both sides must have sent the option, otherwise neither scales.',
  },
  {
    name: 'windowScaleFactor', label: 'Window scale factor', filter: 'tcp.window_size_scalefactor', bit: 112, bits: 16, format: 'dec', rfc: 'RFC 7323 2.2', derived: true,
    doc: 'What the window is multiplied by; -1 when unknown, -2 when scaling is not in use.',
    story: 'A power of two between 1 and 16 384, from the window scale option of the sender\'s own SYN. A factor of 1 (shift 0) is not the same as no scaling: it allows the peer to scale its own window.',
  },
  {
    name: 'length', label: 'Payload length', filter: 'tcp.len', bit: 96, bits: 4, format: 'dec', rfc: 'RFC 9293 3.3.1', derived: true,
    doc: 'Bytes of data in this segment.',
    story:
      'IP payload length minus TCP header length; the header has no field for it. Padding that Ethernet adds to short frames does not count, and bytes that the capture cut do. More than the MSS means that the capture was taken before segmentation (TSO) or after merging (GRO) in the host or card.',
  },
  {
    name: 'payload', label: 'Payload', filter: 'tcp.payload', bit: 96, bits: 4, format: 'bytes', rfc: 'RFC 9293 3.1', derived: true,
    doc: 'The data of this segment.',
    story: 'A piece of the byte stream, starting at the sequence number. TCP keeps no message boundaries: one write may be spread over several segments and several writes may share one.',
  },
];

export const TCP: HeaderSpec = {
  id: 'tcp',
  label: 'TCP',
  filter: 'tcp',
  doc: 'Transmission Control Protocol: a reliable byte stream each way between two processes.',
  story:
    'Bytes are numbered; the receiver acknowledges what it has, says how much more it can take, and the sender repeats what was lost. A connection is named by both addresses and both ports. Congestion control lives in the sender and shows in no field of the header.',
  rfc: 'RFC 9293',
  fields: [...FIELDS, CHECKSUM_STATUS, ...DERIVED],
};

/** Flags in wire order with their bit in the 12-bit field. */
export const TCP_FLAGS: readonly { readonly mask: number; readonly spec: FieldSpec }[] = FIELDS.filter((f) => f.name.startsWith('flags.')).map((spec) => ({
  mask: ((1 << spec.bits) - 1) << (112 - spec.bit - spec.bits),
  spec,
}));
