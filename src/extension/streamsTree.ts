import * as vscode from 'vscode';
import type { StreamRowData } from '../core/engineApi';
import { Disposer } from './dispose';
import type { Followed, FollowedCapture } from './followedCapture';
import { formatBytes, formatDuration, statusIcon, streamTitle } from './texts';

/** Entries that the tree shows at most. */
export const TREE_ENTRIES = 500;
/** While indexing the tree is read again this often. */
const REFRESH_MS = 1000;

type Node = { readonly kind: 'stream'; readonly row: StreamRowData } | { readonly kind: 'more'; readonly count: number; readonly where: 'before' | 'after' };

/** The native view "TCP Streams": one page of the streams of the active capture or text capture, the page with the selected one. */
export class StreamsTree extends Disposer implements vscode.TreeDataProvider<Node> {
  private readonly view: vscode.TreeView<Node>;
  private readonly changeEmitter = this.own(new vscode.EventEmitter<undefined>());
  private nodes: readonly Node[] = [];
  private pageStart = 0;
  private shownFor: { readonly of: unknown; readonly revision: number; readonly streams: number; readonly phase: string } | null = null;
  private loading = 0;
  private timer: NodeJS.Timeout | null = null;
  private lastLoad = 0;
  private revealed: number | null = null;

  readonly onDidChangeTreeData = this.changeEmitter.event;

  constructor(private readonly followed: FollowedCapture) {
    super();
    this.view = this.own(vscode.window.createTreeView<Node>('tcpTrace.streams', { treeDataProvider: this, showCollapseAll: false }));
    this.own(followed.onChange(() => this.follow()));
    this.own(this.view.onDidChangeVisibility(() => this.follow()));
    this.follow();
  }

  /** What the tree shows, as text: for tests. */
  get labels(): string[] {
    return this.nodes.map((node) => (node.kind === 'stream' ? streamTitle(node.row) : moreText(node.count, node.where)));
  }

  getChildren(node?: Node): Node[] {
    return node ? [] : [...this.nodes];
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    return node.kind === 'stream' ? this.streamItem(node.row) : this.moreItem(node.count, node.where);
  }

  private streamItem(row: StreamRowData): vscode.TreeItem {
    const item = new vscode.TreeItem(streamTitle(row));
    item.id = `stream:${row.stream}`;
    item.description = row.statusText;
    const [icon, color] = statusIcon(row.status);
    item.iconPath = new vscode.ThemeIcon(icon, color ? new vscode.ThemeColor(color) : undefined);
    item.tooltip = streamTooltip(row);
    item.command = { command: 'tcpTrace.revealStream', title: vscode.l10n.t('Show Stream'), arguments: [row.stream] };
    item.contextValue = 'stream';
    item.accessibilityInformation = { label: vscode.l10n.t('stream {0}, {1}', streamTitle(row), row.statusText) };
    return item;
  }

  private moreItem(count: number, where: 'before' | 'after'): vscode.TreeItem {
    const item = new vscode.TreeItem(moreText(count, where));
    item.id = `more:${where}`;
    item.iconPath = new vscode.ThemeIcon('search');
    item.command = { command: 'tcpTrace.goToStream', title: vscode.l10n.t('Go to Stream...') };
    return item;
  }

  /** Reads the page again when something that it shows has changed, and marks the selected stream. */
  private follow(): void {
    const { current } = this.followed;
    if (!current) {
      this.loading++;
      this.shownFor = null;
      this.revealed = null;
      this.setNodes([]);
      this.view.message = undefined;
      this.view.description = undefined;
      return;
    }
    const { state } = current;
    this.view.description = current.fileName;
    this.view.message = state.phase === 'failed' ? state.failure?.message : state.phase === 'done' && state.streams === 0 ? vscode.l10n.t('This capture holds no TCP streams.') : undefined;
    const selected = current.position?.stream ?? null;
    const start = selected === null ? 0 : Math.floor(selected / TREE_ENTRIES) * TREE_ENTRIES;
    const shown = this.shownFor;
    const otherPage = shown === null || shown.of !== current.of || shown.revision !== state.revision || start !== this.pageStart;
    if (otherPage) void this.load(current, start);
    else if (shown.streams !== state.streams || shown.phase !== state.phase) this.loadLater(current, start);
    else void this.markSelected();
  }

