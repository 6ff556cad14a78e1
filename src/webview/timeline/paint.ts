import { marksSeverity } from '../../core/analysis/badges';
import { STATE_NAMES, CLOSED, ESTABLISHED, LISTEN, SYN_RECEIVED, SYN_SENT, TIME_WAIT } from '../../core/stream/endpointStates';
import { FIN, RST, SYN } from '../../core/decode/segment';
import { duration } from '../../core/explain/words';
import { t } from '../../core/l10n';
import * as api from '../../core/timelineApi';
import type { DrawnSegment, LadderColumns, Link, StateRun } from './layout';
import type { SegmentWords } from './segmentWords';
import type { Theme } from './theme';

const TEXT = 11;
/** Pixels before its lane where the line of a lost segment ends. */
const LOST_SHORT = 24;

export function stateColor(theme: Theme, state: number): string {
  const { states } = theme;
  if (state === CLOSED || state === LISTEN) return states.none;
  if (state === SYN_SENT || state === SYN_RECEIVED) return states.opening;
  if (state === ESTABLISHED) return states.open;
  return state === TIME_WAIT ? states.waiting : states.closing;
}

/** Draws the ladder on a canvas whose units are CSS pixels. */
export class Painter {
  constructor(
    private readonly ctx: CanvasRenderingContext2D,
    private readonly theme: Theme,
    private readonly columns: LadderColumns,
    private readonly height: number,
  ) {}

  begin(): void {
    const { ctx, columns, height } = this;
    ctx.clearRect(0, 0, columns.width, height);
    ctx.lineWidth = 1;
    ctx.setLineDash([]);
    ctx.globalAlpha = 1;
    ctx.textBaseline = 'alphabetic';
  }

  lanes(top: number, bottom: number): void {
    const { clientLane, serverLane } = this.columns;
    this.line(clientLane, top, clientLane, bottom, this.theme.line);
    this.line(serverLane, top, serverLane, bottom, this.theme.line);
  }

  row(y: number, rowHeight: number, kind: 'selected' | 'hovered'): void {
    const { ctx, theme, columns } = this;
    const top = Math.round(y - rowHeight / 2);
    const outlined = kind === 'selected' || theme.contrast;
    // Not over the bands: their words stand on the same lines.
    for (const [left, right] of [[0, columns.clientBand - 3], [columns.clientBand + columns.bandWidth + 1, columns.serverBand - 1]] as const) {
      ctx.fillStyle = kind === 'selected' ? theme.selection : theme.hover;
      ctx.fillRect(left, top, right - left, rowHeight);
      if (!outlined) continue;
      ctx.strokeStyle = theme.focus;
      ctx.setLineDash(kind === 'selected' ? [] : [3, 3]);
      ctx.globalAlpha = theme.contrast ? 1 : 0.6;
      ctx.strokeRect(left + 0.5, top + 0.5, right - left - 1, Math.round(rowHeight) - 1);
      ctx.globalAlpha = 1;
      ctx.setLineDash([]);
    }
  }

  /** Frame number and time in the gutter. */
  gutter(y: number, number: string, time: string, selected: boolean): void {
    const { ctx, theme, columns } = this;
    ctx.font = `${TEXT}px ${theme.mono}`;
    ctx.textAlign = 'right';
    ctx.fillStyle = selected ? theme.selectionText : theme.dim;
    if (columns.numberEnd > 0) ctx.fillText(number, columns.numberEnd, y + 4);
    ctx.fillStyle = selected ? theme.selectionText : theme.foreground;
    ctx.fillText(time, columns.timeEnd, y + 4);
  }

  /** A line of the time scale. */
  tick(y: number, text: string): void {
    const { ctx, theme, columns } = this;
    ctx.globalAlpha = 0.25;
    this.line(columns.clientLane, y, columns.serverLane, y, theme.line);
    ctx.globalAlpha = 1;
    ctx.font = `${TEXT}px ${theme.mono}`;
    ctx.textAlign = 'right';
    ctx.fillStyle = theme.dim;
    ctx.fillText(text, columns.timeEnd, y + 4);
  }

