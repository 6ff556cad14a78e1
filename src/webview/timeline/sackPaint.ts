import type { LadderColumns } from './layout';
import type { SackReport } from './sackBars';
import type { Theme } from './theme';

/** Pixels kept free beside each lane. */
const MARGIN = 26;

/** Draws the reports as bars under the lines of their segments; `pitch` is the room of a row. */
export function paintSacks(ctx: CanvasRenderingContext2D, theme: Theme, columns: LadderColumns, reports: readonly SackReport[], pitch: number): void {
  const left = columns.clientLane + MARGIN;
  const width = columns.serverLane - MARGIN - left;
  if (width < 20) return;
  const tall = pitch >= 24 ? 5 : pitch >= 12 ? 3 : 2;
  const gap = pitch >= 12 ? 3 : 1;
  for (const { y, ack, blocks } of reports) {
    const top = Math.round(y) + gap;
    const last = blocks.reduce((most, { to }) => Math.max(most, to), ack);
    // A thin line from the acknowledgment on: where no bar lies on it, bytes are missing.
    ctx.fillStyle = theme.dim;
    ctx.fillRect(left + ack * width, top + Math.floor(tall / 2), Math.max(1, (last - ack) * width), 1);
    ctx.fillRect(Math.round(left + ack * width), top - 1, 1, tall + 2);
    for (const { from, to, again } of blocks) {
      const [x, wide] = [left + from * width, Math.max(2, (to - from) * width)];
      ctx.fillStyle = again ? theme.warning : theme.states.closing;
      ctx.fillRect(x, top, wide, tall);
    }
  }
}
