import assert from 'node:assert/strict';
import { UNACKED_MAX, UnackedPool } from '../../../../src/core/stream/unackedPool';

describe('UnackedPool', () => {
  it('gives an emptied list to the next flow', () => {
    const pool = new UnackedPool();
    const a = pool.append(0, 1, 0, 10, 5);
    assert.equal(pool.acknowledge(a, 10), 0);
    assert.deepEqual([pool.matchedFrame, pool.matchedTime], [1, 5]);
    assert.equal(pool.append(0, 2, 0, 10, 6), a);
    assert.equal(pool.count(a), 1);
  });

  it('matches the oldest of equal ends, removes what is covered, cuts what is covered in part', () => {
    const pool = new UnackedPool();
    let id = pool.append(0, 1, 0, 10, 1);
    id = pool.append(id, 2, 10, 20, 2);
    id = pool.append(id, 3, 10, 20, 3);
    id = pool.append(id, 4, 20, 40, 4);
    assert.equal(pool.acknowledge(id, 20), id);
    assert.equal(pool.matchedFrame, 2);
    assert.equal(pool.count(id), 1);
    pool.acknowledge(id, 30);
    assert.equal(pool.matchedFrame, 0);
    assert.equal(pool.span(id, 0), 10);
  });

  it('keeps its order over wrap-around of ring and numbers', () => {
    const pool = new UnackedPool();
    let id = 0;
    let seq = 0xffffff00;
    for (let i = 0; i < 1000; i++) {
      id = pool.append(id, i + 1, seq, (seq + 10) >>> 0, i);
      if (i >= 2) id = pool.acknowledge(id, (seq - 10) >>> 0);
      seq = (seq + 10) >>> 0;
    }
    assert.equal(pool.count(id), 2);
    assert.equal(pool.oldestFrame(id), 999);
  });

  it('measures the span relative to the base, unsigned', () => {
    const pool = new UnackedPool();
    let id = pool.append(0, 1, 90, 100, 0);
    id = pool.append(id, 2, 100, 110, 0);
    assert.equal(pool.span(id, 50), 20);
    assert.equal(pool.span(id, 95), 10, 'what starts before the base starts at a huge number');
  });

  it('holds a full list in one ring', () => {
    const pool = new UnackedPool();
    let id = 0;
    for (let i = 0; i < UNACKED_MAX; i++) id = pool.append(id, i + 1, i * 10, i * 10 + 10, i);
    assert.equal(pool.count(id), UNACKED_MAX);
    assert.equal(pool.span(id, 0), UNACKED_MAX * 10);
    assert.equal(pool.acknowledge(id, 50_000), id);
    assert.deepEqual([pool.count(id), pool.oldestFrame(id), pool.oldestTime(id), pool.matchedFrame], [UNACKED_MAX - 5000, 5001, 5000, 5000]);
  });
});
