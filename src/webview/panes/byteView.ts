import { t } from '../../core/l10n';
import { asciiByte, hexByte, hexOffset } from '../format/text';
import type { Details } from '../state/details';
import { el, setMenuContext } from '../shared/dom';
import type { Highlight, NodeActions } from './highlight';

const ROW = 20;
/** Bytes a line, where there is room for them and where there is not. */
const WIDE = 16;
const NARROW = 8;

interface ByteRow {
  readonly element: HTMLElement;
  readonly offset: HTMLElement;
  readonly hex: HTMLElement[];
  readonly ascii: HTMLElement[];
}

/** Bytes of a packet, 16 or 8 a line, as hex and ASCII; a tab for each buffer where a datagram was put together from several. */
export class ByteView {
  readonly element = el('div', 'bytes');
  readonly tabs = el('div', 'mini-tabs', { role: 'tablist' });
  private readonly space = el('div', 'bytes-space', { role: 'grid', id: 'byte-grid' });
  private readonly drawn = new Map<number, ByteRow>();
  private details: Details | null = null;
  private buffer = 0;
  /** Byte in focus. */
  private cursor = 0;
  /** Scroll position and height as last heard of: asking for them would lay out the page in the middle of a change. */
  private top = 0;
  private height = 0;
  private perRow = WIDE;
  /** As wide as twenty characters: tells how many bytes fit. */
  private readonly ruler = el('span', 'byte-ruler', { 'aria-hidden': 'true' }, '0'.repeat(20));

  constructor(
    private readonly highlight: Highlight,
    private readonly actions: NodeActions,
  ) {
    this.space.setAttribute('aria-label', t('Bytes'));
    this.space.setAttribute('aria-readonly', 'true');
    this.tabs.setAttribute('aria-label', t('Buffers'));
    setMenuContext(this.element, 'bytes');
    this.element.append(this.space, this.ruler);
    this.element.addEventListener(
      'scroll',
      () => {
        this.top = this.element.scrollTop;
        this.draw();
      },
      { passive: true },
    );
    new ResizeObserver(() => {
      this.height = this.element.clientHeight;
      const perRow = this.fitting();
      if (perRow === this.perRow) this.draw();
      else {
        this.perRow = perRow;
        for (const row of this.drawn.values()) row.element.remove();
        this.drawn.clear();
        this.redraw();
      }
    }).observe(this.element);
    this.space.addEventListener('mouseover', (event) => {
      const offset = offsetOf(event.target);
      const node = offset === null ? null : this.nodeAt(offset);
      if (node !== null && offset !== null) actions.hover(node, event.target as Element);
      else actions.leave();
    });
    this.space.addEventListener('mouseleave', () => actions.leave());
    this.space.addEventListener('mousedown', (event) => {
      const offset = offsetOf(event.target);
      if (offset !== null && event.button !== 1) this.moveTo(offset);
    });
    this.space.addEventListener('keydown', (event) => this.key(event));
  }

  setDetails(details: Details | null): void {
    this.details = details;
    const buffers = details?.detail.buffers ?? [];
    if (this.buffer >= buffers.length) this.buffer = 0;
    this.tabs.hidden = buffers.length < 2;
    this.tabs.replaceChildren(
      ...(buffers.length < 2 ? [] : buffers).map((buffer, i) => {
        const tab = el('button', 'mini-tab', { type: 'button', role: 'tab', 'aria-selected': String(i === this.buffer), 'aria-controls': 'byte-grid', tabindex: i === this.buffer ? '0' : '-1' }, buffer.label);
        tab.addEventListener('click', () => this.showBuffer(i));
        tab.addEventListener('keydown', (event) => {
          if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
          event.preventDefault();
          this.showBuffer((i + (event.key === 'ArrowRight' ? 1 : buffers.length - 1)) % buffers.length);
          this.tabs.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
        });
        return tab;
      }),
    );
    const range = this.highlight.selected === null ? null : details?.index.range(this.highlight.selected);
    this.cursor = range?.buffer === this.buffer ? range.start : Math.min(this.cursor, Math.max(0, this.data.length - 1));
    this.redraw();
  }

  /** Bytes a line that can be seen with their characters; padding and gaps are those of the style sheet. */
  private fitting(): number {
    const character = this.ruler.offsetWidth / 20;
    const needed = 16 + 4 * character + 14 + WIDE * (2 * character + 6) + 8 + 14 + WIDE * (character + 0.5);
    return this.element.clientWidth >= needed ? WIDE : NARROW;
  }

