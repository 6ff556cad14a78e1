import { grouped } from '../../core/explain/words';
import type { PacketView } from '../../core/engineApi';
import type { SeekResult } from '../../core/filter/filterApi';
import { quote } from '../../core/filter/ast';
import { t } from '../../core/l10n';
import { percent } from '../format/text';
import type { Session } from '../state/session';
import { el, iconButton } from '../shared/dom';

const DELAY_MS = 250;
const POLL_MS = 120;

type Kind = 'text' | 'hex' | 'filter';

/** Searches the packets that are shown for text, bytes, or by a display filter; goes from match to match and round the end. */
export class FindBar {
  readonly element = el('div', 'find-bar', { role: 'search' });
  private readonly input = el('input', 'search find-input', { type: 'text', spellcheck: 'false', autocomplete: 'off' });
  private readonly kind = el('select', 'select');
  private readonly where = el('select', 'select');
  private readonly exact = el('button', 'icon-button find-case', { type: 'button', 'aria-pressed': 'false' });
  private readonly status = el('span', 'find-status', { role: 'status', 'aria-live': 'polite' });
  private readonly stop: HTMLButtonElement;
  private timer = 0;
  private request: AbortController | null = null;
  /** The view whose packets are being looked at. */
  private searched: PacketView | null = null;

