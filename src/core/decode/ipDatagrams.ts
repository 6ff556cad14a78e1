import { u16be, u32be } from '../bytes/read';
import type { PacketIndex } from '../bytes/units';
import { LAYER_IPV4, LAYER_IPV6, LAYER_IP_PROTOCOL, type FrameWalk } from './frameWalk';
import { PROTOCOL_IPV4, PROTOCOL_IPV4_FRAGMENT, PROTOCOL_IPV6, PROTOCOL_IPV6_FRAGMENT } from './otherTraffic';
import { FAMILY_IPV4, FAMILY_IPV6, LENGTH_FROM_FRAME, LENGTH_FROM_IP } from './segment';

const PROTOCOL_HOP_BY_HOP = 0;
const OPTION_JUMBO = 0xc2;

/** IP whose version its first nibble tells. */
export function readIp(walk: FrameWalk): void {
  if (!walk.has(1)) return;
  const version = walk.bytes[walk.at]! >> 4;
  if (version === 4) walk.layer = LAYER_IPV4;
  else if (version === 6) walk.layer = LAYER_IPV6;
  else walk.bad();
}

/** IPv4 (RFC 791). The payload ends where the total length says, but never beyond the frame. */
export function readIpv4(walk: FrameWalk): void {
  walk.name(PROTOCOL_IPV4);
  if (!walk.has(20)) return;
  const b = walk.bytes;
  const at = walk.at;
  const headerLength = (b[at]! & 15) << 2;
  let total = u16be(b, at + 2);
  if (b[at]! >> 4 !== 4 || headerLength < 20) {
    walk.bad();
    return;
  }
  walk.lengthFrom = LENGTH_FROM_IP;
  if (total === 0) {
    // Segmentation offload leaves the length 0: what the frame holds counts.
    total = walk.wire - at;
    walk.lengthFrom = LENGTH_FROM_FRAME;
  }
  if (total < headerLength) {
    walk.bad();
    return;
  }
  if (at + total > walk.wire) walk.lengthFrom = LENGTH_FROM_FRAME;
  walk.trim(at + total);
  if (!walk.has(headerLength)) return;
  walk.leaveOuterAddresses();
  walk.ipHeaders++;
  walk.family = FAMILY_IPV4;
  walk.ipOffset = at;
  walk.src0 = walk.src1 = walk.src2 = 0;
  walk.src3 = u32be(b, at + 12);
  walk.dst0 = walk.dst1 = walk.dst2 = 0;
  walk.dst3 = u32be(b, at + 16);
  walk.ecn = b[at + 1]! & 3;
  walk.ipId = u16be(b, at + 4);
  walk.ttl = b[at + 8]!;
  walk.protocolOffset = at + 9;
  if ((u16be(b, at + 6) & 0x3fff) !== 0) readIpv4Fragment(walk, at, headerLength, total);
  else {
    // A whole datagram within a lone first fragment: its own length tells enough.
    walk.partial = false;
    walk.toType(LAYER_IP_PROTOCOL, b[at + 9]!, at + headerLength);
  }
}

function readIpv4Fragment(walk: FrameWalk, at: number, headerLength: number, total: number): void {
  const b = walk.bytes;
  const protocol = b[at + 9]!;
  const flagsAndOffset = u16be(b, at + 6);
  const more = (flagsAndOffset & 0x2000) !== 0;
  const offset = (flagsAndOffset & 0x1fff) << 3;
  const payload = at + headerLength;
  const end = at + total;
  if (payload < end && end <= walk.captured) {
    // As in Wireshark: sets are told apart by protocol too, and by VLAN where addresses are private ones that may repeat.
    const vlan = isPrivate(walk.src3) || isPrivate(walk.dst3) ? walk.vlan : 0;
    const key = `4 ${walk.src3} ${walk.dst3} ${walk.ipId ^ protocol ^ vlan}`;
    const whole = walk.fragments.add(key, b, payload, end, offset, more, walk.packetsHere(), headerLength);
    if (!whole) {
      stopAtFragment(walk, PROTOCOL_IPV4_FRAGMENT);
      return;
    }
    whole.bytes.set(b.subarray(at, payload), 0);
    repairIpv4Header(whole.bytes, headerLength);
    walk.enterDatagram(whole.bytes, headerLength, whole.packets);
    walk.protocolOffset = 9;
    walk.toType(LAYER_IP_PROTOCOL, protocol, headerLength);
    return;
  }
  if (offset !== 0) {
    stopAtFragment(walk, PROTOCOL_IPV4_FRAGMENT);
    return;
  }
  walk.fragment = walk.partial = true;
  walk.toType(LAYER_IP_PROTOCOL, protocol, payload);
}

function stopAtFragment(walk: FrameWalk, protocol: number): void {
  walk.fragment = true;
  walk.name(protocol);
  walk.stop();
}

/** Loopback-free test for the ranges of RFC 1918. */
function isPrivate(address: number): boolean {
  return address >>> 24 === 10 || address >>> 20 === 0xac1 || address >>> 16 === 0xc0a8;
}

