import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

interface Shown {
  readonly from: number;
  readonly to: number;
  readonly packets: number;
  readonly resent: number;
  readonly findings: string;
}

/** What the overview draws, from its accessible table. */
async function shown(frame: Frame): Promise<Shown> {
  return await frame.evaluate(() => {
    const table = document.querySelector<HTMLElement>('.overview-table')!;
    const rows = Array.from(table.querySelectorAll<HTMLElement>('tbody tr'));
    const sum = (name: string): number => rows.reduce((all, row) => all + Number(row.dataset[name]), 0);
    return { from: Number(table.dataset.from), to: Number(table.dataset.to), packets: sum('packets'), resent: sum('resent'), findings: rows.map((row) => row.lastElementChild!.textContent).filter(Boolean).join('; ') };
  });
}

const filterOf = (frame: Frame): Promise<string> => frame.locator('.filter-input').inputValue();

describe('the capture overview', function () {
  let workbench: Workbench;
  let frame: Frame;

  before(async () => {
    workbench = await Workbench.start({ files: ['test/fixtures/loss_burst.pcap', 'media/samples'] });
    await workbench.openFromExplorer('loss_burst.pcap');
    frame = await workbench.webview('.packets-pane');
    await until('the overview with findings', async () => (await shown(frame)).findings !== '');
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('counts all packets, and marks what was sent again and found', async () => {
    const now = await shown(frame);
    assert.equal(now.packets, 254);
    assert.ok(now.resent >= 5);
    assert.equal(now.from, 0);
    await workbench.screenshot('overview');
  });

  it('goes to a finding that is clicked', async () => {
    const mark = frame.locator('.overview-mark.severity-warning').first();
    assert.match((await mark.getAttribute('title')) ?? '', /^Warning: .+, stream 0, 0\.\d+ s/);
    const packet = Number(await mark.getAttribute('data-packet')) + 1;
    await mark.click();
    await workbench.statusBar(new RegExp(`packet ${packet}/254`));
  });

  it('filters by the time that is brushed, and shows all again', async () => {
    const box = (await frame.locator('.overview-plot').boundingBox())!;
    await workbench.page.mouse.move(box.x + box.width * 0.4, box.y + 40);
    await workbench.page.mouse.down();
    await workbench.page.mouse.move(box.x + box.width * 0.6, box.y + 45, { steps: 4 });
    assert.match(await frame.locator('.overview-note').innerText(), /about \d+ packets/);
    await workbench.page.mouse.up();
    const filter = await until('a time filter', async () => {
      const text = await filterOf(frame);
      return /^frame\.time_relative >= 0\.0\d+ && frame\.time_relative <= 0\.\d+$/.test(text) ? text : null;
    });
    const [from, to] = Array.from(filter.matchAll(/[\d.]{3,}/g), Number);
    await until('rows of that time only', async () => {
      const times = (await frame.locator('.packets-pane .grid-body > .grid-row:not([hidden]) .grid-cell:nth-child(2)').allInnerTexts()).filter(Boolean).map(Number);
      return times.length > 3 && times.every((time) => time >= from! - 1e-6 && time <= to!);
    });
    await workbench.screenshot('overview-brush');
    await frame.locator('.overview-chip').click();
    await until('no filter', async () => (await filterOf(frame)) === '');
    await frame.locator('.overview-chip').waitFor({ state: 'hidden' });
  });

  it('keeps the rest of the filter', async () => {
    await frame.locator('.filter-input').fill('tcp.len > 0 || tcp.flags.fin == 1');
    await frame.locator('.filter-input').press('Enter');
    await until('a filtered table', async () => (await frame.locator('.filter-count').innerText()).includes(' of '));
    await frame.locator('.overview-plot').focus();
    await workbench.page.keyboard.press('Home');
    for (let i = 0; i < 4; i++) await workbench.page.keyboard.press('Shift+PageDown');
    assert.match((await frame.locator('.overview-plot').getAttribute('aria-valuetext')) ?? '', /packets?.* in /);
    await workbench.page.keyboard.press('Enter');
    await until('both', async () => (await filterOf(frame)).startsWith('(tcp.len > 0 || tcp.flags.fin == 1) && frame.time_relative >= 0 && '));
    await frame.locator('.overview-plot').focus();
    await workbench.page.keyboard.press('Escape');
    await until('the rest', async () => (await filterOf(frame)) === 'tcp.len > 0 || tcp.flags.fin == 1');
    await frame.locator('.filter-bar').getByRole('button', { name: /Clear/ }).click();
    await until('nothing', async () => (await filterOf(frame)) === '');
  });

  it('zooms and moves by keys, and steps from finding to finding', async () => {
    const whole = await shown(frame);
    await frame.locator('.overview-plot').focus();
    await workbench.page.keyboard.press('Home');
    await workbench.page.keyboard.press('ArrowDown');
    assert.match((await frame.locator('.overview-plot').getAttribute('aria-valuetext')) ?? '', /^(Error|Warning|Note): /);
    for (let i = 0; i < 3; i++) await workbench.page.keyboard.press('+');
    const part = await until('a part', async () => {
      const now = await shown(frame);
      return now.to - now.from < (whole.to - whole.from) * 0.4 ? now : null;
    });
    assert.ok(part.packets < whole.packets);
    await workbench.page.keyboard.press('0');
    await until('all of it', async () => (await shown(frame)).packets === whole.packets);
  });

  it('leaves to VS Code the keys that are its own', async () => {
    const place = frame.locator('.overview-plot');
    for (const key of ['PageDown', 'PageUp', '-', '=', '0', 'Enter']) {
      const before = await place.getAttribute('aria-valuenow');
      const reached = await place.evaluate((plot, name) => {
        let heard = false;
        document.body.addEventListener('keydown', (event) => { heard = true; event.stopPropagation(); }, { once: true });
        plot.dispatchEvent(new KeyboardEvent('keydown', { key: name, ctrlKey: true, bubbles: true, cancelable: true }));
        return heard;
      }, key);
      assert.equal(reached, true, key);
      assert.equal(await place.getAttribute('aria-valuenow'), before, key);
    }
  });

  it('folds, and stays folded', async () => {
    await frame.getByRole('button', { name: 'Overview', exact: true }).click();
    assert.equal(await frame.locator('.overview-plot').isVisible(), false);
    await workbench.page.waitForTimeout(600);
    const before = frame;
    await workbench.command('Developer: Reload Webviews');
    await until('another page', () => before.isDetached());
    frame = await workbench.webview('.packets-pane');
    await frame.getByRole('button', { name: 'Overview', exact: true }).waitFor();
    assert.equal(await frame.getByRole('button', { name: 'Overview', exact: true }).getAttribute('aria-expanded'), 'false');
    await frame.getByRole('button', { name: 'Overview', exact: true }).click();
    await until('the overview', async () => (await shown(frame)).packets === 254);
  });

  it('keeps the focus when a filter is removed from the folded overview, in a low editor too', async () => {
    const fold = frame.getByRole('button', { name: 'Overview', exact: true });
    const filter = async (): Promise<void> => {
      await frame.locator('.filter-input').fill('frame.time_relative >= 0.05 && frame.time_relative <= 0.1');
      await frame.locator('.filter-input').press('Enter');
      await frame.locator('.overview-chip').waitFor();
    };
    const focused = async (): Promise<boolean> => await fold.evaluate((button) => document.activeElement === button);
    await filter();
    await fold.click();
    await frame.locator('.overview-chip').click();
    await frame.locator('.overview-chip').waitFor({ state: 'hidden' });
    assert.equal(await focused(), true);
    await workbench.page.setViewportSize({ width: 1000, height: 420 });
    await filter();
    await frame.locator('.overview-chip').press('Enter');
    await until('no filter', async () => (await filterOf(frame)) === '');
    assert.equal(await focused(), true);
    // Folded by hand it stays there.
    await fold.click();
    await fold.click();
    assert.equal(await focused() && await fold.isVisible(), true);
    await workbench.page.setViewportSize({ width: 1500, height: 950 });
    await fold.click();
  });

  it('shows a lane for every stream, in the order of the streams table', async () => {
    await workbench.openFromExplorer('close-variants.pcap');
    frame = await workbench.webview('.packets-pane');
    await until('the overview', async () => (await shown(frame)).packets === 42);
    await frame.getByRole('button', { name: 'A lane for every stream' }).click();
    const lanes = await until('lanes', async () => {
      const texts = await frame.locator('.lanes [role="option"]').allInnerTexts();
      return texts.length > 3 ? texts : null;
    });
    assert.match(lanes[0]!, /^Stream 0: \d.* to .*SYN/);
    await workbench.screenshot('overview-lanes');
    await frame.locator('.streams-pane .grid-headcell').first().click();
    await until('the last stream first', async () => !(await frame.locator('.lanes [role="option"]').first().innerText()).startsWith('Stream 0:'));
    await frame.locator('.lanes-list').click({ position: { x: 300, y: 30 } });
    // The third lane from above, 14 pixels each: stream 1 of 3, 2, 1, 0.
    await workbench.statusBar(/stream 1\//);
    await until('the chosen lane', async () => (await frame.locator('.lanes [role="option"][aria-selected="true"]').getAttribute('data-stream')) === '1');
    await frame.locator('.lanes-list').focus();
    await workbench.page.keyboard.press('End');
    await until('the first stream last', async () => (await frame.locator('.lanes [role="option"]').last().innerText()).startsWith('Stream 0:'));
    for (let i = 0; i < 3; i++) await workbench.page.keyboard.press('-');
    await workbench.settle();
    await workbench.screenshot('overview-lanes-low');
    for (let i = 0; i < 3; i++) await workbench.page.keyboard.press('+');
  });

  for (const theme of ['light', 'highContrast', 'dark'] as const) {
    it(`looks right in ${theme}, without serious accessibility faults`, async () => {
      await workbench.setTheme(theme);
      await workbench.settle();
      await workbench.screenshot(`overview-${theme}`);
      assert.deepEqual(await axeViolations(frame), []);
    });
  }

  // 800 x 600, and what a window of 1500 x 950 has at 200 %.
  for (const [width, height] of [[800, 600], [750, 475]] as const) {
    it(`clips nothing in ${width} x ${height}`, async () => {
      await workbench.page.setViewportSize({ width, height });
      await workbench.settle();
      await workbench.screenshot(`overview-${width}`);
      const overflow = await frame.evaluate(() => Array.from(document.querySelectorAll('.overview-head > *, .top-bar > *')).filter((e) => {
        const box = e.getBoundingClientRect();
        return box.width > 0 && (box.right > innerWidth + 1 || box.left < 0);
      }).map((e) => e.className));
      assert.deepEqual(overflow, []);
    });
  }

  it('says so where a capture shows no times, and draws one moment', async () => {
    await workbench.page.setViewportSize({ width: 1500, height: 950 });
    const line = 'IP 10.0.0.1.50000 > 10.0.0.2.80: Flags [S], seq 1000, win 64240, options [mss 1460], length 0\n';
    writeFileSync(path.join(workbench.folder, 'no-times.tcpdump'), line);
    writeFileSync(path.join(workbench.folder, 'one-packet.tcpdump'), `12:00:00.000001 ${line}`);
    await workbench.openFromExplorer('no-times.tcpdump');
    frame = await workbench.webview('.packets-pane');
    await until('the reason', async () => (await frame.locator('.overview-note').innerText()).startsWith('This capture shows no times'));
    assert.equal(await frame.locator('.overview-plot').isVisible(), false);
    await workbench.openFromExplorer('one-packet.tcpdump');
    frame = await workbench.webview('.packets-pane');
    await until('one packet', async () => (await shown(frame)).packets === 1);
    await workbench.screenshot('overview-one');
  });
});
