import { hexBytes } from '../../core/bytes/read';
import { utf8Bytes } from '../../core/bytes/utf8';
import type { FollowPage, FollowSummary, FollowView } from '../../core/query/followApi';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import { formatBytes } from '../format/text';
import { el, iconButton, setMenuContext } from '../shared/dom';
import type { Session } from '../state/session';
import { PAGE_BYTES, PAYLOAD_FORMS, payloadRows, type Mark, type PayloadForm } from './payloadRows';

const SIDES: readonly FollowView[] = ['both', 'client', 'server'];

/** What the two ends of a stream sent, put in order: coloured by side, page by page, searchable; a click leads to the packet. */
export class PayloadPane {
  readonly element = el('div', 'tab-panel payload-pane', { id: 'payload-panel', role: 'tabpanel', 'aria-labelledby': 'tab-payload' });
  private readonly list = el('div', 'payload-list', { tabindex: '0', role: 'document' });
  private readonly summary = el('span', 'payload-summary dim', { role: 'status' });
  private readonly place = el('span', 'place', { 'aria-live': 'polite' });
  private readonly side = el('select', 'select');
  private readonly form = el('select', 'select');
  private readonly search = el('input', 'search', { type: 'search', spellcheck: 'false' });
  private readonly pager = el('span', 'button-group');
  private readonly buttons: { readonly first: HTMLButtonElement; readonly previous: HTMLButtonElement; readonly next: HTMLButtonElement; readonly last: HTMLButtonElement };
  private stream: number | null = null;
  private revision = -1;
  private page: FollowPage | null = null;
  private mark: Mark | null = null;
  private request: AbortController | null = null;
  private shownPackets = -1;

  constructor(private readonly session: Session) {
    this.list.setAttribute('aria-label', t('Payload'));
    setMenuContext(this.list, 'payload');
    this.choices();
    const button = (name: string, label: string, run: () => void): HTMLButtonElement => iconButton(name, label, run);
    this.buttons = {
      first: button('chevron-left', t('Previous page'), () => this.turn(-1)),
      previous: button('arrow-up', t('Previous match (Shift+Enter)'), () => void this.find(true)),
      next: button('arrow-down', t('Next match (Enter)'), () => void this.find(false)),
      last: button('chevron-right', t('Next page'), () => this.turn(1)),
    };
    this.pager.append(this.buttons.first, this.place, this.buttons.last);
    const found = el('span', 'button-group');
    found.append(this.search, this.buttons.previous, this.buttons.next);
    const head = el('div', 'payload-head', { role: 'toolbar', 'aria-label': t('Payload') });
    head.append(
      this.side,
      this.form,
      found,
      this.summary,
      el('span', 'spacer'),
      this.pager,
      iconButton('go-to-file', t('Open in an editor'), () => this.run('open')),
      iconButton('save-as', t('Save to a file...'), () => this.run('save')),
    );
    this.element.append(head, this.list);
    this.list.addEventListener('click', (event) => this.choose(event.target));
    this.list.addEventListener('keydown', (event) => this.key(event));
    this.search.addEventListener('keydown', (event) => this.searchKey(event));
    session.events.on(['view', 'selection', 'state'], () => this.update());
  }

  /** The panel has come into sight. */
  opened(): void {
    this.update();
  }

  focus(): void {
    this.list.focus();
  }

  private get shownSide(): FollowView {
    return SIDES[this.session.viewState.panes['payload.side'] ?? 0] ?? 'both';
  }

  private get shownForm(): PayloadForm {
    return PAYLOAD_FORMS[this.session.viewState.panes['payload.form'] ?? 0] ?? 'utf8';
  }

