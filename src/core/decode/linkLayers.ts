import { u16be, u16le, u32be, u32le } from '../bytes/read';
import { readPppoe } from './ethernet';
import {
  LAYER_CISCO_HDLC,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_GRE_PAYLOAD,
  LAYER_IP,
  LAYER_IPV6,
  LAYER_LINK,
  LAYER_LLC,
  LAYER_NETLINK,
  LAYER_PPP,
  LAYER_PPP_HDLC,
  LAYER_RADIOTAP,
  LAYER_WLAN,
  type FrameWalk,
} from './frameWalk';
import { readNflog } from './netlink';
import { PROTOCOL_OTHER_LINK } from './otherTraffic';
import { readFrameRelay } from './pointToPoint';
import { readAvs, readPrism } from './wlan';

/** The first header of a frame, by LINKTYPE_* (tcpdump.org registry). Types that cannot carry TCP end the walk at once. */
export function readLink(walk: FrameWalk): void {
  switch (walk.type) {
    case 1:
      walk.layer = LAYER_ETHERNET;
      return;
    case 0:
      readNull(walk);
      return;
    case 108:
      readLoop(walk);
      return;
    case 12:
    case 14:
    case 101:
      readRaw(walk);
      return;
    case 228:
    case 18:
    case 19: // classical IP over ATM, as Linux and others deliver it
    case 106:
      walk.layer = LAYER_IP;
      return;
    case 229:
      walk.layer = LAYER_IPV6;
      return;
    case 9:
    case 50:
      walk.layer = LAYER_PPP_HDLC;
      return;
    case 204: // PPP after a byte that tells the direction
      if (walk.has(1)) walk.to(LAYER_PPP_HDLC, walk.at + 1);
      return;
    case 51:
      readPppoe(walk);
      return;
    case 104:
      walk.layer = LAYER_CISCO_HDLC;
      return;
    case 107:
      readFrameRelay(walk);
      return;
    case 113:
    case 253: // the same header, always of a netlink socket
      readLinuxCooked(walk);
      return;
    case 276:
      readLinuxCooked2(walk);
      return;
    case 239:
      readNflog(walk);
      return;
    case 105:
      walk.layer = LAYER_WLAN;
      return;
    case 119:
      readPrism(walk);
      return;
    case 127:
      walk.layer = LAYER_RADIOTAP;
      return;
    case 163:
      readAvs(walk);
      return;
    case 192:
      readPpi(walk);
      return;
    case 6:
      readTokenRing(walk);
      return;
    case 10: // FDDI: only asynchronous LLC frames
      if (!walk.has(13)) return;
      if ((walk.bytes[walk.at]! & 0xf0) === 0x50) walk.to(LAYER_LLC, walk.at + 13);
      else walk.stop();
      return;
    case 7:
      readArcnet(walk, 2);
      return;
    case 129: // Linux puts an offset behind the addresses
      readArcnet(walk, 4);
      return;
    case 11:
    case 100:
      walk.layer = LAYER_LLC;
      return;
    case 122: // IP over Fibre Channel: network header of two 8-byte addresses
      if (walk.has(16)) walk.to(LAYER_LLC, walk.at + 16);
      return;
    case 138: // IP over IEEE 1394: two 8-byte addresses and a type
      if (walk.has(18)) walk.toType(LAYER_ETHERTYPE, u16be(walk.bytes, walk.at + 16), walk.at + 18);
      return;
    case 242: // IP over InfiniBand: 40 bytes of addresses, then type and reserved (RFC 4391)
      if (walk.has(44)) walk.toType(LAYER_ETHERTYPE, u16be(walk.bytes, walk.at + 40), walk.at + 44);
      return;
    case 13:
    case 109:
      readEnc(walk);
      return;
    case 117:
      readPflog(walk);
      return;
    case 178:
      readJuniperEthernet(walk);
      return;
  }
  walk.name(PROTOCOL_OTHER_LINK);
  walk.stop();
}

/** BSD address families: 2 is IPv4 everywhere, IPv6 differs by system. */
function toFamily(walk: FrameWalk, family: number, at: number): boolean {
  if (family === 2) walk.to(LAYER_IP, at);
  else if (family === 24 || family === 28 || family === 30) walk.to(LAYER_IPV6, at);
  // Linux' own number is not one that a loopback capture should have: the payload must agree.
  else if (family === 10 && at < walk.captured && walk.bytes[at]! >> 4 === 6) walk.to(LAYER_IPV6, at);
  else {
    walk.stop();
    return false;
  }
  return true;
}

/** BSD loopback: the address family in the byte order of the machine that captured. */
function readNull(walk: FrameWalk): void {
  if (!walk.has(4)) return;
  const b = walk.bytes;
  const at = walk.at;
  if (u16be(b, at) === 0xff03) {
    walk.layer = LAYER_PPP_HDLC;
    return;
  }
  let family = u32be(b, at);
  if (family > 0xffff) family = u32le(b, at);
  if (family > 1500 && family <= 0xffff) walk.toType(LAYER_ETHERTYPE, family, at + 4);
  else toFamily(walk, family, at + 4);
}

/** OpenBSD loopback: the address family in network byte order. */
function readLoop(walk: FrameWalk): void {
  if (walk.has(4)) toFamily(walk, u32be(walk.bytes, walk.at), walk.at + 4);
}

