import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UNKNOWN_LENGTH } from '../../src/core/bytes/units';
import { MemorySource } from '../../src/core/capture/byteSource';
import { FormatError, type CapturedRecord } from '../../src/core/capture/captureReader';
import { openReader } from '../../src/core/capture/detect';
import { FrameDecoder } from '../../src/core/decode/frameDecoder';
import { CORPUS, DeliberateDifferences, oracleCases, readTable, type Table } from './support/corpus';
import { DECODE_FIELDS, segmentCells, type Cells } from './support/segmentCells';

/*
 * The hot pass against tshark's own fields, on every capture of the corpora that has an oracle. Differences that are meant
 * stand in deliberate.tsv with their reason.
 */

type Rows = ReadonlyMap<number, readonly string[]>;

function byFrame(table: Table): Rows {
  const frame = table.columns.indexOf('frame.number');
  return new Map(table.rows.map((cells) => [Number(cells[frame]), cells]));
}

/** Reads a capture's records one by one; a capture that is refused has none. */
async function eachRecord(file: string, take: (record: CapturedRecord) => void): Promise<void> {
  let bytes: Uint8Array = readFileSync(file);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  try {
    const reader = await openReader(new MemorySource(bytes));
    const sink = (record: CapturedRecord): boolean => {
      take(record);
      return true;
    };
    while (await reader.read(sink, 1 << 24));
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
  }
}

/** Oracle cells as we write them. */
function normal(field: string, value: string): string {
  if (field === 'tcp.flags' && value !== '') return String(Number(value));
  return value;
}

function showDifferences(differences: readonly string[]): string {
  return `${differences.length} differences:\n${differences.slice(0, 60).join('\n')}`;
}

/** SACK edges of the oracle are relative to the base that also tells tcp.ack from tcp.ack_raw; ours are raw. */
function sackEdges(relative: string, ack: string, ackRaw: string): string {
  const base = Number(ackRaw) - Number(ack);
  return relative
    .split(',')
    .filter((edge) => edge !== '')
    .map((edge) => String((Number(edge) + base) >>> 0))
    .join(',');
}

describe('hot decode against tshark', function () {
  this.timeout(600_000);
  before(function () {
    if (!CORPUS) this.skip();
  });

  it('agrees with every oracle row in every field', async () => {
    const deliberate = new DeliberateDifferences(path.join(__dirname, '../../../test/corpus/deliberate.tsv'));
    const differences: string[] = [];
    let rows = 0;
    let captures = 0;
    let allowed = 0;
    for (const { name, capture, oracle } of oracleCases()) {
      const differ = (frame: number, field: string, ours: string, theirs: string): void => {
        if (deliberate.covers(name, String(frame), field, ours, theirs)) allowed++;
        else differences.push([name, frame, field, ours, theirs].join('\t'));
      };
      const table = readTable(oracle);
      const expectedRows = byFrame(table);
      const cell = (cells: readonly string[], field: string): string => cells[table.columns.indexOf(field)] ?? '';
      const decoder = new FrameDecoder();
      const missing = new Set(expectedRows.keys());
      let packet = 0;
      await eachRecord(capture, (record) => {
        const frame = ++packet;
        if (record.notAPacket) return;
        decoder.decode(record, frame - 1);
        const expected = expectedRows.get(frame);
        if (decoder.row < 0) return;
        if (!expected) {
          differ(frame, '(row)', 'present', 'absent');
          return;
        }
        missing.delete(frame);
        const segment = decoder.segments[decoder.row]!;
        const base = decoder.datagram ?? record.bytes.subarray(record.start, record.end);
        const cells = segmentCells(segment, base);
        for (const field of DECODE_FIELDS) {
          const theirs = normal(field, cell(expected, field));
          if (cells[field] !== theirs) differ(frame, field, cells[field], theirs);
        }
        const ack = cell(expected, 'tcp.ack');
        const ackRaw = cell(expected, 'tcp.ack_raw');
        if (segment.length === UNKNOWN_LENGTH) return;
        const { sackCount, sackHalf } = segment;
        const left = segment.sackLeft.subarray(0, sackCount + (sackHalf ? 1 : 0));
        for (const [field, edges] of [['tcp.options.sack_le', left], ['tcp.options.sack_re', segment.sackRight.subarray(0, sackCount)]] as const) {
          const ours = Array.from(edges).join(',');
          const theirs = sackEdges(cell(expected, field), ack, ackRaw);
          if (ours !== theirs) differ(frame, field, ours, theirs);
        }
      });
      if (packet > 0) captures++;
      rows += expectedRows.size;
      for (const frame of missing) differ(frame, '(row)', 'absent', 'present');
    }
    assert.equal(differences.length, 0, showDifferences(differences));
    assert.ok(captures > 300 && rows > 100_000, `${captures} captures, ${rows} rows`);
    assert.ok(allowed <= rows * 0.0005, `${allowed} of ${rows}`);
  });

  it('agrees with the crafted captures on every TCP header, those quoted in ICMP errors included', async () => {
    const differences: string[] = [];
    const dir = path.join(CORPUS, 'spec', 'crafted');
    let headers = 0;
    let quotes = 0;
    for (const file of readdirSync(dir).sort()) {
      if (!/^[ac].*\.tsv$/.test(file)) continue;
      const table = readTable(path.join(dir, file));
      const rows = byFrame(table);
      const decoder = new FrameDecoder();
      let packet = 0;
      await eachRecord(path.join(dir, file.replace(/\.tsv$/, '.pcap')), (record) => {
        const frame = ++packet;
        decoder.decode(record, frame - 1);
        const expected = rows.get(frame) ?? [];
        const all: Cells[] = [];
        for (let i = 0; i < decoder.count; i++) {
          const segment = decoder.segments[i]!;
          if (segment.quoted) quotes++;
          const base = segment.reassembled && decoder.datagram ? decoder.datagram : record.bytes.subarray(record.start, record.end);
          all.push(segmentCells(segment, base));
        }
        headers += all.length;
        for (const field of DECODE_FIELDS) {
          // Address cells also list outer and quoting headers: only the innermost is ours to know.
          const cells = (expected[table.columns.indexOf(field)] ?? '').split(',').map((cell) => normal(field, cell));
          const address = field.startsWith('ip');
          const theirs = address ? (all.length > 0 ? cells.at(-1) : '') : cells.filter((cell) => cell !== '').join(',');
          let ours = all.map((cell) => cell[field]).filter((cell) => cell !== '').join(',');
          if (address) ours = all.at(-1)?.[field] ?? '';
          // tshark has no tcp.seq_raw for a header that ICMP (not ICMPv6) quotes.
          if (field === 'tcp.seq_raw' && theirs === '' && decoder.row < 0) continue;
          if (ours !== theirs) differences.push([file, frame, field, ours, theirs].join('\t'));
        }
      });
    }
    assert.equal(differences.length, 0, showDifferences(differences));
    assert.ok(headers > 3000 && quotes > 5, `${headers} headers, ${quotes} quoted`);
  });
});
