import * as vscode from 'vscode';
import type { EngineMethod } from '../core/engineApi';
import type { EditorCommand, ToHost } from '../rpc/webviewMessages';
import type { ActiveCapture } from './activeCapture';
import { VIEW_TYPE } from './captureEditorProvider';
import type { CapturePanel } from './capturePanel';
import { chooseColumns } from './columns';
import { nextFinding } from './goToFinding';
import { pickStream } from './goToStream';
import type { TextNavigation } from './language/textCommands';
import { STREAM_TABS } from './messageChecks';
import { parseFrameNumber } from './texts';

/** Commands that the editor's webview carries out. */
const EDITOR_COMMANDS: Readonly<Record<string, EditorCommand>> = {
  'tcpTrace.nextStream': 'nextStream',
  'tcpTrace.previousStream': 'previousStream',
  'tcpTrace.nextPacketInStream': 'nextInStream',
  'tcpTrace.previousPacketInStream': 'previousInStream',
  'tcpTrace.otherDirection': 'nextOtherDirection',
  'tcpTrace.firstPacket': 'firstOfStream',
  'tcpTrace.lastPacketOfStream': 'lastOfStream',
  'tcpTrace.back': 'back',
  'tcpTrace.forward': 'forward',
  'tcpTrace.showAllPackets': 'showAllPackets',
  'tcpTrace.showStreamPackets': 'showStreamPackets',
  'tcpTrace.showTimeline': 'showTimeline',
  'tcpTrace.toggleSequenceNumbers': 'toggleSequenceFormat',
  'tcpTrace.cycleTimeFormat': 'cycleTimeFormat',
  'tcpTrace.showHover': 'showHover',
  'tcpTrace.focusFilter': 'focusFilter',
  'tcpTrace.clearFilter': 'clearFilter',
  'tcpTrace.filterByValue': 'filterValue',
  'tcpTrace.filterByValueAnd': 'filterValueAnd',
  'tcpTrace.filterByValueOr': 'filterValueOr',
  'tcpTrace.filterByValueNot': 'filterValueNot',
  'tcpTrace.find': 'find',
  'tcpTrace.findNext': 'findNext',
  'tcpTrace.findPrevious': 'findPrevious',
  'tcpTrace.applyAsColumn': 'applyAsColumn',
  'tcpTrace.copyCell': 'copyCell',
  'tcpTrace.copyRow': 'copyRow',
  'tcpTrace.copyField': 'copyField',
  'tcpTrace.copyHex': 'copyHex',
  'tcpTrace.focusOverview': 'focusOverview',
  'tcpTrace.groupStreams': 'groupStreams',
  'tcpTrace.focusStreams': 'focusStreams',
  'tcpTrace.focusPackets': 'focusPackets',
  'tcpTrace.focusDetails': 'focusDetails',
};

/** Commands that move the focus into the editor when it is elsewhere. */
const TAKES_FOCUS: ReadonlySet<string> = new Set(['tcpTrace.focusOverview', 'tcpTrace.focusStreams', 'tcpTrace.focusPackets', 'tcpTrace.focusDetails', 'tcpTrace.showHover', 'tcpTrace.focusFilter', 'tcpTrace.find']);

/** Commands that the engine carries out. */
const ENGINE_COMMANDS: Readonly<Record<string, EngineMethod>> = {
  'tcpTrace.cancelIndexing': 'cancelIndexing',
  'tcpTrace.resumeIndexing': 'resumeIndexing',
  'tcpTrace.loadNewPackets': 'loadMore',
  'tcpTrace.reload': 'reload',
  'tcpTrace.cancelStudy': 'cancelStudy',
  'tcpTrace.resumeStudy': 'resumeStudy',
};

/** `text` carries out what it can when a text capture has the focus. */
export function registerCommands(active: ActiveCapture, text: TextNavigation): vscode.Disposable {
  const register = (id: string, handler: (...args: unknown[]) => unknown): vscode.Disposable => vscode.commands.registerCommand(id, handler);
  const onPanel = (action: (panel: CapturePanel) => unknown) => () => active.current && action(active.current);
  return vscode.Disposable.from(
    ...Object.entries(EDITOR_COMMANDS).map(([id, command]) =>
      register(id, () => {
        const panel = active.current;
        if ((!active.hasFocus && text.run(command)) || !panel) return;
        if (TAKES_FOCUS.has(id)) panel.webviewPanel.reveal(undefined, false);
        panel.command(command);
      }),
    ),
    ...Object.entries(ENGINE_COMMANDS).map(([id, method]) => register(id, onPanel((panel) => callEngine(panel, method)))),
    register('tcpTrace.goToPacket', onPanel(goToPacket)),
    register('tcpTrace.goToStream', onPanel(pickStream)),
    register('tcpTrace.nextFinding', onPanel((panel) => nextFinding(panel, 1))),
    register('tcpTrace.previousFinding', onPanel((panel) => nextFinding(panel, -1))),
    // Arguments: a packet (frame.number - 1) or a stream, and the tab to open ('timeline', 'packets', 'graphs', 'payload'); without one the tab stays.
    register('tcpTrace.revealPacket', (packet, tab) => (typeof packet === 'number' ? active.current?.goTo({ to: 'packet', packet }, STREAM_TABS.find((one) => one === tab)) : undefined)),
    register('tcpTrace.revealStream', (stream, tab) => {
      if (typeof stream !== 'number') return undefined;
      const chosen = STREAM_TABS.find((one) => one === tab);
      // A text capture that is the active editor goes to the stream itself; tabs are the capture editor's.
      return (!chosen && !active.hasFocus && text.goToStream(stream)) || active.current?.goTo({ to: 'stream', stream }, chosen);
    }),
    register('tcpTrace.reopenWith', () => vscode.commands.executeCommand('workbench.action.reopenWithEditor')),
    register('tcpTrace.openAsText', (uri) => openAs(uri instanceof vscode.Uri ? uri : active.current?.session.uri, 'default')),
    register('tcpTrace.openAsCapture', (uri) => openAs(uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri, VIEW_TYPE)),
    register('tcpTrace.openCapture', openCapture),
  );
}

