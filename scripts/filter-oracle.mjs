// Asks tshark 4.0 which packets pass the filters of test/corpus/filters.txt and writes test/corpus/filters.tsv: a row per filter, a column per capture.
// A cell holds the packets' numbers, or how many there are and a hash of the numbers ("12#3fa9c"). Nothing: no packet passes.
// usage: TCP_TRACE_CORPUS=folder node scripts/filter-oracle.mjs [--all] [--out FILE]     --all: every capture of the folder, for a thorough look
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const corpus = process.env.TCP_TRACE_CORPUS ?? '';
const folder = path.join(root, 'test', 'corpus');
const argv = process.argv.slice(2);
const target = argv.includes('--out') ? argv[argv.indexOf('--out') + 1] : path.join(folder, 'filters.tsv');
if (!corpus) {
  console.error('TCP_TRACE_CORPUS must name the folder of captures');
  process.exit(64);
}
const MOST_LISTED = 3;
const MOST_BYTES = 120_000;
/** Chosen from each folder, evenly, beside those that are rich in what filters ask for. */
const CHOSEN = { recordings: 12, 'corpus/captures': 36, 'spec/crafted': 8 };
const RICH = [
  'recordings/loss_random_sack/', 'recordings/redis_session/', 'recordings/conn_refused_v6/', 'recordings/pmtu_icmp/', 'recordings/zerowin_update_lost/', 'recordings/ecn_ce_marks/',
  'corpus/captures/gopacket__test300.pcapng', 'corpus/captures/arkime__gre-erspan-vxlan.pcap', 'corpus/captures/pcapplusplus__IcmpPackets.pcap',
];

function captures(dir) {
  const found = [];
  const walk = (inner) => {
    for (const entry of readdirSync(path.join(corpus, inner), { withFileTypes: true })) {
      const name = `${inner}/${entry.name}`;
      if (entry.isDirectory()) walk(name);
      else if (/\.(pcap|pcapng|cap)(\.gz)?$/.test(entry.name)) found.push(name);
    }
  };
  if (existsSync(path.join(corpus, dir))) walk(dir);
  return found.sort();
}

function chosen() {
  const all = Object.keys(CHOSEN).flatMap((dir) => captures(dir));
  if (argv.includes('--all')) return all;
  const picked = new Set(RICH.flatMap((name) => all.filter((file) => file.startsWith(name)).slice(0, 1)));
  for (const [dir, count] of Object.entries(CHOSEN)) {
    // Every filter runs on every capture: large ones would add time and nothing else.
    const list = captures(dir).filter((file) => statSync(path.join(corpus, file)).size < MOST_BYTES);
    for (let i = 0; i < count; i++) picked.add(list[Math.floor((i * list.length) / count)]);
  }
  return [...picked].sort();
}

const filters = readFileSync(path.join(folder, 'filters.txt'), 'utf8').split('\n').filter((line) => line && !line.startsWith('#'));
const work = mkdtempSync(path.join(os.tmpdir(), 'filter-oracle-'));
process.on('exit', () => rmSync(work, { recursive: true, force: true }));
const list = path.join(work, 'filters.txt');
const output = path.join(work, 'output.tsv');
writeFileSync(list, `${filters.join('\n')}\n`);

function cell(numbers) {
  if (numbers.length <= MOST_LISTED) return numbers.join(',');
  return `${numbers.length}#${createHash('sha1').update(numbers.join(',')).digest('hex').slice(0, 5)}`;
}

const columns = [];
for (const capture of chosen()) {
  const args = ['-n', '-q', '-r', path.join(corpus, capture), '-o', 'tcp.desegment_tcp_streams:FALSE', '-X', `lua_script:${path.join(root, 'scripts', 'filter-oracle.lua')}`];
  rmSync(output, { force: true });
  spawnSync('tshark', args, { stdio: 'ignore', env: { ...process.env, FILTER_LIST: list, FILTER_OUTPUT: output, TZ: 'UTC', LC_ALL: 'C.UTF-8' } });
  const found = filters.map(() => []);
  for (const line of existsSync(output) ? readFileSync(output, 'utf8').split('\n') : []) {
    const [id, number] = line.split('\t');
    if (id === '!') throw new Error(`tshark does not know: ${filters[Number(number) - 1]}`);
    if (number) found[Number(id) - 1].push(Number(number));
  }
  // A frame in whose dissection tshark stumbles is told to nobody: such a capture cannot be compared this way.
  const frames = spawnSync('tshark', ['-n', '-r', path.join(corpus, capture), '-T', 'fields', '-e', 'frame.number'], { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout.split('\n').filter(Boolean).length;
  if (found[filters.indexOf('frame')].length !== frames) continue;
  columns.push({ capture, cells: found.map(cell) });
}
const rows = filters.map((filter, i) => [filter, ...columns.map(({ cells }) => cells[i])].join('\t'));
writeFileSync(target, `${['filter', ...columns.map(({ capture }) => capture)].join('\t')}\n${rows.join('\n')}\n`);
console.log(`${filters.length} filters on ${columns.length} captures`);
