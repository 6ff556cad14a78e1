import { ESCAPED_BYTE } from './values';

/** Where something stands in the filter's text: UTF-16 units, end exclusive. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type CompareOperator = '==' | '!=' | '===' | '!==' | '>' | '<' | '>=' | '<=' | 'contains' | 'matches';

/** Which of a field's values must pass; null: the operator's own habit ("!=" wants all, the others any). */
export type Quantifier = 'any' | 'all' | null;

/** A part of the filter that is true or false of a packet. */
export type Expression =
  | (Span & { readonly kind: 'or' | 'xor' | 'and'; readonly left: Expression; readonly right: Expression })
  | (Span & { readonly kind: 'not'; readonly of: Expression })
  | (Span & { readonly kind: 'compare'; readonly quantifier: Quantifier; readonly operator: CompareOperator; readonly left: Operand; readonly right: Operand })
  | (Span & { readonly kind: 'in'; readonly quantifier: Quantifier; readonly negated: boolean; readonly of: Operand; readonly items: readonly SetItem[] })
  | (Span & { readonly kind: 'exists'; readonly of: Operand });

export interface SetItem {
  readonly low: Operand;
  /** null: a single value. */
  readonly high: Operand | null;
}

/** A part of the filter that has values. */
export type Operand =
  /** A field, or an unquoted value: which one it is depends on the registry. */
  | (Span & { readonly kind: 'word'; readonly text: string })
  /** Text in quotes, escapes resolved; `raw` has none. */
  | (Span & { readonly kind: 'string'; readonly value: string; readonly raw: boolean })
  | (Span & { readonly kind: 'char'; readonly code: number })
  | (Span & { readonly kind: 'slice'; readonly of: Operand; readonly ranges: readonly Range[] })
  | (Span & { readonly kind: 'layer'; readonly field: string; readonly ranges: readonly Range[] })
  | (Span & { readonly kind: 'call'; readonly name: string; readonly args: readonly Operand[] })
  | (Span & { readonly kind: 'negate'; readonly of: Operand })
  | (Span & { readonly kind: 'arithmetic'; readonly operator: ArithmeticOperator; readonly left: Operand; readonly right: Operand });

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&';

/** Places from `start`: `length` of them, or all to the end. Negative starts count from the end. */
export interface Range {
  readonly start: number;
  /** null: to the end. */
  readonly length: number | null;
}

/** The parts of a run of one operator, left to right: `a or b or c` has three, however deep the tree to the left. */
export function partsOf(e: Extract<Expression, { readonly left: Expression }>): Expression[] {
  const parts: Expression[] = [];
  let first: Expression = e;
  for (; first.kind === e.kind; first = first.left) parts.push(first.right);
  parts.push(first);
  return parts.reverse();
}

const LEVEL: Readonly<Record<string, number>> = { or: 1, xor: 2, and: 3, not: 4 };
const ARITHMETIC_LEVEL: Readonly<Record<ArithmeticOperator, number>> = { '&': 1, '+': 2, '-': 2, '*': 3, '/': 3, '%': 3 };

/** The filter as text. Reading it again gives the same tree but for positions. */
export function printFilter(expression: Expression): string {
  return print(expression, 0);
}

function print(e: Expression, outer: number): string {
  switch (e.kind) {
    case 'or':
    case 'xor':
    case 'and': {
      const level = LEVEL[e.kind]!;
      const text = partsOf(e).map((part, i) => print(part, i === 0 ? level : level + 1)).join(` ${e.kind} `);
      return level < outer ? `(${text})` : text;
    }
    case 'not':
      return `not ${print(e.of, LEVEL.not!)}`;
    case 'exists':
      return printOperand(e.of, 0);
    case 'compare':
      return `${printQuantifier(e.quantifier)}${printOperand(e.left, 0)} ${e.operator} ${printOperand(e.right, 0)}`;
    case 'in':
      return `${printQuantifier(e.quantifier)}${printOperand(e.of, 0)} ${e.negated ? 'not in' : 'in'} {${e.items.map(printItem).join(', ')}}`;
  }
}

function printQuantifier(quantifier: Quantifier): string {
  return quantifier === null ? '' : `${quantifier} `;
}

function printItem(item: SetItem): string {
  return item.high === null ? printOperand(item.low, 0) : `${printOperand(item.low, 0)} .. ${printOperand(item.high, 0)}`;
}

function printOperand(o: Operand, outer: number): string {
  switch (o.kind) {
    case 'word':
      return o.text;
    case 'string':
      return o.raw ? `r"${o.value}"` : quote(o.value);
    case 'char':
      return printChar(o.code);
    case 'slice':
      return `${printOperand(o.of, 5)}[${o.ranges.map(printRange).join(',')}]`;
    case 'layer':
      return `${o.field}#[${o.ranges.map(printRange).join(',')}]`;
    case 'call':
      return `${o.name}(${o.args.map((arg) => printOperand(arg, 0)).join(', ')})`;
    case 'negate':
      return outer > 4 ? `{-${printOperand(o.of, 4)}}` : `-${printOperand(o.of, 4)}`;
    case 'arithmetic': {
      const level = ARITHMETIC_LEVEL[o.operator];
      const text = `${printOperand(o.left, level)} ${o.operator} ${printOperand(o.right, level + 1)}`;
      return level < outer ? `{${text}}` : text;
    }
  }
}

function printRange(range: Range): string {
  return range.length === null ? `${range.start}:` : range.length === 1 ? String(range.start) : `${range.start}:${range.length}`;
}

/** Text in double quotes, as the filter language reads it. */
export function quote(text: string): string {
  let out = '';
  for (const c of text) {
    const code = c.charCodeAt(0);
    out += c === '"' || c === '\\' ? `\\${c}` : c === '\n' ? '\\n' : c === '\r' ? '\\r' : c === '\t' ? '\\t' : code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : code >= ESCAPED_BYTE + 0x80 && code <= ESCAPED_BYTE + 0xff ? `\\x${(code - ESCAPED_BYTE).toString(16)}` : c;
  }
  return `"${out}"`;
}

function printChar(code: number): string {
  return code >= 0x20 && code < 0x7f && code !== 0x27 && code !== 0x5c ? `'${String.fromCharCode(code)}'` : `'\\x${code.toString(16).padStart(2, '0')}'`;
}
