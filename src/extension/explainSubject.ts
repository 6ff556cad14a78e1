import * as vscode from 'vscode';
import type { CaptureState, EngineApi, EngineMethod } from '../core/engineApi';
import type { ActiveCapture } from './activeCapture';
import type { EngineCall } from './engineClient';
import { showPacket } from './language/textCommands';
import type { TextCursor } from './language/textCursor';

/** What the view "TCP Explain" explains. */
export interface ExplainSubject {
  /** What the packet numbers count in: another object is another capture. */
  readonly of: unknown;
  /** Changes when the same packet must be explained anew: more of the file was read, or it was read again, or its study has ended. */
  readonly revision: string;
  readonly packet: number | null;
  readonly stream: number | null;
  /** Node or card that has the attention. */
  readonly node: string | null;
  /** Who answers questions about its packets. */
  readonly source: { call<M extends EngineMethod>(method: M, params: Parameters<EngineApi[M]>[0] | null): EngineCall<ReturnType<EngineApi[M]>> };
  goTo(packet: number): unknown;
}

/** The packet under the cursor while a text capture is the active editor, else the selected packet of the followed capture editor. */
export function explainSubject(active: ActiveCapture, cursor: TextCursor): ExplainSubject | null {
  const here = active.hasFocus ? null : cursor.current;
  if (here) {
    const { reading, packet, node } = here;
    return {
      of: reading,
      revision: reading.studied ? 'studied' : '',
      packet,
      stream: packet === null ? null : reading.streamOf(packet),
      node,
      source: reading,
      goTo: async (p) => showPacket(await vscode.window.showTextDocument(reading.document), reading, p),
    };
  }
  const panel = active.current;
  return (
    panel && {
      of: panel,
      revision: revisionOf(panel.session.state),
      packet: panel.selection.position?.packet ?? null,
      stream: panel.selection.position?.stream ?? null,
      node: panel.selection.node,
      source: panel.session,
      goTo: (packet) => panel.goTo({ to: 'packet', packet }),
    }
  );
}

/** While packets stream in, what was explained stays until the next rest: it would change several times a second. */
function revisionOf({ revision, phase, packets, study }: CaptureState): string {
  return [revision, phase, phase === 'indexing' ? '' : packets, study.version].join(' ');
}
