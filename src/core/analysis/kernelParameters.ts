import { NANOS_PER_SECOND, NO_PACKET, UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, AE, CWR, ECE, FIN, RST, SYN } from '../decode/segment';
import { LABEL_KEEP_ALIVE, LABEL_ZERO_WINDOW_PROBE } from './segmentAnalysis';
import { made, type Draft, type InferredParameter, type ParameterInput, type ParameterSegment } from './inferredParameter';
import { intervalsOf, retriesBehind, synPattern, timerRange } from './retryTimers';

/** The arithmetic behind kernel parameters that are read back from a connection. */

const MOST_BUFFER = 2 ** 31 - 1;
/** A copy of a packet that the network or the capture made follows sooner than any timer. */
const COPY = 0.1 * NANOS_PER_SECOND;
const MS = 1e6;
/** Linux's timer wheel fires up to an eighth late for long timers, and scheduling adds some. */
const LATE = 1.13;
const SLACK = 60 * MS;
/** Without options: the MSS does not allow for those (RFC 6691 2). */
const TCP_HEADER = 20;
/** The default of tcp_retries2: a sender that tries as long needs no other reason to stop. */
const USUAL_RETRIES = 15;
/** TIME-WAIT of Linux, and how old it must be before connect() may take it over (tcp_tw_reuse_delay). */
const TIME_WAIT = 60 * NANOS_PER_SECOND;
const REUSE_AFTER = 0.95 * NANOS_PER_SECOND;
/** Copies that must go by without a D-SACK before that means something: some never reach the receiver. */
const COPIES_TELL = 3;

/** All that can be told of both ends, ends in order, in the order of a connection's life. */
export function inferParameters(input: ParameterInput): InferredParameter[] {
  return [...timeWaitReuse(input), ...synRetries(input), ...synAckRetries(input), ...offers(input), ...duplicateSacks(input), ...initialWindow(input), ...delayedAck(input), ...retransmissions(input), ...stalledUntilTimeout(input), ...keepalive(input)];
}

const other = (end: Direction): Direction => (end ? 0 : 1);

/** A connection from a port whose last one was in TIME-WAIT at the same end. A server takes such a SYN whatever its settings (RFC 6191). */
function timeWaitReuse({ segments, ends, previous, loopback }: ParameterInput): InferredParameter[] {
  const first = segments[0];
  if (!previous || !first || (first.flags & (SYN | ACK)) !== SYN || previous.timeWait !== first.direction || !ends[first.direction].syn?.timestamps) return [];
  const age = first.time - previous.time;
  if (age < REUSE_AFTER || age > TIME_WAIT) return [];
  return [made({ id: 'time-wait-reuse', end: first.direction, sysctl: 'net.ipv4.tcp_tw_reuse', values: loopback ? [1, 2] : [1], figure: age, confidence: 'likely', packets: [previous.packet, first.packet] })];
}

/** Whether copies of data were reported. */
function duplicateSacks({ ends }: ParameterInput): InferredParameter[] {
  const found: InferredParameter[] = [];
  for (const end of [0, 1] as const) {
    const { copyAnswers, syn } = ends[end];
    if (!syn?.sackPermitted || !ends[other(end)].syn?.sackPermitted) continue;
    const reports = copyAnswers.filter((a) => a.dsack);
    if (reports.length > 0) found.push(made({ id: 'dsack', end, sysctl: 'net.ipv4.tcp_dsack', values: [1], packets: reports.map((a) => a.packet) }));
    else if (copyAnswers.length >= COPIES_TELL) found.push(made({ id: 'dsack', end, sysctl: 'net.ipv4.tcp_dsack', values: [0], confidence: 'likely', packets: copyAnswers.map((a) => a.packet) }));
  }
  return found;
}

