import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SegmentAnalysis } from '../../src/core/analysis/segmentAnalysis';
import { seqAfter, seqNotAfter } from '../../src/core/bytes/seq';
import { NO_PACKET, NO_STREAM } from '../../src/core/bytes/units';
import { Segment } from '../../src/core/decode/segment';
import { TcpTracker } from '../../src/core/stream/tcpTracker';
import { UnackedPool } from '../../src/core/stream/unackedPool';
import { fill, type Packet } from '../unit/core/stream/conversation';

/** Segments of a connection whose numbers lie close together, so that every rule is met often. Relative to both ISNs. */
const nearby = fc.record({
  from: fc.constantFrom('c' as const, 's' as const),
  flags: fc.constantFrom('A', 'A', 'A', 'PA', 'S', 'SA', 'FA', 'RA', 'R', 'P', 'F', ''),
  wait: fc.constantFrom(0, 0.5, 2.999, 3, 10, 19.999, 20, 100, -1),
  seq: fc.integer({ min: 0, max: 12 }).map((n) => n * 50 - (n % 3 === 0 ? 1 : 0)),
  ack: fc.integer({ min: 0, max: 12 }).map((n) => n * 50),
  len: fc.constantFrom(0, 0, 1, 50, 100),
  win: fc.constantFrom(0, 50, 1000, 1000),
  sack: fc.option(fc.constant([[100, 150], [200, 250]] as const), { nil: undefined, freq: 6 }),
  shift: fc.option(fc.integer({ min: 0, max: 15 }), { nil: undefined, freq: 8 }),
});
type Nearby = typeof nearby extends fc.Arbitrary<infer T> ? T : never;

/** Puts relative segments at ISNs and a client port. */
function place(packets: readonly Nearby[], clientIsn: number, serverIsn: number, clientPort: number): Packet[] {
  let ms = 0;
  return packets.map((p) => {
    ms += p.wait;
    const own = p.from === 'c' ? clientIsn : serverIsn;
    const peer = p.from === 'c' ? serverIsn : clientIsn;
    return {
      from: p.from, flags: p.flags, ms, seq: (own + p.seq) >>> 0, ack: (peer + p.ack) >>> 0, len: p.len, win: p.win, clientPort,
      ...(p.sack ? { sack: p.sack.map(([l, r]) => [(peer + l) >>> 0, (peer + r) >>> 0] as const) } : {}),
      ...(p.shift === undefined ? {} : { shift: p.shift }),
    };
  });
}

/** Everything said of each packet; packets are numbered by `number`. */
function track(packets: readonly Packet[], number: (i: number) => number = (i) => i): SegmentAnalysis[] {
  const tracker = new TcpTracker();
  const segment = new Segment();
  return packets.map((p, i) => {
    const out = new SegmentAnalysis();
    tracker.observe(fill(segment, p), number(i), Math.round(p.ms * 1e6), out);
    return out;
  });
}

/** The fields alone, for comparing. */
function plain(a: SegmentAnalysis): Omit<SegmentAnalysis, never> {
  return Object.assign({}, a);
}

/** tcp-analysis section 7, step 5 and section 8.3, word by word. */
class PlainList {
  entries: { frame: number; seq: number; end: number; time: number }[] = [];
  matched = 0;
  acknowledge(ack: number): void {
    this.matched = 0;
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const e = this.entries[i]!;
      if (ack === e.end) {
        this.matched = e.frame;
        this.entries.splice(i, 1);
      } else if (seqAfter(ack, e.seq) && seqNotAfter(ack, e.end)) e.seq = ack;
      else if (!seqAfter(e.end, ack)) this.entries.splice(i, 1);
    }
  }
  span(base: number): number {
    const ends = this.entries.map((e) => (e.end - base) >>> 0);
    const seqs = this.entries.map((e) => (e.seq - base) >>> 0);
    return (Math.max(...ends) - Math.min(...seqs)) >>> 0;
  }
}

