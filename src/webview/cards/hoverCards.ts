import type { CardDocument } from '../../core/explain/card';
import { t } from '../../core/l10n';
import { el, icon, iconButton } from '../shared/dom';
import { placeCard } from './place';
import { cardBody, headline, plainText } from './rich';

export interface CardHost {
  peek(node: string): CardDocument | null | undefined;
  load(node: string, signal: AbortSignal): Promise<CardDocument | null>;
  /** Milliseconds that the pointer rests before a card opens. */
  delay(): number;
  goToPacket(packet: number): void;
  copy(text: string): void;
  /** Filters by the value of a node. */
  /** Absent where cards are about more than a value. */
  readonly filter?: (node: string, subject: number | null) => void;
  /** What nodes are of when a card opens: a pinned card stays with it. */
  readonly subject?: () => number | null;
  announce(text: string): void;
  /** A card that had the focus is gone, and where it was opened is gone too or takes none. */
  focusLost(): void;
}

/** Time to travel from a field into its card. */
const GRACE_MS = 250;
const MOST_PINNED = 4;

/** The hover card, and the cards that were pinned. */
export class HoverCards {
  readonly element = el('div', 'cards');
  private card: HTMLElement | null = null;
  private node: string | null = null;
  private anchor: Element | null = null;
  private opening = 0;
  private closing = 0;
  private request: AbortController | null = null;
  private pinned: HTMLElement[] = [];
  /** Where pinned cards were opened. */
  private readonly origins = new WeakMap<HTMLElement, Element>();

  constructor(private readonly host: CardHost) {
    document.addEventListener('keydown', (event) => this.key(event), true);
    window.addEventListener('resize', () => this.close());
    window.addEventListener('blur', () => clearTimeout(this.opening));
  }

  get open(): boolean {
    return this.card !== null;
  }

  /** The pointer rests on a field. */
  hover(node: string, anchor: Element): void {
    clearTimeout(this.closing);
    if (this.card && this.node === node) {
      clearTimeout(this.opening);
      return;
    }
    clearTimeout(this.opening);
    this.opening = setTimeout(() => void this.show(node, anchor), this.host.delay());
    if (this.card) this.closeSoon();
  }

  /** The pointer left the field. */
  leave(): void {
    clearTimeout(this.opening);
    this.closeSoon();
  }

  /** Opens at once. Asked for again, the focus goes into the card. */
  async show(node: string, anchor: Element): Promise<void> {
    clearTimeout(this.opening);
    clearTimeout(this.closing);
    if (this.card && this.node === node) {
      this.card.focus();
      return;
    }
    this.request?.abort();
    const controller = new AbortController();
    this.request = controller;
    const subject = this.host.subject?.() ?? null;
    const document_ = this.host.peek(node) ?? (await this.host.load(node, controller.signal));
    if (controller.signal.aborted || !anchor.isConnected) return;
    this.remove();
    if (!document_) return;
    this.node = node;
    this.anchor = anchor;
    this.card = this.build(document_, subject);
    this.element.append(this.card);
    this.position();
    this.host.announce([plainText(document_.headline), ...document_.here.map(plainText)].join(' '));
  }

  close(): void {
    clearTimeout(this.opening);
    this.request?.abort();
    this.request = null;
    this.remove();
  }

  /** Takes the card away; another one may be about to open. */
  private remove(): void {
    clearTimeout(this.closing);
    const { card, anchor } = this;
    this.card = null;
    this.node = null;
    if (!card) return;
    const held = card.contains(document.activeElement);
    card.remove();
    if (held) this.giveFocus(anchor);
  }

  private closeSoon(): void {
    clearTimeout(this.closing);
    this.closing = setTimeout(() => {
      if (this.card && !this.card.contains(document.activeElement)) this.remove();
    }, GRACE_MS);
  }

