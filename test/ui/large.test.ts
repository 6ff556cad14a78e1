import assert from 'node:assert/strict';
import path from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { writeSegments } from '../support/bigCaptures';
import { axeViolations, until, Workbench } from './support/workbench';

const PACKETS = 4_000_000;
const STREAMS = 100_000;

/** A table's rows as a person sees them, top down. */
interface Seen {
  /** aria-rowindex of the rows on screen, the header's included. */
  readonly rows: readonly number[];
  readonly selected: number | null;
  readonly focused: number | null;
  readonly rowCount: number;
  /** Cells that Tab can reach. */
  readonly tabStops: number;
  readonly skeletons: number;
  /** Rows that fit as a whole. */
  readonly whole: number;
}

const look = (frame: Frame, pane: string): Promise<Seen> =>
  frame.evaluate((selector) => {
    const grid = document.querySelector(selector)!;
    const body = grid.querySelector('.grid-body')!.getBoundingClientRect();
    const rows = [...grid.querySelectorAll<HTMLElement>('.grid-body > .grid-row')].filter((row) => {
      const box = row.getBoundingClientRect();
      return !row.hidden && box.top + 11 > body.top && box.bottom - 11 < body.bottom;
    });
    const index = (row: Element | null | undefined): number | null => (row ? Number(row.getAttribute('aria-rowindex')) : null);
    return {
      rows: rows.map((row) => Number(row.getAttribute('aria-rowindex'))).sort((a, b) => a - b),
      selected: index(rows.find((row) => row.getAttribute('aria-selected') === 'true')),
      focused: index(document.activeElement?.closest('.grid-row')),
      rowCount: Number(grid.getAttribute('aria-rowcount')),
      tabStops: grid.querySelectorAll('.grid-body [tabindex="0"]').length,
      skeletons: rows.filter((row) => row.classList.contains('skeleton')).length,
      whole: Math.floor(body.height / 22),
    };
  }, `.${pane} .grid[role="grid"]`);

const ROW = '.grid-body > .grid-row:not([hidden]):not(.skeleton)';

/** Presses keys and waits until the row with this aria-rowindex is selected, shown with its data and in focus. */
async function land(page: Page, frame: Frame, pane: string, key: string, row: number): Promise<Seen> {
  await page.keyboard.press(key);
  return await until(`row ${row} after ${key}`, async () => {
    const seen = await look(frame, pane);
    return seen.selected === row && seen.focused === row && seen.skeletons === 0 && seen;
  });
}

