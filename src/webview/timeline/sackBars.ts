import * as api from '../../core/timelineApi';
import type { DrawnSegment } from './layout';

/** What a segment reports with SACK blocks, as places 0..1 in the sequence numbers that the segments on screen report. */
export interface SackReport {
  readonly y: number;
  readonly server: boolean;
  /** Where the cumulative acknowledgment stands. */
  readonly ack: number;
  readonly blocks: readonly { readonly from: number; readonly to: number; /** Below the acknowledgment: received twice (RFC 2883). */ readonly again: boolean }[];
}

interface Raw {
  readonly y: number;
  readonly ack: number;
  readonly edges: number[];
}

/** The SACK blocks of the segments on screen. All reports of one end share one scale: a hole stays in its column until it is filled. */
export function sackReports(drawn: readonly DrawnSegment[]): SackReport[] {
  const sides = { client: [] as Raw[], server: [] as Raw[] };
  const blocks = blocksOf(drawn);
  for (const segment of drawn) {
    const edges = blocks.get(segment);
    const { ref } = segment;
    if (!ref || !edges || !(ref.columns.known[ref.i]! & api.TIMELINE_ACK)) continue;
    sides[ref.columns.marks[ref.i]! & api.MARK_SERVER ? 'server' : 'client'].push({ y: segment.y, ack: ref.columns.ack[ref.i]!, edges });
  }
  return (['client', 'server'] as const).flatMap((end) => scaled(sides[end], end === 'server'));
}

function scaled(raws: readonly Raw[], server: boolean): SackReport[] {
  const base = raws[0]?.ack ?? 0;
  // Distances modulo 2^32, up to 2^31 to either side.
  const at = (seq: number): number => (seq - base) | 0;
  let low = Infinity;
  let high = -Infinity;
  for (const { ack, edges } of raws) {
    for (const seq of [ack, ...edges]) {
      low = Math.min(low, at(seq));
      high = Math.max(high, at(seq));
    }
  }
  const place = (seq: number): number => (high > low ? (at(seq) - low) / (high - low) : 0);
  return raws.map(({ y, ack, edges }) => {
    const blocks = [];
    for (let k = 0; k < edges.length; k += 2) {
      const [from, to] = [place(edges[k]!), place(edges[k + 1]!)];
      if (from <= to) blocks.push({ from, to, again: at(edges[k + 1]!) <= at(ack) });
    }
    return { y, server, ack: place(ack), blocks };
  });
}

/** Left and right edges by segment. */
function blocksOf(drawn: readonly DrawnSegment[]): ReadonlyMap<DrawnSegment, number[]> {
  const byColumns = new Map<api.TimelineSegments, Map<number, DrawnSegment>>();
  for (const segment of drawn) {
    if (!segment.ref || segment.ref.columns.sacks.length === 0) continue;
    let places = byColumns.get(segment.ref.columns);
    if (!places) {
      places = new Map<number, DrawnSegment>();
      byColumns.set(segment.ref.columns, places);
    }
    places.set(segment.ref.i, segment);
  }
  const found = new Map<DrawnSegment, number[]>();
  for (const [{ sacks }, places] of byColumns) {
    for (let k = 0; k + 2 < sacks.length; k += 3) {
      const segment = places.get(sacks[k]!);
      if (!segment) continue;
      const edges = found.get(segment);
      if (edges) edges.push(sacks[k + 1]!, sacks[k + 2]!);
      else found.set(segment, [sacks[k + 1]!, sacks[k + 2]!]);
    }
  }
  return found;
}
