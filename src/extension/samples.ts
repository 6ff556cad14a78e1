import * as vscode from 'vscode';
import type { ActiveCapture } from './activeCapture';
import { VIEW_TYPE } from './captureEditorProvider';
import type { CapturePanel } from './capturePanel';
import { Disposer } from './dispose';
import { findSample, SAMPLE_FOLDER, SAMPLE_TOPICS, SAMPLES, type Sample } from './sampleList';

/** Scheme of the samples: files that nobody can change, whatever editor shows them. */
export const SAMPLE_SCHEME = 'tcp-trace-sample';

export function sampleUri(sample: Sample): vscode.Uri {
  return vscode.Uri.from({ scheme: SAMPLE_SCHEME, path: `/${sample.file}` });
}

/** The sample captures that come with the extension: a read-only file system, and the command that lists them. */
export class Samples extends Disposer {
  constructor(extensionUri: vscode.Uri, extensionId: string, active: ActiveCapture) {
    super();
    this.own(vscode.workspace.registerFileSystemProvider(SAMPLE_SCHEME, new SampleFiles(extensionUri), { isCaseSensitive: true, isReadonly: true }));
    this.own(vscode.commands.registerCommand('tcpTrace.openSample', (file: unknown) => openSample(active, file)));
    this.own(vscode.commands.registerCommand('tcpTrace.openWalkthrough', () => vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extensionId}#start`, false)));
  }
}

/** Opens a sample by its file name (walkthrough, tests), or asks which one. A sample that was not open yet shows its finding. */
async function openSample(active: ActiveCapture, file: unknown): Promise<void> {
  const sample = typeof file === 'string' ? findSample(file) : await pickSample();
  if (!sample) return;
  const uri = sampleUri(sample);
  const first = active.find(uri) === null;
  await vscode.commands.executeCommand('vscode.openWith', uri, VIEW_TYPE, { preview: false });
  const panel = active.find(uri);
  if (first && panel && sample.finding !== null) void showFinding(panel, sample.finding);
}

/** Goes to where a finding begins once the capture is studied, unless somebody has moved by then. */
async function showFinding(panel: CapturePanel, id: string): Promise<void> {
  await panel.whenReady();
  await studied(panel);
  const untouched = (): boolean => (panel.selection.position?.packet ?? 0) === 0;
  if (!untouched()) return;
  const result = await panel.session.call('findingPage', { id, start: 0, count: 1 }).result;
  const packet = result.ok ? result.value.rows[0]?.packets[0] : undefined;
  if (packet !== undefined && untouched()) await panel.goTo({ to: 'packet', packet });
}

/** Resolves when the study of a capture is done, or will not be, or its editor is closed. */
function studied(panel: CapturePanel): Promise<void> {
  const under = (): boolean => panel.session.state.study.phase === 'waiting' || panel.session.state.study.phase === 'running';
  return new Promise((resolve) => {
    if (!under()) return resolve();
    const end = (): void => {
      vscode.Disposable.from(...listening).dispose();
      resolve();
    };
    const listening = [panel.session.onState(() => under() || end()), panel.webviewPanel.onDidDispose(end)];
  });
}

interface SampleItem extends vscode.QuickPickItem {
  readonly sample: Sample | null;
}

async function pickSample(): Promise<Sample | null> {
  const chosen = await vscode.window.showQuickPick(sampleItems(), {
    title: vscode.l10n.t('Open Sample Capture'),
    placeHolder: vscode.l10n.t('What do you want to see?'),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.sample ?? null;
}

function sampleItems(): SampleItem[] {
  return SAMPLE_TOPICS.flatMap((topic): SampleItem[] => [
    { label: vscode.l10n.t(topic), kind: vscode.QuickPickItemKind.Separator, sample: null },
    ...SAMPLES.filter((sample) => sample.topic === topic).map((sample) => ({ label: vscode.l10n.t(sample.title), description: sample.file, detail: vscode.l10n.t(sample.lesson), sample })),
  ]);
}

/** Serves the files of the list, and no others, from the extension's folder. */
class SampleFiles implements vscode.FileSystemProvider {
  private readonly changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.changed.event;

  constructor(private readonly extensionUri: vscode.Uri) {}

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    if (uri.path === '/') return { type: vscode.FileType.Directory, ctime: 0, mtime: 0, size: 0, permissions: vscode.FilePermission.Readonly };
    const { ctime, mtime, size } = await vscode.workspace.fs.stat(this.place(uri));
    return { type: vscode.FileType.File, ctime, mtime, size, permissions: vscode.FilePermission.Readonly };
  }

  readDirectory(uri: vscode.Uri): [string, vscode.FileType][] {
    if (uri.path !== '/') throw vscode.FileSystemError.FileNotFound(uri);
    return SAMPLES.map((sample) => [sample.file, vscode.FileType.File]);
  }

  readFile(uri: vscode.Uri): Thenable<Uint8Array> {
    return vscode.workspace.fs.readFile(this.place(uri));
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  private place(uri: vscode.Uri): vscode.Uri {
    const sample = findSample(uri.path.slice(1));
    if (!sample) throw vscode.FileSystemError.FileNotFound(uri);
    return vscode.Uri.joinPath(this.extensionUri, ...SAMPLE_FOLDER, sample.file);
  }
}
