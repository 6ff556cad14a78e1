import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { StreamParameter } from '../../src/core/engineApi';
import { findSysctl } from '../../src/core/knowledge/sysctls';
import { openCapture } from '../support/openCapture';
import { CORPUS } from './support/corpus';

/*
 * Kernel parameters read from the recordings against the settings of the hosts that were recorded: every statement must hold
 * for the truth. Socket options stand in for a sysctl where the recording's programs set them.
 */

interface Truth {
  readonly params: Readonly<Record<string, unknown>>;
  readonly sysctls: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Settings that the recordings do not list, of the kernel that they were made with. */
const DEFAULTS: Readonly<Record<string, number>> = { tcp_rto_min_us: 200_000 };
const RMEM_MAX = 4_194_304;

/** What every recording's kernel does, whatever its settings: ids with a figure that must lie within, in the figure's unit. */
const FIGURES: Readonly<Record<string, readonly [number, number]>> = {
  // TCP_TIMEOUT_INIT is 1 s; timers fire late, never early.
  'initial-rto': [0.99e9, 1.2e9],
  // TCP_DELACK_MIN 40 ms, TCP_DELACK_MAX 200 ms, and the path and the scheduler of a busy machine on top.
  'delayed-ack': [39e6, 260e6],
  // Milliseconds since Linux 4.13.
  'timestamp-clock': [950, 1050],
};

/** Programs that set a socket option which takes the place of a sysctl, or segments made by hand. */
const OTHER_CAUSES: Readonly<Record<string, readonly string[]>> = {
  // The first SYN asked for ECN and was dropped before the server's capture; the repeated one does not ask (tcp_ecn_fallback).
  ecn_refused: ['ecn'],
  // Segments made by hand.
  synflood_cookies: ['*'],
  synflood_nocookies: ['*'],
  paws_old_timestamp: ['*'],
  sack_reneging: ['*'],
  bad_synack: ['*'],
  challenge_acks: ['*'],
  odd_segments: ['*'],
  window_shrink: ['*'],
  port_scan: ['*'],
};

function keepaliveTruth(params: Truth['params'], end: 'client' | 'server', which: 'idle' | 'intvl' | 'cnt'): number | null {
  if (typeof params[which] === 'number') return params[which];
  if (which === 'idle' && typeof params.tcp_keepalive_s === 'number') return params.tcp_keepalive_s;
  const list = params[end];
  return Array.isArray(list) && list.length === 3 ? Number(list[{ idle: 0, intvl: 1, cnt: 2 }[which]]) : null;
}

function truthOf(truth: Truth, p: StreamParameter): number | null {
  const host = truth.sysctls[p.end] ?? Object.values(truth.sysctls)[0];
  if (!host) return null;
  if (p.id === 'keepalive-time') return keepaliveTruth(truth.params, p.end, 'idle');
  if (p.id === 'keepalive-interval') return keepaliveTruth(truth.params, p.end, 'intvl');
  if (p.id === 'keepalive-probes') return keepaliveTruth(truth.params, p.end, 'cnt');
  if (p.id === 'user-timeout') return typeof truth.params.user_timeout_ms === 'number' ? truth.params.user_timeout_ms : null;
  const key = p.sysctl.replace('net.ipv4.', '');
  if (p.id === 'receive-buffer') return Math.max(RMEM_MAX, Number(host.tcp_rmem?.split(/\s+/)[2] ?? NaN));
  const value = host[key] ?? DEFAULTS[key];
  return value === undefined ? null : Number(value);
}

/** Offered by nearly every SYN: counted, not listed. */
const COMMON: ReadonlySet<string> = new Set(['sack', 'timestamps', 'window-scaling', 'receive-buffer', 'timestamp-clock', 'ecn']);

describe('kernel parameters of the recordings', function () {
  this.timeout(600_000);
  const folder = path.join(CORPUS, 'recordings');

  before(function () {
    if (!CORPUS) this.skip();
  });

  it('contain the settings of the hosts', async () => {
    const counts = new Map<string, { told: number; checked: number; exact: number }>();
    const wrong: string[] = [];
    const table = new Set<string>();
    for (const scenario of readdirSync(folder).sort()) {
      const truthFile = path.join(folder, scenario, 'ground-truth.json');
      if (!existsSync(truthFile)) continue;
      const truth = JSON.parse(readFileSync(truthFile, 'utf8')) as Truth;
      const skip = OTHER_CAUSES[scenario] ?? [];
      for (const file of readdirSync(path.join(folder, scenario)).filter((name) => /\.pcap(ng)?$/.test(name))) {
        const capture = await openCapture(readFileSync(path.join(folder, scenario, file)));
        const { streams } = await capture.ask('state', null);
        for (let stream = 0; stream < Math.min(60, streams); stream++) {
          for (const p of await capture.ask('parameters', { stream })) {
            const count = counts.get(p.id) ?? { told: 0, checked: 0, exact: 0 };
            counts.set(p.id, count);
            count.told++;
            assert.ok(p.sysctl === '' || findSysctl(p.sysctl), p.sysctl);
            assert.ok(p.text !== '' && p.card.here.length > 0 && p.card.sources.length > 0, p.id);
            const value = truthOf(truth, p);
            const figure = FIGURES[p.id];
            const list = (expected: string, ok: boolean): unknown => COMMON.has(p.id) || table.add(`      ${p.id.padEnd(20)} ${scenario.padEnd(30)} ${p.end.padEnd(7)} ${expected.padEnd(14)} ${p.text.padEnd(24)} ${ok ? 'ok' : 'WRONG'}`);
            if (figure && !skip.includes('*')) {
              count.checked++;
              const ok = p.figure! >= figure[0] && p.figure! <= figure[1];
              list(figure.map((n) => (n > 1e6 ? `${n / 1e9} s` : n)).join('..'), ok);
              if (!ok) wrong.push(`${file} stream ${stream} ${p.end} ${p.id}: ${p.text}`);
              continue;
            }
            if (value === null || Number.isNaN(value) || skip.includes('*') || skip.includes(p.id)) continue;
            const holds = p.values ? p.values.includes(value) : p.range ? value >= p.range[0] && value <= p.range[1] : p.id === 'fast-open' ? (value & 1) === 1 : true;
            if (!p.values && !p.range && p.id !== 'fast-open') continue;
            count.checked++;
            if (p.values?.length === 1 || (p.range && p.range[0] === p.range[1])) count.exact++;
            list(String(value), holds);
            if (!holds) wrong.push(`${file} stream ${stream} ${p.end} ${p.id}: ${p.text}, truth ${value}`);
          }
        }
      }
    }
    console.log(['      parameter            recording                      end     truth          inferred', ...[...table].sort()].join('\n'));
    for (const [id, { told, checked, exact }] of [...counts].sort()) console.log(`      ${id.padEnd(22)} ${String(told).padStart(5)} told ${String(checked).padStart(5)} checked ${String(exact).padStart(5)} exact`);
    assert.deepEqual(wrong, []);
    for (const id of ['syn-retries', 'syn-linear-timeouts', 'synack-retries', 'rto-min', 'data-retries', 'keepalive-time', 'keepalive-interval', 'keepalive-probes', 'receive-buffer', 'sack', 'timestamps', 'window-scaling', 'ecn', 'fast-open', 'dsack', 'time-wait-reuse', 'initial-rto', 'delayed-ack', 'timestamp-clock'])
      assert.ok((counts.get(id)?.checked ?? 0) > 0, id);
  });
});
