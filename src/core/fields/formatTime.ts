import { wholeSeconds } from '../bytes/farTime';
import { NANOS_PER_SECOND } from '../bytes/units';

/** "12.345678901" of nanoseconds; nine digits as tshark prints time fields. */
export function formatSeconds(nanoseconds: number, rest = 0): string {
  const negative = nanoseconds < 0;
  const [seconds, nanos] = negative ? wholeSeconds(-nanoseconds, -rest) : wholeSeconds(nanoseconds, rest);
  return `${negative ? '-' : ''}${seconds}.${String(nanos).padStart(9, '0')}`;
}

/** "1700000000.000000123" of whole seconds and nanoseconds since the epoch. */
export function formatTimestamp(seconds: number, nanos: number): string {
  if (seconds >= 0 || nanos === 0) return `${seconds}.${String(nanos).padStart(9, '0')}`;
  return `-${-seconds - 1}.${String(NANOS_PER_SECOND - nanos).padStart(9, '0')}`;
}
