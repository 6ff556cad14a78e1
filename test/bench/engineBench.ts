// One measurement of the engine, in a process of its own so that memory figures are its own. Prints one JSON line.
// usage: node engineBench.js index|firstPage|stream FILE      (stream: timeline and graphs of the first stream)
import { createEngine, type Engine } from '../../src/core/engine';
import type { CaptureState } from '../../src/core/engineApi';
import { GRAPH_KINDS } from '../../src/core/seriesApi';
import { openSource } from '../../src/platform/node/openSource';

async function main(what: string, file: string): Promise<void> {
  const collect = (globalThis as { gc?: () => void }).gc;
  collect?.();
  const rssBefore = process.memoryUsage().rss;
  const begun = performance.now();
  const engine = createEngine(
    {
      yield: () => new Promise((resolve) => setImmediate(resolve)),
      now: () => performance.now(),
      openSource: () => openSource(file, { maxInflatedBytes: 2 ** 32 }),
    },
    { splitStreamsBy: [] },
  );
  let firstPageMs = NaN;
  const first = new Promise<void>((resolve) => {
    const stop = engine.onState((state) => {
      if (state.packets === 0) return;
      stop();
      void engine.call('packetPage', { view: { kind: 'all' }, start: 0, count: 60 }).then((page) => {
        if (!page.ok) throw new Error(page.error.message);
        firstPageMs = performance.now() - begun;
        resolve();
      });
    });
  });
  const indexed = engine.start();
  await first;
  if (what === 'firstPage') {
    console.log(JSON.stringify({ firstPageMs }));
    process.exit(0);
  }
  await indexed;
  const totalMs = performance.now() - begun;
  const state = await engine.call('state', null);
  if (!state.ok) throw new Error(state.error.message);
  const s: CaptureState = state.value;
  collect?.();
  const rss = process.memoryUsage().rss - rssBefore;
  if (what === 'stream') {
    console.log(JSON.stringify(await streamFigures(engine)));
    process.exit(0);
  }
  const sorted = performance.now();
  await engine.call('streamPage', { sort: 'bytes', descending: true, start: 0, count: 50, query: '' });
  const sortMs = performance.now() - sorted;
  /** Wall time until a filter is through, and what passed. */
  const filtered = async (filter: string): Promise<{ readonly ms: number; readonly matches: number }> => {
    const started = performance.now();
    for (;;) {
      const page = await engine.call('packetPage', { view: { kind: 'all', filter }, start: 0, count: 60 });
      if (!page.ok || !page.value.scan) throw new Error(page.ok ? 'no filter' : page.error.message);
      if (page.value.scan.scanned >= page.value.scan.of) return { ms: performance.now() - started, matches: page.value.total };
    }
  };
  const before = process.cpuUsage();
  await engine.call('overview', { from: null, to: null, count: 500, marks: 100 });
  const { user, system } = process.cpuUsage(before);
  const overviewMs = (user + system) / 1000;
  const filterColumn = await filtered('tcp.len > 1000');
  const filterAddress = await filtered('ip.addr == 10.0.0.0/8 && tcp.port in {80, 443, 6379}');
  const filterFlags = await filtered('tcp.flags.syn == 1 || tcp.analysis.flags');
  const jumps: number[] = [];
  let stream = 0;
  for (let i = 0; i < 200; i++) {
    const t0 = performance.now();
    const jump = await engine.call('jump', { to: 'nextStream', from: stream });
    if (!jump.ok || !jump.value) break;
    stream = jump.value.stream ?? 0;
    await engine.call('packetPage', { view: { kind: 'stream', stream }, start: 0, count: 60 });
    jumps.push(performance.now() - t0);
  }
  jumps.sort((a, b) => a - b);
  console.log(
    JSON.stringify({ firstPageMs, totalMs, packets: s.packets, streams: s.streams, bytes: s.bytes, rss, bytesPerPacket: rss / s.packets, sortMs, overviewMs, nextStreamP95Ms: jumps[Math.floor(jumps.length * 0.95)], filterColumnMs: filterColumn.ms, filterAddressMs: filterAddress.ms, filterFlagsMs: filterFlags.ms }),
  );
  process.exit(0);
}

/** Milliseconds of processor time for what the timeline and each graph of a long stream need. */
async function streamFigures(engine: Engine): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  const timed = async <T>(name: string, ask: () => Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly message: string } }>): Promise<T> => {
    const before = process.cpuUsage();
    const result = await ask();
    const { user, system } = process.cpuUsage(before);
    if (!result.ok) throw new Error(result.error.message);
    figures[name] = (user + system) / 1000;
    return result.value;
  };
  const head = await timed('head', () => engine.call('timelineHead', { stream: 0 }));
  figures.segments = head.total;
  await timed('page', () => engine.call('timelinePage', { stream: 0, start: head.total >> 1, count: 512 }));
  await timed('wholeByTime', () => engine.call('timelineBuckets', { stream: 0, by: 'time', from: head.start, to: head.end + 1, count: 1000 }));
  for (const graph of GRAPH_KINDS) await timed(graph, () => engine.call('series', { stream: 0, graph, of: 'server', by: 'time', from: null, to: null, steps: 1000 }));
  await timed('rttBySeq', () => engine.call('series', { stream: 0, graph: 'rtt', of: 'server', by: 'seq', from: null, to: null, steps: 1000 }));
  return figures;
}

main(process.argv[2] ?? 'index', process.argv[3] ?? '').catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
