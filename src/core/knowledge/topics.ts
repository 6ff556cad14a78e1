/** A subject that is larger than one field: told beside packets that belong to it. English source strings. */
export interface TopicSpec {
  readonly id: string;
  readonly title: string;
  readonly doc: string;
  readonly story: readonly string[];
  readonly source: string;
  readonly see: readonly string[];
}

export const TOPICS: readonly TopicSpec[] = [
  {
    id: 'topic.handshake', title: 'The handshake', source: 'RFC 9293 3.5; RFC 7323 2; RFC 6528', see: ['net.ipv4.tcp_syn_retries', 'net.ipv4.tcp_synack_retries'],
    doc: 'SYN, SYN/ACK, ACK: each side tells its first sequence number and what it can do, and has it acknowledged.',
    story: [
      'Three segments suffice because the server joins its SYN with the ACK of the client\'s. Closing takes four, since the side that gets a FIN may still have data to send.',
      'MSS, window scale, SACK and timestamps are offered here and nowhere else. Scaling, SACK and timestamps are used only if both SYNs offer them; the MSS is an announcement of each side for itself.',
    ],
  },
  {
    id: 'topic.backlog', title: 'SYN queue and accept queue', source: 'Linux man-pages listen(2); Linux net/ipv4/tcp_ipv4.c; RFC 4987', see: ['net.core.somaxconn', 'net.ipv4.tcp_max_syn_backlog', 'net.ipv4.tcp_abort_on_overflow', 'net.ipv4.tcp_syncookies'],
    doc: 'A new connection waits in the SYN queue until the handshake is done, then in the accept queue until the program takes it.',
    story: [
      'The limit of the accept queue is min(backlog given to listen(), net.core.somaxconn); somaxconn is 4096 since Linux 5.4, 128 before. ss -ltn shows the limit as Send-Q, and how many wait as Recv-Q.',
      'When the accept queue is full Linux ignores the final ACK (or sends RST with tcp_abort_on_overflow=1): the client believes it is connected, the server repeats its SYN/ACK. New SYNs are dropped meanwhile, and the client repeats them.',
      'The SYN/ACK is repeated after 1, 2, 4, 8 and 16 s, and given up after 63 s with tcp_synack_retries = 5. From then on the client alone believes in the connection: its next data is answered with RST.',
      'SYN cookies help against a full SYN queue only, and are on by default (tcp_syncookies = 1). A full accept queue means that the program calls accept() too rarely.',
    ],
  },
  {
    id: 'topic.close', title: 'Closing', source: 'RFC 9293 3.6', see: ['net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_orphan_retries'],
    doc: 'Each direction is closed by a FIN of its own, which is acknowledged like a byte.',
    story: [
      'The side that closes first goes through FIN-WAIT-1 and FIN-WAIT-2 to TIME-WAIT; the other through CLOSE-WAIT and LAST-ACK to CLOSED. FIN and ACK often share a segment, so that three segments are seen.',
      'A RST is no orderly close: it says that data was thrown away, or that nobody knows this connection.',
    ],
  },
  {
    id: 'topic.time-wait', title: 'TIME-WAIT', source: 'RFC 9293 3.6.1; RFC 6191; RFC 1337; Linux include/net/tcp.h TCP_TIMEWAIT_LEN', see: ['net.ipv4.tcp_tw_reuse', 'net.ipv4.tcp_max_tw_buckets', 'net.ipv4.ip_local_port_range'],
    doc: 'The side that closed first remembers the connection for a while: 60 s on Linux, fixed.',
    story: [
      'If its last ACK is lost, the peer sends the FIN again, and somebody must answer. And old segments still under way must not reach a new connection of the same four numbers.',
      'tcp_fin_timeout does not change it: that is about FIN-WAIT-2. tcp_tw_recycle, which did, broke clients behind NAT and is gone since Linux 4.12.',
      'Many TIME-WAIT sockets on a server are harmless. A client that runs out of ports for one destination may use tcp_tw_reuse, more addresses, or longer connections.',
    ],
  },
  {
    id: 'topic.keepalive', title: 'Keepalive', source: 'RFC 9293 3.8.4; Linux man-pages tcp(7)', see: ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'],
    doc: 'A probe after long silence asks whether the peer is still there.',
    story: [
      'The program must ask for it (SO_KEEPALIVE). The probe carries a sequence number that is already acknowledged, and no byte or one old byte; the ACK that it provokes is the answer.',
      'An ACK says that the peer is there, and the silence counts anew. A RST says that its host has restarted or forgotten the connection. Nothing at all: the probe is repeated, and the connection given up in the end; the program gets ETIMEDOUT.',
      'The defaults (2 hours, then 9 probes 75 s apart) are longer than most NAT and firewall timers; Windows sends up to 10 probes 1 s apart after the same 2 hours. While data is in flight no keepalive is sent: then retransmission, limited by tcp_retries2 or TCP_USER_TIMEOUT, finds the dead peer.',
      'TCP_USER_TIMEOUT limits how long data may stay unacknowledged. It is no connect timeout, and the TCP option of that name (RFC 5482) is hardly ever sent.',
    ],
  },
  {
    id: 'topic.loss', title: 'Finding and mending losses', source: 'RFC 5681 3.2; RFC 6675; RFC 8985; RFC 6298', see: ['net.ipv4.tcp_recovery', 'net.ipv4.tcp_early_retrans', 'net.ipv4.tcp_reordering', 'net.ipv4.tcp_retries2'],
    doc: 'A sender learns of a loss by duplicate ACKs and SACK, by a tail loss probe, or at last by its timer.',
    story: [
      'Duplicate ACKs say that something arrived beyond a hole. With SACK the sender knows which part is missing and mends several holes in one round trip; RACK judges by the time since sending.',
      'The timer (at least 200 ms on Linux, doubling) is the last resort, and the most expensive: the congestion window starts anew.',
      'Reordering looks like loss at first. A D-SACK tells afterwards that a retransmission was needless.',
    ],
  },
  {
    id: 'topic.flow-control', title: 'Flow control', source: 'RFC 9293 3.8.6; RFC 7323 2', see: ['net.ipv4.tcp_rmem', 'net.ipv4.tcp_moderate_rcvbuf', 'net.core.rmem_max', 'net.ipv4.tcp_window_scaling'],
    doc: 'The receiver says how much it can take; a window of 0 stops the sender.',
    story: [
      'A zero window is the mark of a program that does not read, not of a bad network. The sender probes until the window opens, since a lost window update would otherwise stall both for ever.',
      'The window field has 16 bits and is shifted by up to 14: the largest window is 2^30 bytes, not 2^31. On a SYN it is never scaled.',
    ],
  },
  {
    id: 'topic.nagle', title: 'Nagle and delayed ACK', source: 'RFC 9293 3.7.4; RFC 1122 4.2.3.2', see: ['net.ipv4.tcp_autocorking', 'net.ipv4.tcp_pingpong_thresh'],
    doc: 'A small segment waits while an earlier one is unacknowledged; the ACK waits for data to ride on.',
    story: [
      'Together they stall a program that writes twice and then reads: 40 ms on Linux, up to 200 ms elsewhere, for each turn. One write() per request, writev(), TCP_CORK or TCP_NODELAY end it.',
      'PSH has nothing to do with it: it tells the receiver to hand data on, and TCP_NODELAY does not set it.',
    ],
  },
  {
    id: 'topic.ecn', title: 'Explicit congestion notification', source: 'RFC 3168 6.1; RFC 9768 3', see: ['net.ipv4.tcp_ecn', 'net.ipv4.tcp_ecn_fallback'],
    doc: 'Routers mark packets instead of dropping them; the receiver echoes the mark, the sender slows down.',
    story: [
      'On the SYNs, ECE and CWR only agree on its use. Later a CE mark in the IP header makes the receiver set ECE until it sees CWR.',
      'With Accurate ECN the three bits AE, CWR and ECE are a counter of marks after the handshake.',
    ],
  },
  {
    id: 'topic.urgent', title: 'Urgent data', source: 'RFC 9293 3.8.5; RFC 6093', see: ['net.ipv4.tcp_stdurg'],
    doc: 'A mark in the byte stream, of which the sockets API makes one byte "out of band".',
    story: [
      'The pointer names the byte after the last urgent one. A second urgent byte before the first was read turns the first into ordinary data: only one is kept apart.',
      'A program reads it with MSG_OOB, and is told by SIGURG once it owns the socket (fcntl F_SETOWN). With SO_OOBINLINE the byte stays in the stream, MSG_OOB fails with EINVAL, and SIOCATMARK tells when reading has come to the mark.',
      'Nothing overtakes anything, and new programs should not use it (RFC 6093 5).',
    ],
  },
  {
    id: 'topic.reset', title: 'Resets', source: 'RFC 9293 3.5.2, 3.5.3; RFC 5961 3', see: ['net.ipv4.tcp_abort_on_overflow', 'net.ipv4.tcp_retries2', 'net.netfilter.nf_conntrack_tcp_be_liberal'],
    doc: 'The connection ends at once: refused, aborted, or unknown to the host.',
    story: [
      'To a SYN: nothing listens there. In the middle: the program closed with unread data or SO_LINGER 0, or was killed. After silence: the host has restarted, or a NAT or firewall has forgotten the connection.',
      'A RST whose TTL or IP ID does not fit its neighbours was made by something on the way.',
    ],
  },
];

export function findTopic(id: string): TopicSpec | null {
  return TOPICS.find((topic) => topic.id === id) ?? null;
}
