import assert from 'node:assert/strict';
import { PROTOCOL_UDP } from '../../../../src/core/decode/otherTraffic';
import { FRAME, IP4, IP6, decodeFrame, ethernet, ipv4, ipv6, rowOf, text, u16, u32, udp, zeros, type Bytes } from './frames';

const outer = (protocol: number, payload: Bytes): Bytes => ethernet(0x0800, ipv4(protocol, payload, { src: 0x0b000001, dst: 0x0b000002 }));
const gre = (flags: number, type: number, rest: Bytes): Bytes => outer(47, [...u16(flags), ...u16(type), ...rest]);
const port = (dst: number, payload: Bytes): Bytes => outer(17, udp(50_000, dst, payload));
const gtp = (flags: number, type: number, rest: Bytes): Bytes => port(2152, [flags, type, ...u16(rest.length), 0, 0, 0, 1, ...rest]);
const VXLAN = [8, 0, 0, 0, 0, 1, 2, 0, ...FRAME];
const PPP = [0xff, 3, 0, 0x21, ...IP4];
const MPLS = [...u32((16 << 12) | 0x140), ...IP4];

const FOUND: Record<string, Bytes> = {
  'IP in IP': outer(4, IP4),
  'IPv6 in IPv4': outer(41, IP6),
  'IPv4 in IPv6': ethernet(0x86dd, ipv6(4, IP4)),
  'IPv6 in IPv6': ethernet(0x86dd, ipv6(41, IP6)),
  'AH': outer(51, [6, 4, 0, 0, ...zeros(20), ...IP4.slice(20)]),
  'AH with a datagram': outer(51, [4, 4, 0, 0, ...zeros(20), ...IP4]),
  'EtherIP': outer(97, [0x30, 0, ...FRAME]),
  'Ethernet in IP': outer(143, FRAME),
  'MPLS in IP': outer(137, MPLS),
  'GRE': gre(0, 0x0800, IP4),
  'GRE with checksum, key and sequence': gre(0xb000, 0x86dd, [...zeros(12), ...IP6]),
  'GRE with routing': gre(0x4000, 0x0800, [0, 0, 0, 0, 8, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0, ...IP4]),
  'GRE with Ethernet': gre(0x2000, 0x6558, [0, 0, 1, 0, ...FRAME]),
  'GRE with MPLS': gre(0, 0x8847, MPLS),
  'PPTP': gre(0x3081, 0x880b, [...u16(PPP.length), 0, 1, ...zeros(8), ...PPP]),
  'EoIP': gre(0x2001, 0x6400, [...u16(FRAME.length), 1, 0, ...FRAME]),
  'WCCP': gre(0, 0x883e, [0, 0, 0, 0, ...IP4]),
  'WCCP version 1': gre(0, 0x883e, IP4),
  'ERSPAN I': gre(0, 0x88be, FRAME),
  'ERSPAN II': gre(0x1000, 0x88be, [0, 0, 0, 1, 0x10, 1, 0, 1, 0, 0, 0, 1, ...FRAME]),
  'ERSPAN III': gre(0x1000, 0x22eb, [0, 0, 0, 1, 0x20, 1, 0, 1, ...zeros(8), ...FRAME]),
  'ERSPAN III with platform header': gre(0x1000, 0x22eb, [0, 0, 0, 1, 0x20, 1, 0, 1, ...zeros(7), 1, ...zeros(8), ...FRAME]),
  'VXLAN in ERSPAN': gre(0x1000, 0x88be, [0, 0, 0, 1, 0x10, 1, 0, 1, 0, 0, 0, 1, ...port(4789, VXLAN)]),
  'VXLAN': port(4789, VXLAN),
  'VXLAN by source port': outer(17, udp(4789, 50_000, VXLAN)),
  'VXLAN whose source port is that of GTP': outer(17, udp(2152, 4789, VXLAN)),
  'VXLAN in IPv6': ethernet(0x86dd, ipv6(17, udp(50_000, 4789, VXLAN))),
  'VXLAN-GPE with IP': port(4790, [0x0c, 0, 0, 1, 0, 0, 1, 0, ...IP4]),
  'VXLAN-GPE with NSH': port(4790, [0x0c, 0, 0, 4, 0, 0, 1, 0, 0x0f, 0xc2, 2, 3, 0, 0, 1, 255, ...FRAME]),
  'GENEVE with options': port(6081, [2, 0, 0x65, 0x58, 0, 0, 1, 0, ...zeros(8), ...FRAME]),
  'GENEVE with IP': port(6081, [0, 0, 8, 0, 0, 0, 1, 0, ...IP4]),
  'GTP-U': gtp(0x30, 255, IP4),
  'GTP-U with IPv6': gtp(0x30, 255, IP6),
  'GTP-U with sequence': gtp(0x32, 255, [0, 1, 0, 0x85, ...IP4]),
  'GTP-U with extension headers': gtp(0x34, 255, [0, 1, 0, 0x85, 1, 0x10, 1, 0xc0, 1, 0, 0, 0, ...IP4]),
  'GTP version 0': port(2152, [0x1e, 255, ...u16(IP4.length), ...zeros(16), ...IP4]),
  'Teredo': port(3544, IP6),
  'Teredo with authentication and origin': port(3544, [0, 1, 1, 2, ...text('abb'), ...zeros(9), 0, 0, ...zeros(6), ...IP6]),
  'L2TP': port(1701, [0, 2, 0, 1, 0, 2, ...PPP]),
  'L2TP with length, sequence and offset': port(1701, [0x4a, 2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 0, 2, 1, 2, ...PPP]),
  'MPLS in UDP': port(6635, MPLS),
  'LISP': port(4341, [...zeros(8), ...IP4]),
  'TZSP': port(37_008, [1, 0, 0, 1, 10, 1, 7, 0, 1, ...FRAME]),
};

