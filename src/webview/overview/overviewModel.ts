import { type CaptureOverview, MOST_OVERVIEW_BUCKETS } from '../../core/overviewApi';
import { Emitter } from '../state/emitter';
import type { Session } from '../state/session';
import { timeRangeOf, withTimeRange, type TimeRange } from './timeRange';
import { clampRange, zoomRange } from './timeScale';

/** While the capture is read it is counted anew this often. */
const REFRESH_MS = 400;
/** A capture of one moment is shown in the middle of this much time. */
const MOMENT = 1e6;

/** What the overview and the lanes under it share: the counts, the part of the time that is shown, the time filter. */
export class OverviewModel {
  overview: CaptureOverview | null = null;
  readonly events = new Emitter<'data' | 'zoom' | 'time'>();
  /** The part that is zoomed to; null: all. */
  zoom: TimeRange | null = null;
  /** When the selected packet was captured; null while that is not known. */
  selectedTime: number | null = null;
  /** The part that `overview` is about. */
  answered: TimeRange = { from: 0, to: 0 };
  private size = { count: 0, marks: 0 };
  private key = '';
  private timer: ReturnType<typeof setTimeout> | null = null;
  private request: AbortController | null = null;
  private timeKey = '';

  constructor(private readonly session: Session) {
    session.events.on(['state'], () => {
      if (this.overview && this.overview.revision !== session.state.revision) {
        this.overview = this.zoom = null;
        this.events.emit('zoom');
      }
      this.load();
    });
    session.events.on(['selection', 'rows'], () => void this.findTime());
  }

  /** Most buckets and marks that there is room for; 0: nothing is shown. */
  setSize(count: number, marks: number): void {
    this.size = { count: Math.min(MOST_OVERVIEW_BUCKETS, count), marks: Math.min(MOST_OVERVIEW_BUCKETS, marks) };
    this.load();
  }

  get whole(): TimeRange {
    const { start, end } = this.overview ?? { start: 0, end: 0 };
    return end > start ? { from: start, to: end } : { from: start - MOMENT / 2, to: start + MOMENT / 2 };
  }

  get shown(): TimeRange {
    return this.zoom ?? this.whole;
  }

  setZoom(range: TimeRange | null): void {
    const next = range && clampRange(range, this.whole);
    if (next?.from === this.zoom?.from && next?.to === this.zoom?.to) return;
    this.zoom = next;
    this.load();
    this.events.emit('zoom');
  }

  zoomBy(factor: number, around: number): void {
    this.setZoom(zoomRange(this.shown, factor, around));
  }

  /** Moves what is shown by a part of it. */
  pan(part: number): void {
    if (!this.zoom) return;
    const by = (this.zoom.to - this.zoom.from) * part;
    this.setZoom({ from: this.zoom.from + by, to: this.zoom.to + by });
  }

  // --- the time filter ---

  get range(): TimeRange | null {
    return timeRangeOf(this.session.filter);
  }

  setRange(range: TimeRange | null): void {
    const filter = withTimeRange(this.session.filter, range);
    if (filter !== this.session.filter) this.session.setFilter(filter);
  }

  // --- reading ---

  private load(): void {
    const { state } = this.session;
    const { count, marks } = this.size;
    if (count === 0 || state.packets === 0 || state.phase === 'failed') return;
    const what = JSON.stringify([state.revision, this.zoom, count, marks]);
    const key = `${what} ${state.packets} ${state.study.version}`;
    if (key === this.key) return;
    const grown = this.key.startsWith(what);
    // A capture that grows faster than it is counted: an answer first, then the next question.
    if (grown && (this.timer !== null || this.request)) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.ask();
    }, grown && state.phase === 'indexing' ? REFRESH_MS : 0);
    this.key = key;
  }

  private async ask(): Promise<void> {
    this.request?.abort();
    this.request = null;
    const { zoom, size, session } = this;
    if (size.count === 0) {
      this.key = '';
      return;
    }
    const controller = new AbortController();
    this.request = controller;
    const result = await session.rpc.request('overview', { from: zoom?.from ?? null, to: zoom?.to ?? null, ...size }, controller.signal);
    if (this.request !== controller) return;
    this.request = null;
    if (!result.ok) {
      this.key = '';
      if (result.error.code !== 'cancelled' && result.error.code !== 'stale') session.report(result.error);
      return;
    }
    if (result.value.revision !== session.state.revision) return;
    this.overview = result.value;
    this.answered = this.shown;
    this.events.emit('data');
    // What came meanwhile.
    this.load();
  }

  private async findTime(): Promise<void> {
    const { session } = this;
    const { selection } = session;
    const key = selection ? `${selection.packet} ${session.state.revision}` : '';
    if (key === this.timeKey) return;
    this.timeKey = key;
    const row = session.selectedRow === null ? undefined : session.packets.current.peek(session.selectedRow);
    let time: number | null = null;
    if (selection && row?.packet === selection.packet) time = row.time;
    else if (selection) {
      const result = await session.rpc.request('packetPage', { view: { kind: 'all' }, start: selection.packet, count: 1 });
      if (key !== this.timeKey) return;
      time = result.ok ? (result.value.rows[0]?.time ?? null) : null;
    }
    this.selectedTime = time;
    this.events.emit('time');
  }
}
