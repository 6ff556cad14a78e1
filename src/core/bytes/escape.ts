const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Characters that change how text is shown without being seen: controls (C0, C1), bidirectional marks, zero-width and other
 * invisible characters, line separators, variation selectors, tags, and halves of surrogate pairs.
 */
const HIDDEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- these are the very characters to be found
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}\ud800-\udfff]/gu;

/** Makes text from a capture safe to show: what is hidden appears as an escape ("\n", "\u{202e}"). */
export function escapeText(text: string): string {
  return text.replace(HIDDEN, (c) => SHORT[c] ?? `\\u{${c.codePointAt(0)!.toString(16)}}`);
}
