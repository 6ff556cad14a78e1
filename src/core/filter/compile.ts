import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import type { StudyNeed } from '../study/studyColumns';
import { META_DIRECTION_B, META_MORE_HEADERS, META_TCP } from '../table/packetTable';
import { partsOf, type CompareOperator, type Expression, type Operand, type Quantifier, type SetItem } from './ast';
import { attempt, FilterError, type Outcome } from './fault';
import { matchesLiteral, readLiteral, type Literal } from './literals';
import { bindOperand, bindPair, isLiteral, type Binder, type Bound, type BoundValues } from './operands';
import { parseFilter } from './parse';
import { isPlain, type Row } from './readers';
import { compileRegex } from './regex';
import { bytesOfText, compareValues, indexOfBytes, isBytes, isNumeric, latin1, textOfLiteral, type FieldType, type Value } from './values';

export const NO = 0;
export const YES = 1;
/** The tables do not tell: the record must be read. Never the answer once it was. */
export const UNKNOWN = 2;
export type Answer = typeof NO | typeof YES | typeof UNKNOWN;

/** Whether a row passes, as far as it can be told from what is at hand. */
export type RowTest = (row: Row) => Answer;

export interface CompiledFilter {
  readonly test: RowTest;
  /** Earlier packets may pass later on: it looks at fields that change while the capture is read. */
  readonly changes: boolean;
  /** Parts of the study that must be ready first. */
  readonly needs: ReadonlySet<StudyNeed>;
}

/** Compiles a filter for a capture. An empty filter passes everything. */
export function compileFilter(text: string, model: CaptureModel): Outcome<CompiledFilter> {
  const parsed = parseFilter(text);
  if (!parsed.ok) return parsed;
  const expression = parsed.value;
  if (expression === null) return { ok: true, value: { test: () => YES, changes: false, needs: new Set() } };
  return attempt(() => {
    const binder: Binder = { model, base: { seconds: model.indexer.baseSeconds, nanos: model.indexer.baseNanos }, changes: false, needs: new Set() };
    const test = compile(expression, binder);
    return { test, changes: binder.changes, needs: binder.needs };
  });
}

function compile(e: Expression, binder: Binder): RowTest {
  switch (e.kind) {
    case 'and': {
      const parts = partsOf(e).map((part) => compile(part, binder));
      return (row) => {
        let answer: Answer = YES;
        for (const part of parts) {
          const one = part(row);
          if (one === NO) return NO;
          if (one === UNKNOWN) answer = UNKNOWN;
        }
        return answer;
      };
    }
    case 'or': {
      const parts = partsOf(e).map((part) => compile(part, binder));
      return (row) => {
        let answer: Answer = NO;
        for (const part of parts) {
          const one = part(row);
          if (one === YES) return YES;
          if (one === UNKNOWN) answer = UNKNOWN;
        }
        return answer;
      };
    }
    case 'xor': {
      const parts = partsOf(e).map((part) => compile(part, binder));
      return (row) => {
        let odd = false;
        for (const part of parts) {
          const one = part(row);
          if (one === UNKNOWN) return UNKNOWN;
          if (one === YES) odd = !odd;
        }
        return odd ? YES : NO;
      };
    }
    case 'not': {
      const of = compile(e.of, binder);
      return (row) => {
        const answer = of(row);
        return answer === UNKNOWN ? UNKNOWN : answer === YES ? NO : YES;
      };
    }
    case 'exists':
      return compileExists(e.of, binder);
    case 'compare':
      return compileCompare(e, binder);
    case 'in':
      return compileIn(e.of, e.items, e.quantifier, e.negated, binder);
  }
}

