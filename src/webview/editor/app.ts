import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { EditorCommand, StreamTab } from '../../rpc/webviewMessages';
import { added } from '../../core/fields/columnChoice';
import { FilterBar } from '../filter/filterBar';
import { FindBar } from '../filter/findBar';
import { HoverCards } from '../cards/hoverCards';
import { TIME_FORMATS } from '../format/time';
import { OverviewPane } from '../overview/overviewPane';
import { DetailPane } from '../panes/detailPane';
import { Splitter } from '../panes/splitter';
import type { Edge } from '../state/jumps';
import type { Session } from '../state/session';
import { el, iconButton, isTyping } from '../shared/dom';
import { Banners, emptyState } from './banners';
import { badgeOf, cellOf, PacketsPane } from './packetsPane';
import { streamOf, StreamsPane } from './streamsPane';
import { TopBar } from './topBar';

/** Below this width the streams lie behind a button. */
const NARROW = 900;

/** The capture editor: top bar, banners, streams, packets, details; keys and commands. */
export class App {
  private readonly streams: StreamsPane;
  private readonly packets: PacketsPane;
  private readonly details: DetailPane;
  private readonly cards: HoverCards;
  private readonly filter: FilterBar;
  private readonly bar: HTMLElement;
  private readonly find: FindBar;
  private readonly overview: OverviewPane;
  /** Pane that had the focus last: while a command is chosen in the palette, none has it. */
  private lastPane: 'streams' | 'packets' | 'details' = 'packets';
  private readonly live = el('div', 'visually-hidden', { 'aria-live': 'polite' });
  private readonly work = el('main', 'work');
  private readonly empty = el('div', 'empty-host');

  constructor(
    root: HTMLElement,
    private readonly session: Session,
    expanded: Map<string, boolean>,
    expansionChanged: () => void,
  ) {
    this.cards = new HoverCards({
      peek: (node) => {
        const badge = badgeOf(node);
        if (badge) return session.details.peekCard(badge.packet, badge.fields);
        return streamOf(node) !== null || cellOf(node) ? undefined : this.withPacket((packet) => session.details.peekCard(packet, node));
      },
      load: (node, signal) => {
        const stream = streamOf(node);
        if (stream !== null) return session.streamCard(stream);
        const cell = cellOf(node);
        if (cell) return session.fieldCard(cell.packet, cell.field, signal);
        const badge = badgeOf(node);
        if (badge) return session.details.card(badge.packet, badge.fields, signal);
        return this.withPacket((packet) => session.details.card(packet, node, signal)) ?? Promise.resolve(null);
      },
      delay: () => session.config.hoverDelayMs,
      goToPacket: (packet) => session.jumps.goToPacket(packet),
      copy: (text) => session.host.copy(text),
      subject: () => session.selection?.packet ?? null,
      filter: (node, subject) => {
        const badge = badgeOf(node);
        if (badge) this.filter.combine(badge.fields.split(',').join(' && '), 'set');
        else void this.filterBy('set', { node, packet: subject });
      },
      announce: (text) => (this.live.textContent = text),
      focusLost: () => (this.lastPane === 'streams' ? this.streams.grid.focus() : this[this.lastPane].focus()),
    });
    this.streams = new StreamsPane(session, this.cards);
    this.packets = new PacketsPane(session, this.cards);
    this.details = new DetailPane(session, this.cards, expanded, expansionChanged);
    this.filter = new FilterBar(session);
    this.find = new FindBar(session);
    this.find.closed = () => this.packets.grid.focus();
    this.packets.panel.prepend(this.find.element);
    this.bar = new TopBar(session).element;
    const toggle = iconButton('list-flat', t('Show or hide the streams'), () => this.showStreams(!root.classList.contains('streams-open')));
    toggle.classList.add('streams-toggle');
    this.bar.prepend(toggle);
    const tables = el('div', 'tables');
    const sizes = session.viewState.panes;
    const upright = new Splitter({ label: t('Width of the streams'), orientation: 'vertical', initial: sizes.streams ?? 42, min: 15, max: 75, property: '--streams', container: tables, changed: (size) => session.setSize('streams', size) });
    tables.append(this.streams.element, upright.element, this.packets.element);
    const across = new Splitter({ label: t('Height of the tables'), orientation: 'horizontal', initial: sizes.tables ?? 55, min: 20, max: 85, property: '--tables', container: this.work, changed: (size) => session.setSize('tables', size) });
    this.work.append(tables, across.element, this.details.element);
    this.overview = new OverviewPane(session, root);
    root.replaceChildren(this.filter.element, this.bar, new Banners(session).element, this.overview.element, this.work, this.empty, this.cards.element, this.live);
    const fit = (): void => {
      root.classList.toggle('narrow', root.clientWidth < NARROW);
    };
    new ResizeObserver(fit).observe(root);
    session.events.on(['state'], () => this.showEmpty());
    session.events.on(['edge'], () => this.tellEdge());
    session.events.on(['selection', 'view'], () => session.host.tellSelection());
    session.events.on(['view'], () => this.showStreams(false));
    for (const pane of ['streams', 'packets', 'details'] as const) this[pane].element.addEventListener('focusin', () => (this.lastPane = pane));
    document.addEventListener('keydown', (event) => this.key(event));
    keepFocus();
    this.showEmpty();
  }

