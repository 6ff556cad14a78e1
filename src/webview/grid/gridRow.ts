import type { Badge } from '../../core/analysis/badges';
import { el, icon } from '../shared/dom';
import { contentText, type CellContent, type CellPath, type Column } from './column';

const SVG = 'http://www.w3.org/2000/svg';

function drawing(paths: readonly CellPath[]): SVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', 'cell-drawing');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('viewBox', `0 0 ${/h(\d+)/.exec(paths[0]?.d ?? '')?.[1] ?? '1'} 16`);
  for (const { className, d } of paths) {
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('class', className);
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}

/** One pooled row of DOM: shows any data row; touches the DOM only where something changed. */
export class GridRow<Row> {
  readonly element: HTMLDivElement;
  private cells: { readonly element: HTMLDivElement; readonly text: Text; icon: HTMLSpanElement | null; badges: HTMLElement | null; lead: HTMLSpanElement | null; drawing: SVGElement | null; last: CellContent }[] = [];
  /** Data row on show; -1: none. */
  index = -1;
  private shown: Row | null | undefined = null;
  private before: Row | undefined;
  private version = -1;
  private offset = NaN;
  private open: boolean | null = null;
  private level = 0;

  constructor() {
    this.element = el('div', 'grid-row', { role: 'row' });
  }

  cell(column: number): HTMLDivElement | null {
    return this.cells[column]?.element ?? null;
  }

  /** Text that "copy cell" gives. */
  text(column: number): string {
    const last = this.cells[column]?.last;
    return last ? contentText(last) : '';
  }

  setColumns(columns: readonly Column<Row>[]): void {
    this.cells = columns.map((column, i) => {
      const element = el('div', `grid-cell align-${column.align}${column.cutStart ? ' cuts-start' : ''}`, { role: 'gridcell', 'aria-colindex': String(i + 1), tabindex: '-1' });
      const text = document.createTextNode('');
      // Text that reads from the left in a cell that fills from the right.
      if (column.cutStart) element.append(el('span', 'cut-start'));
      (element.firstElementChild ?? element).append(text);
      return { element, text, icon: null, badges: null, lead: null, drawing: null, last: { text: '' } };
    });
    this.element.replaceChildren(...this.cells.map((cell) => cell.element));
    this.version = -1;
  }

  hide(): void {
    if (this.index < 0) return;
    this.index = -1;
    this.shown = null;
    this.element.hidden = true;
  }

  /** `version` rises when columns or formats change: then the same data looks different. */
  show(index: number, row: Row | undefined, previous: Row | undefined, columns: readonly Column<Row>[], version: number, rowClass: string): void {
    if (this.index === index && this.shown === row && this.before === previous && this.version === version) return;
    if (this.index !== index) {
      if (this.index < 0) this.element.hidden = false;
      this.index = index;
      this.element.setAttribute('aria-rowindex', String(index + 2));
    }
    this.shown = row;
    this.before = previous;
    this.version = version;
    const className = `grid-row${row === undefined ? ' skeleton' : ''}${rowClass}`;
    if (this.element.className !== className) this.element.className = className;
    for (let i = 0; i < columns.length; i++) this.fill(i, columns[i]!, row, index, previous);
  }

  private fill(i: number, column: Column<Row>, row: Row | undefined, index: number, previous: Row | undefined): void {
    const cell = this.cells[i]!;
    const made = row === undefined ? '' : column.render(row, index, previous);
    const next: CellContent = typeof made === 'string' ? { text: made } : made;
    const { last, element } = cell;
    if (next.text !== last.text) cell.text.data = next.text;
    if (next.className !== last.className) element.className = `grid-cell align-${column.align}${column.cutStart ? ' cuts-start' : ''}${next.className ? ` ${next.className}` : ''}`;
    if (next.badges !== last.badges) this.fillBadges(cell, next.badges ?? []);
    if (next.icon !== last.icon) {
      cell.icon?.remove();
      cell.icon = next.icon ? icon(next.icon) : null;
      if (cell.icon) element.prepend(cell.icon);
    }
    if (next.lead !== last.lead || (next.lead && next.icon !== last.icon)) {
      cell.lead?.remove();
      cell.lead = next.lead ? icon(next.lead) : null;
      if (cell.lead) element.prepend(cell.lead);
    }
    if (next.paths !== last.paths) {
      cell.drawing?.remove();
      cell.drawing = next.paths ? drawing(next.paths) : null;
      if (cell.drawing) element.append(cell.drawing);
    }
    if (next.title !== last.title) {
      if (next.title) element.title = next.title;
      else element.removeAttribute('title');
    }
    if (next.label !== last.label) {
      if (next.label) element.setAttribute('aria-label', next.label);
      else element.removeAttribute('aria-label');
    }
    cell.last = next;
  }

  private fillBadges(cell: { readonly element: HTMLElement; readonly text: Text; badges: HTMLElement | null }, badges: readonly Badge[]): void {
    if (badges.length === 0) {
      cell.badges?.remove();
      cell.badges = null;
      return;
    }
    if (!cell.badges) {
      cell.badges = el('span', 'badges');
      cell.element.insertBefore(cell.badges, cell.text);
    }
    cell.badges.replaceChildren(
      ...badges.map((badge) => {
        const element = el('span', `badge severity-${badge.severity}`, {}, badge.text);
        element.dataset.badge = badge.field;
        return element;
      }),
    );
  }

  /** A heading, open or closed; null: an ordinary row. */
  expand(open: boolean | null): void {
    if (open === this.open) return;
    this.open = open;
    if (open === null) this.element.removeAttribute('aria-expanded');
    else this.element.setAttribute('aria-expanded', String(open));
  }

  /** How deep it stands in a tree, from 1; 0: in no tree. */
  setLevel(level: number): void {
    if (level === this.level) return;
    this.level = level;
    if (level === 0) this.element.removeAttribute('aria-level');
    else this.element.setAttribute('aria-level', String(level));
  }

  get isHeading(): boolean {
    return this.open !== null;
  }

  mark(selected: boolean): void {
    const value = String(selected);
    if (this.element.getAttribute('aria-selected') !== value) this.element.setAttribute('aria-selected', value);
  }

  moveTo(offset: number): void {
    if (offset === this.offset) return;
    this.offset = offset;
    this.element.style.transform = `translateY(${offset}px)`;
  }
}
