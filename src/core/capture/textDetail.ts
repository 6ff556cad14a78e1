import type { Segment } from '../decode/segment';
import { TOOL_FIELDS, TOOL_HEX, TOOL_TCPDUMP, TOOL_TSHARK, TOOL_VERBOSE, type TextTool } from './textLines';
import { TextNames } from './textNames';
import { RECORD_ERROR, RECORD_TCP, TextRecord } from './textRecord';
import { TextScanner } from './textScanner';
import type { TextToken } from './textTokens';

export type { TextToken, TextTokenKind } from './textTokens';

/** One record's text taken apart. */
export interface TextDetail {
  readonly printer: 'tcpdump' | 'tshark' | 'tshark-verbose' | 'tshark-hex' | 'tshark-fields';
  /** In order of place; ranges are bytes of the text that was given. */
  readonly tokens: readonly TextToken[];
  /** The segment with its numbers as printed (not put back to absolute); null when the record is no TCP segment. */
  readonly segment: Segment | null;
  /** PROTOCOL_* when it is none. */
  readonly protocol: number;
  /** Bytes of the text that belong to the record. */
  readonly start: number;
  readonly end: number;
}

const PRINTERS: Readonly<Record<TextTool, TextDetail['printer']>> = {
  [TOOL_TCPDUMP]: 'tcpdump',
  [TOOL_TSHARK]: 'tshark',
  [TOOL_VERBOSE]: 'tshark-verbose',
  [TOOL_HEX]: 'tshark-hex',
  [TOOL_FIELDS]: 'tshark-fields',
};

/**
 * Lists the tokens of the first record in a text: what hovers and the field tree of a text packet are made of.
 * `text` is a record's own text (RecordDetail.text) or any lines around one. Null when it holds no record.
 */
export function textDetail(text: Uint8Array): TextDetail | null {
  const parser = new TextRecord(new TextNames());
  const found: TextDetail[] = [];
  const scanner: TextScanner = new TextScanner(parser, {
    record: (b, start, end) => {
      const shape = scanner.shape;
      const tokens = parser.tokensOf(b, start, end, shape).map((t) => ({ ...t, start: t.start + start, end: t.end + start }));
      if (parser.kind === RECORD_ERROR) return true;
      found.push({ printer: PRINTERS[shape.tool], tokens, segment: parser.kind === RECORD_TCP ? parser.segment : null, protocol: parser.protocol, start, end });
      return false;
    },
    section: () => undefined,
  });
  scanner.scan(text, 0, text.length, true);
  return found[0] ?? null;
}

/** The token at a byte of the text, the narrowest when several hold it; null when there is none. */
export function tokenAt(detail: Pick<TextDetail, 'tokens'>, offset: number): TextToken | null {
  let best: TextToken | null = null;
  for (const token of detail.tokens) {
    if (offset < token.start || offset >= token.end) continue;
    if (best === null || token.end - token.start < best.end - best.start) best = token;
  }
  return best;
}
