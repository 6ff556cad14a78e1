// Writes what `tshark -z follow,tcp,raw` gives for the streams of a corpus as hashes: test/corpus/followHashes.tsv.
// usage: node scripts/follow-oracle.mjs CORPUS > test/corpus/followHashes.tsv       (needs tshark; 4.0.17 was used)
// Columns: capture, stream, then for the sender of the first segment and for the other end: bytes, bytes missing, SHA-1 of
// the bytes with each gap as "<n>".
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const MOST_STREAMS = 20;
const root = process.argv[2];
if (!root) {
  console.error('usage: node scripts/follow-oracle.mjs CORPUS');
  process.exit(64);
}

function* captures(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* captures(full);
    else if (/\.(pcap|pcapng)$/.test(entry.name)) yield full;
  }
}

const tshark = (...args) => execFileSync('tshark', args, { encoding: 'utf8', maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });

console.log('capture\tstream\tbytes0\tmissing0\tsha0\tbytes1\tmissing1\tsha1');
for (const part of ['recordings', 'spec/crafted', 'corpus/captures']) {
  for (const file of captures(path.join(root, part))) {
    let lines;
    try {
      lines = tshark('-r', file, '-Y', 'tcp.len > 0', '-T', 'fields', '-e', 'tcp.stream').split('\n');
    } catch {
      continue; // cut or damaged captures: tshark ends with an error
    }
    const streams = [...new Set(lines.filter(Boolean).map((line) => Number(line.split(',').at(-1))))].sort((a, b) => a - b).slice(0, MOST_STREAMS);
    for (const stream of streams) {
      const sides = [0, 1].map(() => ({ bytes: 0, missing: 0, hash: createHash('sha1') }));
      const out = tshark('-q', '-r', file, '-z', `follow,tcp,raw,${stream}`).split('\n');
      for (const line of out.slice(out.findIndex((l) => l.startsWith('Node 1')) + 1)) {
        if (line.startsWith('=')) break;
        const side = sides[line.startsWith('\t') ? 1 : 0];
        const bytes = Buffer.from(line.trim(), 'hex');
        const gap = /^\[(\d+) bytes missing in capture file\]\0$/.exec(bytes.toString('latin1'));
        if (gap) side.missing += Number(gap[1]);
        else side.bytes += bytes.length;
        side.hash.update(gap ? `<${gap[1]}>` : bytes);
      }
      const cells = sides.flatMap((s) => [s.bytes, s.missing, s.hash.digest('hex').slice(0, 16)]);
      console.log([path.relative(root, file), stream, ...cells].join('\t'));
    }
  }
}
