import assert from 'node:assert/strict';
import { PROTOCOL_OTHER_LINK } from '../../../../src/core/decode/otherTraffic';
import { FRAME, IP4, IP6, SNAP, decodeFrame, ethernet, rowOf, text, u16, u16le, u32, u32le, zeros, type Bytes } from './frames';

const sll = (device: number, protocol: number, payload: Bytes): Bytes => [0, 0, ...u16(device), 0, 6, ...zeros(8), ...u16(protocol), ...payload];
const sll2 = (device: number, protocol: number, payload: Bytes): Bytes => [...u16(protocol), 0, 0, 0, 0, 0, 3, ...u16(device), 0, 6, ...zeros(8), ...payload];
const addresses = zeros(12);

const FOUND: readonly (readonly [string, number, Bytes])[] = [
  ['NULL, little-endian', 0, [...u32le(2), ...IP4]],
  ['NULL, big-endian', 0, [...u32(2), ...IP4]],
  ['NULL, IPv6 of NetBSD', 0, [...u32le(24), ...IP6]],
  ['NULL, IPv6 of FreeBSD', 0, [...u32(28), ...IP6]],
  ['NULL, IPv6 of Darwin', 0, [...u32le(30), ...IP6]],
  ['NULL, IPv6 of Linux', 0, [...u32le(10), ...IP6]],
  ['NULL with an EtherType', 0, [...u32(0x86dd), ...IP6]],
  ['NULL that is PPP', 0, [0xff, 3, 0, 0x21, ...IP4]],
  ['LOOP', 108, [...u32(2), ...IP4]],
  ['LOOP, IPv6', 108, [...u32(24), ...IP6]],
  ['RAW', 101, IP4],
  ['RAW, IPv6', 101, IP6],
  ['RAW as BSD numbers it', 12, IP4],
  ['RAW as OpenBSD numbers it', 14, IP6],
  ['IPV4', 228, IP4],
  ['IPV6', 229, IP6],
  ['PPP', 9, [0xff, 3, 0, 0x21, ...IP4]],
  ['PPP without address and control', 9, [0, 0x57, ...IP6]],
  ['PPP with a protocol of one byte', 9, [0x21, ...IP4]],
  ['PPP that is Cisco HDLC', 9, [0x0f, 0, 8, 0, ...IP4]],
  ['PPP with MPLS', 9, [0xff, 3, 2, 0x81, ...u32((16 << 12) | 0x140), ...IP4]],
  ['PPP with a bridged frame', 9, [0xff, 3, 0, 0x31, 0x80, 1, ...FRAME, ...zeros(4)]],
  ['PPP multilink, unfragmented', 9, [0xff, 3, 0, 0x3d, 0xc0, 0, 0, 1, 0, 0x21, ...IP4]],
  ['PPP_SERIAL', 50, [0xff, 3, 0, 0x21, ...IP4]],
  ['PPP with direction', 204, [1, 0xff, 3, 0, 0x21, ...IP4]],
  ['PPP_ETHER', 51, [0x11, 0, 0, 1, ...u16(IP4.length + 2), 0, 0x21, ...IP4]],
  ['C_HDLC', 104, [0x0f, 0, 8, 0, ...IP4]],
  ['C_HDLC with MPLS', 104, [0x8f, 0, 0x88, 0x47, ...u32((16 << 12) | 0x140), ...IP6]],
  ['frame relay with NLPID', 107, [0x18, 0x41, 3, 0xcc, ...IP4]],
  ['frame relay with SNAP', 107, [0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0, ...IP4]],
  ['frame relay as Cisco does', 107, [0x18, 0x41, 8, 0, ...IP4]],
  ['LINUX_SLL', 113, sll(1, 0x0800, IP4)],
  ['LINUX_SLL with VLAN', 113, sll(1, 0x8100, [0, 5, 8, 0, ...IP4])],
  ['LINUX_SLL with LLC', 113, sll(1, 4, SNAP)],
  ['LINUX_SLL of a GRE device', 113, sll(778, 0x0800, IP4)],
  ['LINUX_SLL with PPP', 113, sll(1, 7, [0, 0x21, ...IP4])],
  ['LINUX_SLL with Ethernet', 113, sll(1, 3, FRAME)],
  ['LINUX_SLL2', 276, sll2(1, 0x86dd, IP6)],
  ['LINUX_SLL2 with LLC', 276, sll2(1, 4, SNAP)],
  ['FDDI', 10, [0x50, ...addresses, ...SNAP]],
  ['token ring', 6, [0x10, 0x40, ...addresses, ...SNAP]],
  ['token ring with routing field', 6, [0x10, 0x40, ...zeros(6), 0x80, ...zeros(5), 4, 0, 0, 0, ...SNAP]],
  ['ARCNET', 7, [1, 2, 0xd4, 0, 0, 1, ...IP4]],
  ['ARCNET, exception frame', 7, [1, 2, 0xd4, 0xff, 0xff, 0xff, 0xd4, 0, 0, 1, ...IP4]],
  ['ARCNET_LINUX', 129, [1, 2, 0, 0, 0xd4, 0, 0, 1, ...IP4]],
  ['ARCNET_LINUX, RFC 1051', 129, [1, 2, 0, 0, 0xf0, ...IP4]],
  ['ARCNET_LINUX, IPv6', 129, [1, 2, 0, 0, 0xc4, 0, 0, 1, ...IP6]],
  ['ATM with LLC', 100, SNAP],
  ['classical IP over ATM', 106, IP4],
  ['IP over Fibre Channel', 122, [...zeros(16), ...SNAP]],
  ['IP over FireWire', 138, [...zeros(16), 8, 0, ...IP4]],
  ['IP over InfiniBand', 242, [...zeros(40), 8, 0, 0, 0, ...IP4]],
  ['ENC', 109, [...u32le(2), ...zeros(8), ...IP4]],
  ['PFLOG', 117, [61, 2, ...zeros(62), ...IP4]],
  ['PPI with Ethernet', 192, [0, 0, ...u16le(8), ...u32le(1), ...FRAME]],
  ['PPI with fields', 192, [0, 0, ...u16le(12), ...u32le(101), ...zeros(4), ...IP4]],
  ['Juniper Ethernet', 178, [...text('MGC'), 0x80, 0, 3, 1, 2, 3, ...FRAME]],
  ['Juniper Ethernet without frame header', 178, [...text('MGC'), 2, 2, 0, 0, 0, ...IP4]],
];