describe('large captures in the browser', function () {
  this.timeout(300_000);
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.start({ files: [] });
    writeSegments(path.join(workbench.folder, 'packets.pcap'), PACKETS, 1000);
    writeSegments(path.join(workbench.folder, 'streams.pcap'), STREAMS * 2, STREAMS);
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  describe('4 million packets', () => {
    let frame: Frame;

    it('shows rows while indexing goes on, stops on demand and goes on', async () => {
      await workbench.openFromExplorer('packets.pcap');
      frame = await workbench.webview('.packets-pane');
      await frame.locator(`.packets-pane ${ROW}`).first().waitFor();
      const cancel = frame.locator('.top-bar').getByRole('button', { name: 'Stop indexing' });
      await cancel.click({ timeout: 10_000 });
      const banner = frame.locator('.banner', { hasText: 'Indexing was stopped' });
      await banner.waitFor();
      assert.ok((await look(frame, 'packets-pane')).rowCount < PACKETS);
      await workbench.screenshot('indexing-stopped');
      await banner.getByRole('button', { name: 'Go on' }).click();
      await frame.getByRole('button', { name: 'All packets' }).click();
      await until('all packets', async () => (await look(frame, 'packets-pane')).rowCount === PACKETS + 1, 120_000);
      await until('the end of indexing', async () => await cancel.isHidden());
      assert.equal(await banner.count(), 0);
    });

    it('lands exactly where keys go', async () => {
      const { page } = workbench;
      await frame.locator(`.packets-pane ${ROW}`).first().click();
      const last = PACKETS + 1;
      const end = await land(page, frame, 'packets-pane', 'End', last);
      assert.equal(end.rows.at(-1), last, 'the last row is whole');
      assert.deepEqual([end.rowCount, end.tabStops], [last, 1]);
      // One row less than fit stays for the eye.
      const step = end.whole - 1;
      await land(page, frame, 'packets-pane', 'PageUp', last - step);
      await land(page, frame, 'packets-pane', 'PageUp', last - 2 * step);
      await land(page, frame, 'packets-pane', 'PageDown', last - step);
      await land(page, frame, 'packets-pane', 'ArrowUp', last - step - 1);
      const home = await land(page, frame, 'packets-pane', 'Home', 2);
      assert.equal(home.rows[0], 2);
      await land(page, frame, 'packets-pane', 'ArrowDown', 3);
      await workbench.statusBar(/packet 2\/4000000/);
    });

    it('goes to a packet in the middle by its number, and shows that one', async () => {
      await workbench.page.keyboard.press('Control+g');
      const input = workbench.page.locator('.quick-input-widget input');
      await input.waitFor();
      await input.fill('2718281');
      await workbench.page.keyboard.press('Enter');
      await workbench.statusBar(/packet 2718281\//);
      const seen = await until('the row', async () => {
        const now = await look(frame, 'packets-pane');
        return now.selected === 2718282 && now.skeletons === 0 && now;
      });
      assert.ok(seen.rows.includes(2718282));
      const text = await frame.locator('.packets-pane .grid-row[aria-selected="true"]').innerText();
      assert.match(text.replaceAll(/\s+/g, ' '), /^2718281 /);
    });

    it('moves at most five rows at a notch of the wheel, anywhere', async () => {
      await frame.locator('.packets-pane .grid-body').hover();
      const before = (await look(frame, 'packets-pane')).rows[0]!;
      for (const notch of [1, 1, -1]) {
        const from = (await look(frame, 'packets-pane')).rows[0]!;
        await workbench.page.mouse.wheel(0, notch * 120);
        const to = await until('the rows to move', async () => {
          const first = (await look(frame, 'packets-pane')).rows[0]!;
          return first !== from && first;
        });
        assert.ok(Math.abs(to - from) <= 5, `${from} -> ${to}`);
      }
      await until('one notch further down than before', async () => Math.abs((await look(frame, 'packets-pane')).rows[0]! - before) <= 5);
    });

    it('says what it is to assistive technology', async () => {
      const grid = frame.locator('.packets-pane .grid[role="grid"]');
      const headers = await grid.locator('[role="columnheader"]').count();
      assert.equal(await grid.getAttribute('aria-colcount'), String(headers));
      assert.equal(await grid.locator(`${ROW} >> nth=0`).locator('[role="gridcell"]').count(), headers);
      assert.deepEqual(await axeViolations(frame), []);
    });
  });

  describe('100,000 streams', () => {
    let frame: Frame;

    it('lists, sorts and searches them', async () => {
      await workbench.page.keyboard.press('Control+w');
      await workbench.openFromExplorer('streams.pcap');
      frame = await workbench.webview('.streams-pane');
      await until('all streams', async () => (await look(frame, 'streams-pane')).rowCount === STREAMS + 1, 60_000);
      await until('the end of indexing', async () => await frame.locator('.progress').isHidden(), 60_000);
      const { page } = workbench;
      await frame.locator(`.streams-pane ${ROW}`).first().click();
      const end = await land(page, frame, 'streams-pane', 'End', STREAMS + 1);
      assert.equal(end.rows.at(-1), STREAMS + 1);
      await workbench.statusBar(/stream 99999\/100000/);
      await land(page, frame, 'streams-pane', 'PageUp', STREAMS + 1 - (end.whole - 1));

      await frame.locator('.streams-pane [role="columnheader"]', { hasText: '#' }).click();
      await frame.locator(`.streams-pane ${ROW}`).first().click();
      await land(page, frame, 'streams-pane', 'Home', 2);
      assert.match((await frame.locator('.streams-pane .grid-row[aria-selected="true"]').innerText()).trim(), /^99999\b/);

      await frame.locator('.streams-pane .search').fill('10.0.0.2:9999');
      await until('one stream', async () => (await look(frame, 'streams-pane')).rowCount === 2);
      assert.match(await frame.locator('.streams-pane .count').innerText(), /^1 of 100.000$/);
      await frame.locator('.streams-pane .search').press('Enter');
      await page.keyboard.press('Space');
      await workbench.statusBar(/stream 74511\//);
      await workbench.screenshot('many-streams');
      assert.deepEqual(await axeViolations(frame), []);
    });
  });
});
