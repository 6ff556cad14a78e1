// Builds and runs the tests, prints what passed, and fails when anything failed.
// usage: node scripts/test.mjs [unit] [corpus] [vscode] [ui] [--no-build]      without names: all of them
// TCP_TRACE_CORPUS  folder of captures with oracle outputs; without it those tests are skipped, with it nothing may skip
// TCP_TRACE_VSCODE  desktop, web or an executable, see scripts/test-vscode.mjs
// TCP_TRACE_TOTALS  file to which the sums are written as JSON
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const argv = process.argv.slice(2);
const KINDS = ['unit', 'corpus', 'vscode', 'ui'];
const asked = argv.filter((arg) => !arg.startsWith('--'));
const unknown = asked.filter((name) => !KINDS.includes(name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}. Known: ${KINDS.join(', ')}`);
  process.exit(64);
}
const kinds = asked.length > 0 ? KINDS.filter((name) => asked.includes(name)) : KINDS;
const corpus = process.env.TCP_TRACE_CORPUS;
const work = mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-test-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));

function run(args, env = {}) {
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  return result.status ?? 1;
}

const testFiles = (...folders) =>
  folders
    .map((folder) => path.join(root, 'dist', 'test', folder))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.test.js')).map((name) => path.join(folder, name)))
    .sort();

const rows = [];
/** Runs one group; its reporter leaves counts in a file. A runner that ends without counts has failed. */
function group(name, args, { mayskip }) {
  console.log(`\n=== ${name} ===`);
  const file = path.join(work, name.replace(/\W+/g, '-'));
  const started = Date.now();
  const status = run(args, { TCP_TRACE_RESULTS: file });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  for (const line of lines) {
    const part = JSON.parse(line);
    for (const key of Object.keys(counts)) counts[key] += part[key];
  }
  if (counts.failed === 0 && (status !== 0 || lines.length === 0)) {
    console.error(`${name}: the runner ended with ${status}${lines.length === 0 ? ' and no result' : ''}`);
    counts.failed = 1;
  }
  if (counts.skipped > 0 && !mayskip) {
    console.error(`${name}: ${counts.skipped} tests were skipped, and none may be`);
    counts.failed += counts.skipped;
  }
  rows.push({ name, ...counts, seconds: (Date.now() - started) / 1000 });
}

const mocha = path.join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
const needsHost = kinds.includes('vscode') || kinds.includes('ui');
if (!argv.includes('--no-build') && run(['scripts/build.mjs', '--tests']) !== 0) {
  console.error('the build failed');
  finish(1);
}
if (needsHost) {
  const { ensureSystem } = await import('./vscode/system.mjs');
  try {
    ensureSystem(console.log);
  } catch (error) {
    console.error(error.message);
    finish(1);
  }
}

for (const kind of kinds) {
  if (kind === 'unit') group('unit and property', [mocha, ...testFiles('unit', 'property')], { mayskip: false });
  if (kind === 'corpus') {
    if (corpus) group('corpus', [mocha, '--timeout', '600000', ...testFiles('corpus')], { mayskip: false });
    else console.log('\n=== corpus ===\nskipped: TCP_TRACE_CORPUS is not set (a folder of captures with oracle outputs)');
  }
  if (kind === 'vscode') group('inside VS Code', ['scripts/test-vscode.mjs'], { mayskip: !corpus });
  if (kind === 'ui') {
    mkdirSync(path.join(root, 'test-results'), { recursive: true });
    // The installed extension is tested too, so it is packed first.
    const vsix = path.join(work, 'tcp-trace-explorer.vsix');
    if (run(['scripts/package.mjs', '--out', vsix]) !== 0) rows.push({ name: 'packing for the UI tests', passed: 0, failed: 1, skipped: 0, seconds: 0 });
    process.env.TCP_TRACE_VSIX = vsix;
    group('user interface', [mocha, '--timeout', '120000', ...testFiles('ui')], { mayskip: !corpus });
  }
}
finish(0);

function finish(base) {
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const totals = { passed: sum('passed'), failed: sum('failed') + base, skipped: sum('skipped') };
  console.log('');
  for (const row of rows) console.log(`${row.name.padEnd(26)} ${String(row.passed).padStart(6)} passed ${String(row.failed).padStart(4)} failed ${String(row.skipped).padStart(4)} skipped  ${row.seconds.toFixed(1).padStart(6)} s`);
  console.log(`total: ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  if (process.env.TCP_TRACE_TOTALS) writeFileSync(process.env.TCP_TRACE_TOTALS, JSON.stringify(totals));
  process.exit(totals.failed > 0 ? 1 : 0);
}
