import assert from 'node:assert/strict';
import { MemorySource } from '../../../../src/core/capture/byteSource';
import { openReader } from '../../../../src/core/capture/detect';

type Order = 'LE' | 'BE';

function block(order: Order, type: number, body: Buffer): Buffer {
  const length = 12 + body.length;
  const b = Buffer.alloc(length);
  const u32 = (value: number, at: number): unknown => (order === 'LE' ? b.writeUInt32LE(value, at) : b.writeUInt32BE(value, at));
  u32(type, 0);
  u32(length, 4);
  body.copy(b, 8);
  u32(length, length - 4);
  return b;
}

function section(order: Order, options = Buffer.alloc(0)): Buffer {
  const body = Buffer.alloc(16, 0xff);
  if (order === 'LE') {
    body.writeUInt32LE(0x1a2b3c4d, 0);
    body.writeUInt32LE(1, 4);
  } else {
    body.writeUInt32BE(0x1a2b3c4d, 0);
    body.writeUInt16BE(1, 4);
    body.writeUInt16BE(0, 6);
  }
  return block(order, 0x0a0d0d0a, Buffer.concat([body, options]));
}

/** Ethernet, no options. */
const descriptionOf = (order: Order): Buffer => block(order, 1, order === 'LE' ? Buffer.from([1, 0, 0, 0, 0, 0, 4, 0]) : Buffer.from([0, 1, 0, 0, 0, 4, 0, 0]));
const packetOf = (order: Order, length: number): Buffer => {
  const body = Buffer.alloc(4 + ((length + 3) & ~3));
  if (order === 'LE') body.writeUInt32LE(length, 0);
  else body.writeUInt32BE(length, 0);
  return block(order, 3, body);
};
/** A systemd journal export block: counted as a frame, of no interface. */
const journal = (order: Order): Buffer => block(order, 9, Buffer.from('a=1\n'));
/** shb_userappl. */
const userApplication = Buffer.from([4, 0, 4, 0, 116, 101, 115, 116, 0, 0, 0, 0]);

async function readAll(bytes: Buffer) {
  const reader = await openReader(new MemorySource(bytes));
  const seen: { readonly offset: number; readonly length: number; readonly interfaceIndex: number }[] = [];
  const sink = (r: { offset: number; start: number; end: number; interfaceIndex: number }): boolean => {
    seen.push({ offset: r.offset, length: r.end - r.start, interfaceIndex: r.interfaceIndex });
    return true;
  };
  while (await reader.read(sink, 1 << 22));
  return { reader, seen };
}

describe('sections of a pcapng file', () => {
  it('that say nothing cost nothing: millions of them, in both byte orders', async function () {
    this.timeout(20_000);
    const count = 300_000;
    const empty = [section('LE'), section('BE')];
    const bytes = Buffer.concat([...Array.from({ length: count }, (_, i) => empty[i % 2]!), section('BE'), descriptionOf('BE'), packetOf('BE', 60)]);
    const { reader, seen } = await readAll(bytes);
    assert.equal(reader.fault, null);
    assert.deepEqual(seen.map((r) => [r.length, r.interfaceIndex]), [[60, 0]]);
    assert.equal(reader.blocks!.sections.length, 1);
    assert.match(reader.info.description, new RegExp(`both byte orders.*${count + 1} sections`));
    const { record } = await reader.recordAt(seen[0]!.offset, 0);
    assert.equal(record.end, 60);
  });

  it('are kept where they have interfaces, options, or blocks that count as frames', async () => {
    const parts: readonly Buffer[] = [
      section('LE'), journal('LE'), section('BE'), journal('BE'), section('LE', userApplication), section('LE'), descriptionOf('LE'), packetOf('LE', 61),
      section('LE'), section('BE'), descriptionOf('BE'), descriptionOf('BE'), packetOf('BE', 62), section('BE'), descriptionOf('BE'), packetOf('BE', 63),
    ];
    const { reader, seen } = await readAll(Buffer.concat(parts));
    assert.equal(reader.fault, null);
    assert.deepEqual(seen.map((r) => r.interfaceIndex), [0, 0, 0, 1, 3]);
    assert.deepEqual(reader.blocks!.sections.map((s) => [s.firstInterface, s.options.length]), [[0, 0], [0, 0], [0, 1], [0, 0], [1, 0], [3, 0]]);
    // Each is found again in the byte order of its section.
    for (const { offset, length, interfaceIndex } of seen) {
      const { record } = await reader.recordAt(offset, interfaceIndex);
      assert.equal(record.end, length);
    }
  });
});
