import type { FindingSpec } from '../finding';

const ABORT_NEXT =
  'The log of the side that sent it, at this time. On Linux: nstat -az TcpExtTCPAbortOnClose (closed with unread data) TcpExtTCPAbortOnData (SO_LINGER 0, or data after close) TcpExtTCPAbortOnTimeout TcpExtTCPAbortOnMemory.';
const ABORT_STORY =
  'A RST throws the connection away: what is not read yet is lost, and the other side gets ECONNRESET. Usual reasons: close() with unread data in the receive buffer, SO_LINGER with timeout 0, data for a socket that was closed already, a process or ' +
  'a host that is gone, or a device on the way that forges the RST.';

/** Findings about RST. */
export const RESET_SPECS: readonly FindingSpec[] = [
  {
    id: 'reset.by-client',
    severity: 'error',
    title: 'Reset by the client',
    doc: 'The client aborted the connection with a RST while it was open.',
    story: ABORT_STORY,
    next: ABORT_NEXT,
    sources: 'RFC 9293 3.5.2, 3.10.5; RFC 1122 4.2.2.13; Linux net/ipv4/tcp.c tcp_close',
  },
  {
    id: 'reset.by-server',
    severity: 'error',
    title: 'Reset by the server',
    doc: 'The server aborted the connection with a RST while it was open.',
    story: ABORT_STORY,
    next: ABORT_NEXT,
    sources: 'RFC 9293 3.5.2, 3.10.5; RFC 1122 4.2.2.13; Linux net/ipv4/tcp.c tcp_close',
  },
  {
    id: 'reset.idle-timeout',
    severity: 'warning',
    title: 'Reset after idling',
    doc: 'A RST right after a long silence: an idle timer ran out, in the application or in a device on the way.',
    story: 'Load balancers, NAT gateways and firewalls forget idle flows (350 s, 4 min, 1 h are common) and then answer the next segment with RST, or drop it. Servers close idle connections too, but mostly with FIN.',
    next: 'Compare the length of the silence with the idle timeouts on the way and in the application; send keep-alives at half of the shortest (net.ipv4.tcp_keepalive_time, TCP_KEEPIDLE).',
    sources: 'RFC 5382 5 (REQ-5); RFC 1122 4.2.3.6',
    explains: ['idle.long'],
  },
  {
    id: 'reset.injected',
    severity: 'warning',
    title: 'RST from somebody else?',
    doc: 'The RST does not fit its sender: its time to live or its sequence number differs from what that end sent before.',
    story: 'Firewalls, intrusion prevention, rate limiters and censors forge RSTs in the name of an end. They start from another distance and often from another operating system. A time to live that is still 64, 128 or 255 has passed no router: its sender stands next to the capture point.',
    next: 'Capture at the end that seems to have sent it: a forged RST is not there.',
    sources: 'RFC 5961 3; RFC 3360',
  },
  {
    id: 'reset.challenged',
    severity: 'info',
    title: 'Challenge ACK',
    doc: 'A RST or SYN that was not exactly in sequence was answered by a challenge ACK instead of being obeyed.',
    story: 'RFC 5961 protects connections against blind attackers: a RST must carry exactly RCV.NXT. Anything else in the window gets an ACK back; a real peer that has no state answers that with a RST that fits.',
    next: 'nstat -az TcpExtTCPChallengeACK TcpExtTCPSYNChallenge.',
    sources: 'RFC 5961 3.2, 4.2',
  },
  {
    id: 'reset.after-close',
    severity: 'info',
    title: 'RST after the close',
    doc: 'A RST after both ends had closed in order.',
    story: 'Mostly harmless: a late segment met a socket that was gone, or an application that closes with FIN and then aborts what is left to skip TIME-WAIT.',
    next: 'Nothing, unless data was lost with it.',
    sources: 'RFC 9293 3.10.7.1',
  },
];
