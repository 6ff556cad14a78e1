import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { pcapHeader, pcapRecord, SHORT_CONNECTION, tcpCapture, tcpFrame } from '../support/pcapWriter';
import { axeViolations, ROOT, until, Workbench, type Theme } from './support/workbench';

const THEMES: readonly Theme[] = ['dark', 'light', 'highContrast'];
const FIXTURE = path.join(ROOT, 'test', 'fixtures', 'redis_session.pcap');

/** Controls and texts that a person cannot see as a whole: outside of the window, covered, or cut without an ellipsis. */
async function clipped(frame: Frame): Promise<string[]> {
  return await frame.evaluate(() => {
    const faults: string[] = [];
    const name = (element: Element): string => `${element.className || element.tagName} "${(element.getAttribute('aria-label') ?? element.textContent).trim().slice(0, 60)}"`;
    const shown = (element: HTMLElement): boolean => element.checkVisibility({ visibilityProperty: true }) && element.getBoundingClientRect().width > 0;
    for (const element of document.querySelectorAll<HTMLElement>('button, input, select, .banner-text, .empty-state > *, .summary, .place, .section-head h2')) {
      if (!shown(element) || element.closest('.visually-hidden')) continue;
      const box = element.getBoundingClientRect();
      if (box.left < -0.5 || box.right > innerWidth + 0.5 || box.top < -0.5) faults.push(`outside: ${name(element)} ${Math.round(box.left)}..${Math.round(box.right)} of ${innerWidth}`);
      const scroller = element.closest('.empty-host, .part-body');
      if (box.bottom > innerHeight + 0.5 && !scroller) faults.push(`below: ${name(element)}`);
      const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      if (hit && hit !== element && !element.contains(hit) && !hit.contains(element)) faults.push(`covered: ${name(element)} by ${name(hit)}`);
      const style = getComputedStyle(element);
      if (element.scrollWidth > element.clientWidth + 1 && style.textOverflow !== 'ellipsis' && style.display !== 'inline' && !(element instanceof HTMLInputElement)) faults.push(`cut: ${name(element)}`);
    }
    for (const [selector, least] of [['.packets-pane .grid-body', 22], ['.streams-pane .grid-body', 22], ['.details', 60]] as const) {
      const element = document.querySelector<HTMLElement>(selector);
      if (element && shown(element) && element.clientHeight < least) faults.push(`squeezed: ${selector} is ${element.clientHeight} px high`);
    }
    if (document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight) faults.push('the page itself scrolls');
    return faults;
  });
}

