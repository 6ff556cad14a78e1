import assert from 'node:assert/strict';
import { MemorySource, SourceError } from '../../../../src/core/capture/byteSource';
import { openReader } from '../../../../src/core/capture/detect';
import type { CapturedRecord, CaptureReader } from '../../../../src/core/capture/captureReader';
import { MemoryOutput, type ByteOutput } from '../../../../src/core/export/byteOutput';
import { PacketSet, type PacketPick } from '../../../../src/core/export/exportControl';
import { exportPcapng } from '../../../../src/core/export/exportPcapng';
import { exportText } from '../../../../src/core/export/exportText';
import { PcapngWriter, comment, textOption } from '../../../../src/core/export/pcapngWriter';
import { Pipeline } from '../../../../src/core/index/pipeline';
import { SHORT_CONNECTION, tcpCapture } from '../../../support/pcapWriter';

const CONTROL = { signal: { aborted: false } };

function reader(bytes: Uint8Array | string): Promise<CaptureReader> {
  return openReader(new MemorySource(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes));
}

async function toPcapng(bytes: Uint8Array | string, payload: 'zeros' | 'none' = 'zeros', pick: PacketPick | null = null): Promise<{ bytes: Uint8Array; packets: number; leftOut: number }> {
  const output = new MemoryOutput();
  const result = await exportPcapng({ reader: await reader(bytes), size: bytes.length }, pick, output, { payload }, CONTROL);
  return { bytes: output.bytes(), ...result };
}

/** Counts what it is given. */
class CountingOutput implements ByteOutput {
  bytes = 0;
  write(bytes: Uint8Array): Promise<void> {
    this.bytes += bytes.length;
    return Promise.resolve();
  }
}

async function toText(bytes: Uint8Array | string): Promise<string[]> {
  const output = new MemoryOutput();
  await exportText({ reader: await reader(bytes), size: bytes.length }, null, output, CONTROL);
  return new TextDecoder().decode(output.bytes()).trimEnd().split('\n');
}

interface Packet {
  readonly bytes: Uint8Array;
  readonly originalLength: number;
  readonly linkType: number;
  readonly time: string;
  readonly comments: readonly string[];
}

async function packetsOf(bytes: Uint8Array): Promise<Packet[]> {
  const source = await reader(bytes);
  const found: [number, number, CapturedRecord][] = [];
  const packets: Packet[] = [];
  while (
    await source.read((r) => {
      found.push([r.offset, r.interfaceIndex, r]);
      return true;
    }, 1 << 20)
  );
  for (const [offset, interfaceIndex] of found) {
    const { record, comments } = await source.recordAt(offset, interfaceIndex);
    packets.push({ bytes: record.bytes.slice(record.start, record.end), originalLength: record.originalLength, linkType: record.linkType, time: `${record.seconds}.${String(record.nanos).padStart(9, '0')}`, comments });
  }
  return packets;
}

async function segmentsOf(bytes: Uint8Array): Promise<string[]> {
  const pipeline = new Pipeline(await reader(bytes), { splitStreamsBy: [] }, null);
  const rows: string[] = [];
  while (
    await pipeline.read(({ segment: s }) => {
      if (s) rows.push(`${s.srcPort} ${s.flags} ${s.seq} ${s.ack} ${s.window} ${s.length} mss ${s.mss} ws ${s.windowScale} ts ${s.tsVal}/${s.tsEcr} sack ${s.sackLeft.slice(0, s.sackCount).join()} tfo ${s.fastOpenCookie} ${s.accEcn}`);
      return true;
    }, 1 << 20)
  );
  return rows;
}

