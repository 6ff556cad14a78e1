import { timeBetween, wholeSeconds } from '../../core/bytes/farTime';
import { NANOS_PER_SECOND } from '../../core/bytes/units';
import type { PacketRow } from '../../core/engineApi';
import type { TimeFormat } from '../../rpc/webviewMessages';

/** What times are counted from (part of CaptureState). */
export interface TimeBase {
  readonly baseSeconds: number;
  readonly baseNanos: number;
  readonly timeDigits: 6 | 9;
  readonly timeOfDayOnly: boolean;
}

/** In the order in which "next time format" goes through them. */
export const TIME_FORMATS: readonly TimeFormat[] = ['relative', 'delta', 'streamRelative', 'streamDelta', 'utc', 'local', 'epoch'];

function fraction(nanos: number, digits: number): string {
  return String(Math.floor(nanos)).padStart(9, '0').slice(0, digits);
}

/** "12.136045", "-0.000120": nanoseconds as seconds with 6 or 9 digits, cut, not rounded. `rest`: see core/bytes/farTime.ts. */
export function formatSeconds(nanos: number, digits: number, rest = 0): string {
  const [seconds, within] = nanos < 0 ? wholeSeconds(-nanos, -rest) : wholeSeconds(nanos, rest);
  return `${nanos < 0 ? '-' : ''}${seconds}.${fraction(within, digits)}`;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** A point in time: nanoseconds after the base. `delta` formats fall back to seconds from the base. */
export function formatInstant(nanos: number, format: TimeFormat, base: TimeBase, rest = 0): string {
  if (format !== 'utc' && format !== 'local' && format !== 'epoch') return formatSeconds(nanos, base.timeDigits, rest);
  const [carry, within] = wholeSeconds(nanos, rest);
  const subSecond = within + base.baseNanos;
  const seconds = base.baseSeconds + carry + (subSecond >= NANOS_PER_SECOND ? 1 : 0);
  const digits = fraction(subSecond % NANOS_PER_SECOND, base.timeDigits);
  if (format === 'epoch') return `${seconds}.${digits}`;
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `${seconds}.${digits}`;
  // A clock without a date has no zone either: it is shown as it was printed.
  const utc = format === 'utc' || base.timeOfDayOnly;
  const day = utc ? [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()] : [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  const clock = utc ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()] : [date.getHours(), date.getMinutes(), date.getSeconds()];
  const time = `${clock.map(two).join(':')}.${digits}`;
  return base.timeOfDayOnly ? time : `${day[0]!}-${two(day[1]!)}-${two(day[2]!)} ${time}`;
}

/** The Time column. `previous` is the row above in the same table: what `delta` counts from. */
export function formatRowTime(row: PacketRow, previous: PacketRow | undefined, format: TimeFormat, base: TimeBase): string {
  if (row.time === null) return '';
  const seconds = (nanos: number | null, rest = 0): string => (nanos === null ? '' : formatSeconds(nanos, base.timeDigits, rest));
  const rests = row.timeRests;
  switch (format) {
    case 'delta':
      if (!previous) return seconds(0);
      return previous.time === null ? '' : seconds(...timeBetween(previous.time, previous.timeRests?.time ?? 0, row.time, rests?.time ?? 0));
    case 'streamRelative':
      return seconds(row.streamTime, rests?.streamTime);
    case 'streamDelta':
      // The stream's first packet has nothing before it.
      return seconds(row.streamDelta ?? (row.streamTime === null ? null : 0), rests?.streamDelta);
    default:
      return formatInstant(row.time, format, base, rests?.time);
  }
}

/** Characters that the widest time of a format needs; sizes the column. */
export function timeWidth(format: TimeFormat, base: TimeBase): number {
  const digits = base.timeDigits;
  if (format === 'utc' || format === 'local') return (base.timeOfDayOnly ? 9 : 20) + digits;
  return (format === 'epoch' ? 11 : 6) + digits;
}
