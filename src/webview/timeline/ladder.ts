import * as api from '../../core/timelineApi';
import type { CaptureState } from '../../core/engineApi';
import type { EditorViewState, TimeScale } from '../../rpc/webviewMessages';
import { timeBetween } from '../../core/bytes/farTime';
import { formatInstant, formatSeconds } from '../format/time';
import type { SegmentRef, TimelineStore } from '../state/timelineStore';
import { clampView, EvenAxis, fitPitch, revealView, timeStep, zoomView, type Extent, type Viewport } from './axis';
import { closedSpans, ladderColumns, linksOf, namedRuns, placeSegments, stateRuns, stepsOf, WORDS_HEIGHT, type DrawnSegment, type LadderColumns, type StateRun } from './layout';
import { Painter } from './paint';
import { sackReports, type SackReport } from './sackBars';
import { paintSacks } from './sackPaint';
import { segmentWords } from './segmentWords';
import type { Theme } from './theme';

/** Height of a row on the even scale, before anybody zooms. */
const ROW = 30;
const MOST_ROW = 90;
/** Nanoseconds are shown this wide at most. */
const MOST_NANO = 0.05;
/** More segments than this are drawn as sums. */
const MOST_DRAWN = 1500;
/** Pixels of one step of sums. */
const STEP = 2;

export interface LadderInput {
  readonly scale: TimeScale;
  readonly selected: number | null;
  readonly hovered: number | null;
  readonly state: CaptureState;
  readonly formats: Pick<EditorViewState, 'timeFormat' | 'sequenceFormat'>;
}

/** The ladder without its DOM: what part is shown, what lies where, and how it is drawn. */
export class Ladder {
  width = 0;
  height = 0;
  /** What the last frame drew; segments without data are placeholders. */
  drawn: readonly DrawnSegment[] = [];
  runs: readonly StateRun[] = [];
  columns: LadderColumns = ladderColumns(800, 60, 40);
  /** SACK blocks of what was drawn. */
  sacks: readonly SackReport[] = [];
  /** Sums were drawn instead of segments. */
  summed = false;
  private axis = new EvenAxis(0, new Uint32Array(0));
  private views: Record<TimeScale, Viewport | null> = { even: null, time: null };
  private scale: TimeScale = 'even';
  private axisOf: api.TimelineHead | null = null;

  constructor(private readonly store: TimelineStore) {}

  /** Another stream: begins at its top again. */
  reset(): void {
    this.views = { even: null, time: null };
  }

  setScale(scale: TimeScale): void {
    this.scale = scale;
  }

  private get head(): api.TimelineHead | null {
    const { head } = this.store;
    if (head !== this.axisOf) {
      this.axisOf = head;
      this.axis = new EvenAxis(head?.total ?? 0, head?.gaps ?? new Uint32Array(0));
    }
    return head;
  }

  private get extent(): Extent {
    const { head, height } = this;
    if (this.scale === 'even') return { length: this.axis.length, height, most: MOST_ROW, usual: ROW };
    return { length: Math.max(1, (head?.end ?? 0) - (head?.start ?? 0)), height, most: MOST_NANO, usual: Infinity };
  }

  get view(): Viewport {
    const { extent } = this;
    const held = this.views[this.scale];
    return clampView(held ?? { top: -Infinity, pitch: this.scale === 'even' ? ROW : fitPitch(extent) }, extent);
  }

  set view(view: Viewport) {
    this.views[this.scale] = view;
  }

  /** Part of the stream that is on screen, 0..1. */
  get shownPart(): { readonly from: number; readonly to: number } {
    const { view, extent } = this;
    return { from: Math.max(0, view.top / extent.length), to: Math.min(1, (view.top + this.height / view.pitch) / extent.length) };
  }

  pan(pixels: number): void {
    const { view } = this;
    this.view = clampView({ pitch: view.pitch, top: view.top + pixels / view.pitch }, this.extent);
  }

  zoom(factor: number, y: number): void {
    this.view = zoomView(this.view, factor, y, this.extent);
  }

  fit(): void {
    this.view = clampView({ top: -Infinity, pitch: fitPitch(this.extent) }, this.extent);
  }

  /** Centres on a part of the whole, 0..1. */
  centre(part: number): void {
    const { view, extent } = this;
    this.view = clampView({ pitch: view.pitch, top: part * extent.length - this.height / view.pitch / 2 }, extent);
  }

