import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { RowWriter } from '../../../src/cli/output';

function sink(highWaterMark = 1 << 20): { stream: Writable; text: () => string; release: () => void } {
  let text = '';
  let waiting: (() => void) | null = null;
  const stream = new Writable({
    highWaterMark,
    decodeStrings: false,
    write(chunk: string, _, done) {
      text += chunk;
      waiting = done;
    },
  });
  return { stream, text: () => text, release: () => waiting?.() };
}

describe('RowWriter', () => {
  it('escapes tabs, newlines and backslashes in TSV', () => {
    const out = sink();
    const writer = new RowWriter(out.stream, 'tsv', ['a', 'b']);
    writer.row(['x\ty\n', ['1', '2']]);
    writer.flush();
    assert.equal(out.text(), 'a\tb\nx\\ty\\n\t1,2\n');
  });

  it('quotes CSV', () => {
    const out = sink();
    const writer = new RowWriter(out.stream, 'csv', ['a', 'b']);
    writer.row(['say "hi"', ['1', '2']]);
    writer.flush();
    assert.equal(out.text(), 'a,b\n"say ""hi""","1,2"\n');
  });

  it('writes NDJSON without a header, lists as arrays', () => {
    const out = sink();
    const writer = new RowWriter(out.stream, 'ndjson', ['a', 'b']);
    writer.row(['', ['1', '2']]);
    writer.flush();
    assert.deepEqual(JSON.parse(out.text()), { a: '', b: ['1', '2'] });
  });

  it('says when the reader falls behind, and waits for it', async () => {
    const out = sink(16);
    const writer = new RowWriter(out.stream, 'tsv', ['a']);
    writer.row(['a long enough row to fill the buffer']);
    writer.flush();
    assert.equal(writer.full, true);
    setImmediate(out.release);
    await writer.drained();
    assert.equal(writer.full, false);
  });
});
