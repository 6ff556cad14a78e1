import assert from 'node:assert/strict';
import type { Frame, Locator } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

const ROW = '.packets-pane .grid-body > .grid-row:not([hidden]):not(.skeleton)';

describe('the display filter of the editor', function () {
  let workbench: Workbench;
  let frame: Frame;
  let input: Locator;

  const rows = (): Promise<number> => frame.locator(ROW).count();
  const count = async (): Promise<string> => (await frame.locator('.filter-count').innerText()).trim();
  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const type = async (text: string): Promise<void> => {
    await input.click();
    await input.fill('');
    await input.pressSequentially(text, { delay: 5 });
  };
  const enter = async (text: string): Promise<void> => {
    await type(text);
    await frame.locator('.choice-list').evaluate((list) => ((list as HTMLElement).hidden = true));
    await press('Escape');
    if ((await input.inputValue()) !== text) await input.fill(text);
    await press('Enter');
  };

  before(async () => {
    workbench = await Workbench.start({ files: ['test/fixtures/redis_session.pcap'] });
    await workbench.openFromExplorer('redis_session.pcap');
    frame = await workbench.webview('.packets-pane');
    await frame.locator(ROW).first().waitFor();
    input = frame.locator('.filter-input');
    await frame.getByRole('button', { name: 'All packets' }).click();
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('shows the packets that pass, and how many of how many', async () => {
    await enter('tcp.flags.syn == 1 && tcp.flags.ack == 0');
    await until('five rows', async () => (await rows()) === 5);
    await until('the count', async () => (await count()) === '5 of 61 packets');
    assert.ok((await frame.locator('.filter-ink .ink-field').count()) >= 2);
  });

  it('stays in force in a stream, and keeps the selected packet in sight', async () => {
    await enter('tcp.len > 0');
    await until('a count', async () => (await count()).includes('of 61'));
    await frame.locator(`${ROW} >> nth=2`).click();
    await frame.getByRole('button', { name: 'Stream', exact: true }).click();
    await until('rows of the stream', async () => /of \d+ packets/.test(await count()) && !(await count()).includes('of 61'));
    await until('the selected row', async () => (await frame.locator(`${ROW}[aria-selected='true']`).count()) === 1);
    await frame.getByRole('button', { name: 'All packets' }).click();
  });

  it('marks what is wrong, says why, and offers what was meant', async () => {
    await enter('tcp.prot == 6379');
    await frame.locator('.filter-message').waitFor();
    assert.match(await frame.locator('.filter-message').innerText(), /There is no field "tcp\.prot"/);
    assert.ok((await frame.locator('.ink-wrong').count()) >= 1);
    assert.equal(await input.getAttribute('aria-invalid'), 'true');
    await workbench.screenshot('filter-error');
    await frame.locator('.filter-message .link', { hasText: 'tcp.port' }).first().click();
    await until('the word to be replaced', async () => (await input.inputValue()) === 'tcp.port == 6379');
    await press('Enter');
    await until('all packets', async () => (await count()) === '61 of 61 packets');
  });

  it('completes fields, operators and values by keyboard', async () => {
    await type('tcp.flags.sy');
    await until('the flag first', async () => (await frame.locator('.choice .choice-text').first().innerText()) === 'tcp.flags.syn');
    await workbench.screenshot('filter-completion');
    await press('Tab');
    assert.equal(await input.inputValue(), 'tcp.flags.syn ');
    await workbench.page.keyboard.type('==');
    await until('values', async () => (await frame.locator('.choice-text').allInnerTexts()).includes('1'));
    await press('Escape');
    assert.equal(await frame.locator('.choice-list').isVisible(), false);
  });

  it('remembers what was used', async () => {
    await type('');
    await press('ArrowUp');
    assert.equal(await input.inputValue(), 'tcp.port == 6379');
    await press('ArrowUp');
    assert.equal(await input.inputValue(), 'tcp.len > 0');
    await workbench.screenshot('filter-history');
    await frame.getByRole('button', { name: 'Recent and saved filters' }).click();
    assert.ok((await frame.locator('.choice').count()) >= 3);
    await press('Escape');
  });

  it('clears by Escape', async () => {
    await input.click();
    for (let i = 0; i < 3; i++) await press('Escape');
    await until('no filter', async () => (await input.inputValue()) === '' && (await count()) === '');
  });

  // Before a field is chosen: the panes below are looked at by tests of their own.
  for (const theme of ['dark', 'light', 'highContrast'] as const) {
    it(`looks right in ${theme}, without serious accessibility faults`, async () => {
      await workbench.setTheme(theme);
      await enter('tcp.stream == 0 && (tcp.len > 0 or tcp.flags.syn == True) and tcp.payload contains "O"');
      await until('a count', async () => (await count()) !== '');
      await type('tcp.analysis.');
      await frame.locator('.choice').first().waitFor();
      await input.hover();
      await workbench.screenshot(`filter-${theme}`);
      assert.deepEqual(await axeViolations(frame), []);
      await press('Escape');
      await press('Escape');
    });
  }

  it('filters by the value of a cell, of a field and of a card', async () => {
    await workbench.setTheme('dark');
    await workbench.command('TCP Trace: Clear Display Filter');
    await until('no filter', async () => (await count()) === '');
    await frame.locator(`${ROW} >> nth=0 >> .grid-cell >> nth=6`).click();
    await workbench.command('TCP Trace: Filter by This Value');
    await until('the flags', async () => /^tcp\.flags == 0x002$/.test(await input.inputValue()));
    await until('five rows', async () => (await count()) === '5 of 61 packets');
    const field = frame.locator('.tree-row', { hasText: 'Source port' }).first();
    await field.click();
    await workbench.command('TCP Trace: Filter Out This Value (not)');
    await until('the port as well', async () => /^tcp\.flags == 0x002 && !\(tcp\.srcport == \d+\)$/.test(await input.inputValue()));
    await until('four rows', async () => (await count()) === '4 of 61 packets');
    await frame.locator('.tree-row', { hasText: 'Window' }).first().hover();
    await frame.locator('.card').waitFor();
    await frame.locator('.card').getByRole('button', { name: 'Filter by this value' }).click();
    await until('the window', async () => /^tcp\.window_size(_value)? == \d+$/.test(await input.inputValue()));
    await workbench.command('TCP Trace: Clear Display Filter');
    await until('no filter', async () => (await input.inputValue()) === '');
  });

  it('filters from the context menu of a cell, and of a field', async () => {
    const choose = async (item: string): Promise<void> => {
      const label = workbench.page.locator('.monaco-menu .action-label').filter({ hasText: new RegExp(`^${item.replace(/[()]/g, '\\$&')}$`) });
      await label.hover();
      await workbench.page.waitForTimeout(300);
      await label.click();
      await workbench.page.locator('.monaco-menu').waitFor({ state: 'hidden' });
    };
    await frame.locator(`${ROW} >> nth=1 >> .grid-cell >> nth=6`).click({ button: 'right' });
    await choose('Filter by This Value');
    await until('the flags', async () => (await input.inputValue()) === 'tcp.flags == 0x012');
    await until('five rows', async () => (await count()) === '5 of 61 packets');
    await frame.locator('.tree-row', { hasText: 'Destination port' }).first().click({ button: 'right' });
    await choose('Filter by This Value, as an Alternative (or)');
    await until('the port as well', async () => /^tcp\.flags == 0x012 \|\| tcp\.dstport == \d+$/.test(await input.inputValue()));
    await workbench.command('TCP Trace: Clear Display Filter');
    await until('no filter', async () => (await input.inputValue()) === '');
  });

  it('filters by the packet of a pinned card, whatever is selected since', async () => {
    await frame.locator(`${ROW} >> nth=0`).click();
    const port = (await frame.locator('.tree-row', { hasText: 'Source port' }).first().innerText()).replace(/\D/g, '');
    await frame.locator('.tree-row', { hasText: 'Source port' }).first().hover();
    await frame.locator('.card').getByRole('button', { name: 'Pin' }).click();
    await frame.locator(`${ROW} >> nth=1`).click();
    await until('the answer', async () => !(await frame.locator('.tree-row', { hasText: 'Source port' }).first().innerText()).includes(port));
    await frame.locator('.card.pinned').getByRole('button', { name: 'Filter by this value' }).click();
    await until('the port of the card', async () => (await input.inputValue()) === `tcp.srcport == ${port}`);
    const close = frame.locator('.card.pinned').getByRole('button', { name: 'Close' });
    await close.focus();
    await press('Enter');
    await until('the focus not to be lost', () => frame.evaluate(() => document.activeElement !== document.body));
    await workbench.command('TCP Trace: Clear Display Filter');
    await until('no filter', async () => (await input.inputValue()) === '');
  });

  it('saves a filter under a name, and offers it from then on', async () => {
    await enter('tcp.len > 100');
    await until('a count', async () => (await count()).includes('of 61'));
    await frame.getByRole('button', { name: 'Save this filter in the settings' }).click();
    const box = workbench.page.locator('.quick-input-widget input[type="text"]').first();
    await box.waitFor();
    await box.fill('large ones');
    await press('Enter');
    await until('the filter in the list', async () => {
      await frame.getByRole('button', { name: 'Recent and saved filters' }).click();
      const texts = await frame.locator('.choice').allInnerTexts();
      await input.click();
      await press('Escape');
      return texts.some((text) => text.includes('tcp.len > 100') && text.includes('large ones'));
    });
    await workbench.command('TCP Trace: Clear Display Filter');
    await until('no filter', async () => (await input.inputValue()) === '');
  });

  it('waits for the study where a filter asks for it', async () => {
    await enter('state.client == "SYN-SENT"');
    await until('the first packets', async () => (await count()) === '5 of 61 packets');
    await enter('finding.severity >= "warning" || verdict.closed_by == "client"');
    await until('a count', async () => (await count()).includes('of 61 packets'));
    await type('finding.id == "');
    await frame.locator('.choice').first().waitFor();
    assert.ok((await frame.locator('.choice-text').first().innerText()).endsWith('"'));
    for (let i = 0; i < 3; i++) await press('Escape');
    await workbench.command('TCP Trace: Clear Display Filter');
    await until('no filter', async () => (await input.inputValue()) === '');
  });

  it('finds text in the payload, from match to match, round the end', async () => {
    await frame.locator(`${ROW} >> nth=0`).click();
    await press('Control+f');
    await frame.locator('.find-input').waitFor();
    await workbench.page.keyboard.type('ping');
    await until('the first match', async () => (await frame.locator('.find-status').innerText()) === '1 of 2');
    await workbench.statusBar(/packet 45\/61|packet .*45/);
    await press('Enter');
    await until('the second', async () => (await frame.locator('.find-status').innerText()) === '2 of 2');
    await workbench.screenshot('find');
    await press('Enter');
    await until('the first again', async () => /^1 of 2 \(from the other end\)$/.test(await frame.locator('.find-status').innerText()));
    await press('Shift+Enter');
    await until('the second again', async () => (await frame.locator('.find-status').innerText()).startsWith("2 of 2"));
    await frame.locator('.find-bar select').first().selectOption('hex');
    await frame.locator('.find-input').fill('50 4f 4e 47');
    await press('Enter');
    await until('bytes', async () => (await frame.locator('.find-status').innerText()).includes('of 2'));
    await frame.locator('.find-input').fill('zz');
    await until('what is wrong', async () => (await frame.locator('.find-status').innerText()).includes('pairs of hexadecimal'));
    await press('Escape');
    assert.equal(await frame.locator('.find-bar').isVisible(), false);
  });
});
