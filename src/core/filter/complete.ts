import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import { portName } from '../explain/ports';
import { PROTOCOL_NAMES } from '../decode/otherTraffic';
import type { FilterCompletion, FilterCompletions } from './filterApi';
import { quote } from './ast';
import type { FilterField } from './fields/field';
import { filterField, filterFields } from './fields/fields';

const MOST_ITEMS = 60;
/** Streams whose addresses and ports are offered as values. */
const MOST_STREAMS = 200;

/**
 * What may be typed at a place of a filter: field names where a field may stand, operators behind a field, values behind an operator. It looks at the
 * words before the place only, so that it works in the midst of what is not finished.
 */
export function completeFilter(filter: string, at: number, model: CaptureModel): FilterCompletions {
  const place = Math.max(0, Math.min(filter.length, at));
  const before = filter.slice(0, place);
  const none: FilterCompletions = { from: place, to: place, items: [] };
  if (inQuotes(before)) return inQuotedValue(before, filter.slice(place)) ?? none;
  const word = /[A-Za-z0-9_.:-]*$/.exec(before)![0];
  const from = place - word.length;
  const to = place + /^[A-Za-z0-9_.:-]*/.exec(filter.slice(place))![0].length;
  const rest = before.slice(0, from).trimEnd();
  const compared = /([a-zA-Z_][\w.-]*)\s*(?:[=!<>~]=?=?|\b(?:eq|ne|gt|lt|ge|le|any_eq|all_eq|any_ne|all_ne|contains|matches)|\bin\s*\{[^{}]*[{,.\s])$/.exec(rest.endsWith('{') ? `${rest} ` : rest);
  if (compared) {
    const field = filterField(compared[1]!);
    return { from, to, items: field ? valuesOf(field, model).filter(({ text }) => text.replace(/^"/, '').toLowerCase().startsWith(word.toLowerCase())).slice(0, MOST_ITEMS) : [] };
  }
  const last = /[\w.)\]}"'-]+$/.exec(rest)?.[0] ?? '';
  const wantsOperator = last !== '' && !/^(and|or|xor|not|any|all|in)$/.test(last);
  if (wantsOperator) {
    const field = filterField(last);
    const items = (field ? operatorsOf(field) : JOINTS()).filter(({ text }) => text.startsWith(word));
    return { from, to, items };
  }
  return { from, to, items: fieldsLike(word) };
}

/** Behind the quote that begins a value of a field with few values. */
function inQuotedValue(before: string, after: string): FilterCompletions | null {
  const match = /([a-zA-Z_][\w.-]*)\s*(?:[=!<>]=?=?|\b(?:eq|ne|gt|lt|ge|le|contains)|\bin\s*\{[^{}]*)\s*"([^"\\]*)$/.exec(before);
  const choices = match && filterField(match[1]!)?.choices;
  if (!choices) return null;
  const word = match[2]!.toLowerCase();
  const rest = /^[\w.-]*"?/.exec(after)![0].length;
  const items = choices().filter(({ text }) => text.toLowerCase().startsWith(word)).map(({ text, doc }): FilterCompletion => ({ text: `${text}"`, kind: 'value', doc: t(doc) }));
  return { from: before.length - word.length, to: before.length + rest, items: items.slice(0, MOST_ITEMS) };
}

function inQuotes(text: string): boolean {
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote !== '' && c === '\\') i++;
    else if (quote === '' && (c === '"' || c === "'")) quote = c;
    else if (c === quote) quote = '';
  }
  return quote !== '';
}

function fieldsLike(word: string): readonly FilterCompletion[] {
  const wanted = word.toLowerCase();
  const starting: FilterCompletion[] = [];
  const holding: FilterCompletion[] = [];
  for (const { name, doc } of filterFields().values()) {
    const item: FilterCompletion = { text: name, kind: 'field', doc: t(doc) };
    if (name.startsWith(wanted)) starting.push(item);
    else if (wanted.length >= 2 && name.includes(wanted)) holding.push(item);
  }
  const functions = FUNCTIONS().filter(({ text }) => text.startsWith(wanted) && wanted !== '');
  const words = (wanted === '' ? [] : JOINTS().filter(({ text }) => text === 'not')).filter(({ text }) => text.startsWith(wanted));
  const byLength = (a: FilterCompletion, b: FilterCompletion): number => depth(a) - depth(b);
  return [...starting.sort(byLength), ...words, ...functions, ...holding].slice(0, MOST_ITEMS);
}

