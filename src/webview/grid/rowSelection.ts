/** Rows from the first to the last, both included. */
export type RowRange = readonly [first: number, last: number];

/** Which rows of a table are selected: ranges, since there may be millions of rows. */
export class RowSelection {
  private list: RowRange[] = [];
  /** Where a range that is being drawn begins. */
  private anchor = 0;
  /** What was selected before the range that is being drawn. */
  private kept: readonly RowRange[] = [];

  /** Disjoint, ascending. */
  get ranges(): readonly RowRange[] {
    return this.list;
  }

  get count(): number {
    return this.list.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  has(row: number): boolean {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.list[middle]![1] < row) low = middle + 1;
      else high = middle;
    }
    return low < this.list.length && this.list[low]![0] <= row;
  }

  clear(): void {
    this.list = [];
    this.kept = [];
  }

  single(row: number): void {
    this.anchor = row;
    this.kept = [];
    this.list = [[row, row]];
  }

  /** Adds a row, or takes it away; the next range begins there. */
  toggle(row: number): void {
    this.list = this.has(row) ? without(this.list, row) : joined([...this.list, [row, row]]);
    this.anchor = row;
    this.kept = this.has(row) ? without(this.list, row) : this.list;
  }

  /** Draws the range from where it began to this row; `more`: what was selected before stays. */
  extend(row: number, more: boolean): void {
    if (!more) this.kept = [];
    const range: RowRange = this.anchor < row ? [this.anchor, row] : [row, this.anchor];
    this.list = joined([...this.kept, range]);
  }

  all(total: number): void {
    this.kept = [];
    this.list = total > 0 ? [[0, total - 1]] : [];
  }
}

function without(list: readonly RowRange[], row: number): RowRange[] {
  return list.flatMap(([first, last]): readonly RowRange[] => {
    if (row < first || row > last) return [[first, last]];
    return [...(first < row ? [[first, row - 1] as const] : []), ...(row < last ? [[row + 1, last] as const] : [])];
  });
}

/** Sorted, with ranges that touch made one. */
function joined(list: readonly RowRange[]): RowRange[] {
  const found: [number, number][] = [];
  for (const [first, last] of [...list].sort((a, b) => a[0] - b[0])) {
    const before = found.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else found.push([first, last]);
  }
  return found;
}