function compileExists(operand: Operand, binder: Binder): RowTest {
  const bound = bindOperand(operand, binder, true);
  if (isLiteral(bound)) throw new FilterError(operand, t('{0} is a value, not a field: it must be compared with something.', binderText(bound.literal)));
  // Masked bits exist when one of them is set.
  const mask = operand.kind === 'arithmetic' && operand.operator === '&';
  const { read, column } = bound;
  const slow = cached(bound, binder, (row) => {
    const values = read(row);
    if (values === null) return UNKNOWN;
    return (mask ? values.some(isSet) : values.length > 0) ? YES : NO;
  });
  return column && !mask ? fast(bound, (row) => (Number.isNaN(column(row.block, row.i, row.packet)) ? NO : YES), slow) : slow;
}

function isSet(value: Value): boolean {
  return typeof value === 'object' ? value.some((byte) => byte !== 0) : Number(value) !== 0;
}

function binderText(operand: Operand): string {
  return operand.kind === 'word' ? operand.text : operand.kind === 'string' ? `"${operand.value}"` : operand.kind === 'char' ? `'${String.fromCharCode(operand.code)}'` : t('This');
}

type Pass = (a: Value, b: Value) => boolean;

const PASSES: Readonly<Record<Exclude<CompareOperator, 'contains' | 'matches'>, Pass>> = {
  '==': (a, b) => compareValues(a, b) === 0,
  '===': (a, b) => compareValues(a, b) === 0,
  '!=': (a, b) => compareValues(a, b) !== 0,
  '!==': (a, b) => compareValues(a, b) !== 0,
  '>': (a, b) => compareValues(a, b) > 0,
  '<': (a, b) => compareValues(a, b) < 0,
  '>=': (a, b) => compareValues(a, b) >= 0,
  '<=': (a, b) => compareValues(a, b) <= 0,
};

const FLIPPED: Readonly<Partial<Record<CompareOperator, CompareOperator>>> = { '>': '<', '<': '>', '>=': '<=', '<=': '>=' };

function compileCompare(e: Extract<Expression, { kind: 'compare' }>, binder: Binder): RowTest {
  const { operator } = e;
  if (operator === 'contains' || operator === 'matches') return compileSearch(e, operator, binder);
  let [left, right] = [bindOperand(e.left, binder), bindOperand(e.right, binder)];
  let sign: Exclude<CompareOperator, 'contains' | 'matches'> = operator;
  if (isLiteral(left)) {
    if (isLiteral(right)) throw new FilterError(e, t('There is no field in this comparison.'));
    [left, right] = [right, left];
    sign = (FLIPPED[sign] ?? sign) as typeof sign;
  }
  const all = e.quantifier === 'all' || (e.quantifier === null && (sign === '!=' || sign === '==='));
  if (left.type === 'label') throw new FilterError(e.left, t('{0} is there or not, it has no value.', left.field?.name ?? ''), left.field ? [left.field.name] : []);
  if (isLiteral(right)) return compareWithLiteral(left, readLiteral(right.literal, { type: left.type, field: left.field, base: binder.base }), sign, all, binder);
  const pair = bindPair(left, right, e);
  const pass = PASSES[sign];
  return (row) => {
    const a = pair.left.read(row);
    const b = pair.right.read(row);
    if (a === null || b === null) return UNKNOWN;
    if (a.length === 0 || b.length === 0) return NO;
    return (all ? a.every((x) => b.every((y) => pass(x, y))) : a.some((x) => b.some((y) => pass(x, y)))) ? YES : NO;
  };
}

function compareWithLiteral(left: BoundValues, literal: Literal, sign: Exclude<CompareOperator, 'contains' | 'matches'>, all: boolean, binder: Binder): RowTest {
  const { column } = left;
  const { value, prefix } = literal;
  const equal = (x: Value): boolean => matchesLiteral(x, literal);
  const pass = PASSES[sign];
  const one: (x: Value) => boolean = sign === '==' || sign === '===' ? equal : sign === '!=' || sign === '!==' ? (x) => !equal(x) : (x) => pass(x, value);
  const slow = each(left, one, all, binder);
  if (!column || prefix !== null || (typeof value !== 'number' && typeof value !== 'bigint')) return slow;
  const rounded = Number(value);
  const quick = compareColumn(column, rounded, sign);
  // Columns are rounded as well: only where both come to the same do their exact values tell.
  return fast(left, typeof value === 'number' ? quick : (row) => (column(row.block, row.i, row.packet) === rounded ? slow(row) : quick(row)), slow);
}

