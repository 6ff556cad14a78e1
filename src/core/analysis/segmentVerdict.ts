/**
 * Our own verdict on a segment (`segment.*`), beside Wireshark's labels: what the wire shows with SACK, timestamps, IP ID, time and
 * vantage point taken into account. Bits of one number per packet; most packets have none.
 */
export const VERDICT_RETRANSMISSION = 0x01; // carries bytes (or SYN, FIN) that its sender had sent before
export const VERDICT_OUT_OF_ORDER = 0x02; // sent once, overtaken on the way
export const VERDICT_DUPLICATE_NETWORK = 0x04; // a copy that the network made of one transmission
export const VERDICT_DUPLICATE_CAPTURE = 0x08; // one transmission that the capture holds twice
export const VERDICT_SPURIOUS = 0x10; // a retransmission that was not needed: the original arrived
export const VERDICT_KEEP_ALIVE = 0x20; // 0 or 1 byte below SND.NXT, to make the peer answer
export const VERDICT_WINDOW_PROBE = 0x40; // 0 or 1 byte into a closed window
export const VERDICT_LOST = 0x80; // did not arrive: sent again because of it
/** Beside the bits where a verdict is shown: no study has come to the segment yet. */
export const VERDICT_UNKNOWN = 0x100;

export interface VerdictSpec {
  readonly bit: number;
  /** Field name, `segment.*`. */
  readonly field: string;
  /** Short name for a badge. */
  readonly badge: string;
  readonly severity: 'note' | 'warning';
  /** One line: what it says. */
  readonly doc: string;
  /** How it is told, in a sentence. */
  readonly rule: string;
  /** What it means, and what it does not. */
  readonly story: string;
  /** Where what it rests on is defined. */
  readonly source: string;
}

/** Why a label or verdict was given to a packet. */
export interface Evidence {
  /** Field name of what it supports: `segment.retransmission`, `tcp.analysis.out_of_order`. */
  readonly field: string;
  /** The rule in one sentence, with this packet's numbers. */
  readonly rule: string;
  /** Packets (indices) that it rests on, oldest first. */
  readonly packets: readonly number[];
  /** What was measured against what, in words ("0.4 ms after the segment that ran ahead; a retransmission takes at least 20 ms"); may be empty. */
  readonly measured: string;
  /** The other explanation, and why it lost; empty when there is none. */
  readonly rival: string;
  readonly confidence: 'certain' | 'likely' | 'possible';
  /** A text carries labels of its own: whether it carries this one. */
  readonly text?: string;
  /** Only the text gives the label. */
  readonly fromText?: boolean;
}
