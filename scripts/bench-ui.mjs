// Measures the editor in a real VS Code (its web build, in a headless Chromium) by the webview's own performance marks.
// usage: npm run bench:ui      prints a table beside the budgets; figures of a cold and of a warm start are kept apart
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { generateCapture } from './bench/generate.mjs';
import { launchBrowser, startServer, workbenchUrl } from './vscode/web.mjs';

const root = path.resolve(import.meta.dirname, '..');
if (spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs'), '--production'], { stdio: 'inherit' }).status !== 0) process.exit(1);
const folder = mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-bench-'));
const names = ['first.pcap', 'second.pcap'];
for (const name of names) generateCapture(path.join(folder, name), { packets: 200_000, snapLength: 96 });

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const percentile = (values, p) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))];

async function frameWith(page, selector) {
  for (let i = 0; i < 1200; i++) {
    for (const frame of page.frames()) {
      const element = frame === page.mainFrame() ? null : await frame.$(selector).catch(() => null);
      if (element && (await element.isVisible().catch(() => false))) return frame;
    }
    await sleep(50);
  }
  throw new Error(`no webview with ${selector}`);
}

/** Opens a file and reads how long its webview took from start to the first painted row. */
async function open(page, name) {
  await page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true }).dblclick();
  await page.locator('.tabs-container').getByRole('tab', { name }).waitFor();
  await sleep(300);
  const frame = await frameWith(page, '.packets-pane .grid-row[aria-selected="true"]');
  const ms = await frame.evaluate(() => performance.getEntriesByName('tcp-trace:first-row')[0].startTime - performance.getEntriesByName('tcp-trace:ready')[0].startTime);
  return { frame, ms };
}

/** Presses a key many times and measures from the key to the paint that shows its effect. */
async function paints(page, frame, key, what, times) {
  await frame.evaluate((w) => {
    globalThis.paints = [];
    globalThis.pressed = 0;
    globalThis.addEventListener('keydown', () => (globalThis.pressed = performance.now()), true);
    new globalThis.PerformanceObserver((list) => {
      for (const mark of list.getEntries()) if (mark.name === 'tcp-trace:painted' && mark.detail?.what === w && globalThis.pressed) {
        globalThis.paints.push(mark.startTime - globalThis.pressed);
        globalThis.pressed = 0;
      }
    }).observe({ entryTypes: ['mark'] });
  }, what);
  for (let i = 0; i < times; i++) {
    await page.keyboard.press(key);
    await sleep(120);
  }
  return await frame.evaluate(() => globalThis.paints);
}

const server = await startServer({ env: {} });
const browser = await launchBrowser();
const rows = [['what', 'measured', 'budget']];
try {
  const page = await (await browser.newContext({ viewport: { width: 1500, height: 950 } })).newPage();
  await page.goto(workbenchUrl(server, { folder, extension: root }), { waitUntil: 'commit' });
  await page.locator('.activitybar').getByRole('tab', { name: 'TCP Trace' }).waitFor({ timeout: 60_000 });
  const cold = await open(page, names[0]);
  rows.push(['webview ready -> first row, cold', `${cold.ms.toFixed(0)} ms`, '']);
  const warm = await open(page, names[1]);
  rows.push(['webview ready -> first row, warm', `${warm.ms.toFixed(0)} ms`, '< 150 ms']);
  await warm.frame.locator('.packets-pane .grid-row:not(.skeleton)').nth(1).click();
  const streams = await paints(page, warm.frame, ']', 'nextStream', 60);
  rows.push([`next stream, cached, painted (${streams.length} times) median / p95`, `${percentile(streams, 0.5).toFixed(1)} / ${percentile(streams, 0.95).toFixed(1)} ms`, '< 16 ms p95']);
  const selects = await paints(page, warm.frame, 'ArrowDown', 'select', 60);
  rows.push([`select the next packet, painted (${selects.length} times) median / p95`, `${percentile(selects, 0.5).toFixed(1)} / ${percentile(selects, 0.95).toFixed(1)} ms`, '< 16 ms p95']);
} finally {
  await browser.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
rows.push(['dist/extension.js, loaded at activation', `${(statSync(path.join(root, 'dist', 'extension.js')).size / 1000).toFixed(0)} kB`, '']);
const widths = [0, 1, 2].map((i) => Math.max(...rows.map((r) => r[i].length)));
for (const r of rows) console.log(r.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd());
