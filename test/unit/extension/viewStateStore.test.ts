import assert from 'node:assert/strict';
import { ViewStateStore } from '../../../src/extension/viewStateStore';
import type { EditorViewState } from '../../../src/rpc/webviewMessages';

const state = (selectedPacket: number): EditorViewState => ({
  view: { kind: 'all' }, selectedPacket, selectedStream: null, streamSort: 'stream', streamSortDescending: false, grouped: false,
  tab: 'packets', timeScale: 'even', graph: 'sequence', timeFormat: 'relative', sequenceFormat: 'relative', packetScroll: 0, streamScroll: 0, panes: {},
});

class FakeMemento {
  value: unknown;
  writes = 0;
  get(): unknown {
    return this.value;
  }
  update(_key: string, value: unknown): Promise<void> {
    this.writes++;
    this.value = JSON.parse(JSON.stringify(value));
    return Promise.resolve();
  }
}

describe('ViewStateStore', () => {
  it('gives back after a restart what was set, written once', async () => {
    const memento = new FakeMemento();
    const store = new ViewStateStore(memento);
    for (let i = 0; i < 50; i++) store.set('file:///a.pcap', state(i));
    await store.flush();
    await store.flush();
    assert.equal(memento.writes, 1);
    assert.deepEqual(new ViewStateStore(memento).get('file:///a.pcap'), state(49));
    assert.equal(new ViewStateStore(memento).get('file:///b.pcap'), null);
  });

  it('forgets the least recently used', async () => {
    const memento = new FakeMemento();
    const store = new ViewStateStore(memento);
    for (let i = 0; i < 100; i++) store.set(`f${i}`, state(i));
    store.set('f0', state(1000));
    store.set('f100', state(100));
    await store.flush();
    const again = new ViewStateStore(memento);
    assert.deepEqual(again.get('f0'), state(1000));
    assert.equal(again.get('f1'), null);
    assert.deepEqual(again.get('f2'), state(2));
  });

  it('ignores storage that it did not write', () => {
    const memento = new FakeMemento();
    for (const junk of [5, {}, [1], [['f', { view: 'x' }]], [[1, state(1)]]]) {
      memento.value = junk;
      assert.equal(new ViewStateStore(memento).get('f'), null);
    }
  });
});
