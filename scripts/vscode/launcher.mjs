#!/usr/bin/env node
// Stands in for VS Code's desktop executable: takes the same flags from @vscode/test-electron's runTests(), runs the web build in a
// headless Chromium, prints the extension host's console and exits with the code that the test run reports.
// usage: launcher.mjs --extensionDevelopmentPath=DIR --extensionTestsPath=FILE [FOLDER]   (every other flag is ignored)
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isNoise, launchBrowser, startServer, workbenchUrl } from './web.mjs';

const argv = process.argv.slice(2);
const flag = (name) => argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const extension = flag('extensionDevelopmentPath');
const tests = flag('extensionTestsPath');
const limit = Number(process.env.TCP_TRACE_VSCODE_TIMEOUT ?? 600) * 1000;
if (argv.includes('--help') || !extension || !tests) {
  console.error('usage: launcher.mjs --extensionDevelopmentPath=DIR --extensionTestsPath=FILE [FOLDER]');
  process.exit(argv.includes('--help') ? 0 : 64);
}
for (const file of [extension, tests]) {
  if (!existsSync(file) && !existsSync(`${file}.js`)) {
    console.error(`${file} does not exist: build first (npm run build:tests)`);
    process.exit(66);
  }
}

// The extension's folder and the tests' folder are no workspace: an argument that is a folder is.
let folder = argv.filter((arg) => !arg.startsWith('-') && existsSync(arg) && statSync(arg).isDirectory()).at(-1);
const ownFolder = folder ? null : mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-workspace-'));
folder ??= ownFolder;

const server = await startServer({ env: { TCP_TRACE_IN_WEB: '1' } });
const browser = await launchBrowser();
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });

let finish;
const finished = new Promise((resolve) => {
  finish = resolve;
});
const timer = setTimeout(() => finish({ code: 1, why: `the tests did not end in ${limit / 1000} s (TCP_TRACE_VSCODE_TIMEOUT)` }), limit);
const quiet = setTimeout(() => {
  if (!heard) finish({ code: 1, why: 'the extension host said nothing for 120 s' });
}, 120_000);
let heard = false;

await page.exposeFunction('codeAutomationLog', (type, args) => {
  heard = true;
  const text = args.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(' ').replace(/\n$/, '');
  if (isNoise(text)) return;
  (type === 'error' || type === 'warn' ? process.stderr : process.stdout).write(`${text}\n`);
});
await page.exposeFunction('codeAutomationExit', (code, logs) => {
  finish({ code: Number(code), logs });
});
const errors = [];
page.on('pageerror', (error) => errors.push(String(error)));
page.on('console', (message) => {
  if (message.type() === 'error' && !isNoise(message.text())) errors.push(message.text());
});
page.on('crash', () => finish({ code: 1, why: 'the browser page crashed' }));
browser.on('disconnected', () => finish({ code: 1, why: 'the browser ended' }));

await page.goto(workbenchUrl(server, { folder, extension, tests }), { waitUntil: 'commit' });
const { code, why } = await finished;
clearTimeout(timer);
clearTimeout(quiet);
if (why) {
  console.error(`VS Code (web): ${why}`);
  const shot = path.resolve('test-results', 'vscode-launcher.png');
  mkdirSync(path.dirname(shot), { recursive: true });
  await page.screenshot({ path: shot, timeout: 5000 }).then(() => console.error(`screenshot: ${shot}`), () => {});
  console.error(`last errors of the page:\n  ${errors.slice(-15).join('\n  ')}`);
  console.error(`last output of the server:\n${server.output().slice(-2000)}`);
}
await browser.close().catch(() => {});
await server.stop();
if (ownFolder) rmSync(ownFolder, { recursive: true, force: true });
process.exit(code);
