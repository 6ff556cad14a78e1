import { NO_PACKET } from '../../core/bytes/units';
import { duration, grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { OverviewFinding } from '../../core/overviewApi';
import { formatBytes } from '../format/text';
import { el, icon } from '../shared/dom';
import type { Session } from '../state/session';
import type { Theme } from '../timeline/theme';
import type { OverviewModel } from './overviewModel';
import { paintOverview } from './overviewPaint';
import { OverviewTable } from './overviewTable';
import { OverviewWords } from './overviewWords';
import { TimeScale } from './timeScale';
import type { TimeRange } from './timeRange';

/** Pixels of one bucket at least, and of one finding. */
const BUCKET = 3;
const MARK = 15;
const DRAG_FROM = 4;
/** Lower than this there is no room for three lines beside the bars. */
const LOW = 66;
const KEY_ZOOM = 1.5;
/** Keys that mean something with Ctrl here; all others are VS Code's. */
const WITH_CTRL: ReadonlySet<string> = new Set(['ArrowLeft', 'ArrowRight', 'Home', 'End']);
const TICK_SPACE = 90;
export const GUTTER = 64;

/** The graph of the whole capture: bars, findings, a cursor, and the time filter as a brush. A slider to assistive technology. */
export class OverviewPlot {
  readonly element = el('div', 'overview-graph');
  private readonly slider = el('div', 'overview-plot', { tabindex: '0', role: 'slider', 'aria-orientation': 'horizontal', 'aria-describedby': 'overview-help' });
  readonly table = new OverviewTable();
  private readonly canvas = el('canvas', '', { 'aria-hidden': 'true' });
  private readonly peaks = el('div', 'overview-peaks', { 'aria-hidden': 'true' });
  private readonly marks = el('div', 'overview-marks', { role: 'group' });
  private readonly brush = el('div', 'overview-brush');
  private readonly cursorLine = el('div', 'overview-cursor');
  private readonly nowLine = el('div', 'overview-now');
  private readonly message = el('div', 'overview-message', { role: 'status' });
  private readonly words: OverviewWords;
  private width = 0;
  private height = 0;
  private frame = 0;
  /** Where the keys stand, and where a selection by keys began. */
  private cursor: number | null = null;
  private anchor: number | null = null;
  /** A range that is being drawn and is not in force yet. */
  private draft: TimeRange | null = null;
  private atFinding: OverviewFinding | null = null;

  constructor(
    private readonly session: Session,
    private readonly model: OverviewModel,
    private readonly theme: () => Theme,
    /** Says what lies under the pointer or the cursor; null: nothing. */
    private readonly tell: (text: string | null) => void,
  ) {
    this.words = new OverviewWords(session, model, () => this.scale);
    this.slider.setAttribute('aria-label', t('Packets over time'));
    this.marks.setAttribute('aria-label', t('Findings over time'));
    const help = el('span', 'visually-hidden', { id: 'overview-help' }, t('Arrow keys move along the time, with Shift they select a range. Enter filters by the range, or goes to the first packet there. Up and Down go from finding to finding. Escape removes the time filter. Plus, minus and 0 zoom.'));
    this.slider.append(this.canvas, this.brush, this.nowLine, this.cursorLine);
    this.element.append(this.slider, this.peaks, this.marks, this.message, help);
    model.events.on(['data', 'zoom'], () => this.repaint());
    model.events.on(['time'], () => this.place());
    session.events.on(['view'], () => this.place());
    session.events.on(['format', 'state'], () => this.repaint());
    new ResizeObserver(() => this.resized()).observe(this.element);
    this.slider.addEventListener('pointerdown', (event) => this.pointerDown(event));
    this.slider.addEventListener('pointermove', (event) => this.pointerMove(event));
    this.slider.addEventListener('pointerleave', () => this.tell(null));
    this.element.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.slider.addEventListener('keydown', (event) => this.key(event));
    this.slider.addEventListener('focus', () => this.sayCursor());
    this.slider.addEventListener('blur', () => this.tell(null));
  }

  focus(): void {
    this.slider.focus({ preventScroll: true });
  }

  get scale(): TimeScale {
    const { from, to } = this.model.shown;
    return new TimeScale(from, to, GUTTER, Math.max(1, this.width - GUTTER - 8));
  }

  // --- painting ---

  private resized(): void {
    const { clientWidth, clientHeight } = this.element;
    this.width = clientWidth;
    this.height = clientHeight;
    this.element.classList.toggle('low', clientHeight < LOW);
    if (clientWidth === 0) {
      this.model.setSize(0, 0);
      return;
    }
    this.canvas.width = Math.round(clientWidth * devicePixelRatio);
    this.canvas.height = Math.round(clientHeight * devicePixelRatio);
    const room = this.scale.width;
    this.model.setSize(Math.max(10, Math.floor(room / BUCKET)), Math.max(1, Math.floor(room / MARK)));
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
    const { overview } = this.model;
    if (!ctx || this.width === 0) return;
    ctx.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    ctx.clearRect(0, 0, this.width, this.height);
    const nothing = overview !== null && overview.timed === 0;
    this.message.hidden = !nothing;
    if (nothing) this.message.textContent = t('This capture shows no times: there is nothing to draw over them.');
    this.place();
    if (!overview || nothing) {
      this.marks.replaceChildren();
      return;
    }
    const { scale } = this;
    const { step, times } = scale.ticks(TICK_SPACE);
    paintOverview(ctx, this.theme(), { overview, scale, width: this.width, height: this.height, labels: { step, times, text: (time) => this.words.time(time, step) } });
    this.showPeaks();
    this.showMarks(scale);
    this.table.show(overview, this.model.answered);
  }

  /** A time with as many digits as one pixel is worth. */
  exact(time: number): string {
    return this.words.exact(time);
  }

  private showPeaks(): void {
    const { packets, bytes, width } = this.model.overview!;
    const most = (values: Iterable<number>): number => {
      let top = 0;
      for (const value of values) top = Math.max(top, value);
      return top;
    };
    const [top, size] = [most(packets), most(bytes)];
    this.peaks.replaceChildren(el('span', '', {}, grouped(top)), el('span', 'overview-bytes', {}, formatBytes(size)), el('span', 'dim', {}, t('per {0}', duration(width))));
    this.peaks.title = t('At most {0} packets and {1} in {2}', grouped(top), formatBytes(size), duration(width));
  }

  private showMarks(scale: TimeScale): void {
    const { findings } = this.model.overview!;
    const shown = findings.filter(({ time }) => time >= scale.from && time <= scale.to);
    while (this.marks.childElementCount > shown.length) this.marks.lastElementChild!.remove();
    shown.forEach((finding, i) => {
      let button = this.marks.children[i] as HTMLButtonElement | undefined;
      if (!button) {
        button = el('button', 'overview-mark', { type: 'button', tabindex: '-1' });
        this.marks.append(button);
      }
      const { severity } = finding;
      const words = this.words.finding(finding);
      if (button.dataset.severity !== severity) button.replaceChildren(icon(severity));
      Object.assign(button.dataset, { severity, packet: String(finding.packet) });
      button.className = `overview-mark severity-${severity}`;
      button.title = words;
      button.setAttribute('aria-label', words);
      button.style.left = `${scale.x(finding.time)}px`;
      button.onclick = () => this.session.jumps.goToPacket(finding.packet);
    });
  }

  /** Puts brush, cursor and the selected packet's line where they belong. */
  private place(): void {
    const { scale, model } = this;
    const range = this.draft ?? model.range;
    const seen = range !== null && range.to >= scale.from && range.from <= scale.to;
    this.brush.hidden = !seen;
    if (seen) {
      const left = Math.max(GUTTER, scale.x(range.from));
      const right = Math.min(GUTTER + scale.width, scale.x(range.to));
      Object.assign(this.brush.style, { left: `${left}px`, width: `${Math.max(2, right - left)}px` });
      this.brush.classList.toggle('draft', this.draft !== null);
    }
    const line = (element: HTMLElement, time: number | null): void => {
      element.hidden = time === null || time < scale.from || time > scale.to;
      if (time !== null && !element.hidden) element.style.left = `${scale.x(time)}px`;
    };
    line(this.cursorLine, this.cursor);
    line(this.nowLine, model.overview?.timed ? model.selectedTime : null);
    const at = this.cursor ?? model.selectedTime ?? scale.from;
    const seconds = (nanos: number): string => String(Math.round(nanos / 1e3) / 1e6);
    this.slider.setAttribute('aria-valuemin', seconds(scale.from));
    this.slider.setAttribute('aria-valuemax', seconds(scale.to));
    this.slider.setAttribute('aria-valuenow', seconds(Math.max(scale.from, Math.min(scale.to, at))));
    this.slider.setAttribute('aria-valuetext', this.atFinding ? this.words.finding(this.atFinding) : this.words.at(at));
  }

  private sayCursor(): void {
    if (this.atFinding) this.tell(this.words.finding(this.atFinding));
    else if (this.draft) this.tell(this.words.range(this.draft));
    else if (this.cursor !== null) this.tell(this.words.at(this.cursor));
  }

  // --- pointer ---

  private pointerDown(event: PointerEvent): void {
    if (event.button !== 0 || !this.model.overview?.timed) return;
    const left = this.element.getBoundingClientRect().left;
    const start = event.clientX;
    const from = this.scale.time(start - left);
    let dragged = false;
    this.slider.setPointerCapture(event.pointerId);
    const move = (e: PointerEvent): void => {
      if (!dragged && Math.abs(e.clientX - start) < DRAG_FROM) return;
      dragged = true;
      const to = this.scale.time(e.clientX - left);
      this.draft = { from: Math.min(from, to), to: Math.max(from, to) };
      this.tell(this.words.range(this.draft));
      this.place();
    };
    const cancel = (e: KeyboardEvent): void => {
      if (e.key !== 'Escape') return;
      this.draft = null;
      e.stopPropagation();
      this.slider.releasePointerCapture(event.pointerId);
    };
    this.slider.addEventListener('pointermove', move);
    window.addEventListener('keydown', cancel, true);
    this.slider.addEventListener(
      'lostpointercapture',
      () => {
        this.slider.removeEventListener('pointermove', move);
        window.removeEventListener('keydown', cancel, true);
        this.atFinding = this.anchor = null;
        if (!dragged) {
          this.cursor = from;
          this.goTo(from);
        } else this.apply();
        this.place();
      },
      { once: true },
    );
  }

  private pointerMove(event: PointerEvent): void {
    if (event.buttons !== 0) return;
    const x = event.clientX - this.element.getBoundingClientRect().left;
    const { scale } = this;
    this.tell(x >= GUTTER && x <= GUTTER + scale.width && this.model.overview?.timed ? this.words.at(scale.time(x)) : null);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    wheelZoom(event, this.model, this.scale, this.element.getBoundingClientRect().left);
  }

  /** Goes to the first packet at a time, or after it. */
  private goTo(time: number): void {
    const { overview } = this.model;
    if (!overview) return;
    for (let b = Math.max(0, this.words.bucketAt(time)); b < overview.first.length; b++) {
      const packet = overview.first[b]!;
      if (packet !== NO_PACKET) {
        this.session.jumps.goToPacket(packet);
        return;
      }
    }
  }

  private apply(): void {
    const { draft } = this;
    this.draft = this.anchor = null;
    if (draft && draft.to > draft.from) this.model.setRange(draft);
    this.place();
  }

  // --- keys ---

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey || (event.ctrlKey && !WITH_CTRL.has(event.key)) || !this.model.overview?.timed) return;
    const { model, scale } = this;
    const { width } = model.overview!;
    const at = this.cursor ?? model.selectedTime ?? scale.from;
    const page = (scale.to - scale.from) / 10;
    const step = event.ctrlKey ? page : width;
    switch (event.key) {
      case 'ArrowRight':
        this.moveTo(at + step, event.shiftKey);
        break;
      case 'ArrowLeft':
        this.moveTo(at - step, event.shiftKey);
        break;
      case 'PageDown':
        this.moveTo(at + page, event.shiftKey);
        break;
      case 'PageUp':
        this.moveTo(at - page, event.shiftKey);
        break;
      case 'Home':
        this.moveTo(model.whole.from, event.shiftKey);
        break;
      case 'End':
        this.moveTo(model.whole.to, event.shiftKey);
        break;
      case 'ArrowDown':
        this.nextFinding(at, 1);
        break;
      case 'ArrowUp':
        this.nextFinding(at, -1);
        break;
      case 'Enter':
      case ' ':
        if (this.draft) this.apply();
        else if (this.atFinding) this.session.jumps.goToPacket(this.atFinding.packet);
        else this.goTo(at);
        break;
      case 'Escape':
        if (this.draft) this.draft = this.anchor = null;
        else if (model.range) model.setRange(null);
        else return;
        this.place();
        break;
      case '+':
      case '=':
        model.zoomBy(1 / KEY_ZOOM, at);
        break;
      case '-':
        model.zoomBy(KEY_ZOOM, at);
        break;
      case '0':
        model.setZoom(null);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  private moveTo(time: number, selecting: boolean): void {
    const { model, scale } = this;
    const from = this.cursor ?? model.selectedTime ?? scale.from;
    const { whole } = model;
    const next = Math.round(Math.max(whole.from, Math.min(whole.to, time)));
    this.atFinding = null;
    if (selecting) {
      this.anchor ??= from;
      this.draft = { from: Math.min(this.anchor, next), to: Math.max(this.anchor, next) };
    } else this.draft = this.anchor = null;
    this.cursor = next;
    this.follow();
    this.place();
    this.sayCursor();
  }

  /** Keeps the cursor in what is shown. */
  private follow(): void {
    const { from, to } = this.model.shown;
    if (this.cursor === null || (this.cursor >= from && this.cursor <= to)) return;
    const by = this.cursor < from ? this.cursor - from : this.cursor - to;
    this.model.setZoom({ from: from + by, to: to + by });
  }

  private nextFinding(at: number, step: 1 | -1): void {
    const { findings } = this.model.overview!;
    const held = this.atFinding ? findings.findIndex(({ packet }) => packet === this.atFinding!.packet) : -1;
    const place = held >= 0 ? held + step : step > 0 ? findings.findIndex(({ time }) => time >= at) : findings.findLastIndex(({ time }) => time <= at);
    const next = findings[place];
    if (!next) return;
    this.draft = this.anchor = null;
    this.atFinding = next;
    this.cursor = next.time;
    this.place();
    this.sayCursor();
  }
}

/** A wheel over the overview or its lanes: zooms around the pointer; sideways or with Shift it moves along. */
export function wheelZoom(event: WheelEvent, model: OverviewModel, scale: TimeScale, left: number): void {
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 400 : 1;
  if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) model.pan(((event.deltaX || event.deltaY) * unit) / scale.width);
  else model.zoomBy(Math.exp((event.deltaY * unit) / 400), scale.time(event.clientX - left));
}
