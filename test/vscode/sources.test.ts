import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { activeTabType, api, closeAll, fixture, openCapture, Scratch, until, untilState, VIEW_TYPE } from './harness';

/** Files that grow, vanish, change, or are no files at all. */
describe('sources of captures', () => {
  let scratch: Scratch;
  beforeEach(() => (scratch = new Scratch()));
  afterEach(async () => {
    await closeAll();
    scratch.remove();
  });

  it('says what is wrong with a file of an unknown format', async () => {
    writeFileSync(scratch.file('odd.pcap'), Buffer.alloc(4096, 0x55));
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(scratch.file('odd.pcap')), VIEW_TYPE);
    await untilState('a failure', (state) => state.phase === 'failed' && (state.failure?.message ?? '').length > 0);
    const { statusBarText } = await api();
    assert.equal(statusBarText(), '');
  });

  it('says so when the file does not exist', async () => {
    await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(scratch.file('none.pcap')), VIEW_TYPE).then(undefined, () => undefined);
    const { active } = await api();
    // VS Code itself may refuse to open it; if it does not, the editor says why.
    const capture = active();
    if (capture) await untilState('a failure', (state) => state.phase === 'failed');
  });

  it('offers what was appended, and loads it on command', async () => {
    const whole = readFileSync(fixture('redis_session.pcap'));
    const half = offsetOfRecord(whole, 20);
    writeFileSync(scratch.file('growing.pcap'), whole.subarray(0, half));
    const { active } = await openCapture(scratch.file('growing.pcap'));
    assert.equal(active()?.state.packets, 20);
    appendFileSync(scratch.file('growing.pcap'), whole.subarray(half));
    await untilState('"grown"', (state) => state.change === 'grown');
    assert.equal(active()?.state.packets, 20, 'nothing is loaded unasked');
    await vscode.commands.executeCommand('tcpTrace.loadNewPackets');
    await untilState('61 packets', (state) => state.packets === 61 && state.phase === 'done' && state.change === 'none');
  });

  it('keeps what is shown when the file is deleted', async () => {
    const { active } = await openCapture(scratch.copy('redis_session.pcap'));
    rmSync(scratch.file('redis_session.pcap'));
    await untilState('"deleted"', (state) => state.change === 'deleted');
    assert.equal(active()?.state.packets, 61);
    await vscode.commands.executeCommand('tcpTrace.nextStream');
    await until('stream 1', () => active()?.selection.position?.stream === 1);
  });

  it('offers to reload a file that was replaced', async () => {
    const { active } = await openCapture(scratch.copy('redis_session.pcap', 'a.pcap'));
    const { revision } = active()!.state;
    writeFileSync(scratch.file('a.pcap'), readFileSync(fixture('mptcp_fallback.pcapng')));
    await untilState('"replaced"', (state) => state.change === 'replaced');
    await vscode.commands.executeCommand('tcpTrace.reload');
    await untilState('a pcapng under a new revision', (state) => state.format === 'pcapng' && state.phase === 'done' && state.revision > revision);
  });

  it('unpacks gzip', async () => {
    writeFileSync(scratch.file('a.pcap.gz'), gzipSync(readFileSync(fixture('redis_session.pcap'))));
    const { active } = await openCapture(scratch.file('a.pcap.gz'));
    assert.equal(active()?.state.packets, 61);
  });

  it('opens tcpdump text by default, and changes between text and capture', async () => {
    const uri = vscode.Uri.file(scratch.copy('redis_session.tcpdump'));
    await vscode.commands.executeCommand('vscode.open', uri);
    await untilState('the text is read', (state) => state.phase === 'done' && state.packets === 61);
    assert.equal(activeTabType(), VIEW_TYPE);
    await vscode.commands.executeCommand('tcpTrace.openAsText');
    await until('a text editor', () => activeTabType() === 'text');
    assert.equal(vscode.window.tabGroups.activeTabGroup.tabs.length, 1, 'in place of the capture editor');
    await vscode.commands.executeCommand('tcpTrace.openAsCapture');
    await until('a capture editor', () => activeTabType() === VIEW_TYPE);
  });

  it('reads the unsaved text of an open document, and follows its edits', async () => {
    const uri = vscode.Uri.file(scratch.copy('redis_session.tcpdump'));
    const document = await vscode.workspace.openTextDocument(uri);
    const keep = async (lines: number): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.delete(uri, new vscode.Range(lines, 0, document.lineCount, 0));
      await vscode.workspace.applyEdit(edit);
    };
    await vscode.window.showTextDocument(document, { preview: false });
    await keep(10);
    assert.ok(document.isDirty);
    const { active } = await openCapture(uri);
    assert.equal(active()?.state.packets, 10);
    await keep(7);
    await untilState('"replaced"', (state) => state.change === 'replaced');
    await vscode.commands.executeCommand('tcpTrace.reload');
    await untilState('7 packets', (state) => state.packets === 7 && state.phase === 'done');
    await vscode.window.showTextDocument(document, { preview: false });
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('opens an untitled document', async () => {
    const document = await vscode.workspace.openTextDocument({ content: readFileSync(fixture('redis_session.tcpdump'), 'utf8').split('\n').slice(0, 5).join('\n') + '\n' });
    const { active } = await openCapture(document.uri);
    assert.equal(active()?.state.packets, 5);
    await vscode.window.showTextDocument(document, { preview: false });
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('reads other file systems whole, up to the limit in the settings', async () => {
    const files = new MemoryFiles(readFileSync(fixture('redis_session.pcap')));
    const registration = vscode.workspace.registerFileSystemProvider('tcptracetest', files);
    const settings = vscode.workspace.getConfiguration('tcpTrace');
    try {
      await settings.update('maxReadWholeBytes', 100, vscode.ConfigurationTarget.Global);
      const uri = vscode.Uri.parse('tcptracetest:/far/away.pcap');
      await vscode.commands.executeCommand('vscode.openWith', uri, VIEW_TYPE);
      await untilState('a failure that names the setting', (state) => state.phase === 'failed' && (state.failure?.message ?? '').includes('tcpTrace.maxReadWholeBytes'));
      assert.equal(files.reads, 0, 'what is too large is not read');
      await settings.update('maxReadWholeBytes', undefined, vscode.ConfigurationTarget.Global);
      await vscode.commands.executeCommand('tcpTrace.reload');
      await untilState('61 packets', (state) => state.packets === 61 && state.phase === 'done');
    } finally {
      await settings.update('maxReadWholeBytes', undefined, vscode.ConfigurationTarget.Global);
      await closeAll();
      registration.dispose();
    }
  });

  it('leaves revisions of a text trace, and their diffs, to the text editor', async () => {
    const files = new MemoryFiles(readFileSync(fixture('redis_session.tcpdump')));
    const registration = vscode.workspace.registerFileSystemProvider('tcptracetest', files, { isReadonly: true });
    try {
      const revision = vscode.Uri.parse('tcptracetest:/old/redis_session.tcpdump');
      const working = vscode.Uri.file(scratch.copy('redis_session.tcpdump'));
      await vscode.commands.executeCommand('vscode.open', revision);
      assert.equal(activeTabType(), 'text');
      await vscode.commands.executeCommand('vscode.diff', revision, working, 'a diff');
      await until('a text diff', () => activeTabType() === 'text diff');
    } finally {
      await closeAll();
      registration.dispose();
    }
  });

  it('starts anew when a setting changes what a stream is', async () => {
    await openCapture(fixture('redis_session.pcap'));
    const settings = vscode.workspace.getConfiguration('tcpTrace');
    const { active, onDidChange } = await api();
    let restarted = false;
    const listening = onDidChange(() => (restarted ||= active()?.state.phase !== 'done'));
    try {
      await settings.update('streams.splitBy', ['vlan'], vscode.ConfigurationTarget.Global);
      await until('a new start', () => restarted);
      await untilState('61 packets', (state) => state.packets === 61 && state.phase === 'done');
      await until('a selection', () => active()?.selection.position);
    } finally {
      listening.dispose();
      await settings.update('streams.splitBy', undefined, vscode.ConfigurationTarget.Global);
    }
  });
});

/** Where record `n` (0-based) of a little-endian classic pcap starts. */
function offsetOfRecord(bytes: Buffer, n: number): number {
  let offset = 24;
  for (let i = 0; i < n; i++) offset += 16 + bytes.readUInt32LE(offset + 8);
  return offset;
}

/** A file system in which every path is the same file. */
class MemoryFiles implements vscode.FileSystemProvider {
  reads = 0;
  readonly onDidChangeFile = new vscode.EventEmitter<vscode.FileChangeEvent[]>().event;
  constructor(private readonly bytes: Uint8Array) {}
  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }
  stat(uri: vscode.Uri): vscode.FileStat {
    const folder = !/\.\w+$/.test(uri.path);
    return { type: folder ? vscode.FileType.Directory : vscode.FileType.File, ctime: 0, mtime: 0, size: folder ? 0 : this.bytes.length };
  }
  readDirectory(): [string, vscode.FileType][] {
    return [];
  }
  readFile(): Uint8Array {
    this.reads++;
    return this.bytes;
  }
  createDirectory(): never {
    throw vscode.FileSystemError.NoPermissions();
  }
  writeFile(): never {
    throw vscode.FileSystemError.NoPermissions();
  }
  delete(): never {
    throw vscode.FileSystemError.NoPermissions();
  }
  rename(): never {
    throw vscode.FileSystemError.NoPermissions();
  }
}