/** Tests by the column where it tells all, and the long way elsewhere. */
function fast(bound: BoundValues, quick: RowTest, slow: RowTest): RowTest {
  if (bound.field?.scope === 'frame') return quick;
  return (row) => {
    const meta = row.block.meta[row.i]!;
    return meta & META_MORE_HEADERS ? slow(row) : meta & META_TCP ? quick(row) : NO;
  };
}

/** One number per row, compared without making values of it. NaN, for "not there", passes no comparison. */
function compareColumn(column: NonNullable<BoundValues['column']>, value: number, sign: Exclude<CompareOperator, 'contains' | 'matches'>): RowTest {
  switch (sign) {
    case '==':
    case '===':
      return (row) => (column(row.block, row.i, row.packet) === value ? YES : NO);
    case '!=':
    case '!==':
      return (row) => {
        const x = column(row.block, row.i, row.packet);
        return x < value || x > value ? YES : NO;
      };
    case '>':
      return (row) => (column(row.block, row.i, row.packet) > value ? YES : NO);
    case '<':
      return (row) => (column(row.block, row.i, row.packet) < value ? YES : NO);
    case '>=':
      return (row) => (column(row.block, row.i, row.packet) >= value ? YES : NO);
    case '<=':
      return (row) => (column(row.block, row.i, row.packet) <= value ? YES : NO);
  }
}

/** Any or all of the values pass, and there is one. */
function each(bound: BoundValues, pass: (value: Value) => boolean, all: boolean, binder: Binder): RowTest {
  const { read } = bound;
  return cached(bound, binder, (row) => {
    const values = read(row);
    if (values === null) return UNKNOWN;
    return values.length > 0 && (all ? values.every(pass) : values.some(pass)) ? YES : NO;
  });
}

const NOT_YET = 3;

/** What is the same for all packets of a stream in one direction is found once for each. */
function cached(bound: Bound & { readonly ofStream?: boolean }, binder: Binder, test: RowTest): RowTest {
  if (!bound.ofStream) return test;
  let answers = new Uint8Array(1024).fill(NOT_YET);
  const { streams } = binder.model;
  return (row) => {
    if (!isPlain(row)) return test(row);
    const key = row.block.stream[row.i]! * 2 + (row.block.meta[row.i]! & META_DIRECTION_B);
    if (key >= answers.length) {
      const larger = new Uint8Array(Math.max(streams.length, key + 1) * 2 + 2).fill(NOT_YET);
      larger.set(answers);
      answers = larger;
    }
    const known = answers[key]!;
    if (known !== NOT_YET) return known as Answer;
    const answer = test(row);
    answers[key] = answer;
    return answer;
  };
}

function compileSearch(e: Extract<Expression, { kind: 'compare' }>, operator: 'contains' | 'matches', binder: Binder): RowTest {
  const left = bindOperand(e.left, binder);
  if (isLiteral(left)) throw new FilterError(e.left, t('A field must stand before "{0}".', operator));
  const searchable = isBytes(left.type) || left.type === 'text';
  if (!searchable) throw new FilterError(e.left, t('{0} is a number: "{1}" searches bytes and text.', left.field?.name ?? t('This'), operator));
  const right = bindOperand(e.right, binder);
  const all = e.quantifier === 'all';
  if (operator === 'matches') {
    if (!isLiteral(right) || right.literal.kind !== 'string') throw new FilterError(e.right, t('A regular expression in quotes must stand after "matches".'), e.right.kind === 'word' ? [`"${e.right.text}"`] : []);
    const pattern = left.type === 'text' ? textOfLiteral(right.literal.value) : latin1(bytesOfText(right.literal.value));
    return each(left, compileRegex(pattern, right.literal), all, binder);
  }
  if (isLiteral(right)) {
    const needle = readLiteral(right.literal, { type: left.type === 'text' ? 'text' : 'bytes', field: null, base: binder.base }).value;
    return each(left, (value) => holds(value, needle), all, binder);
  }
  const other = right;
  if (isNumeric(other.type) || other.type === 'label') throw new FilterError(e.right, t('{0} is a number: "{1}" searches bytes and text.', other.field?.name ?? t('This'), operator));
  return (row) => {
    const a = left.read(row);
    const b = other.read(row);
    if (a === null || b === null) return UNKNOWN;
    return a.some((x) => b.some((y) => holds(x, y))) ? YES : NO;
  };
}

