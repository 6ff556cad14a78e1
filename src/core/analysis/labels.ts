import type { PacketIndex } from '../bytes/units';
import type { PacketTable } from '../table/packetTable';
import {
  LABEL_ACK_LOST_SEGMENT,
  LABEL_DUPLICATE_ACK,
  LABEL_FAST_RETRANSMISSION,
  LABEL_KEEP_ALIVE,
  LABEL_KEEP_ALIVE_ACK,
  LABEL_LOST_SEGMENT,
  LABEL_OUT_OF_ORDER,
  LABEL_RETRANSMISSION,
  LABEL_REUSED_PORTS,
  LABEL_SPURIOUS_RETRANSMISSION,
  LABEL_WINDOW_FULL,
  LABEL_WINDOW_UPDATE,
  LABEL_ZERO_WINDOW,
  LABEL_ZERO_WINDOW_PROBE,
  LABEL_ZERO_WINDOW_PROBE_ACK,
} from './segmentAnalysis';

export type LabelSeverity = 'note' | 'warning';

/** One of Wireshark's TCP analysis labels. */
export interface LabelSpec {
  /** LABEL_* bit. */
  readonly bit: number;
  /** Wireshark's field name. */
  readonly field: string;
  /** Short name for a badge. */
  readonly badge: string;
  /** What stands in brackets in Wireshark's Info column ("TCP Retransmission"). */
  readonly info: string;
  readonly severity: LabelSeverity;
  /** One line: what it says. */
  readonly doc: string;
  /** The rule by which tshark 4.0 gives it, in a sentence. */
  readonly rule: string;
  /** What it usually means, and what it does not. */
  readonly story: string;
  /** RFC section of what it is about, and where the rule is told. */
  readonly source: string;
}