  private get data(): Uint8Array {
    return this.details?.detail.buffers[this.buffer]?.bytes ?? new Uint8Array(0);
  }

  /** Bytes of the chosen field, else all that is shown. */
  get copyBytes(): Uint8Array {
    const range = this.highlight.selected === null ? null : this.details?.index.range(this.highlight.selected);
    return range ? (this.details?.detail.buffers[range.buffer]?.bytes.subarray(range.start, range.end) ?? this.data) : this.data;
  }

  private showBuffer(buffer: number): void {
    this.buffer = buffer;
    [...this.tabs.children].forEach((tab, i) => {
      tab.setAttribute('aria-selected', String(i === buffer));
      (tab as HTMLElement).tabIndex = i === buffer ? 0 : -1;
    });
    this.cursor = 0;
    this.element.scrollTop = this.top = 0;
    this.redraw();
  }

  /** Bytes of the node in focus come into view, in whichever buffer they are. */
  reveal(node: string): void {
    const range = this.details?.index.range(node);
    if (!range) return;
    if (range.buffer !== this.buffer) this.showBuffer(range.buffer);
    if (this.cursor < range.start || this.cursor >= range.end) this.cursor = range.start;
    this.scrollTo(range.start);
    this.draw();
  }

  find(node: string): HTMLElement | null {
    const range = this.details?.index.range(node);
    return range?.buffer === this.buffer ? this.cell(range.start) : null;
  }

  focus(): void {
    this.scrollTo(this.cursor);
    this.draw();
    this.cell(this.cursor)?.focus({ preventScroll: true });
  }

  private cell(offset: number): HTMLElement | null {
    return this.drawn.get(Math.floor(offset / this.perRow))?.hex[offset % this.perRow] ?? null;
  }

  private nodeAt(offset: number): string | null {
    return this.details?.index.at(this.buffer, offset)?.id ?? null;
  }

  private scrollTo(offset: number): void {
    const top = Math.floor(offset / this.perRow) * ROW;
    if (top < this.top) this.top = top;
    else if (top + ROW > this.top + this.height) this.top = top + ROW - this.height;
    else return;
    this.element.scrollTop = this.top;
  }

  private redraw(): void {
    const focused = this.space.contains(document.activeElement);
    const rows = Math.ceil(this.data.length / this.perRow);
    this.space.style.height = `${rows * ROW}px`;
    this.space.setAttribute('aria-rowcount', String(rows));
    this.space.style.setProperty('--per-row', String(this.perRow));
    this.space.setAttribute('aria-colcount', String(this.perRow + 2));
    this.space.hidden = rows === 0;
    // A shorter packet: the browser scrolls up by itself and tells later.
    this.top = Math.max(0, Math.min(this.top, rows * ROW - this.height));
    for (const [row, drawn] of this.drawn) {
      if (drawn.hex.length === Math.min(this.perRow, this.data.length - row * this.perRow) && hexOffset(row * this.perRow, this.data.length) === drawn.offset.textContent) this.fill(row, drawn);
      else {
        drawn.element.remove();
        this.drawn.delete(row);
      }
    }
    this.draw();
    if (focused) this.cell(this.cursor)?.focus({ preventScroll: true });
  }

  private draw(): void {
    const rows = Math.ceil(this.data.length / this.perRow);
    const first = Math.max(0, Math.floor(this.top / ROW) - 2);
    const last = Math.min(rows - 1, Math.ceil((this.top + this.height) / ROW) + 2);
    for (const [row, drawn] of this.drawn) {
      if (row >= first && row <= last) continue;
      // A byte in focus stays: the focus would be lost with it.
      if (drawn.element.contains(document.activeElement)) continue;
      drawn.element.remove();
      this.drawn.delete(row);
    }
    for (let row = first; row <= last; row++) {
      if (this.drawn.has(row)) continue;
      const made = this.build(row);
      this.drawn.set(row, made);
      const next = this.drawn.get(row + 1)?.element ?? null;
      this.space.insertBefore(made.element, next?.parentElement === this.space ? next : null);
    }
    this.apply();
  }

