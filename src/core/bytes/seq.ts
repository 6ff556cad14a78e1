/**
 * Sequence-number arithmetic modulo 2^32 (RFC 9293 3.4). The only place where sequence numbers are compared.
 * At exactly 2^31 apart both `after` and `before` hold, as in tshark.
 */

/** (x - y) mod 2^32, 0..2^32-1. */
export function seqDiff(x: number, y: number): number {
  return (x - y) >>> 0;
}

/** x + n mod 2^32. */
export function seqAdd(x: number, n: number): number {
  return (x + n) >>> 0;
}

/** x lies 1..2^31 beyond y. */
export function seqAfter(x: number, y: number): boolean {
  const d = (x - y) >>> 0;
  return d !== 0 && d <= 0x80000000;
}

/** x lies 1..2^31 behind y. */
export function seqBefore(x: number, y: number): boolean {
  return (x - y) >>> 0 >= 0x80000000;
}

/** x is y or lies behind it. */
export function seqNotAfter(x: number, y: number): boolean {
  const d = (x - y) >>> 0;
  return d === 0 || d >= 0x80000000;
}
