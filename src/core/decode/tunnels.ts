import { u16be, u32be } from '../bytes/read';
import {
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_GRE_PAYLOAD,
  LAYER_IP,
  LAYER_IPV6,
  LAYER_LINK,
  LAYER_MPLS,
  LAYER_NSH,
  LAYER_PPP_HDLC,
  LAYER_WLAN,
  type FrameWalk,
} from './frameWalk';
import { PROTOCOL_UDP } from './otherTraffic';

const GRE_CHECKSUM = 0x8000;
const GRE_ROUTING = 0x4000;
const GRE_KEY = 0x2000;
const GRE_SEQUENCE = 0x1000;
const GRE_ACK = 0x0080;

/** Generic Routing Encapsulation (RFC 2784, RFC 2890; version 1 with acknowledgment: RFC 2637). */
export function readGre(walk: FrameWalk): void {
  if (!walk.has(4)) return;
  const b = walk.bytes;
  const flags = u16be(b, walk.at);
  const type = u16be(b, walk.at + 2);
  let length = 4;
  if (flags & (GRE_CHECKSUM | GRE_ROUTING)) length += 4;
  const keyAt = walk.at + length;
  if (flags & GRE_KEY) length += 4;
  if (flags & GRE_SEQUENCE) length += 4;
  if (flags & GRE_ACK) length += 4;
  if (!walk.has(length)) return;
  // Enhanced GRE keeps the payload length and a call id of one direction in the key.
  if (flags & GRE_KEY && (flags & 7) === 0) walk.setTunnel(u32be(b, keyAt));
  let at = walk.at + length;
  if (flags & GRE_ROUTING) {
    // Source route entries: family, offset, length, data; the last one is all zero (RFC 1701).
    for (;;) {
      if (at + 4 > walk.captured) {
        walk.at = at;
        walk.has(4);
        return;
      }
      const last = u16be(b, at) === 0 && b[at + 3] === 0;
      at += 4 + b[at + 3]!;
      if (last) break;
    }
  }
  // ERSPAN type I has no header of its own, and no sequence number in GRE.
  if (type === 0x88be && !(flags & GRE_SEQUENCE)) walk.to(LAYER_ETHERNET, at);
  else walk.toType(LAYER_GRE_PAYLOAD, type, at);
}

/** What GRE (or a Linux GRE interface) carries, by protocol type. */
export function readGrePayload(walk: FrameWalk): void {
  const type = walk.type;
  switch (type) {
    case 0x0800:
    case 0x86dd:
    case 0x8847:
    case 0x8848:
    case 0x894f:
    case 0x6558:
    case 0x0806:
      walk.layer = LAYER_ETHERTYPE;
      return;
    case 0x6400: // EoIP
      walk.layer = LAYER_ETHERNET;
      return;
    case 0x880b:
      walk.layer = LAYER_PPP_HDLC;
      return;
    case 0x88be:
    case 0x22eb:
      readErspan(walk);
      return;
    case 0x883e: // WCCP: version 2 has a redirect header of 4 bytes
      if (walk.has(1)) walk.to(LAYER_IP, walk.bytes[walk.at]! >> 4 === 4 ? walk.at : walk.at + 4);
      return;
    default:
      // Aruba access points send 802.11 frames under a range of types.
      if (type >= 0x8200 && type <= 0x8370 && (type & 15) === 0) walk.layer = LAYER_WLAN;
      else walk.stop();
  }
}

/** Encapsulated Remote SPAN types II and III (draft-foschiano-erspan). */
function readErspan(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  const b = walk.bytes;
  const at = walk.at;
  const version = b[at]! >> 4;
  if (version === 1) walk.to(LAYER_ETHERNET, at + 8);
  else if (version === 2) {
    if (!walk.has(12)) return;
    const frameType = (b[at + 10]! >> 2) & 31;
    const platformHeader = b[at + 11]! & 1 ? 8 : 0;
    if (frameType === 0) walk.to(LAYER_ETHERNET, at + 12 + platformHeader);
    else walk.stop();
  } else walk.stop();
}

/** UDP (RFC 768): only the ports that tunnels use lead on. The lower port is asked first, as in Wireshark. */
export function readUdp(walk: FrameWalk): void {
  walk.name(PROTOCOL_UDP);
  if (!walk.has(8)) return;
  const b = walk.bytes;
  const at = walk.at;
  const src = u16be(b, at);
  const dst = u16be(b, at + 2);
  const length = u16be(b, at + 4);
  if (length < 8) {
    walk.bad();
    return;
  }
  walk.trim(at + length);
  walk.at = at + 8;
  walk.stop();
  const low = src < dst ? src : dst;
  const high = src < dst ? dst : src;
  if (!readUdpPort(walk, low) && high !== low) readUdpPort(walk, high);
}

/** True when the payload is taken as what the port stands for (also when it is then too short). */
function readUdpPort(walk: FrameWalk, port: number): boolean {
  switch (port) {
    case 4789:
      readVxlan(walk);
      return true;
    case 4790:
      readVxlanGpe(walk);
      return true;
    case 6081:
      readGeneve(walk);
      return true;
    case 2123:
    case 2152:
    case 3386:
      return readGtp(walk);
    case 3544:
      readTeredo(walk);
      return true;
    case 1701:
      readL2tp(walk);
      return true;
    case 6635:
      walk.layer = LAYER_MPLS;
      return true;
    case 4341: // LISP data (RFC 9300 5.1)
      if (walk.has(8)) walk.to(LAYER_IP, walk.at + 8);
      return true;
    case 37008:
      readTzsp(walk);
      return true;
    default:
      return false;
  }
}

