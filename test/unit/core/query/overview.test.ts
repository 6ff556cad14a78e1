import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { MemorySource } from '../../../../src/core/capture/byteSource';
import { createEngine, type Engine } from '../../../../src/core/engine';
import { NO_PACKET } from '../../../../src/core/bytes/units';
import * as api from '../../../../src/core/overviewApi';
import { PacketTable } from '../../../../src/core/table/packetTable';
import { openReader } from '../../../../src/core/capture/detect';
import type { RunHost } from '../../../../src/core/filter/filterRun';
import { Indexer } from '../../../../src/core/index/indexer';
import { CaptureModel } from '../../../../src/core/query/captureModel';
import { Pace } from '../../../../src/core/query/pace';
import { laneCells, OwnLanes } from '../../../../src/core/query/streamLanes';
import { StreamQuery } from '../../../../src/core/query/streamRows';
import { roundStep, TimeBins } from '../../../../src/core/query/timeBins';
import { openCapture } from '../../../support/openCapture';
import { pcapHeader, pcapRecord, SHORT_CONNECTION, tcpCapture, tcpFrame } from '../../../support/pcapWriter';

const ACK = 16, RST = 4;
const sum = (values: Iterable<number>): number => Array.from(values).reduce((a, b) => a + b, 0);

async function studied(engine: Engine): Promise<void> {
  for (;;) {
    const state = await engine.call('state', null);
    if (state.ok && state.value.study.phase === 'done') return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Two connections: one orderly, one second long; one that is reset, from its third second on. */
const TWO = Buffer.concat([
  pcapHeader(),
  ...SHORT_CONNECTION.map((s, i) => pcapRecord(tcpFrame(s), i * 0.125)),
  ...[...SHORT_CONNECTION.slice(0, 4), { from: 'server', flags: RST | ACK, seq: 5001, ack: 1007 } as const].map((s, i) => pcapRecord(tcpFrame(s, { clientPort: 50_001 }), 3 + i * 0.25)),
]);

/** Where a share of the records of a pcap file ends. */
function recordsEnd(bytes: Buffer, share: number): number {
  const ends: number[] = [];
  for (let at = 24; at + 16 <= bytes.length; ) ends.push((at += 16 + bytes.readUInt32LE(at + 8)));
  return ends[Math.floor(ends.length * share)]!;
}

/** A table with nothing but times. */
function tableOf(times: readonly number[]): PacketTable {
  const table = new PacketTable();
  times.forEach((time, i) => {
    const block = table.append();
    block.time[i] = time;
    block.originalLength[i] = 100 + (i % 7);
  });
  return table;
}

describe('the overview of a capture', () => {
  it('counts every packet and byte in equal steps of time', async () => {
    const { ask } = await openCapture(TWO);
    const whole = await ask('overview', { from: null, to: null, count: 100, marks: 10 });
    assert.equal(whole.start, 0);
    assert.equal(whole.end, 4e9);
    assert.equal(whole.width, 5e7);
    assert.equal(whole.packets.length, 81);
    assert.equal(sum(whole.packets), 14);
    assert.equal(whole.timed, 14);
    const rows = await ask('packetPage', { view: { kind: 'all' }, start: 0, count: 50 });
    assert.equal(sum(whole.bytes), sum(rows.rows.map((row) => row.length)));
    // Each bucket begins with the packet that it names.
    rows.rows.forEach((row) => assert.ok(whole.first[Math.floor(row.time! / whole.width)]! <= row.packet));
    assert.equal(whole.first[60], 9);
    assert.equal(whole.first[59], NO_PACKET);
  });

  it('counts a part as it counts the whole', async () => {
    const { ask } = await openCapture(TWO);
    const part = await ask('overview', { from: 3e9, to: 4e9, count: 21, marks: 10 });
    assert.equal(part.width, 5e7);
    assert.equal(part.from, 3e9);
    assert.equal(sum(part.packets), 5);
    assert.equal(part.start, 0);
    const none = await ask('overview', { from: 1.5e9, to: 2.5e9, count: 10, marks: 10 });
    assert.equal(sum(none.packets), 0);
  });

  it('marks the worst finding of each place, where it happened', async () => {
    const { ask, engine } = await openCapture(TWO);
    await studied(engine);
    const { findings } = await ask('overview', { from: null, to: null, count: 100, marks: 50 });
    const reset = findings.find((f) => f.stream === 1 && f.severity !== 'info');
    assert.ok(reset, JSON.stringify(findings));
    assert.ok(reset.time >= 3e9);
    const one = await ask('overview', { from: null, to: null, count: 100, marks: 1 });
    assert.equal(one.findings.length, 1);
    assert.equal(one.findings[0]!.count, sum(findings.map((f) => f.count)));
    assert.notEqual(one.findings[0]!.severity, 'info');
  });

  it('counts what was sent again by verdicts once they are there', async () => {
    const { ask, engine } = await openCapture(readFileSync('test/fixtures/loss_burst.pcap'));
    await studied(engine);
    const { resent } = await ask('overview', { from: null, to: null, count: 300, marks: 0 });
    const { packets } = await ask('state', null);
    let judged = 0;
    for (let packet = 0; packet < packets; packet++) judged += Number((await ask('evidence', { packet })).some((e) => e.field === 'segment.retransmission'));
    assert.ok(judged > 0);
    assert.equal(sum(resent), judged);
    const part = await ask('overview', { from: 0, to: 100e9, count: 300, marks: 0 });
    assert.equal(sum(part.resent), judged);
  });

  it('has an answer for one packet, and for none', async () => {
    const { ask } = await openCapture(tcpCapture(SHORT_CONNECTION.slice(0, 1)));
    const one = await ask('overview', { from: null, to: null, count: 100, marks: 10 });
    assert.deepEqual([...one.packets], [1]);
    const { ask: empty } = await openCapture(pcapHeader());
    const none = await empty('overview', { from: null, to: null, count: 100, marks: 10 });
    assert.equal(none.packets.length, 0);
    assert.equal(none.timed, 0);
  });
});

describe('bins of time', () => {
  it('grow with the capture, and count as a single pass with their last width would', () => {
    const time = fc.oneof(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: -2e9, max: 5e12 }), fc.double({ min: -1e18, max: 4e18, noNaN: true }).map((x) => Math.floor(x) + 0));
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 60 }), (times) => {
        const table = tableOf(times);
        const grown = TimeBins.whole();
        grown.extend(table, null);
        assert.equal(sum(grown.packets), times.length);
        assert.equal(sum(grown.bytes), sum(times.map((_, i) => 100 + (i % 7))));
        assert.equal(grown.start, Math.min(...times));
        assert.equal(grown.end, Math.max(...times));
        // Beyond, doubles skip nanoseconds, and an edge may fall either way.
        if (Math.max(...times.map(Math.abs), Math.abs(grown.origin), grown.count * grown.width) > 2 ** 53) return;
        const direct = TimeBins.part(grown.origin, grown.width, grown.count);
        direct.extend(table, null);
        assert.deepEqual(grown.packets, direct.packets);
        assert.deepEqual(grown.first, direct.first);
      }),
      { numRuns: 60 },
    );
  });

  it('leave room where times fall, so that they are seldom laid out anew', () => {
    for (const step of [1000, 7000, 123_457]) {
      const table = new PacketTable();
      const bins = TimeBins.whole();
      let laidOut = 0;
      for (let i = 0; i < 5000; i++) {
        table.append().time[i] = -i * step;
        const before = bins.packets;
        bins.extend(table, null);
        if (bins.packets !== before) laidOut++;
      }
      assert.ok(laidOut < 80, `${laidOut} times`);
    }
  });

  it('have round widths', () => {
    assert.deepEqual([0, 1, 1.5, 3, 11, 4e9].map(roundStep), [1, 1, 2, 5, 20, 5e9]);
  });
});