/** "tcp.port" before "tcp.options.mptcp.port". */
function depth({ text }: FilterCompletion): number {
  return text.split('.').length;
}

const operator = (text: string, doc: string): FilterCompletion => ({ text, kind: 'operator', doc });

const JOINTS = (): readonly FilterCompletion[] => [
  operator('&&', t('and: both hold')), operator('||', t('or: at least one holds')), operator('and', t('Both hold')), operator('or', t('At least one holds')), operator('xor', t('Exactly one holds')), operator('not', t('It does not hold')),
];

const FUNCTIONS = (): readonly FilterCompletion[] =>
  ([['len(', t('Length in bytes')], ['count(', t('How often the field occurs')], ['max(', t('The largest')], ['min(', t('The smallest')], ['abs(', t('Without its sign')], ['lower(', t('In lower case')], ['upper(', t('In upper case')]] as const).map(
    ([text, doc]) => ({ text, kind: 'function', doc }),
  );

function operatorsOf(field: FilterField): readonly FilterCompletion[] {
  if (field.type === 'label') return JOINTS();
  const equal = [operator('==', t('Equal')), operator('!=', t('Not equal'))];
  const order = [operator('>', t('Greater')), operator('<', t('Less')), operator('>=', t('At least')), operator('<=', t('At most'))];
  const search = [operator('contains', t('Holds these bytes or this text')), operator('matches', t('Matches a regular expression'))];
  const set = [operator('in', t('One of a set: {80, 443, 1000..2000}'))];
  const bytes = field.type === 'bytes' || field.type === 'header' || field.type === 'text';
  const flags = field.name.endsWith('flags') ? [operator('&', t('Has these bits'))] : [];
  if (field.type === 'header') return [...search, ...JOINTS()];
  return bytes ? [...equal, ...search, ...JOINTS()] : field.type === 'bool' ? [...equal, ...JOINTS()] : [...equal, ...order, ...set, ...flags, ...JOINTS()];
}

/** Values that the field's table names, or that the capture's streams have. */
function valuesOf(field: FilterField, model: CaptureModel): readonly FilterCompletion[] {
  const value = (text: string, doc: string): FilterCompletion => ({ text, kind: 'value', doc });
  if (field.type === 'bool') return [value('1', t('Set')), value('0', t('Not set'))];
  if (field.choices) return field.choices().map(({ text, doc }) => value(quote(text), t(doc)));
  if (field.values) return Object.entries(field.values).map(([number, name]) => value(number, t(name)));
  if (field.name === 'tcp.flags') return [['0x002', 'SYN'], ['0x012', 'SYN, ACK'], ['0x010', 'ACK'], ['0x018', 'PSH, ACK'], ['0x011', 'FIN, ACK'], ['0x004', 'RST'], ['0x014', 'RST, ACK']].map(([text, doc]) => value(text!, doc!));
  const { streams } = model;
  const count = Math.min(streams.length, MOST_STREAMS);
  const seen = new Map<string, FilterCompletion>();
  for (let s = 0; s < count && seen.size < MOST_ITEMS; s++) {
    const row = streams.row(s);
    const server = row.client === 0 ? 1 : 0;
    for (const end of [server, row.client] as const) {
      const who = end === server ? t('server of stream {0}', s) : t('client of stream {0}', s);
      if (field.type === 'number' && field.name.endsWith("port") && !seen.has(String(row.port[end]))) {
        const name = portName(row.port[end]);
        seen.set(String(row.port[end]), value(String(row.port[end]), name ? `${name}, ${who}` : who));
      } else if ((field.type === 'ipv4' && row.family === 4) || (field.type === 'ipv6' && row.family === 6)) {
        const address = model.address(row, end);
        if (!seen.has(address)) seen.set(address, value(address, who));
      }
    }
    if (field.name === 'tcp.stream') seen.set(String(s), value(String(s), `${model.address(row, row.client)}:${model.port(row, row.client)} \u2192 ${model.address(row, server)}:${model.port(row, server)}`));
  }
  const protocols = field.name === 'frame.protocols' ? PROTOCOL_NAMES.map((name) => value(name, '')) : [];
  return [...seen.values(), ...protocols];
}
