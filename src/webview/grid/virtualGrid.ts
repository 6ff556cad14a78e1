import { el, nextFrame, setMenuContext } from '../shared/dom';
import { columnKey, contentText, MAX_COLUMN, MIN_COLUMN, type Column } from './column';
import { GridHeader, type SortState } from './gridHeader';
import { GridRow } from './gridRow';
import { listenToPointer } from './gridPointer';
import type { GridSource } from './pageCache';
import { RowSelection, type RowRange } from './rowSelection';
import { ScrollModel } from './scrollModel';
import { Scrollbar } from './scrollbar';

export const ROW_HEIGHT = 22;

/** There a click with Ctrl is one with the right button. */
const IS_MAC = navigator.userAgent.includes('Mac');

/** Keys that draw a range of rows with Shift. */
const EXTENDING: ReadonlySet<string> = new Set(['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End']);

/** How long the page's own "select all" may come after the key. */
const SELECT_ALL_MS = 300;

/** VS Code hands Ctrl+A to the page as well, which would mark all its text. */
function keepFromSelectingText(): void {
  const undo = (): void => getSelection()?.removeAllRanges();
  document.addEventListener('selectionchange', undo);
  setTimeout(() => document.removeEventListener('selectionchange', undo), SELECT_ALL_MS);
}

export interface GridOptions<Row> {
  readonly label: string;
  /** `webviewSection` of VS Code's context menu. */
  readonly section: string;
  readonly rowClass?: (row: Row) => string;
  /** A row was chosen: by pointer, or by a key that moved there. It may not have been read yet. */
  onSelect(index: number, by: 'pointer' | 'key'): void;
  /** Enter or double click. */
  onActivate?(index: number): void;
  /** Rows that are headings: open or closed; null for all others. They are not selected. */
  readonly heading?: (row: Row) => boolean | null;
  /** A heading was pressed, or a key asks for it to be open or closed. */
  onToggle?(index: number, open?: boolean): void;
  onSort?(key: string): void;
  /** null: back to the default. */
  onResize(column: string, width: number | null): void;
  onScroll(top: number): void;
  /** A column was dragged, or moved by a key: before another one, or to the end (null). Keys of columnKey. */
  onReorder?(column: string, before: string | null): void;
  onHide?(column: string): void;
  /** Several rows can be selected; told when they change. */
  onRows?(): void;
  /** After rows were painted; `real`: at least one of them holds data. */
  onPainted?(real: boolean): void;
}

/** A table of any number of rows: DOM rows for what is visible, a row number as scroll position, pages read as needed. */
export class VirtualGrid<Row> {
  readonly element: HTMLDivElement;
  private readonly scroller = el('div', 'grid-scroller');
  private readonly body = el('div', 'grid-body', { role: 'rowgroup' });
  private readonly header: GridHeader<Row>;
  private readonly scrollbar: Scrollbar;
  private readonly scroll = new ScrollModel();
  private rows: GridRow<Row>[] = [];
  private columns: readonly Column<Row>[] = [];
  private widths: Readonly<Record<string, number>> = {};
  private source: GridSource<Row>;
  private unlisten: () => void;
  private version = 0;
  private frame = 0;
  private selected = -1;
  private readonly selection = new RowSelection();
  private active = 0;
  private activeColumn = 0;
  private focused = false;
  private height = 0;
  private tree = false;
  private revealing: { readonly index: number; readonly where: 'nearest' | 'center' } | null = null;

