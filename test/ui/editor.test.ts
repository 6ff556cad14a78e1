import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

const SAMPLE = 'handshake-and-close.pcap';
const TEXT_SAMPLE = 'handshake-and-close.tcpdump';

/** Rows of the packets table that hold data. */
const ROW = '.packets-pane .grid-body > .grid-row:not([hidden]):not(.skeleton)';

async function openSample(workbench: Workbench, name: string): Promise<Frame> {
  await workbench.openFromExplorer(name);
  const frame = await workbench.webview('.packets-pane');
  await frame.locator(ROW).first().waitFor();
  await frame.locator('.tree-row').first().waitFor();
  return frame;
}

const text = async (frame: Frame, selector: string): Promise<string> => (await frame.locator(selector).first().innerText()).trim();

describe('the capture editor', function () {
  let workbench: Workbench;
  let frame: Frame;

  before(async () => {
    workbench = await Workbench.start();
    frame = await openSample(workbench, SAMPLE);
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('shows streams, packets, header, fields and bytes of a capture opened from the Explorer', async () => {
    assert.ok((await frame.locator('.streams-pane .grid-body > .grid-row:not([hidden])').count()) >= 3);
    assert.match(await text(frame, `${ROW} >> nth=0`), /SYN/);
    assert.ok((await frame.locator('.diagram .box').count()) >= 18);
    assert.ok((await frame.locator('.byte').count()) >= 54);
    assert.match(await workbench.statusBar(/stream 0\/\d+ - packet 1\/\d+/), /stream 0/);
  });

  it('explains a header field on hover with this packet\'s values, and lights it up in all three views', async () => {
    await frame.locator('.diagram .box', { hasText: 'Window' }).first().hover();
    const card = frame.locator('.card');
    await card.waitFor();
    const words = await card.innerText();
    assert.match(words, /window/i);
    assert.match(words, /RFC 9293/);
    assert.match(words, /never scaled/);
    assert.ok((await frame.locator('.tree-row.lit').count()) >= 1);
    assert.equal(await frame.locator('.byte.lit').count(), 2);
    await workbench.screenshot('editor-hover');
    await frame.locator('.top-bar').hover();
    await until('the card to close', async () => (await card.count()) === 0);
  });

  it('gives every flag and every option a card of its own', async () => {
    const seen = new Set<string>();
    for (const name of ['SYN', 'ACK', 'FIN', 'RST', 'PSH', 'URG', 'ECE', 'CWR', 'AE']) {
      await frame.locator('.diagram .box.bit', { hasText: name }).first().hover();
      await until(`the card of ${name}`, async () => {
        const title = await frame.locator('.card').first().getAttribute('aria-label');
        if (!title || seen.has(title)) return false;
        seen.add(title);
        return true;
      });
    }
    assert.equal(seen.size, 9);
    await frame.locator('.top-bar').hover();
    await until('the card to close', async () => (await frame.locator('.card').count()) === 0);
  });

  it('goes to the next stream by one key, inside and through VS Code\'s keybinding', async () => {
    await frame.locator(`${ROW} >> nth=1`).click();
    await workbench.page.keyboard.press(']');
    await workbench.statusBar(/stream 1\//);
    await workbench.page.keyboard.press('Alt+PageDown');
    await workbench.statusBar(/stream 2\//);
    await workbench.page.keyboard.press('Alt+PageUp');
    await workbench.statusBar(/stream 1\//);
    await workbench.page.keyboard.press('[');
    await workbench.statusBar(/stream 0\//);
  });

  it('walks packets by keyboard alone and tells the position', async () => {
    await frame.locator(`${ROW} >> nth=0`).click();
    await workbench.page.keyboard.press('End');
    const last = await until('the last row', async () => {
      const index = await frame.locator(`${ROW}[aria-selected="true"]`).getAttribute('aria-rowindex');
      return index && Number(index) > 5 ? index : null;
    });
    const rows = await frame.locator('.packets-pane .grid').getAttribute('aria-rowcount');
    assert.equal(last, rows);
    await workbench.page.keyboard.press('Home');
    await until('the first row', async () => (await frame.locator(`${ROW}[aria-selected="true"]`).getAttribute('aria-rowindex')) === '2');
  });

  it('goes to a packet by its number', async () => {
    await workbench.page.keyboard.press('Control+g');
    const input = workbench.page.locator('.quick-input-widget input');
    await input.waitFor();
    await input.fill('40');
    await workbench.page.keyboard.press('Enter');
    await workbench.statusBar(/packet 40\//);
  });

  it('shows the streams in a native tree', async () => {
    await workbench.page.locator('.activitybar').getByRole('tab', { name: 'TCP Trace' }).click();
    const items = workbench.page.locator('.pane-body .monaco-list-row', { hasText: '6379' });
    await items.first().waitFor();
    await items.nth(2).click();
    await workbench.statusBar(/stream 2\//);
    await workbench.screenshot('tree-view');
  });

  it('explains the selected packet in the TCP Explain panel', async () => {
    await workbench.command('TCP Trace: Focus on TCP Explain View').catch(() => workbench.command('Focus on TCP Explain View'));
    const panel = await workbench.webview('.explain-card');
    assert.match(await text(panel, '#app'), /Packet \d+/);
    await workbench.screenshot('explain-panel');
  });

  for (const theme of ['dark', 'light', 'highContrast'] as const) {
    it(`looks right in ${theme}, without serious accessibility faults`, async () => {
      await workbench.setTheme(theme);
      await workbench.page.keyboard.press('Control+1');
      const editor = await workbench.webview('.packets-pane');
      await editor.locator(`${ROW} >> nth=1`).click();
      await workbench.settle();
      await workbench.screenshot(`editor-${theme}`);
      assert.deepEqual(await axeViolations(editor), []);
    });
  }

  it('opens plain tcpdump text in the same editor', async () => {
    await workbench.setTheme('dark');
    await workbench.page.keyboard.press('Control+Shift+e');
    const editor = await openSample(workbench, TEXT_SAMPLE);
    assert.match(await text(editor, `${ROW} >> nth=0`), /SYN/);
    assert.ok((await editor.locator('.diagram .box').count()) >= 18);
    await workbench.screenshot('editor-text');
  });
});
