import assert from 'node:assert/strict';
import type { Column } from '../../../../src/webview/grid/column';
import { chosenColumns, endCell } from '../../../../src/webview/editor/columnSet';

const column = (id: string): Column<string> => ({ id, title: id, width: 50, align: 'left', tooltip: '', render: (row) => row });
const ids = (columns: readonly Column<string>[]): readonly string[] => columns.map(({ id }) => id);

describe('the columns that a table shows', () => {
  const own = ['number', 'time.utc', 'source', 'info'].map(column);
  const known = ['number', 'time', 'source', 'info', 'protocol'];

  it('stand in the order chosen, with fields among them', () => {
    assert.deepEqual(ids(chosenColumns(own, ['info', 'time', 'tcp.len', 'number'], known, (name) => column(`field:${name}`))), ['info', 'time.utc', 'field:tcp.len', 'number']);
  });

  it('leave out what the table has not in this view, and fields where it takes none', () => {
    assert.deepEqual(ids(chosenColumns(own, ['protocol', 'number', 'tcp.len'], known)), ['number']);
  });

  it('are never none', () => {
    assert.deepEqual(ids(chosenColumns(own, ['protocol'], known)), ['number']);
    assert.deepEqual(ids(chosenColumns(own, [], known)), ['number']);
  });

  it('keep own ones that the choice does not know of behind their neighbour', () => {
    assert.deepEqual(ids(chosenColumns([own[0]!, column('lane'), ...own.slice(1)], ['info', 'number'], known)), ['info', 'number', 'lane']);
  });
});

describe('an end of a packet', () => {
  const names = { address: '10.0.0.1', port: '443', host: 'web', service: 'https' };

  it('shows the names that are asked for, and all of them on hover', () => {
    assert.equal(endCell(names, '10.0.0.1:443', { hosts: false, ports: false }).text, '10.0.0.1:443');
    assert.equal(endCell(names, '10.0.0.1:443', { hosts: true, ports: false }).text, 'web:443');
    assert.equal(endCell(names, '10.0.0.1:443', { hosts: true, ports: true }).text, 'web:443 (https)');
    assert.equal(endCell(names, '10.0.0.1:443', { hosts: false, ports: false }).title, '10.0.0.1:443 (https)\nweb');
    assert.deepEqual(endCell(undefined, '10.0.0.1:9', { hosts: true, ports: true }), { text: '10.0.0.1:9', title: '10.0.0.1:9' });
    assert.equal(endCell({ ...names, address: 'fe80::1', host: '' }, '', { hosts: true, ports: true }).text, '[fe80::1]:443 (https)');
  });
});
