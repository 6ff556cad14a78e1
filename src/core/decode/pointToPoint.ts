import { u16be } from '../bytes/read';
import {
  LAYER_CISCO_HDLC,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_IP,
  LAYER_IPV6,
  LAYER_MPLS,
  LAYER_PPP,
  type FrameWalk,
} from './frameWalk';
import { readSnap } from './ethernet';
import { PROTOCOL_PPP } from './otherTraffic';

/** PPP in HDLC-like framing (RFC 1662): address and control may be left out; Cisco HDLC shows by its address. */
export function readPppHdlc(walk: FrameWalk): void {
  if (!walk.has(2)) return;
  const first = walk.bytes[walk.at]!;
  if (first === 0x0f || first === 0x8f) walk.layer = LAYER_CISCO_HDLC;
  else walk.to(LAYER_PPP, first === 0xff ? walk.at + 2 : walk.at);
}

/** PPP (RFC 1661): a protocol number of one byte when it is odd, else of two. */
export function readPpp(walk: FrameWalk): void {
  walk.name(PROTOCOL_PPP);
  if (!walk.has(2)) return;
  const b = walk.bytes;
  const short = (b[walk.at]! & 1) === 1;
  const protocol = short ? b[walk.at]! : u16be(b, walk.at);
  walk.at += short ? 1 : 2;
  switch (protocol) {
    case 0x0021:
    case 0x0800:
      walk.layer = LAYER_IP;
      return;
    case 0x0057:
    case 0x86dd:
      walk.layer = LAYER_IPV6;
      return;
    case 0x0281:
    case 0x0283:
      walk.layer = LAYER_MPLS;
      return;
    case 0x0031:
      readBridged(walk);
      return;
    case 0x003d: // multilink (RFC 1990): only packets that are one fragment
      if (!walk.has(4)) return;
      if (b[walk.at]! >> 6 === 3) walk.to(LAYER_PPP, walk.at + 4);
      else {
        walk.fragment = true;
        walk.stop();
      }
      return;
    default:
      walk.stop();
  }
}

/** A bridged frame (RFC 3518 4.2): flags with the count of padding bytes, then the MAC type, of which 1 is Ethernet. */
function readBridged(walk: FrameWalk): void {
  if (!walk.has(2)) return;
  const flags = walk.bytes[walk.at]!;
  if (walk.bytes[walk.at + 1] !== 1) {
    walk.stop();
    return;
  }
  walk.trim(walk.wire - (flags & 15) - (flags & 0x80 ? 4 : 0));
  walk.to(LAYER_ETHERNET, walk.at + 2);
}

/** Cisco HDLC: address, control, an EtherType. */
export function readCiscoHdlc(walk: FrameWalk): void {
  walk.name(PROTOCOL_PPP);
  if (walk.has(4)) walk.toType(LAYER_ETHERTYPE, u16be(walk.bytes, walk.at + 2), walk.at + 4);
}

/** Frame relay with IP by NLPID or SNAP (RFC 2427), or with Cisco's EtherType. */
export function readFrameRelay(walk: FrameWalk): void {
  const b = walk.bytes;
  let at = walk.at;
  const limit = at + 4;
  // The address ends with the byte whose lowest bit is set.
  while (at < limit && at < walk.captured && !(b[at]! & 1)) at++;
  walk.at = ++at;
  if (!walk.has(4)) return;
  if ((b[at]! & 3) !== 3) {
    walk.toType(LAYER_ETHERTYPE, u16be(b, at), at + 2);
    return;
  }
  at += b[at + 1] === 0 ? 2 : 1;
  const protocol = b[at]!;
  if (protocol === 0xcc) walk.to(LAYER_IP, at + 1);
  else if (protocol === 0x8e) walk.to(LAYER_IPV6, at + 1);
  else if (protocol === 0x80) readSnap(walk, at + 1);
  else walk.stop();
}
