import assert from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import type { FrameDecoder } from '../../../../src/core/decode/frameDecoder';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6 } from '../../../../src/core/decode/otherTraffic';
import { HEADER_FULL } from '../../../../src/core/decode/segment';
import { FRAME, IP4, IP6, decodeFrame, ethernet, ipv4, ipv6, rowOf, tcp, text, u32, zeros, type Bytes } from './frames';

const icmp = (type: number, quote: Bytes): Bytes => ethernet(0x0800, ipv4(1, [type, 0, ...zeros(6), ...quote], { src: 0x0b000001 }));
const icmpv6 = (type: number, quote: Bytes): Bytes => ethernet(0x86dd, ipv6(58, [type, 0, ...zeros(6), ...quote]));

describe('ICMP errors, hot pass', () => {
  it('give what they quote as a quoted segment, never as a row', () => {
    const redirect = [...zeros(32), 4, Math.ceil((8 + IP6.length) / 8), ...zeros(6), ...IP6, ...zeros(7)];
    const frames: Bytes[] = [
      ...[3, 4, 5, 11, 12].map((type) => icmp(type, IP4)),
      ...[1, 2, 3, 4].map((type) => icmpv6(type, IP6)),
      icmpv6(137, redirect),
      icmp(3, ipv4(47, [0, 0, 8, 0, ...IP4])),
      icmp(3, ipv4(1, [11, 0, ...zeros(6), ...IP4])),
      icmp(3, [...IP4, ...zeros(80)]),
    ];
    for (const frame of frames) {
      const decoder = decodeFrame(1, frame);
      assert.deepEqual([decoder.count, decoder.row], [1, -1]);
      const s = decoder.segments[0]!;
      assert.deepEqual([s.quoted, s.srcPort, s.seq, s.header], [true, 1000, 1, HEADER_FULL]);
      assert.ok(decoder.protocol === PROTOCOL_ICMP || decoder.protocol === PROTOCOL_ICMPV6);
    }
  });

  it('do not quote in other types', () => {
    for (const type of [0, 8, 9, 13]) assert.equal(decodeFrame(1, icmp(type, IP4)).count, 0);
    for (const type of [0, 5, 100, 128, 135]) assert.equal(decodeFrame(1, icmpv6(type, IP6)).count, 0);
  });

  it('are not malformed because they quote little', () => {
    for (let bytes = 0; bytes <= IP4.length; bytes++) assert.equal(decodeFrame(1, icmp(3, IP4.slice(0, bytes))).malformed, false, `${bytes} bytes`);
  });

  it('put fragments together that they quote', () => {
    const long = tcp([], text('x'.repeat(20)));
    const decoder = decodeFrame(1, icmp(3, ipv4(6, long.slice(0, 24), { more: true })));
    assert.deepEqual([decoder.count, decoder.row], [0, -1]);
  });
});

describe('IPComp, hot pass', () => {
  const comp = (payload: Bytes): Bytes => [6, 0, 0, 2, ...payload];
  const header = tcp([], text('hello '.repeat(40)));
  const deflated = [...deflateRawSync(Uint8Array.from(header))];

  it('inflates a whole payload', () => {
    const decoder = decodeFrame(1, ethernet(0x0800, ipv4(108, comp(deflated))));
    const s = rowOf(decoder)!;
    assert.deepEqual([s.length, s.reassembled, s.tcpOffset, decoder.fragmentPackets], [240, true, 20, [0]]);
    assert.deepEqual([...decoder.datagram!.subarray(20)], [...header]);
    assert.equal(decoder.datagram![9], 6);
    assert.equal(rowOf(decodeFrame(1, ethernet(0x86dd, ipv6(108, comp(deflated)))))!.length, 240);
  });

  it('gives up on what is damaged or cut', () => {
    assert.equal(decodeFrame(1, ethernet(0x0800, ipv4(108, comp(deflated.slice(0, 20))))).row, -1);
    assert.equal(decodeFrame(1, ethernet(0x0800, ipv4(108, comp([7, 1, 2, 3])))).row, -1);
    assert.equal(decodeFrame(1, ethernet(0x0800, ipv4(108, comp(deflated))), { captured: 60 }).row, -1);
  });

  it('does not inflate without end', () => {
    let payload: Bytes = header;
    for (let i = 0; i < 12; i++) payload = [108, 0, 0, 2, ...deflateRawSync(Uint8Array.from(payload))];
    const decoder = decodeFrame(1, ethernet(0x0800, ipv4(108, payload)));
    assert.equal(decoder.row, -1);
    const bomb = deflateRawSync(new Uint8Array(10 << 20));
    assert.equal(decodeFrame(1, ethernet(0x0800, ipv4(108, comp([...bomb].slice(0, 60_000))))).row, -1);
  });
});

describe('FrameDecoder', () => {
  it('reads the plain way and the general way alike', () => {
    const frames = [FRAME, ethernet(0x0800, ipv4(6, tcp([1, 1, 8, 10, ...u32(1), ...u32(2)]))), ethernet(0x0800, ipv4(6, tcp(), { total: 900 }))];
    for (const frame of frames) {
      for (let captured = 54; captured <= frame.length; captured++) {
        const plain = decodeFrame(1, frame, { captured });
        // The same frame behind a cooked header takes the general way.
        const general = decodeFrame(113, [...zeros(14), 8, 0, ...frame.slice(14)], { captured: captured + 2 });
        const values = (decoder: FrameDecoder): unknown => Object.entries(rowOf(decoder)!).filter(([name]) => !name.endsWith('Offset'));
        assert.deepEqual(values(plain), values(general));
        assert.deepEqual([plain.malformed, plain.protocol], [general.malformed, general.protocol]);
      }
    }
  });

  it('gives nothing for an empty record', () => {
    const decoder = decodeFrame(1, []);
    assert.deepEqual([decoder.count, decoder.row, decoder.malformed], [0, -1, true]);
  });
});
