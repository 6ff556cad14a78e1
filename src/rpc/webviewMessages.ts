import type { CaptureState, EngineMethod, EngineApi, JumpTarget, PacketPosition, PacketView, Result, StateHistory, StreamSortKey } from '../core/engineApi';
import type { RowsOfView } from '../core/export/exportApi';
import type { ColumnChoice, ColumnTable } from '../core/fields/columnChoice';
import type { GraphKind } from '../core/seriesApi';
import type { FollowView } from '../core/query/followApi';
import type { CardDocument } from '../core/explain/card';

/** Extension host <-> webviews: the capture editor and the TCP Explain panel. */

export type TimeFormat = 'relative' | 'utc' | 'local' | 'epoch' | 'delta' | 'streamRelative' | 'streamDelta';
export type SequenceFormat = 'relative' | 'raw';

/** Tabs over a stream. */
export type StreamTab = 'timeline' | 'packets' | 'graphs' | 'payload';
/** Timeline: a row for every segment, or distances proportional to time. */
export type TimeScale = 'even' | 'time';

/** What the editor shows; survives tab switches, reload and restart (webview state and workspaceState). */
export interface EditorViewState {
  readonly view: PacketView;
  readonly tab: StreamTab;
  readonly timeScale: TimeScale;
  readonly graph: GraphKind;
  readonly selectedPacket: number | null;
  readonly selectedStream: number | null;
  readonly streamSort: StreamSortKey;
  readonly streamSortDescending: boolean;
  /** Streams with the same main finding stand together under a heading. */
  readonly grouped: boolean;
  readonly timeFormat: TimeFormat;
  readonly sequenceFormat: SequenceFormat;
  /** First visible rows, so that the scroll position comes back. */
  readonly packetScroll: number;
  readonly streamScroll: number;
  /** Sizes of the panes in percent, by pane name. */
  readonly panes: Readonly<Record<string, number>>;
  /** Columns that were chosen in this editor; absent: those of the settings. */
  readonly columns?: ColumnChoice;
}

/** Everything the editor can be told to do by a command, keybinding, tree view or Quick Pick. */
export type EditorCommand =
  | 'nextStream' | 'previousStream' | 'nextInStream' | 'previousInStream' | 'nextOtherDirection' | 'firstOfStream' | 'lastOfStream'
  | 'back' | 'forward' | 'showAllPackets' | 'showStreamPackets' | 'showTimeline' | 'toggleSequenceFormat' | 'cycleTimeFormat' | 'showHover'
  | 'focusFilter' | 'clearFilter' | 'filterValue' | 'filterValueAnd' | 'filterValueOr' | 'filterValueNot' | 'find' | 'findNext' | 'findPrevious'
  | 'applyAsColumn' | 'copyCell' | 'copyRow' | 'copyField' | 'copyHex' | 'focusOverview' | 'groupStreams' | 'focusStreams' | 'focusPackets' | 'focusDetails';

export interface EditorConfig {
  readonly timeFormat: TimeFormat;
  readonly sequenceFormat: SequenceFormat;
  readonly hoverDelayMs: number;
  readonly l10n: Record<string, string> | null;
  readonly fileName: string;
  /** Saved display filters (setting tcpTrace.filters), and those used last, newest first. */
  readonly filters: readonly SavedFilter[];
  readonly filterHistory: readonly string[];
  /** Columns of tables (settings tcpTrace.packets.columns, tcpTrace.streams.columns). */
  readonly columns: Readonly<Record<ColumnTable, readonly string[]>>;
  /** Names that tables show in place of addresses, and behind ports (settings tcpTrace.names.*). */
  readonly names: { readonly hosts: boolean; readonly ports: boolean };
}

export interface SavedFilter {
  readonly name: string;
  readonly filter: string;
}

export type ToHost =
  /** The page listens; `viewState` is what it kept for itself: another editor of the same capture may have shown something else since. */
  | { readonly kind: 'ready'; readonly viewState?: EditorViewState }
  | { readonly kind: 'request'; readonly id: number; readonly method: EngineMethod; readonly params: Parameters<EngineApi[EngineMethod]>[0] | null }
  | { readonly kind: 'cancel'; readonly id: number }
  /** The selection changed (`rows`: where there is more than one row of it): status bar, TCP Explain panel, tree view and context keys follow. */
  | { readonly kind: 'selection'; readonly rows: RowsOfView | null; readonly position: PacketPosition | null; readonly node: string | null; readonly canGoBack: boolean; readonly canGoForward: boolean }
  | { readonly kind: 'viewState'; readonly state: EditorViewState }
  | { readonly kind: 'copy'; readonly text: string }
  /** A display filter was put in force. */
  | { readonly kind: 'filterUsed'; readonly filter: string }
  | { readonly kind: 'saveFilter'; readonly filter: string }
  /** Columns of a table were chosen, for other captures as well; null: as at first. */
  | { readonly kind: 'columns'; readonly table: ColumnTable; readonly columns: readonly string[] | null }
  /** Saves what a view made (a graph) to a file that the user chooses; `name` is a proposal. */
  | { readonly kind: 'save'; readonly name: string; readonly bytes: Uint8Array }
  /** Show a line (from 1) of the text that the capture was read from. */
  | { readonly kind: 'openLine'; readonly line: number }
  /** Write what a stream carried to a file that the person names, or open it as a document. */
  | { readonly kind: 'payload'; readonly action: 'save' | 'open'; readonly stream: number; readonly side: FollowView }
  /** The only commands a webview may ask for; arguments are checked by the host. */
  | { readonly kind: 'run'; readonly action: 'goToPacket' | 'goToStream' | 'reopenWith' | 'openExplain' | 'openSettings' | 'openAsText' | 'nextFinding' | 'previousFinding' | 'chooseColumns' | 'chooseStreamColumns' };

export type FromHost =
  | { readonly kind: 'init'; readonly config: EditorConfig; readonly viewState: EditorViewState | null; readonly state: CaptureState }
  | { readonly kind: 'reply'; readonly id: number; readonly result: Result<unknown> }
  | { readonly kind: 'state'; readonly state: CaptureState }
  | { readonly kind: 'command'; readonly command: EditorCommand }
  | { readonly kind: 'config'; readonly config: EditorConfig }
  /** Columns of a table, as chosen in a list; null: as at first. */
  | { readonly kind: 'columns'; readonly table: ColumnTable; readonly columns: readonly string[] | null }
  /** Select and show this packet (Quick Pick, tree view, link in a card). */
  | { readonly kind: 'reveal'; readonly target: JumpTarget; readonly view: PacketView | null; /** Opens this tab too. */ readonly tab?: StreamTab };

/** TCP Explain panel. */
export type ExplainToHost =
  | { readonly kind: 'ready' }
  | { readonly kind: 'goToPacket'; readonly packet: number }
  | { readonly kind: 'copy'; readonly text: string };

export type ExplainFromHost =
  | { readonly kind: 'init'; readonly l10n: Record<string, string> | null }
  | { readonly kind: 'cards'; readonly packet: number | null; readonly title: string; readonly cards: readonly CardDocument[]; readonly states: StateHistory | null; readonly parameters: readonly CardDocument[]; readonly focusNode: string | null };
