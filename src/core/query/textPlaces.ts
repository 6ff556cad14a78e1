import { escapeText } from '../bytes/escape';
import type { TextToken } from '../capture/textTokens';
import type { TextSpan, TextTokenData } from './textApi';

/**
 * Translates between bytes of a record's text and the lines and columns of an editor.
 * A column counts UTF-16 units; bytes that are no UTF-8 count one column each, as the decoder shows one replacement character.
 */
export class TextPlaces {
  /** First byte of each line. */
  private readonly starts: number[] = [0];

  constructor(private readonly text: Uint8Array) {
    for (let i = text.indexOf(0x0a); i >= 0; i = text.indexOf(0x0a, i + 1)) this.starts.push(i + 1);
  }

  /** Byte at a line and column; -1 when the record has no such line. A column past the end of the line is its end. */
  byteAt(line: number, column: number): number {
    const start = this.starts[line];
    if (start === undefined) return -1;
    const end = this.lineEnd(line);
    let p = start;
    for (let c = 0; p < end && c < column; ) {
      const [bytes, units] = this.characterAt(p, end);
      c += units;
      if (c > column) break;
      p += bytes;
    }
    return p;
  }

  /** Columns of bytes [start, end); what lies beyond the line of `start` is cut off. */
  span(start: number, end: number): TextSpan {
    const line = this.lineOf(start);
    const from = this.columnOf(line, start);
    return { line, start: from, end: Math.max(from, this.columnOf(line, Math.min(end, this.lineEnd(line)))) };
  }

  token(token: TextToken): TextTokenData {
    return { ...this.span(token.start, token.end), kind: token.kind, value: finite(token.value), second: finite(token.second), name: escapeText(token.name) };
  }

  private lineOf(byte: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= byte) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  private lineEnd(line: number): number {
    const next = this.starts[line + 1];
    let end = next === undefined ? this.text.length : next - 1;
    if (end > this.starts[line]! && this.text[end - 1] === 0x0d) end--;
    return end;
  }

  private columnOf(line: number, byte: number): number {
    let column = 0;
    for (let p = this.starts[line]!; p < byte; ) {
      const [bytes, units] = this.characterAt(p, byte);
      p += bytes;
      column += units;
    }
    return column;
  }

  /** Bytes and UTF-16 units of the character at p. */
  private characterAt(p: number, end: number): readonly [bytes: number, units: number] {
    const c = this.text[p]!;
    const more = c < 0xc2 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : c < 0xf5 ? 3 : 0;
    if (more === 0 || p + more >= end) return [1, 1];
    for (let k = 1; k <= more; k++) if ((this.text[p + k]! & 0xc0) !== 0x80) return [1, 1];
    return [more + 1, more === 3 ? 2 : 1];
  }
}

/** JSON knows no Infinity. */
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
