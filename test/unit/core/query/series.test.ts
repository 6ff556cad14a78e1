import assert from 'node:assert/strict';
import type { GraphKind, SeriesId, SeriesLine, SeriesRequest } from '../../../../src/core/seriesApi';
import { openCapture } from '../../../support/openCapture';
import { pcapHeader, pcapRecord, SHORT_CONNECTION, tcpCapture, tcpFrame, type TestSegment } from '../../../support/pcapWriter';

const ACK = 16;
const DATA = 'x'.repeat(1000);
const sackOption = (left: number, right: number): readonly number[] => {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(left >>> 0, 0);
  bytes.writeUInt32BE(right >>> 0, 4);
  return [1, 1, 5, 10, ...bytes];
};

/** The client sends 1000 bytes every 10 ms from `isn` on; the server acknowledges each after 4 ms; the second is sent again at the end. */
function transfer(isn: number): TestSegment[] {
  const segments: TestSegment[] = SHORT_CONNECTION.slice(0, 3).map((s, i) => ({ ...s, seq: s.from === 'client' ? isn + s.seq - 1000 : s.seq, ...(s.ack === undefined ? {} : { ack: s.from === 'server' ? isn + s.ack - 1000 : s.ack }), time: i * 0.001 }));
  for (let k = 0; k < 10; k++) {
    segments.push({ from: 'client', flags: ACK, seq: isn + 1 + k * 1000, ack: 5001, window: 502, payload: DATA, time: 0.01 + k * 0.01 });
    segments.push({ from: 'server', flags: ACK, seq: 5001, ack: isn + 1 + (k + 1) * 1000, window: 128, time: 0.014 + k * 0.01, ...(k === 5 ? { options: sackOption(isn + 9001, isn + 9501) } : {}) });
  }
  segments.push({ from: 'client', flags: ACK, seq: isn + 1001, ack: 5001, window: 502, payload: DATA, time: 0.2 });
  return segments;
}

async function graph(bytes: Uint8Array, kind: GraphKind, set: Partial<SeriesRequest> = {}): Promise<(id: SeriesId) => SeriesLine> {
  const { ask } = await openCapture(bytes);
  const reply = await ask('series', { stream: 0, graph: kind, of: 'client', by: 'time', from: null, to: null, steps: 0, ...set });
  return (id) => reply.lines.find((line) => line.id === id)!;
}

describe('series of a stream', () => {
  for (const isn of [1000, 0xffff_f000]) {
    it(`counts sequence numbers on across 2^32 (initial number ${isn})`, async () => {
      const of = await graph(tcpCapture(transfer(isn)), 'sequence');
      assert.deepEqual([...of('data').y], [0, ...Array.from({ length: 10 }, (_, k) => 1 + k * 1000)]);
      assert.deepEqual([...of('data').high], [1, ...Array.from({ length: 10 }, (_, k) => 1001 + k * 1000)]);
      assert.deepEqual([of('resent').y[0], of('resent').high[0]], [1001, 2001]);
      assert.deepEqual([...of('ack').y], [1, ...Array.from({ length: 10 }, (_, k) => 1001 + k * 1000)]);
      // The server's scale is 9; on its SYN the window is not scaled.
      assert.deepEqual([of('windowEdge').y[0], of('windowEdge').y[1]], [1 + 65_160, 1001 + 128 * 512]);
      assert.deepEqual([of('sack').y[0], of('sack').high[0]], [9001, 9501]);
    });
  }

  it('measures round trips, smooths them as RFC 6298 does and keeps the least', async () => {
    const of = await graph(tcpCapture(transfer(1000)), 'rtt');
    const rtt = of('rtt');
    assert.deepEqual(Array.from(rtt.y, (n) => n / 1e6), [1, ...Array<number>(10).fill(4)]);
    assert.ok(Math.abs(of('smoothedRtt').y[1]! / 1e6 - (1 * 7 + 4) / 8) < 1e-9);
    assert.ok(of('leastRtt').y.every((n) => n === 1e6));
    const bySeq = (await graph(tcpCapture(transfer(1000)), 'rtt', { by: 'seq' }))('rtt');
    assert.deepEqual([...bySeq.x], [0, ...Array.from({ length: 10 }, (_, k) => 1 + k * 1000)]);
  });

  it('tells throughput from goodput: what is sent again counts once', async () => {
    const { ask } = await openCapture(tcpCapture(transfer(1000)));
    const reply = await ask('series', { stream: 0, graph: 'throughput', of: 'client', by: 'time', from: null, to: null, steps: 500 });
    const sum = (id: SeriesId): number => reply.lines.find((l) => l.id === id)!.y.reduce((total, rate) => total + (rate * reply.interval) / 1e9, 0);
    assert.ok(Math.abs(sum('throughput') - 11_000) < 1e-6);
    assert.ok(Math.abs(sum('goodput') - 10_000) < 1e-6);
  });

  it('sets bytes in flight beside the window that the receiver gives', async () => {
    const of = await graph(tcpCapture(transfer(1000)), 'flight');
    assert.equal(of('inFlight').y[0], 1000);
    assert.equal(of('receiveWindow').y.at(-1), 128 * 512);
  });

  it('gives the window of an end in bytes and as sent, and the lengths of its segments', async () => {
    const of = await graph(tcpCapture(transfer(1000)), 'window', { of: 'server' });
    assert.deepEqual([of('window').y[1], of('windowField').y[1]], [65_536, 128]);
    const lengths = await graph(tcpCapture(transfer(1000)), 'length');
    assert.deepEqual([...lengths('length').y], [0, 0, ...Array<number>(11).fill(1000)]);
  });

  it('cuts a part out, with the points beside it so that lines enter and leave the picture', async () => {
    const of = await graph(tcpCapture(transfer(1000)), 'flight', { from: 25_000_000, to: 45_000_000 });
    assert.deepEqual(Array.from(of('receiveWindow').x, (n) => n / 1e6), [24, 34, 44, 54]);
    const data = (await graph(tcpCapture(transfer(1000)), 'sequence', { from: 25_000_000, to: 45_000_000 }))('data');
    assert.deepEqual(Array.from(data.x, (n) => n / 1e6), [30, 40]);
  });

  it('shows the same of a connection in a tunnel', async () => {
    const segments = transfer(1000);
    const inTunnel = (frame: Buffer): Buffer => {
      const outer = Buffer.from(frame.subarray(0, 34));
      outer.writeUInt16BE(frame.length - 14 + 20, 16);
      outer[23] = 4; // IP in IP (RFC 2003)
      return Buffer.concat([outer, frame.subarray(14)]);
    };
    const tunnel = Buffer.concat([pcapHeader(), ...segments.map((s, i) => pcapRecord(inTunnel(tcpFrame(s)), s.time ?? i * 0.001))]);
    for (const [kind, id] of [['rtt', 'rtt'], ['flight', 'inFlight']] as const) {
      const [bare, wrapped] = [(await graph(tcpCapture(segments), kind))(id), (await graph(tunnel, kind))(id)];
      assert.ok(bare.y.length > 5, kind);
      assert.deepEqual(wrapped.y, bare.y);
    }
  });
});
