import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { checkSysctls, nearestKey } from '../../../../src/core/knowledge/sysctlCheck';
import { sysctlCard } from '../../../../src/core/knowledge/sysctlCard';
import { findSysctl } from '../../../../src/core/knowledge/sysctls';
import { parseSysctlLine, parseSysctlText } from '../../../../src/core/knowledge/sysctlText';
import type { Rich } from '../../../../src/core/explain/card';

const plain = (rich: Rich): string => rich.map((part) => (typeof part === 'string' ? part : 'strong' in part ? part.strong : 'code' in part ? part.code : part.text)).join('');
const check = (text: string, configuration = true): string[] => checkSysctls(parseSysctlText(text.split('\n')), configuration).map((f) => `${f.setting.line + 1} ${f.severity} ${f.code}`);

describe('text of kernel settings', () => {
  it('finds key and value in each way of writing', () => {
    const of = (text: string): unknown[] => {
      const s = parseSysctlLine(text, 0);
      return s ? [s.key, s.value, text.slice(s.keyStart, s.keyEnd), text.slice(s.valueStart, s.valueEnd)] : [];
    };
    assert.deepEqual(of('net.ipv4.tcp_sack = 1'), ['net.ipv4.tcp_sack', '1', 'net.ipv4.tcp_sack', '1']);
    assert.deepEqual(of('-net/ipv4/tcp_sack=0  '), ['net.ipv4.tcp_sack', '0', 'net/ipv4/tcp_sack', '0']);
    assert.deepEqual(of('net.ipv4.tcp_rmem = 4096\t131072\t6291456'), ['net.ipv4.tcp_rmem', '4096 131072 6291456', 'net.ipv4.tcp_rmem', '4096\t131072\t6291456']);
    assert.deepEqual(of('$ sudo sysctl -w net.core.somaxconn=1024'), ['net.core.somaxconn', '1024', 'net.core.somaxconn', '1024']);
    for (const text of ['# net.ipv4.tcp_sack = 1', '; net.ipv4.tcp_sack = 1', '', 'tcp_sack', 'x=1', `net.ipv4.tcp_sack = ${'1'.repeat(2000)}`]) assert.deepEqual(of(text), [], text.slice(0, 30));
  });

  it('finds the mistakes of a usual tuning guide', () => {
    assert.deepEqual(check(readFileSync('test/fixtures/system/tuning.sysctl', 'utf8')), [
      '3 warning needs-timestamps', '4 warning removed', '5 info not-time-wait', '8 info capped-by-somaxconn', '9 warning three-numbers', '10 warning overridden',
      '12 info unknown', '15 warning forgotten-before-keepalive', '16 info inert', '17 warning range',
    ]);
  });

  it('says nothing of what a kernel shows by default', () => {
    assert.deepEqual(check(readFileSync('test/fixtures/system/sysctl-6.18.sysctl', 'utf8'), false).filter((f) => !f.endsWith(' inert')), []);
  });

  it('finds settings that cancel each other, and read-only keys in a configuration only', () => {
    assert.deepEqual(check('net.ipv4.tcp_window_scaling=0\nnet.ipv4.tcp_rmem=4096 131072 6291456'), ['2 warning needs-window-scaling']);
    assert.deepEqual(check('net.ipv4.tcp_sack=0\nnet.ipv4.tcp_dsack=1'), ['2 warning needs-sack']);
    assert.deepEqual(check('net.ipv4.tcp_mtu_probing=0\nnet.ipv4.tcp_base_mss=1024'), ['2 info needs-mtu-probing']);
    assert.deepEqual(check('net.ipv4.tcp_retries2=5'), ['1 info below-r2']);
    assert.deepEqual(check('net.ipv4.tcp_rto_max_ms=10000'), ['1 info retries2-too']);
    assert.deepEqual(check('net.ipv4.tcp_rto_max_ms=10000\nnet.ipv4.tcp_retries2=20'), []);
    assert.deepEqual(check('net.ipv4.ip_local_port_range=60000 1024'), ['1 warning range']);
    assert.deepEqual(check('net.ipv4.tcp_congestion_control=bbr\nnet.ipv4.tcp_available_congestion_control=reno cubic', false), ['1 warning not-available']);
    assert.deepEqual(check('net.ipv4.tcp_available_congestion_control=reno'), ['1 warning read-only']);
    assert.deepEqual(check('net.ipv4.tcp_sack = yes'), ['1 warning not-a-number']);
    assert.deepEqual(check('net.ipv4.tcp_retries2 = 15\nnet.ipv4.tcp_keepalive_time = 600'), []);
  });

  it('guesses what a misspelt key was to be', () => {
    assert.equal(nearestKey('net.ipv4.tcp_synack_retires'), 'net.ipv4.tcp_synack_retries');
    assert.equal(nearestKey('net.ipv4.tcp_something_else'), null);
  });

  it('explains a value: its name, other units, the default and since when', () => {
    const here = (key: string, value: string): string => sysctlCard(findSysctl(key)!, value).here.map(plain).join('\n');
    assert.match(here('net.ipv4.tcp_keepalive_time', '7200'), /2 hours/);
    assert.match(here('net.ipv4.tcp_keepalive_time', '7200'), /This is the default\./);
    assert.match(here('net.netfilter.nf_conntrack_tcp_timeout_established', '432000'), /5 days/);
    assert.match(here('net.ipv4.tcp_rmem', '4096 131072 6291456'), /4 KiB \/ 128 KiB \/ 6 MiB/);
    assert.match(here('net.ipv4.tcp_rmem', '4096 131072 6291456'), /default of older kernels/);
    assert.match(here('net.ipv4.tcp_fastopen', '1027'), /client \+ server \+ server: on for every listener/);
    assert.match(here('net.core.somaxconn', '128'), /4096 since Linux 5\.4; 128 before/);
    assert.match(here('net.ipv4.tcp_tw_recycle', '1'), /Removed in Linux 4\.12\./);
    assert.match(here('net.ipv4.tcp_ecn', '2'), /accepts ECN when asked/);
  });
});
