import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import type { StudyNeed } from '../study/studyColumns';
import type { ArithmeticOperator, Operand, Range, Span } from './ast';
import { FilterError, nearest } from './fault';
import type { FilterField, NumberColumn } from './fields/field';
import { filterField, filterFields } from './fields/fields';
import { readLiteral, type TimeBase } from './literals';
import { fieldReader, layerReader, plainColumn, presenceReader, type Reader, type Row } from './readers';
import { META_MORE_HEADERS, META_TCP } from '../table/packetTable';
import { comparable, isBytes, isNumeric, type FieldType, type Value } from './values';

/** What operands are bound to. */
export interface Binder {
  readonly model: CaptureModel;
  readonly base: TimeBase;
  /** A field was named whose values may change. */
  changes: boolean;
  /** Parts of the study that the fields named are told by. */
  readonly needs: Set<StudyNeed>;
}

/** An operand that has values on a row. */
export interface BoundValues {
  readonly type: FieldType;
  /** The field, where the operand is one. */
  readonly field: FilterField | null;
  readonly read: Reader;
  /** One number per row out of the tables, for speed. Of a field of scope "tcp" it speaks of TCP rows without further headers only. */
  readonly column?: NumberColumn;
  /** The same for all packets of a stream in one direction. */
  readonly ofStream?: boolean;
}

/** A value as written: what it means depends on what it is compared with. */
export interface BoundLiteral {
  readonly literal: Extract<Operand, { kind: 'word' | 'string' | 'char' }>;
}

export type Bound = BoundValues | BoundLiteral;

export function isLiteral(bound: Bound): bound is BoundLiteral {
  return 'literal' in bound;
}

/** Field names look like this; what begins with a digit or holds a colon is a value. */
const FIELD_NAME = /^[a-zA-Z_][\w-]*(\.[\w-]+)*$/;

/** Binds an operand. `presence`: only whether it is there matters. Throws FilterError. */
export function bindOperand(operand: Operand, binder: Binder, presence = false): Bound {
  switch (operand.kind) {
    case 'string':
    case 'char':
      return { literal: operand };
    case 'word':
      return bindWord(operand, binder, presence);
    case 'slice':
      return slice(mustHaveValues(operand.of, binder), operand.ranges, operand.of);
    case 'layer':
      return bindLayer(operand.field, operand.ranges, operand, binder);
    case 'call':
      return call(operand, binder);
    case 'negate': {
      const of = bindOperand(operand.of, binder);
      // "-1.5" may be seconds before the first frame, "-1" also a number.
      if (isLiteral(of) && of.literal.kind === 'word' && /^\d*\.?\d+$/.test(of.literal.text)) return { literal: { ...of.literal, text: `-${of.literal.text}` } };
      if (isLiteral(of)) return constant(-Number(numberLiteral(of, binder)));
      numeric(of, operand.of);
      return { type: of.type, field: null, read: map(of.read, (value) => (typeof value === 'bigint' ? -value : -(value as number))) };
    }
    case 'arithmetic':
      return arithmetic(operand, binder);
  }
}

function bindWord(operand: Extract<Operand, { kind: 'word' }>, binder: Binder, presence: boolean): Bound {
  const { text } = operand;
  const field = filterField(text);
  if (field) return boundField(field, binder, presence);
  // "tcp.len/4": the grammar keeps a prefix length and its address together.
  const slash = text.lastIndexOf('/');
  const divided = slash > 0 ? filterField(text.slice(0, slash)) : undefined;
  if (divided) {
    const { from, to } = operand;
    return arithmetic({ kind: 'arithmetic', from, to, operator: '/', left: { kind: 'word', from, to: from + slash, text: text.slice(0, slash) }, right: { kind: 'word', from: from + slash + 1, to, text: text.slice(slash + 1) } }, binder);
  }
  if (presence || (/^[a-z]+\w*\.[a-z]/.test(text) && !/^[0-9a-f]{2}(\.[0-9a-f]{2})+$/.test(text))) refuseUnknown(operand);
  return { literal: operand };
}