  private key(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    const last = this.pinned.at(-1);
    if (this.card) this.close();
    else if (last?.contains(document.activeElement)) this.unpin(last);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private build(card: CardDocument, subject: number | null): HTMLElement {
    const { node } = this;
    const element = el('div', 'card', { role: 'dialog', 'aria-label': card.title, tabindex: '-1' });
    const tools = el('div', 'card-tools');
    const pin = iconButton('pin', t('Pin'), () => this.pin(element, pin));
    const { filter } = this.host;
    tools.append(
      pin,
      ...(filter && node !== null ? [iconButton('filter', t('Filter by this value'), () => filter(node, subject))] : []),
      iconButton('copy', t('Copy the value'), () => this.host.copy(card.copy)),
    );
    const go = (packet: number): void => {
      if (element === this.card) this.close();
      this.host.goToPacket(packet);
    };
    const head = el('div', 'card-head');
    head.append(headline(card, go), tools);
    head.addEventListener('pointerdown', (event) => this.drag(event, element, head));
    element.append(head, cardBody(card, go));
    element.addEventListener('mouseenter', () => {
      clearTimeout(this.closing);
      clearTimeout(this.opening);
    });
    element.addEventListener('mouseleave', () => {
      if (element === this.card) this.closeSoon();
    });
    element.addEventListener('focusout', (event) => {
      if (element === this.card && !(event.relatedTarget instanceof Node && element.contains(event.relatedTarget)) && !element.matches(':hover')) this.closeSoon();
    });
    return element;
  }

  private position(): void {
    const { card, anchor } = this;
    if (!card || !anchor) return;
    const { left, top } = placeCard(anchor.getBoundingClientRect(), { width: card.offsetWidth, height: card.offsetHeight }, { width: innerWidth, height: innerHeight });
    card.style.left = `${left}px`;
    card.style.top = `${top}px`;
  }

  private pin(element: HTMLElement, button: HTMLButtonElement): void {
    if (element !== this.card) {
      this.unpin(element);
      return;
    }
    this.card = null;
    this.node = null;
    if (this.anchor) this.origins.set(element, this.anchor);
    element.classList.add('pinned');
    button.replaceChildren(icon('close'));
    button.title = t('Close');
    button.setAttribute('aria-label', t('Close'));
    this.pinned.push(element);
    if (this.pinned.length > MOST_PINNED) this.unpin(this.pinned[0]!);
  }

  private unpin(element: HTMLElement): void {
    this.pinned = this.pinned.filter((other) => other !== element);
    const held = element.contains(document.activeElement);
    element.remove();
    // The focus goes to the next card, else back to where the card was opened.
    if (held) this.giveFocus(this.pinned.at(-1) ?? this.origins.get(element) ?? null);
  }

  /** Not every place where a card opens is there still, or takes the focus. */
  private giveFocus(next: Element | null): void {
    if (next instanceof HTMLElement && next.isConnected) next.focus({ preventScroll: true });
    if (document.activeElement !== next) this.host.focusLost();
  }

  /** A pinned card can be moved by its head. */
  private drag(event: PointerEvent, element: HTMLElement, head: HTMLElement): void {
    if (!element.classList.contains('pinned') || event.button !== 0 || (event.target as Element).closest('button')) return;
    event.preventDefault();
    const box = element.getBoundingClientRect();
    const from = { x: event.clientX - box.left, y: event.clientY - box.top };
    head.setPointerCapture(event.pointerId);
    const onMove = (e: PointerEvent): void => {
      element.style.left = `${Math.max(0, Math.min(innerWidth - box.width, e.clientX - from.x))}px`;
      element.style.top = `${Math.max(0, Math.min(innerHeight - 40, e.clientY - from.y))}px`;
    };
    const onEnd = (): void => {
      head.removeEventListener('pointermove', onMove);
      head.removeEventListener('lostpointercapture', onEnd);
    };
    head.addEventListener('pointermove', onMove);
    head.addEventListener('lostpointercapture', onEnd);
  }
}
