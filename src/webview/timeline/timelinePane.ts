import { duration, grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { TimeScale } from '../../rpc/webviewMessages';
import { afterPaint, el, iconButton, markPainted } from '../shared/dom';
import { linkButton } from '../shared/linkButton';
import type { Session } from '../state/session';
import { TimelineStore } from '../state/timelineStore';
import { DrawnRows } from './drawnRows';
import { Ladder } from './ladder';
import { LadderCards } from './ladderCards';
import { LadderInput, ZOOM_STEP } from './ladderInput';
import { Minimap } from './minimap';
import { TimelineLink } from './timelineLink';
import { onThemeChange, readTheme, type Theme } from './theme';

const ROWS_DELAY_MS = 120;
const REFRESH_MS = 700;

/** The timeline of the stream that is shown: toolbar, ladder, minimap. */
export class TimelinePane {
  readonly element = el('div', 'timeline', { id: 'timeline-panel', role: 'tabpanel', 'aria-labelledby': 'tab-timeline' });
  private readonly canvas = el('canvas', 'ladder-canvas', { 'aria-hidden': 'true' });
  private readonly grid = el('div', 'ladder', { role: 'grid', tabindex: '0', 'aria-readonly': 'true' });
  private readonly message = el('div', 'pane-empty', { role: 'status' });
  private readonly note = el('span', 'timeline-note');
  private readonly scales: Readonly<Record<TimeScale, HTMLButtonElement>>;
  private readonly store: TimelineStore;
  private readonly ladder: Ladder;
  private readonly rows: DrawnRows;
  private readonly minimap: Minimap;
  private readonly cards: LadderCards;
  private readonly link: TimelineLink;
  private theme: Theme | null = null;
  private frame = 0;
  private rowsTimer = 0;
  private refreshTimer = 0;
  private hovered: number | null = null;
  /** A segment that is to be selected, or shown, as soon as it has been read. */
  private awaited: { readonly rank: number; readonly select: boolean } | null = null;
  private overviewOf = '';
  private painted = false;
  /** The segment that was brought into sight last. */
  private shownRank: number | null = null;
  private refreshedAt = '';

  constructor(private readonly session: Session) {
    this.store = new TimelineStore(session.rpc, () => this.dataChanged(), (error) => session.report(error));
    this.ladder = new Ladder(this.store);
    this.rows = new DrawnRows(this.store);
    this.minimap = new Minimap((part) => {
      this.ladder.centre(part);
      this.panned();
    });
    this.cards = new LadderCards(session, this.store, this.ladder, () => this.focus());
    this.link = new TimelineLink(session, this.store, this.ladder, () => this.repaint());
    const scale = (name: TimeScale, label: string, title: string): HTMLButtonElement => {
      const button = el('button', 'segment-button', { type: 'button', title }, label);
      button.addEventListener('click', () => this.setScale(name));
      return button;
    };
    this.scales = {
      even: scale('even', t('Even'), t('A row for every segment; idle time is left out and marked')),
      time: scale('time', t('To scale'), t('Distances are proportional to time')),
    };
    const group = el('span', 'segmented', { role: 'group', 'aria-label': t('Time scale') });
    group.append(this.scales.even, this.scales.time);
    const bar = el('div', 'timeline-bar', { role: 'toolbar', 'aria-label': t('Timeline') });
    bar.append(
      group,
      iconButton('zoom-in', t('Zoom in (+)'), () => this.zoom(ZOOM_STEP)),
      iconButton('zoom-out', t('Zoom out (-)'), () => this.zoom(1 / ZOOM_STEP)),
      iconButton('screen-full', t('Show the whole stream (0)'), () => this.fit()),
      linkButton(session),
      el('span', 'spacer'),
      this.note,
    );
    this.grid.append(this.canvas, this.rows.header, this.rows.element, this.cards.anchor);
    const body = el('div', 'timeline-body');
    body.append(this.grid, this.minimap.element);
    this.element.append(bar, body, this.message, this.cards.element);
    this.element.hidden = true;
    this.listen();
    this.showScale();
  }

  private listen(): void {
    const { session, grid } = this;
    session.events.on(['view', 'selection', 'state'], () => this.follow());
    session.events.on(['zoom'], () => {
      if (!this.element.hidden) void this.link.follow();
    });
    session.events.on(['format'], () => this.repaint());
    session.events.on(['study'], () => {
      this.overviewOf = '';
      this.cards.close();
      this.store.reread();
    });
    onThemeChange(() => {
      this.theme = null;
      if (this.element.hidden) return;
      this.minimap.paint(this.currentTheme);
      this.repaint();
    });
    new ResizeObserver(() => this.resized()).observe(grid);
    grid.addEventListener('focus', () => this.repaint());
    grid.addEventListener('blur', () => this.repaint());
    new LadderInput(grid, session, this.store, this.ladder, this.cards, {
      selectedRank: () => this.selectedRank,
      awaitedRank: () => (this.awaited?.select ? this.awaited.rank : null),
      select: (rank) => this.show(rank, true),
      zoom: (factor, y) => this.zoom(factor, y),
      fit: () => this.fit(),
      panned: () => this.panned(),
      hover: (rank) => this.hover(rank),
      showHover: () => this.showHover(),
    });
  }

  get hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }

  focus(): void {
    this.grid.focus({ preventScroll: true });
  }

  /** The card of the selected segment, at the segment. */
  showHover(): void {
    const rank = this.selectedRank;
    const segment = this.ladder.drawn.find((one) => one.rank === rank);
    if (segment) this.cards.show(segment);
  }

  // --- what is shown ---

  private get selectedRank(): number | null {
    const { selection } = this.session;
    return selection?.stream === this.session.shownStream ? selection.rank : null;
  }

  /** Shows the stream and the segment that are selected. */
  private follow(): void {
    if (this.element.hidden) return;
    const { session, store } = this;
    const stream = session.shownStream;
    const before = store.head;
    const key = `${stream ?? -1} ${session.state.revision}`;
    if (key !== this.grid.dataset.stream) {
      this.grid.dataset.stream = key;
      this.ladder.reset();
      this.overviewOf = '';
      this.grid.setAttribute('aria-label', stream === null ? t('Timeline') : t('Timeline of stream {0}', stream));
      this.minimap.setBuckets(null);
      this.awaited = null;
      store.show(stream ?? -1, session.state.revision);
    } else if (before && session.state.phase !== 'failed') this.refreshSoon();
    const rank = this.selectedRank;
    if (rank !== null && rank !== this.shownRank) {
      this.shownRank = rank;
      this.show(rank, false);
    } else if (rank === null) this.shownRank = null;
    this.repaint();
  }

  /** While the capture is read the stream may grow. */
  private refreshSoon(): void {
    const { state } = this.session;
    const key = `${state.packets} ${state.phase}`;
    if (key === this.refreshedAt || this.refreshTimer) return;
    this.refreshTimer = setTimeout(() => {
      this.refreshTimer = 0;
      this.refreshedAt = `${this.session.state.packets} ${this.session.state.phase}`;
      this.store.refresh(this.session.state.phase === 'done');
      this.refreshSoon();
    }, REFRESH_MS);
  }

  /** The tab was opened. */
  opened(): void {
    this.shownRank = null;
    this.resized();
    this.follow();
    void this.link.follow();
  }

  private dataChanged(): void {
    const { awaited } = this;
    if (awaited && this.store.at(awaited.rank)) this.show(awaited.rank, awaited.select);
    const { head } = this.store;
    if (head) {
      this.grid.setAttribute('aria-rowcount', String(head.total + 1));
      void this.loadOverview();
      void this.link.follow();
    }
    this.repaint();
  }

  private async loadOverview(): Promise<void> {
    const { head } = this.store;
    const by = this.session.viewState.timeScale === 'time' ? 'time' : 'rank';
    const height = Math.max(50, Math.min(1000, this.minimap.element.clientHeight));
    const key = `${head?.stream ?? -1} ${head?.total ?? 0} ${by} ${height}`;
    if (key === this.overviewOf || this.minimap.element.clientHeight === 0) return;
    this.overviewOf = key;
    const buckets = await this.store.overview(by, Math.min(height, Math.max(1, by === 'rank' ? (head?.total ?? 1) : height)));
    if (key !== this.overviewOf) return;
    this.minimap.setBuckets(buckets);
    this.minimap.paint(this.currentTheme);
  }

  /** Selects (or only shows) a segment, perhaps after it was read. */
  private show(rank: number, select: boolean): void {
    const { store, ladder, session } = this;
    const ref = store.at(rank);
    this.awaited = null;
    const placed = ladder.reveal(rank);
    if (!ref) store.want(rank, rank + 1);
    if (!placed || (select && !ref)) this.awaited = { rank, select };
    if (select && ref) {
      this.shownRank = rank;
      session.lastAction = 'select';
      session.select({ packet: ref.columns.packet[ref.i]!, stream: store.head!.stream, rank }, Math.abs(rank - (this.selectedRank ?? rank)) === 1 ? 'step' : 'jump');
    }
    this.repaint();
  }

  private setScale(scale: TimeScale): void {
    const { session } = this;
    if (session.viewState.timeScale === scale) return;
    session.update({ timeScale: scale });
    this.showScale();
    const rank = this.selectedRank;
    if (rank !== null) this.show(rank, false);
    this.link.again();
    void this.loadOverview();
    this.repaint();
  }

  private showScale(): void {
    const { timeScale } = this.session.viewState;
    this.ladder.setScale(timeScale);
    for (const [name, button] of Object.entries(this.scales)) button.setAttribute('aria-pressed', String(name === timeScale));
  }

  /** Zooms around the pointer, else around the selected segment if it is in sight, else around the middle. */
  private zoom(factor: number, y?: number): void {
    const { ladder } = this;
    const selected = ladder.drawn.find(({ rank }) => rank === this.selectedRank)?.y ?? -1;
    ladder.zoom(factor, y ?? (selected >= 0 && selected <= ladder.height ? selected : ladder.height / 2));
    this.link.moved(true);
    this.repaint();
  }

  private fit(): void {
    this.ladder.fit();
    this.link.moved(true);
    this.repaint();
  }

  private panned(): void {
    this.link.moved(false);
    this.repaint();
  }

  // --- painting ---

  private get currentTheme(): Theme {
    return (this.theme ??= readTheme(this.grid));
  }

  private resized(): void {
    const { clientWidth: width, clientHeight: height } = this.grid;
    if (width === 0) return;
    const ratio = devicePixelRatio;
    this.ladder.width = width;
    this.ladder.height = height;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.overviewOf = '';
    void this.loadOverview();
    this.paint();
  }

  private repaint(): void {
    if (this.element.hidden || this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.paint();
    });
  }

  private paint(): void {
    const { ladder, session, store } = this;
    const ctx = this.canvas.getContext('2d');
    if (!ctx || ladder.width === 0 || this.element.hidden) return;
    const begun = performance.now();
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    const { viewState, state } = session;
    const selected = this.selectedRank;
    const input = { scale: viewState.timeScale, selected, hovered: this.hovered, state, formats: viewState };
    ladder.paint(ctx, this.currentTheme, input);
    const { head } = store;
    this.message.hidden = head !== null && head.total > 0;
    this.message.textContent = session.shownStream === null ? t('Choose a stream to see its timeline.') : head ? t('This stream has no packets of its own: only an ICMP error quotes it.') : t('Reading the stream...');
    this.note.textContent = head && head.gaps.length > 0 ? t('{0} segments in {1}, silent {2} times for {3} or more', grouped(head.total), duration(head.end - head.start), grouped(head.gaps.length), duration(head.idle)) : head ? t('{0} segments in {1}', grouped(head.total), duration(head.end - head.start)) : '';
    this.note.title = this.note.textContent;
    const { from, to } = ladder.shownPart;
    this.minimap.place(from, to, head && selected !== null && viewState.timeScale === 'even' ? selected / Math.max(1, head.total) : null);
    performance.measure('tcp-trace:timeline-frame', { start: begun });
    clearTimeout(this.rowsTimer);
    this.rowsTimer = setTimeout(() => this.showRows(), ROWS_DELAY_MS);
    if (!this.painted && ladder.drawn.some(({ ref }) => ref)) {
      this.painted = true;
      afterPaint(() => performance.mark('tcp-trace:first-timeline'));
    }
    if (selected !== null && session.lastAction !== 'open') markPainted('timeline');
  }

  private showRows(): void {
    const { ladder, session, store } = this;
    const selected = this.selectedRank;
    const input = { scale: session.viewState.timeScale, selected, hovered: null, state: session.state, formats: session.viewState };
    this.rows.update(ladder.drawn, selected, session.viewState.sequenceFormat, (rank) => ladder.timeText(input, store.at(rank) ?? null, rank > 0 ? (store.at(rank - 1) ?? null) : null));
    const row = selected === null ? null : document.getElementById(`segment-${selected}`);
    if (row) this.grid.setAttribute('aria-activedescendant', row.id);
    else this.grid.removeAttribute('aria-activedescendant');
    this.grid.dataset.summed = String(ladder.summed);
    this.grid.dataset.sacks = String(ladder.sacks.length);
  }

  private hover(rank: number | null): void {
    if (rank === null) this.cards.leave();
    if (rank === this.hovered) return;
    this.hovered = rank;
    this.repaint();
  }
}
