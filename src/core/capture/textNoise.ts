import type { TextNoise } from './captureReader';
import { ascii, find, isDigit, isSpace, matches } from './textCursor';

const BANNERS = ['tcpdump:', 'listening on ', 'reading from file', 'tshark:', 'Capturing on', 'Running as user', 'dropped privs', 'Packet filtering', 'windump:', 'data link type'].map(ascii);
const SUMMARIES = ['packets captured', 'packet captured', 'packets received by filter', 'packet received by filter', 'packets dropped', 'packet dropped'].map(ascii);
const FENCES = ['```', '~~~', '<pre', '</pre', '<code', '</code', '<td', '</td', '<tr', '</tr', '<br', '{{<', '+--', '|--', '.. code', '====', '----'].map(ascii);
const TOOLS = ['tcpdump', 'tshark', 'windump', 'WinDump'].map(ascii);

/** Names a line b[start, end) that is no packet nor part of one. */
export function noiseKind(b: Uint8Array, start: number, end: number): TextNoise {
  let p = start;
  while (p < end && (isSpace(b[p]) || b[p] === 0x3e)) p++;
  if (p === end) return 'blank';
  if (isBanner(b, p, end)) return 'banner';
  if (isSummary(b, p, end)) return 'summary';
  if (isFence(b, p, end)) return 'markup';
  if (isEllipsis(b, p, end)) return 'ellipsis';
  return isPrompt(b, p, end) ? 'prompt' : 'text';
}

/** `...`, `[...]`, `(...)`, `…`, `^C` and nothing else. */
function isEllipsis(b: Uint8Array, p: number, end: number): boolean {
  let dots = 0;
  for (let i = p; i < end; i++) {
    const c = b[i]!;
    if (c === 0x2e || c === 0x80 || c === 0xa6 || c === 0xe2) dots++;
    else if (c === 0x5e && b[i + 1] === 0x43) {
      i++;
      dots += 3;
    } else if (!isSpace(c) && c !== 0x5b && c !== 0x5d && c !== 0x28 && c !== 0x29 && c !== 0x2a) return false;
  }
  return dots >= 2;
}

export function isBanner(b: Uint8Array, p: number, end: number): boolean {
  for (const word of BANNERS) if (matches(b, p, end, word)) return true;
  return false;
}

/** `12 packets captured` and its like, `^C` in front or not. */
export function isSummary(b: Uint8Array, start: number, end: number): boolean {
  let p = start;
  while (p < end && (b[p] === 0x5e || b[p] === 0x43 || isSpace(b[p]))) p++;
  if (!isDigit(b[p])) return false;
  while (p < end && isDigit(b[p])) p++;
  while (p < end && isSpace(b[p])) p++;
  for (const word of SUMMARIES) if (matches(b, p, end, word)) return true;
  return false;
}

export function isFence(b: Uint8Array, p: number, end: number): boolean {
  for (const word of FENCES) if (matches(b, p, end, word)) return true;
  return false;
}

/** A shell prompt with a command: `# x`, `$ x`, `user@host:~# x`. */
export function isPrompt(b: Uint8Array, p: number, end: number): boolean {
  const c = b[p];
  if ((c === 0x23 || c === 0x24 || c === 0x25) && b[p + 1] === 0x20) return true;
  let at = false;
  for (let i = p; i < end && i < p + 100; i++) {
    const ch = b[i]!;
    if (ch === 0x40 || ch === 0x3a || ch === 0x5b || ch === 0x7e || ch === 0x2f) at = true;
    if ((ch === 0x23 || ch === 0x24) && at && (i + 1 === end || isSpace(b[i + 1]))) return true;
    if (ch === 0x3e && at && b[i - 1] !== 0x20 && i + 1 === end) return true;
  }
  return false;
}

/** A line that starts a new run of the tool: its banner, or a prompt that calls it. */
export function startsRun(b: Uint8Array, start: number, end: number, kind: TextNoise): boolean {
  if (kind === 'banner') return matches(b, start, end, BANNERS[1]!) || matches(b, start, end, BANNERS[2]!) || find(b, start, end, BANNERS[1]!) >= 0;
  if (kind !== 'prompt') return false;
  for (const word of TOOLS) if (find(b, start, end, word) >= 0) return true;
  return false;
}

/** `link-type EN10MB (Ethernet)` of a banner: LINKTYPE_*, or -1. */
export function bannerLinkType(b: Uint8Array, start: number, end: number): number {
  const at = find(b, start, end, ascii('link-type '));
  if (at < 0) return -1;
  const p = at + 10;
  for (const [name, value] of LINK_NAMES) if (matches(b, p, end, name) && !isNameByte(b[p + name.length])) return value;
  return -1;
}

function isNameByte(c: number | undefined): boolean {
  return c !== undefined && ((c >= 0x41 && c <= 0x5a) || isDigit(c) || c === 0x5f);
}

const LINK_NAMES: readonly (readonly [Uint8Array, number])[] = [
  [ascii('EN10MB'), 1], [ascii('LINUX_SLL2'), 276], [ascii('LINUX_SLL'), 113], [ascii('NULL'), 0], [ascii('LOOP'), 108], [ascii('RAW'), 101], [ascii('PPP'), 9],
];
