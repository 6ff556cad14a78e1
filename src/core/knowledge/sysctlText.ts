import { canonicalKey, findSysctl } from './sysctls';
import type { SysctlSpec } from './sysctlSpec';

/** One setting in a sysctl.conf, a file of sysctl.d, or the output of `sysctl -a`. Columns count UTF-16 units. */
export interface SysctlSetting {
  readonly line: number;
  readonly key: string;
  readonly keyStart: number;
  readonly keyEnd: number;
  /** Without surrounding blanks; runs of blanks are one space. */
  readonly value: string;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly spec: SysctlSpec | null;
}

/** Longer lines are no settings. */
const LONGEST_LINE = 1000;

// "-key = value" (errors are ignored), "key=value", and with the command that was typed before it.
const SETTING = /^(\s*(?:(?:[$%>] +)?(?:sudo +)?sysctl +(?:-[a-zA-Z]+ +)*)?-?)([A-Za-z0-9_/][\w./*-]*)(\s*=\s*)(.*)$/;

/** The setting on a line, or null for comments, blank and other lines. */
export function parseSysctlLine(text: string, line: number): SysctlSetting | null {
  if (text.length > LONGEST_LINE) return null;
  const match = SETTING.exec(text);
  if (!match) return null;
  const [, before, written, equals, rest] = match as unknown as [string, string, string, string, string];
  if (!/[./]/.test(written)) return null;
  const key = canonicalKey(written);
  const keyStart = before.length;
  const keyEnd = keyStart + written.length;
  const valueStart = keyEnd + equals.length;
  const trimmed = rest.trimEnd();
  return { line, key, keyStart, keyEnd, value: trimmed.replace(/\s+/g, ' '), valueStart, valueEnd: valueStart + trimmed.length, spec: findSysctl(key) };
}

/** The settings of a text, in order. `most`: lines looked at. */
export function parseSysctlText(lines: Iterable<string>, most = 20_000): SysctlSetting[] {
  const found: SysctlSetting[] = [];
  let line = 0;
  for (const text of lines) {
    if (line >= most) break;
    const setting = parseSysctlLine(text, line++);
    if (setting) found.push(setting);
  }
  return found;
}
