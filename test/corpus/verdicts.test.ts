import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {
  VERDICT_DUPLICATE_CAPTURE,
  VERDICT_DUPLICATE_NETWORK,
  VERDICT_LOST,
  VERDICT_OUT_OF_ORDER,
  VERDICT_RETRANSMISSION,
  VERDICT_SPURIOUS,
} from '../../src/core/analysis/segmentVerdict';
import { seqAfter, seqBefore, seqNotAfter } from '../../src/core/bytes/seq';
import { CORPUS } from './support/corpus';
import { CARRIES, judgeFile, vantagePairs, type JudgedRow } from './support/judged';

const DUPLICATE = VERDICT_DUPLICATE_CAPTURE | VERDICT_DUPLICATE_NETWORK;

interface GroundTruth {
  readonly topology: Readonly<Record<string, { readonly ip?: readonly string[] } | undefined>>;
}

/** The receiving host itself drops or refuses what arrives (accept queue full, Fast Open data, SYN for a live connection): not lost, nor sent again in vain. */
const HOST_DROPS = /^(backlog_|tcp_fast_open$|halfopen_same_port_syn$)/;

/** What is true of the segments that one side sent, told by comparing where they were sent with where they arrived. */
interface Truth {
  readonly sent: readonly JudgedRow[];
  readonly arrived: readonly JudgedRow[];
  readonly retransmitted: ReadonlySet<string>;
  readonly lost: ReadonlySet<string>;
  readonly spurious: ReadonlySet<string>;
  readonly overtaken: ReadonlySet<string>;
}

const SYN_ACK = 0x12;

const covers = (a: JudgedRow, b: JudgedRow): boolean => a.port === b.port && seqAfter(a.end, b.seq) && seqBefore(a.seq, b.end);

/** At the receiver a retransmission can be told from an original only where something that was sent later, or the same, came before. */
function shows(rows: readonly JudgedRow[], row: JudgedRow): boolean {
  return rows.slice(0, rows.indexOf(row)).some((r) => r.port === row.port && seqAfter(r.end, row.seq));
}

/** Both captures' rows of one direction that carry payload, SYN or FIN. */
function truthOf(sent: readonly JudgedRow[], arrived: readonly JudgedRow[]): Truth {
  const arrivedAt = new Map<string, number>();
  arrived.forEach((row, i) => arrivedAt.has(row.key) || arrivedAt.set(row.key, i));
  const [retransmitted, lost, spurious, overtaken] = [new Set<string>(), new Set<string>(), new Set<string>(), new Set<string>()];
  const highest = new Map<string, number>();
  sent.forEach((row, i) => {
    const top = highest.get(row.port);
    if (top !== undefined && seqBefore(row.seq, top)) {
      // The SYN/ACK of a simultaneous open answers the other SYN; the kernels of that recording count no retransmission (tcpi_total_retrans 0).
      const before = sent.slice(0, i).filter((r) => covers(row, r) && r.key !== row.key && !((row.flags & SYN_ACK) === SYN_ACK && (r.flags & SYN_ACK) !== SYN_ACK));
      if (before.length > 0) retransmitted.add(row.key);
      // Not needed: every byte of it was in transmissions that did arrive.
      if (before.length > 0 && before.some((r) => arrivedAt.has(r.key) && seqNotAfter(r.seq, row.seq) && seqNotAfter(row.end, r.end))) spurious.add(row.key);
      for (const r of before) if (!arrivedAt.has(r.key)) lost.add(r.key);
    }
    if (top === undefined || row.flags & 2 || seqAfter(row.end, top)) highest.set(row.port, row.end);
  });
  // Overtaken: sent earlier than something with higher numbers that arrived before it, and not sent again before.
  const order = new Map(sent.map((row, i) => [row.key, i]));
  const seen = new Set<string>();
  arrived.forEach((row, i) => {
    if (seen.has(row.key)) return;
    seen.add(row.key);
    const mine = order.get(row.key);
    if (mine === undefined) return;
    const ahead = arrived.slice(0, i).some((r) => r.port === row.port && seqAfter(r.seq, row.seq) && (order.get(r.key) ?? -1) > mine);
    if (ahead && !retransmitted.has(row.key)) overtaken.add(row.key);
  });
  return { sent, arrived, retransmitted, lost, spurious, overtaken };
}

class Score {
  hits = 0;
  misses: string[] = [];
  extras: string[] = [];
  add(said: boolean, is: boolean, where: string): void {
    if (said && is) this.hits++;
    else if (is) this.misses.push(where);
    else if (said) this.extras.push(where);
  }
  get recall(): number {
    return (100 * this.hits) / Math.max(1, this.hits + this.misses.length);
  }
  get precision(): number {
    return (100 * this.hits) / Math.max(1, this.hits + this.extras.length);
  }
}

