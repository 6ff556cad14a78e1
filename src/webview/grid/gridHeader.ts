import { el, icon, setMenuContext } from '../shared/dom';
import { t } from '../../core/l10n';
import { columnKey, MAX_COLUMN, MIN_COLUMN, type Column } from './column';

export interface SortState {
  readonly key: string;
  readonly descending: boolean;
}

export interface HeaderHost {
  sort(key: string): void;
  resize(column: number, width: number | null): void;
  width(column: number): number;
  /** Width that the rows on screen need. */
  fit(column: number): number;
  /** Focus goes back to the rows. */
  leave(column: number): void;
  move(column: number): void;
  /** Puts a column before another one; `before` is the number of columns: at the end. */
  reorder?(column: number, before: number): void;
  hide?(column: number): void;
}

const STEP = 16;
/** Pixels that a header is pulled before it moves. */
const DRAG_FROM = 6;

/** The header row: names, sorting, and widths by drag, double click and Shift+arrows. */
export class GridHeader<Row> {
  readonly element = el('div', 'grid-head', { role: 'rowgroup' });
  private readonly row = el('div', 'grid-row grid-head-row', { role: 'row', 'aria-rowindex': '1' });
  private cells: HTMLDivElement[] = [];
  private columns: readonly Column<Row>[] = [];
  private readonly drop = el('div', 'grid-drop', { 'aria-hidden': 'true' });
  /** A column was dragged: the click that ends it sorts nothing. */
  private dragged = false;