describe('the lane of a stream', () => {
  const lane = async (bytes: Uint8Array, cells: number): Promise<Uint8Array> => {
    const { ask, engine } = await openCapture(bytes);
    await studied(engine);
    const { rows } = await ask('streamPage', { sort: 'stream', descending: false, start: 0, count: 10, query: '', lanes: cells });
    return Uint8Array.from({ length: cells }, (_, i) => rows.reduce((bits, { lane: own }) => bits | own![i]!, 0));
  };

  it('shows who sent what and when, over the stream\'s own time', async () => {
    const cells = await lane(tcpCapture(SHORT_CONNECTION.map((s, i) => ({ ...s, time: i * 0.125 }))), 9);
    assert.equal(cells.length, 9);
    assert.equal(cells[0], api.LANE_CLIENT | api.LANE_SYN);
    assert.equal(cells[1], api.LANE_SERVER | api.LANE_SYN);
    assert.equal(cells[3]! & (api.LANE_DATA | api.LANE_CLIENT), api.LANE_DATA | api.LANE_CLIENT);
    assert.equal(cells[8]! & api.LANE_CLIENT, api.LANE_CLIENT);
    assert.ok(cells.some((bits) => bits & api.LANE_FIN));
    assert.ok(!cells.some((bits) => bits & (api.LANE_RST | api.LANE_RESENT)));
  });

  it('shows losses and closed windows', async () => {
    assert.ok((await lane(readFileSync('test/fixtures/loss_burst.pcap'), 40)).some((bits) => bits & api.LANE_RESENT));
    assert.ok((await lane(readFileSync('test/fixtures/zero_window.pcap'), 40)).some((bits) => bits & api.LANE_CLOSED));
  });

  it('spreads segments where time stands still', async () => {
    const cells = await lane(tcpCapture(SHORT_CONNECTION.map((s) => ({ ...s, time: 1 }))), 9);
    assert.ok(cells.every((bits) => bits !== 0));
  });

  it('lies with others over one time, in the order of the table', async () => {
    const { ask } = await openCapture(TWO);
    const request = { sort: 'start', descending: true, grouped: false, query: '', start: 0, count: 10, from: 0, to: 4e9, cells: 40 } as const;
    const { lanes, total } = await ask('streamLanes', request);
    assert.equal(total, 2);
    assert.deepEqual(lanes.map((l) => l.stream), [1, 0]);
    assert.ok(lanes[0]!.cells.subarray(0, 29).every((bits) => bits === 0));
    assert.equal(lanes[0]!.cells[39]! & api.LANE_RST, api.LANE_RST);
    const { rows } = await ask('streamPage', { sort: 'stream', descending: false, start: 0, count: 10, query: '' });
    assert.equal(rows[0]!.lane, null);
  });
});

