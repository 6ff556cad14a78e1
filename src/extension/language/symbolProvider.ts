import * as vscode from 'vscode';
import type { StreamOutline, StreamPhase } from '../../core/query/textApi';
import { formatBytes, formatDuration } from '../texts';
import type { TextReading } from './textTraceModel';
import type { TextTraces } from './textTraces';

/** Most streams in the outline: VS Code draws every one of them. */
const MOST_STREAMS = 2000;

/** The outline: streams, and in each the handshake, the data and the close. */
export class TextSymbolProvider implements vscode.DocumentSymbolProvider {
  constructor(private readonly traces: TextTraces) {}

  async provideDocumentSymbols(document: vscode.TextDocument, token: vscode.CancellationToken): Promise<vscode.DocumentSymbol[] | null> {
    const reading = await this.traces.get(document)?.fresh(token);
    const outlines = await reading?.ask('streamOutlines', { start: 0, count: MOST_STREAMS }, token);
    if (!reading || !outlines) return null;
    return outlines.flatMap((outline) => symbolOf(reading, outline) ?? []);
  }
}

function symbolOf(reading: TextReading, outline: StreamOutline): vscode.DocumentSymbol | null {
  const title = `${outline.stream}  ${outline.client} → ${outline.server}`;
  const symbol = place(reading, title, outline.statusText, vscode.SymbolKind.Interface, outline.firstPacket, outline.lastPacket);
  if (symbol) symbol.children = outline.phases.flatMap((phase) => place(reading, phaseName(phase), phaseDetail(phase), PHASE_KINDS[phase.kind], phase.first, phase.last) ?? []);
  return symbol;
}

function place(reading: TextReading, name: string, detail: string, kind: vscode.SymbolKind, first: number, last: number): vscode.DocumentSymbol | null {
  const start = reading.rangeOf(first, true);
  const end = reading.rangeOf(last);
  if (!start || !end || end.end.isBefore(start.end)) return null;
  return new vscode.DocumentSymbol(name, detail, kind, new vscode.Range(start.start, end.end), start);
}

const PHASE_KINDS: Readonly<Record<StreamPhase['kind'], vscode.SymbolKind>> = {
  handshake: vscode.SymbolKind.Constructor,
  data: vscode.SymbolKind.Array,
  close: vscode.SymbolKind.Event,
};

function phaseName(phase: StreamPhase): string {
  switch (phase.kind) {
    case 'handshake':
      return vscode.l10n.t('handshake');
    case 'data':
      return vscode.l10n.t('data');
    case 'close':
      return vscode.l10n.t('close');
  }
}

function phaseDetail(phase: StreamPhase): string {
  const packets = packetCount(phase.packets);
  if (phase.bytesClient + phase.bytesServer === 0) return packets;
  return vscode.l10n.t('{0}, client sent {1}, server sent {2}', packets, formatBytes(phase.bytesClient), formatBytes(phase.bytesServer));
}

function packetCount(n: number): string {
  return n === 1 ? vscode.l10n.t('1 packet') : vscode.l10n.t('{0} packets', n);
}

/** "stream 3: handshake seen, FIN by client - 21 packets, 300 ms" */
export function streamSummary(outline: StreamOutline): string {
  const parts = [packetCount(outline.packets), ...(outline.duration === null ? [] : [formatDuration(outline.duration)])];
  if (outline.retransmissions > 0) parts.push(outline.retransmissions === 1 ? vscode.l10n.t('1 retransmission') : vscode.l10n.t('{0} retransmissions', outline.retransmissions));
  return vscode.l10n.t('stream {0}: {1} - {2}', outline.stream, outline.statusText, parts.join(', '));
}
