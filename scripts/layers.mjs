// Fails when an import points upward: core knows nobody, platform and rpc know core, the four tops know what is below them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const allowed = {
  core: { layers: ['core'], packages: ['@vscode/l10n', '@lezer/common', '@lezer/lr', 're2js'] },
  rpc: { layers: ['core', 'rpc'], packages: [], typesOnly: true },
  'platform/node': { layers: ['core', 'platform/node'], packages: ['node:'] },
  worker: { layers: ['core', 'platform/node', 'rpc', 'worker'], packages: ['node:', '@vscode/l10n'] },
  cli: { layers: ['core', 'platform/node', 'cli'], packages: ['node:', 'commander', '@vscode/l10n'] },
  extension: { layers: ['core', 'platform/node', 'rpc', 'extension'], packages: ['node:', 'vscode'] },
  webview: { layers: ['core', 'rpc', 'webview'], packages: ['@vscode/l10n', '@lezer/common', '@lezer/lr', 'uplot'] },
};
const order = Object.keys(allowed).sort((a, b) => b.length - a.length);
const layerOf = (file) => order.find((name) => file.startsWith(name + '/'));

const files = [];
const walk = (dir) => {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const full = path.join(dir, entry.name);
    if (entry.isDirectory()) walk(full);
    else if (entry.name.endsWith('.ts')) files.push(full);
  }
};
const src = path.join(root, 'src');
walk(src);

const IMPORT = /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;
let faults = 0;
let imports = 0;
for (const file of files) {
  const relative = path.relative(src, file).split(path.sep).join('/');
  const layer = layerOf(relative);
  if (!layer) {
    console.error(`${relative}: in no layer`);
    faults++;
    continue;
  }
  const rule = allowed[layer];
  for (const match of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    imports++;
    const target = match[3] ?? match[4];
    const say = (why) => {
      console.error(`src/${relative}: imports '${target}': ${why}`);
      faults++;
    };
    if (target.startsWith('.')) {
      const to = layerOf(path.posix.join(path.posix.dirname(relative), target));
      if (!to || !rule.layers.includes(to)) say(`${layer} must not know ${to ?? 'what is outside src'}`);
      else if (rule.typesOnly && !match[2]) say(`${layer} holds types only: use 'import type'`);
    } else if (!rule.packages.some((p) => target === p || target.startsWith(p.endsWith(':') ? p : p + '/'))) say(`${layer} must not use this package`);
  }
}
console.log(`layers: ${files.length} files, ${imports} imports, ${faults} upward`);
process.exit(faults ? 1 : 0);
