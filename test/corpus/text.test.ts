import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { UNKNOWN_LENGTH } from '../../src/core/bytes/units';
import { MemorySource } from '../../src/core/capture/byteSource';
import { FormatError, type CapturedRecord, type CaptureReader } from '../../src/core/capture/captureReader';
import { openTextReader } from '../../src/core/capture/textReader';
import { FrameDecoder } from '../../src/core/decode/frameDecoder';
import {
  ACK, DERIVED_SEQ, FAMILY_IPV4, FAMILY_IPV6, KNOWN_ABSOLUTE_ACK, KNOWN_ABSOLUTE_SEQ, KNOWN_ACK, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_OPTIONS, KNOWN_SEQ,
  KNOWN_WINDOW, OPT_MSS, OPT_SACK, OPT_TIMESTAMPS, OPT_WINDOW_SCALE, HEADER_FULL, Segment,
} from '../../src/core/decode/segment';
import { formatAddress } from '../../src/core/bytes/address';
import { textPairs, type TextPair } from './support/textPairs';

/*
 * Every text of the corpora read as a capture: each line accounted for, and where the capture behind it is known, each fact
 * that the text shows equal to what tshark decodes from the capture. Prints the table of facts by variant.
 */
const CORPUS = process.env.TCP_TRACE_CORPUS;

interface Row {
  /** The frame's number: printed in front of the line, or its place among the records. */
  readonly frame: number;
  readonly segment: Segment;
  readonly fromDump: boolean;
  readonly time: number | null;
}

/** Cells by frame and column; undefined where the oracle has no such column. */
type Cell = (name: string) => string | undefined;
type Oracle = Map<number, Cell>;

function readOracle(file: string): Oracle {
  const lines = readFileSync(file, 'utf8').split('\n');
  const head = lines[0]!.split('\t');
  const at = new Map(head.map((name, i) => [name, i]));
  const rows: Oracle = new Map();
  for (const line of lines.slice(1)) {
    if (line === '') continue;
    const cells = line.split('\t');
    rows.set(Number(cells[at.get('frame.number')!]), (name) => (at.has(name) ? cells[at.get(name)!] ?? '' : undefined));
  }
  return rows;
}

function copySegment(s: Segment): Segment {
  const out = new Segment();
  Object.assign(out, s);
  out.sackLeft.set(s.sackLeft);
  out.sackRight.set(s.sackRight);
  return Object.assign(out, { sackLeft: s.sackLeft.slice(), sackRight: s.sackRight.slice() });
}

async function readRows(reader: CaptureReader, lines: readonly string[]): Promise<Row[]> {
  const rows: Row[] = [];
  const decoder = new FrameDecoder();
  let n = 0;
  const sink = (r: CapturedRecord): boolean => {
    const record = n++;
    const line = lines[reader.lineOf!(record) - 1]!;
    const frame = Number(/^ *(\d+)(?:\t| +(?:\d+\.\d{6} |\d\d:|\d{4}-|IP))/.exec(line)?.[1] ?? /^Frame (\d+):/.exec(line)?.[1] ?? record + 1);
    const time = r.hasTime ? r.seconds * 1e6 + Math.floor(r.nanos / 1000) : null;
    if (r.textSegment) rows.push({ frame, segment: copySegment(r.textSegment), fromDump: false, time });
    else if (r.otherProtocol < 0) {
      decoder.decode(r, record);
      if (decoder.row >= 0) rows.push({ frame, segment: copySegment(decoder.segments[decoder.row]!), fromDump: true, time });
    }
    return true;
  };
  while (await reader.read(sink, 1 << 16));
  return rows;
}

