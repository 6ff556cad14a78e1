import { u16be, u16le, u32be, u32le } from '../bytes/read';
import { LAYER_ETHERNET, LAYER_IP, LAYER_LLC, LAYER_WLAN, type FrameWalk } from './frameWalk';
import { PROTOCOL_WLAN } from './otherTraffic';

const TO_DS = 1;
const FROM_DS = 2;
const MORE_FRAGMENTS = 4;
const PROTECTED = 0x40;
const ORDER = 0x80;

/** IEEE 802.11 data frames (9.3.2): header of 24 bytes, more with a fourth address, QoS and HT control. */
export function readWlan(walk: FrameWalk): void {
  readWlanFrame(walk, false);
}

/** `padded`: the header is filled up to a multiple of 4, as some drivers deliver it. */
function readWlanFrame(walk: FrameWalk, padded: boolean): void {
  walk.name(PROTOCOL_WLAN);
  if (!walk.has(24)) return;
  const b = walk.bytes;
  const at = walk.at;
  const kind = b[at]!;
  const flags = b[at + 1]!;
  // Only data frames that carry data: version 0, type 2, without the "null" bit of the subtype.
  if ((kind & 0x0f) !== 0x08 || kind & 0x40 || flags & PROTECTED) {
    walk.stop();
    return;
  }
  const bothSystems = (flags & (TO_DS | FROM_DS)) === (TO_DS | FROM_DS);
  let length = bothSystems ? 30 : 24;
  let aggregated = false;
  let mesh = false;
  if (kind & 0x80) {
    if (!walk.has(length + 2)) return;
    aggregated = (b[at + length]! & 0x80) !== 0;
    mesh = bothSystems && (b[at + length + 1]! & 1) !== 0;
    length += 2;
    if (flags & ORDER) length += 4;
  }
  if (padded) length = (length + 3) & ~3;
  if (mesh) {
    if (!walk.has(length + 6)) return;
    length += 6 + (b[at + length]! & 3) * 6;
  }
  if (!walk.has(length)) return;
  // Padding that no radio header announced.
  if ((length & 3) === 2 && !startsSnap(b, at + length, walk.captured) && startsSnap(b, at + length + 2, walk.captured)) length += 2;
  const fragmentNumber = b[at + 22]! & 15;
  if (flags & MORE_FRAGMENTS || fragmentNumber !== 0) readFragment(walk, at, length, fragmentNumber);
  else if (aggregated) readAggregate(walk, at + length);
  else if (hasEthernetHeader(b, at, at + length, walk.captured, flags)) walk.to(LAYER_ETHERNET, at + length);
  else walk.to(LAYER_LLC, at + length);
}

/** Fragments of one frame share transmitter, receiver and sequence number, and are numbered. */
function readFragment(walk: FrameWalk, at: number, length: number, number: number): void {
  const b = walk.bytes;
  const start = at + length;
  walk.fragment = true;
  walk.stop();
  if (walk.wire > walk.captured || start >= walk.captured) return;
  const sequence = u16le(b, at + 22) >> 4;
  const key = `w ${u32be(b, at + 4)} ${u16be(b, at + 8)} ${u32be(b, at + 10)} ${u16be(b, at + 14)} ${sequence}`;
  const whole = walk.fragments.addNumbered(key, b, start, walk.captured, number, (b[at + 1]! & MORE_FRAGMENTS) !== 0, walk.packetsHere());
  if (!whole) return;
  walk.fragment = false;
  // A datagram starts with its IP header everywhere else: so here, when SNAP says that IP follows.
  const type = startsSnap(whole.bytes, 0, whole.bytes.length - 5) ? u16be(whole.bytes, 6) : 0;
  const isIp = type === 0x0800 || type === 0x86dd;
  walk.enterDatagram(isIp ? whole.bytes.slice(8) : whole.bytes, 0, whole.packets);
  walk.layer = isIp ? LAYER_IP : LAYER_LLC;
}

/** A-MSDU subframes (9.3.2.2): destination, source, length, LLC, padding to a multiple of 4. */
function readAggregate(walk: FrameWalk, start: number): void {
  const b = walk.bytes;
  for (let at = start; at + 14 <= walk.captured; ) {
    const length = u16be(b, at + 12);
    walk.addBranch(LAYER_LLC, 0, at + 14, at + 14 + length);
    at += (14 + length + 3) & ~3;
  }
  walk.stop();
}

function startsSnap(b: Uint8Array, at: number, captured: number): boolean {
  return at + 3 <= captured && b[at] === 0xaa && b[at + 1] === 0xaa && b[at + 2] === 3;
}

/** Some adapters leave the Ethernet header inside: its source is the frame's own. */
function hasEthernetHeader(b: Uint8Array, at: number, payload: number, captured: number, flags: number): boolean {
  if (payload + 14 > captured || u16be(b, payload) === 0xaaaa) return false;
  const source = (flags & FROM_DS) === 0 ? at + 10 : (flags & TO_DS) === 0 ? at + 16 : at + 24;
  return u32be(b, payload + 6) === u32be(b, source) && u16be(b, payload + 10) === u16be(b, source + 4);
}

/** Radiotap (radiotap.org): a header whose flags tell padding and frame check sequence. */
export function readRadiotap(walk: FrameWalk): void {
  walk.name(PROTOCOL_WLAN);
  if (!walk.has(8)) return;
  const b = walk.bytes;
  const start = walk.at;
  const length = u16le(b, start + 2);
  if (length < 8) {
    walk.bad();
    return;
  }
  if (!walk.has(length)) return;
  const end = start + length;
  const present = u32le(b, start + 4);
  let at = start + 8;
  for (let word = present; word >>> 31 && at + 4 <= end; at += 4) word = u32le(b, at);
  // Bit 0: an 8-byte timer, aligned; bit 1: the flags byte.
  if (present & 1) at = start + (((at - start + 7) >> 3) << 3) + 8;
  const flags = present & 2 && at < end ? b[at]! : 0;
  if (flags & 0x10) walk.trim(walk.wire - 4);
  walk.at = end;
  readWlanFrame(walk, (flags & 0x20) !== 0);
}

/** Prism header of 144 bytes (message codes 0x41 and 0x44), the AVS header that took its place, or none at all. */
export function readPrism(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  const version = u32be(walk.bytes, walk.at);
  if (version === 0x80211001 || version === 0x80211002) {
    readAvs(walk);
    return;
  }
  const code = version > 0xffff ? u32le(walk.bytes, walk.at) : version;
  if (code !== 0x41 && code !== 0x44) walk.layer = LAYER_WLAN;
  else if (walk.has(144)) walk.to(LAYER_WLAN, walk.at + 144);
}

/** AVS (linux-wlan) header: version and length. */
export function readAvs(walk: FrameWalk): void {
  if (!walk.has(8)) return;
  const length = u32be(walk.bytes, walk.at + 4);
  if (length < 8) walk.bad();
  else if (walk.has(length)) walk.to(LAYER_WLAN, walk.at + length);
}
