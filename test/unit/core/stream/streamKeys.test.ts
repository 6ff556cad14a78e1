import assert from 'node:assert/strict';
import { FAMILY_IPV4, FAMILY_IPV6, FAMILY_NAME, Segment } from '../../../../src/core/decode/segment';
import { StreamKeys } from '../../../../src/core/stream/streamKeys';

function between(family: number, src: readonly number[], srcPort: number, dst: readonly number[], dstPort: number): Segment {
  const s = new Segment();
  s.family = family;
  [s.src0, s.src1, s.src2, s.src3] = src as [number, number, number, number];
  [s.dst0, s.dst1, s.dst2, s.dst3] = dst as [number, number, number, number];
  s.srcPort = srcPort;
  s.dstPort = dstPort;
  return s;
}

const lookUp = (keys: StreamKeys, s: Segment, outer = 0): number => {
  const found = keys.find(s, outer);
  return found < 0 ? keys.add(s, outer) : found;
};

describe('StreamKeys', () => {
  it('finds both directions of IPv6 endpoints that differ in any one word', () => {
    const keys = new StreamKeys();
    const ends = [0, 1, 2, 3].map((word) => [0, 1, 2, 3].map((i) => (i === word ? 0xfe800001 : 0xffffffff)));
    ends.forEach((end, i) => assert.equal(lookUp(keys, between(FAMILY_IPV6, end, 1, [1, 2, 3, 4], 2)), i));
    ends.forEach((end, i) => {
      assert.equal(keys.find(between(FAMILY_IPV6, [1, 2, 3, 4], 2, end, 1), 0), i);
      assert.equal(keys.direction, 1);
    });
  });

  it('keeps families apart', () => {
    const keys = new StreamKeys();
    const streams = [FAMILY_IPV4, FAMILY_NAME, FAMILY_IPV6].map((family) => lookUp(keys, between(family, [0, 0, 0, 1], 1, [0, 0, 0, 2], 2)));
    assert.deepEqual(streams, [0, 1, 2]);
  });

  it('does not take swapped ports for the other direction', () => {
    const keys = new StreamKeys();
    assert.equal(lookUp(keys, between(FAMILY_IPV4, [0, 0, 0, 1], 1, [0, 0, 0, 2], 2)), 0);
    assert.equal(lookUp(keys, between(FAMILY_IPV4, [0, 0, 0, 1], 2, [0, 0, 0, 2], 1)), 1);
  });

  it('finds the newest stream of a key after renewal, also after growing', () => {
    const keys = new StreamKeys();
    const count = 20_000;
    const at = (i: number): Segment => between(FAMILY_IPV4, [0, 0, 0, 0x0a000000 + (i >>> 8)], i & 0xff, [0, 0, 0, 0x0b000000], 80);
    for (let i = 0; i < count; i++) assert.equal(lookUp(keys, at(i)), i);
    assert.equal(keys.find(at(7), 0), 7);
    assert.equal(keys.renew(at(7), 0), count);
    for (let i = 0; i < count; i++) assert.equal(keys.find(at(i), 0), i === 7 ? count : i);
    assert.equal(keys.length, count + 1);
  });
});
