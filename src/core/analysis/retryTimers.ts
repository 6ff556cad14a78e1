import { NANOS_PER_SECOND, type Nanoseconds } from '../bytes/units';

/** Arithmetic of Linux's retransmission and keepalive timers (net/ipv4/tcp_timer.c). */

export function intervalsOf(times: readonly Nanoseconds[]): Nanoseconds[] {
  return times.slice(1).map((time, i) => time - times[i]!);
}

export interface SynPattern {
  /** Values of tcp_syn_linear_timeouts that fit, or null when too few retries tell. */
  readonly linear: readonly [number, number] | null;
  /** The wait that would come next. */
  readonly next: Nanoseconds;
}

/** Steps alike within this share count as equal; a doubled one is far beyond it. */
const ALIKE = 0.3;
const MOST_LINEAR = 127;

/**
 * With L linear timeouts the waits are L + 1 times the first one (the last of them is the first exponential one, times 2^0),
 * then doubled each time.
 */
export function synPattern(waits: readonly Nanoseconds[]): SynPattern {
  const first = waits[0]!;
  let equal = 0;
  while (equal < waits.length && Math.abs(waits[equal]! / first - 1) < ALIKE) equal++;
  const doubled = equal < waits.length;
  const next = doubled ? waits.at(-1)! * 2 : first * 2;
  if (!doubled && equal < 2) return { linear: null, next };
  return { linear: doubled ? [equal - 1, equal - 1] : [equal - 1, MOST_LINEAR], next };
}

const RTO_MIN = 0.2 * NANOS_PER_SECOND;
const RTO_MAX = 120 * NANOS_PER_SECOND;
const MOST_RETRIES = 255;

/** The time after which a sender with tcp_retries2 = `retries` gives up: what doubling waits from 200 ms would take. */
export function retriesTimeout(retries: number): Nanoseconds {
  const doublings = Math.floor(Math.log2(RTO_MAX / RTO_MIN));
  if (retries <= doublings) return (2 ** (retries + 1) - 1) * RTO_MIN;
  return (2 ** (doublings + 1) - 1) * RTO_MIN + (retries - doublings) * RTO_MAX;
}

/** Values of tcp_retries2 with which a sender still tries at `tried` and has given up at `ended`; null when none fits. */
export function retriesBehind(tried: Nanoseconds, ended: Nanoseconds): readonly [number, number] | null {
  let least = -1;
  let most = -1;
  for (let retries = 0; retries <= MOST_RETRIES; retries++) {
    const timeout = retriesTimeout(retries);
    // Timers fire late, never early.
    if (timeout * 1.02 <= tried || timeout > ended * 1.02) continue;
    if (least < 0) least = retries;
    most = retries;
  }
  return least < 0 ? null : [least, most];
}

/**
 * Whole seconds that a timer can have been set to, when these are the times after which it fired: it fires late by up to the
 * factor `late` and `slack`, but not early. Null when the times do not agree.
 */
export function timerRange(fired: readonly Nanoseconds[], slack: Nanoseconds, late: number): readonly [number, number] | null {
  if (fired.length === 0) return null;
  let least = 0;
  let most = Infinity;
  for (const time of fired) {
    least = Math.max(least, Math.ceil((time - slack) / late / NANOS_PER_SECOND - 0.02));
    most = Math.min(most, Math.floor((time + slack) / NANOS_PER_SECOND));
  }
  return most >= 1 && least <= most ? [Math.max(1, least), most] : null;
}
