import assert from 'node:assert/strict';
import fc from 'fast-check';
import { printFilter, type ArithmeticOperator, type CompareOperator, type Expression, type Operand, type Range } from '../../src/core/filter/ast';
import { compileFilter } from '../../src/core/filter/compile';
import { filterFields } from '../../src/core/filter/fields/fields';
import { parseFilter } from '../../src/core/filter/parse';
import type { CaptureModel } from '../../src/core/query/captureModel';
import { fixture, passing, studied } from '../support/filters';

const at = { from: 0, to: 0 };
const fieldNames = [...filterFields().keys()];
const word = fc.oneof(
  fc.constantFrom(...fieldNames),
  fc.constantFrom('80', '0x1f', '10.0.0.0/8', '::1', 'fe80::/10', 'aa:bb:cc', '1.5', 'True', '017', 'aa-bb', 'a.b'),
).map((text): Operand => ({ kind: 'word', ...at, text }));
const quoted = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }).map((value): Operand => ({ kind: 'string', ...at, value, raw: false })),
  fc.stringMatching(/^[a-z\\.*+?(){}0-9]{0,10}$/).map((value): Operand => ({ kind: 'string', ...at, value, raw: true })),
  fc.integer({ min: 0, max: 255 }).map((code): Operand => ({ kind: 'char', ...at, code })),
);
const range: fc.Arbitrary<Range> = fc.record({ start: fc.integer({ min: -40, max: 40 }), length: fc.option(fc.integer({ min: 1, max: 40 })) });
const ranges = fc.array(range, { minLength: 1, maxLength: 3 });
const layers = fc.array(fc.record({ start: fc.integer({ min: 1, max: 9 }), length: fc.constantFrom(1, null) }), { minLength: 1, maxLength: 2 });

const { expression } = fc.letrec<{ operand: Operand; expression: Expression }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 3 },
    word,
    quoted,
    fc.record({ of: tie('operand'), ranges }).map(({ of, ranges: r }): Operand => ({ kind: 'slice', ...at, of, ranges: r })),
    fc.record({ field: fc.constantFrom('ip.addr', 'tcp.port', 'ip.ttl'), ranges: layers }).map(({ field, ranges: r }): Operand => ({ kind: 'layer', ...at, field, ranges: r })),
    fc.record({ name: fc.constantFrom('len', 'count', 'max', 'other'), args: fc.array(tie('operand'), { minLength: 1, maxLength: 2 }) }).map(({ name, args }): Operand => ({ kind: 'call', ...at, name, args })),
    tie('operand').map((of): Operand => ({ kind: 'negate', ...at, of })),
    fc.record({ operator: fc.constantFrom<ArithmeticOperator>('+', '-', '*', '/', '%', '&'), left: tie('operand'), right: tie('operand') }).map((o): Operand => ({ kind: 'arithmetic', ...at, ...o })),
  ),
  expression: fc.oneof(
    { maxDepth: 3 },
    tie('operand').map((of): Expression => ({ kind: 'exists', ...at, of })),
    fc.record({ quantifier: fc.constantFrom('any' as const, 'all' as const, null), operator: fc.constantFrom<CompareOperator>('==', '!=', '===', '!==', '>', '<', '>=', '<=', 'contains', 'matches'), left: tie('operand'), right: tie('operand') }).map((e): Expression => ({ kind: 'compare', ...at, ...e })),
    fc.record({ quantifier: fc.constantFrom('any' as const, 'all' as const, null), negated: fc.boolean(), of: tie('operand'), items: fc.array(fc.record({ low: tie('operand'), high: fc.option(tie('operand')) }), { minLength: 1, maxLength: 3 }) }).map((e): Expression => ({ kind: 'in', ...at, ...e })),
    tie('expression').map((of): Expression => ({ kind: 'not', ...at, of })),
    fc.record({ kind: fc.constantFrom('or' as const, 'xor' as const, 'and' as const), left: tie('expression'), right: tie('expression') }).map((e): Expression => ({ ...e, ...at })),
  ),
}));

/** Positions apart. */
const bare = (value: unknown): unknown => JSON.parse(JSON.stringify(value, (key, v: unknown) => (key === 'from' || key === 'to' ? undefined : v)));

describe('display filters, whatever they are', () => {
  let model: CaptureModel;

  before(async () => {
    model = await studied(fixture('redis_session.pcap'));
  });

  it('are read back from their printed form', () => {
    fc.assert(
      fc.property(expression, (e) => {
        const text = printFilter(e);
        const again = parseFilter(text);
        assert.ok(again.ok, again.ok ? '' : `${text}: ${again.fault.message} at ${again.fault.from}`);
        assert.deepEqual(bare(again.value), bare(e), text);
      }),
      { numRuns: 500 },
    );
  });

  it('are read or refused with a place in the text, never thrown upon', () => {
    const soup = fc.array(fc.oneof(fc.constantFrom(...'and or not in ( ) { } [ ] == != && || & .. , # " \' r" ~ tcp.len ip.addr 80 ::1 10.0.0.1/8 len( [0:4] \\ \u202e \u0000'.split(' '), ' '), fc.string()), { maxLength: 30 }).map((parts) => parts.join(' '));
    fc.assert(
      fc.property(soup, (text) => {
        const compiled = compileFilter(text, model);
        if (compiled.ok) return;
        const { from, to, message } = compiled.fault;
        assert.ok(from >= 0 && from <= to && to <= text.length && message.length > 0, `${text}: ${from}..${to}`);
      }),
      { numRuns: 1000 },
    );
  });

  it('say yes or no of every packet, and the opposite when negated', async () => {
    let compiledOnes = 0;
    await fc.assert(
      fc.asyncProperty(expression, async (e) => {
        const text = printFilter(e);
        if (!compileFilter(text, model).ok) return;
        compiledOnes++;
        const yes = await passing(model, text);
        const no = await passing(model, `not (${text})`);
        assert.equal(yes.length + no.length, model.packets.length, text);
        assert.equal(new Set([...yes, ...no]).size, model.packets.length, text);
      }),
      { numRuns: 400 },
    );
    assert.ok(compiledOnes > 20, `only ${compiledOnes} made sense`);
  });

  it('agree between tables and records: every field of the decoder is there or not, without a throw', async () => {
    for (const name of fieldNames) await passing(model, `${name} or count(${name}) > 1`);
  });
});
