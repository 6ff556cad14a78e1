import type { PacketIndex } from '../bytes/units';
import { FragmentStore } from './fragments';
import { PROTOCOL_UNKNOWN } from './otherTraffic';
import { FAMILY_NONE, Segment } from './segment';

/** What stands at `FrameWalk.at`: the header to be read next. */
export const LAYER_NONE = 0;
export const LAYER_LINK = 1; // by `type`, a LINKTYPE_*
export const LAYER_ETHERNET = 2;
export const LAYER_ETHERTYPE = 3; // by `type`
export const LAYER_LLC = 4;
export const LAYER_IP = 5; // version by its first nibble
export const LAYER_IPV4 = 6;
export const LAYER_IPV6 = 7;
export const LAYER_IP_PROTOCOL = 8; // by `type`
export const LAYER_TCP = 9;
export const LAYER_PPP = 10;
export const LAYER_PPP_HDLC = 11; // PPP with address and control bytes, or Cisco HDLC
export const LAYER_CISCO_HDLC = 12;
export const LAYER_MPLS = 13;
export const LAYER_NSH = 14;
export const LAYER_WLAN = 15;
export const LAYER_RADIOTAP = 16;
export const LAYER_GRE_PAYLOAD = 17; // by `type`
export const LAYER_NETLINK = 18;

/** Headers read per frame at most: deeper nesting is not traffic but an attack. */
const MAX_HEADERS = 512;
/** TCP headers reported per frame, and further payloads (aggregated 802.11 frames, netlink messages) followed, at most. */
const MAX_SEGMENTS = 64;
const MAX_BRANCHES = 64;
/** Payloads inflated per frame, at most: a few bytes may inflate to many, again and again. */
const MAX_INFLATIONS = 4;

/** A payload to be walked after the current one: one frame may hold several packets. */
interface Branch {
  readonly layer: number;
  readonly type: number;
  readonly bytes: Uint8Array;
  readonly base: number;
  readonly at: number;
  readonly captured: number;
  readonly wire: number;
  readonly reassembled: boolean;
  readonly datagramPackets: readonly PacketIndex[] | null;
  readonly quoted: boolean;
  readonly partial: boolean;
  readonly vlan: number;
  readonly outerKey: number;
}

/**
 * Where the decoder stands in a frame: each layer reads its header at `at` and says with `to` what follows. All offsets
 * count in `bytes`; `captured` is where the captured bytes of the present layer end, `wire` where the layer itself ends
 * (beyond `captured` when the capture cut the frame).
 */
export class FrameWalk {
  bytes: Uint8Array = new Uint8Array(0);
  /** Start of the frame, or of the datagram put together, in `bytes`. */
  base = 0;
  at = 0;
  captured = 0;
  wire = 0;
  layer = LAYER_NONE;
  type = 0;

  packet: PacketIndex = 0;
  protocol = PROTOCOL_UNKNOWN;
  /** Inside an ICMP error. */
  quoted = false;
  /** See Segment.quotedBy. */
  quotedBy = 0;
  quotedMtu = 0;
  /** Inside a first fragment whose datagram is not put together: lengths cannot be told. */
  partial = false;
  fragment = false;
  malformed = false;
  /** VLAN id of the innermost tag, 0 without one. */
  vlan = 0;
  outerKey = 0;
  /** The bytes are a datagram put together from `datagramPackets`. */
  reassembled = false;
  datagramPackets: readonly PacketIndex[] | null = null;

  /** IP headers met so far in the frame. */
  ipHeaders = 0;
  /** The innermost IP header so far. */
  family = FAMILY_NONE;
  ipOffset = 0;
  src0 = 0;
  src1 = 0;
  src2 = 0;
  src3 = 0;
  dst0 = 0;
  dst1 = 0;
  dst2 = 0;
  dst3 = 0;
  ttl = 0;
  ecn = 0;
  ipId = 0;
  lengthFrom = 0;
  /** Where the protocol number that leads to `at` stands (IPv4 protocol, IPv6 next header). */
  protocolOffset = 0;

