import { readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';

/** Entry of the tests inside the extension host: the desktop build, and the web build through scripts/vscode/launcher.mjs. */
export async function run(): Promise<void> {
  const root = path.resolve(__dirname, '..', '..', '..');
  // An unhandled rejection of the extension must fail the run, not vanish in the host's log.
  const unhandled: unknown[] = [];
  process.on('unhandledRejection', (reason) => unhandled.push(reason));
  const mocha = new Mocha({ ui: 'bdd', timeout: 120_000, color: false, reporter: path.join(root, 'scripts', 'reporter.cjs') });
  const only = process.env.TCP_TRACE_GREP;
  if (only) mocha.grep(only);
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.test.js')).sort();
  if (files.length === 0) throw new Error(`no tests in ${__dirname}`);
  for (const file of files) mocha.addFile(path.join(__dirname, file));
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  const ours = unhandled.filter((reason) => reason instanceof Error && (reason.stack ?? '').includes(path.join(root, 'dist')));
  for (const reason of ours) console.error('unhandled rejection in the extension:', reason);
  if (failures > 0 || ours.length > 0) throw new Error(`${failures} tests failed, ${ours.length} unhandled rejections`);
}
