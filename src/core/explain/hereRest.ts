import type { DetailNode } from '../decode/detail';
import { FIN, SYN } from '../decode/segment';
import { t } from '../l10n';
import { TCP_OPTIONS } from '../protocol/tcpOptions';
import type { Rich } from './card';
import type { PacketFacts } from './facts';
import type { Here } from './hereFields';
import { bytes, grouped, sentence, side } from './words';

/** Most that options may take: 60 bytes of header less 20. */
const OPTION_SPACE = 40;

function nextSequence(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  const flags = facts.columns.flags ?? 0;
  const used = (facts.columns.payload ?? 0) + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
  const lines: Rich[] = [[t('The next new segment of {0} should carry this number; an acknowledgment of all this segment brings names it too.', side(facts.from))]];
  if (used === 0) lines.push([t('This segment uses up no number, so the next one carries the same.')]);
  return lines;
}

function checksum(_: DetailNode, facts: PacketFacts): readonly Rich[] {
  return [[t('{0} computed it over the IP addresses, the TCP header and {1} of data, or left it to its network card.', sentence(side(facts.from)), bytes(facts.columns.payload ?? 0))]];
}

function checksumStatus(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  if (node.raw === 1) return [[t('Computed again from the bytes of the capture, it comes out right.')]];
  if (node.raw === 0) return [[t('It does not come out right. If this capture was taken at {0}, its network card had yet to fill it in; otherwise the receiver drops the segment.', side(facts.from))]];
  return [[t('It was not checked: not every byte that it covers is in the capture.')]];
}

function scaleFactor(_: DetailNode, facts: PacketFacts): readonly Rich[] {
  const { scale } = facts.columns;
  if (scale === null || scale === -1) return [[t('The SYN of {0} is not in the capture, so its shift is unknown.', side(facts.from))]];
  if (scale === -2) return [[t('Scaling is not in use: at least one of the two SYNs does not carry the option.')]];
  return [[t('{0} offered a shift of {1} in its SYN: windows count in units of {2}.', sentence(side(facts.from)), scale, bytes(2 ** scale))]];
}

function multiplier(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  return [[t('Later windows of {0} are multiplied by {1}, if the other SYN carries the option too.', side(facts.from), grouped(node.raw ?? 1))]];
}

function options(node: DetailNode): readonly Rich[] {
  const names = node.children.filter((child) => child.kind === 'option' && child.filter !== 'tcp.options.nop' && child.filter !== 'tcp.options.eol').map((child) => t(child.label));
  const lines: Rich[] = [[t('{0} of the {1} that options may take.', bytes(node.length), OPTION_SPACE)]];
  if (names.length > 0) lines.push([t('In this order: {0}.', names.join(', '))]);
  return lines;
}

function optionKind(node: DetailNode): readonly Rich[] {
  const spec = TCP_OPTIONS.get(node.raw ?? -1);
  return [[spec ? t('Kind {0}: {1}.', node.raw ?? 0, t(spec.label)) : t('Kind {0} is not assigned.', node.raw ?? 0)]];
}

function optionLength(node: DetailNode): readonly Rich[] {
  return [[t('{0} of the {1} that options may take, kind and length included.', bytes(node.raw ?? 0), OPTION_SPACE)]];
}

function fastOpen(node: DetailNode, facts: PacketFacts): readonly Rich[] {
  const cookie = node.filter === 'tcp.options.tfo.cookie' ? node.length : (node.children.find((child) => child.filter === 'tcp.options.tfo.cookie')?.length ?? 0);
  if (facts.from === 'server') return [[t('{0} hands out a cookie of {1} for later connections.', sentence(side(facts.from)), bytes(cookie))]];
  if (cookie === 0) return [[t('{0} asks for a cookie, so that a later connection can send data on its SYN.', sentence(side(facts.from)))]];
  const payload = facts.columns.payload ?? 0;
  return [[t('{0} shows the cookie of an earlier connection and sends {1} with the SYN.', sentence(side(facts.from)), bytes(payload))]];
}

/** Parts of the header whose meaning here is short. */
export const HERE_REST: Readonly<Record<string, Here>> = {
  'tcp.nxtseq': nextSequence,
  'tcp.checksum': checksum,
  'tcp.checksum.status': checksumStatus,
  'tcp.window_size_scalefactor': scaleFactor,
  'tcp.options.wscale.multiplier': multiplier,
  'tcp.options': options,
  'tcp.option_kind': optionKind,
  'tcp.option_len': optionLength,
  'tcp.options.nop': () => [[t('One byte of filling: the option after it starts at a multiple of 4 bytes.')]],
  'tcp.options.eol': () => [[t('The list of options ends here.')]],
  'tcp.options.tfo': fastOpen,
  'tcp.options.tfo.cookie': fastOpen,
};