  constructor(private readonly session: Session) {
    this.element.setAttribute('aria-label', t('Find'));
    this.element.hidden = true;
    this.input.placeholder = t('Find in packets');
    this.input.setAttribute('aria-label', t('Find in packets'));
    const options = (select: HTMLSelectElement, label: string, list: readonly (readonly [string, string])[]): void => {
      select.title = label;
      select.setAttribute('aria-label', label);
      for (const [value, text] of list) select.append(el('option', '', { value }, text));
    };
    options(this.kind, t('What is searched for'), [['text', t('Text')], ['hex', t('Bytes (hex)')], ['filter', t('Display filter')]]);
    options(this.where, t('Where it is searched'), [['payload', t('in the payload')], ['headers', t('in the headers')], ['frame', t('in the whole packet')]]);
    this.exact.title = t('Match case');
    this.exact.setAttribute('aria-label', t('Match case'));
    this.exact.append(el('span', 'codicon codicon-case-sensitive', { 'aria-hidden': 'true' }));
    this.exact.addEventListener('click', () => {
      this.exact.setAttribute('aria-pressed', String(this.exact.getAttribute('aria-pressed') !== 'true'));
      this.changed();
    });
    this.stop = iconButton('debug-stop', t('Stop searching'), () => this.cancel());
    this.stop.hidden = true;
    this.element.append(
      this.input,
      this.exact,
      this.kind,
      this.where,
      this.status,
      this.stop,
      iconButton('arrow-up', t('Previous match (Shift+Enter, Shift+F3)'), () => this.seek(-1)),
      iconButton('arrow-down', t('Next match (Enter, F3)'), () => this.seek(1)),
      iconButton('close', t('Close (Escape)'), () => this.close()),
    );
    for (const select of [this.kind, this.where]) select.addEventListener('change', () => this.changed());
    this.input.addEventListener('input', () => this.changed());
    this.element.addEventListener('keydown', (event) => {
      if (event.isComposing) return;
      if (event.key === 'Escape') this.close();
      else if (event.key === 'Enter' && event.target === this.input) this.seek(event.shiftKey ? -1 : 1);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    session.events.on(['view'], () => {
      if (!this.element.hidden) this.changed(false);
    });
  }

  open(): void {
    this.element.hidden = false;
    this.input.focus();
    this.input.select();
  }

  close(): void {
    this.cancel();
    this.element.hidden = true;
    this.closed();
  }

  /** The focus goes back to the table. */
  closed: () => void = () => undefined;

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  private changed(seek = true): void {
    this.cancel();
    const kind = this.kind.value as Kind;
    this.exact.hidden = kind !== 'text';
    this.where.hidden = kind === 'filter';
    this.status.textContent = '';
    this.input.setAttribute('aria-invalid', 'false');
    clearTimeout(this.timer);
    // Typing looks from the present packet on, that one included.
    if (seek && this.input.value) this.timer = setTimeout(() => void this.run(1, true), DELAY_MS);
  }

  private cancel(): void {
    clearTimeout(this.timer);
    this.request?.abort();
    this.request = null;
    if (this.searched) void this.session.rpc.request('stopSeek', { view: this.searched });
    this.searched = null;
    this.stop.hidden = true;
  }

  /** To the next or previous match; opens the bar when there is nothing to look for. */
  seek(step: 1 | -1): void {
    if (!this.input.value) this.open();
    else void this.run(step, false);
  }

  /** What is searched for, as a display filter; an error in words when it is nothing that can be found. */
  private expression(): string | { readonly error: string } {
    const text = this.input.value;
    const kind = this.kind.value as Kind;
    if (kind === 'filter') return text;
    const field = { payload: 'tcp.payload', headers: 'frame.headers', frame: 'frame' }[this.where.value] ?? 'frame';
    if (kind === 'hex') {
      const digits = text.replace(/0x|[\s:,-]/gi, '');
      if (!/^([0-9a-f]{2})+$/i.test(digits)) return { error: t('Bytes are pairs of hexadecimal digits: 47 45 54') };
      const bytes = digits.match(/../g)!.join(':');
      return `${field} contains ${bytes}`;
    }
    if (this.exact.getAttribute('aria-pressed') === 'true') return `${field} contains ${quote(text)}`;
    return `${field} matches ${quote(text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'))}`;
  }

  private async run(step: 1 | -1, here: boolean): Promise<void> {
    this.cancel();
    const { session } = this;
    const expression = this.expression();
    if (typeof expression !== 'string') { this.tell(expression.error, true); return; }
    const { view } = session;
    const filter = session.filter ? `(${session.filter}) && (${expression})` : expression;
    const within: PacketView = view.kind === 'all' ? { kind: 'all', filter } : { kind: 'stream', stream: view.stream, filter };
    const controller = new AbortController();
    this.request = controller;
    // Another search may have begun, or this one been stopped, whenever there was something to wait for.
    const stopped = (): boolean => controller.signal.aborted;
    const check = await session.rpc.request('filterCheck', { filter: expression }, controller.signal);
    if (stopped()) return;
    if (check.ok && check.value.fault) { this.tell(check.value.fault.message, true); return; }
    const selected = session.selection?.packet ?? null;
    const from = here && selected !== null ? selected - 1 : selected;
    for (;;) {
      this.searched = within;
      const result = await session.rpc.request('seek', { view: within, from: from !== null && from < 0 ? null : from, step }, controller.signal);
      if (stopped()) return;
      if (!result.ok) { this.tell(result.error.message, true); return; }
      const found = result.value;
      const { scanned, of } = found.scan;
      const over = scanned >= of;
      this.went(over);
      this.show(found, over);
      if (found.packet !== null && found.packet !== session.selection?.packet) session.jumps.goToPacket(found.packet);
      if (found.packet !== null || over) {
        if (!over) this.watch(within, found, controller);
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      if (stopped()) return;
    }
  }

  /** The match is there; how many there are in all is counted on. */
  private watch(view: PacketView, found: SeekResult, controller: AbortController): void {
    const from = found.packet === null ? null : found.packet - 1;
    this.timer = setTimeout(() => {
      void this.session.rpc.request('seek', { view, from: from !== null && from < 0 ? null : from, step: 1 }, controller.signal).then((result) => {
        if (controller.signal.aborted || !result.ok) return;
        const over = result.value.scan.scanned >= result.value.scan.of;
        this.went(over);
        this.show(result.value, over);
        if (!over) this.watch(view, result.value, controller);
      });
    }, POLL_MS);
  }

  /** The search goes on, or every packet was looked at. */
  private went(over: boolean): void {
    this.stop.hidden = over;
    if (over) this.searched = null;
  }

  private show({ packet, rank, matches, wrapped, scan }: SeekResult, over: boolean): void {
    if (packet === null || rank === null) {
      this.tell(over ? t('No match') : t('{0} % searched', percent(scan.scanned / Math.max(1, scan.of))), over);
      return;
    }
    const place = over ? t('{0} of {1}', grouped(rank + 1), grouped(matches)) : t('{0} of {1}, {2} % searched', grouped(rank + 1), grouped(matches), percent(scan.scanned / Math.max(1, scan.of)));
    this.tell(wrapped ? t('{0} (from the other end)', place) : place, false);
  }

  private tell(text: string, bad: boolean): void {
    this.status.textContent = text;
    this.status.title = text;
    this.status.classList.toggle('tone-error', bad);
    this.input.setAttribute('aria-invalid', String(bad));
  }
}
