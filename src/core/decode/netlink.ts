import { u16be, u16le, u32be, u32le } from '../bytes/read';
import { LAYER_ETHERTYPE, LAYER_IP, LAYER_IPV6, LAYER_NONE, type FrameWalk } from './frameWalk';

const FAMILY_NETFILTER = 12;
const SUBSYSTEM_QUEUE = 3;
const SUBSYSTEM_LOG = 4;
/** nfgenmsg: address family, version, resource id. */
const NETFILTER_HEADER = 4;
const LOG_PACKET_HEADER = 1;
const LOG_PAYLOAD = 9;
const QUEUE_PACKET_HEADER = 1;
const QUEUE_PAYLOAD = 10;

/** Netlink messages (linux/netlink.h) of netfilter's log and queue carry packets; there may be several in a frame. */
export function readNetlink(walk: FrameWalk): void {
  const b = walk.bytes;
  const family = walk.type;
  walk.stop();
  if (family !== FAMILY_NETFILTER) return;
  let at = walk.at;
  const end = walk.captured;
  while (at + 16 + NETFILTER_HEADER <= end) {
    // Host byte order: the message's own length fits in one of them.
    const little = u32le(b, at) <= 0xffffff;
    const length = little ? u32le(b, at) : u32be(b, at);
    if (length < 16 || length > 0xffffff) return;
    const type = little ? u16le(b, at + 4) : u16be(b, at + 4);
    const messageEnd = Math.min(end, at + length);
    if (type === SUBSYSTEM_LOG << 8) addPayload(walk, at + 16, messageEnd, little, LOG_PACKET_HEADER, 0, LOG_PAYLOAD);
    else if (type === SUBSYSTEM_QUEUE << 8) addPayload(walk, at + 16, messageEnd, little, QUEUE_PACKET_HEADER, 4, QUEUE_PAYLOAD);
    at += (length + 3) & ~3;
  }
}

/** Netfilter log as a link type (LINKTYPE_NFLOG): one message without the netlink header, little-endian lengths as tcpdump and Wireshark read them. */
export function readNflog(walk: FrameWalk): void {
  if (!walk.has(NETFILTER_HEADER)) return;
  walk.stop();
  addPayload(walk, walk.at, walk.captured, true, LOG_PACKET_HEADER, 0, LOG_PAYLOAD);
}

/**
 * Finds the packet among the attributes of a netfilter message at `start`. `headerType` is the attribute that holds the
 * EtherType, at `headerSkip`; it tells what the packet is when the address family does not (bridges).
 */
function addPayload(walk: FrameWalk, start: number, end: number, little: boolean, headerType: number, headerSkip: number, payloadType: number): void {
  const b = walk.bytes;
  const family = b[start]!;
  let etherType = 0;
  let payload = 0;
  let payloadEnd = 0;
  for (let at = start + NETFILTER_HEADER; at + 4 <= end; ) {
    const length = little ? u16le(b, at) : u16be(b, at);
    const type = little ? u16le(b, at + 2) : u16be(b, at + 2);
    // An attribute that runs past its message, or past the capture: Wireshark takes nothing of it.
    if (length < 4 || at + length > end) return;
    if (type === headerType && at + 4 + headerSkip + 2 <= end) etherType = u16be(b, at + 4 + headerSkip);
    else if (type === payloadType) {
      payload = at + 4;
      payloadEnd = at + length;
    }
    at += (length + 3) & ~3;
  }
  if (payload === 0) return;
  let layer = LAYER_NONE;
  if (family === 2) layer = LAYER_IP;
  else if (family === 10) layer = LAYER_IPV6;
  else if (etherType >= 1536) layer = LAYER_ETHERTYPE;
  if (layer !== LAYER_NONE) walk.addBranch(layer, etherType, payload, payloadEnd);
}
