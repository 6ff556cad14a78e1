import type { CardDocument } from '../../core/explain/card';
import type { CaptureState, JumpTarget, PacketPosition, PacketRow, PacketView, RpcError, StreamPage, StreamRowData } from '../../core/engineApi';
import type { ColumnChoice, ColumnTable } from '../../core/fields/columnChoice';
import type { EditorConfig, EditorViewState, ToHost } from '../../rpc/webviewMessages';
import { ROW_LANE_CELLS } from '../overview/laneCell';
import { PageCache } from '../grid/pageCache';
import { DetailCache } from './details';
import { Emitter } from './emitter';
import { FieldCells } from './fieldCells';
import { Fetcher } from './fetcher';
import { History, sameView } from './history';
import { HostPort } from './hostPort';
import { Jumps } from './jumps';
import { PacketPages } from './packetPages';
import { Restorer } from './restorer';
import { RpcClient } from './rpcClient';
import { ShownDetail } from './shownDetail';
import { StreamInfo } from './streamInfo';
import { TimeZoom } from './timeZoom';
import { defaultViewState, withSize } from './viewState';

/** What happened; listeners look at the session for the rest. */
export type Topic = 'state' | 'cells' | 'view' | 'rows' | 'selection' | 'detail' | 'format' | 'problem' | 'edge' | 'save' | 'streamInfo' | 'tab' | 'study' | 'zoom';

export interface Selection {
  readonly packet: number;
  readonly stream: number | null;
  /** Row in its stream's view; null while it is not known. */
  readonly rank: number | null;
}

/** How often matches of streams are read again while a filter runs. */
const COUNT_MS = 400;

/** How a packet came to be selected: next to the one before, or from elsewhere. */
export type How = 'step' | 'jump';

/** Everything the editor knows and does, without the DOM: capture state, what is shown, what is selected, jumping. */
export class Session {
  readonly events = new Emitter<Topic>();
  readonly rpc: RpcClient;
  readonly details: DetailCache;
  readonly detail: ShownDetail;
  readonly packets: PacketPages;
  readonly streams: PageCache<StreamRowData>;
  readonly history = new History();
  /** Values of fields that were made columns. */
  readonly fieldCells: FieldCells;
  readonly streamInfo: StreamInfo;
  readonly timeZoom = new TimeZoom(this);
  readonly jumps: Jumps;
  readonly host: HostPort;
  config!: EditorConfig;
  state!: CaptureState;
  viewState!: EditorViewState;
  selection: Selection | null = null;
  problem: RpcError | null = null;
  streamQuery = '';
  /** What a person did last, for performance marks. */
  lastAction = 'open';

  private counting: ReturnType<typeof setTimeout> | undefined;
  private readonly fetcher: Fetcher;
  private readonly restorer: Restorer;
  /** A row that is to be selected as soon as it has been read. */
  private awaited: { readonly row: number; readonly how: How; readonly step: 1 | -1 } | null = null;
  /** Where the selected packet stands in a filtered view. */
  private filtered: { readonly view: PacketView; readonly packet: number; readonly row: number } | null = null;

  constructor(post: (message: ToHost) => void) {
    this.rpc = new RpcClient(post);
    this.host = new HostPort(this, post);
    this.jumps = new Jumps(this);
    this.fetcher = new Fetcher(this.rpc, (error) => this.fail(error));
    this.details = new DetailCache(this.rpc);
    this.detail = new ShownDetail(this, this.details);
    this.packets = new PacketPages(
      this.fetcher,
      () => this.rowsChanged(),
      (first) => this.details.readAhead(first.packet),
    );
    this.streams = new PageCache<StreamRowData>((start, count, signal) => {
      const { streamSort: sort, streamSortDescending: descending } = this.viewState;
      return this.fetcher.page('streamPage', { sort, descending, start, count, query: this.streamQuery, grouped: this.grouped, ...(this.columns('streams').includes('lane') ? { lanes: ROW_LANE_CELLS } : {}), ...(this.filter ? { filter: this.filter } : {}) }, signal).then((page) => {
        // Matches are counted on: the rows are read again until all packets were looked at.
        const scan = page === null ? null : (page as unknown as StreamPage).scan;
        if (scan && scan.scanned < scan.of) this.countSoon();
        return page;
      });
    });
    this.fieldCells = new FieldCells(this.rpc, () => this.events.emit('cells'));
    this.streamInfo = new StreamInfo(this.rpc, this.streams, () => this.events.emit('streamInfo'));
    this.restorer = new Restorer(this);
  }

