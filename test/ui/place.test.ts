import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { until, Workbench } from './support/workbench';

const SAMPLE = 'handshake-and-close.pcap';
const ROW = '.packets-pane .grid-body > .grid-row:not([hidden]):not(.skeleton)';
const SELECTED = '.packets-pane .grid-row[aria-selected="true"]';

/** Where editors stand when their pages are made anew. */
describe('the place of an editor', function () {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.start();
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  /** All capture editors on screen. */
  async function editors(count: number): Promise<readonly Frame[]> {
    return await until(`${count} editors`, async () => {
      const found: Frame[] = [];
      for (const frame of workbench.page.frames()) {
        if (frame !== workbench.page.mainFrame() && (await frame.$(SELECTED).catch(() => null))) found.push(frame);
      }
      return found.length === count && found;
    }, 120_000);
  }

  const number = async (frame: Frame): Promise<string> => (await frame.locator(`${SELECTED} .grid-cell`).first().innerText()).trim();
  const choose = async (frame: Frame, row: number): Promise<string> => {
    await frame.locator(ROW).nth(row).click();
    const chosen = (await frame.locator(`${ROW} >> nth=${row} >> .grid-cell >> nth=0`).innerText()).trim();
    await until('the row to be selected', async () => (await number(frame)) === chosen);
    return chosen;
  };

  it('is its own: of two editors of one capture, the one that was left first finds its place when it is made anew', async function () {
    this.timeout(240_000);
    await workbench.openFromExplorer(SAMPLE);
    await workbench.webview(SELECTED);
    const [first] = await editors(1);
    const one = await choose(first!, 3);
    await workbench.command('View: Split Editor Right');
    const second = (await editors(2)).find((frame) => frame !== first)!;
    await until('the second to start where the first was', async () => (await number(second)) === one);
    const other = await choose(second, 7);
    assert.notEqual(one, other);
    // The second was saved last. Both are covered, which ends their pages; then the first is shown again.
    await workbench.openFromExplorer('README.md');
    await until('the second to be covered', async () => (await editors(1))[0] === first);
    await workbench.tab(SAMPLE).first().click();
    await workbench.openFromExplorer('ecn.pcap');
    await workbench.page.waitForTimeout(1000);
    await workbench.tab(SAMPLE).first().click();
    await until('the place of the first', async () => (await number((await editors(1))[0]!)) === one, 60_000);
    await workbench.screenshot('place-two-editors');
  });

  it('comes back when its tab does, changed a moment before', async function () {
    this.timeout(120_000);
    await workbench.command('View: Close All Editors');
    await workbench.openFromExplorer(SAMPLE);
    const [frame] = await editors(1);
    const chosen = await choose(frame!, 5);
    // Well within the delay of saving.
    await workbench.openFromExplorer('ecn.pcap');
    await until('the other capture', async () => (await workbench.page.locator('.tabs-container').getByRole('tab', { name: 'ecn.pcap' }).count()) === 1);
    await workbench.page.waitForTimeout(1000);
    await workbench.tab(SAMPLE).click();
    await until('the place', async () => (await number((await editors(1))[0]!)) === chosen);
  });
});