/** Facts of one row against the oracle: [fact, ours, oracle]. */
function factsOf(row: Row, cell: Cell, first: { readonly ours: number; readonly oracle: number } | null): [string, string, string][] {
  const s = row.segment;
  const out: [string, string, string][] = [];
  const known = row.fromDump ? 0x1ff : s.known;
  const add = (name: string, ours: string | number, oracle: string | undefined): void => {
    if (oracle !== undefined) out.push([row.fromDump ? `${name} (dump)` : name, String(ours), oracle]);
  };
  const innermost = (name: string): string | undefined => cell(name)?.split(',').at(-1);
  const number = (name: string): string | undefined => (cell(name) ? String(Number(cell(name))) : cell(name));
  if (s.family === FAMILY_IPV4 || s.family === FAMILY_IPV6) {
    const v4 = s.family === FAMILY_IPV4;
    add('address', formatAddress(s.family, s.src0, s.src1, s.src2, s.src3, String), innermost(v4 ? 'ip.src' : 'ipv6.src'));
    add('address', formatAddress(s.family, s.dst0, s.dst1, s.dst2, s.dst3, String), innermost(v4 ? 'ip.dst' : 'ipv6.dst'));
  }
  add('port', s.srcPort, cell('tcp.srcport'));
  add('port', s.dstPort, cell('tcp.dstport'));
  if (row.fromDump && s.header < HEADER_FULL) return out;
  if (known & KNOWN_FLAGS) add('flags', s.flags & 0xff, cell('tcp.flags') ? String(Number(cell('tcp.flags')) & 0xff) : cell('tcp.flags'));
  if (known & KNOWN_SEQ) {
    if (known & KNOWN_ABSOLUTE_SEQ) add('seq', s.seq, cell('tcp.seq_raw'));
  } else if ((known & (DERIVED_SEQ | KNOWN_ABSOLUTE_SEQ)) === (DERIVED_SEQ | KNOWN_ABSOLUTE_SEQ)) add('seq carried on', s.seq, cell('tcp.seq_raw'));
  if (known & KNOWN_ACK && known & KNOWN_ABSOLUTE_ACK && s.flags & ACK) add('ack', s.ack, cell('tcp.ack_raw'));
  if (known & KNOWN_WINDOW) add('window', s.window, cell('tcp.window_size_value'));
  if (known & KNOWN_LENGTH && s.length !== UNKNOWN_LENGTH) add('length', s.length, cell('tcp.len'));
  if (known & KNOWN_FLAGS && s.urgentPointer) add('urgent', s.urgentPointer, cell('tcp.urgent_pointer'));
  if (known & KNOWN_OPTIONS) {
    add('mss', s.optionsSeen & OPT_MSS ? s.mss : '', number('tcp.options.mss_val'));
    add('wscale', s.optionsSeen & OPT_WINDOW_SCALE ? s.windowScale : '', number('tcp.options.wscale.shift'));
    add('timestamps', s.optionsSeen & OPT_TIMESTAMPS ? `${s.tsVal}/${s.tsEcr}` : '', cell('tcp.options.timestamp.tsval') ? `${cell('tcp.options.timestamp.tsval')}/${cell('tcp.options.timestamp.tsecr')}` : cell('tcp.options.timestamp.tsval'));
    if (known & KNOWN_ABSOLUTE_ACK) {
      // The oracle's edges are relative to the number that the peer's stream counts from.
      const base = (Number(cell('tcp.ack_raw')) - Number(cell('tcp.ack'))) >>> 0;
      const edges = (list: Uint32Array): string => [...list.subarray(0, s.optionsSeen & OPT_SACK ? s.sackCount : 0)].map((x) => (x - base) >>> 0).join(',');
      add('sack', `${edges(s.sackLeft)}|${edges(s.sackRight)}`, cell('tcp.options.sack_le') === undefined ? undefined : `${cell('tcp.options.sack_le')}|${cell('tcp.options.sack_re')}`);
    }
    if (s.headerLength > 0) add('header length (derived)', s.headerLength, cell('tcp.hdr_len'));
  }
  if (row.time !== null && first) {
    const passed = Math.round((Number(cell('frame.time_epoch')) - first.oracle) * 1e6);
    add('time since first', Math.abs(row.time - first.ours - passed) <= 1 ? passed : row.time - first.ours, String(passed));
  }
  return out;
}

interface Count {
  agree: number;
  rows: number;
}

