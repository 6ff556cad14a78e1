/**
 * Where a list of rows is scrolled to. The position is a row number, perhaps between two, so that neither the height
 * limit of a scrolling element nor its pixel rounding stands between a person and row 4 000 000.
 */
export class ScrollModel {
  /** First visible row; its fraction is the part of that row above the edge. */
  top = 0;
  total = 0;
  /** Visible rows, perhaps with a fraction. */
  visible = 1;

  get maxTop(): number {
    return Math.max(0, this.total - this.visible);
  }

  /** First and last row that is at least partly visible; last < first when there is none. */
  get first(): number {
    return Math.floor(this.top);
  }
  get last(): number {
    return Math.min(this.total, Math.ceil(this.top + this.visible)) - 1;
  }

  /** Rows that PageUp and PageDown go: one less than are wholly visible, so that one stays for the eye. */
  get page(): number {
    return Math.max(1, Math.floor(this.visible) - 1);
  }

  /** True when the position changed. */
  scrollTo(top: number): boolean {
    const next = Math.min(this.maxTop, Math.max(0, Number.isFinite(top) ? top : 0));
    const changed = next !== this.top;
    this.top = next;
    return changed;
  }

  scrollBy(rows: number): boolean {
    return this.scrollTo(this.top + rows);
  }

  /** Makes a row wholly visible: at the nearest edge, or in the middle when it was out of sight. */
  reveal(index: number, where: 'nearest' | 'center' = 'nearest'): boolean {
    if (index < 0 || index >= this.total) return false;
    if (index >= this.top && index + 1 <= this.top + this.visible) return false;
    if (where === 'center') return this.scrollTo(Math.round(index - (this.visible - 1) / 2));
    return this.scrollTo(index < this.top ? index : index + 1 - this.visible);
  }

  /** Scroll thumb in a track of `track` pixels. */
  thumb(track: number, minimum: number): { readonly start: number; readonly size: number } {
    if (this.total <= this.visible) return { start: 0, size: 0 };
    const size = Math.min(track, Math.max(minimum, (track * this.visible) / this.total));
    return { start: this.maxTop === 0 ? 0 : ((track - size) * this.top) / this.maxTop, size };
  }

  /** Position for a thumb that starts at `start`; the ends of the track are the ends of the list. */
  topOfThumb(start: number, track: number, minimum: number): number {
    const room = track - this.thumb(track, minimum).size;
    if (room <= 0) return 0;
    return Math.round((Math.min(1, Math.max(0, start / room))) * this.maxTop);
  }
}

/** Rows that a wheel event moves: a notch is 100 to 120 pixels or 3 lines, and at most 5 rows. */
export function wheelRows(delta: number, mode: number, visible: number): number {
  if (mode === 1) return delta;
  if (mode === 2) return delta * visible;
  return delta / 24;
}
