import assert from 'node:assert/strict';
import { MemorySource } from '../../../../src/core/capture/byteSource';
import { openReader } from '../../../../src/core/capture/detect';
import { Indexer } from '../../../../src/core/index/indexer';
import { CaptureModel } from '../../../../src/core/query/captureModel';
import { payloadOf } from '../../../../src/core/query/followStream';
import { packetDetail } from '../../../../src/core/query/packetDetail';
import { pcapHeader, pcapRecord } from '../../../support/pcapWriter';
import { HELLO, SNAP, ethernet, ipv6, tcp, u16, u16le, u32, zeros, type Bytes } from './frames';

/** An 802.11 data frame with TCP in IPv4. */
const WLAN_DATA: Bytes = [0x08, 1, ...zeros(22), ...SNAP];

async function index(linkType: number, frames: readonly Bytes[]): Promise<CaptureModel> {
  const capture = Buffer.concat([pcapHeader(linkType), ...frames.map((frame, i) => pcapRecord(Buffer.from(frame), i))]);
  const indexer = new Indexer(await openReader(new MemorySource(capture)), { splitStreamsBy: [] });
  while (await indexer.read(1 << 20));
  return new CaptureModel(indexer, 0);
}

/** Destination options of 2048 bytes each: 33 of them push what follows beyond 64 KiB. */
function behindOptions(count: number, segment: Bytes): Bytes {
  const bytes: number[] = [];
  for (let i = 0; i < count; i++) {
    const header = new Array<number>(2048).fill(0);
    header[0] = i === count - 1 ? 6 : 60;
    header[1] = 255;
    // PadN fills it.
    let at = 2;
    while (at < 2048) {
      const length = Math.min(255, 2048 - at - 2);
      header[at] = 1;
      header[at + 1] = length;
      at += 2 + length;
    }
    bytes.push(...header);
  }
  return [...bytes, ...segment];
}

describe('a TCP header that lies more than 64 KiB into its frame or datagram', () => {
  const cases: readonly (readonly [string, number, readonly Bytes[], number])[] = [
    ['behind a long radiotap header', 127, [[0, 0, ...u16le(65_500), ...zeros(65_500 - 4), ...WLAN_DATA]], 65_500 + 24 + 8 + 20],
    [
      'in a reassembled IPv6 datagram',
      1,
      (() => {
        const whole = behindOptions(33, tcp([], HELLO));
        const fragment = (offset: number, part: Bytes, more: 0 | 1): Bytes => ethernet(0x86dd, ipv6(44, [60, 0, ...u16(offset | more), ...u32(7), ...part]));
        return [fragment(0, whole.slice(0, 60_000), 1), fragment(60_000, whole.slice(60_000), 0)];
      })(),
      40 + 33 * 2048,
    ],
  ];
  for (const [name, linkType, frames, offset] of cases) {
    it(name, async () => {
      const model = await index(linkType, frames);
      const packet = frames.length - 1;
      assert.equal(model.packets.tcpOffset(packet), offset);
      assert.equal(Buffer.from(await payloadOf(model, packet)).toString(), 'hello');
      const { tree } = await packetDetail(model, packet);
      const header = tree.find((layer) => layer.filter === 'tcp');
      assert.deepEqual([header?.start, header?.children.find((field) => field.filter === 'tcp.srcport')?.value], [offset, '1000']);
    });
  }
});
