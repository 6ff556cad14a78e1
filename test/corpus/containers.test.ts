import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { parse, type PcapParserPacket } from 'pcap-parser';
import { u16be, u16le, u32be, u32le } from '../../src/core/bytes/read';
import { FormatError, type CaptureReader } from '../../src/core/capture/captureReader';
import { openReader } from '../../src/core/capture/detect';
import { openSource, type OpenedSource } from '../../src/platform/node/openSource';
import { CORPUS, DeliberateDifferences, oracleCases, readTable } from './support/corpus';

interface Frame {
  readonly time: string;
  readonly length: number;
  readonly captured: number;
  readonly offset: number;
  readonly interfaceIndex: number;
  readonly checksum: number;
}

const OPTIONS = { maxInflatedBytes: 2 ** 32 };

/** Opens a capture and hands it to `use`; null when it is of no kind that can be read. */
async function withReader<T>(file: string, use: (reader: CaptureReader, source: OpenedSource) => Promise<T>): Promise<T | null> {
  const source = await openSource(file, OPTIONS);
  try {
    return await use(await openReader(source), source);
  } catch (error) {
    if (error instanceof FormatError) return null;
    throw error;
  } finally {
    await source.close();
  }
}

async function allFrames(reader: CaptureReader): Promise<Frame[]> {
  const frames: Frame[] = [];
  const sink = (r: Parameters<Parameters<CaptureReader['read']>[0]>[0]): boolean => {
    frames.push({
      time: r.hasTime ? `${r.seconds}.${String(r.nanos).padStart(9, '0')}` : '',
      length: r.originalLength,
      captured: r.end - r.start,
      offset: r.offset,
      interfaceIndex: r.interfaceIndex,
      checksum: sum(r.bytes, r.start, r.end),
    });
    return true;
  };
  while (await reader.read(sink, 100_000));
  return frames;
}

function sum(bytes: Uint8Array, start: number, end: number): number {
  let a = 0;
  for (let i = start; i < end; i++) a = (Math.imul(a, 31) + bytes[i]!) | 0;
  return a;
}

interface Case {
  readonly name: string;
  readonly capture: string;
  /** Oracle rows by frame number; complete when there is one for every frame. */
  readonly oracle: string;
  /** How many frames there are, where that is known. */
  readonly frames: number | null;
}

function cases(): Case[] {
  const counts = new Map<string, number>();
  const corpus = readTable(path.join(CORPUS, 'corpus/MANIFEST.tsv'));
  for (const row of corpus.rows) counts.set(`corpus/${row[0]!}`, Number(row[corpus.columns.indexOf('packets_tshark')]));
  const list: Case[] = oracleCases().map((c) => ({ ...c, frames: counts.get(c.name) ?? null }));
  const folder = path.join(CORPUS, 'corpus/conformance');
  const conformance = readTable(path.join(folder, 'MANIFEST.tsv'));
  for (const row of conformance.rows)
    list.push({
      name: `conformance/${row[0]!}`,
      capture: path.join(folder, 'captures', row[0]!),
      oracle: path.join(folder, 'oracle', `${row[0]!}.tsv`),
      frames: Number(row[conformance.columns.indexOf('packets_tshark')]),
    });
  return list;
}