describe('sequence analysis, properties', () => {
  it('keeps unacknowledged segments exactly as a plain list does', () => {
    const number = fc.oneof(
      { weight: 20, arbitrary: fc.integer({ min: 0, max: 40 }).map((n) => (n * 10 - 100) >>> 0) },
      { weight: 1, arbitrary: fc.constantFrom(0, 1, 0x3fffffff, 0x40000000, 0x7fffffff, 0x80000000, 0x80000001, 0xbfffffff, 0xc0000000, 0xffffffff) },
    );
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), seq: number, length: fc.constantFrom(1, 5, 10, 20, 100, 0x50000000) }),
      fc.record({ kind: fc.constant('send' as const), length: fc.constantFrom(1, 10) }),
      fc.record({ kind: fc.constant('ack' as const), ack: number }),
      fc.record({ kind: fc.constant('span' as const), base: number }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const pool = new UnackedPool();
        const plain = new PlainList();
        let id = 0;
        let next = 0xffffff9c;
        let frame = 0;
        for (const s of steps) {
          if (s.kind === 'append' || s.kind === 'send') {
            const seq = s.kind === 'append' ? s.seq : next;
            const end = (seq + s.length) >>> 0;
            next = end;
            frame++;
            id = pool.append(id, frame, seq, end, frame * 7);
            plain.entries.push({ frame, seq, end, time: frame * 7 });
          } else if (s.kind === 'ack') {
            plain.acknowledge(s.ack);
            if (id !== 0) {
              id = pool.acknowledge(id, s.ack);
              assert.equal(pool.matchedFrame, plain.matched);
            }
          } else if (id !== 0) assert.equal(pool.span(id, s.base), plain.span(s.base));
          assert.equal(id === 0 ? 0 : pool.count(id), plain.entries.length);
          if (id !== 0) assert.deepEqual([pool.oldestFrame(id), pool.oldestTime(id)], [plain.entries[0]!.frame, plain.entries[0]!.time]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('says the same of a stream alone and among others', () => {
    fc.assert(
      fc.property(fc.array(fc.array(nearby, { maxLength: 30 }), { minLength: 2, maxLength: 4 }), fc.array(fc.nat(), { maxLength: 120 }), (streams, order) => {
        const queues = streams.map((packets, k) => place(packets, 5000, 90_000, 1000 + k));
        const alone = queues.map((packets) => track(packets));
        const rest = queues.map((packets, k) => packets.map((p, i) => ({ p, k, i })));
        const mixed: { p: Packet; k: number; i: number }[] = [];
        for (const n of order) {
          const from = rest[n % rest.length]!.shift();
          if (from) mixed.push(from);
        }
        mixed.push(...rest.flat());
        // Where each stream's packets went.
        const at = queues.map(() => [] as number[]);
        mixed.forEach(({ k }, position) => at[k]!.push(position));
        const together = track(mixed.map(({ p }) => p));
        const streamNumbers = new Map<string, number>();
        mixed.forEach(({ k, i }, position) => {
          const own = plain(alone[k]![i]!);
          for (const field of ['duplicateAckPacket', 'acksPacket', 'rtoPacket', 'previousPacket'] as const) if (own[field] !== NO_PACKET) own[field] = at[k]![own[field]]!;
          const { stream, replaces, ...said } = plain(together[position]!);
          const { stream: ownStream, replaces: ownReplaces, ...expected } = own;
          assert.deepEqual(said, expected);
          assert.equal(replaces, ownReplaces === NO_STREAM ? NO_STREAM : streamNumbers.get(`${k} ${ownReplaces}`));
          const key = `${k} ${ownStream}`;
          assert.equal(streamNumbers.get(key) ?? stream, stream);
          streamNumbers.set(key, stream);
        });
      }),
      { numRuns: 300 },
    );
  });

  it('says the same wherever the sequence numbers start', () => {
    // In the rules 0 stands for "not known" (next, highest acknowledgeable, last ACK), next - 1 is then 2^32-1, and no window yet is
    // 2^32-1: numbers near 0 are left out, and wrap-around is only met beyond them. An ACK field without ACK counts as well, so it moves too.
    const farFromZero = (isn: number): boolean => isn >= 2000 && isn <= 0xffffffff - 2000;
    const isn = fc.integer({ min: 0, max: 0xffffffff }).filter(farFromZero);
    fc.assert(
      fc.property(fc.array(nearby, { maxLength: 60 }), isn, isn, (packets, clientIsn, serverIsn) => {
        const relate = (said: readonly SegmentAnalysis[], client: number, server: number): unknown[] =>
          said.map((a, i) => {
            const own = packets[i]!.from === 'c' ? client : server;
            const peer = packets[i]!.from === 'c' ? server : client;
            return { ...plain(a), seqBase: a.relative ? (a.seqBase - own) >>> 0 : 0, ackBase: a.ackRelative ? (a.ackBase - peer) >>> 0 : 0 };
          });
        const here = relate(track(place(packets, 5000, 90_000, 1)), 5000, 90_000);
        const there = relate(track(place(packets, clientIsn, serverIsn, 1)), clientIsn, serverIsn);
        assert.deepEqual(there, here);
      }),
      { numRuns: 500 },
    );
  });

  it('says the same across the wrap of sequence numbers, apart from the number 0', () => {
    fc.assert(
      fc.property(fc.array(nearby, { maxLength: 60 }), fc.integer({ min: 1, max: 600 }), (packets, before) => {
        const client = (0x100000000 - before) >>> 0;
        const placed = place(packets, client, 90_000, 1);
        // See above: any number that lands on 0, one below, or where a SYN or FIN reaches 0.
        const lands = (n: number): boolean => n === 0 || n >= 0xfffffffe;
        fc.pre(!placed.some((p) => [p.seq, p.ack ?? 0, (p.seq + (p.len ?? 0)) >>> 0].some(lands)));
        const strip = (said: readonly SegmentAnalysis[]): unknown[] => said.map((a) => ({ ...plain(a), seqBase: 0, ackBase: 0 }));
        assert.deepEqual(strip(track(placed)), strip(track(place(packets, 5000, 90_000, 1))));
      }),
      { numRuns: 500 },
    );
  });

  it('never throws, whatever a segment holds', () => {
    const u32 = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(0, 1, 0xffffffff, 0x80000000));
    const anything = fc.record({
      family: fc.constantFrom(0, 1, 4, 6), src3: fc.constantFrom(1, 2), dst3: fc.constantFrom(1, 2), src0: fc.constantFrom(0, 7), srcPort: fc.constantFrom(21, 1, 65535), dstPort: fc.constantFrom(21, 1),
      seq: u32, ack: u32, flags: fc.integer({ min: 0, max: 0xfff }), window: fc.integer({ min: 0, max: 65535 }), length: u32, header: fc.integer({ min: 1, max: 5 }),
      known: fc.integer({ min: 0, max: 0x3ff }), quoted: fc.boolean(), optionsSeen: fc.integer({ min: 0, max: 255 }), windowScale: fc.integer({ min: 0, max: 255 }),
      sackCount: fc.integer({ min: 0, max: 4 }), mptcpSubtypes: fc.integer({ min: 0, max: 65535 }), mptcpToken: u32, mptcpKeyHigh: u32,
    });
    const time = fc.oneof(fc.integer(), fc.constantFrom(NaN, Infinity, -Infinity, -1e18, 0));
    fc.assert(
      fc.property(fc.array(fc.tuple(anything, time, fc.uint8Array({ maxLength: 40 })), { maxLength: 60 }), (segments) => {
        const tracker = new TcpTracker();
        const out = new SegmentAnalysis();
        segments.forEach(([fields, when, payload], i) => {
          const s = Object.assign(new Segment(), fields);
          tracker.observe(s, i, when, out, fields.src0);
          tracker.observePayload(s, out, payload, 0, payload.length + 5);
          assert.ok(out.stream < tracker.streams || s.header === 1);
          assert.ok(out.previousPacket === NO_PACKET || out.previousPacket < i);
        });
      }),
      { numRuns: 500 },
    );
  });
});
