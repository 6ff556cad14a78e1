import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { LABEL_DUPLICATE_ACK, SegmentAnalysis } from '../../src/core/analysis/segmentAnalysis';
import { timeRest } from '../../src/core/bytes/farTime';
import { NANOS_PER_SECOND, UNKNOWN_LENGTH } from '../../src/core/bytes/units';
import { MemorySource } from '../../src/core/capture/byteSource';
import { FormatError, type CapturedRecord } from '../../src/core/capture/captureReader';
import { openReader } from '../../src/core/capture/detect';
import { FrameDecoder } from '../../src/core/decode/frameDecoder';
import { HEADER_PORTS, SYN, type Segment } from '../../src/core/decode/segment';
import { packetField, type TcpRow } from '../../src/core/fields/packetFields';
import { TcpTracker } from '../../src/core/stream/tcpTracker';
import { CORPUS, DeliberateDifferences, isLabel, oracleCases, readTable, sameCell } from './support/corpus';

/*
 * Stream numbers, labels and figures against tshark's, segment by segment, on every capture of the corpora that has an oracle.
 * Prints the agreement per column; differences that are meant stand in deliberate.tsv with their reason.
 */

/** Columns that the tracker alone answers for; all but the labels must agree on every segment. */
const EXACT = [
  'tcp.stream',
  'tcp.seq',
  'tcp.ack',
  'tcp.window_size',
  'tcp.window_size_scalefactor',
  'tcp.time_relative',
  'tcp.time_delta',
  'tcp.completeness',
];

const isOurs = (column: string): boolean => EXACT.includes(column) || column.startsWith('tcp.analysis.');

