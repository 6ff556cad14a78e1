import assert from 'node:assert/strict';
import { RpcClient } from '../../../../src/webview/state/rpcClient';
import { TimelineStore } from '../../../../src/webview/state/timelineStore';
import { openCapture } from '../../../support/openCapture';
import { SHORT_CONNECTION, tcpCapture } from '../../../support/pcapWriter';

/** The timeline of a short connection, with an engine behind it. */
async function openStore(): Promise<{ readonly store: TimelineStore; readonly settle: () => Promise<void> }> {
  const { engine } = await openCapture(tcpCapture(SHORT_CONNECTION));
  let answered = Promise.resolve();
  const rpc: RpcClient = new RpcClient((message) => {
    if (message.kind !== 'request') return;
    const { id, method, params } = message;
    const answer = engine.call(method, params as never).then((result) => rpc.reply(id, result));
    answered = answered.then(() => answer);
  });
  const store = new TimelineStore(rpc, () => undefined, (error) => assert.fail(error.message));
  const settle = async (): Promise<void> => {
    await answered;
    await new Promise((resolve) => setImmediate(resolve));
  };
  store.show(0, 1);
  await settle();
  assert.equal(store.head?.total, SHORT_CONNECTION.length);
  return { store, settle };
}

describe('the sums of a timeline', () => {
  const ask = (store: TimelineStore): void => store.wantBuckets('rank', 0, SHORT_CONNECTION.length, 4);

  it('are out of date once more is said of the segments, and asked for again', async () => {
    const { store, settle } = await openStore();
    ask(store);
    await settle();
    const before = store.buckets!;
    assert.equal(before.ranks.length, 4);
    assert.equal(store.bucketsFresh, true);
    store.reread();
    assert.equal(store.bucketsFresh, false);
    assert.equal(store.buckets, before, 'the old ones are shown meanwhile');
    ask(store);
    await settle();
    assert.notEqual(store.buckets, before);
    assert.equal(store.bucketsFresh, true);
  });

  it('are not those that were on their way before', async () => {
    const { store, settle } = await openStore();
    ask(store);
    store.reread();
    await settle();
    assert.deepEqual([store.buckets, store.bucketsFresh], [null, false]);
    ask(store);
    await settle();
    assert.equal(store.bucketsFresh, true);
  });
});
