/** Bytes of an ASCII keyword, for comparing in place. */
export function ascii(word: string): Uint8Array {
  return Uint8Array.from(word, (c) => c.charCodeAt(0));
}

export function isDigit(c: number | undefined): boolean {
  return c !== undefined && c >= 0x30 && c <= 0x39;
}

export function isSpace(c: number | undefined): boolean {
  return c === 0x20 || c === 0x09 || c === 0x0a || c === 0x0d;
}

/** Value of a hex digit, -1 for anything else. */
export function hexDigit(c: number | undefined): number {
  if (c === undefined) return -1;
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

export function matches(b: Uint8Array, at: number, end: number, word: Uint8Array): boolean {
  if (at < 0 || at + word.length > end) return false;
  for (let i = 0; i < word.length; i++) if (b[at + i] !== word[i]) return false;
  return true;
}

/** Index of `word` in b[from, end), or -1. */
export function find(b: Uint8Array, from: number, end: number, word: Uint8Array): number {
  const last = end - word.length;
  const first = word[0]!;
  for (let i = from; i <= last; i++) {
    if (b[i] !== first) continue;
    let k = 1;
    while (k < word.length && b[i + k] === word[k]) k++;
    if (k === word.length) return i;
  }
  return -1;
}

/** Plain text of b[start, end): bytes as UTF-8 where valid, else replaced. Cold paths only. */
export function textOf(b: Uint8Array, start: number, end: number): string {
  let out = '';
  for (let i = start; i < end; i++) {
    const c = b[i]!;
    if (c < 0x80) {
      out += String.fromCharCode(c);
      continue;
    }
    const n = c >= 0xf0 && c < 0xf8 ? 3 : c >= 0xe0 ? 2 : c >= 0xc2 ? 1 : 0;
    let code = n === 3 ? c & 7 : n === 2 ? c & 15 : c & 31;
    let k = 1;
    for (; k <= n && i + k < end && (b[i + k]! & 0xc0) === 0x80; k++) code = (code << 6) | (b[i + k]! & 0x3f);
    if (n === 0 || k !== n + 1 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) out += '\ufffd';
    else {
      out += String.fromCodePoint(code);
      i += n;
    }
  }
  return out;
}

/** A place in a text that numbers and words are read from. Never reads at or past `end`. */
export class TextCursor {
  bytes: Uint8Array = new Uint8Array(0);
  p = 0;
  end = 0;

  set(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.p = start;
    this.end = end;
  }

  /** The byte under the cursor, -1 at the end. */
  peek(): number {
    return this.p < this.end ? this.bytes[this.p]! : -1;
  }

  /** Reads an unsigned decimal; -1 (and stands still) when there is no digit. Beyond 15 digits the value is Infinity. */
  number(): number {
    const b = this.bytes;
    const start = this.p;
    let p = start;
    let value = 0;
    while (p < this.end) {
      const d = b[p]! - 0x30;
      if (d < 0 || d > 9) break;
      value = value * 10 + d;
      p++;
    }
    if (p === start) return -1;
    this.p = p;
    return p - start > 15 ? Infinity : value;
  }

  /** Like `number`, but only values below 2^32 count: others read as -1 with the cursor after them. */
  u32(): number {
    const value = this.number();
    return value > 0xffffffff ? -1 : value;
  }

  eat(c: number): boolean {
    if (this.p < this.end && this.bytes[this.p] === c) {
      this.p++;
      return true;
    }
    return false;
  }

  eatWord(word: Uint8Array): boolean {
    if (!matches(this.bytes, this.p, this.end, word)) return false;
    this.p += word.length;
    return true;
  }

  /** Skips spaces, tabs and line ends. */
  skipSpaces(): void {
    while (this.p < this.end && isSpace(this.bytes[this.p])) this.p++;
  }
}
