import * as vscode from 'vscode';
import type { CapturePanel } from './capturePanel';
import type { EngineCall } from './engineClient';
import type { StreamPage } from '../core/engineApi';
import { statusIcon, streamTitle } from './texts';

const ENTRIES = 500;
const DEBOUNCE_MS = 100;

interface StreamItem extends vscode.QuickPickItem {
  readonly stream: number | null;
}

/** Asks for a stream with a search that the engine answers, and shows the chosen one. */
export function pickStream(panel: CapturePanel): void {
  const pick = vscode.window.createQuickPick<StreamItem>();
  pick.title = vscode.l10n.t('Go to Stream');
  pick.placeholder = vscode.l10n.t('Number, address, port, status or finding; several words narrow the list');
  pick.keepScrollPosition = true;
  let call: EngineCall<StreamPage> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let asked = 0;

  const ask = async (): Promise<void> => {
    call?.cancel();
    const turn = ++asked;
    pick.busy = true;
    call = panel.session.call('streamPage', { sort: 'stream', descending: false, start: 0, count: ENTRIES, query: pick.value.trim().slice(0, 1000) });
    const result = await call.result;
    if (turn !== asked) return;
    pick.busy = false;
    if (!result.ok) {
      if (result.error.code !== 'cancelled') pick.items = [note(result.error.message, 'error')];
      return;
    }
    pick.items = streamItems(result.value, panel.selection.position?.stream ?? null);
    const current = pick.value === '' ? pick.items.find((item) => item.stream !== null && item.stream === panel.selection.position?.stream) : undefined;
    if (current) pick.activeItems = [current];
  };

  pick.onDidChangeValue(() => {
    if (timer) clearTimeout(timer);
    timer = setTimeout(() => void ask(), DEBOUNCE_MS);
  });
  pick.onDidAccept(() => {
    const stream = pick.activeItems[0]?.stream ?? null;
    // The "N more" line is no choice: the list stays open.
    if (stream === null) return;
    pick.hide();
    panel.webviewPanel.reveal(undefined, false);
    void panel.goTo({ to: 'stream', stream });
  });
  pick.onDidHide(() => {
    if (timer) clearTimeout(timer);
    asked++;
    call?.cancel();
    pick.dispose();
  });
  pick.show();
  void ask();
}

function streamItems(page: StreamPage, current: number | null): StreamItem[] {
  const items = page.rows.map((row): StreamItem => {
    const { study } = row;
    const grave = study && (study.severity === 'error' || study.severity === 'warning') ? study : null;
    const [icon] = grave ? [grave.severity] : statusIcon(row.status);
    const words = grave ? grave.firstFinding : row.statusText;
    return {
      stream: row.stream,
      label: `$(${icon}) ${streamTitle(row)}`,
      description: row.stream === current ? vscode.l10n.t('{0} (current)', words) : words,
      ...(study ? { detail: study.verdict } : {}),
      // The engine has searched already; VS Code's own search must not hide what it found.
      alwaysShow: true,
    };
  });
  const more = page.total - page.rows.length;
  if (more > 0) items.push(note(vscode.l10n.t('{0} more: type to narrow', more), 'search'));
  if (items.length === 0) items.push(note(vscode.l10n.t('No stream matches.'), 'info'));
  return items;
}

function note(text: string, icon: string): StreamItem {
  return { stream: null, label: `$(${icon}) ${text}`, alwaysShow: true };
}
