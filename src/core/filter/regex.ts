import { RE2JS, RE2JSException } from 're2js';
import { t } from '../l10n';
import type { Span } from './ast';
import { FilterError } from './fault';
import { latin1, type Value } from './values';

/** Longest pattern: the automaton grows with it, and with its counted repetitions. */
const MAX_PATTERN = 1000;

/**
 * Compiles the pattern of "matches". The engine takes time linear in the text whatever the pattern, so a hostile one cannot hang the worker; what only
 * backtracking could do (back-references, look-around) is refused. As in Wireshark, upper and lower case are the same unless (?-i) says otherwise.
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
  return (value) => regex.matcher(typeof value === 'object' ? latin1(value) : String(value)).find();
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
