import type { EditorConfig, EditorViewState } from '../../rpc/webviewMessages';

/** What the webview keeps for itself beyond what the host keeps. */
export interface LocalState {
  readonly view: EditorViewState;
  /** Field-tree nodes that a person opened or closed. */
  readonly expanded: Readonly<Record<string, boolean>>;
}

export function defaultViewState(config: EditorConfig): EditorViewState {
  return {
    view: { kind: 'all' },
    tab: 'packets',
    timeScale: 'even',
    graph: 'sequence',
    selectedPacket: null,
    selectedStream: null,
    streamSort: 'stream',
    streamSortDescending: false,
    grouped: false,
    timeFormat: config.timeFormat,
    sequenceFormat: config.sequenceFormat,
    packetScroll: 0,
    streamScroll: 0,
    panes: {},
  };
}

const MOST_EXPANDED = 500;

/** Column widths and pane sizes share the record; only what was changed is kept. */
export function withSize(state: EditorViewState, name: string, size: number | null): EditorViewState {
  const panes: Record<string, number> = {};
  for (const [key, value] of Object.entries(state.panes)) if (key !== name) panes[key] = value;
  // The latest change first: the host keeps only so many.
  return { ...state, panes: size === null ? panes : { [name]: Math.max(0, Math.round(size * 100) / 100), ...panes } };
}

/** Keeps the latest choices only. */
export function trimExpanded(expanded: ReadonlyMap<string, boolean>): Record<string, boolean> {
  return Object.fromEntries([...expanded].slice(-MOST_EXPANDED));
}
