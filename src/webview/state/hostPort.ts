import type { PacketPosition } from '../../core/engineApi';
import type { RowsOfView } from '../../core/export/exportApi';
import type { ColumnTable } from '../../core/fields/columnChoice';
import type { FollowView } from '../../core/query/followApi';
import type { ToHost } from '../../rpc/webviewMessages';
import type { Session } from './session';

/** Changes within this time are told as one. */
const TELL_MS = 16;

/** What the editor tells the extension host and asks of it, beside requests to the engine. */
export class HostPort {
  /** The node in focus, for the host's context keys. */
  node: string | null = null;
  /** Rows of the packets table, where more than one is selected. */
  rows: RowsOfView | null = null;
  private copying: AbortController | null = null;
  private telling: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly session: Session,
    private readonly post: (message: ToHost) => void,
  ) {}

  /** Tells the host what is selected, a moment later: one key changes several things, and the frame goes first. */
  tellSelection(): void {
    this.telling ??= setTimeout(() => {
      this.telling = null;
      this.tellNow();
    }, TELL_MS);
  }

  private tellNow(): void {
    const { selection } = this.session;
    const { shown } = this.session.detail;
    let position: PacketPosition | null = null;
    if (selection) {
      position =
        shown?.detail.packet === selection.packet
          ? { ...shown.detail.position, packets: this.session.state.packets, streams: this.session.state.streams }
          : { packet: selection.packet, packets: this.session.state.packets, stream: selection.stream, streams: this.session.state.streams, rankInStream: selection.rank, streamPackets: null };
    }
    this.post({ kind: 'selection', rows: this.rows, position, node: this.node, canGoBack: this.session.history.canGoBack, canGoForward: this.session.history.canGoForward });
  }

  run(action: Extract<ToHost, { kind: 'run' }>['action']): void {
    this.post({ kind: 'run', action });
  }

  /** A filter was used: the host remembers it. */
  noteFilter(filter: string): void {
    this.post({ kind: 'filterUsed', filter });
  }

  /** The host asks for a name and writes the filter into the settings. */
  saveFilter(filter: string): void {
    if (filter) this.post({ kind: 'saveFilter', filter });
  }

  /** Shows a line of the text that the capture was read from. */
  openLine(line: number): void {
    this.post({ kind: 'openLine', line });
  }

  /** Saves or opens what a stream carried. */
  payload(action: 'save' | 'open', stream: number, side: FollowView): void {
    this.post({ kind: 'payload', action, stream, side });
  }

  /** A copy that takes its time has begun: aborted by any later one, and where the capture is read anew. */
  startCopy(): AbortSignal {
    this.stopCopy();
    this.copying = new AbortController();
    return this.copying.signal;
  }

  stopCopy(): void {
    this.copying?.abort();
    this.copying = null;
  }

  copy(text: string): void {
    this.stopCopy();
    if (text) this.post({ kind: 'copy', text });
  }

  /** Columns were chosen: the host remembers them for the user; null: as at first. */
  columns(table: ColumnTable, columns: readonly string[] | null): void {
    this.post({ kind: 'columns', table, columns });
  }

  /** Asks the host to save bytes to a file. */
  save(name: string, bytes: Uint8Array): void {
    this.post({ kind: 'save', name, bytes });
  }
}
