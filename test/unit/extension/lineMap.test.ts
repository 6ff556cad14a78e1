import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineMap, type TextChange } from '../../../src/extension/language/lineMap';

function change(startLine: number, startCharacter: number, endLine: number, endCharacter: number, text: string): TextChange {
  return { range: { start: { line: startLine, character: startCharacter }, end: { line: endLine, character: endCharacter } }, text };
}

describe('LineMap', () => {
  it('moves the lines behind an insertion and leaves their own text alone', () => {
    const map = new LineMap();
    map.add(change(2, 0, 2, 0, 'new\nlines\n'));
    assert.deepEqual([0, 1, 2, 3].map((line) => map.toNew(line)), [0, 1, 4, 5]);
    assert.deepEqual([1, 2, 3, 4].map((line) => map.toOld(line)), [1, null, null, 2]);
  });

  it('gives up lines that were edited, and only those', () => {
    const map = new LineMap();
    map.add(change(1, 3, 1, 3, 'x'));
    assert.deepEqual([0, 1, 2].map((line) => map.toOld(line)), [0, null, 2]);
    map.add(change(0, 2, 2, 1, 'joined'));
    assert.deepEqual([0, 1].map((line) => map.toOld(line)), [null, 3]);
    assert.deepEqual([0, 1, 2, 3].map((line) => map.toNew(line)), [null, null, null, 1]);
  });

  it('takes whole lines out', () => {
    const map = new LineMap();
    map.add(change(1, 0, 3, 0, ''));
    assert.deepEqual([0, 1, 2, 3].map((line) => map.toNew(line)), [0, null, null, 1]);
  });

  it('never names a line whose text is another', () => {
    const edits = fc.array(fc.record({ at: fc.nat(), length: fc.nat(12), text: fc.constantFrom('', 'x', '\n', 'x\n', '\nx', 'a\nb\n', 'a\r\nb') }), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 5 }).map((s) => s.replace(/[\r\n]/g, '-')), { minLength: 1, maxLength: 12 }), edits, (lines, all) => {
        const first = lines.map((line, i) => `${i}:${line}`);
        let text = first.join('\n');
        const map = new LineMap();
        for (const { at, length, text: put } of all) {
          const start = at % (text.length + 1);
          const end = Math.min(text.length, start + length);
          const place = (offset: number): [number, number] => {
            const before = text.slice(0, offset).split('\n');
            return [before.length - 1, before[before.length - 1]!.length];
          };
          map.add(change(...place(start), ...place(end), put));
          text = text.slice(0, start) + put.replace(/\r\n/g, '\n') + text.slice(end);
        }
        const now = text.split('\n');
        now.forEach((line, i) => {
          const old = map.toOld(i);
          if (old !== null) {
            assert.equal(line, first[old]);
            assert.equal(map.toNew(old), i);
          }
        });
      }),
    );
  });
});