const NONE: Record<string, Bytes> = {
  'IPv4 under the number of IPv6': outer(41, IP4),
  'an unknown GRE type': gre(0, 0x8100, [0, 5, 8, 0, ...IP4]),
  'an ERSPAN III frame that is not Ethernet': gre(0x1000, 0x22eb, [0, 0, 0, 1, 0x20, 1, 0, 1, 0, 0, 0, 0, 0, 0, 8, 0, ...FRAME]),
  'UDP with a length below 8': outer(17, udp(50_000, 4789, VXLAN, 5)),
  'another UDP port': port(8472, VXLAN),
  'a GTP message that is no T-PDU': gtp(0x30, 1, IP4),
  'a GTP extension header of length 0': gtp(0x34, 255, [0, 1, 0, 0x85, 0, 0, 0, 0, ...IP4]),
  'an L2TP control message': port(1701, [0xc8, 2, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, ...PPP]),
  'Teredo with IPv4': port(3544, IP4),
  'ESP': outer(50, IP4),
};

describe('tunnels, hot pass', () => {
  for (const [name, frame] of Object.entries(FOUND)) {
    it(`finds TCP in ${name}`, () => {
      const decoder = decodeFrame(1, frame);
      const s = rowOf(decoder);
      assert.ok(s);
      assert.deepEqual([decoder.count, s.srcPort, s.length, s.quoted, decoder.malformed], [1, 1000, 5, false, false]);
      assert.deepEqual(frame.slice(s.tcpOffset, s.tcpOffset + 4), [...u16(1000), ...u16(2000)]);
      // The innermost addresses.
      if (s.family === 4) assert.equal(s.src3 === 0x0a000001 || name === 'AH', true);
      for (let captured = 0; captured < frame.length; captured++) {
        const cut = rowOf(decodeFrame(1, frame, { captured }));
        assert.ok(!cut || cut.tcpOffset + 4 <= captured);
      }
    });
  }
  for (const [name, frame] of Object.entries(NONE)) {
    it(`finds none in ${name}`, () => assert.equal(decodeFrame(1, frame).row, -1));
  }

  it('ends the inner frame with the UDP length and the GTP length', () => {
    const short = outer(17, udp(50_000, 4789, VXLAN, 8 + VXLAN.length - 3));
    assert.equal(rowOf(decodeFrame(1, short))!.length, 2);
    const cut = [...gtp(0x30, 255, IP4)];
    cut[14 + 20 + 8 + 3] = 43;
    assert.equal(rowOf(decodeFrame(1, cut))!.length, 3);
  });

  it('names UDP when nothing follows', () => assert.equal(decodeFrame(1, port(53, zeros(12))).protocol, PROTOCOL_UDP));

  it('gives up on endless nesting', () => {
    let datagram: Bytes = IP4;
    for (let i = 0; i < 900; i++) datagram = ipv4(4, datagram, { total: 0 });
    const decoder = decodeFrame(228, datagram);
    assert.equal(decoder.row, -1);
  });

  describe('outerKey', () => {
    const key = (frame: Bytes, options: object): number => decodeFrame(1, frame, {}, options).outerKey;
    const vlan = (id: number): Bytes => ethernet(0x8100, [...u16(id), 8, 0, ...IP4]);
    const ipip = (src: number, dst: number): Bytes => ethernet(0x0800, ipv4(4, IP4, { src, dst }));
    const vni = (id: number): Bytes => port(4789, [8, 0, 0, 0, ...u32(id << 8), ...FRAME]);

    it('is 0 by default and without outer layers', () => {
      for (const frame of [vlan(5), ipip(1, 2), vni(7)]) assert.equal(key(frame, {}), 0);
      assert.equal(key(FRAME, { keepVlanApart: true, keepTunnelsApart: true }), 0);
      assert.equal(key(vlan(5), { keepTunnelsApart: true }), 0);
    });

    it('tells VLANs and tunnels apart when asked', () => {
      assert.notEqual(key(vlan(5), { keepVlanApart: true }), key(vlan(6), { keepVlanApart: true }));
      const tunnels = { keepTunnelsApart: true };
      assert.notEqual(key(ipip(1, 2), tunnels), key(ipip(1, 3), tunnels));
      assert.notEqual(key(vni(7), tunnels), key(vni(8), tunnels));
      assert.notEqual(key(ipip(1, 2), tunnels), 0);
    });

    it('is the same in both directions', () => {
      assert.equal(key(ipip(1, 2), { keepTunnelsApart: true }), key(ipip(2, 1), { keepTunnelsApart: true }));
    });
  });
});
