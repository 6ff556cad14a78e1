import { NANOS_PER_SECOND } from '../bytes/units';

/** "12.345678901" of nanoseconds; nine digits as tshark prints time fields. */
export function formatSeconds(nanoseconds: number): string {
  const negative = nanoseconds < 0;
  const n = Math.abs(Math.round(nanoseconds));
  const seconds = Math.floor(n / NANOS_PER_SECOND);
  return `${negative ? '-' : ''}${seconds}.${String(n - seconds * NANOS_PER_SECOND).padStart(9, '0')}`;
}

/** "1700000000.000000123" of whole seconds and nanoseconds since the epoch. */
export function formatTimestamp(seconds: number, nanos: number): string {
  if (seconds >= 0 || nanos === 0) return `${seconds}.${String(nanos).padStart(9, '0')}`;
  return `-${-seconds - 1}.${String(NANOS_PER_SECOND - nanos).padStart(9, '0')}`;
}
