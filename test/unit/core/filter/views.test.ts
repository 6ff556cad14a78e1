import assert from 'node:assert/strict';
import { MemorySource } from '../../../../src/core/capture/byteSource';
import { openReader } from '../../../../src/core/capture/detect';
import { completeFilter } from '../../../../src/core/filter/complete';
import { compileFilter } from '../../../../src/core/filter/compile';
import { filterOf } from '../../../../src/core/filter/filterOf';
import { FilterRun } from '../../../../src/core/filter/filterRun';
import { FilterViews } from '../../../../src/core/filter/filterViews';
import { Indexer } from '../../../../src/core/index/indexer';
import { CaptureModel } from '../../../../src/core/query/captureModel';
import { decodePacket, findNode } from '../../../../src/core/query/packetDetail';
import { fixture, modelOf, passing, testHost } from '../../../support/filters';

const going = { aborted: false };

describe('views with a display filter', () => {
  let model: CaptureModel;
  let views: FilterViews;

  before(async () => {
    model = await modelOf(fixture('redis_session.pcap'));
    views = new FilterViews(model, testHost);
  });

  it('hold the packets that pass, of the capture or of a stream', async () => {
    const all = await views.rows({ kind: 'all', filter: 'tcp.flags.syn == 1' }, going);
    assert.deepEqual([...all.list!], [0, 1, 21, 22, 31, 32, 41, 42, 51, 52]);
    assert.deepEqual(all.scan, { scanned: 61, of: 61 });
    const one = await views.rows({ kind: 'stream', stream: 1, filter: 'tcp.flags.syn == 1' }, going);
    assert.deepEqual([...one.list!], [21, 22]);
    assert.equal((await views.rows({ kind: 'all' }, going)).list, null);
    await assert.rejects(() => views.rows({ kind: 'all', filter: 'tcp.prot' }, going), RangeError);
  });

  it('are walked through in both directions and round the ends', async () => {
    const view = { kind: 'all', filter: 'tcp.payload contains "ping"' } as const;
    const seek = async (from: number | null, step: 1 | -1): Promise<unknown> => {
      const { packet, rank, matches, wrapped } = await views.seek({ view, from, step }, going);
      return { packet, rank, matches, wrapped };
    };
    assert.deepEqual(await seek(0, 1), { packet: 44, rank: 0, matches: 2, wrapped: false });
    assert.deepEqual(await seek(44, 1), { packet: 54, rank: 1, matches: 2, wrapped: false });
    assert.deepEqual(await seek(54, 1), { packet: 44, rank: 0, matches: 2, wrapped: true });
    assert.deepEqual(await seek(44, -1), { packet: 54, rank: 1, matches: 2, wrapped: true });
    assert.deepEqual(await seek(null, -1), { packet: 54, rank: 1, matches: 2, wrapped: false });
    assert.deepEqual(await views.seek({ view: { kind: 'all', filter: 'udp' }, from: 3, step: 1 }, going), { packet: null, rank: null, matches: 0, wrapped: false, scan: { scanned: 61, of: 61 } });
  });

  it('count the matches of each stream', async () => {
    const { counts, scan } = await views.perStream('tcp.len > 0', going);
    assert.deepEqual(scan, { scanned: 61, of: 61 });
    for (let stream = 0; stream < model.streams.length; stream++) assert.equal(counts[stream], (await passing(model, 'tcp.len > 0', stream)).length);
  });

  it('take in what a growing capture brings', async () => {
    const bytes = fixture('redis_session.pcap');
    const indexer = new Indexer(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] });
    const grown = new CaptureModel(indexer, 1);
    await indexer.read(2000);
    const compiled = compileFilter('tcp.len > 0 or tcp.payload contains "x"', grown);
    assert.ok(compiled.ok);
    const run = new FilterRun(grown, compiled.value, null, testHost);
    await run.run();
    const early = run.progress;
    assert.ok(early.done && early.of < 61 && early.matches > 0);
    while (await indexer.read(1 << 20));
    assert.equal(run.progress.done, false);
    await run.run();
    assert.deepEqual(Array.from(run.matches, (p) => p + 1), await passing(grown, 'tcp.len > 0'));
  });

  it('stop when nobody waits for them any more, or the search is ended, and go on when asked again', async () => {
    // A clock of its own: a packet takes some 100 ms.
    let clock = 0;
    const slow = new FilterViews(model, { yield: testHost.yield, now: () => (clock += 30) });
    const idle = async (): Promise<void> => {
      for (let before = -1; before !== clock; ) {
        before = clock;
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    };
    const ask = async (filter: string): Promise<number> => (await slow.rows({ kind: 'all', filter }, going)).scan!.scanned;
    const filter = 'frame contains "zz"';
    const first = await ask(filter);
    assert.ok(first < 61);
    await idle();
    assert.ok(clock > 2000, 'it went on for a while');
    const later = await ask(filter);
    assert.ok(later > first && later < 61, `${later}`);
    const other = 'frame contains "yy"';
    const begun = clock;
    await ask(other);
    slow.stopSeek({ kind: 'all', filter: other });
    slow.stopSeek({ kind: 'all', filter });
    await idle();
    assert.ok(clock - begun < 1000, 'it ended at once');
    const done = async (text: string): Promise<boolean> => (await ask(text)) === 61;
    for (const text of [filter, other]) {
      let over = false;
      for (let i = 0; i < 100 && !over; i++) over = await done(text);
      assert.ok(over, text);
    }
  });

  it('stop in the midst when told to, and go on later', async () => {
    const compiled = compileFilter('frame contains "zz"', model);
    assert.ok(compiled.ok);
    let clock = 0;
    const run: FilterRun = new FilterRun(model, compiled.value, null, {
      yield: () => {
        run.stop();
        return Promise.resolve();
      },
      now: () => (clock += 20),
    });
    await run.run({ aborted: true });
    const { scanned } = run.progress;
    assert.equal(scanned, 0);
    await run.run();
    assert.ok(run.progress.scanned > 0 && !run.progress.done);
    const done = (): boolean => run.progress.done;
    for (let i = 0; i < 100 && !done(); i++) await run.run();
    assert.ok(done());
  });
});

