import { u16be, u32be } from '../bytes/read';
import { LAYER_ETHERNET, LAYER_IP, LAYER_IPV6, LAYER_IP_PROTOCOL, LAYER_MPLS, LAYER_TCP, type FrameWalk } from './frameWalk';
import { inflateRaw } from './inflate';
import { readIpv6Fragment, replacePayload } from './ipDatagrams';
import {
  PROTOCOL_ESP,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_IGMP,
  PROTOCOL_SCTP,
  PROTOCOL_TCP,
} from './otherTraffic';
import { FAMILY_IPV6, QUOTED_BY_ICMPV6 } from './segment';
import { readTcpHeader } from './tcpHeader';
import { readGre, readUdp } from './tunnels';

/** Largest payload that IPComp may inflate to: what an IP length can say. */
const MAX_INFLATED = 0xffff;

/** What follows an IP header or an IPv6 extension header, by protocol number (IANA protocol numbers). */
export function readIpProtocol(walk: FrameWalk): void {
  switch (walk.type) {
    case 6:
      walk.layer = LAYER_TCP;
      return;
    case 17:
      readUdp(walk);
      return;
    case 1:
      readIcmp(walk);
      return;
    case 58:
      readIcmpv6(walk);
      return;
    case 4:
      walk.layer = LAYER_IP;
      return;
    case 41:
      walk.layer = LAYER_IPV6;
      return;
    case 47:
      readGre(walk);
      return;
    case 43: // routing: never behind IPv4
      if (walk.family === FAMILY_IPV6) readExtension(walk);
      else walk.bad();
      return;
    case 0: // hop-by-hop options
    case 60: // destination options
    case 140: // shim6
      readExtension(walk);
      return;
    case 44:
      readIpv6Fragment(walk);
      return;
    case 51:
      readAuthentication(walk);
      return;
    case 97: // EtherIP (RFC 3378)
      if (walk.has(2)) walk.to(LAYER_ETHERNET, walk.at + 2);
      return;
    case 108:
      readIpComp(walk);
      return;
    case 137:
      walk.layer = LAYER_MPLS;
      return;
    case 143:
      walk.layer = LAYER_ETHERNET;
      return;
    case 2:
      walk.name(PROTOCOL_IGMP);
      break;
    case 50:
      walk.name(PROTOCOL_ESP);
      break;
    case 132:
      walk.name(PROTOCOL_SCTP);
      break;
  }
  walk.stop();
}

/** Hop-by-hop, routing and destination options: next header, length in 8 bytes beyond the first 8 (RFC 8200 4). */
function readExtension(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  const b = walk.bytes;
  const at = walk.at;
  const length = (b[at + 1]! + 1) << 3;
  if (!walk.has(length)) return;
  walk.protocolOffset = at;
  walk.toType(LAYER_IP_PROTOCOL, b[at]!, at + length);
}

/** Authentication Header (RFC 4302): length in words minus 2. */
function readAuthentication(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  const b = walk.bytes;
  const at = walk.at;
  const length = (b[at + 1]! + 2) << 2;
  if (!walk.has(length)) return;
  walk.protocolOffset = at;
  walk.toType(LAYER_IP_PROTOCOL, b[at]!, at + length);
}

/** IP Payload Compression with DEFLATE (RFC 3173, RFC 2394). Whole payloads only. */
function readIpComp(walk: FrameWalk): void {
  if (!walk.has(4)) return;
  const at = walk.at;
  const next = walk.bytes[at]!;
  const headerLength = at - walk.ipOffset;
  const datagram = walk.wire <= walk.captured && walk.mayInflate() ? inflateRaw(walk.bytes, at + 4, walk.captured, headerLength, MAX_INFLATED) : null;
  if (datagram) replacePayload(walk, datagram, headerLength, next, walk.packetsHere());
  else walk.stop();
}

/** ICMP (RFC 792): errors quote the datagram that caused them. */
function readIcmp(walk: FrameWalk): void {
  walk.name(PROTOCOL_ICMP);
  if (!walk.has(8)) return;
  const type = walk.bytes[walk.at]!;
  // Destination unreachable, source quench, redirect, time exceeded, parameter problem.
  if (type === 3 || type === 4 || type === 5 || type === 11 || type === 12) {
    walk.quoted = true;
    walk.quotedBy = (type << 8) | walk.bytes[walk.at + 1]!;
    // Only "fragmentation needed" tells an MTU (RFC 1191 4).
    walk.quotedMtu = walk.quotedBy === 0x304 ? u16be(walk.bytes, walk.at + 6) : 0;
    walk.to(LAYER_IP, walk.at + 8);
  } else walk.stop();
}

/** ICMPv6 (RFC 4443): error types 1..4, and the redirect's quoted header (RFC 4861 4.5, 4.6.3). */
function readIcmpv6(walk: FrameWalk): void {
  walk.name(PROTOCOL_ICMPV6);
  if (!walk.has(8)) return;
  const b = walk.bytes;
  const type = b[walk.at]!;
  if (type >= 1 && type <= 4) {
    walk.quoted = true;
    walk.quotedBy = QUOTED_BY_ICMPV6 | (type << 8) | b[walk.at + 1]!;
    // "Packet too big" (RFC 4443 3.2).
    walk.quotedMtu = type === 2 ? u32be(b, walk.at + 4) : 0;
    walk.to(LAYER_IPV6, walk.at + 8);
    return;
  }
  if (type !== 137) {
    walk.stop();
    return;
  }
  for (let at = walk.at + 40; at + 8 <= walk.captured; ) {
    const length = b[at + 1]! << 3;
    if (length === 0) break;
    if (b[at] === 4) {
      walk.quoted = true;
      walk.quotedBy = QUOTED_BY_ICMPV6 | (type << 8);
      walk.trim(at + length);
      walk.to(LAYER_IPV6, at + 8);
      return;
    }
    at += length;
  }
  walk.stop();
}

/** TCP: the end of the way. */
export function readTcp(walk: FrameWalk): void {
  const segment = walk.newSegment();
  if (segment && readTcpHeader(segment, walk.bytes, walk.at, walk.captured, walk.wire, walk.partial || walk.quoted)) {
    walk.keepSegment(segment);
    walk.name(PROTOCOL_TCP);
    if (isDamaged(walk)) walk.malformed = true;
  } else if (walk.wire - walk.at < 4) walk.bad();
  walk.stop();
}

/** The datagram has no room for the header that it starts: not the capture's fault. */
function isDamaged(walk: FrameWalk): boolean {
  const bytes = walk.wire - walk.at;
  if (walk.quoted || walk.partial) return false;
  if (bytes < 14) return true;
  if (walk.captured - walk.at < 14) return false;
  const headerLength = (u16be(walk.bytes, walk.at + 12) >> 12) << 2;
  return headerLength < 20 || headerLength > bytes;
}