/** All labels, in the order of Wireshark's Info column. */
export const LABELS: readonly LabelSpec[] = [
  {
    bit: LABEL_ZERO_WINDOW_PROBE_ACK,
    field: 'tcp.analysis.zero_window_probe_ack',
    badge: 'probe ack',
    info: 'TCP ZeroWindowProbeAck',
    severity: 'note',
    doc: 'The answer to a zero-window probe: the window is still closed.',
    rule: 'No data, window still 0, same numbers as before, and the last segment of the other side was a zero-window probe.',
    story: 'The receiver is alive but its program still does not read.',
    source: 'RFC 9293 3.8.6.1; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_ZERO_WINDOW,
    field: 'tcp.analysis.zero_window',
    badge: 'zero window',
    info: 'TCP ZeroWindow',
    severity: 'warning',
    doc: 'The sender of this segment has no room left: its peer must stop sending.',
    rule: 'The window field is 0 and none of SYN, FIN, RST is set.',
    story: 'The receiving program does not read as fast as data comes in. The network is not at fault. Look at what that program is doing; a larger receive buffer only postpones it.',
    source: 'RFC 9293 3.8.6; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_ZERO_WINDOW_PROBE,
    field: 'tcp.analysis.zero_window_probe',
    badge: 'probe',
    info: 'TCP ZeroWindowProbe',
    severity: 'note',
    doc: 'One byte sent into a closed window, to ask whether it has opened.',
    rule: 'One byte of new data at the next sequence number while the window of the other side is 0.',
    story: 'Needed because a lost window update would leave both sides waiting for ever (RFC 9293 3.8.6.1). Linux probes with an old sequence number instead, which Wireshark takes for a keep-alive.',
    source: 'RFC 9293 3.8.6.1; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_DUPLICATE_ACK,
    field: 'tcp.analysis.duplicate_ack',
    badge: 'dup ack',
    info: 'TCP Dup ACK',
    severity: 'note',
    doc: 'The same acknowledgment again: something arrived, but not what was expected.',
    rule: 'No data, and sequence number, acknowledgment number and window are those of the previous segment of this side.',
    story: 'Three of them make a classic sender retransmit (RFC 5681 3.2). They are the receiver\'s cry, not the fault itself: look for the segment that is missing before them.',
    source: 'RFC 5681 2, 3.2; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_KEEP_ALIVE_ACK,
    field: 'tcp.analysis.keep_alive_ack',
    badge: 'ka ack',
    info: 'TCP Keep-Alive ACK',
    severity: 'note',
    doc: 'The answer to a keep-alive probe: the other side is still there.',
    rule: 'No data, unchanged numbers and window, and the last segment of the other side was a keep-alive.',
    story: 'Nothing is wrong. An answer resets the keep-alive timer of the prober.',
    source: 'RFC 9293 3.8.4; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_KEEP_ALIVE,
    field: 'tcp.analysis.keep_alive',
    badge: 'keep-alive',
    info: 'TCP Keep-Alive',
    severity: 'note',
    doc: 'A probe with 0 or 1 old bytes, to make the other side answer.',
    rule: 'At most one byte, at one before the next sequence number, without SYN, FIN or RST.',
    story: 'Sent by SO_KEEPALIVE after tcp_keepalive_time (2 hours by default on Linux) of silence. The byte, if any, is one that was acknowledged long ago. A Linux probe of a closed window looks the same.',
    source: 'RFC 9293 3.8.4; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_WINDOW_FULL,
    field: 'tcp.analysis.window_full',
    badge: 'window full',
    info: 'TCP Window Full',
    severity: 'warning',
    doc: 'The sender has filled the window of the receiver to the last byte.',
    rule: 'The segment ends exactly where the last acknowledged byte plus the scaled window of the receiver ends.',
    story: 'The receiver\'s window, not the network, now limits the throughput. Often followed by a zero window.',
    source: 'RFC 9293 3.8.6; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_WINDOW_UPDATE,
    field: 'tcp.analysis.window_update',
    badge: 'window update',
    info: 'TCP Window Update',
    severity: 'note',
    doc: 'Nothing new but another window.',
    rule: 'No data and the numbers of the previous segment of this side, but a different window that is not 0.',
    story: 'Usually good news: the program has read and there is room again. It is no duplicate ACK.',
    source: 'RFC 9293 3.8.6.2; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_ACK_LOST_SEGMENT,
    field: 'tcp.analysis.ack_lost_segment',
    badge: 'acked unseen',
    info: 'TCP ACKed unseen segment',
    severity: 'warning',
    doc: 'Acknowledges data that the capture does not hold.',
    rule: 'The acknowledgment number lies beyond everything that was captured of the other side.',
    story: 'The capture missed packets (it started late, dropped some, or sees one path of two): the connection itself is fine, since the receiver got the data.',
    source: 'RFC 9293 3.4; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_LOST_SEGMENT,
    field: 'tcp.analysis.lost_segment',
    badge: 'gap before',
    info: 'TCP Previous segment not captured',
    severity: 'warning',
    doc: 'There is a hole before this segment.',
    rule: 'The sequence number is larger than the one expected next.',
    story: 'Something was lost or overtaken on the way to the capture point, or the capture dropped it. Whether the receiver missed it, its acknowledgments tell.',
    source: 'RFC 9293 3.4; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_OUT_OF_ORDER,
    field: 'tcp.analysis.out_of_order',
    badge: 'out of order',
    info: 'TCP Out-Of-Order',
    severity: 'warning',
    doc: 'An older segment that comes too soon to be a retransmission.',
    rule: 'Older than the one expected next, and less than the handshake round-trip time (else 3 ms) after the segment that ran ahead.',
    story: 'tshark 4.0 judges by time alone: a quick retransmission with SACK can be called out of order, and real reordering on a slow path a retransmission.',
    source: 'RFC 5681 3.2; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_SPURIOUS_RETRANSMISSION,
    field: 'tcp.analysis.spurious_retransmission',
    badge: 'spurious',
    info: 'TCP Spurious Retransmission',
    severity: 'note',
    doc: 'Sent again although it was acknowledged already.',
    rule: 'Ends at or before the last acknowledgment of the other side.',
    story: 'The acknowledgment was lost or late, or the retransmission timer too eager. Costs bandwidth, no data.',
    source: 'RFC 2883 4; RFC 5682; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_FAST_RETRANSMISSION,
    field: 'tcp.analysis.fast_retransmission',
    badge: 'fast retransmission',
    info: 'TCP Fast Retransmission',
    severity: 'warning',
    doc: 'Sent again on the strength of duplicate ACKs, without waiting for the timer.',
    rule: 'The segment that at least two duplicate ACKs ask for, within 20 ms of the last of them.',
    story: 'A segment was lost and repaired in about one round trip (RFC 5681 3.2).',
    source: 'RFC 5681 3.2; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_RETRANSMISSION,
    field: 'tcp.analysis.retransmission',
    badge: 'retransmission',
    info: 'TCP Retransmission',
    severity: 'warning',
    doc: 'Sent again.',
    rule: 'Older than the one expected next, and none of the more special cases.',
    story: 'The original or its acknowledgment was lost, and the sender found out by its timer, a tail loss probe or SACK. The figure "rto" counts from the oldest unacknowledged segment.',
    source: 'RFC 6298 5; RFC 8985; Wireshark User\'s Guide 7.5',
  },
  {
    bit: LABEL_REUSED_PORTS,
    field: 'tcp.analysis.reused_ports',
    badge: 'ports reused',
    info: 'TCP Port numbers reused',
    severity: 'note',
    doc: 'A new connection between the same addresses and ports.',
    rule: 'A SYN with another initial sequence number than the stream of these ports had.',
    story: 'Harmless unless the earlier connection had not ended: the ports may be reused after TIME-WAIT, or sooner with timestamps.',
    source: 'RFC 9293 3.6.1; RFC 6191; Wireshark User\'s Guide 7.5',
  },
];

/** Names of labels as Wireshark's Info column prints them, in its order: "[TCP Retransmission]". */
export function labelNames(labels: number): readonly string[] {
  return labels === 0 ? [] : LABELS.filter((label) => labels & label.bit).map((label) => `[${label.info}]`);
}

/** "6#1" for the first duplicate of the ACK in frame 6, as Wireshark counts them; empty for other segments. */
export function duplicateCount(table: PacketTable, packet: PacketIndex): string {
  return table.labels(packet) & LABEL_DUPLICATE_ACK ? `${table.duplicateAckPacket.get(packet, 0) + 1}#${table.duplicateAckNumber.get(packet, 1)}` : '';
}
