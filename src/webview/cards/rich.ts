import type { CardDocument, Inline, Rich } from '../../core/explain/card';
import { t } from '../../core/l10n';
import { el } from '../shared/dom';

/** Text with emphasis and links as DOM; everything becomes text nodes. */
export function richNodes(rich: Rich, goToPacket: (packet: number) => void): Node[] {
  return rich.map((part) => inlineNode(part, goToPacket));
}

function inlineNode(part: Inline, goToPacket: (packet: number) => void): Node {
  if (typeof part === 'string') return document.createTextNode(part);
  if ('strong' in part) return el('strong', '', {}, part.strong);
  if ('code' in part) return el('code', '', {}, part.code);
  const link = el('button', 'link', { type: 'button', title: t('Go to packet {0}', part.packet + 1) }, part.text);
  link.addEventListener('click', () => goToPacket(part.packet));
  return link;
}

export function plainText(rich: Rich): string {
  return rich.map((part) => (typeof part === 'string' ? part : 'strong' in part ? part.strong : 'code' in part ? part.code : part.text)).join('');
}

/** Headline of a card. */
export function headline(card: CardDocument, goToPacket: (packet: number) => void): HTMLElement {
  const line = el('div', 'card-headline');
  line.append(...(card.headline.length > 0 ? richNodes(card.headline, goToPacket) : [el('strong', '', {}, card.title)]));
  return line;
}

/** What it means here, the background, and where that is written. */
export function cardBody(card: CardDocument, goToPacket: (packet: number) => void): HTMLElement {
  const body = el('div', 'card-body');
  const paragraphs = (list: readonly Rich[], className: string): void => {
    if (list.length === 0) return;
    const part = el('div', className);
    for (const rich of list) {
      const p = el('p');
      p.append(...richNodes(rich, goToPacket));
      part.append(p);
    }
    body.append(part);
  };
  paragraphs(card.here, 'card-here');
  paragraphs(card.story, 'card-story');
  if (card.sources.length > 0) body.append(el('div', 'card-sources', {}, card.sources.join(' \u00b7 ')));
  return body;
}
