import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { SHORT_CONNECTION, tcpCapture } from '../support/pcapWriter';
import { until, Workbench } from './support/workbench';

const ROW = '.packets-pane .grid-body > .grid-row:not([hidden]):not(.skeleton)';

describe('several packets selected', function () {
  let workbench: Workbench;
  let frame: Frame;

  const row = (n: number): Locator => frame.locator(ROW).nth(n);
  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const told = (): Promise<string> => frame.locator('#packets-selected').innerText();
  const marked = (): Promise<number> => frame.locator(`${ROW}[aria-selected='true']`).count();
  const clipboard = (): Promise<string> => workbench.page.evaluate(() => navigator.clipboard.readText());
  const copied = async (command: string, pattern: RegExp): Promise<string> => {
    await workbench.settle();
    await workbench.command(command);
    return await until(`a copy like ${pattern}`, async () => {
      const text = await clipboard();
      return pattern.test(text) ? text : null;
    });
  };

  before(async () => {
    workbench = await Workbench.start({ files: ['test/fixtures/redis_session.pcap'], settings: { 'tcpTrace.packets.columns': ['number', 'flags', 'ip.ttl', 'info'] } });
    await workbench.openFromExplorer('redis_session.pcap');
    frame = await workbench.webview('.packets-pane');
    await frame.locator(ROW).first().waitFor();
    await frame.getByRole('button', { name: 'All packets' }).click();
    await until('all rows', async () => (await frame.locator(`${ROW} .grid-cell:first-child`).first().innerText()) === '1');
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('are a range by Shift, single ones by Ctrl, and all that the table shows by Ctrl+A', async () => {
    assert.equal(await frame.locator('.packets-pane .grid').getAttribute('aria-multiselectable'), 'true');
    await row(1).click();
    await row(4).click({ modifiers: ['Shift'] });
    await until('four packets', async () => (await told()) === '4 packets selected');
    await row(6).click({ modifiers: ['Control'] });
    await until('five packets', async () => (await told()) === '5 packets selected');
    assert.equal(await marked(), 5);
    await press('Shift+ArrowDown');
    await until('the range from there', async () => (await told()) === '2 packets selected');
    await press('ArrowDown');
    await until('one packet', async () => (await told()) === '' && (await marked()) === 1);
    await press('Control+a');
    await until('all packets', async () => (await told()) === '61 packets selected');
    await until('no text selected', async () => (await frame.evaluate(() => getSelection()?.toString() ?? '')) === '');
    await press('Escape');
    await until('one packet', async () => (await marked()) === 1);
  });

  it('are copied as rows, as tcpdump text and as hex', async () => {
    await row(0).click();
    await row(2).click({ modifiers: ['Shift'] });
    await until('three packets', async () => (await told()) === '3 packets selected');
    const rows = await copied('TCP Trace: Copy Row', /^1\t[^\n]*SYN[^\n]*\n2\t/);
    assert.equal(rows.trimEnd().split('\n').length, 3);
    const text = await copied('TCP Trace: Copy as tcpdump Text', /Flags \[S\]/);
    assert.equal(text.trimEnd().split('\n').length, 3);
    const hex = await copied('TCP Trace: Copy Packets as Hex', /^000000 {2}/);
    assert.equal(hex.match(/^000000/gm)!.length, 3);
  });

  it('are copied with the values of fields, also of rows that were never on screen', async () => {
    await row(0).click();
    await press('Control+a');
    await until('all packets', async () => (await told()) === '61 packets selected');
    const lines = (await copied('TCP Trace: Copy Row', /^1\t(.*\n){61}$/)).split('\n').slice(0, -1);
    assert.equal(lines.length, 61);
    for (const line of lines) assert.match(line, /^\d+\t[^\t]+\t\d+\t/);
  });

  it('are those of the filter, with Ctrl+A', async () => {
    await frame.locator('.filter-input').fill('tcp.flags.syn == 1');
    await press('Enter');
    await frame.locator('.filter-input').press('Enter');
    await until('ten packets', async () => (await frame.locator('.filter-count').innerText()) === '10 of 61 packets');
    await row(0).click();
    await press('Control+a');
    await until('ten selected', async () => (await told()) === '10 packets selected');
    const text = await copied('TCP Trace: Copy as tcpdump Text', /^(.*Flags \[S\.?\].*\n){10}$/);
    assert.ok(text.length > 0);
  });

  it('are other packets once the file was replaced: none stays selected', async () => {
    const file = path.join(workbench.folder, 'redis_session.pcap');
    rmSync(file);
    writeFileSync(file, tcpCapture(SHORT_CONNECTION));
    await frame.locator('.banner').getByRole('button', { name: 'Reload' }).click();
    await until('no selection', async () => (await told()) === '' && (await marked()) <= 1);
    assert.deepEqual(workbench.errors, []);
  });
});
