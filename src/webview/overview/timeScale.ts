import { NANOS_PER_SECOND } from '../../core/bytes/units';
import { roundStep } from '../../core/query/timeBins';
import type { TimeFormat } from '../../rpc/webviewMessages';
import { formatInstant, formatSeconds, type TimeBase } from '../format/time';
import type { TimeRange } from './timeRange';

/** Times along a line of pixels. */
export class TimeScale {
  constructor(
    readonly from: number,
    readonly to: number,
    /** Pixels: where `from` lies, and how far it is to `to`. */
    readonly left: number,
    readonly width: number,
  ) {}

  x(time: number): number {
    return this.left + ((time - this.from) / Math.max(1, this.to - this.from)) * this.width;
  }

  /** The time at a pixel, within the range. */
  time(x: number): number {
    const part = Math.max(0, Math.min(1, (x - this.left) / Math.max(1, this.width)));
    return Math.round(this.from + part * (this.to - this.from));
  }

  /** Round times at least `space` pixels apart. */
  ticks(space: number): { readonly step: number; readonly times: readonly number[] } {
    const step = roundStep(Math.max(1, ((this.to - this.from) * space) / Math.max(1, this.width)));
    const times: number[] = [];
    for (let k = Math.ceil(this.from / step); k * step <= this.to && times.length < 100; k++) times.push(k * step);
    return { step, times };
  }
}

/** No part is shown that is shorter (nanoseconds). */
export const LEAST_SPAN = 1000;

/** A range kept within what there is; null when it is all of it. */
export function clampRange(range: TimeRange, whole: TimeRange): TimeRange | null {
  const span = Math.max(LEAST_SPAN, range.to - range.from);
  if (span >= whole.to - whole.from) return null;
  const from = Math.max(whole.from, Math.min(whole.to - span, range.from));
  return { from, to: from + span };
}

/** The range made longer or shorter around a time that stays where it is. */
export function zoomRange(range: TimeRange, factor: number, around: number): TimeRange {
  return { from: around - (around - range.from) * factor, to: around + (range.to - around) * factor };
}

/** A time as short as steps of `step` allow: seconds since the capture began, or the clock where the Time column shows one. */
export function timeText(time: number, step: number, format: TimeFormat, base: TimeBase): string {
  const digits = Math.max(0, Math.min(base.timeDigits, Math.ceil(-Math.log10(step / NANOS_PER_SECOND) - 1e-9)));
  const cut = (text: string): string => text.replace(/\.(\d*)$/, (_, rest: string) => (digits === 0 ? '' : `.${rest.slice(0, digits)}`));
  if (format === 'utc' || format === 'local') return cut(formatInstant(time, format, base).split(' ').at(-1)!);
  return `${cut(formatSeconds(time, 9))} s`;
}