/** Facts that differ, and why: file pattern, fact, reason. Each must be needed. */
const DELIBERATE: readonly (readonly [RegExp, RegExp, string])[] = [
  [/cisco-fabric-path/, /^length \(dump\)$/, 'IP length smaller than the TCP header: tshark shows no length, the frame decoder shows 0'],
  [/reasm_crash_anon/, /^(length|window|flags)$/, 'fuzzed: tshark clamps the length to the frame, tcpdump does not; a bogus header has fields in the summary that tshark exports under no name'],
  [/a15_lengths\.tshark/, /^(window|flags)$/, 'a header cut or bogus: the summary shows more than tshark exports as fields'],
  [/a15_lengths\.tcpdump/, /^length$/, 'the IP length reaches past the frame: tcpdump does not clamp'],
  [/a16_frags\.tcpdump/, /./, 'tcpdump prints the TCP header on the first fragment, tshark on the one that completes the datagram'],
  [/ossfuzz_seed_fake_traces/, /^time since first$/, 'times of day, and packets more than a day apart: the text does not show the days'],
  [/a23_wscale\.tshark|a13_options\.tshark/, /^wscale$/, 'tshark prints the factor of a shift of 15 as that of 14'],
  [/a23_wscale\.tshark/, /^window$/, 'a window scale option outside a handshake: tshark multiplies by it, the summary does not show since when'],
  [/a11_sack\.tcpdump/, /^sack$/, 'tcpdump prints `invalid sack` where tshark shows the edge that is there'],
];
const used = new Set<string>();

/** Texts that do not show every TCP segment of their capture, and why. */
const NO_ROW: readonly (readonly [RegExp, string])[] = [
  [/AH-IPcomp-IPv6/, 'tcpdump does not look into IPComp'],
  [/print-sampling/, 'only every third packet is printed'],
  [/ip_fragments\.server|a16_frags/, 'the segment stands at the first fragment, the oracle has it at the last'],
  [/a17_icmp|a33_icmp_syn/, 'headers quoted in ICMP errors'],
  [/netlink-conntrack/, 'a link type that tcpdump cannot print'],
  [/a15_lengths/, 'too little of the header, or an IP length of 0, for tcpdump to print any of it'],
];

function compare(rows: readonly Row[], oracle: Oracle, pair: TextPair, table: Map<string, Count>, differences: string[]): number {
  let bad = 0;
  let first: { ours: number; oracle: number } | null = null;
  for (const row of rows) {
    const cell = oracle.get(row.frame);
    if (!cell) continue;
    if (first === null && row.time !== null) first = { ours: row.time, oracle: Number(cell('frame.time_epoch')) };
    for (const [fact, ours, theirs] of factsOf(row, cell, first)) {
      const key = `${pair.variant}\t${fact}`;
      const count = table.get(key) ?? { agree: 0, rows: 0 };
      table.set(key, count);
      count.rows++;
      if (ours === theirs) count.agree++;
      else {
        bad++;
        const meant = DELIBERATE.find(([file, name]) => file.test(pair.file) && name.test(fact));
        if (meant) used.add(meant[2]);
        // A sequence number that the text does not show is a guess from the flow: shown in the table, not demanded.
        else if (fact !== 'seq carried on') differences.push(`${path.basename(pair.file)} frame ${row.frame} ${fact}: ours ${ours} oracle ${theirs}`);
      }
    }
  }
  return bad;
}