describe('a filter made of a packet\'s values', () => {
  it('is passed by that packet, for every field of its tree', async () => {
    const model = await modelOf(fixture('redis_session.pcap'));
    let filters = 0;
    for (const packet of [0, 3, 20]) {
      const decoded = await decodePacket(model, packet);
      const ids: string[] = [];
      const walk = (nodes: typeof decoded.tree.layers): void => nodes.forEach((node) => { ids.push(node.id); walk(node.children); });
      walk(decoded.tree.layers);
      for (const node of ids) {
        const filter = await filterOf(model, { packet, node, fields: [] }, () => Promise.resolve(decoded));
        if (filter === null) continue;
        filters++;
        assert.ok((await passing(model, filter)).includes(packet + 1), `${findNode(decoded.tree.layers, node)!.label}: ${filter}`);
      }
    }
    assert.ok(filters > 100, `${filters}`);
  });

  it('joins the fields of a cell that the packet has', async () => {
    const model = await modelOf(fixture('redis_session.pcap'));
    const of = (fields: string[]): Promise<string | null> => filterOf(model, { packet: 0, node: null, fields }, (packet) => decodePacket(model, packet));
    assert.equal(await of(['ip.src', 'ipv6.src', 'tcp.srcport', 'udp.srcport']), 'ip.src == 127.0.0.1 && tcp.srcport == 36444');
    assert.equal(await of(['tcp.flags']), 'tcp.flags == 0x002');
    assert.equal(await of(['frame.time_relative']), 'frame.time_relative == 0.000000000');
    assert.equal(await of(['udp.port']), null);
  });
});

describe('completion of display filters', () => {
  let model: CaptureModel;
  before(async () => {
    model = await modelOf(fixture('redis_session.pcap'));
  });
  const items = (filter: string, at = filter.length): string[] => completeFilter(filter, at, model).items.map((item) => item.text);

  it('offers fields where a field may stand, the shortest first', () => {
    assert.equal(items('tcp')[0], 'tcp');
    assert.ok(items('tcp.an').every((name) => name.includes('tcp.an')));
    assert.deepEqual(completeFilter('not ip.sr == 1', 9, model).from, 4);
    assert.ok(items('tcp.len > 5 && tcp.fl').includes('tcp.flags.syn'));
    assert.ok(items('retrans').includes('tcp.analysis.retransmission'));
  });

  it('offers operators behind a field, and only those that make sense', () => {
    assert.ok(items('tcp.len ').includes('>'));
    assert.ok(!items('tcp.len ').includes('contains'));
    assert.ok(items('tcp.payload ').includes('contains'));
    assert.ok(!items('tcp.analysis.flags ').includes('=='));
    assert.ok(items('tcp.len == 5 ').includes('&&'));
  });

  it('offers values of the field or of the capture', () => {
    assert.deepEqual(items('tcp.flags.syn == '), ['1', '0']);
    assert.ok(items('tcp.port == ').includes('6379'));
    assert.ok(items('tcp.port in {80, ').includes('6379'));
    assert.deepEqual(items('ip.addr == 127'), ['127.0.0.1']);
    assert.equal(items('tcp.stream == ').length, 5);
    assert.deepEqual(items('tcp.payload contains "tc'), []);
  });
});
