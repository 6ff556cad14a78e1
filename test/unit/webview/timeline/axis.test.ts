import assert from 'node:assert/strict';
import fc from 'fast-check';
import { clampView, EvenAxis, fitPitch, revealView, timeStep, zoomView, type Extent } from '../../../../src/webview/timeline/axis';

const extent: Extent = { length: 1000, height: 500, most: 90, usual: 30 };

describe('the timeline\'s axis', () => {
  it('gives every segment a row, and one more to each idle gap', () => {
    const axis = new EvenAxis(5, Uint32Array.from([2, 4]));
    assert.equal(axis.length, 7);
    assert.deepEqual([0, 1, 2, 3, 4].map((rank) => axis.position(rank)), [0.5, 1.5, 3.5, 4.5, 6.5]);
  });

  it('finds the segment at a position, for any gaps', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.uniqueArray(fc.integer({ min: 1, max: 199 })), fc.double({ min: -5, max: 500, noNaN: true }), (total, gaps, position) => {
        const axis = new EvenAxis(total, Uint32Array.from(gaps.filter((g) => g < total).sort((a, b) => a - b)));
        const rank = axis.rankAt(position);
        if (rank > 0) assert.ok(axis.position(rank - 1) < position);
        if (rank < total) assert.ok(axis.position(rank) >= position);
      }),
    );
  });

  it('keeps the place under the pointer while zooming', () => {
    const before = { top: 400, pitch: 5 };
    const after = zoomView(before, 2, 200, extent);
    assert.equal(after.pitch, 10);
    assert.ok(Math.abs(after.top + 200 / after.pitch - (before.top + 200 / before.pitch)) < 1e-9);
  });

  it('never leaves the stream nor the bounds of zoom', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (top, pitch) => {
        const view = clampView({ top, pitch }, extent);
        assert.ok(view.pitch >= fitPitch(extent) && view.pitch <= extent.most);
        assert.ok(view.top * view.pitch >= -20.001);
        assert.ok((view.top * view.pitch + extent.height) <= extent.length * view.pitch + 20.001 || view.top * view.pitch <= -19.9);
      }),
    );
  });

  it('moves only as far as needed to show a segment', () => {
    const view = { top: 100, pitch: 10 };
    assert.equal(revealView(view, 120, extent), view);
    const below = revealView(view, 160, extent);
    assert.ok((160 - below.top) * below.pitch <= extent.height);
    assert.ok(below.top < 120);
  });

  it('steps time in round numbers', () => {
    assert.deepEqual([1, 3, 7, 20, 1.1e6].map(timeStep), [1, 5, 10, 20, 2e6]);
  });
});
