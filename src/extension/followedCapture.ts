import * as vscode from 'vscode';
import type { CaptureState, EngineApi, EngineMethod, PacketPosition } from '../core/engineApi';
import type { ActiveCapture } from './activeCapture';
import { Disposer } from './dispose';
import type { EngineCall } from './engineClient';
import type { CursorPacket, TextCursor } from './language/textCursor';

/** What the status bar and the view "TCP Streams" tell of: a capture editor, or a text capture in VS Code's own editor. */
export interface Followed {
  /** Another object is another capture, or another reading of a text. */
  readonly of: unknown;
  readonly isText: boolean;
  readonly fileName: string;
  readonly state: CaptureState;
  readonly position: PacketPosition | null;
  call<M extends EngineMethod>(method: M, params: Parameters<EngineApi[M]>[0] | null): EngineCall<ReturnType<EngineApi[M]>>;
}

/** The text capture that is the active editor goes before a capture editor beside it. */
export class FollowedCapture extends Disposer {
  private text: Followed | null = null;
  private asked = 0;
  private readonly changeEmitter = this.own(new vscode.EventEmitter<void>());
  readonly onChange = this.changeEmitter.event;

  constructor(
    private readonly active: ActiveCapture,
    cursor: TextCursor,
  ) {
    super();
    this.own(active.onChange(() => this.changeEmitter.fire()));
    this.own(cursor.onChange((here) => void this.look(here)));
  }

  get current(): Followed | null {
    if (this.text && !this.active.hasFocus) return this.text;
    const panel = this.active.current;
    if (!panel) return null;
    const { session, selection } = panel;
    return { of: panel, isText: false, fileName: session.fileName, state: session.state, position: selection.position, call: (method, params) => session.call(method, params) };
  }

  /** The capture told of is the active editor. */
  get hasFocus(): boolean {
    return this.active.hasFocus || this.text !== null;
  }

  private async look(here: CursorPacket | null): Promise<void> {
    const turn = ++this.asked;
    const { reading, packet } = here ?? { reading: null, packet: null };
    const position = reading && packet !== null ? await reading.ask('position', { packet }) : null;
    if (turn !== this.asked || this.disposed) return;
    this.text = reading && {
      of: reading,
      isText: true,
      fileName: reading.document.uri.path.split('/').at(-1) ?? '',
      state: reading.state,
      position,
      call: (method, params) => reading.call(method, params),
    };
    this.changeEmitter.fire();
  }
}
