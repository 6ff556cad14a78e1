import assert from 'node:assert/strict';
import { createEngine } from '../../src/core/engine';
import { NO_PACKET } from '../../src/core/bytes/units';
import type { GraphKind, SeriesId } from '../../src/core/seriesApi';
import { openSource } from '../../src/platform/node/openSource';
import { CORPUS, oracleCases, readTable } from './support/corpus';

/** Graphs whose points are fields of tshark's: each point is the field of one packet. */
const FIELDS: readonly { readonly graph: GraphKind; readonly line: SeriesId; readonly field: string; readonly scale: number }[] = [
  { graph: 'rtt', line: 'rtt', field: 'tcp.analysis.ack_rtt', scale: 1e9 },
  { graph: 'flight', line: 'inFlight', field: 'tcp.analysis.bytes_in_flight', scale: 1 },
];

/** Captures of ours in which every packet has a time and the analysis agrees to the last label. */
const cases = oracleCases().filter(({ name }) => name.startsWith('recordings/'));

describe('graph series against tshark\'s fields', function () {
  this.timeout(600_000);
  if (!CORPUS) return;

  it('gives each packet\'s figure, in both directions, on every recording', async () => {
    assert.ok(cases.length > 100);
    let points = 0;
    for (const { name, capture, oracle } of cases) {
      const engine = createEngine(
        { yield: () => new Promise((resolve) => setImmediate(resolve)), now: () => performance.now(), openSource: () => openSource(capture, { maxInflatedBytes: 2 ** 32 }) },
        { splitStreamsBy: [] },
      );
      await engine.start();
      const state = await engine.call('state', null);
      assert.ok(state.ok);
      const ours = FIELDS.map(() => new Map<number, number>());
      for (let stream = 0; stream < state.value.streams; stream++) {
        for (const of of ['client', 'server'] as const) {
          for (const [k, { graph, line }] of FIELDS.entries()) {
            const reply = await engine.call('series', { stream, graph, of, by: 'time', from: null, to: null, steps: 0 });
            assert.ok(reply.ok, name);
            const { packet, y } = reply.value.lines.find((l) => l.id === line)!;
            packet.forEach((p, i) => {
              assert.notEqual(p, NO_PACKET);
              ours[k]!.set(p + 1, y[i]!);
            });
          }
        }
      }
      await engine.close();
      const { columns, rows } = readTable(oracle);
      for (const [k, { field, scale }] of FIELDS.entries()) {
        const at = columns.indexOf(field);
        const theirs = new Map(rows.filter((row) => row[at]).map((row) => [Number(row[columns.indexOf('frame.number')]), Number(row[at]) * scale]));
        const extra = [...ours[k]!.keys()].filter((frame) => !theirs.has(frame));
        const missing = [...theirs.keys()].filter((frame) => !ours[k]!.has(frame));
        assert.deepEqual({ extra: extra.slice(0, 5), missing: missing.slice(0, 5) }, { extra: [], missing: [] }, `${name}: packets with ${field}`);
        for (const [frame, value] of theirs) assert.ok(Math.abs(ours[k]!.get(frame)! - value) <= (scale === 1 ? 0 : 2000), `${name}: ${field} of frame ${frame} is ${value}, not ${ours[k]!.get(frame)}`);
        points += theirs.size;
      }
    }
    assert.ok(points > 5000, String(points));
  });
});
