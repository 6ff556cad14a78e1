import assert from 'node:assert/strict';
import { timeBetween } from '../../../../src/core/bytes/farTime';
import { MemorySource } from '../../../../src/core/capture/byteSource';
import { openReader } from '../../../../src/core/capture/detect';
import { formatSeconds } from '../../../../src/core/fields/formatTime';
import { packetField } from '../../../../src/core/fields/packetFields';
import { filterField } from '../../../../src/core/filter/fields/fields';
import { fieldReader } from '../../../../src/core/filter/readers';
import { Indexer } from '../../../../src/core/index/indexer';
import { Pipeline } from '../../../../src/core/index/pipeline';
import { CaptureModel } from '../../../../src/core/query/captureModel';
import { valueText } from '../../../../src/core/query/fieldQueries';
import { tcpColumns } from '../../../../src/core/query/packetRows';
import { formatInstant, formatRowTime, type TimeBase } from '../../../../src/webview/format/time';
import type { PacketRow } from '../../../../src/core/engineApi';
import { modelOf, passing } from '../../../support/filters';
import { tcpFrame, type TestEnds, type TestSegment } from '../../../support/pcapWriter';

const SYN = 2, ACK = 16, PSH = 8;
type Stamp = readonly [seconds: number, nanos: number];
type Sent = readonly [Stamp, TestSegment, TestEnds?];

