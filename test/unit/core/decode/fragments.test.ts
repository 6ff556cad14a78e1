import assert from 'node:assert/strict';
import { FragmentStore } from '../../../../src/core/decode/fragments';

describe('FragmentStore', () => {
  const part = new Uint8Array(1000).fill(7);

  it('leaves room for a header and copies its input', () => {
    const store = new FragmentStore();
    const b = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(store.add('k', b, 0, 8, 0, true, [4], 3), null);
    b.fill(0, 0, 8);
    const whole = store.add('k', b, 8, 9, 8, false, [5], 3)!;
    assert.deepEqual([...whole.bytes], [0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.deepEqual(whole.packets, [4, 5]);
    assert.deepEqual([store.waiting, store.held], [0, 0]);
  });

  it('holds a bounded number of sets and bytes; the oldest go', () => {
    const store = new FragmentStore();
    for (let i = 0; i < 50_000; i++) store.add(`s${i}`, part, 0, 8, 0, true, [i], 0);
    assert.ok(store.waiting <= 2048);
    assert.equal(store.add('s0', part, 0, 8, 8, false, [50_000], 0), null, 'the first set is gone');
    assert.ok(store.add('s49999', part, 0, 8, 8, false, [50_001], 0), 'the newest is not');
    const large = new FragmentStore();
    for (let i = 0; i < 100; i++) for (let k = 0; k < 60; k++) large.add(`s${i}`, part, 0, 1000, 8 + k * 1000, true, [i], 0);
    for (let i = 100; i < 1000; i++) for (let k = 0; k < 60; k++) large.add(`s${i}`, part, 0, 1000, 8 + k * 1000, true, [i], 0);
    assert.ok(large.held <= 17 << 20, `${large.held} bytes`);
  });

  it('counts the packets that brought a fragment: one may have come in thousands', () => {
    const store = new FragmentStore();
    const many = Array.from({ length: 8000 }, (_, i) => i);
    for (let i = 0; i < 2000; i++) store.add(`s${i}`, part, 0, 8, 0, true, many, 0);
    assert.ok(store.waiting * many.length * 8 <= 17 << 20, `${store.waiting} sets`);
    assert.ok(store.waiting > 100);
  });

  it('gives a set up that gets fragments without end', () => {
    const store = new FragmentStore();
    for (let i = 0; i < 25_000; i++) store.add('k', part, 0, 8, 8, true, [i], 0);
    assert.ok(store.held < 10_001 * 200);
  });

  it('refuses offsets beyond any datagram', () => {
    const store = new FragmentStore();
    assert.equal(store.add('k', part, 0, 1000, 0x20000, true, [0], 0), null);
    assert.equal(store.waiting, 0);
  });

  it('stays quick when small fragments come in reverse', () => {
    const store = new FragmentStore();
    const started = process.hrtime.bigint();
    let whole: Uint8Array | null = null;
    for (let i = 8190; i >= 0; i--) whole = store.add('k', part, 0, 8, i * 8, i !== 8190, [8190 - i], 0)?.bytes ?? null;
    assert.equal(whole?.length, 8191 * 8);
    assert.ok(process.hrtime.bigint() - started < 3_000_000_000n);
  });

  it('takes numbered fragments in order only', () => {
    const store = new FragmentStore();
    const add = (number: number, more: boolean): number | null => store.addNumbered('w', part, 0, 10, number, more, [number])?.bytes.length ?? null;
    assert.deepEqual([add(0, true), add(0, true), add(1, true), add(2, false)], [null, null, null, 30]);
    assert.deepEqual([add(0, true), add(2, false), add(1, true)], [null, null, null]);
    assert.equal(store.waiting, 0);
  });
});
