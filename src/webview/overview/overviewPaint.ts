import type { CaptureOverview } from '../../core/overviewApi';
import type { Theme } from '../timeline/theme';
import type { TimeScale } from './timeScale';

/** Pixels: the strip for findings above the bars, the axis below them. */
export const MARKS_HEIGHT = 16;
export const AXIS_HEIGHT = 16;
const TEXT = 10;

export interface OverviewPicture {
  readonly overview: CaptureOverview;
  readonly scale: TimeScale;
  readonly width: number;
  readonly height: number;
  readonly labels: { readonly step: number; readonly times: readonly number[]; text(time: number): string };
}

/** Bars of packets with the part that was sent again, a line of bytes, the axis. Units are CSS pixels. */
export function paintOverview(ctx: CanvasRenderingContext2D, theme: Theme, picture: OverviewPicture): void {
  const { overview, scale, width, height } = picture;
  ctx.clearRect(0, 0, width, height);
  const top = MARKS_HEIGHT;
  const bottom = height - AXIS_HEIGHT;
  const room = Math.max(1, bottom - top);
  const { packets, bytes, resent, from, width: step } = overview;
  let mostPackets = 1;
  let mostBytes = 1;
  for (let b = 0; b < packets.length; b++) {
    mostPackets = Math.max(mostPackets, packets[b]!);
    mostBytes = Math.max(mostBytes, bytes[b]!);
  }
  ctx.save();
  ctx.beginPath();
  ctx.rect(scale.left, 0, scale.width, bottom);
  ctx.clip();
  const pixel = 1 / devicePixelRatio;
  const snap = (x: number): number => Math.round(x * devicePixelRatio) / devicePixelRatio;
  for (let b = 0; b < packets.length; b++) {
    if (packets[b] === 0) continue;
    const left = snap(scale.x(from + b * step));
    const right = snap(scale.x(from + (b + 1) * step));
    const wide = Math.max(pixel, right - left - (right - left >= 4 ? 1 : 0));
    const tall = Math.max(1.5, (room * packets[b]!) / mostPackets);
    ctx.globalAlpha = theme.contrast ? 1 : 0.55;
    ctx.fillStyle = theme.dim;
    ctx.fillRect(left, bottom - tall, wide, tall);
    ctx.globalAlpha = 1;
    if (resent[b] === 0) continue;
    ctx.fillStyle = theme.warning;
    const part = Math.max(2, (tall * resent[b]!) / packets[b]!);
    ctx.fillRect(left, bottom - part, wide, part);
  }
  paintBytes(ctx, theme, picture, mostBytes, top, bottom);
  ctx.restore();
  paintAxis(ctx, theme, picture, bottom);
}

function paintBytes(ctx: CanvasRenderingContext2D, theme: Theme, { overview, scale }: OverviewPicture, most: number, top: number, bottom: number): void {
  const { bytes, from, width: step } = overview;
  ctx.strokeStyle = theme.states.open;
  ctx.lineWidth = 1.25;
  ctx.beginPath();
  for (let b = 0; b < bytes.length; b++) {
    const y = bottom - 0.75 - ((bottom - top - 2) * bytes[b]!) / most;
    const x = scale.x(from + b * step);
    if (b > 0) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
    ctx.lineTo(scale.x(from + (b + 1) * step), y);
  }
  ctx.stroke();
  ctx.lineWidth = 1;
}

function paintAxis(ctx: CanvasRenderingContext2D, theme: Theme, { scale, labels, width, height }: OverviewPicture, bottom: number): void {
  ctx.fillStyle = theme.grid;
  ctx.fillRect(scale.left, bottom, scale.width, 1);
  ctx.font = `${TEXT}px ${theme.font}`;
  ctx.textBaseline = 'middle';
  for (const time of labels.times) {
    const x = scale.x(time);
    ctx.fillStyle = theme.grid;
    ctx.fillRect(Math.round(x), bottom, 1, 4);
    const text = labels.text(time);
    const half = ctx.measureText(text).width / 2;
    ctx.textAlign = 'left';
    ctx.fillStyle = theme.dim;
    // The first and the last stay whole.
    ctx.fillText(text, Math.max(2, Math.min(width - 2 * half - 2, x - half)), height - AXIS_HEIGHT / 2 + 1);
  }
}
