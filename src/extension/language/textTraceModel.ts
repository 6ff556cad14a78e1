import * as vscode from 'vscode';
import type { CaptureState, EngineApi, EngineMethod } from '../../core/engineApi';
import type { TextIndex } from '../../core/query/textApi';
import { Disposer } from '../dispose';
import type { EngineCall } from '../engineClient';
import { LineMap } from './lineMap';
import { TextEngine } from './textEngine';

/** How long to wait for more edits: at least this, and longer for a text that takes long to read. */
const LEAST_DELAY_MS = 150;
const MOST_DELAY_MS = 3000;
const DELAY_PER_READ = 4;
/** The second engine is kept this long after the last edit, and only for texts up to this size. */
const SPARE_MS = 30_000;
const SPARE_BYTES = 8 << 20;

const NOTHING = 0xffffffff;

/** A place of the text as the engine knows it. */
export interface RecordPlace {
  readonly packet: number;
  /** Line of the record, from its first. */
  readonly line: number;
}

/** One finished reading of a document. It follows later edits by line, until the next reading is done. */
export class TextReading {
  /** The study behind it has ended: verdicts and findings are there. */
  studied = false;

  constructor(
    readonly document: vscode.TextDocument,
    readonly version: number,
    readonly index: TextIndex,
    readonly state: CaptureState,
    private readonly engine: TextEngine,
    /** Edits since `version`. */
    readonly map: LineMap,
  ) {}

  get packets(): number {
    return this.index.line.length;
  }

  /** The record that holds a line of the document as it is now; null on other lines and on lines that were edited. */
  placeOf(line: number): RecordPlace | null {
    const old = this.map.toOld(line);
    if (old === null) return null;
    const packet = this.lastAt(old);
    if (packet < 0 || old >= this.index.line[packet]! + this.index.lineCount[packet]!) return null;
    return { packet, line: old - this.index.line[packet]! };
  }

  /** The last packet at or before a line; null before the first. Also on lines between packets. */
  packetBefore(line: number): number | null {
    for (let at = line; at >= 0 && at > line - 1000; at--) {
      const old = this.map.toOld(at);
      if (old !== null) return this.lastAt(old) < 0 ? null : this.lastAt(old);
    }
    return null;
  }

  /** Lines of a packet's record now, the last one included; null when they were edited. */
  linesOf(packet: number): { readonly first: number; readonly last: number } | null {
    const line = this.index.line[packet];
    if (line === undefined) return null;
    const first = this.map.toNew(line);
    const last = this.map.toNew(line + this.index.lineCount[packet]! - 1);
    return first === null || last === null || last >= this.document.lineCount ? null : { first, last };
  }

  /** Range of a packet's record, or of its first line. */
  rangeOf(packet: number, firstLineOnly = false): vscode.Range | null {
    const lines = this.linesOf(packet);
    if (!lines) return null;
    return new vscode.Range(lines.first, 0, firstLineOnly ? lines.first : lines.last, this.document.lineAt(firstLineOnly ? lines.first : lines.last).text.length);
  }

  /** A span that the engine named, in the document now. */
  spanOf(packet: number, span: { readonly line: number; readonly start: number; readonly end: number }): vscode.Range | null {
    const first = this.index.line[packet];
    const line = first === undefined ? null : this.map.toNew(first + span.line);
    return line === null ? null : new vscode.Range(line, span.start, line, span.end);
  }

  /** tcp.stream of a packet, or null. */
  streamOf(packet: number): number | null {
    const stream = this.index.stream[packet];
    return stream === undefined || stream === NOTHING ? null : stream;
  }

  /** Packets of a stream in order. */
  packetsOf(stream: number): number[] {
    const found: number[] = [];
    const { stream: streams } = this.index;
    for (let p = this.index.firstPacket[stream] ?? NOTHING; p < streams.length; p++) if (streams[p] === stream) found.push(p);
    return found;
  }

