import { u16be, u32be } from '../bytes/read';
import {
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IP,
  LAYER_IPV6,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_NSH,
  LAYER_PPP,
  LAYER_WLAN,
  type FrameWalk,
} from './frameWalk';
import { PROTOCOL_ARP, PROTOCOL_ETHERNET, PROTOCOL_LLC, PROTOCOL_STP } from './otherTraffic';

/** Ethernet II and IEEE 802.3: a type, or a length up to 1500 with LLC behind it. */
export function readEthernet(walk: FrameWalk): void {
  walk.name(PROTOCOL_ETHERNET);
  if (!walk.has(14)) return;
  const b = walk.bytes;
  const at = walk.at;
  const type = u16be(b, at + 12);
  if (type >= 1536) walk.toType(LAYER_ETHERTYPE, type, at + 14);
  else if (type > 1500) walk.stop();
  else if (isInterSwitchLink(b, at)) walk.to(LAYER_ETHERNET, at + 26);
  else readLengthField(walk, type, at + 14);
}

/** Cisco's ISL puts 26 bytes before the frame, sent to 01-00-0c-00-00 or 03-00-0c-00-00. */
function isInterSwitchLink(b: Uint8Array, at: number): boolean {
  return (b[at] === 1 || b[at] === 3) && u32be(b, at + 1) === 0x000c0000;
}

/** The field that tells types from lengths told a length: LLC follows, or raw IPX that has no LLC. */
function readLengthField(walk: FrameWalk, length: number, at: number): void {
  walk.trim(at + length);
  walk.at = at;
  if (!walk.has(2)) return;
  if (u16be(walk.bytes, at) === 0xffff) walk.stop();
  else walk.layer = LAYER_LLC;
}

/** What an EtherType announces (IEEE registry; the tags and carriers that Wireshark follows). */
export function readEthertype(walk: FrameWalk): void {
  const b = walk.bytes;
  const at = walk.at;
  switch (walk.type) {
    case 0x0800:
      walk.layer = LAYER_IP;
      return;
    case 0x86dd:
      walk.layer = LAYER_IPV6;
      return;
    case 0x8100:
    case 0x88a8:
    case 0x9100:
      readVlan(walk);
      return;
    case 0x8847:
    case 0x8848:
      walk.layer = LAYER_MPLS;
      return;
    case 0x8864:
      readPppoe(walk);
      return;
    case 0x0806:
      walk.name(PROTOCOL_ARP);
      break;
    case 0x6558: // transparent Ethernet bridging
      walk.layer = LAYER_ETHERNET;
      return;
    case 0x8909:
      readCiscoMetaData(walk);
      return;
    case 0x8903: // Cisco FabricPath: the tag ends the outer header, a whole frame with its check sequence follows
      if (!walk.has(2)) return;
      walk.trim(walk.wire - 4);
      walk.to(LAYER_ETHERNET, at + 2);
      return;
    case 0x894f:
      walk.layer = LAYER_NSH;
      return;
    case 0x88e7: // 802.1ah service tag: a customer frame follows
      if (walk.has(4)) walk.to(LAYER_ETHERNET, at + 4);
      return;
    case 0x8926: // VN-Tag
    case 0x892f: // HSR
    case 0xf1c1: // 802.1CB
      if (walk.has(6)) walk.toType(LAYER_ETHERTYPE, u16be(b, at + 4), at + 6);
      return;
    case 0x893f: // 802.1BR E-Tag
      if (walk.has(8)) walk.toType(LAYER_ETHERTYPE, u16be(b, at + 6), at + 8);
      return;
    case 0x22f3: // TRILL: options in words after 6 bytes
      if (walk.has(6)) walk.to(LAYER_ETHERNET, at + 6 + (((u16be(b, at) >> 6) & 31) << 2));
      return;
    case 0x88e5:
      readMacsec(walk);
      return;
    case 0x8870:
      walk.layer = LAYER_LLC;
      return;
    case 0x890d: // 802.11 encapsulated in Ethernet
      walk.layer = LAYER_WLAN;
      return;
  }
  walk.stop();
}

/** 802.1Q, 802.1ad: priority and id, then a type, or a length as in 802.3. */
function readVlan(walk: FrameWalk): void {
  if (!walk.has(4)) return;
  const b = walk.bytes;
  const at = walk.at;
  walk.setVlan(u16be(b, at) & 0xfff);
  const type = u16be(b, at + 2);
  if (type >= 1536) walk.toType(LAYER_ETHERTYPE, type, at + 4);
  else if (type > 1500) walk.stop();
  else readLengthField(walk, type, at + 4);
}

