import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RowSelection } from '../../../src/webview/grid/rowSelection';

describe('selected rows', () => {
  it('are one, a range drawn from it, further ones, or all', () => {
    const rows = new RowSelection();
    rows.single(5);
    rows.extend(8, false);
    assert.deepEqual(rows.ranges, [[5, 8]]);
    rows.extend(3, false);
    assert.deepEqual(rows.ranges, [[3, 5]]);
    rows.toggle(10);
    rows.extend(12, true);
    assert.deepEqual(rows.ranges, [[3, 5], [10, 12]]);
    rows.toggle(4);
    assert.deepEqual(rows.ranges, [[3, 3], [5, 5], [10, 12]]);
    assert.equal(rows.count, 5);
    rows.all(4_000_000);
    assert.equal(rows.count, 4_000_000);
    rows.single(1);
    assert.deepEqual(rows.ranges, [[1, 1]]);
  });

  it('are the same as a set of them, whatever is done', () => {
    const step = fc.record({ kind: fc.constantFrom('single', 'toggle', 'extend', 'more'), row: fc.integer({ min: 0, max: 20 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const rows = new RowSelection();
        rows.single(0);
        let set = new Set([0]);
        let kept = new Set<number>();
        let anchor = 0;
        for (const { kind, row } of steps) {
          if (kind === 'single') [set, kept, anchor] = [new Set([row]), new Set(), row];
          else if (kind === 'toggle') {
            set = new Set(set);
            if (!set.delete(row)) set.add(row);
            [kept, anchor] = [new Set(set), row];
            kept.delete(row);
            if (set.has(row)) kept = new Set([...set].filter((r) => r !== row));
          } else {
            if (kind === 'extend') kept = new Set();
            set = new Set(kept);
            for (let r = Math.min(anchor, row); r <= Math.max(anchor, row); r++) set.add(r);
          }
          if (kind === 'single') rows.single(row);
          else if (kind === 'toggle') rows.toggle(row);
          else rows.extend(row, kind === 'more');
          for (let r = 0; r <= 20; r++) assert.equal(rows.has(r), set.has(r), `row ${r} after ${JSON.stringify(steps)}`);
          assert.equal(rows.count, set.size);
        }
      }),
    );
  });
});