function refuseUnknown(operand: Extract<Operand, { kind: 'word' }>): void {
  const { text } = operand;
  if (!FIELD_NAME.test(text)) throw new FilterError(operand, t('{0} is a value, not a field: it must be compared with something.', text));
  // "a.b" may be a host name or the like, but not where a field must stand.
  throw new FilterError(operand, t('There is no field "{0}".', text), nearest(text, filterFields().keys()));
}

function boundField(field: FilterField, binder: Binder, presence: boolean): BoundValues {
  const { model } = binder;
  if (field.needs) binder.needs.add(field.needs);
  if (field.changes) binder.changes = true;
  const all = field.members?.map((name) => filterField(name)!) ?? [field];
  const column = plainColumn(field, model);
  return {
    type: field.type,
    field,
    read: presence && !field.members ? presenceReader(field, model) : fieldReader(field, model),
    ...(column ? { column } : {}),
    ...(all.every((member) => member.ofStream && !member.changes) ? { ofStream: true } : {}),
  };
}

function mustHaveValues(operand: Operand, binder: Binder): BoundValues {
  const bound = bindOperand(operand, binder);
  if (!isLiteral(bound)) return bound;
  if (bound.literal.kind === 'word') refuseUnknown(bound.literal);
  throw new FilterError(operand, t('A field is expected here.'));
}

function map(read: Reader, of: (value: Value) => Value | null): Reader {
  return (row) => {
    const values = read(row);
    if (values === null) return null;
    const out: Value[] = [];
    for (const value of values) {
      const mapped = of(value);
      if (mapped !== null) out.push(mapped);
    }
    return out;
  };
}

function numeric(bound: BoundValues, span: Span): void {
  if (!isNumeric(bound.type)) throw new FilterError(span, t('{0} is no number: it cannot be calculated with.', bound.field?.name ?? t('This')));
}

function slice(of: BoundValues, ranges: readonly Range[], span: Span): BoundValues {
  if (!isBytes(of.type) && of.type !== 'text' && of.type !== 'ipv4') throw new FilterError(span, t('{0} has no bytes of which some could be taken.', of.field?.name ?? t('This')));
  const type = of.type === 'text' ? 'text' : 'bytes';
  return {
    type,
    field: null,
    read: map(of.read, (value) => {
      if (typeof value === 'string') {
        const parts = pieces(value.length, ranges).map(([start, end]) => value.slice(start, end));
        return parts.length > 0 ? parts.join('') : null;
      }
      const bytes = typeof value === 'object' ? value : Uint8Array.of(Number(value) >>> 24, Number(value) >>> 16, Number(value) >>> 8, Number(value));
      const parts = pieces(bytes.length, ranges).map(([start, end]) => bytes.subarray(start, end));
      if (parts.length < 2) return parts[0] ?? null;
      const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let at = 0;
      for (const part of parts) {
        joined.set(part, at);
        at += part.length;
      }
      return joined;
    }),
  };
}

/** Start and end of each range that lies wholly within `length`. */
function pieces(length: number, ranges: readonly Range[]): readonly (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  for (const range of ranges) {
    const start = range.start < 0 ? length + range.start : range.start;
    const end = range.length === null ? length : start + range.length;
    if (start >= 0 && start < length && end <= length) found.push([start, end]);
  }
  return found;
}

function bindLayer(name: string, ranges: readonly Range[], span: Span, binder: Binder): BoundValues {
  const field = filterField(name);
  if (!field) throw new FilterError({ from: span.from, to: span.from + name.length }, t('There is no field "{0}".', name), nearest(name, filterFields().keys()));
  if (field.needs) binder.needs.add(field.needs);
  if (field.changes) binder.changes = true;
  const chosen = (layer: number, last: number): boolean =>
    ranges.some(({ start, length }) => {
      const from = start < 0 ? last + 1 + start : start;
      return layer >= from && (length === null || layer < from + length);
    });
  const deep = layerReader(field, chosen);
  const plain = fieldReader(field, binder.model);
  const isText = binder.model.reader.info.text !== undefined;
  return {
    type: field.type,
    field,
    read: (row) => {
      // One header of each kind: it is the first and the last.
      const single = isText || (row.block.meta[row.i]! & (META_TCP | META_MORE_HEADERS)) === META_TCP;
      return single ? (chosen(1, 1) ? plain(row) : []) : deep(row);
    },
  };
}

