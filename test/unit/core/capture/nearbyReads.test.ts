import assert from 'node:assert/strict';
import { MemorySource, type ByteSource } from '../../../../src/core/capture/byteSource';
import { NearbyReads } from '../../../../src/core/capture/nearbyReads';

const BYTES = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);

/** A source that counts its reads and may grow. */
class Counted implements ByteSource {
  reads = 0;
  size = BYTES.length;
  private readonly inner = new MemorySource(BYTES);

  readInto(offset: number, target: Uint8Array): Promise<number> {
    this.reads++;
    return this.inner.readInto(offset, target.subarray(0, Math.max(0, Math.min(target.length, this.size - offset))));
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function read(nearby: NearbyReads, offset: number, length: number): Promise<Uint8Array> {
  const target = new Uint8Array(length);
  return target.subarray(0, await nearby.readInto(offset, target));
}

describe('NearbyReads', () => {
  it('gives the bytes that the source has, wherever they are', async () => {
    const nearby = new NearbyReads(new Counted());
    for (const [offset, length] of [[0, 16], [16, 74], [16_000, 1000], [99_990, 20], [50_000, 40_000], [3, 0], [100_000, 8]] as const) {
      assert.deepEqual(await read(nearby, offset, length), BYTES.subarray(offset, offset + length), `${offset}+${length}`);
    }
  });

  it('reads neighbours once', async () => {
    const source = new Counted();
    const nearby = new NearbyReads(source);
    for (let at = 1000; at < 9000; at += 90) await read(nearby, at, 90);
    assert.equal(source.reads, 1);
  });

  it('sees what a source that has grown got since', async () => {
    const source = new Counted();
    source.size = 1000;
    const nearby = new NearbyReads(source);
    assert.equal((await read(nearby, 950, 100)).length, 50);
    source.size = 2000;
    assert.deepEqual(await read(nearby, 950, 100), BYTES.subarray(950, 1050));
  });

  it('keeps requests apart that overlap in time', async () => {
    const nearby = new NearbyReads(new Counted());
    const offsets = Array.from({ length: 50 }, (_, i) => (i * 37_813) % 99_000);
    const found = await Promise.all(offsets.map((offset) => read(nearby, offset, 200)));
    found.forEach((bytes, i) => assert.deepEqual(bytes, BYTES.subarray(offsets[i], offsets[i]! + 200)));
  });
});
