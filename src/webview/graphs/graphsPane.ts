import { t } from '../../core/l10n';
import type { GraphKind, SeriesLine, SeriesReply } from '../../core/seriesApi';
import { formatSeconds } from '../format/time';
import { el } from '../shared/dom';
import type { Session } from '../state/session';
import { onThemeChange, readTheme, type Theme } from '../timeline/theme';
import { GraphBar, type Axis, type ImageType, type Side } from './graphBar';
import { GraphChart, type Picked } from './graphChart';
import { graphCsv, graphPng, graphSvg } from './graphExport';
import { graphName, lineStyle, unitOf, valueText } from './graphStyle';
import { GraphTable } from './graphTable';

interface Range {
  readonly from: number;
  readonly to: number;
}

const ZOOM_STEP = 1.5;
const REFRESH_MS = 700;
/** Parts smaller than this (nanoseconds, numbers) hold nothing more to see. */
const LEAST_RANGE = { time: 1000, seq: 2 } as const;

/** Graphs of the stream that is shown. */
export class GraphsPane {
  readonly element = el('div', 'graphs', { id: 'graphs-panel', role: 'tabpanel', 'aria-labelledby': 'tab-graphs' });
  private readonly bar: GraphBar;
  private readonly legend = el('div', 'graph-legend', { role: 'group' });
  private readonly note = el('span', 'timeline-note', { 'aria-live': 'off' });
  private readonly host = el('div', 'graph-host', { tabindex: '0', role: 'group' });
  private readonly message = el('div', 'pane-empty', { role: 'status' });
  private readonly table = new GraphTable();
  private readonly chart: GraphChart;
  private theme: Theme | null = null;
  private side: Side | null = null;
  private by: Axis = 'time';
  /** What is zoomed to; all graphs over time share one part, and the ladder too as long as they are linked. */
  private ranges: Record<Axis, Range | null> = { time: null, seq: null };
  private readonly hidden = new Set<string>();
  private reply: SeriesReply | null = null;
  private request: AbortController | null = null;
  private shownKey = '';
  private streamKey = '';
  private markKey = '';
  private timer = 0;

  constructor(private readonly session: Session) {
    this.element.hidden = true;
    this.bar = new GraphBar(session, {
      choose: (graph) => this.choose(graph),
      turn: (side) => this.turn(side),
      along: (axis) => this.along(axis),
      zoom: (factor) => this.zoom(factor),
      showAll: () => this.setRange(null),
      save: (type) => void this.save(type),
    });
    this.legend.setAttribute('aria-label', t('Lines of the graph'));
    const under = el('div', 'graph-under');
    under.append(this.legend, el('span', 'spacer'), this.note);
    const body = el('div', 'graph-body');
    body.append(this.host, this.message);
    this.element.append(this.bar.element, under, body, this.table.element);
    this.chart = new GraphChart(this.host, {
      zoomed: (from, to) => this.setRange({ from, to }),
      pointed: (point) => this.tell(point),
      clicked: ({ line, i }) => session.jumps.goToPacket(line.packet[i]!),
      reset: () => this.setRange(null),
    });
    session.events.on(['view', 'selection', 'state', 'streamInfo'], () => this.follow());
    session.events.on(['zoom'], () => this.followZoom());
    onThemeChange(() => {
      this.theme = null;
      this.draw();
    });
    new ResizeObserver(() => {
      this.chart.resize();
      this.load();
    }).observe(this.host);
    this.host.addEventListener('keydown', (event) => this.key(event));
    this.host.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.showChoices();
  }

