/**
 * One entry per kernel parameter. Hovers, diagnostics, the parameters read from the wire and the links of header fields all
 * derive from these tables. Texts are English source strings: whoever shows them passes them through `t`.
 */
export interface SysctlSpec {
  /** "net.ipv4.tcp_syn_retries". */
  readonly key: string;
  /** One line: what it sets. */
  readonly doc: string;
  /** Two to six sentences: what it does, when it does not help, what people get wrong. */
  readonly story: string;
  /** Newest first; `since` is the Linux version that brought the value, empty for the first one. */
  readonly defaults: readonly KernelDefault[];
  readonly unit: SysctlUnit;
  /** What single values mean. */
  readonly values?: Readonly<Record<string, string>>;
  /** Smallest and largest value that the kernel takes, where it checks. */
  readonly range?: readonly [number, number];
  /** Linux version that introduced it; "2.2" stands for 2.2 or earlier. */
  readonly since: string;
  /** First Linux version without it. */
  readonly removed?: string;
  /** Since this Linux version it can be set but does nothing. */
  readonly inert?: string;
  /** Cannot be written. */
  readonly readOnly?: true;
  /** The socket option that sets the same for one socket. */
  readonly socketOption?: string;
  /** Other keys that it works with. */
  readonly see: readonly string[];
  /** Kernel document or man page, and RFC section; separated by "; ". */
  readonly source: string;
}

export interface KernelDefault {
  readonly value: string;
  readonly since: string;
}

export type SysctlUnit =
  | 'switch' | 'bitmap' | 'choice' | 'count' | 'packets' | 'segments' | 'connections' | 'bytes' | 'three byte counts' | 'three page counts'
  | 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds' | 'percent' | 'name' | 'names' | 'key' | 'port range';

/** Defaults from "6 @3.7, 5": newest first, "@" before the version that brought it. */
export function defaults(text: string): readonly KernelDefault[] {
  return text.split(', ').map((part) => {
    const [value, since] = part.split(' @');
    return { value: value!, since: since ?? '' };
  });
}

/** The kernel's own description of net.ipv4 keys. */
export const IP_SYSCTL = 'Linux Documentation/networking/ip-sysctl.rst';
export const CORE_SYSCTL = 'Linux Documentation/admin-guide/sysctl/net.rst';
export const CONNTRACK_SYSCTL = 'Linux Documentation/networking/nf_conntrack-sysctl.rst';
export const TCP_MAN = 'Linux man-pages tcp(7)';
