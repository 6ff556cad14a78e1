import type { SyntaxNode } from '@lezer/common';
import { t } from '../l10n';
import type { ArithmeticOperator, CompareOperator, Expression, Operand, Quantifier, Range, SetItem, Span } from './ast';
import { attempt, FilterError, type Outcome } from './fault';
import { parser } from './parser.generated';
import { ESCAPED_BYTE, textOfLiteral } from './values';

/** Longest filter that is read, and deepest nesting: what is longer is no filter that a person wrote. */
export const MAX_FILTER_LENGTH = 10_000;
const MAX_DEPTH = 200;

/** Reads a filter. null: it is empty and holds for every packet. */
export function parseFilter(text: string): Outcome<Expression | null> {
  return attempt(() => {
    if (text.length > MAX_FILTER_LENGTH) throw new FilterError({ from: MAX_FILTER_LENGTH, to: text.length }, t('The filter is longer than {0} characters.', MAX_FILTER_LENGTH));
    const tree = parser.parse(text);
    refuseErrors(tree.topNode, text);
    const top = tree.topNode.firstChild;
    return top ? new Builder(text).expression(top, 0) : null;
  });
}

/** Throws for the first place that the grammar could not read. */
function refuseErrors(top: SyntaxNode, text: string): void {
  const cursor = top.cursor();
  do {
    if (cursor.type.isError) throw syntaxError(text, cursor.from, cursor.to);
  } while (cursor.next());
}

