import { parser } from '../../core/filter/parser.generated';
import { el } from '../shared/dom';

/** A stretch of text that is shown in one way. */
export interface Ink {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
}

const KINDS: Readonly<Record<string, string>> = {
  Keyword: 'keyword', OrSign: 'operator', XorSign: 'operator', AndSign: 'operator', NotSign: 'operator', CompareSign: 'operator',
  String: 'string', RawString: 'string', Char: 'string', SliceRange: 'number', LayerRange: 'number', FunctionName: 'function',
};

/** How the parts of a filter are coloured, by the grammar that also compiles it. */
export function inkOf(text: string): readonly Ink[] {
  const inks: Ink[] = [];
  parser.parse(text).iterate({
    enter: (node) => {
      const kind = node.name === 'Word' ? wordKind(text.slice(node.from, node.to)) : KINDS[node.name];
      if (kind === undefined) return true;
      inks.push({ from: node.from, to: node.to, kind });
      return false;
    },
  });
  return inks;
}

/** What begins with a digit or holds a colon is a value. */
function wordKind(word: string): string {
  if (/^(true|false)$/i.test(word)) return 'boolean';
  return /^[\d:.]|:/.test(word) ? 'number' : 'field';
}

/** The text in its colours, with a wavy line under what is wrong. */
export function inkNodes(text: string, fault: { readonly from: number; readonly to: number } | null): Node[] {
  const nodes: Node[] = [];
  const edges = new Set([0, text.length]);
  const inks = inkOf(text);
  for (const ink of inks) edges.add(ink.from).add(ink.to);
  if (fault) edges.add(fault.from).add(Math.max(fault.from, Math.min(text.length, fault.to)));
  const sorted = [...edges].sort((a, b) => a - b);
  let next = 0;
  for (let i = 0; i + 1 < sorted.length; i++) {
    const [from, to] = [sorted[i]!, sorted[i + 1]!];
    while (next < inks.length && inks[next]!.to <= from) next++;
    const ink = inks[next];
    const kind = ink && ink.from <= from ? `ink-${ink.kind}` : '';
    const wrong = fault && from >= fault.from && from < fault.to ? ' ink-wrong' : '';
    nodes.push(kind || wrong ? el('span', `${kind}${wrong}`.trim(), {}, text.slice(from, to)) : document.createTextNode(text.slice(from, to)));
  }
  return nodes;
}
