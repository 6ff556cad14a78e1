import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { TempFile, removeStaleTempFiles } from '../../../../src/platform/node/tempFile';

const DAY_MS = 24 * 3600 * 1000;

describe('TempFile', () => {
  let root = '';
  beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-test-'))));
  afterEach(() => fs.rmSync(root, { recursive: true }));

  it('leaves nothing behind, also where the name of an open file does not go at once', async () => {
    const own = (): string[] => fs.readdirSync(os.tmpdir()).filter((name) => name.startsWith(`tcp-trace-${process.pid}-`));
    const before = own();
    const file = await TempFile.create();
    await file.append(Buffer.from('text'));
    // As on a file server, which keeps an open file that was removed under a name of its own.
    const folder = (file as unknown as { readonly folder: string }).folder;
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, '.nfs0001'), '');
    const bytes = Buffer.alloc(4);
    assert.equal(await file.readInto(0, bytes), 4);
    assert.equal(bytes.toString(), 'text');
    await file.close();
    assert.deepEqual(own(), before);
  });

  it('cleans up after processes that ended, and touches nothing else', async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const old = new Date(Date.now() - 2 * DAY_MS);
    const make = (name: string, time: Date): string => {
      const folder = path.join(root, name);
      fs.mkdirSync(folder);
      fs.writeFileSync(path.join(folder, 'inflated'), 'x');
      fs.utimesSync(path.join(folder, 'inflated'), time, time);
      fs.utimesSync(folder, time, time);
      return name;
    };
    make(`tcp-trace-${dead}-aaaaaa`, old);
    const kept = [
      make(`tcp-trace-${dead}-bbbbbb`, new Date()),
      make(`tcp-trace-${process.pid}-cccccc`, old),
      make(`tcp-trace-notes-${dead}`, old),
      make('elsewhere', old),
    ];
    if (process.platform !== 'win32') {
      fs.symlinkSync(path.join(root, 'elsewhere'), path.join(root, `tcp-trace-${dead}-dddddd`));
      kept.push(`tcp-trace-${dead}-dddddd`);
    }
    assert.equal(await removeStaleTempFiles(root), 1);
    assert.deepEqual(fs.readdirSync(root).sort(), kept.sort());
    assert.ok(fs.existsSync(path.join(root, 'elsewhere', 'inflated')));
    assert.equal(await removeStaleTempFiles(path.join(root, 'nowhere')), 0);
  });
});
