import type { FindingSpec } from '../finding';

/** What a connection uses, and what its numbers did: nothing is wrong. */
export const OPTION_SPECS: readonly FindingSpec[] = [
  {
    id: 'urgent.data',
    severity: 'info',
    title: 'Urgent data',
    doc: 'A side used the urgent pointer.',
    story: 'The pointer names the byte after the last urgent one. Urgent data is no second channel and does not travel faster: the sockets API takes the last urgent byte out of the stream (MSG_OOB), unless SO_OOBINLINE is set. New programs should not use it.',
    next: 'Telnet, rlogin and FTP aborts use it. Elsewhere ask why; some middleboxes clear the flag.',
    sources: 'RFC 9293 3.8.5; RFC 6093',
  },
  {
    id: 'mptcp',
    severity: 'info',
    title: 'Multipath TCP',
    doc: 'The connection offers or uses Multipath TCP.',
    story: 'Several TCP subflows carry one connection. Each subflow has its own sequence numbers, acknowledgments and losses; the data sequence of the whole lies in the DSS option. What looks like a gap in one subflow may have gone over another.',
    next: 'ss -M, ip mptcp endpoint show. Look at all subflows together: they share a token.',
    sources: 'RFC 8684',
  },
  {
    id: 'md5',
    severity: 'info',
    title: 'TCP MD5 signature',
    doc: 'Segments are signed with the TCP MD5 option.',
    story: 'BGP routers use it against forged resets. Each segment carries a digest with a shared key; a wrong one is dropped silently, so a wrong key looks like "no answer".',
    next: 'If the connection does not come up: the keys at both ends, nstat -az TcpExtTCPMD5Failure TcpExtTCPMD5NotFound.',
    sources: 'RFC 2385; RFC 5925',
  },
  {
    id: 'ao',
    severity: 'info',
    title: 'TCP authentication option',
    doc: 'Segments are signed with TCP-AO.',
    story: 'The successor of the MD5 option: several keys, better algorithms, keys that roll over. A segment that does not verify is dropped silently.',
    next: 'If the connection does not come up: key ids and algorithms at both ends; nstat -az TcpExtTCPAOBad TcpExtTCPAOKeyNotFound.',
    sources: 'RFC 5925; RFC 5926',
  },
  {
    id: 'wrap.sequence',
    severity: 'info',
    title: 'Sequence numbers wrapped',
    doc: 'The sequence numbers passed 2^32 in this stream.',
    story: 'It happens after 4 GiB, or at once when the initial number was high: it is chosen at random. All comparisons are modulo 2^32; with timestamps even a fast wrap within one segment lifetime is safe (PAWS).',
    next: 'Nothing.',
    sources: 'RFC 9293 3.4; RFC 7323 5',
  },
];
