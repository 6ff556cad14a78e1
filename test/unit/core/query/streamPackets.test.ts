import assert from 'node:assert/strict';
import { NO_PACKET } from '../../../../src/core/bytes/units';
import { StreamPackets, lowerBound } from '../../../../src/core/query/streamPackets';
import { PacketTable } from '../../../../src/core/table/packetTable';
import type { StreamTable } from '../../../../src/core/table/streamTable';

/** Two interleaved streams, grown packet by packet. */
class Capture {
  readonly packets = new PacketTable();
  readonly rows = [0, 1].map(() => ({ lastPacket: NO_PACKET, packets: [0, 0] as [number, number] }));
  readonly streams = { row: (i: number) => this.rows[i]! } as unknown as StreamTable;

  add(stream: 0 | 1): void {
    const i = this.packets.length;
    const block = this.packets.append();
    const row = this.rows[stream]!;
    block.stream[i] = stream;
    block.previous[i] = row.lastPacket;
    row.lastPacket = i;
    row.packets[0]++;
  }
}

describe('StreamPackets', () => {
  it('lists a stream in file order and extends it while it grows', () => {
    const capture = new Capture();
    for (const s of [0, 1, 1, 0, 1] as const) capture.add(s);
    const lists = new StreamPackets(capture.packets, capture.streams);
    assert.deepEqual([...lists.of(0)], [0, 3]);
    assert.deepEqual([...lists.of(1)], [1, 2, 4]);
    capture.add(0);
    capture.add(1);
    assert.deepEqual([...lists.of(0)], [0, 3, 5]);
    assert.equal(lists.rank(1, 6), 3);
  });

  it('finds the first entry not below a value', () => {
    const sorted = Uint32Array.from([2, 4, 8]);
    assert.deepEqual([0, 2, 3, 8, 9].map((v) => lowerBound(sorted, v)), [0, 0, 1, 2, 3]);
  });
});
