import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { until, Workbench } from './support/workbench';

const SAMPLE = 'handshake-and-close.tcpdump';

/** A text capture in VS Code's own text editor, as a person sees it. */
describe('a text capture in the text editor', function () {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.start({ settings: { 'workbench.editorAssociations': { '*.tcpdump': 'default' }, 'editor.wordWrap': 'on', 'editor.minimap.enabled': false, 'editor.stickyScroll.enabled': false } });
    await workbench.openFromExplorer(SAMPLE);
    await editor().locator('.view-line').first().waitFor();
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  const editor = (): Locator => workbench.page.locator('.editor-instance .monaco-editor').first();

  /** A coloured piece of a line that holds this text. */
  const piece = (text: string): Locator => editor().locator('.view-line span span', { hasText: text }).first();

  it('has colours, lenses and state hints', async () => {
    await until('lenses', async () => (await editor().locator('.codelens-decoration').count()) > 0);
    await until('hints', async () => (await editor().locator('.view-lines').innerText()).includes('ESTABLISHED'));
    // They are drawn anew when the study of the text has ended.
    await until('the verdict in the lens', async () => /stream 0: Server closed first.+open timeline.+select packets/s.test((await editor().locator('.codelens-decoration').first().innerText()).replace(/\u00a0/g, ' ')));
    const colours = await editor().locator('.view-line span span').evaluateAll((spans) => [...new Set(spans.map((span) => getComputedStyle(span).color))]);
    assert.ok(colours.length >= 5, `${colours.length} colours`);
    await workbench.settle();
    await workbench.screenshot('text-language-dark');
  });

  it('explains the token under the mouse', async () => {
    for (const theme of ['dark', 'light', 'highContrast'] as const) {
      await workbench.setTheme(theme);
      await workbench.page.mouse.move(5, 5);
      const hover = workbench.page.locator('.monaco-hover.workbench-hover, .monaco-hover').filter({ hasText: 'Window' }).first();
      await until('the hover', async () => {
        await piece('win').hover();
        await hover.waitFor({ timeout: 2000 });
        return true;
      });
      const words = (await hover.innerText()).replace(/\u00a0/g, ' ');
      assert.match(words, /Window/);
      assert.match(words, /RFC 9293/);
      await workbench.screenshot(`text-hover-${theme}`);
      await workbench.page.keyboard.press('Escape');
    }
    await workbench.setTheme('dark');
  });

  it('shows streams and their parts in the outline', async () => {
    await workbench.command('Explorer: Focus on Outline View');
    const outline = workbench.page.locator('.outline-pane');
    await outline.getByRole('treeitem', { name: /127\.0\.0\.1|→/ }).first().waitFor();
    assert.match(await outline.innerText(), /handshake/);
    await workbench.settle();
    await workbench.screenshot('text-outline');
  });

  it('follows the cursor in the view TCP Explain', async () => {
    await workbench.page.locator('.activitybar').getByRole('tab', { name: 'TCP Trace' }).click();
    await piece('win').click();
    const panel = await workbench.webview('.explain-card');
    await until('packet 1 is explained', async () => /Packet\s1/.test(await panel.locator('body').innerText()));
    await workbench.page.keyboard.press('Control+Alt+PageDown');
    await until('the view follows the key to packet 2', async () => /Packet\s2/.test(await panel.locator('body').innerText()));
    await workbench.settle();
    await workbench.screenshot('text-explain');
  });

  it('opens the timeline from the lens', async () => {
    await editor().locator('.codelens-decoration a', { hasText: 'open timeline' }).first().click();
    await workbench.webview('.packets-pane');
    await workbench.statusBar(/stream 0/);
    await workbench.settle();
    await workbench.screenshot('text-and-capture');
  });

  it('is converted to pcapng beside the text', async () => {
    await workbench.command('TCP Trace: Convert to pcapng...');
    const input = workbench.page.locator('.quick-input-widget input').first();
    await until('the dialog', async () => (await input.inputValue()).includes('.converted.pcapng'));
    await workbench.page.keyboard.press('Enter');
    const target = path.join(workbench.folder, SAMPLE.replace('.tcpdump', '.converted.pcapng'));
    await until('the file', () => existsSync(target));
    await workbench.page.locator('.notifications-toasts').filter({ hasText: /packets written/ }).waitFor();
    assert.equal(readFileSync(target).readUInt32BE(0), 0x0a0d0d0a);
    assert.ok(readFileSync(target).includes('Headers made from text'), 'its packets say that they are made up');
  });
});
