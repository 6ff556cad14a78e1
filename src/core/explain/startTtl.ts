/** Times to live that systems start with: a packet that still has one has passed no router (RFC 1700 64; Windows 128; 255). */
export const START_TTLS: readonly number[] = [64, 128, 255];
/** Paths have fewer routers. */
export const MOST_ROUTERS = 40;

/** Routers that a packet has passed, if its sender began with the smallest usual start value that fits. */
export function routersPassed(ttl: number): number {
  return (START_TTLS.find((start) => start >= ttl) ?? 255) - ttl;
}