  init(config: EditorConfig, saved: EditorViewState | null, state: CaptureState): void {
    this.config = config;
    this.viewState = saved ?? defaultViewState(config);
    this.state = state;
    this.fetcher.revision = state.revision;
    this.details.setRevision(state.revision);
    this.restorer.start(saved);
    this.packets.current.setTotal(state.packets);
    this.streams.setTotal(state.streams);
    this.restorer.advance();
    if (this.viewState.view.kind === 'stream') this.streamInfo.want(this.viewState.view.stream);
  }

  setState(next: CaptureState): void {
    const before = this.state;
    this.state = next;
    if (next.revision !== before.revision) this.startRevision(next);
    else if (next.packets !== before.packets || next.phase !== before.phase) this.restorer.refreshSoon(before.phase !== next.phase);
    if (next.revision === before.revision && next.study.version !== before.study.version) this.judged();
    if (next.study.version !== before.study.version) this.fieldCells.reset();
    if (this.view.kind === 'all' && !this.filter) this.packets.current.setTotal(next.packets);
    if (!this.streamQuery) this.streams.setTotal(next.streams);
    this.restorer.advance();
    this.events.emit('state');
  }

  /** A study has ended: verdicts take the place of labels in what is shown. */
  private judged(): void {
    this.details.forgetCards();
    this.streams.refresh();
    this.packets.refresh();
    this.events.emit('study');
  }

  /** What is shown, as the next editor shall find it. */
  get remembered(): EditorViewState {
    const { viewState } = this;
    const { place } = this.restorer;
    if (!place) return viewState;
    const { view, selectedPacket, selectedStream, packetScroll, streamScroll } = place;
    return { ...viewState, view, selectedPacket, selectedStream, packetScroll, streamScroll };
  }

  private startRevision(next: CaptureState): void {
    this.fetcher.revision = next.revision;
    this.details.setRevision(next.revision);
    this.streamInfo.reset();
    this.fieldCells.reset();
    this.host.stopCopy();
    this.history.clear();
    this.problem = null;
    this.detail.clear();
    this.selection = null;
    this.restorer.start(this.remembered);
    this.packets.reset(next.packets);
    this.streams.reset(this.streamQuery ? 0 : next.streams);
    this.events.emit('detail');
    this.events.emit('selection');
  }

  // --- what is shown ---

  get view(): PacketView {
    return this.viewState.view;
  }

  get filter(): string {
    return this.view.filter ?? '';
  }

  /** The streams table is grouped by finding. */
  get grouped(): boolean {
    return this.viewState.grouped;
  }

  /** The stream whose timeline and graphs are shown; null when there is none. */
  get shownStream(): number | null {
    return this.view.kind === 'stream' ? this.view.stream : (this.selection?.stream ?? this.viewState.selectedStream);
  }

  /** Row of the selected packet in the present view; null when it is not in it or not yet known. */
  get selectedRow(): number | null {
    const { selection, view } = this;
    if (!selection) return this.awaited && view.kind === 'stream' ? this.awaited.row : null;
    if (view.filter) return this.filtered?.packet === selection.packet && sameView(this.filtered.view, view) ? this.filtered.row : null;
    if (view.kind === 'all') return selection.packet;
    return selection.stream === view.stream ? selection.rank : null;
  }

  /** What the study says of a stream, or null before it has ended. */
  async streamCard(stream: number): Promise<CardDocument | null> {
    const result = await this.rpc.request('streamCard', { stream });
    return result.ok ? result.value : null;
  }

  /** What a field is, with the value that a packet has of it. */
  async fieldCard(packet: number, field: string, signal: AbortSignal): Promise<CardDocument | null> {
    const result = await this.rpc.request('fieldCard', { packet, field }, signal);
    return result.ok ? result.value : null;
  }

  update(change: Partial<EditorViewState>): void {
    this.viewState = { ...this.viewState, ...change };
    this.events.emit('save');
  }

  setSize(name: string, size: number | null): void {
    this.viewState = withSize(this.viewState, name, size);
    this.events.emit('save');
  }

