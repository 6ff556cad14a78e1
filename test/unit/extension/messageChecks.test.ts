import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkExplainToHost, checkToHost, checkViewState, refusedRequestId } from '../../../src/extension/messageChecks';
import { MAX_PAGE_ROWS } from '../../../src/extension/requestChecks';
import type { EditorViewState } from '../../../src/rpc/webviewMessages';

const viewState: EditorViewState = {
  view: { kind: 'stream', stream: 3 },
  selectedPacket: 44,
  selectedStream: null,
  streamSort: 'rtt',
  streamSortDescending: true, grouped: true,
  timeFormat: 'utc',
  sequenceFormat: 'raw',
  tab: 'timeline',
  timeScale: 'time',
  graph: 'rtt',
  packetScroll: 12.5,
  streamScroll: 0,
  panes: { streams: 30 },
};
const request = (method: string, params: unknown): unknown => ({ kind: 'request', id: 7, method, params });

describe('messages of webviews', () => {
  it('pass when they are sound, and come out equal', () => {
    const sound = [
      { kind: 'ready' },
      { kind: 'ready', viewState },
      { kind: 'cancel', id: 7 },
      { kind: 'copy', text: 'a\tb' },
      { kind: 'run', action: 'goToPacket' },
      { kind: 'viewState', state: viewState },
      { kind: 'selection', rows: null, position: null, node: null, canGoBack: true, canGoForward: false },
      { kind: 'selection', rows: { view: { kind: 'all', filter: 'tcp' }, ranges: [[0, 4], [9, 9]] }, position: null, node: null, canGoBack: true, canGoForward: false },
      { kind: 'columns', table: 'packets', columns: ['info', 'tcp.len'] },
      { kind: 'columns', table: 'streams', columns: null },
      { kind: 'request', id: 5, method: 'fieldValues', params: { packets: [0, 1], fields: ['tcp.len'] } },
      { kind: 'request', id: 5, method: 'fieldCard', params: { packet: 1, field: 'tcp.len' } },
      { kind: 'selection', rows: null, position: { packet: 0, packets: 10, stream: null, streams: 2, rankInStream: null, streamPackets: null }, node: 'tcp.flags', canGoBack: false, canGoForward: false },
      request('packetPage', { view: { kind: 'all' }, start: 0, count: 50 }),
      request('streamPage', { sort: 'bytes', descending: false, start: 0, count: 50, query: 'redis' }),
      request('streamPage', { sort: 'bytes', descending: false, start: 0, count: 50, query: '', grouped: true, lanes: 60 }),
      request('overview', { from: null, to: 5e9, count: 500, marks: 100 }),
      request('streamLanes', { sort: 'start', descending: true, grouped: false, query: '', start: 0, count: 100, from: 0, to: 1e9, cells: 700 }),
      request('streamGroups', { query: 'redis' }),
      request('packetDetail', { packet: 3 }),
      request('card', { packet: 3, node: 'tcp.window_size_value' }),
      request('jump', { to: 'nextStream', from: null }),
      request('jump', { to: 'firstOfStream', from: 2 }),
      request('jump', { to: 'packet', packet: 9 }),
      request('rowOf', { view: { kind: 'stream', stream: 1 }, packet: 9 }),
      request('packetPage', { view: { kind: 'stream', stream: 2, filter: 'tcp.len > 0' }, start: 0, count: 50 }),
      request('filterCheck', { filter: 'tcp.len >' }),
      request('filterComplete', { filter: 'tcp.le', at: 6 }),
      request('filterOf', { packet: 3, node: null, fields: ['ip.src', 'tcp.srcport'] }),
      request('filterOf', { packet: 3, node: 'tcp.flags', fields: [] }),
      request('seek', { view: { kind: 'all', filter: 'tcp' }, from: null, step: -1 }),
      request('stopSeek', { view: { kind: 'all', filter: 'tcp' } }),
      { kind: 'filterUsed', filter: 'tcp' },
      { kind: 'saveFilter', filter: 'tcp' },
      request('cancelIndexing', null),
    ];
    for (const message of sound) assert.deepEqual(checkToHost(message), message);
  });

  it('are refused when a kind, method, key or number is out of range', () => {
    const refused: unknown[] = [
      null,
      'ready',
      [],
      { kind: 'eval' },
      { kind: 'run', action: 'workbench.action.quit' },
      { kind: 'copy', text: 5 },
      { kind: 'cancel', id: -1 },
      { kind: 'selection', rows: null, position: { packet: -1 }, node: null, canGoBack: true, canGoForward: true },
      { kind: 'selection', rows: { view: { kind: 'all' }, ranges: [[4, 0]] }, position: null, node: null, canGoBack: true, canGoForward: true },
      { kind: 'columns', table: 'other', columns: null },
      { kind: 'columns', table: 'packets', columns: ['<b>'] },
      { kind: 'request', id: 5, method: 'fieldValues', params: { packets: [0, -1], fields: [] } },
      { kind: 'viewState', state: { ...viewState, timeFormat: 'martian' } },
      request('packetPage', { view: { kind: 'all', filter: 5 }, start: 0, count: 50 }),
      request('filterCheck', { filter: 'a'.repeat(100_000) }),
      request('filterComplete', { filter: 'tcp', at: -1 }),
      request('filterOf', { packet: 3, node: null, fields: Array(9).fill('tcp.len') }),
      request('filterOf', { packet: 3, node: 5, fields: [] }),
      request('seek', { view: { kind: 'all' }, from: null, step: 2 }),
      request('stopSeek', { view: null }),
      { kind: 'filterUsed', filter: '' },
      { kind: 'saveFilter', filter: {} },
      request('close', null),
      request('toString', null),
      request('textIndex', null),
      request('problems', { most: 10 }),
      request('__proto__', null),
      request('packetPage', { view: { kind: 'all' }, start: 0, count: MAX_PAGE_ROWS + 1 }),
      request('packetPage', { view: { kind: 'all' }, start: -1, count: 1 }),
      request('packetPage', { view: { kind: 'all' }, start: 0.5, count: 1 }),
      request('packetPage', { view: { kind: 'stream' }, start: 0, count: 1 }),
      request('overview', { from: null, to: Infinity, count: 500, marks: 100 }),
      request('overview', { from: null, to: null, count: 1e9, marks: 100 }),
      request('streamLanes', { sort: 'start', descending: true, grouped: false, query: '', start: 0, count: 100_000, from: 0, to: 1e9, cells: 700 }),
      request('streamPage', { sort: 'bytes', descending: false, start: 0, count: 50, query: '', lanes: 1e6 }),
      request('streamPage', { sort: 'constructor', descending: false, start: 0, count: 1, query: '' }),
      request('streamPage', { sort: 'rtt', descending: false, start: 0, count: 1, query: 'x'.repeat(1001) }),
      request('packetDetail', null),
      request('packetDetail', { packet: NaN }),
      request('packetDetail', { packet: 0xffffffff }),
      request('jump', { to: 'firstOfStream', from: null }),
      request('jump', { to: 'somewhere', from: 1 }),
    ];
    for (const message of refused) assert.equal(checkToHost(message), null, JSON.stringify(message));
  });

  it('lose what nobody knows', () => {
    assert.deepEqual(checkToHost({ kind: 'ready', more: 1 }), { kind: 'ready' });
    assert.deepEqual(checkToHost({ kind: 'ready', viewState: { ...viewState, view: { kind: 'lost' } } }), { kind: 'ready' }, 'a page is heard with any view');
    assert.deepEqual(checkToHost(request('packetDetail', { packet: 1, path: '/etc/passwd' })), request('packetDetail', { packet: 1 }));
    assert.deepEqual(checkToHost({ ...(request('reload', { force: true }) as object) }), request('reload', null));
  });

  it('leave no refused request without an id to answer', () => {
    assert.equal(refusedRequestId(request('nothing', null)), 7);
    assert.equal(refusedRequestId({ kind: 'request', id: 'x' }), null);
    assert.equal(refusedRequestId({ kind: 'ready', id: 1 }), null);
  });

  it('never throw, whatever comes', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (a, b) => {
        for (const kind of ['request', 'selection', 'viewState', 'copy', 'run', 'cancel', 'goToPacket']) {
          checkToHost({ kind, id: 1, method: 'jump', params: a, state: a, position: b, node: a, text: b, action: a });
          checkExplainToHost({ kind, packet: a, text: b });
        }
        checkToHost(a);
        checkViewState(b);
        refusedRequestId(a);
      }),
    );
  });

  it('of the panel may go to a packet and copy, no more', () => {
    assert.deepEqual(checkExplainToHost({ kind: 'goToPacket', packet: 4 }), { kind: 'goToPacket', packet: 4 });
    assert.equal(checkExplainToHost({ kind: 'goToPacket', packet: -4 }), null);
    assert.equal(checkExplainToHost({ kind: 'run', action: 'reopenWith' }), null);
  });

  it('keep only sizes of panes that are numbers', () => {
    const state = checkViewState({ ...viewState, panes: { streams: 30, bad: NaN, worse: 'x', below: -1 } });
    assert.deepEqual(state?.panes, { streams: 30 });
  });
});
