// Packs the extension into a .vsix and refuses one that is too large or holds what does not belong there.
// usage: npm run package [-- --out FILE]
import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';

const root = path.resolve(import.meta.dirname, '..');
const argv = process.argv.slice(2);
const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const file = argv.includes('--out') ? path.resolve(argv[argv.indexOf('--out') + 1]) : path.join(root, `${name}-${version}.vsix`);
const LIMIT = 1_500_000;
const FOREIGN = /(^|\/)node_modules\/|\.map$|\.ts$|^extension\/(src|test|scripts|test-results|\.ci|\.vscode|\.git)\/|^extension\/dist\/(test|bench)\/|tsconfig|eslint/;
const NEEDED = ['package.json', 'package.nls.json', 'dist/extension.js', 'dist/worker.js', 'dist/cli.js', 'dist/webview/editor.js', 'dist/webview/explain.js', 'media/languages/tcpdump.tmLanguage.json', 'media/languages/tcpdump.language-configuration.json', 'readme.md', 'changelog.md', 'LICENSE.txt'];

/** Names in a zip, from its central directory. */
function zipNames(bytes) {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const names = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const length = bytes.readUInt16LE(at + 28);
    names.push(bytes.toString('utf8', at + 46, at + 46 + length));
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names;
}

mkdirSync(path.dirname(file), { recursive: true });
await createVSIX({ cwd: root, packagePath: file, dependencies: false });

const names = zipNames(readFileSync(file));
const faults = [
  ...names.filter((entry) => FOREIGN.test(entry)).map((entry) => `${entry} does not belong into the package`),
  ...NEEDED.filter((entry) => !names.includes(`extension/${entry}`)).map((entry) => `${entry} is missing`),
];
const { size } = statSync(file);
if (size >= LIMIT) faults.push(`${size} bytes, the limit is ${LIMIT}`);
console.log(`${file}: ${names.length} files, ${(size / 1000).toFixed(0)} kB (limit ${LIMIT / 1000} kB)`);
for (const fault of faults) console.error(fault);
process.exit(faults.length > 0 ? 1 : 0);
