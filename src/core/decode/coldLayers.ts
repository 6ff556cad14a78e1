import { u16be, u16le, u32le } from '../bytes/read';
import { linkTypeName } from '../capture/linkTypes';
import { t } from '../l10n';
import { ARP, ETHERNET, LLC, SNAP, VLAN } from '../protocol/ethernet';
import type { HeaderSpec } from '../protocol/fieldSpec';
import { CARRIER } from '../protocol/frame';
import { CISCO_HDLC, MPLS, NULL_LOOP, PPI, PPP, PPPOE, PPP_HDLC, RADIOTAP, SLL, SLL2, WLAN } from '../protocol/linkLayers';
import { ETHER_TYPES } from '../protocol/numbers';
import { ERSPAN, ETHERIP, GENEVE, GRE, GTPU, IPCOMP, VXLAN } from '../protocol/tunnels';
import type { Addresses } from './coldChecksum';
import { formatField, hexNumber } from './coldFields';
import { addExtension, addIcmp, addIpv4, addIpv6, addUdp } from './coldIp';
import { nodeFor, type Span, type TreeBuilder } from './coldTree';
import {
  LAYER_CISCO_HDLC,
  LAYER_ETHERNET,
  LAYER_ETHERTYPE,
  LAYER_GRE_PAYLOAD,
  LAYER_IPV4,
  LAYER_IPV6,
  LAYER_IP_PROTOCOL,
  LAYER_LINK,
  LAYER_LLC,
  LAYER_MPLS,
  LAYER_NSH,
  LAYER_PPP,
  LAYER_PPP_HDLC,
  LAYER_RADIOTAP,
  LAYER_WLAN,
} from './frameWalk';

/** Labels shown one by one; a deeper stack is shown as bytes. */
const MAX_LABELS = 64;

/** One step of the walk over a frame's headers: what stood at `span.at`, and where the next header was found. */
export interface Step {
  readonly layer: number;
  readonly type: number;
  readonly span: Span;
  /** The next header starts here (in the same buffer); equal to `span.at` when the step took no bytes or the walk ended. */
  readonly nextAt: number;
  /** A next header was found. */
  readonly goesOn: boolean;
  /** Addresses of the IP header above. */
  readonly addresses: Addresses;
}

/** Adds the header of one step as layers. Returns where what was added ends. */
export function addStep(tree: TreeBuilder, step: Step): number {
  const { span, type } = step;
  const { bytes: b, at } = span;
  switch (step.layer) {
    case LAYER_LINK:
      return addLink(tree, step);
    case LAYER_ETHERNET:
      return step.goesOn && step.nextAt === at + 26 ? carrier(tree, span, 26, 'Cisco ISL') : fixed(tree, span, ETHERNET, 14);
    case LAYER_ETHERTYPE:
      return addEtherType(tree, step);
    case LAYER_LLC:
      return addLlc(tree, span);
    case LAYER_IPV4:
      return addIpv4(tree, span);
    case LAYER_IPV6:
      return addIpv6(tree, span);
    case LAYER_IP_PROTOCOL:
      return addIpProtocol(tree, step);
    case LAYER_PPP:
      return addPpp(tree, span);
    case LAYER_PPP_HDLC:
      return step.goesOn && step.nextAt === at + 2 ? fixed(tree, span, PPP_HDLC, 2) : at;
    case LAYER_CISCO_HDLC:
      return fixed(tree, span, CISCO_HDLC, 4);
    case LAYER_MPLS:
      return addMpls(tree, span);
    case LAYER_NSH:
      return step.goesOn ? carrier(tree, span, step.nextAt - at, t('Network Service Header')) : at;
    case LAYER_WLAN:
      return fixed(tree, span, WLAN, 24);
    case LAYER_RADIOTAP: {
      const length = at + 4 <= span.captured ? Math.max(8, u16le(b, at + 2)) : 8;
      tree.header(RADIOTAP, span, length);
      return at + length < span.captured ? fixed(tree, { ...span, at: at + length }, WLAN, 24) : at + length;
    }
    case LAYER_GRE_PAYLOAD:
      return (type === 0x88be || type === 0x22eb) && step.goesOn && step.nextAt > at ? fixed(tree, span, ERSPAN, step.nextAt - at) : at;
    default:
      return at;
  }
}

function fixed(tree: TreeBuilder, span: Span, spec: HeaderSpec, length: number): number {
  tree.header(spec, span, length);
  return span.at + length;
}

/** A header that is named but not broken down. */
export function carrier(tree: TreeBuilder, span: Span, length: number, name: string): number {
  const layer = tree.open(CARRIER, span, length, t('{0} bytes', length));
  if (name) layer.label = name;
  tree.close(layer, span, length);
  return span.at + length;
}

