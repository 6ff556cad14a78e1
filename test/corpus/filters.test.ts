import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { MemorySource } from '../../src/core/capture/byteSource';
import { openReader } from '../../src/core/capture/detect';
import { compileFilter } from '../../src/core/filter/compile';
import { FilterRun } from '../../src/core/filter/filterRun';
import { Indexer } from '../../src/core/index/indexer';
import { CaptureModel } from '../../src/core/query/captureModel';
import { openSource } from '../../src/platform/node/openSource';
import { CORPUS, readTable } from './support/corpus';

const HERE = path.join(__dirname, '../../../test/corpus');
const host = { yield: () => new Promise<void>((resolve) => setImmediate(resolve)), now: () => performance.now() };

/** Packets as the table writes them: their numbers, or how many and a hash. */
function written(numbers: readonly number[]): string {
  const text = numbers.join(',');
  return numbers.length <= 3 ? text : `${numbers.length}#${createHash('sha1').update(text).digest('hex').slice(0, 5)}`;
}

async function packets(model: CaptureModel, filter: string): Promise<number[]> {
  const compiled = compileFilter(filter, model);
  assert.ok(compiled.ok, compiled.ok ? '' : `${filter}: ${compiled.fault.message}`);
  const run = new FilterRun(model, compiled.value, null, host);
  await run.run();
  return Array.from(run.matches, (p) => p + 1);
}

describe('display filters find the packets that tshark finds', function () {
  this.timeout(600_000);

  before(function () {
    if (!CORPUS) this.skip();
  });

  it('for every filter and capture of the table', async () => {
    const { columns, rows } = readTable(process.env.TCP_TRACE_FILTERS ?? path.join(HERE, 'filters.tsv'));
    // filter, capture (or *), reason
    const deliberate = readTable(path.join(HERE, 'filterDifferences.tsv')).rows.map((cells) => ({ cells, used: false }));
    const faults: string[] = [];
    for (const [column, capture] of columns.entries()) {
      if (column === 0) continue;
      const file = await openSource(path.join(CORPUS, capture), { maxInflatedBytes: 2 ** 32 });
      try {
        // In memory: records are read again and again.
        const bytes = new Uint8Array(file.size);
        await file.readInto(0, bytes);
        const indexer = new Indexer(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] });
        while (await indexer.read(1 << 22));
        const model = new CaptureModel(indexer, 0);
        for (const row of rows) {
          const [filter, expected] = [row[0]!, row[column] ?? ''];
          const found = await packets(model, filter);
          if (written(found) === expected) continue;
          const allowed = deliberate.find(({ cells: [f, c] }) => f === filter && (c === '*' || c === capture));
          if (allowed) allowed.used = true;
          else faults.push(`${filter} on ${capture}: ${found.length} packets (${found.slice(0, 12).join(',')}), tshark ${expected}`);
        }
      } finally {
        await file.close();
      }
    }
    console.log(`      ${rows.length} filters, ${columns.length - 1} captures, ${rows.length * (columns.length - 1)} answers, ${faults.length} differ`);
    assert.ok(rows.length >= 200, 'the table is not complete');
    assert.deepEqual(faults, []);
    assert.deepEqual(deliberate.filter((row) => !row.used).map((row) => row.cells.join('\t')), [], 'differences that are no longer there');
  });
});
