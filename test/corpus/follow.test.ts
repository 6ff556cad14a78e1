import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { MemorySource } from '../../src/core/capture/byteSource';
import { openReader } from '../../src/core/capture/detect';
import { Indexer } from '../../src/core/index/indexer';
import { CaptureModel } from '../../src/core/query/captureModel';
import { CHUNK_CUT, CHUNK_DATA } from '../../src/core/query/followIndex';
import { StreamFollower } from '../../src/core/query/followStream';

/*
 * Followed streams against `tshark -z follow,tcp,raw`, whose bytes are kept as hashes: followHashes.tsv, made by
 * scripts/follow-oracle.mjs.
 */
const CORPUS = process.env.TCP_TRACE_CORPUS;

/** Captures where tshark gives something else, and why. Each must be needed. */
const DELIBERATE: readonly (readonly [RegExp, string])[] = [[/reasm_crash_anon|base64-decode-5885|transform-base64-7296/, 'fuzzed: lengths that the frames do not hold']];

describe('followed streams of the corpora', function () {
  this.timeout(600_000);
  if (!CORPUS) {
    it('are not here (TCP_TRACE_CORPUS is unset)');
    return;
  }

  it('carry the bytes that tshark follows', async () => {
    const differences: string[] = [];
    const used = new Set<string>();
    let streams = 0;
    let bytes = 0;
    let cut = 0;
    let opened = '';
    let follower!: StreamFollower;
    for (const line of readFileSync(path.resolve(__dirname, '../../../test/corpus/followHashes.tsv'), 'utf8').trimEnd().split('\n').slice(1)) {
      const cells = line.split('\t');
      const file = cells[0]!;
      if (file !== opened) {
        const indexer = new Indexer(await openReader(new MemorySource(new Uint8Array(readFileSync(path.join(CORPUS, file))))), { splitStreamsBy: [] });
        while (await indexer.read(4 << 20));
        follower = new StreamFollower(new CaptureModel(indexer, 0));
        opened = file;
      }
      const stream = Number(cells[1]);
      const signal = { aborted: false };
      const index = await follower.index(stream, signal);
      const sides = [0, 1].map(() => ({ bytes: 0, missing: 0, hash: createHash('sha1') }));
      let cuts = false;
      for (let i = 0; i < Math.min(index.length, index.tail); i++) {
        const side = sides[index.direction(i)]!;
        const kind = index.kind(i);
        if (kind === CHUNK_CUT) cuts = true;
        else if (kind === CHUNK_DATA) {
          side.hash.update(await follower.bytes(index.packet(i), index.skip(i), index.size(i)));
          side.bytes += index.size(i);
        } else {
          side.hash.update(`<${index.size(i)}>`);
          side.missing += index.size(i);
        }
      }
      // After a segment that the capture cut tshark counts on from what was captured.
      if (cuts) {
        cut++;
        continue;
      }
      streams++;
      bytes += sides[0]!.bytes + sides[1]!.bytes;
      const ours = sides.flatMap((s) => [s.bytes, s.missing, s.hash.digest('hex').slice(0, 16)]).join(' ');
      const theirs = cells.slice(2).join(' ');
      if (ours === theirs) continue;
      const meant = DELIBERATE.find(([name]) => name.test(file));
      if (meant) used.add(meant[1]);
      else differences.push(`${file} stream ${stream}\n  ours   ${ours}\n  tshark ${theirs}`);
    }
    console.log(`${streams} streams with ${bytes} bytes compared, ${cut} with cut segments left out, ${differences.length} differ`);
    assert.deepEqual(differences.slice(0, 20), []);
    assert.deepEqual(DELIBERATE.filter(([, why]) => !used.has(why)).map(([, why]) => why), []);
    assert.ok(streams > 300);
  });
});
