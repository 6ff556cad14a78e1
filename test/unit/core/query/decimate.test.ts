import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BarThinner, LineThinner } from '../../../../src/core/query/decimate';

const points = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 30 }), y: fc.integer({ min: -1000, max: 1000 }) }), { minLength: 1, maxLength: 400 });

describe('thinning out', () => {
  it('keeps first, lowest, highest and last point of every step, in order', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 100 }), (list, width) => {
        const thinner = new LineThinner('rtt', 0, width);
        let x = 0;
        const all = list.map(({ wait, y }, rank) => ({ x: (x += wait), y, rank }));
        for (const p of all) thinner.push(p.x, p.y, p.rank);
        const line = thinner.line();
        assert.equal(line.total, all.length);
        const kept = Array.from(line.packet, (rank, i) => ({ x: line.x[i]!, y: line.y[i]!, rank }));
        assert.ok(kept.every((p, i) => i === 0 || p.rank > kept[i - 1]!.rank), 'in order, each once');
        for (const p of kept) assert.deepEqual(p, all[p.rank]);
        for (const step of new Set(all.map((p) => Math.floor(p.x / width)))) {
          const inStep = (p: { x: number }): boolean => Math.floor(p.x / width) === step;
          const [mine, theirs] = [kept.filter(inStep), all.filter(inStep)];
          assert.ok(mine.length <= 4);
          assert.equal(mine[0]!.rank, theirs[0]!.rank);
          assert.equal(mine.at(-1)!.rank, theirs.at(-1)!.rank);
          assert.equal(Math.min(...mine.map((p) => p.y)), Math.min(...theirs.map((p) => p.y)));
          assert.equal(Math.max(...mine.map((p) => p.y)), Math.max(...theirs.map((p) => p.y)));
        }
      }),
    );
  });

  it('keeps every point when asked to, up to a limit', () => {
    const thinner = new LineThinner('rtt', 0, 0, 3);
    for (let i = 0; i < 5; i++) thinner.push(0, i, i);
    const line = thinner.line();
    assert.deepEqual([[...line.y], line.total], [[0, 1, 2], 5]);
  });

  it('joins bars of a step that touch, never loses their extremes, and covers what they covered', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 100 }), (list, width) => {
        const thinner = new BarThinner('data', 0, width);
        let x = 0;
        const all = list.map(({ wait, y }, rank) => ({ x: (x += wait), low: y, high: y + 1 + (rank % 50) }));
        all.forEach((p, rank) => thinner.push(p.x, p.low, p.high, rank));
        const line = thinner.line();
        for (const p of all) {
          const step = Math.floor(p.x / width);
          const mine = Array.from(line.x.keys()).filter((i) => Math.floor(line.x[i]! / width) === step);
          assert.ok(mine.length <= 4);
          assert.ok(mine.some((i) => line.y[i]! <= p.low && line.high[i]! >= p.high), 'covered');
          const theirs = all.filter((q) => Math.floor(q.x / width) === step);
          assert.equal(Math.min(...mine.map((i) => line.y[i]!)), Math.min(...theirs.map((q) => q.low)));
          assert.equal(Math.max(...mine.map((i) => line.high[i]!)), Math.max(...theirs.map((q) => q.high)));
        }
      }),
    );
  });
});
