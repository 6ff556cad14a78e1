// A real VS Code (workbench, extension host, webviews) without its desktop build: VS Code's own web server out of the npm
// package code-server, in a cache folder, and a headless Chromium that drives it.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { ensureSystem, which } from './system.mjs';

const CODE_SERVER = '4.100.3';
const STARTED = /Extension host agent listening on (\d+)/;

/** Folder that holds what is downloaded once: $TCP_TRACE_CACHE, else ~/.cache/tcp-trace-explorer. */
export function cacheFolder() {
  return process.env.TCP_TRACE_CACHE || path.join(os.homedir(), '.cache', 'tcp-trace-explorer');
}

/** The environment without what `npm run` adds, so that an inner npm behaves as in a fresh shell. */
function plainEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|VSCODE_|ELECTRON_)/i.test(name)));
}

function npm(cwd, args) {
  const run = spawnSync('npm', args, { cwd, env: plainEnvironment(), encoding: 'utf8', shell: process.platform === 'win32', maxBuffer: 64 << 20 });
  if (run.status !== 0) throw new Error(`npm ${args.join(' ')} in ${cwd} failed (exit ${run.status ?? run.signal}):\n${(run.stderr ?? String(run.error)).slice(-2000)}`);
}

/** Only one process installs; the others wait. A lock older than ten minutes was left by a process that died. */
async function locked(file, work) {
  for (;;) {
    try {
      mkdirSync(file);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      try {
        if (Date.now() - statSync(file).mtimeMs > 600_000) rmSync(file, { recursive: true, force: true });
      } catch {
        // it has just gone
      }
      await sleep(500);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(file, { recursive: true, force: true });
  }
}

/** Installs VS Code's web server once (under a minute) and returns its folder. Nothing is compiled: no node-gyp. */
export async function installVscodeWeb(log = console.error) {
  const home = path.join(cacheFolder(), `code-server-${CODE_SERVER}`);
  const server = (folder) => path.join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  const ready = path.join(home, 'ready');
  if (existsSync(ready)) return server(home);
  mkdirSync(cacheFolder(), { recursive: true });
  return await locked(`${home}.lock`, () => {
    if (existsSync(ready)) return server(home);
    log(`installing VS Code's web server (code-server ${CODE_SERVER} from the npm registry) into ${home}`);
    const started = Date.now();
    const fresh = mkdtempSync(`${home}-`);
    try {
      writeFileSync(path.join(fresh, 'package.json'), '{"private": true}\n');
      npm(fresh, ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', `code-server@${CODE_SERVER}`]);
      const code = server(fresh);
      npm(code, ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--omit=dev']);
      symlinkSync('node_modules', path.join(code, 'node_modules.asar'), 'dir');
      const ripgrep = which('rg');
      if (ripgrep) {
        const bin = path.join(code, 'node_modules', '@vscode', 'ripgrep', 'bin');
        mkdirSync(bin, { recursive: true });
        symlinkSync(ripgrep, path.join(bin, 'rg'));
      }
      writeFileSync(path.join(fresh, 'ready'), '');
      rmSync(home, { recursive: true, force: true });
      renameSync(fresh, home);
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      throw error;
    }
    log(`installed in ${Math.round((Date.now() - started) / 1000)} s`);
    return server(home);
  });
}

/** Settings of every VS Code that the tests start; a test's own settings come on top. */
export const QUIET_SETTINGS = {
  'security.workspace.trust.enabled': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'window.commandCenter': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
  'files.simpleDialog.enable': true,
  'chat.commandCenter.enabled': false,
};

/** What VS Code's web build says on every start here: its native modules are not built, and there is no marketplace. */
const NOISE = /spdlog|vsda|status of 404|bad HTTP response code \(404\)|native-watchdog|build\/Release\/watchdog|open-vsx|EXTENSIONS_GALLERY|ERR_NAME_NOT_RESOLVED|connection token \(|Creating a socket|Updating additional builtin|ChatSessionStore|\[Service Worker\]|No search provider|additional builtin extensions|marketplace|getaddrinfo/i;

/** Whether a line of the console or of the server's output says nothing about the extension. */
export function isNoise(text) {
  return NOISE.test(text);
}

const running = new Set();
let hooked = false;

/** Whatever ends this process also ends the servers and removes their folders. */
function hookExit() {
  if (hooked) return;
  hooked = true;
  process.on('exit', () => {
    for (const server of running) server.killNow();
  });
  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]]) process.once(signal, () => process.exit(code));
}

/**
 * Starts a VS Code server with its own data folder on a free port.
 * @param options.settings user settings over QUIET_SETTINGS
 * @param options.env added to the server's environment, and so to the extension host's
 * @param options.vsix .vsix files to install before the start
 * @param options.port a fixed port, else a free one
 */
export async function startServer(options = {}) {
  const { settings = {}, env = {}, vsix = [], port = 0, log = console.error, timeoutMs = 60_000 } = options;
  const code = await installVscodeWeb(log);
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-vscode-'));
  const main = path.join(code, 'out', 'server-main.js');
  // No marketplace: the tests must not depend on one.
  const fullEnv = { ...plainEnvironment(), EXTENSIONS_GALLERY: '{}', ...env };
  const writeSettings = (values) => {
    const text = JSON.stringify({ ...QUIET_SETTINGS, ...values }, null, 2);
    for (const name of ['User', 'Machine']) {
      mkdirSync(path.join(dataFolder, 'data', name), { recursive: true });
      writeFileSync(path.join(dataFolder, 'data', name, 'settings.json'), text);
    }
  };
  writeSettings(settings);

  for (const file of vsix) {
    const install = spawnSync(process.execPath, [main, '--install-extension', file, '--server-data-dir', dataFolder, '--accept-server-license-terms'], { env: fullEnv, encoding: 'utf8' });
    if (install.status !== 0 || !/successfully installed/.test(install.stdout)) {
      rmSync(dataFolder, { recursive: true, force: true });
      throw new Error(`installing ${file} failed (exit ${install.status}):\n${install.stdout}\n${install.stderr}`);
    }
  }

  const child = spawn(
    process.execPath,
    [main, '--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms', '--telemetry-level', 'off', '--server-data-dir', dataFolder],
    // Its own process group: the extension host and its workers end with it.
    { env: fullEnv, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' },
  );
  let output = '';
  const killNow = () => {
    running.delete(server);
    try {
      if (process.platform === 'win32') child.kill('SIGKILL');
      else process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it has ended already
    }
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  };
  const server = { origin: '', authority: '', port: 0, dataFolder, writeSettings, killNow, output: () => output, stop: () => Promise.resolve() };
  server.stop = async () => {
    const ended = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve));
    killNow();
    await Promise.race([ended, sleep(5000)]);
    // What the dying processes still wrote.
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  };
  running.add(server);
  hookExit();

  await new Promise((resolve, reject) => {
    const fail = (why) => {
      clearTimeout(timer);
      killNow();
      reject(new Error(`VS Code's server ${why}. Its output:\n${output.slice(-3000)}`));
    };
    const timer = setTimeout(() => fail(`did not start in ${timeoutMs / 1000} s`), timeoutMs);
    const take = (chunk) => {
      output = (output + chunk).slice(-200_000);
      const match = server.port === 0 && STARTED.exec(output);
      if (match) {
        clearTimeout(timer);
        server.port = Number(match[1]);
        server.authority = `127.0.0.1:${server.port}`;
        server.origin = `http://${server.authority}`;
        resolve();
      }
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.once('exit', (exitCode, signal) => {
      if (server.port === 0) fail(`ended at once (${exitCode ?? signal})`);
    });
  });
  return server;
}

/** The page that opens `folder` with the extension under development, and runs its tests when there are any. */
export function workbenchUrl(server, { folder, extension, tests, openFile }) {
  const remote = (file) => `vscode-remote://${server.authority}${encodeURI(path.resolve(file).split(path.sep).join('/'))}`;
  const payload = [['skipWelcome', 'true'], ['skipReleaseNotes', 'true']];
  if (extension) payload.push(['extensionDevelopmentPath', remote(extension)]);
  if (tests) payload.push(['extensionTestsPath', remote(tests)]);
  if (openFile) payload.push(['openFile', remote(openFile)]);
  const query = [];
  if (folder) query.push(`folder=${encodeURI(path.resolve(folder))}`);
  else query.push('ew=true');
  query.push(`payload=${encodeURIComponent(JSON.stringify(payload))}`);
  return `${server.origin}/?${query.join('&')}`;
}

export const CHROMIUM_FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync', '--disable-dev-shm-usage', '--disable-background-timer-throttling', '--disable-renderer-backgrounding', '--disable-backgrounding-occluded-windows',
];

/** Headless Chromium, the one of the system. */
export async function launchBrowser(options = {}) {
  const executablePath = ensureSystem(options.log ?? console.error);
  return await chromium.launch({ executablePath, headless: true, args: CHROMIUM_FLAGS, ...options.launch });
}
