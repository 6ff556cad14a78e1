import { t } from '../../core/l10n';
import { MOST_LANE_CELLS } from '../../core/overviewApi';
import { PageCache } from '../grid/pageCache';
import { ScrollModel, wheelRows } from '../grid/scrollModel';
import { Scrollbar } from '../grid/scrollbar';
import { el, iconButton } from '../shared/dom';
import type { Session } from '../state/session';
import type { Theme } from '../timeline/theme';
import { paintLane, type ShownLane } from './lanePaint';
import { laneWords } from './laneWords';
import type { OverviewModel } from './overviewModel';
import { GUTTER, wheelZoom } from './overviewPlot';
import { TimeScale, timeText } from './timeScale';

/** Heights of a row, in pixels. */
const ROWS = [2, 4, 8, 14, 22] as const;
const USUAL = 3;
/** Rows this tall are named. */
const NAMED = 11;
const CELL = 2;
const REFRESH_MS = 700;
/** The options follow what was painted this much later: a wheel paints often. */
const DESCRIBE_MS = 120;
const SCROLLBAR = 12;

/** A lane for every stream over the time that the overview shows, in the order of the streams table. */
export class LanesView {
  readonly element = el('div', 'lanes', { hidden: '' });
  private readonly list = el('div', 'lanes-list', { tabindex: '0', role: 'listbox' });
  private readonly canvas = el('canvas', '', { 'aria-hidden': 'true' });
  private readonly options = el('div', 'visually-hidden', { role: 'presentation' });
  private readonly scroll = new ScrollModel();
  private readonly scrollbar = new Scrollbar(this.scroll, () => this.repaint());
  private readonly pages: PageCache<ShownLane>;
  private shown = false;
  private width = 0;
  private height = 0;
  private frame = 0;
  private key = '';
  private timer = 0;
  private describing = 0;
  /** Row in focus, and the row that the pointer is on. */
  private active = 0;
  private hovered = -1;

  constructor(
    private readonly session: Session,
    private readonly model: OverviewModel,
    private readonly theme: () => Theme,
    private readonly tell: (text: string | null) => void,
  ) {
    this.list.setAttribute('aria-label', t('Streams over time'));
    const tools = el('div', 'lanes-tools');
    tools.append(iconButton('unfold', t('Taller lanes'), () => this.resizeRows(1)), iconButton('fold', t('Lower lanes: more streams at once'), () => this.resizeRows(-1)));
    this.list.append(this.canvas, this.options);
    this.element.append(this.list, this.scrollbar.element, tools);
    this.pages = new PageCache<ShownLane>((start, count, signal) => this.read(start, count, signal), { pageSize: 64 });
    this.pages.onChange(() => this.repaint());
    model.events.on(['data', 'zoom'], () => this.refresh());
    session.streams.onChange(() => this.refresh());
    session.events.on(['format', 'view', 'selection'], () => this.refresh());
    new ResizeObserver(() => this.resized()).observe(this.list);
    this.list.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.list.addEventListener('pointermove', (event) => this.pointerMove(event));
    this.list.addEventListener('pointerleave', () => this.hover(-1));
    this.list.addEventListener('click', (event) => this.open(this.rowAt(event)));
    this.list.addEventListener('keydown', (event) => this.keyDown(event));
    this.list.addEventListener('focus', () => this.repaint());
    this.list.addEventListener('blur', () => this.repaint());
  }

  setShown(shown: boolean): void {
    this.shown = shown;
    this.element.hidden = !shown;
    if (shown) this.refresh();
    else this.pages.pause();
  }

  private get scale(): TimeScale {
    const { from, to } = this.model.shown;
    return new TimeScale(from, to, GUTTER, Math.max(1, this.width - GUTTER - 8));
  }

  /** Height of a lane in pixels. */
  get row(): number {
    return ROWS[Math.min(ROWS.length - 1, this.session.viewState.panes.laneHeight ?? USUAL)]!;
  }