describe('our own verdicts', function () {
  this.timeout(600_000);
  const recordings = path.join(CORPUS, 'recordings');
  before(function () {
    if (!CORPUS) this.skip();
  });

  it('count retransmissions as the sending kernel did', async () => {
    const lines = fs.readFileSync(path.join(recordings, 'kernel-retransmissions.tsv'), 'utf8').split('\n').filter((l) => l !== '' && !l.startsWith('#') && !l.startsWith('capture\t'));
    const wrong: string[] = [];
    console.log('      kernel ours  capture');
    for (const line of lines) {
      const [capture = '', role = '', count = ''] = line.split('\t');
      const truth = JSON.parse(fs.readFileSync(path.join(recordings, path.dirname(capture), 'ground-truth.json'), 'utf8')) as GroundTruth;
      const addresses = truth.topology[role]?.ip ?? [];
      const rows = await judgeFile(path.join(recordings, capture));
      const ours = rows.filter((r) => r.verdict & VERDICT_RETRANSMISSION && addresses.includes(r.source)).length;
      console.log(`      ${count.padStart(6)} ${String(ours).padStart(4)}  ${capture}`);
      if (ours !== Number(count)) wrong.push(`${capture}: kernel ${count}, ours ${ours}`);
    }
    assert.ok(lines.length >= 57, `${lines.length} captures`);
    assert.deepEqual(wrong, []);
  });

  it('agree with what the network did, seen from both ends', async () => {
    const scores = new Map<string, Score>();
    const score = (name: string): Score => {
      const found = scores.get(name) ?? new Score();
      scores.set(name, found);
      return found;
    };
    let scenarios = 0;
    for (const { scenario, client, server } of vantagePairs(recordings)) {
      const [atClient, atServer] = [await judgeFile(client), await judgeFile(server)];
      // Without IP IDs (IPv6) one transmission cannot be told from the next; behind NAT the two captures differ.
      if (atClient.every((r) => r.ipId === 0)) continue;
      const keys = new Set(atServer.map((r) => r.key));
      if (atClient.filter((r) => keys.has(r.key)).length < atClient.length / 2) continue;
      scenarios++;
      const toServer = (r: JudgedRow): boolean => /^\d+>/.test(r.port) && clientPorts.has(Number(r.port.split('>')[0]));
      const clientPorts = new Set(atClient.filter((r) => (r.flags & 0x12) === 2).map((r) => Number(r.port.split('>')[0])));
      const split = (rows: readonly JudgedRow[], own: boolean): JudgedRow[] => rows.filter((r) => CARRIES(r) && toServer(r) === own);
      for (const truth of [truthOf(split(atClient, true), split(atServer, true)), truthOf(split(atServer, false), split(atClient, false))]) {
        for (const [side, rows] of [['sender', truth.sent], ['receiver', truth.arrived]] as const) {
          const seen = new Set<string>();
          for (const row of rows) {
            const where = `${scenario} ${rows === truth.sent ? 'at sender' : 'at receiver'} ${row.port} frame ${row.frame}`;
            const again = seen.has(row.key);
            seen.add(row.key);
            score(`duplicate, ${side}`).add((row.verdict & DUPLICATE) !== 0, again, where);
            if (again) continue;
            const retransmitted = (row.verdict & VERDICT_RETRANSMISSION) !== 0;
            if (side === 'sender' || retransmitted || shows(rows, row)) score(`retransmission, ${side}`).add(retransmitted, truth.retransmitted.has(row.key), where);
            score(`out_of_order, ${side}`).add((row.verdict & VERDICT_OUT_OF_ORDER) !== 0, side === 'receiver' && truth.overtaken.has(row.key), where);
            if (HOST_DROPS.test(scenario)) continue;
            score(`lost, ${side}`).add((row.verdict & VERDICT_LOST) !== 0, side === 'sender' && truth.lost.has(row.key), where);
            score(`spurious, ${side}`).add((row.verdict & VERDICT_SPURIOUS) !== 0, truth.spurious.has(row.key), where);
          }
        }
      }
    }
    console.log(`      ${'verdict, capture at the'.padEnd(26)}   hits misses extras  recall% precision%   (${scenarios} scenarios)`);
    const low: string[] = [];
    for (const [name, s] of [...scores].sort()) {
      const numbers = [s.hits, s.misses.length, s.extras.length].map((n) => String(n).padStart(7)).join('');
      console.log(`      ${name.padEnd(26)} ${numbers}  ${s.recall.toFixed(1)} ${s.precision.toFixed(1)}`);
      for (const line of s.misses.slice(0, 8)) console.log(`        missed: ${line}`);
      for (const line of s.extras.slice(0, 8)) console.log(`        extra:  ${line}`);
      if (s.hits + s.misses.length + s.extras.length > 0 && (s.recall < 99 || s.precision < 99)) low.push(`${name}: recall ${s.recall}, precision ${s.precision}`);
    }
    assert.ok(scenarios >= 25, `${scenarios} scenarios`);
    assert.deepEqual(low, []);
  });
});