  idle(y: number, length: number): void {
    const { ctx, theme, columns } = this;
    ctx.setLineDash([2, 4]);
    this.line(columns.clientLane, y, columns.serverLane, y, theme.dim);
    ctx.setLineDash([]);
    const text = t('{0} idle', duration(length));
    ctx.font = `${TEXT}px ${theme.font}`;
    ctx.textAlign = 'center';
    const x = (columns.clientLane + columns.serverLane) / 2;
    const width = ctx.measureText(text).width + 14;
    ctx.fillStyle = theme.background;
    ctx.fillRect(x - width / 2, y - 8, width, 16);
    ctx.fillStyle = theme.dim;
    ctx.fillText(text, x, y + 4);
    // The lanes are broken: time is left out here.
    for (const lane of [columns.clientLane, columns.serverLane]) {
      ctx.fillStyle = theme.background;
      ctx.fillRect(lane - 1, y - 4, 2, 8);
      this.line(lane - 4, y - 2, lane + 4, y - 6, theme.dim);
      this.line(lane - 4, y + 6, lane + 4, y + 2, theme.dim);
    }
  }

  /** A receive window that is closed, along its end's lane. */
  closed(end: 'client' | 'server', top: number, bottom: number): void {
    const { ctx, theme, columns } = this;
    const x = end === 'client' ? columns.clientLane : columns.serverLane;
    ctx.fillStyle = theme.warning;
    ctx.globalAlpha = 0.55;
    ctx.fillRect(x - 3, top, 6, Math.max(2, bottom - top));
    ctx.globalAlpha = 1;
    ctx.strokeStyle = theme.warning;
    ctx.strokeRect(x - 3.5, top + 0.5, 7, Math.max(2, bottom - top) - 1);
  }

  /** `named`: the state's name stands in this run. */
  state(run: StateRun, named: boolean): void {
    const { ctx, theme, columns } = this;
    const x = run.end === 'client' ? columns.clientBand : columns.serverBand;
    const top = Math.max(-2, run.top);
    const bottom = Math.min(this.height + 2, run.bottom);
    if (bottom <= top) return;
    const color = stateColor(theme, run.state);
    const width = columns.bandWidth;
    ctx.fillStyle = color;
    ctx.globalAlpha = theme.contrast ? 0.12 : 0.16;
    ctx.fillRect(x, top, width, bottom - top);
    ctx.globalAlpha = 1;
    // The edge at the lane's side: broken where the state is inferred.
    const edge = run.end === 'client' ? x + width - 3 : x;
    ctx.fillStyle = color;
    if (run.observed) ctx.fillRect(edge, top, 3, bottom - top);
    else for (let y = Math.floor(top / 8) * 8; y < bottom; y += 8) ctx.fillRect(edge, Math.max(top, y), 3, Math.min(bottom, y + 4) - Math.max(top, y));
    if (run.begins && run.top >= -2) this.line(x, run.top, x + width, run.top, color);
    if (named) this.stateName(run, x, top, bottom);
  }

  private stateName(run: StateRun, x: number, top: number, bottom: number): void {
    const { ctx, theme, columns } = this;
    const name = STATE_NAMES[run.state] ?? '?';
    ctx.fillStyle = theme.foreground;
    ctx.font = `${TEXT}px ${theme.font}`;
    const width = columns.bandWidth;
    if (width < 40) {
      if (bottom - top < ctx.measureText(name).width + 10) return;
      ctx.save();
      ctx.translate(x + width / 2 + 4, top + 5);
      ctx.rotate(Math.PI / 2);
      ctx.textAlign = 'left';
      ctx.fillText(name, 0, 7);
      ctx.restore();
      return;
    }
    if (bottom - top < 14) return;
    ctx.textAlign = 'left';
    const left = x + (run.end === 'client' ? 5 : 8);
    ctx.fillText(name, left, top + 12, width - 11);
    if (!run.observed && bottom - top >= 28) {
      ctx.fillStyle = theme.dim;
      ctx.fillText(t('inferred'), left, top + 25, width - 11);
    }
  }

