import assert from 'node:assert/strict';
import { MemorySource, SourceError } from '../../../../src/core/capture/byteSource';
import { openReader } from '../../../../src/core/capture/detect';
import { createEngine, type Engine } from '../../../../src/core/engine';
import { Pipeline } from '../../../../src/core/index/pipeline';
import { CaptureStudy } from '../../../../src/core/study/captureStudy';
import type { CaptureState, EngineApi, EngineMethod } from '../../../../src/core/engineApi';
import { pcapHeader, pcapRecord, SHORT_CONNECTION, tcpFrame, type TestSegment } from '../../../support/pcapWriter';

const SYN = 2, RST = 4, ACK = 16;
const connection = (clientPort: number, start: number, segments: readonly TestSegment[]): Buffer[] =>
  segments.map((s, i) => pcapRecord(tcpFrame(s, { clientPort }), start + (s.time ?? i * 0.001)));

/** Stream 0 closes in order, 1 gets no answer, 2 is reset by the server. */
const CAPTURE = Buffer.concat([
  pcapHeader(),
  ...connection(40_000, 0, SHORT_CONNECTION),
  ...connection(40_001, 1, [0, 1, 3].map((time) => ({ from: 'client', flags: SYN, seq: 1, time }))),
  ...connection(40_002, 10, [...SHORT_CONNECTION.slice(0, 6), { from: 'server', flags: RST | ACK, seq: 5008, ack: 1007, time: 0.4 }]),
]);

/** Waits until a state of the engine fits. */
function until(engine: Engine, fits: (state: CaptureState) => boolean): Promise<CaptureState> {
  return new Promise((resolve) => {
    const stop = engine.onState((state) => {
      if (!fits(state)) return;
      stop();
      resolve(state);
    });
  });
}

function open(bytes: Buffer): Engine {
  return createEngine(
    { yield: () => new Promise((resolve) => setImmediate(resolve)), now: () => performance.now(), openSource: () => Promise.resolve(new MemorySource(bytes)) },
    { splitStreamsBy: [] },
  );
}

async function ask<M extends EngineMethod>(engine: Engine, method: M, params: Parameters<EngineApi[M]>[0] | null): Promise<ReturnType<EngineApi[M]>> {
  const result = await engine.call(method, params);
  if (!result.ok) assert.fail(result.error.message);
  return result.value;
}