  constructor(
    source: GridSource<Row>,
    private readonly options: GridOptions<Row>,
  ) {
    this.element = el('div', 'grid', { role: 'grid', 'aria-label': options.label, 'aria-readonly': 'true', 'aria-multiselectable': String(options.onRows !== undefined), tabindex: '0' });
    setMenuContext(this.element, options.section);
    this.header = new GridHeader<Row>({
      sort: (key) => options.onSort?.(key),
      resize: (column, width) => options.onResize(this.columns[column]!.id, width),
      width: (column) => this.header.element.querySelectorAll<HTMLElement>('.grid-headcell')[column]!.offsetWidth,
      fit: (column) => this.fitWidth(column),
      leave: (column) => {
        this.activeColumn = column;
        this.focus();
      },
      move: (column) => (this.activeColumn = column),
      ...(options.onReorder ? { reorder: (column: number, before: number) => options.onReorder!(columnKey(this.columns[column]!.id), this.columns[before] ? columnKey(this.columns[before].id) : null) } : {}),
      ...(options.onHide ? { hide: (column: number) => options.onHide!(columnKey(this.columns[column]!.id)) } : {}),
    }, `${options.section}s`);
    this.scrollbar = new Scrollbar(this.scroll, () => this.scrolled());
    this.scroller.append(this.header.element, this.body);
    this.element.append(this.scroller, this.scrollbar.element);
    this.source = source;
    this.unlisten = source.onChange(() => this.invalidate());
    this.element.addEventListener('keydown', (event) => this.key(event));
    this.element.addEventListener('focusin', () => (this.focused = true));
    this.element.addEventListener('focusout', (event) => {
      // Without a new owner the cell was hidden while rows moved; a click beside says so by pointerdown.
      if (event.relatedTarget instanceof Node) this.focused = this.element.contains(event.relatedTarget);
    });
    document.addEventListener('pointerdown', (event) => {
      if (event.target instanceof Node && !this.element.contains(event.target)) this.focused = false;
    }, true);
    window.addEventListener('blur', () => (this.focused = false));
    listenToPointer(this.body, {
      model: this.scroll,
      rowHeight: ROW_HEIGHT,
      scrolled: () => this.scrolled(),
      press: (row, column, event) => this.press(row, column, event),
      activate: (row) => options.onActivate?.(row),
      place: (target) => this.placeOf(target),
    });
    new ResizeObserver(() => this.resized()).observe(this.body);
    new ResizeObserver(() => this.setWidths(this.widths)).observe(this.scroller);
  }

  // --- what it shows ---

  setSource(source: GridSource<Row>): void {
    if (source === this.source) return;
    this.unlisten();
    this.source = source;
    this.unlisten = source.onChange(() => this.invalidate());
    this.scroll.total = source.total;
    this.scroll.scrollTo(0);
    this.active = 0;
    this.selected = -1;
    this.selection.clear();
    this.options.onRows?.();
    this.redraw();
  }

  /** A table with headings that open and close is a tree to assistive technology. */
  setTree(tree: boolean): void {
    this.element.setAttribute('role', tree ? 'treegrid' : 'grid');
    this.tree = tree;
    this.invalidate();
  }

  setColumns(columns: readonly Column<Row>[], widths: Readonly<Record<string, number>>, sort: SortState | null): void {
    this.columns = columns;
    this.activeColumn = Math.max(0, Math.min(this.activeColumn, columns.length - 1));
    this.element.setAttribute('aria-colcount', String(columns.length));
    this.header.setColumns(columns, sort);
    for (const row of this.rows) row.setColumns(columns);
    this.setWidths(widths);
    this.redraw();
  }

  setWidths(widths: Readonly<Record<string, number>>): void {
    this.widths = widths;
    const width = (column: Column<Row>): number => Math.min(MAX_COLUMN, Math.max(MIN_COLUMN, this.widths[column.id] ?? column.width));
    const own = this.columns.map(width);
    // A column that grows in the middle reaches to the edge of what is seen; the last one takes what is left of the table.
    const middle = this.columns.findIndex((column, i) => column.grow && i < this.columns.length - 1 && this.widths[column.id] === undefined);
    if (middle >= 0) own[middle] = Math.max(own[middle]!, this.scroller.clientWidth - own.slice(0, middle).reduce((sum, n) => sum + n, 0));
    const tracks = this.columns.map((column, i) => (column.grow && i === this.columns.length - 1 ? `minmax(${own[i]!}px, 1fr)` : `${own[i]!}px`));
    this.scroller.style.setProperty('--columns', tracks.join(' '));
    this.scroller.style.setProperty('--width', `${own.reduce((sum, n) => sum + n, 0)}px`);
  }

  setSort(sort: SortState | null): void {
    this.header.setSort(sort);
  }

  /** Formats changed: every cell is made anew. */
  redraw(): void {
    this.version++;
    this.invalidate();
  }

  /** Marks a row as selected and, unless told otherwise, makes it visible as soon as it exists; with `stay` the focus remains where it is. */
  select(index: number | null, reveal: 'nearest' | 'center' | 'no' | 'stay' = 'nearest'): void {
    this.selected = index ?? -1;
    // What has not been read yet is no selection for a moment: several rows stay selected meanwhile.
    if (index === null) this.setRows(() => this.selection.count < 2 && this.selection.clear());
    else if (!this.selection.has(index)) this.setRows(() => this.selection.single(index));
    if (index !== null && reveal !== 'stay') {
      this.active = index;
      if (reveal !== 'no') this.revealing = { index, where: reveal };
    }
    this.invalidate();
  }

