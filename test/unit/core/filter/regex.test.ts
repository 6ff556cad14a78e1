import assert from 'node:assert/strict';
import { FilterError } from '../../../../src/core/filter/fault';
import { compileRegex } from '../../../../src/core/filter/regex';

const span = { from: 0, to: 1 };

describe('regular expressions of filters', () => {
  it('of any text of 1000 characters are taken, large products of repetitions are refused', () => {
    const text = 'Hello k-s '.repeat(100);
    assert.ok(compileRegex(text, span)(`..${text.toLowerCase()}..`));
    for (const pattern of ['(a?){500}a{500}b', '(?:.?){999}z']) assert.throws(() => compileRegex(pattern, span), (error) => error instanceof FilterError && /too large.*limit is 1200/.test(error.message));
  });

  it('search the beginning of a value, less of it with a larger expression', () => {
    const at = (offset: number): Uint8Array => {
      const bytes = new Uint8Array(offset + 1).fill(0x61);
      bytes[offset] = 0x62;
      return bytes;
    };
    const small = compileRegex('a?b', span);
    assert.ok(small(at(65_535)));
    assert.ok(!small(at(65_536)));
    assert.ok(!small(`${'a'.repeat(65_536)}b`));
    const large = compileRegex('(?:a?){500}b', span);
    assert.ok(large(at(4_000)));
    assert.ok(!large(at(5_000)));
    const text = 'k-'.repeat(333);
    assert.ok(compileRegex(text.replaceAll('-', '\\-'), span)(`${'.'.repeat(64_000)}${text}`), 'plain text is looked for in all of it');
  });
});
