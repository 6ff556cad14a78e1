import { t } from '../l10n';
import { SYSCTLS } from './sysctls';
import type { SysctlSetting } from './sysctlText';

/** Something to say about a setting. */
export interface SysctlFinding {
  readonly setting: SysctlSetting;
  /** Where it stands: the key or the value. */
  readonly at: 'key' | 'value';
  readonly severity: 'warning' | 'info';
  /** Stable name: "removed", "range". */
  readonly code: string;
  readonly message: string;
  /** Settings that it contradicts. */
  readonly related: readonly SysctlSetting[];
}

const NUMBER = /^-?\d+$/;

/**
 * Looks for keys that are gone, values that the kernel refuses, and settings that cancel each other.
 * `configuration`: the text sets values (sysctl.conf); otherwise it only shows them (sysctl -a).
 */
export function checkSysctls(settings: readonly SysctlSetting[], configuration: boolean): SysctlFinding[] {
  const findings: SysctlFinding[] = [];
  const last = new Map<string, SysctlSetting>();
  for (const setting of settings) {
    findings.push(...checkOne(setting, configuration));
    const earlier = last.get(setting.key);
    if (earlier && earlier.value !== setting.value && !setting.key.includes('*')) {
      findings.push({ setting: earlier, at: 'key', severity: 'warning', code: 'overridden', message: t('Line {0} sets {1} again, to {2}: this value is lost.', setting.line + 1, setting.key, setting.value), related: [setting] });
    }
    last.set(setting.key, setting);
  }
  const values = new Values(last);
  for (const rule of CONTRADICTIONS) {
    const found = rule(values, configuration);
    if (found) findings.push(found);
  }
  return findings.sort((a, b) => a.setting.line - b.setting.line);
}

function checkOne(setting: SysctlSetting, configuration: boolean): SysctlFinding[] {
  const { spec, value } = setting;
  const say = (at: 'key' | 'value', severity: 'warning' | 'info', code: string, message: string): SysctlFinding[] => [{ setting, at, severity, code, message, related: [] }];
  if (!spec) return unknownKey(setting);
  if (spec.removed) return say('key', 'warning', 'removed', t('{0} does not exist since Linux {1}: delete the line.', spec.key, spec.removed));
  const found: SysctlFinding[] = [];
  if (spec.inert) found.push(...say('key', 'info', 'inert', t('{0} does nothing since Linux {1}.', spec.key, spec.inert)));
  if (spec.readOnly && configuration) found.push(...say('key', 'warning', 'read-only', t('{0} can only be read.', spec.key)));
  if (value === '') return found;
  if (spec.unit === 'three byte counts' || spec.unit === 'three page counts') found.push(...checkThree(setting));
  else if (spec.unit === 'port range') {
    if (spec.key.endsWith('_port_range')) found.push(...checkPorts(setting));
  } else if (spec.unit !== 'name' && spec.unit !== 'names' && spec.unit !== 'key') {
    const range = spec.range ?? (spec.unit === 'switch' ? ([0, 1] as const) : null);
    if (!NUMBER.test(value)) found.push(...say('value', 'warning', 'not-a-number', t('{0} takes one whole number.', spec.key)));
    else if (range && (Number(value) < range[0] || Number(value) > range[1])) found.push(...say('value', 'warning', 'range', t('{0} takes values from {1} to {2}.', spec.key, range[0], range[1])));
  }
  return found;
}

function checkThree(setting: SysctlSetting): SysctlFinding[] {
  const parts = setting.value.split(' ');
  const numbers = parts.map(Number);
  const ordered = numbers[0]! <= numbers[1]! && numbers[1]! <= numbers[2]!;
  if (parts.length === 3 && parts.every((part) => /^\d+$/.test(part)) && ordered) return [];
  return [{ setting, at: 'value', severity: 'warning', code: 'three-numbers', message: t('{0} takes three numbers that do not fall: least, default, most.', setting.key), related: [] }];
}

function checkPorts(setting: SysctlSetting): SysctlFinding[] {
  const match = /^(\d+) (\d+)$/.exec(setting.value);
  const [low, high] = [Number(match?.[1]), Number(match?.[2])];
  if (match && low >= 1 && high <= 65_535 && low < high) return [];
  return [{ setting, at: 'value', severity: 'warning', code: 'range', message: t('{0} takes two ports, the lower one first.', setting.key), related: [] }];
}

/** TCP keys that nobody knows: perhaps misspelt. Other keys are none of our business. */
function unknownKey(setting: SysctlSetting): SysctlFinding[] {
  if (!/^net\.ipv4\.tcp_\w+$/.test(setting.key)) return [];
  const near = nearestKey(setting.key);
  const message = near
    ? t('No kernel that we know has {0}. Is {1} meant?', setting.key, near)
    : t('No kernel that we know has {0}. Some vendors add keys of their own.', setting.key);
  return [{ setting, at: 'key', severity: 'info', code: 'unknown', message, related: [] }];
}