  readonly segments: Segment[] = [new Segment()];
  count = 0;
  row = -1;
  rowDatagram: Uint8Array | null = null;
  rowPackets: readonly PacketIndex[] | null = null;
  rowOuterKey = 0;

  readonly fragments = new FragmentStore();
  private headers = 0;
  private inflations = 0;
  private readonly branches: Branch[] = [];
  private branchesTaken = 0;

  constructor(
    readonly keepVlanApart: boolean,
    readonly keepTunnelsApart: boolean,
  ) {}

  start(bytes: Uint8Array, start: number, captured: number, wire: number, packet: PacketIndex, linkType: number): void {
    this.bytes = bytes;
    this.base = this.at = start;
    this.captured = captured;
    this.wire = wire;
    this.layer = LAYER_LINK;
    this.type = linkType;
    this.packet = packet;
    this.protocol = PROTOCOL_UNKNOWN;
    this.quoted = this.partial = this.fragment = this.malformed = this.reassembled = false;
    this.quotedBy = this.quotedMtu = 0;
    this.vlan = this.outerKey = 0;
    this.datagramPackets = null;
    this.family = FAMILY_NONE;
    this.count = 0;
    this.row = -1;
    this.rowDatagram = null;
    this.rowPackets = null;
    this.rowOuterKey = 0;
    this.headers = this.inflations = this.ipHeaders = 0;
    this.branches.length = 0;
    this.branchesTaken = 0;
  }

  /** Counts one more header; false when the frame has had too many. */
  enter(): boolean {
    return ++this.headers <= MAX_HEADERS;
  }

  /** Counts one more inflation; false when the frame has had too many. */
  mayInflate(): boolean {
    return ++this.inflations <= MAX_INFLATIONS;
  }

  /** `layer` follows at `at`. */
  to(layer: number, at: number): void {
    this.layer = layer;
    this.at = at;
  }

  /** A header that `type` tells follows at `at`. */
  toType(layer: number, type: number, at: number): void {
    this.layer = layer;
    this.type = type;
    this.at = at;
  }

  /** Nothing that is decoded here follows. */
  stop(): void {
    this.layer = LAYER_NONE;
  }

  /** The header makes no sense: nothing follows. A quote or a lone first fragment ends early by nature. */
  bad(): void {
    if (!this.quoted && !this.partial) this.malformed = true;
    this.layer = LAYER_NONE;
  }

  /** True when `length` bytes from `at` are captured; else the walk ends, malformed when the layer itself is too short. */
  has(length: number): boolean {
    const end = this.at + length;
    if (end <= this.captured) return true;
    if (end > this.wire) this.bad();
    this.layer = LAYER_NONE;
    return false;
  }

  /** The present layer ends at `end` at the latest. */
  trim(end: number): void {
    if (end < this.wire) this.wire = end;
    if (this.captured > this.wire) this.captured = this.wire;
  }

  /** Names the highest layer met; what an ICMP error quotes does not count. */
  name(protocol: number): void {
    if (!this.quoted) this.protocol = protocol;
  }

  setVlan(id: number): void {
    this.vlan = id;
    if (this.keepVlanApart) this.mixKey(id + 1);
  }

  /** A tunnel's own number (VNI, GRE key): the same in both directions. */
  setTunnel(id: number): void {
    if (this.keepTunnelsApart) this.mixKey(id);
  }

  private mixKey(value: number): void {
    let key = Math.imul(this.outerKey ^ value, 0x9e3779b1);
    key ^= key >>> 15;
    this.outerKey = (key >>> 0) || 1;
  }

