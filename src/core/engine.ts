import type { ByteSource } from './capture/byteSource';
import type { CaptureState, EngineApi, EngineMethod, Result } from './engineApi';

/** What the engine needs of its surroundings. */
export interface EngineHost {
  /** Gives way to waiting messages; resolves when indexing may go on. */
  yield(): Promise<void>;
  /** Monotonic milliseconds. */
  now(): number;
  /** Opens (or reopens) the source. Rejects with SourceError; FormatError comes from reading it. Reports inflation as 0..1. */
  openSource(progress: (fraction: number) => void, signal: { readonly aborted: boolean }): Promise<ByteSource>;
}

export interface EngineOptions {
  readonly splitStreamsBy: readonly ('vlan' | 'tunnel')[];
}

/** The facade: opens a source, indexes it in slices, answers queries meanwhile. */
export interface Engine {
  /** Called with each new state; returns the way to stop listening. */
  onState(listener: (state: CaptureState) => void): () => void;
  /** Opens and indexes; resolves when indexing ends in any phase. Never rejects. */
  start(): Promise<void>;
  /** Answers one request; never rejects. */
  call<M extends EngineMethod>(method: M, params: Parameters<EngineApi[M]>[0] | null, signal?: { readonly aborted: boolean }): Promise<Result<ReturnType<EngineApi[M]>>>;
  /** The file may have changed: compare size and identity, set `change`. */
  sourceChanged(): Promise<void>;
  close(): Promise<void>;
}

export declare function createEngine(host: EngineHost, options: EngineOptions): Engine;
