import { FAMILY_IPV4, FAMILY_IPV6, FAMILY_NAME } from '../decode/segment';

/** Dotted quad of an IPv4 address held in one word. */
export function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

/** Canonical IPv6 text (RFC 5952): lower case, longest run of zero groups compressed, IPv4-mapped addresses in mixed form. */
export function formatIpv6(w0: number, w1: number, w2: number, w3: number): string {
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${formatIpv4(w3)}`;
  const groups = [w0 >>> 16, w0 & 0xffff, w1 >>> 16, w1 & 0xffff, w2 >>> 16, w2 & 0xffff, w3 >>> 16, w3 & 0xffff];
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let n = 0;
    while (i + n < 8 && groups[i + n] === 0) n++;
    if (n > bestLength) {
      best = i;
      bestLength = n;
    }
    if (n > 0) i += n - 1;
  }
  const text = groups.map((g) => g.toString(16));
  if (best < 0) return text.join(':');
  return `${text.slice(0, best).join(':')}::${text.slice(best + bestLength).join(':')}`;
}

/** Looks up the host name that a text capture showed instead of an address. */
export type HostNames = (id: number) => string;

/** An address of a Segment or StreamRow in words; `names` resolves FAMILY_NAME. Empty for no address. */
export function formatAddress(family: number, w0: number, w1: number, w2: number, w3: number, names?: HostNames): string {
  switch (family) {
    case FAMILY_IPV4:
      return formatIpv4(w3);
    case FAMILY_IPV6:
      return formatIpv6(w0, w1, w2, w3);
    case FAMILY_NAME:
      return names ? names(w3) : `host#${w3}`;
    default:
      return '';
  }
}

/** "10.0.0.1:80", "[::1]:80": an endpoint as people write it. */
export function formatEndpoint(address: string, port: number | string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** 127/8, ::1, or the former within the latter's space; a name may stand for any address. */
export function mayBeLoopback(family: number, w0: number, w1: number, w2: number, w3: number): boolean {
  if (family === FAMILY_NAME) return true;
  const v4 = w3 >>> 24 === 127;
  if (family === FAMILY_IPV4) return v4;
  return family === FAMILY_IPV6 && w0 === 0 && w1 === 0 && ((w2 === 0 && w3 === 1) || (w2 === 0xffff && v4));
}