  setFormat(change: Partial<Pick<EditorViewState, 'timeFormat' | 'sequenceFormat'>>): void {
    this.update(change);
    this.events.emit('format');
  }

  /** Columns of a table: those chosen in this editor, else those of the settings. */
  columns(table: ColumnTable): readonly string[] {
    return this.viewState.columns?.[table] ?? this.config.columns[table];
  }

  /** Columns chosen here, which other captures get as well; null: as at first. `tell`: the host does not know yet. */
  setColumns(table: ColumnTable, columns: readonly string[] | null, tell: boolean): void {
    const { columns: before, ...state } = this.viewState;
    const rest = Object.fromEntries(Object.entries(before ?? {}).filter(([name]) => name !== table));
    const next: ColumnChoice = columns === null ? rest : { ...rest, [table]: columns };
    this.viewState = Object.keys(next).length > 0 ? { ...state, columns: next } : state;
    this.events.emit('save');
    this.events.emit('format');
    if (tell) this.host.columns(table, columns);
  }

  sortStreams(change: Pick<EditorViewState, 'streamSort' | 'streamSortDescending'>): void {
    this.update(change);
    this.streams.reset(this.streams.total);
    this.events.emit('format');
  }

  groupStreams(grouped: boolean): void {
    this.update({ grouped });
    this.streams.reset(this.streams.total);
    this.events.emit('format');
  }

  searchStreams(query: string): void {
    if (query === this.streamQuery) return;
    this.streamQuery = query;
    this.streams.reset(query ? 0 : this.state.streams);
  }

  private countSoon(): void {
    clearTimeout(this.counting);
    this.counting = setTimeout(() => this.streams.refresh(), COUNT_MS);
  }

  /** Shows only packets that pass a display filter; the empty text shows all. It stays in force from stream to stream. */
  setFilter(filter: string): void {
    const { view } = this;
    this.restorer.stop();
    this.setView(view.kind === 'all' ? { kind: 'all', filter } : { kind: 'stream', stream: view.stream, filter });
    if (this.selection) void this.findRank(this.selection);
  }

  /** Changes what the packets table shows. A view that does not speak of a filter keeps the one in force. */
  setView(wanted: PacketView): void {
    this.awaited = null;
    const filter = wanted.filter ?? this.filter;
    const plain: PacketView = wanted.kind === 'all' ? { kind: 'all' } : { kind: 'stream', stream: wanted.stream };
    const view: PacketView = filter === '' ? plain : { ...plain, filter };
    const before = this.view;
    if (sameView(view, before)) return;
    this.update({ view, ...(view.kind === 'stream' ? { selectedStream: view.stream } : {}) });
    if ((before.filter ?? '') !== filter) this.streams.refresh();
    this.packets.show(view);
    if (view.kind === 'all' && !view.filter) this.packets.current.setTotal(this.state.packets);
    if (view.kind === 'stream') this.streamInfo.want(view.stream);
    this.events.emit('view');
  }

  /** The tab "Stream": the selected packet's stream, else the one shown last. */
  showStream(): void {
    const stream = this.selection?.stream ?? this.viewState.selectedStream ?? (this.state.streams > 0 ? 0 : null);
    if (stream === null) {
      this.jumps.tellEdge('noStream');
      return;
    }
    this.setView({ kind: 'stream', stream });
    if (this.selection?.stream !== stream) this.awaitRow(0, 'jump', 1);
    else if (this.selection.rank === null || this.filter) void this.findRank(this.selection);
  }

  // --- selecting ---

  select(selection: Selection, how: How, record = true): void {
    this.awaited = null;
    this.restorer.stop();
    // A jump that is still under way must not override what was chosen since.
    this.jumps.abort();
    const same = this.selection?.packet === selection.packet;
    this.selection = same && selection.rank === null ? { ...selection, rank: this.selection!.rank } : selection;
    this.update({ selectedPacket: selection.packet, ...(selection.stream === null ? {} : { selectedStream: selection.stream }) });
    if (record) this.history.record({ view: this.view, ...selection }, how);
    if (this.filter ? this.filtered?.packet !== selection.packet : this.view.kind === 'stream' && selection.rank === null) void this.findRank(selection);
    this.events.emit('selection');
    this.detail.load(selection.packet);
  }

