import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

/** What has the focus in the editor: its role, name and place. */
interface Focus {
  readonly role: string;
  readonly name: string;
  readonly inside: string;
}

const focus = (frame: Frame): Promise<Focus> =>
  frame.evaluate(() => {
    const active = document.activeElement;
    const place = active?.closest('.top-bar, .streams-pane, .packets-pane, .part-header, .part-fields, .part-bytes, .card');
    return {
      role: active?.getAttribute('role') ?? active?.tagName.toLowerCase() ?? '',
      name: active?.getAttribute('aria-label') ?? active?.textContent.trim() ?? '',
      inside: place?.className ?? '',
    };
  });

/** A person without a pointer: opens a capture, walks it, reads a card, jumps and comes back. No mouse event is sent. */
describe('the keyboard alone', function () {
  let workbench: Workbench;
  let frame: Frame;

  before(async () => {
    workbench = await Workbench.start();
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  const press = (key: string): Promise<void> => workbench.page.keyboard.press(key);
  const focusIs = (what: string, test: (now: Focus) => boolean): Promise<Focus> =>
    until(what, async () => {
      const now = await focus(frame);
      return test(now) && now;
    });

  it('opens a capture from the Explorer', async () => {
    await workbench.explorerItem('handshake-and-close.pcap').waitFor({ timeout: 60_000 });
    await press('Control+Shift+e');
    await press('Home');
    await until('the file in focus', async () => {
      if ((await workbench.page.locator('.explorer-folders-view .monaco-list-row.focused').first().innerText({ timeout: 1000 })).trim().includes('handshake-and-close.pcap')) return true;
      await press('ArrowDown');
      return false;
    });
    await press('Enter');
    await workbench.tab('handshake-and-close.pcap').waitFor();
    frame = await workbench.webview('.packets-pane .grid-row[aria-selected="true"]');
    await workbench.statusBar(/stream 0\/\d+ - packet 1\//);
  });

  it('moves through packets, streams and back', async () => {
    await workbench.page.keyboard.press('Control+1');
    await workbench.command('TCP Trace: Focus on Packets Table');
    await focusIs('the packets', (now) => now.inside.includes('packets-pane') && now.role === 'gridcell');
    await press('ArrowDown');
    await workbench.statusBar(/stream 0\/\d+ - packet 2\//);
    await press(']');
    await workbench.statusBar(/stream 1\//);
    await focusIs('still the packets', (now) => now.inside.includes('packets-pane') && now.role === 'gridcell');
    await press('Alt+PageDown');
    await workbench.statusBar(/stream 2\//);
    await press('Control+Alt+-');
    await workbench.statusBar(/stream 1\//);
    await press('Control+Shift+-');
    await workbench.statusBar(/stream 2\//);
    await press('[');
    await press('[');
    await workbench.statusBar(/stream 0\//);
  });

  it('shows the card of a cell, and of a field', async () => {
    // The cell in focus is the packet's number: the window is further right.
    await focusIs('the packets', (now) => now.inside.includes('packets-pane'));
    for (let i = 0; i < 12; i++) {
      const column = await frame.evaluate(() => {
        const cell = document.activeElement;
        const head = [...(cell?.closest('.grid')?.querySelectorAll('[role="columnheader"]') ?? [])][Number(cell?.getAttribute('aria-colindex')) - 1];
        return head?.textContent.trim() ?? '';
      });
      if (column.startsWith("Win")) break;
      await press('ArrowRight');
    }
    await press('Control+k');
    await press('Control+i');
    const card = frame.locator('.card');
    await card.waitFor();
    assert.match(await card.innerText(), /window/i);
    await press('Escape');
    await until('the card to close', async () => (await card.count()) === 0);
    await focusIs('the cell again', (now) => now.inside.includes('packets-pane'));

    await workbench.command('TCP Trace: Focus on Packet Details');
    await focusIs('the fields', (now) => now.inside.includes('part-fields') && now.role === 'treeitem');
    await press('Home');
    await until('the window in focus', async () => {
      if (/^Window\d/.test((await focus(frame)).name)) return true;
      await press('ArrowDown');
      return false;
    });
    await press('Enter');
    await card.waitFor();
    assert.match(await card.innerText(), /never scaled/);
    // Asked for again, the focus goes into the card; Escape brings it back.
    await press('Enter');
    await focusIs('the card', (now) => now.inside.includes('card'));
    await workbench.screenshot('keyboard-card');
    assert.deepEqual(await axeViolations(frame), []);
    await press('Escape');
    await focusIs('the fields again', (now) => now.inside.includes('part-fields'));
  });

  it('reaches every part by Tab, in order, and leaves none without a name', async () => {
    const seen: Focus[] = [];
    await workbench.command('TCP Trace: Focus on Streams Table');
    await focusIs('the streams', (now) => now.inside.includes('streams-pane'));
    for (let i = 0; i < 40; i++) {
      const now = await focus(frame);
      seen.push(now);
      if (now.inside.includes('part-bytes') && now.role === 'gridcell') break;
      await press('Tab');
    }
    const order = seen.map((s) => s.inside.replace(/^(part|pane) | inactive$/g, '')).filter((name, i, all) => name !== '' && name !== all[i - 1]);
    assert.deepEqual(order, ['streams-pane', 'packets-pane', 'part-header', 'part-fields', 'part-bytes']);
    assert.deepEqual(seen.filter((s) => s.name === '' && s.role !== 'gridcell'), []);
  });

  it('goes to a stream and to a packet, and back to where it was', async () => {
    await press('Control+Shift+o');
    const input = workbench.page.locator('.quick-input-widget input');
    await input.waitFor();
    await workbench.page.keyboard.type('1');
    await workbench.page.locator('.quick-input-list .monaco-list-row').first().waitFor();
    await press('Escape');
    await press('Control+g');
    await input.waitFor();
    await workbench.page.keyboard.type('30');
    await press('Enter');
    await workbench.statusBar(/packet 30\//);
    await press('Control+Alt+-');
    await workbench.statusBar(/packet (?!30\/)\d+\//);
  });
});
