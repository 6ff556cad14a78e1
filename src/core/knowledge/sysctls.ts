import type { SysctlSpec } from './sysctlSpec';
import { CONNECTION_SYSCTLS } from './sysctlsConnection';
import { CONNTRACK_SYSCTLS } from './sysctlsConntrack';
import { MEMORY_SYSCTLS } from './sysctlsMemory';
import { RECOVERY_SYSCTLS } from './sysctlsRecovery';

/** Every kernel parameter that we explain. */
export const SYSCTLS: readonly SysctlSpec[] = [...CONNECTION_SYSCTLS, ...RECOVERY_SYSCTLS, ...MEMORY_SYSCTLS, ...CONNTRACK_SYSCTLS];

const BY_KEY: ReadonlyMap<string, SysctlSpec> = new Map(SYSCTLS.map((spec) => [spec.key, spec]));

/** The parameter of this key in canonical form ("net.ipv4.tcp_sack"), or null. */
export function findSysctl(key: string): SysctlSpec | null {
  return BY_KEY.get(key) ?? null;
}

/**
 * Canonical form of a key as people write it: "net/ipv4/tcp_sack", "/proc/sys/net/ipv4/tcp_sack", "net.ipv4.tcp_sack".
 * In the slash form dots belong to names, as in sysctl.d(5): the first separator decides.
 */
export function canonicalKey(written: string): string {
  const path = written.replace(/^\/proc\/sys\//, '');
  const slash = path.indexOf('/');
  const dot = path.indexOf('.');
  if (slash < 0 || (dot >= 0 && dot < slash)) return path;
  return path.replace(/[./]/g, (c) => (c === '/' ? '.' : '/'));
}

/** The default of today's kernel, and since when. */
export function currentDefault(spec: SysctlSpec): string {
  return spec.defaults[0]!.value;
}
