import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { axeViolations, until, Workbench } from './support/workbench';

const LOSS = 'loss_burst.pcap';
const ZERO = 'zero_window.pcap';

/** A drawn segment as the accessible rows of the ladder tell it. */
interface DrawnRow {
  readonly rank: number;
  readonly packet: number;
  readonly y: number;
  readonly selected: boolean;
  readonly number: string;
  readonly time: string;
  readonly direction: string;
  readonly flags: string;
  readonly seq: string;
  readonly sack: string;
  readonly labels: string;
  readonly client: string;
  readonly server: string;
  readonly links: string;
}

async function rows(frame: Frame): Promise<DrawnRow[]> {
  return await frame.evaluate(() =>
    Array.from(document.querySelectorAll<HTMLElement>('.drawn-rows [role="row"]'), (row) => {
      const [number, time, direction, flags, seq, , , , sack, labels, client, server, links] = Array.from(row.children, (cell) => cell.textContent);
      const { rank, packet, y } = row.dataset;
      return { rank: Number(rank), packet: Number(packet), y: Number(y), selected: row.getAttribute('aria-selected') === 'true', number, time, direction, flags, seq, sack, labels, client, server, links } as DrawnRow;
    }),
  );
}

const selected = async (frame: Frame): Promise<DrawnRow | undefined> => (await rows(frame)).find((row) => row.selected);

async function openTimeline(workbench: Workbench, name: string): Promise<Frame> {
  await workbench.openFromExplorer(name);
  const frame = await workbench.webview('.packets-pane');
  await frame.locator('#tab-timeline').click();
  await until('drawn segments', async () => (await rows(frame)).length > 0);
  return frame;
}

/** Our verdict, once the study has come by. */
const LOST = /(^|, )lost(,|$)/;

