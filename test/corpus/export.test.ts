import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { UNKNOWN_LENGTH } from '../../src/core/bytes/units';
import { MemorySource } from '../../src/core/capture/byteSource';
import { FormatError, type CapturedRecord, type CaptureReader } from '../../src/core/capture/captureReader';
import { openReader } from '../../src/core/capture/detect';
import { FAMILY_NAME, KNOWN_ABSOLUTE_ACK, KNOWN_ABSOLUTE_SEQ, KNOWN_ACK, KNOWN_FLAGS, KNOWN_LENGTH, KNOWN_OPTIONS, KNOWN_SEQ, KNOWN_WINDOW, OPT_OTHER, type Segment } from '../../src/core/decode/segment';
import { MemoryOutput } from '../../src/core/export/byteOutput';
import { exportPcapng } from '../../src/core/export/exportPcapng';
import { exportText } from '../../src/core/export/exportText';
import { Pipeline, type PipelineRow } from '../../src/core/index/pipeline';
import { inflateBytes } from '../../src/platform/node/openSource';
import { textPairs } from './support/textPairs';

/*
 * Captures written as text and as pcapng, and read back: the lines are tcpdump's own, the rows are the same, the bytes are the same.
 */
const CORPUS = process.env.TCP_TRACE_CORPUS;
const CONTROL = { signal: { aborted: false } };

async function open(bytes: Uint8Array): Promise<CaptureReader> {
  return openReader(new MemorySource(bytes));
}

async function toText(bytes: Uint8Array): Promise<Uint8Array> {
  const output = new MemoryOutput();
  await exportText({ reader: await open(bytes), size: bytes.length }, null, output, CONTROL);
  return output.bytes();
}

async function toPcapng(bytes: Uint8Array, payload: 'zeros' | 'none' = 'none'): Promise<Uint8Array> {
  const output = new MemoryOutput();
  await exportPcapng({ reader: await open(bytes), size: bytes.length }, null, output, { payload }, CONTROL);
  return output.bytes();
}

/** Each TCP row in one line of facts. `shown`: only what a text line can show. */
async function rowsOf(bytes: Uint8Array, facts: (row: PipelineRow & { readonly segment: Segment }, pipeline: Pipeline) => string | null): Promise<string[]> {
  const reader = await open(bytes);
  const pipeline = new Pipeline(reader, { splitStreamsBy: [] }, null);
  const rows: string[] = [];
  while (
    await pipeline.read((row) => {
      if (!row.segment) return true;
      const line = facts(row as PipelineRow & { readonly segment: Segment }, pipeline);
      if (line !== null) rows.push(line);
      return true;
    }, 1 << 20)
  );
  return rows;
}

function hexOptions(s: Segment): string {
  const sack = [...s.sackLeft.subarray(0, s.sackCount)].map((left, i) => `${left}-${s.sackRight[i]!}`).join(' ');
  // OPT_OTHER says only that there was something else.
  return `${s.optionsSeen & ~OPT_OTHER} mss ${s.mss} ws ${s.windowScale} ts ${s.tsVal}/${s.tsEcr} sack ${sack} tfo ${s.fastOpenCookie} mptcp ${s.mptcpSubtypes}`;
}

/** Captures whose rows tcpdump's text cannot show as they are, and why. Each must be needed. */
const NOT_IN_TEXT: readonly (readonly [RegExp, string])[] = [
  [/drill__tcp-1|pcapflowlab__2[25]_|issue-3341|week3_telnet|tunnel-direct-bypass|c0[12]_fuzz/, 'made-up absolute numbers so small, or so far apart, that they read as relative ones'],
  [/ejemplo|cisco-fabric-path|a15_lengths|b05_bad|bug-76|transform-base64|tcp-malformed|reasm_crash_anon/, 'a bogus header: tcpdump prints only that it is one, and no length where options do not fit'],
  [/a16_frags/, 'a header cut by its fragment'],
  [/tcp-empty-sack|a11_sack/, 'a SACK option without a whole block has no number to read'],
  [/a13_options|b01_options|a14_mptcp|unknown_valid_options/, 'options of a wrong length, and MPTCP subtypes without a name'],
];

/** tcpdump prints the TCP header on the first fragment, where we have the segment on the last. */
const OTHER_LINES = 'ip_fragments.server';

function captures(root: string): string[] {
  const found: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const full = path.join(folder, entry.name);
      if (entry.isDirectory()) walk(full);
      else if (/\.(pcap|pcapng|cap|dmp)(\.gz)?\d*$/.test(entry.name)) found.push(full);
    }
  };
  for (const part of ['recordings', 'corpus/captures', 'spec/crafted', 'corpus/conformance']) if (existsSync(path.join(root, part))) walk(path.join(root, part));
  return found.sort();
}

