import { NANOS_PER_SECOND, NO_PACKET, UNKNOWN_LENGTH, type Direction, type Nanoseconds, type PacketIndex } from '../bytes/units';
import { ACK, AE, CWR, ECE, FIN, RST, SYN } from '../decode/segment';
import { LABEL_KEEP_ALIVE } from './segmentAnalysis';
import { intervalsOf, retriesBehind, synPattern, timerRange } from './retryTimers';

/**
 * Kernel parameters read back from one connection: what a host must have been set to, to behave as the capture shows.
 * Every statement is a range (or a set of values) of one sysctl, or of what a socket option sets for this socket alone.
 */

export type ParameterId =
  | 'syn-retries' | 'syn-linear-timeouts' | 'synack-retries' | 'rto-min' | 'data-retries' | 'keepalive-time' | 'keepalive-interval' | 'keepalive-probes'
  | 'window-scaling' | 'receive-buffer' | 'sack' | 'timestamps' | 'timestamp-clock' | 'ecn' | 'fast-open' | 'mss' | 'initial-window' | 'delayed-ack';

/** One statement. Numbers are in the sysctl's own unit. */
export interface InferredParameter {
  readonly id: ParameterId;
  /** Endpoint that it is about: 0 = A. */
  readonly end: Direction;
  /** The sysctl that governs it; empty where Linux has none. */
  readonly sysctl: string;
  /** Smallest and largest value that fits; null: not a range. */
  readonly range: readonly [number, number] | null;
  /** The only values that fit; null: not a set. */
  readonly values: readonly number[] | null;
  /** A figure without a sysctl (ticks per second, segments, bytes, nanoseconds); null otherwise. */
  readonly figure: number | null;
  /** 'certain': nothing else can have caused it on Linux. 'likely': a socket option or the program itself could. */
  readonly confidence: 'certain' | 'likely';
  /** Packets that show it, at most 8. */
  readonly packets: readonly PacketIndex[];
}

/** One segment of the stream, in file order. */
export interface ParameterSegment {
  readonly packet: PacketIndex;
  readonly time: Nanoseconds;
  readonly direction: Direction;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  /** Payload bytes, or UNKNOWN_LENGTH. */
  readonly length: number;
  /** The source shows the window; `window` is scaled, and means nothing without. */
  readonly hasWindow: boolean;
  readonly window: number;
  readonly labels: number;
  readonly acksPacket: PacketIndex;
}

/** What an end's SYN offered, and clock readings of its segments. */
export interface ParameterEnd {
  readonly syn: { readonly packet: PacketIndex; readonly flags: number; readonly mss: number | null; readonly windowScale: number | null; readonly sackPermitted: boolean; readonly timestamps: boolean; readonly fastOpen: boolean; readonly otherOptions: boolean } | null;
  /** Two readings of the timestamp clock, far apart: [time, TSval]. */
  readonly clock: readonly [readonly [Nanoseconds, number], readonly [Nanoseconds, number]] | null;
}

export interface ParameterInput {
  readonly segments: readonly ParameterSegment[];
  readonly ends: readonly [ParameterEnd, ParameterEnd];
  /** Time of the last packet of the whole capture: silence until then means that nothing more was sent. */
  readonly captureEnd: Nanoseconds;
  /** Handshake round trip, or NaN. */
  readonly rtt: Nanoseconds;
  /** Packets that are not TCP stand among the stream's: an ICMP error may have ended it. */
  readonly disturbed: boolean;
}

const MOST_PACKETS = 8;
export const MOST_BUFFER = 2 ** 31 - 1;
/** A copy of a packet that the network or the capture made follows sooner than any timer. */
const COPY = 0.1 * NANOS_PER_SECOND;
const MS = 1e6;
/** Linux's timer wheel fires up to an eighth late for long timers, and scheduling adds some. */
const LATE = 1.13;
const SLACK = 60 * MS;

type Draft = Pick<InferredParameter, 'id' | 'end' | 'sysctl'> & Partial<InferredParameter>;

function made(draft: Draft): InferredParameter {
  return { range: null, values: null, figure: null, confidence: 'certain', ...draft, packets: (draft.packets ?? []).slice(0, MOST_PACKETS) };
}

/** All that can be told of both ends, ends in order, in the order of a connection's life. */
export function inferParameters(input: ParameterInput): InferredParameter[] {
  return [...synRetries(input), ...synAckRetries(input), ...offers(input), ...initialWindow(input), ...delayedAck(input), ...retransmissions(input), ...keepalive(input)];
}

const other = (end: Direction): Direction => (end ? 0 : 1);

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
  const pattern = synPattern(intervalsOf(syns.map((s) => s.time)));
  const found: InferredParameter[] = [];
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
        if (own.length === 0 || !asked) own.push(s);
        asked = false;
      } else done = true;
    }
    const retries = own.length - 1;
    if (retries < 1) continue;
    const wait = intervalsOf(own.map((s) => s.time)).at(-1)! * 2;
    const silent = !done && captureEnd - own.at(-1)!.time > 1.5 * wait;
    found.push(made({ id: 'synack-retries', end, sysctl: 'net.ipv4.tcp_synack_retries', range: [retries, silent ? retries : 255], confidence: silent ? 'likely' : 'certain', packets: own.map((s) => s.packet) }));
  }
  return found;
}

/** What the SYNs offer. What a server leaves out says something only if the client offered it. */
function offers({ ends }: ParameterInput): InferredParameter[] {
  const found: InferredParameter[] = [];
  for (const end of [0, 1] as const) {
    const syn = ends[end].syn;
    if (!syn) continue;
    const packets = [syn.packet];
    const server = (syn.flags & ACK) !== 0;
    const asked = ends[other(end)].syn;
    const may = (offered: boolean | undefined): boolean => !server || offered === true;
    const say = (draft: Omit<Draft, 'end'>): void => void found.push(made({ ...draft, end, packets }));
    if (syn.mss !== null) say({ id: 'mss', sysctl: '', figure: syn.mss });
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
    const ended = run.reset ?? (captureEnd - last > 1.5 * next && !run.answered ? last + next : null);
    const retries = retriesBehind(last - times[0]!, ended === null ? Infinity : ended - times[0]!);
    if (retries) found.push(made({ id: 'data-retries', end, sysctl: 'net.ipv4.tcp_retries2', range: ended === null ? [retries[0], 255] : retries, confidence: ended === null ? 'certain' : 'likely', packets }));
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
