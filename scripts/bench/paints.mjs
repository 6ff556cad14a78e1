// Measures in a webview how long a key or a click takes until its effect is painted.
import { setTimeout as sleep } from 'node:timers/promises';

/** Begins to note inputs and paints in a frame; the source runs in the page. */
async function listen(frame) {
  await frame.evaluate(() => {
    if (globalThis.bench) return;
    const bench = (globalThis.bench = { input: 0, paints: [], late: 0 });
    // The time at which the browser got the input, not that at which the page heard of it.
    const note = (event) => (bench.input = event.timeStamp);
    for (const type of ['keydown', 'pointerdown']) globalThis.addEventListener(type, note, true);
    new globalThis.PerformanceObserver((list) => {
      for (const mark of list.getEntries()) if (mark.name === 'tcp-trace:painted' && bench.input) bench.paints.push({ what: mark.detail.what, after: mark.startTime - bench.input });
    }).observe({ entryTypes: ['mark'] });
    // What the browser itself says: inputs whose next frame was presented more than 16 ms after them (in steps of 8 ms).
    new globalThis.PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (/^(keydown|pointerdown)$/.test(entry.name) && entry.duration > 16) bench.late++;
    }).observe({ type: 'event', durationThreshold: 16 });
  });
}

/**
 * Makes an input `times` times and waits after each. Returns per input the milliseconds to the first paint of each kind
 * that was seen, and how many inputs were presented late by the browser's own account.
 */
export async function paintsOf(frame, input, { times, pauseMs }) {
  await listen(frame);
  await frame.evaluate(() => (globalThis.bench.late = 0));
  const samples = [];
  for (let i = 0; i < times; i++) {
    await frame.evaluate(() => Object.assign(globalThis.bench, { input: 0, paints: [] }));
    await input(i);
    await sleep(pauseMs);
    const paints = await frame.evaluate(() => globalThis.bench.paints);
    const first = {};
    for (const { what, after } of paints) first[what] ??= after;
    samples.push(first);
  }
  return { samples, late: await frame.evaluate(() => globalThis.bench.late) };
}

export const percentile = (values, p) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))] ?? NaN;
