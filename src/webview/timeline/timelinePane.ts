import { NO_PACKET } from '../../core/bytes/units';
import { stateCard } from '../../core/explain/stateWords';
import { duration, grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { TimeScale } from '../../rpc/webviewMessages';
import { HoverCards } from '../cards/hoverCards';
import { afterPaint, el, iconButton, markPainted } from '../shared/dom';
import type { Session } from '../state/session';
import { TimelineStore } from '../state/timelineStore';
import { DrawnRows } from './drawnRows';
import { Ladder } from './ladder';
import { Minimap } from './minimap';
import { PacketCards } from './packetCards';
import { onThemeChange, readTheme, type Theme } from './theme';

const ZOOM_STEP = 1.4;
const ROWS_DELAY_MS = 120;
const REFRESH_MS = 700;
const DRAG_FROM = 4;

/** The timeline of the stream that is shown: toolbar, ladder, minimap. */
export class TimelinePane {
  readonly element = el('div', 'timeline', { id: 'timeline-panel', role: 'tabpanel', 'aria-labelledby': 'tab-timeline' });
  private readonly canvas = el('canvas', 'ladder-canvas', { 'aria-hidden': 'true' });
  private readonly grid = el('div', 'ladder', { role: 'grid', tabindex: '0', 'aria-readonly': 'true' });
  private readonly message = el('div', 'pane-empty', { role: 'status' });
  private readonly note = el('span', 'timeline-note');
  private readonly anchor = el('div', 'ladder-anchor');
  private readonly scales: Readonly<Record<TimeScale, HTMLButtonElement>>;
  private readonly store: TimelineStore;
  private readonly ladder: Ladder;
  private readonly rows: DrawnRows;
  private readonly minimap: Minimap;
  private readonly cards: HoverCards;
  private readonly packetCards: PacketCards;
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
      this.repaint();
    });
    this.packetCards = new PacketCards(session);
    this.cards = new HoverCards({
      peek: (node) => this.peekCard(node),
      load: (node, signal) => this.packetCards.load(Number(node.split(':')[1]), signal),
      delay: () => session.config.hoverDelayMs,
      goToPacket: (packet) => session.jumps.goToPacket(packet),
      copy: (text) => session.host.copy(text),
      announce: () => undefined,
    });
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
      el('span', 'spacer'),
      this.note,
    );
    this.grid.append(this.canvas, this.rows.header, this.rows.element, this.anchor);
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
    grid.addEventListener('keydown', (event) => this.key(event));
    grid.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    grid.addEventListener('pointerdown', (event) => this.pointerDown(event));
    grid.addEventListener('pointermove', (event) => this.pointerMove(event));
    grid.addEventListener('pointerleave', () => this.hover(null));
    grid.addEventListener('dblclick', () => session.host.run('openExplain'));
    grid.addEventListener('focus', () => this.repaint());
    grid.addEventListener('blur', () => this.repaint());
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
    if (!segment?.ref) return;
    this.placeAnchor(segment.y - 14, 18);
    void this.cards.show(`packet:${segment.ref.columns.packet[segment.ref.i]!}`, this.anchor);
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
  }

  private dataChanged(): void {
    const { awaited } = this;
    if (awaited && this.store.at(awaited.rank)) this.show(awaited.rank, awaited.select);
    const { head } = this.store;
    if (head) {
      this.grid.setAttribute('aria-rowcount', String(head.total + 1));
      void this.loadOverview();
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
    this.repaint();
  }

  private fit(): void {
    this.ladder.fit();
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
  }

  // --- input ---

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { store, ladder } = this;
    const total = store.head?.total ?? 0;
    if (total === 0) return;
    const at = this.awaited?.select ? this.awaited.rank : (this.selectedRank ?? ladder.rankAtOrAfter(0) ?? 0);
    const go = (rank: number): void => this.show(Math.max(0, Math.min(total - 1, rank)), true);
    const ref = store.at(at);
    switch (event.key) {
      case 'ArrowDown':
        go(at + 1);
        break;
      case 'ArrowUp':
        go(at - 1);
        break;
      case 'Home':
        go(0);
        break;
      case 'End':
        go(total - 1);
        break;
      case 'PageDown':
        go(at + ladder.pageSize);
        break;
      case 'PageUp':
        go(at - ladder.pageSize);
        break;
      case 'ArrowLeft':
      case 'ArrowRight': {
        const other = ref?.columns[event.key === 'ArrowLeft' ? 'sentBefore' : 'sentAgain'][ref.i];
        if (other !== undefined && other !== NO_PACKET) go(other);
        break;
      }
      case '+':
      case '=':
        this.zoom(ZOOM_STEP);
        break;
      case '-':
        this.zoom(1 / ZOOM_STEP);
        break;
      case '0':
        this.fit();
        break;
      case 'Enter':
        this.session.host.run('openExplain');
        break;
      case ' ':
        this.showHover();
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? this.ladder.height : 1;
    if (event.ctrlKey || event.metaKey) this.zoom(Math.exp((-event.deltaY * unit) / 300), event.clientY - this.grid.getBoundingClientRect().top);
    else {
      this.ladder.pan((event.shiftKey ? event.deltaX || event.deltaY : event.deltaY) * unit);
      this.hover(null);
      this.repaint();
    }
  }

  private pointerDown(event: PointerEvent): void {
    if (event.button !== 0) return;
    const { grid, ladder } = this;
    const start = event.clientY;
    let last = start;
    let dragged = false;
    grid.setPointerCapture(event.pointerId);
    const move = (e: PointerEvent): void => {
      if (!dragged && Math.abs(e.clientY - start) < DRAG_FROM) return;
      dragged = true;
      grid.classList.add('panning');
      ladder.pan(last - e.clientY);
      last = e.clientY;
      this.repaint();
    };
    grid.addEventListener('pointermove', move);
    grid.addEventListener(
      'lostpointercapture',
      () => {
        grid.removeEventListener('pointermove', move);
        grid.classList.remove('panning');
        if (dragged) return;
        const y = start - grid.getBoundingClientRect().top;
        const rank = ladder.summed ? ladder.rankAtOrAfter(y) : ladder.rankNear(y);
        if (rank !== null) this.show(rank, true);
      },
      { once: true },
    );
  }

  private pointerMove(event: PointerEvent): void {
    if (event.buttons !== 0) return;
    const box = this.grid.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const run = this.ladder.runAt(x, y);
    if (run && run.rank >= 0) {
      this.hover(null);
      this.placeAnchor(y - 8, 16, run.end === 'client' ? this.ladder.columns.clientBand : this.ladder.columns.serverBand);
      this.cards.hover(`state:${run.end}:${run.rank}:${run.state}`, this.anchor);
      return;
    }
    const rank = this.ladder.summed ? null : this.ladder.rankNear(y);
    this.hover(rank);
    const segment = this.ladder.drawn.find((one) => one.rank === rank);
    if (!segment?.ref) {
      this.cards.leave();
      return;
    }
    this.placeAnchor(segment.y - 14, 18, Math.max(this.ladder.columns.clientLane, Math.min(x - 20, this.ladder.columns.serverLane - 60)));
    this.cards.hover(`packet:${segment.ref.columns.packet[segment.ref.i]!}`, this.anchor);
  }

  private hover(rank: number | null): void {
    if (rank === null) this.cards.leave();
    if (rank === this.hovered) return;
    this.hovered = rank;
    this.repaint();
  }

  private placeAnchor(top: number, height: number, left = this.ladder.columns.clientLane): void {
    Object.assign(this.anchor.style, { top: `${top}px`, left: `${left}px`, height: `${height}px` });
  }

  private peekCard(node: string): ReturnType<PacketCards['peek']> {
    const [kind, first, rank, state] = node.split(':');
    if (kind === 'packet') return this.packetCards.peek(Number(first));
    const end = first === 'server' ? 'server' : 'client';
    return stateCard(end, Number(state), this.store.changeBefore(end, Number(rank)));
  }
}
