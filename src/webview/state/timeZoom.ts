import type { Session } from './session';

/** A part of a stream's time, nanoseconds since the capture's base. */
export interface TimePart {
  readonly from: number;
  readonly to: number;
}

/** The part of the shown stream's time that graphs and ladder are zoomed to, as long as they are linked. */
export class TimeZoom {
  private held: { readonly stream: number; readonly revision: number; readonly part: TimePart } | null = null;

  constructor(private readonly session: Session) {}

  get linked(): boolean {
    return this.session.viewState.panes.unlinked !== 1;
  }

  set linked(linked: boolean) {
    this.session.setSize('unlinked', linked ? null : 1);
    this.session.events.emit('zoom');
  }

  /** null: all of the stream. */
  get part(): TimePart | null {
    const { held, session } = this;
    return held?.stream === session.shownStream && held.revision === session.state.revision ? held.part : null;
  }

  set(part: TimePart | null): void {
    const { session } = this;
    const stream = session.shownStream;
    if (!this.linked || stream === null) return;
    const before = this.part;
    if (before?.from === part?.from && before?.to === part?.to) return;
    this.held = part && { stream, revision: session.state.revision, part };
    session.events.emit('zoom');
  }
}
