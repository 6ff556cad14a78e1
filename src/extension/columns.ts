import * as vscode from 'vscode';
import { added, checkColumns, COLUMN_TABLES, moved, ONE_STREAM_HIDES, OWN_COLUMNS, stepped, type ColumnTable } from '../core/fields/columnChoice';
import type { EditorConfig } from '../rpc/webviewMessages';
import type { ActiveCapture } from './activeCapture';
import type { CapturePanel } from './capturePanel';
import { SECTION } from './settings';

const KEY: Readonly<Record<ColumnTable, string>> = { packets: 'packets.columns', streams: 'streams.columns' };

/** Columns by the settings, without what can be none: settings.json is edited by hand. */
export function columnSettings(): EditorConfig['columns'] {
  const of = (table: ColumnTable): readonly string[] => checkColumns(vscode.workspace.getConfiguration(SECTION).get<unknown>(KEY[table]), table) ?? OWN_COLUMNS[table];
  return { packets: of('packets'), streams: of('streams') };
}

/** Remembers columns for the user; null: as at first. */
export async function rememberColumns(table: ColumnTable, columns: readonly string[] | null): Promise<void> {
  try {
    await vscode.workspace.getConfiguration(SECTION).update(KEY[table], columns ?? undefined, vscode.ConfigurationTarget.Global);
  } catch (error) {
    void vscode.window.showErrorMessage(vscode.l10n.t('The columns could not be saved: {0}', error instanceof Error ? error.message : String(error)));
  }
}

/** What a table's own columns are called in lists. */
const NAMES: Readonly<Record<string, () => string>> = {
  number: () => vscode.l10n.t('Number'), time: () => vscode.l10n.t('Time'), direction: () => vscode.l10n.t('Direction'), source: () => vscode.l10n.t('Source'),
  destination: () => vscode.l10n.t('Destination'), protocol: () => vscode.l10n.t('Protocol'), flags: () => vscode.l10n.t('Flags'), seq: () => vscode.l10n.t('Sequence number'),
  ack: () => vscode.l10n.t('Acknowledgment number'), window: () => vscode.l10n.t('Window'), length: () => vscode.l10n.t('Length'), info: () => vscode.l10n.t('Info'),
  stream: () => vscode.l10n.t('Stream'), lane: () => vscode.l10n.t('Small timeline'), client: () => vscode.l10n.t('Client'), server: () => vscode.l10n.t('Server'), verdict: () => vscode.l10n.t('Verdict'),
  status: () => vscode.l10n.t('Status'), packets: () => vscode.l10n.t('Packets'), bytesClient: () => vscode.l10n.t('Bytes sent by the client'), bytesServer: () => vscode.l10n.t('Bytes sent by the server'),
  start: () => vscode.l10n.t('Start'), duration: () => vscode.l10n.t('Duration'), rtt: () => vscode.l10n.t('Round-trip time'), retransmitted: () => vscode.l10n.t('Retransmitted share'),
};

interface ColumnItem extends vscode.QuickPickItem {
  readonly id?: string;
}

/** What a header's context menu was opened on. */
function placeOf(context: unknown): { readonly table: ColumnTable; readonly column: string | null } {
  const { table, column } = (typeof context === 'object' && context !== null ? context : {}) as { table?: unknown; column?: unknown };
  return { table: table === 'streams' ? 'streams' : 'packets', column: typeof column === 'string' ? column : null };
}

/** Columns that the editor shows now. */
function shown(panel: CapturePanel, table: ColumnTable): readonly string[] {
  return panel.lastViewState?.columns?.[table] ?? columnSettings()[table];
}

function change(panel: CapturePanel, table: ColumnTable, columns: readonly string[] | null): void {
  panel.setColumns(table, columns);
  void rememberColumns(table, columns);
}

const separator = (label: string): ColumnItem => ({ label, kind: vscode.QuickPickItemKind.Separator });

/** Fields of the engine's registry that are no column yet. */
async function fieldItems(panel: CapturePanel, present: readonly string[]): Promise<readonly ColumnItem[]> {
  const result = await panel.session.call('fields', null).result;
  if (!result.ok) return [];
  return result.value.filter(({ name }) => !present.includes(name)).map(({ name, doc }) => ({ id: name, label: name, description: doc }));
}