  /** The time on screen, 'all' when that is the whole stream; null where it is not known: sums on the even scale, segments that have not been read. */
  shownTime(): { readonly from: number; readonly to: number } | 'all' | null {
    const { head, view, height } = this;
    if (!head || head.total === 0) return null;
    const { from, to } = this.shownPart;
    if (from <= 0 && to >= 1) return 'all';
    if (this.scale === 'time') return { from: Math.max(head.start, head.start + view.top), to: Math.min(head.end, head.start + view.top + height / view.pitch) };
    const seen = this.summed ? [] : this.drawn.filter(({ y, ref }) => ref && y >= 0 && y <= height);
    const [first, last] = [seen[0]?.ref, seen.at(-1)?.ref];
    return first && last ? { from: first.columns.place[first.i]!, to: last.columns.place[last.i]! } : null;
  }

  /** Fills the screen with a part of the time (nanoseconds since the capture's base). */
  showTime(from: number, to: number): void {
    const start = this.head?.start ?? 0;
    this.view = clampView({ top: from - start, pitch: this.height / Math.max(1, to - from) }, this.extent);
  }

  /** Fills the screen with the segments [first, last), on the even scale. */
  showRanks(first: number, last: number): void {
    const [top, bottom] = [this.axis.position(first) - 0.7, this.axis.position(last - 1) + 0.7];
    this.view = clampView({ top, pitch: this.height / Math.max(1, bottom - top) }, this.extent);
  }

  /** Brings a segment into sight. False when its place is not known yet. */
  reveal(rank: number): boolean {
    const position = this.position(rank);
    if (position === null || this.height === 0) return false;
    this.view = revealView(this.view, position, this.extent);
    return true;
  }

  /** Segments that fit on the screen. */
  get pageSize(): number {
    return Math.max(1, this.drawn.filter(({ y }) => y >= 0 && y <= this.height).length - 1);
  }

  /** Position on the axis. */
  private position(rank: number): number | null {
    const { head } = this;
    if (!head) return null;
    if (this.scale === 'even') return this.axis.position(rank);
    const ref = this.store.at(rank);
    return ref ? ref.columns.place[ref.i]! - head.start : null;
  }

  private y(rank: number): number | null {
    const position = this.position(rank);
    return position === null ? null : (position - this.view.top) * this.view.pitch;
  }

  /** The segment whose line is nearest to y, if it is near. */
  rankNear(y: number): number | null {
    let best: DrawnSegment | null = null;
    const reach = this.scale === 'even' ? Math.max(6, this.view.pitch / 2) : 10;
    for (const segment of this.drawn) if (Math.abs(segment.y - y) <= Math.min(reach, best ? Math.abs(best.y - y) : Infinity)) best = segment;
    return best?.rank ?? null;
  }

  /** First rank at or after y, also where only sums are drawn. */
  rankAtOrAfter(y: number): number | null {
    const { view, head } = this;
    if (!head || head.total === 0) return null;
    const position = view.top + y / view.pitch;
    if (this.scale === 'even') return Math.min(head.total - 1, this.axis.rankAt(position));
    const near = this.rankNear(y) ?? this.drawn.find((segment) => segment.y >= y)?.rank;
    if (near !== undefined) return near;
    const { buckets } = this.store;
    if (buckets?.by !== 'time') return null;
    const b = Math.floor(((head.start + position - buckets.from) / (buckets.to - buckets.from)) * buckets.ranks.length);
    return b >= 0 && b < buckets.ranks.length ? Math.min(head.total - 1, buckets.ranks[b]!) : null;
  }

  runAt(x: number, y: number): StateRun | null {
    const { clientBand, serverBand, bandWidth } = this.columns;
    const end = x >= clientBand && x < clientBand + bandWidth ? 'client' : x >= serverBand && x < serverBand + bandWidth ? 'server' : null;
    return this.runs.find((run) => run.end === end && y >= run.top && y < run.bottom) ?? null;
  }

  // --- drawing ---

  paint(ctx: CanvasRenderingContext2D, theme: Theme, input: LadderInput): void {
    const { head, store } = this;
    ctx.font = `11px ${theme.mono}`;
    const unit = ctx.measureText('0').width;
    this.columns = ladderColumns(this.width, this.timeText(input, null, null).length * unit, (String(input.state.packets).length + 1) * unit);
    const painter = new Painter(ctx, theme, this.columns, this.height);
    painter.begin();
    this.drawn = this.runs = this.sacks = [];
    if (!head || head.total === 0) return;
    const { view } = this;
    const [first, last] = this.range(head, view);
    this.summed = last - first > MOST_DRAWN;
    if (this.summed) this.paintSums(painter, head, view);
    else {
      store.want(first, last);
      this.paintSegments(painter, head, view, first, last, input);
      this.sacks = sackReports(this.drawn);
      paintSacks(ctx, theme, this.columns, this.sacks, this.scale === 'even' ? view.pitch : ROW);
    }
  }

