/** Lines first..last that fold into the first. */
export interface Fold {
  readonly first: number;
  readonly last: number;
}

/** Packets of one stream that follow one another. */
interface Run {
  readonly stream: number;
  readonly first: number;
  last: number;
  packets: number;
  readonly records: Fold[];
}

/** Fewer packets than this in a row are no run worth folding. */
const LEAST_RUN = 3;

/**
 * What can be folded: records of several lines, and runs of packets of one stream. Runs never overlap and records lie inside
 * them, as editors want it. `lines(p)` gives the lines of packet p, or null where they are not known.
 */
export function foldsOf(packets: number, streamOf: (packet: number) => number | null, lines: (packet: number) => Fold | null): Fold[] {
  const folds: Fold[] = [];
  let run = null as Run | null;
  const endRun = (run: Run | null): void => {
    if (!run) return;
    const folded = run.packets >= LEAST_RUN && run.last > run.first;
    if (folded) folds.push({ first: run.first, last: run.last });
    // Two folds on one line would be one: the run's wins.
    for (const record of run.records) if (!folded || record.first !== run.first) folds.push(record);
  };
  for (let packet = 0; packet < packets; packet++) {
    const place = lines(packet);
    if (!place) continue;
    const stream = streamOf(packet);
    if (stream === null || run?.stream !== stream) {
      endRun(run);
      run = null;
    }
    const record = place.last > place.first ? [place] : [];
    if (stream === null) {
      folds.push(...record);
      continue;
    }
    run ??= { stream, first: place.first, last: place.last, packets: 0, records: [] };
    run.last = place.last;
    run.packets++;
    run.records.push(...record);
  }
  endRun(run);
  return folds;
}
