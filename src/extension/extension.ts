import * as vscode from 'vscode';
import type { CaptureState } from '../core/engineApi';
import { configureL10n } from '../core/l10n';
import { removeStaleTempFiles } from '../platform/node/tempFile';
import type { EditorViewState } from '../rpc/webviewMessages';
import { ActiveCapture } from './activeCapture';
import { CaptureEditorProvider } from './captureEditorProvider';
import type { PanelSelection } from './capturePanel';
import { registerColumns } from './columns';
import { registerExports, runPayload } from './exportCommands';
import { registerCommands, runAction } from './commands';
import { ContextKeys } from './contextKeys';
import { ExplainView } from './explainView';
import { FindingsTree } from './findingsTree';
import { LanguageFeatures } from './language/languageFeatures';
import { TextNavigation } from './language/textCommands';
import { TextCursor } from './language/textCursor';
import { TextTraces } from './language/textTraces';
import { Samples } from './samples';
import { l10nContents } from './settings';
import { FilterHistory } from './filters';
import { FollowedCapture } from './followedCapture';
import { StatusBar } from './statusBar';
import { StreamsTree } from './streamsTree';
import { SystemTexts } from './systemTexts';
import { TextReveal } from './textReveal';
import { ViewStateStore } from './viewStateStore';

/** What tests see of the extension. */
export interface ExtensionApi {
  /** Milliseconds that activation took. */
  readonly activationMs: number;
  /** The capture that the views follow. */
  readonly active: () => { readonly uri: vscode.Uri; readonly state: CaptureState; readonly selection: PanelSelection; readonly viewState: EditorViewState | null; readonly ready: boolean } | null;
  readonly onDidChange: vscode.Event<unknown>;
  readonly statusBarText: () => string;
  readonly streamLabels: () => string[];
  readonly findingLabels: () => string[];
  readonly findingItems: (group: number) => Promise<readonly vscode.TreeItem[]>;
  readonly explainTitles: () => string[];
  /** Milliseconds that the last hover in a text capture took us. */
  readonly textHoverMs: () => number;
}

/** What ended processes left behind is looked for when the start is over. */
const CLEAN_UP_AFTER_MS = 10_000;

let end: (() => Promise<void>) | null = null;

export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const began = performance.now();
  const strings = l10nContents();
  if (strings) configureL10n({ contents: strings });
  const log = vscode.window.createOutputChannel('TCP Trace', { log: true });
  const viewStates = new ViewStateStore(context.workspaceState);
  const filterHistory = new FilterHistory(context.globalState);
  const active = new ActiveCapture();
  const provider = new CaptureEditorProvider({ extensionUri: context.extensionUri, viewStates, filterHistory, log, run: runAction, payload: runPayload }, active);
  const findings = new FindingsTree(active);
  const traces = new TextTraces(context.extensionUri, log);
  const cursor = new TextCursor(traces);
  const followed = new FollowedCapture(active, cursor);
  const statusBar = new StatusBar(followed);
  const tree = new StreamsTree(followed);
  const explain = new ExplainView(active, cursor, context.extensionUri);
  const reveal = new TextReveal(active);
  const language = new LanguageFeatures(traces);
  const navigation = new TextNavigation(traces, reveal);
  context.subscriptions.push(
    log,
    traces,
    cursor,
    followed,
    reveal,
    navigation.register(),
    language,
    active,
    filterHistory,
    provider.register(),
    registerCommands(active, navigation),
    registerExports(active),
    registerColumns(active),
    new ContextKeys(active),
    statusBar,
    tree,
    findings,
    explain,
    new SystemTexts(),
    new Samples(context.extensionUri, context.extension.id, active),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('tcpTrace.streams.splitBy')) void Promise.all([provider.restartAll(), traces.restartAll()]);
    }),
  );
  const cleanUp = setTimeout(() => void removeStaleTempFiles(), CLEAN_UP_AFTER_MS);
  end = async () => {
    clearTimeout(cleanUp);
    await Promise.all([viewStates.flush(), provider.end()]);
  };
  return {
    activationMs: performance.now() - began,
    active: () => {
      const panel = active.current;
      return panel && { uri: panel.session.uri, state: panel.session.state, selection: panel.selection, viewState: panel.lastViewState, ready: panel.isReady };
    },
    onDidChange: active.onChange,
    statusBarText: () => statusBar.text,
    streamLabels: () => tree.labels,
    findingLabels: () => findings.labels,
    findingItems: (group) => findings.itemsBelow(group),
    explainTitles: () => explain.cardTitles,
    textHoverMs: () => language.hovers.lastMs,
  };
}

export async function deactivate(): Promise<void> {
  await end?.();
  end = null;
}