/** No link header; some old captures have PPP's address and control bytes. */
function readRaw(walk: FrameWalk): void {
  if (!walk.has(1)) return;
  const nibble = walk.bytes[walk.at]! >> 4;
  if (nibble === 4 || nibble === 6) walk.layer = LAYER_IP;
  else if (walk.at + 2 <= walk.captured && u16be(walk.bytes, walk.at) === 0xff03) walk.layer = LAYER_PPP_HDLC;
  else walk.stop();
}

/** Linux cooked capture (LINKTYPE_LINUX_SLL). */
function readLinuxCooked(walk: FrameWalk): void {
  if (!walk.has(16)) return;
  const b = walk.bytes;
  toCookedPayload(walk, u16be(b, walk.at + 2), u16be(b, walk.at + 14), walk.at + 16);
}

/** Linux cooked capture, version 2 (LINKTYPE_LINUX_SLL2). */
function readLinuxCooked2(walk: FrameWalk): void {
  if (!walk.has(20)) return;
  const b = walk.bytes;
  toCookedPayload(walk, u16be(b, walk.at + 8), u16be(b, walk.at), walk.at + 20);
}

/** What follows a cooked header, by ARPHRD_* of the device and protocol. */
function toCookedPayload(walk: FrameWalk, device: number, protocol: number, at: number): void {
  if (device === 803) walk.to(LAYER_RADIOTAP, at);
  else if (device === 824) walk.toType(LAYER_NETLINK, protocol, at);
  else if (device === 778) walk.toType(LAYER_GRE_PAYLOAD, protocol, at);
  else if (device === 770) {
    walk.at = at;
    readFrameRelay(walk);
  } else if (protocol >= 1536) walk.toType(LAYER_ETHERTYPE, protocol, at);
  else if (protocol === 4) walk.to(LAYER_LLC, at);
  else if (protocol === 3) walk.to(LAYER_ETHERNET, at);
  else if (protocol === 7) walk.to(LAYER_PPP, at);
  else walk.stop();
}

/** Per-Packet Information: fields, then a frame of the link type that it names. */
function readPpi(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  const b = walk.bytes;
  const length = u16le(b, walk.at + 2);
  const linkType = u32le(b, walk.at + 4);
  // PPI within PPI would only nest.
  if (length < 8 || linkType === 192) walk.bad();
  else if (walk.has(length)) walk.toType(LAYER_LINK, linkType, walk.at + length);
}

/** IEEE 802.5: LLC frames, with a routing field when the source address says so. */
function readTokenRing(walk: FrameWalk): void {
  if (!walk.has(14)) return;
  const b = walk.bytes;
  const at = walk.at;
  if ((b[at + 1]! & 0xc0) !== 0x40) {
    walk.stop();
    return;
  }
  let length = 14;
  if (b[at + 8]! & 0x80) {
    if (!walk.has(15)) return;
    length += b[at + 14]! & 31;
  }
  walk.to(LAYER_LLC, at + length);
}

/** ARCNET with RFC 1201 (split flag and sequence number follow the protocol) or RFC 1051 numbers. */
function readArcnet(walk: FrameWalk, protocolAt: number): void {
  if (!walk.has(protocolAt + 1)) return;
  const protocol = walk.bytes[walk.at + protocolAt]!;
  let at = walk.at + protocolAt + 1;
  // BSD shows exception frames as they are: four bytes more, told by the split flag.
  if (protocolAt === 2 && protocol !== 0xf0 && at < walk.captured && walk.bytes[at] === 0xff) at += 4;
  if (protocol === 0xd4) walk.to(LAYER_IP, at + 3);
  else if (protocol === 0xc4) walk.to(LAYER_IPV6, at + 3);
  else if (protocol === 0xf0) walk.to(LAYER_IP, at);
  else walk.stop();
}

/** OpenBSD IPsec interface: family in either byte order, SPI, flags. */
function readEnc(walk: FrameWalk): void {
  if (!walk.has(12)) return;
  const family = u32be(walk.bytes, walk.at);
  toFamily(walk, family > 0xffff ? u32le(walk.bytes, walk.at) : family, walk.at + 12);
}

/** OpenBSD packet filter log: own length (to be rounded up to 4) and address family. */
function readPflog(walk: FrameWalk): void {
  if (!walk.has(4)) return;
  const length = (walk.bytes[walk.at]! + 3) & ~3;
  if (length < 4) walk.bad();
  else if (walk.has(length)) toFamily(walk, walk.bytes[walk.at + 1]!, walk.at + length);
}

/** Juniper's header ("MGC", flags, extensions) before an Ethernet frame, or before IP when its flags say that no frame header follows. */
function readJuniperEthernet(walk: FrameWalk): void {
  if (!walk.has(4)) return;
  const b = walk.bytes;
  const magicAndFlags = u32be(b, walk.at);
  if (magicAndFlags >>> 8 !== 0x4d4743) {
    walk.layer = LAYER_ETHERNET;
    return;
  }
  let length = 4;
  if (magicAndFlags & 0x80) {
    if (!walk.has(6)) return;
    length = 6 + u16be(b, walk.at + 4);
  }
  if (magicAndFlags & 2) {
    walk.stop();
    if (walk.at + length < walk.captured && b[walk.at + length] === 2) walk.to(LAYER_IP, walk.at + length + 4);
  } else walk.to(LAYER_ETHERNET, walk.at + length);
}