const REFUSED: readonly (readonly [string, number, Bytes])[] = [
  ['IPv4 in IPV6', 229, IP4],
  ['NULL of an unknown family', 0, [...u32le(7), ...IP4]],
  ['LOOP in little-endian', 108, [...u32le(2), ...IP4]],
  ['FDDI station management', 10, [0x41, ...addresses, ...SNAP]],
  ['PPP multilink fragment', 9, [0xff, 3, 0, 0x3d, 0x80, 0, 0, 1, 0, 0x21, ...IP4]],
  ['PPI within PPI', 192, [0, 0, ...u16le(8), ...u32le(192), ...FRAME]],
];

describe('link layers, hot pass', () => {
  for (const [name, linkType, frame] of FOUND) {
    it(`finds TCP in ${name}`, () => {
      const decoder = decodeFrame(linkType, frame);
      const s = rowOf(decoder);
      assert.ok(s);
      assert.deepEqual([s.srcPort, s.dstPort, s.length, s.family, decoder.malformed], [1000, 2000, 5, s.src0 === 0 ? 4 : 6, false]);
      assert.deepEqual(frame.slice(s.tcpOffset, s.tcpOffset + 4), [...u16(1000), ...u16(2000)]);
      for (let captured = 0; captured < frame.length; captured++) {
        const cut = rowOf(decodeFrame(linkType, frame, { captured }));
        assert.ok(!cut || cut.tcpOffset + 4 <= captured);
      }
    });
  }
  for (const [name, linkType, frame] of REFUSED) {
    it(`finds none in ${name}`, () => assert.equal(decodeFrame(linkType, frame).row, -1));
  }

  it('names a link type that carries no TCP', () => {
    for (const linkType of [189, 195, 201, 250, 266, 65535]) {
      const decoder = decodeFrame(linkType, FRAME);
      assert.deepEqual([decoder.row, decoder.protocol, decoder.malformed], [-1, PROTOCOL_OTHER_LINK, false]);
    }
  });

  it('leaves the frame check sequence of Ethernet out of a datagram without length', () => {
    const noLength = [...IP4];
    noLength[2] = noLength[3] = 0;
    const frame = [...ethernet(0x0800, noLength), 1, 2, 3, 4];
    const withSequence = rowOf(decodeFrame(1, frame, { fcs: 4 }))!;
    const without = rowOf(decodeFrame(1, frame))!;
    assert.deepEqual([withSequence.length, without.length], [5, 9]);
  });
});
