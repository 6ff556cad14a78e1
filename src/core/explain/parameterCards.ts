import type { InferredParameter, ParameterId } from '../analysis/inferredParameter';
import { historyLines } from '../knowledge/sysctlCard';
import { findSysctl } from '../knowledge/sysctls';
import { t } from '../l10n';
import type { CardDocument, Inline, Rich } from './card';
import { bytes, duration, grouped, sentence, side } from './words';

/** What is told of each kind of parameter. English source strings. */
interface ParameterWords {
  readonly title: string;
  /** How it was found. */
  readonly rule: string;
  /** What else could look like this, and when changing it does not help. */
  readonly story: string;
  /** The socket option that sets the same, where the sysctl's entry does not name it. */
  readonly option?: string;
  readonly source: string;
}

const WORDS: Readonly<Record<ParameterId, ParameterWords>> = {
  'initial-rto': {
    title: 'First retransmission timeout', source: 'RFC 6298 2.1, 5.7; Linux include/net/tcp.h TCP_TIMEOUT_INIT',
    rule: 'The wait before the first repetition of a SYN or SYN/ACK that nobody had answered.',
    story: 'Before a round trip is known the timer starts with 1 s (RFC 6298); Linux before 3.1 and older systems took 3 s. No sysctl changes it on Linux. A SYN that is lost therefore costs a second at least, and a faster network does not help.',
  },
  'time-wait-reuse': {
    title: 'Reuse of TIME-WAIT', source: 'RFC 6191 2; Linux net/ipv4/tcp_ipv4.c tcp_twsk_unique',
    rule: 'This end closed the last connection on these ports first, so that it was in TIME-WAIT, and connects again from the same port within 60 s; both carry timestamps.',
    story:
      'Linux lets connect() do so with tcp_tw_reuse only, a second or more after the close. A NAT that gives the port to another host, a full tcp_max_tw_buckets, or a RST that ended TIME-WAIT unseen look the same. It helps a client that runs out of ports; it does nothing for a server, whose listener takes such a SYN in any case.',
  },
  dsack: {
    title: 'Duplicate SACK', source: 'RFC 2883 4; Linux net/ipv4/tcp_input.c tcp_dsack_set',
    rule: 'Data came that this end had acknowledged before: its answer reports the copy in the first SACK block, or three such answers do not.',
    story: 'Without it the other side cannot tell that its retransmission was needless, and does not undo the slow-down. Copies that are lost before they reach this end are not reported either: that it is off can only be likely.',
  },
  'user-timeout': {
    title: 'User timeout', source: 'RFC 9293 3.10.8; Linux net/ipv4/tcp_timer.c tcp_write_timeout, tcp_clamp_rto_to_user_timeout', option: 'TCP_USER_TIMEOUT',
    rule: 'The sender stopped repeating unacknowledged data long before 15 retries, or probes of a closed window that were answered: not earlier than from its first repetition to the last, not later than when the next one was due.',
    story:
      'If TCP_USER_TIMEOUT was set, it lies here. A tcp_retries2 that ends at the same time looks the same on the wire, as does a program that ends: the capture cannot tell which (but answered probes of a closed window do not count for tcp_retries2). Below 8 retries (RFC 9293 3.8.3 asks for 100 s) a setting of the socket is the better guess than one of the whole host. It limits how long sent data may stay unacknowledged; it is no limit for connect(), and an idle connection is not watched by it unless keepalive is on.',
  },
  'syn-retries': {
    title: 'SYN retries', source: 'RFC 6298 5.7; Linux net/ipv4/tcp_timer.c',
    rule: 'Counted: how often the same SYN was sent again, without the linear repetitions that come first.',
    story: 'Without an answer and with silence afterwards the count is complete. A program with a connect timeout of its own gives up sooner; TCP_SYNCNT sets it per socket. More retries do not help against a firewall that drops every SYN.',
  },
  'syn-linear-timeouts': {
    title: 'Linear SYN timeouts', source: 'Linux Documentation/networking/ip-sysctl.rst',
    rule: 'The waits between the SYNs: as many equal ones as this plus one, then doubling.',
    story: 'Linux before 6.5 doubles from the start, which looks like 0. Other systems have patterns of their own.',
  },
  'synack-retries': {
    title: 'SYN/ACK retries', source: 'RFC 6298 2.1; Linux net/ipv4/inet_connection_sock.c',
    rule: 'Counted: SYN/ACKs that came without another SYN before them.',
    story: 'They are repeated when the final ACK is lost, ignored because the accept queue is full, or deferred by TCP_DEFER_ACCEPT.',
  },
  'rto-min': {
    title: 'Smallest retransmission timeout', source: 'RFC 6298 2.4; Linux net/ipv4/tcp_input.c tcp_set_rto',
    rule: 'The first of two waits of which the second is twice as long: a timer that fired twice.',
    story: 'The timeout is the smoothed round trip plus at least this floor. A path with much variation has a longer one, so that the floor is then only known from above. "ip route ... rto_min" overrides it.',
  },
  'data-retries': {
    title: 'Retries of data', source: 'RFC 9293 3.8.3; Linux net/ipv4/tcp_timer.c retransmits_timed_out',
    rule: 'The time from the first sending to the last, and to where the next would have come, compared with what doubling waits from 200 ms make.',
    story: 'With silence at the end both limits hold. A RST instead comes from the program or from tcp_orphan_retries after close(): then it is known from below only. TCP_USER_TIMEOUT ends it sooner and looks the same. Lowering it for the whole host cuts connections that would have survived a short outage.',
  },
  'keepalive-time': {
    title: 'Keepalive time', source: 'RFC 9293 3.8.4; Linux net/ipv4/tcp_timer.c tcp_keepalive_timer',
    rule: 'The silence before the first probe.',
    story: 'SO_KEEPALIVE is on at this end; the time is the sysctl\'s or the one that TCP_KEEPIDLE set. It must be shorter than the idle timer of every NAT and firewall on the way.',
  },
  'keepalive-interval': {
    title: 'Keepalive interval', source: 'RFC 9293 3.8.4; Linux net/ipv4/tcp_timer.c tcp_keepalive_timer',
    rule: 'The distance between probes that were not answered.',
    story: 'The sysctl\'s, or what TCP_KEEPINTVL set.',
  },
  'keepalive-probes': {
    title: 'Keepalive probes', source: 'RFC 9293 3.8.4; Linux net/ipv4/tcp_timer.c tcp_keepalive_timer',
    rule: 'Counted: probes in a row without an answer.',
    story: 'Exact where a RST follows: the connection was given up. TCP_KEEPCNT or TCP_USER_TIMEOUT may have set another limit.',
  },
  'window-scaling': {
    title: 'Window scaling', source: 'RFC 7323 2.2',
    rule: 'The SYN carries the option, or does not although it could.',
    story: 'A middlebox may have removed it on the way to the capture. Scaling is in use only if both SYNs carry it.',
  },
  'receive-buffer': {
    title: 'Limit of the receive buffer', source: 'RFC 7323 2.3; Linux net/ipv4/tcp_output.c tcp_select_initial_window',
    rule: 'Linux offers the shift that the larger of tcp_rmem (third value) and rmem_max needs: that one is at least 2^(15 + shift), and less than twice that with auto-tuning.',
    story: 'A program that set SO_RCVBUF makes the shift smaller, so that the sysctls may be much larger. Raising them helps a long, fast path; it does not help a program that reads slowly.',
    option: 'SO_RCVBUF',
  },
  sack: {
    title: 'Selective acknowledgments', source: 'RFC 2018 2',
    rule: 'The SYN carries SACK permitted, or does not although it could.',
    story: 'Some firewalls remove the option. Without it recovery from several losses is slow.',
  },
  timestamps: {
    title: 'Timestamps', source: 'RFC 7323 3.2',
    rule: 'The SYN carries the option, or does not although it could.',
    story: 'Windows does not offer them by itself. Without them there is no PAWS, and tcp_tw_reuse does nothing.',
  },
  'timestamp-clock': {
    title: 'Timestamp clock', source: 'RFC 7323 5.4',
    rule: 'Ticks between the first and the last timestamp, divided by the time between them.',
    story: '1000 per second is Linux since 4.13 and most others; 250 and 100 are older Linux kernels by their HZ.',
  },
  ecn: {
    title: 'Explicit congestion notification', source: 'RFC 3168 6.1.1; RFC 9768 3.1',
    rule: 'The bits ECE, CWR and AE of the SYN.',
    story: 'Routes and congestion controls (DCTCP) can ask for it on their own; a repeated SYN does not ask any more (tcp_ecn_fallback), and the first one may have been lost before this capture point. Asking helps only if a router on the way marks.',
  },
  'fast-open': {
    title: 'TCP Fast Open', source: 'RFC 7413 4.1',
    rule: 'The SYN carries the Fast Open option.',
    story: 'The client has bit 1 of tcp_fastopen, and its program asked for it.',
  },
  mss: {
    title: 'MSS announced', source: 'RFC 9293 3.7.1; RFC 6691',
    rule: 'The MSS option of the SYN.',
    story: 'It follows from the MTU of the interface or route (MTU minus 40, or minus 60 for IPv6), unless a router lowered it on the way. TCP_MAXSEG sets it per socket, "ip route ... advmss" per route.',
    option: 'TCP_MAXSEG',
  },
  'initial-window': {
    title: 'First flight', source: 'RFC 6928 2',
    rule: 'Counted: segments of data before the first of them is acknowledged.',
    story: 'Linux starts with 10 segments; "ip route ... initcwnd" changes it. The true window is at least this: the program may have had no more to send. A capture before segmentation shows fewer, larger ones.',
  },
  'delayed-ack': {
    title: 'Delayed ACK', source: 'RFC 1122 4.2.3.2; RFC 9293 3.8.6.3',
    rule: 'The median of pure ACKs that came clearly later than the path takes.',
    story: 'Linux waits 40 ms and up to 200 ms; no sysctl sets it, TCP_QUICKACK suspends it for a moment. Meeting Nagle\'s algorithm at the other end, each turn costs this time.',
    option: 'TCP_QUICKACK',
  },
};