const FUNCTIONS: readonly string[] = ['len', 'count', 'lower', 'upper', 'max', 'min', 'abs'];

function call(operand: Extract<Operand, { kind: 'call' }>, binder: Binder): BoundValues {
  const { name, args } = operand;
  if (!FUNCTIONS.includes(name)) {
    const near = nearest(name, FUNCTIONS);
    throw new FilterError({ from: operand.from, to: operand.from + name.length }, t('There is no function "{0}". There are {1}.', name, FUNCTIONS.join(', ')), near);
  }
  if (name === 'max' || name === 'min') return extreme(operand, binder);
  if (args.length !== 1) throw new FilterError(operand, t('{0} takes one argument.', name));
  const arg = args[0]!;
  const of = mustHaveValues(arg, binder);
  if (name === 'count') return { type: 'number', field: null, read: counted(of.read) };
  if (name === 'len') return { type: 'number', field: null, read: lengthReader(of, arg) };
  if (name === 'abs') {
    numeric(of, arg);
    return { type: of.type, field: null, read: map(of.read, (value) => (typeof value === 'bigint' ? (value < 0n ? -value : value) : Math.abs(Number(value)))) };
  }
  if (of.type !== 'text') throw new FilterError(arg, t('{0} is no text.', of.field?.name ?? t('This')));
  return { type: 'text', field: null, read: map(of.read, (value) => (name === 'lower' ? String(value).toLowerCase() : String(value).toUpperCase())) };
}

function counted(read: Reader): Reader {
  return (row) => {
    const values = read(row);
    return values === null ? null : values.length === 0 ? [] : [values.length];
  };
}

function lengthReader(of: BoundValues, span: Span): Reader {
  const { type, field } = of;
  // A header's length is its own, without what it carries.
  if (type === 'header' && field) {
    return (row) => (of.read(row)?.length === 0 ? [] : row.cold ? (field.bytesOf === 'frame' ? [(of.read(row)![0] as Uint8Array).length] : row.cold.headerLengths(field.name)) : null);
  }
  if (!isBytes(type) && type !== 'text' && type !== 'ipv4') throw new FilterError(span, t('{0} has no length.', field?.name ?? t('This')));
  return map(of.read, (value) => (typeof value === 'object' || typeof value === 'string' ? value.length : 4));
}

function extreme(operand: Extract<Operand, { kind: 'call' }>, binder: Binder): BoundValues {
  const bound = operand.args.map((arg) => ({ arg, of: bindOperand(arg, binder) }));
  const first = bound.find((b) => !isLiteral(b.of));
  if (!first) throw new FilterError(operand, t('A field is expected here.'));
  const type = (first.of as BoundValues).type;
  numeric(first.of as BoundValues, first.arg);
  const readers = bound.map(({ arg, of }): Reader => {
    if (isLiteral(of)) {
      const { value } = readLiteral(of.literal, { type, field: null, base: binder.base });
      return () => [value];
    }
    if (!comparable(of.type, type)) throw new FilterError(arg, t('The arguments of {0} are of different kinds.', operand.name));
    return of.read;
  });
  const sign = operand.name === 'max' ? 1 : -1;
  return {
    type,
    field: null,
    read: (row) => {
      let best: Value | null = null;
      for (const read of readers) {
        const values = read(row);
        if (values === null) return null;
        for (const value of values) if (best === null || (sign > 0 ? value > best : value < best)) best = value;
      }
      return best === null ? [] : [best];
    },
  };
}

function numberLiteral(bound: BoundLiteral, binder: Binder): Value {
  if (bound.literal.kind === 'word' && FIELD_NAME.test(bound.literal.text)) refuseUnknown(bound.literal);
  return readLiteral(bound.literal, { type: 'number', field: null, base: binder.base }).value;
}

function constant(value: Value): BoundValues {
  return { type: 'number', field: null, read: () => [value] };
}

