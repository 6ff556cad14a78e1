import type { EditorViewState } from '../rpc/webviewMessages';
import { checkViewState } from './messageChecks';

/** The part of vscode.Memento that is needed. */
export interface MementoLike {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = 'tcpTrace.viewStates';
/** Captures whose view is remembered, the most recently used ones. */
const MOST = 100;
const WRITE_DELAY_MS = 500;

/** Remembers by URI what an editor showed, over reload and restart. */
export class ViewStateStore {
  /** Least recently used first. */
  private readonly states = new Map<string, EditorViewState>();
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly memento: MementoLike) {
    const stored = memento.get(KEY);
    if (!Array.isArray(stored)) return;
    // Other versions of the extension may have written this: what does not check is forgotten.
    for (const entry of stored as unknown[]) {
      if (!Array.isArray(entry) || typeof entry[0] !== 'string') continue;
      const state = checkViewState(entry[1]);
      if (state) this.states.set(entry[0], state);
    }
  }

  get(uri: string): EditorViewState | null {
    return this.states.get(uri) ?? null;
  }

  set(uri: string, state: EditorViewState): void {
    this.states.delete(uri);
    this.states.set(uri, state);
    for (const oldest of this.states.keys()) {
      if (this.states.size <= MOST) break;
      this.states.delete(oldest);
    }
    this.timer ??= setTimeout(() => void this.flush(), WRITE_DELAY_MS);
  }

  async flush(): Promise<void> {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.timer = null;
    await this.memento.update(KEY, [...this.states]);
  }
}
