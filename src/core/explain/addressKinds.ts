import { t } from '../l10n';

/** What kind of address this is, in a sentence; empty for an ordinary one and for names. Sources: RFC 6890, RFC 1918, RFC 4193, RFC 6598. */
export function addressKind(address: string): string {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (v4) return ipv4Kind(Number(v4[1]), Number(v4[2]), Number(v4[3]));
  const v6 = address.toLowerCase();
  if (!/^[0-9a-f:.%a-z]*:[0-9a-f:.]*/.test(v6)) return '';
  if (v6 === '::1') return t('The loopback address: both ends are on this machine.');
  if (/^fe[89ab]/.test(v6)) return t('A link-local address: valid on one link only, never routed.');
  if (/^f[cd]/.test(v6)) return t('A unique local address: private, not routed on the Internet.');
  if (v6.startsWith('ff')) return t('A multicast address.');
  if (v6.startsWith('2001:db8')) return t('An address for documentation only.');
  return '';
}

function ipv4Kind(a: number, b: number, c: number): string {
  if (a === 127) return t('A loopback address: both ends are on this machine.');
  if (a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)) return t('A private address: NAT rewrites it on the way to the Internet.');
  if (a === 169 && b === 254) return t('A link-local address: valid on one link only, never routed.');
  if (a === 100 && b >= 64 && b < 128) return t('An address shared by a provider\'s customers (carrier-grade NAT).');
  if ((a === 192 && b === 0 && c === 2) || (a === 198 && b === 51 && c === 100) || (a === 203 && b === 0 && c === 113)) return t('An address for documentation only.');
  if (a >= 224 && a < 240) return t('A multicast address.');
  return '';
}
