import { ACK, URG } from '../decode/segment';
import type { DetailNode } from '../decode/detail';
import { t } from '../l10n';
import type { Rich } from './card';
import type { PacketFacts } from './facts';
import { grouped, side } from './words';

/** What is said of a field that a text does not show; never what its absent number would mean. */
export function notShown(node: DetailNode, { columns, from }: PacketFacts): readonly Rich[] {
  const flags = columns.flags ?? 0;
  switch (node.filter) {
    case 'tcp.seq_raw':
      return columns.seqRelative === null
        ? [[t('The text shows no sequence number here, and nothing before it tells which one {0} had reached.', side(from))]]
        : [[t('The text shows the number from the start of the connection, {0}; the initial sequence number (ISN) of {1} is unknown.', grouped(columns.seqRelative), side(from))]];
    case 'tcp.ack_raw':
    case 'tcp.ack':
      if (columns.flags !== null && !(flags & ACK)) return [[t('The ACK flag is not set: this number means nothing.')]];
      return columns.ackRelative === null
        ? [[t('The text shows no acknowledgment number here.')]]
        : [[t('The text shows the number from the start of the connection, {0}; the initial sequence number (ISN) of the other side is unknown.', grouped(columns.ackRelative))]];
    case 'tcp.urgent_pointer':
      return [[columns.flags !== null && !(flags & URG) ? t('The URG flag is not set: the pointer means nothing, and the text leaves it out.') : t('The text does not show it.')]];
    case 'tcp.hdr_len':
      return [[t('The text shows neither the header\'s length nor the options that would tell it.')]];
    default:
      return [[t('The text does not show it.')]];
  }
}

/** How a value that a text does not print follows from what it does. */
export function derived(node: DetailNode, { columns }: PacketFacts): readonly Rich[] {
  switch (node.filter) {
    case 'tcp.seq':
    case 'tcp.seq_raw':
    case 'tcp.nxtseq':
      if (columns.seq === null && columns.seqRelative === null)
        return [[t('Derived: no number is printed on a pure ACK. This is the next one by what this side sent and the other side acknowledged; a keep-alive carries one less.')]];
      return [[t('Derived: the text prints it relative; what it counts from was shown earlier.')]];
    case 'tcp.ack_raw':
      return [[t('Derived: the text prints it relative; what it counts from was shown earlier.')]];
    case 'tcp.window_size_value':
      return [[t('Derived: the text prints the window in bytes, multiplied already.')]];
    case 'tcp.hdr_len':
      return [[t('Derived from the options that the text shows.')]];
    default:
      return [[t('Derived from what the text shows.')]];
  }
}
