import assert from 'node:assert/strict';
import { until, Workbench, type Theme } from './support/workbench';

const THEMES: readonly Theme[] = ['dark', 'light', 'highContrast'];

describe('kernel settings, samples and the walkthrough', function () {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.start({ files: ['test/fixtures/system'] });
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  async function inEachTheme(name: string): Promise<void> {
    for (const theme of THEMES) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`${name}-${theme}`);
    }
    await workbench.setTheme('dark');
  }

  it('explains a kernel setting on hover, and underlines one that is gone', async () => {
    await workbench.openFromExplorer('tuning.sysctl');
    const { page } = workbench;
    const line = page.locator('.view-line', { hasText: 'tcp_tw_recycle' }).first();
    await line.waitFor();
    await until('the warning', async () => (await page.locator('.squiggly-warning').count()) > 0, 60_000);
    await line.getByText('tcp_tw_recycle').first().hover();
    const hover = page.locator('.monaco-hover:visible', { hasText: 'Removed in Linux 4.12' });
    await hover.waitFor();
    const words = (await hover.first().innerText()).replaceAll('\u00a0', ' ');
    assert.match(words, /net\.ipv4\.tcp_tw_recycle = 1/);
    assert.match(words, /Clients behind one NAT/);
    assert.doesNotMatch(words, /&nbsp;|\\\./);
    for (const theme of THEMES) {
      await workbench.setTheme(theme);
      await page.mouse.move(10, 10);
      await line.getByText('tcp_tw_recycle').first().hover();
      await hover.first().waitFor();
      await workbench.settle();
      await workbench.screenshot(`sysctl-hover-${theme}`);
    }
    await workbench.setTheme('dark');
  });

  it('explains the accept queue in the output of ss', async () => {
    await workbench.openFromExplorer('listen-ss');
    const { page } = workbench;
    const line = page.locator('.view-line', { hasText: '9999' }).first();
    await line.waitFor();
    await line.getByText('129').first().hover();
    const hover = page.locator('.monaco-hover:visible', { hasText: 'accept()' });
    await hover.waitFor();
    assert.match((await hover.first().innerText()).replaceAll('\u00a0', ' '), /The accept queue is full/);
    await workbench.screenshot('ss-hover');
  });

  it('leads through the walkthrough', async () => {
    await workbench.command('TCP Trace: Get Started');
    const { page } = workbench;
    const start = page.locator('.gettingStartedContainer');
    await start.getByText('Get started with TCP Trace').first().waitFor();
    for (const title of ['Open a capture', 'Hover over any field', 'Move as in code', 'Watch the conversation', 'Open what tcpdump printed', 'Learn from recorded trouble']) assert.ok((await start.getByText(title).count()) > 0, title);
    await inEachTheme('walkthrough');
    await start.getByText('Hover over any field').first().click();
    await workbench.settle();
    await inEachTheme('walkthrough-hover');
    await start.getByText('Watch the conversation').first().click();
    await workbench.settle();
    await inEachTheme('walkthrough-timeline');
    await start.getByRole('button', { name: 'Open a Sample' }).first().click();
    await workbench.tab('accept-queue-overflow.pcap').waitFor();
    const editor = await workbench.webview('.packets-pane');
    await editor.locator('.grid-row').first().waitFor();
    await workbench.command('TCP Trace: Show Timeline of the Selected Stream');
    await editor.locator('#timeline-panel:not([hidden])').waitFor();
    await workbench.screenshot('walkthrough-sample-timeline');
  });

  it('opens a sample that was chosen from the list', async () => {
    const { page } = workbench;
    await workbench.command('TCP Trace: Open Sample...');
    const input = page.locator('.quick-input-widget input');
    await input.waitFor();
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'SYN without answer' }).first().waitFor();
    await workbench.settle();
    await workbench.screenshot('samples-list');
    await input.fill('black hole');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'MTU black hole' }).first().waitFor();
    await page.keyboard.press('Enter');
    await workbench.tab('mtu-black-hole.pcap').waitFor();
    await workbench.webview('.packets-pane');
    await workbench.statusBar(/stream 0\/1/);
  });
});
