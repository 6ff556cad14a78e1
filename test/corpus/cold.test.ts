import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { MemorySource } from '../../src/core/capture/byteSource';
import { FormatError, type CapturedRecord } from '../../src/core/capture/captureReader';
import { openReader } from '../../src/core/capture/detect';
import { buildDetail } from '../../src/core/decode/cold';
import { tcpDiagram } from '../../src/core/decode/diagram';
import { FrameDecoder } from '../../src/core/decode/frameDecoder';
import { checkTree, nodesOf } from '../unit/core/decode/detailTree';
import { checkSame } from '../unit/core/decode/hotCold';
import { CORPUS, oracleCases } from './support/corpus';

/* The cold pass against the hot pass on every capture of the corpora, and its checksums against tshark's. */

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

const hasTshark = (): boolean => {
  try {
    execFileSync('tshark', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Frame number -> tcp.checksum.status of its innermost TCP header, checked. */
function tsharkChecksums(file: string): Map<number, number> {
  const out = execFileSync('tshark', ['-n', '-o', 'tcp.check_checksum:TRUE', '-r', file, '-Y', 'tcp && !icmp && !icmpv6', '-T', 'fields', '-e', 'frame.number', '-e', 'tcp.checksum.status'], {
    stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28, encoding: 'utf8',
  });
  const rows = out.split('\n').map((line) => line.split('\t'));
  return new Map(rows.filter((r) => r[1]).map((r) => [Number(r[0]), Number(r[1]!.split(',').at(-1))]));
}

/** Whole and cut segments, offload, IPv6, tunnels, fragments, wrong sums. */
const CHECKSUM_CASES = [
  'corpus/zeek__vxlan-inner-tcp-bad-checksum.pcap', 'corpus/suricata__bug-6887-defrag-ipv6-tcp_frag-ip-tcp.pcap', 'corpus/hadoop-pcap__tcp-stream-v4.pcap', 'corpus/pcapplusplus__ldap.pcapng',
  'corpus/zeek__4in6.pcap', 'corpus/pcapflowlab__01_ipv4_ah_tcp.pcap', 'corpus/tcpdump__accecn_handshake.pcap', 'corpus/tcpflow__test2.pcap', 'corpus/ebook__bgp-as1-trace.pcap',
];

describe('cold decode on the corpora', function () {
  this.timeout(600_000);
  if (!CORPUS) return;

  for (const { name, capture } of oracleCases()) {
    it(`agrees with the hot pass: ${name}`, async () => {
      const decoder = new FrameDecoder();
      let packet = 0;
      await eachRecord(capture, (record) => {
        if (record.notAPacket || record.textSegment) {
          packet++;
          return;
        }
        decoder.decode(record, packet++);
        const where = `${name} frame ${packet}`;
        const tree = buildDetail(record, decoder.datagram ? { datagram: decoder.datagram } : {});
        checkTree(tree);
        checkSame(decoder.row >= 0 ? decoder.segments[decoder.row]! : null, tree, where);
        const malformed = tree.issues.some((issue) => issue.kind === 'malformed' && !issue.layer.startsWith('IPv4 option'));
        if (decoder.malformed) assert.ok(malformed, `${where}: malformed, and no issue says why`);
        if (tree.tcp) assert.ok(tcpDiagram(tree).length >= 2, where);
      });
    });
  }

  // The oracles hold no checksums: tshark itself is asked, where it is installed.
  for (const wanted of hasTshark() ? CHECKSUM_CASES : []) {
    it(`finds the checksums that tshark finds: ${wanted}`, async () => {
      const found = oracleCases().find((c) => c.name === wanted);
      assert.ok(found, `${wanted} is not in the corpus`);
      const oracle = tsharkChecksums(found.capture);
      assert.ok(oracle.size > 0, 'tshark saw no TCP');
      const decoder = new FrameDecoder();
      let packet = 0;
      const differences: string[] = [];
      await eachRecord(found.capture, (record) => {
        decoder.decode(record, packet++);
        const tree = buildDetail(record, decoder.datagram ? { datagram: decoder.datagram } : {});
        const ours = nodesOf(tree).find((n) => n.id === 'tcp.checksumStatus');
        const theirs = oracle.get(packet);
        if (ours && theirs !== undefined && ours.raw !== theirs) differences.push(`frame ${packet}: ours ${String(ours.raw)} (${ours.value}), tshark ${theirs}`);
      });
      assert.deepEqual(differences.slice(0, 20), []);
    });
  }
});
