import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type { Browser, ElementHandle, Frame, Locator, Page } from 'playwright-core';
import { isNoise, launchBrowser, startServer, workbenchUrl, type Server } from '../../../scripts/vscode/web.mjs';

/** The checkout: UI tests run from it. */
export const ROOT = process.cwd();
export const SCREENSHOTS = path.join(ROOT, 'test-results');

export type Theme = 'dark' | 'light' | 'highContrast' | 'highContrastLight';
const THEMES: Record<Theme, string> = {
  dark: 'Default Dark Modern',
  light: 'Default Light Modern',
  highContrast: 'Default High Contrast',
  highContrastLight: 'Default High Contrast Light',
};

export interface WorkbenchOptions {
  /** User settings over the quiet defaults. */
  readonly settings?: Record<string, unknown>;
  /** Extension to load from source; null: none. The checkout by default. */
  readonly extension?: string | null;
  /** Packed extensions to install. */
  readonly vsix?: readonly string[];
  /** Files and folders of the checkout that the workspace gets a copy of. */
  readonly files?: readonly string[];
  readonly theme?: Theme;
  /** false: return as soon as the workbench stands, for example while it asks a question. */
  readonly waitForExtension?: boolean;
}

export interface AxeViolation {
  readonly id: string;
  readonly impact: string;
  readonly help: string;
  readonly nodes: readonly string[];
}

/** Waits until `probe` gives something other than undefined, null or false. */
export async function until<T>(what: string, probe: () => T | Promise<T>, timeoutMs = 20_000): Promise<NonNullable<Exclude<T, false>>> {
  const end = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await probe();
      if (value !== undefined && value !== null && value !== false) return value as NonNullable<Exclude<T, false>>;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1000} s for ${what}${last instanceof Error ? `: ${last.message}` : ''}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** How long the first webview of a window may take; half a minute is not rare, and goes by. */
const FIRST_WEBVIEW_MS = 45_000;

/** A VS Code in a browser, on a copy of some fixtures, that a test drives as a person does. */
export class Workbench {
  /** Errors that the page reported, without those that VS Code's web build always has. */
  readonly errors: string[] = [];
  private webviewSeen = false;

  private constructor(
    readonly server: Server,
    readonly browser: Browser,
    readonly page: Page,
    readonly folder: string,
    private settings: Record<string, unknown>,
  ) {}

