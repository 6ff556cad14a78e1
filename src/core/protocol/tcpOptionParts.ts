import type { FieldSpec, HeaderSpec } from './fieldSpec';

/** A TCP option: a small header of its own. */
export interface TcpOptionSpec extends HeaderSpec {
  /** Lengths that its definition allows, counting kind and length bytes; empty when any length of 2 or more will do. */
  readonly lengths: readonly number[];
}

/** The first byte of every option. */
export const OPTION_KIND: FieldSpec = {
  name: 'kind', label: 'Kind', filter: 'tcp.option_kind', bit: 0, bits: 8, format: 'dec', rfc: 'RFC 9293 3.1',
  doc: 'Which option this is.',
  story: 'Kinds are assigned by IANA. A receiver skips a kind that it does not know by means of the length byte, so new options can be tried without breaking old hosts; some middleboxes remove or overwrite them all the same.',
};

/** The second byte of every option but End of List and No-Operation. */
export const OPTION_LENGTH: FieldSpec = {
  name: 'length', label: 'Length', filter: 'tcp.option_len', bit: 8, bits: 8, format: 'dec', rfc: 'RFC 9293 3.1',
  doc: 'Length of the option in bytes, kind and length bytes included.',
  story: 'At least 2. A value of 0 or 1, or one that reaches past the header, makes it impossible to find the next option: whatever follows cannot be read.',
};

/** What an option without a table of fields carries. */
export const OPTION_DATA: FieldSpec = {
  name: 'data', label: 'Data', filter: 'tcp.options.unknown.payload', bit: 16, bits: 0, format: 'bytes', rfc: 'RFC 9293 3.1',
  doc: 'The bytes of the option after kind and length.',
  story: 'Their meaning belongs to whoever defined the option; they are shown as they are.',
};

/** Builds an option of kind, length and the fields given. */
export function option(
  name: string,
  label: string,
  filter: string,
  lengths: readonly number[],
  rfc: string,
  doc: string,
  story: string,
  fields: readonly FieldSpec[] = [],
): TcpOptionSpec {
  return { id: `tcp.option.${name}`, label, filter, lengths, rfc, doc, story, fields: [OPTION_KIND, OPTION_LENGTH, ...fields] };
}

/** Builds an option that only names itself and shows its bytes. */
export function opaqueOption(name: string, label: string, filter: string, rfc: string, doc: string, story: string): TcpOptionSpec {
  return option(name, label, filter, [], rfc, doc, story, [OPTION_DATA]);
}