/** PPPoE session (RFC 2516 4). */
export function readPppoe(walk: FrameWalk): void {
  if (!walk.has(6)) return;
  walk.trim(walk.at + 6 + u16be(walk.bytes, walk.at + 4));
  walk.to(LAYER_PPP, walk.at + 6);
}

/** Cisco MetaData (TrustSec): version, length, one option with the security group tag, then the type of what follows. */
function readCiscoMetaData(walk: FrameWalk): void {
  if (walk.has(8)) walk.toType(LAYER_ETHERTYPE, u16be(walk.bytes, walk.at + 6), walk.at + 8);
}

/** MACsec (IEEE 802.1AE) that only authenticates; an encrypted payload ends the way. */
function readMacsec(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  const b = walk.bytes;
  const control = b[walk.at]!;
  if (control & 0x0c) {
    walk.stop();
    return;
  }
  const length = control & 0x20 ? 14 : 6;
  walk.trim(walk.wire - 16);
  if (walk.has(length + 2)) walk.toType(LAYER_ETHERTYPE, u16be(b, walk.at + length), walk.at + length + 2);
}

/** LLC (IEEE 802.2) with SNAP, or IP at its own service access point. */
export function readLlc(walk: FrameWalk): void {
  walk.name(PROTOCOL_LLC);
  if (!walk.has(3)) return;
  const b = walk.bytes;
  const at = walk.at;
  const dsap = b[at]!;
  // Only unnumbered and numbered information frames carry data.
  const unnumbered = b[at + 2] === 3;
  const numbered = (b[at + 2]! & 1) === 0;
  if (dsap === 0x42) walk.name(PROTOCOL_STP);
  walk.stop();
  if (dsap === 0x06 && (unnumbered || numbered)) walk.to(LAYER_IP, at + (unnumbered ? 3 : 4));
  else if (dsap === 0xaa && b[at + 1] === 0xaa && unnumbered) readSnap(walk, at + 3);
}

/** SNAP: organization code and protocol id. */
export function readSnap(walk: FrameWalk, at: number): void {
  walk.at = at;
  if (!walk.has(5)) return;
  const b = walk.bytes;
  const organization = u32be(b, at) >>> 8;
  const type = u16be(b, at + 3);
  if (organization === 0 || organization === 0xf8) walk.toType(LAYER_ETHERTYPE, type, at + 5);
  // Bridged Ethernet (RFC 2684 5.2), with and without frame check sequence: two bytes of padding first.
  else if (organization === 0x80c2 && (type === 1 || type === 7)) walk.to(LAYER_ETHERNET, at + 7);
  else walk.stop();
}

/** MPLS label stack (RFC 3032); what follows the last label is guessed from its first nibble. */
export function readMpls(walk: FrameWalk): void {
  let at = walk.at;
  const b = walk.bytes;
  for (;;) {
    walk.at = at;
    if (!walk.has(4)) return;
    at += 4;
    if (b[at - 2]! & 1) break;
  }
  walk.at = at;
  if (!walk.has(1)) return;
  const nibble = b[at]! >> 4;
  if (nibble === 4 || nibble === 6) walk.layer = LAYER_IP;
  else if (nibble === 1) walk.stop();
  else readPseudowire(walk);
}

/** Ethernet over MPLS, with or without control word (RFC 4448): whichever puts a known type where a frame has it. */
function readPseudowire(walk: FrameWalk): void {
  const b = walk.bytes;
  const at = walk.at;
  if (looksLikeEthernet(b, at, walk.captured)) walk.to(LAYER_ETHERNET, at);
  else if (b[at]! >> 4 === 0 && looksLikeEthernet(b, at + 4, walk.captured)) walk.to(LAYER_ETHERNET, at + 4);
  else walk.stop();
}

function looksLikeEthernet(b: Uint8Array, at: number, captured: number): boolean {
  if (at + 18 > captured) return false;
  const type = u16be(b, at + 12);
  switch (type) {
    case 0x0800:
      return b[at + 14]! >> 4 === 4;
    case 0x86dd:
      return b[at + 14]! >> 4 === 6;
    case 0x0806:
    case 0x8100:
    case 0x88a8:
    case 0x9100:
    case 0x8847:
    case 0x8848:
    case 0x8863:
    case 0x8864:
    case 0x88cc:
      return true;
    default:
      // 802.3: LLC with SNAP, spanning tree, or IP.
      return type >= 3 && type <= 1500 && (u16be(b, at + 14) === 0xaaaa || u16be(b, at + 14) === 0x4242 || u16be(b, at + 14) === 0x0606);
  }
}
