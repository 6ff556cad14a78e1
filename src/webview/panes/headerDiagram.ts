import type { DiagramBox } from '../../core/engineApi';
import { t } from '../../core/l10n';
import type { Details } from '../state/details';
import { el, setMenuContext } from '../shared/dom';
import { listenToNodes, type Highlight, type NodeActions } from './highlight';
import { boxPlace } from './nodeIndex';

const WORD = 32;

/** The TCP header as in the RFC: 32 bits a line, with this packet's values in the boxes. */
export class HeaderDiagram {
  readonly element = el('div', 'diagram');
  private readonly ruler = el('div', 'diagram-ruler', { 'aria-hidden': 'true' });
  private readonly boxes = el('div', 'diagram-boxes', { role: 'listbox' });
  private readonly empty = el('p', 'pane-empty');
  private elements: { readonly element: HTMLElement; readonly box: DiagramBox }[] = [];
  private details: Details | null = null;

  constructor(
    private readonly highlight: Highlight,
    private readonly actions: NodeActions,
  ) {
    this.boxes.setAttribute('aria-label', t('TCP header, 32 bits a line'));
    setMenuContext(this.boxes, 'field');
    for (let bit = 0; bit < WORD; bit++) this.ruler.append(el('span', bit % 8 === 0 ? 'byte-start' : '', {}, String(bit)));
    this.element.append(this.ruler, this.boxes, this.empty);
    listenToNodes(this.boxes, actions);
    this.boxes.addEventListener('mousedown', (event) => {
      const node = this.nodeOf(event.target);
      if (node) actions.select(node);
    });
    this.boxes.addEventListener('focusin', (event) => {
      const node = this.nodeOf(event.target);
      if (node) actions.select(node);
    });
    this.boxes.addEventListener('keydown', (event) => this.key(event));
  }

  setDetails(details: Details | null): void {
    const focused = this.boxes.contains(document.activeElement) ? this.nodeOf(document.activeElement) : null;
    this.details = details;
    const diagram = details?.detail.diagram ?? [];
    this.ruler.hidden = this.boxes.hidden = diagram.length === 0;
    this.empty.hidden = diagram.length > 0;
    this.empty.textContent = details ? t('No TCP header in this packet.') : '';
    const before = this.elements;
    // Packets of one stream mostly have the same boxes: then only their texts change.
    if (before.length === diagram.length && before.every(({ box }, i) => samePlace(box, diagram[i]!))) {
      this.elements = diagram.map((box, i) => {
        const { element, box: old } = before[i]!;
        if (box.label !== old.label || box.value !== old.value || box.shown !== old.shown) this.fill(element, box);
        return { element, box };
      });
    } else {
      this.elements = diagram.map((box) => ({ element: this.build(box), box }));
      this.boxes.replaceChildren(...this.elements.map((e) => e.element));
    }
    this.apply();
    if (focused !== null) (this.find(focused) ?? this.elements[0]?.element)?.focus({ preventScroll: true });
  }

  private build(box: DiagramBox): HTMLElement {
    const element = el('div', 'box');
    element.dataset.node = box.node;
    element.style.gridColumn = `${box.column + 1} / span ${box.width}`;
    element.style.gridRow = String(box.row + 1);
    element.classList.toggle('bit', box.width === 1);
    element.classList.toggle('narrow', box.width > 1 && box.width <= 4);
    element.classList.toggle('continued', box.continued);
    element.append(el('span', 'box-label'), ' ', el('span', 'box-value'));
    this.fill(element, box);
    if (box.continued) {
      // One field in several lines is one option of the list.
      element.setAttribute('role', 'presentation');
      element.setAttribute('aria-hidden', 'true');
      return element;
    }
    element.setAttribute('role', 'option');
    element.setAttribute('aria-selected', 'false');
    element.tabIndex = -1;
    return element;
  }

  /** The box's texts. */
  private fill(element: HTMLElement, box: DiagramBox): void {
    element.classList.toggle('on', box.width === 1 && box.value !== '0' && box.shown !== 'no');
    element.classList.toggle('shown-derived', box.shown === 'derived');
    element.classList.toggle('shown-no', box.shown === 'no');
    element.querySelector('.box-label')!.textContent = box.continued ? '' : box.label;
    element.querySelector('.box-value')!.textContent = box.value;
    if (box.continued) return;
    const { word, first, last } = boxPlace(box);
    const place = first === last ? t('word {0}, bit {1}', word, first) : t('word {0}, bits {1} to {2}', word, first, last);
    const value = box.shown === 'no' ? t('not shown by the text') : box.shown ? t('{0} (derived)', box.value) : box.value;
    element.setAttribute('aria-label', `${box.label} ${value}, ${place}`);
  }

  apply(): void {
    const { current, selected } = this.highlight;
    const { details } = this;
    const lit = current && details ? details.index.boxesOf(current) : null;
    const chosen = selected && details ? details.index.boxesOf(selected) : null;
    let tab: HTMLElement | null = null;
    for (const { element, box } of this.elements) {
      element.classList.toggle('lit', lit?.has(box.node) ?? false);
      if (box.continued) continue;
      const isChosen = chosen?.size === 1 && chosen.has(box.node);
      element.setAttribute('aria-selected', String(isChosen));
      element.tabIndex = -1;
      if (isChosen) tab = element;
    }
    tab ??= this.elements.find((e) => !e.box.continued)?.element ?? null;
    if (tab) tab.tabIndex = 0;
  }

  find(node: string): HTMLElement | null {
    return this.elements.find((e) => e.box.node === node && !e.box.continued)?.element ?? null;
  }

  focus(): void {
    this.boxes.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  private nodeOf(target: EventTarget | null): string | null {
    return (target instanceof Element ? target.closest<HTMLElement>('[data-node]')?.dataset.node : null) ?? null;
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const list = this.elements.filter((e) => !e.box.continued);
    const at = list.findIndex((e) => e.element === event.target);
    const present = list[at];
    if (!present) return;
    const byRow = (step: 1 | -1): HTMLElement | undefined => {
      const centre = present.box.column + present.box.width / 2;
      const rows = list.filter((e) => (e.box.row - present.box.row) * step > 0);
      const nearest = step > 0 ? Math.min(...rows.map((e) => e.box.row)) : Math.max(...rows.map((e) => e.box.row));
      const row = rows.filter((e) => e.box.row === nearest);
      return (row.find((e) => e.box.column <= centre && e.box.column + e.box.width > centre) ?? row[0])?.element;
    };
    let next: HTMLElement | undefined;
    switch (event.key) {
      case 'ArrowRight':
        next = list[at + 1]?.element;
        break;
      case 'ArrowLeft':
        next = list[at - 1]?.element;
        break;
      case 'ArrowDown':
        next = byRow(1);
        break;
      case 'ArrowUp':
        next = byRow(-1);
        break;
      case 'Home':
        next = list[0]?.element;
        break;
      case 'End':
        next = list.at(-1)?.element;
        break;
      case 'Enter':
      case ' ':
        this.actions.showCard(present.box.node, present.element);
        break;
      default:
        return;
    }
    event.preventDefault();
    next?.focus();
  }
}

function samePlace(a: DiagramBox, b: DiagramBox): boolean {
  return a.node === b.node && a.row === b.row && a.column === b.column && a.width === b.width && a.continued === b.continued;
}
