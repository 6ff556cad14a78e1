import type { FindingSpec } from '../finding';

/** Findings about the path: packet sizes, congestion marks, damage, old segments. */
export const PATH_SPECS: readonly FindingSpec[] = [
  {
    id: 'mtu.black-hole',
    severity: 'error',
    title: 'MTU black hole',
    doc: 'Full-size segments vanish while small ones pass.',
    story:
      'A link on the path carries smaller packets than the sender uses. The packets have DF set, the router drops them, and its ICMP message ("fragmentation needed", "packet too big") never reaches the sender, mostly because a firewall drops all ICMP. ' +
      'The handshake and small requests work; the first large answer hangs.',
    next: 'Let ICMP type 3 code 4 and ICMPv6 type 2 through. Until then: clamp the MSS on the router (nft tcp option maxseg size set rt mtu), or net.ipv4.tcp_mtu_probing = 1 at the sender. Find the limit with tracepath or ping -M do -s SIZE.',
    sources: 'RFC 2923 2.1; RFC 1191 6; RFC 8201 4; RFC 4821',
    explains: ['loss.timeout', 'loss.tail', 'loss.dead', 'loss.fast-retransmit'],
  },
  {
    id: 'mtu.reduced',
    severity: 'info',
    title: 'Small MTU',
    doc: 'The MSS or the path MTU is below what Ethernet carries.',
    story: 'A tunnel (VPN, PPPoE, VXLAN), a router that lowers the MSS in SYNs, or a small interface MTU. The MSS counts data without TCP and IP options; with timestamps each segment carries 12 bytes less.',
    next: 'Nothing if it is meant. Otherwise ip link (MTU), tunnels, and MSS clamping on the way: compare the SYN at both ends.',
    sources: 'RFC 6691; RFC 9293 3.7.1; RFC 1191',
  },
  {
    id: 'paws.rejected',
    severity: 'warning',
    title: 'Old timestamp rejected (PAWS)',
    doc: 'A segment came with an older timestamp than one before it, and the receiver threw it away.',
    story:
      'Timestamps guard against old duplicates: a segment whose TSval is older than the last one taken is dropped and answered with an ACK, whatever its sequence number. Behind it stand two clocks on one address (a load balancer or NAT that mixes hosts), a changed timestamp offset, ' +
      'or a very late packet.',
    next: 'nstat -az TcpExtPAWSEstab at the receiver. Look whether the TSvals of this sender come from one clock; on NAT and load balancers whether they rewrite or mix connections.',
    sources: 'RFC 7323 5; Linux net/ipv4/tcp_input.c tcp_paws_discard',
    explains: ['loss.timeout', 'loss.tail', 'loss.fast-retransmit'],
  },
  {
    id: 'checksum.wrong',
    severity: 'warning',
    title: 'Wrong checksum',
    doc: 'Some segments were damaged: their TCP checksum does not fit.',
    story: 'The receiver drops such a segment silently, so it shows as loss. Bad memory, a faulty cable or card, or a middlebox that rewrites payload. Checksums that the sending machine leaves to its network card are told apart and do not count.',
    next: 'nstat -az TcpInCsumErrors at the receiver; counters of the interfaces on the way (ethtool -S), cables, cards.',
    sources: 'RFC 9293 3.1 (MUST-2, MUST-3)',
  },
  {
    id: 'ecn.marked',
    severity: 'info',
    title: 'ECN marks',
    doc: 'Routers marked congestion instead of dropping, and the ends reacted.',
    story: 'The CE mark in the IP header is echoed by the receiver with ECE until the sender answers with CWR. One run of ECE is one signal. Nothing has to be sent again; the sender slows down as after a loss.',
    next: 'Nothing: it works as it should. Many signals mean that the path is full.',
    sources: 'RFC 3168 6.1; RFC 9768',
  },
  {
    id: 'ecn.refused',
    severity: 'info',
    title: 'ECN not taken up',
    doc: 'The client offered ECN in its SYN and the server did not accept.',
    story: 'CWR and ECE on a SYN are the offer; the answer is ECE alone on the SYN/ACK (for AccECN one of several combinations). Without it the connection works as ever, and congestion shows as loss. Linux servers accept by default (net.ipv4.tcp_ecn = 2).',
    next: 'net.ipv4.tcp_ecn at the server (0 refuses); a middlebox may clear the bits.',
    sources: 'RFC 3168 6.1.1; RFC 9768 3.1.1',
  },
  {
    id: 'ecn.bleached',
    severity: 'info',
    title: 'ECN marks missing',
    doc: 'ECN was agreed, but data packets carry no ECN mark where they were captured.',
    story: 'Some routers clear the ECN field of every packet. Then no congestion can be signalled and ECN is in vain. A capture at the sender shows whether the marks were ever set: pure ACKs and retransmissions carry none by rule.',
    next: 'Capture at both ends and compare the ECN field (ip.dsfield.ecn).',
    sources: 'RFC 3168 5, 6.1.4, 6.1.5; RFC 8311',
  },
];