  constructor(
    private readonly host: HeaderHost,
    /** Names the table in the context menu of the headers. */
    private readonly table: string,
  ) {
    this.drop.hidden = true;
    this.element.append(this.row, this.drop);
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  setColumns(columns: readonly Column<Row>[], sort: SortState | null): void {
    this.columns = columns;
    this.cells = columns.map((column, i) => {
      const cell = el('div', `grid-headcell align-${column.align}${column.sort ? ' sortable' : ''}`, {
        role: 'columnheader',
        'aria-colindex': String(i + 1),
        tabindex: '-1',
        title: `${column.tooltip}\n${column.sort ? t('Enter: sort. ') : ''}${t('Shift+Left, Shift+Right: change the width.')}${this.host.reorder ? ` ${t('Ctrl+Left, Ctrl+Right, or drag: move the column. Delete: hide it.')}` : ''}`,
      });
      cell.append(el('span', 'grid-headtext', {}, column.title));
      setMenuContext(cell, 'columns', { table: this.table, column: columnKey(column.id) });
      if (column.sort) cell.addEventListener('click', () => !this.dragged && this.host.sort(column.sort!));
      cell.addEventListener('pointerdown', (event) => this.dragColumn(event, i));
      const sizer = el('div', 'grid-sizer', { 'aria-hidden': 'true' });
      sizer.addEventListener('pointerdown', (event) => this.drag(event, i, sizer));
      sizer.addEventListener('click', (event) => event.stopPropagation());
      sizer.addEventListener('dblclick', (event) => {
        event.stopPropagation();
        this.host.resize(i, this.host.fit(i));
      });
      cell.append(sizer);
      return cell;
    });
    this.row.replaceChildren(...this.cells);
    this.setSort(sort);
  }

  setSort(sort: SortState | null): void {
    this.columns.forEach((column, i) => {
      const cell = this.cells[i]!;
      cell.querySelector('.sort-icon')?.remove();
      if (!column.sort) return;
      const active = sort?.key === column.sort;
      cell.setAttribute('aria-sort', active ? (sort.descending ? 'descending' : 'ascending') : 'none');
      if (active) cell.querySelector('.grid-headtext')!.after(icon(sort.descending ? 'arrow-small-down' : 'arrow-small-up', 'sort-icon'));
    });
  }

  focus(column: number): void {
    this.cells[Math.min(column, this.cells.length - 1)]?.focus();
  }

  get textWidths(): number[] {
    return this.cells.map((cell) => cell.querySelector<HTMLElement>('.grid-headtext')!.scrollWidth + 28);
  }

  private key(event: KeyboardEvent): void {
    const at = this.cells.indexOf(event.target as HTMLDivElement);
    if (at < 0 || event.altKey) return;
    const column = this.columns[at]!;
    if (event.ctrlKey || event.metaKey) {
      if (event.shiftKey || !this.host.reorder || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
      const to = at + (event.key === 'ArrowRight' ? 1 : -1);
      if (to >= 0 && to < this.columns.length) {
        this.host.reorder(at, event.key === 'ArrowRight' ? at + 2 : at - 1);
        this.focus(to);
        this.host.move(to);
      }
    } else if (event.shiftKey) {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      const width = this.host.width(at) + (event.key === 'ArrowRight' ? STEP : -STEP);
      this.host.resize(at, Math.max(MIN_COLUMN, width));
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const to = Math.max(0, Math.min(this.cells.length - 1, at + (event.key === 'ArrowRight' ? 1 : -1)));
      this.focus(to);
      this.host.move(to);
    } else if (event.key === 'ArrowDown') this.host.leave(at);
    else if (event.key === 'Delete' && this.host.hide && this.columns.length > 1) {
      this.host.hide(at);
      this.focus(Math.min(at, this.cells.length - 1));
    } else if ((event.key === 'Enter' || event.key === ' ') && column.sort) this.host.sort(column.sort);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Dragging a header moves its column; a line shows where to. */
  private dragColumn(event: PointerEvent, column: number): void {
    this.dragged = false;
    if (event.button !== 0 || !this.host.reorder) return;
    const cell = this.cells[column]!;
    const from = event.clientX;
    let before = column;
    // At once: a quick hand is over the next header before anything is told.
    cell.setPointerCapture(event.pointerId);
    const onMove = (e: PointerEvent): void => {
      if (!this.dragged && Math.abs(e.clientX - from) < DRAG_FROM) return;
      if (!this.dragged) {
        this.dragged = true;
        cell.classList.add('moving');
      }
      before = this.cells.findIndex((other) => {
        const box = other.getBoundingClientRect();
        return e.clientX < box.left + box.width / 2;
      });
      if (before < 0) before = this.cells.length;
      const last = this.cells.at(-1)!;
      this.drop.hidden = false;
      this.drop.style.left = `${before < this.cells.length ? this.cells[before]!.offsetLeft : last.offsetLeft + last.offsetWidth - 2}px`;
    };
    const onEnd = (e: PointerEvent): void => {
      cell.removeEventListener('pointermove', onMove);
      cell.removeEventListener('pointerup', onEnd);
      cell.removeEventListener('pointercancel', onEnd);
      cell.classList.remove('moving');
      this.drop.hidden = true;
      if (this.dragged && e.type === 'pointerup' && before !== column && before !== column + 1) this.host.reorder?.(column, before);
    };
    cell.addEventListener('pointermove', onMove);
    cell.addEventListener('pointerup', onEnd);
    cell.addEventListener('pointercancel', onEnd);
  }

  private drag(event: PointerEvent, column: number, sizer: HTMLElement): void {
    if (event.button !== 0) return;
    event.preventDefault();
    event.stopPropagation();
    const from = event.clientX;
    const width = this.host.width(column);
    sizer.setPointerCapture(event.pointerId);
    sizer.classList.add('dragging');
    const onMove = (e: PointerEvent): void => this.host.resize(column, Math.min(MAX_COLUMN, Math.max(MIN_COLUMN, width + e.clientX - from)));
    const onEnd = (): void => {
      sizer.classList.remove('dragging');
      sizer.removeEventListener('pointermove', onMove);
      sizer.removeEventListener('lostpointercapture', onEnd);
    };
    sizer.addEventListener('pointermove', onMove);
    sizer.addEventListener('lostpointercapture', onEnd);
  }
}
