import * as vscode from 'vscode';
import type { CopyTextRequest, ExportRequest, PacketSelection, PayloadExportRequest } from '../core/export/exportApi';
import type { FollowView } from '../core/query/followApi';
import type { ToHost } from '../rpc/webviewMessages';
import type { ActiveCapture } from './activeCapture';
import type { CapturePanel } from './capturePanel';
import { payloadLanguage } from './payloadLanguage';
import { askTarget, nameOf, tellWritten, writeFile } from './saveFile';

/** Most bytes of a payload that are opened as a document. */
const MOST_OPENED = 8 << 20;
const PAGE = 1 << 18;

type What = 'all' | 'shown' | 'stream' | 'selected';

/** Commands that write packets and payload to files, the clipboard and documents. */
export function registerExports(active: ActiveCapture): vscode.Disposable {
  const register = (id: string, run: (panel: CapturePanel) => unknown): vscode.Disposable => vscode.commands.registerCommand(id, () => active.current && run(active.current));
  return vscode.Disposable.from(
    register('tcpTrace.convertToPcapng', (panel) => exportPackets(panel, 'all')),
    register('tcpTrace.exportShown', (panel) => exportPackets(panel, 'shown')),
    register('tcpTrace.exportStream', (panel) => exportPackets(panel, 'stream')),
    register('tcpTrace.exportSelected', (panel) => exportPackets(panel, 'selected')),
    register('tcpTrace.copyAsText', (panel) => copyText(panel, 'selected')),
    register('tcpTrace.copyPacketsAsHex', (panel) => copyText(panel, 'selected', 'hex')),
    register('tcpTrace.copyStreamAsText', (panel) => copyText(panel, 'stream')),
    register('tcpTrace.savePayload', (panel) => withStream(panel, (stream) => savePayload(panel, stream, 'both'))),
    register('tcpTrace.openPayload', (panel) => withStream(panel, (stream) => openPayload(panel, stream, 'both'))),
  );
}

/** Carries out what the payload pane asked for. */
export function runPayload(message: Extract<ToHost, { kind: 'payload' }>, panel: CapturePanel): void {
  void (message.action === 'save' ? savePayload : openPayload)(panel, message.stream, message.side);
}

/** Stream of the selection, else the one that the table shows. */
function streamOf(panel: CapturePanel): number | null {
  const view = panel.lastViewState?.view;
  return panel.selection.position?.stream ?? (view?.kind === 'stream' ? view.stream : null);
}

function withStream(panel: CapturePanel, run: (stream: number) => unknown): unknown {
  const stream = streamOf(panel);
  return stream === null ? tellNothing(vscode.l10n.t('Select a packet of a TCP stream first.')) : run(stream);
}

function tellNothing(message: string): null {
  void vscode.window.showInformationMessage(message);
  return null;
}

/** The packets meant, and what a file of them is called behind the capture's name. */
function selectionOf(panel: CapturePanel, what: What): { readonly what: PacketSelection; readonly suffix: string } | null {
  const stream = streamOf(panel);
  switch (what) {
    case 'all':
      return { what: { kind: 'view', view: { kind: 'all' } }, suffix: '.converted' };
    case 'shown': {
      const view = panel.lastViewState?.view ?? { kind: 'all' };
      return { what: { kind: 'view', view }, suffix: view.kind === 'stream' ? `.stream-${view.stream}` : '.export' };
    }
    case 'stream':
      return stream === null ? tellNothing(vscode.l10n.t('Select a packet of a TCP stream first.')) : { what: { kind: 'view', view: { kind: 'stream', stream } }, suffix: `.stream-${stream}` };
    case 'selected': {
      const { rows } = panel.selection;
      if (rows) return { what: { kind: 'rows', ...rows }, suffix: '.selection' };
      const packet = panel.selection.position?.packet;
      return packet === undefined ? tellNothing(vscode.l10n.t('Select a packet first.')) : { what: { kind: 'packets', packets: [packet] }, suffix: `.packet-${packet + 1}` };
    }
  }
}

