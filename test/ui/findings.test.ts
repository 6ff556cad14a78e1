import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

const CAPTURE = 'accept-queue-overflow.pcap';
const STREAMS = '.streams-pane .grid-body > .grid-row:not([hidden]):not(.skeleton)';

describe('findings in the editor', function () {
  let workbench: Workbench;
  let frame: Frame;

  before(async () => {
    workbench = await Workbench.start({ files: [`media/samples/${CAPTURE}`] });
    await workbench.openFromExplorer(CAPTURE);
    frame = await workbench.webview('.packets-pane');
    await frame.locator('.finding-counts').waitFor();
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('says in the streams table how each stream went, and puts the worst first', async () => {
    assert.match((await frame.locator('.finding-counts').getAttribute('title')) ?? '', /^[1-9]\d* errors, /);
    await frame.locator('.finding-counts').click();
    const first = frame.locator(`${STREAMS} >> nth=0`);
    await until('the worst stream on top', async () => (await first.innerText()).includes('Accept queue full'));
    assert.equal(await first.locator('.severity-error .codicon-error').count(), 1);
  });

  it('opens the card of a stream over its verdict', async () => {
    await frame.locator(`${STREAMS} >> nth=0`).locator('.severity-error').hover();
    const card = frame.locator('.card');
    await card.waitFor();
    assert.match(await card.innerText(), /accept queue/);
    await workbench.screenshot('findings-card');
    await frame.locator('.top-bar').hover();
    await until('the card to close', async () => (await card.count()) === 0);
  });

  it('goes from finding to finding with F8', async () => {
    await frame.locator(`${STREAMS} >> nth=0`).click();
    await workbench.page.keyboard.press('F8');
    await workbench.statusBar(/Accept queue full|Reset by/);
    const there = await workbench.statusBar(/packet \d+\//);
    await workbench.page.keyboard.press('F8');
    await until('another packet', async () => (await workbench.statusBar(/packet \d+\//)) !== there);
  });

  it('lists findings in a native tree that leads to their packets', async () => {
    await workbench.page.locator('.activitybar').getByRole('tab', { name: 'TCP Trace' }).click();
    const group = workbench.page.locator('.pane-body .monaco-list-row', { hasText: 'Accept queue full' });
    await group.first().waitFor();
    await group.first().click();
    const finding = workbench.page.locator('.pane-body .monaco-list-row', { hasText: 'ignored' });
    await finding.first().waitFor();
    await finding.first().click();
    await workbench.statusBar(/packet \d+\//);
    await workbench.screenshot('findings-tree');
  });

  it('finds streams by the id of a finding', async () => {
    await frame.locator('.streams-pane .search').fill('handshake.accept-queue-full');
    await until('one stream', async () => (await frame.locator(STREAMS).count()) === 1);
    await frame.locator('.streams-pane .search').fill('');
  });

  for (const theme of ['dark', 'light', 'highContrast'] as const) {
    it(`looks right in ${theme}, without serious accessibility faults`, async () => {
      await workbench.setTheme(theme);
      const editor = await workbench.webview('.packets-pane');
      await workbench.settle();
      await workbench.screenshot(`findings-${theme}`);
      assert.deepEqual(await axeViolations(editor), []);
    });
  }
});
