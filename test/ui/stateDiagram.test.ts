import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

const ROW = '.packets-pane .grid-body > .grid-row:not([hidden]):not(.skeleton)';

describe('the state diagram', function () {
  let workbench: Workbench;
  let editor: Frame;
  let panel: Frame;

  before(async () => {
    workbench = await Workbench.start();
    await workbench.openFromExplorer('close-variants.pcap');
    editor = await workbench.webview('.packets-pane');
    await editor.locator(ROW).first().waitFor();
    await workbench.command('TCP Trace: Show State Diagram');
    panel = await workbench.webview('.states-diagram');
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('draws the states, and lights up the ways of client and server', async () => {
    assert.equal(await panel.locator('.states-diagram .state').count(), 12);
    assert.ok((await panel.locator('.states-diagram .taken.client').count()) >= 4);
    assert.ok((await panel.locator('.states-diagram .taken.server').count()) >= 4);
    assert.match(await panel.locator('[data-card="state-diagram"] summary').innerText(), /client SYN-SENT, server SYN-RECEIVED/);
    const current = await panel.locator('.states-diagram .taken.current').evaluateAll((groups) => groups.map((g) => g.getAttribute('aria-label')));
    assert.deepEqual(current.map((words) => words?.replace(/ on packet.*/, '')).sort(), ['client: CLOSED → SYN-SENT', 'server: LISTEN → SYN-RECEIVED']);
  });

  it('goes to the packet of a transition by click and by Enter, and follows the selection', async () => {
    const established = panel.locator('.states-diagram .taken.client[aria-label*="SYN-SENT → ESTABLISHED"]');
    await established.locator('.catch').click();
    await workbench.statusBar(/packet 2\//);
    await panel.locator('[data-card="state-diagram"] summary', { hasText: 'client ESTABLISHED, server SYN-RECEIVED' }).waitFor();
    const fin = panel.locator('.states-diagram .taken[aria-label*="ESTABLISHED → FIN-WAIT-1"]').first();
    const frame = Number(/packet #(\d+)/.exec((await fin.getAttribute('aria-label'))!)![1]);
    await fin.focus();
    await fin.press('Enter');
    await workbench.statusBar(new RegExp(`packet ${frame}/`));
  });

  it('tells the same as a list', async () => {
    const rows = panel.locator('.states-list li');
    assert.ok((await rows.count()) >= 8);
    assert.match(await rows.first().innerText(), /#1\s+client\s+CLOSED → SYN-SENT/);
    await until('the current row', async () => (await panel.locator('.states-list li[aria-current]').count()) >= 1);
    await rows.nth(2).locator('button').click();
    await workbench.statusBar(/packet 2\//);
  });

  it('reads kernel parameters back from the stream', async () => {
    await workbench.command('TCP Trace: Show Kernel Parameters of the Stream');
    const section = panel.locator('[data-card="kernel-parameters"]');
    const card = section.locator('[data-card="parameter.client.receive-buffer"]');
    await card.waitFor();
    assert.match(await card.locator('summary').innerText(), /The client: Limit of the receive buffer\s+at least 33.554.432\s+net\.ipv4\.tcp_rmem/);
    await card.locator('summary').click();
    await card.getByText('SO_RCVBUF').first().waitFor();
    for (const theme of ['dark', 'light', 'highContrast'] as const) {
      await workbench.setTheme(theme);
      await workbench.screenshot(`kernel-parameters-${theme}`);
    }
  });

  it('has no accessibility fault, in each theme', async () => {
    await panel.locator('.states').evaluate((view) => view.scrollIntoView({ block: 'start' }));
    for (const theme of ['dark', 'light', 'highContrast'] as const) {
      await workbench.setTheme(theme);
      // The view's own ground is VS Code's, which axe does not see inside the webview.
      await panel.evaluate(() => document.body.style.setProperty('background', 'var(--vscode-sideBar-background)'));
      assert.deepEqual(await axeViolations(panel), [], theme);
      await workbench.screenshot(`state-diagram-${theme}`);
    }
  });
});
