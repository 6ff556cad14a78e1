import type { CaptureState, EngineApi, EngineMethod, Result } from '../core/engineApi';

/** Extension host <-> engine worker: one worker per open capture document. */

/** What to open. */
export type WorkerSource =
  | { readonly kind: 'file'; readonly path: string }
  /** A non-file URI or an unsaved document, read whole by the host. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly name: string };

export interface WorkerOptions {
  /** Most bytes a gzip may inflate to (setting tcpTrace.gzip.maxInflatedBytes). */
  readonly maxInflatedBytes: number;
  /** Streams kept apart by VLAN or tunnel (setting tcpTrace.streams.splitBy); [] is tshark's way. */
  readonly splitStreamsBy: readonly ('vlan' | 'tunnel')[];
  /** Contents of the l10n bundle, or null for English. */
  readonly l10n: Record<string, string> | null;
}

export interface EngineRequest<M extends EngineMethod = EngineMethod> {
  readonly kind: 'request';
  readonly id: number;
  readonly method: M;
  readonly params: Parameters<EngineApi[M]>[0] | null;
}

export type ToWorker =
  | { readonly kind: 'open'; readonly source: WorkerSource; readonly options: WorkerOptions }
  | EngineRequest
  | { readonly kind: 'cancel'; readonly id: number }
  /** The next (re)opening reads this instead: the document was edited, or a non-file URI was read again. */
  | { readonly kind: 'setSource'; readonly source: WorkerSource }
  /**
   * The host's file watcher saw a change: look at the file. `change` tells what happened where the worker cannot look
   * (bytes that the host read, or a file whose unsaved buffer has changed).
   */
  | { readonly kind: 'sourceChanged'; readonly change?: 'replaced' | 'deleted' }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'reply'; readonly id: number; readonly result: Result<unknown> }
  /** How far a request has come, 0..1. */
  | { readonly kind: 'progress'; readonly id: number; readonly fraction: number }
  | { readonly kind: 'state'; readonly state: CaptureState }
  | { readonly kind: 'closed' };
