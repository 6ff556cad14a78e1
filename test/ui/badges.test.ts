import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

const CAPTURE = 'zero-window.pcap';

describe('badges in the packets table', function () {
  let workbench: Workbench;
  let frame: Frame;
  const badge = (text: string) => frame.locator('.packets-pane .grid-row:not([hidden]) .badge', { hasText: text });

  before(async () => {
    workbench = await Workbench.start({ files: [`media/samples/${CAPTURE}`] });
    await workbench.openFromExplorer(CAPTURE);
    frame = await workbench.webview('.packets-pane');
    await frame.locator('.finding-counts').waitFor();
    await frame.getByRole('tab', { name: 'Packets' }).click();
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('turn to our verdicts once the study has come by', async () => {
    await badge('window probe').first().waitFor();
    assert.equal(await badge('keep-alive').count(), 0);
    assert.equal(await badge('not needed').count(), 1);
    assert.equal(await badge('lost').count(), 0);
  });

  it('open the card with the evidence, whose packets are links', async () => {
    await badge('window probe').first().hover();
    const card = frame.locator('.card');
    await card.waitFor();
    assert.match(await card.innerText(), /Wireshark calls this a keep-alive, because/);
    assert.match(await card.innerText(), /Confidence: certain/);
    const link = card.locator('button.link').first();
    const number = (await link.innerText()).slice(1);
    await link.click();
    await workbench.statusBar(new RegExp(`packet ${number}/`));
    await until('the card to close', async () => (await card.count()) === 0);
  });

  it('give one card for all of a cell to who uses the keyboard', async () => {
    await badge('not needed').click();
    await workbench.page.keyboard.press('Control+k');
    await workbench.page.keyboard.press('Control+i');
    const card = frame.locator('.card');
    await card.waitFor();
    const text = await card.innerText();
    assert.match(text, /Retransmission/);
    assert.match(text, /Not needed/);
    await workbench.page.keyboard.press('Escape');
  });

  it('filter by what they say', async () => {
    await badge('zero window').first().hover();
    await frame.locator('.card').getByRole('button', { name: 'Filter by this value' }).click();
    await until('only those', async () => {
      const [rows, zero] = [await frame.locator('.packets-pane .grid-body > .grid-row:not(.skeleton):not([hidden])').count(), await badge('zero window').count()];
      return zero > 3 && rows === zero;
    });
  });

  it('are readable in a selected row, without serious accessibility faults', async () => {
    assert.deepEqual(await axeViolations(frame), []);
  });
});
