import type { DetailNode } from '../decode/detail';
import { SYN } from '../decode/segment';
import { t } from '../l10n';
import type { Rich } from './card';
import { isSyn, type PacketFacts } from './facts';
import type { Here } from './hereFields';
import { bytes, grouped, sentence, side } from './words';

const frame = (packet: number): { readonly packet: number; readonly text: string } => ({ packet, text: `#${packet + 1}` });

function mss(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  const value = node.raw ?? 0;
  const lines: Rich[] = [];
  if (!isSyn(facts)) lines.push([t('MSS belongs on SYN segments only; here it is ignored.')]);
  lines.push([t('{0} can take segments of up to {1} of data. It is an announcement, not a negotiation: each side keeps to what the other announced.', sentence(side(facts.from)), bytes(value))]);
  const mtu = facts.row.family === 6 ? value + 60 : value + 40;
  lines.push([t('It fits an MTU of {0} (MSS + {1} bytes of IP and TCP header). Options are not counted in the MSS: a segment with timestamps carries 12 bytes less.', mtu, mtu - value)]);
  if (value === 65495 || value === 65476) lines.push([t('65 495 over IPv4 and 65 476 over IPv6 are the loopback interface of Linux: both ends are on one host.')]);
  if (facts.peer?.mss && facts.peer.mss !== value) lines.push([t('The other side announced {0}, in packet ', facts.peer.mss), frame(facts.peer.packet), t('. The two need not be equal.')]);
  return lines;
}

function windowScale(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  const shift = node.raw ?? 0;
  const lines: Rich[] = [[t('Every later window of {0} is to be multiplied by 2^{1} = {2}. The windows on the two SYNs are not.', side(facts.from), Math.min(14, shift), 2 ** Math.min(14, shift))]];
  if (shift > 14) lines.push([t('More than 14 is not allowed; receivers take it for 14 (RFC 7323 2.3). The largest window is 2^30 bytes, not 2^31.')]);
  if (facts.peer?.windowScale === null) lines.push([t('The other SYN, packet '), frame(facts.peer.packet), t(', does not carry the option: scaling is not used in either direction.')]);
  else if (facts.peer) lines.push([t('The other side scales by its own shift, {0} (packet ', facts.peer.windowScale), frame(facts.peer.packet), ').']);
  lines.push([t('Linux picks the shift from the largest receive buffer it may ever use: '), { code: 'net.ipv4.tcp_rmem' }, t(' (third value) and '), { code: 'net.core.rmem_max' }, '.']);
  return lines;
}

function sackPermitted(_: DetailNode, facts: PacketFacts): readonly Rich[] {
  const lines: Rich[] = [[t('{0} understands selective acknowledgments.', sentence(side(facts.from)))]];
  if (facts.peer) lines.push([facts.peer.sackPermitted ? t('So does the other side: SACK is in use.') : t('The other side did not say so: SACK is not used.')]);
  return lines;
}

function tsVal(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  return [[t('The clock of {0} reads {1}. Its unit is not announced (1 ms on current Linux) and it starts at an offset of its own per connection: only differences tell something.', side(facts.from), grouped(node.raw ?? 0))]];
}

function tsEcr(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  if ((node.raw ?? 0) === 0 && (facts.columns.flags ?? 0) & SYN) return [[t('Zero on the first SYN: there is nothing to echo yet.')]];
  return [[t('The timestamp of {0} that this segment answers. With it the other side measures the round-trip time, even of a retransmitted segment.', side(facts.to))]];
}

function sackEdge(_: DetailNode, facts: PacketFacts): readonly Rich[] {
  return [[t('{0} holds this block already although something before it is missing; the sender need not send it again. A SACK is advisory: only the acknowledgment number frees data (RFC 2018 8).', sentence(side(facts.from)))]];
}

function userTimeout(_: DetailNode, facts: PacketFacts): readonly Rich[] {
  return [[t('{0} suggests how long unacknowledged data may wait before the connection is given up (RFC 5482). It is no connect timeout, and the Linux option TCP_USER_TIMEOUT is never sent on the wire.', sentence(side(facts.from)))]];
}

/** Stands for parts of a SACK option that have no field name: its blocks and raw edges. */
export const SACK_PART = 'sack.part';

export const HERE_OPTIONS: Readonly<Record<string, Here>> = {
  'tcp.options.mss_val': mss,
  'tcp.options.wscale.shift': windowScale,
  'tcp.options.sack_perm': sackPermitted,
  'tcp.options.timestamp.tsval': tsVal,
  'tcp.options.timestamp.tsecr': tsEcr,
  'tcp.options.sack_le': sackEdge,
  'tcp.options.sack_re': sackEdge,
  [SACK_PART]: sackEdge,
  'tcp.options.user_to_val': userTimeout,
};
