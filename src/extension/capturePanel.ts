import * as vscode from 'vscode';
import type { CaptureState, JumpTarget, PacketPosition, PacketView } from '../core/engineApi';
import type { RowsOfView } from '../core/export/exportApi';
import type { ColumnTable } from '../core/fields/columnChoice';
import type { EditorCommand, EditorConfig, EditorViewState, FromHost, StreamTab, ToHost } from '../rpc/webviewMessages';
import type { CaptureSession } from './captureSession';
import { columnSettings, rememberColumns } from './columns';
import { Disposer } from './dispose';
import { type FilterHistory, savedFilters, saveFilter } from './filters';
import { checkToHost, refusedRequestId } from './messageChecks';
import { openLine } from './openLine';
import { editorConfig, SECTION } from './settings';
import type { ViewStateStore } from './viewStateStore';
import { saveBytes } from './saveBytes';
import { resourceRoots, webviewHtml } from './webviewHtml';

/** How long a page that comes back may take to say so. */
const COVERED_MS = 700;

type RunAction = Extract<ToHost, { kind: 'run' }>['action'];

export interface PanelServices {
  readonly extensionUri: vscode.Uri;
  readonly viewStates: ViewStateStore;
  readonly filterHistory: FilterHistory;
  readonly log: vscode.LogOutputChannel;
  /** Runs an action that the webview asked for, on this panel. */
  run(action: RunAction, panel: CapturePanel): void;
  /** Saves or opens a payload, on this panel. */
  payload(message: Extract<ToHost, { kind: 'payload' }>, panel: CapturePanel): void;
}

/** What is selected in one editor. */
export interface PanelSelection {
  readonly position: PacketPosition | null;
  readonly node: string | null;
  /** Where more than one row is selected. */
  readonly rows: RowsOfView | null;
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
}

const NOTHING_SELECTED: PanelSelection = { position: null, node: null, rows: null, canGoBack: false, canGoForward: false };

/** One capture editor: the host's side of its webview. */
export class CapturePanel extends Disposer {
  private ready = false;
  private viewState: EditorViewState | null;
  private chosen = NOTHING_SELECTED;
  /** Messages that came before the webview could hear them; a reveal must not be lost. */
  private readonly unheard: FromHost[] = [];
  private readonly calls = new Map<number, () => void>();
  private readonly selectionEmitter = this.own(new vscode.EventEmitter<PanelSelection>());
  private readonly readyWaiters: (() => void)[] = [];
  private flushing: ReturnType<typeof setTimeout> | undefined;

  readonly onSelection = this.selectionEmitter.event;

