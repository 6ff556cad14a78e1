import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

const ROW = '.packets-pane .grid-body > .grid-row:not([hidden]):not(.skeleton)';
const FILE = 'redis_session.pcap';

describe('payload and export', function () {
  let workbench: Workbench;
  let frame: Frame;

  before(async () => {
    workbench = await Workbench.start({ files: [`test/fixtures/${FILE}`] });
    await workbench.openFromExplorer(FILE);
    frame = await workbench.webview('.packets-pane');
    await frame.locator(ROW).first().waitFor();
    await frame.getByRole('tab', { name: 'Payload' }).click();
    await frame.locator('.payload-chunk').first().waitFor();
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('shows what both sides sent, in turns, coloured by side', async () => {
    const blocks = await frame.locator('.payload-block').evaluateAll((all) => all.map((block) => `${block.classList.contains('from-client') ? 'c' : 's'} ${block.querySelector('.payload-body')!.textContent}`));
    assert.match(blocks[0]!, /^c \*3\n\$3\nSET\n/);
    assert.match(blocks[1]!, /^s \+OK/);
    assert.match(await frame.locator('.payload-summary').innerText(), /client .* server/);
    assert.deepEqual(await axeViolations(frame), []);
  });

  it('shows hex, base64 and one side alone', async () => {
    await frame.getByLabel('How bytes are shown').selectOption('hex');
    await until('hex', async () => /^0000 +2a 33 0d 0a/.test(await frame.locator('.payload-hex-row').first().innerText()));
    await workbench.screenshot('payload-hex');
    await frame.getByLabel('How bytes are shown').selectOption('base64');
    await until('base64', async () => (await frame.locator('.payload-chunk').first().innerText()).startsWith('KjMNCiQz'));
    await frame.getByLabel('Whose bytes').selectOption('server');
    await until('the server alone', async () => (await frame.locator('.payload-block.from-client').count()) === 0 && (await frame.locator('.payload-block').count()) === 1);
    await frame.getByLabel('How bytes are shown').selectOption('utf8');
    await frame.getByLabel('Whose bytes').selectOption('both');
    await until('both', async () => (await frame.locator('.payload-block.from-client').count()) > 0);
  });

  it('finds text and marks it', async () => {
    const search = frame.getByLabel('Find in the payload: text, or bytes as 0x48 54');
    await search.fill('get');
    await search.press('Enter');
    await until('a mark', async () => (await frame.locator('.payload-list mark').innerText()) === 'GET');
    await search.fill('0x2b 4f 4b');
    await search.press('Enter');
    await until('the bytes', async () => (await frame.locator('.payload-list mark').innerText()) === '+OK');
    await search.fill('nowhere');
    await search.press('Enter');
    await until('a hint that there is none', async () => (await search.getAttribute('aria-invalid')) === 'true');
    await search.press('Escape');
    assert.equal(await frame.locator('.payload-list mark').count(), 0);
  });

  it('goes to the packet of a chunk that is clicked', async () => {
    const chunk = frame.locator('.payload-block.from-server .payload-chunk').first();
    const packet = Number(await chunk.getAttribute('data-packet'));
    await chunk.click();
    await workbench.statusBar(new RegExp(`packet ${packet + 1}\\b|packet \\d+/\\d+`));
    await until('the chunk to be marked', () => chunk.evaluate((element) => element.classList.contains('selected')));
  });

  it('looks right in each theme', async () => {
    for (const theme of ['light', 'highContrast', 'dark'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`payload-${theme}`);
    }
  });

  it('opens the payload as a document', async () => {
    await frame.getByRole('button', { name: 'Open in an editor' }).click();
    await workbench.page.locator('.monaco-editor .view-lines').filter({ hasText: 'SET' }).first().waitFor({ timeout: 20_000 });
    await workbench.tab(FILE).click();
  });

  it('exports a stream to a file beside the capture', async () => {
    await workbench.webview('.packets-pane');
    await workbench.command('TCP Trace: Export Stream as pcapng...');
    const input = workbench.page.locator('.quick-input-widget input').first();
    await until('the dialog', async () => (await input.inputValue()).includes('.stream-0.pcapng'));
    await workbench.page.keyboard.press('Enter');
    const target = path.join(workbench.folder, 'redis_session.stream-0.pcapng');
    await until('the file', () => existsSync(target));
    assert.equal(readFileSync(target).readUInt32BE(0), 0x0a0d0d0a);
    await workbench.page.locator('.notifications-toasts').filter({ hasText: /packets written/ }).waitFor();
    await workbench.screenshot('export-done');
  });
});