  /** Ranks that may be on screen. */
  private range(head: api.TimelineHead, view: Viewport): readonly [number, number] {
    if (this.scale === 'even') {
      const first = Math.max(0, this.axis.rankAt(view.top) - 1);
      return [first, Math.min(head.total, this.axis.rankAt(view.top + this.height / view.pitch) + 1)];
    }
    if (head.total <= MOST_DRAWN) return [0, head.total];
    const from = head.start + view.top;
    const to = from + this.height / view.pitch;
    this.wantBuckets('time', from, to);
    const { buckets } = this.store;
    if (buckets?.by !== 'time' || buckets.to <= buckets.from) return [0, head.total];
    const at = (time: number): number => Math.floor(((time - buckets.from) / (buckets.to - buckets.from)) * buckets.ranks.length);
    const a = Math.max(0, at(from) - 1);
    const b = at(to) + 2;
    const first = buckets.ranks[Math.min(a, buckets.ranks.length - 1)]!;
    return [Math.max(0, first - 1), Math.min(head.total, (b < buckets.ranks.length ? buckets.ranks[Math.max(0, b)]! : buckets.last) + 1)];
  }

  /** Asks for sums of a part twice as large as what is shown, unless those at hand are fine. */
  private wantBuckets(by: 'rank' | 'time', from: number, to: number): void {
    const { buckets } = this.store;
    const span = to - from;
    const head = this.head!;
    const [least, most] = by === 'rank' ? [0, head.total] : [head.start, head.end + 1];
    if (this.store.bucketsFresh && buckets?.by === by && buckets.from <= Math.max(least, from) && buckets.to >= Math.min(most, to)) {
      const ratio = (buckets.to - buckets.from) / span;
      if (ratio > 0.7 && ratio < 2.6) return;
    }
    this.store.wantBuckets(by, from - span / 2, to + span / 2, (2 * this.height) / STEP);
  }

  private paintSums(painter: Painter, head: api.TimelineHead, view: Viewport): void {
    const even = this.scale === 'even';
    if (even) this.wantBuckets('rank', this.axis.rankAt(view.top), this.axis.rankAt(view.top + this.height / view.pitch) + 1);
    const { buckets } = this.store;
    const end = (even ? this.axis.length : head.end - head.start) - view.top;
    painter.lanes(Math.max(0, -view.top * view.pitch), Math.min(this.height, end * view.pitch));
    if (buckets?.by !== (even ? 'rank' : 'time')) return;
    const width = (buckets.to - buckets.from) / buckets.ranks.length;
    const y = (b: number): number => ((even ? this.axis.position(Math.max(0, buckets.from + b * width)) - 0.5 : buckets.from + b * width - head.start) - view.top) * view.pitch;
    const steps = Array.from(buckets.ranks.keys())
      .filter((b) => buckets.clientSegments[b]! + buckets.serverSegments[b]! > 0)
      .map((b) => ({ y: y(b), states: buckets.states[b]!, marks: buckets.marks[b]!, rank: -1 }));
    this.runs = stateRuns(steps, null, 0, Math.min(this.height, end * view.pitch));
    this.paintRuns(painter);
    painter.buckets(buckets, y, Math.max(1, y(1) - y(0)));
    if (!even) this.paintTicks(painter, head, view);
  }