/** What becomes of files, and what is no capture: each has a look of its own. */
describe('what the editor says about a file', function () {
  let workbench: Workbench;
  const whole = readFileSync(FIXTURE);

  before(async () => {
    workbench = await Workbench.start({ files: [] });
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  const file = (name: string): string => path.join(workbench.folder, name);

  async function open(name: string, selector: string): Promise<Frame> {
    await workbench.openFromExplorer(name);
    return await workbench.webview(selector);
  }

  /** Pictures in three themes, each without serious accessibility faults and with nothing clipped. */
  async function picture(name: string, selector: string): Promise<void> {
    for (const theme of THEMES) {
      await workbench.setTheme(theme);
      const frame = await workbench.webview(selector);
      await workbench.screenshot(`state-${name}-${theme}`);
      assert.deepEqual(await axeViolations(frame), [], `${name}, ${theme}`);
      assert.deepEqual(await clipped(frame), [], `${name}, ${theme}`);
    }
    await workbench.setTheme('dark');
  }

  const banner = (frame: Frame): Promise<string> => frame.locator('.banner').first().innerText({ timeout: 20_000 });
  const packets = async (frame: Frame): Promise<number> => Number(/^([\d ,]+) packets/.exec((await frame.locator('.summary').innerText()).replaceAll(/[\s,]/g, ' '))?.[1]?.replaceAll(' ', '') ?? NaN);

  it('a capture that is cut: which byte, what was expected, what was found', async () => {
    writeFileSync(file('cut.pcap'), whole.subarray(0, whole.length - 7));
    const frame = await open('cut.pcap', '.banner');
    assert.match(await banner(frame), /cut short at byte \d+: expected a packet record of \d+ bytes, found \d+ bytes until the end of the file/);
    assert.equal(await packets(frame), 60);
    await picture('cut', '.banner');
  });

  it('a capture that is damaged', async () => {
    const bytes = Buffer.concat([whole, Buffer.alloc(64, 0xff)]);
    writeFileSync(file('damaged.pcap'), bytes);
    const frame = await open('damaged.pcap', '.banner-error');
    assert.match(await banner(frame), new RegExp(`damaged at byte ${whole.length}: expected a record with at most \\d+ captured bytes, found a captured length of \\d+`));
    assert.equal(await packets(frame), 61);
    await picture('damaged', '.banner-error');
  });

  it('a capture that grows: offers the new packets, and loads them', async () => {
    const half = recordEnd(whole, 20);
    writeFileSync(file('growing.pcap'), whole.subarray(0, half));
    const frame = await open('growing.pcap', '.packets-pane .grid-row[aria-selected="true"]');
    const before = await packets(frame);
    appendFileSync(file('growing.pcap'), whole.subarray(half));
    assert.match(await banner(frame), /The file has grown/);
    await picture('growing', '.banner-info');
    const now = await workbench.webview('.banner-info');
    await now.locator('.banner').getByRole('button', { name: 'Load new packets' }).click();
    await until('all packets', async () => (await packets(now)) === 61);
    assert.ok(before < 61);
    await until('no banner', async () => (await now.locator('.banner').count()) === 0);
  });

  it('an incomplete last record is not called damaged while it grows', async () => {
    const half = recordEnd(whole, 20);
    writeFileSync(file('writing.pcap'), whole.subarray(0, half));
    const frame = await open('writing.pcap', '.packets-pane .grid-row[aria-selected="true"]');
    appendFileSync(file('writing.pcap'), whole.subarray(half, half + 20));
    await frame.locator('.banner-info').getByRole('button', { name: 'Load new packets' }).click();
    await until('the offer to go', async () => (await frame.locator('.banner-info').count()) === 0);
    assert.equal(await frame.locator('.banner-error').count(), 0);
    appendFileSync(file('writing.pcap'), whole.subarray(half + 20));
    await frame.locator('.banner-info').getByRole('button', { name: 'Load new packets' }).click();
    await until('all packets', async () => (await packets(frame)) === 61);
    await until('no banner', async () => (await frame.locator('.banner').count()) === 0);
  });

  it('a capture that was replaced: keeps the old one until told to reload', async () => {
    copyFileSync(FIXTURE, file('replaced.pcap'));
    const frame = await open('replaced.pcap', '.packets-pane .grid-row[aria-selected="true"]');
    rmSync(file('replaced.pcap'));
    writeFileSync(file('replaced.pcap'), tcpCapture(SHORT_CONNECTION));
    await frame.locator('.banner', { hasText: 'replaced' }).waitFor();
    assert.equal(await packets(frame), 61);
    await picture('replaced', '.banner-warning');
    const now = await workbench.webview('.banner-warning');
    await now.locator('.banner').getByRole('button', { name: 'Reload' }).click();
    await until('the new capture', async () => (await packets(now)) === SHORT_CONNECTION.length);
    await until('no banner', async () => (await now.locator('.banner').count()) === 0);
  });

  it('a capture that was deleted: keeps what is shown', async () => {
    copyFileSync(FIXTURE, file('deleted.pcap'));
    const frame = await open('deleted.pcap', '.packets-pane .grid-row[aria-selected="true"]');
    rmSync(file('deleted.pcap'));
    await frame.locator('.banner', { hasText: 'deleted' }).waitFor();
    assert.equal(await packets(frame), 61);
    await picture('deleted', '.banner-warning');
    // The file is still open: details can be read even now.
    const now = await workbench.webview('.banner-warning');
    await now.locator('.packets-pane .grid-body > .grid-row:not([hidden])').nth(3).click();
    await workbench.statusBar(/packet 4\/61/);
    await now.locator('.tree-row').first().waitFor();
  });

  it('a file of an unknown format: what is supported, and another editor', async () => {
    writeFileSync(file('unknown.pcap'), Buffer.alloc(4096, 1));
    const frame = await open('unknown.pcap', '.empty-state');
    const words = await frame.locator('.empty-state').innerText();
    assert.match(words, /0x01010101/);
    assert.match(words, /pcap, pcapng, pcap\.gz/);
    await picture('unknown', '.empty-state');
    await (await workbench.webview('.empty-state')).getByRole('button', { name: 'Reopen with another editor' }).click();
    await workbench.page.locator('.quick-input-widget', { hasText: 'Text Editor' }).waitFor();
    await workbench.page.keyboard.press('Escape');
    // Mended meanwhile, it opens on "Try again".
    copyFileSync(FIXTURE, file('unknown.pcap'));
    const again = await workbench.webview('.empty-state');
    await again.getByRole('button', { name: 'Try again' }).click();
    await workbench.webview('.packets-pane .grid-row[aria-selected="true"]');
  });

  it('a capture without packets', async () => {
    writeFileSync(file('empty.pcap'), pcapHeader());
    const frame = await open('empty.pcap', '.empty-state');
    assert.match(await frame.locator('.empty-state').innerText(), /No packets in this capture/);
    await picture('empty', '.empty-state');
  });

  it('a capture without TCP', async () => {
    const udp = tcpFrame({ from: 'client', flags: 2, seq: 1 });
    udp[23] = 17;
    udp.writeUInt16BE(20, 38);
    writeFileSync(file('noTcp.pcap'), Buffer.concat([pcapHeader(), ...[0, 1, 2].map((time) => pcapRecord(udp, time))]));
    const frame = await open('noTcp.pcap', '.packets-pane .grid-row[aria-selected="true"]');
    assert.match(await frame.locator('.summary').innerText(), /0 TCP of 3 packets/);
    assert.equal(await frame.locator('.streams-pane .grid-none').innerText(), 'This capture holds no TCP streams.');
    await picture('noTcp', '.packets-pane');
  });
});

describe('small windows and large zoom', function () {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.start();
    truncateSync(path.join(workbench.folder, 'handshake-and-close.pcap'), 3000);
    await workbench.openFromExplorer('handshake-and-close.pcap');
    await workbench.webview('.packets-pane .grid-row[aria-selected="true"]');
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  // At 200 % a window of 1500 x 950 has room for half as many of everything.
  for (const [name, width, height, sideBar] of [['800x600', 800, 600, false], ['zoom200', 750, 475, false], ['zoom200-sidebar', 750, 475, true]] as const) {
    for (const theme of THEMES) {
      it(`nothing is clipped: ${name}, ${theme}`, async () => {
        await workbench.setTheme(theme);
        await workbench.page.setViewportSize({ width, height });
        const open = await workbench.page.locator('.part.sidebar').isVisible();
        if (open !== sideBar) await workbench.page.keyboard.press('Control+b');
        await workbench.settle();
        const frame = await workbench.webview('.packets-pane .grid-row[aria-selected="true"]');
        await workbench.screenshot(`small-${name}-${theme}`);
        assert.deepEqual(await clipped(frame), []);
        assert.deepEqual(await axeViolations(frame), []);
      });
    }
  }

  it('the streams lie behind a button, and the parts of the details behind tabs', async () => {
    const frame = await workbench.webview('.packets-pane');
    const streams = frame.locator('.streams-pane');
    assert.equal(await streams.isVisible(), false);
    await frame.getByRole('button', { name: 'Show or hide the streams' }).click();
    await streams.waitFor();
    assert.deepEqual(await clipped(frame), []);
    await streams.locator('.grid-body > .grid-row:not([hidden]):not(.skeleton)').nth(1).click();
    await until('the packets again', async () => !(await streams.isVisible()));
    await frame.locator('.detail-tabs .tab', { hasText: 'Bytes' }).click();
    await frame.locator('.byte').first().waitFor();
    await frame.locator('.detail-tabs .tab', { hasText: 'Header' }).click();
    await frame.locator('.diagram .box').first().hover();
    const card = await frame.locator('.card').boundingBox();
    assert.ok(card && card.width > 150);
    // In high contrast, code in a card has colours of its own.
    for (const theme of THEMES) {
      await workbench.setTheme(theme);
      await workbench.page.mouse.move(5, 5);
      await until('the card to close', async () => (await frame.locator('.card').count()) === 0);
      await frame.locator('.diagram .box').first().hover();
      await frame.locator('.card code').first().waitFor();
      await workbench.screenshot(`small-card-${theme}`);
      assert.deepEqual(await axeViolations(frame), [], theme);
    }
  });
});

/** Where record number `count` (from 1) of a little-endian classic pcap ends. */
function recordEnd(bytes: Buffer, count: number): number {
  let at = 24;
  for (let i = 0; i < count; i++) at += 16 + bytes.readUInt32LE(at + 8);
  return at;
}
