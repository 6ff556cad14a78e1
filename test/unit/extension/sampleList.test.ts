import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { SAMPLE_FOLDER, SAMPLE_TOPICS, SAMPLES } from '../../../src/extension/sampleList';
import { openCapture } from '../../support/openCapture';

const folder = path.join(...SAMPLE_FOLDER);

describe('sample captures', () => {
  it('lists every file of the folder once, with what to learn and how it was made', () => {
    assert.deepEqual(SAMPLES.map((s) => s.file).sort(), readdirSync(folder).filter((name) => name !== 'README.md').sort());
    assert.equal(new Set(SAMPLES.map((s) => s.title)).size, SAMPLES.length);
    for (const sample of SAMPLES) {
      assert.match(sample.lesson, /^.{30,80}\.$/, sample.file);
      assert.match(sample.recipe, /^.{30,300}\.$/, sample.file);
    }
    assert.deepEqual([...SAMPLE_TOPICS].filter((topic) => !SAMPLES.some((s) => s.topic === topic)), []);
  });

  it('stays small', () => {
    assert.ok(SAMPLES.reduce((sum, sample) => sum + statSync(path.join(folder, sample.file)).size, 0) < 250_000);
  });

  it('repeats the recipes in the README beside the files', () => {
    const readme = readFileSync(path.join(folder, 'README.md'), 'utf8');
    for (const sample of SAMPLES) assert.ok(readme.includes(`| \`${sample.file}\` | ${sample.title}. ${sample.lesson} | ${sample.recipe} |`), sample.file);
  });

  it('opens each with its finding on top', async () => {
    const wrong: string[] = [];
    for (const { file, finding } of SAMPLES) {
      const opened = await openCapture(readFileSync(path.join(folder, file)));
      while ((await opened.ask('state', null)).study.phase !== 'done') await new Promise((resolve) => setImmediate(resolve));
      const [first] = await opened.ask('findingGroups', null);
      if (finding === null ? first !== undefined && first.severity !== 'info' : first?.id !== finding) wrong.push(`${file}: ${first?.id} on top, not ${finding}`);
    }
    assert.deepEqual(wrong, []);
  });

  for (const sample of SAMPLES) {
    it(`reads ${sample.file} to its end`, async () => {
      const opened = await openCapture(readFileSync(path.join(folder, sample.file)));
      const { phase, fault, tcpPackets, streams } = await opened.ask('state', null);
      assert.deepEqual([phase, fault], ['done', null]);
      assert.ok(streams > 0 && tcpPackets >= 2);
    });
  }
});
