import { t } from '../../core/l10n';
import type { SeriesLine, SeriesReply } from '../../core/seriesApi';
import type { Theme } from '../timeline/theme';
import { drawLine, escapeXml, SvgPen, valueRange } from './drawSeries';
import { axisText, graphName, lineStyle, unitOf } from './graphStyle';

const WIDTH = 1200;
const HEIGHT = 600;
const EDGE = { left: 90, right: 20, top: 50, bottom: 40 } as const;

/** The graph as a stand-alone SVG, in the colours of the theme. */
export function graphSvg(reply: SeriesReply, lines: readonly SeriesLine[], theme: Theme, zero: number): string {
  const unit = unitOf(reply.graph);
  const to = reply.to > reply.from ? reply.to : reply.from + 1;
  const [low, high] = valueRange(lines, reply.from, to, reply.graph !== 'sequence');
  const right = WIDTH - EDGE.right;
  const bottom = HEIGHT - EDGE.bottom;
  const at = {
    x: (value: number) => EDGE.left + ((value - reply.from) / (to - reply.from)) * (right - EDGE.left),
    y: (value: number) => bottom - ((value - low) / (high - low)) * (bottom - EDGE.top),
  };
  const frame = new SvgPen();
  for (let k = 0; k <= 5; k++) {
    const y = low + ((high - low) * k) / 5;
    const x = reply.from + ((to - reply.from) * k) / 5;
    frame.segment(EDGE.left, at.y(y), right, at.y(y), theme.grid, 1);
    frame.text(EDGE.left - 8, at.y(y) + 4, axisText(y, unit), theme.foreground, 'end');
    frame.text(at.x(x), bottom + 20, reply.by === 'seq' ? axisText(x, 'sequence') : `${((x - zero) / 1e9).toPrecision(4)} s`, theme.foreground, 'middle');
  }
  frame.text(EDGE.left, 20, `${graphName(reply.graph)}, ${t('stream {0}', reply.stream)}`, theme.foreground, 'start');
  let x = EDGE.left;
  const pen = new SvgPen();
  for (const line of lines) {
    const style = lineStyle(line.id, reply.of, theme);
    frame.segment(x, 36, x + 16, 36, style.color, 3);
    frame.text(x + 22, 40, style.name, theme.foreground, 'start');
    x += 40 + style.name.length * 7;
    drawLine(pen, line, style, at);
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="${escapeXml(theme.font)}" font-size="12">`,
    `<rect width="100%" height="100%" fill="${escapeXml(theme.background)}"/>`,
    ...frame.parts,
    `<clipPath id="c"><rect x="${EDGE.left}" y="${EDGE.top}" width="${right - EDGE.left}" height="${bottom - EDGE.top}"/></clipPath>`,
    '<g clip-path="url(#c)">',
    ...pen.parts,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Every point: line, frame number, x and y in base units (seconds or sequence numbers; bytes, bytes per second, seconds). */
export function graphCsv(reply: SeriesReply, lines: readonly SeriesLine[]): string {
  const rows = ['series,frame.number,x,y,y_end'];
  const seconds = (nanos: number): string => (nanos / 1e9).toFixed(9);
  for (const { id, x, y, high, packet } of lines)
    for (let i = 0; i < x.length; i++)
      rows.push(`${id},${packet[i]! + 1},${reply.by === 'seq' ? x[i]! : seconds(x[i]!)},${reply.graph === 'rtt' ? seconds(y[i]!) : y[i]!},${high.length > 0 ? high[i]! : ''}`);
  return `${rows.join('\r\n')}\r\n`;
}

/** The graph's canvas on the editor's background, as PNG. */
export async function graphPng(canvas: HTMLCanvasElement, theme: Theme): Promise<Uint8Array | null> {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const ctx = copy.getContext('2d');
  if (!ctx) return null;
  ctx.fillStyle = theme.background;
  ctx.fillRect(0, 0, copy.width, copy.height);
  ctx.drawImage(canvas, 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => copy.toBlob(resolve, 'image/png'));
  return blob ? new Uint8Array(await blob.arrayBuffer()) : null;
}
