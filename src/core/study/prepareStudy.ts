import type { StudyWait } from '../engineApi';
import { grouped } from '../explain/words';
import { t } from '../l10n';
import type { CaptureModel } from '../query/captureModel';
import type { StudyNeed } from './studyColumns';

/** What preparing needs of the engine. */
export interface PrepareHost {
  yield(): Promise<void>;
  now(): number;
}

/** How long one slice may hold the thread, in milliseconds. */
const SLICE_MS = 12;
/** How long it goes on in the background after nobody asked any more, in milliseconds. */
const WANTED_MS = 2000;

/**
 * Waits for the study of the capture, then makes ready what is needed of it. False when `going` said no on the way. Rejects with RangeError where
 * there can be no study.
 */
export async function prepareStudy(model: CaptureModel, needs: ReadonlySet<StudyNeed>, host: PrepareHost, going: () => boolean): Promise<boolean> {
  if (needs.size === 0) return true;
  const state = { over: false };
  const studied = model.requireStudy().finally(() => (state.over = true));
  studied.catch(() => undefined);
  // The study runs between the turns; who gives up does not wait for its end.
  while (!state.over && going()) await host.yield();
  if (!state.over) return false;
  await studied;
  const { columns } = model;
  if (!columns) return false;
  for (const need of needs) {
    for (;;) {
      const until = host.now() + SLICE_MS;
      let more = columns.step(need);
      while (more && host.now() < until) more = columns.step(need);
      if (!more) break;
      await host.yield();
      if (!going()) return false;
    }
  }
  return going();
}

/** What `needs` still wait for; null once all of it is ready. */
export function studyWait(model: CaptureModel, needs: ReadonlySet<StudyNeed>): StudyWait | null {
  if (needs.size === 0) return null;
  const wait = model.studyWait();
  if (wait) return wait;
  const { columns } = model;
  if (!columns) return { what: 'study', done: 0, of: 1 };
  for (const need of needs) if (!columns.ready(need)) return { what: 'streams', ...columns.progress(need) };
  return null;
}

/** What a filter that asks for the study misses where there are too many streams. */
export function unstudiedText(unstudied: number): string {
  return t('The last {0} streams were not studied, there are too many: nothing that the study finds (segment.*, state.*, finding.*, verdict.*) is known of them.', grouped(unstudied));
}

/** Makes parts of the study ready in the background, as long as somebody asks. */
export class StudyPreparation {
  private readonly needs = new Set<StudyNeed>();
  private running: Promise<unknown> | null = null;
  private wantedUntil = 0;
  private outcome: { problem?: Error } = {};

  constructor(
    private readonly model: CaptureModel,
    private readonly host: PrepareHost,
  ) {}

  /** Waits for up to `ms`; what is still missing then, or null. Rejects with RangeError where there can be no study. */
  async ready(needs: ReadonlySet<StudyNeed>, ms: number, signal: { readonly aborted: boolean }): Promise<StudyWait | null> {
    const { host, model } = this;
    if (studyWait(model, needs) === null) return null;
    for (const need of needs) this.needs.add(need);
    const until = host.now() + ms;
    this.wantedUntil = until + WANTED_MS;
    const outcome: { problem?: Error } = (this.outcome = this.running ? this.outcome : {});
    this.running ??= prepareStudy(model, new Set(this.needs), host, () => host.now() < this.wantedUntil)
      .catch((error: unknown) => (outcome.problem = error instanceof Error ? error : new Error('the study cannot be read', { cause: error })))
      .finally(() => (this.running = null));
    while (this.isRunning && !signal.aborted && host.now() < until) await host.yield();
    if (outcome.problem) throw outcome.problem;
    return studyWait(model, needs);
  }

  private get isRunning(): boolean {
    return this.running !== null;
  }
}
