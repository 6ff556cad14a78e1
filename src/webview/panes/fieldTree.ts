import type { DetailNodeData } from '../../core/engineApi';
import { t } from '../../core/l10n';
import type { Details } from '../state/details';
import { el, icon, setMenuContext } from '../shared/dom';
import { listenToNodes, type Highlight, type NodeActions } from './highlight';

interface TreeRow {
  readonly node: DetailNodeData;
  readonly level: number;
  readonly element: HTMLElement;
  /** What decides how the element is made, but for its texts. */
  readonly shape: string;
}

const KIND_ICONS: Partial<Record<DetailNodeData['kind'], string>> = { issue: 'warning' };

/** All layers and fields of a packet. What a person opened or closed stays so from packet to packet. */
export class FieldTree {
  readonly element = el('div', 'tree', { role: 'tree' });
  private rows: TreeRow[] = [];
  private details: Details | null = null;

  constructor(
    private readonly highlight: Highlight,
    private readonly actions: NodeActions,
    /** By node id; layers without an entry are closed, but for TCP. */
    private readonly expanded: Map<string, boolean>,
    private readonly expansionChanged: () => void,
  ) {
    this.element.setAttribute('aria-label', t('Fields'));
    setMenuContext(this.element, 'field');
    listenToNodes(this.element, actions);
    this.element.addEventListener('mousedown', (event) => this.press(event));
    this.element.addEventListener('focusin', (event) => {
      const row = this.rowOf(event.target);
      if (row) actions.select(row.node.id);
    });
    this.element.addEventListener('keydown', (event) => this.key(event));
  }

  setDetails(details: Details | null): void {
    this.details = details;
    this.rebuild();
  }

  private isOpen(node: DetailNodeData): boolean {
    return this.expanded.get(node.id) ?? node.id === 'tcp';
  }

  private rebuild(): void {
    const focused = this.element.contains(document.activeElement) ? this.highlight.selected : null;
    const before = this.rows;
    const rows: TreeRow[] = [];
    const walk = (nodes: readonly DetailNodeData[], level: number): void => {
      nodes.forEach((node, i) => {
        const open = this.isOpen(node);
        rows.push(this.row(before[rows.length], node, level, i + 1, nodes.length, open));
        if (open) walk(node.children, level + 1);
      });
    };
    if (this.details) walk(this.details.detail.tree, 1);
    this.rows = rows;
    rows.forEach(({ element }, i) => {
      const old = before[i]?.element;
      if (old === element) return;
      if (old) old.replaceWith(element);
      else this.element.append(element);
    });
    for (const row of before.slice(rows.length)) row.element.remove();
    this.apply();
    if (focused !== null) (this.visibleRow(focused) ?? this.rows[0])?.element.focus({ preventScroll: true });
  }

  /** The row for a node: the one that stood there before with other texts, where it looks the same. */
  private row(old: TreeRow | undefined, node: DetailNodeData, level: number, position: number, size: number, open: boolean): TreeRow {
    const hasChildren = node.children.length > 0;
    const shape = `${node.id} ${node.kind} ${level} ${position} ${size} ${hasChildren ? Number(open) : ''} ${node.value ? 'v' : ''}`;
    if (old?.shape !== shape) return { node, level, shape, element: this.build(node, level, position, size, open) };
    if (old.node.label !== node.label) old.element.querySelector('.tree-label')!.textContent = node.label;
    if (old.node.value !== node.value) old.element.querySelector('.tree-value')!.textContent = node.value;
    return { node, level, shape, element: old.element };
  }

  private build(node: DetailNodeData, level: number, position: number, size: number, open: boolean): HTMLElement {
    const element = el('div', `tree-row kind-${node.kind}`, {
      role: 'treeitem',
      'aria-level': String(level),
      'aria-posinset': String(position),
      'aria-setsize': String(size),
      'aria-selected': 'false',
      tabindex: '-1',
    });
    element.dataset.node = node.id;
    element.style.setProperty('--level', String(level - 1));
    const hasChildren = node.children.length > 0;
    if (hasChildren) element.setAttribute('aria-expanded', String(open));
    element.append(hasChildren ? icon(open ? 'chevron-down' : 'chevron-right', 'twistie') : el('span', 'twistie'));
    const kindIcon = KIND_ICONS[node.kind];
    if (kindIcon) element.append(icon(kindIcon, 'tone-warning'));
    element.append(el('span', 'tree-label', {}, node.label));
    if (node.value) element.append(el('span', node.shown ? `tree-value shown-${node.shown}` : 'tree-value', {}, node.value));
    return element;
  }

