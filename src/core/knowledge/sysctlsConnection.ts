import { defaults, IP_SYSCTL, TCP_MAN, type SysctlSpec } from './sysctlSpec';

/** Opening, closing and keeping connections: SYN, backlog, FIN, TIME-WAIT, keepalive. */
export const CONNECTION_SYSCTLS: readonly SysctlSpec[] = [
  {
    key: 'net.ipv4.tcp_syn_retries', unit: 'count', range: [1, 127], since: '2.2', defaults: defaults('6 @3.7, 5'), socketOption: 'TCP_SYNCNT',
    doc: 'How often an unanswered SYN of connect() is sent again.',
    story:
      'The first wait is 1 s and doubles, so 6 retries end with ETIMEDOUT after 127 s; since 6.5 four more, 1 s apart, come before them (tcp_syn_linear_timeouts): 10 repetitions in all, and 131 s. It says nothing about an established connection, and a refused port (RST) or an ICMP error ends connect() sooner. Most programs set their own, shorter connect timeout, so lowering it for all hurts the patient ones on bad links.',
    see: ['net.ipv4.tcp_syn_linear_timeouts', 'net.ipv4.tcp_synack_retries'], source: `${IP_SYSCTL}; RFC 6298 2.1, 5.7`,
  },
  {
    key: 'net.ipv4.tcp_syn_linear_timeouts', unit: 'count', range: [0, 127], since: '6.5', defaults: defaults('4'),
    doc: 'How many of the first SYN retries come at a constant distance before the waits begin to double.',
    story:
      'With 4 and a first wait of 1 s the SYN is repeated after 1, 2, 3, 4 and 5 s, then after 7, 11, 19 s and so on. A trace with doubling waits from the start comes from an older kernel, from another system, or from a host that set this to 0. SYN/ACK retries are not concerned: they always double.',
    see: ['net.ipv4.tcp_syn_retries'], source: IP_SYSCTL,
  },
  {
    key: 'net.ipv4.tcp_synack_retries', unit: 'count', range: [0, 255], since: '2.2', defaults: defaults('5'),
    doc: 'How often a SYN/ACK is sent again while the final ACK of the handshake does not come.',
    story:
      'The waits are 1, 2, 4, 8, 16 s; the half-open connection is dropped after 63 s with the default of 5. A full accept queue makes the kernel ignore the final ACK, so the same repetitions are seen although the client believes to be connected. Lowering it frees the SYN queue sooner during a flood, but also gives up on honest clients with loss.',
    see: ['net.ipv4.tcp_max_syn_backlog', 'net.core.somaxconn', 'net.ipv4.tcp_abort_on_overflow'], source: `${IP_SYSCTL}; RFC 6298 2.1`,
  },
  {
    key: 'net.ipv4.tcp_max_syn_backlog', unit: 'connections', since: '2.2', defaults: defaults('128 to 4096 by memory'),
    doc: 'How many handshakes in SYN-RECEIVED one listener may hold.',
    story:
      'It counts per listener, not for the host. The SYN queue is limited by the accept queue\'s limit as well: with a small listen() backlog or somaxconn a large value here does nothing. With tcp_syncookies=1 a full queue makes the kernel answer with cookies instead of dropping SYNs. A half-open connection costs about 300 bytes, so a few thousand are cheap.',
    see: ['net.core.somaxconn', 'net.ipv4.tcp_syncookies'], source: `${IP_SYSCTL}; ${TCP_MAN}`,
  },
  {
    key: 'net.ipv4.tcp_syncookies', unit: 'choice', range: [0, 2], since: '2.2', defaults: defaults('1 @2.6.33, 0'),
    values: { '0': 'never', '1': 'when the SYN queue is full', '2': 'for every SYN (for tests)' },
    doc: 'Answers SYNs without remembering them when the SYN queue is full.',
    story:
      'The state of the handshake is packed into the initial sequence number (and the timestamp), so a flood fills no memory. The default is 1: many guides still say 0. It is an emergency measure: without timestamps window scale and SACK are lost, the SYN/ACK is never repeated, and Fast Open cannot be used. It does nothing against a full accept queue. When it shows up under honest load, raise somaxconn, the listen() backlog and tcp_max_syn_backlog instead.',
    see: ['net.ipv4.tcp_max_syn_backlog', 'net.ipv4.tcp_synack_retries', 'net.core.somaxconn'], source: `${IP_SYSCTL}; RFC 4987 3.6`,
  },
  {
    key: 'net.ipv4.tcp_abort_on_overflow', unit: 'switch', since: '2.4', defaults: defaults('0'), values: { '0': 'ignore the final ACK', '1': 'send RST' },
    doc: 'What happens to a finished handshake when the accept queue is full: ignored (0) or reset (1).',
    story:
      'With 0 the kernel drops the final ACK, repeats its SYN/ACK and takes the connection once the program has accepted some others: a burst passes unnoticed but for a delay. With 1 the client gets "connection reset" at once. Use 1 only for a program that can never catch up; better raise min(listen backlog, somaxconn) or accept faster. ListenOverflows in nstat counts both.',
    see: ['net.core.somaxconn', 'net.ipv4.tcp_synack_retries'], source: `${IP_SYSCTL}; ${TCP_MAN}`,
  },
  {
    key: 'net.ipv4.tcp_migrate_req', unit: 'switch', since: '5.14', defaults: defaults('0'),
    doc: 'Moves waiting connections to another listener of the same SO_REUSEPORT group when theirs is closed.',
    story:
      'A SYN is bound to one listener of the group. When that one closes, its unfinished handshakes and its accept queue are reset; with 1 another listener takes them over, chosen at random or by an eBPF program. Useful for restarts without lost connections. Listeners with different settings can surprise each other: a socket option of the first does not hold for the second.',
    see: ['net.ipv4.tcp_abort_on_overflow'], source: IP_SYSCTL,
  },
  {
    key: 'net.ipv4.tcp_fastopen', unit: 'bitmap', since: '3.6', defaults: defaults('1 @3.13, 0'), socketOption: 'TCP_FASTOPEN, TCP_FASTOPEN_CONNECT',
    values: { '1': 'client', '2': 'server', '3': 'client and server', '4': 'client: data without cookie', '512': 'server: takes data without cookie', '1024': 'server: on for every listener' },
    doc: 'TCP Fast Open: data on the SYN, for clients (1) and servers (2).',
    story:
      'The bits add up; the default 1 lets clients use it if the program asks (MSG_FASTOPEN or TCP_FASTOPEN_CONNECT). A server needs bit 2 and TCP_FASTOPEN on the listener, or bit 0x400 for all. Data on a SYN can arrive twice, so only requests that may be repeated belong there. Middleboxes that drop such SYNs cost a retry; see tcp_fastopen_blackhole_timeout_sec.',
    see: ['net.ipv4.tcp_fastopen_key', 'net.ipv4.tcp_fastopen_blackhole_timeout_sec'], source: `${IP_SYSCTL}; RFC 7413 4.1`,
  },
  {
    key: 'net.ipv4.tcp_fastopen_key', unit: 'key', since: '3.7', defaults: defaults('random when first needed'), socketOption: 'TCP_FASTOPEN_KEY',
    doc: 'The secret with which Fast Open cookies are made; optionally a second one that is still accepted.',
    story:
      'Servers behind one load balancer need the same key, or cookies of one are refused by the next. Two keys separated by a comma allow rotation: the first makes and checks cookies, the second only checks. It is a secret: keep it out of files that everybody can read.',
    see: ['net.ipv4.tcp_fastopen'], source: `${IP_SYSCTL}; RFC 7413 4.1.2`,
  },
  {
    key: 'net.ipv4.tcp_fastopen_blackhole_timeout_sec', unit: 'seconds', since: '4.12', defaults: defaults('0 @5.14, 3600'),
    doc: 'How long clients leave Fast Open off after the network seems to swallow it; 0: no detection.',
    story:
      'Some firewalls drop what follows a SYN with data. When the kernel sees this it stops using Fast Open on all client sockets for this time, longer with every repetition. One false alarm thus switched it off for an hour, which is why the detection is off by default since 5.14.',
    see: ['net.ipv4.tcp_fastopen'], source: IP_SYSCTL,
  },
  {
    key: 'net.ipv4.tcp_fin_timeout', unit: 'seconds', since: '2.2', defaults: defaults('60'), socketOption: 'TCP_LINGER2',
    doc: 'How long a closed socket that nobody owns any more may stay in FIN-WAIT-2.',
    story:
      'It is not the length of TIME-WAIT, which is fixed at 60 s in the Linux source; lowering it does not reduce TIME-WAIT sockets. It only limits the wait for the peer\'s FIN after close(); after shutdown() the program still owns the socket and the wait is unlimited. A peer that never closes (CLOSE-WAIT there) is what fills FIN-WAIT-2 here.',
    see: ['net.ipv4.tcp_max_orphans', 'net.ipv4.tcp_max_tw_buckets'], source: `${IP_SYSCTL}; Linux include/net/tcp.h TCP_TIMEWAIT_LEN; RFC 9293 3.6`,
  },
  {
    key: 'net.ipv4.tcp_tw_reuse', unit: 'choice', range: [0, 2], since: '2.4', defaults: defaults('2 @4.19, 0'), values: { '0': 'never', '1': 'for all', '2': 'on loopback only' },
    doc: 'Lets connect() take a port whose last connection to the same destination is still in TIME-WAIT.',
    story:
      'It helps outgoing connections only: a server that closes first keeps its TIME-WAIT sockets, and they do no harm to its listener. Both sides need timestamps, since a newer timestamp is what tells old segments from new ones (PAWS). Consider more local ports, more addresses, or keeping connections open first. Do not confuse it with tcp_tw_recycle, which broke clients behind NAT and is gone since 4.12.',
    see: ['net.ipv4.tcp_tw_reuse_delay', 'net.ipv4.tcp_timestamps', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_tw_recycle'], source: `${IP_SYSCTL}; RFC 6191 2`,
  },
  {
    key: 'net.ipv4.tcp_tw_reuse_delay', unit: 'milliseconds', since: '6.14', defaults: defaults('1000'),
    doc: 'How old a TIME-WAIT socket must be before connect() may take its port over.',
    story:
      'Used only where tcp_tw_reuse allows the reuse. It must not be shorter than one tick of the peer\'s timestamp clock, or PAWS cannot tell the connections apart; 1000 ms suits every clock that RFC 7323 allows. Kernels before 6.14 always wait one second.',
    see: ['net.ipv4.tcp_tw_reuse'], source: `${IP_SYSCTL}; RFC 7323 5.4`,
  },
  {
    key: 'net.ipv4.tcp_tw_recycle', unit: 'switch', since: '2.4', removed: '4.12', defaults: defaults('0'),
    doc: 'Gone since Linux 4.12. Dropped TIME-WAIT early and refused SYNs with older timestamps per address.',
    story:
      'It remembered the last timestamp of each remote address and dropped SYNs with an older one. Clients behind one NAT have unrelated clocks, so some of them could not connect at all: SYNs arrived and were silently ignored. Since 4.10 timestamps also have a random offset per connection, which would break it for everybody. Delete the line; there is no successor and usually no need for one.',
    see: ['net.ipv4.tcp_tw_reuse', 'net.ipv4.tcp_max_tw_buckets', 'net.ipv4.ip_local_port_range'], source: `${TCP_MAN}; RFC 6191`,
  },
  {
    key: 'net.ipv4.tcp_max_tw_buckets', unit: 'connections', since: '2.4', defaults: defaults('by memory, up to 262144'),
    doc: 'How many TIME-WAIT sockets the host keeps; beyond it they are dropped at once.',
    story:
      'A TIME-WAIT socket costs little memory and no file descriptor, so the limit guards against attacks only. Lowering it to get rid of TIME-WAIT gives up the protection against old segments that reach a new connection with the same ports. When "time wait bucket table overflow" is logged, raise it.',
    see: ['net.ipv4.tcp_tw_reuse', 'net.ipv4.ip_local_port_range'], source: `${IP_SYSCTL}; RFC 9293 3.4.3`,
  },
  {
    key: 'net.ipv4.tcp_rfc1337', unit: 'switch', since: '2.2', defaults: defaults('0'), values: { '0': 'a RST ends TIME-WAIT', '1': 'a RST does not end TIME-WAIT' },
    doc: 'Whether a RST that hits TIME-WAIT is ignored.',
    story:
      'With 0 a RST for a connection in TIME-WAIT ends that state early (the "assassination" of RFC 1337); with 1 the RST is ignored and the full 60 s are kept. The kernel document words this the other way round. It matters rarely: the danger is an old duplicate reaching a new connection of the same four numbers.',
    see: ['net.ipv4.tcp_max_tw_buckets'], source: `${IP_SYSCTL}; Linux net/ipv4/tcp_minisocks.c; RFC 1337 3`,
  },
  {
    key: 'net.ipv4.tcp_max_orphans', unit: 'connections', since: '2.4', defaults: defaults('by memory'),
    doc: 'How many sockets that no program owns any more the host keeps; beyond it they are reset at once.',
    story:
      'After close() the kernel still delivers what is queued and waits for the peer\'s FIN; until then the socket is an orphan and holds buffers. When "too many orphaned sockets" is logged peers get RSTs and lose the end of the data. Raise it only after finding out why peers do not acknowledge; each orphan can hold up to about 64 kB that cannot be swapped out.',
    see: ['net.ipv4.tcp_orphan_retries', 'net.ipv4.tcp_fin_timeout'], source: `${IP_SYSCTL}; ${TCP_MAN}`,
  },
  {
    key: 'net.ipv4.tcp_orphan_retries', unit: 'count', range: [0, 255], since: '2.4', defaults: defaults('0 (means 8)'),
    doc: 'How often data and FIN of a closed socket are sent again before the kernel gives up.',
    story:
      'The value shown is 0, which the kernel takes as 8: about 50 s to some minutes, depending on the RTO. A peer that vanished thus keeps FIN-WAIT-1 or LAST-ACK sockets around. On busy web servers a smaller number frees memory sooner. A receiver with a closed window that still answers probes counts as alive until the orphan limit is hit.',
    see: ['net.ipv4.tcp_retries2', 'net.ipv4.tcp_max_orphans'], source: `${IP_SYSCTL}; Linux net/ipv4/tcp_timer.c tcp_orphan_retries`,
  },
  {
    key: 'net.ipv4.tcp_keepalive_time', unit: 'seconds', range: [1, 32767], since: '2.2', defaults: defaults('7200'), socketOption: 'TCP_KEEPIDLE',
    doc: 'Silence after which the first keepalive probe is sent, on sockets with SO_KEEPALIVE.',
    story:
      'Nothing happens unless the program set SO_KEEPALIVE: the sysctl switches keepalive on for nobody. Two hours is the least that RFC 9293 allows as default; NAT and firewalls forget connections far sooner (often after 5 to 60 minutes), so programs set TCP_KEEPIDLE. While unacknowledged data is in flight retransmission is at work and no keepalive is sent, so a dead peer is then found by tcp_retries2 or TCP_USER_TIMEOUT.',
    see: ['net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_retries2'], source: `${IP_SYSCTL}; RFC 9293 3.8.4`,
  },
  {
    key: 'net.ipv4.tcp_keepalive_intvl', unit: 'seconds', range: [1, 32767], since: '2.2', defaults: defaults('75'), socketOption: 'TCP_KEEPINTVL',
    doc: 'Time between two keepalive probes that are not answered.',
    story:
      'Probes do not back off: the distance stays the same. After tcp_keepalive_probes of them without answer the connection fails with ETIMEDOUT and a RST is sent. With the defaults a vanished peer is noticed 7200 + 9 x 75 s after the last traffic, a little over two hours and eleven minutes.',
    see: ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_keepalive_probes'], source: `${IP_SYSCTL}; RFC 9293 3.8.4`,
  },
  {
    key: 'net.ipv4.tcp_keepalive_probes', unit: 'count', range: [1, 127], since: '2.2', defaults: defaults('9'), socketOption: 'TCP_KEEPCNT',
    doc: 'How many keepalive probes may stay unanswered before the connection is given up.',
    story:
      'A single answer starts the count anew. Too small a number turns a short network outage into lost connections. TCP_USER_TIMEOUT, where set, decides instead of this count.',
    see: ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_keepalive_intvl'], source: `${IP_SYSCTL}; RFC 9293 3.8.4`,
  },
  {
    key: 'net.ipv4.tcp_retries1', unit: 'count', range: [1, 255], since: '2.2', defaults: defaults('3'),
    doc: 'After this many timeouts TCP asks the network layer to look for a better route.',
    story:
      'The connection is not given up: the kernel drops its cached route and, with tcp_mtu_probing=1, suspects an MTU black hole and tries smaller segments. RFC 9293 calls this threshold R1 and wants at least 3.',
    see: ['net.ipv4.tcp_retries2', 'net.ipv4.tcp_mtu_probing'], source: `${IP_SYSCTL}; RFC 9293 3.8.3`,
  },
  {
    key: 'net.ipv4.tcp_retries2', unit: 'count', range: [0, 255], since: '2.2', defaults: defaults('15'), socketOption: 'TCP_USER_TIMEOUT',
    doc: 'How long an established connection tries to deliver data before it fails with ETIMEDOUT.',
    story:
      'The number is turned into a time: what 15 doublings from the smallest RTO (200 ms, at most 120 s each) would take, 924.6 s. With a larger real RTO fewer retransmissions are seen. RFC 9293 (R2) asks for at least 100 s, which is 8. Lowering it makes programs notice dead peers sooner only while they have data in flight; an idle connection needs keepalive. TCP_USER_TIMEOUT sets it per socket in milliseconds and is the better tool.',
    see: ['net.ipv4.tcp_retries1', 'net.ipv4.tcp_rto_max_ms', 'net.ipv4.tcp_keepalive_time'], source: `${IP_SYSCTL}; RFC 9293 3.8.3`,
  },
  {
    key: 'net.ipv4.tcp_challenge_ack_limit', unit: 'count', since: '3.6', defaults: defaults('2147483647 @6.0, 1000 @4.7, 100'),
    doc: 'How many challenge ACKs the host sends per second.',
    story:
      'A RST or SYN that lies in the window but is not exact is answered with an ACK that the true peer would correct (RFC 5961). The one counter for all connections let an attacker measure who talks to whom, hence no limit today; each socket has its own (tcp_invalid_ratelimit).',
    see: ['net.ipv4.tcp_invalid_ratelimit'], source: `${IP_SYSCTL}; RFC 5961 7`,
  },
  {
    key: 'net.ipv4.tcp_invalid_ratelimit', unit: 'milliseconds', since: '4.0', defaults: defaults('500'),
    doc: 'Least time between two ACKs of one connection that answer segments outside the window.',
    story:
      'A segment with impossible numbers, or one that PAWS rejects, is answered with an ACK. If both ends think so of each other (a middlebox rewrote numbers) they would answer each other for ever; this keeps such a loop to two a second. 0 means no limit.',
    see: ['net.ipv4.tcp_challenge_ack_limit'], source: `${IP_SYSCTL}; RFC 9293 3.10.7.4`,
  },
  {
    key: 'net.ipv4.ip_local_port_range', unit: 'port range', since: '2.2', defaults: defaults('32768 60999 @4.2, 32768 61000'), socketOption: 'IP_LOCAL_PORT_RANGE, bind()',
    doc: 'The ports that connect() chooses from when the program did not bind one.',
    story:
      'About 28 000 ports per destination address and port: with 60 s of TIME-WAIT that is some 470 new connections per second to one server from one address before EADDRNOTAVAIL. Widening it to 1024 65000 collides with services that listen there; reserve those in ip_local_reserved_ports. Keeping connections open, or a second address, helps more.',
    see: ['net.ipv4.tcp_tw_reuse', 'net.ipv4.ip_local_reserved_ports'], source: `${IP_SYSCTL}; RFC 6056 3.2`,
  },
  {
    key: 'net.ipv4.ip_local_reserved_ports', unit: 'port range', since: '2.6.35', defaults: defaults('empty'),
    doc: 'Ports that connect() never chooses by itself.',
    story: 'A list such as "8080,9000-9100". A program that binds one of them explicitly still gets it. Needed when the local port range covers ports on which services listen, or they may find their port taken at start.',
    see: ['net.ipv4.ip_local_port_range'], source: IP_SYSCTL,
  },
  {
    key: 'net.ipv4.tcp_fwmark_accept', unit: 'switch', since: '3.15', defaults: defaults('0'),
    doc: 'Accepted sockets take over the firewall mark of the SYN.',
    story: 'With policy routing by mark the answers then leave through the same routing table by which the SYN was marked. Listeners with a mark of their own are not touched.',
    see: ['net.ipv4.tcp_l3mdev_accept'], source: IP_SYSCTL,
  },
  {
    key: 'net.ipv4.tcp_l3mdev_accept', unit: 'switch', since: '4.5', defaults: defaults('0'),
    doc: 'A listener outside of any VRF also takes connections that arrive in one.',
    story: 'The accepted socket is bound to the VRF (L3 master device) in which the SYN arrived. Without it a listener must run in each VRF. Present only in kernels with CONFIG_NET_L3_MASTER_DEV.',
    see: ['net.ipv4.tcp_fwmark_accept'], source: `${IP_SYSCTL}; Linux Documentation/networking/vrf.rst`,
  },
  {
    key: 'net.ipv4.tcp_reflect_tos', unit: 'switch', since: '5.10', defaults: defaults('0'),
    doc: 'The server answers with the DSCP of the SYN.',
    story: 'Both directions of a connection then get the same class of service. It concerns listening sockets, for IPv4 and IPv6; a network that rewrites DSCP on the way defeats it.',
    see: [], source: IP_SYSCTL,
  },
  {
    key: 'net.ipv4.tcp_early_demux', unit: 'switch', since: '4.12', defaults: defaults('1'),
    doc: 'Finds the socket of an incoming segment before routing it.',
    story: 'Saves a route look-up for segments of established connections. On a pure router it costs a little for nothing.',
    see: [], source: IP_SYSCTL,
  },
  {
    key: 'net.ipv4.tcp_ehash_entries', unit: 'count', since: '6.1', defaults: defaults('by memory'), readOnly: true,
    doc: 'Number of hash buckets for TCP sockets in this network namespace.',
    story: 'For reading only. A negative number says that the namespace shares the table of the first one. The boot parameter thash_entries sets it for the host.',
    see: ['net.ipv4.tcp_child_ehash_entries'], source: IP_SYSCTL,
  },
  {
    key: 'net.ipv4.tcp_child_ehash_entries', unit: 'count', since: '6.1', defaults: defaults('0'),
    doc: 'Hash buckets that the next new network namespace gets for itself; 0: it shares those of the host.',
    story: 'Set it before unshare() or clone(). A table of its own keeps a noisy container from lengthening the chains of others, at the cost of memory; the defaults of tcp_max_tw_buckets and tcp_max_syn_backlog there follow from it.',
    see: ['net.ipv4.tcp_ehash_entries'], source: IP_SYSCTL,
  },
];