/** Every TCP header of a capture after the tracker has seen it, quoted ones included. */
async function eachHeader(file: string, take: (row: TcpRow, isRow: boolean) => void): Promise<void> {
  let bytes: Uint8Array = readFileSync(file);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  const decoder = new FrameDecoder();
  const tracker = new TcpTracker();
  const analysis = new SegmentAnalysis();
  let packet = 0;
  let base: { seconds: number; nanos: number } | null = null;
  let rest = 0;
  const observe = (segment: Segment, record: CapturedRecord, time: number, isRow: boolean): void => {
    tracker.observe(segment, packet - 1, time, analysis, 0, rest);
    const datagram = segment.reassembled ? decoder.datagram : null;
    if (TcpTracker.readsPayload(segment)) {
      const at = (datagram ? 0 : record.start) + segment.tcpOffset + segment.headerLength;
      const [buffer, end] = datagram ? [datagram, datagram.length] : [record.bytes, record.end];
      tracker.observePayload(segment, analysis, buffer, at, Math.min(end, at + segment.length));
    }
    take(
      { packet: packet - 1, time, timeRest: rest, record, segment, analysis, protocol: 0, fragment: false, malformed: false, moreHeaders: false, otherStream: 0xffffffff, datagram, fragmentPackets: null, hostName: String },
      isRow,
    );
  };
  const sink = (record: CapturedRecord): boolean => {
    packet++;
    if (record.hasTime && !base) {
      base = { seconds: record.seconds, nanos: record.nanos };
      tracker.epoch = -(record.seconds * NANOS_PER_SECOND + record.nanos);
    }
    if (record.notAPacket) return true;
    const time = record.hasTime && base ? (record.seconds - base.seconds) * NANOS_PER_SECOND + record.nanos - base.nanos : 0;
    rest = record.hasTime && base ? timeRest(record.seconds - base.seconds, record.nanos - base.nanos, time) : 0;
    decoder.decode(record, packet - 1);
    const row = decoder.row;
    for (let i = 0; i < decoder.count; i++) if (i !== row) observe(decoder.segments[i]!, record, time, false);
    if (row >= 0) observe(decoder.segments[row]!, record, time, true);
    return true;
  };
  try {
    const reader = await openReader(new MemorySource(bytes));
    while (await reader.read(sink, 1 << 24));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}

function cellOf(column: string, row: TcpRow): string {
  const { segment: s, analysis: a } = row;
  // Wireshark prints frame 0 for "none", and the scale in force for a segment of unknown length too.
  if (column === 'tcp.analysis.duplicate_ack_frame' && a.labels & LABEL_DUPLICATE_ACK) return String((a.duplicateAckPacket + 1) >>> 0);
  if (column === 'tcp.window_size_scalefactor' && s.length === UNKNOWN_LENGTH && s.header !== HEADER_PORTS && !(s.flags & SYN)) return String(a.scale >= 0 ? 2 ** a.scale : a.scale);
  const value = packetField(column)?.value(row) ?? '';
  return typeof value === 'string' ? value : value.join(',');
}

/** Agreement of one column. */
class Tally {
  rows = 0;
  matches = 0;
  misses = 0;
  extras = 0;
  different = 0;
  add(ours: string, theirs: string, same: boolean): void {
    this.rows++;
    if (same) this.matches += theirs === '' ? 0 : 1;
    else if (ours === '') this.misses++;
    else if (theirs === '') this.extras++;
    else this.different++;
  }
  get agreement(): number {
    return (100 * (this.rows - this.misses - this.extras - this.different)) / Math.max(1, this.rows);
  }
  get recall(): number {
    return (100 * this.matches) / Math.max(1, this.matches + this.misses + this.different);
  }
  get precision(): number {
    return (100 * this.matches) / Math.max(1, this.matches + this.extras + this.different);
  }
}

function print(tallies: ReadonlyMap<string, Tally>): void {
  console.log(`      ${'column'.padEnd(40)}    rows agree%    matches misses extras differ  recall% precision%`);
  for (const [column, t] of tallies) {
    const numbers = [t.matches, t.misses, t.extras, t.different].map((n) => String(n).padStart(7)).join('');
    console.log(`      ${column.padEnd(40)} ${String(t.rows).padStart(7)} ${t.agreement.toFixed(4)} ${numbers}  ${t.recall.toFixed(2)} ${t.precision.toFixed(2)}`);
  }
}

describe('stream numbers, labels and figures against tshark', function () {
  this.timeout(600_000);
  before(function () {
    if (!CORPUS) this.skip();
  });

  it('agrees on every segment of every capture', async () => {
    const deliberate = new DeliberateDifferences(path.join(__dirname, '../../../test/corpus/deliberate.tsv'));
    const tallies = new Map<string, Tally>();
    const faults: string[] = [];
    let segments = 0;
    for (const { name, capture, oracle } of oracleCases()) {
      const table = readTable(oracle);
      const columns = table.columns.map((column, index) => ({ column, index })).filter(({ column }) => isOurs(column));
      const expected = new Map(table.rows.map((cells) => [cells[0]!, cells]));
      await eachHeader(capture, (row, isRow) => {
        const frame = String(row.packet + 1);
        const theirs = expected.get(frame);
        if (!isRow || !theirs) return;
        segments++;
        for (const { column, index } of columns) {
          const [a, b] = [cellOf(column, row), theirs[index] ?? ''];
          let same = sameCell(column, a, b);
          if (!same && deliberate.covers(name, frame, column, a, b)) same = true;
          let tally = tallies.get(column);
          if (!tally) tallies.set(column, (tally = new Tally()));
          tally.add(a, b, same);
          if (!same) faults.push(`${name} frame ${frame} ${column}: ours=${a} oracle=${b}`);
        }
      });
    }
    print(tallies);
    console.log(`      ${segments} segments, ${faults.length} unexplained differences`);
    for (const [column, t] of tallies) {
      if (EXACT.includes(column)) continue;
      assert.ok(t.agreement >= 99.9, `${column}: ${t.agreement} % agree`);
      if (isLabel(column) && t.matches + t.misses + t.extras > 0) assert.ok(t.recall >= 99 && t.precision >= 99, `${column}: recall ${t.recall} %, precision ${t.precision} %`);
    }
    assert.ok(segments > 100_000, `${segments} segments`);
    assert.deepEqual(faults.slice(0, 40), []);
  });

  it('agrees on every header of the crafted captures, those quoted in ICMP errors included', async () => {
    const dir = path.join(CORPUS, 'spec', 'crafted');
    const faults: string[] = [];
    let headers = 0;
    for (const file of readdirSync(dir).filter((f) => /^[ac].*\.tsv$/.test(f)).sort()) {
      const table = readTable(path.join(dir, file));
      const columns = table.columns.map((column, index) => ({ column, index })).filter(({ column }) => isOurs(column) && packetField(column) !== undefined);
      const ours = new Map<string, string[][]>();
      const decoded = new Set<string>();
      await eachHeader(path.join(dir, file.replace(/\.tsv$/, '.pcap')), (row) => {
        const frame = String(row.packet + 1);
        // A quote of 8 bytes has a sequence number, but no stream: the decoder's tests see to it.
        if (row.segment.header === HEADER_PORTS) return;
        decoded.add(frame);
        headers++;
        const all = ours.get(frame) ?? columns.map(() => []);
        ours.set(frame, all);
        columns.forEach(({ column }, i) => all[i]!.push(cellOf(column, row)));
      });
      for (const cells of table.rows.filter(([frame]) => decoded.has(frame!)))
        columns.forEach(({ column, index }, i) => {
          // duplicate_ack is registered twice, so the wide tables say "1,1".
          const b = isLabel(column) || column === 'tcp.analysis.flags' ? (cells[index] ?? '').slice(0, 1) : (cells[index] ?? '');
          const a = (ours.get(cells[0]!)?.[i] ?? []).filter((cell) => cell !== '').join(',');
          if (!sameCell(column, a, b)) faults.push(`${file} frame ${cells[0] ?? ''} ${column}: ours=${a} oracle=${b}`);
        });
    }
    assert.ok(headers > 3000, `${headers} headers`);
    assert.deepEqual(faults.slice(0, 60), []);
  });
});
