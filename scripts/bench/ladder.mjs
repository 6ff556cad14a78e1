// The timeline of a stream of a million segments in a real VS Code: script time of each frame while a person scrolls and zooms.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateCapture } from './generate.mjs';
import { percentile } from './paints.mjs';

const NAME = 'long.pcap';

export function writeLongCapture(folder) {
  generateCapture(path.join(folder, NAME), { packets: 1_000_000, snapLength: 96, streams: 1, segments: Infinity });
}

/** `open` opens a capture of the workspace and gives its frame; `row` adds a row to the table. */
export async function benchLadder(page, open, row) {
  const { frame } = await open(page, NAME);
  for (let i = 0; i < 600 && (await frame.locator('.top-bar .progress').isVisible()); i++) await sleep(100);
  await frame.locator('#tab-timeline').click();
  await frame.locator('.drawn-rows [role="row"]').first().waitFor({ state: 'attached' });
  const box = await frame.locator('.ladder').boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const measure = async (what, times, deltaY) => {
    await frame.evaluate(() => performance.clearMeasures('tcp-trace:timeline-frame'));
    for (let i = 0; i < times; i++) {
      await page.mouse.wheel(0, deltaY);
      await sleep(16);
    }
    await sleep(500);
    const frames = await frame.evaluate(() => performance.getEntriesByName('tcp-trace:timeline-frame').map((entry) => entry.duration));
    const p95 = percentile(frames, 0.95);
    const ms = (value) => (Number.isFinite(value) ? value.toFixed(1) : 'none');
    row(`timeline of 1 M segments, ${what} (${frames.length} frames) median / p95`, `${ms(percentile(frames, 0.5))} / ${ms(p95)} ms`, '< 16 ms p95', p95 < 16);
  };
  await measure('scrolling', 120, 240);
  await page.keyboard.down('Control');
  await measure('zooming out to all of it', 60, 120);
  await measure('zooming in again', 60, -120);
  await page.keyboard.up('Control');
  await frame.getByRole('button', { name: 'To scale' }).click();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.keyboard.down('Control');
  await measure('to scale, zooming in', 80, -120);
  await page.keyboard.up('Control');
  await measure('to scale, scrolling', 60, 120);
}
