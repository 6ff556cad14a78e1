import type { CaptureFault, CaptureReader } from '../capture/captureReader';
import type { PipelineOptions } from '../index/pipeline';
import type { StudyState } from '../query/findingApi';
import { StudyIndex } from './studyIndex';
import { StudyPass } from './studyPass';

/** What a runner needs of its surroundings. */
export interface StudyHost {
  now(): number;
  /** Gives way; resolves when the study may go on. */
  rest(): Promise<void>;
  openReader(): Promise<CaptureReader>;
  /** Why the capture ends early, its packing counted in. */
  fault(reader: CaptureFault | null): CaptureFault | null;
  /** The state changed. */
  changed(): void;
  /** A study has ended: what tables and queries show from now on. */
  done(index: StudyIndex): void;
}

/** How long one slice may hold the thread, in milliseconds, and how often progress is told. */
const SLICE_MS = 10;
const TELL_EVERY_MS = 200;
/** Streams that are reported on in one slice. */
const STREAMS_PER_SLICE = 500;

/** Runs the study of one revision of a capture in the background, slice by slice, and again when there is more to read. */
export class StudyRunner {
  phase: StudyState['phase'] = 'waiting';
  private pass: StudyPass | null = null;
  private version = 0;
  private index: StudyIndex | null = null;
  private stop = { aborted: false };
  private again = false;
  private failure: string | null = null;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly host: StudyHost,
    private readonly options: PipelineOptions,
    private readonly size: () => number,
  ) {}

  get state(): StudyState {
    const counts = this.index?.counts;
    const size = this.size();
    const progress = this.phase === 'done' ? 1 : this.pass && size > 0 ? Math.min(1, this.pass.reader.position / size) : 0;
    return {
      phase: this.phase,
      progress,
      version: this.version,
      errors: counts?.error ?? 0,
      warnings: counts?.warning ?? 0,
      infos: counts?.info ?? 0,
      ...(this.failure === null ? {} : { failure: this.failure }),
      ...(this.index !== null && this.index.unstudied > 0 ? { unstudied: this.index.unstudied } : {}),
    };
  }

  /** Resolves when no study is under way. */
  get settled(): Promise<void> {
    return this.running;
  }

  /** Studies what there is to read, also what was added since the last time. */
  start(): void {
    if (this.phase === 'running') {
      this.again = true;
      return;
    }
    this.running = this.run();
  }

  /** Stops; what was found before stays. Resolves when the thread is free. */
  async cancel(): Promise<void> {
    this.again = false;
    this.stop.aborted = true;
    await this.running;
  }

  private async run(): Promise<void> {
    this.phase = 'running';
    this.failure = null;
    this.host.changed();
    try {
      do {
        const stop = { aborted: false };
        this.stop = stop;
        this.again = false;
        if (this.pass) this.pass.reader.resume();
        else this.pass = new StudyPass(await this.host.openReader(), this.options);
        const whole = (await this.read(this.pass, stop)) && (await this.summarise(this.pass, stop));
        // Started again before it had stopped: it goes on.
        if (!whole && !this.wanted()) {
          this.phase = 'cancelled';
          this.host.changed();
          return;
        }
      } while (this.wanted());
      this.phase = 'done';
    } catch (error) {
      // Without a study the rest works.
      this.phase = 'failed';
      this.failure = error instanceof Error ? error.message : String(error);
    }
    this.host.changed();
  }

  /** A start that came meanwhile. */
  private wanted(): boolean {
    return this.again;
  }

  private async read(pass: StudyPass, stop: { readonly aborted: boolean }): Promise<boolean> {
    const { host } = this;
    let bytes = 256 * 1024;
    let toldAt = host.now();
    for (;;) {
      await host.rest();
      if (stop.aborted) return false;
      const before = host.now();
      const more = await pass.read(bytes);
      if (!more) return true;
      bytes = Math.max(32 * 1024, Math.min(16 << 20, Math.round((bytes * SLICE_MS) / Math.max(1, host.now() - before))));
      if (host.now() - toldAt >= TELL_EVERY_MS) {
        toldAt = host.now();
        host.changed();
      }
    }
  }

  private async summarise(pass: StudyPass, stop: { readonly aborted: boolean }): Promise<boolean> {
    pass.study.finish(this.host.fault(pass.reader.fault));
    const index = new StudyIndex(pass.study);
    while (index.build(STREAMS_PER_SLICE)) {
      await this.host.rest();
      if (stop.aborted) return false;
    }
    this.index = index;
    this.version++;
    this.host.done(index);
    return true;
  }
}