function holds(hay: Value, needle: Value): boolean {
  if (typeof hay === 'object') return indexOfBytes(hay, typeof needle === 'object' ? needle : bytesOfText(String(needle))) >= 0;
  return typeof needle === 'string' && String(hay).includes(needle);
}

function compileIn(of: Operand, items: readonly SetItem[], quantifier: Quantifier, negated: boolean, binder: Binder): RowTest {
  const left = bindOperand(of, binder);
  if (isLiteral(left)) throw new FilterError(of, t('A field must stand before "{0}".', 'in'));
  if (left.type === 'label') throw new FilterError(of, t('{0} is there or not, it has no value.', left.field?.name ?? ''));
  // "a not in {}" is "not a in {}": it also holds where there is no a.
  if (negated) {
    const inside = compileIn(of, items, quantifier, false, binder);
    return (row) => {
      const answer = inside(row);
      return answer === UNKNOWN ? UNKNOWN : answer === YES ? NO : YES;
    };
  }
  const tests = items.map((item) => itemTest(left.type, left, item, binder));
  const all = quantifier === 'all';
  const fixed = tests.every((test) => test.fixed !== null);
  if (fixed) {
    const inSet = (value: Value): boolean => tests.some((test) => test.fixed!(value));
    return each(left, inSet, all, binder);
  }
  return (row) => {
    const values = left.read(row);
    const bound = tests.map((test) => test.of(row));
    if (values === null || bound.includes(null)) return UNKNOWN;
    const pass = (value: Value): boolean => bound.some((test) => test!(value));
    return values.length > 0 && (all ? values.every(pass) : values.some(pass)) ? YES : NO;
  };
}

interface ItemTest {
  /** For items of literals only. */
  readonly fixed: ((value: Value) => boolean) | null;
  readonly of: (row: Row) => ((value: Value) => boolean) | null;
}

function itemTest(type: FieldType, left: BoundValues, item: SetItem, binder: Binder): ItemTest {
  const ends = [item.low, ...(item.high ? [item.high] : [])].map((operand) => {
    const bound = bindOperand(operand, binder);
    return isLiteral(bound) ? readLiteral(bound.literal, { type, field: left.field, base: binder.base }) : bindPair(left, bound, operand).right;
  });
  const [low, high] = ends as [Literal | BoundValues, (Literal | BoundValues)?];
  if ('value' in low && (!high || 'value' in high)) {
    if (high && compareValues(low.value, high.value) > 0) throw new FilterError({ from: item.low.from, to: item.high!.to }, t('The range ends before it begins.'));
    const fixed = high ? (value: Value): boolean => compareValues(value, low.value) >= 0 && compareValues(value, high.value) <= 0 : (value: Value): boolean => matchesLiteral(value, low);
    return { fixed, of: () => fixed };
  }
  const valuesOf = (end: Literal | BoundValues, row: Row): readonly Value[] | null => ('value' in end ? [end.value] : end.read(row));
  return {
    fixed: null,
    of: (row) => {
      const lows = valuesOf(low, row);
      const highs = high ? valuesOf(high, row) : lows;
      if (lows === null || highs === null) return null;
      return high
        ? (value) => lows.some((x) => compareValues(value, x) >= 0) && highs.some((x) => compareValues(value, x) <= 0)
        : (value) => lows.some((x) => compareValues(value, x) === 0);
    },
  };
}
