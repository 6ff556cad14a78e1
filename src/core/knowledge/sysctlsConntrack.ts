import { CONNTRACK_SYSCTL, defaults, type SysctlSpec } from './sysctlSpec';

const timeout = (state: string, value: string, doc: string, story: string, see: readonly string[] = []): SysctlSpec => ({
  key: `net.netfilter.nf_conntrack_tcp_timeout_${state}`, unit: 'seconds', since: '2.6.9', defaults: defaults(value), doc, story, see: ['net.netfilter.nf_conntrack_tcp_timeout_established', ...see].filter((k) => !k.endsWith(`_${state}`)), source: CONNTRACK_SYSCTL,
});

/** Netfilter's connection tracking of TCP: firewalls, NAT gateways, hosts with containers. Present when the module is loaded. */
export const CONNTRACK_SYSCTLS: readonly SysctlSpec[] = [
  timeout('syn_sent', '120', 'How long a tracked connection with nothing but a SYN is remembered.', 'The entry of a connection attempt that nobody answered. After it the same SYN counts as new.'),
  timeout('syn_recv', '60', 'How long a tracked handshake that lacks its final ACK is remembered.', 'A SYN flood fills the table with such entries; a shorter time frees them sooner.', ['net.netfilter.nf_conntrack_max']),
  timeout('established', '432000', 'How long an idle established connection is remembered: five days.', 'Behind NAT this is what keeps an idle connection alive; cloud gateways use minutes instead. After it packets of the connection count as invalid or are picked up anew (nf_conntrack_tcp_loose), often with another NAT port: the peer answers with RST. Keepalive must come more often than the shortest such time on the path. Five days of dead entries also fill the table: many hosts set an hour or a day.', ['net.ipv4.tcp_keepalive_time', 'net.netfilter.nf_conntrack_max']),
  timeout('fin_wait', '120', 'How long a tracked connection after the first FIN is remembered.', 'A half-close that lasts longer is forgotten, and what still comes is dropped or reset.'),
  timeout('close_wait', '60', 'How long a tracked connection whose FIN was acknowledged is remembered.', 'A program that leaves its side open (CLOSE-WAIT) for longer loses the entry in the firewall.'),
  timeout('last_ack', '30', 'How long a tracked connection waits for the ACK of the second FIN.', 'Short, since both sides are done.'),
  timeout('time_wait', '120', 'How long a tracked connection that closed in order is remembered.', 'It is the firewall\'s own timer, not the host\'s TIME-WAIT (60 s fixed on Linux). A new SYN with the same ports is allowed before it ends. On busy NAT gateways these entries are most of the table.', ['net.netfilter.nf_conntrack_max']),
  timeout('close', '10', 'How long a tracked connection after a RST is remembered.', 'Short, so that late segments still belong to something.'),
  timeout('max_retrans', '300', 'How long a connection is remembered once too many retransmissions passed without an answer.', 'nf_conntrack_tcp_max_retrans retransmissions without an ACK switch to this shorter time. An outage of more than five minutes thus cuts a connection that the hosts themselves would still try to save (tcp_retries2: 15 minutes).', ['net.netfilter.nf_conntrack_tcp_max_retrans', 'net.ipv4.tcp_retries2']),
  timeout('unacknowledged', '300', 'How long a connection with data that is not acknowledged is remembered.', 'The entry returns to the long time once the ACK is seen. An asymmetric path, where the ACKs take another way, runs into it.', []),
  {
    key: 'net.netfilter.nf_conntrack_tcp_be_liberal', unit: 'switch', since: '2.6.9', defaults: defaults('0'), values: { '0': 'out of window is invalid', '1': 'only RSTs out of window are invalid' },
    doc: 'Whether segments outside the window that conntrack computed count as invalid.',
    story: 'A packet that is invalid is not translated by NAT: it reaches the host with the wrong addresses and is answered with a RST, a classic cause of "connection reset by peer" in container networks. 1 avoids it at the price of a weaker check.',
    see: ['net.netfilter.nf_conntrack_tcp_loose', 'net.netfilter.nf_conntrack_tcp_ignore_invalid_rst'], source: CONNTRACK_SYSCTL,
  },
  {
    key: 'net.netfilter.nf_conntrack_tcp_ignore_invalid_rst', unit: 'switch', since: '5.14', defaults: defaults('0'),
    doc: 'A RST outside the window is not marked invalid.',
    story: 'Such RSTs are then passed on (and translated) instead of dropped by rules against invalid packets.',
    see: ['net.netfilter.nf_conntrack_tcp_be_liberal'], source: CONNTRACK_SYSCTL,
  },
  {
    key: 'net.netfilter.nf_conntrack_tcp_loose', unit: 'switch', since: '2.6.9', defaults: defaults('1'), values: { '0': 'a connection must begin with a SYN', '1': 'a connection may be picked up in the middle' },
    doc: 'Whether a connection whose beginning was not seen is tracked.',
    story: 'With 1 connections survive a restart of the firewall. With 0 everything that does not begin with a SYN is invalid.',
    see: ['net.netfilter.nf_conntrack_tcp_be_liberal'], source: CONNTRACK_SYSCTL,
  },
  {
    key: 'net.netfilter.nf_conntrack_tcp_max_retrans', unit: 'count', since: '2.6.9', defaults: defaults('3'),
    doc: 'Retransmissions without an answer after which the shorter timeout holds.',
    story: 'See nf_conntrack_tcp_timeout_max_retrans.',
    see: ['net.netfilter.nf_conntrack_tcp_timeout_max_retrans'], source: CONNTRACK_SYSCTL,
  },
  {
    key: 'net.netfilter.nf_conntrack_max', unit: 'connections', since: '2.6.9', defaults: defaults('nf_conntrack_buckets'),
    doc: 'How many connections are tracked at most.',
    story: 'When it is reached new connections are dropped and "nf_conntrack: table full, dropping packet" is logged: SYNs vanish although the server is well. An entry costs about 320 bytes. Raise it together with nf_conntrack_buckets, and shorten the timeouts that fill it.',
    see: ['net.netfilter.nf_conntrack_buckets', 'net.netfilter.nf_conntrack_tcp_timeout_established', 'net.netfilter.nf_conntrack_tcp_timeout_time_wait'], source: CONNTRACK_SYSCTL,
  },
  {
    key: 'net.nf_conntrack_max', unit: 'connections', since: '2.6.9', defaults: defaults('nf_conntrack_buckets'),
    doc: 'The same as net.netfilter.nf_conntrack_max, under its older name.',
    story: 'Both names set one value. Older still, ip_conntrack_max is gone.',
    see: ['net.netfilter.nf_conntrack_max'], source: CONNTRACK_SYSCTL,
  },
  {
    key: 'net.netfilter.nf_conntrack_buckets', unit: 'count', since: '2.6.9', defaults: defaults('by memory, 1024 to 262144'),
    doc: 'Size of the hash table of tracked connections.',
    story: 'Each connection stands in it twice. Many more connections than buckets make look-ups slow. Writable in the first network namespace only.',
    see: ['net.netfilter.nf_conntrack_max'], source: CONNTRACK_SYSCTL,
  },
  {
    key: 'net.netfilter.nf_conntrack_count', unit: 'connections', since: '2.6.9', defaults: defaults('0'), readOnly: true,
    doc: 'How many connections are tracked now.',
    story: 'For reading only: compare it with nf_conntrack_max.',
    see: ['net.netfilter.nf_conntrack_max'], source: CONNTRACK_SYSCTL,
  },
  {
    key: 'net.ipv4.vs.secure_tcp', unit: 'choice', range: [0, 3], since: '2.6.12', defaults: defaults('0'), values: { '0': 'never', '1': 'when memory is short', '2': 'as 1, active now', '3': 'always' },
    doc: 'IPVS: a stricter table of TCP states as a defence against floods.',
    story: 'The load balancer leaves entries of unfinished connections sooner. Present only when ip_vs is loaded.',
    see: ['net.ipv4.vs.sloppy_tcp'], source: 'Linux Documentation/networking/ipvs-sysctl.rst',
  },
  {
    key: 'net.ipv4.vs.sloppy_tcp', unit: 'switch', since: '3.10', defaults: defaults('0'),
    doc: 'IPVS: takes a connection that does not begin with a SYN.',
    story: 'Lets another balancer go on with connections after a failover, at the price of scheduling stray packets. Present only when ip_vs is loaded.',
    see: ['net.ipv4.vs.secure_tcp'], source: 'Linux Documentation/networking/ipvs-sysctl.rst',
  },
];