/** Carries out what a webview asked for, on the editor that asked. */
export function runAction(action: Extract<ToHost, { kind: 'run' }>['action'], panel: CapturePanel): void {
  switch (action) {
    case 'nextFinding':
    case 'previousFinding':
      void nextFinding(panel, action === 'nextFinding' ? 1 : -1);
      return;
    case 'chooseColumns':
    case 'chooseStreamColumns':
      void chooseColumns(panel, action === 'chooseColumns' ? 'packets' : 'streams');
      return;
    case 'goToPacket':
      void goToPacket(panel);
      return;
    case 'goToStream':
      pickStream(panel);
      return;
    case 'reopenWith':
      panel.webviewPanel.reveal(undefined, false);
      void vscode.commands.executeCommand('workbench.action.reopenWithEditor');
      return;
    case 'openExplain':
      void vscode.commands.executeCommand('tcpTrace.explain.focus');
      return;
    case 'openSettings':
      void vscode.commands.executeCommand('workbench.action.openSettings', 'tcpTrace.');
      return;
    case 'openAsText':
      void openAs(panel.session.uri, 'default');
  }
}

async function callEngine(panel: CapturePanel, method: EngineMethod): Promise<void> {
  const result = await panel.session.call(method, null).result;
  if (!result.ok && result.error.code !== 'cancelled') void vscode.window.showErrorMessage(vscode.l10n.t('TCP Trace: {0}', result.error.message));
}

async function goToPacket(panel: CapturePanel): Promise<void> {
  const packets = (): number => panel.session.state.packets;
  const current = panel.selection.position;
  const typed = await vscode.window.showInputBox({
    title: vscode.l10n.t('Go to Packet'),
    prompt: vscode.l10n.t('A packet number from 1 to {0}', packets()),
    value: current ? String(current.packet + 1) : '',
    validateInput: (value) => {
      const number = parseFrameNumber(value);
      return value.trim() === '' || (number !== null && number >= 1 && number <= packets()) ? undefined : vscode.l10n.t('There are packets 1 to {0}.', packets());
    },
  });
  const number = typed === undefined ? null : parseFrameNumber(typed);
  if (number === null) return;
  panel.webviewPanel.reveal(undefined, false);
  if (!(await panel.goTo({ to: 'packet', packet: number - 1 }))) void vscode.window.showWarningMessage(vscode.l10n.t('There is no packet {0}.', number));
}

/** How long VS Code's list of tabs may lag behind. */
const TABS_DELAY_MS = 1000;

/** Opens a file with another editor in place of the one that shows it now. */
async function openAs(uri: vscode.Uri | undefined, viewType: string): Promise<void> {
  if (!uri) return;
  const group = (): readonly vscode.Tab[] => vscode.window.tabGroups.activeTabGroup.tabs;
  const inGroup = group().filter((tab) => editorOf(tab, uri) !== null);
  const others = new Set(inGroup.map((tab) => editorOf(tab, uri)).filter((editor) => editor !== viewType));
  await vscode.commands.executeCommand('vscode.openWith', uri, viewType);
  const end = Date.now() + TABS_DELAY_MS;
  while (!group().some((tab) => tab.isActive && editorOf(tab, uri) === viewType) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
  const replaced = group().filter((tab) => !tab.isActive && !tab.isDirty && others.has(editorOf(tab, uri)));
  if (replaced.length > 0) await vscode.window.tabGroups.close(replaced, true);
}

/** The view type with which a tab shows this file ("default": as text), or null when it does not. */
function editorOf(tab: vscode.Tab, uri: vscode.Uri): string | null {
  const { input } = tab;
  if (input instanceof vscode.TabInputText) return input.uri.toString() === uri.toString() ? 'default' : null;
  return input instanceof vscode.TabInputCustom && input.uri.toString() === uri.toString() ? input.viewType : null;
}

async function openCapture(): Promise<void> {
  const captures = ['pcap', 'pcapng', 'gz', 'cap', 'dmp', 'tcpdump', 'txt', 'log'];
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Open Capture'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Captures')]: captures, [vscode.l10n.t('All files')]: ['*'] },
  });
  for (const uri of chosen ?? []) await vscode.commands.executeCommand('vscode.openWith', uri, VIEW_TYPE, { preview: false });
}
