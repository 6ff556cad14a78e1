import assert from 'node:assert/strict';
import path from 'node:path';
import { FormatError } from '../../src/core/capture/captureReader';
import { openReader } from '../../src/core/capture/detect';
import { packetField, type PacketField, type TcpRow } from '../../src/core/fields/packetFields';
import { Pipeline } from '../../src/core/index/pipeline';
import { openSource } from '../../src/platform/node/openSource';
import { CORPUS, DeliberateDifferences, isLabel, oracleCases, readTable, sameCell } from './support/corpus';

/** Agreement of one column over all captures. */
interface Tally {
  rows: number;
  agree: number;
  present: number;
  missing: number;
  extra: number;
  different: number;
}

async function ourRows(file: string, fields: readonly PacketField[]): Promise<Map<string, string[]>> {
  const rows = new Map<string, string[]>();
  const source = await openSource(file, { maxInflatedBytes: 2 ** 32 });
  try {
    const pipeline = new Pipeline(await openReader(source), { splitStreamsBy: [] }, null);
    const sink = (row: { segment: unknown; packet: number }): boolean => {
      if (row.segment)
        rows.set(
          String(row.packet + 1),
          fields.map((f) => {
            const value = f.value(row as TcpRow);
            return typeof value === 'string' ? value : value.join(',');
          }),
        );
      return true;
    };
    while (await pipeline.read(sink, 1 << 20));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  } finally {
    await source.close();
  }
  return rows;
}

describe('every field of every capture agrees with tshark', function () {
  this.timeout(600_000);

  before(function () {
    if (!CORPUS) this.skip();
  });

  it('in all columns of the oracle', async () => {
    const deliberate = new DeliberateDifferences(path.join(__dirname, '../../../test/corpus/deliberate.tsv'));
    const tallies = new Map<string, Tally>();
    const faults: string[] = [];
    let allowed = 0;
    let cells = 0;
    let rows = 0;
    for (const { name, capture, oracle } of oracleCases()) {
      const theirs = readTable(oracle);
      const fields = theirs.columns.map((c) => packetField(c));
      const missingFields = theirs.columns.filter((_, i) => !fields[i]);
      assert.deepEqual(missingFields, [], `fields that we do not print`);
      const ours = await ourRows(capture, fields as PacketField[]);
      const differ = (frame: string, column: string, a: string, b: string): void => {
        if (deliberate.covers(name, frame, column, a, b)) allowed++;
        else faults.push(`${name} frame ${frame} ${column}: ours=${a} oracle=${b}`);
      };
      for (const row of theirs.rows) {
        rows++;
        const frame = row[0]!;
        const mine = ours.get(frame);
        ours.delete(frame);
        if (!mine) {
          differ(frame, '(row)', 'absent', 'present');
          continue;
        }
        theirs.columns.forEach((column, i) => {
          cells++;
          const a = mine[i] ?? '';
          const b = row[i] ?? '';
          const tally = tallies.get(column) ?? { rows: 0, agree: 0, present: 0, missing: 0, extra: 0, different: 0 };
          tallies.set(column, tally);
          tally.rows++;
          if (sameCell(column, a, b)) {
            tally.agree++;
            if (b !== '') tally.present++;
          } else {
            if (a === '') tally.missing++;
            else if (b === '') tally.extra++;
            else tally.different++;
            differ(frame, column, a, b);
          }
        });
      }
      for (const frame of ours.keys()) differ(frame, '(row)', 'present', 'absent');
    }
    for (const [column, t] of tallies) {
      const recall = (100 * t.present) / Math.max(1, t.present + t.missing + t.different);
      const precision = (100 * t.present) / Math.max(1, t.present + t.extra + t.different);
      if (isLabel(column) || t.agree !== t.rows)
        console.log(`      ${column.padEnd(42)} ${String(t.rows).padStart(7)} rows  ${((100 * t.agree) / t.rows).toFixed(4)}%  matches ${t.present} misses ${t.missing} extras ${t.extra} differ ${t.different}  recall ${recall.toFixed(2)}% precision ${precision.toFixed(2)}%`);
    }
    console.log(`      ${rows} segments, ${cells} cells, ${allowed} deliberate differences, ${faults.length} unexplained`);
    assert.equal(faults.length, 0, `\n${faults.slice(0, 40).join('\n')}`);
    assert.deepEqual(deliberate.unused(), [], 'rows of deliberate.tsv that match nothing');
    assert.ok(allowed <= rows * 0.0005, `${allowed} deliberate differences are more than 0.05 % of ${rows} rows`);
  });
});
