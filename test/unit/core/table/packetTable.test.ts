import assert from 'node:assert/strict';
import { BLOCK_ROWS, PacketTable } from '../../../../src/core/table/packetTable';
import { NO_PACKET } from '../../../../src/core/bytes/units';

describe('PacketTable', () => {
  it('keeps rows over block borders and frees whole blocks', () => {
    const table = new PacketTable();
    for (let i = 0; i < BLOCK_ROWS + 10; i++) {
      const block = table.append();
      block.seq[i & (BLOCK_ROWS - 1)] = i;
    }
    assert.equal(table.length, BLOCK_ROWS + 10);
    assert.equal(table.seq(BLOCK_ROWS - 1), BLOCK_ROWS - 1);
    assert.equal(table.seq(BLOCK_ROWS + 9), BLOCK_ROWS + 9);
    table.dropBefore(BLOCK_ROWS + 5);
    assert.throws(() => table.seq(3), RangeError);
    assert.equal(table.seq(BLOCK_ROWS), BLOCK_ROWS);
  });

  it('reads absent side columns as absent', () => {
    const table = new PacketTable();
    table.append();
    assert.equal(table.acksPacket(0), NO_PACKET);
    assert.equal(table.bytesInFlight(0), 0);
    assert.equal(table.known(0), 0xffff);
    assert.throws(() => table.block(1), RangeError);
  });

  it('spends at most 64 bytes a packet on dense columns', () => {
    const block = new PacketTable().append();
    const dense = Object.values(block).filter((column): column is ArrayBufferView => ArrayBuffer.isView(column));
    assert.ok(dense.reduce((sum, column) => sum + column.byteLength, 0) / BLOCK_ROWS <= 64);
  });
});