  link(link: Link): void {
    const { ctx, theme, columns } = this;
    const sign = link.server ? 1 : -1;
    const lane = link.server ? columns.serverLane : columns.clientLane;
    const x = lane + sign * (5 + link.lane * 4);
    ctx.strokeStyle = theme.warning;
    ctx.beginPath();
    const top = Math.max(-4, link.top);
    const bottom = Math.min(this.height + 4, link.bottom);
    if (link.fromSeen) {
      ctx.moveTo(lane, Math.round(link.top) + 0.5);
      ctx.lineTo(x, Math.round(link.top) + 0.5);
    } else ctx.moveTo(x, top);
    ctx.lineTo(x, bottom);
    if (link.toSeen) {
      ctx.lineTo(lane, Math.round(link.bottom) + 0.5);
      ctx.moveTo(lane - 4 * -sign, link.bottom - 3);
      ctx.lineTo(lane, Math.round(link.bottom) + 0.5);
      ctx.lineTo(lane - 4 * -sign, link.bottom + 3);
    }
    ctx.stroke();
  }

  /** A placeholder for a segment that has not been read. */
  skeleton(y: number): void {
    const { ctx, theme, columns } = this;
    ctx.globalAlpha = 0.25;
    this.line(columns.clientLane + 8, y, columns.serverLane - 8, y, theme.dim);
    ctx.globalAlpha = 1;
  }

  arrow(segment: DrawnSegment, words: SegmentWords | null, selected: boolean): void {
    const { ref } = segment;
    if (!ref) return;
    const { ctx, theme, columns } = this;
    const marks = ref.columns.marks[ref.i]!;
    const server = (marks & api.MARK_SERVER) !== 0;
    const flags = ref.columns.known[ref.i]! & api.TIMELINE_FLAGS ? ref.columns.flags[ref.i]! : 0;
    const from = server ? columns.serverLane : columns.clientLane;
    const to = server ? columns.clientLane : columns.serverLane;
    const sign = server ? -1 : 1;
    const y = Math.round(segment.y) + 0.5;
    const color = flags & RST ? theme.error : server ? theme.server : theme.client;
    const lost = (marks & api.MARK_LOST) !== 0;
    const end = lost ? to - sign * LOST_SHORT : to - sign;
    ctx.lineWidth = selected || flags & (SYN | FIN | RST) || ref.columns.length[ref.i]! > 0 ? 1.5 : 1;
    this.line(from, y, end, y, color);
    ctx.lineWidth = 1;
    if (lost) {
      ctx.globalAlpha = 0.35;
      ctx.setLineDash([2, 3]);
      this.line(end, y, to, y, color);
      ctx.setLineDash([]);
      ctx.globalAlpha = 1;
      ctx.lineWidth = 2;
      this.line(end - 4, y - 4, end + 4, y + 4, theme.warning);
      this.line(end - 4, y + 4, end + 4, y - 4, theme.warning);
      ctx.lineWidth = 1;
    } else {
      ctx.fillStyle = color;
      ctx.beginPath();
      ctx.moveTo(end, y);
      ctx.lineTo(end - sign * 7, y - 3.5);
      ctx.lineTo(end - sign * 7, y + 3.5);
      ctx.fill();
    }
    const severity = marksSeverity({ labels: ref.columns.labels[ref.i]!, verdict: ref.columns.verdicts[ref.i]! });
    if (!words && severity !== 'none') {
      ctx.fillStyle = severity === 'warning' ? theme.warning : theme.dim;
      ctx.fillRect(from + sign * 10 - 2, y - 2.5, 4, 5);
    }
    if (words) this.words(words, from, sign, y, lost ? end - sign * 6 : to, selected);
  }

