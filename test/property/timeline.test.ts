import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NO_PACKET } from '../../src/core/bytes/units';
import { GRAPH_KINDS } from '../../src/core/seriesApi';
import { STATE_NAMES } from '../../src/core/stream/endpointStates';
import { openCapture } from '../support/openCapture';
import { tcpCapture, type TestSegment } from '../support/pcapWriter';

/** Segments of one connection that make little sense: any flags, numbers near each other or far apart, clocks that step back. */
const segment: fc.Arbitrary<TestSegment> = fc.record({
  from: fc.constantFrom('client' as const, 'server' as const),
  flags: fc.oneof(fc.constantFrom(2, 18, 16, 24, 17, 4, 20), fc.integer({ min: 0, max: 511 })),
  seq: fc.oneof(fc.integer({ min: 0, max: 40 }).map((n) => (0xffff_ffe0 + n * 7) >>> 0), fc.integer({ min: 0, max: 0xffff_ffff })),
  ack: fc.oneof(fc.integer({ min: 0, max: 40 }).map((n) => (0xffff_ffe0 + n * 7) >>> 0), fc.integer({ min: 0, max: 0xffff_ffff })),
  window: fc.constantFrom(0, 1, 500, 65_535),
  payload: fc.constantFrom('', 'x', 'seven!!', 'x'.repeat(60)),
  time: fc.integer({ min: 0, max: 5000 }).map((n) => n / 1000),
  options: fc.constantFrom([], [3, 3, 20], [5, 10, 0, 0, 0, 9, 0, 0, 0, 3], [5, 9, 1], [5, 2]),
});

describe('timeline and graphs of any segments', () => {
  it('hang together and never fail', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(segment, { minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 50 }), async (segments, steps) => {
        const { ask } = await openCapture(tcpCapture(segments));
        const { streams } = await ask('state', null);
        for (let stream = 0; stream < streams; stream++) {
          const head = await ask('timelineHead', { stream });
          const { segments: s, changes } = await ask('timelinePage', { stream, start: 0, count: 4096 });
          const n = s.packet.length;
          assert.equal(n, head.total);
          assert.ok(head.gaps.every((rank) => rank > 0 && rank < n));
          for (let i = 0; i < n; i++) {
            if (i > 0) assert.ok(s.place[i]! >= s.place[i - 1]!, 'places never step back');
            assert.ok((s.states[i]! & 15) < STATE_NAMES.length && s.states[i]! >> 4 < STATE_NAMES.length);
            const before = s.sentBefore[i]!;
            if (before === NO_PACKET) continue;
            assert.ok(before < i);
            assert.equal(s.marks[before]! & 1, s.marks[i]! & 1, 'the same sender');
            assert.ok(s.sentAgain[before]! <= n);
          }
          // Every change leads from the state before to the state after.
          for (const { rank, end, path } of changes) {
            const state = (r: number): number => (end === 'client' ? s.states[r]! & 15 : s.states[r]! >> 4);
            assert.equal(path.at(-1), state(rank));
            if (rank > 0) assert.equal(path[0], state(rank - 1));
          }
          const buckets = await ask('timelineBuckets', { stream, by: 'time', from: head.start, to: head.end + 1, count: steps + 1 });
          assert.equal([...buckets.clientSegments, ...buckets.serverSegments].reduce((a, b) => a + b, 0), n);
          for (const graph of GRAPH_KINDS) {
            for (const of of ['client', 'server'] as const) {
              for (const by of graph === 'rtt' ? (['time', 'seq'] as const) : (['time'] as const)) {
                const reply = await ask('series', { stream, graph, of, by, from: null, to: null, steps });
                for (const line of reply.lines) {
                  assert.ok(line.x.every((x, i) => Number.isFinite(x) && (i === 0 || x >= line.x[i - 1]!)), `${graph} ${line.id}: x ascends`);
                  assert.ok(line.y.every(Number.isFinite) && line.high.every((high, i) => high > line.y[i]!), `${graph} ${line.id}`);
                }
              }
            }
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
