// Makes the parser of display filters from its grammar; writes only what has changed. The build runs it.
// usage: node scripts/grammar.mjs [--check]     --check: fails when the committed parser is not the grammar's
import { buildParserFile } from '@lezer/generator';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.join(root, 'src', 'core', 'filter');
const target = path.join(folder, 'parser.generated.ts');

function generated() {
  const grammar = readFileSync(path.join(folder, 'displayFilter.grammar'), 'utf8');
  const warnings = [];
  const { parser, terms } = buildParserFile(grammar, { fileName: 'displayFilter.grammar', moduleStyle: 'es', typeScript: true, warn: (message) => warnings.push(message) });
  if (warnings.length > 0) throw new Error(warnings.join('\n'));
  return `${parser.trimEnd()}\n\n// Node types by number.\n${terms.replace(/^\/\/.*\n/, '').trim()}\n`;
}

/** True when the parser was up to date. */
export function makeGrammar({ check = false } = {}) {
  const text = generated();
  if (existsSync(target) && readFileSync(target, 'utf8') === text) return true;
  if (!check) writeFileSync(target, text);
  return false;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes('--check');
  if (!makeGrammar({ check }) && check) {
    console.error('src/core/filter/parser.generated.ts is not made from displayFilter.grammar: run node scripts/grammar.mjs');
    process.exit(1);
  }
}