  private showStreams(open: boolean): void {
    document.getElementById('app')?.classList.toggle('streams-open', open);
  }

  private withPacket<T>(use: (packet: number) => T): T | undefined {
    const packet = this.session.detail.shown?.detail.packet;
    return packet === undefined ? undefined : use(packet);
  }

  private showEmpty(): void {
    const page = emptyState(this.session);
    // With nothing to show there is nothing to move through either.
    this.work.hidden = this.filter.element.hidden = this.bar.hidden = page !== null;
    this.empty.hidden = page === null;
    if (page && this.empty.textContent !== page.textContent) this.empty.replaceChildren(page);
  }

  private tellEdge(): void {
    const words: Readonly<Record<Edge, string>> = {
      firstStream: t('This is the first stream.'),
      lastStream: t('This is the last stream.'),
      streamStart: t('This is the first packet of the stream.'),
      streamEnd: t('This is the last packet of the stream.'),
      noStream: t('No TCP stream here.'),
      noPacket: t('There is no such packet.'),
    };
    this.toast(words[this.session.jumps.edge]);
  }

  private toast(text: string): void {
    this.live.textContent = '';
    const toast = el('div', 'toast', {}, text);
    this.live.textContent = text;
    document.querySelector('.toast')?.remove();
    document.body.append(toast);
    setTimeout(() => toast.remove(), 1800);
  }

