import assert from 'node:assert/strict';
import { formatSeconds, formatTimestamp } from '../../../../src/core/fields/formatTime';

describe('time as tshark prints it', () => {
  it('writes nine digits', () => {
    assert.equal(formatSeconds(0), '0.000000000');
    assert.equal(formatSeconds(1_500_000_001), '1.500000001');
    assert.equal(formatSeconds(-250_000_000), '-0.250000000');
    assert.equal(formatTimestamp(1_700_000_000, 5), '1700000000.000000005');
    assert.equal(formatTimestamp(-2, 750_000_000), '-1.250000000');
  });
});
