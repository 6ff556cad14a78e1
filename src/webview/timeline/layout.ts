import { NO_PACKET } from '../../core/bytes/units';
import * as api from '../../core/timelineApi';
import type { SegmentRef } from '../state/timelineStore';

/** Where the parts of the ladder stand, in pixels from the left. */
export interface LadderColumns {
  readonly width: number;
  /** Frame numbers end here (0: not shown), times end here. */
  readonly numberEnd: number;
  readonly timeEnd: number;
  readonly clientBand: number;
  readonly serverBand: number;
  readonly bandWidth: number;
  readonly clientLane: number;
  readonly serverLane: number;
}

const NARROW = 600;
/** Room between a band and its lane for the brackets that join what was sent again. */
const LINK = 18;

export function ladderColumns(width: number, timeWidth: number, numberWidth: number): LadderColumns {
  const narrow = width < NARROW;
  const bandWidth = narrow ? 14 : Math.min(112, Math.round(width * 0.13));
  const numberEnd = narrow ? 0 : 8 + numberWidth;
  const timeEnd = (narrow ? 4 : numberEnd + 10) + timeWidth;
  const clientBand = timeEnd + 8;
  const serverBand = Math.max(clientBand + bandWidth + 2 * LINK + 40, width - bandWidth - 4);
  return { width, numberEnd, timeEnd, clientBand, serverBand, bandWidth, clientLane: clientBand + bandWidth + LINK, serverLane: serverBand - LINK };
}

/** A segment's line on screen. */
export interface DrawnSegment {
  readonly rank: number;
  /** Pixels from the top. */
  readonly y: number;
  /** Undefined: not read yet. */
  readonly ref: SegmentRef | undefined;
  /** There is room for words above the line. */
  readonly words: boolean;
}

/** Pixels that words take above their line. */
export const WORDS_HEIGHT = 14;

/** Places the segments [first, last); words go where they overlap neither words nor lines above, and at the one that `always` names. */
export function placeSegments(first: number, last: number, at: (rank: number) => SegmentRef | undefined, y: (rank: number, ref: SegmentRef | undefined) => number | null, always: number | null): DrawnSegment[] {
  const drawn: DrawnSegment[] = [];
  let before = -Infinity;
  for (let rank = first; rank < last; rank++) {
    const ref = at(rank);
    const place = y(rank, ref);
    if (place === null) continue;
    drawn.push({ rank, y: place, ref, words: place - before >= WORDS_HEIGHT || rank === always });
    before = place;
  }
  return drawn;
}

/** A stretch of time in which an end has one state. */
export interface StateRun {
  readonly end: 'client' | 'server';
  readonly state: number;
  readonly observed: boolean;
  readonly top: number;
  readonly bottom: number;
  /** A segment in it, for asking what led here; -1 when only sums are known. */
  readonly rank: number;
  /** The state began here (not only the knowledge of it). */
  readonly begins: boolean;
}

/** What stands beside each other along one lane: its value holds from one y to the next. */
interface Step {
  readonly y: number;
  readonly states: number;
  readonly marks: number;
  readonly rank: number;
}

/** State bands of both ends. `before` is what holds above the first step. */
export function stateRuns(steps: readonly Step[], before: Step | null, top: number, bottom: number): StateRun[] {
  return (['client', 'server'] as const).flatMap((end) => {
    const bit = end === 'client' ? api.MARK_OBSERVED_CLIENT : api.MARK_OBSERVED_SERVER;
    const shift = end === 'client' ? 0 : 4;
    const runs: StateRun[] = [];
    let open = null as Omit<StateRun, 'bottom'> | null;
    for (const step of before ? [{ ...before, y: top }, ...steps] : steps) {
      const state = (step.states >> shift) & 0x0f;
      const observed = (step.marks & bit) !== 0;
      if (open?.state === state && open.observed === observed) continue;
      if (open && step.y > open.top) runs.push({ ...open, bottom: step.y });
      open = { end, state, observed, top: step.y, rank: step.rank, begins: open?.state !== state };
    }
    if (open) runs.push({ ...open, bottom });
    return runs;
  });
}

