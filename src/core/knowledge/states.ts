import {
  CLOSED, CLOSE_WAIT, CLOSING, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, LAST_ACK, LISTEN, SYN_RECEIVED, SYN_SENT, TIME_WAIT,
} from '../stream/endpointStates';

/** One connection state. English source strings: whoever shows them passes them through `t`. */
export interface StateSpec {
  /** Number in core/stream/endpointStates. */
  readonly state: number;
  /** One line: what the end is doing. */
  readonly doc: string;
  /** How long it lasts, what Linux does, what goes wrong. */
  readonly story: string;
  /** How ss and netstat write it. */
  readonly ss: string;
  readonly source: string;
  /** Kernel parameters that govern it. */
  readonly see: readonly string[];
}

const RFC = 'RFC 9293 3.3.2';

export const STATES: readonly StateSpec[] = [
  {
    state: CLOSED, ss: 'UNCONN', source: `${RFC}, 3.10.7.1`, see: [],
    doc: 'There is no connection.',
    story: 'It stands before the beginning and after the end. Whatever arrives for a connection that is closed, other than a RST, is answered with a RST: this is how a host that has restarted tells its peers.',
  },
  {
    state: LISTEN, ss: 'LISTEN', source: `${RFC}, 3.10.7.2`, see: ['net.core.somaxconn', 'net.ipv4.tcp_max_syn_backlog', 'net.ipv4.tcp_syncookies'],
    doc: 'Waits for a SYN from anybody.',
    story: 'The listening socket itself stays in LISTEN for as long as the program wants; each SYN makes a new entry in its SYN queue. Finished handshakes wait in the accept queue, whose limit is min(backlog of listen(), somaxconn). In a trace the server is taken to be here before it answers.',
  },
  {
    state: SYN_SENT, ss: 'SYN-SENT', source: `${RFC}, 3.10.7.3`, see: ['net.ipv4.tcp_syn_retries', 'net.ipv4.tcp_syn_linear_timeouts'],
    doc: 'Has sent a SYN and waits for the answer.',
    story: 'It lasts one round trip, or until the SYN retries are used up (131 s on Linux with its defaults), a RST refuses the connection, or the program\'s own connect timeout strikes. Repeated SYNs here mean that nobody answers: host down, firewall, or an overloaded server that drops them.',
  },
  {
    state: SYN_RECEIVED, ss: 'SYN-RECV', source: `${RFC}, 3.10.7.4`, see: ['net.ipv4.tcp_synack_retries', 'net.ipv4.tcp_max_syn_backlog', 'net.ipv4.tcp_abort_on_overflow'],
    doc: 'Has answered a SYN and waits for the ACK of its own.',
    story: 'It lasts one round trip. Longer: the final ACK was lost, the SYN was forged (a flood), or the accept queue is full and the kernel ignores the ACK. Linux repeats the SYN/ACK after 1, 2, 4 s and so on, five times. Linux keeps no socket for it, only a small request entry.',
  },
  {
    state: ESTABLISHED, ss: 'ESTAB', source: `${RFC}, 3.10.7.4`, see: ['net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_retries2'],
    doc: 'The connection is open: data may flow both ways.',
    story: 'It lasts until one side closes or resets, for years if nobody speaks: TCP does not notice a silent peer that has vanished. Only data that is not acknowledged (tcp_retries2), keepalive, or TCP_USER_TIMEOUT end it. The client gets here with the SYN/ACK, half a round trip before the server does.',
  },
  {
    state: FIN_WAIT_1, ss: 'FIN-WAIT-1', source: `${RFC}, 3.6`, see: ['net.ipv4.tcp_orphan_retries', 'net.ipv4.tcp_max_orphans'],
    doc: 'Has closed and sent its FIN; the ACK of it is missing.',
    story: 'It lasts one round trip. Longer when data before the FIN cannot be delivered: the peer\'s window is closed, or the peer is gone. After close() Linux gives up after tcp_orphan_retries; after shutdown() the program still owns the socket.',
  },
  {
    state: FIN_WAIT_2, ss: 'FIN-WAIT-2', source: `${RFC}, 3.6`, see: ['net.ipv4.tcp_fin_timeout'],
    doc: 'Its FIN is acknowledged; the peer has not closed yet.',
    story: 'This end can still receive (half-close). It lasts until the peer closes; the peer is in CLOSE-WAIT meanwhile. When the program has called close(), Linux waits tcp_fin_timeout (60 s) and then forgets the connection: a late FIN or data is answered with RST. tcp_fin_timeout is about this state, not about TIME-WAIT.',
  },
  {
    state: CLOSING, ss: 'CLOSING', source: `${RFC}, 3.6`, see: [],
    doc: 'Both have sent a FIN at the same time; the ACK of its own is missing.',
    story: 'The FINs crossed on the way: a simultaneous close. It lasts until the ACK comes, then both ends go to TIME-WAIT. Rare, and nothing is wrong.',
  },
  {
    state: TIME_WAIT, ss: 'TIME-WAIT', source: `${RFC}, 3.6.1, 3.4.3; RFC 6191`, see: ['net.ipv4.tcp_tw_reuse', 'net.ipv4.tcp_max_tw_buckets', 'net.ipv4.tcp_rfc1337', 'net.ipv4.ip_local_port_range'],
    doc: 'Both directions are closed; old segments are waited out.',
    story: 'The end that closed first waits: to acknowledge a repeated FIN if the last ACK was lost, and to keep old segments out of a new connection with the same four numbers. RFC 9293 asks for two maximum segment lifetimes (4 minutes); Linux waits a fixed 60 s that no sysctl changes. It costs no file descriptor. Only a client that opens very many connections to one address and port can run out of ports; see tcp_tw_reuse. A server listening on the port is not hindered (SO_REUSEADDR lets it start again).',
  },
  {
    state: CLOSE_WAIT, ss: 'CLOSE-WAIT', source: `${RFC}, 3.6`, see: ['net.ipv4.tcp_keepalive_time'],
    doc: 'The peer has closed; the program here has not.',
    story: 'This end may go on sending. It lasts until the program calls close(), for ever if it forgets to: a pile of CLOSE-WAIT is a leak in this end\'s program, and no kernel parameter cures it. The peer sits in FIN-WAIT-2 meanwhile, or has already forgotten the connection.',
  },
  {
    state: LAST_ACK, ss: 'LAST-ACK', source: `${RFC}, 3.6`, see: ['net.ipv4.tcp_orphan_retries'],
    doc: 'Was closed second and has sent its FIN; the ACK of it is missing.',
    story: 'It lasts one round trip; then this end is CLOSED at once, without TIME-WAIT. When the ACK is lost the FIN is sent again, and the peer answers from TIME-WAIT.',
  },
];

export function findState(state: number): StateSpec | null {
  return STATES.find((spec) => spec.state === state) ?? null;
}
