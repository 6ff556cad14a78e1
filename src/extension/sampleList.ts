/** A capture that comes with the extension, under media/samples. Texts are English source strings. */
export interface Sample {
  readonly file: string;
  /** Heading in the list. */
  readonly topic: SampleTopic;
  readonly title: string;
  /** One line: what to learn from it. */
  readonly lesson: string;
  /** How it was recorded. */
  readonly recipe: string;
  /** Finding that it shows, and that stands on top of its findings (identifier of core/findings); null: an ordinary connection, with notes at most. */
  readonly finding: string | null;
}

export const SAMPLE_TOPICS = ['Ordinary', 'Opening', 'Closing', 'Resets', 'Dead peers', 'Flow control', 'Loss and order', 'Delay'] as const;
export type SampleTopic = (typeof SAMPLE_TOPICS)[number];

const LOOPBACK = 'Loopback of one Linux 6.18 host.';
const DIRECT = 'Two Linux 6.18 hosts, joined directly.';
const PATH = 'Two Linux 6.18 hosts with a path between them that delays and drops on demand.';
const ROUTER = 'Two Linux 6.18 hosts with a Linux router between them.';

export const SAMPLES: readonly Sample[] = [
  {
    file: 'handshake-and-close.pcap', topic: 'Ordinary', finding: null, title: 'Handshake, data, close', lesson: 'Five connections to a Redis server, from SYN to the last ACK.',
    recipe: 'Loopback. `tcpdump -n -U -B 8192 -i any port 6379` while a small client sent SET, GET, INCR, a pipelined batch and QUIT, and then `redis-cli` was run.',
  },
  {
    file: 'handshake-and-close.tcpdump', topic: 'Ordinary', finding: null, title: 'The same as text', lesson: 'What tcpdump printed is a capture too; what it does not show stays blank.',
    recipe: 'The packets of handshake-and-close.pcap: `TZ=UTC tcpdump -n -r handshake-and-close.pcap`.',
  },
  {
    file: 'simultaneous-open.pcap', topic: 'Opening', finding: 'handshake.simultaneous-open', title: 'Simultaneous open', lesson: 'Two SYNs cross: both ends pass SYN-RECEIVED, and there is no server.',
    recipe: `${PATH} 50 ms each way; both ends bind a port and call connect() to each other at the same moment. Captured at one end.`,
  },
  {
    file: 'connection-refused.pcap', topic: 'Opening', finding: 'handshake.refused', title: 'Connection refused', lesson: 'A SYN to a port on which nothing listens is answered with RST,ACK.',
    recipe: `${LOOPBACK} connect() to a port without a listener.`,
  },
  {
    file: 'syn-timeout.pcap', topic: 'Opening', finding: 'handshake.no-answer', title: 'SYN without answer', lesson: 'Since Linux 6.5: four repetitions a second apart, then doubling waits.',
    recipe: `${DIRECT} The server's firewall drops every SYN; tcp_syn_retries=6, tcp_syn_linear_timeouts=4 (the defaults).`,
  },
  {
    file: 'syn-timeout-old-kernel.pcap', topic: 'Opening', finding: 'handshake.no-answer', title: 'SYN without answer, older kernel', lesson: 'Before Linux 6.5 the wait doubles from the start: 1, 2, 4, 8 s and so on.',
    recipe: `${DIRECT} As syn-timeout, over IPv6, with tcp_syn_linear_timeouts=0.`,
  },
  {
    file: 'accept-queue-overflow.pcap', topic: 'Opening', finding: 'handshake.accept-queue-full', title: 'Accept queue overflow', lesson: 'The client believes it is connected; the server repeats its SYN/ACK.',
    recipe: `${PATH} 24 ms each way; listen(2) and never accept(), tcp_synack_retries=3, tcp_abort_on_overflow=0; clients connect until the queue is full. Captured at the client.`,
  },
  {
    file: 'syn-cookies.pcap', topic: 'Opening', finding: 'handshake.syn-flood', title: 'SYN flood and SYN cookies', lesson: 'Every SYN is answered, and the one honest client connects.',
    recipe: `${DIRECT} SYNs with forged addresses against a listener with tcp_max_syn_backlog=16, tcp_syncookies=1, tcp_synack_retries=2; then an honest client. Trimmed to the first 160 packets and those of the honest client.`,
  },
  {
    file: 'fast-open.pcap', topic: 'Opening', finding: 'handshake.fast-open', title: 'TCP Fast Open', lesson: 'A cookie in the first connection, data on the SYN in the next ones.',
    recipe: `${PATH} 10 ms each way; tcp_fastopen=3 on the client, switched from 3 to 0 on the server before the last connection. Captured at the client.`,
  },
  {
    file: 'port-reuse.pcap', topic: 'Opening', finding: 'time-wait.port-reused', title: 'Port reuse after TIME-WAIT', lesson: 'The same addresses and ports again: a newer timestamp makes it safe.',
    recipe: `${DIRECT} The client closes first and connects again from the same port, with tcp_tw_reuse=1.`,
  },
  {
    file: 'close-variants.pcap', topic: 'Closing', finding: null, title: 'Ways to close', lesson: 'Four segments, three segments, server first, a FIN on the last data.',
    recipe: `${DIRECT} Small programs that close in each order.`,
  },
  {
    file: 'half-close.pcap', topic: 'Closing', finding: 'close.half-close', title: 'Half-close', lesson: 'A FIN closes one direction: the client still receives a long answer.',
    recipe: `${PATH} 4 ms each way; shutdown(SHUT_WR) by the client, as "nc -N" does. Captured at the client.`,
  },
  {
    file: 'simultaneous-close.pcap', topic: 'Closing', finding: 'close.simultaneous', title: 'Simultaneous close', lesson: 'FINs cross: both ends pass CLOSING, and both wait in TIME-WAIT.',
    recipe: `${PATH} 40 ms each way; both ends call close() at the same moment. Captured at one end.`,
  },
  {
    file: 'close-wait-leak.pcap', topic: 'Closing', finding: 'close.lingering', title: 'CLOSE-WAIT leak', lesson: 'The clients have closed, the server program never does.',
    recipe: `${LOOPBACK} Six clients close, the last one 9 s after the others; the server keeps its sockets open until the capture ends.`,
  },
  {
    file: 'rst-linger.pcap', topic: 'Resets', finding: 'reset.by-client', title: 'Reset instead of FIN', lesson: 'SO_LINGER with 0 s: close() sends RST, and data in flight is lost.',
    recipe: `${DIRECT} SO_LINGER {1,0}, first by the client, in the second connection by the server.`,
  },
  {
    file: 'rst-unread-data.pcap', topic: 'Resets', finding: 'reset.by-server', title: 'Reset because of unread data', lesson: 'close() while received data is still unread sends RST, not FIN.',
    recipe: `${DIRECT} Over IPv6; the receiving program closes before it has read everything.`,
  },
  {
    file: 'rst-by-firewall.pcap', topic: 'Resets', finding: 'reset.injected', title: 'Reset by a firewall', lesson: 'Another TTL than the server has: this RST comes from the middle.',
    recipe: `${ROUTER} The router begins to reject the established connection ("reject with tcp reset"). Captured at the client.`,
  },
  {
    file: 'keepalive-alive.pcap', topic: 'Dead peers', finding: 'keepalive.answered', title: 'Keepalive, answered', lesson: 'A probe carries an old sequence number; an ACK is the whole answer.',
    recipe: `${DIRECT} SO_KEEPALIVE with TCP_KEEPIDLE=2, TCP_KEEPINTVL=1, TCP_KEEPCNT=3; some data in between.`,
  },
  {
    file: 'keepalive-dead.pcap', topic: 'Dead peers', finding: 'keepalive.dead', title: 'Keepalive, no answer', lesson: 'Three probes two seconds apart, no answer: the connection is given up.',
    recipe: `${PATH} The server's packets are dropped from some moment on; TCP_KEEPIDLE=3, TCP_KEEPINTVL=2, TCP_KEEPCNT=3. Captured at the client.`,
  },
  {
    file: 'half-open.pcap', topic: 'Dead peers', finding: 'half-open', title: 'Half-open after a restart', lesson: 'The server has forgotten the connection: the next data meets a RST.',
    recipe: `${PATH} 5 ms each way; the server's state is destroyed without a packet, as by a power loss, and it comes back. Captured at the client.`,
  },
  {
    file: 'zero-window.pcap', topic: 'Flow control', finding: 'window.zero', title: 'Zero window', lesson: 'The receiver does not read for 25 s; the sender probes until it does.',
    recipe: `${LOOPBACK} The receiving program sleeps, then reads everything.`,
  },
  {
    file: 'urgent-data.pcap', topic: 'Flow control', finding: 'urgent.data', title: 'Urgent data', lesson: 'The pointer names the byte after the urgent one; one byte is out of band.',
    recipe: `${DIRECT} send(MSG_OOB) in the middle of normal data; read out of band, in the second connection inline (SO_OOBINLINE).`,
  },
  {
    file: 'loss-sack.pcap', topic: 'Loss and order', finding: 'loss.fast-retransmit', title: 'One loss, repaired with SACK', lesson: 'SACK blocks name the hole; it is filled within one round trip.',
    recipe: `${PATH} 14 ms each way; data segment 51 is dropped. Captured at the sender.`,
  },
  {
    file: 'tail-loss.pcap', topic: 'Loss and order', finding: 'loss.tail', title: 'Tail loss probe', lesson: 'Nothing follows the lost end of the data: a probe repairs it.',
    recipe: `${PATH} 15 ms each way; the last segment is dropped. Captured at the sender.`,
  },
  {
    file: 'reordering.pcap', topic: 'Loss and order', finding: 'order.reordered', title: 'Reordering', lesson: 'Neighbouring segments arrive swapped: duplicate ACKs, but no loss.',
    recipe: `${PATH} 22 ms each way, 8 Mbit/s; pairs of neighbours are swapped now and then. Captured at the receiver.`,
  },
  {
    file: 'ecn.pcap', topic: 'Loss and order', finding: 'ecn.marked', title: 'Explicit congestion notification', lesson: 'Packets marked CE, ECE in the ACKs, CWR in answer: nothing is lost.',
    recipe: `${PATH} 10 ms each way, 20 Mbit/s; tcp_ecn=1 on the client; about 5 % of the data segments are marked. Captured at the receiver.`,
  },
  {
    file: 'mtu-black-hole.pcap', topic: 'Loss and order', finding: 'mtu.black-hole', title: 'MTU black hole', lesson: 'The handshake passes, full segments vanish: ICMP is filtered.',
    recipe: `${ROUTER} A smaller MTU behind the router, whose "fragmentation needed" is dropped; tcp_retries2=6. Captured at the client.`,
  },
  {
    file: 'nagle-stall.pcap', topic: 'Delay', finding: 'delay.nagle', title: 'Nagle meets delayed ACK', lesson: 'The second small write waits 40 ms for an ACK that is held back.',
    recipe: `${PATH} 0.5 ms each way; two small writes for each request, then the same with TCP_NODELAY, which ends it. Captured at the client.`,
  },
];

/** Folder of the samples in the extension. */
export const SAMPLE_FOLDER = ['media', 'samples'] as const;

export function findSample(file: string): Sample | null {
  return SAMPLES.find((sample) => sample.file === file) ?? null;
}
