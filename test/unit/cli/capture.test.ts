import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runCapture } from '../../../src/cli/capture';

describe('runCapture', () => {
  it('keeps nothing of the rows of a text that it has handed on', async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-run-'));
    try {
      const file = path.join(dir, 'long.tcpdump');
      const records = 60_000;
      const lines = Array.from({ length: records }, (_, i) => `1700000000.${String(i).padStart(6, '0')} IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [.], ack ${i + 1}, win 502, length 0`);
      fs.writeFileSync(file, lines.join('\n') + '\n');
      let rows = 0;
      let kept: readonly number[] = [];
      const status = await runCapture(file, {
        sink: () => {
          rows++;
          return true;
        },
        done: (reader) => (kept = [0, 16_000, records - 1].map((record) => reader.lineOf!(record))),
      });
      assert.deepEqual([status, rows], [0, records]);
      // The block of the last rows is still there, those before are not.
      assert.deepEqual(kept, [0, 0, records]);
    } finally {
      fs.rmSync(dir, { recursive: true });
    }
  });
});