describe('a text as pcapng', () => {
  const TEXT = [
    '12:00:00.000001 IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [S], seq 1000, win 64240, options [mss 1460,sackOK,TS val 7 ecr 0,nop,wscale 7], length 0',
    '12:00:00.000101 IP 10.0.0.2.80 > 10.0.0.1.40000: Flags [S.], seq 9000, ack 1001, win 65160, options [mss 1460,nop,wscale 9], length 0',
    '12:00:00.000201 IP 10.0.0.1.40000 > 10.0.0.2.80: Flags [P.], seq 1001:1111, ack 9001, win 502, length 110: HTTP: GET / HTTP/1.1',
    '12:00:00.000301 ARP, Request who-has 10.0.0.9 tell 10.0.0.1, length 28',
    '12:00:00.000401 IP 10.0.0.2.80 > 10.0.0.1.40000: Flags [.], ack 1001, win 128, options [nop,nop,sack 1 {1050:1111}], length 0',
    '',
  ].join('\n');

  it('has headers with what the text shows, and zeros for payload', async () => {
    const { bytes, packets, leftOut } = await toPcapng(TEXT);
    assert.deepEqual([packets, leftOut], [4, 1], 'the ARP line has no bytes that could be made up');
    assert.deepEqual(await segmentsOf(bytes), [
      '40000 2 1000 0 64240 0 mss 1460 ws 7 ts 7/0 sack  tfo -1 false',
      '80 18 9000 1001 65160 0 mss 1460 ws 9 ts 0/0 sack  tfo -1 false',
      '40000 24 1001 9001 502 110 mss 0 ws 0 ts 0/0 sack  tfo -1 false',
      '80 16 9001 1001 128 0 mss 0 ws 0 ts 0/0 sack 1050 tfo -1 false',
    ]);
    const read = await packetsOf(bytes);
    const data = read[2]!;
    assert.equal(data.linkType, 101);
    assert.equal(data.bytes.length, 20 + 20 + 110);
    assert.ok(data.bytes.subarray(40).every((b) => b === 0));
    assert.equal(data.time, '43200.000201000');
    assert.match(data.comments[0]!, /^Headers made from text\.\n12:00:00\.000201 IP /);
    assert.match(read[3]!.comments[0]!, /sequence number not shown, carried on/);
  });

  it('says of the whole file how it was made', async () => {
    const made = await reader((await toPcapng(TEXT)).bytes);
    while (await made.read(() => true, 1 << 20));
    const comments = made.info.comments.map((c) => c.text).join('\n');
    assert.match(comments, /rebuilt from what the text shows/);
    assert.match(comments, /Payload bytes are zeros/);
    assert.match(comments, /time of day without a date/);
    assert.equal(made.info.writer, 'TCP Trace Explorer');
  });

  it('can leave the payload out as a snap length does', async () => {
    const { bytes } = await toPcapng(TEXT, 'none');
    const data = (await packetsOf(bytes))[2]!;
    assert.deepEqual([data.bytes.length, data.originalLength], [40, 150]);
    assert.equal((await segmentsOf(bytes))[2], '40000 24 1001 9001 502 110 mss 0 ws 0 ts 0/0 sack  tfo -1 false');
  });

  it('has checksums that add up', async () => {
    for (const { bytes } of await packetsOf((await toPcapng(TEXT)).bytes)) {
      const sum = (b: Uint8Array, start: number): number => {
        for (let at = 0; at < b.length; at += 2) start += (b[at]! << 8) | (b[at + 1] ?? 0);
        while (start > 0xffff) start = (start & 0xffff) + (start >>> 16);
        return start;
      };
      assert.equal(sum(bytes.subarray(0, 20), 0), 0xffff);
      assert.equal(sum(bytes.subarray(20), 6 + bytes.length - 20 + sum(bytes.subarray(12, 20), 0)), 0xffff);
    }
  });

  it('keeps options that tcpdump prints with all their bytes, and names those it cannot', async () => {
    const { bytes } = await toPcapng('12:00:00.000001 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [S], seq 5, win 9, options [tfo  cookie 0011223344556677,unknown-172 0x010203,exp-abcd], length 0\n');
    assert.deepEqual(await segmentsOf(bytes), ['1 2 5 0 9 0 mss 0 ws 0 ts 0/0 sack  tfo 8 true']);
    assert.match((await packetsOf(bytes))[0]!.comments[0]!, /options left out: exp-abcd/);
  });

  it('gives host names addresses of no real host, and writes the names down', async () => {
    const { bytes } = await toPcapng('12:00:00.000001 IP client.example.40000 > 10.0.0.2.http: Flags [S], seq 5, win 9, length 0\n');
    const made = await reader(bytes);
    while (await made.read(() => true, 1 << 20));
    assert.deepEqual([...made.info.names], [['198.18.0.1', 'client.example']]);
    assert.deepEqual(await segmentsOf(bytes), ['40000 2 5 0 9 0 mss 0 ws 0 ts 0/0 sack  tfo -1 false']);
  });

  it('says lengths that an IP header cannot hold', async () => {
    for (const ends of ['IP 10.0.0.1.1 > 10.0.0.2.2', 'IP6 fe80::1.1 > fe80::2.2']) {
      const { bytes } = await toPcapng(`12:00:00.000001 ${ends}: Flags [.], seq 5:100005, ack 1, win 9, length 100000\n`);
      assert.deepEqual(await segmentsOf(bytes), ['1 16 5 1 9 100000 mss 0 ws 0 ts 0/0 sack  tfo -1 false']);
    }
  });

  it('does not let a line claim memory: no packet is longer than an IP packet', async () => {
    const { bytes } = await toPcapng('12:00:00.000001 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [.], seq 5:4000000005, ack 1, win 9, length 4000000000\n');
    assert.ok(bytes.length < 70_000);
  });

  it('keeps the bytes of a hex dump', async () => {
    const dump = '12:00:00.000001 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [P.], seq 1:3, ack 1, win 9, length 2\n\t0x0000:  4500 002a 0000 0000 4006 0000 0a00 0001  E\n\t0x0010:  0a00 0002 0001 0002 0000 0001 0000 0001  .\n\t0x0020:  5018 0009 0000 0000 6869                 P\n';
    const [packet] = await packetsOf((await toPcapng(dump)).bytes);
    assert.equal(Buffer.from(packet!.bytes.subarray(40)).toString(), 'hi');
    assert.match(packet!.comments[0]!, /hex dump/);
  });

  it('shows what is hidden in a line as escapes', async () => {
    const { bytes } = await toPcapng('12:00:00.000001 IP 10.0.0.1.1 > 10.0.0.2.2: Flags [P.], seq 1:3, ack 1, win 9, length 2: \u202eevil\u0007\n');
    const [packet] = await packetsOf(bytes);
    assert.ok(packet!.comments[0]!.endsWith('\\u{202e}evil\\u{7}'));
  });

  it('stops at a text that asks for too many zeros', async () => {
    const text = '10:00:00.000000 IP 1.1.1.1.1 > 2.2.2.2.2: Flags [.], length 65000\n'.repeat(1100);
    const convert = async (payload: 'zeros' | 'none'): Promise<number> => {
      const output = new CountingOutput();
      await exportPcapng({ reader: await reader(text), size: 0 }, null, output, { payload }, CONTROL);
      return output.bytes;
    };
    await assert.rejects(convert('zeros'), (error: unknown) => error instanceof SourceError && error.code === 'EFBIG' && error.message.includes('more than 64 MiB of zeros'));
    assert.ok((await convert('none')) < 1 << 20);
  });
});