  /** The rows are other ones now: none of them is selected. */
  clearRows(): void {
    this.setRows(() => this.selection.clear());
    this.invalidate();
  }

  /** Rows that are selected, and how many they are. */
  get selectedRows(): { readonly ranges: readonly RowRange[]; readonly count: number } {
    const { ranges, count } = this.selection;
    return { ranges, count };
  }

  get top(): number {
    return this.scroll.top;
  }

  /** Goes to a scroll position, as far as there are rows. */
  scrollTo(top: number): void {
    this.revealing = null;
    this.scroll.total = this.source.total;
    this.scroll.scrollTo(top);
    this.invalidate();
  }

  focus(): void {
    this.focused = true;
    this.reveal(this.active);
    this.paint();
    if (!this.element.contains(document.activeElement)) this.element.focus({ preventScroll: true });
  }

  /** Data of the rows on screen that have been read. */
  get rowsOnScreen(): readonly Row[] {
    const found: Row[] = [];
    for (let index = this.scroll.first; index <= this.scroll.last; index++) {
      const row = this.source.peek(index);
      if (row !== undefined) found.push(row);
    }
    return found;
  }

  get hasFocus(): boolean {
    return this.focused;
  }

  /** Column in which the focus is. */
  get column(): Column<Row> | null {
    return this.columns[this.activeColumn] ?? null;
  }

  /** The column that a cell of the table belongs to. */
  columnOf(cell: Element): Column<Row> | null {
    return this.columns[Number(cell.getAttribute('aria-colindex')) - 1] ?? null;
  }

  get cellText(): string {
    return this.rowFor(this.active)?.text(this.activeColumn) ?? '';
  }

  /** Cells of the row in focus, tab-separated. */
  get rowText(): string {
    const row = this.rowFor(this.active);
    return row ? this.columns.map((_, i) => row.text(i)).join('\t') : '';
  }

  /** A row as text, whether it is on screen or not: cells separated by tabs. `given`: texts by column that come from elsewhere. */
  textOf(row: Row, index: number, previous: Row | undefined, given: (column: string) => string | undefined): string {
    return this.columns.map((column) => given(column.id) ?? contentText(column.render(row, index, previous))).join('\t');
  }

  /** Screen box of the cell in focus. */
  get anchor(): Element | null {
    return this.rowFor(this.active)?.cell(this.activeColumn) ?? null;
  }

  // --- painting ---

  private resized(): void {
    this.height = this.body.clientHeight;
    const atEnd = this.scroll.total > 0 && this.scroll.top > 0 && this.scroll.top >= this.scroll.maxTop;
    this.scroll.visible = Math.max(1, this.height / ROW_HEIGHT);
    // A list at its end stays there when the pane becomes smaller.
    this.scroll.scrollTo(atEnd ? this.scroll.maxTop : this.scroll.top);
    this.invalidate();
  }

  private scrolled(): void {
    this.revealing = null;
    this.invalidate();
    this.options.onScroll(this.scroll.top);
  }

  private invalidate(): void {
    if (this.frame) return;
    this.frame = nextFrame(() => this.paint());
  }

  /** Paints now what would be painted in the next frame, so that the frame after a key finds it done. */
  flush(): void {
    if (this.frame) this.paint();
  }

  private rowFor(index: number): GridRow<Row> | null {
    const row = this.rows[index % Math.max(1, this.rows.length)];
    return row?.index === index ? row : null;
  }

