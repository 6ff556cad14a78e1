// Measures the editor in a real VS Code (its web build, in a headless Chromium) by the webview's own performance marks, and
// prints a table beside the budgets. An input counts from the browser's own time stamp until the frame with its effect is done.
// usage: npm run bench:ui [-- --times 60]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { delayProxy } from './bench/delay.mjs';
import { generateCapture } from './bench/generate.mjs';
import { benchLadder, writeLongCapture } from './bench/ladder.mjs';
import { paintsOf, percentile } from './bench/paints.mjs';
import { CHROMIUM_FLAGS, launchBrowser, startServer, workbenchUrl } from './vscode/web.mjs';

const root = path.resolve(import.meta.dirname, '..');
const argv = process.argv.slice(2);
const times = argv.includes('--times') ? Number(argv[argv.indexOf('--times') + 1]) : 60;
const LATENCY_MS = 50;
/** Frames come as soon as they are asked for, not with the display's next tick: what is left is the editor's own time. */
const NO_DISPLAY_CLOCK = ['--disable-frame-rate-limit', '--disable-gpu-vsync'];

if (spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs'), '--production'], { stdio: 'inherit' }).status !== 0) process.exit(1);
const folder = mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-bench-'));
const names = ['first.pcap', 'second.pcap'];
for (const name of names) generateCapture(path.join(folder, name), { packets: 200_000, snapLength: 96 });
writeLongCapture(folder);

const rows = [];
const row = (what, measured, budget = '', met = undefined) => rows.push([what, measured, budget, met === undefined ? '' : met ? 'met' : 'MISSED']);
const ms = (value) => (Number.isFinite(value) ? value.toFixed(1) : 'none');

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

async function workbench(browser, server) {
  const page = await (await browser.newContext({ viewport: { width: 1500, height: 950 } })).newPage();
  await page.goto(workbenchUrl(server, { folder, extension: root }), { waitUntil: 'commit' });
  await page.locator('.activitybar').getByRole('tab', { name: 'TCP Trace' }).waitFor({ timeout: 60_000 });
  return page;
}

/** Opens a file and reads how long its webview took from start to the first painted row. */
async function open(page, name) {
  await page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true }).dblclick();
  await page.locator('.tabs-container').getByRole('tab', { name }).waitFor();
  await sleep(300);
  const frame = await frameWith(page, '.packets-pane .grid-row[aria-selected="true"]');
  const firstRow = await frame.evaluate(() => performance.getEntriesByName('tcp-trace:first-row')[0].startTime - performance.getEntriesByName('tcp-trace:ready')[0].startTime);
  return { frame, firstRow };
}

/** What VS Code itself measured: loading the code and calling activate. */
async function activation(page) {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input');
  await input.waitFor();
  await input.fill('>Developer: Show Running Extensions');
  await page.locator('.quick-input-list .monaco-list-row').first().click();
  const entry = page.locator('.runtime-extensions-editor .extension').filter({ hasText: /tcp.trace/i }).first();
  await entry.waitFor();
  const text = await entry.innerText();
  await page.keyboard.press('Control+w');
  return Number(/Activation: (\d+)\s*ms/.exec(text)?.[1] ?? NaN);
}

