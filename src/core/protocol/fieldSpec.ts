/**
 * One entry per header field. The detail tree, byte ranges, hover docs, filter names and the header diagram all derive
 * from these tables; a field is described nowhere else. `label`, `doc` and `story` are English source strings: whoever
 * shows them passes them through `t`.
 */
export interface FieldSpec {
  /** Unique in its header; camelCase ("windowSize"); a part of another field carries its name before a dot ("flags.syn"). */
  readonly name: string;
  /** What people read: "Window". */
  readonly label: string;
  /** Wireshark's filter name ("tcp.window_size_value"); empty where Wireshark has none. */
  readonly filter: string;
  /** Position in the header in bits from its start, and width in bits. Width 0: variable, to the end of the header. */
  readonly bit: number;
  readonly bits: number;
  readonly format: FieldFormat;
  /** Names of values, where the value is an enumeration. */
  readonly values?: Readonly<Record<number, string>>;
  /** One line: what the field is. Plain English, no values. */
  readonly doc: string;
  /** Two to six sentences: purpose, rules, common misreading. */
  readonly story?: string;
  /** Where it is defined: "RFC 9293 3.1". */
  readonly rfc: string;
  /** Least significant byte first on the wire (802.11, radiotap). */
  readonly littleEndian?: true;
  /** Not in the header: computed from it and from other packets. `bit` is then where its source stands. */
  readonly derived?: true;
}

export type FieldFormat = 'dec' | 'hex' | 'bool' | 'flags' | 'ipv4' | 'ipv6' | 'mac' | 'bytes' | 'text' | 'seconds' | 'checksum';

/** A header as a whole. Also one option: `id` is then "tcp.option.mss" and the like. */
export interface HeaderSpec {
  /** "tcp": prefix of node ids and of filter names. */
  readonly id: string;
  readonly label: string;
  readonly doc: string;
  readonly rfc: string;
  readonly fields: readonly FieldSpec[];
  /** Two to six sentences on the header as a whole. */
  readonly story?: string;
  /** Wireshark's filter name of the header ("ip" for ipv4); absent where there is none. */
  readonly filter?: string;
}
