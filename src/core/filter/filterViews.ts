import type { PacketView, ScanProgress } from '../engineApi';
import type { CaptureModel } from '../query/captureModel';
import { lowerBound } from '../query/streamPackets';
import { compileFilter } from './compile';
import type { SeekRequest, SeekResult } from './filterApi';
import { FilterRun, type RunHost } from './filterRun';

/** Runs that are kept: the filter in force, the one before, what is searched for. */
const KEEP = 6;
/** How long a question waits for a run, in milliseconds, before it is answered with what there is. */
const PATIENCE_MS = 40;

/** The packets of a view: their indices ascending, or null for all. */
export interface ViewRows {
  readonly list: Uint32Array | null;
  readonly total: number;
  readonly scan: ScanProgress | null;
}

/** Views with display filters: each filter runs once, in the background, for all who ask. */
export class FilterViews {
  /** Least recently used first. */
  private readonly runs = new Map<string, FilterRun>();
  /** Matches by stream, and how many matches are counted in. */
  private readonly tallies = new WeakMap<FilterRun, { counts: Uint32Array; upTo: number; generation: number }>();

  constructor(
    private readonly model: CaptureModel,
    private readonly host: RunHost,
  ) {}

  /** What a view holds now; of a filter that is still running, what it has found so far. Throws RangeError for a filter that makes no sense. */
  async rows(view: PacketView, signal: { readonly aborted: boolean }): Promise<ViewRows> {
    const { model } = this;
    if (!view.filter) {
      const list = view.kind === 'stream' ? model.streamPackets.of(view.stream) : null;
      return { list, total: list ? list.length : model.packets.length, scan: null };
    }
    const run = this.runOf(view);
    await run.runFor(PATIENCE_MS, signal);
    const list = run.matches;
    return { list, total: list.length, scan: scanOf(run) };
  }

  /** How many packets of each stream pass a filter, by stream number, as far as it has got. */
  async perStream(filter: string, signal: { readonly aborted: boolean }): Promise<{ readonly counts: Uint32Array; readonly scan: ScanProgress }> {
    const run = this.runOf({ kind: 'all', filter });
    await run.runFor(PATIENCE_MS, signal);
    const { matches } = run;
    const { packets, streams } = this.model;
    let tally = this.tallies.get(run);
    const { generation } = run;
    if (tally?.generation !== generation) tally = { counts: new Uint32Array(streams.length), upTo: 0, generation };
    if (tally.counts.length < streams.length) {
      const counts = new Uint32Array(streams.length + (streams.length >> 1));
      counts.set(tally.counts);
      tally = { counts, upTo: tally.upTo, generation };
    }
    for (; tally.upTo < matches.length; tally.upTo++) {
      const packet = matches[tally.upTo]!;
      if (packets.isTcp(packet)) tally.counts[packets.stream(packet)]!++;
    }
    this.tallies.set(run, tally);
    return { counts: tally.counts, scan: scanOf(run) };
  }

  /** The match after or before a packet, going on at the other end of the view. */
  async seek({ view, from, step }: SeekRequest, signal: { readonly aborted: boolean }): Promise<SeekResult> {
    const { list, total, scan } = await this.rows(view, signal);
    const progress = scan ?? { scanned: total, of: total };
    const result = (rank: number | null, wrapped: boolean): SeekResult => ({ packet: rank === null ? null : list ? list[rank]! : rank, rank, matches: total, wrapped, scan: progress });
    const at = (packet: number): number => (list ? lowerBound(list, packet) : packet);
    const rank = from === null ? (step > 0 ? 0 : total - 1) : step > 0 ? at(from + 1) : at(from) - 1;
    const over = progress.scanned >= progress.of && !progress.waits;
    // Backwards, everything up to the start must have been looked at.
    const told = over || (step < 0 && from !== null && view.kind === 'all' && progress.scanned >= from);
    if (step > 0 ? rank < total : rank >= 0 && told) return result(rank, false);
    // Going round needs to know that there is nothing more on this side, and where the other end is.
    return over && total > 0 ? result(step > 0 ? 0 : total - 1, true) : result(null, false);
  }

  /** Nobody waits for a search any more; who asks again goes on from where it had got to. */
  stopSeek(view: PacketView): void {
    this.runs.get(keyOf(view))?.stop();
  }

  private runOf(view: PacketView): FilterRun {
    const stream = view.kind === 'stream' ? view.stream : null;
    const filter = view.filter ?? '';
    const key = keyOf(view);
    let run = this.runs.get(key);
    if (run) this.runs.delete(key);
    else {
      const compiled = compileFilter(filter, this.model);
      if (!compiled.ok) throw new RangeError(compiled.fault.message);
      run = new FilterRun(this.model, compiled.value, stream, this.host);
    }
    this.runs.set(key, run);
    for (const [oldest, old] of this.runs) {
      if (this.runs.size <= KEEP) break;
      old.stop();
      this.runs.delete(oldest);
    }
    return run;
  }

  /** Ends what runs in the background. */
  stop(): void {
    for (const run of this.runs.values()) run.stop();
    this.runs.clear();
  }
}

function scanOf(run: FilterRun): ScanProgress {
  const { scanned, of, waits, unstudied } = run.progress;
  return { scanned, of, ...(waits ? { waits } : {}), ...(unstudied === undefined ? {} : { unstudied }) };
}

function keyOf(view: PacketView): string {
  return `${view.kind === 'stream' ? view.stream : ''} ${view.filter ?? ''}`;
}