/** Repeated SYNs without any answer. */
function synRetries({ segments, captureEnd, disturbed }: ParameterInput): InferredParameter[] {
  const first = segments[0];
  if (!first || !(first.flags & SYN) || first.flags & ACK) return [];
  const end = first.direction;
  const syns: ParameterSegment[] = [];
  for (const s of segments) if (s.direction === end && (s.flags & (SYN | ACK)) === SYN && s.seq === first.seq && !(s.time - (syns.at(-1)?.time ?? -Infinity) < COPY)) syns.push(s);
  const answered = segments.some((s) => s.direction !== end);
  if (syns.length < 2) return [];
  const packets = syns.map((s) => s.packet);
  const found: InferredParameter[] = [];
  if (!segments.some((s) => s.direction !== end && s.time < syns[1]!.time)) found.push(made({ id: 'initial-rto', end, sysctl: '', figure: syns[1]!.time - first.time, packets: packets.slice(0, 2) }));
  const pattern = synPattern(intervalsOf(syns.map((s) => s.time)));
  if (pattern.linear) found.push(made({ id: 'syn-linear-timeouts', end, sysctl: 'net.ipv4.tcp_syn_linear_timeouts', range: pattern.linear, packets }));
  // Linear repetitions come on top of tcp_syn_retries: only where their number is known can those be counted.
  if (pattern.linear?.[0] !== pattern.linear?.[1] || !pattern.linear) return found;
  const retries = Math.max(1, syns.length - 1 - pattern.linear[0]);
  const silent = !answered && !disturbed && captureEnd - syns.at(-1)!.time > 1.5 * pattern.next;
  found.push(made({ id: 'syn-retries', end, sysctl: 'net.ipv4.tcp_syn_retries', range: [retries, silent ? retries : 127], confidence: silent ? 'likely' : 'certain', packets }));
  return found;
}

/** Repeated SYN/ACKs that no SYN asked for again. */
function synAckRetries({ segments, captureEnd }: ParameterInput): InferredParameter[] {
  const found: InferredParameter[] = [];
  for (const end of [0, 1] as const) {
    const first = segments.find((s) => s.direction === end && (s.flags & (SYN | ACK)) === (SYN | ACK));
    if (!first) continue;
    const own: ParameterSegment[] = [];
    let asked = true;
    let done = false;
    for (const s of segments) {
      if (s.direction !== end) {
        if (s.flags & SYN) asked = true;
        if (s.flags & RST) done = true;
      } else if ((s.flags & (SYN | ACK)) === (SYN | ACK) && s.seq === first.seq) {
        if (own.length > 0 && s.time - own.at(-1)!.time < COPY) continue;
        if (own.length === 0 || !asked) own.push(s);
        asked = false;
      } else done = true;
    }
    const retries = own.length - 1;
    if (retries < 1) continue;
    const [a, b] = [own[0]!, own[1]!];
    // Once the client has answered, TCP_DEFER_ACCEPT may let the timer pass by.
    if (!segments.some((s) => s.direction !== end && s.time > a.time && s.time < b.time)) found.push(made({ id: 'initial-rto', end, sysctl: '', figure: b.time - a.time, packets: [a.packet, b.packet] }));
    const wait = intervalsOf(own.map((s) => s.time)).at(-1)! * 2;
    const silent = !done && captureEnd - own.at(-1)!.time > 1.5 * wait;
    found.push(made({ id: 'synack-retries', end, sysctl: 'net.ipv4.tcp_synack_retries', range: [retries, silent ? retries : 255], confidence: silent ? 'likely' : 'certain', packets: own.map((s) => s.packet) }));
  }
  return found;
}

