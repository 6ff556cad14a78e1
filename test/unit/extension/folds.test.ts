import assert from 'node:assert/strict';
import { foldsOf } from '../../../src/extension/language/folds';

/** Packets as [stream, first line, last line]; a negative stream is other traffic. */
function folds(packets: readonly (readonly [number, number, number])[]): [number, number][] {
  return foldsOf(
    packets.length,
    (p) => (packets[p]![0] < 0 ? null : packets[p]![0]),
    (p) => ({ first: packets[p]![1], last: packets[p]![2] }),
  ).map(({ first, last }) => [first, last]);
}

describe('foldsOf', () => {
  it('folds runs of at least three packets of one stream', () => {
    assert.deepEqual(folds([[0, 0, 0], [0, 1, 1], [0, 2, 2], [1, 3, 3], [1, 4, 4], [0, 5, 5]]), [[0, 2]]);
  });

  it('folds records of several lines inside runs, and never two on one line', () => {
    assert.deepEqual(folds([[0, 0, 1], [0, 2, 3], [0, 4, 5]]), [[0, 5], [2, 3], [4, 5]]);
    assert.deepEqual(folds([[0, 0, 1], [-1, 2, 3], [0, 4, 5]]), [[0, 1], [2, 3], [4, 5]]);
  });

  it('leaves out packets whose lines are not known', () => {
    assert.deepEqual(foldsOf(2, () => 0, () => null), []);
  });
});
