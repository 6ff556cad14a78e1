import type { UnreadableLine } from '../../core/engineApi';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import { percent } from '../format/text';
import type { Session } from '../state/session';
import { el, icon } from '../shared/dom';

type Tone = 'error' | 'warning' | 'info';

/** What of a line could not be read, by the reader's word for it. */
function reasonWords(): Readonly<Record<string, string>> {
  return { flags: t('its flags could not be read'), endpoints: t('its addresses could not be read'), packet: t('its packet could not be read'), fields: t('its columns could not be read') };
}

/** What a person must know about the capture: damage, changes of the file, failures, nothing to show. */
export class Banners {
  readonly element = el('div', 'banners', { role: 'status', 'aria-live': 'polite' });
  private shown = '';

  constructor(private readonly session: Session) {
    session.events.on(['state', 'problem'], () => this.update());
    this.update();
  }

  private update(): void {
    const { state, problem } = this.session;
    const key = JSON.stringify([state.fault, state.unreadable?.count, state.change, state.phase === 'cancelled' ? percent(state.progress) : '', state.failure === null && problem?.message]);
    if (key === this.shown) return;
    this.shown = key;
    const items: HTMLElement[] = [];
    if (state.fault) items.push(this.banner(state.fault.kind === 'cut' ? 'warning' : 'error', state.fault.message));
    if (state.unreadable) items.push(this.unreadable(state.unreadable.count, state.unreadable.lines));
    if (state.change === 'grown') items.push(this.banner('info', t('The file has grown.'), t('Load new packets'), () => void this.session.control('loadMore')));
    if (state.change === 'replaced') items.push(this.banner('warning', t('The file was replaced by another one. What is shown is the old one.'), t('Reload'), () => void this.session.control('reload')));
    if (state.change === 'deleted') items.push(this.banner('warning', t('The file was deleted. What was read stays here until this editor is closed.')));
    if (state.phase === 'cancelled' && state.failure === null)
      items.push(this.banner('info', t('Indexing was stopped at {0} %. Packets up to there are shown.', percent(state.progress)), t('Go on'), () => void this.session.control('resumeIndexing')));
    // A capture that could not be opened says so on a page of its own.
    if (problem && !state.failure) items.push(this.banner('error', problem.message, t('Try again'), () => this.session.retry()));
    this.element.replaceChildren(...items);
  }

  /** How many lines could not be read, and on demand which: each leads to its place in the text. */
  private unreadable(count: number, lines: readonly UnreadableLine[]): HTMLElement {
    const words = count === 1 ? t('1 line looks like a packet and could not be read.') : t('{0} lines look like packets and could not be read.', grouped(count));
    const list = el('ul', 'unreadable-lines');
    list.hidden = true;
    const element = this.banner('warning', words, t('Show lines'), () => {
      list.hidden = !list.hidden;
      button.setAttribute('aria-expanded', String(!list.hidden));
      button.textContent = list.hidden ? t('Show lines') : t('Hide lines');
    });
    const button = element.querySelector('button')!;
    button.setAttribute('aria-expanded', 'false');
    const reasons = reasonWords();
    for (const { line, reason } of lines) {
      const item = el('li');
      const link = el('button', 'link', { type: 'button' }, t('Line {0}', grouped(line)));
      link.addEventListener('click', () => this.session.host.openLine(line));
      item.append(link, ` ${reasons[reason] ?? reason}`);
      list.append(item);
    }
    if (count > lines.length) list.append(el('li', 'dim', {}, t('and {0} more', grouped(count - lines.length))));
    const both = el('div', 'banner-with-list');
    both.append(element, list);
    return both;
  }

  private banner(tone: Tone, text: string, action?: string, run?: () => void): HTMLElement {
    const element = el('div', `banner banner-${tone}`);
    element.append(icon(tone === 'info' ? 'info' : tone), el('span', 'banner-text', {}, text));
    if (action && run) {
      const button = el('button', 'button', { type: 'button' }, action);
      button.addEventListener('click', run);
      element.append(button);
    }
    return element;
  }
}

/** The state in which there is nothing to show: unknown format, unreadable file, empty capture. Null when there is something. */
export function emptyState(session: Session): HTMLElement | null {
  const { state } = session;
  const page = (iconName: string, title: string, lines: readonly string[], buttons: readonly (readonly [string, () => void])[]): HTMLElement => {
    const element = el('section', 'empty-state', { role: 'alert' });
    element.append(icon(iconName, 'empty-icon'), el('h1', '', {}, title), ...lines.map((line) => el('p', '', {}, line)));
    const row = el('div', 'empty-buttons');
    for (const [label, run] of buttons) {
      const button = el('button', 'button', { type: 'button' }, label);
      button.addEventListener('click', run);
      row.append(button);
    }
    element.append(row);
    return element;
  };
  const reopen = [t('Reopen with another editor'), () => session.host.run('reopenWith')] as const;
  if (state.failure && state.phase === 'cancelled')
    return page('circle-slash', t('Unpacking was stopped'), [t('Nothing of the capture is shown.')], [[t('Unpack again'), () => void session.control('reload')]]);
  if (state.failure)
    return page('warning', t('This file cannot be shown as a capture'), [state.failure.message, ...supportedLine(state.failure.supported)], [reopen, [t('Try again'), () => void session.control('reload')]]);
  if (state.phase === 'done' && state.packets === 0) return page('inbox', t('No packets in this capture'), [state.description, t('The file is intact and holds no packet record.')], [reopen]);
  return null;
}

function supportedLine(formats: readonly string[]): readonly string[] {
  return formats.length === 0 ? [] : [t('Supported: {0}.', formats.join(', '))];
}