  call<M extends EngineMethod>(method: M, params: Parameters<EngineApi[M]>[0] | null): EngineCall<ReturnType<EngineApi[M]>> {
    return this.engine.call(method, params);
  }

  /** The answer, or null when there is none. */
  ask<M extends EngineMethod>(method: M, params: Parameters<EngineApi[M]>[0] | null, token?: vscode.CancellationToken): Promise<ReturnType<EngineApi[M]> | null> {
    return this.engine.ask(method, params, token);
  }

  private lastAt(old: number): number {
    const lines = this.index.line;
    let low = 0;
    let high = lines.length - 1;
    let best = -1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (lines[middle]! <= old) {
        best = middle;
        low = middle + 1;
      } else high = middle - 1;
    }
    return best;
  }
}

/**
 * What all language features of one document share: the newest finished reading by an engine in a thread of its own.
 * While a new version is read by a second engine, the old reading answers.
 */
export class TextTraceModel extends Disposer {
  private reading: TextReading | null = null;
  private engine: TextEngine | null = null;
  private spare: TextEngine | null = null;
  private spareTimer: NodeJS.Timeout | null = null;
  private timer: NodeJS.Timeout | null = null;
  /** Edits since the version that is being read. */
  private pending: LineMap | null = null;
  private lastReadMs = 0;
  private failed = false;
  /** Readings that were due while one was under way. */
  private missed = 0;
  /** How often a restart was asked for: an engine of before has the settings of before. */
  private restarts = 0;
  /** The text was read again because an engine crashed; an edit gives it another chance. */
  private retried = false;
  private readonly waiters = new Set<(reading: TextReading | null) => void>();
  private readonly readEmitter = this.own(new vscode.EventEmitter<TextReading | null>());

  private readonly studyEmitter = this.own(new vscode.EventEmitter<TextReading>());

  /** The study of the current reading has ended. */
  readonly onStudied = this.studyEmitter.event;
  /** A reading is done; null: the engine ended. */
  readonly onRead = this.readEmitter.event;

  constructor(
    readonly document: vscode.TextDocument,
    private readonly extensionUri: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
  ) {
    super();
    this.schedule(0);
  }

  /** The newest finished reading, if there is one. */
  get current(): TextReading | null {
    return this.reading;
  }

  /** The newest finished reading; waits for the first. */
  latest(token?: vscode.CancellationToken): Promise<TextReading | null> {
    return this.reading ? Promise.resolve(this.reading) : this.next(() => true, token);
  }

  /** A reading of the document as it is now, or newer. */
  fresh(token?: vscode.CancellationToken): Promise<TextReading | null> {
    const { version } = this.document;
    return this.reading?.version === version ? Promise.resolve(this.reading) : this.next((reading) => reading.version >= version, token);
  }

  /** The document was edited. */
  edited(changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    this.retried = false;
    // VS Code tells changes of one edit from the end of the text to its start, as they can be applied one by one.
    for (const change of changes) {
      this.reading?.map.add(change);
      this.pending?.add(change);
    }
    this.schedule(Math.min(MOST_DELAY_MS, Math.max(LEAST_DELAY_MS, DELAY_PER_READ * this.lastReadMs)));
  }

  /** Reads anew, for example with other settings. */
  async restart(): Promise<void> {
    this.restarts++;
    this.retried = false;
    const { engine } = this;
    this.engine = null;
    this.schedule(0);
    await Promise.all([this.closeSpare(), engine?.close()]);
  }