describe('the timeline', function () {
  let workbench: Workbench;
  let frame: Frame;

  before(async () => {
    workbench = await Workbench.start({ files: ['test/fixtures/loss_burst.pcap', 'test/fixtures/zero_window.pcap', 'media/samples'] });
    frame = await openTimeline(workbench, LOSS);
  });
  after(() => workbench.stop());
  afterEach(function () {
    return workbench.keepFailure(this.currentTest);
  });

  it('draws a line per segment, with the states of both ends', async () => {
    const drawn = await rows(frame);
    assert.deepEqual(drawn.slice(0, 3).map((row) => row.flags), ['SYN', 'SYN,ACK', 'ACK']);
    assert.match(drawn[0]!.client, /CLOSED → SYN-SENT/);
    assert.match(drawn[0]!.server, /LISTEN → SYN-RECEIVED \(inferred\)/);
    assert.match(drawn[2]!.server, /ESTABLISHED/);
    assert.ok(drawn.every((row, i) => i === 0 || row.y > drawn[i - 1]!.y));
    await workbench.screenshot('timeline-start');
  });

  it('moves along the segments by keyboard, and the whole editor with it', async () => {
    await frame.locator('.ladder').focus();
    await workbench.page.keyboard.press('Home');
    await until('the first segment', async () => (await selected(frame))?.rank === 0);
    await workbench.page.keyboard.press('ArrowDown');
    await workbench.page.keyboard.press('ArrowDown');
    await until('the third segment', async () => (await selected(frame))?.rank === 2);
    await workbench.statusBar(/packet 3\//);
    await workbench.page.keyboard.press('End');
    const last = await until('the last segment', async () => {
      const row = await selected(frame);
      return row && row.rank > 10 ? row : null;
    });
    assert.equal(String(last.rank + 2), await frame.locator('.ladder').getAttribute('aria-rowcount'));
    assert.equal(await frame.locator('.ladder').getAttribute('aria-activedescendant'), `segment-${last.rank}`);
    await workbench.page.keyboard.press('PageUp');
    await until('a page up', async () => ((await selected(frame))?.rank ?? last.rank) < last.rank - 3);
  });

  it('joins a lost segment with its retransmission, and shows SACK blocks', async () => {
    await frame.locator('.ladder').focus();
    await workbench.page.keyboard.press('0');
    const all = await until('the whole stream', async () => {
      const drawn = await rows(frame);
      return drawn.length > 60 ? drawn : null;
    });
    const lost = all.find((row) => LOST.test(row.labels));
    assert.ok(lost, 'a lost segment');
    assert.match(lost.links, /sent again in #\d+/);
    // A bar for every segment that reports blocks.
    assert.equal(await frame.locator('.ladder').getAttribute('data-sacks'), String(all.filter((row) => /SACK \d+–\d+/.test(row.sack)).length));
    assert.notEqual(await frame.locator('.ladder').getAttribute('data-sacks'), '0');
    // Arrow keys follow the link to the copy and back.
    await frame.locator('.ladder').click({ position: { x: 350, y: lost.y } });
    await until('the lost segment', async () => LOST.test((await selected(frame))?.labels ?? ''));
    const original = (await selected(frame))!;
    await workbench.page.keyboard.press('ArrowRight');
    const copy = await until('its copy', async () => {
      const row = await selected(frame);
      return row && row.rank !== original.rank ? row : null;
    });
    assert.match(copy.labels, /retransmission/);
    assert.match(copy.links, new RegExp(`sent before in ${original.number}\\b`));
    await workbench.page.keyboard.press('ArrowLeft');
    await until('the original again', async () => (await selected(frame))?.rank === original.rank);
    for (let i = 0; i < 12; i++) await workbench.page.keyboard.press('+');
    await workbench.settle();
    await workbench.screenshot('timeline-loss');
  });

  it('shows the packet\'s card on hover, and why an end is in its state', async () => {
    const row = (await selected(frame))!;
    await frame.locator('.ladder').hover({ position: { x: 350, y: row.y } });
    await frame.locator('.timeline .card').waitFor();
    assert.match(await frame.locator('.timeline .card').innerText(), /Packet \d+/);
    await workbench.screenshot('timeline-hover');
    await frame.locator('.ladder').focus();
    await workbench.page.keyboard.press('Home');
    await until('the first segment', async () => (await selected(frame))?.rank === 0);
    await workbench.settle();
    const box = (await frame.locator('.ladder').boundingBox())!;
    await frame.locator('.ladder').hover({ position: { x: box.width - 30, y: (await rows(frame))[0]!.y + 12 } });
    const card = frame.locator('.timeline .card', { hasText: 'SYN-RECEIVED' });
    await card.waitFor();
    const words = await card.innerText();
    assert.match(words, /rcv SYN \/ snd SYN,ACK/);
    assert.match(words, /RFC 9293 3\.3\.2/);
    await workbench.screenshot('timeline-state');
    await frame.locator('.top-bar').hover();
  });

  it('gives the keys back when a card is closed that had them', async () => {
    const { keyboard } = workbench.page;
    const card = frame.locator('.timeline .card');
    await card.waitFor({ state: 'detached' });
    await frame.locator('.ladder').focus();
    await keyboard.press('Home');
    await until('the first segment', async () => (await selected(frame))?.rank === 0);
    await keyboard.press('Space');
    await card.waitFor();
    await keyboard.press('Space');
    await until('the focus in the card', () => card.evaluate((element) => element === document.activeElement));
    await keyboard.press('Escape');
    await card.waitFor({ state: 'detached' });
    await keyboard.press('ArrowDown');
    await until('the second segment', async () => (await selected(frame))?.rank === 1);
  });

  it('keeps to the selection that other views make', async () => {
    await frame.locator('#tab-packets').click();
    await frame.locator('.packets-pane .grid-body > .grid-row:not([hidden]) >> nth=4').click();
    const packet = await frame.locator('.packets-pane .grid-row[aria-selected="true"] .grid-cell').first().innerText();
    await frame.locator('#tab-timeline').click();
    await until('the same packet', async () => (await selected(frame))?.number === `#${packet.trim()}`);
    await frame.locator('#tab-timeline').press('ArrowRight');
    assert.equal(await frame.locator('#tab-packets').getAttribute('aria-selected'), 'true');
    await frame.locator('#tab-packets').press('Home');
    assert.equal(await frame.locator('#tab-timeline').getAttribute('aria-selected'), 'true');
  });

  it('draws to scale on demand', async () => {
    await frame.getByRole('button', { name: 'To scale' }).click();
    await workbench.settle();
    const drawn = await until('segments to scale', async () => {
      const list = await rows(frame);
      return list.length > 60 ? list : null;
    });
    // Distances are those of the times.
    const [a, b, c] = [drawn[0]!, drawn[Math.floor(drawn.length / 2)]!, drawn.at(-1)!];
    const part = (Number(b.time) - Number(a.time)) / (Number(c.time) - Number(a.time));
    assert.ok(Math.abs((b.y - a.y) / (c.y - a.y) - part) < 0.02, `${b.y} of ${a.y}..${c.y} is not ${part}`);
    await workbench.screenshot('timeline-scale');
    await frame.locator('.ladder').focus();
    for (let i = 0; i < 8; i++) await workbench.page.keyboard.press('+');
    await workbench.settle();
    await workbench.screenshot('timeline-scale-zoomed');
    await frame.getByRole('button', { name: 'Even' }).click();
  });

  it('marks idle time and closed windows', async () => {
    const editor = await openTimeline(workbench, ZERO);
    await until('a closed window', async () => (await rows(editor)).some((row) => row.labels.includes('window closed')) || (await editor.locator('.ladder').press('PageDown'), false));
    const drawn = await rows(editor);
    assert.ok(drawn.some((row) => row.labels.includes('zero window')));
    assert.ok(drawn.some((row) => row.labels.includes('after idle time')));
    assert.match(await editor.locator('.timeline .timeline-note').innerText(), /silent \d+ times for/);
    await workbench.screenshot('timeline-zero-window');
    frame = editor;
  });

  for (const theme of ['light', 'highContrast', 'dark'] as const) {
    it(`looks right in ${theme}, without serious accessibility faults`, async () => {
      await workbench.setTheme(theme);
      await workbench.settle();
      await workbench.screenshot(`timeline-${theme}`);
      assert.deepEqual(await axeViolations(frame), []);
    });
  }

  it('clips nothing in a small window', async () => {
    await workbench.page.setViewportSize({ width: 800, height: 600 });
    await workbench.settle();
    await workbench.screenshot('timeline-small');
    const overflow = await frame.evaluate(() => Array.from(document.querySelectorAll('.section-head > *, .timeline-bar > *')).filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width > 0 && (box.right > innerWidth + 1 || box.left < 0);
    }).map((e) => e.className));
    assert.deepEqual(overflow, []);
  });
});
