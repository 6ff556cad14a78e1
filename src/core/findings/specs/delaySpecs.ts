import type { FindingSpec } from '../finding';

/** Findings about time that went by without loss. */
export const DELAY_SPECS: readonly FindingSpec[] = [
  {
    id: 'delay.nagle',
    severity: 'warning',
    title: 'Nagle meets delayed ACK',
    doc: 'A small segment waited for the acknowledgment of the one before it, which the receiver delayed.',
    story:
      'A program writes a request in two small pieces and then reads. Nagle\'s algorithm holds the second piece until the first is acknowledged; the receiver holds the acknowledgment because it hopes to send it with an answer, which cannot come before the second piece. ' +
      'Linux delays an ACK by 40 ms at least, others by up to 200 ms (at most 500 ms are allowed). PSH has nothing to do with it.',
    next: 'Write the request in one piece (one buffer, writev, or MSG_MORE / TCP_CORK), or set TCP_NODELAY on the sending socket. TCP_QUICKACK at the receiver helps only until the kernel clears it.',
    sources: 'RFC 9293 3.7.4, 3.8.6.3; RFC 1122 4.2.3.2, 4.2.3.4',
  },
  {
    id: 'delay.bufferbloat',
    severity: 'warning',
    title: 'Queue builds up (bufferbloat)',
    doc: 'The round trip grows with the bytes in flight: a long queue on the path fills.',
    story: 'A loss-based congestion control sends until a queue overflows. Where that queue is deep, every packet that shares it waits hundreds of milliseconds, also those of other connections. Throughput does not gain by it.',
    next: 'The bottleneck (often a home router, a modem, a shaper): fq_codel or CAKE there, or a shaper set a little below the line rate. At the sender: BBR, or a limit with SO_MAX_PACING_RATE / TCP_NOTSENT_LOWAT.',
    sources: 'RFC 7567 2; RFC 8290 1; RFC 9438',
  },
  {
    id: 'delay.delayed-ack',
    severity: 'info',
    title: 'Delayed ACK',
    doc: 'A receiver held an acknowledgment back in the hope of sending it with data.',
    story: 'This is normal and saves packets: at most every second full segment has to be acknowledged at once, and no acknowledgment may wait 500 ms. It hurts only where the sender waits for it.',
    next: 'Nothing, unless a sender waits for it: then see "Nagle meets delayed ACK".',
    sources: 'RFC 9293 3.8.6.3; RFC 5681 4.2; Linux include/net/tcp.h TCP_DELACK_MIN',
  },
  {
    id: 'delay.slow-server',
    severity: 'info',
    title: 'Server takes its time',
    doc: 'Most of the time passes between a complete request and the first byte of its answer.',
    story: 'The server\'s kernel acknowledges the request at once and the program answers late. The network and TCP are not the bottleneck.',
    next: 'The server program: its own log for these requests, its database, its locks.',
    sources: 'RFC 9293 3.9.1',
  },
  {
    id: 'delay.slow-client',
    severity: 'info',
    title: 'Client takes its time',
    doc: 'Most of the time passes between the server\'s answer and the client\'s next request.',
    story: 'The client program (or the person before it) had nothing to send. On a connection that is kept open for later requests this is normal.',
    next: 'Nothing on the network. If it should have been busy: the client program.',
    sources: 'RFC 9293 3.9.1',
  },
];