/** What the SYNs offer. What a server leaves out says something only if the client offered it. */
function offers({ ends, ipHeader }: ParameterInput): InferredParameter[] {
  const found: InferredParameter[] = [];
  for (const end of [0, 1] as const) {
    const syn = ends[end].syn;
    if (!syn) continue;
    const packets = [syn.packet];
    const server = (syn.flags & ACK) !== 0;
    const asked = ends[other(end)].syn;
    const may = (offered: boolean | undefined): boolean => !server || offered === true;
    const say = (draft: Omit<Draft, 'end'>): void => void found.push(made({ ...draft, end, packets }));
    if (syn.mss !== null) say({ id: 'mss', sysctl: '', figure: syn.mss, range: ipHeader ? [syn.mss + ipHeader + TCP_HEADER, syn.mss + ipHeader + TCP_HEADER] : null });
    // A SYN cookie without timestamps has no room for the other options: then their absence says nothing.
    const cookie = server && !syn.timestamps;
    if (may(asked?.windowScale !== null && asked !== null) && !(cookie && syn.windowScale === null)) say({ id: 'window-scaling', sysctl: 'net.ipv4.tcp_window_scaling', values: [syn.windowScale !== null ? 1 : 0] });
    // A program that set SO_RCVBUF makes the shift smaller: the sysctls are known from below only. Shift 0 says nothing.
    if (syn.windowScale !== null && syn.windowScale > 0) say({ id: 'receive-buffer', sysctl: 'net.ipv4.tcp_rmem', range: [2 ** (Math.min(14, syn.windowScale) + 15), MOST_BUFFER], figure: syn.windowScale });
    if (may(asked?.sackPermitted) && !(cookie && !syn.sackPermitted)) say({ id: 'sack', sysctl: 'net.ipv4.tcp_sack', values: [syn.sackPermitted ? 1 : 0] });
    // The MD5 option takes the place of timestamps.
    if (may(asked?.timestamps) && (syn.timestamps || !syn.otherOptions)) say({ id: 'timestamps', sysctl: 'net.ipv4.tcp_timestamps', values: syn.timestamps ? [1, 2] : [0] });
    const ecn = ecnValues(syn.flags, server, asked?.flags ?? 0);
    if (ecn) say({ id: 'ecn', sysctl: 'net.ipv4.tcp_ecn', values: ecn, confidence: 'likely' });
    if (syn.fastOpen && !server) say({ id: 'fast-open', sysctl: 'net.ipv4.tcp_fastopen', figure: 1 });
    const clock = ends[end].clock;
    if (clock) {
      const [[t1, v1], [t2, v2]] = clock;
      const rate = ((v2 - v1) >>> 0) / ((t2 - t1) / NANOS_PER_SECOND);
      if (rate > 0.5 && rate < 2_000_000) say({ id: 'timestamp-clock', sysctl: '', figure: rate });
    }
  }
  return found;
}

/** Values of tcp_ecn that a SYN or SYN/ACK fits; null: nothing to say. */
function ecnValues(flags: number, server: boolean, asked: number): readonly number[] | null {
  const bits = flags & (AE | CWR | ECE);
  if (!server) return bits === (AE | CWR | ECE) ? [3] : bits === (CWR | ECE) ? [1, 4] : bits === 0 ? [0, 2, 5] : null;
  if (!(asked & ECE)) return null;
  // A server that does not agree has it off, or something on the way cleared the bits: nothing certain.
  return bits === ECE ? [1, 2, 3, 4, 5] : bits === 0 ? null : [3, 4, 5];
}

/** Segments of the first flight of data, before any of it is acknowledged. */
function initialWindow({ segments }: ParameterInput): InferredParameter[] {
  const found: InferredParameter[] = [];
  for (const end of [0, 1] as const) {
    const mine: ParameterSegment[] = [];
    for (const s of segments) {
      if (s.direction === end) {
        if (s.length > 0 && s.length !== UNKNOWN_LENGTH && !(s.flags & SYN)) mine.push(s);
      } else if (mine.length > 0 && s.flags & ACK && ((s.ack - mine[0]!.seq) | 0) > 0) break;
    }
    // A program that had no more to send shows nothing.
    if (mine.length >= 4) found.push(made({ id: 'initial-window', end, sysctl: '', figure: mine.length, packets: [mine[0]!.packet, mine.at(-1)!.packet] }));
  }
  return found;
}

/** Pure ACKs that come clearly later than the path takes: held back to ride on data. */
function delayedAck({ segments, rtt }: ParameterInput): InferredParameter[] {
  if (!(rtt < 12 * MS)) return [];
  const found: InferredParameter[] = [];
  const times = new Map(segments.map((s) => [s.packet, s.time]));
  for (const end of [0, 1] as const) {
    const held: { readonly packet: PacketIndex; readonly delay: Nanoseconds }[] = [];
    let previous: ParameterSegment | null = null;
    for (const s of segments) {
      if (s.direction === end && s.length === 0 && (s.flags & (SYN | FIN | RST | ACK)) === ACK && s.acksPacket !== NO_PACKET && s.labels === 0 && previous?.packet === s.acksPacket && previous.length > 0 && !(previous.flags & (SYN | FIN))) {
        const delay = s.time - times.get(s.acksPacket)!;
        if (delay > 25 * MS && delay < 600 * MS) held.push({ packet: s.packet, delay });
      }
      previous = s;
    }
    if (held.length === 0) continue;
    const sorted = held.map((h) => h.delay).sort((a, b) => a - b);
    found.push(made({ id: 'delayed-ack', end, sysctl: '', figure: sorted[sorted.length >>> 1]!, packets: held.map((h) => h.packet), confidence: 'likely' }));
  }
  return found;
}

