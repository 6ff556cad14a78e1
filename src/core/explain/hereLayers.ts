import type { DetailNode } from '../decode/detail';
import { t } from '../l10n';
import { addressKind } from './addressKinds';
import type { Rich } from './card';
import { MOST_ROUTERS, routersPassed } from './startTtl';
import { bytes, grouped } from './words';

const LEAST_TCP_DATAGRAM = 40;
const ETHERNET_MTU = 1500;

/** The smallest usual start value that fits, and how many routers lie behind. */
function hops(node: DetailNode): readonly Rich[] {
  const ttl = node.raw ?? 0;
  const passed = routersPassed(ttl);
  const initial = ttl + passed;
  if (passed === 0) return [[t('{0} is a start value: the packet has passed no router yet. Its sender is this machine or stands on this network.', ttl)]];
  if (passed > MOST_ROUTERS) return [[t('Started with {0} it would have passed {1} routers, which is too many: the sender uses a start value of its own.', initial, passed)]];
  return [[t('If its sender started with {0}, as is usual, it has passed {1} routers.', initial, passed)]];
}

function ecn(node: DetailNode): readonly Rich[] {
  switch (node.raw) {
    case 0:
      return [[t('Not ECN-capable: a router that is full can only drop this packet. Normal without ECN, and with it for SYNs, pure ACKs and retransmissions.')]];
    case 3:
      return [[t('A router on the way was congested and marked this packet instead of dropping it. Its receiver now reports that with ECE.')]];
    default:
      return [[t('ECN-capable: a router that fills up may mark this packet instead of dropping it.')]];
  }
}

function dontFragment(node: DetailNode): readonly Rich[] {
  return [[{ strong: node.raw ? t('Set.') : t('Not set.') }, ' ', node.raw ? t('A router with a smaller MTU drops the packet and says so by ICMP; if that is filtered, large packets vanish.') : t('Routers may cut the packet into fragments: its sender does no path MTU discovery.')]];
}

function moreFragments(node: DetailNode): readonly Rich[] {
  return [[{ strong: node.raw ? t('Set.') : t('Not set.') }, ' ', node.raw ? t('More pieces of this datagram follow in other packets.') : t('The packet is whole, or the last piece of one.')]];
}

function fragmentOffset(node: DetailNode): readonly Rich[] {
  const at = node.raw ?? 0;
  return [[at === 0 ? t('The data begins at the start of its datagram.') : t('The data belongs {0} into its datagram.', bytes(at * 8))]];
}

function totalLength(node: DetailNode): readonly Rich[] {
  const n = node.raw ?? 0;
  if (n === 0) return [[t('0: the packet was captured before the network card filled it in (segmentation offload).')]];
  if (n > ETHERNET_MTU) return [[t('More than the {0} of an Ethernet MTU: jumbo frames, the loopback interface, or a capture before the network card splits (or after it joins) segments.', bytes(ETHERNET_MTU))]];
  return [[t('{0}, of which 20 are this header (more with options).', bytes(n)), n <= LEAST_TCP_DATAGRAM ? ` ${t('No room for data in a TCP segment.')}` : '']];
}

function address(node: DetailNode): readonly Rich[] {
  const kind = addressKind(node.value);
  return [[kind || t('An address of the public Internet.')]];
}

function checksumState(node: DetailNode): readonly Rich[] {
  if (node.raw === 1) return [[t('Computed again from the captured bytes, it comes out right.')]];
  if (node.raw === 0) return [[t('It does not come out right: filled in later by the network card, or damaged.')]];
  return [[t('It was not checked.')]];
}

function hardwareAddress(node: DetailNode): readonly Rich[] {
  const first = parseInt(node.value.slice(0, 2), 16);
  if (/^(ff[:-]){5}ff/i.test(node.value)) return [[t('Broadcast: every station on this network takes it.')]];
  if (/^(00[:-]){5}00/.test(node.value)) return [[t('All zero: the loopback interface, which has no hardware.')]];
  if (Number.isNaN(first)) return [];
  if (first & 1) return [[t('A group address (multicast).')]];
  return [[first & 2 ? t('Locally assigned: a virtual machine, a container, or a device that changes its address for privacy.') : t('Assigned by a manufacturer of network cards.')]];
}

/** What a field below TCP means in this packet: by Wireshark's field name. */
const HERE_LAYERS: Readonly<Record<string, (node: DetailNode) => readonly Rich[]>> = {
  'ip.ttl': hops,
  'ipv6.hlim': hops,
  'ip.dsfield.ecn': ecn,
  'ipv6.tclass.ecn': ecn,
  'ip.flags.df': dontFragment,
  'ip.flags.mf': moreFragments,
  'ip.frag_offset': fragmentOffset,
  'ip.len': totalLength,
  'ip.src': address,
  'ip.dst': address,
  'ipv6.src': address,
  'ipv6.dst': address,
  'ip.checksum.status': checksumState,
  'eth.src': hardwareAddress,
  'eth.dst': hardwareAddress,
};

/** Where a node stands, as people count: "Bytes 14 to 15 of the frame". */
function place(node: DetailNode): Rich {
  if (node.spec?.derived || node.length === 0) return [t('Computed from other fields and packets; it is not on the wire.')];
  const from = grouped(node.start);
  const whole = node.buffer ? t('the reassembled datagram') : t('the frame');
  if (node.bits !== undefined && node.bits > 0) {
    const first = node.bit ?? 0;
    return [node.bits === 1 ? t('Bit {0} from byte {1} of {2} on.', first, from, whole) : t('Bits {0} to {1} from byte {2} of {3} on.', first, first + node.bits - 1, from, whole)];
  }
  return [node.length === 1 ? t('Byte {0} of {1}.', from, whole) : t('Bytes {0} to {1} of {2}.', from, grouped(node.start + node.length - 1), whole)];
}

/** The same in a capture that is text. */
function printed(node: DetailNode): Rich {
  return [node.length === 0 ? t('Not printed; it follows from what the text shows.') : t('Characters {0} to {1} of the packet\'s text.', grouped(node.start + 1), grouped(node.start + node.length))];
}

/** What a node means in this packet where nothing special is known of it: whether it is set, and where it stands. `text`: the capture is text, whose nodes stand at characters. */
export function layerHere(node: DetailNode, text: boolean): readonly Rich[] {
  if (node.shown === 'no') return [[t('The text does not show it.')]];
  const special = HERE_LAYERS[node.filter]?.(node) ?? [];
  if (special.length > 0) return special;
  if (node.kind === 'issue') return [];
  const state = node.spec?.format === 'bool' ? [{ strong: node.raw ? t('Set.') : t('Not set.') }, ' '] : [];
  return [[...state, ...(text ? printed(node) : place(node))]];
}