async function exportPackets(panel: CapturePanel, what: What): Promise<void> {
  const chosen = selectionOf(panel, what);
  if (!chosen) return;
  const filters = { [vscode.l10n.t('pcapng capture')]: ['pcapng'], [vscode.l10n.t('Text of tcpdump')]: ['tcpdump', 'txt'] };
  const target = await askTarget(panel.session, vscode.l10n.t('Export Packets'), `${chosen.suffix}.pcapng`, filters);
  if (!target) return;
  const request: Omit<ExportRequest, 'target'> = { what: chosen.what, format: /\.(tcpdump|txt|log)$/i.test(target.path) ? 'text' : 'pcapng', payload: 'zeros' };
  const done = await writeFile(target, vscode.l10n.t('Exporting to {0}', nameOf(target)), (file, progress) => panel.session.call('exportPackets', { ...request, target: file }, progress));
  if (!done) return;
  const written = vscode.l10n.t('{0} packets written to {1}.', done.packets, nameOf(target));
  const leftOut = request.format === 'text' ? vscode.l10n.t('{0} without TCP were left out.', done.leftOut) : vscode.l10n.t('{0} records without bytes were left out.', done.leftOut);
  await tellWritten(target, done.leftOut > 0 ? `${written} ${leftOut}` : written);
}

async function copyText(panel: CapturePanel, what: What, form: CopyTextRequest['form'] = 'tcpdump'): Promise<void> {
  const chosen = selectionOf(panel, what);
  if (!chosen) return;
  const result = await panel.session.call('copyText', { what: chosen.what, form }).result;
  if (!result.ok) return void vscode.window.showErrorMessage(vscode.l10n.t('TCP Trace: {0}', result.error.message));
  const { text, lines, more } = result.value;
  if (lines === 0) return void tellNothing(form === 'hex' ? vscode.l10n.t('There are no bytes to copy.') : vscode.l10n.t('There is no TCP segment to copy.'));
  await vscode.env.clipboard.writeText(text);
  if (form === 'hex') vscode.window.setStatusBarMessage(more ? vscode.l10n.t('Copied the bytes of the first {0} packets', lines) : vscode.l10n.t('Copied the bytes of {0} packets', lines), 4000);
  else vscode.window.setStatusBarMessage(more ? vscode.l10n.t('Copied the first {0} packets as tcpdump text', lines) : vscode.l10n.t('Copied {0} packets as tcpdump text', lines), 4000);
}

/** Writes what a stream carried to a file: the bytes, or by its extension a readable text. */
async function savePayload(panel: CapturePanel, stream: number, side: FollowView): Promise<void> {
  const filters = { [vscode.l10n.t('Bytes')]: ['bin', '*'], [vscode.l10n.t('Text')]: ['txt'], [vscode.l10n.t('Hex')]: ['hex'] };
  const target = await askTarget(panel.session, vscode.l10n.t('Save Payload'), `.stream-${stream}${side === 'both' ? '' : `-${side}`}.bin`, filters);
  if (!target) return;
  const form: PayloadExportRequest['form'] = /\.hex$/i.test(target.path) ? 'hex' : /\.txt$/i.test(target.path) ? 'text' : 'raw';
  const done = await writeFile(target, vscode.l10n.t('Saving payload to {0}', nameOf(target)), (file, progress) => panel.session.call('exportPayload', { stream, side, form, target: file }, progress));
  if (!done) return;
  const written = vscode.l10n.t('{0} bytes of payload written to {1}.', done.packets, nameOf(target));
  await tellWritten(target, done.leftOut > 0 ? `${written} ${vscode.l10n.t('{0} bytes are missing in the capture.', done.leftOut)}` : written);
}

/** Opens what a stream carried as an untitled document in a language that fits. */
async function openPayload(panel: CapturePanel, stream: number, side: FollowView): Promise<void> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for (let start = 0; ; ) {
    const result = await panel.session.call('followPage', { stream, side, start, bytes: PAGE }).result;
    if (!result.ok) return void vscode.window.showErrorMessage(vscode.l10n.t('TCP Trace: {0}', result.error.message));
    for (const { bytes } of result.value.chunks) if (bytes) parts.push(bytes);
    size = result.value.total;
    start = result.value.end;
    if (start >= size || start >= MOST_OPENED) break;
  }
  const bytes = Buffer.concat(parts);
  if (bytes.length === 0) return void tellNothing(vscode.l10n.t('The capture holds no payload of this stream.'));
  const content = decode(bytes);
  const known = new Set(await vscode.languages.getLanguages());
  const language = payloadLanguage(content).find((id) => known.has(id)) ?? 'plaintext';
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language }));
  if (size > MOST_OPENED) void vscode.window.showInformationMessage(vscode.l10n.t('The document holds the first {0} MB. Save the payload to get all of it.', MOST_OPENED >> 20));
}

/** UTF-8 where it is that, else one character a byte. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('latin1').decode(bytes);
  }
}
