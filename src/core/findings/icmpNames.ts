import { QUOTED_BY_ICMPV6 } from '../decode/segment';
import { t } from '../l10n';

const V4_UNREACHABLE: readonly string[] = [
  'net unreachable', 'host unreachable', 'protocol unreachable', 'port unreachable', 'fragmentation needed', 'source route failed', 'network unknown', 'host unknown',
  'source host isolated', 'network prohibited', 'host prohibited', 'network unreachable for this type of service', 'host unreachable for this type of service',
  'communication administratively prohibited', 'host precedence violation', 'precedence cutoff in effect',
];
const V6_UNREACHABLE: readonly string[] = [
  'no route to destination', 'communication administratively prohibited', 'beyond scope of source address', 'address unreachable', 'port unreachable',
  'source address failed ingress/egress policy', 'reject route to destination', 'error in source routing header',
];

/** Name of an ICMP error (Segment.quotedBy): RFC 792, RFC 1122 3.2.2.1, RFC 1812 5.2.7.1, RFC 4443 3. */
export function icmpName(quotedBy: number): string {
  const type = (quotedBy >> 8) & 0xff;
  const code = quotedBy & 0xff;
  if (quotedBy & QUOTED_BY_ICMPV6) {
    if (type === 1) return V6_UNREACHABLE[code] ?? t('destination unreachable, code {0}', String(code));
    return type === 2 ? 'packet too big' : type === 3 ? 'time exceeded' : type === 4 ? 'parameter problem' : 'redirect';
  }
  if (type === 3) return V4_UNREACHABLE[code] ?? t('destination unreachable, code {0}', String(code));
  return type === 4 ? 'source quench' : type === 5 ? 'redirect' : type === 11 ? 'time to live exceeded' : 'parameter problem';
}