  apply(): void {
    const { current, selected } = this.highlight;
    const lit = current === null ? null : this.visibleRow(current);
    const chosen = selected === null ? null : this.visibleRow(selected);
    const tab = chosen ?? this.rows[0] ?? null;
    for (const row of this.rows) {
      row.element.classList.toggle('lit', row === lit);
      const isChosen = String(row === chosen);
      if (row.element.getAttribute('aria-selected') !== isChosen) row.element.setAttribute('aria-selected', isChosen);
      const tabIndex = row === tab ? 0 : -1;
      if (row.element.tabIndex !== tabIndex) row.element.tabIndex = tabIndex;
    }
  }

  /** Scrolls to a node that was chosen in another pane, opening what hides it. */
  reveal(id: string): void {
    if (!this.details) return;
    let opened = false;
    for (let parent = this.details.index.parent(id); parent; parent = this.details.index.parent(parent.id)) {
      if (this.isOpen(parent)) continue;
      this.expanded.set(parent.id, true);
      opened = true;
    }
    if (opened) {
      this.expansionChanged();
      this.rebuild();
    }
    this.visibleRow(id)?.element.scrollIntoView({ block: 'nearest' });
  }

  collapseAll(): void {
    for (const node of this.details?.detail.tree ?? []) this.expanded.set(node.id, false);
    this.expansionChanged();
    this.rebuild();
  }

  find(id: string): HTMLElement | null {
    return this.rows.find((row) => row.node.id === id)?.element ?? null;
  }

  focus(): void {
    this.element.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  }

  /** Row of a node, or of the nearest one around it that is visible. */
  private visibleRow(id: string): TreeRow | null {
    if (!this.details) return null;
    for (const node of this.details.index.upwards(id)) {
      const row = this.rows.find((r) => r.node.id === node.id);
      if (row) return row;
    }
    return null;
  }

  private rowOf(target: EventTarget | null): TreeRow | null {
    const element = target instanceof Element ? target.closest('.tree-row') : null;
    return this.rows.find((row) => row.element === element) ?? null;
  }

  private toggle(row: TreeRow, open: boolean): void {
    this.expanded.set(row.node.id, open);
    this.expansionChanged();
    this.rebuild();
  }

  private press(event: MouseEvent): void {
    const row = this.rowOf(event.target);
    if (!row) return;
    this.actions.select(row.node.id);
    row.element.focus({ preventScroll: true });
    const onTwistie = event.target instanceof Element && event.target.classList.contains('twistie');
    if (event.button === 0 && row.node.children.length > 0 && (onTwistie || event.detail === 2)) {
      event.preventDefault();
      this.toggle(row, !this.isOpen(row.node));
    }
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    const row = this.rowOf(event.target);
    if (!row) return;
    const at = this.rows.indexOf(row);
    const hasChildren = row.node.children.length > 0;
    const open = hasChildren && this.isOpen(row.node);
    let next: TreeRow | null | undefined;
    switch (event.key) {
      case 'ArrowDown':
        next = this.rows[at + 1];
        break;
      case 'ArrowUp':
        next = this.rows[at - 1];
        break;
      case 'ArrowRight':
        if (hasChildren && !open) this.toggle(row, true);
        else if (open) next = this.rows[at + 1];
        break;
      case 'ArrowLeft':
        if (open) this.toggle(row, false);
        else next = this.rows.slice(0, at).findLast((other) => other.level < row.level);
        break;
      case 'Home':
        next = this.rows[0];
        break;
      case 'End':
        next = this.rows.at(-1);
        break;
      case 'PageDown':
      case 'PageUp': {
        const page = Math.max(1, Math.floor((this.element.parentElement?.clientHeight ?? 220) / 22) - 1);
        next = this.rows[Math.max(0, Math.min(this.rows.length - 1, at + (event.key === 'PageDown' ? page : -page)))];
        break;
      }
      case 'Enter':
      case ' ':
        if (hasChildren) this.toggle(row, !open);
        else this.actions.showCard(row.node.id, row.element);
        break;
      default:
        return;
    }
    event.preventDefault();
    next?.element.focus();
  }
}
