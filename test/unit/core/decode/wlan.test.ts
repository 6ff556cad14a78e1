import assert from 'node:assert/strict';
import { PROTOCOL_WLAN } from '../../../../src/core/decode/otherTraffic';
import { FRAME, SNAP, decodeAll, decodeFrame, rowOf, ethernet, ipv4, tcp, text, u16, u16le, u32, u32le, zeros, type Bytes } from './frames';

/** Header from B to C by way of A (to the distribution system), then whatever `more` adds to it. */
function wlan(kind: number, flags: number, more: Bytes, payload: Bytes, sequence = 0): Bytes {
  return [kind, flags, 0, 0, ...[2, 0, 0, 0, 0, 1], ...[2, 0, 0, 0, 0, 2], ...[2, 0, 0, 0, 0, 3], ...u16le(sequence), ...more, ...payload];
}
const radiotap = (fields: Bytes, present: number, frame: Bytes): Bytes => [0, 0, ...u16le(8 + fields.length), ...u32le(present), ...fields, ...frame];
const DATA = wlan(0x08, 1, [], SNAP);

const FOUND: readonly (readonly [string, number, Bytes])[] = [
  ['a data frame', 105, DATA],
  ['a data frame that acknowledges', 105, wlan(0x18, 1, [], SNAP)],
  ['a QoS frame', 105, wlan(0x88, 1, [0, 0], SNAP)],
  ['a frame with four addresses', 105, wlan(0x88, 3, [...zeros(6), 0, 0], SNAP)],
  ['a frame with HT control', 105, wlan(0x88, 0x81, [...zeros(6)], SNAP)],
  ['a mesh frame', 105, wlan(0x88, 3, [...zeros(6), 0, 1, 0, 1, 1, 0, 0, 0], SNAP)],
  ['a frame with an Ethernet header inside', 105, wlan(0x08, 1, [], FRAME)],
  ['a frame with frame check sequence', 105, [...DATA, 1, 2, 3, 4]],
  ['radiotap', 127, radiotap([], 0, DATA)],
  ['radiotap with a timer before the flags', 127, radiotap([...zeros(8), 0x20, 0], 3, wlan(0x88, 1, [0, 0, 0, 0], SNAP))],
  ['radiotap with two presence words', 127, radiotap([...u32le(0), 0x20, 0], 0x80000002, wlan(0x88, 1, [0, 0, 0, 0], SNAP))],
  ['AVS', 163, [...u32(0x80211001), ...u32(64), ...zeros(56), ...DATA]],
  ['AVS under the number of Prism', 119, [...u32(0x80211001), ...u32(64), ...zeros(56), ...DATA]],
  ['Prism', 119, [...u32le(0x44), ...u32le(144), ...zeros(136), ...DATA]],
  ['PPI', 192, [0, 0, ...u16le(8), ...u32le(105), ...DATA]],
];

describe('802.11, hot pass', () => {
  for (const [name, linkType, frame] of FOUND) {
    it(`finds TCP in ${name}`, () => {
      const s = rowOf(decodeFrame(linkType, frame));
      assert.ok(s);
      assert.deepEqual([s.srcPort, s.length], [1000, 5]);
      for (let captured = 0; captured < frame.length; captured++) {
        const cut = rowOf(decodeFrame(linkType, frame, { captured }));
        assert.ok(!cut || cut.tcpOffset + 4 <= captured);
      }
    });
  }

  it('finds none in frames without data, encrypted, or of another version', () => {
    for (const frame of [wlan(0x48, 1, [], SNAP), wlan(0xc8, 1, [0, 0], SNAP), wlan(0x08, 0x41, [], SNAP), wlan(0x80, 0, [], SNAP), wlan(0x09, 1, [], SNAP)]) {
      const decoder = decodeFrame(105, frame);
      assert.deepEqual([decoder.row, decoder.protocol], [-1, PROTOCOL_WLAN]);
    }
  });

  it('reads each part of an aggregate; the last one is the row', () => {
    const second = [...SNAP.slice(0, 8), ...ipv4(6, tcp([], text('again'), 7))];
    const part = (payload: Bytes): Bytes => [...ethernet(payload.length, payload), ...zeros((4 - ((14 + payload.length) % 4)) % 4)];
    const decoder = decodeFrame(105, wlan(0x88, 1, [0x80, 0], [...part(SNAP), ...part(second)]));
    assert.deepEqual([decoder.count, decoder.row], [2, 1]);
    assert.deepEqual([decoder.segments[0]!.srcPort, decoder.segments[1]!.srcPort], [1000, 7]);
  });

  it('bears an aggregate of nothing but empty parts', () => {
    assert.equal(decodeFrame(105, wlan(0x88, 1, [0x80, 0], zeros(4000))).row, -1);
  });

  it('leaves the announced frame check sequence out', () => {
    const noLength = [...SNAP];
    noLength[10] = noLength[11] = 0;
    const frame = radiotap([0x10], 2, [...wlan(0x08, 1, [], noLength), 1, 2, 3, 4]);
    assert.equal(rowOf(decodeFrame(127, frame))!.length, 5);
  });

  it('puts fragments together', () => {
    const frames = [wlan(0x08, 5, [], SNAP.slice(0, 32), 0x30), wlan(0x08, 1, [], SNAP.slice(32), 0x31)];
    const seen = decodeAll(105, frames, (d) => [rowOf(d)?.length ?? null, d.fragment, d.fragmentPackets]);
    assert.deepEqual(seen, [[null, true, null], [5, false, [0, 1]]]);
    const [, datagram] = decodeAll(105, frames, (d) => d.datagram && [...d.datagram]);
    assert.deepEqual(datagram, SNAP.slice(8));
  });

  it('wants a radiotap header that fits', () => {
    assert.equal(decodeFrame(127, [0, 0, ...u16(0x0400), 0, 0, 0, 0, ...DATA]).malformed, true);
    assert.equal(decodeFrame(127, [0, 0, ...u16le(4), 0, 0, 0, 0, ...DATA]).malformed, true);
  });
});
