import { u16be, u16le } from '../bytes/read';
import { textOf } from './textCursor';

/** An option by itself: its code and its value, little-endian where it is a number. */
export interface NgOption {
  readonly code: number;
  readonly value: Uint8Array;
}

/** One option of a pcapng block: its value is bytes[start, start + length). */
export type OptionVisitor = (code: number, start: number, length: number) => void;

/** Option codes (draft-ietf-opsawg-pcapng 3.5, 4.1, 4.2). */
export const OPTION_END = 0;
export const OPTION_COMMENT = 1;
export const SHB_HARDWARE = 2;
export const SHB_OS = 3;
export const SHB_USER_APPLICATION = 4;
export const IF_NAME = 2;
export const IF_DESCRIPTION = 3;
export const IF_TIMESTAMP_RESOLUTION = 9;
export const IF_FCS_LENGTH = 13;
export const IF_TIMESTAMP_OFFSET = 14;
export const EPB_FLAGS = 2;

/** Visits the options in bytes[start, end) up to opt_endofopt, the end, or the first option that does not fit. */
export function eachOption(bytes: Uint8Array, start: number, end: number, littleEndian: boolean, visit: OptionVisitor): void {
  const u16 = littleEndian ? u16le : u16be;
  let at = start;
  while (end - at >= 4) {
    const code = u16(bytes, at);
    const length = u16(bytes, at + 2);
    at += 4;
    if (code === OPTION_END || length > end - at) return;
    visit(code, at, length);
    at += (length + 3) & ~3;
  }
}

/** Text of an option: UTF-8, not zero-terminated, though some writers add the zero. */
export function optionText(bytes: Uint8Array, start: number, length: number): string {
  let end = start + length;
  while (end > start && bytes[end - 1] === 0) end--;
  return textOf(bytes, start, end);
}

/** The comments among the options in bytes[start, end). */
export function commentsIn(bytes: Uint8Array, start: number, end: number, littleEndian: boolean): string[] {
  const comments: string[] = [];
  eachOption(bytes, start, end, littleEndian, (code, at, length) => {
    if (code === OPTION_COMMENT && comments.length < 1000) comments.push(optionText(bytes, at, length));
  });
  return comments;
}
