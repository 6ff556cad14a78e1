import type { PacketIndex, StreamIndex } from '../bytes/units';
import { buildDetail } from '../decode/cold';
import { buildTextDetail } from '../decode/textDetail';
import type { StudyWait } from '../engineApi';
import type { CaptureModel } from '../query/captureModel';
import { detailContext, readRecord } from '../query/packetDetail';
import { BLOCK_ROWS, BLOCK_SHIFT, type PacketBlock } from '../table/packetTable';
import { prepareStudy, studyWait } from '../study/prepareStudy';
import type { StudyIndex } from '../study/studyIndex';
import { ColdRow } from './coldRow';
import { NO, UNKNOWN, YES, type CompiledFilter } from './compile';
import type { Row } from './readers';

/** What a run needs of the engine: to give way to other work, and to know the time. */
export interface RunHost {
  yield(): Promise<void>;
  now(): number;
}

/** How long one slice of filtering may hold the thread, in milliseconds; the clock is looked at every so many rows. */
const SLICE_MS = 12;
const ROWS_PER_LOOK = 8192;
/** How long a run that is waited for in turns goes on after the last turn, in milliseconds: several times what lies between the turns of one who is there. */
const WANTED_MS = 2000;

/** How far a filter has got. */
export interface FilterProgress {
  /** Packets looked at, and how many there are to look at now. */
  readonly scanned: number;
  readonly of: number;
  readonly matches: number;
  readonly done: boolean;
  /** What it waits for before it begins. */
  readonly waits?: StudyWait;
  /** Streams of which the study says nothing that the filter asks for. */
  readonly unstudied?: number;
}

/**
 * One filter over a capture, or over one stream of it. It looks at packets in file order, the tables first and the record where they do not
 * tell, and keeps the packets that pass. A capture that grows is looked at from where the run had got to.
 */
export class FilterRun {
  private found = new Uint32Array(1024);
  private count = 0;
  private scanned = 0;
  private running: Promise<void> | null = null;
  private stopped = false;
  /** When nobody waits for it any more. */
  private wantedUntil = 0;
  private signal: { readonly aborted: boolean } | null = null;
  private problem: Error | null = null;
  /** Packets that there were when a filter on changing fields began. */
  private begunWith = 0;
  /** The study that the present matches rest on. */
  private studied: StudyIndex | null = null;
  /** Raised when it begins anew: earlier matches are void. */
  generation = 0;
  private readonly row: Row = { block: null as unknown as PacketBlock, i: 0, packet: 0, cold: null };

  constructor(
    private readonly model: CaptureModel,
    private readonly filter: CompiledFilter,
    /** null: all packets. */
    private readonly stream: StreamIndex | null,
    private readonly host: RunHost,
  ) {}

  get progress(): FilterProgress {
    const of = this.total;
    const waits = this.scanned === 0 ? studyWait(this.model, this.filter.needs) : null;
    const { unstudied } = this;
    return { scanned: this.scanned, of, matches: this.count, done: this.scanned >= of && !waits, ...(waits ? { waits } : {}), ...(unstudied > 0 ? { unstudied } : {}) };
  }

  /** The packets that passed so far, ascending. A view: valid until the run goes on. */
  get matches(): Uint32Array {
    return this.found.subarray(0, this.count);
  }

  /** Too many streams are not studied; a view of one that was misses nothing. */
  private get unstudied(): number {
    const { study } = this.model;
    if (!study || this.filter.needs.size === 0 || (this.stream !== null && this.stream < study.streams)) return 0;
    return study.unstudied;
  }

  private get total(): number {
    if (this.stream === null) return this.model.packets.length;
    const { packets } = this.model.streams.row(this.stream);
    return packets[0] + packets[1];
  }

  /** Goes on in the background until every packet there is now was looked at. Rejects with SourceError when a record cannot be read. */
  run(signal?: { readonly aborted: boolean }): Promise<void> {
    this.wantedUntil = Infinity;
    this.signal = signal ?? null;
    return this.goOn();
  }

  private async goOn(): Promise<void> {
    if (this.problem !== null) throw this.problem;
    this.stopped = false;
    await (this.running ??= this.work().finally(() => (this.running = null)));
  }

