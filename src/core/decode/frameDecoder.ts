import { u16be, u32be } from '../bytes/read';
import type { PacketIndex } from '../bytes/units';
import type { CapturedRecord } from '../capture/captureReader';
import { readEthernet, readEthertype, readLlc, readMpls } from './ethernet';
import {
  FrameWalk,
  LAYER_CISCO_HDLC,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_GRE_PAYLOAD,
  LAYER_IP,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_IP_PROTOCOL,
  LAYER_LINK,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_NETLINK,
  LAYER_NSH,
  LAYER_PPP,
  LAYER_PPP_HDLC,
  LAYER_RADIOTAP,
  LAYER_TCP,
  LAYER_WLAN,
} from './frameWalk';
import { readIp, readIpv4, readIpv6 } from './ipDatagrams';
import { readIpProtocol, readTcp } from './ipProtocols';
import { readLink } from './linkLayers';
import { readNetlink } from './netlink';
import { PROTOCOL_MALFORMED, PROTOCOL_TCP, PROTOCOL_UNKNOWN } from './otherTraffic';
import { readCiscoHdlc, readPpp, readPppHdlc } from './pointToPoint';
import { FAMILY_IPV4, LENGTH_FROM_FRAME, type Segment } from './segment';
import { readTcpHeader } from './tcpHeader';
import { readGrePayload, readNsh } from './tunnels';
import { readRadiotap, readWlan } from './wlan';

const MAX_WIRE_LENGTH = 0x7fffffff;

export interface FrameDecoderOptions {
  /** VLAN ids join `outerKey`. Default: as Wireshark, they do not tell streams apart. */
  readonly keepVlanApart?: boolean;
  /** Outer addresses, VNIs and GRE keys join `outerKey`. Default: as Wireshark, they do not. */
  readonly keepTunnelsApart?: boolean;
}

/**
 * The hot pass: finds the TCP headers of a frame. Which frames yield a header, and with what length, follows tshark 4.0.
 * It keeps fragments of earlier frames, so frames are to be given in file order. Never throws on data.
 */
export class FrameDecoder {
  /** Segments found in the last frame, in order of processing (quoted ones have `quoted`). A pool: valid until the next decode. */
  readonly segments: readonly Segment[];
  /** How many of `segments` belong to the last frame. */
  count = 0;
  /** Index of the innermost segment that is not quoted, or -1: that one is the row. */
  row = -1;
  /** PROTOCOL_* of the highest layer met (PROTOCOL_TCP when there is a row). */
  protocol = PROTOCOL_UNKNOWN;
  /** The frame is, or holds, an IP fragment that is no whole datagram (yet). */
  fragment = false;
  /** A header contradicts itself or the layer above; never set for what only the capture cut. */
  malformed = false;
  /** There are IP or TCP headers beside those of the row: outer ones of a tunnel, quoted ones, those of further packets in the frame. */
  moreHeaders = false;
  /** When the row's header lies in a reassembled (or decompressed) datagram: the packets that brought it, in order of arrival. */
  fragmentPackets: readonly PacketIndex[] | null = null;
  /** That datagram: its IP header, made that of a whole one, then the payload; the row's offsets count in it. */
  datagram: Uint8Array | null = null;
  /** Key of the row's outer layers for splitting streams, the same in both directions; 0 for none. */
  outerKey = 0;

  private readonly walk: FrameWalk;

  constructor(options: FrameDecoderOptions = {}) {
    this.walk = new FrameWalk(options.keepVlanApart === true, options.keepTunnelsApart === true);
    this.segments = this.walk.segments;
  }

  decode(record: CapturedRecord, packet: PacketIndex): void {
    const b = record.bytes;
    const start = record.start;
    const linkType = record.linkType;
    let end = record.end;
    let wire = start + wireLength(record);
    if (record.fcsLength !== 0 && linkType === 1) {
      wire -= record.fcsLength;
      if (end > wire) end = wire;
    }
    // Ethernet, IPv4 without options or fragment bits, TCP: nearly all packets of nearly all captures.
    if (
      linkType === 1 &&
      end - start >= 54 &&
      u32be(b, start + 12) >>> 8 === 0x080045 &&
      b[start + 23] === 6 &&
      (u16be(b, start + 20) & 0x3fff) === 0 &&
      this.decodePlain(b, start, end, wire)
    ) {
      return;
    }
    this.decodeAny(b, start, end, wire, packet, linkType);
  }