  constructor(
    readonly session: CaptureSession,
    readonly webviewPanel: vscode.WebviewPanel,
    private readonly services: PanelServices,
  ) {
    super();
    this.viewState = services.viewStates.get(session.uri.toString());
    const { webview } = webviewPanel;
    webview.options = { enableScripts: true, localResourceRoots: resourceRoots(services.extensionUri) };
    this.own(webview.onDidReceiveMessage((message: unknown) => this.receive(message)));
    this.own(session.onState((state) => this.postState(state)));
    this.own(session.onRestart(() => this.load()));
    this.own(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION) && this.ready) this.send({ kind: 'config', config: this.config() });
      }),
    );
    this.own(
      services.filterHistory.onChange(() => {
        if (this.ready) this.send({ kind: 'config', config: this.config() });
      }),
    );
    this.own(
      webviewPanel.onDidChangeViewState(() => {
        // A page that was taken away says 'ready' when it is back; one that was only covered for a moment does not.
        if (webviewPanel.visible) this.flushing = setTimeout(() => this.flush(), COVERED_MS);
        else clearTimeout(this.flushing);
      }),
    );
    this.load();
  }

  get selection(): PanelSelection {
    return this.chosen;
  }

  get lastViewState(): EditorViewState | null {
    return this.viewState;
  }

  get isReady(): boolean {
    return this.ready;
  }

  /** Resolves when the webview listens. */
  whenReady(): Promise<void> {
    return this.ready ? Promise.resolve() : new Promise((resolve) => this.readyWaiters.push(resolve));
  }

  command(command: EditorCommand): void {
    this.post({ kind: 'command', command });
  }

  /** Columns that were chosen in a list; null: as at first. */
  setColumns(table: ColumnTable, columns: readonly string[] | null): void {
    this.noteColumns(table, columns);
    this.post({ kind: 'columns', table, columns });
  }

  /** Now, not with the view's next word: the editor may be closed before it. */
  private noteColumns(table: ColumnTable, columns: readonly string[] | null): void {
    if (!this.viewState) return;
    const { columns: before, ...state } = this.viewState;
    const rest = Object.fromEntries(Object.entries(before ?? {}).filter(([name]) => name !== table));
    this.viewState = { ...state, columns: columns === null ? rest : { ...rest, [table]: columns } };
    this.services.viewStates.set(this.session.uri.toString(), this.viewState);
  }

  /** Selects and shows a packet; `view` changes what the packets table shows, `tab` what is shown of the stream. */
  reveal(target: JumpTarget, view: PacketView | null, tab?: StreamTab): void {
    this.post({ kind: 'reveal', target, view, ...(tab ? { tab } : {}) });
  }

  /** Goes to a packet (frame.number - 1) or the first packet of a stream. False when there is none. */
  async goTo(to: { readonly to: 'packet'; readonly packet: number } | { readonly to: 'stream'; readonly stream: number }, tab?: StreamTab): Promise<boolean> {
    const result = await this.session.call('jump', to).result;
    if (!result.ok || !result.value) return false;
    this.reveal(result.value, to.to === 'stream' ? { kind: 'stream', stream: to.stream } : null, tab);
    return true;
  }

  private config(): EditorConfig {
    return editorConfig(this.session.fileName, { filters: savedFilters(), filterHistory: this.services.filterHistory.recent, columns: columnSettings() });
  }

  private load(): void {
    this.stopListening();
    this.setSelection(NOTHING_SELECTED);
    this.webviewPanel.webview.html = webviewHtml(this.webviewPanel.webview, this.services.extensionUri, 'editor', this.session.fileName);
  }

  private stopListening(): void {
    this.ready = false;
    for (const cancel of this.calls.values()) cancel();
    this.calls.clear();
  }

  private postState(state: CaptureState): void {
    if (this.ready && this.webviewPanel.visible) this.send({ kind: 'state', state });
  }

  private post(message: FromHost): void {
    if (this.ready && this.webviewPanel.visible) this.send(message);
    else if (this.unheard.length < 16) this.unheard.push(message);
  }

  private flush(): void {
    if (this.disposed || !this.ready || !this.webviewPanel.visible) return;
    // What changed while it was covered.
    this.send({ kind: 'state', state: this.session.state });
    for (const message of this.unheard.splice(0)) this.send(message);
  }

  private send(message: FromHost): void {
    if (!this.disposed) void this.webviewPanel.webview.postMessage(message);
  }

  private receive(raw: unknown): void {
    const message = checkToHost(raw);
    if (!message) {
      const id = refusedRequestId(raw);
      this.services.log.warn(`${this.session.fileName}: a message of the webview was refused`);
      if (id !== null) this.send({ kind: 'reply', id, result: { ok: false, error: { code: 'bad-request', message: vscode.l10n.t('The request was refused.') } } });
      return;
    }
    switch (message.kind) {
      case 'ready':
        this.hear(message.viewState);
        return;
      case 'request':
        void this.request(message);
        return;
      case 'cancel':
        this.calls.get(message.id)?.();
        return;
      case 'selection':
        this.setSelection(message);
        return;
      case 'viewState':
        this.viewState = message.state;
        this.services.viewStates.set(this.session.uri.toString(), message.state);
        return;
      case 'copy':
        void vscode.env.clipboard.writeText(message.text);
        return;
      case 'filterUsed':
        this.services.filterHistory.add(message.filter);
        return;
      case 'saveFilter':
        void saveFilter(message.filter);
        return;
      case 'columns':
        this.noteColumns(message.table, message.columns);
        void rememberColumns(message.table, message.columns);
        return;
      case 'save':
        void saveBytes(this.session.uri, message.name, message.bytes);
        return;
      case 'openLine':
        void openLine(this.session.uri, message.line);
        return;
      case 'payload':
        this.services.payload(message, this);
        return;
      case 'run':
        this.services.run(message.action, this);
    }
  }

  /** The page listens. What it kept itself goes before what is remembered of the capture. */
  private hear(own: EditorViewState | undefined): void {
    this.stopListening();
    if (own) this.viewState = own;
    this.ready = true;
    clearTimeout(this.flushing);
    this.send({ kind: 'init', config: this.config(), viewState: this.viewState, state: this.session.state });
    for (const message of this.unheard.splice(0)) this.send(message);
    for (const resolve of this.readyWaiters.splice(0)) resolve();
  }

  private async request(message: Extract<ToHost, { kind: 'request' }>): Promise<void> {
    const call = this.session.call(message.method, message.params);
    this.calls.set(message.id, call.cancel);
    const result = await call.result;
    if (this.calls.get(message.id) === call.cancel) {
      this.calls.delete(message.id);
      this.send({ kind: 'reply', id: message.id, result });
    }
  }

  private setSelection(selection: PanelSelection): void {
    this.chosen = selection;
    this.selectionEmitter.fire(selection);
  }

  override dispose(): void {
    clearTimeout(this.flushing);
    this.stopListening();
    super.dispose();
  }
}
