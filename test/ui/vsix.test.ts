import assert from 'node:assert/strict';
import { Workbench } from './support/workbench';

const ROW = '.packets-pane .grid-body > .grid-row:not([hidden]):not(.skeleton)';

describe('the packed extension in a folder that is not trusted', function () {
  const vsix = process.env.TCP_TRACE_VSIX;
  let workbench: Workbench;

  before(async function () {
    if (!vsix) this.skip();
    workbench = await Workbench.start({ extension: null, vsix: [vsix], waitForExtension: false, settings: { 'security.workspace.trust.enabled': true, 'security.workspace.trust.startupPrompt': 'always' } });
  });
  after(() => (vsix ? workbench.stop() : undefined));
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('opens a capture after "No, I don\'t trust"', async () => {
    const no = workbench.page.getByRole('button', { name: /don't trust/i });
    await no.waitFor({ timeout: 60_000 });
    await no.click();
    await workbench.page.locator('.activitybar').getByRole('tab', { name: 'TCP Trace' }).waitFor({ timeout: 60_000 });
    await workbench.openFromExplorer('handshake-and-close.pcap');
    const frame = await workbench.webview('.packets-pane');
    await frame.locator(ROW).first().waitFor();
    assert.match(await frame.locator(ROW).first().innerText(), /SYN/);
    await workbench.screenshot('untrusted');
  });
});