/** Timeouts of data: their floor, and how long a sender tries. */
function retransmissions({ segments, captureEnd, rtt, disturbed }: ParameterInput): InferredParameter[] {
  const found: InferredParameter[] = [];
  for (const end of [0, 1] as const) {
    const run = longestRun(segments, end);
    if (!run) continue;
    const times = run.sent.map((s) => s.time);
    const waits = intervalsOf(times);
    const packets = run.sent.map((s) => s.packet);
    // Doubling waits are the timer's; a shorter first one is a probe or a fast retransmission.
    const from = waits.findIndex((wait, i) => i + 1 < waits.length && Math.abs(waits[i + 1]! / wait - 2) < 0.25);
    if (from >= 0) {
      const rto = waits[from]!;
      // The RTO is the smoothed round trip plus at least the floor: on a short path it is hardly more than the floor.
      const least = rtt < 30 * MS && rto < 0.4 * NANOS_PER_SECOND ? Math.max(1, (rto - 3 * rtt - 50 * MS) / LATE) : 1000;
      found.push(made({ id: 'rto-min', end, sysctl: 'net.ipv4.tcp_rto_min_us', range: [Math.floor(least / 1000), Math.ceil((rto + MS) / 1000)], confidence: 'likely', packets: packets.slice(from, from + 3) }));
    }
    if (run.sent.length < 4 || disturbed) continue;
    const last = times.at(-1)!;
    const next = 2 * waits.at(-1)!;
    // Giving up is silent (tcp_write_err): a RST means that the program, or what is left of it, ended the connection.
    const silent = run.reset === null && !run.answered && captureEnd - last > 1.5 * next;
    const retries = retriesBehind(last - times[0]!, silent ? last + next - times[0]! : Infinity);
    if (!retries) continue;
    found.push(made({ id: 'data-retries', end, sysctl: 'net.ipv4.tcp_retries2', range: silent ? retries : [retries[0], 255], confidence: silent ? 'likely' : 'certain', packets }));
    // Counted from the first retransmission (since Linux 4.19 the last wait is cut to fit) or, at most, from the first sending.
    if (silent && retries[1] < USUAL_RETRIES) {
      found.push(made({ id: 'user-timeout', end, sysctl: '', range: [Math.floor((last - times[1]!) / MS), Math.ceil((last + next * LATE - times[0]!) / MS)], confidence: 'likely', packets }));
    }
  }
  return found;
}

/** Probes of a closed window that stop although they were answered: tcp_retries2 counts unanswered ones only. */
function stalledUntilTimeout({ segments, captureEnd, disturbed }: ParameterInput): InferredParameter[] {
  if (disturbed) return [];
  const found: InferredParameter[] = [];
  for (const end of [0, 1] as const) {
    let closedAt = NaN;
    let probes: ParameterSegment[] = [];
    let answered = false;
    let over = false;
    for (const s of segments) {
      if (s.flags & (SYN | FIN | RST)) over ||= (s.flags & (FIN | RST)) !== 0;
      else if (s.direction !== end) {
        if (s.hasWindow && s.window > 0) [closedAt, probes, answered] = [NaN, [], false];
        else if (s.hasWindow && Number.isNaN(closedAt)) closedAt = s.time;
        else if (s.hasWindow && probes.length > 0) answered = true;
      } else if (!Number.isNaN(closedAt) && s.labels & (LABEL_KEEP_ALIVE | LABEL_ZERO_WINDOW_PROBE)) probes.push(s);
    }
    if (over || !answered || probes.length < 2) continue;
    const times = probes.map((s) => s.time);
    const last = times.at(-1)!;
    const next = 2 * intervalsOf(times).at(-1)!;
    if (captureEnd - last <= 1.5 * next) continue;
    found.push(made({ id: 'user-timeout', end, sysctl: '', range: [Math.floor((last - times[0]!) / MS), Math.ceil((last + next * LATE - closedAt) / MS)], confidence: 'likely', packets: probes.map((s) => s.packet) }));
  }
  return found;
}

