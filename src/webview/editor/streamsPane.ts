import type { StreamSortKey } from '../../core/engineApi';
import { grouped } from '../../core/explain/words';
import { t } from '../../core/l10n';
import type { HoverCards } from '../cards/hoverCards';
import { VirtualGrid } from '../grid/virtualGrid';
import type { Session } from '../state/session';
import { el, gridBox, iconButton } from '../shared/dom';
import { streamTableColumns } from './streamTableColumns';
import { GroupedStreams, isGroup, type StreamTableRow } from './groupedStreams';
import { moved, OWN_COLUMNS } from '../../core/fields/columnChoice';
import { streamColumns } from './columns';
import { chosenColumns } from './columnSet';

const SEARCH_DELAY_MS = 200;

/** All streams of the capture: sorted, searched, chosen. */
export class StreamsPane {
  readonly element = el('section', 'pane streams-pane', { id: 'streams-pane' });
  readonly grid: VirtualGrid<StreamTableRow>;
  private readonly groups: GroupedStreams;
  private readonly groupButton: HTMLButtonElement;
  private readonly foldButton: HTMLButtonElement;
  private groupsFor = '';
  private readonly count = el('span', 'count');
  private readonly search = el('input', 'search', { type: 'search', spellcheck: 'false' });
  private timer = 0;
  private readonly none = el('p', 'grid-none', { role: 'status' });
  /** Lanes are read only while there is a column for them. */
  private lanesShown: boolean;
  /** What the columns were made for. */
  private columnsFor = '';
  /** Row that was chosen and has not been read yet; -1: none. */
  private awaited = -1;

