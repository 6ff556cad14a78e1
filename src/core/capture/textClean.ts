import { ascii, isDigit, isSpace, matches } from './textCursor';

const ENTITIES: readonly (readonly [Uint8Array, number])[] = [
  [ascii('&gt;'), 0x3e], [ascii('&lt;'), 0x3c], [ascii('&amp;'), 0x26], [ascii('&quot;'), 0x22], [ascii('&#39;'), 0x27], [ascii('&nbsp;'), 0x20],
];

/**
 * A record's text without what surrounds it: mail quotes, colours, markup tags, entities. `map[i]` is the place in the
 * source of byte i of `bytes`; `map[length]` is the source's end.
 */
export class CleanText {
  bytes: Uint8Array = new Uint8Array(0);
  map: Uint32Array = new Uint32Array(1);
  length = 0;

  /** Cleans b[start, end); `body` is where the record proper begins in its first line. */
  clean(b: Uint8Array, start: number, body: number, end: number): void {
    const size = end - start;
    if (this.bytes.length < size) {
      this.bytes = new Uint8Array(size * 2);
      this.map = new Uint32Array(size * 2 + 1);
    }
    const quote = quoteBefore(b, start, body);
    let n = 0;
    let p = body;
    let lineStart = false;
    const put = (c: number, at: number): void => {
      this.bytes[n] = c;
      this.map[n++] = at;
    };
    while (p < end) {
      if (lineStart) {
        lineStart = false;
        if (quote) while (p < end && b[p] === 0x3e) p += b[p + 1] === 0x20 ? 2 : 1;
        if (p >= end) break;
      }
      const c = b[p]!;
      if (c === 0x1b) {
        p = escapeEnd(b, p, end);
        continue;
      }
      if (c === 0x26) {
        const entity = ENTITIES.find(([word]) => matches(b, p, end, word));
        if (entity) {
          put(entity[1], p);
          p += entity[0].length;
          continue;
        }
      }
      if (c === 0x3c) {
        const after = tagEnd(b, p, end);
        if (after > p) {
          p = after;
          continue;
        }
      }
      // A record inside a string of a log or a call ends where the string does.
      if (c === 0x5c && b[p + 1] === 0x6e && body > start) break;
      put(c, p);
      p++;
      if (c === 0x0a) lineStart = true;
    }
    while (n > 0 && (isSpace(this.bytes[n - 1]) || this.bytes[n - 1] === 0x5c)) n--;
    this.length = n;
    this.map[n] = n > 0 ? this.map[n - 1]! + 1 : body;
  }
}

function quoteBefore(b: Uint8Array, start: number, body: number): boolean {
  for (let i = start; i < body; i++) if (b[i] === 0x3e && (i === start || isSpace(b[i - 1]) || b[i - 1] === 0x3e)) return true;
  return false;
}

/** End of an ANSI escape sequence. */
function escapeEnd(b: Uint8Array, p: number, end: number): number {
  let q = p + 1;
  if (q < end && b[q] === 0x5b) {
    q++;
    while (q < end && (isDigit(b[q]) || b[q] === 0x3b || b[q] === 0x3f)) q++;
    if (q < end) q++;
  }
  return q;
}

/** End of a markup tag such as `</td>` or `<br />`; p when it is none (options of old tcpdump stand in angle brackets too). */
function tagEnd(b: Uint8Array, p: number, end: number): number {
  let q = p + 1;
  const closing = b[q] === 0x2f;
  if (closing) q++;
  const from = q;
  while (q < end && q - from < 8 && ((b[q]! | 0x20) >= 0x61 && (b[q]! | 0x20) <= 0x7a)) q++;
  if (q === from) return p;
  const word = q - from;
  if (b[q] === 0x20 || b[q] === 0x2f) {
    // Attributes: only for tags, never for `<mss 1460>`.
    let r = q;
    while (r < end && r - q < 200 && b[r] !== 0x3e && b[r] !== 0x0a && b[r] !== 0x2c) r++;
    if (b[r] !== 0x3e || (!matchesTag(b, from, word) && !closing)) return p;
    return r + 1;
  }
  return b[q] === 0x3e && (closing || matchesTag(b, from, word)) ? q + 1 : p;
}

const TAGS = new Set(['td', 'tr', 'th', 'br', 'b', 'i', 'p', 'pre', 'code', 'span', 'font', 'div', 'em', 'strong', 'tt', 'a', 'li', 'ul', 'hr', 'u']);
function matchesTag(b: Uint8Array, from: number, length: number): boolean {
  let word = '';
  for (let i = from; i < from + length; i++) word += String.fromCharCode(b[i]! | 0x20);
  return TAGS.has(word);
}