async function bytesOf(file: string): Promise<Uint8Array | null> {
  const { bytes } = await inflateBytes(new Uint8Array(readFileSync(file)), { maxInflatedBytes: 1 << 30 });
  try {
    await open(bytes);
    return bytes;
  } catch (error) {
    assert.ok(error instanceof FormatError, `${file}: ${String(error)}`);
    return null;
  }
}

/** Every fact that a text line shows of a segment, numbers raw. */
function lineFacts({ segment: s, record }: PipelineRow & { readonly segment: Segment }): string {
  const length = s.length === UNKNOWN_LENGTH || (record.textSegment && !(s.known & KNOWN_LENGTH)) ? '?' : s.length;
  // The line shows the time of day.
  const time = (((record.seconds % 86_400) + 86_400) % 86_400) + record.nanos / 1e9;
  const seq = s.length > 0 && s.length !== UNKNOWN_LENGTH || s.flags & 7 ? s.seq : '-';
  const address = [s.src0, s.src1, s.src2, s.src3, s.dst0, s.dst1, s.dst2, s.dst3].join('.');
  return `${address} ${s.srcPort}>${s.dstPort} flags ${s.flags & 0x1ff} seq ${seq} ack ${s.flags & 16 ? s.ack : '-'} win ${s.window} len ${length} urg ${s.flags & 32 ? s.urgentPointer : 0} ${hexOptions(s)} t ${record.hasTime ? time : '-'}`;
}

