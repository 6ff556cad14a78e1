import * as vscode from 'vscode';
import { Disposer } from '../dispose';
import { textEditor } from './textCommands';
import type { TextReading } from './textTraceModel';
import type { TextTraces } from './textTraces';

/** Keys held down pass many lines: only where the cursor stays is looked up. */
const DEBOUNCE_MS = 40;

/** Where the cursor of the active text capture stands. */
export interface CursorPacket {
  readonly reading: TextReading;
  /** null: on a line that is no packet. */
  readonly packet: number | null;
  /** Id of the card that explains the token under the cursor, or null. */
  readonly node: string | null;
}

/** Follows the cursor in text captures; null while another kind of editor is active. */
export class TextCursor extends Disposer {
  private now: CursorPacket | null = null;
  private timer: NodeJS.Timeout | null = null;
  private readonly changeEmitter = this.own(new vscode.EventEmitter<CursorPacket | null>());
  readonly onChange = this.changeEmitter.event;

  constructor(private readonly traces: TextTraces) {
    super();
    this.own(vscode.window.onDidChangeActiveTextEditor(() => this.look()));
    this.own(
      vscode.window.onDidChangeTextEditorSelection(({ textEditor: editor }) => {
        if (editor === vscode.window.activeTextEditor) this.look();
      }),
    );
    this.own(traces.onRead(() => this.look()));
    this.own(traces.onStudied((reading) => {
      if (this.now?.reading === reading) this.changeEmitter.fire(this.now);
    }));
    this.look();
  }

  get current(): CursorPacket | null {
    return this.now;
  }

  private look(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (textEditor()) this.timer = setTimeout(() => void this.find(), DEBOUNCE_MS);
    else this.set(null);
  }

  private async find(): Promise<void> {
    const editor = textEditor();
    const reading = editor && this.traces.get(editor.document)?.current;
    if (!editor || !reading) {
      this.set(null);
      return;
    }
    const { active } = editor.selection;
    const place = reading.placeOf(active.line);
    const hover = place && (await reading.ask('textHover', { ...place, column: active.character }));
    if (this.disposed || editor !== textEditor() || !active.isEqual(editor.selection.active)) return;
    this.set({ reading, packet: place?.packet ?? null, node: hover?.cards[0]?.id ?? null });
  }

  private set(next: CursorPacket | null): void {
    const { now } = this;
    const same = now === next || (next !== null && now?.reading === next.reading && now.packet === next.packet && now.node === next.node);
    if (same) return;
    this.now = next;
    this.changeEmitter.fire(next);
  }

  override dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    super.dispose();
  }
}
