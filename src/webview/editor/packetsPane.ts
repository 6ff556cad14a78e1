import type { PacketRow, Result } from '../../core/engineApi';
import { formatEndpoint } from '../../core/bytes/address';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { HoverCards } from '../cards/hoverCards';
import { columnKey } from '../grid/column';
import { VirtualGrid } from '../grid/virtualGrid';
import { statusWord } from '../format/streamStatus';
import { PayloadPane } from '../payload/payloadPane';
import type { Session } from '../state/session';
import { el, gridBox, iconButton, markPainted } from '../shared/dom';
import { moved, OWN_COLUMNS } from '../../core/fields/columnChoice';
import { chosenColumns, fieldColumn } from './columnSet';
import { columnFilters, filterFields, packetColumns } from './columns';
import { GraphsPane } from '../graphs/graphsPane';
import { TimelinePane } from '../timeline/timelinePane';
import { StreamTabs } from './streamTabs';
import { widthsOf } from './streamsPane';

/** Rows that are copied at most, and read at once. */
const MOST_COPIED = 20_000;
const COPY_PAGE = 1000;
/** Ranges of rows that the host takes. */
const MOST_RANGES = 10_000;

/** Names the card of badges of a packet: "badge:17:segment.lost". */
function badgeNode(packet: number, fields: string): string {
  return `badge:${packet}:${fields}`;
}

/** Names the card of a field of a packet: "cell:17:tcp.len". */
function fieldNode(packet: number, field: string): string {
  return `cell:${packet}:${field}`;
}

/** The packet and the field of a cell's card, or null for another node. */
export function cellOf(node: string): { readonly packet: number; readonly field: string } | null {
  const match = /^cell:(\d+):(.*)$/.exec(node);
  return match ? { packet: Number(match[1]), field: match[2]! } : null;
}

/** The packet and the fields of a badge's card, or null for another node. */
export function badgeOf(node: string): { readonly packet: number; readonly fields: string } | null {
  const match = /^badge:(\d+):(.*)$/.exec(node);
  return match ? { packet: Number(match[1]), fields: match[2]! } : null;
}

/** The packets of one stream or of the whole capture. */
export class PacketsPane {
  readonly element = el('section', 'pane packets-pane', { id: 'packets-pane' });
  readonly grid: VirtualGrid<PacketRow>;
  private readonly title = el('span', 'stream-title');
  private readonly place = el('button', 'place', { type: 'button' });
  private readonly none = el('p', 'grid-none', { role: 'status' });
  readonly tabs: StreamTabs;
  /** The table, and what belongs above it. */
  readonly panel = el('div', 'tab-panel', { id: 'packets-panel', role: 'tabpanel', 'aria-labelledby': 'tab-packets' });
  readonly timeline: TimelinePane;
  private readonly graphs: GraphsPane;
  private readonly payload: PayloadPane;
  private readonly which: readonly [HTMLButtonElement, HTMLButtonElement];
  private readonly choice = el('span', 'segmented', { role: 'group', 'aria-label': t('Which packets') });
  private readonly walk = el('span', 'button-group');
  private readonly pick: HTMLButtonElement;
  private readonly chosen = el('span', 'dim', { role: 'status', id: 'packets-selected' });
  private firstRow = true;
  /** What the columns were made for: they stay from stream to stream. */
  private columnsFor = '';
  /** Revision of the capture whose rows are selected. */
  private revision = 0;
  /** Filter names of the columns that are no own ones. */
  private fields: readonly string[] = [];

