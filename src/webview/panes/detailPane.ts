import { t } from '../../core/l10n';
import type { HoverCards } from '../cards/hoverCards';
import { hexText } from '../format/text';
import type { Session } from '../state/session';
import { el, iconButton, markPainted } from '../shared/dom';
import { ByteView } from './byteView';
import { FieldTree } from './fieldTree';
import { HeaderDiagram } from './headerDiagram';
import { Highlight, type NodeActions } from './highlight';
import { Splitter } from './splitter';

type Part = 'header' | 'fields' | 'bytes';
const PARTS: readonly Part[] = ['header', 'fields', 'bytes'];

/** Below this width the three parts take turns: side by side each would be cut. */
const NARROW = 940;

/** The selected packet: header diagram, field tree and bytes, pointing at the same field. */
export class DetailPane {
  readonly element = el('section', 'details');
  readonly highlight = new Highlight();
  private readonly diagram: HeaderDiagram;
  private readonly tree: FieldTree;
  private readonly bytes: ByteView;
  private readonly message = el('p', 'details-message');
  private readonly comments = el('div', 'comments');
  private readonly tabs = el('div', 'detail-tabs', { role: 'tablist' });
  private readonly parts: Readonly<Record<Part, HTMLElement>>;
  private part: Part = 'fields';

  constructor(
    private readonly session: Session,
    private readonly cards: HoverCards,
    expanded: Map<string, boolean>,
    expansionChanged: () => void,
  ) {
    const actions: NodeActions = {
      hover: (node, anchor) => {
        this.highlight.hover(node);
        cards.hover(node, anchor);
      },
      leave: () => {
        this.highlight.hover(null);
        cards.leave();
      },
      select: (node) => this.choose(node),
      showCard: (node, anchor) => void cards.show(node, anchor),
    };
    this.diagram = new HeaderDiagram(this.highlight, actions);
    this.tree = new FieldTree(this.highlight, actions, expanded, expansionChanged);
    this.bytes = new ByteView(this.highlight, actions);
    this.element.setAttribute('aria-label', t('Packet details'));
    this.tabs.setAttribute('aria-label', t('Packet details'));
    this.parts = {
      header: this.buildPart('header', t('Header'), [], this.diagram.element),
      fields: this.buildPart('fields', t('Fields'), [iconButton('collapse-all', t('Collapse all'), () => this.tree.collapseAll())], this.comments, this.tree.element),
      bytes: this.buildPart('bytes', t('Bytes'), [this.bytes.tabs, iconButton('copy', t('Copy the bytes as hex: the chosen field, or all'), () => this.copyHex())], this.bytes.element),
    };
    this.element.append(this.message, this.tabs, this.parts.header, this.line('header', 36), this.parts.fields, this.line('fields', 30), this.parts.bytes);
    this.buildTabs();
    new ResizeObserver(() => this.element.classList.toggle('narrow', this.element.clientWidth < NARROW)).observe(this.element);
    this.highlight.onChange(() => {
      this.diagram.apply();
      this.tree.apply();
      this.bytes.apply();
    });
    session.events.on(['detail'], () => this.show());
    session.events.on(['selection'], () => this.element.setAttribute('aria-busy', String(session.detail.pending)));
    this.show();
  }

  private buildPart(part: Part, title: string, tools: readonly HTMLElement[], ...content: readonly HTMLElement[]): HTMLElement {
    const element = el('section', `part part-${part}`, { 'aria-label': title, id: `part-${part}` });
    const head = el('div', 'section-head');
    head.append(el('h2', '', {}, title), el('span', 'spacer'), ...tools);
    const body = el('div', 'part-body');
    body.append(...content);
    element.append(head, body);
    return element;
  }

  /** Splitter after a part; sizes are percent of all three. */
  private line(name: 'header' | 'fields', initial: number): HTMLElement {
    const splitter = new Splitter({
      label: name === 'header' ? t('Width of the header diagram') : t('Width of the fields'),
      orientation: 'vertical',
      initial: this.session.viewState.panes[name] ?? initial,
      min: 15,
      max: 60,
      property: `--${name}`,
      container: this.element,
      ...(name === 'fields' ? { before: () => (this.parts.header.offsetWidth / this.element.clientWidth) * 100 } : {}),
      changed: (size) => this.session.setSize(name, size),
    });
    return splitter.element;
  }

