import type { FindingSpec } from '../finding';

/** Findings about flow control. */
export const WINDOW_SPECS: readonly FindingSpec[] = [
  {
    id: 'window.zero',
    severity: 'error',
    title: 'Zero window',
    doc: 'A receiver closed its window: its buffer was full, and its peer had to stop.',
    story:
      'The receiving program does not read as fast as data comes in. The network is not at fault. The sender asks with window probes, at growing intervals, until the window opens; on Linux it gives up after net.ipv4.tcp_retries2 unanswered ones, ' +
      'or after TCP_USER_TIMEOUT. A larger receive buffer only postpones the stop.',
    next: 'On the receiving host: ss -tm (rb, and Recv-Q that stays high), then what the program does instead of reading: a lock, a slow disk or database, a single thread, a debugger.',
    sources: 'RFC 9293 3.8.6.1; RFC 1122 4.2.2.17; Linux net/ipv4/tcp_timer.c tcp_probe_timer',
  },
  {
    id: 'window.full',
    severity: 'warning',
    title: 'Window full',
    doc: 'The sender filled the receiver\'s window again and again and had to wait.',
    story: 'The receiver\'s free buffer, not the network or congestion control, sets the pace. Where the window shrinks as data arrives, the receiving program is slower than the sender; it is the step before a zero window.',
    next: 'The receiving program first (does it read in large pieces, in a loop of its own?), then its buffer: SO_RCVBUF fixes it and switches off autotuning, net.ipv4.tcp_rmem limits autotuning.',
    sources: 'RFC 9293 3.8.6; RFC 7323 2',
  },
  {
    id: 'window.small',
    severity: 'warning',
    title: 'Window too small for the path',
    doc: 'The window limits throughput although the receiver reads at once: one window per round trip is all that can be sent.',
    story:
      'Throughput cannot exceed window / round-trip time. Without window scaling the window ends at 65 535 bytes, which is 5 Mbit/s at 100 ms. A window scale of 0 or a small SO_RCVBUF has the same effect. Both SYNs must carry the option, ' +
      'and a middlebox that removes it from one of them breaks it for both.',
    next: 'The window scale option in both SYNs; SO_RCVBUF in the receiving program (leave it alone, so that Linux tunes it), net.ipv4.tcp_rmem (third number), net.ipv4.tcp_window_scaling = 1.',
    sources: 'RFC 7323 1.1, 2.2; Linux Documentation/networking/ip-sysctl.rst tcp_rmem',
  },
  {
    id: 'window.shrunk',
    severity: 'warning',
    title: 'Window shrunk',
    doc: 'A receiver took back window that it had offered: the right edge moved to the left.',
    story:
      'The sender may already have sent into the window that is now withdrawn; such segments are dropped and look like loss. RFC 9293 strongly discourages it, and a sender must be prepared for it. Less than one unit of the window scale is rounding and no finding. ' +
      'Some stacks do it under memory pressure (Linux with net.ipv4.tcp_shrink_window = 1), some middleboxes when they rewrite windows.',
    next: 'Memory of the receiving host (nstat -az TcpExtTCPRcvQDrop TcpExtPruneCalled, net.ipv4.tcp_mem), net.ipv4.tcp_shrink_window, and middleboxes between.',
    sources: 'RFC 9293 3.8.6 (SHLD-14, MUST-34); RFC 7323 2.4',
  },
];
