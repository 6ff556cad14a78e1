import assert from 'node:assert/strict';
import { withFilter } from '../../../src/extension/filterList';

describe('saving a display filter', () => {
  const web = { name: 'web', filter: 'tcp.port == 80' };

  it('keeps what was written by hand, also what is no filter', () => {
    const list = ['udp', { name: 'old', filter: 'ip' }, { name: 'web' }, null, { filter: '', note: 'later' }];
    assert.deepEqual(withFilter(list, web), [...list, web]);
    assert.deepEqual(withFilter(undefined, web), [web]);
  });

  it('replaces a filter of the same name or text; filters without a name are not the same', () => {
    assert.deepEqual(withFilter([{ name: 'web', filter: 'http' }, { name: 'x', filter: web.filter }, { name: 'y', filter: 'z' }], web), [{ name: 'y', filter: 'z' }, web]);
    assert.deepEqual(withFilter([{ name: '', filter: 'a' }], { name: '', filter: 'b' }), [{ name: '', filter: 'a' }, { name: '', filter: 'b' }]);
  });

  it('does not write over what is no list', () => {
    assert.equal(withFilter({ web: 'tcp.port == 80' }, web), null);
  });
});
