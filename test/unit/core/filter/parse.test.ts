import assert from 'node:assert/strict';
import { printFilter } from '../../../../src/core/filter/ast';
import { parseFilter } from '../../../../src/core/filter/parse';

const printed = (text: string): string => {
  const parsed = parseFilter(text);
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.fault.message);
  return parsed.value ? printFilter(parsed.value) : '';
};

const fault = (text: string): { readonly place: string; readonly message: string; readonly suggestions: readonly string[] } => {
  const parsed = parseFilter(text);
  assert.ok(!parsed.ok, `${text} was read`);
  return { place: text.slice(parsed.fault.from, parsed.fault.to), message: parsed.fault.message, suggestions: parsed.fault.suggestions };
};

describe('reading display filters', () => {
  it('binds "not" closest, then "and", "xor", "or"', () => {
    assert.equal(printed('a or b and not c == 1'), 'a or b and not c == 1');
    assert.equal(printed('(a or b) and c'), '(a or b) and c');
    assert.equal(printed('a xor b or c'), 'a xor b or c');
    assert.equal(printed('a ^^ (b || c)'), 'a xor (b or c)');
    assert.equal(printed('a and (b and c)'), 'a and (b and c)');
    assert.equal(printed('!(a && b)'), 'not (a and b)');
  });

  it('takes signs and words for operators', () => {
    for (const [word, sign] of [['eq', '=='], ['ne', '!='], ['gt', '>'], ['lt', '<'], ['ge', '>='], ['le', '<='], ['any_eq', '=='], ['all_ne', '!='], ['all_eq', '==='], ['any_ne', '!=='], ['~=', '!=='], ['~', 'matches']])
      assert.equal(printed(`tcp.len ${word} 5`), `tcp.len ${sign} 5`);
  });

  it('reads sets, slices, layers, functions and arithmetic', () => {
    assert.equal(printed('tcp.port in {80,443, 1000..2000}'), 'tcp.port in {80, 443, 1000 .. 2000}');
    assert.equal(printed('tcp.port not in {80}'), 'tcp.port not in {80}');
    assert.equal(printed('tcp.payload[0:4,6,8-9,-1,3:] == 00'), 'tcp.payload[0:4,6,8:2,-1,3:] == 00');
    assert.equal(printed('ip.addr#1 == 10.0.0.1 and ip.addr#[-1]'), 'ip.addr#[1] == 10.0.0.1 and ip.addr#[-1]');
    assert.equal(printed('len(tcp.payload)+2*3>10'), 'len(tcp.payload) + 2 * 3 > 10');
    assert.equal(printed('{a + 1} * 2 == -b & 0x0f'), '{a + 1} * 2 == -b & 0x0f');
    assert.equal(printed('any ip.addr == ::1 or all tcp.port > 5'), 'any ip.addr == ::1 or all tcp.port > 5');
  });

  it('resolves escapes of quoted text, and none of raw text', () => {
    const value = (text: string): unknown => {
      const parsed = parseFilter(`a == ${text}`);
      assert.ok(parsed.ok && parsed.value?.kind === 'compare');
      return parsed.value.right;
    };
    assert.deepEqual(value('"a\\n\\x41\\101\\"\\\\"'), { kind: 'string', from: 5, to: 22, value: 'a\nAA"\\', raw: false });
    assert.deepEqual(value('r"\\d+\\n"'), { kind: 'string', from: 5, to: 13, value: '\\d+\\n', raw: true });
    assert.deepEqual(value("'\\x2a'"), { kind: 'char', from: 5, to: 11, code: 0x2a });
  });

  it('takes nothing for everything', () => {
    assert.equal(printed('   '), '');
  });

  it('says what is wrong, where, and what was meant', () => {
    assert.deepEqual(fault('tcp.len = 5'), { place: '=', message: '"=" was not expected here.', suggestions: ['=='] });
    assert.deepEqual(fault('a AND b').suggestions, ['and']);
    assert.deepEqual(fault('a | b').suggestions, ['||']);
    assert.match(fault('tcp.len >').message, /ends too early/);
    assert.match(fault('(tcp.len > 4').message, /ends too early/);
    assert.equal(fault('a == "b').place, '"b');
    assert.match(fault('tcp.payload[x]').message, /\[start:length\]/);
    assert.match(fault('tcp.port in {}').message, /not expected/);
    assert.match(fault('(' + 'not '.repeat(300) + 'a)').message, /nested too deeply/);
    assert.match(fault('a'.repeat(20_000)).message, /longer than/);
  });

  it('counts brackets as depth, not the terms of a list', () => {
    for (const operator of ['or', 'xor', 'and']) {
      const text = Array<string>(1600).fill('a').join(` ${operator} `);
      assert.equal(printed(text), text);
    }
    assert.match(fault('(a or '.repeat(300) + 'a' + ')'.repeat(300)).message, /nested too deeply/);
  });
});