describe('texts of the corpora', function () {
  this.timeout(600_000);
  if (!CORPUS) {
    it('are not here (TCP_TRACE_CORPUS is unset)');
    return;
  }

  it('account for every line and agree with the captures they were printed from', async () => {
    const table = new Map<string, Count>();
    const differences: string[] = [];
    const errors: string[] = [];
    const refused: string[] = [];
    const missing: string[] = [];
    const odd: string[] = [];
    let lines = 0;
    let files = 0;
    let rowsCompared = 0;
    for (const pair of textPairs(CORPUS)) {
      const bytes = new Uint8Array(readFileSync(pair.file));
      let reader: CaptureReader;
      try {
        reader = await openTextReader(new MemorySource(bytes));
      } catch (e) {
        assert.ok(e instanceof FormatError, `${pair.file}: ${String(e)}`);
        refused.push(`${path.basename(pair.file)} (${bytes.length} bytes)`);
        continue;
      }
      const rows = await readRows(reader, new TextDecoder('latin1').decode(bytes).split('\n'));
      files++;
      const text = reader.info.text!;
      const noise = Object.values(text.noise).reduce((a, b) => a + b, 0);
      const expected = countLines(bytes);
      assert.equal(text.lines, expected, `${pair.file}: lines`);
      assert.equal(text.packetLines + noise + text.errorCount, text.lines, `${pair.file}: every line is of one kind`);
      lines += text.lines;
      for (const e of text.errors) errors.push(`${path.basename(pair.file)}:${e.line} ${e.reason}`);
      if (pair.oracle) {
        const oracle = readOracle(pair.oracle);
        const scratch = new Map<string, Count>();
        const scratchDifferences: string[] = [];
        const bad = compare(rows, oracle, pair, scratch, scratchDifferences);
        rowsCompared += rows.length;
        let use: [Map<string, Count>, string[]] = [scratch, scratchDifferences];
        if (bad > 0 && pair.alternative) {
          const other = new Map<string, Count>();
          const otherDifferences: string[] = [];
          if (compare(rows, readOracle(pair.alternative), pair, other, otherDifferences) < bad) use = [other, otherDifferences];
        }
        for (const [key, c] of use[0]) {
          const sum = table.get(key) ?? { agree: 0, rows: 0 };
          sum.agree += c.agree;
          sum.rows += c.rows;
          table.set(key, sum);
        }
        differences.push(...use[1]);
        if (!pair.variant.includes('tshark')) {
          const shown = new Set(rows.map((r) => r.frame));
          const last = rows.length > 0 ? Math.max(...shown) : 0;
          for (const frame of oracle.keys()) if (frame < last && !shown.has(frame)) missing.push(`${path.basename(pair.file)} frame ${frame}`);
        }
      }
      if (!pair.variant.includes('wild') && (text.noise.text > 0 || text.noise.rest > 0)) {
        odd.push(`${path.basename(pair.file)} ${JSON.stringify(text.noise)}`);
      }
    }
    print(table);
    console.log(`${files} texts, ${lines} lines, ${rowsCompared} rows compared; ${refused.length} refused, ${errors.length} unreadable lines, ${differences.length} differences`);
    if (process.env.TEXT_VERBOSE) {
      for (const line of refused) console.log('refused', line);
      for (const line of missing) console.log('missing', line);
      for (const line of odd) console.log('odd', line);
      for (const line of errors) console.log('error', line);
      for (const line of differences.slice(0, Number(process.env.TEXT_VERBOSE))) console.log('differs', line);
    }
    assert.deepEqual(differences.slice(0, 20), []);
    assert.deepEqual(DELIBERATE.filter(([, , why]) => !used.has(why)).map(([, , why]) => why), [], 'deliberate differences that do not occur');
    assert.deepEqual(errors, [], 'lines that could not be read');
    assert.deepEqual(missing.filter((name) => !NO_ROW.some(([file]) => file.test(name))), [], 'segments of the capture that the text shows and we have no row for');
    assert.deepEqual(odd.filter((name) => !name.startsWith("gen__tshark-4.0.17__x__")), [], 'texts of a tool alone hold nothing but packets and what the tool says');
    const carried = [...table].filter(([key]) => key.endsWith('\tseq carried on')).reduce((sum, [, c]) => ({ agree: sum.agree + c.agree, rows: sum.rows + c.rows }), { agree: 0, rows: 0 });
    assert.ok(carried.agree / carried.rows > 0.9, `carried on: ${carried.agree}/${carried.rows}`);
    assert.ok(rowsCompared > 60_000 && files > 1900);
  });
});

function countLines(b: Uint8Array): number {
  let n = 0;
  for (const c of b) if (c === 0x0a) n++;
  return b.length > 0 && b[b.length - 1] !== 0x0a ? n + 1 : n;
}

/** Facts down, variants summed by printer: agreement / rows. */
function print(table: ReadonlyMap<string, Count>): void {
  const variants = [...new Set([...table.keys()].map((k) => k.split('\t')[0]!))].sort();
  const facts = [...new Set([...table.keys()].map((k) => k.split('\t')[1]!))].sort();
  for (const fact of facts) {
    const cells = variants.map((v) => [v, table.get(`${v}\t${fact}`)] as const).filter(([, c]) => c !== undefined);
    const rows = cells.reduce((a, [, c]) => a + c!.rows, 0);
    const agree = cells.reduce((a, [, c]) => a + c!.agree, 0);
    const worst = cells.filter(([, c]) => c!.agree < c!.rows).map(([v, c]) => `${v} ${c!.agree}/${c!.rows}`);
    console.log(`${fact.padEnd(28)} ${agree}/${rows} in ${cells.length} variants${worst.length ? `; not all in: ${worst.join(', ')}` : ''}`);
  }
}
