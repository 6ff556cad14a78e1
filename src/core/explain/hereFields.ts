import type { DetailNode } from '../decode/detail';
import { FIN, SYN, URG } from '../decode/segment';
import { portName } from './ports';
import { t } from '../l10n';
import { hasAck, isSyn, type PacketFacts } from './facts';
import type { Rich } from './card';
import { bytes, duration, grouped, sentence, side } from './words';

/** What a field means in this very packet: one function per Wireshark field name. */
export type Here = (node: DetailNode, facts: PacketFacts) => readonly Rich[];

const frame = (packet: number): { readonly packet: number; readonly text: string } => ({ packet, text: `#${packet + 1}` });

function port(node: DetailNode, facts: PacketFacts, end: 'source' | 'destination'): readonly Rich[] {
  const owner = end === 'source' ? facts.from : facts.to;
  const known = portName(node.raw ?? -1);
  const lines: Rich[] = [[t('The port of {0}.', side(owner))]];
  if (owner === 'server') lines.push(known ? [t('Port {0} is registered for {1}; nothing forces the program behind it to speak that protocol.', node.raw ?? 0, known)] : [t('No well-known service is registered on this port.')]);
  else lines.push([t('Chosen by the operating system for this one connection (an ephemeral port), unless the program bound it.')]);
  if (facts.row.clientBy !== 'syn') lines.push([t('Which side is the client is a guess from the port numbers: the SYN is not in the capture.')]);
  return lines;
}

function sequence(_: DetailNode, facts: PacketFacts): readonly Rich[] {
  const { columns } = facts;
  const length = columns.payload;
  const seq = columns.seqRelative ?? columns.seq;
  if (seq === null) return [];
  const lines: Rich[] = [];
  if (isSyn(facts)) {
    lines.push([t('The initial sequence number of {0}: shown as relative 0. The SYN itself uses up one number, so the first byte of data will be number 1.', side(facts.from))]);
    lines.push([t('It is chosen to be hard to guess (RFC 6528); it says nothing about how much was sent.')]);
    if (columns.seq === null) lines.push([t('Which number that was (the ISN) is unknown: the text shows relative numbers only.')]);
    return lines;
  }
  if (length !== null && length > 0)
    lines.push([t('This segment carries bytes {0} to {1} of what {2} sends; the next one should start at ', grouped(seq), grouped((seq + length - 1) >>> 0), side(facts.from)), { strong: grouped((seq + length + ((columns.flags ?? 0) & FIN ? 1 : 0)) >>> 0) }, '.']);
  else if ((columns.flags ?? 0) & FIN) lines.push([t('No data. The FIN uses up this one number, so that it can be acknowledged like a byte.')]);
  else lines.push([t('No data: this is the number of the next byte that {0} will send. A pure ACK uses up no number.', side(facts.from))]);
  if (columns.seqRelative === null) lines.push([t('Shown as sent: where this side started counting is not in the capture.')]);
  else if (columns.seq === null) lines.push([t('As sent: unknown. The text shows numbers from the start of the connection, not the initial sequence number (ISN).')]);
  else {
    const base = grouped((columns.seq - columns.seqRelative) >>> 0);
    lines.push([
      facts.own
        ? t('As sent: {0}. Relative numbers count from the initial sequence number {1}.', grouped(columns.seq), base)
        : t('As sent: {0}. Relative numbers count from {1}, one below the first that was seen: the SYN is not in the capture, and the initial sequence number (ISN) is unknown.', grouped(columns.seq), base),
    ]);
  }
  return lines;
}

function acknowledgment(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  const { columns, acks } = facts;
  if (columns.flags === null) return [];
  if (!hasAck(facts)) return [[t('The ACK flag is not set: this number means nothing and should be 0.'), ...(node.raw ? [' ', t('Here it is not 0, which is odd but harmless.')] : [])]];
  const ack = columns.ackRelative ?? columns.ack;
  if (ack === null) return [];
  const lines: Rich[] = [[t('{0} has everything before byte {1} and expects that byte next. It does not say that the program has read it.', sentence(side(facts.from)), grouped(ack))]];
  if (acks) lines.push([t('It acknowledges up to the end of packet '), frame(acks.packet), acks.rtt === null ? '.' : t(', {0} after that packet passed the capture point.', duration(acks.rtt))]);
  if (columns.ackRelative === null) lines.push([t('Shown as sent: where the other side started counting is not in the capture.')]);
  return lines;
}

