import type { StreamRowData } from '../../core/engineApi';
import type { StreamGroup } from '../../core/overviewApi';
import type { GridSource, PageCache } from '../grid/pageCache';
import type { RowRange } from '../grid/rowSelection';

/** A heading in the streams table. */
export interface StreamGroupRow {
  readonly group: StreamGroup;
  readonly open: boolean;
}

export type StreamTableRow = StreamRowData | StreamGroupRow;

export function isGroup(row: StreamTableRow | undefined): row is StreamGroupRow {
  return row !== undefined && 'group' in row;
}

interface Block {
  /** Row of the table in which the heading stands, and first row of the group among the streams. */
  readonly top: number;
  readonly first: number;
  readonly row: StreamGroupRow;
}

/** The streams table with a heading above each group; the streams of a closed group are left out. Streams come in the order of the groups. */
export class GroupedStreams implements GridSource<StreamTableRow> {
  private blocks: readonly Block[] = [];
  private groups: readonly StreamGroup[] = [];
  private rows = 0;
  private readonly closed = new Set<string>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly streams: Pick<PageCache<StreamRowData>, 'peek' | 'wantRanges' | 'onChange'>) {}

  get total(): number {
    return this.rows;
  }

  setGroups(groups: readonly StreamGroup[]): void {
    this.groups = groups;
    this.layOut();
  }

  /** Opens or closes a group, or turns it over. */
  toggle(id: string, open = this.closed.has(id)): void {
    if (open) this.closed.delete(id);
    else this.closed.add(id);
    this.layOut();
  }

  /** Closes all groups, or opens them when all are closed. */
  toggleAll(): void {
    const open = this.groups.every(({ id }) => this.closed.has(id));
    this.closed.clear();
    if (!open) for (const { id } of this.groups) this.closed.add(id);
    this.layOut();
  }

  private layOut(): void {
    const blocks: Block[] = [];
    let top = 0;
    let first = 0;
    for (const group of this.groups) {
      const open = !this.closed.has(group.id);
      const before = this.blocks.find(({ row }) => row.group === group && row.open === open);
      // The same object as before: the grid draws only what is another one.
      blocks.push({ top, first, row: before?.row ?? { group, open } });
      top += 1 + (open ? group.count : 0);
      first += group.count;
    }
    this.blocks = blocks;
    this.rows = top;
    for (const listener of this.listeners) listener();
  }

  private blockAt(index: number): Block | undefined {
    return this.blocks.findLast(({ top }) => top <= index);
  }

  /** Place among the streams of a row of the table; null for a heading. */
  streamRow(index: number): number | null {
    const block = this.blockAt(index);
    return !block || block.top === index ? null : block.first + index - block.top - 1;
  }

  /** Row of the table of a place among the streams; null when its group is closed. */
  tableRow(place: number): number | null {
    const block = this.blocks.findLast(({ first }) => first <= place);
    return block?.row.open && place < block.first + block.row.group.count ? block.top + 1 + place - block.first : null;
  }

  peek(index: number): StreamTableRow | undefined {
    const block = this.blockAt(index);
    if (!block) return undefined;
    return block.top === index ? block.row : this.streams.peek(block.first + index - block.top - 1);
  }

  want(first: number, last: number): void {
    // A range for each group: the streams of a closed one between them are not read.
    const ranges = this.blocks.flatMap(({ top, first: place, row }): readonly RowRange[] => {
      const from = Math.max(first, top + 1);
      const to = Math.min(last, row.open ? top + row.group.count : top);
      return from <= to ? [[place + from - top - 1, place + to - top - 1]] : [];
    });
    if (ranges.length > 0) this.streams.wantRanges(ranges);
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    const stop = this.streams.onChange(listener);
    return () => {
      this.listeners.delete(listener);
      stop();
    };
  }
}
