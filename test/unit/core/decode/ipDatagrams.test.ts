import assert from 'node:assert/strict';
import { UNKNOWN_LENGTH } from '../../../../src/core/bytes/units';
import { PROTOCOL_IPV4_FRAGMENT, PROTOCOL_IPV6_FRAGMENT, PROTOCOL_MALFORMED, PROTOCOL_TCP } from '../../../../src/core/decode/otherTraffic';
import { LENGTH_FROM_FRAME, LENGTH_FROM_IP } from '../../../../src/core/decode/segment';
import { HELLO, IP4, IP6, decodeAll, decodeFrame, ethernet, ipv4, ipv6, lengthIn, record, rowOf, tcp, text, u16, u32, zeros, type Bytes } from './frames';
import { FrameDecoder } from '../../../../src/core/decode/frameDecoder';

const LONG = tcp([], text('x'.repeat(44)));
const v4 = (payload: Bytes, offset: number, more: boolean, id = 7, src = 0x0b000001): Bytes => ethernet(0x0800, ipv4(6, payload, { offset, more, id, src }));
const v6 = (payload: Bytes, offset: number, more: boolean, ident = 7, next = 6): Bytes => ethernet(0x86dd, ipv6(44, [next, 0, ...u16(offset | (more ? 1 : 0)), ...u32(ident), ...payload]));
const lengths = (frames: readonly Bytes[]): (number | null)[] => decodeAll(1, frames, (d) => rowOf(d)?.length ?? null);

describe('IP, hot pass', () => {
  const withTotal = (total: number, trailer = 0): Bytes => [...ethernet(0x0800, ipv4(6, tcp([], HELLO), { total })), ...zeros(trailer)];

  it('ends the segment where the total length says, or where the frame ends', () => {
    assert.deepEqual([withTotal(45), withTotal(42), withTotal(45, 6), withTotal(200), withTotal(0), withTotal(0, 6)].map((f) => lengthIn(1, f)), [5, 2, 5, 5, 5, 11]);
    assert.deepEqual([45, 200, 0].map((total) => rowOf(decodeFrame(1, withTotal(total)))!.lengthFrom), [LENGTH_FROM_IP, LENGTH_FROM_FRAME, LENGTH_FROM_FRAME]);
  });

  it('counts what was on the wire, not what was captured', () => {
    assert.equal(lengthIn(1, withTotal(45), { captured: 54 }), 5);
    assert.equal(lengthIn(1, withTotal(1500), { captured: 59, wire: 1514 }), 1460);
    assert.equal(lengthIn(1, withTotal(0), { captured: 59, wire: 3014 }), 2960);
  });

  it('takes the captured bytes when there are more than the record says were on the wire', () => {
    assert.equal(lengthIn(1, withTotal(45), { wire: 50 }), 5);
  });

  it('clamps an absurd length on the wire as Wireshark does', () => {
    assert.equal(lengthIn(1, withTotal(0), { wire: 0x90000000 }), 0x7fffffff - 54);
  });

  it('calls contradictory headers malformed', () => {
    const bad: Bytes[] = [withTotal(10), ethernet(0x0800, ipv4(6, tcp(), { version: 5 })), ethernet(0x0800, [0x44, ...ipv4(6, tcp()).slice(1)])];
    for (const frame of bad) {
      const decoder = decodeFrame(1, frame);
      assert.deepEqual([decoder.row, decoder.malformed, decoder.protocol], [-1, true, PROTOCOL_MALFORMED]);
    }
  });

  it('steps over IPv4 options', () => {
    const s = rowOf(decodeFrame(1, ethernet(0x0800, ipv4(6, tcp([], HELLO), { options: [1, 1, 1, 0] }))))!;
    assert.deepEqual([s.tcpOffset, s.length], [38, 5]);
  });

  it('gives IPv6 addresses as words, and no segment without payload length', () => {
    const s = rowOf(decodeFrame(1, ethernet(0x86dd, IP6)))!;
    assert.deepEqual([s.src0, s.src1, s.src2, s.src3, s.dst0, s.dst3, s.ttl], [0xfd000000, 0, 0, 1, 0xfd000000, 2, 64]);
    const empty = decodeFrame(1, ethernet(0x86dd, ipv6(6, tcp(), 0)));
    assert.deepEqual([empty.row, empty.malformed], [-1, true]);
  });

  it('walks IPv6 extension headers in any order', () => {
    const pad = [1, 4, 0, 0, 0, 0];
    const chains: Bytes[] = [
      ipv6(0, [6, 0, ...pad, ...tcp([], HELLO)]),
      ipv6(60, [0, 0, ...pad, 60, 0, ...pad, 6, 0, ...pad, ...tcp([], HELLO)]),
      ipv6(43, [6, 2, 0, 1, ...zeros(20), ...tcp([], HELLO)]),
      ipv6(51, [6, 4, 0, 0, ...zeros(20), ...tcp([], HELLO)]),
      ipv6(44, [6, 0, 0, 0, 0, 0, 0, 9, ...tcp([], HELLO)]),
      ipv6(140, [6, 0, 0x80, 0, 0, 0, 0, 0, ...tcp([], HELLO)]),
    ];
    assert.deepEqual(chains.map((d) => lengthIn(229, d)), [5, 5, 5, 5, 5, 5]);
    for (const next of [59, 50, 135, 253]) assert.equal(lengthIn(229, ipv6(next, tcp())), null);
  });

  it('takes the length of a jumbogram from its option', () => {
    const jumbo = (length: number): Bytes => ipv6(0, [6, 0, 0xc2, 4, ...u32(length), ...tcp([], HELLO)], 0);
    assert.deepEqual([lengthIn(229, jumbo(70_000), { wire: 70_040 }), lengthIn(229, jumbo(70_000)), lengthIn(229, jumbo(33))], [70_000 - 28, 5, null]);
  });
});

