import assert from 'node:assert/strict';
import { addWords, foldSum } from '../../../../src/core/bytes/checksum';
import { escapeText } from '../../../../src/core/bytes/escape';

describe('escapeText', () => {
  it('leaves visible text alone', () => {
    assert.equal(escapeText('GET / 1.1 "é" 日本 😀 \\'), 'GET / 1.1 "é" 日本 😀 \\');
  });

  it('shows what would hide or reorder text', () => {
    assert.equal(escapeText('a\nb\tc\r'), 'a\\nb\\tc\\r');
    assert.equal(escapeText('\u0000\u001b[31m\u007f\u0085'), '\\u{0}\\u{1b}[31m\\u{7f}\\u{85}');
    assert.equal(escapeText('\u202eabc\u2066\u200f\u061c'), '\\u{202e}abc\\u{2066}\\u{200f}\\u{61c}');
    assert.equal(escapeText('a\u200bb\u200d\ufeff\u2028'), 'a\\u{200b}b\\u{200d}\\u{feff}\\u{2028}');
    assert.equal(escapeText('\ud800x\u{e0041}'), '\\u{d800}x\\u{e0041}');
  });
});

describe('Internet checksum', () => {
  it('adds the words of RFC 1071 section 3', () => {
    assert.equal(foldSum(addWords(0, Uint8Array.from([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), 0, 8)), 0xddf2);
  });

  it('pads an odd byte on the right', () => {
    assert.equal(addWords(0, Uint8Array.from([1, 2, 3]), 0, 3), 0x0102 + 0x0300);
  });
});