interface Run {
  readonly sent: ParameterSegment[];
  /** The sender gave up with a RST at this time. */
  reset: Nanoseconds | null;
  answered: boolean;
}

/** The longest row of sendings of the same data (or FIN) by one end, without an answer between. */
function longestRun(segments: readonly ParameterSegment[], end: Direction): Run | null {
  let best: Run | null = null;
  let run: Run | null = null;
  for (const s of segments) {
    if (s.flags & SYN) continue;
    if (s.direction !== end) {
      if (run) run.answered = true;
      run = null;
      continue;
    }
    if (s.flags & RST) {
      if (run) run.reset = s.time;
      run = null;
      continue;
    }
    const carries = (s.length > 0 && s.length !== UNKNOWN_LENGTH) || (s.flags & FIN) !== 0;
    if (!carries || s.labels & LABEL_KEEP_ALIVE) continue;
    const after = run ? (s.seq - run.sent[0]!.seq) | 0 : -1;
    // New data while older is unacknowledged: the older one stays the one that the timer repeats.
    if (run && after > 0) continue;
    if (run && after === 0) run.sent.push(s);
    else run = { sent: [s], reset: null, answered: false };
    if (run.sent.length > (best?.sent.length ?? 1)) best = run;
  }
  return best;
}

/** Keepalive probes: silence before the first, distance, and how many were tried. */
function keepalive({ segments, rtt }: ParameterInput): InferredParameter[] {
  const found: InferredParameter[] = [];
  const path = Number.isNaN(rtt) ? 0 : rtt;
  for (const end of [0, 1] as const) {
    const rows = probeRows(segments, end);
    if (rows.length === 0) continue;
    const idle = rows.map((row) => row.idle).filter((value) => value !== null);
    const packets = rows.flatMap((row) => row.probes.map((s) => s.packet));
    const seconds = (values: readonly Nanoseconds[]): readonly [number, number] | null => timerRange(values, path + SLACK, LATE);
    const time = seconds(idle);
    if (time) found.push(made({ id: 'keepalive-time', end, sysctl: 'net.ipv4.tcp_keepalive_time', range: time, confidence: 'likely', packets }));
    const distances = rows.flatMap((row) => intervalsOf(row.probes.map((s) => s.time)));
    const interval = seconds(distances);
    if (interval) found.push(made({ id: 'keepalive-interval', end, sysctl: 'net.ipv4.tcp_keepalive_intvl', range: interval, confidence: 'likely', packets }));
    const longest = rows.reduce((a, b) => (b.probes.length > a.probes.length ? b : a));
    if (longest.probes.length >= 2) {
      const tried = longest.probes.length;
      found.push(made({ id: 'keepalive-probes', end, sysctl: 'net.ipv4.tcp_keepalive_probes', range: [tried, longest.reset ? tried : 127], confidence: 'likely', packets: longest.probes.map((s) => s.packet) }));
    }
  }
  return found;
}

interface ProbeRow {
  readonly probes: ParameterSegment[];
  /** Since the end last heard of its peer; null when it had not. */
  readonly idle: Nanoseconds | null;
  reset: boolean;
}

/** Rows of keepalive probes without an answer between. Probes of a closed window look alike and are left out. */
function probeRows(segments: readonly ParameterSegment[], end: Direction): ProbeRow[] {
  const rows: ProbeRow[] = [];
  let row: ProbeRow | null = null;
  let heard: Nanoseconds | null = null;
  let closed = false;
  for (const s of segments) {
    if (s.direction !== end) {
      // A probe of the peer lies before the window: it is answered, but does not count as a sign of life.
      if (s.labels & LABEL_KEEP_ALIVE) continue;
      heard = s.time;
      if (!(s.flags & (SYN | RST))) closed = s.hasWindow && s.window === 0;
      row = null;
      continue;
    }
    if (s.flags & RST) {
      if (row) row.reset = true;
      row = null;
    } else if (s.labels & LABEL_KEEP_ALIVE && !closed) {
      if (row) row.probes.push(s);
      else rows.push((row = { probes: [s], idle: heard === null ? null : s.time - heard, reset: false }));
    } else if (s.length > 0) row = null;
  }
  return rows;
}
