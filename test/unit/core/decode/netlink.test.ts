import assert from 'node:assert/strict';
import { IP4, IP6, decodeFrame, ipv4, rowOf, tcp, text, u16, u16le, u32le, zeros, type Bytes } from './frames';

const pad = (b: Bytes): Bytes => [...b, ...zeros((4 - (b.length % 4)) % 4)];
const attribute = (type: number, value: Bytes): Bytes => pad([...u16le(4 + value.length), ...u16le(type), ...value]);
const message = (type: number, family: number, attributes: Bytes): Bytes => [...u32le(20 + attributes.length), ...u16le(type), 0, 0, ...zeros(8), family, 0, 0, 1, ...attributes];
const cooked = (family: number, messages: Bytes): Bytes => [0, 4, ...u16(824), ...zeros(10), ...u16(family), ...messages];

describe('netlink and netfilter logs, hot pass', () => {
  it('finds packets in NFLOG by address family or by EtherType', () => {
    const frames: Bytes[] = [
      [2, 0, 0, 1, ...attribute(9, IP4)],
      [10, 0, 0, 1, ...attribute(10, text('x\0')), ...attribute(9, IP6)],
      [7, 0, 0, 1, ...attribute(1, [0x86, 0xdd, 0, 0]), ...attribute(9, IP6)],
    ];
    for (const frame of frames) assert.equal(rowOf(decodeFrame(239, frame))!.length, 5);
  });

  it('finds none without payload, of unknown family, or in an attribute that does not fit', () => {
    const frames: Bytes[] = [[2, 0, 0, 1], [7, 0, 0, 1, ...attribute(9, IP4)], [2, 0, 0, 1, ...u16le(900), ...u16le(9), ...IP4], [2, 0, 0, 1, ...u16le(0), ...u16le(9), ...IP4]];
    for (const frame of frames) assert.equal(decodeFrame(239, frame).row, -1);
  });

  it('finds logged and queued packets in netlink messages, each of them', () => {
    const log = message(0x400, 2, attribute(9, IP4));
    const queued = message(0x300, 7, [...attribute(1, [0, 0, 0, 1, 8, 0, 1]), ...attribute(10, ipv4(6, tcp([], text('again'), 7)))]);
    const other = message(0x100, 2, attribute(9, IP4));
    for (const linkType of [253, 113]) {
      const decoder = decodeFrame(linkType, cooked(12, [...log, ...other, ...queued]));
      assert.deepEqual([decoder.count, decoder.row], [2, 1]);
      assert.deepEqual([decoder.segments[0]!.srcPort, decoder.segments[1]!.srcPort], [1000, 7]);
    }
    assert.equal(decodeFrame(253, cooked(0, log)).count, 0);
  });
});
