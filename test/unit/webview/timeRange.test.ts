import assert from 'node:assert/strict';
import fc from 'fast-check';
import { filterSeconds, timeRangeOf, withTimeRange } from '../../../src/webview/overview/timeRange';
import { clampRange, TimeScale, timeText, zoomRange } from '../../../src/webview/overview/timeScale';
import { pcapHeader } from '../../support/pcapWriter';
import { openCapture } from '../../support/openCapture';

const range = { from: 1_500_000_000, to: 2_250_000_001 };
const PART = 'frame.time_relative >= 1.5 && frame.time_relative <= 2.250000001';

describe('a time range in a display filter', () => {
  it('is written after what the filter says already, and taken away again', () => {
    assert.equal(withTimeRange('', range), PART);
    assert.equal(withTimeRange('tcp.port == 80', range), `tcp.port == 80 && ${PART}`);
    assert.equal(withTimeRange('a || b', range), `(a || b) && ${PART}`);
    assert.equal(withTimeRange('(a || b)', range), `(a || b) && ${PART}`);
    for (const filter of ['', 'tcp.port == 80', 'a || b', 'tcp.payload contains "("', '!(tcp.len == 0) && tcp.port == 80']) {
      const ranged = withTimeRange(filter, range);
      assert.deepEqual(timeRangeOf(ranged), range, ranged);
      assert.equal(withTimeRange(ranged, null), filter);
      assert.equal(withTimeRange(ranged, range), ranged);
      assert.deepEqual(timeRangeOf(withTimeRange(ranged, { from: 0, to: 1 })), { from: 0, to: 1 });
    }
  });

  it('takes what is in strings for no structure', () => {
    for (const filter of ['http.host contains "a" || udp', 'a contains ")" || b', 'a == "x || y"', 'a contains "\\")(" or b', "a == '(' || b", 'a matches r"\\" || b contains "("', '(a contains ")") && (b || c)']) {
      let ranged = filter;
      for (let times = 0; times < 3; times++) ranged = withTimeRange(ranged, range);
      assert.ok(ranged.length <= filter.length + ` && ${PART}`.length + 2, ranged);
      assert.deepEqual(timeRangeOf(ranged), range, ranged);
      assert.equal(withTimeRange(ranged, null), filter);
    }
    assert.equal(withTimeRange('a == "x || y"', range), `a == "x || y" && ${PART}`);
    assert.equal(timeRangeOf(`a contains "(" || udp && ${PART}`), null);
    assert.equal(timeRangeOf(`a contains ")" || (udp && ${PART}`), null);
  });

  it('is not seen where it belongs to one side of an "or"', () => {
    assert.equal(timeRangeOf(`tcp.port == 80 || ${PART}`), null);
    assert.equal(timeRangeOf(`tcp.port == 80 || udp && ${PART}`), null);
    assert.equal(timeRangeOf('frame.time_relative >= 5 && frame.time_relative <= 2'), null);
    assert.equal(timeRangeOf('frame.time_relative >= 5'), null);
  });

  it('keeps every nanosecond, before the first packet too', () => {
    assert.equal(filterSeconds(-1_500_000_000), '-1.5');
    fc.assert(fc.property(fc.integer({ min: -1e15, max: 1e15 }), fc.integer({ min: 0, max: 1e15 }), (from, length) => {
      assert.deepEqual(timeRangeOf(withTimeRange('tcp', { from, to: from + length })), { from, to: from + length });
    }));
  });

  it('is a filter that compiles', async () => {
    const { ask } = await openCapture(pcapHeader());
    for (const one of [range, { from: -2e9, to: 0 }]) assert.deepEqual(await ask('filterCheck', { filter: withTimeRange('tcp || udp', one) }), { fault: null });
  });
});

describe('a scale of time', () => {
  it('goes from time to pixel and back', () => {
    const scale = new TimeScale(1e9, 3e9, 64, 1000);
    assert.equal(scale.x(2e9), 564);
    assert.equal(scale.time(564), 2e9);
    assert.equal(scale.time(0), 1e9);
    assert.deepEqual(scale.ticks(200), { step: 5e8, times: [1e9, 1.5e9, 2e9, 2.5e9, 3e9] });
  });

  it('zooms around a time and stays within the whole', () => {
    const whole = { from: 0, to: 100e9 };
    assert.deepEqual(zoomRange(whole, 0.5, 20e9), { from: 10e9, to: 60e9 });
    assert.deepEqual(clampRange({ from: -5e9, to: 15e9 }, whole), { from: 0, to: 20e9 });
    assert.deepEqual(clampRange({ from: 95e9, to: 115e9 }, whole), { from: 80e9, to: 100e9 });
    assert.equal(clampRange({ from: -5e9, to: 115e9 }, whole), null);
  });

  it('writes as many digits as its steps need', () => {
    const base = { baseSeconds: 1_700_000_000, baseNanos: 0, timeDigits: 6, timeOfDayOnly: false } as const;
    assert.equal(timeText(12_340_000_000, 1e7, 'relative', base), '12.34 s');
    assert.equal(timeText(12_340_000_000, 1e9, 'relative', base), '12 s');
    assert.equal(timeText(12_340_000_000, 1e9, 'utc', base), '22:13:32');
  });
});
