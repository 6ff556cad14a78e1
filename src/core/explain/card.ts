/** Text with emphasis and links, as data: whoever renders it escapes it (appendText, textContent). */
export type Inline =
  | string
  | { readonly strong: string }
  | { readonly code: string }
  /** A packet of the same capture (index), shown as its frame number. */
  | { readonly packet: number; readonly text: string };

export type Rich = readonly Inline[];

/**
 * A hover card: the same data in the webview, the TCP Explain panel, and native hovers.
 * Three depths: `headline` (one line with the value), `here` (what it means in this packet, computed), `story` (the background).
 */
export interface CardDocument {
  /** Node id or topic that it explains. */
  readonly id: string;
  readonly title: string;
  readonly headline: Rich;
  readonly here: readonly Rich[];
  readonly story: readonly Rich[];
  /** "RFC 9293 3.8.6", "Linux net/ipv4/tcp_input.c". */
  readonly sources: readonly string[];
  /** "tcp.window_size == 64256", for filter and copy actions; empty when there is none. */
  readonly filter: string;
  /** What "copy value" puts on the clipboard. */
  readonly copy: string;
}