  private choices(): void {
    const sides: Readonly<Record<FollowView, string>> = { both: t('Both sides'), client: t('Client'), server: t('Server'), };
    const forms: Readonly<Record<PayloadForm, string>> = { utf8: t('Text, UTF-8'), latin1: t('Text, Latin-1'), hex: t('Hex'), base64: t('Base64') };
    for (const side of SIDES) this.side.append(el('option', '', { value: side }, sides[side]));
    for (const form of PAYLOAD_FORMS) this.form.append(el('option', '', { value: form }, forms[form]));
    this.side.title = t('Whose bytes');
    this.form.title = t('How bytes are shown');
    this.side.setAttribute('aria-label', this.side.title);
    this.form.setAttribute('aria-label', this.form.title);
    this.search.placeholder = t('Find text, or 0x...');
    this.search.setAttribute('aria-label', t('Find in the payload: text, or bytes as 0x48 54'));
    this.side.addEventListener('change', () => {
      this.session.setSize('payload.side', this.side.selectedIndex);
      this.mark = null;
      // What is looked for in the other bytes is wanted no more.
      this.finding?.abort();
      void this.show(0);
    });
    this.form.addEventListener('change', () => {
      this.session.setSize('payload.form', this.form.selectedIndex);
      void this.show(this.page?.start ?? 0);
    });
  }

  /** The stream shown, or what became of it, has changed. */
  private update(): void {
    if (this.element.hidden || !this.element.isConnected) return;
    this.side.value = this.shownSide;
    this.form.value = this.shownForm;
    const { view, selection, viewState, state } = this.session;
    const stream = view.kind === 'stream' ? view.stream : (selection?.stream ?? viewState.selectedStream);
    if (stream !== this.stream || state.revision !== this.revision) {
      this.stream = stream;
      this.revision = state.revision;
      this.mark = null;
      this.finding?.abort();
      this.page = null;
      this.shownPackets = -1;
    }
    if (stream === null) {
      this.tell(t('Select a TCP stream to see what it carried.'));
      return;
    }
    // A stream that grows while indexing goes on is shown anew when it is over.
    if (this.shownPackets < 0 || (state.phase === 'done' && this.shownPackets !== state.packets)) {
      this.shownPackets = state.packets;
      void this.show(this.page?.start ?? 0);
    } else this.markSelected();
  }

  private tell(text: string): void {
    this.list.replaceChildren(el('div', 'pane-empty', {}, text));
    this.summary.textContent = this.place.textContent = '';
    this.pager.hidden = true;
  }

  /** Reads and draws the page that holds a position. */
  private async show(position: number): Promise<void> {
    const { stream, session } = this;
    if (stream === null) return;
    this.request?.abort();
    const controller = new AbortController();
    this.request = controller;
    const form = this.shownForm;
    const bytes = PAGE_BYTES[form];
    const start = Math.floor(position / bytes) * bytes;
    const [summary, page] = await Promise.all([
      session.rpc.request('followSummary', { stream }, controller.signal),
      session.rpc.request('followPage', { stream, side: this.shownSide, start, bytes }, controller.signal),
    ]);
    if (controller.signal.aborted) return;
    if (!page.ok || !summary.ok) {
      const error = page.ok ? (summary.ok ? null : summary.error) : page.error;
      if (error && error.code !== 'cancelled' && error.code !== 'stale') this.tell(error.message);
      return;
    }
    this.page = page.value;
    this.tellSummary(summary.value);
    this.draw(page.value, form);
  }

  private tellSummary({ client, server }: FollowSummary): void {
    const missing = client.missing + server.missing;
    const parts = [t('client {0}', formatBytes(client.bytes)), t('server {0}', formatBytes(server.bytes))];
    if (missing > 0) parts.push(t('{0} missing', formatBytes(missing)));
    this.summary.textContent = parts.join(' · ');
    const repeated = client.repeated + server.repeated;
    this.summary.title = [
      t('Client: {0} bytes in {1} segments', grouped(client.bytes), grouped(client.chunks)),
      t('Server: {0} bytes in {1} segments', grouped(server.bytes), grouped(server.chunks)),
      ...(missing > 0 ? [t('{0} bytes are in no packet, or were not captured', grouped(missing))] : []),
      ...(repeated > 0 ? [t('{0} bytes came more than once and are shown once', grouped(repeated))] : []),
    ].join('\n');
  }

