import assert from 'node:assert/strict';
import { PROTOCOL_ARP, PROTOCOL_ETHERNET, PROTOCOL_LLC, PROTOCOL_STP, PROTOCOL_TCP } from '../../../../src/core/decode/otherTraffic';
import { FRAME, HELLO, IP4, IP6, SNAP, decodeFrame, ethernet, ipv4, lengthIn, rowOf, tcp, u16, u32, zeros, type Bytes } from './frames';

const label = (value: number, last: boolean): Bytes => u32((value << 12) | (last ? 0x100 : 0) | 64);
const vlan = (id: number, type: number, payload: Bytes): Bytes => [...u16(id), ...u16(type), ...payload];

describe('Ethernet and what it carries, hot pass', () => {
  const carries: Record<string, Bytes> = {
    'IPv4': FRAME,
    'IPv6': ethernet(0x86dd, IP6),
    'IPv6 under the type of IPv4': ethernet(0x0800, IP6),
    '802.1Q': ethernet(0x8100, vlan(5, 0x0800, IP4)),
    '802.1ad with 802.1Q': ethernet(0x88a8, vlan(5, 0x8100, vlan(6, 0x86dd, IP6))),
    '0x9100 tags': ethernet(0x9100, vlan(5, 0x9100, vlan(6, 0x8100, vlan(7, 0x0800, IP4)))),
    'LLC/SNAP': ethernet(SNAP.length, SNAP),
    'LLC/SNAP behind a VLAN tag': ethernet(0x8100, vlan(5, SNAP.length, SNAP)),
    'LLC with IP': ethernet(3 + IP4.length, [6, 6, 3, ...IP4]),
    'SNAP of organization 0000f8': ethernet(SNAP.length, [0xaa, 0xaa, 3, 0, 0, 0xf8, 8, 0, ...IP4]),
    'bridged Ethernet in SNAP': ethernet(FRAME.length + 10, [0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0, ...FRAME]),
    'PPPoE': ethernet(0x8864, [0x11, 0, 0, 1, ...u16(IP4.length + 2), 0, 0x21, ...IP4]),
    'PPPoE with a length beyond the frame': ethernet(0x8864, [0x11, 0, 0, 1, ...u16(900), 0, 0x21, ...IP4]),
    'one MPLS label': ethernet(0x8847, [...label(16, true), ...IP4]),
    'an MPLS stack': ethernet(0x8848, [...label(16, false), ...label(17, false), ...label(0, true), ...IP6]),
    'a pseudowire': ethernet(0x8847, [...label(16, true), ...FRAME]),
    'a pseudowire with control word': ethernet(0x8847, [...label(16, true), 0, 0, 0, 9, ...FRAME]),
    'Cisco MetaData': ethernet(0x8909, [1, 1, 0, 1, 0, 2, ...u16(0x0800), ...IP4]),
    'Cisco FabricPath': ethernet(0x8903, [0, 0, ...FRAME, 1, 2, 3, 4]),
    'transparent bridging': ethernet(0x6558, FRAME),
    '802.1ah': ethernet(0x88e7, [0, 0, 0, 1, ...FRAME]),
    'VN-Tag': ethernet(0x8926, [0, 0, 0, 0, ...u16(0x0800), ...IP4]),
    'E-Tag': ethernet(0x893f, [...zeros(6), ...u16(0x0800), ...IP4]),
    'TRILL': ethernet(0x22f3, [...zeros(6), ...FRAME]),
    'HSR': ethernet(0x892f, [0, 0x34, 0, 0, ...u16(0x0800), ...IP4]),
    'MACsec without encryption': ethernet(0x88e5, [0, 0, 0, 0, 0, 1, ...u16(0x0800), ...IP4, ...zeros(16)]),
    'NSH': ethernet(0x894f, [0x0f, 0xc6, 1, 1, 0, 0, 1, 255, ...zeros(16), ...IP4]),
    'ISL': [1, 0, 0x0c, 0, 0, 0, 2, 0, 0, 0, 0, 1, ...u16(FRAME.length + 12), 0xaa, 0xaa, 3, 0, 0, 0x0c, 0, 1, 0, 0, 0, 0, ...FRAME, ...zeros(4)],
  };
  for (const [name, frame] of Object.entries(carries)) {
    it(`finds TCP in ${name}`, () => {
      const decoder = decodeFrame(1, frame);
      const s = rowOf(decoder);
      assert.ok(s);
      assert.deepEqual([s.srcPort, s.length, decoder.protocol, decoder.malformed], [1000, 5, PROTOCOL_TCP, false]);
      // The offset points at the ports.
      assert.deepEqual(frame.slice(s.tcpOffset, s.tcpOffset + 4), [...u16(1000), ...u16(2000)]);
    });
    it(`survives ${name} cut anywhere`, () => {
      for (let captured = 0; captured < frame.length; captured++) {
        const s = rowOf(decodeFrame(1, frame, { captured }));
        assert.ok(!s || s.tcpOffset + 4 <= captured, `${captured} bytes`);
      }
    });
  }

  const carriesNone: Record<string, [Bytes, number]> = {
    'ARP': [ethernet(0x0806, zeros(28)), PROTOCOL_ARP],
    'IPv4 under the type of IPv6': [ethernet(0x86dd, IP4), 18],
    'spanning tree': [ethernet(38, [0x42, 0x42, 3, ...zeros(35)]), PROTOCOL_STP],
    'raw IPX': [ethernet(40, [255, 255, ...zeros(38)]), PROTOCOL_ETHERNET],
    'a type between 1501 and 1535': [ethernet(1510, SNAP), PROTOCOL_ETHERNET],
    'an LLC frame that is no information': [ethernet(SNAP.length, [0xaa, 0xaa, 0x43, ...SNAP.slice(3)]), PROTOCOL_LLC],
    'MACsec with encryption': [ethernet(0x88e5, [0x0c, ...zeros(7), ...IP4]), PROTOCOL_ETHERNET],
    'MPLS without last label': [ethernet(0x8847, [...label(16, false), ...IP4]), PROTOCOL_ETHERNET],
  };
  for (const [name, [frame, protocol]] of Object.entries(carriesNone)) {
    it(`finds no TCP in ${name}`, () => {
      const decoder = decodeFrame(1, frame);
      assert.deepEqual([decoder.row, decoder.count, decoder.protocol], [-1, 0, protocol]);
    });
  }

  it('does not take padding or an 802.3 trailer for data', () => {
    assert.equal(lengthIn(1, [...FRAME, ...zeros(6)]), 5);
    assert.equal(lengthIn(1, [...ethernet(SNAP.length, SNAP), 1, 2, 3]), 5);
    const noLength = ipv4(6, tcp([], HELLO), { total: 0 });
    const llc = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0, ...noLength];
    assert.equal(lengthIn(1, [...ethernet(llc.length, llc), 1, 2, 3]), 5);
  });

  it('ends a FabricPath frame before its check sequence', () => {
    assert.equal(lengthIn(1, ethernet(0x8903, [0, 0, ...FRAME])), 1);
  });

  it('ends a PPPoE payload at its length', () => {
    assert.equal(lengthIn(1, ethernet(0x8864, [0x11, 0, 0, 1, ...u16(44), 0, 0x21, ...IP4])), 2);
  });
});