  private paint(): void {
    if (this.frame) cancelAnimationFrame(this.frame);
    this.frame = 0;
    const { scroll, source } = this;
    scroll.total = source.total;
    scroll.scrollTo(scroll.top);
    this.applyReveal();
    this.element.setAttribute('aria-rowcount', String(scroll.total + 1));
    if (this.height === 0) {
      source.want(0, 0);
      return;
    }
    this.fitPool(Math.ceil(scroll.visible) + 1);
    const { first, last } = scroll;
    let real = false;
    // Hiding the row in focus takes the focus away: it goes on to where the active cell is now.
    const focused = this.focused;
    for (const row of this.rows) if (row.index >= 0 && (row.index < first || row.index > last)) row.hide();
    for (let index = first; index <= last; index++) {
      const data = source.peek(index);
      real ||= data !== undefined;
      const row = this.rows[index % this.rows.length]!;
      const rowClass = data === undefined ? '' : (this.options.rowClass?.(data) ?? '');
      row.show(index, data, index > 0 ? source.peek(index - 1) : undefined, this.columns, this.version, rowClass);
      row.expand(data === undefined ? null : (this.options.heading?.(data) ?? null));
      row.setLevel(!this.tree ? 0 : row.isHeading ? 1 : 2);
      row.mark((this.options.onRows ? this.selection.has(index) : index === this.selected) && !row.isHeading);
      row.moveTo((index - scroll.top) * ROW_HEIGHT);
    }
    this.scrollbar.update(this.height);
    this.focused = focused;
    this.placeFocus();
    source.want(first, last);
    this.options.onPainted?.(real);
  }

  private applyReveal(): void {
    const { revealing, scroll } = this;
    if (!revealing || this.height === 0 || revealing.index >= scroll.total) return;
    this.revealing = null;
    if (scroll.reveal(revealing.index, revealing.where)) this.options.onScroll(scroll.top);
  }

  private fitPool(size: number): void {
    // Rows are told apart by index modulo pool size: another size means that every row moves.
    if (this.rows.length >= size && this.rows.length <= size + 8) return;
    while (this.rows.length < size + 4) {
      const row = new GridRow<Row>();
      row.setColumns(this.columns);
      row.element.hidden = true;
      this.rows.push(row);
      this.body.append(row.element);
    }
    while (this.rows.length > size + 4) this.rows.pop()!.element.remove();
    for (const row of this.rows) row.hide();
  }

  /** One cell can be reached by Tab: the active one, or the grid itself while that is out of sight. */
  private placeFocus(): void {
    this.active = Math.max(0, Math.min(this.active, this.scroll.total - 1));
    const cell = this.activeCell(this.rowFor(this.active));
    const old = this.body.querySelector<HTMLElement>('.grid-cell[tabindex="0"]');
    if (old && old !== cell) old.tabIndex = -1;
    if (cell && cell.tabIndex !== 0) cell.tabIndex = 0;
    const tab = cell ? -1 : 0;
    if (this.element.tabIndex !== tab) this.element.tabIndex = tab;
    if (!this.focused || this.header.element.contains(document.activeElement)) return;
    const target = cell ?? this.element;
    if (document.activeElement !== target) target.focus({ preventScroll: true });
  }

  /** The cell of a row that takes the focus: of a heading the only one. */
  private activeCell(row: GridRow<Row> | null): HTMLDivElement | null {
    return row?.cell(row.isHeading ? 0 : this.activeColumn) ?? null;
  }

  private reveal(index: number): void {
    if (this.scroll.reveal(index)) this.options.onScroll(this.scroll.top);
  }

  private fitWidth(column: number): number {
    let width = this.header.textWidths[column] ?? MIN_COLUMN;
    for (const row of this.rows) if (row.index >= 0) width = Math.max(width, (row.cell(column)?.scrollWidth ?? 0) + 2);
    return Math.min(800, width);
  }

  // --- pointer and keys ---

  private placeOf(target: EventTarget | null): { readonly row: number; readonly column: number } | null {
    const cell = target instanceof Element ? target.closest('.grid-cell') : null;
    const row = cell ? this.rows.find((r) => r.element === cell.parentElement) : undefined;
    return cell && row && row.index >= 0 ? { row: row.index, column: Number(cell.getAttribute('aria-colindex')) - 1 } : null;
  }

  private isHeading(index: number): boolean {
    const data = this.source.peek(index);
    return data !== undefined && (this.options.heading?.(data) ?? null) !== null;
  }

  /** The row in focus, or the one that Tab would reach. */
  get activeRow(): number {
    return this.active;
  }

  private setRows(change: () => void): void {
    const before = this.selection.ranges;
    change();
    if (this.options.onRows && this.selection.ranges !== before) this.options.onRows();
  }

