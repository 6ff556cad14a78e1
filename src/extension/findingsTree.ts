import * as vscode from 'vscode';
import type { FindingData, FindingGroup, FindingSeverity } from '../core/query/findingApi';
import type { ActiveCapture } from './activeCapture';
import type { CapturePanel } from './capturePanel';
import { Disposer } from './dispose';

/** Occurrences that a finding shows at most. */
export const MOST_OCCURRENCES = 500;

type Node = { readonly kind: 'group'; readonly group: FindingGroup } | { readonly kind: 'finding'; readonly finding: FindingData } | { readonly kind: 'more'; readonly id: string; readonly count: number };

/** The native view "TCP Findings": each kind of finding of the active capture, and below it where it occurs. */
export class FindingsTree extends Disposer implements vscode.TreeDataProvider<Node> {
  private readonly view: vscode.TreeView<Node>;
  private readonly changeEmitter = this.own(new vscode.EventEmitter<undefined>());
  private shownFor: { readonly panel: CapturePanel; readonly revision: number; readonly version: number } | null = null;
  private groups: readonly FindingGroup[] = [];
  private loading = 0;

  readonly onDidChangeTreeData = this.changeEmitter.event;

  constructor(private readonly active: ActiveCapture) {
    super();
    this.view = this.own(vscode.window.createTreeView<Node>('tcpTrace.findings', { treeDataProvider: this, showCollapseAll: true }));
    this.own(active.onChange(() => this.follow()));
    this.follow();
  }

  /** What the tree shows at its top level, as text: for tests. */
  get labels(): string[] {
    return this.groups.map((group) => `${group.title} (${group.count})`);
  }

  /** What the tree shows below one of its groups: for tests. */
  async itemsBelow(at: number): Promise<readonly vscode.TreeItem[]> {
    const group = this.groups[at];
    return group ? (await this.getChildren({ kind: 'group', group })).map((node) => this.getTreeItem(node)) : [];
  }

  async getChildren(node?: Node): Promise<Node[]> {
    if (!node) return this.groups.map((group) => ({ kind: 'group', group }));
    const panel = this.active.current;
    if (node.kind !== 'group' || !panel) return [];
    const result = await panel.session.call('findingPage', { id: node.group.id, start: 0, count: MOST_OCCURRENCES }).result;
    if (!result.ok) return [];
    const nodes: Node[] = result.value.rows.map((finding) => ({ kind: 'finding', finding }));
    if (result.value.total > nodes.length) nodes.push({ kind: 'more', id: node.group.id, count: result.value.total - nodes.length });
    return nodes;
  }

  getTreeItem(node: Node): vscode.TreeItem {
    if (node.kind === 'group') return groupItem(node.group);
    return node.kind === 'finding' ? findingItem(node.finding) : moreItem(node.id, node.count);
  }

  /** Reads the findings again when there are others. */
  private follow(): void {
    const panel = this.active.current;
    if (!panel) {
      this.loading++;
      this.shownFor = null;
      this.show([]);
      this.view.message = this.view.description = this.view.badge = undefined;
      return;
    }
    const { study, revision, phase } = panel.session.state;
    this.view.description = study.phase === 'running' ? vscode.l10n.t('studying, {0}%', Math.floor(study.progress * 100)) : panel.session.fileName;
    this.view.message =
      study.phase === 'done' && study.errors + study.warnings + study.infos === 0
        ? vscode.l10n.t('Nothing was found in this capture.')
        : study.phase === 'cancelled'
          ? vscode.l10n.t('The study was stopped.')
          : study.phase === 'failed' && phase !== 'failed'
            ? study.failure === undefined
              ? vscode.l10n.t('The capture could not be studied.')
              : vscode.l10n.t('The capture could not be studied: {0}', study.failure)
            : study.unstudied !== undefined
              ? vscode.l10n.t('The last {0} streams were not studied: there are too many.', study.unstudied)
              : undefined;
    this.view.badge = study.errors + study.warnings > 0 ? { value: study.errors + study.warnings, tooltip: vscode.l10n.t('{0} errors, {1} warnings', study.errors, study.warnings) } : undefined;
    const shown = this.shownFor;
    if (shown?.panel === panel && shown.revision === revision && shown.version === study.version) return;
    this.shownFor = { panel, revision, version: study.version };
    void this.load(panel);
  }

  private async load(panel: CapturePanel): Promise<void> {
    const loading = ++this.loading;
    const result = await panel.session.call('findingGroups', null).result;
    if (loading === this.loading && !this.disposed) this.show(result.ok ? result.value : []);
  }

  private show(groups: readonly FindingGroup[]): void {
    if (groups.length === 0 && this.groups.length === 0) return;
    this.groups = groups;
    this.changeEmitter.fire(undefined);
  }
}

const ICONS: Readonly<Record<FindingSeverity, vscode.ThemeIcon>> = {
  error: new vscode.ThemeIcon('error', new vscode.ThemeColor('problemsErrorIcon.foreground')),
  warning: new vscode.ThemeIcon('warning', new vscode.ThemeColor('problemsWarningIcon.foreground')),
  info: new vscode.ThemeIcon('info', new vscode.ThemeColor('problemsInfoIcon.foreground')),
};

function severityWord(severity: FindingSeverity): string {
  return severity === 'error' ? vscode.l10n.t('error') : severity === 'warning' ? vscode.l10n.t('warning') : vscode.l10n.t('note');
}

function groupItem(group: FindingGroup): vscode.TreeItem {
  const item = new vscode.TreeItem(group.title, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = group.id;
  item.description = String(group.count);
  item.iconPath = ICONS[group.severity];
  item.tooltip = tooltip(group.doc, group.id);
  item.contextValue = 'findingGroup';
  item.accessibilityInformation = { label: `${severityWord(group.severity)}: ${group.title}, ${group.count}` };
  return item;
}

function findingItem(finding: FindingData): vscode.TreeItem {
  const where = finding.stream === null ? vscode.l10n.t('capture') : vscode.l10n.t('stream {0}', finding.stream);
  const item = new vscode.TreeItem(where);
  item.id = `${finding.id} ${finding.stream ?? 'capture'} ${finding.packets[0] ?? ''}`;
  item.description = finding.text;
  item.iconPath = ICONS[finding.severity];
  item.tooltip = tooltip(finding.text, finding.id);
  item.contextValue = 'finding';
  item.accessibilityInformation = { label: `${severityWord(finding.severity)}, ${where}: ${finding.text}` };
  const packet = finding.packets[0];
  if (packet !== undefined) item.command = { command: 'tcpTrace.revealPacket', title: vscode.l10n.t('Show Packet'), arguments: [packet] };
  return item;
}

function moreItem(id: string, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('{0} more', count));
  item.id = `more ${id}`;
  item.tooltip = tooltip(vscode.l10n.t('Search the streams table for "{0}" to see all streams that have it.', id), id);
  return item;
}

/** Plain text: it may name hosts of the capture. */
function tooltip(text: string, id: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendText(`${text}\n${id}`);
  return markdown;
}