/** All kinds, for tests: each has its words. */
export const PARAMETER_IDS = Object.keys(WORDS) as readonly ParameterId[];

/** "4", "2 to 5", "at least 6", "0 or 2": the values that fit, or the figure. */
export function parameterText(p: InferredParameter): string {
  if (p.values) return p.values.length === 1 ? String(p.values[0]) : t('one of {0}', p.values.join(', '));
  switch (p.id) {
    case 'timestamp-clock':
      return t('{0} ticks per second', grouped(Math.round(p.figure ?? 0)));
    case 'mss':
      return p.range ? t('{0} (MTU {1})', bytes(p.figure ?? 0), grouped(p.range[0])) : bytes(p.figure ?? 0);
    case 'initial-window':
      return t('at least {0} segments', p.figure ?? 0);
    case 'delayed-ack':
    case 'initial-rto':
      return duration(p.figure ?? 0);
    case 'fast-open':
      return t('bit 1 set');
    default:
  }
  if (!p.range) return '';
  const [least, most] = p.range;
  if (p.id === 'user-timeout') return t('{0} to {1}', duration(least * 1e6), duration(most * 1e6));
  const top: Partial<Record<ParameterId, number>> = { 'syn-retries': 127, 'syn-linear-timeouts': 127, 'synack-retries': 255, 'data-retries': 255, 'keepalive-probes': 127, 'receive-buffer': 2 ** 31 - 1 };
  if (least === most) return grouped(least);
  return most === top[p.id] ? t('at least {0}', grouped(least)) : t('{0} to {1}', grouped(least), grouped(most));
}

