import { configureL10n } from '../../core/l10n';
import type { FromHost, ToHost } from '../../rpc/webviewMessages';
import { Session } from '../state/session';
import { trimExpanded, type LocalState } from '../state/viewState';
import { App } from './app';

declare function acquireVsCodeApi(): { postMessage(message: ToHost): void; getState(): unknown; setState(state: LocalState): void };

/** The first of several changes is saved soon, the next ones together. */
const SAVE_SOON_MS = 30;
const SAVE_DELAY_MS = 250;

performance.mark('tcp-trace:ready');
const vscode = acquireVsCodeApi();
const root = document.getElementById('app')!;
const session = new Session((message) => vscode.postMessage(message));
const local = vscode.getState() as LocalState | undefined;
const expanded = new Map(Object.entries(local?.expanded ?? {}));
let app: App | null = null;
/** What was asked for before there was anything to ask. */
const early: FromHost[] = [];
let saving = 0;
let unsaved = false;

/** After the next frame, and then no more often than the delay allows: the page may be gone before it is over. */
function save(): void {
  unsaved = true;
  if (saving === 0) saving = setTimeout(saveIfDue, SAVE_SOON_MS);
}

function saveIfDue(): void {
  saving = 0;
  if (!unsaved) return;
  saveNow();
  saving = setTimeout(saveIfDue, SAVE_DELAY_MS);
}

function saveNow(): void {
  unsaved = false;
  const view = session.remembered;
  vscode.setState({ view, expanded: trimExpanded(expanded) });
  vscode.postMessage({ kind: 'viewState', state: view });
}

/** The page may be taken away now. */
function flush(): void {
  if (unsaved) saveNow();
}

function receive(message: FromHost): void {
  if (!app && (message.kind === 'command' || message.kind === 'reveal' || message.kind === 'columns')) {
    early.push(message);
    return;
  }
  switch (message.kind) {
    case 'init':
      if (message.config.l10n) configureL10n({ contents: message.config.l10n });
      session.init(message.config, message.viewState, message.state);
      app = new App(root, session, expanded, save);
      session.events.on(['save'], save);
      early.splice(0).forEach(receive);
      return;
    case 'reply':
      session.rpc.reply(message.id, message.result);
      return;
    case 'state':
      if (app) session.setState(message.state);
      return;
    case 'command':
      app?.command(message.command);
      return;
    case 'config':
      session.config = message.config;
      session.events.emit('format');
      return;
    case 'columns':
      session.setColumns(message.table, message.columns, false);
      return;
    case 'reveal':
      session.goTo(message.target, message.view);
      if (message.tab) app?.openTab(message.tab);
  }
}

window.addEventListener('message', (event: MessageEvent<FromHost>) => receive(event.data));
window.addEventListener('pagehide', flush);
document.addEventListener('visibilitychange', () => {
  if (document.hidden) flush();
});
vscode.postMessage({ kind: 'ready', ...(local ? { viewState: local.view } : {}) });
