import assert from 'node:assert/strict';
import type { Result } from '../../../../src/core/engineApi';
import type { FieldValues } from '../../../../src/core/query/fieldApi';
import { FieldCells } from '../../../../src/webview/state/fieldCells';
import type { RpcClient } from '../../../../src/webview/state/rpcClient';

const WAIT = { what: 'study', done: 1, of: 2 } as const;
const soon = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** An engine in which "state.client" is known once the study is done, "ip.ttl" always, and "no.such" never. */
class Engine {
  studied = false;
  serves = true;
  readonly asked: { readonly packets: readonly number[]; readonly fields: readonly string[] }[] = [];
  listings = 0;

  readonly rpc = {
    request: async (method: string, params: { packets: number[]; fields: string[] }, signal?: AbortSignal): Promise<Result<unknown>> => {
      if (method === 'fields') this.listings++;
      else this.asked.push(params);
      await soon(1);
      if (signal?.aborted) return { ok: false, error: { code: 'cancelled', message: '' } };
      if (!this.serves) return { ok: false, error: { code: 'stale', message: 'not open' } };
      if (method === 'fields') return { ok: true, value: [{ name: 'ip.ttl', type: 'number', named: false, doc: '' }] };
      const { packets, fields } = params;
      const waits = fields.includes('state.client') && !this.studied ? WAIT : null;
      const text = (packet: number, field: string): string | null => (field === 'ip.ttl' ? `ttl${packet}` : field === 'state.client' && this.studied ? `state${packet}` : null);
      const value: FieldValues = { revision: 1, cells: packets.map((packet) => fields.map((field) => text(packet, field))), waits, problem: null };
      return { ok: true, value };
    },
  } as unknown as RpcClient;
}

describe('cells of fields', () => {
  it('share one request for the fields there are, and ask no more after a refusal', async () => {
    const engine = new Engine();
    engine.serves = false;
    const cells = new FieldCells(engine.rpc, () => undefined);
    assert.deepEqual(await Promise.all([cells.load(), cells.load(), cells.load()]), [false, false, false]);
    await soon();
    assert.equal(engine.listings, 1);
    engine.serves = true;
    assert.equal(await cells.load(), true);
    assert.equal(cells.info('ip.ttl')?.type, 'number');
    await cells.load();
    assert.equal(engine.listings, 2);
  });

  it('that waited for the study are asked for again once it is done, off the screen too', async () => {
    const engine = new Engine();
    let screen: readonly number[] = [0, 1];
    let fields = ['state.client'];
    const cells: FieldCells = new FieldCells(engine.rpc, () => cells.want(screen, fields));
    cells.want(screen, fields);
    await soon(10);
    assert.equal(cells.peek(0, 'state.client'), null);
    assert.deepEqual(cells.why('state.client').waits, WAIT);
    screen = [2, 3];
    fields = ['state.client', 'ip.ttl'];
    cells.want(screen, fields);
    await soon(10);
    assert.equal(cells.peek(2, 'ip.ttl'), 'ttl2');
    // An answer that waits for nothing ends no waiting of others.
    cells.want([2, 3, 4], ['ip.ttl']);
    await soon(10);
    assert.equal(cells.peek(4, 'ip.ttl'), 'ttl4');
    const before = engine.asked.length;
    await soon(50);
    assert.equal(engine.asked.length, before, 'no question before its time');
    engine.studied = true;
    const end = Date.now() + 5000;
    while (cells.peek(2, 'state.client') !== 'state2' && Date.now() < end) {
      // Never empty meanwhile.
      assert.notEqual(cells.peek(2, 'state.client'), undefined);
      await soon();
    }
    assert.equal(cells.peek(3, 'state.client'), 'state3');
    assert.equal(cells.peek(2, 'ip.ttl'), 'ttl2');
    screen = [0, 1];
    cells.want(screen, fields);
    await soon(10);
    assert.equal(cells.peek(0, 'state.client'), 'state0');
  });

  it('of a field that does not exist wait for nothing', async () => {
    const engine = new Engine();
    const cells: FieldCells = new FieldCells(engine.rpc, () => cells.want([0], ['no.such']));
    cells.want([0], ['no.such']);
    await soon(500);
    assert.equal(cells.peek(0, 'no.such'), null);
    assert.deepEqual(cells.why('no.such'), { waits: null, problem: null });
    assert.equal(engine.asked.length, 1);
  });

  it('for a copy are read aside from those on screen', async () => {
    const engine = new Engine();
    const cells = new FieldCells(engine.rpc, () => undefined);
    const packets = Array.from({ length: 600 }, (_, n) => n);
    const read = await cells.read(packets, ['ip.ttl', 'state.client'], new AbortController().signal);
    assert.ok(read.ok);
    assert.equal(read.value.size, 600);
    assert.deepEqual(read.value.get(599), ['ttl599', '\u2026']);
    assert.equal(cells.peek(599, 'ip.ttl'), undefined);
    const stop = new AbortController();
    const aborted = cells.read(packets, ['ip.ttl'], stop.signal);
    stop.abort();
    assert.deepEqual(await aborted, { ok: false, error: { code: 'cancelled', message: '' } });
    engine.serves = false;
    assert.equal((await cells.read([0], ['ip.ttl'], new AbortController().signal)).ok, false);
  });
});