/** A capture with nanoseconds. */
function capture(sent: readonly Sent[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b23c4d, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(1, 20);
  const records = sent.map(([[seconds, nanos], segment, ends]) => {
    const frame = tcpFrame(segment, ends);
    const record = Buffer.alloc(16);
    record.writeUInt32LE(seconds, 0);
    record.writeUInt32LE(nanos, 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    return Buffer.concat([record, frame]);
  });
  return Buffer.concat([header, ...records]);
}

const NOW = 1_767_225_600;
const other: TestEnds = { clientPort: 40_001 };
/** One SYN before the clock was set, its stream and another one after it, and one packet with no time again. */
const SENT: readonly Sent[] = [
  [[0, 7], { from: 'client', flags: SYN, seq: 100 }],
  [[NOW, 123_456_789], { from: 'server', flags: SYN | ACK, seq: 500, ack: 101 }],
  [[NOW, 123_456_800], { from: 'client', flags: ACK, seq: 101, ack: 501 }],
  [[NOW, 123_456_901], { from: 'client', flags: SYN, seq: 1 }, other],
  [[NOW, 123_457_000], { from: 'server', flags: SYN | ACK, seq: 9, ack: 2 }, other],
  [[NOW, 123_457_003], { from: 'client', flags: ACK, seq: 2, ack: 10 }, other],
  [[NOW, 123_457_010], { from: 'client', flags: ACK | PSH, seq: 2, ack: 10, payload: 'hello' }, other],
  [[0, 9], { from: 'server', flags: ACK, seq: 10, ack: 7 }, other],
  [[NOW, 123_457_333], { from: 'client', flags: ACK | PSH, seq: 101, ack: 501, payload: 'hello' }],
  [[NOW + 1, 5], { from: 'server', flags: ACK, seq: 501, ack: 106 }],
];

const FIELDS = ['frame.time_epoch', 'frame.time_relative', 'tcp.time_relative', 'tcp.time_delta', 'tcp.analysis.initial_rtt', 'tcp.analysis.ack_rtt'];
/** As tshark prints them. */
const EXPECTED: readonly (readonly string[])[] = [
  ['0.000000007', '0.000000000', '0.000000000', '0.000000000', '', ''],
  ['1767225600.123456789', '1767225600.123456782', '1767225600.123456782', '1767225600.123456782', '', '*'],
  ['1767225600.123456800', '1767225600.123456793', '1767225600.123456793', '0.000000011', '*', '0.000000011'],
  ['1767225600.123456901', '1767225600.123456894', '0.000000000', '0.000000000', '', ''],
  ['1767225600.123457000', '1767225600.123456993', '0.000000099', '0.000000099', '', '0.000000099'],
  ['1767225600.123457003', '1767225600.123456996', '0.000000102', '0.000000003', '0.000000102', '0.000000003'],
  ['1767225600.123457010', '1767225600.123457003', '0.000000109', '0.000000007', '0.000000102', ''],
  ['0.000000009', '0.000000002', '-1767225600.123456892', '-1767225600.123457001', '0.000000102', '*'],
  ['1767225600.123457333', '1767225600.123457326', '1767225600.123457326', '0.000000533', '*', ''],
  ['1767225601.000000005', '1767225600.999999998', '1767225600.999999998', '0.876542672', '*', '0.876542672'],
];

describe('times more than 104 days from the first packet', () => {
  const bytes = capture(SENT);

  it('are exact in every field, and so are differences within 104 days', async () => {
    const pipeline = new Pipeline(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] }, null);
    const fields = FIELDS.map((name) => packetField(name)!);
    const rows: string[][] = [];
    const sink = (row: Parameters<Parameters<Pipeline['read']>[0]>[0]): boolean => {
      rows.push(fields.map((field) => field.value(row as Parameters<typeof field.value>[0]) as string));
      return true;
    };
    while (await pipeline.read(sink, 1 << 20));
    rows.forEach((row, i) => row.forEach((value, k) => {
      const expected = EXPECTED[i]![k]!;
      // A round trip over the jump itself is the nearest double: 256 ns at this distance.
      if (expected === '*') assert.match(value, /^-?1767225600\.123456\d{3}$/);
      else assert.equal(value, expected, `${FIELDS[k]!} of frame ${i + 1}`);
    }));
  });

  it('are exact in the tables and in what the views show', async () => {
    const indexer = new Indexer(await openReader(new MemorySource(bytes)), { splitStreamsBy: [] });
    while (await indexer.read(1 << 20));
    const model = new CaptureModel(indexer, 0);
    const { packets } = indexer;
    const base: TimeBase = { baseSeconds: indexer.baseSeconds, baseNanos: indexer.baseNanos, timeDigits: 9, timeOfDayOnly: false };
    const rows = SENT.map((_, packet) => ({ packet, time: packets.time(packet), ...tcpColumns(model, packet) }) as PacketRow);
    const shown = (format: Parameters<typeof formatRowTime>[2]): string[] => rows.map((row, i) => formatRowTime(row, rows[i - 1], format, base));
    assert.deepEqual(shown('epoch'), EXPECTED.map((e) => e[0]));
    assert.deepEqual(shown('relative'), EXPECTED.map((e) => e[1]));
    assert.deepEqual(shown('streamRelative'), EXPECTED.map((e) => e[2]));
    assert.deepEqual(shown('streamDelta'), EXPECTED.map((e) => e[3]));
    assert.deepEqual(shown('delta').slice(1, 5), ['1767225600.123456782', '0.000000011', '0.000000101', '0.000000099']);
    assert.equal(shown('utc')[4], '2026-01-01 00:00:00.123457000');
    assert.equal(formatInstant(-1_500_000_000, 'relative', base), '-1.500000000');
    assert.deepEqual(packets.timeBetween(8, 9), [876_542_672, 0]);
    const lengths = [0, 1].map((stream) => {
      const { startTime, startRest, endTime, endRest } = indexer.streams.row(stream);
      return formatSeconds(...timeBetween(startTime, startRest, endTime, endRest));
    });
    assert.deepEqual(lengths, ['1767225600.999999998', '0.000000109']);
  });

  it('are found by the values that are printed, and by no other', async () => {
    const model = await modelOf(bytes);
    for (const [k, name] of FIELDS.entries()) {
      const values = new Set(EXPECTED.map((row) => row[k]!).filter((value) => value !== '' && value !== '*'));
      for (const value of values) {
        const [frames, rows] = [await passing(model, `${name} == ${value}`), EXPECTED.flatMap((row, i) => (row[k] === value ? [i + 1] : []))];
        // "*": whatever the nearest double comes to.
        assert.deepEqual(frames.filter((frame) => EXPECTED[frame - 1]![k] !== '*'), rows, `${name} == ${value}`);
      }
    }
    assert.deepEqual(await passing(model, 'frame.time_epoch > 1767225600.123457003 && frame.time_epoch <= 1767225600.123457333'), [7, 9]);
    assert.deepEqual(await passing(model, 'frame.time_relative in {1767225600.123456993..1767225600.123456996}'), [5, 6]);
    assert.deepEqual(await passing(model, 'tcp.time_relative < -1767225600.123456891'), [8]);
    assert.deepEqual(await passing(model, 'tcp.time_relative < -1767225600.123456892'), []);
    assert.deepEqual(await passing(model, 'frame.time == "2026-01-01 00:00:00.123457000Z"'), [5]);
    assert.deepEqual(await passing(model, 'frame.time_relative - 1767225600.123456993 == 0.000000003'), [6]);
    assert.deepEqual(EXPECTED.map((_, i) => valueText(filterField('tcp.time_relative')!, fieldReader(filterField('tcp.time_relative')!, model)({ block: model.packets.block(i), i, packet: i, cold: null })![0]!, model)), EXPECTED.map((e) => e[2]));
  });

  it('that jump for ever cost no more than a few moves of the stream', async () => {
    const segments = Array.from({ length: 20_000 }, (_, i): Sent => [[i % 2 ? NOW : 0, i], { from: 'client', flags: ACK | PSH, seq: 100 + i, ack: 1, payload: 'x' }]);
    const indexer = new Indexer(await openReader(new MemorySource(capture(segments))), { splitStreamsBy: [] });
    const before = process.cpuUsage();
    while (await indexer.read(1 << 20));
    const { user } = process.cpuUsage(before);
    assert.ok(user / 1e6 < 2, `${user / 1e6} s`);
    assert.equal(indexer.packets.timeRest(1) !== 0, true);
  });
});
