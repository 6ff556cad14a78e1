import assert from 'node:assert/strict';
import fc from 'fast-check';
import { seqAdd, seqAfter, seqBefore, seqDiff, seqNotAfter } from '../../../../src/core/bytes/seq';

const u32 = fc.integer({ min: 0, max: 0xffffffff });

describe('sequence arithmetic', () => {
  it('compares across the wrap', () => {
    assert.equal(seqAfter(5, 0xfffffff0), true);
    assert.equal(seqBefore(0xfffffff0, 5), true);
    assert.equal(seqDiff(5, 0xfffffff0), 21);
    assert.equal(seqAdd(0xffffffff, 2), 1);
  });

  it('holds both after and before at exactly half the circle, as tshark does', () => {
    assert.equal(seqAfter(0x80000000, 0), true);
    assert.equal(seqBefore(0x80000000, 0), true);
    assert.equal(seqNotAfter(0x80000000, 0), true);
  });

  it('does not change when both numbers are shifted', () => {
    fc.assert(
      fc.property(u32, u32, u32, (x, y, shift) => {
        assert.equal(seqAfter(x, y), seqAfter(seqAdd(x, shift), seqAdd(y, shift)));
        assert.equal(seqBefore(x, y), seqBefore(seqAdd(x, shift), seqAdd(y, shift)));
        assert.equal(seqNotAfter(x, y), seqBefore(x, y) || x === y);
      }),
    );
  });
});
