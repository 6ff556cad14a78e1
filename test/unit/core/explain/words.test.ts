import assert from 'node:assert/strict';
import { duration, grouped } from '../../../../src/core/explain/words';

describe('words', () => {
  it('groups digits with no-break spaces', () => {
    assert.equal(grouped(64256), '64\u00a0256');
    assert.equal(grouped(999), '999');
    assert.equal(grouped(1234567), '1\u00a0234\u00a0567');
  });

  it('says durations in the unit that fits', () => {
    assert.deepEqual([0, 850, 41_200_000, 3_100_000_000, 120_000_000_000, -5_000].map(duration), ['0 s', '850 ns', '41.2 ms', '3.1 s', '120 s', '-5 µs']);
  });
});
