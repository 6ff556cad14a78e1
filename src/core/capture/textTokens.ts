/** What a token of a packet's text is. */
export type TextTokenKind =
  | 'number' // packet number (-#)
  | 'time'
  | 'interface'
  | 'direction' // In, Out, B, M, P
  | 'link' // link header (-e)
  | 'frameLength'
  | 'network' // IP, IP6
  | 'ip' // an item of the verbose IP part: tos, ttl, id ...
  | 'srcHost'
  | 'srcPort'
  | 'dstHost'
  | 'dstPort'
  | 'flags'
  | 'checksum'
  | 'seq'
  | 'ack'
  | 'win'
  | 'urg'
  | 'option'
  | 'length'
  | 'payload'
  | 'note' // tshark's [TCP Retransmission] and the like
  | 'protocol'
  | 'hex';

/** One token: bytes [start, end) of the record's source text. */
export interface TextToken {
  readonly kind: TextTokenKind;
  readonly start: number;
  readonly end: number;
  /** The number it shows (seq range: its first), else null. */
  readonly value: number | null;
  /** Second number: end of a seq range, ecr of TS. */
  readonly second: number | null;
  /** Option or item name ("mss", "ttl"), host text, note text; empty where `kind` says it all. */
  readonly name: string;
}

/** Collects tokens while a record is parsed; absent on the hot path. */
export class TextTokens {
  readonly list: TextToken[] = [];

  add(kind: TextTokenKind, start: number, end: number, value: number | null = null, name = '', second: number | null = null): void {
    if (end > start && this.list.length < 4096) this.list.push({ kind, start, end, value, second, name });
  }
}