  private draw(page: FollowPage, form: PayloadForm): void {
    if (page.total === 0) {
      this.tell(this.shownSide === 'both' ? t('No payload was sent on this stream.') : t('This side sent no payload.'));
      return;
    }
    this.list.replaceChildren(...payloadRows(page.chunks, form, this.mark));
    this.list.scrollTop = 0;
    this.pager.hidden = page.total <= page.end && page.start === 0;
    this.place.textContent = t('{0} - {1} of {2}', grouped(page.start), grouped(page.end - 1), grouped(page.total));
    this.place.title = t('Bytes shown');
    this.buttons.first.disabled = page.start === 0;
    this.buttons.last.disabled = page.end >= page.total;
    this.list.querySelector('mark')?.scrollIntoView({ block: 'center' });
    this.markSelected();
  }

  private turn(step: 1 | -1): void {
    const { page } = this;
    if (!page) return;
    this.mark = null;
    void this.show(step > 0 ? page.end : Math.max(0, page.start - 1));
  }

  private finding: AbortController | null = null;

  private async find(backwards: boolean): Promise<void> {
    const { stream, page, session } = this;
    const typed = this.search.value;
    if (stream === null || !page || typed === '') return;
    const form = /^0x/i.test(typed) ? 'hex' : 'text';
    const pattern = form === 'hex' ? typed.slice(2) : typed;
    const length = form === 'hex' ? hexBytes(pattern).length : utf8Bytes(pattern).length;
    const from = this.mark ? (backwards ? this.mark.from : this.mark.from + 1) : page.start;
    this.finding?.abort();
    const { signal } = (this.finding = new AbortController());
    const side = this.shownSide;
    const ask = (at: number): ReturnType<typeof session.rpc.request<'followFind'>> =>
      session.rpc.request('followFind', { stream, side, pattern, form, ignoreCase: pattern === pattern.toLowerCase(), from: at, backwards }, signal);
    let result = await ask(from);
    // Once round: from the other end.
    if (result.ok && result.value === null) result = await ask(backwards ? page.total : 0);
    if (!result.ok || signal.aborted) return;
    this.search.classList.toggle('not-found', result.value === null);
    this.search.setAttribute('aria-invalid', String(result.value === null));
    if (result.value === null) return;
    this.mark = { from: result.value, to: result.value + length };
    await this.show(result.value);
  }

  private searchKey(event: KeyboardEvent): void {
    if (event.key === 'Enter') void this.find(event.shiftKey);
    else if (event.key === 'Escape' && this.search.value !== '') {
      this.search.value = '';
      this.search.classList.remove('not-found');
      this.mark = null;
      if (this.page) this.draw(this.page, this.shownForm);
    } else return;
    event.preventDefault();
  }

  private choose(target: EventTarget | null): void {
    const chunk = target instanceof Element ? target.closest<HTMLElement>('.payload-chunk') : null;
    // Text that is being selected is no click.
    if (!chunk || document.getSelection()?.isCollapsed === false) return;
    this.session.jumps.goToPacket(Number(chunk.dataset.packet));
  }

  /** Arrows walk along the segments, Enter goes to the packet. */
  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const all = [...this.list.querySelectorAll<HTMLElement>('.payload-chunk')];
    const at = all.indexOf(document.activeElement as HTMLElement);
    if (event.key === 'Enter' && at >= 0) this.session.jumps.goToPacket(Number(all[at]!.dataset.packet));
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const next = all[Math.max(0, Math.min(all.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)))];
      next?.focus();
      next?.scrollIntoView({ block: 'nearest' });
    } else return;
    event.preventDefault();
  }

  private markSelected(): void {
    const packet = this.session.selection?.packet;
    for (const chunk of this.list.querySelectorAll<HTMLElement>('.payload-chunk')) chunk.classList.toggle('selected', chunk.dataset.packet === String(packet));
    if (!this.list.contains(document.activeElement)) this.list.querySelector('.payload-chunk.selected')?.scrollIntoView({ block: 'nearest' });
  }

  private run(action: 'save' | 'open'): void {
    if (this.stream !== null) this.session.host.payload(action, this.stream, this.shownSide);
  }
}