describe('a capture that grows', () => {
  it('is counted and grouped as one that was whole from the start, once it has been studied again', async () => {
    const bytes = readFileSync('test/fixtures/loss_burst.pcap');
    // The first connection is read at once; the end of the second comes later.
    const resets = [...SHORT_CONNECTION.slice(0, 4), { from: 'server', flags: RST | ACK, seq: 5001, ack: 1007 } as const].map((s, i) => pcapRecord(tcpFrame(s, { clientPort: 50_001 }), 1e6 + i * 0.25));
    const part = Buffer.concat([bytes.subarray(0, recordsEnd(bytes, 0.5)), ...resets.slice(0, 4)]);
    const whole = Buffer.concat([part, bytes.subarray(recordsEnd(bytes, 0.5)), resets[4]!]);
    const inMemory = new MemorySource(whole);
    const source = {
      size: part.length,
      readInto: (offset: number, target: Uint8Array) => inMemory.readInto(offset, target.subarray(0, Math.max(0, Math.min(target.length, source.size - offset)))),
      check: () => Promise.resolve('grown' as const),
      close: () => Promise.resolve(),
    };
    const engine = createEngine({ yield: () => new Promise((resolve) => setImmediate(resolve)), now: () => performance.now(), openSource: () => Promise.resolve(source) }, { splitStreamsBy: [] });
    await engine.start();
    const ask: Awaited<ReturnType<typeof openCapture>>['ask'] = async (method, params) => {
      const result = await engine.call(method, params);
      assert.ok(result.ok);
      return result.value;
    };
    const fresh = await openCapture(whole);
    const seen = async (from: typeof ask): Promise<unknown> => {
      const { resent } = await from('overview', { from: null, to: null, count: 100, marks: 10 });
      const { rows } = await from('streamPage', { sort: 'stream', descending: false, grouped: true, start: 0, count: 10, query: '' });
      return { resent: sum(resent), groups: (await from('streamGroups', { query: '' })).map((g) => g.title), rows: rows.map((row) => `${row.stream} ${row.study?.firstFinding}`) };
    };
    await studied(engine);
    await seen(ask);
    source.size = whole.length;
    await engine.sourceChanged();
    const version = (await ask('state', null)).study.version;
    await ask('loadMore', null);
    // What is read is counted before it has been judged.
    while ((await ask('state', null)).phase !== 'done') await new Promise((resolve) => setImmediate(resolve));
    await seen(ask);
    for (;;) {
      const { study } = await ask('state', null);
      if (study.phase === 'done' && study.version > version) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const grown = await seen(ask);
    await studied(fresh.engine);
    assert.deepEqual(grown, await seen(fresh.ask));
  });
});

describe('lanes of long streams', () => {
  /** One stream of this many packets, a millisecond apart, and what walks it. */
  const long = async (count: number): Promise<{ readonly model: CaptureModel; readonly host: RunHost; readonly rests: () => number }> => {
    const bytes = tcpCapture(Array.from({ length: count }, (_, i) => ({ from: 'client', flags: ACK, seq: 1 + i, payload: 'x', time: i / 1000 }) as const));
    const indexer = new Indexer(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] });
    while (await indexer.read(1 << 20)) ;
    let rests = 0;
    let time = 0;
    const rest = (): Promise<void> => {
      rests++;
      return Promise.resolve();
    };
    // Each look at the clock finds a slice gone by.
    return { model: new CaptureModel(indexer, 1), host: { now: () => (time += 100), yield: rest }, rests: () => rests };
  };
  const request = { sort: 'stream', descending: false, query: '', start: 0, count: 10, lanes: 10 } as const;

  it('give way within a stream, and end when nobody waits', async () => {
    const { model, host, rests } = await long(40_000);
    const signal = { aborted: false };
    const own = new OwnLanes(model);
    const whole = await own.of(0, 10, new Pace(host, signal));
    assert.ok(rests() >= 2);
    assert.ok(whole.every((bits) => bits & api.LANE_CLIENT));
    signal.aborted = true;
    const part = await new OwnLanes(model).of(0, 10, new Pace(host, signal));
    assert.equal(part[0], 0);
    // What was not finished is not kept.
    assert.deepEqual(await own.of(0, 10, new Pace(host, { aborted: false })), whole);
    const query = new StreamQuery(model, host);
    await query.page(request, signal);
    assert.deepEqual((await query.page(request, { aborted: false })).rows[0]!.lane, whole);
  });

  it('look at no packet before the time that is asked for', async () => {
    const { model, host, rests } = await long(40_000);
    assert.equal(model.packets.timesAscend, true);
    const cells = await laneCells(model, 0, 39e9, 40e9, 10, new Pace(host, { aborted: false }));
    assert.ok(cells.every((bits) => bits & api.LANE_CLIENT));
    assert.equal(rests(), 0);
    model.packets.timesAscend = false;
    assert.deepEqual(await laneCells(model, 0, 39e9, 40e9, 10, new Pace(host, { aborted: false })), cells);
    assert.ok(rests() > 0);
  });

  it('are made anew when a stream has grown by a good part, and at the end', async () => {
    const { model, host } = await long(100);
    let growing = true;
    model.growing = () => growing;
    const own = new OwnLanes(model);
    const pace = new Pace(host, { aborted: false });
    const first = await own.of(0, 10, pace);
    const row = model.streams.row.bind(model.streams);
    let packets = 110;
    model.streams.row = (stream) => ({ ...row(stream), lastPacket: 98, packets: [packets, 0] });
    assert.equal(await own.of(0, 10, pace), first);
    packets = 130;
    const second = await own.of(0, 10, pace);
    assert.notEqual(second, first);
    packets = 131;
    model.streams.row = (stream) => ({ ...row(stream), lastPacket: 97, packets: [packets, 0] });
    assert.equal(await own.of(0, 10, pace), second);
    growing = false;
    assert.notEqual(await own.of(0, 10, pace), second);
  });
});

