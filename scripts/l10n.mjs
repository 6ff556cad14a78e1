// Collects the user-visible strings of src/ into l10n/bundle.l10n.json.
// usage: node scripts/l10n.mjs [--check]   (--check: fail when the file is not up to date)
import { getL10nJson } from '@vscode/l10n-dev';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const target = path.join(root, 'l10n', 'bundle.l10n.json');

// The collector knows `l10n.t` of '@vscode/l10n' only; core, worker, webview and CLI import `t` through src/core/l10n.ts.
const OUR_IMPORT = /import \{[^}]*\bt\b[^}]*\} from '(?:\.\.?\/)+(?:core\/)?l10n';/;
const asCollectorKnows = (text) => (OUR_IMPORT.test(text) ? text.replace(OUR_IMPORT, "import * as l10n from '@vscode/l10n';").replace(/(?<![\w.$])t\(/g, 'l10n.t(') : text);

const sources = readdirSync(path.join(root, 'src'), { recursive: true })
  .filter((name) => name.endsWith('.ts'))
  .sort()
  .map((name) => ({ extension: '.ts', contents: asCollectorKnows(readFileSync(path.join(root, 'src', name), 'utf8')) }));
const strings = await getL10nJson(sources);
const sorted = Object.fromEntries(Object.entries(strings).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
const text = JSON.stringify(sorted, null, 2) + '\n';

if (process.argv.includes('--check')) {
  if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    console.error('l10n/bundle.l10n.json is not up to date: run npm run l10n');
    process.exit(1);
  }
} else {
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}
console.log(`l10n: ${Object.keys(sorted).length} strings from ${sources.length} files`);
