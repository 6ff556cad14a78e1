import * as vscode from 'vscode';
import { GO_TO_PACKET } from './markdown';
import type { TextReading } from './textTraceModel';
import type { TextTraces } from './textTraces';

/** Puts the cursor on a packet's line and shows it. */
export function showPacket(editor: vscode.TextEditor, reading: TextReading, packet: number): boolean {
  const lines = reading.linesOf(packet);
  if (!lines) return false;
  const at = new vscode.Position(lines.first, 0);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return true;
}

/** A packet of a document that links and lenses name: [uri, packet], checked; null when there is none. */
export async function namedPacket(traces: TextTraces, uri: unknown, packet: unknown): Promise<{ readonly reading: TextReading; readonly packet: number } | null> {
  const model = traces.find(uri);
  const reading = (await model?.latest()) ?? null;
  if (!reading || typeof packet !== 'number' || !Number.isInteger(packet) || packet < 0 || packet >= reading.packets) return null;
  return { reading, packet };
}

/** Commands that links in hovers and CodeLenses run. */
export function registerTextCommands(traces: TextTraces): vscode.Disposable {
  return vscode.commands.registerCommand(GO_TO_PACKET, async (uri: unknown, packet: unknown) => {
    const named = await namedPacket(traces, uri, packet);
    if (!named) return;
    const editor = await vscode.window.showTextDocument(named.reading.document, { preserveFocus: false });
    showPacket(editor, named.reading, named.packet);
  });
}
