import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SourceError } from '../../../src/core/capture/byteSource';
import { OutputFile } from '../../../src/platform/node/outputFile';

const code = (expected: string) => (error: unknown) => error instanceof SourceError && error.code === expected;

describe('an output file', () => {
  let dir = '';
  beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-out-'))));
  afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));
  const bytes = new TextEncoder().encode('new');

  it('appears when it is complete, and leaves nothing else behind', async () => {
    const target = path.join(dir, 'out.txt');
    const file = await OutputFile.create(target, { overwrite: false, source: null });
    await file.write(bytes);
    assert.ok(!fs.existsSync(target));
    await file.finish();
    assert.equal(fs.readFileSync(target, 'utf8'), 'new');
    assert.deepEqual(fs.readdirSync(dir), ['out.txt']);
  });

  it('leaves what was there when it is given up', async () => {
    const target = path.join(dir, 'out.txt');
    fs.writeFileSync(target, 'old');
    const file = await OutputFile.create(target, { overwrite: true, source: null });
    await file.write(bytes);
    await file.discard();
    assert.equal(fs.readFileSync(target, 'utf8'), 'old');
    assert.deepEqual(fs.readdirSync(dir), ['out.txt']);
  });

  it('replaces a file only when told to, and never the capture that is being read', async () => {
    const target = path.join(dir, 'capture.pcap');
    fs.writeFileSync(target, 'old');
    fs.linkSync(target, path.join(dir, 'same.pcap'));
    await assert.rejects(OutputFile.create(target, { overwrite: false, source: null }), code('EEXIST'));
    await assert.rejects(OutputFile.create(path.join(dir, 'same.pcap'), { overwrite: true, source: target }), code('EINVAL'));
    const file = await OutputFile.create(target, { overwrite: true, source: path.join(dir, 'other') });
    await file.write(bytes);
    await file.finish();
    assert.equal(fs.readFileSync(target, 'utf8'), 'new');
  });

  it('does not replace a file that appeared meanwhile', async () => {
    const target = path.join(dir, 'out.txt');
    const file = await OutputFile.create(target, { overwrite: false, source: null });
    fs.writeFileSync(target, 'theirs');
    await assert.rejects(file.finish(), code('EEXIST'));
    assert.equal(fs.readFileSync(target, 'utf8'), 'theirs');
    assert.deepEqual(fs.readdirSync(dir), ['out.txt']);
  });

  if (process.platform !== 'win32') {
    const modeOf = (file: string): number => fs.statSync(file).mode & 0o777;
    const put = async (target: string, source: string | null): Promise<void> => {
      const file = await OutputFile.create(target, { overwrite: true, source });
      await file.write(bytes);
      await file.finish();
    };

    it('keeps the permissions of what it replaces, and follows a link to it', async () => {
      const target = path.join(dir, 'out.txt');
      fs.writeFileSync(target, 'old');
      fs.chmodSync(target, 0o640);
      fs.symlinkSync('out.txt', path.join(dir, 'link.txt'));
      await put(path.join(dir, 'link.txt'), null);
      assert.ok(fs.lstatSync(path.join(dir, 'link.txt')).isSymbolicLink());
      assert.deepEqual([fs.readFileSync(target, 'utf8'), modeOf(target)], ['new', 0o640]);
    });

    it('gives a new file no more permissions than its source has', async () => {
      const source = path.join(dir, 'secret.pcap');
      fs.writeFileSync(source, 'secret');
      fs.chmodSync(source, 0o400);
      await put(path.join(dir, 'out.txt'), source);
      assert.equal(modeOf(path.join(dir, 'out.txt')), 0o600);
    });
  }

  it('says which folder is missing', async () => {
    await assert.rejects(OutputFile.create(path.join(dir, 'no', 'out.txt'), { overwrite: false, source: null }), /There is no folder .*no\./);
  });
});