  constructor(
    private readonly session: Session,
    cards: HoverCards,
  ) {
    this.element.setAttribute('aria-label', t('Packets'));
    const which = (label: string, run: () => void): HTMLButtonElement => {
      const button = el('button', 'segment-button', { type: 'button' }, label);
      button.addEventListener('click', run);
      return button;
    };
    this.which = [which(t('Stream'), () => session.showStream()), which(t('All packets'), () => session.setView({ kind: 'all' }))];
    this.choice.append(...this.which);
    this.place.addEventListener('click', () => session.host.run('goToStream'));
    this.walk.append(
      iconButton('chevron-left', t('Previous stream (Alt+PageUp or [)'), () => session.jumps.nextStream(-1)),
      this.place,
      iconButton('chevron-right', t('Next stream (Alt+PageDown or ])'), () => session.jumps.nextStream(1)),
    );
    this.grid = new VirtualGrid<PacketRow>(session.packets.current, {
      label: t('Packets'),
      section: 'packet',
      rowClass: (row) => (row.stream === null ? ' other' : row.from === 'server' ? ' from-server' : ' from-client'),
      onSelect: (index, by) => session.selectRow(index, by === 'key' ? 'step' : 'jump'),
      onActivate: () => session.host.run('openExplain'),
      onResize: (column, width) => {
        session.setSize(`p.${column}`, width);
        this.grid.setWidths(widthsOf(session, 'p.'));
      },
      onScroll: (top) => session.update({ packetScroll: top }),
      onReorder: (column, before) => session.setColumns('packets', moved(session.columns('packets'), column, before), true),
      onRows: () => this.rowsSelected(),
      onHide: (column) => session.setColumns('packets', session.columns('packets').filter((id) => id !== column), true),
      onPainted: (real) => this.painted(real),
    });
    this.grid.element.id = 'packets-grid';
    this.pick = iconButton('table', t('Choose the columns of the table'), () => session.host.run('chooseColumns'));
    const head = el('div', 'section-head');
    this.none.hidden = true;
    session.events.on(['view', 'rows'], () => this.showNone());
    this.panel.append(gridBox(this.grid.element, this.none));
    this.timeline = new TimelinePane(session);
    this.graphs = new GraphsPane(session);
    this.payload = new PayloadPane(session);
    this.tabs = new StreamTabs(session, [
      { tab: 'timeline', label: t('Timeline'), panel: this.timeline.element, opened: () => this.timeline.opened() },
      { tab: 'packets', label: t('Packets'), panel: this.panel },
      { tab: 'graphs', label: t('Graphs'), panel: this.graphs.element, opened: () => this.graphs.opened() },
      { tab: 'payload', label: t('Payload'), panel: this.payload.element, opened: () => this.payload.opened() },
    ]);
    head.append(this.tabs.element, this.choice, this.title, el('span', 'spacer'), this.chosen, this.pick, this.walk);
    this.element.append(head, this.timeline.element, this.panel, this.graphs.element, this.payload.element);
    session.events.on(['view'], () => this.showView());
    session.events.on(['format', 'state'], () => this.columns());
    session.events.on(['cells'], () => this.fields.length > 0 && this.grid.redraw());
    session.events.on(['selection'], () => this.mark());
    session.events.on(['state', 'streamInfo', 'view', 'tab'], () => this.showTitle());
    this.listenForHover(cards);
    this.showView();
    this.showTitle();
  }

  /** Over a badge the card with its evidence opens. */
  private listenForHover(cards: HoverCards): void {
    let over: Element | null = null;
    this.grid.element.addEventListener('mouseover', (event) => {
      const target = event.target instanceof Element ? event.target : null;
      const badge = target?.closest<HTMLElement>('.badge') ?? null;
      const cell = badge ? null : (target?.closest('.grid-cell') ?? null);
      const field = cell && this.fieldOf(cell);
      const found = badge ?? (field ? cell : null);
      if (found === over) return;
      if (over) cards.leave();
      over = found;
      const row = found && this.rowOf(found);
      if (found && row) cards.hover(badge ? badgeNode(row.packet, badge.dataset.badge ?? '') : fieldNode(row.packet, field!), found);
    });
    this.grid.element.addEventListener('mouseleave', () => {
      over = null;
      cards.leave();
    });
  }

  /** Filter name of the column that a cell belongs to; null for the table's own columns. */
  private fieldOf(cell: Element): string | null {
    const id = this.grid.columnOf(cell)?.id ?? '';
    return id.startsWith('field:') ? columnKey(id) : null;
  }

  private rowOf(inside: Element): PacketRow | undefined {
    return this.session.packets.current.peek(Number(inside.closest('.grid-row')?.getAttribute('aria-rowindex')) - 2);
  }

  /** The badges or the field of the cell in focus, for the command that shows their card. */
  get badgeTarget(): { readonly node: string; readonly anchor: Element } | null {
    const { anchor, column } = this.grid;
    const row = anchor && column?.id === 'info' ? this.rowOf(anchor) : undefined;
    const field = anchor && this.fieldOf(anchor);
    const fieldRow = field ? this.rowOf(anchor) : undefined;
    if (field && fieldRow) return { node: fieldNode(fieldRow.packet, field), anchor };
    return anchor && row && row.badges.length > 0 ? { node: badgeNode(row.packet, row.badges.map((badge) => badge.field).join(',')), anchor } : null;
  }