describe('capture files of the corpus', function () {
  this.timeout(600_000);

  before(function () {
    if (!CORPUS) this.skip();
  });

  it('hold the frames that tshark counts, with its times and lengths', async () => {
    const deliberate = new DeliberateDifferences(path.join(__dirname, '../../../test/corpus/containers.tsv'));
    const faults: string[] = [];
    let compared = 0;
    for (const { name, capture, oracle, frames } of cases()) {
      const ours = (await withReader(capture, (reader) => allFrames(reader))) ?? [];
      const differ = (frame: string, field: string, our: string, their: string): void => {
        if (our !== their && !deliberate.covers(name, frame, field, our, their)) faults.push([name, frame, field, our, their].join('\t'));
      };
      if (frames !== null) differ('-', 'frames', String(ours.length), String(frames));
      if (!fs.existsSync(oracle)) continue;
      const { columns, rows } = readTable(oracle);
      const column = (field: string): number => columns.indexOf(field);
      for (const row of rows) {
        const number = row[column('frame.number')]!;
        const frame = ours[Number(number) - 1];
        differ(number, 'frame.number', frame ? number : '', number);
        if (!frame) continue;
        compared++;
        differ(number, 'frame.time_epoch', frame.time, row[column('frame.time_epoch')]!);
        differ(number, 'frame.len', String(frame.length), row[column('frame.len')]!);
        differ(number, 'frame.cap_len', String(frame.captured), row[column('frame.cap_len')]!);
      }
    }
    assert.deepEqual(faults, []);
    assert.deepEqual(deliberate.unused(), [], 'rows of containers.tsv that nothing needs');
    assert.ok(compared > 50_000, `only ${compared} frames compared`);
  });

  it('give each record again at its offset', async () => {
    let checked = 0;
    for (const { name, capture } of cases()) {
      await withReader(capture, async (reader) => {
        const frames = await allFrames(reader);
        if (reader.info.text) return;
        const step = Math.ceil(frames.length / 50);
        for (let i = 0; i < frames.length; i += step) {
          const frame = frames[i]!;
          const { record } = await reader.recordAt(frame.offset, frame.interfaceIndex);
          assert.deepEqual(
            [record.hasTime ? `${record.seconds}.${String(record.nanos).padStart(9, '0')}` : '', record.originalLength, record.end - record.start, sum(record.bytes, record.start, record.end)],
            [frame.time, frame.length, frame.captured, frame.checksum],
            `${name} frame ${i + 1}`,
          );
          checked++;
        }
      });
    }
    assert.ok(checked > 5000, `only ${checked} records read again`);
  });

  it('are the records that pcap-parser finds in classic microsecond captures', async () => {
    let captures = 0;
    let records = 0;
    for (const { name, capture } of cases()) {
      await withReader(capture, async (reader, source) => {
        const end = await classicEnd(reader, source);
        if (end === null) return;
        const ours = await allFrames(reader);
        // What follows a fault is not shown to pcap-parser: it believes any length, and takes a cut record for one still to come.
        const bytes = Buffer.alloc(reader.position);
        await source.readInto(0, bytes);
        const theirs = await pcapParserFrames(bytes);
        assert.deepEqual(ours.map(({ time, length, captured, checksum }) => ({ time, length, captured, checksum })), theirs, name);
        captures++;
        records += ours.length;
      });
    }
    assert.ok(captures > 200 && records > 50_000, `only ${captures} captures with ${records} records`);
  });
});

/** Size of a capture that pcap-parser can read: standard magic, microseconds, lengths in today's order. Else null. */
async function classicEnd(reader: CaptureReader, source: OpenedSource): Promise<number | null> {
  const head = new Uint8Array(24);
  if (reader.info.format !== 'pcap' || (await source.readInto(0, head)) < 24) return null;
  const littleEndian = u32le(head, 0) === 0xa1b2c3d4;
  if (!littleEndian && u32be(head, 0) !== 0xa1b2c3d4) return null;
  const u16 = littleEndian ? u16le : u16be;
  if (u16(head, 4) !== 2 || u16(head, 6) < 4 || !/^pcap, \w+seconds/.test(reader.info.description)) return null;
  return source.size;
}

function pcapParserFrames(bytes: Buffer): Promise<Omit<Frame, 'offset' | 'interfaceIndex'>[]> {
  return new Promise((resolve, reject) => {
    const frames: Omit<Frame, 'offset' | 'interfaceIndex'>[] = [];
    // It joins what it is pushed: small pieces keep that linear.
    const pieces: Buffer[] = [];
    for (let i = 0; i < bytes.length; i += 65536) pieces.push(bytes.subarray(i, i + 65536));
    const parser = parse(Readable.from(pieces));
    parser.on('packet', ({ header, data }: PcapParserPacket) => {
      const micros = header.timestampMicroseconds;
      const seconds = header.timestampSeconds + Math.floor(micros / 1e6);
      frames.push({
        time: `${seconds}.${String((micros % 1e6) * 1000).padStart(9, '0')}`,
        length: header.originalLength,
        captured: header.capturedLength,
        checksum: sum(data, 0, data.length),
      });
    });
    parser.on('end', () => resolve(frames));
    parser.on('error', reject);
  });
}
