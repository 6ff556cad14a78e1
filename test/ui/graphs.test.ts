import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

interface LineRow {
  readonly line: string;
  readonly total: number;
  readonly drawn: number;
  readonly least: number;
  readonly most: number;
}

interface Shown {
  readonly graph: string;
  readonly from: number;
  readonly to: number;
  readonly lines: readonly LineRow[];
}

/** What is drawn, from the accessible table of the graph. */
async function shown(frame: Frame): Promise<Shown> {
  return await frame.evaluate(() => {
    const table = document.querySelector<HTMLElement>('.graph-table')!;
    const number = (text: string | null): number => Number((text ?? '').replace(/\D/g, ''));
    const lines = Array.from(table.querySelectorAll<HTMLElement>('tbody tr'), (row) => ({
      line: row.dataset.line ?? '', total: number(row.children[1]!.textContent), drawn: number(row.children[2]!.textContent), least: Number(row.dataset.least), most: Number(row.dataset.most),
    }));
    return { graph: table.dataset.graph ?? '', from: Number(table.dataset.from), to: Number(table.dataset.to), lines };
  });
}

async function choose(frame: Frame, graph: string): Promise<Shown> {
  await frame.locator('.graphs select').selectOption(graph);
  return await until(`the graph ${graph}`, async () => {
    const now = await shown(frame);
    return now.graph === graph && now.lines.length > 0 ? now : null;
  });
}