function syntaxError(text: string, from: number, to: number): FilterError {
  const rest = text.slice(from);
  const gap = /^\s*/.exec(rest)![0].length;
  const start = from + gap;
  if (start >= text.length) return new FilterError({ from: Math.max(0, text.trimEnd().length - 1), to: text.length }, t('The filter ends too early: a field, a value or a closing bracket is missing.'));
  const token = text.slice(start);
  if (token.startsWith('"') || /^[rR]"/.test(token)) return new FilterError({ from: start, to: text.length }, t('The text in quotes does not end.'), [`${token}"`]);
  if (token.startsWith("'")) return new FilterError({ from: start, to: text.length }, t('A single quote encloses one character.'));
  const word = /^(?:[\w.:-]+|=+|&+|\|+|[^\s\w])/.exec(token)![0];
  const span = { from: start, to: Math.max(start + word.length, to) };
  const known = SIGNS[word] ?? (SIGNS[word.toLowerCase()] || KEYWORDS.has(word.toLowerCase()) ? word.toLowerCase() : undefined);
  if (known !== undefined && known !== word) return new FilterError({ from: start, to: start + word.length }, t('"{0}" was not expected here.', word), [known]);
  return new FilterError(span, t('"{0}" was not expected here.', word));
}

/** What people write by habit of other languages. */
const SIGNS: Readonly<Record<string, string>> = { '=': '==', '|': '||', '<>': '!=', bitand: '&', '^': '^^', equals: '==', is: '==' };
const KEYWORDS = new Set(['and', 'or', 'xor', 'not', 'in', 'contains', 'matches', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'any', 'all']);

const OPERATORS: Readonly<Record<string, CompareOperator>> = {
  eq: '==', any_eq: '==', ne: '!=', all_ne: '!=', all_eq: '===', any_ne: '!==', '~=': '!==', gt: '>', lt: '<', ge: '>=', le: '<=', '~': 'matches',
};

const isExpression = (name: string): boolean => /^(Or|Xor|And|Not|Paren|Compare|In|Exists)$/.test(name);
const isOperand = (name: string): boolean => /^(Word|String|RawString|Char|Slice|Layer|Call|Group|Negate|Times|Plus|Mask)$/.test(name);

/** Turns the grammar's nodes into the tree that the compiler reads. */
class Builder {
  constructor(private readonly text: string) {}

  private textOf(span: Span): string {
    return this.text.slice(span.from, span.to);
  }

  private deeper(node: Span, depth: number): number {
    if (depth >= MAX_DEPTH) throw new FilterError(node, t('The filter is nested too deeply.'));
    return depth + 1;
  }

  expression(node: SyntaxNode, outer: number): Expression {
    const depth = this.deeper(node, outer);
    const { from, to } = node;
    const children = childrenOf(node);
    const parts = children.filter((child) => isExpression(child.name));
    switch (node.name) {
      case 'Paren':
        return this.expression(parts[0]!, depth);
      case 'Not':
        return { kind: 'not', from, to, of: this.expression(parts[0]!, depth) };
      case 'Or':
      case 'Xor':
      case 'And': {
        const kind = node.name === 'Or' ? 'or' : node.name === 'Xor' ? 'xor' : 'and';
        // From the left, as the operators bind: a long list of terms is no deeper than a short one.
        return parts.map((part) => this.expression(part, depth)).reduce((left, right) => ({ kind, from, to: right.to, left, right }));
      }
      case 'Exists':
        return { kind: 'exists', from, to, of: this.operand(children[0]!, depth) };
      case 'In': {
        const of = children.find((child) => isOperand(child.name))!;
        const negated = children.some((child) => child.name === 'Keyword' && child.from > of.from && this.textOf(child) === 'not');
        const items = children.filter((child) => child.name === 'Item').map((item) => this.item(item, depth));
        return { kind: 'in', from, to, quantifier: this.quantifier(children), negated, of: this.operand(of, depth), items };
      }
      default: {
        const operands = children.filter((child) => isOperand(child.name));
        const sign = children.find((child) => child.from > operands[0]!.from && (child.name === 'CompareSign' || child.name === 'Keyword'))!;
        const word = this.textOf(sign);
        return { kind: 'compare', from, to, quantifier: this.quantifier(children), operator: OPERATORS[word] ?? (word as CompareOperator), left: this.operand(operands[0]!, depth), right: this.operand(operands[1]!, depth) };
      }
    }
  }

  private quantifier(children: readonly SyntaxNode[]): Quantifier {
    const first = children[0]!;
    return first.name === 'Keyword' ? (this.textOf(first) as 'any' | 'all') : null;
  }

  private item(node: SyntaxNode, depth: number): SetItem {
    const [low, high] = childrenOf(node).filter((child) => isOperand(child.name));
    return { low: this.operand(low!, depth), high: high ? this.operand(high, depth) : null };
  }

  private operand(node: SyntaxNode, outer: number): Operand {
    const depth = this.deeper(node, outer);
    const { from, to } = node;
    const text = this.textOf(node);
    const children = childrenOf(node);
    const operands = children.filter((child) => isOperand(child.name));
    switch (node.name) {
      case 'String':
        return { kind: 'string', from, to, value: unescape(text.slice(1, -1), { from: from + 1, to: to - 1 }), raw: false };
      case 'RawString':
        return { kind: 'string', from, to, value: text.slice(2, -1), raw: true };
      case 'Char': {
        const value = unescape(text.slice(1, -1), { from: from + 1, to: to - 1 });
        if (value.length !== 1) throw new FilterError(node, t('A single quote encloses one character.'), [`"${text.slice(1, -1)}"`]);
        return { kind: 'char', from, to, code: textOfLiteral(value).charCodeAt(0) };
      }
      case 'Slice': {
        const place = children.at(-1)!;
        return { kind: 'slice', from, to, of: this.operand(operands[0]!, depth), ranges: readRanges(this.textOf(place).slice(1, -1), { from: place.from, to: place.to }, false) };
      }
      case 'Layer': {
        const place = children.at(-1)!;
        const inner = this.textOf(place).slice(1).replace(/^\[|\]$/g, '');
        return { kind: 'layer', from, to, field: this.textOf(operands[0]!), ranges: readRanges(inner, { from: place.from, to: place.to }, true) };
      }
      case 'Call':
        return { kind: 'call', from, to, name: this.textOf(children[0]!), args: operands.map((arg) => this.operand(arg, depth)) };
      case 'Group':
        return this.operand(operands[0]!, depth);
      case 'Negate':
        return { kind: 'negate', from, to, of: this.operand(operands[0]!, depth) };
      case 'Times':
      case 'Plus':
      case 'Mask': {
        const [left, right] = operands as [SyntaxNode, SyntaxNode];
        const operator = this.text.slice(left.to, right.from).replace(/[\s{}]/g, '') as ArithmeticOperator;
        return { kind: 'arithmetic', from, to, operator, left: this.operand(left, depth), right: this.operand(right, depth) };
      }
      default:
        return { kind: 'word', from, to, text };
    }
  }
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

function byteChar(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : ESCAPED_BYTE + byte);
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** Resolves escapes: \n and the like, \xHH, \ooo, quotes and the backslash. Any other escape stays, for regular expressions. */
function unescape(text: string, span: Span): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{1,2})|([0-7]{1,3})|(.))/gs, (_, hex: string | undefined, octal: string | undefined, other: string | undefined) => {
    if (hex !== undefined) return byteChar(parseInt(hex, 16));
    if (octal !== undefined) {
      const code = parseInt(octal, 8);
      if (code > 0xff) throw new FilterError(span, t('\\{0} is no byte: octal escapes go up to \\377.', octal));
      return byteChar(code);
    }
    return ESCAPES[other!] ?? (/["'\\]/.test(other!) ? other! : `\\${other!}`);
  });
}

/** "0:4", "1-3", ":2", "3:", "-1", and lists of them. `fromOne`: layers, which count from 1 and take no length. */
function readRanges(text: string, span: Span, fromOne: boolean): readonly Range[] {
  const ranges = text.split(',').map((part): Range | null => {
    const trimmed = part.trim();
    let m = /^(-?\d+)$/.exec(trimmed);
    if (m) return { start: Number(m[1]), length: 1 };
    m = /^(-?\d+)\s*-\s*(-?\d+)$/.exec(trimmed);
    if (m) {
      const [start, end] = [Number(m[1]), Number(m[2])];
      return end < start || (start < 0) !== (end < 0) ? null : { start, length: end - start + 1 };
    }
    m = fromOne ? null : /^(-?\d+)\s*:\s*(\d+)$/.exec(trimmed);
    if (m) return Number(m[2]) === 0 ? null : { start: Number(m[1]), length: Number(m[2]) };
    m = fromOne ? null : /^:\s*(\d+)$/.exec(trimmed);
    if (m) return Number(m[1]) === 0 ? null : { start: 0, length: Number(m[1]) };
    m = /^(-?\d+)\s*[:-]$/.exec(trimmed);
    if (m) return { start: Number(m[1]), length: null };
    return null;
  });
  const bad = ranges.some((range) => range === null || !Number.isSafeInteger(range.start) || Math.abs(range.start) > 0xffffff || (range.length ?? 0) > 0xffffff || (fromOne && range.start === 0));
  if (bad) {
    throw new FilterError(span, fromOne ? t('Layers are given as #1, #-1, #[1-2] or #[1,3].') : t('Bytes are given as [start:length], [first-last], [start:] or [:length].'));
  }
  return ranges as Range[];
}
