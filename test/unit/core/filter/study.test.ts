import assert from 'node:assert/strict';
import { MemorySource } from '../../../../src/core/capture/byteSource';
import { openReader } from '../../../../src/core/capture/detect';
import { createEngine } from '../../../../src/core/engine';
import { packetField, type TcpRow } from '../../../../src/core/fields/packetFields';
import { StateReplay } from '../../../../src/core/fields/stateFields';
import { compileFilter } from '../../../../src/core/filter/compile';
import { FilterRun } from '../../../../src/core/filter/filterRun';
import { StudyIndex } from '../../../../src/core/study/studyIndex';
import { StudyPass } from '../../../../src/core/study/studyPass';
import { completeFilter } from '../../../../src/core/filter/complete';
import { filterField, filterFields } from '../../../../src/core/filter/fields/fields';
import { fieldReader } from '../../../../src/core/filter/readers';
import { Pipeline } from '../../../../src/core/index/pipeline';
import { StateHistoryQuery } from '../../../../src/core/query/stateHistory';
import { StreamReplays } from '../../../../src/core/query/streamReplays';
import { STATE_NAMES } from '../../../../src/core/stream/endpointStates';
import { prepareStudy } from '../../../../src/core/study/prepareStudy';
import { SHORT_CONNECTION, tcpCapture } from '../../../support/pcapWriter';
import { faultOf, fixture, modelOf, passing, studied, testHost } from '../../../support/filters';
import { allFindings, studyCapture } from '../../../support/study';

const FIN = 1, RST = 4, ACK = 16;
const FILES = ['loss_burst.pcap', 'zero_window.pcap', 'redis_session.pcap', 'redis_session.tcpdump', 'mptcp_fallback.pcapng'];

/** Values of segment.* and state.* by frame number, as `tcp-trace packets` prints them. */
async function printed(bytes: Uint8Array, names: readonly string[]): Promise<Map<number, readonly string[]>> {
  const { verdicts } = await studyCapture(bytes);
  const states = new StateReplay(verdicts);
  const pipeline = new Pipeline(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] }, states);
  const rows = new Map<number, readonly string[]>();
  const fields = names.map((name) => packetField(name)!);
  while (await pipeline.read((row) => {
    if (row.segment) rows.set(row.packet + 1, fields.map((field) => String(field.value(Object.assign(row as TcpRow, { verdict: verdicts.get(row.packet), states })))));
    return true;
  }, 1 << 24));
  return rows;
}

