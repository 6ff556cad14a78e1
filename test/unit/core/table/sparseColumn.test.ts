import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SparseColumn } from '../../../../src/core/table/sparseColumn';

describe('SparseColumn', () => {
  it('finds what was appended and nothing else', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(100_000), { maxLength: 300 }), fc.nat(100_000), (keys, other) => {
        keys.sort((a, b) => a - b);
        const column = new SparseColumn();
        for (const key of keys) column.append(key, key * 3);
        for (const key of keys) assert.equal(column.get(key, -1), key * 3);
        if (!keys.includes(other)) assert.equal(column.get(other, -1), -1);
        column.dropBefore(other);
        for (const key of keys) assert.equal(column.get(key, -1), key < other ? -1 : key * 3);
      }),
    );
  });
});
