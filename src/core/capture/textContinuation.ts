import { isDumpLine, isHexBlockLine, TOOL_HEX, TOOL_TCPDUMP } from './textLines';
import { ascii, find } from './textCursor';
import { isBanner, isFence, isSummary, noiseKind } from './textNoise';
import type { RecordShape } from './textRecord';

/** What tells whether a line goes on with the record before it. Looks at no more than the last 4096 bytes of that record. */

const LENGTH = ascii('length ');
const FLAGS = ascii('Flags [');
const WIN = ascii(' win ');
const TCP_QUIET = ascii(': tcp ');
const CUT = ascii('[|');
const TUNNELS = ['VXLAN,', 'Geneve,', 'VXLAN-GPE,'].map(ascii);
const ARROW = ascii(' > ');
/** Markdown's fence. */
export const FENCE = ascii('```');

/** A dump line of the record, which `blanks` blank lines may stand before. */
export function continuesDump(b: Uint8Array, { tool }: RecordShape, blanks: number, p: number, end: number): boolean {
  if (tool === TOOL_TCPDUMP) return isDumpLine(b, p, end);
  if (tool === TOOL_HEX) return blanks === 0 && isHexBlockLine(b, p, end) && !(b[p] === 0x30 && b[p + 1] === 0x30 && b[p + 2] === 0x30 && b[p + 3] === 0x30);
  return isHexBlockLine(b, p, end);
}

/** Stands between records, as a line of dots or a prompt does. */
export function isMark(b: Uint8Array, p: number, end: number): boolean {
  const kind = noiseKind(b, p, end);
  return kind === 'ellipsis' || kind === 'prompt' || kind === 'blank';
}

/** Lines that stand outside any record wherever they occur. */
export function isOutside(b: Uint8Array, p: number, end: number): boolean {
  return isBanner(b, p, end) || isSummary(b, p, end) || isFence(b, p, end);
}

/** The record so far lacks what ends a TCP line: it was wrapped. */
export function isIncomplete(b: Uint8Array, shape: RecordShape): boolean {
  const { body, headEnd } = shape;
  const from = Math.max(body, headEnd - 4096);
  if (find(b, from, headEnd, FLAGS) >= 0) {
    const at = find(b, find(b, from, headEnd, FLAGS), headEnd, LENGTH);
    return at < 0 && find(b, from, headEnd, CUT) < 0;
  }
  if (find(b, from, headEnd, WIN) >= 0 || find(b, from, headEnd, TCP_QUIET) >= 0 || find(b, from, headEnd, CUT) >= 0) return openBracket(b, from, headEnd);
  if (b[headEnd - 1] === 0x3e && b[headEnd - 2] === 0x20) return true;
  // A tunnel's outer header, or the verbose IP part whose second line lost its indentation.
  return lacksEnds(b, shape) || opensTunnel(b, shape);
}

/** The record so far is a verbose IPv4 part, whose endpoints stand on the next line. */
export function lacksEnds(b: Uint8Array, { body, headEnd }: RecordShape): boolean {
  const from = Math.max(body, headEnd - 4096);
  return b[headEnd - 1] === 0x29 && find(b, from, headEnd, ascii('(tos ')) >= 0 && find(b, from, headEnd, ascii(' > ')) < 0;
}

/** The record so far ends with the header of a tunnel whose contents are printed on a line of their own. */
export function opensTunnel(b: Uint8Array, { body, headEnd }: RecordShape): boolean {
  const from = Math.max(body, headEnd - 4096);
  for (const word of TUNNELS) {
    const at = find(b, from, headEnd, word);
    if (at >= 0) return find(b, at, headEnd, ARROW) < 0;
  }
  return false;
}

/** The first line of -A output: the IP header as text. */
export function startsPayload(b: Uint8Array, p: number, end: number): boolean {
  const c = b[p]!;
  let dots = 0;
  const head = Math.min(end, p + 40);
  for (let i = p; i < head; i++) if (b[i] === 0x2e) dots++;
  if (c === 0x45 || c === 0x60) return end - p < 8 || dots >= 2;
  return dots * 4 >= head - p && head - p >= 8 && noiseKind(b, p, end) === 'text';
}

function openBracket(b: Uint8Array, from: number, end: number): boolean {
  let depth = 0;
  for (let i = from; i < end; i++) {
    if (b[i] === 0x3c && b[i + 1] !== 0x20) depth++;
    else if (b[i] === 0x3e && b[i - 1] !== 0x20) depth--;
  }
  return depth > 0;
}
