import assert from 'node:assert/strict';
import type { Frame, Locator } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

const HEADS = '.packets-pane .grid-headcell';
const ROW = '.packets-pane .grid-body > .grid-row:not([hidden]):not(.skeleton)';

describe('columns of the tables', function () {
  let workbench: Workbench;
  let frame: Frame;

  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const titles = (pane = '.packets-pane'): Promise<string[]> => frame.locator(`${pane} .grid-headcell`).allInnerTexts().then((texts) => texts.map((text) => text.trim()));
  const head = (title: string): Locator => frame.locator(HEADS).filter({ hasText: new RegExp(`^${title.replace(/\./g, '\\.')}$`) });
  const cell = async (row: number, title: string): Promise<Locator> => frame.locator(ROW).nth(row).locator('.grid-cell').nth((await titles()).indexOf(title));
  const menu = async (title: string, item: string): Promise<void> => {
    await head(title).click({ button: 'right' });
    await chooseInMenu(item);
  };

  /** In the list that the command opens, once it is there. */
  const pick = async (text: string): Promise<void> => {
    await workbench.page.locator('.quick-input-title', { hasText: 'Add a Column' }).waitFor();
    await workbench.page.locator('.quick-input-widget input[type="text"]').first().fill(text);
  };

  /** A menu takes no click in the moment in which it opens. */
  const chooseInMenu = async (item: string): Promise<void> => {
    const label = workbench.page.locator('.monaco-menu .action-label').filter({ hasText: item });
    await label.hover();
    await workbench.page.waitForTimeout(300);
    await label.click();
    await workbench.page.locator('.monaco-menu').waitFor({ state: 'hidden' });
  };

  before(async () => {
    workbench = await Workbench.start({ files: ['test/fixtures/loss_burst.pcap', 'test/fixtures/redis_session.pcap'] });
    await workbench.openFromExplorer('loss_burst.pcap');
    frame = await workbench.webview('.packets-pane');
    await frame.locator(ROW).first().waitFor();
    await frame.getByRole('button', { name: 'All packets' }).click();
    await until('addresses', async () => (await titles()).includes('Source'));
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('are moved and hidden by key, resized by drag, and moved by drag', async () => {
    await head('Flags').focus();
    await press('Control+ArrowRight');
    await until('Seq before Flags', async () => (await titles()).join().includes('Seq,Flags,Ack'));
    await press('Control+ArrowLeft');
    await until('Flags before Seq', async () => (await titles()).join().includes('Flags,Seq,Ack'));
    await head('Protocol').focus();
    await press('Delete');
    await until('no protocol', async () => !(await titles()).includes('Protocol'));
    const [from, to] = [await head('Flags').boundingBox(), await head('Source').boundingBox()];
    await workbench.page.mouse.move(from!.x + from!.width / 2, from!.y + 10);
    await workbench.page.mouse.down();
    await workbench.page.mouse.move(to!.x + 60, to!.y + 10, { steps: 5 });
    await workbench.page.mouse.move(to!.x + 10, to!.y + 10, { steps: 3 });
    assert.equal(await frame.locator('.packets-pane .grid-drop').isVisible(), true);
    await workbench.page.mouse.up();
    await until('Flags before Source', async () => (await titles()).join().includes('Dir,Flags,Source'));
  });

  it('are any field: found in a list, filled for the rows on screen, explained and filtered by', async () => {
    await workbench.command('TCP Trace: Add Column...');
    await pick('tcp.analysis.ack_rtt');
    await press('Enter');
    await until('the column', async () => (await titles()).includes('analysis.ack_rtt'));
    const filled = await until('a value', async () => {
      for (let row = 0; row < 6; row++) {
        const text = await (await cell(row, 'analysis.ack_rtt')).innerText();
        if (/^\d+\.\d{9}$/.test(text)) return { row, text };
      }
      return null;
    });
    const target = await cell(filled.row, 'analysis.ack_rtt');
    await target.hover();
    const card = frame.locator('.card');
    await card.waitFor();
    assert.match(await card.innerText(), /analysis\.ack_rtt|acknowledges/i);
    await card.getByRole('button', { name: 'Filter by this value' }).click();
    await until('the filter', async () => (await frame.locator('.filter-input').inputValue()) === `tcp.analysis.ack_rtt == ${filled.text}`);
    await workbench.command('TCP Trace: Clear Display Filter');
    await until('no filter', async () => (await frame.locator('.filter-input').inputValue()) === '');
  });

  it('show what the study says', async () => {
    await menu('analysis.ack_rtt', 'Add Column...');
    await pick('state.client');
    await press('Enter');
    await until('a state', async () => /^[A-Z-]+$/.test(await (await cell(0, 'state.client')).innerText()));
    assert.ok((await titles()).join().includes('state.client,analysis.ack_rtt'));
  });

  it('come from the context menu of a field, and go by that of a header', async () => {
    await frame.locator(ROW).first().click();
    const field = frame.locator('.tree [role="treeitem"]', { hasText: 'Time to live' }).first();
    if ((await field.count()) === 0) await frame.locator('.tree [role="treeitem"]', { hasText: 'IPv4' }).first().dblclick();
    await field.click({ button: 'right' });
    await chooseInMenu('Apply Field as Column');
    await until('the column', async () => (await titles()).includes('ip.ttl'));
    await until('its value', async () => (await (await cell(0, 'ip.ttl')).innerText()) === '64');
    await menu('ip.ttl', 'Hide Column');
    await until('no column', async () => !(await titles()).includes('ip.ttl'));
  });

  it('are remembered, for this capture and the next one', async () => {
    const before = await titles();
    await workbench.page.locator('.tabs-container .tab .action-label.codicon-close').first().click();
    await workbench.openFromExplorer('loss_burst.pcap');
    frame = await workbench.webview('.packets-pane');
    await frame.locator(ROW).first().waitFor();
    assert.deepEqual(await titles(), before);
    await workbench.openFromExplorer('redis_session.pcap');
    frame = await workbench.webview('.packets-pane');
    await frame.locator(ROW).first().waitFor();
    await frame.getByRole('button', { name: 'All packets' }).click();
    await until('the same columns', async () => (await titles()).join() === before.join());
    await menu('Time', 'Reset Columns');
    await until('the first columns', async () => (await titles()).join() === 'No.,Time,Dir,Source,Destination,Protocol,Flags,Seq,Ack,Window,Len,Info');
    assert.deepEqual(await axeViolations(frame), []);
    assert.deepEqual(workbench.errors, []);
  });

  it('move past what the view of one stream leaves out', async () => {
    await frame.getByRole('button', { name: 'Stream', exact: true }).click();
    await until('no addresses', async () => (await titles()).join().startsWith('No.,Time,Dir,Flags,'));
    await workbench.settle();
    await menu('Dir', 'Move Column Right');
    await until('the flags first', async () => (await titles()).join().startsWith('No.,Time,Flags,Dir,'));
  });

  it('of the streams table as well', async () => {
    const packets = await titles();
    const streams = await titles('.streams-pane');
    await frame.locator('.streams-pane .grid-headcell', { hasText: 'Client' }).focus();
    await press('Delete');
    await until('no client', async () => !(await titles('.streams-pane')).includes('Client'));
    await workbench.command('TCP Trace: Reset Columns');
    await workbench.page.locator('.quick-input-widget').getByText('Columns of the Streams Table').click();
    await until('the first columns', async () => (await titles('.streams-pane')).join() === streams.join());
    assert.deepEqual(await titles(), packets);
    await frame.locator('.streams-pane').getByRole('button', { name: 'Choose the columns of the table' }).click();
    await workbench.page.locator('.quick-input-widget').getByText('Columns of the Streams Table').waitFor();
    await press('Escape');
  });
});