/** Runs in which the name of their state stands: where it begins, or the first that is tall enough after it. */
export function namedRuns(runs: readonly StateRun[], least: number): ReadonlySet<StateRun> {
  const named = new Set<StateRun>();
  for (const end of ['client', 'server'] as const) {
    let pending = true;
    for (const run of runs) {
      if (run.end !== end) continue;
      pending ||= run.begins;
      if (!pending || run.bottom - Math.max(0, run.top) < least) continue;
      named.add(run);
      pending = false;
    }
  }
  return named;
}

/** Stretches in which an end's receive window is closed. */
export function closedSpans(steps: readonly Step[], before: Step | null, top: number, bottom: number): readonly { readonly end: 'client' | 'server'; readonly top: number; readonly bottom: number }[] {
  return (['client', 'server'] as const).flatMap((end) => {
    const bit = end === 'client' ? api.MARK_CLOSED_CLIENT : api.MARK_CLOSED_SERVER;
    const spans: { end: 'client' | 'server'; top: number; bottom: number }[] = [];
    let from: number | null = null;
    for (const step of before ? [{ ...before, y: top }, ...steps] : steps) {
      const closed = (step.marks & bit) !== 0;
      if (closed) from ??= step.y;
      else if (from !== null) {
        spans.push({ end, top: from, bottom: step.y });
        from = null;
      }
    }
    if (from !== null) spans.push({ end, top: from, bottom });
    return spans;
  });
}

/** Values along the lanes at the segments that have been read. */
export function stepsOf(drawn: readonly DrawnSegment[]): Step[] {
  return drawn.flatMap(({ rank, y, ref }) => (ref ? [{ rank, y, states: ref.columns.states[ref.i]!, marks: ref.columns.marks[ref.i]! }] : []));
}

/** A bracket between a segment and the one that sent its bytes again; an end outside the screen is cut at its edge. */
export interface Link {
  readonly server: boolean;
  readonly top: number;
  readonly bottom: number;
  /** Which of the two segments are on screen. */
  readonly fromSeen: boolean;
  readonly toSeen: boolean;
  /** Place beside the lane, 0 nearest. */
  readonly lane: number;
  readonly from: number;
  readonly to: number;
}

const LINK_LANES = 3;
const MOST_LINKS = 400;

export function linksOf(drawn: readonly DrawnSegment[], y: (rank: number) => number): Link[] {
  const links: Omit<Link, 'lane'>[] = [];
  const first = drawn[0]?.rank ?? 0;
  const last = drawn.at(-1)?.rank ?? -1;
  const seen = (rank: number): boolean => rank >= first && rank <= last;
  for (const { rank, y: at, ref } of drawn) {
    if (!ref || links.length >= MOST_LINKS) continue;
    const server = (ref.columns.marks[ref.i]! & api.MARK_SERVER) !== 0;
    const before = ref.columns.sentBefore[ref.i]!;
    const again = ref.columns.sentAgain[ref.i]!;
    if (before !== NO_PACKET) links.push({ server, top: seen(before) ? y(before) : -10, bottom: at, fromSeen: seen(before), toSeen: true, from: before, to: rank });
    if (again !== NO_PACKET && !seen(again)) links.push({ server, top: at, bottom: y(again), fromSeen: true, toSeen: false, from: rank, to: again });
  }
  links.sort((a, b) => a.top - b.top);
  const free = { client: new Array<number>(LINK_LANES).fill(-Infinity), server: new Array<number>(LINK_LANES).fill(-Infinity) };
  return links.map((link) => {
    const lanes = free[link.server ? 'server' : 'client'];
    let lane = lanes.findIndex((bottom) => bottom < link.top);
    if (lane < 0) lane = LINK_LANES - 1;
    lanes[lane] = link.bottom;
    return { ...link, lane };
  });
}
