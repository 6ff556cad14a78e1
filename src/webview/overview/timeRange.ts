import { NANOS_PER_SECOND } from '../../core/bytes/units';

/** A stretch of time, nanoseconds since the capture's base; both ends belong to it. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

const FIELD = 'frame.time_relative';
const SECONDS = '(-?\\d+(?:\\.\\d{1,9})?)';
/** A range at the end of a filter, or as the whole of it, as `withTimeRange` writes it or a person may. */
const RANGE = new RegExp(`(?:^|\\s*(?:&&|\\band\\b)\\s*)${FIELD}\\s*>=\\s*${SECONDS}\\s*(?:&&|\\band\\b)\\s*${FIELD}\\s*<=\\s*${SECONDS}\\s*$`);
/** Strings of a filter: what is in them is no part of its structure. */
const QUOTED = /(?<![\w:.-])[rR]"[^"\n]*"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)[^'\\\n]*'/g;
const LOOSE = /\|\||\^\^|\bor\b|\bxor\b/;

/** "12.5": nanoseconds as seconds of a filter. */
export function filterSeconds(nanos: number): string {
  const whole = Math.round(Math.abs(nanos));
  const seconds = Math.floor(whole / NANOS_PER_SECOND);
  const rest = String(whole - seconds * NANOS_PER_SECOND).padStart(9, '0').replace(/0+$/, '');
  // A negative number needs its fraction to be read as seconds.
  if (nanos < 0 && whole > 0) return `-${seconds}.${rest || '0'}`;
  return `${seconds}${rest ? `.${rest}` : ''}`;
}

function nanos(text: string): number {
  const [, sign, seconds, rest] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)!;
  const value = Number(seconds) * NANOS_PER_SECOND + Number((rest ?? '').padEnd(9, '0'));
  return sign ? -value : value;
}

/** The range that a display filter ends with, or null. */
export function timeRangeOf(filter: string): TimeRange | null {
  const found = split(filter);
  return found ? found.range : null;
}

/** A filter with its range replaced, or without one. What else it says stays. */
export function withTimeRange(filter: string, range: TimeRange | null): string {
  const rest = split(filter)?.rest ?? filter.trim();
  if (!range) return unwrap(rest);
  const part = `${FIELD} >= ${filterSeconds(range.from)} && ${FIELD} <= ${filterSeconds(range.to)}`;
  if (rest === '') return part;
  return LOOSE.test(outermost(rest)) ? `(${rest}) && ${part}` : `${rest} && ${part}`;
}

function split(filter: string): { readonly rest: string; readonly range: TimeRange } | null {
  const found = RANGE.exec(masked(filter));
  if (!found) return null;
  const rest = filter.slice(0, found.index).trim();
  // "a || b && range": the range belongs to b alone.
  if (LOOSE.test(outermost(rest))) return null;
  const [from, to] = [nanos(found[1]!), nanos(found[2]!)];
  return from <= to ? { rest, range: { from, to } } : null;
}

/** The same text with other characters in the place of its strings. */
function masked(text: string): string {
  return text.replace(QUOTED, (quoted) => '_'.repeat(quoted.length));
}

/** What stands outside all parentheses and strings. */
function outermost(text: string): string {
  let depth = 0;
  let out = '';
  for (const c of masked(text)) {
    if (c === '(') depth++;
    if (depth === 0) out += c;
    if (c === ')') depth = Math.max(0, depth - 1);
  }
  return out;
}

/** Takes away parentheses around the whole. */
function unwrap(text: string): string {
  if (!text.startsWith('(') || !text.endsWith(')')) return text;
  const structure = masked(text);
  let depth = 0;
  for (let i = 0; i < text.length - 1; i++) {
    if (structure[i] === '(') depth++;
    if (structure[i] === ')') depth--;
    if (depth === 0) return text;
  }
  return text.slice(1, -1).trim();
}