describe('the study behind the index', () => {
  let engine: Engine;
  let state: CaptureState;
  before(async () => {
    engine = open(CAPTURE);
    const done = until(engine, (s) => s.study.phase === 'done');
    await engine.start();
    state = await done;
  });
  after(() => engine.close());

  it('counts what it found', () => {
    assert.deepEqual(state.study, { phase: 'done', progress: 1, version: 1, errors: 2, warnings: 0, infos: 0 });
  });

  it('lists findings by stream, and by id', async () => {
    assert.deepEqual((await ask(engine, 'findings', { stream: 1 })).map((f) => [f.id, f.packets]), [['handshake.no-answer', [9, 10, 11]]]);
    assert.deepEqual(await ask(engine, 'findings', { stream: null }), []);
    assert.deepEqual((await ask(engine, 'findingGroups', null)).map((g) => [g.id, g.severity, g.count]), [['handshake.no-answer', 'error', 1], ['reset.by-server', 'error', 1]]);
    const page = await ask(engine, 'findingPage', { id: 'reset.by-server', start: 0, count: 10 });
    assert.deepEqual([page.total, page.rows[0]?.stream], [1, 2]);
    assert.deepEqual(await ask(engine, 'findingPage', { id: 'no.such', start: 0, count: 10 }), { total: 0, rows: [] });
  });

  it('steps from finding to finding, around the ends', async () => {
    const step = async (packet: number | null, by: 1 | -1): Promise<number | undefined> => (await ask(engine, 'nextFinding', { packet, step: by }))?.packets[0];
    assert.deepEqual([await step(null, 1), await step(9, 1), await step(17, 1), await step(9, -1), await step(null, -1)], [9, 17, 9, 17, 17]);
  });

  it('says of each stream how it went', async () => {
    const { rows } = await ask(engine, 'streamPage', { sort: 'severity', descending: false, start: 0, count: 10, query: '' });
    assert.deepEqual(rows.map((r) => [r.stream, r.study?.severity, r.study?.verdict]), [
      [1, 'error', 'Never connected: 3 SYNs in 3 s were not answered.'],
      [2, 'error', 'Reset by the server after 400 ms.'],
      [0, null, 'Client closed first, cleanly, after 8 ms.'],
    ]);
    const found = await ask(engine, 'streamPage', { sort: 'stream', descending: false, start: 0, count: 10, query: 'reset.by-server' });
    assert.deepEqual(found.rows.map((r) => r.stream), [2]);
    const report = await ask(engine, 'streamReport', { stream: 0 });
    assert.deepEqual([report?.clientState, report?.serverState, report?.closedBy], ['TIME-WAIT', 'CLOSED', 'client']);
    assert.equal(report?.phases.reduce((sum, { nanoseconds }) => sum + nanoseconds, 0), 8_000_000);
    assert.equal((await ask(engine, 'streamReport', { stream: 1 }))?.serverState, null);
  });

  it('explains a finding where its packets are explained', async () => {
    const cards = await ask(engine, 'explainPacket', { packet: 9 });
    assert.equal(cards[1]?.id, 'finding:handshake.no-answer');
    assert.ok((await ask(engine, 'streamCard', { stream: 2 }))?.here.length);
    const wrong = await engine.call('streamReport', { stream: 99 });
    assert.equal(wrong.ok, false);
  });

  it('goes first in the list of problems, errors with the packets they rest on', async () => {
    const problems = await ask(engine, 'problems', { most: 10 });
    assert.deepEqual(problems.slice(0, 2).map((p) => [p.code, p.packet, p.related.map((r) => r.packet)]), [['handshake.no-answer', 9, [10, 11]], ['reset.by-server', 17, [18]]]);
  });

  it('can be stopped and taken up again', async () => {
    const other = open(CAPTURE);
    const running = until(other, (s) => s.study.phase === 'running');
    const stopped = until(other, (s) => s.study.phase === 'cancelled');
    const done = until(other, (s) => s.study.phase === 'done');
    void other.start();
    await running;
    await other.call('cancelStudy', null);
    await stopped;
    assert.deepEqual(await ask(other, 'findingGroups', null), []);
    // Columns and filters that need it do not start it again, however often they ask.
    const values = { packets: [0], fields: ['segment.lost', 'frame.number'] };
    const filtered = { view: { kind: 'all', filter: 'segment.lost' }, start: 0, count: 1 } as const;
    for (let poll = 0; poll < 3; poll++) {
      const { cells, waits, problem } = await ask(other, 'fieldValues', values);
      assert.deepEqual([cells, waits, problem], [[[null, '1']], null, 'This needs the study of the capture, which was stopped.']);
      assert.equal((await other.call('packetPage', filtered)).ok, false);
    }
    assert.equal((await ask(other, 'state', null)).study.phase, 'cancelled');
    await other.call('resumeStudy', null);
    assert.equal((await done).study.errors, 2);
    assert.deepEqual((await ask(other, 'fieldValues', values)).problem, null);
    assert.equal((await other.call('packetPage', filtered)).ok, true);
    await other.close();
  });

  it('goes on when it is taken up before it has stopped, and stays stopped when it is stopped again', async () => {
    for (const last of ['resumeStudy', 'cancelStudy'] as const) {
      const other = open(CAPTURE);
      const running = until(other, (s) => s.study.phase === 'running');
      const over = until(other, (s) => s.study.phase === 'done' || s.study.phase === 'cancelled');
      void other.start();
      await running;
      void other.call('cancelStudy', null);
      void other.call('resumeStudy', null);
      if (last === 'cancelStudy') void other.call(last, null);
      assert.equal((await over).study.phase, last === 'resumeStudy' ? 'done' : 'cancelled');
      await other.close();
    }
  });

  it('says why it failed', async () => {
    let broken = false;
    class Breaking extends MemorySource {
      override readInto(offset: number, target: Uint8Array): Promise<number> {
        return broken ? Promise.reject(new SourceError('the disk is gone', 'EIO')) : super.readInto(offset, target);
      }
    }
    const other = createEngine(
      { yield: () => new Promise((resolve) => setImmediate(resolve)), now: () => performance.now(), openSource: () => Promise.resolve(new Breaking(CAPTURE)) },
      { splitStreamsBy: [] },
    );
    // The index has read all by the time that the last row is told.
    other.onState((s) => (broken ||= s.packets === 20 || s.phase === 'done'));
    const failed = until(other, (s) => s.study.phase === 'failed' || s.study.phase === 'done');
    await other.start();
    const { study } = await failed;
    assert.deepEqual([study.phase, study.failure], ['failed', 'the disk is gone']);
    let started = 0;
    other.onState((s) => (started += s.study.phase === 'running' ? 1 : 0));
    for (let poll = 0; poll < 2; poll++) assert.equal((await ask(other, 'fieldValues', { packets: [0], fields: ['segment.lost'] })).problem, 'the disk is gone');
    assert.equal(started, 0);
    await other.close();
  });
});

describe('a study of too many streams', () => {
  it('says how many it left out, and studies the others', async () => {
    const study = new CaptureStudy(2);
    const pipeline = new Pipeline(await openReader(new MemorySource(CAPTURE)), { splitStreamsBy: [] }, study);
    while (await pipeline.read((row) => (study.observeRow(row), true), 1 << 20));
    study.finish();
    assert.deepEqual([study.streams, study.unstudied], [2, 1]);
    assert.equal(study.streamFindings(1)[0]?.id, 'handshake.no-answer');
    assert.equal(study.report(2), null);
  });
});
