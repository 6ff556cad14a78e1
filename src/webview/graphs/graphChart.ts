import uPlot from 'uplot';
import type { SeriesLine, SeriesReply } from '../../core/seriesApi';
import { formatSeconds } from '../format/time';
import type { Theme } from '../timeline/theme';
import { CanvasPen, drawLine, nearestPoint, valueRange, type Projection } from './drawSeries';
import { axisText, lineStyle, unitOf } from './graphStyle';

export interface Picked {
  readonly line: SeriesLine;
  readonly i: number;
}

export interface ChartHost {
  /** A part of x was chosen with the mouse. */
  zoomed(from: number, to: number): void;
  /** The pointer is near a point, or near none. */
  pointed(point: Picked | null): void;
  clicked(point: Picked): void;
  reset(): void;
}

const REACH = 24;
const LEFT = 76;
/** Distances of ticks along x: round in nanoseconds as in numbers. */
const INCREMENTS = Array.from({ length: 20 }, (_, power) => [1, 2, 5].map((m) => m * 10 ** power)).flat();

/** One graph: uPlot gives axes, scales, cursor and selection; the lines, each with its own points, are drawn over them. */
export class GraphChart {
  private plot: uPlot | null = null;
  private reply: SeriesReply | null = null;
  private lines: readonly SeriesLine[] = [];
  /** x of the selected packet. */
  private mark: number | null = null;
  private pointed: Picked | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly host: ChartHost,
  ) {
    // After a drag uPlot swallows the click.
    element.addEventListener('click', () => {
      if (this.pointed) this.host.clicked(this.pointed);
    });
  }

  /** Draws anew. `lines` are those of the reply that are shown. */
  show(reply: SeriesReply, lines: readonly SeriesLine[], theme: Theme, zero: number): void {
    this.reply = reply;
    this.lines = lines;
    this.pointed = null;
    this.plot?.destroy();
    const unit = unitOf(reply.graph);
    const ratio = devicePixelRatio;
    const font = `11px ${theme.font}`;
    const [low, high] = valueRange(lines, reply.from, reply.to, reply.graph !== 'sequence');
    const axis: uPlot.Axis = { stroke: theme.foreground, font, grid: { stroke: theme.grid, width: 1 }, ticks: { stroke: theme.grid, width: 1 / ratio, size: 4 } };
    const digits = (increment: number): number => Math.max(0, Math.min(9, Math.ceil(-Math.log10(increment / 1e9) - 1e-9)));
    const to = reply.to > reply.from ? reply.to : reply.from + 1;
    const room = (to - reply.from) * 0.01;
    this.plot = new uPlot(
      {
        width: Math.max(100, this.element.clientWidth),
        height: Math.max(80, this.element.clientHeight),
        legend: { show: false },
        padding: [12, 16, 0, 0],
        scales: { x: { time: false, range: () => [reply.from - room, to + room] }, y: { range: () => [low, high] } },
        series: [{}, { show: true, stroke: 'transparent', points: { show: false } }],
        axes: [
          {
            ...axis,
            size: 32,
            space: 90,
            incrs: INCREMENTS,
            // Ticks are counted from the start of the stream, in round numbers.
            splits: (u, _axis, min, max, increment) => steps(min - zero, max - zero, increment).map((n) => n + zero),
            values: (_u, splits, _axis, _space, increment) => splits.map((n) => (reply.by === 'seq' ? axisText(n, 'sequence') : `${formatSeconds(n - zero, 9).replace(/(\.\d*)$/, (f) => (digits(increment) === 0 ? '' : f.slice(0, digits(increment) + 1)))} s`)),
          },
          { ...axis, size: LEFT, space: 34, values: (_u, splits) => splits.map((n) => axisText(n, unit)) },
        ],
        cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, bind: { dblclick: () => () => (this.host.reset(), null) } },
        hooks: {
          draw: [(u) => this.draw(u, theme)],
          setSelect: [(u) => this.select(u)],
          setCursor: [(u) => this.point(u)],
        },
      },
      [[reply.from, to], [low, high]],
      this.element,
    );
  }

  setMark(x: number | null): void {
    this.mark = x;
    this.plot?.redraw(false);
  }

  resize(): void {
    this.plot?.setSize({ width: Math.max(100, this.element.clientWidth), height: Math.max(80, this.element.clientHeight) });
  }

  clear(): void {
    this.plot?.destroy();
    this.plot = null;
    this.reply = null;
    this.lines = [];
  }

  get canvas(): HTMLCanvasElement | null {
    return this.plot?.ctx.canvas ?? null;
  }

  /** Value of x under a page coordinate. */
  xAt(clientX: number): number | null {
    const { plot } = this;
    if (!plot) return null;
    return plot.posToVal(clientX - plot.over.getBoundingClientRect().left, 'x');
  }

  private projection(u: uPlot, canvas: boolean): Projection {
    return { x: (value) => u.valToPos(value, 'x', canvas), y: (value) => u.valToPos(value, 'y', canvas) };
  }

  private draw(u: uPlot, theme: Theme): void {
    const { ctx } = u;
    const { reply } = this;
    if (!reply) return;
    ctx.save();
    ctx.beginPath();
    ctx.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    ctx.clip();
    const at = this.projection(u, true);
    if (this.mark !== null) {
      ctx.fillStyle = theme.focus;
      ctx.fillRect(Math.round(at.x(this.mark)) - 0.5, u.bbox.top, devicePixelRatio, u.bbox.height);
    }
    const pen = new CanvasPen(ctx);
    for (const line of this.lines) drawLine(pen, line, lineStyle(line.id, reply.of, theme), at);
    if (this.pointed) {
      const { line, i } = this.pointed;
      ctx.strokeStyle = theme.foreground;
      ctx.lineWidth = 1.5 * devicePixelRatio;
      ctx.beginPath();
      ctx.arc(at.x(line.x[i]!), at.y(line.high.length > 0 ? (line.y[i]! + line.high[i]!) / 2 : line.y[i]!), 5 * devicePixelRatio, 0, 2 * Math.PI);
      ctx.stroke();
    }
    ctx.restore();
  }

  private select(u: uPlot): void {
    const { left, width } = u.select;
    if (width < 4) return;
    const [from, to] = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')];
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.host.zoomed(from, to);
  }

  private point(u: uPlot): void {
    const { left, top } = u.cursor;
    const found = left === undefined || top === undefined || left < 0 ? null : nearestPoint(this.lines, this.projection(u, false), left, top, REACH);
    if (found?.line === this.pointed?.line && found?.i === this.pointed?.i) return;
    this.pointed = found;
    u.redraw(false);
    this.element.classList.toggle('on-point', found !== null);
    this.host.pointed(found);
  }
}

function steps(from: number, to: number, increment: number): number[] {
  const list: number[] = [];
  for (let k = Math.ceil(from / increment); k * increment <= to && list.length < 100; k++) list.push(k * increment);
  return list;
}
