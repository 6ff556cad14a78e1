import { NANOS_PER_SECOND, type Nanoseconds } from './units';

/** Nanoseconds up to here are exact in a double: 104 days. */
export const MAX_EXACT: Nanoseconds = Number.MAX_SAFE_INTEGER;

const PER_SECOND = BigInt(NANOS_PER_SECOND);

/**
 * Nanoseconds in two parts: the nearest double, and what rounding took from it (0 within 104 days). A capture whose clock was set
 * meanwhile, or that was joined from others, holds times that are years apart.
 */
export type SplitTime = readonly [nanos: Nanoseconds, rest: number];

/** The rest of `time`, which is the double for `seconds` and `nanos`; 0 where it is exact, or beyond any clock. */
export function timeRest(seconds: number, nanos: number, time: Nanoseconds): number {
  if (Math.abs(time) <= MAX_EXACT || !Number.isSafeInteger(seconds)) return 0;
  const rest = Number(BigInt(seconds) * PER_SECOND + BigInt(nanos) - BigInt(time));
  return Math.abs(rest) < 0x8000 ? rest : 0;
}

/** Nanoseconds from one time to another. */
export function timeBetween(from: Nanoseconds, fromRest: number, to: Nanoseconds, toRest: number): SplitTime {
  const apart = to - from;
  if (fromRest === 0 && toRest === 0 && Math.abs(apart) <= MAX_EXACT) return [apart, 0];
  const exact = BigInt(to) + BigInt(toRest) - BigInt(from) - BigInt(fromRest);
  const nanos = Number(exact);
  return [nanos, Number(exact - BigInt(nanos))];
}

/** Whole seconds, rounded down, and the nanoseconds 0..999999999 on top of them. */
export function wholeSeconds(nanos: Nanoseconds, rest = 0): readonly [seconds: number, nanos: number] {
  if (rest === 0 && Math.abs(nanos) <= MAX_EXACT) {
    const seconds = Math.floor(nanos / NANOS_PER_SECOND);
    return [seconds, Math.round(nanos - seconds * NANOS_PER_SECOND)];
  }
  const exact = BigInt(Math.round(nanos)) + BigInt(rest);
  const within = ((exact % PER_SECOND) + PER_SECOND) % PER_SECOND;
  return [Number((exact - within) / PER_SECOND), Number(within)];
}
