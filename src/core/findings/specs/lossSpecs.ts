import type { FindingSpec } from '../finding';

/** loss.*, order.*: most harm first. */
export const LOSS_SPECS: readonly FindingSpec[] = [
  {
    id: 'loss.dead',
    severity: 'error',
    title: 'Sent again until given up',
    doc: 'The same data was sent again and again, and the other side was never heard of again.',
    story:
      'The path broke, the peer lost power, or a firewall forgot the connection and drops its packets. Linux doubles the wait each time, and after net.ipv4.tcp_retries2 timeouts (15: a quarter of an hour or more) ' +
      'or TCP_USER_TIMEOUT the application gets ETIMEDOUT; until then it only sees that nothing comes.',
    next: 'Does the data arrive at the other end (capture there)? Routes, link, firewall state tables. To notice sooner: TCP_USER_TIMEOUT, or a timeout in the application.',
    sources: 'RFC 9293 3.8.3; RFC 6298 5; Linux Documentation/networking/ip-sysctl.rst tcp_retries2',
  },
  {
    id: 'loss.timeout',
    severity: 'error',
    title: 'Loss repaired by timeout',
    doc: 'Lost data was sent again only when the retransmission timer ran out.',
    story:
      'Nothing told the sender of the loss: too few segments followed the lost one to make duplicate ACKs, or the retransmission was lost too. The timer is at least 200 ms on Linux, doubles each time, and the sender starts again with a small congestion window. ' +
      'One such wait is felt by a user.',
    next: 'Where is it lost: captures on both sides of each hop; interface drop counters; ss -ti (rto, backoff, retrans). For requests that are small and hit this often: is the path policed or its buffer too small?',
    sources: 'RFC 6298; RFC 5681 3.1; Linux net/ipv4/tcp_timer.c',
  },
  {
    id: 'loss.tail',
    severity: 'warning',
    title: 'Last segment lost',
    doc: 'The end of a burst was lost, where no later segment can tell of it.',
    story: 'A tail loss probe repaired it: the sender repeats the last segment after about two round trips instead of waiting for the timer (RFC 8985 7). Without it the wait is 200 ms or more.',
    next: 'Loss on the path as for any other; nstat -az TcpExtTCPLossProbes TcpExtTCPLossProbeRecovery; net.ipv4.tcp_early_retrans (3: probes are on).',
    sources: 'RFC 8985 7; Linux Documentation/networking/ip-sysctl.rst tcp_early_retrans',
  },
  {
    id: 'loss.fast-retransmit',
    severity: 'warning',
    title: 'Loss repaired by fast retransmission',
    doc: 'Lost data was sent again as soon as the receiver\'s acknowledgments told of the gap.',
    story:
      'The normal way to repair a loss: it costs about one round trip, and the sender slows down by half (Reno) or less (CUBIC); BBR hardly. A little of it is how TCP finds the capacity of a path; much of it limits the throughput.',
    next: 'Which share of the segments? Above about 1 % look for a policer, a small buffer, a bad cable or radio: drop and error counters along the path; ss -ti (retrans, cwnd).',
    sources: 'RFC 5681 3.2; RFC 6675; RFC 8985',
  },
  {
    id: 'order.reordered',
    severity: 'info',
    title: 'Segments overtook each other',
    doc: 'Segments arrived in another order than they were sent, none was lost.',
    story:
      'Parallel paths or queues carry packets of one connection at different speeds: link aggregation that balances per packet, multi-queue network cards, wireless retries. The receiver sorts them, but each gap makes duplicate ACKs, and three may set off a retransmission that nobody needs.',
    next: 'Load balancing per packet instead of per flow; ss -ti (reordering, reord_seen); net.ipv4.tcp_reordering.',
    sources: 'RFC 4737; RFC 8985 6.2',
  },
  {
    id: 'loss.spurious',
    severity: 'info',
    title: 'Retransmission not needed',
    doc: 'Data was sent again although it had arrived.',
    story:
      'Its acknowledgment was late or lost, or reordering looked like loss. The receiver throws the copy away and says so (D-SACK). It costs some bandwidth, and a slow-down that the sender may undo when it notices (Eifel, F-RTO).',
    next: 'Delay that jumps (bufferbloat, a wireless link, a paused virtual machine), reordering on parallel paths; nstat -az TcpExtTCPDSACKRecv TcpExtTCPSpuriousRTOs.',
    sources: 'RFC 2883; RFC 3522; RFC 5682',
  },
  {
    id: 'order.duplicated',
    severity: 'info',
    title: 'The network delivered twice',
    doc: 'A packet that was sent once arrived twice: same IP ID, same timestamp.',
    story: 'A loop that spanning tree has not closed yet, a wireless retry whose first copy did arrive, or a mirror port that leaks into the network. TCP drops the copy; the receiver may report it by D-SACK.',
    next: 'Is the copy only in the capture (port mirroring, "any" interface)? Otherwise layer-2 loops: MAC address flapping in the switch logs.',
    sources: 'RFC 2883',
  },
];
