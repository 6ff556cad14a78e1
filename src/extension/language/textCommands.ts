import * as vscode from 'vscode';
import type { Jump, JumpTarget } from '../../core/engineApi';
import type { EditorCommand } from '../../rpc/webviewMessages';
import type { TextReveal } from '../textReveal';
import { GO_TO_PACKET } from './markdown';
import type { TextReading } from './textTraceModel';
import { LANGUAGE_ID, type TextTraces } from './textTraces';

/** Commands that CodeLenses and the palette run on a packet: [uri, packet], else the packet under the cursor. */
export const SHOW_IN_CAPTURE = 'tcpTrace.showInCapture';
export const SELECT_STREAM = 'tcpTrace.selectStream';

/** Most selections that are made: VS Code itself stops at 10,000 cursors. */
const MOST_SELECTIONS = 10_000;

/** Puts the cursor on a packet's line and shows it. */
export function showPacket(editor: vscode.TextEditor, reading: TextReading, packet: number): boolean {
  const lines = reading.linesOf(packet);
  if (!lines) return false;
  const at = new vscode.Position(lines.first, 0);
  editor.selection = new vscode.Selection(at, at);
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return true;
}

interface PacketOfText {
  readonly reading: TextReading;
  readonly packet: number;
}

/** Moves through a text capture packet by packet and stream by stream, and carries out what links and lenses ask for. */
export class TextNavigation {
  constructor(
    private readonly traces: TextTraces,
    private readonly reveal: TextReveal,
  ) {}

  register(): vscode.Disposable {
    const register = (id: string, handler: (uri: unknown, packet: unknown) => unknown): vscode.Disposable => vscode.commands.registerCommand(id, handler);
    return vscode.Disposable.from(
      register(GO_TO_PACKET, async (uri, packet) => {
        const named = await this.named(uri, packet);
        if (named) showPacket(await vscode.window.showTextDocument(named.reading.document), named.reading, named.packet);
      }),
      register(SELECT_STREAM, async (uri, packet) => this.selectStream(typeof uri === 'string' ? await this.named(uri, packet) : await this.underCursor())),
      register(SHOW_IN_CAPTURE, async (uri, packet) => {
        const chosen = typeof uri === 'string' ? await this.named(uri, packet) : await this.underCursor();
        const lines = chosen?.reading.linesOf(chosen.packet);
        if (chosen && lines) await this.reveal.openAt(chosen.reading.document.uri, lines.first);
      }),
    );
  }

  /** Carries out a command of the capture editor on the active text capture. False when there is none, or it has no such command. */
  run(command: EditorCommand): boolean {
    if (!TEXT_COMMANDS.has(command) || !textEditor()) return false;
    void this.jump(command);
    return true;
  }

  /** Goes to the first packet of a stream of the active text capture. False when there is no such editor. */
  goToStream(stream: number): boolean {
    const editor = textEditor();
    if (!editor) return false;
    void (async () => {
      const reading = await this.traces.get(editor.document)?.latest();
      const target = await reading?.ask('jump', { to: 'stream', stream });
      if (reading && target) showPacket(await vscode.window.showTextDocument(editor.document, editor.viewColumn), reading, target.packet);
    })();
    return true;
  }

  private async jump(command: EditorCommand): Promise<void> {
    const editor = textEditor();
    const here = await this.underCursor();
    if (!editor || !here) return;
    const { reading, packet } = here;
    const jump: Jump =
      command === 'nextStream' || command === 'previousStream' ? { to: command, from: reading.streamOf(packet) } : { to: command as Exclude<Jump['to'], 'nextStream' | 'previousStream' | 'packet' | 'stream'>, from: packet };
    const target: JumpTarget | null = await reading.ask('jump', jump);
    if (target && textEditor() === editor) showPacket(editor, reading, target.packet);
  }

  private async selectStream(chosen: PacketOfText | null): Promise<void> {
    const stream = chosen?.reading.streamOf(chosen.packet) ?? null;
    if (!chosen || stream === null) return;
    const { reading } = chosen;
    const editor = await vscode.window.showTextDocument(reading.document);
    const ranges = reading.packetsOf(stream).slice(0, MOST_SELECTIONS).flatMap((p) => reading.rangeOf(p) ?? []);
    if (ranges.length === 0) return;
    editor.selections = ranges.map((range) => new vscode.Selection(range.start, range.end));
  }

  /** A packet of a document that a link names, checked; null when there is none. */
  private async named(uri: unknown, packet: unknown): Promise<PacketOfText | null> {
    const reading = (await this.traces.find(uri)?.latest()) ?? null;
    return reading && typeof packet === 'number' && Number.isInteger(packet) && packet >= 0 && packet < reading.packets ? { reading, packet } : null;
  }

  /** The packet under the cursor of the active text capture, or the one before it. */
  private async underCursor(): Promise<PacketOfText | null> {
    const editor = textEditor();
    const reading = editor && (await this.traces.get(editor.document)?.latest());
    if (!reading || reading.packets === 0) return null;
    return { reading, packet: reading.packetBefore(editor.selection.active.line) ?? 0 };
  }
}

const TEXT_COMMANDS: ReadonlySet<EditorCommand> = new Set<EditorCommand>(['nextStream', 'previousStream', 'nextInStream', 'previousInStream', 'nextOtherDirection', 'firstOfStream', 'lastOfStream']);

/** The active text editor, when it shows a text capture. */
export function textEditor(): vscode.TextEditor | null {
  const editor = vscode.window.activeTextEditor;
  return editor?.document.languageId === LANGUAGE_ID ? editor : null;
}
