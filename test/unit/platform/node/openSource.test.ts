import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { SourceError } from '../../../../src/core/capture/byteSource';
import { createEngine } from '../../../../src/core/engine';
import type { CaptureState } from '../../../../src/core/engineApi';
import { openBytes, openSource, type OpenedSource } from '../../../../src/platform/node/openSource';
import { SHORT_CONNECTION, tcpCapture } from '../../../support/pcapWriter';

const NO_LIMIT = { maxInflatedBytes: 2 ** 40 };

async function all(source: OpenedSource): Promise<Buffer> {
  const bytes = Buffer.alloc(source.size);
  assert.equal(await source.readInto(0, bytes), bytes.length);
  return bytes;
}

const failsWith = (code: string) => (error: unknown): boolean => error instanceof SourceError && error.code === code && error.message !== '';

describe('openSource', () => {
  let dir = '';
  const file = (name: string, bytes: Uint8Array): string => {
    fs.writeFileSync(path.join(dir, name), bytes);
    return path.join(dir, name);
  };
  /** Private temporary files of inflated captures that this process still holds. */
  const leftBehind = (): string[] => fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith(`tcp-trace-${process.pid}-`));

  before(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-source-'))));
  after(() => fs.rmSync(dir, { recursive: true }));

  it('refuses what is no file, with a code and words', async () => {
    await assert.rejects(openSource(path.join(dir, 'none'), NO_LIMIT), failsWith('ENOENT'));
    await assert.rejects(openSource(dir, NO_LIMIT), failsWith('EISDIR'));
  });

  it('reads a file as it is, at any place', async () => {
    const bytes = randomBytes(300_000);
    const source = await openSource(file('plain', bytes), NO_LIMIT);
    assert.deepEqual(await all(source), bytes);
    const tail = Buffer.alloc(100);
    assert.equal(await source.readInto(bytes.length - 30, tail), 30);
    assert.equal(await source.readInto(bytes.length + 30, tail), 0);
    await source.close();
  });

  it('looks at the file once at a time: an older look does not lower the size again', async () => {
    const source = await openSource(file('looks', Buffer.alloc(100)), NO_LIMIT);
    for (let i = 0; i < 50; i++) {
      const looks: Promise<unknown>[] = [];
      for (let k = 0; k < 4; k++) {
        looks.push(source.check());
        fs.appendFileSync(path.join(dir, 'looks'), Buffer.alloc(100));
      }
      looks.push(source.check());
      await Promise.all(looks);
      assert.equal(source.size, 100 + 400 * (i + 1));
    }
    await source.close();
  });

  describe('of a gzip', () => {
    const parts = [randomBytes(200_000), Buffer.alloc(0), Buffer.alloc(1_500_000, 7), randomBytes(10)];
    const inflated = Buffer.concat(parts);
    const members = parts.map((part) => gzipSync(part));
    const zipped = Buffer.concat(members);

    it('inflates 100,000 small members in a few seconds', async function () {
      this.timeout(60_000);
      // Of three kinds: with a header that is longer than what is looked at first, stored, and compressed.
      const long = gzipSync(Buffer.from('long'));
      const named = Buffer.concat([long.subarray(0, 3), Buffer.from([8]), long.subarray(4, 10), Buffer.alloc(9_000, 'n'), Buffer.alloc(1), long.subarray(10)]);
      const kinds = [gzipSync(Buffer.from('stored'), { level: 0 }), gzipSync(Buffer.alloc(400, 'compressed')), gzipSync(Buffer.alloc(0))];
      const texts = ['stored', 'compressed'.repeat(40), ''];
      const count = 100_000;
      const path = file('small.gz', Buffer.concat([...Array.from({ length: count }, (_, i) => kinds[i % 3]!), named]));
      const before = process.cpuUsage();
      const source = await openSource(path, NO_LIMIT);
      const { user, system } = process.cpuUsage(before);
      assert.equal(source.fault, null);
      assert.ok((await all(source)).equals(Buffer.from(Array.from({ length: count }, (_, i) => texts[i % 3]!).join('') + 'long')));
      await source.close();
      assert.ok((user + system) / 1e6 < 8, `${(user + system) / 1e6} s of CPU time`);
    });

    it('inflates all members, ignores padding, tells progress, and leaves no file behind', async () => {
      const before = leftBehind();
      const told: number[] = [];
      const source = await openSource(file('members.gz', Buffer.concat([zipped, Buffer.alloc(512)])), { ...NO_LIMIT, progress: (f) => told.push(f) });
      assert.deepEqual(await all(source), inflated);
      assert.equal(source.fault, null);
      assert.equal(told.at(-1), 1);
      assert.ok(told.every((f, i) => f >= 0 && f <= 1 && f >= (told[i - 1] ?? 0)), told.join(' '));
      await source.close();
      assert.deepEqual(leftBehind(), before);
    });

    it('does the same with bytes in memory', async () => {
      const source = await openBytes(zipped, NO_LIMIT);
      assert.deepEqual(await all(source), inflated);
    });

    it('keeps what comes before a cut, a wrong checksum, a wrong length and damaged data', async () => {
      const bad = (change: (b: Buffer) => Buffer): Buffer => change(Buffer.from(zipped));
      const crcAt = members[0]!.length - 8;
      const cases: readonly (readonly [string, Buffer, 'cut' | 'corrupt', number])[] = [
        ['cut in data', bad((b) => b.subarray(0, 100_000)), 'cut', 0],
        ['cut in a trailer', bad((b) => b.subarray(0, members[0]!.length - 3)), 'cut', parts[0]!.length],
        ['cut in a header', bad((b) => b.subarray(0, members[0]!.length + 4)), 'cut', parts[0]!.length],
        ['checksum', bad((b) => (b.writeUInt32LE((b.readUInt32LE(crcAt) ^ 1) >>> 0, crcAt), b)), 'corrupt', parts[0]!.length],
        ['length', bad((b) => (b.writeUInt32LE(1, crcAt + 4), b)), 'corrupt', parts[0]!.length],
        ['other data behind', bad((b) => Buffer.concat([b.subarray(0, members[0]!.length), Buffer.from('no gzip')])), 'corrupt', parts[0]!.length],
      ];
      for (const [name, bytes, kind, least] of cases) {
        const source = await openSource(file('bad.gz', bytes), NO_LIMIT);
        assert.equal(source.fault?.kind, kind, name);
        assert.ok(source.fault.offset <= bytes.length && source.fault.expected !== '' && source.fault.found !== '', name);
        assert.ok(source.size >= least, `${name}: ${source.size}`);
        assert.deepEqual(await all(source), inflated.subarray(0, source.size), name);
        await source.close();
      }
    });

    it('stops at the limit, and says which setting raises it', async () => {
      const before = leftBehind();
      await assert.rejects(openSource(file('large.gz', zipped), { maxInflatedBytes: 1_000_000 }), failsWith('EFBIG'));
      assert.deepEqual(leftBehind(), before);
    });

    it('notices by itself that the file changed while it was being inflated', async () => {
      const growing = file('growing.pcap.gz', Buffer.concat([gzipSync(tcpCapture(SHORT_CONNECTION)), gzipSync(randomBytes(300_000))]));
      const engine = createEngine(
        {
          yield: () => new Promise((resolve) => setImmediate(resolve)),
          now: () => performance.now(),
          openSource: (progress) =>
            openSource(growing, {
              ...NO_LIMIT,
              progress: (f) => {
                progress(f);
                if (f === 1) fs.appendFileSync(growing, gzipSync('more'));
              },
            }),
        },
        { splitStreamsBy: [] },
      );
      await engine.start();
      const state = await engine.call('state', null);
      assert.equal(state.ok && state.value.change, 'replaced');
      await engine.close();
    });

    it('stops when it is cancelled, and the engine starts over when asked', async () => {
      const before = leftBehind();
      const capture = tcpCapture(SHORT_CONNECTION);
      const big = file('cancelled.pcap.gz', Buffer.concat([gzipSync(capture), gzipSync(Buffer.alloc(40_000_000))]));
      let cancelAt = 0.001;
      const engine = createEngine(
        {
          yield: () => new Promise((resolve) => setImmediate(resolve)),
          now: () => performance.now(),
          openSource: (progress, signal) =>
            openSource(big, {
              ...NO_LIMIT,
              signal,
              progress: (f) => {
                progress(f);
                if (f > cancelAt && f < 1) void engine.call('cancelIndexing', null);
              },
            }),
        },
        { splitStreamsBy: [] },
      );
      const states: CaptureState[] = [];
      engine.onState((state) => states.push(state));
      await engine.start();
      assert.equal(states.at(-1)?.phase, 'cancelled');
      assert.notEqual(states.at(-1)?.failure, null);
      assert.deepEqual(leftBehind(), before);
      cancelAt = Infinity;
      const done = new Promise<CaptureState>((resolve) => {
        engine.onState((state) => {
          if (state.phase === 'done' || state.phase === 'failed') resolve(state);
        });
      });
      await engine.call('reload', null);
      const state = await done;
      assert.equal(state.phase, 'done');
      assert.ok(state.packets >= SHORT_CONNECTION.length);
      await engine.close();
    });
  });

  it('tells a file that grew, was replaced, or was deleted from one that is the same', async () => {
    const name = file('watched', Buffer.from('0123456789'.repeat(20)));
    const source = await openSource(name, NO_LIMIT);
    assert.equal(await source.check(), 'same');
    fs.appendFileSync(name, 'more');
    assert.equal(await source.check(), 'grown');
    assert.equal(source.size, 204);
    assert.equal(await source.check(), 'same');
    fs.truncateSync(name, 50);
    assert.equal(await source.check(), 'replaced');
    fs.rmSync(name);
    assert.equal(await source.check(), 'deleted');
    // Still open: what was there can be read.
    assert.equal(await source.readInto(0, Buffer.alloc(10)), 10);
    file('watched', Buffer.from('x'.repeat(300)));
    assert.equal(await source.check(), 'replaced');
    await source.close();
  });
});