  /** Flags, numbers and badges above the line, from the sender's side on; what does not fit is left out from the end. */
  private words(words: SegmentWords, from: number, sign: number, y: number, to: number, covers: boolean): void {
    const { ctx, theme } = this;
    const room = Math.abs(to - from) - 20;
    const base = y - 4;
    const plain = `${TEXT}px ${theme.mono}`;
    const bold = `600 ${TEXT}px ${theme.mono}`;
    ctx.font = plain;
    const unit = ctx.measureText('0').width;
    const items: { text: string; color: string; font: string; width: number; badge: boolean }[] = [];
    const add = (text: string, color: string, font: string, badge: boolean): void => {
      if (text) items.push({ text, color, font, width: text.length * unit + (badge ? 8 : 0), badge });
    };
    add(words.flags, words.tone === 'reset' ? theme.error : theme.foreground, words.tone ? bold : plain, false);
    for (const badge of words.badges) add(badge.text, badge.severity === 'warning' ? theme.warning : theme.dim, plain, true);
    const head = items.length;
    add(words.seq, theme.foreground, plain, false);
    add(words.length, theme.foreground, plain, false);
    add(words.ack, theme.foreground, plain, false);
    add(words.sack, theme.foreground, plain, false);
    add(words.window, theme.dim, plain, false);
    let used = 0;
    const shown: typeof items = [];
    for (const item of items) {
      if (used + item.width > room) {
        if (shown.length < head) break;
        continue;
      }
      used += item.width + unit * 1.5;
      shown.push(item);
    }
    // Badges are chosen first and written last.
    const inOrder = [...shown.filter((item) => !item.badge), ...shown.filter((item) => item.badge)];
    let x = sign > 0 ? from + 10 : from - 10 - used + unit * 1.5;
    ctx.textAlign = 'left';
    if (covers) {
      ctx.fillStyle = theme.background;
      ctx.fillRect(x - 3, base - 10, used + 2, 13);
      ctx.fillStyle = theme.selection;
      ctx.fillRect(x - 3, base - 10, used + 2, 13);
    }
    for (const item of inOrder) {
      ctx.font = item.font;
      ctx.fillStyle = item.color;
      if (item.badge) {
        ctx.strokeStyle = item.color;
        ctx.beginPath();
        ctx.roundRect(x + 0.5, Math.round(base - 10) + 0.5, item.width - 1, 12, 3);
        ctx.stroke();
      }
      ctx.fillText(item.text, x + (item.badge ? 4 : 0), base);
      x += item.width + unit * 1.5;
    }
  }

  /** Sums of many segments: bars from each lane inward, in steps of `step` pixels. */
  buckets(buckets: api.TimelineBuckets, y: (bucket: number) => number, step: number): void {
    const { ctx, theme, columns } = this;
    let most = 1;
    for (let b = 0; b < buckets.ranks.length; b++) most = Math.max(most, buckets.clientSegments[b]!, buckets.serverSegments[b]!);
    const room = (columns.serverLane - columns.clientLane) / 2 - 12;
    for (let b = 0; b < buckets.ranks.length; b++) {
      const top = y(b);
      if (top + step < 0 || top > this.height) continue;
      const client = buckets.clientSegments[b]!;
      const server = buckets.serverSegments[b]!;
      ctx.globalAlpha = 0.8;
      ctx.fillStyle = theme.client;
      if (client) ctx.fillRect(columns.clientLane + 1, top, Math.max(2, (room * client) / most), Math.max(1, step - 0.25));
      ctx.fillStyle = theme.server;
      if (server) {
        const width = Math.max(2, (room * server) / most);
        ctx.fillRect(columns.serverLane - 1 - width, top, width, Math.max(1, step - 0.25));
      }
      ctx.globalAlpha = 1;
      const severity = marksSeverity({ labels: buckets.labels[b]!, verdict: buckets.verdicts[b]! });
      const middle = (columns.clientLane + columns.serverLane) / 2;
      if (buckets.flags[b]! & RST) {
        ctx.fillStyle = theme.error;
        ctx.fillRect(middle - 8, top, 16, Math.max(1, step));
      } else if (severity === 'warning') {
        ctx.fillStyle = theme.warning;
        ctx.fillRect(middle - 4, top, 8, Math.max(1, step));
      }
    }
  }

  private line(x1: number, y1: number, x2: number, y2: number, color: string): void {
    const { ctx } = this;
    // Upright and level lines lie on whole pixels.
    const half = (n: number): number => Math.floor(n) + 0.5;
    ctx.strokeStyle = color;
    ctx.beginPath();
    if (x1 === x2) {
      ctx.moveTo(half(x1), y1);
      ctx.lineTo(half(x1), y2);
    } else if (y1 === y2) {
      ctx.moveTo(x1, half(y1));
      ctx.lineTo(x2, half(y1));
    } else {
      ctx.moveTo(x1, y1);
      ctx.lineTo(x2, y2);
    }
    ctx.stroke();
  }
}