/** Keys and clicks of one open editor, as rows of the table. */
async function inputs(page, frame, { note, budgeted, pauseMs, latency }) {
  const list = (samples, what) => samples.map((s) => s[what]).filter((x) => x !== undefined);
  const timed = (label, { samples, late }, what) => {
    const values = list(samples, what);
    const p95 = percentile(values, 0.95);
    row(`${label}, ${note} (${values.length} of ${samples.length}) median / p95`, `${ms(percentile(values, 0.5))} / ${ms(p95)} ms`, budgeted ? '< 16 ms p95' : '', budgeted ? p95 < 16 : undefined);
    if (!budgeted) row('  presented later than the frame after it, says Chromium', `${late} of ${samples.length}`);
  };
  await frame.locator('.packets-pane .grid-row:not(.skeleton)').nth(1).click();
  timed('next stream', await paintsOf(frame, () => page.keyboard.press(']'), { times, pauseMs }), 'nextStream');
  timed('select the next packet', await paintsOf(frame, () => page.keyboard.press('ArrowDown'), { times: Math.min(times, 40), pauseMs }), 'select');
  timed('  its header, fields and bytes', await paintsOf(frame, () => page.keyboard.press('ArrowUp'), { times: Math.min(times, 40), pauseMs }), 'detail');
  // Far places of the whole capture, none of them read before.
  await frame.getByRole('button', { name: 'All packets' }).click();
  await sleep(500);
  const box = await frame.locator('.packets-pane .grid-track').boundingBox();
  const count = Math.min(times, 24);
  const place = (i) => box.y + 30 + ((i * 7) % count) * ((box.height - 60) / count);
  const far = await paintsOf(frame, (i) => page.mouse.click(box.x + box.width / 2, place(i)), { times: count, pauseMs: pauseMs + 100 });
  timed('rows not read yet: their place', far, 'skeleton');
  const filled = far.samples.map((s) => s.select ?? s.nextStream).filter((x) => x !== undefined);
  const p95 = percentile(filled, 0.95);
  row(`  their contents (${filled.length} of ${count}) median / p95`, `${ms(percentile(filled, 0.5))} / ${ms(p95)} ms`, `< ${50 + latency} ms`, p95 < 50 + latency);
}

const server = await startServer({ env: {} });
try {
  let browser = await launchBrowser();
  let page = await workbench(browser, server);
  // VS Code's own extensions start too: what is measured is ours.
  await sleep(4000);
  const cold = await open(page, names[0]);
  row('webview ready -> first row, cold', `${cold.firstRow.toFixed(0)} ms`);
  const warm = await open(page, names[1]);
  row('webview ready -> first row, warm', `${warm.firstRow.toFixed(0)} ms`, '< 150 ms', warm.firstRow < 150);
  await inputs(page, warm.frame, { note: 'painted, display at 60 Hz', budgeted: false, pauseMs: 120, latency: 0 });
  await benchLadder(page, open, row);
  const activationMs = await activation(page);
  row('extension activation: load and activate, says VS Code', `${activationMs} ms`, '< 50 ms', activationMs < 50);
  await browser.close();

  browser = await launchBrowser({ launch: { args: [...CHROMIUM_FLAGS, ...NO_DISPLAY_CLOCK] } });
  page = await workbench(browser, server);
  await inputs(page, (await open(page, names[0])).frame, { note: 'painted, no waiting for the display', budgeted: true, pauseMs: 120, latency: 0 });
  await browser.close();

  const proxy = await delayProxy(server.port, LATENCY_MS / 2);
  const far = { authority: `127.0.0.1:${proxy.port}`, origin: `http://127.0.0.1:${proxy.port}` };
  browser = await launchBrowser({ launch: { args: [...CHROMIUM_FLAGS, ...NO_DISPLAY_CLOCK] } });
  page = await workbench(browser, far);
  const remote = await open(page, names[1]);
  row(`webview ready -> first row, ${LATENCY_MS} ms of latency`, `${remote.firstRow.toFixed(0)} ms`);
  await inputs(page, remote.frame, { note: `painted, ${LATENCY_MS} ms of latency`, budgeted: true, pauseMs: 300, latency: LATENCY_MS });
  await browser.close();
  proxy.stop();
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
row('dist/extension.js, loaded at activation', `${(statSync(path.join(root, 'dist', 'extension.js')).size / 1000).toFixed(0)} kB`);
const head = ['what', 'measured', 'budget', ''];
const widths = head.map((text, i) => Math.max(text.length, ...rows.map((r) => r[i].length)));
for (const r of [head, ...rows]) console.log(r.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd());
process.exit(0);