describe('display filters on what the study says', () => {
  for (const file of FILES) {
    it(`find in ${file} what is printed of it`, async () => {
      const bytes = fixture(file);
      const model = await studied(bytes);
      const names = [...filterFields().keys()].filter((name) => name.startsWith('segment.') || name.startsWith('state.'));
      assert.equal(names.length, 11);
      const rows = await printed(bytes, names);
      for (const [at, name] of names.entries()) {
        const values = new Map<string, number[]>();
        for (const [frame, cells] of rows) if (cells[at] !== '') values.set(cells[at]!, [...(values.get(cells[at]!) ?? []), frame]);
        assert.deepEqual(await passing(model, name), [...values.values()].flat().sort((a, b) => a - b), name);
        if (name.startsWith('state.')) for (const [value, frames] of values) assert.deepEqual(await passing(model, `${name} == "${value}"`), frames, `${name} ${value}`);
      }
      const findings = allFindings(await studyCapture(bytes));
      for (const { id } of findings) {
        const frames = new Set(findings.filter((f) => f.id === id).flatMap((f) => f.packets.map((p) => p + 1)));
        assert.deepEqual(await passing(model, `finding.id == "${id}"`), [...frames].sort((a, b) => a - b), id);
      }
    });
  }

  it('are not moved by a header that its receiver must drop', async () => {
    const open = SHORT_CONNECTION.slice(0, 6);
    for (const flags of [RST | ACK, FIN | ACK]) {
      const bytes = tcpCapture([...open, { from: 'server', flags, seq: 5008, ack: 1007 }]);
      const ends = async (): Promise<readonly string[]> => {
        const model = await studied(bytes);
        await prepareStudy(model, new Set(['states', 'reports']), testHost, () => true);
        const { client, server } = new StateHistoryQuery(model, new StreamReplays(model)).of(6)!;
        const row = { block: model.packets.block(6), i: 6, packet: 6, cold: null };
        const read = (name: string): string => String(fieldReader(filterField(name)!, model)(row)![0]);
        const states = [STATE_NAMES[client], STATE_NAMES[server]];
        assert.deepEqual([read('state.client'), read('state.server')], states);
        assert.deepEqual([read('verdict.client_state'), read('verdict.server_state')], states);
        return [...states.map(String), read('verdict.text')];
      };
      assert.notEqual((await ends())[1], 'ESTABLISHED');
      // Data offset 4 in the last record.
      bytes[bytes.length - 20 + 12] = 0x40;
      const [client, server, text] = await ends();
      assert.deepEqual([client, server], ['ESTABLISHED', 'ESTABLISHED']);
      assert.doesNotMatch(text!, /[Rr]eset|closed/);
    }
  });

  it('order severities, and tell streams by their verdict', async () => {
    const model = await studied(fixture('loss_burst.pcap'));
    const grave = await passing(model, 'finding.severity >= "warning"');
    assert.ok(grave.length > 0);
    assert.deepEqual(await passing(model, 'finding.severity == "warning" or finding.severity == "error"'), grave);
    assert.deepEqual(await passing(model, 'finding.severity > "error"'), []);
    const all = await passing(model, 'tcp.stream == 0');
    assert.deepEqual(await passing(model, 'verdict.text && tcp.stream == 0'), all);
    assert.deepEqual(await passing(model, 'verdict.finding matches "^loss"'), await passing(model, 'verdict.recovery > 0'));
    assert.deepEqual(await passing(model, 'not verdict.closed_by in {"client", "server", "both"} or verdict.closed_by'), await passing(model, 'frame'));
    assert.match(faultOf(model, 'segment.lost == 1').message, /there or not/);
    assert.match(faultOf(model, 'finding.severity == "bad"').message, /bad/);
  });

  it('are completed with names of findings and states', async () => {
    const model = await modelOf(fixture('redis_session.pcap'));
    const items = (filter: string): readonly string[] => completeFilter(filter, filter.length, model).items.map(({ text }) => text);
    assert.ok(items('finding.id == lo').every((text) => text.startsWith('"lo')) && items('finding.id == lo').length > 0);
    assert.ok(items('state.client == "EST').includes('ESTABLISHED"'));
    assert.deepEqual(items('finding.severity >= '), ['"info"', '"warning"', '"error"']);
    assert.ok(items('finding.').includes('finding.confidence'));
    assert.ok(items('state.client.path ').includes('contains'));
  });

  it('refuse to answer without a study', async () => {
    await assert.rejects(() => modelOf(fixture('redis_session.pcap')).then((model) => passing(model, 'segment.lost')), RangeError);
  });

  it('say how many streams were not studied, where that bears on the answer', async () => {
    const bytes = fixture('redis_session.pcap');
    const model = await modelOf(bytes);
    const pass = new StudyPass(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] }, 0);
    while (await pass.read(1 << 24));
    pass.study.finish();
    model.study = new StudyIndex(pass.study);
    const missed = (filter: string, stream: number | null = null): number | undefined => {
      const compiled = compileFilter(filter, model);
      assert.ok(compiled.ok);
      return new FilterRun(model, compiled.value, stream, testHost).progress.unstudied;
    };
    assert.equal(missed('finding.severity >= "info"'), model.streams.length);
    assert.equal(missed('segment.lost', 0), model.streams.length);
    assert.equal(missed('tcp.len > 0'), undefined);
  });

  it('wait in the engine until the study has ended', async () => {
    const bytes = fixture('loss_burst.pcap');
    const source = Object.assign(new MemorySource(bytes), { close: () => Promise.resolve() });
    const engine = createEngine({ ...testHost, openSource: () => Promise.resolve(source) }, { splitStreamsBy: [] });
    const indexed = engine.start();
    const view = { kind: 'all', filter: 'segment.lost' } as const;
    let last = { total: -1, waited: 0 };
    for (;;) {
      const page = await engine.call('packetPage', { view, start: 0, count: 0 });
      if (!page.ok) assert.equal(page.error.code, 'stale');
      else {
        const { scan, total } = page.value;
        last = { total, waited: last.waited + (scan?.waits ? 1 : 0) };
        if (scan && !scan.waits && scan.scanned >= scan.of && scan.of > 0) break;
      }
      await testHost.yield();
    }
    await indexed;
    const expected = await passing(await studied(bytes), 'segment.lost');
    assert.equal(last.total, expected.length);
    assert.ok(last.total > 0);
    await engine.close();
  });
});