  /** A row of the packets table was chosen; it may not have been read yet. */
  selectRow(row: number, how: How): void {
    this.lastAction = 'select';
    const data = this.packets.current.peek(row);
    if (data) this.selectData(data, row, how);
    else if (this.view.kind === 'all' && !this.filter) this.select({ packet: row, stream: null, rank: null }, how);
    else this.awaitRow(row, how, 1);
  }

  /** Selects a row that was read. */
  selectData(data: PacketRow, row: number, how: How): void {
    if (this.filter) this.filtered = { view: this.view, packet: data.packet, row };
    this.select({ packet: data.packet, stream: data.stream, rank: this.view.kind === 'stream' && !this.filter ? row : null }, how);
  }

  /** Shows a stream and selects its first packet; a stream without packets of its own is passed over. */
  openStream(stream: number, step: 1 | -1 = 1): void {
    this.setView({ kind: 'stream', stream });
    this.awaitRow(0, 'jump', step);
  }

  private awaitRow(row: number, how: How, step: 1 | -1): void {
    this.restorer.stop();
    this.jumps.abort();
    this.awaited = { row, how, step };
    if (this.settleAwaited()) return;
    this.selection = null;
    this.events.emit('selection');
    this.packets.current.want(row, row);
  }

  private settleAwaited(): boolean {
    const { awaited } = this;
    if (!awaited) return true;
    const { current } = this.packets;
    const data = current.peek(awaited.row);
    if (data) this.selectData(data, awaited.row, awaited.how);
    else if (current.known && current.total === 0 && this.filter) {
      // Nothing of this stream passes, so far: nothing is selected.
      if (this.packets.scan && this.packets.scan.scanned < this.packets.scan.of) return false;
      this.awaited = null;
    } else if (current.known && current.total === 0 && this.view.kind === 'stream') {
      this.awaited = null;
      void this.jumps.jump({ to: awaited.step > 0 ? 'nextStream' : 'previousStream', from: this.view.stream });
    } else return false;
    return true;
  }

  private rowsChanged(): void {
    if (this.awaited) this.settleAwaited();
    this.events.emit('rows');
  }

  /** A target of a jump or a reveal; `view` null keeps the present one if the packet is in it. */
  goTo(target: JumpTarget, view: PacketView | null): void {
    const next = view ?? (this.view.kind === 'all' ? this.view : target.stream === null ? { kind: 'all' } : { kind: 'stream', stream: target.stream });
    this.setView(next);
    this.select({ packet: target.packet, stream: target.stream, rank: target.rankInStream }, 'jump');
  }

  private async findRank(selection: Selection): Promise<void> {
    const { view } = this;
    const result = await this.rpc.request('rowOf', { view, packet: selection.packet });
    if (!result.ok || this.selection?.packet !== selection.packet || !sameView(view, this.view) || result.value === null) return;
    if (view.filter) {
      this.filtered = { view, packet: selection.packet, row: result.value };
      this.events.emit('selection');
      return;
    }
    if (view.kind !== 'stream') return;
    this.selection = { packet: selection.packet, stream: view.stream, rank: result.value };
    this.events.emit('selection');
  }

  /** The engine told where the selected packet stands. */
  located(position: PacketPosition): void {
    const { selection } = this;
    if (selection?.packet !== position.packet || (selection.stream === position.stream && selection.rank === position.rankInStream)) return;
    this.selection = { packet: position.packet, stream: position.stream, rank: position.rankInStream };
    if (position.stream !== null) this.update({ selectedStream: position.stream });
    this.events.emit('selection');
  }

  // --- the rest ---

  /** Tells the user of a failure, as a failed page would. */
  report(error: RpcError): void {
    this.fail(error);
  }

  async control(method: 'cancelIndexing' | 'resumeIndexing' | 'loadMore' | 'reload' | 'cancelStudy'): Promise<void> {
    const result = await this.rpc.request(method, null);
    if (!result.ok) this.fail(result.error);
  }

  retry(): void {
    this.problem = null;
    this.events.emit('problem');
    this.packets.refresh();
    this.streams.refresh();
  }

  private fail(error: RpcError): void {
    if (error.code === 'cancelled' || error.code === 'stale') return;
    this.problem = error;
    this.events.emit('problem');
  }
}
