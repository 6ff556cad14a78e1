import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TextPlaces } from '../../../../src/core/query/textPlaces';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('TextPlaces', () => {
  it('counts columns in UTF-16 units', () => {
    const text = 'aé€😀b\r\n  next';
    const places = new TextPlaces(bytesOf(text));
    assert.equal(places.byteAt(0, 0), 0);
    assert.equal(places.byteAt(0, 3), 6, 'behind é (2 bytes) and € (3)');
    assert.equal(places.byteAt(0, 5), 10, 'behind 😀: 2 units, 4 bytes');
    assert.equal(places.byteAt(0, 99), 11, 'the end of the line, before CR');
    assert.equal(places.byteAt(1, 2), 15);
    assert.equal(places.byteAt(2, 0), -1);
    assert.deepEqual(places.span(10, 11), { line: 0, start: 5, end: 6 });
    assert.deepEqual(places.span(15, 19), { line: 1, start: 2, end: 6 });
    assert.deepEqual(places.span(10, 19), { line: 0, start: 5, end: 6 }, 'cut off at the end of its first line');
  });

  it('finds every character of any text again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (raw) => {
        const text = raw.replace(/\r/g, '');
        const places = new TextPlaces(bytesOf(text));
        text.split('\n').forEach((line, i) => {
          for (let c = 0; c <= line.length; c++) {
            // Not in the middle of a surrogate pair.
            if (/[\udc00-\udfff]/.test(line.charAt(c)) && c > 0) continue;
            const byte = bytesOf(text.split('\n').slice(0, i).map((l) => `${l}\n`).join('') + line.slice(0, c)).length;
            assert.equal(places.byteAt(i, c), byte);
          }
        });
      }),
    );
  });

  it('counts a byte that is no UTF-8 as one column', () => {
    const places = new TextPlaces(Uint8Array.of(0x61, 0xff, 0xe2, 0x82, 0x62));
    assert.deepEqual(places.span(4, 5), { line: 0, start: 4, end: 5 });
  });
});
