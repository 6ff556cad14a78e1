import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SegmentAnalysis } from '../../src/core/analysis/segmentAnalysis';
import { SegmentJudge } from '../../src/core/analysis/segmentJudge';
import { OPT_TIMESTAMPS, Segment } from '../../src/core/decode/segment';
import type { PipelineRow } from '../../src/core/index/pipeline';
import { TcpTracker } from '../../src/core/stream/tcpTracker';
import { StudySegment } from '../../src/core/study/studySegment';
import { VerdictTable } from '../../src/core/table/verdictTable';
import { fill, type Packet } from '../unit/core/stream/conversation';

/** Segments whose numbers, IP IDs and timestamps lie close together, so that gaps, copies and reports of copies are met often. Relative to both ISNs. */
const nearby = fc.record({
  from: fc.constantFrom('c' as const, 'c' as const, 's' as const),
  flags: fc.constantFrom('A', 'A', 'A', 'PA', 'S', 'SA', 'FA', 'RA'),
  wait: fc.constantFrom(0, 0.5, 3, 10, 100, 300),
  seq: fc.integer({ min: 0, max: 12 }).map((n) => n * 50),
  ack: fc.integer({ min: 0, max: 12 }).map((n) => n * 50),
  len: fc.constantFrom(0, 0, 1, 50, 100),
  win: fc.constantFrom(0, 1000, 1000, 1000),
  id: fc.integer({ min: 0, max: 8 }),
  stamp: fc.option(fc.integer({ min: 0, max: 5 }), { nil: undefined }),
  sack: fc.option(fc.constantFrom([[100, 150]] as const, [[0, 50], [100, 200]] as const, [[200, 250], [150, 300]] as const), { nil: undefined, freq: 4 }),
});
type Nearby = typeof nearby extends fc.Arbitrary<infer T> ? T : never;

interface Placed {
  readonly packet: Packet;
  readonly of: Nearby;
}

function place(segments: readonly Nearby[], clientIsn: number, serverIsn: number, clientPort: number): Placed[] {
  let ms = 0;
  return segments.map((p) => {
    ms += p.wait;
    const own = p.from === 'c' ? clientIsn : serverIsn;
    const peer = p.from === 'c' ? serverIsn : clientIsn;
    return {
      of: p,
      packet: {
        from: p.from, flags: p.flags, ms, seq: (own + p.seq) >>> 0, ack: (peer + p.ack) >>> 0, len: p.len, win: p.win, clientPort,
        ...(p.sack ? { sack: p.sack.map(([l, r]) => [(peer + l) >>> 0, (peer + r) >>> 0] as const) } : {}),
      },
    };
  });
}

const ROW = { record: { interfaceIndex: 0, start: 0, end: 0 } } as unknown as PipelineRow;

/** The verdict on each segment once all were seen. */
function judge(placed: readonly Placed[]): number[] {
  const tracker = new TcpTracker();
  const segment = new Segment();
  const analysis = new SegmentAnalysis();
  const s = new StudySegment();
  const table = new VerdictTable();
  const judges: SegmentJudge[] = [];
  placed.forEach(({ packet, of }, i) => {
    fill(segment, packet);
    segment.ipId = of.id;
    segment.ttl = 64;
    if (of.stamp !== undefined) {
      segment.optionsSeen |= OPT_TIMESTAMPS;
      segment.tsVal = segment.tsEcr = of.stamp;
    }
    const time = Math.round(packet.ms * 1e6);
    tracker.observe(segment, i, time, analysis);
    s.take(segment, analysis, i, time, ROW);
    (judges[analysis.stream] ??= new SegmentJudge(table)).observe(s);
  });
  for (const j of judges) j.finish();
  return placed.map((_, i) => table.get(i));
}