/** Which columns a table shows, as a list to tick. */
export async function chooseColumns(panel: CapturePanel, table: ColumnTable): Promise<void> {
  const present = shown(panel, table);
  const own = OWN_COLUMNS[table];
  const item = (id: string): ColumnItem => ({ id, label: NAMES[id]?.() ?? id, picked: present.includes(id) });
  const fields = table === 'packets' ? await fieldItems(panel, present) : [];
  const hidden = own.filter((id) => !present.includes(id));
  const items = [
    separator(vscode.l10n.t('shown')), ...present.map(item),
    ...(hidden.length > 0 ? [separator(vscode.l10n.t('not shown')), ...hidden.map(item)] : []),
    ...(fields.length > 0 ? [separator(vscode.l10n.t('fields')), ...fields] : []),
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: titleOf(table), canPickMany: true, matchOnDescription: true, placeHolder: vscode.l10n.t('Tick the columns to show. Drag their headers to put them in order.') });
  if (!chosen) return;
  const ids = chosen.flatMap(({ id }) => id ?? []);
  const next = added(present.filter((id) => ids.includes(id)), ids.filter((id) => !present.includes(id)));
  if (next.length > 0) change(panel, table, next);
}

/** Adds a field as a column of the packets table, found by name or by what it is. */
export async function addColumn(panel: CapturePanel, before: string | null): Promise<void> {
  const present = shown(panel, 'packets');
  const hidden = OWN_COLUMNS.packets.filter((id) => !present.includes(id)).map((id): ColumnItem => ({ id, label: NAMES[id]!() }));
  const fields = await fieldItems(panel, present);
  const chosen = await vscode.window.showQuickPick([...hidden, ...fields], { title: vscode.l10n.t('Add a Column'), matchOnDescription: true, placeHolder: vscode.l10n.t('A field, such as tcp.options.mss_val or state.client') });
  if (!chosen?.id) return;
  const next = added(present, [chosen.id]);
  change(panel, 'packets', before === null ? next : moved(next, chosen.id, before));
}

/** Columns of a list that the table does not show now. */
function hiddenNow(panel: CapturePanel, table: ColumnTable): readonly string[] {
  return table === 'packets' && panel.lastViewState?.view.kind === 'stream' ? ONE_STREAM_HIDES : [];
}

const titleOf = (table: ColumnTable): string => (table === 'packets' ? vscode.l10n.t('Columns of the Packets Table') : vscode.l10n.t('Columns of the Streams Table'));

/** The table whose menu was opened; without a menu (in the palette) it is asked for. */
async function tableFor(context: unknown): Promise<ColumnTable | null> {
  if (typeof context === 'object' && context !== null && 'table' in context) return placeOf(context).table;
  const chosen = await vscode.window.showQuickPick(COLUMN_TABLES.map((table) => ({ label: titleOf(table), table })));
  return chosen?.table ?? null;
}

/** Commands of the headers' context menu and of the palette. */
export function registerColumns(active: ActiveCapture): vscode.Disposable {
  const register = (id: string, run: (panel: CapturePanel, context: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(id, (context: unknown) => active.current && run(active.current, context));
  const onTable = (id: string, run: (panel: CapturePanel, table: ColumnTable) => unknown): vscode.Disposable =>
    register(id, async (panel, context) => {
      const table = await tableFor(context);
      if (table) await run(panel, table);
    });
  const onColumn = (id: string, next: (columns: readonly string[], column: string, hidden: readonly string[]) => readonly string[]): vscode.Disposable =>
    register(id, (panel, context) => {
      const { table, column } = placeOf(context);
      const columns = shown(panel, table);
      if (column === null || !columns.includes(column)) return;
      const list = next(columns, column, hiddenNow(panel, table));
      if (list.length > 0) change(panel, table, list);
    });
  return vscode.Disposable.from(
    onTable('tcpTrace.chooseColumns', chooseColumns),
    register('tcpTrace.addColumn', (panel, context) => addColumn(panel, placeOf(context).column)),
    onTable('tcpTrace.resetColumns', (panel, table) => change(panel, table, null)),
    onColumn('tcpTrace.hideColumn', (columns, column) => columns.filter((id) => id !== column)),
    onColumn('tcpTrace.moveColumnLeft', (columns, column, hidden) => stepped(columns, column, -1, hidden)),
    onColumn('tcpTrace.moveColumnRight', (columns, column, hidden) => stepped(columns, column, 1, hidden)),
  );
}
