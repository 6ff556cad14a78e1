import { RE2JS, RE2JSException } from 're2js';
import { t } from '../l10n';
import type { Span } from './ast';
import { FilterError } from './fault';
import { latin1, type Value } from './values';

/** Longest pattern: the automaton grows with it, and with its counted repetitions. */
const MAX_PATTERN = 1000;
/** Most instructions of the automaton: any text of MAX_PATTERN characters, but no large product of repetitions. */
const MAX_INSTRUCTIONS = 1200;
/** Most bytes or characters of a value that are searched, and most of them times instructions: some 200 ms when the automaton is at its slowest. */
const MAX_SEARCHED = 64 << 10;
const MAX_STEPS = 4 << 20;
/** Plain text, perhaps with escaped punctuation, as Find makes it: it never is slow. */
const PLAIN_TEXT = /^(?:[^\\^$.*+?()[\]{}|]|\\[^A-Za-z0-9])*$/;

/**
 * Compiles the pattern of "matches". The engine takes time linear in the text whatever the pattern, so a hostile one cannot hang the worker; what only
 * backtracking could do (back-references, look-around) is refused. As in Wireshark, upper and lower case are the same unless (?-i) says otherwise. The
 * search looks at the beginning of a value only, so that no packet holds the thread for long: 64 KiB, less with more than 64 instructions unless it looks
 * for plain text. "$" then matches at the end of what is looked at.
 */
export function compileRegex(pattern: string, span: Span): (value: Value) => boolean {
  if (pattern.length > MAX_PATTERN) throw new FilterError(span, t('The regular expression is longer than {0} characters.', MAX_PATTERN));
  let regex: RE2JS;
  try {
    regex = RE2JS.compile(dollars(pattern), RE2JS.CASE_INSENSITIVE);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new FilterError(span, t('The regular expression cannot be used: {0}.', error.message.replace(/^error parsing regexp: /, '')));
  }
  const instructions = regex.programSize();
  if (instructions > MAX_INSTRUCTIONS) {
    throw new FilterError(span, t('The regular expression is too large: it compiles to {0} instructions, the limit is {1}. Fewer or smaller repetitions make it smaller.', instructions, MAX_INSTRUCTIONS));
  }
  const most = PLAIN_TEXT.test(pattern) ? MAX_SEARCHED : Math.min(MAX_SEARCHED, Math.floor(MAX_STEPS / instructions));
  // "test" keeps no groups, which takes a hundredth of the time.
  return (value) => regex.test(typeof value === 'object' ? latin1(value.subarray(0, most)) : String(value).slice(0, most));
}

/** "$" also holds before a final line feed, as in Perl's expressions. */
function dollars(pattern: string): string {
  let out = '';
  let inClass = false;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '\\') {
      out += c + (pattern[++i] ?? '');
      continue;
    }
    if (c === '[') inClass = true;
    else if (c === ']') inClass = false;
    out += c === '$' && !inClass ? '(?:\\n?\\z)' : c;
  }
  return out;
}
