import assert from 'node:assert/strict';
import type { Frame, Locator } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

const ROW = '.streams-pane .grid-body > .grid-row:not([hidden]):not(.skeleton)';

describe('the streams table', function () {
  let workbench: Workbench;
  let frame: Frame;

  const rows = async (): Promise<string[]> => (await frame.locator(ROW).allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim());

  before(async () => {
    workbench = await Workbench.start({ files: ['media/samples'] });
    await workbench.openFromExplorer('accept-queue-overflow.pcap');
    frame = await workbench.webview('.packets-pane');
    await until('verdicts', async () => (await frame.locator(`${ROW} .severity-error`).count()) > 0);
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('draws what each stream did when', async () => {
    const cells = frame.locator(`${ROW} .grid-cell:has(.cell-drawing)`);
    const streams = await frame.locator(ROW).count();
    assert.equal(await cells.count(), streams);
    const labels = await cells.evaluateAll((list) => list.map((cell) => cell.getAttribute('aria-label')));
    assert.ok(labels.every((label) => (label ?? '').startsWith('SYN')), labels.join('; '));
    assert.ok(labels.some((label) => /sent again in \d+ places?/.test(label ?? '')));
    assert.ok((await frame.locator(`${ROW} .cell-drawing .lane-warning`).count()) > 0);
  });

  it('gives the verdict the room up to the edge, and never less than its column', async () => {
    const wide = await frame.evaluate(() => {
      const scroller = document.querySelector<HTMLElement>('.streams-pane .grid-scroller')!;
      const heads = Array.from(scroller.querySelectorAll<HTMLElement>('.grid-headcell'));
      const verdict = heads.find((head) => head.textContent.startsWith('Verdict'))!;
      return { width: verdict.offsetWidth, room: scroller.clientWidth - verdict.offsetLeft };
    });
    assert.ok(wide.width >= 260 && wide.width >= wide.room - 1, JSON.stringify(wide));
  });

  it('stands streams with the same main finding under a heading', async () => {
    await frame.getByRole('button', { name: 'Group by finding' }).click();
    // Headings come first, the streams under them when they have been read.
    const grouped = await until('headings and streams', async () => ((await frame.locator(`${ROW}.heading`).count()) > 0 && (await frame.locator(`${ROW}:not(.heading)`).count()) > 0 ? await rows() : null));
    const heading = grouped.find((text) => text.startsWith('Accept queue full'));
    assert.ok(heading, grouped.join('; '));
    assert.equal(await frame.locator('.streams-pane .grid').getAttribute('role'), 'treegrid');
    const levels = await frame.locator(ROW).evaluateAll((list) => list.map((row) => row.getAttribute('aria-level') === (row.classList.contains('heading') ? '1' : '2')));
    assert.ok(levels.every(Boolean));
    // As many streams follow as the heading says.
    const counts = grouped.filter((text) => /\(\d+\)$/.test(text)).map((text) => Number(/\((\d+)\)$/.exec(text)![1]));
    assert.equal(counts.reduce((a, b) => a + b, 0), grouped.length - counts.length);
    await workbench.screenshot('streams-grouped');
    assert.deepEqual(await axeViolations(frame), []);
  });

  it('folds groups by pointer and keys', async () => {
    const before = (await rows()).length;
    await frame.locator(`${ROW}.heading`).first().click({ position: { x: 60, y: 10 } });
    await until('a folded group', async () => (await rows()).length < before);
    assert.equal(await frame.locator(`${ROW}.heading`).first().getAttribute('aria-expanded'), 'false');
    await workbench.page.keyboard.press('ArrowRight');
    await until('an open group', async () => (await rows()).length === before);
    await workbench.page.keyboard.press('ArrowDown');
    await until('a stream', async () => (await frame.locator(`${ROW}[aria-selected="true"]:not(.heading)`).count()) === 1);
    await workbench.page.keyboard.press('ArrowUp');
    await workbench.page.keyboard.press('ArrowLeft');
    await until('folded by a key', async () => (await rows()).length < before);
    await frame.getByRole('button', { name: 'Fold or unfold all groups' }).click();
    await until('headings only', async () => (await frame.locator(`${ROW}:not(.heading)`).count()) === 0);
    await frame.getByRole('button', { name: 'Fold or unfold all groups' }).click();
    await until('all of it', async () => (await rows()).length === before);
  });

  it('keeps the mark with its stream while groups fold', async () => {
    const marked = async (): Promise<readonly string[]> => await frame.locator(`${ROW}[aria-selected="true"] .grid-cell:first-child`).allInnerTexts();
    const heading = frame.locator(`${ROW}.heading`).first();
    const before = (await rows()).length;
    assert.ok((await frame.locator(`${ROW}.heading`).count()) > 1);
    await frame.locator(`${ROW}:not(.heading)`).last().click({ position: { x: 20, y: 10 } });
    const stream = await until('a marked stream', async () => ((await marked()).length === 1 ? (await marked())[0]! : null));
    await heading.click({ position: { x: 60, y: 10 } });
    await until('a folded group', async () => (await rows()).length < before);
    assert.deepEqual(await marked(), [stream]);
    assert.equal(await heading.evaluate((row) => row.contains(document.activeElement)), true);
    // Its own group: the mark goes, and comes back.
    await frame.locator(`${ROW}.heading`).last().click({ position: { x: 60, y: 10 } });
    await until('no mark', async () => (await marked()).length === 0);
    await frame.locator(`${ROW}.heading`).last().click({ position: { x: 60, y: 10 } });
    await until('the mark', async () => (await marked())[0] === stream);
    await heading.click({ position: { x: 60, y: 10 } });
    await until('all of it', async () => (await rows()).length === before);
    assert.deepEqual(await marked(), [stream]);
    // Every stream can be opened wherever it has moved.
    const first = frame.locator(`${ROW}:not(.heading)`).first();
    const other = await first.locator('.grid-cell').first().innerText();
    await first.click({ position: { x: 20, y: 10 } });
    await workbench.statusBar(new RegExp(`stream ${other}/`));
  });

  it('goes back to one list', async () => {
    await frame.getByRole('button', { name: 'Group by finding' }).click();
    await until('no headings', async () => (await frame.locator(`${ROW}.heading`).count()) === 0);
    assert.equal(await frame.locator('.streams-pane .grid').getAttribute('role'), 'grid');
    assert.equal(await frame.locator(`${ROW}[aria-level]`).count(), 0);
    await until('a selected stream', async () => (await frame.locator(`${ROW}[aria-selected="true"]`).count()) === 1);
  });

  it('reads anew what each stream did when its column comes back', async () => {
    const head = (title: string): Locator => frame.locator('.streams-pane .grid-headcell', { hasText: title });
    const drawn = async (): Promise<number> => await frame.locator(`${ROW} .cell-drawing`).count();
    await head('Time').focus();
    await workbench.page.keyboard.press('Delete');
    await until('no column', async () => (await drawn()) === 0);
    // Rows in another order are read without it.
    await head('Packets').click();
    await until('another order', async () => (await head('Packets').getAttribute('aria-sort')) === 'ascending' && (await rows()).length > 3);
    await head('Client').click({ button: 'right' });
    const item = workbench.page.locator('.monaco-menu .action-label').filter({ hasText: 'Reset Columns' });
    await item.hover();
    await workbench.page.waitForTimeout(300);
    await item.click();
    await until('drawings', async () => (await drawn()) > 3);
    await head('#').click();
    await until('the usual order', async () => (await head('#').getAttribute('aria-sort')) === 'ascending');
  });

  it('picks a stream from a list with findings and verdicts, in any tab', async () => {
    await frame.locator('#tab-timeline').click();
    await frame.locator('.packets-pane button.place').click();
    const list = workbench.page.locator('.quick-input-list .monaco-list-row');
    await until('streams', async () => (await list.count()) > 2);
    await workbench.page.locator('.quick-input-widget input').first().fill('accept-queue');
    const found = await until('the stream with the finding', async () => {
      const texts = await list.allInnerTexts();
      return texts.length > 0 && texts.every((text) => text.includes('Accept queue full')) ? texts : null;
    });
    // The sentence stands below.
    assert.match(found[0]!, /Accept queue full[\s\S]*\w+ \w+ \w+/);
    await workbench.screenshot('streams-pick');
    await workbench.page.keyboard.press('Enter');
    await workbench.statusBar(/stream 3\//);
    assert.equal(await frame.locator('#tab-timeline').getAttribute('aria-selected'), 'true');
    await frame.locator('#tab-packets').click();
  });

  for (const theme of ['light', 'highContrast', 'dark'] as const) {
    it(`looks right in ${theme}`, async () => {
      await workbench.setTheme(theme);
      await frame.getByRole('button', { name: 'Group by finding' }).click();
      await workbench.settle();
      await workbench.screenshot(`streams-${theme}`);
      assert.deepEqual(await axeViolations(frame), []);
      await frame.getByRole('button', { name: 'Group by finding' }).click();
    });
  }
});
