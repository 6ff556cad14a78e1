import type { PacketRow } from '../../core/engineApi';
import { formatEndpoint } from '../../core/bytes/address';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { HoverCards } from '../cards/hoverCards';
import { VirtualGrid } from '../grid/virtualGrid';
import { statusWord } from '../format/streamStatus';
import { PayloadPane } from '../payload/payloadPane';
import type { Session } from '../state/session';
import { el, gridBox, iconButton, markPainted } from '../shared/dom';
import { columnFilters, filterFields, packetColumns } from './columns';
import { GraphsPane } from '../graphs/graphsPane';
import { TimelinePane } from '../timeline/timelinePane';
import { StreamTabs } from './streamTabs';
import { widthsOf } from './streamsPane';

/** Names the card of badges of a packet: "badge:17:segment.lost". */
function badgeNode(packet: number, fields: string): string {
  return `badge:${packet}:${fields}`;
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
  private firstRow = true;
  /** What the columns were made for: they stay from stream to stream. */
  private columnsFor = '';

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
      onPainted: (real) => this.painted(real),
    });
    this.grid.element.id = 'packets-grid';
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
    head.append(this.tabs.element, this.choice, this.title, el('span', 'spacer'), this.walk);
    this.element.append(head, this.timeline.element, this.panel, this.graphs.element, this.payload.element);
    session.events.on(['view'], () => this.showView());
    session.events.on(['format', 'state'], () => this.columns());
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
      const badge = event.target instanceof Element ? event.target.closest<HTMLElement>('.badge') : null;
      if (badge === over) return;
      if (over) cards.leave();
      over = badge;
      const row = badge && this.rowOf(badge);
      if (badge && row) cards.hover(badgeNode(row.packet, badge.dataset.badge ?? ''), badge);
    });
    this.grid.element.addEventListener('mouseleave', () => {
      over = null;
      cards.leave();
    });
  }

  private rowOf(inside: Element): PacketRow | undefined {
    return this.session.packets.current.peek(Number(inside.closest('.grid-row')?.getAttribute('aria-rowindex')) - 2);
  }

  /** The badges of the cell in focus, for the command that shows their card. */
  get badgeTarget(): { readonly node: string; readonly anchor: Element } | null {
    const { anchor, column } = this.grid;
    const row = anchor && column?.id === 'info' ? this.rowOf(anchor) : undefined;
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
    this.which[0].disabled = state.streams === 0;
    this.choice.hidden = this.session.viewState.tab !== 'packets';
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