  static async start(options: WorkbenchOptions = {}): Promise<Workbench> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'tcp-trace-ui-'));
    for (const file of options.files ?? ['media/samples']) {
      const from = path.join(ROOT, file);
      cpSync(from, path.join(folder, /\.[a-z]+$/.test(file) ? path.basename(file) : ''), { recursive: true });
    }
    const settings = { 'workbench.colorTheme': THEMES[options.theme ?? 'dark'], ...options.settings };
    const server = await startServer({ settings, vsix: options.vsix ?? [] });
    let browser: Browser | undefined;
    try {
      browser = await launchBrowser();
      const context = await browser.newContext({ viewport: { width: 1500, height: 950 }, permissions: ['clipboard-read', 'clipboard-write'] });
      const page = await context.newPage();
      const workbench = new Workbench(server, browser, page, folder, settings);
      page.on('pageerror', (error) => workbench.errors.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' && !isNoise(message.text())) workbench.errors.push(message.text());
      });
      const extension = options.extension === undefined ? ROOT : options.extension;
      await page.goto(workbenchUrl(server, { folder, ...(extension === null ? {} : { extension }) }), { waitUntil: 'commit' });
      await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
      // A file that is opened before its extension is registered opens as text: wait for what the extension contributes.
      if (options.waitForExtension !== false) await page.locator('.activitybar').getByRole('tab', { name: 'TCP Trace' }).waitFor({ timeout: 60_000 });
      return workbench;
    } catch (error) {
      await browser?.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A file or folder in the Explorer. */
  explorerItem(name: string): Locator {
    return this.page.locator('.explorer-folders-view').getByRole('treeitem', { name, exact: true });
  }

  /** Opens a file with a double click in the Explorer, and waits for its tab. */
  async openFromExplorer(name: string): Promise<void> {
    const item = this.explorerItem(name);
    try {
      await item.waitFor({ timeout: 5000 });
    } catch {
      // Written before the Explorer began to watch the folder.
      await this.page.locator('.explorer-viewlet .pane-header').first().hover();
      await this.page.locator('.explorer-viewlet').getByRole('button', { name: 'Refresh Explorer' }).click();
      await item.waitFor({ timeout: 60_000 });
    }
    // The tooltip of an item that the pointer rests on would cover the one below.
    await this.page.mouse.move(700, 5);
    await this.page.locator('.hover-contents').first().waitFor({ state: 'hidden' });
    await item.dblclick();
    await this.tab(name).waitFor({ timeout: 30_000 });
  }

  tab(name: string): Locator {
    return this.page.locator('.tabs-container').getByRole('tab', { name });
  }

  /**
   * Content frame of the visible webview for which `selector` matches; VS Code nests it in two frames. VS Code's web build now and then
   * leaves the first webview of a window blank, because its own service worker does not come up: the window is then loaded again, once.
   */
  async webview(selector: string, timeoutMs = 60_000): Promise<Frame> {
    const what = `a webview with ${selector}`;
    const look = (): Promise<Frame | null> => this.frameWith(selector);
    if (this.webviewSeen) return await until(what, look, timeoutMs);
    try {
      await until(what, look, FIRST_WEBVIEW_MS);
    } catch {
      console.error(`no ${selector} after ${FIRST_WEBVIEW_MS / 1000} s: the window is loaded again`);
      await this.page.reload({ waitUntil: 'commit' });
      await this.page.locator('.activitybar').getByRole('tab', { name: 'TCP Trace' }).waitFor({ timeout: 60_000 });
    }
    const frame = await until(what, look, timeoutMs);
    this.webviewSeen = true;
    return frame;
  }

  private async frameWith(selector: string): Promise<Frame | null> {
    for (const frame of this.page.frames()) {
      if (frame === this.page.mainFrame()) continue;
      try {
        const element: ElementHandle | null = await frame.$(selector);
        if (element && (await element.isVisible())) return frame;
      } catch {
        // the frame went away meanwhile
      }
    }
    return null;
  }

  /** Runs a command through the palette, by its title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input');
    await input.waitFor();
    await input.fill(`>${title}`);
    const entry = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first();
    await entry.waitFor();
    await entry.click();
  }

  /** Text of the status bar item that matches. */
  async statusBar(pattern: RegExp): Promise<string> {
    return await until(`${pattern} in the status bar`, async () => {
      const items = await this.page.locator('.statusbar-item').allInnerTexts();
      return items.map((text) => text.trim()).find((text) => pattern.test(text));
    });
  }

  /** Changes user settings of the running VS Code. */
  configure(values: Record<string, unknown>): void {
    this.settings = { ...this.settings, ...values };
    this.server.writeSettings(this.settings);
  }

  async setTheme(theme: Theme): Promise<void> {
    this.configure({ 'workbench.colorTheme': THEMES[theme] });
    const kind = { dark: 'vs-dark', light: 'vs', highContrast: 'hc-black', highContrastLight: 'hc-light' }[theme];
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor({ timeout: 15_000 });
    // Webviews get the new colours by message.
    await this.settle();
  }

  /** Two painted frames and an idle moment. */
  async settle(): Promise<void> {
    await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    await this.page.waitForTimeout(250);
  }

  async screenshot(name: string): Promise<string> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    const file = path.join(SCREENSHOTS, `${name}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** Keeps a picture and the page's errors of a test that failed: use in afterEach. */
  async keepFailure(test: Mocha.Test | undefined): Promise<void> {
    if (test?.state !== 'failed') return;
    const file = await this.screenshot(`failed-${test.fullTitle().replace(/\W+/g, '-').slice(0, 80)}`);
    console.error(`screenshot: ${file}`);
    for (const error of this.errors.slice(-5)) console.error(`page error: ${error.slice(0, 400)}`);
  }
}

const axeSource = readFileSync(createRequire(path.join(ROOT, 'package.json')).resolve('axe-core/axe.min.js'), 'utf8');

/** Serious and critical accessibility violations inside a frame. The source is evaluated by the driver, so the page's CSP does not matter. */
export async function axeViolations(frame: Frame): Promise<AxeViolation[]> {
  await frame.evaluate(axeSource);
  return await frame.evaluate(async () => {
    interface Result {
      readonly violations: readonly { readonly id: string; readonly impact: string; readonly help: string; readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[] }[];
    }
    const { axe } = globalThis as unknown as { axe: { run(context: unknown, options: unknown): Promise<Result> } };
    const result = await axe.run(document, { resultTypes: ['violations'] });
    return result.violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, impact, help, nodes }) => ({ id, impact, help, nodes: nodes.slice(0, 5).map((node) => `${node.html.slice(0, 200)} - ${node.failureSummary.replace(/\s+/g, ' ').slice(0, 300)}`) }));
  });
}