  private buildTabs(): void {
    const names: Readonly<Record<Part, string>> = { header: t('Header'), fields: t('Fields'), bytes: t('Bytes') };
    const tabs = PARTS.map((part) => {
      const tab = el('button', 'tab', { type: 'button', role: 'tab', 'aria-controls': `part-${part}` }, names[part]);
      tab.addEventListener('click', () => this.showPart(part));
      tab.addEventListener('keydown', (event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        event.preventDefault();
        const next = PARTS[(PARTS.indexOf(part) + (event.key === 'ArrowRight' ? 1 : 2)) % 3]!;
        this.showPart(next);
        tabs[PARTS.indexOf(next)]!.focus();
      });
      return tab;
    });
    this.tabs.append(...tabs);
    this.showPart(this.part);
  }

  private showPart(part: Part): void {
    this.part = part;
    [...this.tabs.children].forEach((tab, i) => {
      const on = PARTS[i] === part;
      tab.setAttribute('aria-selected', String(on));
      (tab as HTMLElement).tabIndex = on ? 0 : -1;
    });
    for (const name of PARTS) this.parts[name].classList.toggle('inactive', name !== part);
  }

  private show(): void {
    const { session } = this;
    const { shown, error } = session.detail;
    this.cards.close();
    this.highlight.hover(null);
    this.element.setAttribute('aria-busy', String(session.detail.pending));
    this.message.hidden = shown !== null;
    this.element.classList.toggle('empty', shown === null);
    this.message.textContent = error ? t('This packet could not be read: {0}', error.message) : t('Select a packet to see its header, fields and bytes.');
    const comments = shown?.detail.comments ?? [];
    this.comments.hidden = comments.length === 0;
    this.comments.replaceChildren(...comments.map((comment) => el('p', '', {}, comment)));
    this.diagram.setDetails(shown);
    this.tree.setDetails(shown);
    this.bytes.setDetails(shown);
    const { selected } = this.highlight;
    if (selected !== null && shown?.index.get(selected)) this.bytes.reveal(selected);
    if (shown) markPainted('detail');
  }

  /** A field was chosen: the other two parts bring it into view. */
  private choose(node: string): void {
    if (node === this.highlight.selected) return;
    this.highlight.select(node);
    this.tree.reveal(node);
    this.bytes.reveal(node);
    this.session.host.node = node;
    this.session.host.tellSelection();
  }

  get hasFocus(): boolean {
    return this.element.contains(document.activeElement);
  }

  focus(): void {
    if (this.part === 'header') this.diagram.focus();
    else if (this.part === 'bytes') this.bytes.focus();
    else this.tree.focus();
  }

  /** Opens the card of the field in focus; `filters`: of the first of these fields, at another place. */
  showHover(other?: { readonly filters: readonly string[]; readonly anchor: Element }): boolean {
    const { shown } = this.session.detail;
    if (!shown) return false;
    if (other) {
      const node = shown.index.byFilter(other.filters);
      if (node) void this.cards.show(node.id, other.anchor);
      return node !== null;
    }
    const node = this.highlight.hovered ?? this.highlight.selected;
    if (node === null || !shown.index.get(node)) return false;
    const active = document.activeElement;
    const part = PARTS.find((name) => this.parts[name].contains(active)) ?? this.part;
    const found = { header: this.diagram.find(node), fields: this.tree.find(node), bytes: this.bytes.find(node) };
    const anchor = found[part] ?? found.fields ?? found.header ?? found.bytes;
    if (!anchor) return false;
    void this.cards.show(node, anchor);
    return true;
  }

  copyField(): void {
    const { selected } = this.highlight;
    const node = selected === null ? null : this.session.detail.shown?.index.get(selected);
    if (node) this.session.host.copy(node.value ? `${node.label}: ${node.value}` : node.label);
  }

  copyHex(): void {
    this.session.host.copy(hexText(this.bytes.copyBytes));
  }
}
