import type { CardDocument, Inline, Rich } from '../explain/card';
import { bytes, duration, grouped } from '../explain/words';
import { t } from '../l10n';
import type { SysctlSpec, SysctlUnit } from './sysctlSpec';

const MOST_LISTED = 8;
const PAGE = 4096;

/** Unit as people read it. */
export function unitText(unit: SysctlUnit): string {
  const names: Readonly<Record<SysctlUnit, string>> = {
    switch: t('0 or 1'), bitmap: t('sum of bits'), choice: t('one of several values'), count: t('a number'), packets: t('packets'), segments: t('segments'), connections: t('connections'),
    bytes: t('bytes'), 'three byte counts': t('bytes: least, default, most'), 'three page counts': t('pages of memory: calm, pressure, most'),
    seconds: t('seconds'), milliseconds: t('milliseconds'), microseconds: t('microseconds'), nanoseconds: t('nanoseconds'), percent: t('percent'),
    name: t('a name'), names: t('names'), key: t('a secret key'), 'port range': t('ports'),
  };
  return names[unit];
}

/** The card of a kernel parameter; with `value`, what that value means. */
export function sysctlCard(spec: SysctlSpec, value: string | null): CardDocument {
  return {
    id: spec.key,
    title: spec.key,
    headline: value === null || value === '' ? [{ strong: spec.key }, `: ${t(spec.doc)}`] : [{ strong: `${spec.key} = ${value}` }, `: ${t(spec.doc)}`],
    here: [...(spec.removed ? [] : valueLines(spec, value)), ...historyLines(spec)],
    story: [[t(spec.story)], ...relatedLines(spec)],
    sources: spec.source.split(/;\s*/),
    filter: '',
    copy: value === null ? spec.key : `${spec.key} = ${value}`,
  };
}

/** What this value means: its name, in other units, and whether it is the default. */
function valueLines(spec: SysctlSpec, value: string | null): Rich[] {
  if (value === null || value === '') return [[t('Unit: {0}.', unitText(spec.unit))]];
  const lines: Rich[] = [];
  const named = spec.unit === 'bitmap' ? bitsOf(spec, value) : spec.values?.[value];
  if (named) lines.push([t('Here: '), { strong: t(named) }, '.']);
  else if (spec.unit === 'switch' && /^[01]$/.test(value)) lines.push([t('Here: '), { strong: value === '1' ? t('on') : t('off') }, '.']);
  const converted = inOtherUnits(spec, value);
  if (converted) lines.push([t('Here: '), { strong: converted }, '.']);
  const at = spec.defaults.findIndex((d) => d.value === value);
  if (at === 0) lines.push([t('This is the default.')]);
  else if (at > 0) lines.push([t('This is the default of older kernels.')]);
  return lines;
}

function bitsOf(spec: SysctlSpec, value: string): string | undefined {
  const exact = spec.values?.[value];
  if (exact) return exact;
  const bits = Number(value);
  if (!Number.isInteger(bits) || bits < 0 || bits > 0xffff) return undefined;
  const set = Object.entries(spec.values ?? {}).filter(([bit]) => (Number(bit) & (Number(bit) - 1)) === 0 && Number(bit) > 0 && bits & Number(bit));
  return set.length > 0 ? set.map(([, name]) => t(name)).join(' + ') : undefined;
}

const NANOSECONDS: Partial<Readonly<Record<SysctlUnit, number>>> = { seconds: 1e9, milliseconds: 1e6, microseconds: 1e3, nanoseconds: 1 };

function inOtherUnits(spec: SysctlSpec, value: string): string | null {
  const numbers = value.split(' ').map(Number);
  if (numbers.some((n) => !Number.isFinite(n) || n < 0)) return null;
  const scale = NANOSECONDS[spec.unit];
  const first = numbers[0]!;
  if (scale && numbers.length === 1) return longTime(first * scale);
  if (spec.unit === 'bytes' && numbers.length === 1 && first < 2 ** 31) return size(first);
  if (spec.unit === 'three byte counts' && numbers.length === 3) return numbers.map(size).join(' / ');
  if (spec.unit === 'three page counts' && numbers.length === 3) return t('{0} with pages of 4 KiB', numbers.map((n) => size(n * PAGE)).join(' / '));
  return null;
}

/** Nanoseconds as "2 h", "5 days", "75 s". */
function longTime(nanos: number): string {
  const seconds = nanos / 1e9;
  if (seconds < 120) return duration(nanos);
  if (seconds < 7200) return t('{0} min', Number((seconds / 60).toFixed(1)));
  if (seconds < 172_800) return t('{0} hours', Number((seconds / 3600).toFixed(1)));
  return t('{0} days', Number((seconds / 86_400).toFixed(1)));
}

/** "6 MiB", "128 KiB", "1 448 bytes". */
function size(n: number): string {
  if (n >= 2 ** 30) return `${Number((n / 2 ** 30).toFixed(2))} GiB`;
  if (n >= 2 ** 20) return `${Number((n / 2 ** 20).toFixed(2))} MiB`;
  if (n >= 2 ** 12) return `${Number((n / 2 ** 10).toFixed(1))} KiB`;
  return bytes(n);
}

/** Since when it exists, when it went, and the defaults by kernel version. */
export function historyLines(spec: SysctlSpec): Rich[] {
  const lines: Rich[] = [];
  if (spec.removed) lines.push([{ strong: t('Removed in Linux {0}.', spec.removed) }]);
  if (spec.inert) lines.push([{ strong: t('Without effect since Linux {0}.', spec.inert) }]);
  const parts: Inline[] = [t('Default: ')];
  spec.defaults.forEach((d, i) => parts.push(...(i > 0 ? ['; '] : []), { code: d.value }, ...(d.since ? [` ${t('since Linux {0}', d.since)}`] : spec.defaults.length > 1 ? [` ${t('before')}`] : [])));
  lines.push([...parts, '.', spec.since === '2.2' ? '' : ` ${t('The key exists since Linux {0}.', spec.since)}`]);
  if (spec.range) lines.push([t('Range: {0} to {1}.', grouped(spec.range[0]), grouped(spec.range[1]))]);
  if (spec.socketOption) lines.push([t('For one socket: '), { code: spec.socketOption }, '.']);
  return lines;
}

function relatedLines(spec: SysctlSpec): Rich[] {
  const lines: Rich[] = [];
  if (spec.values && Object.keys(spec.values).length > 0) {
    const parts: Inline[] = [t('Values: ')];
    Object.entries(spec.values).slice(0, MOST_LISTED).forEach(([value, name], i) => parts.push(...(i > 0 ? ['; '] : []), { code: value }, ` ${t(name)}`));
    lines.push([...parts, '.']);
  }
  if (!spec.removed && !spec.readOnly) lines.push([t('Change it now with '), { code: `sysctl -w ${spec.key}=…` }, t(', for good in a file under '), { code: '/etc/sysctl.d' }, t(' (read at boot, or with '), { code: 'sysctl --system' }, ').']);
  if (spec.see.length > 0) {
    const parts: Inline[] = [t('See also: ')];
    spec.see.forEach((key, i) => parts.push(...(i > 0 ? [', '] : []), { code: key }));
    lines.push([...parts, '.']);
  }
  return lines;
}
