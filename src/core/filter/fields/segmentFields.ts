import { FAMILY_IPV4, FAMILY_IPV6, OPT_MSS, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, type Segment } from '../../decode/segment';

const option = (bit: number, value: (s: Segment) => number) => (s: Segment): number => (s.optionsSeen & bit ? value(s) : NaN);
const ofFamily = (family: number, value: (s: Segment) => number) => (s: Segment): number => (s.family === family ? value(s) : NaN);

/**
 * Fields that the hot pass reads anyway: of a plain TCP packet they come from its segment, which is made in a fraction of the time that the
 * packet's tree takes. NaN: the segment does not have it.
 */
export const SEGMENT_VALUES: Readonly<Record<string, (segment: Segment) => number>> = {
  'ip.ttl': ofFamily(FAMILY_IPV4, (s) => s.ttl),
  'ip.id': ofFamily(FAMILY_IPV4, (s) => s.ipId),
  'ip.dsfield.ecn': ofFamily(FAMILY_IPV4, (s) => s.ecn),
  'ipv6.hlim': ofFamily(FAMILY_IPV6, (s) => s.ttl),
  'ipv6.tclass.ecn': ofFamily(FAMILY_IPV6, (s) => s.ecn),
  'tcp.options.mss_val': option(OPT_MSS, (s) => s.mss),
  'tcp.options.wscale.shift': option(OPT_WINDOW_SCALE, (s) => s.windowScale),
  'tcp.options.timestamp.tsval': option(OPT_TIMESTAMPS, (s) => s.tsVal),
  'tcp.options.timestamp.tsecr': option(OPT_TIMESTAMPS, (s) => s.tsEcr),
};
