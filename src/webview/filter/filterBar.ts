import { grouped } from '../../core/explain/words';
import type { FilterCompletions } from '../../core/filter/filterApi';
import type { FilterFault } from '../../core/filter/fault';
import { t } from '../../core/l10n';
import { unstudiedText } from '../../core/study/prepareStudy';
import { percent } from '../format/text';
import { waitText } from '../format/wait';
import type { Session } from '../state/session';
import { el, icon, iconButton } from '../shared/dom';
import { ChoiceList, type Choice } from './choiceList';
import { inkNodes } from './filterInk';

const CHECK_DELAY_MS = 120;
const KIND_ICONS = { field: 'symbol-field', value: 'symbol-constant', operator: 'symbol-operator', function: 'symbol-method' } as const;

/** The display filter: typed with colours and completion, checked as it is typed, applied by Enter. */
export class FilterBar {
  readonly element = el('div', 'filter-bar', { role: 'search' });
  private readonly input = el('input', 'filter-input', { type: 'text', spellcheck: 'false', autocomplete: 'off', role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': 'filter-choices', 'aria-describedby': 'filter-message' });
  private readonly ink = el('div', 'filter-ink', { 'aria-hidden': 'true' });
  private readonly field = el('div', 'filter-field');
  private readonly count = el('span', 'filter-count', { 'aria-live': 'polite' });
  private readonly message = el('div', 'filter-message', { id: 'filter-message', role: 'alert' });
  private readonly note = el('div', 'filter-note', { role: 'status' });
  private readonly clear: HTMLButtonElement;
  private readonly save: HTMLButtonElement;
  private readonly list: ChoiceList;
  private fault: FilterFault | null = null;
  private completing: FilterCompletions | null = null;
  private timer = 0;
  private request: AbortController | null = null;
  /** Place in the history while it is walked through; -1: what is being typed. */
  private past = -1;
  /** What is in force, or is about to be. */
  private wanted = '';
  private typed = '';

  constructor(private readonly session: Session) {
    this.element.setAttribute('aria-label', t('Display filter'));
    this.input.placeholder = t('Filter packets, such as tcp.analysis.flags && ip.addr == 10.0.0.0/8 (Ctrl+/)');
    this.input.setAttribute('aria-label', t('Display filter'));
    this.list = new ChoiceList(t('Completions'), (choice) => this.accept(choice));
    this.clear = iconButton('close', t('Clear the filter (Escape)'), () => this.apply(''));
    const recent = iconButton('history', t('Recent and saved filters'), () => this.showRecent());
    this.save = iconButton('save', t('Save this filter in the settings'), () => session.host.saveFilter(this.input.value.trim()));
    recent.addEventListener('pointerdown', (event) => event.preventDefault());
    this.field.append(icon('filter', 'filter-icon'), this.ink, this.input, this.clear);
    const row = el('div', 'filter-row');
    row.append(this.field, recent, this.save, this.count);
    this.element.append(row, this.message, this.note, this.list.element);
    this.message.hidden = this.note.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.input.setAttribute('aria-invalid', 'false');
    this.input.addEventListener('input', () => this.changed());
    this.input.addEventListener('scroll', () => (this.ink.scrollLeft = this.input.scrollLeft));
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('keyup', () => (this.ink.scrollLeft = this.input.scrollLeft));
    this.input.addEventListener('blur', () => this.closeList());
    session.events.on(['view'], () => this.follow());
    session.events.on(['view', 'rows', 'state'], () => this.showCount());
    this.follow();
    this.draw();
    this.showCount();
  }

  focus(): void {
    this.input.focus();
    this.input.select();
  }

  /** Puts a filter in force, as if it had been typed. */
  apply(filter: string): void {
    this.input.value = filter;
    this.past = -1;
    this.closeList();
    this.draw();
    void this.commit();
  }

  /** Joins an expression to the filter in force; "set" takes its place. */
  combine(expression: string, how: 'set' | 'and' | 'or' | 'not'): void {
    const present = this.session.filter;
    const whole = /\|\||\bor\b|\bxor\b|\^\^/.test(present) ? `(${present})` : present;
    const part = expression.includes('&&') && how !== 'set' && how !== 'and' ? `(${expression})` : expression;
    if (how === 'not') this.apply(present ? `${whole} && !(${expression})` : `!(${expression})`);
    else if (how === 'set' || !present) this.apply(expression);
    else this.apply(how === 'and' ? `${whole} && ${part}` : `${present} || ${part}`);
  }

  /** The filter was changed elsewhere: back, forward, a restored view. */
  private follow(): void {
    const { filter } = this.session;
    if (this.wanted === filter) return;
    this.wanted = filter;
    this.input.value = filter;
    this.setFault(null);
    this.draw();
  }

  private draw(): void {
    const text = this.input.value;
    this.ink.replaceChildren(...inkNodes(text, this.fault));
    this.ink.scrollLeft = this.input.scrollLeft;
    this.clear.hidden = text === '' && this.session.filter === '';
    this.save.disabled = text.trim() === '' || this.fault !== null;
    this.field.classList.toggle('pending', text.trim() !== this.session.filter);
  }

  private changed(): void {
    this.past = -1;
    this.setFault(null);
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.check(), CHECK_DELAY_MS);
    void this.complete(false);
  }

  private async check(): Promise<FilterFault | null> {
    const text = this.input.value;
    const result = await this.session.rpc.request('filterCheck', { filter: text });
    if (this.input.value !== text) return null;
    if (!result.ok) return null;
    const { fault } = result.value;
    // What is not finished yet is not wrong yet.
    const typing = fault !== null && document.activeElement === this.input && fault.to >= text.trimEnd().length;
    this.setFault(typing ? null : fault);
    this.draw();
    return fault;
  }

  private async commit(): Promise<void> {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    this.wanted = text;
    const result = await this.session.rpc.request('filterCheck', { filter: this.input.value });
    if (this.wanted !== text) return;
    if (!result.ok) {
      this.wanted = this.session.filter; this.session.report(result.error); return; }
    const { fault } = result.value;
    if (this.input.value.trim() === text) this.setFault(fault);
    if (fault) this.wanted = this.session.filter;
    else {
      this.session.setFilter(text);
      if (text) this.session.host.noteFilter(text);
    }
    this.draw();
  }

  private setFault(fault: FilterFault | null): void {
    this.fault = fault;
    this.input.setAttribute('aria-invalid', String(fault !== null));
    this.field.classList.toggle('invalid', fault !== null);
    this.message.hidden = fault === null;
    if (!fault) return;
    const fixes = fault.suggestions.map((text) => {
      const button = el('button', 'link', { type: 'button' }, text);
      button.addEventListener('click', () => this.fix(fault, text));
      return button;
    });
    this.message.replaceChildren(icon('error'), el('span', '', {}, fault.message), ...(fixes.length > 0 ? [el('span', 'dim', {}, t('Did you mean')), ...fixes] : []));
  }

  private fix(fault: FilterFault, text: string): void {
    const { value } = this.input;
    this.input.value = value.slice(0, fault.from) + text + value.slice(fault.to);
    this.input.focus();
    const end = fault.from + text.length;
    this.input.setSelectionRange(end, end);
    this.changed();
  }

  // --- completion, history ---

  private async complete(asked: boolean): Promise<void> {
    const { value } = this.input;
    const at = this.input.selectionStart ?? value.length;
    const word = /[\w.:-]*$/.exec(value.slice(0, at))![0];
    if (!asked && word === '' && !/[=<>~]\s*"?$|\bin \{\s*"?$/.test(value.slice(0, at))) { this.closeList(); return; }
    this.request?.abort();
    const controller = new AbortController();
    this.request = controller;
    const result = await this.session.rpc.request('filterComplete', { filter: value, at }, controller.signal);
    if (controller.signal.aborted || this.input.value !== value || document.activeElement !== this.input) return;
    if (!result.ok || result.value.items.length === 0) { this.closeList(); return; }
    const { items, from, to } = result.value;
    // The word is complete and nothing else is on offer.
    if (!asked && items.length === 1 && items[0]!.text === value.slice(from, to)) { this.closeList(); return; }
    this.completing = result.value;
    this.show(items.map(({ text, kind, doc }) => ({ text, icon: KIND_ICONS[kind], doc })), this.xOf(from));
  }

  private show(choices: readonly Choice[], left: number): void {
    this.list.show(choices, left);
    this.input.setAttribute('aria-expanded', String(this.list.open));
    this.input.setAttribute('aria-activedescendant', this.list.activeId);
  }

  private closeList(): void {
    this.request?.abort();
    this.completing = null;
    this.list.close();
    this.input.setAttribute('aria-expanded', 'false');
    this.input.setAttribute('aria-activedescendant', '');
  }

  /** Where a character stands, from the left of the bar. */
  private xOf(index: number): number {
    const range = document.createRange();
    let rest = index;
    const walker = document.createTreeWalker(this.ink, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const length = node.textContent?.length ?? 0;
      if (rest <= length) {
        range.setStart(node, rest);
        range.setEnd(node, rest);
        return range.getBoundingClientRect().left - this.element.getBoundingClientRect().left;
      }
      rest -= length;
    }
    return this.input.getBoundingClientRect().left - this.element.getBoundingClientRect().left;
  }

  private accept(choice: Choice): void {
    const { completing } = this;
    if (!completing) {
      this.apply(choice.text);
      return;
    }
    const { value } = this.input;
    const tail = value.slice(completing.to);
    const space = choice.text.endsWith('(') || tail.startsWith(' ') ? '' : ' ';
    this.input.value = value.slice(0, completing.from) + choice.text + space + tail;
    const end = completing.from + choice.text.length + (choice.text.endsWith('(') ? 0 : 1);
    this.input.setSelectionRange(end, end);
    this.closeList();
    this.changed();
  }

  private showRecent(): void {
    this.input.focus();
    if (this.list.open && !this.completing) return this.closeList();
    const { filters, filterHistory } = this.session.config;
    const saved = filters.map(({ name, filter }): Choice => ({ text: filter, icon: 'bookmark', doc: name }));
    const recent = filterHistory.filter((filter) => !filters.some((s) => s.filter === filter)).map((filter): Choice => ({ text: filter, icon: 'history', doc: '' }));
    this.completing = null;
    const choices = [...saved, ...recent];
    this.show(choices.length > 0 ? choices : EXAMPLES().map(([text, doc]) => ({ text, icon: 'lightbulb', doc })), this.xOf(0));
  }

  private walkHistory(step: 1 | -1): void {
    const history = this.session.config.filterHistory;
    if (this.past < 0) this.typed = this.input.value;
    const next = Math.max(-1, Math.min(history.length - 1, this.past + step));
    if (next === this.past) return;
    this.past = next;
    this.input.value = next < 0 ? this.typed : history[next]!;
    this.setFault(null);
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const { list } = this;
    if (event.key === ' ' && event.ctrlKey) void this.complete(true);
    else if (event.ctrlKey || event.metaKey || (event.altKey && event.key !== 'ArrowDown')) return;
    else if (event.key === 'ArrowDown' && event.altKey) this.showRecent();
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (list.open) this.moveIn(step);
      else this.walkHistory(step > 0 ? -1 : 1);
    } else if (list.open && (event.key === 'PageDown' || event.key === 'PageUp')) this.moveIn(event.key === 'PageDown' ? 8 : -8);
    else if (event.key === 'Tab' && list.active && this.completing && !event.shiftKey) this.accept(list.active);
    else if (event.key === 'Enter') this.enter();
    else if (event.key === 'Escape') this.escape();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private moveIn(by: number): void {
    this.list.move(by);
    this.input.setAttribute('aria-activedescendant', this.list.activeId);
  }

  private enter(): void {
    const { active } = this.list;
    const { completing } = this;
    if (active && (!completing || this.input.value.slice(completing.from, completing.to) !== active.text)) this.accept(active);
    else this.apply(this.input.value);
  }

  private escape(): void {
    if (this.list.open) this.closeList();
    else if (this.input.value.trim() !== this.wanted) {
      this.input.value = this.wanted;
      this.setFault(null);
      this.draw();
    } else this.apply('');
  }

  /** The study leaves out streams where there are too many: the filter cannot find them. */
  private showNote(unstudied: number): void {
    const text = unstudied > 0 ? unstudiedText(unstudied) : '';
    if (this.note.textContent === text) return;
    this.note.hidden = text === '';
    this.note.replaceChildren(...(text === '' ? [] : [icon('info'), el('span', '', {}, text)]));
  }

  private showCount(): void {
    const { session } = this;
    const { filter, view, packets } = session;
    this.element.classList.toggle('active', filter !== '');
    this.showNote(filter === '' ? 0 : (packets.scan?.unstudied ?? 0));
    if (!filter) {
      this.count.textContent = '';
      this.count.title = '';
      return;
    }
    const { scan, current } = packets;
    const of = view.kind === 'all' ? session.state.packets : (scan?.of ?? 0);
    const running = scan !== null && scan.scanned < scan.of;
    const waits = scan?.waits;
    if (waits) {
      this.count.textContent = waitText(waits);
      this.count.title = t('This filter asks for what the study of the capture finds. Clear it to stop waiting.');
      return;
    }
    this.count.textContent = running ? t('{0} found, {1} % searched', grouped(current.total), percent(scan.scanned / Math.max(1, scan.of))) : t('{0} of {1} packets', grouped(current.total), grouped(of));
    this.count.title = view.kind === 'all' ? t('Packets of the capture that pass the filter') : t('Packets of the stream that pass the filter');
  }
}

/** Offered until there is a history. */
const EXAMPLES = (): readonly (readonly [string, string])[] => [
  ['tcp.analysis.flags', t('Everything that the TCP analysis has a label for')],
  ['tcp.flags.syn == 1 && tcp.flags.ack == 0', t('Attempts to connect')],
  ['tcp.flags.reset == 1', t('Connections that were reset')],
  ['tcp.analysis.retransmission', t('Segments sent again')],
  ['tcp.window_size == 0 && tcp.flags.reset == 0', t('Closed windows')],
  ['tcp.time_delta > 1', t('Pauses of more than a second')],
  ['finding.severity >= "warning"', t('Packets that warnings and errors rest on')],
  ['tcp.payload contains "error"', t('Payload that holds a word')],
];