  private press(row: number, column: number, event: MouseEvent): void {
    this.activeColumn = column;
    this.active = row;
    this.focused = true;
    const more = IS_MAC ? event.metaKey : event.ctrlKey;
    if (this.options.onRows && event.shiftKey) this.setRows(() => this.selection.extend(row, more));
    else if (this.options.onRows && more && event.button === 0) {
      this.setRows(() => this.selection.toggle(row));
      if (!this.selection.has(row)) {
        // Taken away: the details stay with what they show.
        this.invalidate();
        this.focus();
        return;
      }
    } else if (event.button !== 2 || !this.selection.has(row)) this.setRows(() => this.selection.single(row));
    this.invalidate();
    if (this.isHeading(row)) this.options.onToggle?.(row);
    else if (row !== this.selected) this.options.onSelect(row, 'pointer');
    this.focus();
  }

  private moveTo(row: number, column = this.activeColumn, extend = false): void {
    const last = this.source.total - 1;
    if (last < 0) return;
    const columnBefore = this.activeColumn;
    this.activeColumn = Math.max(0, Math.min(this.columns.length - 1, column));
    const next = Math.max(0, Math.min(last, row));
    this.active = next;
    // Now, while nothing has changed: a focus after changes would have the page laid out once more.
    if (this.focused) this.activeCell(this.rowFor(next))?.focus({ preventScroll: true });
    this.scroll.total = this.source.total;
    this.reveal(next);
    this.setRows(() => (extend ? this.selection.extend(next, false) : this.selection.single(next)));
    if (next !== this.selected && !this.isHeading(next)) {
      this.selected = next;
      this.options.onSelect(next, 'key');
    }
    this.invalidate();
    // The cell in focus may be cut at the side.
    if (this.activeColumn !== columnBefore) this.revealColumn();
    this.flush();
  }

  private revealColumn(): void {
    const cell = this.header.element.querySelectorAll<HTMLElement>('.grid-headcell')[this.activeColumn];
    if (!cell) return;
    const { scroller } = this;
    if (cell.offsetLeft < scroller.scrollLeft) scroller.scrollLeft = cell.offsetLeft;
    else if (cell.offsetLeft + cell.offsetWidth > scroller.scrollLeft + scroller.clientWidth) {
      scroller.scrollLeft = Math.min(cell.offsetLeft, cell.offsetLeft + cell.offsetWidth - scroller.clientWidth);
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey) return;
    const many = this.options.onRows !== undefined;
    const { active, scroll } = this;
    const more = event.ctrlKey || event.metaKey;
    if (many && more && !event.shiftKey && event.key.toLowerCase() === 'a') {
      this.setRows(() => this.selection.all(this.source.total));
      keepFromSelectingText();
      this.invalidate();
      event.preventDefault();
      return;
    }
    if (many && more && !event.shiftKey && event.key === ' ') {
      this.setRows(() => this.selection.toggle(active));
      this.invalidate();
      event.preventDefault();
      return;
    }
    if (event.metaKey || (event.shiftKey && !many) || (more && event.key !== 'Home' && event.key !== 'End')) return;
    const extend = event.shiftKey;
    if (extend && !EXTENDING.has(event.key)) return;
    const last = this.source.total - 1;
    if (this.isHeading(active)) {
      const open = { ArrowRight: true, ArrowLeft: false, Enter: undefined, ' ': undefined };
      if (event.key in open) {
        this.options.onToggle?.(active, open[event.key as keyof typeof open]);
        event.preventDefault();
        return;
      }
    }
    switch (event.key) {
      case 'ArrowDown':
        this.moveTo(active + 1, undefined, extend);
        break;
      case 'ArrowUp':
        if (active === 0 && this.focused && !extend) this.header.focus(this.activeColumn);
        else this.moveTo(active - 1, undefined, extend);
        break;
      case 'ArrowLeft':
        this.moveTo(active, this.activeColumn - 1);
        break;
      case 'ArrowRight':
        this.moveTo(active, this.activeColumn + 1);
        break;
      case 'PageDown':
        this.moveTo(active + scroll.page, undefined, extend);
        break;
      case 'PageUp':
        this.moveTo(active - scroll.page, undefined, extend);
        break;
      case 'Home':
        this.moveTo(0, event.ctrlKey && !extend ? 0 : this.activeColumn, extend);
        break;
      case 'End':
        this.moveTo(last, event.ctrlKey && !extend ? this.columns.length - 1 : this.activeColumn, extend);
        break;
      case 'Enter':
        this.options.onActivate?.(active);
        break;
      case 'Escape':
        if (!many || this.selection.count < 2) return;
        this.setRows(() => this.selection.single(active));
        this.invalidate();
        break;
      case ' ':
        this.options.onSelect(active, 'key');
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}
