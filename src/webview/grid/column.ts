import type { Badge } from '../../core/analysis/badges';

/** A filled path of a cell's drawing; colours come from the class. */
export interface CellPath {
  readonly className: string;
  readonly d: string;
}

/** What a cell shows. Text is set through textContent. */
export interface CellContent {
  readonly text: string;
  /** Small framed words before the text, each of which can have a card. */
  readonly badges?: readonly Badge[];
  /** Classes of the cell ("tone-client", "dim"). */
  readonly className?: string;
  /** Codicon before the text. */
  readonly icon?: string;
  /** Codicon before that one: what opens and closes a heading. */
  readonly lead?: string;
  /** A drawing in place of text, as wide as its first path and 16 high; stretched to the cell. The same array draws the same. */
  readonly paths?: readonly CellPath[];
  /** Tooltip; the text itself when it may be cut. */
  readonly title?: string;
  /** Read out instead of the text (an arrow, an icon). */
  readonly label?: string;
}

/** A column as data. `render` sees the row, its index and the row above it if that has been read. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Pixels, before a person changes it. */
  readonly width: number;
  readonly align: 'left' | 'right' | 'center';
  readonly tooltip: string;
  /** Takes the room that is left. */
  readonly grow?: boolean;
  /** What is too long loses its beginning: of an endpoint the end tells more. */
  readonly cutStart?: boolean;
  /** The table can be sorted by it; what `onSort` is told. */
  readonly sort?: string;
  render(row: Row, index: number, previous: Row | undefined): CellContent | string;
}

/** A cell as text: what "copy" gives. */
export function contentText(content: CellContent | string): string {
  if (typeof content === 'string') return content;
  return [...(content.badges ?? []).map((badge) => `[${badge.text}]`), content.text].filter((part) => part !== '').join(' ');
}

/** What names a column wherever its format changes: "time" of "time.utc", the field of "field:tcp.len". */
export function columnKey(id: string): string {
  return id.startsWith('field:') ? id.slice('field:'.length) : id.split('.')[0]!;
}

export const MIN_COLUMN = 32;
export const MAX_COLUMN = 2000;
