import assert from 'node:assert/strict';
import { portName } from '../../../../src/core/explain/ports';

describe('names of ports', () => {
  it('are those of the registry', () => {
    assert.deepEqual([22, 80, 443, 853, 5432, 6379, 65535].map(portName), ['ssh', 'http', 'https', 'domain-s', 'postgresql', 'redis', '']);
  });
});
