import { t } from '../l10n';
import { NANOS_PER_SECOND } from '../bytes/units';

/** 64256 -> "64 256": groups of three with a no-break space, so that columns and sentences read alike in every locale. */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, '\u00a0');
}

/** "41.2 ms", "3.1 s", "850 µs", "0 s": nanoseconds as people say them, three significant digits. */
export function duration(nanoseconds: number): string {
  const n = Math.abs(nanoseconds);
  const sign = nanoseconds < 0 ? '-' : '';
  if (n === 0) return '0 s';
  const [value, unit] = n < 1e3 ? [n, 'ns'] : n < 1e6 ? [n / 1e3, 'µs'] : n < NANOS_PER_SECOND ? [n / 1e6, 'ms'] : [n / NANOS_PER_SECOND, 's'];
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${sign}${Number(value.toFixed(digits))} ${unit}`;
}

/** "1 byte", "64 256 bytes". */
export function bytes(n: number): string {
  return n === 1 ? t('1 byte') : t('{0} bytes', grouped(n));
}

/** The client / the server, as a sentence needs it. */
export function side(which: 'client' | 'server'): string {
  return which === 'client' ? t('the client') : t('the server');
}

/** First letter upper case: a sentence may start with a side. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
