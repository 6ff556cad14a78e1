import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SS_COLUMNS, SS_INFO, SS_STATES } from '../../../../src/core/knowledge/ssColumns';
import { canonicalKey, currentDefault, findSysctl, SYSCTLS } from '../../../../src/core/knowledge/sysctls';
import { parseSysctlText } from '../../../../src/core/knowledge/sysctlText';

const shown = parseSysctlText(readFileSync('test/fixtures/system/sysctl-6.18.sysctl', 'utf8').split('\n').filter((line) => line !== ''));

/** Not the kernel's default on the machine where the list was made, or not a fixed one. */
const LOCAL = /tcp_(congestion_control|allowed_congestion_control|available_\w+|fastopen_key|\w*ehash_entries|max_orphans|max_syn_backlog|max_tw_buckets|mem|fack)$|netdev_budget_usecs$/;

describe('kernel parameters', () => {
  it('knows every TCP key of Linux 6.18', () => {
    assert.ok(shown.length === 119, String(shown.length));
    assert.deepEqual(shown.filter((s) => !s.spec).map((s) => s.key), []);
    assert.deepEqual(shown.filter((s) => s.spec?.removed).map((s) => s.key), []);
  });

  it('has the defaults of Linux 6.18, unless a later kernel changed them', () => {
    const later = new Map([['net.ipv4.tcp_comp_sack_slack_ns', '100000'], ['net.ipv4.tcp_orphan_retries', '0']]);
    for (const { key, value, spec } of shown) {
      if (LOCAL.test(key)) continue;
      assert.equal(later.get(key) ?? currentDefault(spec!), value, key);
    }
  });

  it('has one entry per key, and every key that an entry points to', () => {
    assert.equal(new Set(SYSCTLS.map((s) => s.key)).size, SYSCTLS.length);
    const terms = [...SS_COLUMNS, ...SS_STATES, ...SS_INFO];
    for (const { see } of [...SYSCTLS, ...terms]) for (const key of see) assert.ok(findSysctl(key), key);
    for (const spec of SYSCTLS) assert.ok(!spec.see.includes(spec.key), spec.key);
  });

  it('tells what each is, how it behaves, and who says so', () => {
    for (const spec of SYSCTLS) {
      assert.match(spec.doc, /^[A-Z].{15,160}[.?]$|^TCP Fast Open/, spec.key);
      assert.ok(spec.story.length >= 30, spec.key);
      assert.ok(spec.source !== '', spec.key);
      assert.ok(spec.defaults.length > 0 && spec.defaults.every((d) => d.value !== ''), spec.key);
      assert.equal(spec.defaults.at(-1)!.since, '', spec.key);
      if (spec.removed) assert.match(spec.doc, new RegExp(`^Gone since Linux ${spec.removed.replaceAll('.', '\\.')}\\.`), spec.key);
    }
  });

  it('reads the slash form of keys, where dots belong to names', () => {
    assert.equal(canonicalKey('net/ipv4/tcp_sack'), 'net.ipv4.tcp_sack');
    assert.equal(canonicalKey('/proc/sys/net/ipv4/tcp_sack'), 'net.ipv4.tcp_sack');
    assert.equal(canonicalKey('net/ipv4/conf/eth0.7/rp_filter'), 'net.ipv4.conf.eth0/7.rp_filter');
    assert.equal(canonicalKey('net.ipv4.tcp_sack'), 'net.ipv4.tcp_sack');
  });

  it('corrects what old guides say', () => {
    const of = (key: string) => findSysctl(key)!;
    assert.equal(of('net.ipv4.tcp_tw_recycle').removed, '4.12');
    assert.match(of('net.ipv4.tcp_fin_timeout').story, /not the length of TIME-WAIT, which is fixed at 60 s/);
    assert.deepEqual(of('net.core.somaxconn').defaults, [{ value: '4096', since: '5.4' }, { value: '128', since: '' }]);
    assert.equal(currentDefault(of('net.ipv4.tcp_syncookies')), '1');
    assert.match(of('net.core.somaxconn').story, /min\(backlog, somaxconn\)/);
  });
});
