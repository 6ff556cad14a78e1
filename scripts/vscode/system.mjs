// What the tests need from the system and npm cannot give: a Chromium, and ripgrep for VS Code's quick open.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';

/** First executable of that name on the PATH, or null. */
export function which(name) {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const suffix of process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']) {
      const file = path.join(folder, name + suffix);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // not in this folder
      }
    }
  }
  return null;
}

const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const CHROMIUM_PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** A Chromium to drive: $TCP_TRACE_CHROMIUM, the PATH, the usual places; null when there is none. */
export function findChromium() {
  const named = process.env.TCP_TRACE_CHROMIUM;
  if (named) return existsSync(named) ? named : null;
  for (const name of CHROMIUM_NAMES) {
    const found = which(name);
    if (found) return found;
  }
  return CHROMIUM_PLACES.find((place) => existsSync(place)) ?? null;
}

/** Makes sure that there is a Chromium: installs it where that needs no question (root on Debian), else says how. */
export function ensureSystem(log = console.error) {
  const missing = [...(findChromium() ? [] : ['chromium']), ...(which('rg') ? [] : ['ripgrep'])];
  if (missing.length === 0) return findChromium();
  const command = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (process.getuid?.() === 0 && which('apt-get')) {
    log(`installing ${missing.join(' and ')} with apt-get`);
    const run = spawnSync('sh', ['-c', command], { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    if (run.status !== 0) log(`apt-get failed (exit ${run.status})`);
  }
  const chromium = findChromium();
  if (!chromium) {
    const how = which('apt-get') ? `sudo sh -c '${command}'` : process.platform === 'darwin' ? 'brew install --cask chromium' : 'install Chromium or Google Chrome';
    throw new Error(`no Chromium was found. Install one:\n    ${how}\nor name one in TCP_TRACE_CHROMIUM.`);
  }
  if (!which('rg')) log('ripgrep is missing: quick open inside the test VS Code will find nothing (apt-get install -y ripgrep)');
  return chromium;
}

/** Whether a window can be shown. */
export function hasDisplay() {
  return process.platform === 'win32' || process.platform === 'darwin' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}
