import { el, icon } from '../shared/dom';
import { t } from '../../core/l10n';
import { MAX_COLUMN, MIN_COLUMN, type Column } from './column';

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
}

const STEP = 16;

/** The header row: names, sorting, and widths by drag, double click and Shift+arrows. */
export class GridHeader<Row> {
  readonly element = el('div', 'grid-head', { role: 'rowgroup' });
  private readonly row = el('div', 'grid-row grid-head-row', { role: 'row', 'aria-rowindex': '1' });
  private cells: HTMLDivElement[] = [];
  private columns: readonly Column<Row>[] = [];

  constructor(private readonly host: HeaderHost) {
    this.element.append(this.row);
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  setColumns(columns: readonly Column<Row>[], sort: SortState | null): void {
    this.columns = columns;
    this.cells = columns.map((column, i) => {
      const cell = el('div', `grid-headcell align-${column.align}${column.sort ? ' sortable' : ''}`, {
        role: 'columnheader',
        'aria-colindex': String(i + 1),
        tabindex: '-1',
        title: `${column.tooltip}\n${column.sort ? t('Enter: sort. ') : ''}${t('Shift+Left, Shift+Right: change the width.')}`,
      });
      cell.append(el('span', 'grid-headtext', {}, column.title));
      if (column.sort) cell.addEventListener('click', () => this.host.sort(column.sort!));
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
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const column = this.columns[at]!;
    if (event.shiftKey) {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      const width = this.host.width(at) + (event.key === 'ArrowRight' ? STEP : -STEP);
      this.host.resize(at, Math.max(MIN_COLUMN, width));
    } else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      const to = Math.max(0, Math.min(this.cells.length - 1, at + (event.key === 'ArrowRight' ? 1 : -1)));
      this.focus(to);
      this.host.move(to);
    } else if (event.key === 'ArrowDown') this.host.leave(at);
    else if ((event.key === 'Enter' || event.key === ' ') && column.sort) this.host.sort(column.sort);
    else return;
    event.preventDefault();
    event.stopPropagation();
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
