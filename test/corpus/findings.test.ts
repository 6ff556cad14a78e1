import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Finding } from '../../src/core/findings/finding';
import { findingSpec } from '../../src/core/findings/findingSpecs';
import { allFindings, studyCapture } from '../support/study';
import { CORPUS, readTable } from './support/corpus';

/*
 * Findings on every recording of a real stack: what each was made to show is found, and comes first in its stream; what must not
 * appear does not; and every warning or error beyond that was looked at: findings-review.tsv says why it is right.
 */

const RECORDINGS = path.join(CORPUS, 'recordings');

/** Scenarios in which something worse happened as well: a window that shrank to nothing, a needless retransmission after reordering. */
const NOT_FIRST: ReadonlySet<string> = new Set(['window_shrink', 'jitter_delay', 'reorder_some']);

/** "loss.*" fits "loss.timeout". */
const fits = (pattern: string, id: string): boolean => (pattern.endsWith('*') ? id.startsWith(pattern.slice(0, -1)) : pattern === id);

function capturesOf(scenario: string): string[] {
  const folder = path.join(RECORDINGS, scenario);
  return fs.readdirSync(folder).filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name)).sort().map((name) => path.join(folder, name));
}

interface Found {
  readonly capture: string;
  readonly finding: Finding;
  /** It is the first of its stream (or of the capture). */
  readonly first: boolean;
}

async function studyScenario(scenario: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const file of capturesOf(scenario)) {
    let bytes: Uint8Array = fs.readFileSync(file);
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
    const seen = new Set<number | null>();
    for (const finding of allFindings(await studyCapture(bytes))) {
      // What is about the capture as a whole has no order of its own.
      found.push({ capture: path.basename(file), finding, first: finding.stream === null || !seen.has(finding.stream) });
      seen.add(finding.stream);
    }
  }
  return found;
}

describe('findings on recordings', function () {
  this.timeout(600_000);
  const byScenario = new Map<string, Found[]>();
  before(async function () {
    if (!CORPUS) this.skip();
    for (const entry of fs.readdirSync(RECORDINGS, { withFileTypes: true })) if (entry.isDirectory() && entry.name !== 'oracle') byScenario.set(entry.name, await studyScenario(entry.name));
  });

  it('finds what each was made to show, first in its stream, and nothing that must not appear', () => {
    const faults: string[] = [];
    for (const [scenario, expected = '', forbidden = ''] of readTable(path.join(RECORDINGS, 'expected-findings.tsv')).rows) {
      if (!scenario || scenario === 'scenario' || scenario.startsWith('#')) continue;
      const found = byScenario.get(scenario) ?? [];
      for (const wanted of expected.split(',').filter(Boolean)) {
        const any = wanted.split('|');
        if (!any.every((id) => findingSpec(id)) && !found.some((f) => any.some((id) => fits(id, f.finding.id)))) {
          console.log(`      ${scenario.padEnd(30)} ${wanted.padEnd(52)} no detector`);
          continue;
        }
        const hits = found.filter((f) => any.some((id) => fits(id, f.finding.id)));
        const first = hits.some((f) => f.first);
        console.log(`      ${scenario.padEnd(30)} ${wanted.padEnd(52)} ${hits.length > 0 ? `${hits.length}x${first ? ', first' : ''}` : 'MISSING'}`);
        if (hits.length === 0) faults.push(`${scenario}: ${wanted} is missing`);
        else if (!first && !NOT_FIRST.has(scenario)) faults.push(`${scenario}: ${wanted} is never the first of its stream`);
      }
      for (const pattern of forbidden.split(',').filter(Boolean)) {
        for (const f of found) if (fits(pattern, f.finding.id) && f.finding.severity !== 'info') faults.push(`${scenario}: ${f.capture} stream ${f.finding.stream}: ${f.finding.id} must not appear`);
      }
    }
    assert.deepEqual(faults, []);
  });

  it('reports no warning or error that nobody has looked at', () => {
    const rows = readTable(path.join(__dirname, '../../../test/corpus/findings-review.tsv')).rows;
    const reviewed = new Set(rows.map(([scenario, stream, id]) => `${scenario} ${stream} ${id}`));
    const unseen = new Set<string>();
    for (const [scenario, found] of byScenario) {
      for (const { finding } of found) {
        if (finding.severity === 'info') continue;
        const stream = finding.stream === null ? '-' : String(finding.stream);
        if (!reviewed.has(`${scenario} ${stream} ${finding.id}`) && !reviewed.has(`${scenario} * ${finding.id}`)) unseen.add(`${scenario}\t${stream}\t${finding.id}`);
      }
    }
    assert.deepEqual([...unseen], []);
    assert.deepEqual(rows.filter(([, , , why]) => !why).map((row) => row.join(' ')), []);
  });
});