function window(_: DetailNode, facts: PacketFacts): readonly Rich[] {
  const { columns, own, peer, segmentFromPeer } = facts;
  if (columns.window === null) return [];
  const lines: Rich[] = [];
  const size = columns.windowScaled ?? columns.window;
  if (isSyn(facts)) lines.push([t('On a SYN the window is never scaled: {0} may be sent before the handshake is done.', bytes(columns.window))]);
  else if (columns.scale !== null && columns.scale >= 0) {
    lines.push([`${grouped(columns.window)} × ${2 ** columns.scale} = `, { strong: bytes(size) }, '.']);
    if (own) lines.push([t('The shift of {0} was offered by {1} in packet ', columns.scale, side(facts.from)), frame(own.packet), '.']);
  } else if (columns.scale === -2) lines.push([t('Not scaled: window scaling needs the option on both SYNs, and at least one did not carry it. The most this field can say is 65 535 bytes.')]);
  else lines.push([t('The SYN of this side is not in the capture, so the scale is unknown: the real window may be up to 2^14 times larger.')]);
  if (size === 0) lines.push([t('Zero: {0} must stop sending (but for probes) until a larger window is announced. The receiving program is not reading fast enough.', side(facts.to))]);
  else if (hasAck(facts)) {
    const full = segmentFromPeer ? Math.floor(size / segmentFromPeer) : null;
    lines.push([
      columns.scale === -1 && !isSyn(facts)
        ? t('{0} may have at least this much outstanding beyond byte {1} before it must wait', sentence(side(facts.to)), grouped(columns.ackRelative ?? columns.ack ?? 0))
        : t('{0} may have this much outstanding beyond byte {1} before it must wait', sentence(side(facts.to)), grouped(columns.ackRelative ?? columns.ack ?? 0)),
      full !== null && full > 0 && segmentFromPeer ? t(': {0} full segments of {1}.', grouped(full), grouped(segmentFromPeer)) : '.',
    ]);
  }
  if (!isSyn(facts) && peer === null && own === null) lines.push([t('The handshake is not in the capture.')]);
  lines.push([t('Behind it stands the receive buffer: on Linux '), { code: 'net.ipv4.tcp_rmem' }, t(', or '), { code: 'SO_RCVBUF' }, t(' when the program set it (capped by '), { code: 'net.core.rmem_max' }, ').']);
  return lines;
}

function headerLength(node: DetailNode): readonly Rich[] {
  const length = node.raw ?? 0;
  const header = length <= 15 ? length * 4 : length;
  if (header < 20) return [[t('Less than the 20 bytes every TCP header has: this segment is malformed.')]];
  return [[header === 20 ? t('20 bytes: no options.') : t('{0} bytes: 20 fixed ones and {1} of options.', header, header - 20)]];
}

function urgentPointer(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  const { flags } = facts.columns;
  if (flags === null) return [];
  if (!(flags & URG)) return [[t('The URG flag is not set: the pointer means nothing.')]];
  return [
    [t('The urgent data ends {0} bytes after the sequence number: the pointer names the byte after the last urgent one (RFC 9293 3.8.5; RFC 6093 tells why older texts differ).', node.raw ?? 0)],
    [t('A program gets only the last urgent byte out of band, with '), { code: 'MSG_OOB' }, t('; with '), { code: 'SO_OOBINLINE' }, t(' it stays in the stream. Nothing is delivered faster.')],
  ];
}

function payloadLength(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  const n = node.raw ?? 0;
  const { peer } = facts;
  if (n === 0) return [[(facts.columns.flags ?? 0) & (SYN | FIN) ? t('No data; SYN and FIN count one sequence number each.') : t('No data: an acknowledgment, a window update or a probe.')]];
  const lines: Rich[] = [];
  if (peer?.mss && n > peer.mss) lines.push([t('More than the MSS of {0} that {1} announced: the capture was taken where the network card joins or splits segments (TSO, GRO). On the wire they were smaller.', peer.mss, side(facts.to))]);
  else if (peer?.mss && n >= peer.mss - (facts.timestampsInUse ? 12 : 0)) lines.push([t('A full segment: the MSS of {0} announced by {1}, less the options.', peer.mss, side(facts.to))]);
  else lines.push([t('{0} of data, less than a full segment.', bytes(n))]);
  return lines;
}

export const HERE_FIELDS: Readonly<Record<string, Here>> = {
  'tcp.srcport': (node, facts) => port(node, facts, 'source'),
  'tcp.dstport': (node, facts) => port(node, facts, 'destination'),
  'tcp.seq': sequence,
  'tcp.seq_raw': sequence,
  'tcp.ack': acknowledgment,
  'tcp.ack_raw': acknowledgment,
  'tcp.hdr_len': headerLength,
  'tcp.window_size_value': window,
  'tcp.window_size': window,
  'tcp.urgent_pointer': urgentPointer,
  'tcp.len': payloadLength,
};