describe('a pcapng as pcapng', () => {
  it('keeps comments, flags, interfaces, names, statistics and sections', async () => {
    const output = new MemoryOutput();
    const writer = new PcapngWriter(output);
    const frame = tcpCapture(SHORT_CONNECTION).subarray(24 + 16, 24 + 16 + 74);
    writer.section([comment('first section'), textOption(4, 'a tool')]);
    writer.interface(1, 96, [textOption(2, 'eth0'), { code: 9, value: Uint8Array.of(9) }]);
    writer.interface(101, 0, [textOption(2, 'tun0'), { code: 14, value: Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0) }]);
    writer.packet(0, 0x18000000, 123_456_789, frame, 0, 60, 74, [comment('look here'), comment('and again'), { code: 2, value: Uint8Array.of(1, 0, 0, 0) }]);
    writer.packet(1, 0, 77, frame, 14, 74, 60, []);
    writer.simplePacket(frame, 0, 74, 74);
    writer.statistics(0, 1, 2, [{ code: 5, value: Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0) }]);
    writer.names([{ address: Uint8Array.of(10, 0, 0, 1), name: 'client.example' }], [comment('names')]);
    writer.section([comment('second section')]);
    writer.interface(113, 0, []);
    writer.packet(0, 0, 5, frame, 0, 16, 16, []);
    await writer.flush();
    const first = output.bytes();
    const again = await toPcapng(first);
    assert.equal(again.packets, 4);
    // The same blocks, but for the names, which stand at the end.
    assert.equal(again.bytes.length, first.length);
    assert.deepEqual(await packetsOf(again.bytes), await packetsOf(first));
    const made = await reader(again.bytes);
    while (await made.read(() => true, 1 << 20));
    assert.deepEqual(made.info.comments.map((c) => c.text).sort(), ['first section', 'names', 'second section']);
    assert.deepEqual(made.info.interfaces.map((i) => [i.name, i.linkType, i.snapLength]), [['eth0', 1, 96], ['tun0', 101, 0], ['', 113, 0]]);
    assert.deepEqual(made.blocks!.sections[0]!.statistics.map((s) => s.options[0]!.value[0]), [3]);
  });

  it('writes only the packets that are picked', async () => {
    const capture = tcpCapture(SHORT_CONNECTION);
    const pick = new PacketSet();
    for (const packet of [1, 3, 4]) pick.add(packet);
    const { bytes, packets } = await toPcapng(capture, 'none', pick);
    assert.equal(packets, 3);
    const all = await packetsOf((await toPcapng(capture)).bytes);
    assert.deepEqual(await packetsOf(bytes), [all[1], all[3], all[4]]);
  });

  it('stops when it is cancelled', async () => {
    const capture = tcpCapture(SHORT_CONNECTION);
    await assert.rejects(
      exportPcapng({ reader: await reader(capture), size: capture.length }, null, new MemoryOutput(), { payload: 'none' }, { signal: { aborted: true } }),
      (error: unknown) => error instanceof SourceError && error.code === 'ECANCELED',
    );
  });
});