  private showView(): void {
    const all = this.session.view.kind === 'all';
    this.which.forEach((button, i) => button.setAttribute('aria-pressed', String((i === 1) === all)));
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
    const { names } = session.config;
    const chosen = session.columns('packets');
    this.fields = chosen.filter((id) => !OWN_COLUMNS.packets.includes(id));
    // Refused while the capture is unpacked and when it could not be opened: the next state is another chance.
    const canAsk = session.state.phase !== 'inflating' && session.state.phase !== 'failed';
    if (this.fields.length > 0 && !session.fieldCells.loaded && canAsk) void session.fieldCells.load().then((loaded) => loaded && this.columns());
    const key = [names.hosts, names.ports, chosen.join(), session.fieldCells.loaded, time, sequence, oneStream, revision, baseSeconds, baseNanos, timeDigits, timeOfDayOnly, String(session.state.packets).length].join(' ');
    if (key === this.columnsFor) return;
    this.columnsFor = key;
    const own = packetColumns(session.state, { time, sequence, oneStream, names });
    this.grid.setColumns(chosenColumns(own, chosen, OWN_COLUMNS.packets, (name) => fieldColumn(name, session.fieldCells)), widthsOf(session, 'p.'), null);
  }

  private mark(): void {
    const { revision } = this.session.state;
    // Rows of the capture as it was are other packets now.
    if (revision !== this.revision) this.grid.clearRows();
    this.revision = revision;
    this.grid.select(this.session.selectedRow, 'nearest');
  }

  private showTitle(): void {
    const { view, state, streamInfo } = this.session;
    this.walk.hidden = state.streams === 0;
    this.which[0].disabled = state.streams === 0;
    this.choice.hidden = this.pick.hidden = this.chosen.hidden = this.session.viewState.tab !== 'packets';
    if (view.kind === 'all') {
      this.title.replaceChildren();
      this.place.textContent = grouped(state.streams);
      this.place.title = t('Choose a stream...');
      return;
    }
    this.place.textContent = `${grouped(view.stream)} / ${grouped(state.streams)}`;
    this.place.title = t('Stream {0} of {1}. Click to choose one from a list with verdicts.', view.stream, state.streams);
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
    if (real && this.fields.length > 0) this.session.fieldCells.want(this.grid.rowsOnScreen.map((row) => row.packet), this.fields);
    if (real && this.firstRow) {
      this.firstRow = false;
      performance.mark('tcp-trace:first-row');
    }
    if (this.session.lastAction !== 'open') markPainted(real ? this.session.lastAction : 'skeleton');
  }

  private rowsSelected(): void {
    const { session } = this;
    const { ranges, count } = this.grid.selectedRows;
    session.host.rows = count > 1 ? { view: session.view, ranges: ranges.slice(0, MOST_RANGES) } : null;
    session.host.tellSelection();
    this.chosen.textContent = count > 1 ? t('{0} packets selected', grouped(count)) : '';
  }

  /** Rows that are selected, as the table shows them, cells separated by tabs. */
  async selectedText(signal: AbortSignal): Promise<Result<{ readonly text: string; readonly rows: number; readonly more: boolean }>> {
    const { session, grid, fields } = this;
    const { ranges, count } = grid.selectedRows;
    const { view } = session;
    const lines: string[] = [];
    for (const [first, last] of ranges) {
      let before: PacketRow | undefined;
      for (let start = first; start <= last && lines.length < MOST_COPIED; ) {
        const result = await session.rpc.request('packetPage', { view, start, count: Math.min(COPY_PAGE, last - start + 1, MOST_COPIED - lines.length) }, signal);
        if (!result.ok) return result;
        const { rows } = result.value;
        if (rows.length === 0) break;
        const values = await session.fieldCells.read(rows.map((row) => row.packet), fields, signal);
        if (!values.ok) return values;
        rows.forEach((row, n) => {
          const line = values.value.get(row.packet);
          const given = (id: string): string | undefined => (id.startsWith('field:') ? line?.[fields.indexOf(columnKey(id))] : undefined);
          lines.push(grid.textOf(row, start + n, before ?? session.packets.current.peek(start - 1), given));
          before = row;
        });
        start += rows.length;
      }
    }
    return { ok: true, value: { text: lines.map((line) => `${line}\n`).join(''), rows: lines.length, more: lines.length < count } };
  }

  /** Fields whose values in the packet the cell in focus shows. */
  get filterFields(): readonly string[] {
    const { column } = this.grid;
    if (!column) return [];
    const row = this.session.selectedRow;
    const badges = row === null ? [] : (this.session.packets.current.peek(row)?.badges ?? []);
    return filterFields(column.id, badges.map(({ field }) => field));
  }

  /** Puts the focus into what the tab shows. */
  focus(): void {
    const { tab } = this.session.viewState;
    if (tab === 'timeline') this.timeline.focus();
    else if (tab === 'graphs') this.graphs.focus();
    else if (tab === 'payload') this.payload.focus();
    else this.grid.focus();
  }

  /** Field whose card belongs to the cell in focus. */
  get hoverTarget(): { readonly filters: readonly string[]; readonly anchor: Element } | null {
    const { anchor, column } = this.grid;
    const filters = column ? columnFilters(column.id) : [];
    return anchor && filters.length > 0 ? { filters, anchor } : null;
  }
}
