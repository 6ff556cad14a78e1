import type { RunHost } from '../filter/filterRun';

/** How long an answer may hold the thread before it gives way to others, in milliseconds. */
const SLICE_MS = 10;

/** Has long work give way now and then, and end when nobody waits for it any more. */
export class Pace {
  private sliceEnd: number;

  constructor(
    private readonly host: RunHost,
    private readonly signal: { readonly aborted: boolean },
  ) {
    this.sliceEnd = host.now() + SLICE_MS;
  }

  /** Nobody waits for the answer any more: what is found from here on is not whole. */
  get stopped(): boolean {
    return this.signal.aborted;
  }

  /** Gives way if it is time to; false when the work is to end. */
  async goOn(): Promise<boolean> {
    if (this.host.now() >= this.sliceEnd) {
      await this.host.yield();
      this.sliceEnd = this.host.now() + SLICE_MS;
    }
    return !this.stopped;
  }
}