  constructor(
    private readonly session: Session,
    cards: HoverCards,
  ) {
    this.element.setAttribute('aria-label', t('Streams'));
    this.lanesShown = session.columns('streams').includes('lane');
    this.search.placeholder = t('Search streams');
    this.search.setAttribute('aria-label', t('Search streams'));
    this.search.title = t('By number, address, port, status or finding; several words narrow the list');
    this.search.addEventListener('input', () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.find(this.search.value.trim()), SEARCH_DELAY_MS);
    });
    this.search.addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.search.value) {
        this.search.value = '';
        this.find('');
        event.preventDefault();
      } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
        this.grid.focus();
        event.preventDefault();
      }
    });
    this.groups = new GroupedStreams(session.streams);
    this.grid = new VirtualGrid<StreamTableRow>(session.streams, {
      label: t('Streams'),
      section: 'stream',
      rowClass: (row) => (isGroup(row) ? ' heading' : row.matches === 0 ? ' other' : ''),
      heading: (row) => (isGroup(row) ? row.open : null),
      onToggle: (index, open) => {
        const row = this.groups.peek(index);
        if (isGroup(row)) this.fold(() => this.groups.toggle(row.group.id, open));
      },
      onSelect: (index) => this.open(index),
      onSort: (key) => {
        const { streamSort, streamSortDescending } = session.viewState;
        this.awaited = -1;
        session.sortStreams({ streamSort: key as StreamSortKey, streamSortDescending: streamSort === key ? !streamSortDescending : false });
      },
      onResize: (column, width) => {
        session.setSize(`s.${column}`, width);
        this.grid.setWidths(widthsOf(session, 's.'));
      },
      onScroll: (top) => session.update({ streamScroll: top }),
      onReorder: (column, before) => session.setColumns('streams', moved(session.columns('streams'), column, before), true),
      onHide: (column) => session.setColumns('streams', session.columns('streams').filter((id) => id !== column), true),
    });
    this.none.hidden = true;
    const head = el('div', 'section-head');
    this.groupButton = iconButton('group-by-ref-type', t('Group by finding'), () => session.groupStreams(!session.grouped));
    this.foldButton = iconButton('collapse-all', t('Fold or unfold all groups'), () => this.fold(() => this.groups.toggleAll()));
    head.append(el('h2', '', {}, t('Streams')), this.count, el('span', 'spacer'), this.search, iconButton('table', t('Choose the columns of the table'), () => session.host.run('chooseStreamColumns')), this.foldButton, this.groupButton);
    this.element.append(head, gridBox(this.grid.element, this.none));
    session.streams.onChange(() => this.showCount());
    session.events.on(['state'], () => this.showCount());
    session.events.on(['format', 'state'], () => {
      this.columns();
      this.showGroups();
    });
    session.events.on(['view', 'selection'], () => this.mark());
    session.streams.onChange(() => {
      this.showGroups();
      if (this.awaited >= 0) this.open(this.awaited);
      this.mark();
    });
    this.listenForHover(cards);
    this.columns();
    this.showGroups();
    if (session.viewState.streamScroll > 0) this.grid.scrollTo(session.viewState.streamScroll);
    this.mark();
    this.showCount();
  }

  /** Over a verdict the stream's card opens. */
  private listenForHover(cards: HoverCards): void {
    let over: Element | null = null;
    this.grid.element.addEventListener('mouseover', (event) => {
      const cell = event.target instanceof Element ? event.target.closest('.grid-cell') : null;
      if (cell === over) return;
      if (over) cards.leave();
      over = null;
      const column = cell && this.grid.columnOf(cell);
      const index = Number(cell?.parentElement?.getAttribute('aria-rowindex')) - 2;
      const row = cell && column?.id === 'verdict' ? this.peek(index) : undefined;
      if (!cell || !row || isGroup(row) || !row.study) return;
      over = cell;
      cards.hover(`stream:${row.stream}`, cell);
    });
    this.grid.element.addEventListener('mouseleave', () => {
      over = null;
      cards.leave();
    });
  }

  /** The verdict in focus, for the command that shows its card. */
  get hoverTarget(): { readonly node: string; readonly anchor: Element } | null {
    const { anchor } = this.grid;
    const index = Number(anchor?.parentElement?.getAttribute('aria-rowindex')) - 2;
    const row = anchor ? this.peek(index) : undefined;
    return anchor && row && !isGroup(row) && row.study ? { node: `stream:${row.stream}`, anchor } : null;
  }

  private peek(index: number): StreamTableRow | undefined {
    return this.session.grouped ? this.groups.peek(index) : this.session.streams.peek(index);
  }

  /** Puts headings above the groups, or takes them away; reads them anew when other streams or findings are there. */
  private showGroups(): void {
    const { session } = this;
    const { grouped, state } = session;
    this.groupButton.setAttribute('aria-pressed', String(grouped));
    this.groupButton.disabled = state.study.version === 0 && !grouped;
    this.foldButton.hidden = !grouped;
    this.grid.setTree(grouped);
    this.grid.setSource(grouped ? this.groups : session.streams);
    const key = grouped ? JSON.stringify([state.revision, state.study.version, session.streamQuery, session.streams.total]) : '';
    if (key === this.groupsFor) return;
    this.groupsFor = key;
    if (!grouped) {
      this.mark();
      return;
    }
    void session.rpc.request('streamGroups', { query: session.streamQuery }).then((result) => {
      if (key !== this.groupsFor) return;
      if (result.ok) this.groups.setGroups(result.value);
      else this.groupsFor = '';
      this.mark();
    });
  }

  /** Rows move: the mark goes with its stream, what is on screen stays. */
  private fold(change: () => void): void {
    this.awaited = -1;
    change();
    this.mark('no');
  }

  private find(query: string): void {
    this.awaited = -1;
    this.session.searchStreams(query);
  }

  /** Shows the stream of a row; one that has not been read yet, as soon as it has. */
  private open(index: number): void {
    const { session } = this;
    const row = this.peek(index);
    if (isGroup(row)) return;
    const stream = row?.stream ?? (this.plain ? index : undefined);
    this.awaited = stream === undefined ? index : -1;
    if (stream !== undefined) session.openStream(stream);
  }

  /** In this order the row is the number of the stream, read or not. */
  private get plain(): boolean {
    const { streamQuery, viewState } = this.session;
    return !this.session.grouped && !streamQuery && viewState.streamSort === 'stream' && !viewState.streamSortDescending;
  }

  private showCount(): void {
    const { session } = this;
    const over = session.state.phase !== 'indexing' && session.state.phase !== 'inflating';
    // A search that nothing answers, or a capture without TCP: an empty table says why.
    const none = over && (session.streamQuery ? session.streams.known && session.streams.total === 0 : session.state.streams === 0);
    this.none.hidden = !none;
    if (none) this.none.textContent = session.streamQuery ? t('No stream matches.') : t('This capture holds no TCP streams.');
    this.count.textContent = session.streamQuery ? t('{0} of {1}', grouped(session.streams.total), grouped(session.state.streams)) : grouped(session.state.streams);
  }

  private columns(): void {
    const { viewState, state } = this.session;
    const { names } = this.session.config;
    const chosen = this.session.columns('streams');
    const key = [viewState.grouped, names.hosts, names.ports, chosen.join(), viewState.streamSort, viewState.streamSortDescending, state.revision, state.timeDigits, String(state.streams).length].join(' ');
    if (key === this.columnsFor) return;
    this.columnsFor = key;
    const lanes = chosen.includes('lane');
    if (lanes && !this.lanesShown) this.session.streams.refresh();
    this.lanesShown = lanes;
    this.grid.setColumns(streamTableColumns(chosenColumns(streamColumns(state, names), chosen, OWN_COLUMNS.streams)), widthsOf(this.session, 's.'), { key: viewState.streamSort, descending: viewState.streamSortDescending });
  }

  /** Marks the stream that is shown, or that the selected packet belongs to. */
  private mark(reveal: 'nearest' | 'no' = this.grid.hasFocus ? 'no' : 'nearest'): void {
    const { view, selection, streams } = this.session;
    const stream = view.kind === 'stream' ? view.stream : (selection?.stream ?? null);
    if (this.awaited >= 0) return;
    const place = stream === null || this.plain ? stream : streams.find((row) => row.stream === stream);
    const at = place !== null && place >= 0 && this.session.grouped ? this.groups.tableRow(place) : place;
    // Keys stand on a heading: the focus stays there.
    const onHeading = this.grid.hasFocus && isGroup(this.peek(this.grid.activeRow));
    this.grid.select(at === null || at < 0 ? null : at, onHeading ? 'stay' : reveal);
  }
}

/** The stream that a card is about ("stream:3"), or null for a node of a packet. */
export function streamOf(node: string): number | null {
  return node.startsWith('stream:') ? Number(node.slice('stream:'.length)) : null;
}

/** Column widths that a person chose, by column, under a prefix of the view state's sizes. */
export function widthsOf(session: Session, prefix: string): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(session.viewState.panes).filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]));
}