/** The known key at an edit distance of at most two, or null. */
export function nearestKey(key: string): string | null {
  let best: string | null = null;
  let least = 3;
  for (const spec of SYSCTLS) {
    if (Math.abs(spec.key.length - key.length) >= least) continue;
    const distance = editDistance(spec.key, key);
    if (distance < least) {
      least = distance;
      best = spec.key;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** The values in force, by the end of a key. */
class Values {
  constructor(private readonly settings: ReadonlyMap<string, SysctlSetting>) {}

  setting(key: string): SysctlSetting | null {
    return this.settings.get(key) ?? null;
  }

  /** The value of a key that is set to a number; `which` of several numbers. NaN when it is not set. */
  number(key: string, which = 0): number {
    const part = this.settings.get(key)?.value.split(' ')[which];
    return part !== undefined && NUMBER.test(part) ? Number(part) : NaN;
  }
}

type Rule = (values: Values, configuration: boolean) => SysctlFinding | null;

const TCP = 'net.ipv4.tcp_';

/** A finding at one key when a condition holds, with the keys that contradict it. */
function rule(key: string, others: readonly string[], code: string, severity: 'warning' | 'info', holds: (v: Values) => boolean, message: () => string): Rule {
  return (values) => {
    const setting = values.setting(key);
    if (!setting || !holds(values)) return null;
    return { setting, at: 'value', severity, code, message: message(), related: others.map((other) => values.setting(other)).filter((s) => s !== null) };
  };
}

const CONTRADICTIONS: readonly Rule[] = [
  rule(`${TCP}tw_reuse`, [`${TCP}timestamps`], 'needs-timestamps', 'warning', (v) => v.number(`${TCP}tw_reuse`) > 0 && v.number(`${TCP}timestamps`) === 0, () =>
    t('tcp_tw_reuse does nothing without timestamps, and tcp_timestamps is 0.')),
  rule(`${TCP}dsack`, [`${TCP}sack`], 'needs-sack', 'warning', (v) => v.number(`${TCP}dsack`) === 1 && v.number(`${TCP}sack`) === 0, () =>
    t('tcp_dsack does nothing without SACK, and tcp_sack is 0.')),
  rule(`${TCP}max_syn_backlog`, ['net.core.somaxconn'], 'capped-by-somaxconn', 'info', (v) => v.number(`${TCP}max_syn_backlog`) > v.number('net.core.somaxconn'), () =>
    t('The SYN queue of a listener is also limited by its accept queue, and that by net.core.somaxconn, which is smaller.')),
  rule(`${TCP}rmem`, [`${TCP}window_scaling`], 'needs-window-scaling', 'warning', (v) => v.number(`${TCP}window_scaling`) === 0 && v.number(`${TCP}rmem`, 2) > 65_535, () =>
    t('Without window scaling no window is larger than 65 535 bytes: a larger receive buffer is of no use.')),
  rule('net.netfilter.nf_conntrack_tcp_timeout_established', [`${TCP}keepalive_time`], 'forgotten-before-keepalive', 'warning',
    (v) => v.number('net.netfilter.nf_conntrack_tcp_timeout_established') <= v.number(`${TCP}keepalive_time`), () =>
      t('Connection tracking forgets an idle connection before its first keepalive probe (tcp_keepalive_time): it will be cut.')),
  rule(`${TCP}plb_rehash_rounds`, [`${TCP}plb_idle_rehash_rounds`], 'order', 'warning', (v) => v.number(`${TCP}plb_rehash_rounds`) < v.number(`${TCP}plb_idle_rehash_rounds`), () =>
    t('tcp_plb_rehash_rounds should not be smaller than tcp_plb_idle_rehash_rounds.')),
  (v, configuration) => {
    const setting = v.setting(`${TCP}base_mss`);
    const probing = v.setting(`${TCP}mtu_probing`);
    if (!configuration || !setting || !probing || v.number(probing.key) !== 0) return null;
    return { setting, at: 'value', severity: 'info', code: 'needs-mtu-probing', message: t('tcp_base_mss is used by MTU probing only, and tcp_mtu_probing is 0.'), related: [probing] };
  },
  (v) => {
    const setting = v.setting(`${TCP}congestion_control`);
    const available = v.setting(`${TCP}available_congestion_control`);
    if (!setting || !available || available.value.split(' ').includes(setting.value)) return null;
    return { setting, at: 'value', severity: 'warning', code: 'not-available', message: t('{0} is not among tcp_available_congestion_control: its module must be loaded first.', setting.value), related: [available] };
  },
  (v, configuration) => {
    const setting = v.setting(`${TCP}fin_timeout`);
    if (!configuration || !setting || !(v.number(`${TCP}fin_timeout`) < 60)) return null;
    return { setting, at: 'value', severity: 'info', code: 'not-time-wait', message: t('tcp_fin_timeout limits FIN-WAIT-2 of closed sockets. It does not shorten TIME-WAIT, which is 60 s on Linux.'), related: [] };
  },
  (v, configuration) => {
    const setting = v.setting(`${TCP}retries2`);
    const retries = v.number(`${TCP}retries2`);
    if (!configuration || !setting || !(retries > 0 && retries < 8)) return null;
    return { setting, at: 'value', severity: 'info', code: 'below-r2', message: t('RFC 9293 3.8.3 wants a connection to try for at least 100 s, which is tcp_retries2 = 8. A short outage will cut every connection of this host.'), related: [] };
  },
  (v, configuration) => {
    const setting = v.setting(`${TCP}rto_max_ms`);
    if (!configuration || !setting || v.setting(`${TCP}retries2`) || !(v.number(`${TCP}rto_max_ms`) < 120_000)) return null;
    return { setting, at: 'value', severity: 'info', code: 'retries2-too', message: t('With a smaller tcp_rto_max_ms the time of tcp_retries2 shrinks too: set that as well.'), related: [] };
  },
];
