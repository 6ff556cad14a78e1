// Builds the four bundles (host, worker, webview, cli) into dist/, and with --tests the test bundles into dist/test/.
// usage: node scripts/build.mjs [--watch] [--production] [--tests] [--only host,worker,webview,cli,tests] [--match TEXT]
// --match TEXT: of the tests, only those whose path contains TEXT
import * as esbuild from 'esbuild';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makeGrammar } from './grammar.mjs';

const root = path.resolve(import.meta.dirname, '..');
makeGrammar();
const argv = process.argv.slice(2);
const has = (name) => argv.includes(`--${name}`);
const only = argv.includes('--only') ? argv[argv.indexOf('--only') + 1].split(',') : null;
const match = argv.includes('--match') ? argv[argv.indexOf('--match') + 1] : null;
const production = has('production');
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'info',
  legalComments: 'none',
  metafile: true,
};
const node = { ...common, platform: 'node', target: 'node20', format: 'cjs' };

function testFiles() {
  const found = [];
  const walk = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const full = path.join(dir, entry.name);
      if (entry.isDirectory()) walk(full);
      else if (entry.name.endsWith('.test.ts') || full.endsWith(path.join('vscode', 'index.ts'))) found.push(full);
    }
  };
  walk(path.join(root, 'test'));
  return match === null ? found : found.filter((file) => path.relative(root, file).includes(match));
}

const targets = {
  host: { ...node, entryPoints: ['src/extension/extension.ts'], outfile: 'dist/extension.js', external: ['vscode'] },
  worker: { ...node, entryPoints: ['src/worker/worker.ts'], outfile: 'dist/worker.js' },
  cli: { ...node, entryPoints: ['src/cli/cli.ts'], outfile: 'dist/cli.js', banner: { js: '#!/usr/bin/env node' }, define: { VERSION: JSON.stringify(version) } },
  webview: {
    ...common,
    platform: 'browser',
    target: 'es2022',
    format: 'esm',
    entryPoints: { editor: 'src/webview/editor/main.ts', explain: 'src/webview/explain/main.ts' },
    outdir: 'dist/webview',
    splitting: true,
    chunkNames: 'chunk-[hash]',
    loader: { '.ttf': 'file' },
  },
  tests: { ...node, entryPoints: has('tests') || only?.includes('tests') ? testFiles() : [], outdir: 'dist/test', outbase: 'test', external: ['vscode', 'mocha', 'playwright-core', '@vscode/test-electron', 'axe-core'] },
};

/** The icon font of VS Code, which the webviews link. */
const ICONS = ['codicon.css', 'codicon.ttf'];

function copyIcons() {
  const to = path.join(root, 'dist', 'webview');
  mkdirSync(to, { recursive: true });
  for (const name of ICONS) copyFileSync(path.join(root, 'node_modules', '@vscode', 'codicons', 'dist', name), path.join(to, name));
}

/** Removes bundles of an earlier build whose sources are gone: they would still be packed or run. */
function removeStale(folder, results) {
  const written = new Set(results.flatMap((result) => Object.keys(result.metafile.outputs)).map((file) => path.resolve(root, file)));
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = path.join(folder, name);
    if (/\.(js|css|ttf)(\.map)?$/.test(file) && !written.has(file) && !ICONS.includes(name)) rmSync(file, { force: true });
  }
}

const names = only ?? ['host', 'worker', 'webview', 'cli', ...(has('tests') ? ['tests'] : [])];
const chosen = names.filter((name) => targets[name]).map((name) => targets[name]);
if (names.includes('webview')) copyIcons();
if (has('watch')) {
  // One line when work begins and one when the last bundle is done: the task that F5 waits for looks for them.
  let active = 0;
  const announce = {
    name: 'announce',
    setup(build) {
      build.onStart(() => {
        if (active++ === 0) console.log('[watch] build started');
      });
      build.onEnd(() => {
        if (--active === 0) console.log('[watch] all built');
      });
    },
  };
  const contexts = await Promise.all(chosen.map((options) => esbuild.context({ ...options, logLevel: 'warning', plugins: [announce] })));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  const results = await Promise.all(chosen.map((options) => esbuild.build(options)));
  if (names.includes('webview')) removeStale(path.join(root, 'dist', 'webview'), results);
  if (names.includes('tests') && match === null) removeStale(path.join(root, 'dist', 'test'), results);
}
