// Builds the extension and opens a sample capture (or the capture given) in VS Code: `code` when it is on the PATH, else, where a window
// can be shown, a VS Code that @vscode/test-electron downloads, else VS Code's web build, whose address is printed.
// usage: npm start [-- CAPTURE] [-- --web [--port N]]
import { spawn, spawnSync } from 'node:child_process';
import path from 'node:path';
import { downloadAndUnzipVSCode } from '@vscode/test-electron';
import { hasDisplay, which } from './vscode/system.mjs';

const root = path.resolve(import.meta.dirname, '..');
const argv = process.argv.slice(2);
const portAt = argv.indexOf('--port');
const port = portAt >= 0 ? Number(argv[portAt + 1]) : 0;
const capture = path.resolve(argv.find((arg, at) => !arg.startsWith('--') && (portAt < 0 || at !== portAt + 1)) ?? path.join(root, 'media', 'samples', 'handshake-and-close.pcap'));

const build = spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) process.exit(build.status ?? 1);

const args = [`--extensionDevelopmentPath=${root}`, path.dirname(capture), capture];
const code = which('code');
if (code && !argv.includes('--web')) {
  console.log(`opening ${capture} in VS Code`);
  process.exit(spawnSync(code, args, { stdio: 'inherit', shell: process.platform === 'win32' }).status ?? 1);
}
if (hasDisplay() && !argv.includes('--web')) {
  const executable = await downloadAndUnzipVSCode();
  console.log(`opening ${capture} in VS Code`);
  const data = path.join(root, '.vscode-test', 'start');
  const child = spawn(executable, ['--no-sandbox', `--user-data-dir=${data}`, '--disable-workspace-trust', '--skip-welcome', ...args], { stdio: 'inherit' });
  child.on('exit', (status) => process.exit(status ?? 1));
} else {
  const { startServer, workbenchUrl } = await import('./vscode/web.mjs');
  const server = await startServer({ port });
  console.log(`\nVS Code (web) is running with the extension. Open:\n\n    ${workbenchUrl(server, { folder: path.dirname(capture), extension: root, openFile: capture })}\n\nCtrl+C ends it.`);
  // The server listens on this machine only; from another one, forward the port: ssh -L PORT:127.0.0.1:PORT HOST
}
