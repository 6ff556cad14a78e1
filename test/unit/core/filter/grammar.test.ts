import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';

describe('the parser of display filters', () => {
  it('is the one that its grammar makes', () => {
    const script = path.join(__dirname, '../../../../../scripts/grammar.mjs');
    const result = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    assert.equal(result.status, 0, result.stderr);
  });
});
