import type { FieldSpec, HeaderSpec } from '../protocol/fieldSpec';

/** Why a part could not be decoded. `cut`: the capture holds fewer bytes than the packet had (snaplen); `malformed`: the packet itself is wrong. */
export interface DecodeIssue {
  readonly kind: 'cut' | 'malformed';
  /** Label of the layer: "TCP". */
  readonly layer: string;
  /** Byte in the frame. */
  readonly offset: number;
  /** Bytes needed and there. */
  readonly need: number;
  readonly have: number;
  /** One sentence for the user. */
  readonly message: string;
}

/** 'derived': not printed, but follows from what is. 'no': not shown, and not to be computed: the node has no number. */
export type Shown = 'derived' | 'no';

/**
 * A node of the field tree of one packet: a layer, a field, a flag, an option, or an option's field.
 * `start`/`length` are bytes in its buffer of `DetailTree.buffers`; a field narrower than a byte also has `bit`/`bits` counted from `start`'s first bit.
 */
export interface DetailNode {
  /** Unique in the tree and stable between packets: "tcp", "tcp.windowSize", "tcp.flags.syn", "tcp.option.2.mss". */
  readonly id: string;
  readonly label: string;
  /** The value in words; capture data is already escaped (control and bidi characters shown as escapes). */
  readonly value: string;
  /** The value as a number where it is one, else null: what explanations compute with. */
  readonly raw: number | null;
  readonly start: number;
  readonly length: number;
  readonly bit?: number;
  readonly bits?: number;
  /** Index into `DetailTree.buffers`; 0 (the frame) when absent. */
  readonly buffer?: number;
  /** Wireshark's field name; empty when there is none. */
  readonly filter: string;
  readonly kind: 'layer' | 'field' | 'flag' | 'option' | 'payload' | 'issue' | 'generated';
  readonly spec: FieldSpec | null;
  readonly header: HeaderSpec | null;
  readonly issue?: DecodeIssue;
  /** How a text tells the value; absent: the capture shows it as it is. */
  readonly shown?: Shown;
  readonly children: readonly DetailNode[];
}

export interface DetailTree {
  /** The frame's captured bytes first; then reassembled datagrams. Exact-size copies. */
  readonly buffers: readonly { readonly label: string; readonly bytes: Uint8Array }[];
  readonly layers: readonly DetailNode[];
  /** The innermost TCP layer (not one quoted in an ICMP error), or null. */
  readonly tcp: DetailNode | null;
  readonly issues: readonly DecodeIssue[];
}