  /** Called before an inner IP header replaces the addresses: the outer pair joins the key, the same for both directions. */
  leaveOuterAddresses(): void {
    if (this.family === FAMILY_NONE || !this.keepTunnelsApart) return;
    const hash = (a: number, b: number, c: number, d: number): number => Math.imul(Math.imul(Math.imul(Math.imul(a, 31) + b, 31) + c, 31) + d, 0x85ebca6b);
    this.mixKey(hash(this.src0, this.src1, this.src2, this.src3) + hash(this.dst0, this.dst1, this.dst2, this.dst3));
  }

  /** Walk on in a datagram put together from fragments (or inflated): its IP header starts it. */
  enterDatagram(datagram: Uint8Array, at: number, packets: readonly PacketIndex[]): void {
    this.bytes = datagram;
    this.base = this.ipOffset = 0;
    this.at = at;
    this.captured = this.wire = datagram.length;
    this.reassembled = true;
    this.partial = false;
    this.datagramPackets = packets;
  }

  /** Packets whose bytes the present buffer holds. */
  packetsHere(): readonly PacketIndex[] {
    return this.datagramPackets ?? [this.packet];
  }

  /** Another payload of this frame, to be walked when the present one is done. */
  addBranch(layer: number, type: number, at: number, end: number): void {
    if (this.branches.length >= MAX_BRANCHES) return;
    this.branches.push({
      layer,
      type,
      at,
      bytes: this.bytes,
      base: this.base,
      captured: Math.min(this.captured, end),
      wire: Math.min(this.wire, end),
      reassembled: this.reassembled,
      datagramPackets: this.datagramPackets,
      quoted: this.quoted,
      partial: this.partial,
      vlan: this.vlan,
      outerKey: this.outerKey,
    });
  }

  /** Goes to the next of the added payloads, in order of addition; false when there is none. */
  nextBranch(): boolean {
    if (this.branchesTaken >= this.branches.length) return false;
    const branch = this.branches[this.branchesTaken++]!;
    this.layer = branch.layer;
    this.type = branch.type;
    this.at = branch.at;
    this.bytes = branch.bytes;
    this.base = branch.base;
    this.captured = branch.captured;
    this.wire = branch.wire;
    this.reassembled = branch.reassembled;
    this.datagramPackets = branch.datagramPackets;
    this.quoted = branch.quoted;
    this.partial = branch.partial;
    this.vlan = branch.vlan;
    this.outerKey = branch.outerKey;
    this.family = FAMILY_NONE;
    return true;
  }

  /** A segment of the pool, reset and with the addresses of the IP header above it; null when the frame had too many. */
  newSegment(): Segment | null {
    const count = this.count;
    if (count >= MAX_SEGMENTS) return null;
    let segment = this.segments[count];
    if (!segment) this.segments.push((segment = new Segment()));
    segment.reset();
    segment.family = this.family;
    segment.src0 = this.src0;
    segment.src1 = this.src1;
    segment.src2 = this.src2;
    segment.src3 = this.src3;
    segment.dst0 = this.dst0;
    segment.dst1 = this.dst1;
    segment.dst2 = this.dst2;
    segment.dst3 = this.dst3;
    segment.ttl = this.ttl;
    segment.ecn = this.ecn;
    segment.ipId = this.ipId;
    segment.lengthFrom = this.lengthFrom;
    segment.ipOffset = this.ipOffset - this.base;
    segment.tcpOffset = this.at - this.base;
    segment.reassembled = this.reassembled;
    segment.quoted = this.quoted;
    segment.quotedBy = this.quoted ? this.quotedBy : 0;
    segment.quotedMtu = this.quoted ? this.quotedMtu : 0;
    return segment;
  }

  /** The segment that `newSegment` gave is good. */
  keepSegment(segment: Segment): void {
    const index = this.count++;
    if (segment.quoted) return;
    this.row = index;
    this.rowDatagram = this.reassembled ? this.bytes : null;
    this.rowPackets = this.datagramPackets;
    this.rowOuterKey = this.outerKey;
  }
}