  private resizeRows(by: 1 | -1): void {
    const at = Math.max(0, Math.min(ROWS.length - 1, (this.session.viewState.panes.laneHeight ?? USUAL) + by));
    const middle = this.scroll.top + this.scroll.visible / 2;
    this.session.setSize('laneHeight', at);
    this.scroll.visible = Math.max(1, this.height / this.row);
    this.scroll.scrollTo(middle - this.scroll.visible / 2);
    this.repaint();
  }

  // --- reading ---

  private async read(start: number, count: number, signal: AbortSignal): Promise<{ readonly total: number; readonly rows: readonly ShownLane[] } | null> {
    const { session, model } = this;
    const { streamSort: sort, streamSortDescending: descending } = session.viewState;
    const { from, to } = model.shown;
    const cells = Math.max(10, Math.min(MOST_LANE_CELLS, Math.floor(this.scale.width / CELL)));
    const result = await session.rpc.request('streamLanes', { sort, descending, grouped: session.grouped, query: session.streamQuery, start, count, from, to, cells }, signal);
    if (!result.ok || result.value.revision !== session.state.revision) return null;
    return { total: result.value.total, rows: result.value.lanes.map((lane) => ({ ...lane, from, to })) };
  }

  /** Reads anew what no longer fits: another part of the time, another order, a capture that grew. */
  private refresh(): void {
    if (!this.shown || this.width === 0 || !this.model.overview) return;
    const { session, model } = this;
    const { streamSort, streamSortDescending } = session.viewState;
    const order = JSON.stringify([session.state.revision, streamSort, streamSortDescending, session.streamQuery, session.grouped]);
    const key = `${order} ${JSON.stringify([model.shown, this.width, session.state.packets, session.state.study.version])}`;
    this.repaint();
    if (key === this.key) return;
    const sameOrder = this.key.startsWith(order);
    this.key = key;
    if (!sameOrder) {
      this.pages.reset(session.streamQuery ? 0 : session.state.streams);
      return;
    }
    this.timer ||= window.setTimeout(() => {
      this.timer = 0;
      this.pages.refresh();
    }, session.state.phase === 'indexing' ? REFRESH_MS : 60);
  }

  // --- painting ---

  private resized(): void {
    this.width = this.list.clientWidth;
    this.height = this.list.clientHeight;
    if (this.width === 0) return;
    this.canvas.width = Math.round(this.width * devicePixelRatio);
    this.canvas.height = Math.round(this.height * devicePixelRatio);
    this.refresh();
    this.paint();
  }