/** The card of an inferred parameter: what it must be, the packets that show it, what governs it. */
export function parameterCard(p: InferredParameter, end: 'client' | 'server'): CardDocument {
  const words = WORDS[p.id];
  const spec = p.sysctl ? findSysctl(p.sysctl) : null;
  const here: Rich[] = [[t(words.rule)]];
  if (p.packets.length > 0) {
    const parts: Inline[] = [t('Shown by: ')];
    p.packets.forEach((packet, i) => parts.push(...(i > 0 ? [', '] : []), { packet, text: `#${packet + 1}` }));
    here.push(parts);
  }
  here.push([p.confidence === 'certain' ? t('Nothing else makes a Linux host behave like this.') : t('Likely: a socket option or the program itself could do the same.')]);
  const story: Rich[] = [[t(words.story)]];
  if (spec) {
    story.push([{ code: spec.key }, ` ${t(spec.doc)}`], ...historyLines(spec));
    story.push([t('Change it with '), { code: `sysctl -w ${spec.key}=…` }, t(', for good in a file under '), { code: '/etc/sysctl.d' }, '.']);
  }
  const option = spec?.socketOption ? undefined : words.option;
  if (option) story.push([t('For one socket: '), { code: option }, '.']);
  return {
    id: `parameter.${end}.${p.id}`,
    title: t(words.title),
    headline: [{ strong: `${sentence(side(end))}: ${t(words.title)}` }, ' ', parameterText(p), ...(p.sysctl ? [' ', { code: p.sysctl }] : [])],
    here,
    story,
    sources: words.source.split('; '),
    filter: '',
    copy: p.sysctl ? `${p.sysctl} = ${parameterText(p)}` : `${words.title}: ${parameterText(p)}`,
  };
}