describe('the graphs', function () {
  let workbench: Workbench;
  let frame: Frame;

  before(async () => {
    workbench = await Workbench.start({ files: ['test/fixtures/loss_burst.pcap'], settings: { 'files.simpleDialog.enable': true } });
    await workbench.openFromExplorer('loss_burst.pcap');
    frame = await workbench.webview('.packets-pane');
    await frame.locator('#tab-graphs').click();
    await until('a graph', async () => (await shown(frame)).lines.length > 0);
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('draws sequence numbers with ACKs, window, SACK blocks and what was sent again', async () => {
    const { lines, graph } = await shown(frame);
    assert.equal(graph, 'sequence');
    assert.deepEqual(lines.map((row) => row.line), ['data', 'resent', 'ack', 'windowEdge', 'sack']);
    const by = Object.fromEntries(lines.map((row) => [row.line, row]));
    assert.ok(by.resent!.total >= 5, 'retransmissions');
    assert.ok(by.sack!.total >= 5, 'SACK blocks');
    // In the end everything was acknowledged, the FIN too.
    assert.equal(by.ack!.most, by.data!.most);
    await workbench.screenshot('graph-sequence');
  });

  it('draws every other graph with figures that make sense', async () => {
    const rtt = await choose(frame, 'rtt');
    assert.deepEqual(rtt.lines.map((row) => row.line), ['rtt', 'smoothedRtt', 'leastRtt']);
    // The path of the recording takes 16 ms there and back.
    assert.ok(rtt.lines[0]!.least > 15e6 && rtt.lines[0]!.most < 500e6);
    await workbench.screenshot('graph-rtt');
    await frame.getByRole('button', { name: 'By sequence number' }).click();
    await until('RTT by sequence number', async () => (await shown(frame)).lines.length === 1);
    await workbench.screenshot('graph-rtt-sequence');
    await frame.getByRole('button', { name: 'By time' }).click();
    const rate = await choose(frame, 'throughput');
    assert.ok(rate.lines.every((row) => row.most > 0));
    await workbench.screenshot('graph-throughput');
    const flight = await choose(frame, 'flight');
    const [inFlight, window] = flight.lines;
    assert.ok(inFlight!.most > 10_000 && inFlight!.most <= window!.most);
    await workbench.screenshot('graph-flight');
    const scaling = await choose(frame, 'window');
    assert.ok(scaling.lines[0]!.most > scaling.lines[1]!.most);
    await workbench.screenshot('graph-window');
    const length = await choose(frame, 'length');
    assert.equal(length.lines[0]!.most, 1448);
    await frame.getByRole('button', { name: 'Server', exact: true }).click();
    await until('the other direction', async () => (await shown(frame)).lines[0]!.most < 1448);
    await frame.getByRole('button', { name: 'Client', exact: true }).click();
  });

  it('zooms by dragging and by keys, for all graphs over time at once, and back', async () => {
    const whole = await choose(frame, 'sequence');
    const box = (await frame.locator('.u-over').boundingBox())!;
    await workbench.page.mouse.move(box.x + box.width * 0.4, box.y + 40);
    await workbench.page.mouse.down();
    await workbench.page.mouse.move(box.x + box.width * 0.7, box.y + 60, { steps: 5 });
    await workbench.page.mouse.up();
    const part = await until('a part', async () => {
      const now = await shown(frame);
      return now.to - now.from < (whole.to - whole.from) * 0.5 ? now : null;
    });
    assert.ok(Math.abs((part.to - part.from) / (whole.to - whole.from) - 0.3) < 0.05);
    const other = await choose(frame, 'flight');
    assert.deepEqual([other.from, other.to], [part.from, part.to]);
    await frame.locator('.graph-host').focus();
    await workbench.page.keyboard.press('0');
    await until('the whole', async () => (await shown(frame)).to === whole.to);
  });

  it('takes the ladder along, and comes along with it, unless they are unlinked', async () => {
    const whole = await choose(frame, 'sequence');
    // Of the segments that lie wholly in sight.
    const times = (): Promise<readonly number[]> => frame.evaluate(() => {
      const height = document.querySelector('.ladder')!.clientHeight;
      const rows = Array.from(document.querySelectorAll<HTMLElement>('.drawn-rows [role="row"]'));
      return rows.filter((row) => Number(row.dataset.y) >= 2 && Number(row.dataset.y) < height - 2).map((row) => Number(row.children[1]!.textContent));
    });
    const box = (await frame.locator('.u-over').boundingBox())!;
    await workbench.page.mouse.move(box.x + box.width * 0.5, box.y + 40);
    await workbench.page.mouse.down();
    await workbench.page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 5 });
    await workbench.page.mouse.up();
    const part = await until('a part', async () => {
      const now = await shown(frame);
      return now.to < whole.to ? now : null;
    });
    await frame.locator('#tab-timeline').click();
    const seen = await until('its segments in the ladder', async () => {
      const list = await times();
      return list.length > 5 && list[0]! >= part.from / 1e9 - 0.001 && list.at(-1)! <= part.to / 1e9 + 0.001 ? list : null;
    });
    // The ladder is zoomed in: the graph follows.
    await frame.locator('.ladder').focus();
    for (let i = 0; i < 3; i++) await workbench.page.keyboard.press('+');
    await until('fewer segments', async () => (await times()).length < seen.length);
    await workbench.page.waitForTimeout(400);
    await frame.locator('#tab-graphs').click();
    const less = await until('a smaller part', async () => {
      const now = await shown(frame);
      return now.to - now.from < part.to - part.from ? now : null;
    });
    await workbench.screenshot('graph-linked');
    // Unlinked, each keeps its own.
    await frame.locator('.graphs').getByRole('button', { name: 'Graphs and timeline zoom together' }).click();
    await frame.locator('#tab-timeline').click();
    await frame.locator('.ladder').focus();
    await workbench.page.keyboard.press('0');
    await workbench.page.waitForTimeout(400);
    await frame.locator('#tab-graphs').click();
    await workbench.settle();
    const kept = await shown(frame);
    assert.deepEqual([kept.from, kept.to], [less.from, less.to]);
    await frame.locator('.graphs').getByRole('button', { name: 'Graphs and timeline zoom together' }).click();
    await frame.locator('.graph-host').focus();
    await workbench.page.keyboard.press('0');
    await until('the whole', async () => (await shown(frame)).to === whole.to);
  });

  it('goes to the packet that was clicked', async () => {
    await choose(frame, 'sequence');
    await workbench.settle();
    const box = (await frame.locator('.u-over').boundingBox())!;
    // Somewhere in the middle a point is near.
    let note = '';
    search: for (let x = 0.3; x < 0.8; x += 0.05) {
      for (let y = 0.9; y > 0.1; y -= 0.05) {
        await workbench.page.mouse.move(box.x + box.width * x, box.y + box.height * y);
        note = await frame.locator('.graph-under .timeline-note').innerText();
        if (note.startsWith('#')) break search;
      }
    }
    assert.match(note, /^#\d+ .* s +(Data sent|Acknowledged|SACK blocks|Sent again|End of)/);
    await workbench.page.mouse.down();
    await workbench.page.mouse.up();
    const packet = note.slice(1).split(' ')[0]!.trim();
    await workbench.statusBar(new RegExp(`packet ${Number.parseInt(packet, 10)}/`));
    await workbench.screenshot('graph-click');
  });

  it('saves the graph as CSV, SVG and PNG', async () => {
    await choose(frame, 'rtt');
    for (const type of ['CSV', 'SVG', 'PNG'] as const) {
      await frame.getByRole('button', { name: type, exact: true }).click();
      const input = workbench.page.locator('.quick-input-widget input').first();
      await input.waitFor();
      // The proposed name, beside the capture.
      const file = path.join(workbench.folder, `stream-0-rtt-client.${type.toLowerCase()}`);
      await until('the proposed name', async () => (await input.inputValue()) === file);
      await workbench.page.keyboard.press('Enter');
      const bytes = await until(`the file ${type}`, () => {
        const read = readFileSync(file);
        return read.length > 0 ? read : null;
      });
      if (type === 'PNG') assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
      if (type === 'SVG') assert.match(bytes.toString(), /^<svg [\s\S]*Round-trip time[\s\S]*<\/svg>\s*$/);
      if (type === 'CSV') {
        const lines = bytes.toString().trim().split('\r\n');
        assert.equal(lines[0], 'series,frame.number,x,y,y_end');
        assert.match(lines[1]!, /^rtt,\d+,\d+\.\d{9},0\.\d{9},$/);
        const { lines: rows } = await shown(frame);
        assert.equal(lines.filter((line) => line.startsWith('rtt,')).length, rows[0]!.total);
      }
    }
  });

  for (const theme of ['light', 'highContrast', 'dark'] as const) {
    it(`looks right in ${theme}, without serious accessibility faults`, async () => {
      await workbench.setTheme(theme);
      await choose(frame, 'sequence');
      await workbench.settle();
      await workbench.screenshot(`graph-${theme}`);
      assert.deepEqual(await axeViolations(frame), []);
    });
  }

  it('fits into a small window', async () => {
    await workbench.page.setViewportSize({ width: 800, height: 600 });
    await workbench.settle();
    await workbench.screenshot('graph-small');
    const overflow = await frame.evaluate(() => Array.from(document.querySelectorAll('.graphs .timeline-bar > *')).filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width > 0 && box.right > innerWidth + 1;
    }).map((e) => e.className));
    assert.deepEqual(overflow, []);
  });
});