  private paintSegments(painter: Painter, head: api.TimelineHead, view: Viewport, first: number, last: number, input: LadderInput): void {
    const { store, height } = this;
    const at = (rank: number): SegmentRef | undefined => store.at(rank);
    const even = this.scale === 'even';
    let above: SegmentRef | undefined = first > 0 ? at(first - 1) : undefined;
    let aboveRank = first - 1;
    const drawn = placeSegments(first, last, at, (rank, ref) => {
      const y = this.y(rank);
      if (y === null || y > height + 40) return null;
      if (y < -20) {
        above = ref;
        aboveRank = rank;
        return null;
      }
      return y;
    }, input.selected);
    this.drawn = drawn;
    const before = above ? { y: 0, rank: aboveRank, states: above.columns.states[above.i]!, marks: above.columns.marks[above.i]! } : null;
    const steps = stepsOf(drawn);
    const endY = Math.min(height, this.y(head.total - 1) ?? height);
    const startY = first === 0 ? Math.max(0, this.y(0) ?? 0) : 0;
    const rowHeight = even ? view.pitch : 22;
    for (const kind of ['hovered', 'selected'] as const) {
      const segment = drawn.find(({ rank }) => rank === input[kind]);
      if (segment) painter.row(segment.y - (even ? Math.min(5, view.pitch / 5) : 4), Math.max(6, Math.min(rowHeight, 34)), kind);
    }
    painter.lanes(startY, Math.max(endY, startY + 1));
    if (!even) this.paintTicks(painter, head, view);
    this.runs = stateRuns(steps, before, 0, Math.max(endY + 10, startY + 14));
    this.paintRuns(painter);
    for (const span of closedSpans(steps, before, 0, endY)) painter.closed(span.end, span.top, span.bottom);
    for (const link of linksOf(drawn, (rank) => this.y(rank) ?? (rank < first ? -10 : height + 10))) painter.link(link);
    if (even && view.pitch >= 8) this.paintIdle(painter, head, drawn);
    let timeBelow = -Infinity;
    // The selected one last: its words cover what lies beneath.
    const chosen = drawn.filter(({ rank }) => rank === input.selected);
    for (const segment of [...drawn.filter(({ rank }) => rank !== input.selected), ...chosen]) {
      const { ref, rank } = segment;
      if (!ref) {
        painter.skeleton(segment.y);
        continue;
      }
      const selected = rank === input.selected;
      painter.arrow(segment, segment.words ? segmentWords(ref, input.formats.sequenceFormat) : null, selected);
      if (selected || (even && segment.y - timeBelow >= WORDS_HEIGHT)) {
        painter.gutter(segment.y, `#${ref.columns.packet[ref.i]! + 1}`, this.timeText(input, ref, rank > 0 ? at(rank - 1) ?? null : null), selected);
        timeBelow = segment.y;
      }
    }
  }

  private paintRuns(painter: Painter): void {
    const named = namedRuns(this.runs, WORDS_HEIGHT);
    for (const run of this.runs) painter.state(run, named.has(run));
  }

  private paintIdle(painter: Painter, head: api.TimelineHead, drawn: readonly DrawnSegment[]): void {
    const { pitch } = this.view;
    for (const { rank, y, ref } of drawn) {
      if (!ref || !(ref.columns.marks[ref.i]! & api.MARK_IDLE)) continue;
      const at = head.gaps.indexOf(rank);
      if (at >= 0) painter.idle(y - 1.5 * pitch + Math.min(14, pitch / 2), head.gapLengths[at]!);
    }
  }

  private paintTicks(painter: Painter, head: api.TimelineHead, view: Viewport): void {
    const step = timeStep(56 / view.pitch);
    const digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10(step / 1e9))));
    const from = Math.max(0, Math.ceil(view.top / step));
    const end = head.end - head.start;
    for (let k = from; k * step <= end && (k * step - view.top) * view.pitch <= this.height; k++) painter.tick((k * step - view.top) * view.pitch, `+${((k * step) / 1e9).toFixed(digits)}`);
  }

  /** Time of a segment as the packets table shows it, short enough for the gutter. Without a segment: as wide as it gets. */
  timeText(input: LadderInput, ref: SegmentRef | null, before: SegmentRef | null): string {
    const { state, formats } = input;
    const digits = state.timeDigits;
    const head = this.head;
    if (!ref) {
      const seconds = formatSeconds(head ? Math.max(Math.abs(head.end), head.end - head.start) : 0, digits);
      return formats.timeFormat === 'utc' || formats.timeFormat === 'local' ? `00:00:00.${'0'.repeat(digits)}` : formats.timeFormat === 'epoch' ? `1700000000.${'0'.repeat(digits)}` : seconds;
    }
    if (!(ref.columns.known[ref.i]! & api.TIMELINE_TIME)) return '';
    const time = ref.columns.time[ref.i]!;
    const rest = restOf(ref);
    switch (formats.timeFormat) {
      case 'streamRelative':
        return head ? formatSeconds(...since(head.start, head.startRest ?? 0, time, rest, digits)) : formatSeconds(time, digits, rest);
      case 'delta':
      case 'streamDelta':
        return before ? formatSeconds(...since(before.columns.time[before.i]!, restOf(before), time, rest, digits)) : formatSeconds(0, digits);
      case 'utc':
      case 'local':
        // The day stands in the table; here only the clock has room.
        return formatInstant(time, formats.timeFormat, state, rest).split(' ').at(-1)!;
      default:
        return formatInstant(time, formats.timeFormat, state, rest);
    }
  }
}

function restOf(ref: SegmentRef): number {
  return ref.columns.timeRest?.[ref.i] ?? 0;
}

/** What formatSeconds takes for the time from one point to another. */
function since(from: number, fromRest: number, to: number, toRest: number, digits: number): readonly [nanos: number, digits: number, rest: number] {
  const [nanos, rest] = timeBetween(from, fromRest, to, toRest);
  return [nanos, digits, rest];
}