/** Makes the header in front of joined fragments that of one whole datagram: length (0 when it does not fit), no fragment bits, checksum. */
function repairIpv4Header(datagram: Uint8Array, headerLength: number): void {
  const total = datagram.length <= 0xffff ? datagram.length : 0;
  datagram[2] = total >> 8;
  datagram[3] = total & 0xff;
  datagram[6] = datagram[7] = datagram[10] = datagram[11] = 0;
  let sum = 0;
  for (let i = 0; i < headerLength; i += 2) sum += u16be(datagram, i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  datagram[10] = (~sum >> 8) & 0xff;
  datagram[11] = ~sum & 0xff;
}

/** IPv6 (RFC 8200). A payload length of 0 is good only for a jumbogram (RFC 2675). */
export function readIpv6(walk: FrameWalk): void {
  walk.name(PROTOCOL_IPV6);
  if (!walk.has(40)) return;
  const b = walk.bytes;
  const at = walk.at;
  if (b[at]! >> 4 !== 6) {
    walk.bad();
    return;
  }
  let length = u16be(b, at + 4);
  const next = b[at + 6]!;
  if (length === 0 && next === PROTOCOL_HOP_BY_HOP) length = jumboLength(b, at + 40, walk.captured);
  // The header of a datagram put together from fragments, which may be longer than its length field can say.
  if (length === 0 && at === 0 && walk.reassembled) length = walk.wire - 40;
  walk.lengthFrom = at + 40 + length > walk.wire ? LENGTH_FROM_FRAME : LENGTH_FROM_IP;
  walk.trim(at + 40 + length);
  walk.leaveOuterAddresses();
  walk.ipHeaders++;
  walk.family = FAMILY_IPV6;
  walk.ipOffset = at;
  walk.src0 = u32be(b, at + 8);
  walk.src1 = u32be(b, at + 12);
  walk.src2 = u32be(b, at + 16);
  walk.src3 = u32be(b, at + 20);
  walk.dst0 = u32be(b, at + 24);
  walk.dst1 = u32be(b, at + 28);
  walk.dst2 = u32be(b, at + 32);
  walk.dst3 = u32be(b, at + 36);
  walk.ecn = (b[at + 1]! >> 4) & 3;
  walk.ttl = b[at + 7]!;
  walk.ipId = 0;
  walk.protocolOffset = at + 6;
  walk.toType(LAYER_IP_PROTOCOL, next, at + 40);
}

/** Jumbo payload length of the hop-by-hop header at `at`; 0 when there is none or it is too small to be one. */
function jumboLength(b: Uint8Array, at: number, captured: number): number {
  if (at + 8 > captured) return 0;
  const end = Math.min(captured, at + ((b[at + 1]! + 1) << 3));
  for (let i = at + 2; i < end; ) {
    const type = b[i]!;
    if (type === 0) {
      i++;
      continue;
    }
    if (i + 1 >= end) return 0;
    if (type === OPTION_JUMBO && b[i + 1] === 4 && i + 6 <= end) {
      const length = u32be(b, i + 2);
      return length > 0xffff ? length : 0;
    }
    i += 2 + b[i + 1]!;
  }
  return 0;
}

/** IPv6 fragment header (RFC 8200 4.5). */
export function readIpv6Fragment(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  const b = walk.bytes;
  const at = walk.at;
  const next = b[at]!;
  const offsetAndMore = u16be(b, at + 2);
  const offset = offsetAndMore & 0xfff8;
  const more = (offsetAndMore & 1) !== 0;
  const ident = u32be(b, at + 4);
  walk.ipId = ident;
  const payload = at + 8;
  if (offset === 0 && !more) {
    walk.protocolOffset = at;
    walk.toType(LAYER_IP_PROTOCOL, next, payload);
    return;
  }
  if (payload < walk.wire && walk.wire <= walk.captured) {
    const key = `6 ${walk.src0} ${walk.src1} ${walk.src2} ${walk.src3} ${walk.dst0} ${walk.dst1} ${walk.dst2} ${walk.dst3} ${ident}`;
    // The headers before the fragment header stand in front of the whole, with the next header that it named.
    const headerLength = at - walk.ipOffset;
    const whole = walk.fragments.add(key, b, payload, walk.wire, offset, more, walk.packetsHere(), headerLength);
    if (!whole) {
      stopAtFragment(walk, PROTOCOL_IPV6_FRAGMENT);
      return;
    }
    replacePayload(walk, whole.bytes, headerLength, next, whole.packets);
    return;
  }
  // As Wireshark does: a lone first fragment is dissected in IPv4 only.
  stopAtFragment(walk, PROTOCOL_IPV6_FRAGMENT);
}

/**
 * Walks on in `datagram`, whose first `headerLength` bytes are still free: the present IP header and its extension
 * headers are copied there, with lengths for the new payload and `next` as what follows.
 */
export function replacePayload(walk: FrameWalk, datagram: Uint8Array, headerLength: number, next: number, packets: readonly PacketIndex[]): void {
  const start = walk.ipOffset;
  datagram.set(walk.bytes.subarray(start, start + headerLength), 0);
  const protocolOffset = walk.protocolOffset - start;
  datagram[protocolOffset] = next;
  if (walk.family === FAMILY_IPV4) repairIpv4Header(datagram, (datagram[0]! & 15) << 2);
  else {
    const length = datagram.length - 40 <= 0xffff ? datagram.length - 40 : 0;
    datagram[4] = length >> 8;
    datagram[5] = length & 0xff;
  }
  walk.enterDatagram(datagram, headerLength, packets);
  walk.protocolOffset = protocolOffset;
  walk.toType(LAYER_IP_PROTOCOL, next, headerLength);
}
