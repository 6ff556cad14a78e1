/** Rows that an idle gap takes on the even scale. */
export const GAP_ROWS = 1;

/**
 * The even scale: a row for every segment, and one more for each idle gap before a segment. Positions are in rows from the top;
 * a segment's line lies in the middle of its row.
 */
export class EvenAxis {
  constructor(
    readonly total: number,
    /** Ranks after an idle gap, ascending. */
    private readonly gaps: Uint32Array,
  ) {}

  get length(): number {
    return this.total + this.gaps.length * GAP_ROWS;
  }

  position(rank: number): number {
    return rank + 0.5 + GAP_ROWS * this.gapsUpTo(rank);
  }

  /** First rank whose line lies at or below a position; `total` when none does. */
  rankAt(position: number): number {
    let low = 0;
    let high = this.total;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.position(middle) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Gaps at or before a rank. */
  private gapsUpTo(rank: number): number {
    let low = 0;
    let high = this.gaps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.gaps[middle]! <= rank) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** What part of an axis is on screen: the position at the top, and pixels per unit. */
export interface Viewport {
  readonly top: number;
  readonly pitch: number;
}

export interface Extent {
  /** Units of the axis. */
  readonly length: number;
  /** Pixels on screen. */
  readonly height: number;
  /** Largest pixels per unit. */
  readonly most: number;
  /** Pixels per unit that one may always zoom out to, even where the whole axis would need less room. */
  readonly usual: number;
}

/** Pixels kept free above the first and below the last line. */
const MARGIN = 20;

export function fitPitch(extent: Extent): number {
  return Math.max(Number.MIN_VALUE, (extent.height - 2 * MARGIN) / Math.max(extent.length, Number.MIN_VALUE));
}

/** Keeps a viewport inside the axis and its zoom in bounds. */
export function clampView(view: Viewport, extent: Extent): Viewport {
  const least = Math.min(fitPitch(extent), extent.usual, extent.most);
  const pitch = Math.min(extent.most, Math.max(least, view.pitch));
  const margin = MARGIN / pitch;
  const bottom = extent.length + margin - extent.height / pitch;
  return { pitch, top: Math.max(-margin, Math.min(view.top, bottom)) };
}

/** Zooms so that the position under `y` (pixels from the top) stays where it is. */
export function zoomView(view: Viewport, factor: number, y: number, extent: Extent): Viewport {
  const at = view.top + y / view.pitch;
  const { pitch } = clampView({ top: view.top, pitch: view.pitch * factor }, extent);
  return clampView({ pitch, top: at - y / pitch }, extent);
}

/** Moves as little as needed to show a position with some room around it. */
export function revealView(view: Viewport, position: number, extent: Extent): Viewport {
  const y = (position - view.top) * view.pitch;
  const room = Math.min(40, extent.height / 4);
  if (y >= room && y <= extent.height - room) return view;
  const far = y < -extent.height || y > 2 * extent.height;
  const to = far ? extent.height / 3 : y < room ? room : extent.height - room;
  return clampView({ pitch: view.pitch, top: position - to / view.pitch }, extent);
}

/** Round steps for a time scale: 1, 2, 5 times a power of ten, at least `least` nanoseconds. */
export function timeStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  for (const m of [1, 2, 5]) if (power * m >= least) return power * m;
  return power * 10;
}