function arithmetic(operand: Extract<Operand, { kind: 'arithmetic' }>, binder: Binder): BoundValues {
  const { operator } = operand;
  const [a, b] = [bindOperand(operand.left, binder), bindOperand(operand.right, binder)];
  const main = isLiteral(a) ? (isLiteral(b) ? null : b) : a;
  if (operator === '&' && main && isBytes(main.type)) return maskBytes(isLiteral(a) ? null : a, isLiteral(b) ? null : b, main, (isLiteral(a) ? a : b) as BoundLiteral, binder);
  const type = main?.type ?? 'number';
  // Times are added to times, and multiplied by plain numbers.
  const scale = type === 'duration' && operator !== '+' && operator !== '-';
  const side = (bound: Bound, span: Span): Reader => {
    if (!isLiteral(bound)) {
      numeric(bound, span);
      return bound.read;
    }
    if (bound.literal.kind === 'word' && FIELD_NAME.test(bound.literal.text)) refuseUnknown(bound.literal);
    const { value } = readLiteral(bound.literal, { type: scale || type === 'bool' ? 'number' : type, field: null, base: binder.base });
    return () => [value];
  };
  const [left, right] = [side(a, operand.left), side(b, operand.right)];
  const calculate = CALCULATE[operator];
  return {
    type: type === 'bool' ? 'number' : type,
    field: null,
    read: (row: Row) => {
      const [xs, ys] = [left(row), right(row)];
      if (xs === null || ys === null) return null;
      const out: Value[] = [];
      for (const x of xs) {
        for (const y of ys) {
          const value = calculate(x as number | bigint, y as number | bigint);
          if (value !== null) out.push(value);
        }
      }
      return out;
    },
  };
}

/** Bits that both byte strings have, over the shorter of the two. */
function maskBytes(a: BoundValues | null, b: BoundValues | null, main: BoundValues, other: BoundLiteral, binder: Binder): BoundValues {
  const fixed = a && b ? null : (readLiteral(other.literal, { type: 'bytes', field: null, base: binder.base }).value as Uint8Array);
  const second = a && b ? b : null;
  return {
    type: 'bytes',
    field: null,
    read: (row) => {
      const xs = main.read(row);
      const ys = second ? second.read(row) : [fixed!];
      if (xs === null || ys === null) return null;
      return xs.flatMap((x) => ys.flatMap((y) => (typeof x === 'object' && typeof y === 'object' ? [x.slice(0, y.length).map((byte, i) => byte & y[i]!)] : [])));
    },
  };
}

type Calculate = (a: number | bigint, b: number | bigint) => Value | null;

/** Integer arithmetic; what does not fit 53 bits goes through bigint. null: there is no result (division by zero). */
function integer(small: (a: number, b: number) => number, large: (a: bigint, b: bigint) => bigint, divides = false): Calculate {
  return (a, b) => {
    if (divides && Number(b) === 0) return null;
    if (typeof a === 'number' && typeof b === 'number') {
      const result = small(a, b);
      if (Number.isSafeInteger(result)) return result;
    }
    if ((typeof a === 'number' && !Number.isInteger(a)) || (typeof b === 'number' && !Number.isInteger(b))) return null;
    const result = large(BigInt(a), BigInt(b));
    return result <= BigInt(Number.MAX_SAFE_INTEGER) && result >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(result) : result;
  };
}

const CALCULATE: Readonly<Record<ArithmeticOperator, Calculate>> = {
  '+': integer((a, b) => a + b, (a, b) => a + b),
  '-': integer((a, b) => a - b, (a, b) => a - b),
  '*': integer((a, b) => a * b, (a, b) => a * b),
  '/': integer((a, b) => Math.trunc(a / b), (a, b) => a / b, true),
  '%': integer((a, b) => a % b, (a, b) => a % b, true),
  '&': integer((a, b) => (a >= 0 && b >= 0 && a <= 0x7fffffff && b <= 0x7fffffff ? a & b : NaN), (a, b) => a & b),
};

/** Two operands that are compared with each other. */
export function bindPair(left: BoundValues, right: BoundValues, span: Span): { readonly left: BoundValues; readonly right: BoundValues } {
  if (!comparable(left.type, right.type)) throw new FilterError(span, t('{0} and {1} are of different kinds and cannot be compared.', left.field?.name ?? t('This'), right.field?.name ?? t('this')));
  return { left, right };
}
