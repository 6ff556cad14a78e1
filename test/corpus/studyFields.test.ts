import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { MemorySource } from '../../src/core/capture/byteSource';
import { openReader } from '../../src/core/capture/detect';
import { packetField, type TcpRow } from '../../src/core/fields/packetFields';
import type { CaptureModel } from '../../src/core/query/captureModel';
import { StateHistoryQuery } from '../../src/core/query/stateHistory';
import { StreamReplays } from '../../src/core/query/streamReplays';
import { STATE_NAMES } from '../../src/core/stream/endpointStates';
import type { CaptureStudy } from '../../src/core/study/captureStudy';
import { SEVERITIES } from '../../src/core/study/studyIndex';
import { StateReplay } from '../../src/core/fields/stateFields';
import { filterField, filterFields } from '../../src/core/filter/fields/fields';
import { fieldReader, type Row } from '../../src/core/filter/readers';
import { Pipeline } from '../../src/core/index/pipeline';
import { prepareStudy } from '../../src/core/study/prepareStudy';
import { BLOCK_ROWS } from '../../src/core/table/packetTable';
import { studied, testHost } from '../support/filters';
import { allFindings, studyCapture } from '../support/study';
import { CORPUS, oracleCases } from './support/corpus';

const MOST_BYTES = 1_500_000;

/** Several packets in one frame, of which the tables hold one; and a version of pcapng that is refused. */
const APART = /netlink-nflog\.pcap$|http\.bigendian\.ntar$/;

/** Differences between what filters read of a capture and what the command line prints of it. */
async function differences(bytes: Uint8Array): Promise<string[]> {
  const model = await studied(bytes);
  await prepareStudy(model, new Set(['verdicts', 'states', 'reports']), testHost, () => true);
  const names = [...filterFields().keys()].filter((name) => name.startsWith('segment.') || name.startsWith('state.'));
  const readers = names.map((name) => fieldReader(filterField(name)!, model));
  const fields = names.map((name) => packetField(name)!);
  const study = await studyCapture(bytes);
  const states = new StateReplay(study.verdicts);
  const pipeline = new Pipeline(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] }, states);
  const faults: string[] = [];
  const at = (packet: number): Row => ({ block: model.packets.block(packet), i: packet & (BLOCK_ROWS - 1), packet, cold: null });
  while (await pipeline.read((row) => {
    if (!row.segment) return true;
    const { verdicts } = study;
    const tcp = Object.assign(row as TcpRow, { verdict: verdicts.get(row.packet), states });
    fields.forEach((field, n) => {
      const [printed, read] = [String(field.value(tcp)), (readers[n]!(at(row.packet)) ?? ['?']).join()];
      if (printed !== read) faults.push(`frame ${row.packet + 1} ${field.name}: printed ${printed}, read ${read}`);
    });
    return true;
  }, 1 << 24));
  const listed = new Map<number, string[]>();
  for (const { id, packets } of allFindings(study)) for (const packet of packets) listed.set(packet, [...(listed.get(packet) ?? []), id]);
  const ids = fieldReader(filterField('finding.id')!, model);
  for (let packet = 0; packet < model.packets.length; packet++) {
    const [expected, read] = [(listed.get(packet) ?? []).sort().join(), [...(ids(at(packet)) ?? [])].sort().join()];
    if (expected !== read) faults.push(`frame ${packet + 1} finding.id: listed ${expected}, read ${read}`);
  }
  return [...faults, ...streamDifferences(model, study)];
}

/** Differences between the verdict.* that filters read and the report on the stream, and between the last state.* and the history of states. */
function streamDifferences(model: CaptureModel, study: CaptureStudy): string[] {
  const names = [...filterFields().keys()].filter((name) => name.startsWith('verdict.'));
  const readers = new Map([...names, 'state.client', 'state.server'].map((name) => [name, fieldReader(filterField(name)!, model)]));
  const history = new StateHistoryQuery(model, new StreamReplays(model));
  const faults: string[] = [];
  for (let stream = 0; stream < model.streams.length; stream++) {
    const packet = model.streamPackets.of(stream).at(-1);
    if (packet === undefined) continue;
    const row: Row = { block: model.packets.block(packet), i: packet & (BLOCK_ROWS - 1), packet, cold: null };
    const report = study.report(stream)!;
    const state = (n: number): string => STATE_NAMES[n] ?? '';
    const ranks = report.findings.map(({ severity }) => SEVERITIES.indexOf(severity));
    const { client, server } = history.of(packet)!;
    const expected = new Map<string, unknown>([
      ['verdict.text', report.verdict], ['verdict.closed_by', report.closedBy ?? ''],
      ['verdict.client_state', state(report.clientState)], ['verdict.server_state', state(report.serverState)],
      ['verdict.finding', report.findings.map(({ id }) => id)], ['verdict.severity', ranks.length > 0 ? Math.max(...ranks) : ''],
      ...Object.entries(report.phases).map(([phase, time]): [string, unknown] => [`verdict.${phase.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)}`, report.timed ? time : '']),
      ['state.client', state(client)], ['state.server', state(server)],
    ]);
    assert.deepEqual([...expected.keys()].sort(), [...readers.keys()].sort());
    for (const [name, value] of expected) {
      const read = String(readers.get(name)!(row) ?? '?');
      if (read !== String(value)) faults.push(`stream ${stream} ${name}: reported ${String(value)}, read ${read}`);
    }
  }
  return faults;
}

describe('filters read of verdicts, states and findings what the command line prints', function () {
  this.timeout(600_000);

  before(function () {
    if (!CORPUS) this.skip();
  });

  it('in captures of all kinds', async () => {
    const faults: string[] = [];
    const captures = new Set(oracleCases().map(({ capture }) => capture));
    for (const folder of fs.readdirSync(path.join(CORPUS, 'recordings'))) {
      const text = path.join(CORPUS, 'recordings', folder, `${folder}.client.n.txt`);
      if (fs.existsSync(text)) captures.add(text);
    }
    for (const capture of captures) {
      if (fs.statSync(capture).size > MOST_BYTES || capture.endsWith('.gz') || APART.test(capture)) continue;
      const found = await differences(new Uint8Array(fs.readFileSync(capture))).catch((error: unknown) => [String(error)]);
      if (found.length > 0) faults.push(`${capture}: ${found.length}, first ${found.slice(0, 3).join('; ')}`);
    }
    assert.deepEqual(faults, []);
  });
});