  /** Keys without modifier that the host cannot bind: they would be typed in inputs. */
  private key(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'F3') {
      this.find.seek(event.shiftKey ? -1 : 1);
      event.preventDefault();
      return;
    }
    if (isTyping(event)) return;
    if (event.key === ']') this.session.jumps.nextStream(1);
    else if (event.key === '[') this.session.jumps.nextStream(-1);
    else return;
    event.preventDefault();
    this.paint();
  }

  /** What a key changed is painted in the frame after it. */
  private paint(): void {
    this.packets.grid.flush();
    this.streams.grid.flush();
  }

  /** Shows another tab of the stream. */
  openTab(tab: StreamTab): void {
    this.packets.tabs.open(tab);
  }

  /** A command of VS Code: palette, keybinding, title button. */
  command(command: EditorCommand): void {
    const { session } = this;
    switch (command) {
      case 'nextStream':
        return session.jumps.nextStream(1);
      case 'previousStream':
        return session.jumps.nextStream(-1);
      case 'nextInStream':
      case 'previousInStream':
      case 'nextOtherDirection':
      case 'firstOfStream':
      case 'lastOfStream':
        return session.jumps.inStream(command);
      case 'back':
      case 'forward':
        return session.jumps.travel(command);
      case 'showAllPackets':
        this.packets.tabs.open('packets');
        return session.setView({ kind: 'all' });
      case 'showStreamPackets':
        this.packets.tabs.open('packets');
        return session.showStream();
      case 'showTimeline':
        return this.packets.tabs.open('timeline');
      case 'toggleSequenceFormat':
        return session.setFormat({ sequenceFormat: session.viewState.sequenceFormat === 'relative' ? 'raw' : 'relative' });
      case 'cycleTimeFormat': {
        const at = TIME_FORMATS.indexOf(session.viewState.timeFormat);
        return session.setFormat({ timeFormat: TIME_FORMATS[(at + 1) % TIME_FORMATS.length]! });
      }
      case 'showHover':
        return this.showHover();
      case 'focusFilter':
        return this.filter.focus();
      case 'clearFilter':
        return this.filter.apply('');
      case 'filterValue':
        return void this.filterBy('set');
      case 'filterValueAnd':
        return void this.filterBy('and');
      case 'filterValueOr':
        return void this.filterBy('or');
      case 'filterValueNot':
        return void this.filterBy('not');
      case 'find':
        this.packets.tabs.open('packets');
        return this.find.open();
      case 'findNext':
        return this.find.seek(1);
      case 'findPrevious':
        return this.find.seek(-1);
      case 'applyAsColumn':
        return this.applyAsColumn();
      case 'copyCell':
        return session.host.copy(this.gridInFocus.cellText);
      case 'copyRow':
        return void this.copyRows();
      case 'copyField':
        return this.details.copyField();
      case 'copyHex':
        return this.details.copyHex();
      case 'focusOverview':
        return this.overview.focus();
      case 'groupStreams':
        return session.groupStreams(!session.grouped);
      case 'focusStreams':
        this.showStreams(true);
        return this.streams.grid.focus();
      case 'focusPackets':
        return this.packets.focus();
      case 'focusDetails':
        return this.details.focus();
    }
  }

  /** Filters by the value in focus: of the field tree, header or bytes, of a cell of the packets table, or by a stream of the streams table. */
  private async filterBy(how: 'set' | 'and' | 'or' | 'not', of?: { readonly node: string; readonly packet: number | null }): Promise<void> {
    const { session } = this;
    const ofStream = of ? streamOf(of.node) : null;
    if (ofStream !== null) {
      this.filter.combine(`tcp.stream == ${ofStream}`, how);
      return;
    }
    const cell = of ? cellOf(of.node) : null;
    const node = cell ? null : (of?.node ?? (this.lastPane === 'details' ? session.host.node : null));
    if (node === null && this.lastPane === 'streams') {
      const { stream } = session.view.kind === 'stream' ? session.view : { stream: session.selection?.stream ?? null };
      if (stream !== null) this.filter.combine(`tcp.stream == ${stream}`, how);
      return;
    }
    const packet = cell?.packet ?? of?.packet ?? session.selection?.packet;
    if (packet === undefined) return;
    const fields = cell ? [cell.field] : this.packets.filterFields;
    if (node === null && fields.length === 0) { this.toast(t('This column cannot be filtered by.')); return; }
    const result = await session.rpc.request('filterOf', node !== null ? { packet, node, fields: [] } : { packet, node: null, fields });
    if (!result.ok) session.report(result.error);
    else if (result.value === null) this.toast(t('There is no value here to filter by.'));
    else this.filter.combine(result.value, how);
  }

  /** The row in focus, or all that are selected. */
  private async copyRows(): Promise<void> {
    const { session } = this;
    const { packets, gridInFocus } = this;
    if (gridInFocus !== packets.grid || packets.grid.selectedRows.count < 2) {
      session.host.copy(gridInFocus.rowText);
      return;
    }
    const many = await packets.selectedText(session.host.startCopy());
    if (!many.ok) {
      session.report(many.error);
      return;
    }
    const { text, rows, more } = many.value;
    session.host.copy(text);
    this.toast(more ? t('The first {0} rows were copied.', grouped(rows)) : t('{0} rows were copied.', grouped(rows)));
  }

  /** Makes a column of the field in focus. */
  private applyAsColumn(): void {
    const { session } = this;
    const field = session.host.node === null ? undefined : session.detail.shown?.index.get(session.host.node)?.filter;
    if (!field) { this.toast(t('This field has no name to make a column of.')); return; }
    this.packets.tabs.open('packets');
    const columns = session.columns('packets');
    if (columns.includes(field)) this.toast(t('There is a column of it already.'));
    else session.setColumns('packets', added(columns, [field]), true);
  }

  private get gridInFocus(): StreamsPane['grid'] | PacketsPane['grid'] {
    return this.streams.grid.hasFocus ? this.streams.grid : this.packets.grid;
  }

  private showHover(): void {
    const stream = this.streams.grid.hasFocus ? this.streams.hoverTarget : null;
    if (stream) void this.cards.show(stream.node, stream.anchor);
    else if (this.details.hasFocus) this.details.showHover();
    else if (this.packets.timeline.hasFocus) this.packets.timeline.showHover();
    else {
      const badges = this.packets.badgeTarget;
      if (badges) {
        void this.cards.show(badges.node, badges.anchor);
        return;
      }
      const target = this.packets.hoverTarget;
      this.details.showHover(target ?? undefined);
    }
  }
}

/** VS Code gives the focus to the page, not to what had it in there: it goes back where it was. */
function keepFocus(): void {
  let last: HTMLElement | null = null;
  document.addEventListener('focusin', (event) => {
    if (event.target instanceof HTMLElement && event.target !== document.body) last = event.target;
  });
  window.addEventListener('focus', () =>
    setTimeout(() => {
      if (document.activeElement === document.body && last?.isConnected) last.focus({ preventScroll: true });
    }),
  );
}