  /** False, with nothing done, when the total length is not the usual one. */
  private decodePlain(b: Uint8Array, start: number, end: number, wire: number): boolean {
    const at = start + 14;
    const ipEnd = at + u16be(b, at + 2);
    if (ipEnd < at + 40) return false;
    const segment = this.walk.segments[0]!;
    segment.reset();
    segment.family = FAMILY_IPV4;
    segment.src3 = u32be(b, at + 12);
    segment.dst3 = u32be(b, at + 16);
    segment.ecn = b[at + 1]! & 3;
    segment.ipId = u16be(b, at + 4);
    segment.ttl = b[at + 8]!;
    segment.ipOffset = 14;
    segment.tcpOffset = 34;
    let tcpEnd = ipEnd;
    if (ipEnd > wire) {
      tcpEnd = wire;
      segment.lengthFrom = LENGTH_FROM_FRAME;
    }
    readTcpHeader(segment, b, at + 20, end < tcpEnd ? end : tcpEnd, tcpEnd, false);
    const headerLength = segment.headerLength;
    this.count = 1;
    this.row = 0;
    this.protocol = PROTOCOL_TCP;
    this.fragment = false;
    this.malformed = headerLength < 20 || headerLength > tcpEnd - at - 20;
    this.moreHeaders = false;
    this.fragmentPackets = null;
    this.datagram = null;
    this.outerKey = 0;
    return true;
  }

  private decodeAny(b: Uint8Array, start: number, end: number, wire: number, packet: PacketIndex, linkType: number): void {
    const walk = this.walk;
    walk.start(b, start, end, wire, packet, linkType);
    do {
      while (step(walk));
    } while (walk.nextBranch());
    this.count = walk.count;
    this.row = walk.row;
    this.fragment = walk.fragment;
    this.malformed = walk.malformed;
    this.moreHeaders = walk.ipHeaders > 1 || walk.count > (walk.row >= 0 ? 1 : 0);
    this.fragmentPackets = walk.rowPackets;
    this.datagram = walk.rowDatagram;
    this.outerKey = walk.rowOuterKey;
    this.protocol = walk.row >= 0 ? PROTOCOL_TCP : walk.malformed ? PROTOCOL_MALFORMED : walk.protocol;
  }
}

/** Bytes the frame had: at least those captured, and at most what fits in a signed 32-bit number, as in Wireshark. */
function wireLength(record: CapturedRecord): number {
  const captured = record.end - record.start;
  const length = record.originalLength;
  return length < captured ? captured : length > MAX_WIRE_LENGTH ? MAX_WIRE_LENGTH : length;
}

/** Reads one header; false when the walk is over. The cold pass walks with it too, so that both find the same headers. */
export function step(walk: FrameWalk): boolean {
  if (!walk.enter()) return false;
  switch (walk.layer) {
    case LAYER_LINK:
      readLink(walk);
      return true;
    case LAYER_ETHERNET:
      readEthernet(walk);
      return true;
    case LAYER_ETHERTYPE:
      readEthertype(walk);
      return true;
    case LAYER_LLC:
      readLlc(walk);
      return true;
    case LAYER_IP:
      readIp(walk);
      return true;
    case LAYER_IPV4:
      readIpv4(walk);
      return true;
    case LAYER_IPV6:
      readIpv6(walk);
      return true;
    case LAYER_IP_PROTOCOL:
      readIpProtocol(walk);
      return true;
    case LAYER_TCP:
      readTcp(walk);
      return true;
    case LAYER_PPP:
      readPpp(walk);
      return true;
    case LAYER_PPP_HDLC:
      readPppHdlc(walk);
      return true;
    case LAYER_CISCO_HDLC:
      readCiscoHdlc(walk);
      return true;
    case LAYER_MPLS:
      readMpls(walk);
      return true;
    case LAYER_NSH:
      readNsh(walk);
      return true;
    case LAYER_WLAN:
      readWlan(walk);
      return true;
    case LAYER_RADIOTAP:
      readRadiotap(walk);
      return true;
    case LAYER_GRE_PAYLOAD:
      readGrePayload(walk);
      return true;
    case LAYER_NETLINK:
      readNetlink(walk);
      return true;
    default:
      return false;
  }
}