  get hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }

  focus(): void {
    this.host.focus({ preventScroll: true });
  }

  opened(): void {
    this.followZoom();
    this.follow();
  }

  /** The ladder was zoomed, or graphs and ladder were linked. */
  private followZoom(): void {
    const { timeZoom } = this.session;
    if (!timeZoom.linked || this.element.hidden) return;
    const { part } = timeZoom;
    const { time } = this.ranges;
    if (part?.from === time?.from && part?.to === time?.to) return;
    this.ranges.time = part;
    this.load();
  }

  // --- what is shown ---

  private follow(): void {
    if (this.element.hidden) return;
    const { session } = this;
    const key = `${session.shownStream ?? -1} ${session.state.revision}`;
    if (key !== this.streamKey) {
      this.streamKey = key;
      this.ranges = { time: session.timeZoom.part, seq: null };
      this.reply = null;
      this.shownKey = '';
    }
    this.showChoices();
    this.load();
    void this.placeMark();
  }

  /** The side that sends more, unless one was chosen. */
  private get of(): Side {
    if (this.side) return this.side;
    const stream = this.session.shownStream;
    const info = stream === null ? null : this.session.streamInfo.get(stream);
    return info && info.bytesServer > info.bytesClient ? 'server' : 'client';
  }

  private get axis(): Axis {
    return this.session.viewState.graph === 'rtt' ? this.by : 'time';
  }

  private choose(graph: GraphKind): void {
    this.session.update({ graph });
    this.follow();
  }

  private turn(side: Side): void {
    this.side = side;
    this.follow();
  }

  private along(by: Axis): void {
    this.by = by;
    this.follow();
  }

  private showChoices(): void {
    const { graph } = this.session.viewState;
    this.bar.show(graph, this.of, this.axis);
    const stream = this.session.shownStream;
    const side = this.of === 'client' ? t('data of the client') : t('data of the server');
    this.host.setAttribute('aria-label', stream === null ? graphName(graph) : t('{0}, stream {1}, {2}', graphName(graph), stream, side));
  }

  private load(): void {
    const { session } = this;
    const stream = session.shownStream;
    this.message.hidden = stream !== null;
    this.message.textContent = t('Choose a stream to see its graphs.');
    if (stream === null) {
      this.chart.clear();
      return;
    }
    const steps = this.host.clientWidth;
    if (steps === 0) return;
    const { graph } = session.viewState;
    const range = this.ranges[this.axis];
    const params = { stream, graph, of: this.of, by: this.axis, from: range?.from ?? null, to: range?.to ?? null, steps };
    const what = JSON.stringify([params, session.state.revision]);
    const key = `${what} ${session.state.packets} ${session.state.phase}`;
    if (key === this.shownKey) return;
    // Only grown: not at once, not too often.
    if (this.shownKey.startsWith(what) && this.timer) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.timer = 0;
        void this.ask(params, key);
      },
      this.shownKey.startsWith(what) ? REFRESH_MS : 0,
    );
    this.shownKey = key;
  }

  private async ask(params: Parameters<typeof this.session.rpc.request<'series'>>[1], key: string): Promise<void> {
    this.request?.abort();
    const controller = new AbortController();
    this.request = controller;
    const result = await this.session.rpc.request('series', params, controller.signal);
    if (this.request !== controller) return;
    this.request = null;
    if (!result.ok) {
      if (this.shownKey === key) this.shownKey = '';
      if (result.error.code !== 'cancelled') this.session.report(result.error);
      return;
    }
    if (result.value.revision !== this.session.state.revision) return;
    this.reply = result.value;
    this.draw();
  }

  private get currentTheme(): Theme {
    return (this.theme ??= readTheme(this.element));
  }

  private get shownLines(): readonly SeriesLine[] {
    return this.reply?.lines.filter(({ id, x }) => x.length > 0 && !this.hidden.has(id)) ?? [];
  }

  private draw(): void {
    const { reply } = this;
    if (!reply || this.element.hidden) return;
    this.chart.show(reply, this.shownLines, this.currentTheme, this.zero(reply));
    this.showLegend(reply);
    this.table.show(reply, this.shownLines, this.currentTheme);
    this.tell(null);
    this.markKey = '';
    void this.placeMark();
  }

  /** Where x begins to count: times from the start of the stream. */
  private zero(reply: SeriesReply): number {
    return reply.by === 'seq' ? 0 : reply.least;
  }

  private showLegend(reply: SeriesReply): void {
    this.legend.replaceChildren(
      ...reply.lines.map(({ id, x }) => {
        const style = lineStyle(id, reply.of, this.currentTheme);
        const button = el('button', 'legend-item', { type: 'button', 'aria-pressed': String(!this.hidden.has(id)), title: t('Show or hide this line') });
        button.disabled = x.length === 0;
        const sample = el('span', `legend-sample ${style.shape}${style.dashed ? ' dashed' : ''}`);
        sample.style.color = style.color;
        button.append(sample, style.name);
        button.addEventListener('click', () => {
          if (!this.hidden.delete(id)) this.hidden.add(id);
          this.draw();
        });
        return button;
      }),
    );
  }

  /** Says which point the pointer is at; without one, what the graph is made of. */
  private tell(point: Picked | null): void {
    const { reply } = this;
    if (!reply) return;
    if (!point) {
      const total = reply.lines.reduce((sum, line) => sum + line.total, 0);
      this.note.textContent = total === 0 ? t('Nothing to draw: {0} sent no such segments', this.of === 'client' ? t('the client') : t('the server')) : reply.interval > 0 ? t('Sums over {0}', `${reply.interval / 1e6} ms`) : '';
      return;
    }
    const { line, i } = point;
    const unit = unitOf(reply.graph);
    const x = reply.by === 'seq' ? valueText(line.x[i]!, 'sequence') : `${formatSeconds(line.x[i]! - this.zero(reply), 6)} s`;
    const value = line.high.length > 0 ? `${valueText(line.y[i]!, unit)} – ${valueText(line.high[i]! - 1, unit)}` : valueText(line.y[i]!, unit);
    this.note.textContent = `#${line.packet[i]! + 1}  ${x}  ${lineStyle(line.id, reply.of, this.currentTheme).name}: ${value}`;
  }

  /** Marks the selected packet on a graph over time. */
  private async placeMark(): Promise<void> {
    const { session, reply } = this;
    const { selection } = session;
    if (!reply) return;
    const key = `${selection?.packet ?? -1} ${selection?.rank ?? -1} ${reply.stream} ${reply.by}`;
    if (key === this.markKey) return;
    this.markKey = key;
    if (selection?.stream !== reply.stream || selection.rank === null || reply.by === 'seq') {
      this.chart.setMark(null);
      return;
    }
    const result = await session.rpc.request('timelinePage', { stream: reply.stream, start: selection.rank, count: 1 });
    if (key === this.markKey && result.ok && result.value.segments.place.length > 0) this.chart.setMark(result.value.segments.place[0]!);
  }

  // --- zooming ---

  private setRange(range: Range | null): void {
    const { reply } = this;
    const axis = this.axis;
    let next = range;
    if (next && reply) {
      const least = LEAST_RANGE[axis];
      const from = Math.max(reply.least, Math.min(next.from, reply.most - least));
      const to = Math.min(reply.most, Math.max(next.to, from + least));
      next = from <= reply.least && to >= reply.most ? null : { from, to };
    }
    this.ranges[axis] = next;
    if (axis === 'time') this.session.timeZoom.set(next);
    this.load();
  }

  private zoom(factor: number, around?: number): void {
    const { reply } = this;
    if (!reply) return;
    const at = around ?? (reply.from + reply.to) / 2;
    this.setRange({ from: at - (at - reply.from) * factor, to: at + (reply.to - at) * factor });
  }

  private pan(part: number): void {
    const { reply } = this;
    if (!reply) return;
    const by = Math.max(reply.least - reply.from, Math.min(reply.most - reply.to, (reply.to - reply.from) * part));
    this.setRange({ from: reply.from + by, to: reply.to + by });
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) this.pan((event.deltaX || event.deltaY) / Math.max(1, this.host.clientWidth));
    else this.zoom(Math.exp(event.deltaY / 400), this.chart.xAt(event.clientX) ?? undefined);
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { session } = this;
    switch (event.key) {
      case 'ArrowRight':
        session.jumps.inStream('nextInStream');
        break;
      case 'ArrowLeft':
        session.jumps.inStream('previousInStream');
        break;
      case 'Home':
        session.jumps.inStream('firstOfStream');
        break;
      case 'End':
        session.jumps.inStream('lastOfStream');
        break;
      case 'PageDown':
        this.pan(0.5);
        break;
      case 'PageUp':
        this.pan(-0.5);
        break;
      case '+':
      case '=':
        this.zoom(1 / ZOOM_STEP);
        break;
      case '-':
        this.zoom(ZOOM_STEP);
        break;
      case '0':
        this.setRange(null);
        break;
      case 'Enter':
        session.host.run('openExplain');
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  // --- saving ---

  private async save(type: ImageType): Promise<void> {
    const { reply, session } = this;
    if (!reply) return;
    const name = `stream-${reply.stream}-${reply.graph}-${reply.of}.${type}`;
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    if (type === 'png') {
      const { canvas } = this.chart;
      const bytes = canvas && (await graphPng(canvas, this.currentTheme));
      if (bytes) session.host.save(name, bytes);
    } else if (type === 'svg') session.host.save(name, text(graphSvg(reply, this.shownLines, this.currentTheme, this.zero(reply))));
    else {
      // What is on screen is thinned out; the file holds every point of the same part.
      const { stream, graph, of, by, from, to } = reply;
      const result = await session.rpc.request('series', { stream, graph, of, by, from, to, steps: 0 });
      if (result.ok) session.host.save(name, text(graphCsv(result.value, result.value.lines)));
      else session.report(result.error);
    }
  }
}
