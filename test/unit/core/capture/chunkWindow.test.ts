import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ByteSource } from '../../../../src/core/capture/byteSource';
import { ChunkWindow } from '../../../../src/core/capture/chunkWindow';

/** A source of counting bytes whose reads end in an order of their own. */
class SlowSource implements ByteSource {
  readonly bytes: Uint8Array;
  fails = new Set<number>();
  reads = 0;

  constructor(
    public size: number,
    private readonly delays: readonly number[] = [0],
  ) {
    this.bytes = Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >>> 8)) & 255);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async readInto(offset: number, target: Uint8Array): Promise<number> {
    const delay = this.delays[this.reads++ % this.delays.length]!;
    for (let i = 0; i < delay; i++) await Promise.resolve();
    if (this.fails.has(offset)) throw new Error(`cannot read at ${offset}`);
    const part = this.bytes.subarray(offset, Math.min(offset + target.length, this.size));
    target.set(part);
    return part.length;
  }
}

const at = (window: ChunkWindow, position: number, count: number): number[] => [...window.bytes.subarray(position - window.base, position - window.base + count)];

describe('chunk window', () => {
  it('shows the bytes of the file whatever the order of positions, sizes and loads', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 3000 }),
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.tuple(fc.oneof(fc.integer({ min: -40, max: 120 }), fc.integer({ min: 0, max: 3100 })), fc.integer({ min: 1, max: 400 })), { maxLength: 40 }),
        async (size, delays, steps) => {
          const source = new SlowSource(size, delays);
          const window = new ChunkWindow(source, 100, 50);
          let position = 0;
          for (const [step, need] of steps) {
            position = Math.max(0, step <= 120 ? position + step : step);
            const have = await window.slide(position, need);
            assert.ok(have >= Math.min(need, Math.max(0, size - position)), `${have} of ${need} at ${position} of ${size}`);
            assert.deepEqual(at(window, position, Math.min(have, need)), [...source.bytes.subarray(position, position + Math.min(have, need))]);
          }
        },
      ),
    );
  });

  it('reads ahead, and reads each chunk once when it is walked through', async () => {
    const source = new SlowSource(1000);
    const window = new ChunkWindow(source, 100, 50);
    await window.slide(0, 10);
    assert.equal(source.reads, 3, 'the first chunk and two ahead');
    for (let position = 0; position < 1000; position += 10) await window.slide(position, 10);
    assert.equal(source.reads, 10);
  });

  it('tells of a failed load only when its bytes are wanted, and reads them when they can be read again', async () => {
    const source = new SlowSource(1000);
    source.fails.add(100);
    const window = new ChunkWindow(source, 100, 50);
    assert.equal(await window.slide(0, 10), 100);
    await assert.rejects(window.slide(95, 10), /cannot read at 100/);
    source.fails.clear();
    assert.ok((await window.slide(95, 10)) >= 10);
    assert.deepEqual(at(window, 95, 10), [...source.bytes.subarray(95, 105)]);
  });

  it('sees what was added once the source has grown', async () => {
    const source = new SlowSource(500);
    source.size = 130;
    const window = new ChunkWindow(source, 100, 50);
    assert.equal(await window.slide(60, 100), 70);
    source.size = 500;
    window.forget();
    assert.ok((await window.slide(60, 100)) >= 100);
    assert.deepEqual(at(window, 60, 100), [...source.bytes.subarray(60, 160)]);
  });
});
