/**
 * The Internet checksum (RFC 1071): ones' complement sum of 16-bit words. Sums are kept unfolded below 2^53 by the callers'
 * bounds (a packet of 64 KiB adds at most 2^31).
 */

/** Adds the words of `b[start, end)` to `sum`; an odd last byte counts as the high half of a word. */
export function addWords(sum: number, b: Uint8Array, start: number, end: number): number {
  let at = start;
  for (; at + 1 < end; at += 2) sum += (b[at]! << 8) | b[at + 1]!;
  return at < end ? sum + (b[at]! << 8) : sum;
}

/** Folds the carries back in: 0..0xffff. */
export function foldSum(sum: number): number {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
}

/** Adds a 32-bit word of a pseudo-header. */
export function addLong(sum: number, word: number): number {
  return sum + (word >>> 16) + (word & 0xffff);
}
