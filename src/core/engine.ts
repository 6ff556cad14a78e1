import { SourceError, type ByteSource } from './capture/byteSource';
import { FormatError, type CaptureFault } from './capture/captureReader';
import { openReader } from './capture/detect';
import type { CaptureState, EngineApi, EngineMethod, FaultInfo, Result, RpcError } from './engineApi';
import type { CopyTextRequest, ExportRequest, ExportTarget, ExportApi, PayloadExportRequest } from './export/exportApi';
import { CaptureExports, type FinishedOutput } from './export/captureExports';
import { Indexer } from './index/indexer';
import { t } from './l10n';
import { linkTypeName } from './capture/linkTypes';
import { CaptureModel } from './query/captureModel';
import { Queries } from './query/queries';
import { StudyRunner } from './study/studyRunner';

/** What the engine needs of its surroundings. */
export interface EngineHost {
  /** Gives way to waiting messages; resolves when indexing may go on. */
  yield(): Promise<void>;
  /** Monotonic milliseconds. */
  now(): number;
  /** A file to be written, where the surroundings have files. Rejects with SourceError. */
  createOutput?(target: ExportTarget): Promise<FinishedOutput>;
  /** Opens (or reopens) the source. Rejects with SourceError; FormatError comes from reading it. Reports inflation as 0..1. */
  openSource(progress: (fraction: number) => void, signal: { readonly aborted: boolean }): Promise<EngineSource>;
}

/** What a request is told and tells while it is answered. */
export interface CallSignal {
  readonly aborted: boolean;
  /** Told the part that is done, 0..1, by requests that take long. */
  readonly progress?: (fraction: number) => void;
}

/** A ByteSource that can tell what happened to its file since it was opened. */
export interface EngineSource extends ByteSource {
  /** Compares the file with what was opened; after 'grown', `size` is the new one. */
  check?(): Promise<'same' | 'grown' | 'replaced' | 'deleted'>;
  /** What went wrong while inflating: the bytes before it are served all the same. */
  readonly fault?: CaptureFault | null;
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
  call<M extends EngineMethod>(
    method: M,
    params: Parameters<EngineApi[M]>[0] | null,
    signal?: CallSignal,
  ): Promise<Result<ReturnType<EngineApi[M]>>>;
  /** The file may have changed: compare size and identity, set `change`. */
  sourceChanged(): Promise<void>;
  close(): Promise<void>;
}

/** How long one slice of indexing may hold the thread, in milliseconds, and how often the state is told. */
const SLICE_MS = 10;
const STATE_EVERY_MS = 100;
/** Rows of the first slice: a page of the views. */
const FIRST_ROWS = 128;
/** How long indexing stands back for requests before it goes on beside them. */
const PATIENCE_MS = 100;

export const SUPPORTED_FORMATS: readonly string[] = ['pcap', 'pcapng', 'pcap.gz / pcapng.gz', 'tcpdump text', 'tshark text'];

const NO_STUDY: CaptureState['study'] = { phase: 'waiting', progress: 0, version: 0, errors: 0, warnings: 0, infos: 0 };
/** Lines that could not be read, told with each state. */
const MOST_UNREADABLE = 200;

const NEVER_ABORTED = { aborted: false };

export function createEngine(host: EngineHost, options: EngineOptions): Engine {
  return new CaptureEngine(host, options);
}

class CaptureEngine implements Engine {
  private readonly listeners = new Set<(state: CaptureState) => void>();
  private source: EngineSource | null = null;
  private indexer: Indexer | null = null;
  private queries: Queries | null = null;
  private study: StudyRunner | null = null;
  private model: CaptureModel | null = null;
  private revision = 0;
  private phase: CaptureState['phase'] = 'indexing';
  private inflated = 0;
  private failure: CaptureState['failure'] = null;
  private change: CaptureState['change'] = 'none';
  private stop = { aborted: false };
  private reloading: Promise<null> | null = null;
  /** The file changed, or had the time to, while it was being opened. */
  private lookAgain = false;
  private running: Promise<void> = Promise.resolve();
  /** Requests being answered: indexing waits for them, a person does not wait for indexing. */
  private asking = 0;

