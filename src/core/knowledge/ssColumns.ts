/** What `ss` prints (iproute2): columns, states, timers and the figures of `ss -i`. English source strings, as in sysctlSpec. */
export interface SsTerm {
  readonly name: string;
  readonly doc: string;
  readonly story: string;
  readonly source: string;
  /** Kernel parameters behind it. */
  readonly see: readonly string[];
}

const SS = 'iproute2 ss(8)';
const INFO = 'Linux include/uapi/linux/tcp.h struct tcp_info';

const term = (name: string, doc: string, story: string, see: readonly string[] = [], source: string = SS): SsTerm => ({ name, doc, story, see, source });
const info = (name: string, doc: string, story: string, see: readonly string[] = []): SsTerm => term(name, doc, story, see, `${SS}; ${INFO}`);

export const SS_COLUMNS: readonly SsTerm[] = [
  term('Netid', 'Kind of socket: tcp, udp, u_str (Unix stream) and so on.', 'Shown when more than one kind was asked for. Recv-Q and Send-Q mean something else for each kind.'),
  term('State', 'State of the socket.', 'ss writes the states of RFC 9293 in its own way: ESTAB, SYN-RECV, and UNCONN for sockets that are not connected. "ss state close-wait" filters by it.'),
  term(
    'Recv-Q', 'LISTEN: connections that wait to be accepted. Otherwise: bytes received that the program has not read.',
    'On a LISTEN socket it is the length of the accept queue; once it is larger than Send-Q the queue is full, and further handshakes are ignored or reset. On an open connection it should be near 0: what stays there waits for the program, not for the network. netstat shows 0 for LISTEN.',
    ['net.core.somaxconn', 'net.ipv4.tcp_abort_on_overflow', 'net.ipv4.tcp_rmem'], `${SS}; Linux net/ipv4/tcp_diag.c`,
  ),
  term(
    'Send-Q', 'LISTEN: the limit of the accept queue. Otherwise: bytes sent or queued that are not acknowledged.',
    'On a LISTEN socket it is min(backlog of listen(), somaxconn), fixed when listen() was called. On an open connection it holds what is in flight and what is not sent yet: large and growing means a slow or dead peer, a closed window, or a busy network.',
    ['net.core.somaxconn', 'net.ipv4.tcp_wmem', 'net.ipv4.tcp_retries2'], `${SS}; Linux net/ipv4/tcp_diag.c`,
  ),
  term('Local Address:Port', 'Address and port of this end.', '0.0.0.0 or * takes connections on every IPv4 address, [::] on every address (IPv4 too unless IPV6_V6ONLY is set), 127.0.0.1 only from this host. "%eth0" binds it to an interface.', ['net.ipv4.ip_local_port_range']),
  term('Peer Address:Port', 'Address and port of the other end; * on listening sockets.', 'With connection tracking and NAT it is the address that this host sees, perhaps that of a gateway.', ['net.netfilter.nf_conntrack_tcp_timeout_established']),
  term('Process', 'Programs that hold the socket (ss -p).', 'Several when the file descriptor was inherited. Empty for other users\' sockets without root, and for sockets that no program owns any more (orphans, TIME-WAIT).', ['net.ipv4.tcp_max_orphans']),
];

export const SS_STATES: readonly SsTerm[] = [
  term('LISTEN', 'Waits for connections.', 'Recv-Q and Send-Q show the accept queue and its limit.', ['net.core.somaxconn'], `${SS}; RFC 9293 3.3.2`),
  term('ESTAB', 'The connection is open (ESTABLISHED).', 'Recv-Q above 0: the program does not read. Send-Q above 0: the peer has not acknowledged yet.', ['net.ipv4.tcp_keepalive_time'], `${SS}; RFC 9293 3.3.2`),
  term('SYN-SENT', 'connect() has sent its SYN and waits for an answer.', 'Many of them: the server or a firewall does not answer at all.', ['net.ipv4.tcp_syn_retries'], `${SS}; RFC 9293 3.3.2`),
  term('SYN-RECV', 'A SYN was answered; the final ACK is missing (SYN-RECEIVED).', 'Many of them: a SYN flood, a broken way back, or a full accept queue.', ['net.ipv4.tcp_max_syn_backlog', 'net.ipv4.tcp_synack_retries'], `${SS}; RFC 9293 3.3.2`),
  term('FIN-WAIT-1', 'Closed by this end; its FIN is not acknowledged yet.', 'Stays when data before the FIN cannot be delivered.', ['net.ipv4.tcp_orphan_retries'], `${SS}; RFC 9293 3.3.2`),
  term('FIN-WAIT-2', 'Closed by this end; the peer has not closed yet.', 'The peer sits in CLOSE-WAIT. Without an owner the kernel gives up after tcp_fin_timeout.', ['net.ipv4.tcp_fin_timeout'], `${SS}; RFC 9293 3.3.2`),
  term('TIME-WAIT', 'Closed in order; old segments are waited out for 60 s.', 'Normal at the end that closed first. It holds no file descriptor and hardly any memory.', ['net.ipv4.tcp_tw_reuse', 'net.ipv4.tcp_max_tw_buckets'], `${SS}; RFC 9293 3.3.2`),
  term('CLOSE-WAIT', 'The peer has closed; the program here has not.', 'No timer ends it. If it stays, the program has forgotten to call close(): a leak in the program, not in the network, and no sysctl cures it.', [], `${SS}; RFC 9293 3.3.2`),
  term('LAST-ACK', 'Both have closed; the ACK of our FIN is missing.', 'Retransmitted like data until tcp_orphan_retries is used up.', ['net.ipv4.tcp_orphan_retries'], `${SS}; RFC 9293 3.3.2`),
  term('CLOSING', 'Both closed at the same time.', 'Rare and short.', [], `${SS}; RFC 9293 3.3.2`),
  term('UNCONN', 'Not connected.', 'Normal for UDP; a closed TCP socket.', [], SS),
];

