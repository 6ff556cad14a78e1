import type { PacketRow } from '../../core/engineApi';
import { formatEndpoint } from '../../core/bytes/address';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import { VirtualGrid } from '../grid/virtualGrid';
import { statusWord } from '../format/streamStatus';
import type { Session } from '../state/session';
import { el, iconButton, markPainted } from '../shared/dom';
import { columnFilters, filterFields, packetColumns } from './columns';
import { widthsOf } from './streamsPane';

/** The packets of one stream or of the whole capture. */
export class PacketsPane {
  readonly element = el('section', 'pane packets-pane', { id: 'packets-pane' });
  readonly grid: VirtualGrid<PacketRow>;
  private readonly title = el('span', 'stream-title');
  private readonly place = el('span', 'place');
  private readonly tabs: readonly [HTMLButtonElement, HTMLButtonElement];
  private readonly none = el('p', 'grid-none', { role: 'status' });
  private readonly walk = el('span', 'button-group');
  private firstRow = true;
  /** What the columns were made for: they stay from stream to stream. */
  private columnsFor = '';

  constructor(private readonly session: Session) {
    this.element.setAttribute('aria-label', t('Packets'));
    const tab = (label: string, run: () => void): HTMLButtonElement => {
      const button = el('button', 'tab', { type: 'button', role: 'tab', 'aria-controls': 'packets-grid' }, label);
      button.addEventListener('click', run);
      return button;
    };
    this.tabs = [tab(t('Stream'), () => session.showStream()), tab(t('All packets'), () => session.setView({ kind: 'all' }))];
    const list = el('div', 'tabs', { role: 'tablist', 'aria-label': t('Which packets') });
    list.append(...this.tabs);
    list.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      const other = this.tabs[session.view.kind === 'all' ? 0 : 1];
      other.click();
      other.focus();
      event.preventDefault();
    });
    this.walk.append(
      iconButton('chevron-left', t('Previous stream (Alt+PageUp or [)'), () => session.nextStream(-1)),
      this.place,
      iconButton('chevron-right', t('Next stream (Alt+PageDown or ])'), () => session.nextStream(1)),
    );
    this.grid = new VirtualGrid<PacketRow>(session.packets.current, {
      label: t('Packets'),
      section: 'packet',
      rowClass: (row) => (row.stream === null ? ' other' : row.from === 'server' ? ' from-server' : ' from-client'),
      onSelect: (index, by) => session.selectRow(index, by === 'key' ? 'step' : 'jump'),
      onActivate: () => session.run('openExplain'),
      onResize: (column, width) => {
        session.setSize(`p.${column}`, width);
        this.grid.setWidths(widthsOf(session, 'p.'));
      },
      onScroll: (top) => session.update({ packetScroll: top }),
      onPainted: (real) => this.painted(real),
    });
    this.grid.element.id = 'packets-grid';
    const head = el('div', 'section-head');
    head.append(list, this.title, el('span', 'spacer'), this.walk);
    this.element.append(head, this.grid.element);
    this.none.hidden = true;
    this.grid.element.append(this.none);
    session.events.on(['view', 'rows'], () => this.showNone());
    session.events.on(['view'], () => this.showView());
    session.events.on(['format', 'state'], () => this.columns());
    session.events.on(['selection'], () => this.mark());
    session.events.on(['state', 'streamInfo', 'view'], () => this.showTitle());
    this.showView();
    this.showTitle();
  }

  private showView(): void {
    const all = this.session.view.kind === 'all';
    this.tabs.forEach((tab, i) => {
      const on = (i === 1) === all;
      tab.setAttribute('aria-selected', String(on));
      tab.tabIndex = on ? 0 : -1;
    });
    this.columns();
    this.grid.setSource(this.session.packets.current);
    this.mark();
  }

  /** A filter that nothing passes leaves an empty table: it says why. */
  private showNone(): void {
    const { filter, packets, view } = this.session;
    const { scan, current } = packets;
    const none = filter !== '' && scan !== null && scan.scanned >= scan.of && current.total === 0;
    this.none.hidden = !none;
    if (none) this.none.textContent = view.kind === 'all' ? t('No packet passes the filter.') : t('No packet of this stream passes the filter.');
  }

  private columns(): void {
    const { session } = this;
    const { timeFormat: time, sequenceFormat: sequence } = session.viewState;
    const oneStream = session.view.kind === 'stream';
    const { revision, baseSeconds, baseNanos, timeDigits, timeOfDayOnly } = session.state;
    const key = [time, sequence, oneStream, revision, baseSeconds, baseNanos, timeDigits, timeOfDayOnly, String(session.state.packets).length].join(' ');
    if (key === this.columnsFor) return;
    this.columnsFor = key;
    this.grid.setColumns(packetColumns(session.state, { time, sequence, oneStream }), widthsOf(session, 'p.'), null);
  }

  private mark(): void {
    this.grid.select(this.session.selectedRow, 'nearest');
  }

  private showTitle(): void {
    const { view, state, streamInfo } = this.session;
    this.walk.hidden = state.streams === 0;
    this.tabs[0].disabled = state.streams === 0;
    if (view.kind === 'all') {
      this.title.replaceChildren();
      this.place.textContent = grouped(state.streams);
      return;
    }
    this.place.textContent = `${grouped(view.stream)} / ${grouped(state.streams)}`;
    this.place.title = t('Stream {0}; {1} streams in the capture', view.stream, state.streams);
    const info = streamInfo.get(view.stream);
    this.title.replaceChildren();
    if (!info) return;
    this.title.append(
      el('span', 'tone-client', {}, formatEndpoint(info.client, info.clientPort)),
      ' → ',
      el('span', 'tone-server', {}, formatEndpoint(info.server, info.serverPort)),
      el('span', 'dim', {}, `  ${statusWord(info.status)}`),
    );
    this.title.title = info.statusText;
  }

  private painted(real: boolean): void {
    if (real && this.firstRow) {
      this.firstRow = false;
      performance.mark('tcp-trace:first-row');
    }
    if (this.session.lastAction !== 'open') markPainted(real ? this.session.lastAction : 'skeleton');
  }

  /** Fields whose values in the packet the cell in focus shows. */
  get filterFields(): readonly string[] {
    const { column } = this.grid;
    return column ? filterFields(column.id, this.session.selection ? this.selectedLabels() : 0) : [];
  }

  private selectedLabels(): number {
    const row = this.session.selectedRow;
    return row === null ? 0 : (this.session.packets.current.peek(row)?.labels ?? 0);
  }

  /** Field whose card belongs to the cell in focus. */
  get hoverTarget(): { readonly filters: readonly string[]; readonly anchor: Element } | null {
    const { anchor, column } = this.grid;
    const filters = column ? columnFilters(column.id) : [];
    return anchor && filters.length > 0 ? { filters, anchor } : null;
  }
}
