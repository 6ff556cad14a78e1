import assert from 'node:assert/strict';
import { UNKNOWN_LENGTH } from '../../../../src/core/bytes/units';
import {
  ACK,
  HEADER_BASIC,
  HEADER_BOGUS,
  HEADER_FIXED,
  HEADER_FULL,
  HEADER_PORTS,
  KNOWN_ALL,
  KNOWN_LENGTH,
  KNOWN_SEQ,
} from '../../../../src/core/decode/segment';
import { FRAME, HELLO, IP4, decodeFrame, ethernet, hexBytes, ipv4, rowOf, tcp } from './frames';

const TIMESTAMPS = hexBytes('0101 080a 00000005 00000006');

describe('TCP header, hot pass', () => {
  it('reads every field', () => {
    const header = hexBytes('1f90 c001 fffffffe 80000001 51ff abcd 0000 0123');
    const s = rowOf(decodeFrame(1, ethernet(0x0800, ipv4(6, [...header, ...HELLO]))))!;
    assert.deepEqual(
      [s.srcPort, s.dstPort, s.seq, s.ack, s.headerLength, s.flags, s.window, s.urgentPointer, s.length, s.header, s.known],
      [0x1f90, 0xc001, 0xfffffffe, 0x80000001, 20, 0x1ff, 0xabcd, 0x123, 5, HEADER_FULL, KNOWN_ALL],
    );
    assert.deepEqual([s.src3, s.dst3, s.ttl, s.ipId, s.ipOffset, s.tcpOffset, s.optionBytes], [0x0a000001, 0x0a000002, 64, 1, 14, 34, 0]);
  });

  it('shows as much as was captured', () => {
    const frame = ethernet(0x0800, ipv4(6, tcp(TIMESTAMPS, HELLO)));
    const seen = (bytes: number): number[] | null => {
      const s = rowOf(decodeFrame(1, frame, { captured: 34 + bytes }));
      return s && [s.header, s.length, s.window, s.optionBytes];
    };
    assert.equal(seen(3), null);
    assert.deepEqual(seen(4), [HEADER_PORTS, UNKNOWN_LENGTH, 0, 0]);
    assert.deepEqual(seen(15), [HEADER_PORTS, UNKNOWN_LENGTH, 0, 0]);
    assert.deepEqual(seen(16), [HEADER_BASIC, 5, 1000, 0]);
    assert.deepEqual(seen(19), [HEADER_BASIC, 5, 1000, 0]);
    assert.deepEqual(seen(20), [HEADER_FIXED, 5, 1000, 0]);
    assert.deepEqual(seen(31), [HEADER_FIXED, 5, 1000, 11]);
    assert.deepEqual(seen(32), [HEADER_FULL, 5, 1000, 12]);
  });

  it('never calls malformed what only the capture cut', () => {
    const frame = ethernet(0x0800, ipv4(6, tcp(TIMESTAMPS, HELLO)));
    for (let captured = 0; captured <= frame.length; captured++) assert.equal(decodeFrame(1, frame, { captured }).malformed, false, `${captured} bytes`);
  });

  it('knows no length when the header is longer than the datagram', () => {
    const header = [...tcp()];
    header[12] = 0xf0;
    const decoder = decodeFrame(1, ethernet(0x0800, ipv4(6, [...header, ...HELLO])));
    const s = rowOf(decoder)!;
    assert.deepEqual([s.headerLength, s.length, s.header, s.optionBytes, s.known & KNOWN_LENGTH], [60, UNKNOWN_LENGTH, HEADER_FIXED, 5, 0]);
    assert.equal(decoder.malformed, true);
  });

  it('takes a data offset below 5 for bogus, and counts what follows it', () => {
    const header = [...tcp()];
    header[12] = 0x40;
    const decoder = decodeFrame(1, ethernet(0x0800, ipv4(6, [...header, ...HELLO])));
    const s = rowOf(decoder)!;
    assert.deepEqual([s.header, s.headerLength, s.length, s.seq], [HEADER_BOGUS, 16, 9, 1]);
    assert.equal(decoder.malformed, true);
  });

  it('sets all fields of a quoted header that are there, sequence number from 8 bytes on', () => {
    const quote = (bytes: number): unknown[] => {
      const decoder = decodeFrame(1, ethernet(0x0800, ipv4(1, [3, 0, 0, 0, 0, 0, 0, 0, ...IP4.slice(0, 20 + bytes)])));
      assert.equal(decoder.row, -1);
      const s = decoder.count === 0 ? null : decoder.segments[0]!;
      return s ? [s.quoted, s.header, s.known & KNOWN_SEQ, s.seq, s.length === UNKNOWN_LENGTH] : [];
    };
    assert.deepEqual(quote(3), []);
    assert.deepEqual(quote(4), [true, HEADER_PORTS, 0, 0, true]);
    assert.deepEqual(quote(8), [true, HEADER_PORTS, KNOWN_SEQ, 1, true]);
    assert.deepEqual(quote(16), [true, HEADER_BASIC, KNOWN_SEQ, 1, true]);
    assert.deepEqual(quote(25), [true, HEADER_FULL, KNOWN_SEQ, 1, true]);
  });

  it('forgets the packet before', () => {
    const decoder = decodeFrame(1, ethernet(0x0800, ipv4(6, tcp(TIMESTAMPS, HELLO))));
    assert.equal(rowOf(decoder)!.tsVal, 5);
    const plain = decodeFrame(1, FRAME);
    assert.deepEqual([rowOf(plain)!.optionsSeen, rowOf(plain)!.tsVal, rowOf(plain)!.flags], [0, 0, ACK]);
  });
});
