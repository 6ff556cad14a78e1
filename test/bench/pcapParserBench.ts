// What pcap-parser takes to walk the same records, without decoding anything. Prints one JSON line.
import { parse } from 'pcap-parser';

const begun = performance.now();
let packets = 0;
const parser = parse(process.argv[2] ?? '');
parser.on('packet', () => packets++);
parser.on('end', () => {
  console.log(JSON.stringify({ packets, totalMs: performance.now() - begun }));
});