  private loadLater(followed: Followed, start: number): void {
    if (this.timer) return;
    this.timer = setTimeout(
      () => {
        this.timer = null;
        const { current } = this.followed;
        if (current && current.of === followed.of) void this.load(current, start);
      },
      Math.max(0, this.lastLoad + REFRESH_MS - Date.now()),
    );
  }

  private async load(followed: Followed, start: number): Promise<void> {
    const loading = ++this.loading;
    const { state } = followed;
    this.lastLoad = Date.now();
    this.shownFor = { of: followed.of, revision: state.revision, streams: state.streams, phase: state.phase };
    this.pageStart = start;
    const result = await followed.call('streamPage', { sort: 'stream', descending: false, start, count: TREE_ENTRIES, query: '' }).result;
    if (loading !== this.loading || this.disposed) return;
    const nodes: Node[] = [];
    if (result.ok) {
      const { rows, total } = result.value;
      if (start > 0) nodes.push({ kind: 'more', count: start, where: 'before' });
      for (const row of rows) nodes.push({ kind: 'stream', row });
      const after = total - start - rows.length;
      if (after > 0) nodes.push({ kind: 'more', count: after, where: 'after' });
    }
    this.revealed = null;
    this.setNodes(nodes);
    await this.markSelected();
  }

  private setNodes(nodes: readonly Node[]): void {
    if (nodes.length === 0 && this.nodes.length === 0) return;
    this.nodes = nodes;
    this.changeEmitter.fire(undefined);
  }

  /** Selects the editor's stream, without taking the focus and without opening the view. */
  private async markSelected(): Promise<void> {
    const stream = this.followed.current?.position?.stream ?? null;
    if (stream === null || stream === this.revealed || !this.view.visible) return;
    const node = this.nodes.find((n) => n.kind === 'stream' && n.row.stream === stream);
    if (!node) return;
    this.revealed = stream;
    try {
      await this.view.reveal(node, { select: true, focus: false });
    } catch {
      // The tree was read anew meanwhile; the next selection marks it again.
      this.revealed = null;
    }
  }

  override dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    super.dispose();
  }
}

function moreText(count: number, where: 'before' | 'after'): string {
  return where === 'after' ? vscode.l10n.t('{0} more: type to narrow', count) : vscode.l10n.t('{0} before: type to narrow', count);
}

/** All as plain text: addresses come from the capture. */
function streamTooltip(row: StreamRowData): vscode.MarkdownString {
  const tooltip = new vscode.MarkdownString();
  tooltip.appendText(streamTitle(row));
  tooltip.appendMarkdown('\n\n');
  const line = (text: string): void => {
    tooltip.appendMarkdown('- ');
    tooltip.appendText(text);
    tooltip.appendMarkdown('\n');
  };
  line(row.statusText);
  if (row.clientBy !== 'syn') line(vscode.l10n.t('The client is a guess: the capture holds no SYN of this stream.'));
  line(vscode.l10n.t('client to server: {0} packets, {1}', row.packetsClient, formatBytes(row.bytesClient)));
  line(vscode.l10n.t('server to client: {0} packets, {1}', row.packetsServer, formatBytes(row.bytesServer)));
  if (!row.untimed) line(vscode.l10n.t('duration: {0}', formatDuration(row.duration)));
  if (row.rtt !== null) line(vscode.l10n.t('handshake RTT: {0}', formatDuration(row.rtt)));
  if (row.retransmissions > 0) line(vscode.l10n.t('retransmissions: {0}', row.retransmissions));
  return tooltip;
}
