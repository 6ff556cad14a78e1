import assert from 'node:assert/strict';
import fc from 'fast-check';
import { utf8Bytes } from '../../../../src/core/bytes/utf8';

describe('utf8Bytes', () => {
  it('gives what the platform gives', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
        for (const text of [a, b, a + b + '\ud800x\udc00', '\u{1f600}' + a]) assert.deepEqual(utf8Bytes(text), new Uint8Array(new TextEncoder().encode(text)));
      }),
    );
  });
});
