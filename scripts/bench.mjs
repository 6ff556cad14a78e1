// Prints the engine's figures beside tcptrace, tshark and pcap-parser on the same captures in the same run.
// usage: npm run bench [-- --runs 3 --small]     (--small: a tenth of the packets, for a quick look)
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { generateCapture } from './bench/generate.mjs';

const root = path.resolve(import.meta.dirname, '..');
const argv = process.argv.slice(2);
const runs = argv.includes('--runs') ? Number(argv[argv.indexOf('--runs') + 1]) : 3;
const scale = argv.includes('--small') ? 0.1 : 1;
const out = path.join(root, 'dist', 'bench');
const dir = process.env.TCP_TRACE_BENCH_DIR ?? path.join(os.tmpdir(), 'tcp-trace-bench');

const LABELS = 'retransmission fast_retransmission spurious_retransmission out_of_order lost_segment ack_lost_segment duplicate_ack zero_window zero_window_probe zero_window_probe_ack window_update window_full keep_alive keep_alive_ack reused_ports'
  .split(' ')
  .map((name) => `tcp.analysis.${name}`);

await esbuild.build({
  absWorkingDir: root, bundle: true, platform: 'node', target: 'node20', format: 'cjs', outdir: out, logLevel: 'warning',
  entryPoints: ['test/bench/engineBench.ts', 'test/bench/pcapParserBench.ts'],
});
fs.mkdirSync(dir, { recursive: true });

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const has = (program) => spawnSync(program, ['-h'], { stdio: 'ignore' }).error === undefined;
const seconds = (ms) => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(2)} s` : 'not installed');

function capture(name, options) {
  const file = path.join(dir, `${name}-${options.packets}.pcap`);
  if (!fs.existsSync(file)) {
    console.log(`writing ${file} ...`);
    generateCapture(`${file}.part`, options);
    fs.renameSync(`${file}.part`, file);
  }
  return file;
}

function json(script, ...args) {
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', '--max-old-space-size=8192', path.join(out, script), ...args], { encoding: 'utf8', maxBuffer: 1 << 26 }));
}

function wall(program, args) {
  if (!has(program)) return NaN;
  const begun = performance.now();
  const result = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'ignore'] });
  return result.error ? NaN : performance.now() - begun;
}

/** Runs engine and rivals in turn, so that a noisy minute hits all of them. */
function measure(file, { tsharkRuns }) {
  wall('cat', [file]); // warms the page cache
  const engine = [], tcptrace = [], tshark = [], parser = [];
  for (let i = 0; i < runs; i++) {
    engine.push(json('engineBench.js', 'index', file));
    tcptrace.push(wall('tcptrace', ['-n', file]));
    parser.push(json('pcapParserBench.js', file).totalMs);
    if (i < tsharkRuns) tshark.push(wall('tshark', ['-n', '-r', file, '-T', 'fields', '-e', 'frame.number', '-e', 'tcp.stream', ...LABELS.flatMap((l) => ['-e', l])]));
  }
  const by = (key) => median(engine.map((e) => e[key]));
  return { engine: { ...engine[0], firstPageMs: by('firstPageMs'), totalMs: by('totalMs'), bytesPerPacket: by('bytesPerPacket'), sortMs: by('sortMs'), overviewMs: by('overviewMs'), nextStreamP95Ms: by('nextStreamP95Ms'), filterColumnMs: by('filterColumnMs'), filterAddressMs: by('filterAddressMs'), filterFlagsMs: by('filterFlagsMs') }, tcptrace: median(tcptrace), tshark: median(tshark), parser: median(parser) };
}

const rows = [];
const row = (what, figure, budget, ok) => rows.push([what, figure, budget, ok === undefined ? '' : ok ? 'met' : 'MISSED']);

const big = capture('full', { packets: 1_000_000 * scale, snapLength: 65_535 });
const headers = capture('headers', { packets: 4_000_000 * scale, snapLength: 96 });
for (const [name, file, tsharkRuns] of [['1 M packets with payload', big, 1], ['4 M packets, headers only', headers, 0]]) {
  const m = measure(file, { tsharkRuns });
  const e = m.engine;
  const rate = e.packets / (e.totalMs / 1000);
  row(`${name}: ${e.packets} packets, ${(e.bytes / 1e9).toFixed(2)} GB, ${e.streams} streams`, '', '');
  row('  open -> first page of rows', `${e.firstPageMs.toFixed(1)} ms`, '< 50 ms', e.firstPageMs < 50);
  row('  index + TCP analysis', `${seconds(e.totalMs)} (${(rate / 1e6).toFixed(2)} M packets/s)`, file === headers ? '>= 1.5 M packets/s' : '', file === headers ? rate >= 1.5e6 : undefined);
  row('  tcptrace -n', `${seconds(m.tcptrace)} (ours ${(e.totalMs / m.tcptrace).toFixed(2)} x)`, file === big ? '<= 0.5 x' : '', file === big && Number.isFinite(m.tcptrace) ? e.totalMs / m.tcptrace <= 0.5 : undefined);
  if (tsharkRuns) row('  tshark -n -T fields, same labels', `${seconds(m.tshark)} (ours 1/${(m.tshark / e.totalMs).toFixed(0)})`, '<= 1/100', Number.isFinite(m.tshark) ? m.tshark / e.totalMs >= 100 : undefined);
  row('  pcap-parser, records only', `${seconds(m.parser)} (ours ${(e.totalMs / m.parser).toFixed(2)} x)`, '');
  row('  memory, RSS delta', `${e.bytesPerPacket.toFixed(0)} bytes/packet`, file === headers ? '<= 100' : '', file === headers ? e.bytesPerPacket <= 100 : undefined);
  row('  overview: packets and bytes over time (processor time)', `${e.overviewMs.toFixed(0)} ms`, file === headers ? '< 200 ms' : '< 50 ms', e.overviewMs < (file === headers ? 200 : 50));
  row('  sort streams by bytes', `${e.sortMs.toFixed(1)} ms`, '');
  row(`  filter: a comparison on a column (tcp.len > 1000)`, `${e.filterColumnMs.toFixed(0)} ms`, file === headers ? '< 250 ms' : '', file === headers ? e.filterColumnMs < 250 : undefined);
  row('  filter: addresses and a set of ports', `${e.filterAddressMs.toFixed(0)} ms`, '');
  row('  filter: a flag or any label', `${e.filterFlagsMs.toFixed(0)} ms`, '');
  row('  next stream: jump + page, p95', `${e.nextStreamP95Ms.toFixed(1)} ms`, '< 16 ms', e.nextStreamP95Ms < 16);
}

const widths = [0, 1, 2, 3].map((i) => Math.max(...rows.map((r) => r[i].length), ['what', 'measured', 'budget', ''][i].length));
for (const r of [['what', 'measured', 'budget', ''], ...rows]) console.log(r.map((cell, i) => cell.padEnd(widths[i])).join('  ').trimEnd());
