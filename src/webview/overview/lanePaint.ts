import * as api from '../../core/overviewApi';
import type { Theme } from '../timeline/theme';
import type { TimeScale } from './timeScale';

/** A lane with the time that its cells are parts of. */
export interface ShownLane extends api.StreamLane {
  readonly from: number;
  readonly to: number;
}

/** Draws a lane into the row that begins at `top`: a bar from start to end, above it what the client sent, below it what the server sent, marks over both. */
export function paintLane(ctx: CanvasRenderingContext2D, theme: Theme, lane: ShownLane, scale: TimeScale, top: number, row: number): void {
  const room = Math.max(1, row - (row >= 8 ? 4 : row >= 3 ? 1 : 0));
  const upper = top + (row - room) / 2;
  const middle = upper + room / 2;
  const clamp = (x: number): number => Math.max(scale.left, Math.min(scale.left + scale.width, x));
  const left = clamp(scale.x(lane.start));
  const right = clamp(scale.x(lane.end));
  if (scale.x(lane.end) < scale.left || scale.x(lane.start) > scale.left + scale.width) return;
  ctx.globalAlpha = theme.contrast ? 1 : 0.6;
  ctx.fillStyle = theme.line;
  ctx.fillRect(left, Math.round(middle) - 0.5, Math.max(1, right - left), 1);
  ctx.globalAlpha = 1;
  const { cells } = lane;
  const step = (lane.to - lane.from) / cells.length;
  const thin = row < 8;
  const draw = (want: (bits: number) => boolean, x: (left: number, wide: number) => void): void => {
    for (let c = 0; c < cells.length; c++) {
      if (!want(cells[c]!)) continue;
      const a = scale.x(lane.from + c * step);
      const b = scale.x(lane.from + (c + 1) * step);
      if (b < scale.left || a > scale.left + scale.width) continue;
      x(Math.max(scale.left, a), Math.max(1, b - a));
    }
  };
  for (const [bit, color, server] of [[api.LANE_CLIENT, theme.client, false], [api.LANE_SERVER, theme.server, true]] as const) {
    ctx.fillStyle = color;
    // Without payload half as tall.
    for (const data of [false, true]) {
      const tall = (room / 2) * (data ? 0.8 : 0.4);
      draw((bits) => (bits & bit) !== 0 && ((bits & api.LANE_DATA) !== 0) === data, (x, wide) => ctx.fillRect(x, server ? middle : middle - tall, wide, tall));
    }
  }
  const tick = (bit: number, color: string, wide: number, part: number): void => {
    ctx.fillStyle = color;
    draw((bits) => (bits & bit) !== 0, (x) => ctx.fillRect(Math.min(scale.left + scale.width - wide, x), middle - (room / 2) * part, wide, room * part));
  };
  tick(api.LANE_SYN, theme.states.open, thin ? 1 : 2, 1);
  tick(api.LANE_FIN, theme.states.closing, thin ? 1 : 2, 0.7);
  tick(api.LANE_CLOSED, theme.warning, 1, 0.5);
  tick(api.LANE_RESENT, theme.warning, thin ? 1 : 2, 1);
  tick(api.LANE_RST, theme.error, thin ? 2 : 3, 1);
}