describe('the streams that a search finds', () => {
  it('are found anew when its last word is taken away', async () => {
    const { ask } = await openCapture(TWO);
    const found = async (query: string): Promise<readonly number[]> => (await ask('streamPage', { sort: 'stream', descending: false, start: 0, count: 10, query })).rows.map((row) => row.stream);
    assert.deepEqual(await found('10.0.0.1 50001'), [1]);
    assert.deepEqual(await found('10.0.0.1'), [0, 1]);
    assert.deepEqual(await found(''), [0, 1]);
  });
});

describe('groups of streams', () => {
  it('stand in the order of the grouped table, the gravest first', async () => {
    const { ask, engine } = await openCapture(TWO);
    await studied(engine);
    const groups = await ask('streamGroups', { query: '' });
    const { rows } = await ask('streamPage', { sort: 'stream', descending: true, grouped: true, start: 0, count: 10, query: '' });
    assert.equal(sum(groups.map((g) => g.count)), rows.length);
    assert.equal(groups[0]!.severity, 'error');
    assert.equal(rows[0]!.stream, 1);
    assert.equal(rows[0]!.study!.firstFinding, groups[0]!.title);
    assert.equal(groups.at(-1)!.id, '');
    const searched = await ask('streamGroups', { query: '50001' });
    assert.equal(sum(searched.map((g) => g.count)), 1);
  });

  it('is one group before the study has ended', async () => {
    const { ask } = await openCapture(TWO);
    const groups = await ask('streamGroups', { query: '' });
    assert.deepEqual(groups.map((g) => g.id), ['']);
  });
});

