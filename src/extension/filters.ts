import * as vscode from 'vscode';
import type { SavedFilter } from '../rpc/webviewMessages';
import { withFilter } from './filterList';
import type { MementoLike } from './viewStateStore';
import { SECTION } from './settings';

const KEY = 'tcpTrace.filterHistory';
const MOST_RECENT = 50;
const MOST_SAVED = 200;
const MOST_CHARS = 10_000;

/** Display filters that were used last, newest first, in all windows and folders. */
export class FilterHistory {
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onChange = this.emitter.event;

  constructor(private readonly memento: MementoLike) {}

  get recent(): readonly string[] {
    const stored = this.memento.get(KEY);
    return Array.isArray(stored) ? (stored as unknown[]).filter((f): f is string => typeof f === 'string' && f !== '' && f.length <= MOST_CHARS).slice(0, MOST_RECENT) : [];
  }

  add(filter: string): void {
    const before = this.recent;
    if (before[0] === filter) return;
    void this.memento.update(KEY, [filter, ...before.filter((other) => other !== filter)].slice(0, MOST_RECENT));
    this.emitter.fire();
  }

  dispose(): void {
    this.emitter.dispose();
  }
}

/** The setting tcpTrace.filters, without what is no filter: settings.json is edited by hand. */
export function savedFilters(): readonly SavedFilter[] {
  const value = vscode.workspace.getConfiguration(SECTION).get<unknown>('filters');
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).slice(0, MOST_SAVED).flatMap((entry) => {
    const { name, filter } = (typeof entry === 'object' && entry !== null ? entry : {}) as { name?: unknown; filter?: unknown };
    return typeof filter === 'string' && filter !== '' && filter.length <= MOST_CHARS ? [{ name: typeof name === 'string' ? name : '', filter }] : [];
  });
}

/** Asks for a name and adds the filter to the user's settings, where a filter of that name is replaced. */
export async function saveFilter(filter: string): Promise<void> {
  const name = await vscode.window.showInputBox({ title: vscode.l10n.t('Save Display Filter'), prompt: filter, placeHolder: vscode.l10n.t('Name of the filter') });
  if (name === undefined) return;
  const configuration = vscode.workspace.getConfiguration(SECTION);
  const list = withFilter(configuration.inspect<unknown>('filters')?.globalValue, { name, filter });
  try {
    if (list === null) throw new Error(vscode.l10n.t('"tcpTrace.filters" in the settings is not a list.'));
    await configuration.update('filters', list, vscode.ConfigurationTarget.Global);
  } catch (error) {
    void vscode.window.showErrorMessage(vscode.l10n.t('The filter could not be saved: {0}', error instanceof Error ? error.message : String(error)));
  }
}
