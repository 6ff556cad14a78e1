import { textOf } from '../capture/textCursor';
import { escapeText } from './escape';

export type TextEncodingName = 'utf8' | 'latin1';

/** Payload bytes as text that is safe to show: line ends and tabs stay, all else that is hidden shows as an escape. */
export function payloadText(bytes: Uint8Array, encoding: TextEncodingName): string {
  const text = encoding === 'utf8' ? textOf(bytes, 0, bytes.length) : latin1(bytes);
  return text.replace(/\r\n/g, '\n').replace(/[^\n\t]+/g, escapeText);
}

function latin1(bytes: Uint8Array): string {
  const PIECE = 4096;
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

/** How many of the bytes are whole UTF-8 characters: a last one that is cut is left for the bytes that follow. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 && byte < 0xf8 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