  private schedule(delay: number): void {
    if (this.disposed) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.read();
    }, delay);
  }

  private async read(): Promise<void> {
    // One at a time: what was edited meanwhile is read next.
    if (this.pending || this.disposed) {
      this.missed++;
      return;
    }
    const map = new LineMap();
    this.pending = map;
    const { version } = this.document;
    const { restarts, missed } = this;
    const began = performance.now();
    try {
      const bytes = new TextEncoder().encode(this.document.getText());
      const engine = this.spare ?? (await new TextEngine((ended, why) => this.crashed(ended, why)).start(this.extensionUri));
      this.spare = null;
      if (this.isOver()) return void engine.close();
      const state = await engine.read(bytes, this.document.fileName);
      const index = state && (await engine.ask('textIndex', null));
      if (this.isOver() || !state || engine.isOver || restarts !== this.restarts) {
        if (!this.isOver() && engine.isOver) this.retry();
        void engine.close();
        return;
      }
      const reading = new TextReading(this.document, version, index ?? emptyIndex(state.revision), state, engine, map);
      this.lastReadMs = performance.now() - began;
      this.replace(reading, engine, bytes.length);
    } catch (error) {
      this.log.error(`${this.document.uri.toString()}: ${error instanceof Error ? error.message : String(error)}`);
      this.lost();
    } finally {
      this.pending = null;
      const again = missed !== this.missed || (!this.failed && this.document.version !== version);
      if (again && !this.isOver() && !this.timer) this.schedule(LEAST_DELAY_MS);
    }
  }

  private replace(reading: TextReading, engine: TextEngine, size: number): void {
    const old = this.engine;
    this.engine = engine;
    this.reading = reading;
    this.failed = false;
    if (this.spareTimer) clearTimeout(this.spareTimer);
    if (old && size <= SPARE_BYTES) {
      this.spare = old;
      this.spareTimer = setTimeout(() => void this.closeSpare(), SPARE_MS);
    } else void old?.close();
    this.readEmitter.fire(reading);
    void this.awaitStudy(reading);
  }

  private async awaitStudy(reading: TextReading): Promise<void> {
    // Problems are told when the study has ended.
    const ended = await reading.ask('problems', { most: 0 });
    if (!ended || this.isOver() || this.reading !== reading) return;
    reading.studied = true;
    this.studyEmitter.fire(reading);
  }

  /** A method, so that what was true before an await is asked again after it. */
  private isOver(): boolean {
    return this.disposed;
  }

  /** An engine ended by itself. The one that is reading has told `read`. */
  private crashed(engine: TextEngine, why: string): void {
    this.log.error(`${this.document.uri.toString()}: the reading engine ended: ${why}`);
    if (engine === this.spare) void this.closeSpare();
    if (engine !== this.engine || this.isOver()) return;
    this.engine = null;
    this.reading = null;
    this.retry();
  }

  /** Reads the same text once more; a second crash over it is final until it is edited. */
  private retry(): void {
    if (this.retried) return this.lost();
    this.retried = true;
    this.schedule(0);
  }

  private lost(): void {
    this.failed = true;
    this.readEmitter.fire(null);
  }

  private async closeSpare(): Promise<void> {
    if (this.spareTimer) clearTimeout(this.spareTimer);
    this.spareTimer = null;
    const { spare } = this;
    this.spare = null;
    await spare?.close();
  }

  private next(enough: (reading: TextReading) => boolean, token?: vscode.CancellationToken): Promise<TextReading | null> {
    if (this.disposed || this.failed) return Promise.resolve(null);
    return new Promise((resolve) => {
      const end = (reading: TextReading | null): void => {
        for (const listener of listeners) listener?.dispose();
        this.waiters.delete(end);
        resolve(reading);
      };
      const listeners = [
        this.onRead((reading) => {
          if (!reading || enough(reading)) end(reading);
        }),
        token?.onCancellationRequested(() => end(null)),
      ];
      this.waiters.add(end);
    });
  }

  override dispose(): void {
    if (this.timer) clearTimeout(this.timer);
    for (const end of this.waiters) end(null);
    this.waiters.clear();
    super.dispose();
    void this.closeSpare();
    void this.engine?.close();
    this.engine = null;
  }
}

function emptyIndex(revision: number): TextIndex {
  return { revision, line: new Uint32Array(0), lineCount: new Uint16Array(0), stream: new Uint32Array(0), firstPacket: new Uint32Array(0) };
}