describe('our verdicts, properties', () => {
  it('are the same for a stream alone and among others', () => {
    fc.assert(
      fc.property(fc.array(fc.array(nearby, { maxLength: 40 }), { minLength: 2, maxLength: 4 }), fc.array(fc.nat(), { maxLength: 160 }), (streams, order) => {
        const queues = streams.map((segments, k) => place(segments, 5000, 90_000, 1000 + k));
        const alone = queues.map((placed) => judge(placed));
        const rest = queues.map((placed, k) => placed.map((p, i) => ({ p, k, i })));
        const mixed: { readonly p: Placed; readonly k: number; readonly i: number }[] = [];
        for (const n of order) {
          const next = rest[n % rest.length]!.shift();
          if (next) mixed.push(next);
        }
        mixed.push(...rest.flat());
        const together = judge(mixed.map(({ p }) => p));
        mixed.forEach(({ k, i }, at) => assert.equal(together[at], alone[k]![i]));
      }),
      { numRuns: 300 },
    );
  });

  it('are the same wherever the sequence numbers start', () => {
    // The tracker, not the judge, takes 0 for "not known" when it numbers streams and learns the handshake: numbers near it are met by wrapping only.
    const isn = fc.integer({ min: 2000, max: 0xffffffff - 2000 });
    fc.assert(
      fc.property(fc.array(nearby, { maxLength: 60 }), isn, isn, (segments, client, server) => {
        assert.deepEqual(judge(place(segments, client, server, 1)), judge(place(segments, 5000, 90_000, 1)));
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.array(nearby, { maxLength: 60 }), fc.integer({ min: 0, max: 700 }), (segments, before) => {
        assert.deepEqual(judge(place(segments, (0x100000000 - before) >>> 0, 90_000, 1)), judge(place(segments, 5000, 90_000, 1)));
      }),
      { numRuns: 500 },
    );
  });

  it('never throw, and keep memory bounded, whatever segments hold', () => {
    const u32 = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0, 1, 0xffffffff, 0x80000000));
    const anything = fc.record({
      from: fc.constantFrom(0, 1), seq: u32, ack: u32, flags: fc.integer({ min: 0, max: 0xfff }), window: fc.integer({ min: 0, max: 65535 }), length: u32, header: fc.integer({ min: 1, max: 5 }),
      known: fc.integer({ min: 0, max: 0x3ff }), quoted: fc.boolean(), optionsSeen: fc.integer({ min: 0, max: 255 }), tsVal: u32, tsEcr: u32, ipId: fc.integer({ min: 0, max: 65535 }), left: u32, right: u32,
      sackCount: fc.integer({ min: 0, max: 4 }), time: fc.oneof(fc.integer(), fc.constantFrom(NaN, Infinity, -1e18, 0)),
    });
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 80 }), (segments) => {
        const sj = new SegmentJudge(new VerdictTable());
        const s = new StudySegment();
        const analysis = new SegmentAnalysis();
        segments.forEach(({ from, left, right, time, ...fields }, i) => {
          const segment = Object.assign(new Segment(), fields);
          segment.sackLeft.fill(left);
          segment.sackRight.fill(right);
          analysis.direction = from ? 1 : 0;
          s.take(segment, analysis, i, time, ROW);
          sj.observe(s);
        });
        sj.finish();
      }),
      { numRuns: 500 },
    );
    // A sender of holes and repetitions without end, and a receiver that names blocks at random.
    const sj = new SegmentJudge({ add: () => undefined });
    const s = new StudySegment();
    const analysis = new SegmentAnalysis();
    const segment = new Segment();
    let seed = 1;
    const random = (n: number): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) % n;
    const before = process.memoryUsage();
    for (let i = 0; i < 200_000; i++) {
      segment.reset();
      segment.known = 0x1ff;
      segment.flags = 16;
      segment.ipId = random(65536);
      analysis.direction = i % 3 === 0 ? 1 : 0;
      segment.seq = analysis.direction ? 1 : (i * 150 - random(100_000)) >>> 0;
      segment.length = analysis.direction ? 0 : 100;
      segment.ack = analysis.direction ? random(i * 150 + 1) : 1;
      if (analysis.direction) {
        segment.sackCount = 3;
        for (let k = 0; k < 3; k++) segment.sackRight[k] = (segment.sackLeft[k] = random(i * 150 + 1)) + 50;
      }
      s.take(segment, analysis, i, i * 1000, ROW);
      sj.observe(s);
    }
    const after = process.memoryUsage();
    assert.ok(after.arrayBuffers - before.arrayBuffers < 4e6 && after.heapUsed - before.heapUsed < 60e6, JSON.stringify([before, after]));
  }).timeout(60_000);
});