export const SS_INFO: readonly SsTerm[] = [
  info('timer', 'The timer that runs: its kind, the time left, and how often it has fired without success.', 'on: retransmission; keepalive; timewait; persist: zero-window probes; unknown. The last figure counts retransmissions or probes.', ['net.ipv4.tcp_retries2', 'net.ipv4.tcp_keepalive_time']),
  info('skmem', 'Memory of the socket: r receive in use, rb its limit, t handed to the card, tb send limit, f kept ahead, w send in use, o options, bl backlog, d drops.', 'rb and tb are the buffer sizes in force. d counts packets dropped at the socket.', ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem']),
  info('ts', 'Timestamps are in use.', 'Both SYNs carried the option.', ['net.ipv4.tcp_timestamps']),
  info('sack', 'Selective acknowledgments are in use.', 'Both SYNs carried the option.', ['net.ipv4.tcp_sack']),
  info('ecn', 'ECN was agreed.', 'See ecnseen for whether packets really came marked as capable.', ['net.ipv4.tcp_ecn']),
  info('ecnseen', 'A packet arrived marked as ECN-capable.', 'ECN without it: something on the way clears the marks.', ['net.ipv4.tcp_ecn']),
  info('fastopen', 'Fast Open was used.', 'Data on the SYN was accepted.', ['net.ipv4.tcp_fastopen']),
  info('wscale', 'Window scale: of the peer, and our own.', '0,0 or nothing: no scaling, windows end at 65 535 bytes.', ['net.ipv4.tcp_window_scaling']),
  info('rto', 'Retransmission timeout now, in ms.', 'Smoothed round trip plus variation, at least 200 ms; doubled for each backoff.', ['net.ipv4.tcp_rto_min_us']),
  info('backoff', 'How often the timeout has doubled.', 'Above 0 the peer has not answered several retransmissions.', ['net.ipv4.tcp_retries2']),
  info('rtt', 'Smoothed round-trip time / its variation, in ms.', 'Measured by this end as a sender; a pure receiver knows it from the handshake only.', ['net.ipv4.tcp_min_rtt_wlen']),
  info('minrtt', 'Smallest round-trip time of late, in ms.', 'The path without queues. rtt far above minrtt: queues on the way.', ['net.ipv4.tcp_min_rtt_wlen']),
  info('ato', 'Delayed-ACK timeout now, in ms.', 'At least 40 ms on Linux.', ['net.ipv4.tcp_pingpong_thresh']),
  info('mss', 'Largest payload that this end sends in one segment.', 'After options and path MTU.', ['net.ipv4.tcp_base_mss']),
  info('pmtu', 'Path MTU as known.', 'Smaller than the interface\'s: a tunnel on the way, learned by ICMP or probing.', ['net.ipv4.tcp_mtu_probing']),
  info('rcvmss', 'Segment size that the peer seems to use.', 'An estimate; it steers delayed ACKs.'),
  info('advmss', 'MSS that this end announced.', 'MTU minus 40 (IPv4) or 60 (IPv6), minus options.'),
  info('cwnd', 'Congestion window, in segments.', 'How much may be in flight as far as the network is concerned. cwnd x mss / rtt is about the rate.', ['net.ipv4.tcp_congestion_control', 'net.ipv4.tcp_slow_start_after_idle']),
  info('ssthresh', 'Slow-start threshold, in segments.', 'Appears after the first loss or mark.', ['net.ipv4.tcp_no_ssthresh_metrics_save']),
  info('bytes_sent', 'Payload bytes sent, retransmissions included.', 'Compare with bytes_acked and bytes_retrans.'),
  info('bytes_retrans', 'Payload bytes sent again.', 'bytes_retrans / bytes_sent is the share of retransmissions.'),
  info('bytes_acked', 'Bytes that the peer acknowledged.', 'SYN and FIN count as one each.'),
  info('bytes_received', 'Payload bytes received in order.', 'Without duplicates.'),
  info('segs_out', 'Segments sent.', 'With pure ACKs.'),
  info('segs_in', 'Segments received.', 'With pure ACKs.'),
  info('data_segs_out', 'Segments with payload sent.', 'Retransmissions included.'),
  info('data_segs_in', 'Segments with payload received.', 'Duplicates included.'),
  info('send', 'cwnd x mss / rtt: the rate that the congestion window allows.', 'Not what is really sent.'),
  info('lastsnd', 'Milliseconds since data was last sent.', 'With lastrcv and lastack it tells how long the connection is idle.'),
  info('lastrcv', 'Milliseconds since data was last received.', 'Counts from the start when none came.'),
  info('lastack', 'Milliseconds since the last ACK came.', 'Growing while data is in flight: the peer is silent.'),
  info('pacing_rate', 'Rate to which sending is paced.', 'Set by the congestion control; in force with fq or with TCP\'s own pacing.', ['net.ipv4.tcp_pacing_ss_ratio']),
  info('delivery_rate', 'Rate at which data was delivered of late.', 'The best figure for the throughput that the path gave.'),
  info('delivered', 'Segments delivered.', 'Acknowledged or in SACK blocks.'),
  info('app_limited', 'The program sent less than the connection would have allowed.', 'The network is not what limits the rate.'),
  info('busy', 'Time during which data was in flight.', 'rwnd_limited and sndbuf_limited tell which part of it was held up.'),
  info('rwnd_limited', 'Time held up by the peer\'s receive window.', 'The receiver reads too slowly or has too small a buffer.', ['net.ipv4.tcp_rmem']),
  info('sndbuf_limited', 'Time held up by our send buffer.', 'The send buffer is smaller than rate x round trip.', ['net.ipv4.tcp_wmem']),
  info('unacked', 'Segments in flight.', 'Sent and neither acknowledged nor taken for lost.'),
  info('retrans', 'Retransmissions in flight / in all.', 'The first is about now, the second about the whole connection.'),
  info('lost', 'Segments taken for lost now.', 'They wait to be sent again.'),
  info('sacked', 'Segments in SACK blocks now.', 'The peer has them beyond a hole.', ['net.ipv4.tcp_sack']),
  info('dsack_dups', 'Retransmissions that the peer says were needless.', 'Reported with D-SACK.', ['net.ipv4.tcp_dsack']),
  info('reordering', 'Reordering that the sender allows for, in segments.', 'Above 3 it has seen some.', ['net.ipv4.tcp_reordering']),
  info('reord_seen', 'How often reordering was seen.', 'Packets of this connection overtake each other.', ['net.ipv4.tcp_reordering']),
  info('notsent', 'Bytes in the send queue that were not sent yet.', 'Kept back by a window, pacing or Nagle.', ['net.ipv4.tcp_notsent_lowat']),
  info('rcv_rtt', 'Round-trip time as the receiver measures it, in ms.', 'Used to size the receive buffer.', ['net.ipv4.tcp_moderate_rcvbuf']),
  info('rcv_space', 'Bytes that the program reads per round trip.', 'Auto-tuning keeps room for twice that.', ['net.ipv4.tcp_moderate_rcvbuf']),
  info('rcv_ssthresh', 'The window that this end is ready to announce.', 'Grows towards the receive buffer.', ['net.ipv4.tcp_rmem']),
  info('rcv_ooopack', 'Segments received out of order.', 'Loss or reordering on the way to this end.'),
  info('delivered_ce', 'Segments delivered that carried a mark of congestion.', 'Appears when ECN is in use and a router on the way marks.', ['net.ipv4.tcp_ecn']),
  info('rehash', 'How often the connection changed its path after trouble.', 'By another hash or flow label, after timeouts.', ['net.core.txrehash']),
  info('cubic', 'Congestion control of this socket.', 'The name stands alone: cubic, bbr, reno, dctcp. It is the sender\'s affair.', ['net.ipv4.tcp_congestion_control']),
  info('bbr', 'Congestion control of this socket; in brackets what BBR has measured.', 'bw is the bandwidth, mrtt the smallest round trip, pacing_gain and cwnd_gain the phase it is in.', ['net.ipv4.tcp_congestion_control']),
  term('uid', 'User that owns the socket (ss -e).', '0, root, is left out.'),
  term('ino', 'Inode number of the socket (ss -e).', 'The same as in /proc/PID/fd. 0: no program owns it any more.'),
  term('sk', 'Cookie of the socket (ss -e).', 'A number that the kernel gives each socket; tracing tools show the same.'),
  info('snd_wnd', 'Window that the peer announced, in bytes.', '0: the peer cannot take more.'),
  info('rcv_wnd', 'Window that this end announced, in bytes.', '0: the program here does not read.', ['net.ipv4.tcp_rmem']),
];