  constructor(
    private readonly host: EngineHost,
    private readonly options: EngineOptions,
  ) {}

  onState(listener: (state: CaptureState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  start(): Promise<void> {
    this.stop = { aborted: false };
    this.running = this.openAndIndex(this.stop);
    return this.running;
  }

  async call<M extends EngineMethod>(
    method: M,
    params: Parameters<EngineApi[M]>[0] | null,
    signal: CallSignal = NEVER_ABORTED,
  ): Promise<Result<ReturnType<EngineApi[M]>>> {
    // An export takes its time: what goes on in the background does not stand back for it.
    const isLong = method.startsWith('export') || method === 'copyText';
    if (!isLong) this.asking++;
    try {
      const value = (await this.answer(method, params, signal)) as ReturnType<EngineApi[M]>;
      return signal.aborted ? fail('cancelled', t('Cancelled.')) : { ok: true, value };
    } catch (error) {
      return { ok: false, error: rpcError(error) };
    } finally {
      if (!isLong) this.asking--;
    }
  }

  async sourceChanged(): Promise<void> {
    const { source } = this;
    if (!source) this.lookAgain = true;
    if (!source?.check) return;
    const found = await source.check();
    // Of a source that was replaced meanwhile nobody wants to know.
    if (source !== this.source) return;
    if (found !== 'same') this.change = found;
    // What was told to have grown stays so until it has been read.
    else if (this.change !== 'grown' || (this.indexer?.reader.position ?? 0) >= source.size) this.change = 'none';
    this.tell();
  }

  async close(): Promise<void> {
    this.stop.aborted = true;
    this.queries?.stop();
    await this.running;
    await this.study?.cancel();
    this.listeners.clear();
    await this.source?.close();
    this.source = null;
  }

  private answer(method: EngineMethod, params: unknown, signal: CallSignal): unknown {
    switch (method) {
      case 'state':
        return this.state();
      case 'cancelIndexing':
        this.stop.aborted = true;
        return null;
      case 'resumeIndexing':
        if (this.phase === 'cancelled') this.goOn();
        return null;
      case 'loadMore':
        if (this.phase !== 'indexing' && this.indexer) {
          this.change = 'none';
          this.indexer.reader.resume();
          this.goOn();
        }
        return null;
      case 'reload':
        return this.reload();
      case 'cancelStudy':
        void this.study?.cancel();
        return null;
      case 'resumeStudy':
        if (this.phase === 'done') this.study?.start();
        return null;
      case 'exportPackets':
      case 'exportPayload':
      case 'copyText':
        return this.export(method, params, signal);
      default:
        if (!this.queries) throw this.failure ? new RequestError(t('The capture is not open.')) : new NotOpenYet(t('The capture is not open.'));
        return this.queries.answer(method, params, signal);
    }
  }

  private async export(method: keyof ExportApi, params: unknown, signal: CallSignal): Promise<unknown> {
    const { model, source, host } = this;
    if (!model || !source) throw new RequestError(t('The capture is not open.'));
    const exports = new CaptureExports(model, source, host);
    if (method === 'copyText') return exports.text(params as CopyTextRequest, signal);
    const control = { signal, progress: (fraction: number) => signal.progress?.(fraction), yield: () => host.yield() };
    if (!host.createOutput) throw new RequestError(t('Nothing can be written here.'));
    const output = await host.createOutput((params as ExportRequest).target);
    return method === 'exportPackets' ? exports.packets(params as ExportRequest, output, control) : exports.payload(params as PayloadExportRequest, output, control);
  }

  /** Reads the file anew under a new revision; replies of the old one are stale. */
  private reload(): Promise<null> {
    // A second request while one is under way is the same one.
    this.reloading ??= this.openAgain().finally(() => (this.reloading = null));
    return this.reloading;
  }

  private async openAgain(): Promise<null> {
    this.stop.aborted = true;
    await this.running;
    await this.study?.cancel();
    await this.source?.close();
    this.source = null;
    this.change = 'none';
    void this.start();
    return null;
  }

  private goOn(): void {
    this.failure = null;
    this.stop = { aborted: false };
    this.running = this.index(this.stop);
  }

  private async openAndIndex(stop: { readonly aborted: boolean }): Promise<void> {
    this.revision++;
    this.failure = null;
    this.inflated = 0;
    this.indexer = null;
    this.queries?.stop();
    this.queries = null;
    this.study = null;
    this.model = null;
    this.phase = 'inflating';
    this.lookAgain = false;
    try {
      let toldAt = 0;
      const source = await this.host.openSource((fraction) => {
        this.inflated = fraction;
        this.lookAgain = true;
        if (this.host.now() - toldAt > STATE_EVERY_MS) {
          toldAt = this.host.now();
          this.tell();
        }
      }, stop);
      this.source = source;
      const reader = await openReader(source);
      this.indexer = new Indexer(reader, this.options);
      this.model = new CaptureModel(this.indexer, this.revision);
      this.queries = new Queries(this.model, this.host);
      this.study = this.studyOf(source, this.model);
    } catch (error) {
      this.failed(error);
      return;
    }
    await this.lookOnceMore();
    await this.index(stop);
  }

  /** A source that cannot be looked at now is looked at again with the next change. */
  private async lookOnceMore(): Promise<void> {
    if (this.lookAgain) await this.sourceChanged().catch(() => undefined);
  }

  /** Indexes in slices of about SLICE_MS, giving way in between. */
  private async index(stop: { readonly aborted: boolean }): Promise<void> {
    const { indexer, host } = this;
    if (!indexer) return;
    this.phase = 'indexing';
    let bytes = 256 * 1024;
    // The first slice is the first page of rows: it stands at once.
    let rows = indexer.packets.length === 0 ? FIRST_ROWS : Infinity;
    let toldAt = -Infinity;
    try {
      for (;;) {
        const before = host.now();
        const more = await indexer.read(bytes, rows);
        const took = host.now() - before;
        if (!more) break;
        if (rows !== Infinity) rows = Infinity;
        else if (took > 0) bytes = Math.max(64 * 1024, Math.min(64 << 20, Math.round((bytes * SLICE_MS) / Math.max(1, took))));
        if (host.now() - toldAt >= STATE_EVERY_MS) {
          this.tell();
          toldAt = host.now();
        }
        await this.rest();
        if (stop.aborted) {
          this.phase = 'cancelled';
          this.tell();
          return;
        }
      }
      this.phase = 'done';
      this.study?.start();
      this.tell();
    } catch (error) {
      this.failed(error);
    }
  }

  /** Gives way; requests go first. */
  private async rest(): Promise<void> {
    const { host } = this;
    await host.yield();
    for (const until = host.now() + PATIENCE_MS; this.asking > 0 && host.now() < until; ) await host.yield();
  }

  /** The study of one revision: a second pass with a reader of its own over the same source. */
  private studyOf(source: EngineSource, model: CaptureModel): StudyRunner {
    const runner = new StudyRunner(
      {
        now: () => this.host.now(),
        rest: () => this.rest(),
        openReader: () => openReader(source),
        fault: (fault) => rootFault(fault, source.fault ?? null),
        changed: () => this.tell(),
        done: (index) => {
          model.study = index;
          model.verdicts = index.verdicts;
          model.judged = index.packets;
          model.judgedStreams = index.unstudied > 0 ? index.streams : Infinity;
        },
      },
      this.options,
      () => source.size,
    );
    model.studied = () => runner.settled;
    model.growing = () => this.phase === 'indexing';
    model.requireStudy = () => this.requireStudy(model, runner);
    model.studyWait = () => {
      const { phase } = this;
      if (phase === 'indexing') return { what: 'index', done: this.indexer?.reader.position ?? 0, of: source.size };
      return runner.phase === 'done' ? null : { what: 'study', done: Math.round(runner.state.progress * source.size), of: source.size };
    };
    return runner;
  }

  /** Resolves once all of the capture is read and studied. */
  private async requireStudy(model: CaptureModel, runner: StudyRunner): Promise<void> {
    while (this.model === model && this.phase === 'indexing') await this.running;
    if (this.model !== model || this.phase !== 'done') throw new RangeError(t('This needs the study of the whole capture, which was not read to its end.'));
    const isDone = (): boolean => runner.phase === 'done';
    if (isDone()) return;
    // What was stopped stays so until somebody takes it up again, and what failed would fail at every question.
    if (runner.phase === 'waiting') runner.start();
    if (runner.phase === 'running') await runner.settled;
    if (!isDone()) throw new RangeError(runner.state.failure ?? t('This needs the study of the capture, which was stopped.'));
  }

  private failed(error: unknown): void {
    this.phase = this.stop.aborted ? 'cancelled' : 'failed';
    this.failure = {
      message: error instanceof Error ? error.message : String(error),
      looksLike: error instanceof FormatError ? error.looksLike : error instanceof SourceError ? 'unreadable' : 'internal',
      supported: error instanceof FormatError && error.unknownFormat ? SUPPORTED_FORMATS : [],
    };
    this.tell();
  }

  private tell(): void {
    if (this.listeners.size === 0) return;
    const state = this.state();
    for (const listener of this.listeners) listener(state);
  }

  private state(): CaptureState {
    const { indexer, source } = this;
    const info = indexer?.reader.info;
    const text = info?.text;
    const size = source?.size ?? 0;
    return {
      revision: this.revision,
      phase: this.phase,
      progress: this.phase === 'inflating' ? this.inflated : this.phase === 'done' ? 1 : size > 0 && indexer ? Math.min(1, indexer.reader.position / size) : 0,
      packets: indexer?.packets.length ?? 0,
      tcpPackets: indexer?.tcpPackets ?? 0,
      streams: indexer?.streams.length ?? 0,
      bytes: size,
      format: info?.format ?? '',
      description: info?.description ?? '',
      interfaces: (info?.interfaces ?? []).map((i) => ({ name: i.name, linkType: i.linkType, linkName: linkTypeName(i.linkType) })),
      comments: (info?.comments ?? []).map((c) => c.text),
      baseSeconds: indexer?.baseSeconds ?? 0,
      baseNanos: indexer?.baseNanos ?? 0,
      timeDigits: info?.timeDigits ?? 6,
      timeOfDayOnly: text?.timeOfDayOnly ?? false,
      ...(text && text.errorCount > 0 ? { unreadable: { count: text.errorCount, lines: text.errors.slice(0, MOST_UNREADABLE) } } : {}),
      fault: faultInfo(rootFault(indexer?.reader.fault ?? null, source?.fault ?? null)),
      failure: this.failure,
      change: this.change,
      study: this.study?.state ?? NO_STUDY,
    };
  }
}

/** What ended a capture: a gzip that breaks off cuts what is inside it too, and only the former names a byte of the file. */
export function rootFault(reader: CaptureFault | null, source: CaptureFault | null): CaptureFault | null {
  return source && (reader === null || reader.kind === 'cut') ? source : reader;
}

/** A fault in one sentence. */
export function faultInfo(fault: CaptureFault | null): FaultInfo | null {
  if (!fault) return null;
  const what =
    fault.kind === 'cut' ? t('The capture is cut short') : fault.kind === 'corrupt' ? t('The capture is damaged') : t('The capture holds something that cannot be read');
  return {
    offset: fault.offset,
    kind: fault.kind,
    message: t('{0} at byte {1}: expected {2}, found {3}. Everything before it is shown.', what, fault.offset, fault.expected, fault.found),
  };
}

/** The caller asked for something that does not exist. */
export class RequestError extends Error {}

/** The capture is still being opened (unpacked, fetched): the views ask again when it is there. */
class NotOpenYet extends Error {}

function fail(code: RpcError['code'], message: string): { readonly ok: false; readonly error: RpcError } {
  return { ok: false, error: { code, message } };
}

function rpcError(error: unknown): RpcError {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RequestError || error instanceof RangeError) return { code: 'bad-request', message };
  if (error instanceof NotOpenYet) return { code: 'stale', message };
  if (error instanceof SourceError) return { code: 'source', message };
  if (error instanceof FormatError) return { code: 'format', message };
  return { code: 'internal', message };
}
