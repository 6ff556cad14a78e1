import assert from 'node:assert/strict';
import { SessionPool } from '../../../src/extension/sessionPool';

class Thing {
  ended = 0;
  end(): Promise<void> {
    this.ended++;
    return Promise.resolve();
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('SessionPool', () => {
  it('shares one thing per key and ends it after the grace period only', async () => {
    const pool = new SessionPool<Thing>(20);
    const a = pool.acquire('x', () => new Thing());
    const b = pool.acquire('x', () => new Thing());
    assert.equal(a.value, b.value);
    a.release();
    a.release();
    await wait(40);
    assert.equal(a.value.ended, 0, 'b still uses it; a second release counts for nothing');
    b.release();
    assert.equal(a.value.ended, 0);
    await wait(40);
    assert.equal(a.value.ended, 1);
    assert.notEqual(pool.acquire('x', () => new Thing()).value, a.value);
    await pool.end();
  });

  it('survives a tab that moves', async () => {
    const pool = new SessionPool<Thing>(30);
    const a = pool.acquire('x', () => new Thing());
    a.release();
    const b = pool.acquire('x', () => new Thing());
    await wait(60);
    assert.equal(b.value, a.value);
    assert.equal(b.value.ended, 0);
    await pool.end();
    assert.equal(b.value.ended, 1);
  });
});