function addLink(tree: TreeBuilder, step: Step): number {
  const { span, type } = step;
  const { bytes: b, at, captured } = span;
  switch (type) {
    case 0:
    case 108:
      if (step.goesOn && step.nextAt === at) return at;
      // The byte order is that of the capturing machine.
      tree.header(NULL_LOOP, span, 4, (_, raw) => {
        const family = raw > 0xffff ? u32le(b, at) : raw;
        const name = NULL_LOOP.fields[0]?.values?.[family];
        return { raw: family, value: name === undefined ? String(family) : `${t(name)} (${family})` };
      });
      return at + 4;
    case 113:
    case 253:
      return fixed(tree, span, SLL, 16);
    case 276:
      return fixed(tree, span, SLL2, 20);
    case 51:
      return fixed(tree, span, PPPOE, 6);
    case 192:
      return fixed(tree, span, PPI, at + 4 <= captured ? Math.max(8, u16le(b, at + 2)) : 8);
    default:
      return step.goesOn && step.nextAt > at ? carrier(tree, span, step.nextAt - at, linkTypeName(type)) : at;
  }
}

function addEtherType(tree: TreeBuilder, step: Step): number {
  const { span, type } = step;
  switch (type) {
    case 0x8100:
    case 0x88a8:
    case 0x9100:
      return fixed(tree, span, VLAN, 4);
    case 0x8864:
      return fixed(tree, span, PPPOE, 6);
    case 0x0806:
      return fixed(tree, span, ARP, 28);
    default:
      return step.goesOn && step.nextAt > span.at ? carrier(tree, span, step.nextAt - span.at, t(ETHER_TYPES[type] ?? 'EtherType {0}', hexNumber(type, 16))) : span.at;
  }
}

function addLlc(tree: TreeBuilder, span: Span): number {
  const { bytes: b, at, captured } = span;
  const unnumbered = at + 2 >= captured || (b[at + 2]! & 3) === 3;
  const end = fixed(tree, span, LLC, unnumbered ? 3 : 4);
  const isSnap = at + 3 <= captured && unnumbered && (b[at]! & 0xfe) === 0xaa && (b[at + 1]! & 0xfe) === 0xaa;
  return isSnap ? fixed(tree, { ...span, at: end }, SNAP, 5) : end;
}

/** A protocol number of one byte when it is odd, else of two. */
function addPpp(tree: TreeBuilder, span: Span): number {
  const { bytes: b, at, captured } = span;
  if (at >= captured || !(b[at]! & 1)) return fixed(tree, span, PPP, 2);
  const spec = PPP.fields[0]!;
  const layer = tree.open(PPP, span, 1, '');
  const node = nodeFor(layer, spec, spec.name, formatField(spec, b, { start: at, length: 1 }, b[at]!), b[at]!, at, 1);
  layer.children.push(node);
  return at + 1;
}

function addMpls(tree: TreeBuilder, span: Span): number {
  let at = span.at;
  for (let n = 0; n < MAX_LABELS; n++) {
    fixed(tree, { ...span, at }, MPLS, 4);
    at += 4;
    if (at > span.captured || span.bytes[at - 2]! & 1) break;
  }
  return at;
}

function addIpProtocol(tree: TreeBuilder, step: Step): number {
  const { span, type } = step;
  const { at } = span;
  switch (type) {
    case 17:
      return addTunnel(tree, step, addUdp(tree, span, step.addresses));
    case 1:
      return addIcmp(tree, span, 4);
    case 58:
      return addIcmp(tree, span, 6);
    case 47:
      return fixed(tree, span, GRE, greLength(span));
    case 97:
      return fixed(tree, span, ETHERIP, 2);
    case 108:
      return fixed(tree, span, IPCOMP, 4);
    case 140:
      return step.goesOn ? carrier(tree, span, step.nextAt - at, 'Shim6') : at;
    default:
      return Math.max(at, addExtension(tree, span, type));
  }
}

/** Four bytes and what the flags ask for (RFC 2784 2.1, RFC 2890 2, RFC 2637 4.1); source routes are left to the gap before the next header. */
function greLength({ bytes: b, at, captured }: Span): number {
  if (at + 2 > captured) return 4;
  const flags = u16be(b, at);
  return 4 + (flags & 0xc000 ? 4 : 0) + (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0) + (flags & 0x0080 ? 4 : 0);
}

/** The tunnel header behind UDP, by the port that led on; the lower port is asked first. */
function addTunnel(tree: TreeBuilder, step: Step, at: number): number {
  const { span } = step;
  if (!step.goesOn || step.nextAt < at || span.at + 4 > span.captured) return at;
  const ports = [u16be(span.bytes, span.at), u16be(span.bytes, span.at + 2)].sort((a, b) => a - b);
  const inner = { ...span, at };
  const length = step.nextAt - at;
  for (const port of ports) {
    switch (port) {
      case 4789:
      case 4790:
        return fixed(tree, inner, VXLAN, 8);
      case 6081:
        return fixed(tree, inner, GENEVE, length);
      case 2123:
      case 2152:
      case 3386:
        return span.bytes[at]! >> 5 === 1 ? fixed(tree, inner, GTPU, length) : carrier(tree, inner, length, 'GTP');
      case 3544:
        return length > 0 ? carrier(tree, inner, length, 'Teredo') : at;
      case 1701:
        return carrier(tree, inner, length, 'L2TP');
      case 4341:
        return carrier(tree, inner, length, 'LISP');
      case 37008:
        return carrier(tree, inner, length, 'TZSP');
      case 6635:
        return at;
    }
  }
  return at;
}