  private build(row: number): ByteRow {
    const { data } = this;
    const element = el('div', 'byte-row', { role: 'row', 'aria-rowindex': String(row + 1) });
    element.style.top = `${row * ROW}px`;
    const part = data.subarray(row * this.perRow, (row + 1) * this.perRow);
    const place = el('span', 'byte-offset', { role: 'rowheader', 'aria-colindex': '1' }, hexOffset(row * this.perRow, data.length));
    element.append(place);
    const hexPart = el('span', 'byte-hex');
    const asciiPart = el('span', 'byte-ascii', { role: 'gridcell', 'aria-colindex': String(this.perRow + 2) });
    const hex: HTMLElement[] = [];
    const ascii: HTMLElement[] = [];
    part.forEach((_, i) => {
      const offset = row * this.perRow + i;
      const cell = el('span', 'byte', { role: 'gridcell', 'aria-colindex': String(i + 2), tabindex: '-1' });
      cell.dataset.offset = String(offset);
      hex.push(cell);
      const letter = el('span', 'letter');
      letter.dataset.offset = String(offset);
      ascii.push(letter);
    });
    hexPart.append(...hex);
    asciiPart.append(...ascii);
    element.append(hexPart, asciiPart);
    const made = { element, offset: place, hex, ascii };
    this.fill(row, made);
    return made;
  }

  /** The row's bytes, touching only those that are others. */
  private fill(row: number, { hex, ascii }: ByteRow): void {
    const { data } = this;
    hex.forEach((cell, i) => {
      const byte = data[row * this.perRow + i]!;
      const text = hexByte(byte);
      if (cell.textContent === text) return;
      cell.textContent = text;
      cell.removeAttribute('aria-label');
      const letter = ascii[i]!;
      letter.textContent = asciiByte(byte);
      letter.classList.toggle('dim', byte < 0x20 || byte >= 0x7f);
    });
  }

  apply(): void {
    const { current, selected } = this.highlight;
    const lit = current === null ? null : (this.details?.index.range(current) ?? null);
    const chosen = selected === null ? null : (this.details?.index.range(selected) ?? null);
    for (const [row, drawn] of this.drawn) {
      for (let i = 0; i < drawn.hex.length; i++) {
        const offset = row * this.perRow + i;
        const isLit = lit?.buffer === this.buffer && offset >= lit.start && offset < lit.end;
        const isChosen = chosen?.buffer === this.buffer && offset >= chosen.start && offset < chosen.end;
        for (const cell of [drawn.hex[i]!, drawn.ascii[i]!]) {
          cell.classList.toggle('lit', isLit);
          cell.classList.toggle('chosen', isChosen);
        }
        const tab = offset === this.cursor ? 0 : -1;
        if (drawn.hex[i]!.tabIndex !== tab) drawn.hex[i]!.tabIndex = tab;
      }
    }
  }

  private moveTo(offset: number): void {
    this.cursor = Math.max(0, Math.min(this.data.length - 1, offset));
    this.scrollTo(this.cursor);
    const node = this.nodeAt(this.cursor);
    if (node !== null) this.actions.select(node);
    this.draw();
    const cell = this.cell(this.cursor);
    if (!cell) return;
    cell.setAttribute('aria-label', this.spoken(this.cursor));
    cell.focus({ preventScroll: true });
  }

  /** "byte 14, 45: Version" */
  private spoken(offset: number): string {
    const node = this.details?.index.at(this.buffer, offset);
    return node ? t('byte {0}, {1}: {2}', offset, hexByte(this.data[offset]!), node.label) : t('byte {0}, {1}', offset, hexByte(this.data[offset]!));
  }

  private key(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey || event.shiftKey) return;
    const offset = offsetOf(event.target);
    if (offset === null) return;
    const line = offset - (offset % this.perRow);
    const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 1) * this.perRow;
    if (event.ctrlKey && event.key !== 'Home' && event.key !== 'End') return;
    switch (event.key) {
      case 'ArrowRight':
        this.moveTo(offset + 1);
        break;
      case 'ArrowLeft':
        this.moveTo(offset - 1);
        break;
      case 'ArrowDown':
        if (offset + this.perRow < this.data.length) this.moveTo(offset + this.perRow);
        break;
      case 'ArrowUp':
        if (offset >= this.perRow) this.moveTo(offset - this.perRow);
        break;
      case 'PageDown':
        this.moveTo(offset + page);
        break;
      case 'PageUp':
        this.moveTo(offset - page);
        break;
      case 'Home':
        this.moveTo(event.ctrlKey ? 0 : line);
        break;
      case 'End':
        this.moveTo(event.ctrlKey ? this.data.length - 1 : line + this.perRow - 1);
        break;
      case 'Enter':
      case ' ': {
        const node = this.nodeAt(offset);
        if (node !== null) this.actions.showCard(node, event.target as Element);
        break;
      }
      default:
        return;
    }
    event.preventDefault();
  }
}

function offsetOf(target: EventTarget | null): number | null {
  const value = target instanceof HTMLElement ? target.dataset.offset : undefined;
  return value === undefined ? null : Number(value);
}
