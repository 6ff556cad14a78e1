import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MemorySource } from '../../../../src/core/capture/byteSource';
import { openReader } from '../../../../src/core/capture/detect';
import { MemoryOutput } from '../../../../src/core/export/byteOutput';
import { exportFollow } from '../../../../src/core/export/exportFollow';
import { Indexer } from '../../../../src/core/index/indexer';
import { CaptureModel } from '../../../../src/core/query/captureModel';
import { findInFollowed } from '../../../../src/core/query/followFind';
import { CHUNK_DATA, CHUNK_GAP, FollowIndex, type FollowSegment } from '../../../../src/core/query/followIndex';
import { StreamFollower } from '../../../../src/core/query/followStream';
import { tcpCapture, type TestSegment } from '../../../support/pcapWriter';

const GO = { aborted: false };
const ACK = 16;

async function follower(bytes: Uint8Array): Promise<StreamFollower> {
  const indexer = new Indexer(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] });
  while (await indexer.read(1 << 20));
  return new StreamFollower(new CaptureModel(indexer, 0));
}

/** "c:GET" for data of the client, "s<5>" for a gap of the server, "c[3]" for bytes that were not captured. */
async function followed(segments: readonly TestSegment[]): Promise<string[]> {
  const page = await (await follower(tcpCapture(segments))).page({ stream: 0, side: 'both', start: 0, bytes: 1 << 16 }, GO);
  return page.chunks.map((c) => `${c.side[0]!}${c.kind === 'data' ? `:${Buffer.from(c.bytes!).toString()}` : c.kind === 'gap' ? `<${c.length}>` : `[${c.length}]`}`);
}

const client = (seq: number, payload: string, ack = 5001): TestSegment => ({ from: 'client', flags: ACK, seq, ack, payload });
const server = (seq: number, payload: string, ack: number): TestSegment => ({ from: 'server', flags: ACK, seq, ack, payload });
const HELLO: readonly TestSegment[] = [
  { from: 'client', flags: 2, seq: 1000 },
  { from: 'server', flags: 18, seq: 5000, ack: 1001 },
];