describe('exports of the corpora', function () {
  this.timeout(600_000);
  if (!CORPUS) {
    it('are not here (TCP_TRACE_CORPUS is unset)');
    return;
  }
  let zone: string | undefined;
  before(() => {
    zone = process.env.TZ;
    process.env.TZ = 'UTC';
  });
  after(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  it('print TCP lines as tcpdump -n -S does', async () => {
    let lines = 0;
    const differences: string[] = [];
    const folder = path.join(CORPUS, 'recordings');
    for (const scenario of readdirSync(folder)) {
      const truthFile = path.join(folder, scenario, 'ground-truth.json');
      if (!existsSync(truthFile)) continue;
      const truth = JSON.parse(readFileSync(truthFile, 'utf8')) as { captures: { file: string; texts?: Record<string, unknown> }[] };
      for (const capture of truth.captures) {
        const text = Object.keys(capture.texts ?? {}).find((name) => name.endsWith('.nS.txt'));
        const source = path.join(folder, scenario, capture.file);
        if (!text || !existsSync(source) || !existsSync(path.join(folder, scenario, text)) || source.includes(OTHER_LINES)) continue;
        const bytes = (await bytesOf(source))!;
        const ours = new TextDecoder().decode(await toText(bytes)).trimEnd().split('\n');
        const theirs = readFileSync(path.join(folder, scenario, text), 'utf8').split('\n').filter((line) => line.includes(': Flags [')).map((line) => line.replace(/ \S+ +(In|Out|B|M|P) +IP/, ' IP'));
        // The texts hold the first packets only.
        for (let i = 0; i < theirs.length; i++) {
          lines++;
          const our = ours[i]?.replace(/^(\d\d:\d\d:\d\d\.\d{6})\d{3}/, '$1');
          if (our === undefined || !(theirs[i] ?? '').startsWith(our) || !/^(: |$)/.test(theirs[i]!.slice(our.length))) {
            differences.push(`${path.basename(source)} line ${i + 1}\n  ours   ${our}\n  theirs ${theirs[i]}`);
            break;
          }
        }
      }
    }
    console.log(`${lines} lines compared, ${differences.length} captures differ`);
    assert.deepEqual(differences.slice(0, 20), []);
    assert.ok(lines > 4000);
  });

  it('read back from text as the rows that were written', async () => {
    let rows = 0;
    const differences: string[] = [];
    const used = new Set<string>();
    for (const file of captures(CORPUS)) {
      const bytes = await bytesOf(file);
      if (!bytes) continue;
      const before = await rowsOf(bytes, lineFacts);
      if (before.length === 0) continue;
      const text = await toText(bytes);
      let after: string[];
      try {
        after = await rowsOf(text, lineFacts);
      } catch (error) {
        after = [String(error)];
      }
      rows += before.length;
      for (let i = 0; i < Math.max(before.length, after.length); i++) {
        if (before[i] === after[i]) continue;
        const meant = NOT_IN_TEXT.find(([name]) => name.test(file));
        if (meant) used.add(meant[1]);
        else differences.push(`${path.relative(CORPUS, file)} row ${i + 1}\n  before ${before[i]}\n  after  ${after[i]}`);
        break;
      }
    }
    console.log(`${rows} rows written as text and read back, ${differences.length} captures differ`);
    assert.deepEqual(differences.slice(0, 10), []);
    assert.deepEqual(NOT_IN_TEXT.filter(([, why]) => !used.has(why)).map(([, why]) => why), [], 'deliberate differences that do not occur');
    assert.ok(rows > 100_000);
  });

  it('keep every packet, time, comment and interface as pcapng', async () => {
    let packets = 0;
    const differences: string[] = [];
    const all = async (bytes: Uint8Array): Promise<string[]> => {
      const reader = await open(bytes);
      const out: string[] = [];
      const sink = (r: CapturedRecord): boolean => {
        if (r.notAPacket) return true;
        const body = Buffer.from(r.bytes.subarray(r.start, r.end)).toString('base64');
        const options = reader.blocks?.packetOptions().map((o) => `${o.code}:${Buffer.from(o.value).toString('hex')}`).join(' ') ?? '';
        out.push(`${r.hasTime ? `${r.seconds}.${r.nanos}` : '-'} ${r.linkType} ${r.interfaceIndex} ${r.originalLength} ${r.fcsLength} ${options} ${body}`);
        return true;
      };
      while (await reader.read(sink, 1 << 20));
      const packetLines = out.length;
      out.push(JSON.stringify(reader.info.interfaces.map((i) => [i.name, i.description, i.linkType, reader.blocks && i.snapLength, i.ticksPerSecond])));
      if (reader.info.format === 'pcapng') out.push(...reader.info.comments.map((c) => c.text).sort(), JSON.stringify([...reader.info.names]), String(packetLines));
      return out;
    };
    for (const file of captures(CORPUS)) {
      const bytes = await bytesOf(file);
      if (!bytes) continue;
      const reader = await open(bytes);
      if (reader.info.text) continue;
      const before = await all(bytes);
      const written = await toPcapng(bytes);
      const after = await all(written);
      packets += before.length;
      if (reader.info.format === 'pcap') after.splice(before.length);
      const at = before.findIndex((line, i) => line !== after[i] && !(reader.info.format === 'pcap' && i === before.length - 1));
      if (at >= 0 || before.length !== after.length)
        differences.push(`${path.relative(CORPUS, file)} ${at}/${before.length}/${after.length}\n  before ${before[at]?.slice(0, 300)}\n  after  ${after[at]?.slice(0, 300)}`);
    }
    console.log(`${packets} packets written as pcapng and read back, ${differences.length} captures differ`);
    assert.deepEqual(differences.slice(0, 10), []);
  });

  it('give the facts of a text as headers in pcapng', async () => {
    let rows = 0;
    const differences: string[] = [];
    for (const pair of textPairs(CORPUS)) {
      const bytes = new Uint8Array(readFileSync(pair.file));
      try {
        await open(bytes);
      } catch {
        continue;
      }
      /** Bits that the text showed, row by row: what it did not show is not compared. */
      const known: number[] = [];
      const facts = (s: Segment, bits: number, names: boolean): string => {
        const show = (bit: number, value: number): string => ((bits & bit) === bit ? String(value) : '-');
        const address = names ? '' : [s.src0, s.src1, s.src2, s.src3, s.dst0, s.dst1, s.dst2, s.dst3].join('.');
        const plain = (s.optionsSeen & 0x1f) | (bits & KNOWN_OPTIONS ? 0 : 0x100);
        const options = bits & KNOWN_OPTIONS ? `${plain} ${s.mss} ${s.windowScale} ${s.tsVal}/${s.tsEcr}` : '-';
        return `${address} ${s.srcPort}>${s.dstPort} ${show(KNOWN_FLAGS, s.flags)} ${show(KNOWN_SEQ | KNOWN_ABSOLUTE_SEQ, s.seq)} ${show(KNOWN_ACK | KNOWN_ABSOLUTE_ACK, s.ack)} ${show(KNOWN_WINDOW, s.window)} ${show(KNOWN_LENGTH, s.length)} ${options}`;
      };
      const names: boolean[] = [];
      const before = await rowsOf(bytes, ({ segment: s, record }) => {
        known.push(record.textSegment ? s.known & ~(s.optionsBad ? KNOWN_OPTIONS : 0) : 0);
        names.push(s.family === FAMILY_NAME);
        return facts(s, known.at(-1)!, names.at(-1)!);
      });
      let n = 0;
      const after = await rowsOf(await toPcapng(bytes), ({ segment: s }) => {
        const line = facts(s, known[n]!, names[n]!);
        n++;
        return line;
      });
      rows += before.length;
      for (let i = 0; i < Math.max(before.length, after.length); i++) {
        if (before[i] === after[i]) continue;
        differences.push(`${path.basename(pair.file)} row ${i + 1}\n  before ${before[i]}\n  after  ${after[i]}`);
        break;
      }
    }
    console.log(`${rows} rows of texts written as pcapng and read back, ${differences.length} texts differ`);
    assert.deepEqual(differences.slice(0, 10), []);
  });
});
