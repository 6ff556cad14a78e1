/** Which end of a segment looks like the server when no SYN was seen: a port heuristic, always shown as a guess. */
export function serverLooksLike(srcPort: number, dstPort: number): 'src' | 'dst' | 'unknown' {
  const rankOf = (port: number): number => (port === 0 ? 3 : port < 1024 ? 0 : port < 32768 ? 1 : 2);
  const src = rankOf(srcPort);
  const dst = rankOf(dstPort);
  if (src !== dst) return src < dst ? 'src' : 'dst';
  return 'unknown';
}