  repaint(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  private paint(): void {
    const ctx = this.canvas.getContext('2d');
    if (!ctx || !this.shown || this.width === 0) return;
    const { scroll, pages, row, scale, session } = this;
    const theme = this.theme();
    scroll.total = pages.total;
    scroll.visible = Math.max(1, this.height / row);
    scroll.scrollTo(scroll.top);
    this.active = Math.max(0, Math.min(this.active, scroll.total - 1));
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    ctx.clearRect(0, 0, this.width, this.height);
    ctx.font = `11px ${theme.font}`;
    ctx.textBaseline = 'middle';
    const chosen = session.shownStream;
    const focused = document.activeElement === this.list;
    for (let index = scroll.first; index <= scroll.last; index++) {
      const lane = pages.peek(index);
      const top = (index - scroll.top) * row;
      const selected = chosen !== null && lane?.stream === chosen;
      if (selected || index === this.hovered) {
        ctx.fillStyle = selected ? theme.selection : theme.hover;
        ctx.fillRect(0, top, this.width, row);
      }
      if (!lane) continue;
      if (row >= NAMED) {
        ctx.fillStyle = selected ? theme.selectionText : theme.dim;
        ctx.textAlign = 'right';
        ctx.fillText(String(lane.stream), GUTTER - 8, top + row / 2);
      }
      if (lane.severity === 'error' || lane.severity === 'warning') {
        ctx.fillStyle = lane.severity === 'error' ? theme.error : theme.warning;
        ctx.fillRect(2, top + (row >= 8 ? 3 : 0), 3, Math.max(1, row - (row >= 8 ? 6 : 0)));
      }
      paintLane(ctx, theme, lane, scale, top, row);
      if ((focused && index === this.active) || (selected && theme.contrast)) {
        ctx.strokeStyle = theme.focus;
        ctx.strokeRect(0.5, top + 0.5, this.width - 1, Math.max(2, row - 1));
      }
    }
    this.scrollbar.update(this.height);
    pages.want(scroll.first, Math.max(scroll.first, scroll.last));
    this.list.style.marginRight = scroll.total > scroll.visible ? `${SCROLLBAR}px` : '';
    clearTimeout(this.describing);
    this.describing = window.setTimeout(() => this.describe(), DESCRIBE_MS);
  }

  /** The lanes on screen as options: for those who do not see the canvas, and for tests. */
  private describe(): void {
    const { scroll, pages } = this;
    const made: HTMLElement[] = [];
    for (let index = scroll.first; index <= scroll.last; index++) {
      const lane = pages.peek(index);
      if (!lane) continue;
      const option = el('div', '', { role: 'option', id: `lane-${index}`, 'aria-selected': String(lane.stream === this.session.shownStream), 'aria-posinset': String(index + 1), 'aria-setsize': String(scroll.total), 'data-stream': String(lane.stream) }, this.words(lane));
      made.push(option);
    }
    this.options.replaceChildren(...made);
    const id = `lane-${this.active}`;
    if (made.some((option) => option.id === id)) this.list.setAttribute('aria-activedescendant', id);
    else this.list.removeAttribute('aria-activedescendant');
  }

  private words(lane: ShownLane): string {
    const { from, to, width } = this.scale;
    const text = (time: number): string => timeText(time, Math.max(1, (to - from) / width), this.session.viewState.timeFormat, this.session.state);
    const marks = laneWords(lane.cells);
    const severity = lane.severity === 'error' ? t('error') : lane.severity === 'warning' ? t('warning') : '';
    return [t('Stream {0}: {1} to {2}', lane.stream, text(lane.start), text(lane.end)), marks, severity].filter(Boolean).join(', ');
  }

  // --- input ---

  private rowAt(event: MouseEvent): number {
    const y = event.clientY - this.list.getBoundingClientRect().top;
    const index = Math.floor(this.scroll.top + y / this.row);
    return index >= 0 && index < this.scroll.total ? index : -1;
  }

  private open(index: number): void {
    const lane = this.pages.peek(index);
    if (!lane) return;
    this.active = index;
    this.session.openStream(lane.stream);
    this.repaint();
  }

  private hover(index: number): void {
    if (index === this.hovered) return;
    this.hovered = index;
    const lane = this.pages.peek(index);
    this.tell(lane ? this.words(lane) : null);
    this.repaint();
  }

  private pointerMove(event: PointerEvent): void {
    this.hover(this.rowAt(event));
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) wheelZoom(event, this.model, this.scale, this.list.getBoundingClientRect().left);
    else if (this.scroll.scrollBy((wheelRows(event.deltaY, event.deltaMode, this.scroll.visible) * 22) / this.row)) {
      this.hover(this.rowAt(event));
      this.repaint();
    }
  }

  private keyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const { scroll } = this;
    const to = { ArrowDown: this.active + 1, ArrowUp: this.active - 1, PageDown: this.active + scroll.page, PageUp: this.active - scroll.page, Home: 0, End: scroll.total - 1 }[event.key];
    if (to !== undefined) {
      this.active = Math.max(0, Math.min(scroll.total - 1, to));
      scroll.reveal(this.active);
      const lane = this.pages.peek(this.active);
      if (lane) this.tell(this.words(lane));
      this.repaint();
    } else if (event.key === 'Enter' || event.key === ' ') this.open(this.active);
    else if (event.key === '+' || event.key === '=') this.resizeRows(1);
    else if (event.key === '-') this.resizeRows(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