  /** Waits until the run is over, or `ms` have passed. It goes on in the background for a while, and stops unless it is waited for again. */
  async runFor(ms: number, signal: { readonly aborted: boolean }): Promise<void> {
    const until = this.host.now() + ms;
    this.wantedUntil = Math.max(this.wantedUntil, until + WANTED_MS);
    const state = { over: false };
    const running = this.goOn().finally(() => (state.over = true));
    // Told below, or to whoever asks next.
    running.catch(() => undefined);
    while (!state.over && !signal.aborted && this.host.now() < until) await this.host.yield();
    if (state.over) await running;
  }

  /** Stops in the midst; `run` goes on from there. */
  stop(): void {
    this.stopped = true;
  }

  private async work(): Promise<void> {
    // What earlier packets are may depend on later ones: looked at anew once there are more.
    if (this.filter.changes && this.total !== this.begunWith) this.beginAnew();
    this.begunWith = this.total;
    if (this.filter.needs.size > 0 && !(await this.prepare())) return;
    const list = this.stream === null ? null : this.model.streamPackets.of(this.stream);
    const end = list ? list.length : this.total;
    try {
      while (this.scanned < end && this.isWanted) {
        const until = this.host.now() + SLICE_MS;
        do await this.slice(list, Math.min(end, this.scanned + ROWS_PER_LOOK), until);
        while (this.scanned < end && this.host.now() < until);
        await this.host.yield();
      }
    } catch (error) {
      this.problem = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  private beginAnew(): void {
    this.count = this.scanned = 0;
    this.generation++;
  }

  /** Waits for what the study must tell first. False when nobody waits for the run any more. */
  private async prepare(): Promise<boolean> {
    const { model, host } = this;
    // A grown capture is studied anew, and earlier packets may be judged otherwise then.
    if (this.scanned >= this.total && this.studied === model.study) return true;
    if (!(await prepareStudy(model, this.filter.needs, host, () => this.isWanted))) return false;
    if (this.studied !== model.study) this.beginAnew();
    this.studied = model.study;
    return true;
  }

  private get isWanted(): boolean {
    return !this.stopped && !this.signal?.aborted && this.host.now() < this.wantedUntil;
  }

  /** Looks at rows up to `end`; comes back early when the time is over. */
  private async slice(list: Uint32Array | null, end: number, until: number): Promise<void> {
    const { row, model } = this;
    const { test } = this.filter;
    const { packets } = model;
    while (this.scanned < end) {
      const at = this.scanned;
      const packet = list ? list[at]! : at;
      row.block = packets.block(packet);
      // All rows of the block that come next, without looking it up again.
      const stop = list ? at + 1 : Math.min(end, ((at >>> BLOCK_SHIFT) + 1) << BLOCK_SHIFT);
      for (let n = at; n < stop; n++) {
        row.packet = list ? packet : n;
        row.i = row.packet & (BLOCK_ROWS - 1);
        row.cold = null;
        let answer = test(row);
        if (answer === UNKNOWN) {
          row.cold = await readCold(model, row.packet);
          answer = test(row);
          row.cold = null;
          if (answer === YES) this.add(row.packet);
          this.scanned = n + 1;
          if (this.stopped || this.host.now() >= until) return;
          continue;
        }
        if (answer !== NO) this.add(row.packet);
      }
      this.scanned = stop;
    }
  }

  private add(packet: PacketIndex): void {
    if (this.count === this.found.length) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this.found);
      this.found = larger;
    }
    this.found[this.count++] = packet;
  }
}

/** Reads a packet's record again, for what the tables do not hold of it. */
export async function readCold(model: CaptureModel, packet: PacketIndex): Promise<ColdRow> {
  const detail = await readRecord(model, packet);
  const context = await detailContext(model, packet);
  const { record } = detail;
  const isText = detail.text !== undefined && (record.textSegment !== null || record.otherProtocol >= 0);
  return new ColdRow(packet, detail, () => (isText ? buildTextDetail(detail, context).tree : buildDetail(record, context)), model.packets);
}
