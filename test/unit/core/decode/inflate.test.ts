import assert from 'node:assert/strict';
import { constants, deflateRawSync } from 'node:zlib';
import { inflateRaw } from '../../../../src/core/decode/inflate';

describe('inflateRaw', () => {
  const random = Uint8Array.from({ length: 3000 }, (_, i) => (Math.imul(i * i + 7, 0x9e3779b1) >>> 13) & 255);
  const inputs = [new Uint8Array(0), Uint8Array.from([1]), new Uint8Array(60_000), random, new TextEncoder().encode('tcp trace '.repeat(500))];

  it('gives back what zlib deflated, stored, fixed and dynamic', () => {
    for (const input of inputs) {
      for (const options of [{ level: 0 }, { level: 1 }, { level: 9 }, { strategy: constants.Z_FIXED }, { strategy: constants.Z_HUFFMAN_ONLY }]) {
        const packed = deflateRawSync(input, options);
        const framed = new Uint8Array(packed.length + 8).fill(0xee);
        framed.set(packed, 4);
        const out = inflateRaw(framed, 4, 4 + packed.length, 3, 65_535);
        assert.deepEqual(out?.subarray(3), input);
      }
    }
  });

  it('wants the whole stream', () => {
    const packed = deflateRawSync(random);
    for (let end = 0; end < packed.length; end += 7) assert.equal(inflateRaw(packed, 0, end, 0, 65_535), null);
  });

  it('keeps to its limit', () => {
    const packed = deflateRawSync(new Uint8Array(5000));
    assert.equal(inflateRaw(packed, 0, packed.length, 0, 4999), null);
    assert.equal(inflateRaw(packed, 0, packed.length, 0, 5000)?.length, 5000);
  });
});
