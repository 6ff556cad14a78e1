import type { FieldFormat, FieldSpec } from './fieldSpec';

/** One row of a header table. `story` may be left out only by tables whose fields are explained by the header's own story. */
export function field(
  name: string,
  label: string,
  filter: string,
  bit: number,
  bits: number,
  format: FieldFormat,
  rfc: string,
  doc: string,
  story: string,
  values?: Readonly<Record<number, string>>,
): FieldSpec {
  return { name, label, filter, bit, bits, format, rfc, doc, story, ...(values ? { values } : {}) };
}

/** A field that is computed, not read. */
export function derived(name: string, label: string, filter: string, bit: number, bits: number, format: FieldFormat, rfc: string, doc: string, story: string, values?: Readonly<Record<number, string>>): FieldSpec {
  return { ...field(name, label, filter, bit, bits, format, rfc, doc, story, values), derived: true };
}

/** The same field with its bytes in reverse order. */
export function littleEndian(spec: FieldSpec): FieldSpec {
  return { ...spec, littleEndian: true };
}

/** Wireshark's checksum states. */
export const CHECKSUM_STATES: Readonly<Record<number, string>> = { 0: 'Bad', 1: 'Good', 2: 'Unverified', 3: 'Not present' };