describe('a capture as text', () => {
  it('prints lines of tcpdump -n -S', async () => {
    const lines = await toText(tcpCapture(SHORT_CONNECTION));
    assert.equal(lines.length, SHORT_CONNECTION.length);
    assert.match(lines[0]!, /^\d\d:\d\d:\d\d\.\d{6} IP 10\.0\.0\.1\.40000 > 10\.0\.0\.2\.6379: Flags \[S\], seq 1000, win 64240, options \[mss 1460,nop,wscale 7\], length 0$/);
    assert.match(lines[3]!, /Flags \[P\.\], seq 1001:1007, ack 5001, win 502, length 6$/);
    assert.match(lines[2]!, /Flags \[\.\], ack 5001, win 502, length 0$/);
  });

  it('prints a text of tshark in the words of tcpdump, without numbers that it does not show', async () => {
    const lines = await toText('    1   0.000000     10.0.0.1 → 10.0.0.2     TCP 74 40000 → 80 [SYN] Seq=0 Win=64240 Len=0 MSS=1460 SACK_PERM TSval=7 TSecr=0 WS=128\n');
    assert.match(lines[0]!, /IP 10\.0\.0\.1\.40000 > 10\.0\.0\.2\.80: Flags \[S\], seq 0, win 64240, options \[mss 1460,sackOK,TS val 7 ecr 0,wscale 7\], length 0$/);
  });
});
