import fs from 'node:fs';
import path from 'node:path';
import { CaptureJudge } from '../../../src/core/study/captureJudge';
import { formatIpv4, formatIpv6 } from '../../../src/core/bytes/address';
import { seqAdd } from '../../../src/core/bytes/seq';
import { UNKNOWN_LENGTH } from '../../../src/core/bytes/units';
import { openReader } from '../../../src/core/capture/detect';
import { FAMILY_IPV4, FIN, RST, SYN } from '../../../src/core/decode/segment';
import { Pipeline } from '../../../src/core/index/pipeline';
import { openSource } from '../../../src/platform/node/openSource';

/** A segment of a recording with our verdict. */
export interface JudgedRow {
  readonly frame: number;
  readonly source: string;
  readonly port: string;
  readonly time: number;
  readonly seq: number;
  readonly end: number;
  readonly flags: number;
  readonly ipId: number;
  /** What tells one transmission from all others of the scenario. */
  readonly key: string;
  verdict: number;
}

/** Judges a capture. Rows are those of TCP segments. */
export async function judgeFile(file: string): Promise<JudgedRow[]> {
  const source = await openSource(file, { maxInflatedBytes: 2 ** 32 });
  try {
    const judge = new CaptureJudge();
    const pipeline = new Pipeline(await openReader(source), { splitStreamsBy: [] }, judge);
    const rows: JudgedRow[] = [];
    const sink = (row: Parameters<Parameters<typeof pipeline.read>[0]>[0]): boolean => {
      const s = row.segment;
      if (!s) return true;
      const length = s.length === UNKNOWN_LENGTH ? 0 : s.length;
      rows.push({
        frame: row.packet + 1,
        source: s.family === FAMILY_IPV4 ? formatIpv4(s.src3) : formatIpv6(s.src0, s.src1, s.src2, s.src3),
        port: `${s.srcPort}>${s.dstPort}`,
        time: row.time,
        seq: s.seq,
        end: seqAdd(s.seq, length + (s.flags & SYN ? 1 : 0) + (s.flags & FIN ? 1 : 0)),
        flags: s.flags,
        ipId: s.ipId,
        key: [s.srcPort, s.dstPort, s.ipId, s.seq, s.ack, length, s.flags, s.tsVal].join(' '),
        verdict: 0,
      });
      return true;
    };
    while (await pipeline.read(sink, 1 << 20));
    judge.finish();
    for (const row of rows) row.verdict = judge.verdicts.get(row.frame - 1);
    return rows;
  } finally {
    await source.close();
  }
}

/** Scenarios that were captured at the client and at the server, both at once, over IPv4: the difference is what the network did. */
export function vantagePairs(recordings: string): { readonly scenario: string; readonly client: string; readonly server: string }[] {
  const pairs = [];
  for (const scenario of fs.readdirSync(recordings).sort()) {
    const dir = path.join(recordings, scenario);
    if (!fs.statSync(dir).isDirectory()) continue;
    const of = (side: string): string | undefined => fs.readdirSync(dir).find((f) => f === `${scenario}.${side}.pcap` || f === `${scenario}.${side}.pcapng`);
    const [client, server] = [of('client'), of('server')];
    if (client && server) pairs.push({ scenario, client: path.join(dir, client), server: path.join(dir, server) });
  }
  return pairs;
}

export const CARRIES = (row: JudgedRow): boolean => row.end !== row.seq && !(row.flags & RST);
