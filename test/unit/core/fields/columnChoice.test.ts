import assert from 'node:assert/strict';
import { added, checkColumns, moved, ONE_STREAM_HIDES, OWN_COLUMNS, stepped } from '../../../../src/core/fields/columnChoice';

describe('the choice of columns', () => {
  it('takes own columns and names of fields, each once, and nothing else', () => {
    assert.deepEqual(checkColumns(['info', 'tcp.len', 'info', 'state.client', 7, '<b>', 'a b', 'x'.repeat(200)], 'packets'), ['info', 'tcp.len', 'state.client']);
    assert.deepEqual(checkColumns(['rtt', 'tcp.len', 'stream'], 'streams'), ['rtt', 'stream']);
    assert.equal(checkColumns([], 'packets'), null);
    assert.equal(checkColumns('info', 'packets'), null);
    assert.equal(checkColumns(Array.from({ length: 500 }, (_, i) => `f${i}`), 'packets')!.length, 40);
  });

  it('moves a column before another one or to the end', () => {
    assert.deepEqual(moved(['a', 'b', 'c'], 'c', 'a'), ['c', 'a', 'b']);
    assert.deepEqual(moved(['a', 'b', 'c'], 'a', null), ['b', 'c', 'a']);
    assert.deepEqual(moved(['a', 'b', 'c'], 'x', 'a'), ['a', 'b', 'c']);
    assert.deepEqual(moved(['a', 'b', 'c'], 'a', 'x'), ['a', 'b', 'c']);
  });

  it('moves a column past the next one that is shown', () => {
    const columns = ['time', 'direction', 'source', 'destination', 'flags'];
    assert.deepEqual(stepped(columns, 'direction', 1, []), ['time', 'source', 'direction', 'destination', 'flags']);
    assert.deepEqual(stepped(columns, 'direction', 1, ONE_STREAM_HIDES), ['time', 'source', 'destination', 'flags', 'direction']);
    assert.deepEqual(stepped(columns, 'flags', -1, ONE_STREAM_HIDES), ['time', 'flags', 'direction', 'source', 'destination']);
    assert.deepEqual(stepped(columns, 'flags', 1, ONE_STREAM_HIDES), columns);
    assert.deepEqual(stepped(columns, 'time', -1, []), columns);
    assert.deepEqual(stepped(columns, 'no.such', 1, []), columns);
  });

  it('adds fields before the column that takes the room left', () => {
    assert.deepEqual(added(OWN_COLUMNS.packets, ['tcp.len']).slice(-2), ['tcp.len', 'info']);
    assert.deepEqual(added(['info', 'time'], ['tcp.len', 'time']), ['info', 'time', 'tcp.len']);
  });
});