describe('IP fragments, hot pass', () => {
  it('stands the segment at the frame that completes the datagram', () => {
    const frames = [v4(LONG.slice(0, 32), 0, true), v4(LONG.slice(32), 32, false)];
    assert.deepEqual(lengths(frames), [null, 44]);
    assert.deepEqual(lengths([...frames].reverse()), [null, 44]);
    assert.deepEqual(lengths([v6(LONG.slice(0, 32), 0, true), v6(LONG.slice(32), 32, false)]), [null, 44]);
    assert.deepEqual(lengths([v4(LONG.slice(40), 40, false), v4(LONG.slice(0, 16), 0, true), v4(LONG.slice(16, 40), 16, true)]), [null, null, 44]);
  });

  it('says which packets brought the datagram, and gives it with a header of its own', () => {
    const decoder = new FrameDecoder();
    decoder.decode(record(1, v4(LONG.slice(32), 32, false)), 3);
    assert.deepEqual([decoder.fragment, decoder.protocol, decoder.fragmentPackets], [true, PROTOCOL_IPV4_FRAGMENT, null]);
    decoder.decode(record(1, v4(LONG.slice(0, 32), 0, true)), 9);
    assert.deepEqual([decoder.fragment, decoder.protocol, decoder.fragmentPackets], [false, PROTOCOL_TCP, [3, 9]]);
    const s = rowOf(decoder)!;
    assert.deepEqual([s.reassembled, s.ipOffset, s.tcpOffset], [true, 0, 20]);
    const datagram = [...decoder.datagram!];
    assert.deepEqual(datagram.slice(20), [...LONG]);
    // The header is that of a whole datagram, and its checksum is right.
    assert.equal(lengthIn(228, datagram), 44);
    let sum = 0;
    for (let i = 0; i < 20; i += 2) sum += (datagram[i]! << 8) | datagram[i + 1]!;
    assert.equal((sum & 0xffff) + (sum >>> 16), 0xffff);
    decoder.decode(record(1, ethernet(0x0800, IP4)), 10);
    assert.deepEqual([decoder.datagram, decoder.fragmentPackets], [null, null]);
  });

  it('gives an IPv6 datagram the headers before its fragment header', () => {
    const decoder = new FrameDecoder();
    const fragment = (payload: Bytes, offset: number, more: boolean): Bytes => ipv6(0, [44, 0, 1, 4, 0, 0, 0, 0, 6, 0, ...u16(offset | (more ? 1 : 0)), ...u32(5), ...payload]);
    decoder.decode(record(229, fragment(LONG.slice(0, 32), 0, true)), 0);
    assert.equal(decoder.protocol, PROTOCOL_IPV6_FRAGMENT);
    decoder.decode(record(229, fragment(LONG.slice(32), 32, false)), 1);
    assert.equal(rowOf(decoder)!.tcpOffset, 48);
    assert.equal(lengthIn(229, [...decoder.datagram!]), 44);
  });

  it('tells datagrams apart by addresses, identification and protocol', () => {
    const first = v4(LONG.slice(0, 32), 0, true);
    assert.deepEqual(lengths([first, v4(LONG.slice(32), 32, false, 8), v4(LONG.slice(32), 32, false, 7, 0x0b000009)]), [null, null, null]);
    const other = ethernet(0x0800, ipv4(17, LONG.slice(32), { offset: 32, id: 7, src: 0x0b000001 }));
    assert.deepEqual(lengths([first, other, v4(LONG.slice(32), 32, false)]), [null, null, 44]);
  });

  it('tells private addresses apart by VLAN, others not', () => {
    const tagged = (frame: Bytes, id: number): Bytes => [...frame.slice(0, 12), 0x81, 0, ...u16(id), ...frame.slice(12)];
    const pair = (src: number): Bytes[] => [tagged(v4(LONG.slice(0, 32), 0, true, 7, src), 5), tagged(v4(LONG.slice(32), 32, false, 7, src), 6)];
    // The destination is private in all of these.
    assert.deepEqual(lengths(pair(0x0b000001)), [null, null]);
    const publicPair = pair(0x0b000001).map((f) => f.map((byte, i) => (i === 34 ? 11 : byte)));
    assert.deepEqual(lengths(publicPair), [null, 44]);
  });

  it('bears overlaps, repetitions and several last fragments', () => {
    const a = v4(LONG.slice(0, 32), 0, true);
    const b = v4(LONG.slice(32), 32, false);
    assert.deepEqual(lengths([a, a, b]), [null, null, 44]);
    assert.deepEqual(lengths([v4(LONG.slice(0, 40), 0, true), b]), [null, 44]);
    // After completion a new set begins.
    assert.deepEqual(lengths([a, b, b, a]), [null, 44, null, 44]);
    // The first "last" fragment tells the length.
    assert.deepEqual(lengths([v4(LONG.slice(32, 40), 32, false), b, a]), [null, null, 20]);
    assert.deepEqual(lengths([v4(LONG.slice(48), 48, true), v4(LONG.slice(32, 40), 32, false), a]), [null, null, 20]);
  });

  it('lets the lower offset win where fragments overlap', () => {
    const decoder = new FrameDecoder();
    decoder.decode(record(1, v4(text('y'.repeat(32)), 32, false)), 0);
    decoder.decode(record(1, v4(LONG.slice(0, 40), 0, true)), 1);
    assert.equal(Buffer.from(decoder.datagram!.subarray(40)).toString(), 'x'.repeat(20) + 'y'.repeat(24));
  });

  it('dissects a first fragment that the capture cut, without length, in IPv4 only', () => {
    const s = rowOf(decodeFrame(1, v4(LONG.slice(0, 40), 0, true), { captured: 60 }))!;
    assert.deepEqual([s.length, s.srcPort], [UNKNOWN_LENGTH, 1000]);
    assert.equal(rowOf(decodeFrame(1, v4(LONG.slice(0, 40), 32, true), { captured: 60 })), null);
    const six = decodeFrame(1, v6(LONG.slice(0, 40), 0, true), { captured: 90 });
    assert.deepEqual([six.row, six.fragment], [-1, true]);
  });

  it('knows the length of a whole datagram inside such a fragment', () => {
    const inner = ipv4(6, tcp([], text('x'.repeat(60))));
    const outer = ethernet(0x0800, ipv4(4, inner, { more: true }));
    assert.equal(lengthIn(1, outer, { captured: 100 }), 60);
  });

  it('puts fragments together inside a tunnel, and within fragments', () => {
    const inside = (d: Bytes): Bytes => ethernet(0x0800, ipv4(4, d, { src: 0x0c000001 }));
    const one = ipv4(6, LONG.slice(0, 32), { more: true, id: 3 });
    const two = ipv4(6, LONG.slice(32), { offset: 32, id: 3 });
    assert.deepEqual(lengths([inside(one), inside(two)]), [null, 44]);
    const halves = (d: Bytes, id: number): Bytes[] => [ipv4(4, d.slice(0, 24), { more: true, id }), ipv4(4, d.slice(24), { offset: 24, id })].map((p) => ethernet(0x0800, p));
    const decoder = new FrameDecoder();
    const frames = [...halves(one, 50), ...halves(two, 51)];
    frames.forEach((frame, i) => decoder.decode(record(1, frame), i));
    assert.equal(rowOf(decoder)!.length, 44);
    assert.deepEqual(decoder.fragmentPackets, [0, 1, 2, 3]);
  });
});
