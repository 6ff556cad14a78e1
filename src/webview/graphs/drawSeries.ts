import type { SeriesLine } from '../../core/seriesApi';
import type { LineStyle } from './graphStyle';

/** What a graph is drawn with: a canvas, or the text of an SVG. Pixels. */
export interface Pen {
  polyline(points: Float64Array, count: number, color: string, dashed: boolean): void;
  segment(x1: number, y1: number, x2: number, y2: number, color: string, width: number): void;
  dot(x: number, y: number, radius: number, color: string): void;
}

export interface Projection {
  x(value: number): number;
  y(value: number): number;
}

/** Draws one line of a graph. */
export function drawLine(pen: Pen, line: SeriesLine, style: LineStyle, at: Projection): void {
  const { x, y, high } = line;
  switch (style.shape) {
    case 'bars':
      for (let i = 0; i < x.length; i++) {
        const px = at.x(x[i]!);
        const top = at.y(high[i]!);
        const bottom = at.y(y[i]!);
        // A bar is at least two pixels tall, or a short one could not be seen.
        pen.segment(px, Math.min(top, bottom - 2), px, bottom, style.color, 1.5);
      }
      return;
    case 'points':
      for (let i = 0; i < x.length; i++) pen.dot(at.x(x[i]!), at.y(y[i]!), 1.8, style.color);
      return;
    case 'line':
    case 'step': {
      const step = style.shape === 'step';
      const points = new Float64Array(x.length * 4);
      let n = 0;
      for (let i = 0; i < x.length; i++) {
        const px = at.x(x[i]!);
        const py = at.y(y[i]!);
        if (step && i > 0) {
          points[n * 2] = px;
          points[n * 2 + 1] = points[n * 2 - 1]!;
          n++;
        }
        points[n * 2] = px;
        points[n * 2 + 1] = py;
        n++;
      }
      pen.polyline(points, n, style.color, style.dashed);
      if (x.length === 1) pen.dot(at.x(x[0]!), at.y(y[0]!), 2, style.color);
    }
  }
}

export class CanvasPen implements Pen {
  constructor(private readonly ctx: CanvasRenderingContext2D) {}

  polyline(points: Float64Array, count: number, color: string, dashed: boolean): void {
    const { ctx } = this;
    ctx.strokeStyle = color;
    ctx.lineWidth = 1.25 * devicePixelRatio;
    ctx.setLineDash(dashed ? [5 * devicePixelRatio, 3 * devicePixelRatio] : []);
    ctx.beginPath();
    for (let i = 0; i < count; i++) {
      if (i === 0) ctx.moveTo(points[0]!, points[1]!);
      else ctx.lineTo(points[i * 2]!, points[i * 2 + 1]!);
    }
    ctx.stroke();
    ctx.setLineDash([]);
  }

  segment(x1: number, y1: number, x2: number, y2: number, color: string, width: number): void {
    const { ctx } = this;
    ctx.strokeStyle = color;
    ctx.lineWidth = width * devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x1, y1);
    ctx.lineTo(x2, y2);
    ctx.stroke();
  }

  dot(x: number, y: number, radius: number, color: string): void {
    const { ctx } = this;
    const size = radius * 2 * devicePixelRatio;
    ctx.fillStyle = color;
    ctx.fillRect(x - size / 2, y - size / 2, size, size);
  }
}

/** Collects SVG elements. Only numbers and colours of the theme go in. */
export class SvgPen implements Pen {
  readonly parts: string[] = [];

  polyline(points: Float64Array, count: number, color: string, dashed: boolean): void {
    const list: string[] = [];
    for (let i = 0; i < count; i++) list.push(`${round(points[i * 2]!)},${round(points[i * 2 + 1]!)}`);
    this.parts.push(`<polyline fill="none" stroke="${escapeXml(color)}" stroke-width="1.25"${dashed ? ' stroke-dasharray="5 3"' : ''} points="${list.join(' ')}"/>`);
  }

  segment(x1: number, y1: number, x2: number, y2: number, color: string, width: number): void {
    this.parts.push(`<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${escapeXml(color)}" stroke-width="${width}"/>`);
  }

  dot(x: number, y: number, radius: number, color: string): void {
    this.parts.push(`<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${escapeXml(color)}"/>`);
  }

  text(x: number, y: number, text: string, color: string, anchor: 'start' | 'middle' | 'end'): void {
    this.parts.push(`<text x="${round(x)}" y="${round(y)}" fill="${escapeXml(color)}" text-anchor="${anchor}">${escapeXml(text)}</text>`);
  }
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** The point nearest to a place on screen, over lines that are shown; null when none is within `reach` pixels. */
export function nearestPoint(lines: readonly SeriesLine[], at: Projection, px: number, py: number, reach: number): { readonly line: SeriesLine; readonly i: number } | null {
  let best: { line: SeriesLine; i: number } | null = null;
  let least = reach * reach;
  for (const line of lines) {
    for (let i = 0; i < line.x.length; i++) {
      const dx = at.x(line.x[i]!) - px;
      if (dx > reach || dx < -reach) continue;
      const low = at.y(line.y[i]!);
      const top = line.high.length > 0 ? at.y(line.high[i]!) : low;
      const dy = py < top ? top - py : py > low ? py - low : 0;
      const distance = dx * dx + dy * dy;
      if (distance < least) {
        least = distance;
        best = { line, i };
      }
    }
  }
  return best;
}

/** Least and largest y of what is shown in [from, to], with some room; from 0 on unless it is about sequence numbers. */
export function valueRange(lines: readonly SeriesLine[], from: number, to: number, fromZero: boolean): readonly [number, number] {
  let low = fromZero ? 0 : Infinity;
  let high = -Infinity;
  for (const { x, y, high: tops } of lines) {
    for (let i = 0; i < x.length; i++) {
      if (x[i]! < from || x[i]! > to) continue;
      low = Math.min(low, y[i]!);
      high = Math.max(high, tops.length > 0 ? tops[i]! : y[i]!);
    }
  }
  if (high === -Infinity) return [0, 1];
  const room = (high - low || 1) * 0.05;
  return [fromZero && low >= 0 ? 0 : low - room, high + room];
}