/** VXLAN (RFC 7348). */
function readVxlan(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  walk.setTunnel(u32be(walk.bytes, walk.at + 4) >>> 8);
  walk.to(LAYER_ETHERNET, walk.at + 8);
}

/** Generic Protocol Extension for VXLAN (draft-ietf-nvo3-vxlan-gpe). */
function readVxlanGpe(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  const b = walk.bytes;
  walk.setTunnel(u32be(b, walk.at + 4) >>> 8);
  const next = b[walk.at + 3]!;
  walk.at += 8;
  nextProtocol(walk, next);
}

/** Next protocol numbers shared by VXLAN-GPE and NSH. */
function nextProtocol(walk: FrameWalk, next: number): void {
  if (next === 1) walk.layer = LAYER_IP;
  else if (next === 2) walk.layer = LAYER_IPV6;
  else if (next === 3) walk.layer = LAYER_ETHERNET;
  else if (next === 4) walk.layer = LAYER_NSH;
  else if (next === 5) walk.layer = LAYER_MPLS;
  else walk.stop();
}

/** Network Service Header (RFC 8300). */
export function readNsh(walk: FrameWalk): void {
  if (!walk.has(4)) return;
  const b = walk.bytes;
  const length = (b[walk.at + 1]! & 63) << 2;
  if (length < 8) {
    walk.bad();
    return;
  }
  if (!walk.has(length)) return;
  const next = b[walk.at + 3]!;
  walk.at += length;
  nextProtocol(walk, next);
}

/** GENEVE (RFC 8926). */
function readGeneve(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  const b = walk.bytes;
  const at = walk.at;
  const length = 8 + ((b[at]! & 63) << 2);
  if (!walk.has(length)) return;
  walk.setTunnel(u32be(b, at + 4) >>> 8);
  walk.toType(LAYER_ETHERTYPE, u16be(b, at + 2), at + length);
}

/**
 * GTP user plane, version 1 with its extension headers (3GPP TS 29.281) and version 0 (3GPP TS 09.60). False when it is
 * neither, so that the other port may be asked.
 */
function readGtp(walk: FrameWalk): boolean {
  const b = walk.bytes;
  const at = walk.at;
  if (at + 8 > walk.captured) {
    walk.has(8);
    return true;
  }
  const flags = b[at]!;
  const version = flags >> 5;
  if (version > 1 || !(flags & 0x10)) return false;
  if (b[at + 1] !== 255) return true;
  let length = 8;
  if (version === 0) length = 20;
  else if (flags & 7) {
    if (!walk.has(12)) return true;
    length = 12;
    let next = flags & 4 ? b[at + 11]! : 0;
    while (next !== 0) {
      if (!walk.has(length + 1)) return true;
      const extension = b[at + length]! << 2;
      if (extension === 0) {
        walk.bad();
        return true;
      }
      if (!walk.has(length + extension)) return true;
      length += extension;
      next = b[at + length - 1]!;
    }
  }
  walk.trim(at + (version === 0 ? 20 : 8) + u16be(b, at + 2));
  if (!walk.has(length + 1)) return true;
  const first = b[at + length]!;
  if ((first >= 0x45 && first <= 0x4e) || first >> 4 === 6) walk.to(LAYER_IP, at + length);
  else walk.stop();
  return true;
}

/** Teredo (RFC 4380 5.1.1): authentication and origin indications may precede the IPv6 datagram. */
function readTeredo(walk: FrameWalk): void {
  const b = walk.bytes;
  let at = walk.at;
  if (at + 4 <= walk.captured && u16be(b, at) === 1) at += 13 + b[at + 2]! + b[at + 3]!;
  if (at + 2 <= walk.captured && u16be(b, at) === 0) at += 8;
  walk.to(LAYER_IPV6, at);
}

/** L2TP version 2 data messages (RFC 2661 3.1). */
function readL2tp(walk: FrameWalk): void {
  if (!walk.has(6)) return;
  const b = walk.bytes;
  const flags = u16be(b, walk.at);
  if (flags & 0x8000 || (flags & 15) !== 2) {
    walk.stop();
    return;
  }
  let length = 6;
  if (flags & 0x4000) length += 2;
  if (flags & 0x0800) length += 4;
  if (flags & 0x0200) {
    if (!walk.has(length + 2)) return;
    length += 2 + u16be(b, walk.at + length);
  }
  walk.to(LAYER_PPP_HDLC, walk.at + length);
}

/** TaZmen Sniffer Protocol: a mirrored Ethernet or 802.11 frame behind tags. */
function readTzsp(walk: FrameWalk): void {
  if (!walk.has(5)) return;
  const b = walk.bytes;
  if (b[walk.at + 1]! > 1) {
    walk.stop();
    return;
  }
  const encapsulation = u16be(b, walk.at + 2);
  walk.at += 4;
  // Tags of type, length, value; padding (0) and the end (1) are single bytes.
  for (;;) {
    if (!walk.has(1)) return;
    const tag = b[walk.at]!;
    if (tag > 1 && !walk.has(2)) return;
    walk.at += tag > 1 ? 2 + b[walk.at + 1]! : 1;
    if (tag === 1) break;
  }
  if (encapsulation === 1) walk.layer = LAYER_ETHERNET;
  else if (encapsulation === 18) walk.layer = LAYER_WLAN;
  else if (encapsulation === 119 || encapsulation === 127) walk.toType(LAYER_LINK, encapsulation === 119 ? 119 : 163, walk.at);
  else walk.stop();
}