describe('following a stream', () => {
  it('takes turns as the two sides did', async () => {
    assert.deepEqual(await followed([...HELLO, client(1001, 'GET'), server(5001, 'OK', 1004), client(1004, 'bye', 5003)]), ['c:GET', 's:OK', 'c:bye']);
  });

  it('puts segments in order, once each', async () => {
    assert.deepEqual(await followed([...HELLO, client(1004, 'def'), client(1001, 'abc'), client(1001, 'abc'), client(1002, 'bcdefg')]), ['c:abc', 'c:def', 'c:g']);
  });

  it('shows a gap where the other end has acknowledged past it, and behind it what was waiting', async () => {
    assert.deepEqual(await followed([...HELLO, client(1001, 'abc'), client(1009, 'ij'), server(5001, '', 1011)]), ['c:abc', 'c<5>', 'c:ij']);
  });

  it('shows what waits at the end behind its gap', async () => {
    assert.deepEqual(await followed([...HELLO, client(1001, 'abc'), client(1009, 'ij'), client(1013, 'mn')]), ['c:abc', 'c<5>', 'c:ij', 'c<2>', 'c:mn']);
  });

  it('passes over keep-alive probes, and counts data on a SYN', async () => {
    assert.deepEqual(await followed([{ from: 'client', flags: 2, seq: 1000, payload: 'fast' }, { from: 'server', flags: 18, seq: 5000, ack: 1005 }, client(1004, 't'), client(1005, '!')]), ['c:fast', 'c:!']);
  });

  it('goes on past 2^32', async () => {
    assert.deepEqual(await followed([client(0xfffffffe, 'abcd'), client(4, 'gh'), client(2, 'ef')]), ['c:abcd', 'c:ef', 'c:gh']);
  });

  it('gives pages of a view that fit together', async () => {
    const f = await follower(tcpCapture([...HELLO, client(1001, 'abcdef'), server(5001, 'OK', 1007), client(1007, 'ghi', 5003)]));
    for (const side of ['both', 'client', 'server'] as const) {
      const all = await f.page({ stream: 0, side, start: 0, bytes: 1000 }, GO);
      for (let size = 1; size < all.total; size++) {
        let text = '';
        for (let start = 0; start < all.total; start += size) for (const c of (await f.page({ stream: 0, side, start, bytes: size }, GO)).chunks) text += Buffer.from(c.bytes!).toString();
        assert.equal(text, { both: 'abcdefOKghi', client: 'abcdefghi', server: 'OK' }[side]);
      }
    }
  });

  it('finds text across segments of one side, in either direction', async () => {
    const f = await follower(tcpCapture([...HELLO, client(1001, 'Host: exa'), client(1010, 'mple host'), server(5001, 'x', 1019)]));
    const find = (pattern: string, from: number, backwards = false, ignoreCase = true): Promise<number | null> =>
      findInFollowed(f, { stream: 0, side: 'both', pattern, form: 'text', ignoreCase, from, backwards }, GO);
    assert.equal(await find('example', 0), 6);
    assert.equal(await find('host', 0), 0);
    assert.equal(await find('host', 1), 14);
    assert.equal(await find('host', 18, true), 14);
    assert.equal(await find('host', 0, false, false), 14);
    assert.equal(await find('hostx', 0), null, 'the x is the other side\'s');
    assert.equal(await findInFollowed(f, { stream: 0, side: 'both', pattern: '3a 20', form: 'hex', ignoreCase: true, from: 0, backwards: false }, GO), 4);
    assert.equal(await find('', 0), null);
  });

  it('writes raw bytes, hex lines and text that shows what is hidden', async () => {
    const f = await follower(tcpCapture([...HELLO, client(1001, 'a\u001b[31m\u202e'), server(5001, 'é'.slice(0), 1012), client(1020, 'z', 5003), server(5003, '', 1021)]));
    const write = async (form: 'raw' | 'text' | 'hex'): Promise<string> => {
      const output = new MemoryOutput();
      await exportFollow(f, 0, 'both', form, output, { signal: GO });
      return Buffer.from(output.bytes()).toString();
    };
    assert.equal(await write('raw'), 'a\u001b[31m\u202eéz');
    assert.equal(await write('text'), 'a\\u{1b}[31m\\u{202e}é\n[10 bytes are in no packet of the capture]\nz');
    assert.equal(await write('hex'), '611b5b33316de280ae\n\tc3a9\n[10 bytes are in no packet of the capture]\n7a\n');
  });

  it('has each byte once, in order, whatever order the segments came in', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ from: fc.nat(200), length: fc.integer({ min: 1, max: 40 }) }), { maxLength: 60 }), fc.nat(0xffffffff), (pieces, base) => {
        const index = new FollowIndex();
        const first: FollowSegment = { packet: 0, direction: 0, seq: base, ack: null, syn: false, length: 1, captured: 1 };
        index.add(first);
        pieces.forEach(({ from, length }, i) => index.add({ packet: i + 1, direction: 0, seq: (base + from) >>> 0, ack: null, syn: false, length, captured: length }));
        index.end();
        const have = new Set([0]);
        for (const { from, length } of pieces) for (let k = 0; k < length; k++) have.add(from + k);
        let position = 0;
        for (let i = 0; i < index.length; i++) {
          assert.equal(index.place(i, true), position);
          const piece = index.packet(i) === 0 ? { from: 0 } : pieces[index.packet(i) - 1]!;
          for (let k = 0; k < index.size(i); k++) assert.equal(have.has(position + k), index.kind(i) === CHUNK_DATA, 'data where some segment has it, else a gap');
          if (index.kind(i) === CHUNK_DATA) assert.equal(piece.from + index.skip(i), position, 'the byte that the segment has there');
          else assert.equal(index.kind(i), CHUNK_GAP);
          position += index.size(i);
        }
        assert.equal(position, Math.max(...have) + 1);
      }),
    );
  });
});
